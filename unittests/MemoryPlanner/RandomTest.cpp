//===- RandomTest.cpp - Properties of plans of random problems ------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestUtils.h"
#include "stm32/Analysis/MemoryPlanner/Solver.h"
#include "stm32/Analysis/MemoryPlanner/Validator.h"
#include "gtest/gtest.h"

using namespace mlir::stm32::planner;

namespace {

struct Shape {
  int64_t maxCount, maxSize;
  int32_t maxAlignmentLog;
  int fixedPercent;
  int64_t maxOverlaps = 0;
};

/// A random problem that passes check(): a fixed offset that would be refused
/// is dropped.
Problem randomProblem(uint64_t seed, Shape shape) {
  Random random(seed);
  Problem problem;
  int64_t count = random.in(1, shape.maxCount);
  for (int64_t i = 0; i < count; ++i) {
    Buffer buffer;
    buffer.size = random.in(0, shape.maxSize);
    buffer.alignment = int64_t(1) << random.in(0, shape.maxAlignmentLog);
    buffer.begin = int32_t(random.in(0, 7));
    buffer.end = buffer.begin + int32_t(random.in(0, 4));
    if (random.chance(shape.fixedPercent))
      buffer.fixedOffset = buffer.alignment * random.in(0, 6);
    problem.buffers.push_back(buffer);
    if (!problem.check().empty())
      problem.buffers.back().fixedOffset.reset();
  }
  if (shape.maxOverlaps > 0)
    addOverlaps(problem, random, random.in(1, shape.maxOverlaps));
  return problem;
}

void expectOptimum(const Problem &problem, int64_t optimum, uint64_t seed) {
  ASSERT_EQ(problem.check(), "") << "seed " << seed;
  Plan plan = solve(problem);
  ValidationResult validation = validate(problem, plan);
  EXPECT_TRUE(validation.ok()) << "seed " << seed << ": " << validation.message;
  EXPECT_EQ(plan.peak, optimum) << "seed " << seed;
  EXPECT_EQ(plan.lowerBound, optimum) << "seed " << seed;
  EXPECT_EQ(plan.certificate, optimum == computeLowerBound(problem)
                                  ? Certificate::BoundReached
                                  : Certificate::Optimal)
      << "seed " << seed;
}

TEST(RandomTest, MatchesAllOrders) {
  for (Shape shape :
       {Shape{6, 9, 0, 0}, Shape{6, 20, 4, 0}, Shape{6, 9, 0, 40},
        Shape{6, 20, 3, 30}, Shape{6, 9, 0, 0, 8}, Shape{6, 9, 0, 0, 20},
        Shape{6, 20, 4, 0, 8}, Shape{6, 9, 0, 40, 8}, Shape{6, 20, 3, 30, 20}})
    for (uint64_t seed = 0; seed < 500; ++seed) {
      Problem problem = randomProblem(seed, shape);
      expectOptimum(problem, bruteForcePeak(problem), seed);
    }
}

TEST(RandomTest, MatchesAllOffsets) {
  for (Shape shape :
       {Shape{4, 4, 0, 0}, Shape{4, 6, 2, 0}, Shape{4, 5, 1, 40},
        Shape{4, 4, 0, 0, 6}, Shape{4, 6, 2, 0, 6}, Shape{4, 5, 1, 40, 6}})
    for (uint64_t seed = 0; seed < 300; ++seed) {
      Problem problem = randomProblem(seed, shape);
      int64_t peak = 0;
      while (!fitsBelow(problem, peak))
        ++peak;
      // Fixed buffers that are never alive do not raise the peak.
      for (Buffer &buffer : problem.buffers)
        if (!buffer.occupiesMemory())
          peak = -1;
      if (peak >= 0)
        expectOptimum(problem, peak, seed);
    }
}

TEST(RandomTest, CapacityIsDecidedExactly) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Problem problem = randomProblem(seed, {6, 9, 2, 30});
    int64_t optimum = bruteForcePeak(problem);
    problem.capacity = optimum;
    Plan plan = solve(problem);
    EXPECT_TRUE(validate(problem, plan).ok()) << "seed " << seed;
    EXPECT_EQ(plan.peak, optimum) << "seed " << seed;
    if (optimum == 0)
      continue;
    problem.capacity = optimum - 1;
    plan = solve(problem);
    EXPECT_TRUE(validate(problem, plan).ok()) << "seed " << seed;
    EXPECT_EQ(plan.certificate, Certificate::Infeasible) << "seed " << seed;
  }
}

TEST(RandomTest, ValidatorAcceptsEveryPlan) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Problem problem = randomProblem(seed, {40, 200, 5, 10});
    if (seed % 2)
      problem.capacity = computeLowerBound(problem);
    Options options;
    options.nodeLimit = 200;
    Plan plan = solve(problem, options);
    ValidationResult validation = validate(problem, plan);
    EXPECT_TRUE(validation.ok())
        << "seed " << seed << ": " << validation.message;
  }
}

TEST(RandomTest, LayerChainsReachTheBound) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Problem problem = layerChain(seed, 150);
    Plan plan = solve(problem);
    EXPECT_TRUE(validate(problem, plan).ok()) << "seed " << seed;
    EXPECT_EQ(plan.certificate, Certificate::BoundReached) << "seed " << seed;
  }
}

TEST(RandomTest, CutRectanglesReachTheBound) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    int drop = int(seed % 3) * 15;
    Problem problem = cutRectangle(seed, 1 << 20, 120, 60, drop);
    ASSERT_EQ(computeLowerBound(problem), 1 << 20);
    Plan plan = solve(problem);
    EXPECT_TRUE(validate(problem, plan).ok()) << "seed " << seed;
    EXPECT_EQ(plan.certificate, Certificate::BoundReached) << "seed " << seed;
  }
}

} // namespace
