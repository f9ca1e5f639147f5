//===- ValidatorTest.cpp - Every violation is found and named -------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Analysis/MemoryPlanner/Validator.h"

#include "TestUtils.h"
#include "stm32/Analysis/MemoryPlanner/Solver.h"
#include "gtest/gtest.h"

#include <limits>

using namespace mlir::stm32::planner;

namespace {

/// Three buffers, the last one fixed, and a correct plan for them. Buffers 1
/// and 2 are alive together at step 2.
class ValidatorTest : public testing::Test {
protected:
  Problem problem{{{32, 16, 0, 2}, {10, 16, 1, 3}, {16, 16, 2, 4, 32}}, 64};
  Plan plan{{0, 48, 32}, 64, 48, Certificate::Feasible, 0};

  void expect(Violation violation, std::vector<uint32_t> buffers,
              const char *message) {
    ValidationResult result = validate(problem, plan);
    EXPECT_STREQ(stringifyViolation(result.violation),
                 stringifyViolation(violation));
    EXPECT_EQ(result.buffers, buffers);
    EXPECT_EQ(result.message, message);
  }
};

TEST_F(ValidatorTest, AcceptsACorrectPlan) { expect(Violation::None, {}, ""); }

TEST_F(ValidatorTest, InvalidProblem) {
  problem.buffers[1].alignment = 3;
  expect(Violation::InvalidProblem, {},
         "buffer 1 has alignment 3, which is not a power of two");
}

TEST_F(ValidatorTest, OffsetCount) {
  plan.offsets.pop_back();
  expect(Violation::OffsetCount, {}, "2 offsets for 3 buffers");
}

TEST_F(ValidatorTest, NegativeOffset) {
  plan.offsets[0] = -16;
  expect(Violation::NegativeOffset, {0}, "buffer 0 at offset -16 is below 0");
}

TEST_F(ValidatorTest, Misaligned) {
  plan.offsets[1] = 40;
  expect(Violation::Misaligned, {1},
         "buffer 1 at offset 40 is not aligned to 16");
}

TEST_F(ValidatorTest, FixedOffsetMoved) {
  plan.offsets[2] = 0;
  expect(Violation::FixedOffsetMoved, {2},
         "buffer 2 at offset 0 must be at 32");
}

TEST_F(ValidatorTest, BeyondPeakCountsTheFootprint) {
  plan.peak = 58;
  expect(Violation::BeyondPeak, {1},
         "buffer 1 at offset 48 with 16 bytes ends above the peak 58");
}

TEST_F(ValidatorTest, AbsurdNumbersDoNotOverflow) {
  plan.offsets[1] = std::numeric_limits<int64_t>::max() - 15;
  expect(Violation::BeyondPeak, {1},
         "buffer 1 at offset 9223372036854775792 with 16 bytes ends above the "
         "peak 64");
  plan.peak = std::numeric_limits<int64_t>::min();
  expect(Violation::BeyondPeak, {0},
         "buffer 0 at offset 0 with 32 bytes ends above the peak "
         "-9223372036854775808");
}

TEST_F(ValidatorTest, Overlap) {
  plan.offsets[1] = 32;
  expect(Violation::Overlap, {1, 2},
         "buffer 1 at [32, 48) overlaps buffer 2 at [32, 48), both alive at "
         "step 2");
}

TEST_F(ValidatorTest, OverlapWithLeave) {
  plan.offsets[1] = 16;
  plan.peak = 48;
  problem.buffers[1].size = 32;
  problem.buffers[0].end = 1;
  const char *message = "buffer 1 at [16, 48) overlaps buffer 2 at [32, 48), "
                        "both alive at step 2";
  expect(Violation::Overlap, {1, 2}, message);
  problem.overlaps = {{1, 2, 16}};
  expect(Violation::None, {}, "");
  // The leave of another pair, or of the same pair the other way round, is
  // none.
  problem.overlaps = {{1, 0, 16}};
  expect(Violation::Overlap, {1, 2}, message);
  problem.overlaps = {{2, 1, 0}};
  expect(Violation::Overlap, {1, 2}, message);
  problem.overlaps = {{1, 2, 17}};
  expect(Violation::OverlapDistance, {1, 2},
         "buffer 1 at [16, 48) overlaps buffer 2 at [32, 48), both alive at "
         "step 2; buffer 2 must start at least 17 bytes above buffer 1");
}

TEST_F(ValidatorTest, BoundKnowsWhatOverlapsSave) {
  problem = {{{32, 1, 0, 2}, {32, 1, 1, 3}}, {}, {{1, 0, 8}}};
  plan = {{8, 0}, 40, 40, Certificate::BoundReached, 0};
  expect(Violation::None, {}, "");
  problem.overlaps[0].distance = 7;
  expect(Violation::WrongCertificate, {},
         "certificate 'bound-reached' does not match peak 40 and lower bound "
         "40");
}

TEST_F(ValidatorTest, PeakNotReached) {
  plan.peak = 80;
  expect(Violation::PeakNotReached, {}, "peak 80 is above the highest end 64");
}

TEST_F(ValidatorTest, PeakBelowBound) {
  plan.lowerBound = 65;
  expect(Violation::PeakBelowBound, {}, "peak 64 is below the lower bound 65");
}

TEST_F(ValidatorTest, PeakOverCapacity) {
  problem.capacity = 63;
  expect(Violation::PeakOverCapacity, {}, "peak 64 is over the capacity 63");
}

TEST_F(ValidatorTest, WrongCertificate) {
  plan.certificate = Certificate::Optimal;
  expect(Violation::WrongCertificate, {},
         "certificate 'optimal' does not match peak 64 and lower bound 48");
  plan.certificate = Certificate::Infeasible;
  expect(Violation::WrongCertificate, {},
         "certificate 'infeasible' does not match peak 64 and lower bound 48");
  plan.certificate = Certificate::Unknown;
  expect(Violation::WrongCertificate, {},
         "certificate 'unknown' does not match peak 64 and lower bound 48");
  plan.certificate = Certificate::Invalid;
  expect(Violation::WrongCertificate, {},
         "certificate 'invalid' does not match peak 64 and lower bound 48");
}

TEST_F(ValidatorTest, BoundIsRecomputed) {
  plan.certificate = Certificate::BoundReached;
  plan.lowerBound = 64;
  expect(Violation::WrongCertificate, {},
         "certificate 'bound-reached' does not match peak 64 and lower bound "
         "64");
}

TEST_F(ValidatorTest, OverCapacityIsFineWhenSaid) {
  problem.capacity = 40;
  plan.certificate = Certificate::Infeasible;
  expect(Violation::None, {}, "");
  problem.capacity = 60;
  expect(Violation::WrongCertificate, {},
         "certificate 'infeasible' does not match peak 64 and lower bound 48");
  plan.certificate = Certificate::Unknown;
  expect(Violation::None, {}, "");
}

TEST_F(ValidatorTest, BuffersWithoutMemoryMayLieAnywhere) {
  problem.buffers.push_back({64, 16, 2, 2});
  plan.offsets.push_back(1024);
  expect(Violation::None, {}, "");
  plan.offsets.back() = 1025;
  expect(Violation::Misaligned, {3},
         "buffer 3 at offset 1025 is not aligned to 16");
}

// Single changes of correct plans, each with the code it must give.
TEST(ValidatorMutationTest, ChangesAreFound) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Problem problem = layerChain(seed, 40);
    problem.buffers[3].fixedOffset = 0;
    const Plan good = solve(problem);
    ASSERT_TRUE(validate(problem, good).ok());
    uint32_t victim = 5 + uint32_t(seed % 20), next = victim + 1;
    while (!problem.buffers[victim].isLiveWith(problem.buffers[next]))
      next = ++victim + 1;

    Plan bad = good;
    bad.offsets[victim] = bad.offsets[next];
    ValidationResult result = validate(problem, bad);
    EXPECT_TRUE(result.violation == Violation::Overlap ||
                result.violation == Violation::BeyondPeak)
        << result.message;

    bad = good;
    bad.offsets[victim] += 8;
    EXPECT_EQ(validate(problem, bad).violation, Violation::Misaligned);
    bad.offsets[victim] = -16;
    EXPECT_EQ(validate(problem, bad).violation, Violation::NegativeOffset);
    bad.offsets[victim] = good.peak;
    EXPECT_EQ(validate(problem, bad).violation, Violation::BeyondPeak);
    bad = good;
    bad.offsets[3] = 16;
    EXPECT_EQ(validate(problem, bad).violation, Violation::FixedOffsetMoved);
    bad = good;
    bad.offsets.push_back(0);
    EXPECT_EQ(validate(problem, bad).violation, Violation::OffsetCount);
    bad = good;
    bad.peak += 16;
    EXPECT_EQ(validate(problem, bad).violation, Violation::PeakNotReached);
    bad = good;
    bad.lowerBound = good.peak + 1;
    EXPECT_EQ(validate(problem, bad).violation, Violation::PeakBelowBound);
    Problem tight = problem;
    tight.capacity = good.peak - 1;
    EXPECT_EQ(validate(tight, good).violation, Violation::PeakOverCapacity);
  }
}

} // namespace
