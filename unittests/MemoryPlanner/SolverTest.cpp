//===- SolverTest.cpp - Hand-made planning problems -----------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Analysis/MemoryPlanner/Solver.h"

#include "TestUtils.h"
#include "stm32/Analysis/MemoryPlanner/Validator.h"
#include "gtest/gtest.h"

#include <limits>

using namespace mlir::stm32::planner;

namespace {

/// Solves and validates.
Plan plan(const Problem &problem, const Options &options = {}) {
  Plan result = solve(problem, options);
  ValidationResult validation = validate(problem, result);
  EXPECT_TRUE(validation.ok()) << validation.message;
  return result;
}

TEST(SolverTest, NoBuffer) {
  Plan result = plan({});
  EXPECT_TRUE(result.offsets.empty());
  EXPECT_EQ(result.peak, 0);
  EXPECT_EQ(result.certificate, Certificate::BoundReached);
}

TEST(SolverTest, BuffersWithoutMemory) {
  Plan result =
      plan({{{0, 16, 0, 4}, {99, 16, 2, 2}, {7, 1, 0, 9}, {5, 8, 1, 1, 32}}});
  EXPECT_EQ(result.offsets, (std::vector<int64_t>{0, 0, 0, 32}));
  EXPECT_EQ(result.peak, 7);
  EXPECT_EQ(result.certificate, Certificate::BoundReached);
}

TEST(SolverTest, OnlyEmptyBuffersFitNoCapacity) {
  Plan result = plan({{{0, 1, 0, 1}}, 0});
  EXPECT_EQ(result.peak, 0);
  EXPECT_EQ(result.certificate, Certificate::BoundReached);
}

TEST(SolverTest, ReusesDeadMemory) {
  Plan result = plan({{{32, 16, 0, 2}, {16, 16, 2, 4}, {16, 16, 1, 3}}});
  EXPECT_EQ(result.peak, 48);
  EXPECT_EQ(result.certificate, Certificate::BoundReached);
}

// Greedy by size puts 4 at 0, the first 3 at 0 and the other 3 at 4. The hole
// between those two is too small for 2, which ends at 9.
TEST(SolverTest, BeatsGreedyBySizeOnFourBuffers) {
  Problem problem{{{3, 1, 1, 4}, {3, 1, 3, 6}, {4, 1, 5, 7}, {2, 1, 3, 4}}};
  EXPECT_EQ(greedyBySizePeak(problem), 9);
  Plan result = plan(problem);
  EXPECT_EQ(result.peak, 8);
  EXPECT_EQ(result.certificate, Certificate::BoundReached);
}

TEST(SolverTest, BeatsGreedyBySizeOnFiveBuffers) {
  Problem problem{
      {{4, 1, 0, 2}, {1, 1, 1, 4}, {2, 1, 2, 5}, {3, 1, 4, 6}, {1, 1, 3, 5}}};
  EXPECT_EQ(greedyBySizePeak(problem), 7);
  Plan result = plan(problem);
  EXPECT_EQ(result.peak, 6);
  EXPECT_EQ(result.certificate, Certificate::BoundReached);
}

// No arrangement of these buffers is without a hole: the search must exclude
// the bound, not only miss it.
TEST(SolverTest, ProvesAnOptimumAboveTheBound) {
  Problem problem{{{1, 1, 3, 5},
                   {4, 1, 5, 8},
                   {4, 1, 4, 7},
                   {1, 1, 2, 5},
                   {4, 1, 0, 1},
                   {2, 1, 2, 4},
                   {4, 1, 0, 3},
                   {1, 1, 2, 5}}};
  EXPECT_EQ(computeLowerBound(problem), 8);
  EXPECT_EQ(bruteForcePeak(problem), 9);
  Plan result = plan(problem);
  EXPECT_EQ(result.peak, 9);
  EXPECT_EQ(result.lowerBound, 9);
  EXPECT_EQ(result.certificate, Certificate::Optimal);

  problem.capacity = 8;
  EXPECT_EQ(plan(problem).certificate, Certificate::Infeasible);
}

TEST(SolverTest, AlignmentCostsAHole) {
  // 4 + 16 bytes are alive together, but the second must start at 16 or below
  // the first: 16 bytes at 0, 4 bytes on top.
  Plan result = plan({{{4, 4, 0, 2}, {16, 16, 1, 3}}});
  EXPECT_EQ(result.peak, 20);
  EXPECT_EQ(result.offsets[1] % 16, 0);
  // With the small one fixed at 0, a hole is left.
  result = plan({{{4, 4, 0, 2, 0}, {16, 16, 1, 3}}});
  EXPECT_EQ(result.offsets, (std::vector<int64_t>{0, 16}));
  EXPECT_EQ(result.peak, 32);
  EXPECT_EQ(result.lowerBound, 32);
  EXPECT_EQ(result.certificate, Certificate::Optimal);
}

TEST(SolverTest, FixedBuffersStayAndAreFilledAround) {
  Plan result = plan({{{16, 8, 0, 4, 16},
                       {16, 8, 0, 2},
                       {16, 8, 2, 4},
                       {8, 8, 1, 3},
                       {8, 8, 1, 3, 40}}});
  EXPECT_EQ(result.offsets, (std::vector<int64_t>{16, 0, 0, 32, 40}));
  EXPECT_EQ(result.peak, 48);
  EXPECT_EQ(result.certificate, Certificate::BoundReached);
}

TEST(SolverTest, HoleUnderFixedBufferIsTooSmall) {
  Plan result = plan({{{4, 1, 0, 1, 1}, {2, 1, 0, 1}}});
  EXPECT_EQ(result.offsets, (std::vector<int64_t>{1, 5}));
  EXPECT_EQ(result.peak, 7);
  EXPECT_EQ(result.certificate, Certificate::Optimal);
}

TEST(SolverTest, InPlaceTakesNoMemory) {
  // Elementwise: the output may lie anywhere from the input's place down.
  Problem problem{{{32, 16, 0, 2}, {32, 16, 1, 3}}, {}, {{1, 0, 0}}};
  Plan result = plan(problem);
  EXPECT_EQ(result.offsets, (std::vector<int64_t>{0, 0}));
  EXPECT_EQ(result.peak, 32);
  EXPECT_EQ(result.certificate, Certificate::BoundReached);
}

TEST(SolverTest, InputStartsInsideItsOutput) {
  // 64 bytes of output over 40 of input, 32 bytes ahead of it.
  Problem problem{{{40, 1, 0, 2}, {64, 1, 1, 3}}, {}, {{1, 0, 32}}};
  Plan result = plan(problem);
  EXPECT_EQ(result.offsets, (std::vector<int64_t>{32, 0}));
  EXPECT_EQ(result.peak, 72);
  EXPECT_EQ(result.certificate, Certificate::BoundReached);
  // Starts that are multiples of 16 can be no closer than 48.
  problem.buffers[0].alignment = problem.buffers[1].alignment = 16;
  problem.overlaps[0].distance = 33;
  EXPECT_EQ(computeLowerBound(problem), 96);
  EXPECT_EQ(plan(problem).certificate, Certificate::BoundReached);
  // At the end of the output nothing is left to share.
  problem.overlaps[0].distance = 64;
  EXPECT_EQ(plan(problem).peak, 64 + 48);
}

// Two buffers need 110 bytes at each step, but each lies 10 bytes below the one
// before: five of them need 140.
TEST(SolverTest, ChainOfOverlapsSlidesDown) {
  Problem problem;
  for (int32_t step = 0; step < 5; ++step)
    problem.buffers.push_back({100, 1, step, step + 2});
  for (uint32_t i = 1; i < 5; ++i)
    problem.overlaps.push_back({i, i - 1, 10});
  Plan result = plan(problem);
  EXPECT_EQ(computeLowerBound(problem), 110);
  EXPECT_EQ(result.peak, 140);
  EXPECT_EQ(result.certificate, Certificate::Optimal);
}

TEST(SolverTest, OutputOverOneOfTwoInputs) {
  Problem problem{{{32, 1, 0, 2}, {32, 1, 0, 2}, {32, 1, 1, 3}},
                  {},
                  {{2, 0, 0}, {2, 1, 0}}};
  EXPECT_EQ(computeLowerBound(problem), 64);
  EXPECT_EQ(plan(problem).certificate, Certificate::BoundReached);
  // As large as both, it lies over both.
  problem.buffers[2].size = 64;
  EXPECT_EQ(computeLowerBound(problem), 64);
  EXPECT_EQ(plan(problem).certificate, Certificate::BoundReached);
}

TEST(SolverTest, OverlapBesideFixedBuffers) {
  // The output can lie under the fixed input only where its own start fits.
  Problem problem{{{32, 8, 0, 2, 16}, {32, 8, 1, 3}}, {}, {{1, 0, 16}}};
  EXPECT_EQ(plan(problem).offsets[1], 0);
  problem.overlaps[0].distance = 24;
  Plan result = plan(problem);
  EXPECT_EQ(result.offsets[1], 48);
  EXPECT_EQ(result.certificate, Certificate::Optimal);
}

// Both outputs may start at the input's place, but not at each other's.
TEST(SolverTest, LeaveIsForPairsOnly) {
  Problem problem{{{16, 1, 0, 2}, {16, 1, 1, 3}, {16, 1, 1, 3}},
                  {},
                  {{1, 0, 0}, {2, 0, 0}}};
  Plan result = plan(problem);
  EXPECT_EQ(result.peak, 32);
  EXPECT_EQ(result.certificate, Certificate::BoundReached);
}

TEST(SolverTest, CapacityThatFits) {
  Plan result = plan({{{32, 16, 0, 2}, {16, 16, 1, 3}}, 48});
  EXPECT_EQ(result.certificate, Certificate::BoundReached);
}

TEST(SolverTest, CapacityBelowTheBoundIsInfeasible) {
  Plan result = plan({{{32, 16, 0, 2}, {16, 16, 1, 3}}, 47});
  EXPECT_EQ(result.certificate, Certificate::Infeasible);
  EXPECT_EQ(result.peak, 48) << "the plan tells how many bytes would do";
  EXPECT_EQ(result.lowerBound, 48);
}

TEST(SolverTest, CapacityAtTheBoundMayStillBeInfeasible) {
  Plan result = plan({{{4, 1, 0, 1, 1}, {2, 1, 0, 1}}, 6});
  EXPECT_EQ(result.certificate, Certificate::Infeasible);
  EXPECT_EQ(result.peak, 7);
  EXPECT_EQ(result.lowerBound, 7);
}

TEST(SolverTest, InvalidProblemHasNoPlan) {
  Plan result = solve({{{-1, 1, 0, 1}}});
  EXPECT_EQ(result.certificate, Certificate::Invalid);
  EXPECT_TRUE(result.offsets.empty());
}

TEST(SolverTest, HugeSizesDoNotOverflow) {
  constexpr int64_t huge = std::numeric_limits<int64_t>::max() / 16;
  Problem problem{{{huge, 1, 0, 3}, {huge, 16, 1, 4}, {huge, 1, 3, 6}}};
  ASSERT_EQ(problem.check(), "");
  Plan result = plan(problem);
  EXPECT_EQ(result.peak, computeLowerBound(problem));
  EXPECT_EQ(result.certificate, Certificate::BoundReached);
}

TEST(SolverTest, TargetEndsTheSearch) {
  Problem problem{{{4, 1, 0, 1, 1}, {2, 1, 0, 1}, {2, 1, 0, 1}}};
  Options options;
  options.targetPeak = 100;
  Plan result = plan(problem, options);
  EXPECT_EQ(result.certificate, Certificate::Feasible);
  EXPECT_EQ(result.nodes, 0u);
  EXPECT_LE(result.peak, 100);
}

TEST(SolverTest, NodeLimitKeepsTheBestPlanAndItsGap) {
  Problem problem = cutRectangle(/*seed=*/5, 1 << 20, 400, 300, 10);
  ASSERT_GT(greedyBySizePeak(problem), 1 << 20);
  Options options;
  options.nodeLimit = 3;
  Plan result = plan(problem, options);
  EXPECT_LE(result.nodes, 3u);
  EXPECT_EQ(result.certificate, Certificate::Feasible);
  EXPECT_EQ(result.lowerBound, 1 << 20);
  EXPECT_GT(result.peak, result.lowerBound);

  problem.capacity = 1 << 20;
  result = plan(problem, options);
  EXPECT_EQ(result.certificate, Certificate::Unknown);
}

TEST(SolverTest, WorkLimitEndsTheSearch) {
  Problem problem = cutRectangle(/*seed=*/5, 1 << 20, 400, 300, 10);
  Options options;
  options.workLimit = 500000;
  Plan result = plan(problem, options);
  EXPECT_GT(result.nodes, 0u);
  EXPECT_LT(result.nodes, options.nodeLimit / 2);
  EXPECT_EQ(result.certificate, Certificate::Feasible);
  EXPECT_EQ(result.lowerBound, 1 << 20);
  EXPECT_EQ(plan(problem, options).offsets, result.offsets);
}

TEST(SolverTest, TimeLimitEndsTheSearch) {
  Problem problem = cutRectangle(/*seed=*/5, 1 << 20, 400, 300, 10);
  Options options;
  options.timeLimitMs = 1;
  options.nodeLimit = options.workLimit = std::numeric_limits<uint64_t>::max();
  Plan result = plan(problem, options);
  EXPECT_GE(result.peak, 1 << 20);
}

TEST(SolverTest, SamePlanEveryTime) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Problem problem = cutRectangle(seed, 1 << 18, 100, 80, 10);
    Options options;
    options.nodeLimit = 2000;
    Plan first = plan(problem, options), second = plan(problem, options);
    EXPECT_EQ(first.offsets, second.offsets);
    EXPECT_EQ(first.nodes, second.nodes);
    EXPECT_EQ(first.certificate, second.certificate);
  }
}

TEST(SolverTest, LongChainDoesNotExhaustTheStack) {
  Problem problem = layerChain(/*seed=*/3, 3000);
  Options options;
  options.nodeLimit = 5000;
  plan(problem, options);
}

TEST(SolverTest, CertificateNames) {
  EXPECT_STREQ(stringifyCertificate(Certificate::BoundReached),
               "bound-reached");
  EXPECT_STREQ(stringifyCertificate(Certificate::Optimal), "optimal");
  EXPECT_STREQ(stringifyCertificate(Certificate::Feasible), "feasible");
  EXPECT_STREQ(stringifyCertificate(Certificate::Infeasible), "infeasible");
  EXPECT_STREQ(stringifyCertificate(Certificate::Unknown), "unknown");
  EXPECT_STREQ(stringifyCertificate(Certificate::Invalid), "invalid");
}

} // namespace
