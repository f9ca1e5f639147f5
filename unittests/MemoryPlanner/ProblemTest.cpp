//===- ProblemTest.cpp - Problem checks and bounds ------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Analysis/MemoryPlanner/Problem.h"

#include "gtest/gtest.h"

#include <limits>
#include <string>
#include <utility>

using namespace mlir::stm32::planner;

namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST(ProblemTest, FootprintIsRoundedUpToTheAlignment) {
  EXPECT_EQ((Buffer{0, 16, 0, 1}).footprint(), 0);
  EXPECT_EQ((Buffer{1, 16, 0, 1}).footprint(), 16);
  EXPECT_EQ((Buffer{16, 16, 0, 1}).footprint(), 16);
  EXPECT_EQ((Buffer{17, 16, 0, 1}).footprint(), 32);
  EXPECT_EQ((Buffer{17, 1, 0, 1}).footprint(), 17);
}

TEST(ProblemTest, IntervalsAreHalfOpen) {
  Buffer first{8, 1, 0, 2}, second{8, 1, 2, 4}, both{8, 1, 1, 3};
  EXPECT_FALSE(first.isLiveWith(second));
  EXPECT_FALSE(second.isLiveWith(first));
  EXPECT_TRUE(first.isLiveWith(both));
  EXPECT_TRUE(both.isLiveWith(second));
  Buffer never{8, 1, 1, 1}, empty{0, 1, 0, 4};
  EXPECT_FALSE(never.isLiveWith(first));
  EXPECT_FALSE(first.isLiveWith(empty));
}

TEST(ProblemTest, MaxLiveNamesStepAndBuffers) {
  Problem problem{{{32, 16, 0, 2}, {16, 16, 2, 4}, {16, 16, 1, 3}}};
  MaxLive maxLive = computeMaxLive(problem);
  EXPECT_EQ(maxLive.bytes, 48);
  EXPECT_EQ(maxLive.step, 1);
  EXPECT_EQ(maxLive.buffers, (std::vector<uint32_t>{0, 2}));
}

TEST(ProblemTest, MaxLiveRoundsUpAndTakesTheFirstPeak) {
  Problem problem{{{17, 16, 7, 9}, {3, 4, 8, 9}, {36, 1, 12, 13}}};
  MaxLive maxLive = computeMaxLive(problem);
  EXPECT_EQ(maxLive.bytes, 36);
  EXPECT_EQ(maxLive.step, 8);
  EXPECT_EQ(maxLive.buffers, (std::vector<uint32_t>{0, 1}));
}

TEST(ProblemTest, MaxLiveOfNothingIsZero) {
  for (const Problem &problem :
       {Problem{}, Problem{{{0, 16, 0, 4}}}, Problem{{{64, 16, 3, 3}}}}) {
    EXPECT_EQ(problem.check(), "");
    MaxLive maxLive = computeMaxLive(problem);
    EXPECT_EQ(maxLive.bytes, 0);
    EXPECT_EQ(maxLive.step, 0);
    EXPECT_TRUE(maxLive.buffers.empty());
  }
}

TEST(ProblemTest, StepsMayBeNegativeAndExtreme) {
  constexpr int32_t low = std::numeric_limits<int32_t>::min();
  constexpr int32_t high = std::numeric_limits<int32_t>::max();
  Problem problem{{{8, 8, low, high}, {8, 8, low, -5}, {8, 8, -5, high}}};
  EXPECT_EQ(problem.check(), "");
  EXPECT_EQ(computeMaxLive(problem).bytes, 16);
  EXPECT_EQ(computeMaxLive(problem).step, low);
}

TEST(ProblemTest, LowerBoundKnowsFixedEnds) {
  Problem problem{{{8, 8, 0, 1}, {10, 8, 4, 5, 64}}};
  EXPECT_EQ(computeMaxLive(problem).bytes, 16);
  EXPECT_EQ(computeLowerBound(problem), 80);
}

TEST(ProblemTest, CheckNamesTheFault) {
  EXPECT_EQ((Problem{{{-1, 1, 0, 1}}}).check(),
            "buffer 0 has negative size -1");
  EXPECT_EQ((Problem{{{1, 1, 0, 1}, {1, 0, 0, 1}}}).check(),
            "buffer 1 has alignment 0, which is not a power of two");
  EXPECT_EQ((Problem{{{1, 12, 0, 1}}}).check(),
            "buffer 0 has alignment 12, which is not a power of two");
  EXPECT_EQ((Problem{{{1, -4, 0, 1}}}).check(),
            "buffer 0 has alignment -4, which is not a power of two");
  EXPECT_EQ((Problem{{{1, std::numeric_limits<int64_t>::min(), 0, 1}}}).check(),
            "buffer 0 has alignment -9223372036854775808, which is not a power "
            "of two");
  EXPECT_EQ((Problem{{{1, 1, 5, 4}}}).check(),
            "buffer 0 ends at step 4 before it begins at step 5");
  EXPECT_EQ((Problem{{{1, 1, 0, 1, -8}}}).check(),
            "buffer 0 has negative fixed offset -8");
  EXPECT_EQ((Problem{{{1, 16, 0, 1, 24}}}).check(),
            "buffer 0 has fixed offset 24, which is not a multiple of its "
            "alignment 16");
  EXPECT_EQ((Problem{{}, -1}).check(), "capacity -1 is negative");
}

TEST(ProblemTest, CheckFindsFixedBuffersThatOverlap) {
  Problem problem{{{20, 4, 0, 3, 0}, {4, 4, 0, 9}, {4, 4, 2, 4, 16}}};
  EXPECT_EQ(problem.check(), "buffer 0 fixed at offset 0 overlaps buffer 2 "
                             "fixed at offset 16");
  problem.buffers[2].begin = 3;
  EXPECT_EQ(problem.check(), "");
}

TEST(ProblemTest, CheckNamesTheFaultOfAnOverlap) {
  Problem problem{{{20, 4, 0, 3}, {4, 4, 0, 9}, {5, 4, 2, 4}}};
  auto error = [&](std::vector<Overlap> overlaps) {
    problem.overlaps = std::move(overlaps);
    return problem.check();
  };
  EXPECT_EQ(error({{0, 1, 0}, {1, 2, 4}, {0, 2, 20}}), "");
  EXPECT_EQ(error({{0, 3, 0}}),
            "overlap 0 names buffer 3, but there are only 3 buffers");
  EXPECT_EQ(error({{0, 1, 0}, {4, 0, 0}}),
            "overlap 1 names buffer 4, but there are only 3 buffers");
  EXPECT_EQ(error({{1, 1, 0}}), "overlap 0 is between buffer 1 and itself");
  EXPECT_EQ(error({{0, 1, -1}}), "overlap 0 has distance -1, which is not "
                                 "within the 20 bytes of buffer 0");
  EXPECT_EQ(error({{2, 1, 9}}), "overlap 0 has distance 9, which is not within "
                                "the 8 bytes of buffer 2");
  EXPECT_EQ(error({{0, 1, 0}, {1, 2, 0}, {0, 1, 4}}),
            "overlap 2 repeats overlap 0");
  EXPECT_EQ(error({{0, 1, 0}, {1, 2, 0}, {2, 0, 4}}),
            "the overlaps of buffer 0 lead to a cycle");
}

TEST(ProblemTest, FixedBuffersMayOverlapWithLeave) {
  Problem problem{{{20, 4, 0, 3, 0}, {4, 4, 0, 3, 16}}, {}, {{0, 1, 16}}};
  EXPECT_EQ(problem.check(), "");
  problem.overlaps[0].distance = 17;
  EXPECT_EQ(problem.check(), "buffer 0 fixed at offset 0 overlaps buffer 1 "
                             "fixed at offset 16");
}

TEST(ProblemTest, LowerBoundKnowsWhatOverlapsSave) {
  Problem problem{{{10, 1, 0, 2}, {20, 1, 1, 3}, {30, 1, 1, 3}}};
  auto bound = [&](std::vector<Overlap> overlaps) {
    problem.overlaps = std::move(overlaps);
    return computeLowerBound(problem);
  };
  EXPECT_EQ(bound({}), 60);
  EXPECT_EQ(bound({{1, 0, 0}}), 50);
  EXPECT_EQ(bound({{1, 0, 15}}), 55);
  EXPECT_EQ(bound({{1, 0, 20}}), 60);
  // Only one of two outputs can lie under the start of an input.
  EXPECT_EQ(bound({{1, 0, 15}, {2, 0, 22}}), 52);
  // One output can lie under two inputs, and saves both.
  EXPECT_EQ(bound({{2, 0, 15}, {2, 1, 25}}), 45);
  EXPECT_EQ(bound({{2, 0, 25}, {2, 1, 27}}), 55);
  // No step needs less than its largest buffer.
  EXPECT_EQ(bound({{2, 0, 0}, {2, 1, 0}}), 30);
  problem.buffers[1].begin = problem.buffers[2].begin = 2;
  EXPECT_EQ(bound({{2, 0, 0}}), 50) << "never alive together";
}

TEST(ProblemTest, CheckRefusesSumsThatCouldOverflow) {
  auto tooMuch = [](const char *buffer) {
    return std::string("the sizes up to ") + buffer +
           " with their alignments are more than 2305843009213693951 bytes";
  };
  EXPECT_EQ((Problem{{{kMax, 1, 0, 1}}}).check(), tooMuch("buffer 0"));
  EXPECT_EQ((Problem{{{kMax / 8, 1, 0, 1}, {kMax / 8, 16, 5, 6}}}).check(),
            tooMuch("buffer 1"));
  EXPECT_EQ((Problem{{{4, int64_t(1) << 62, 0, 1}}}).check(),
            tooMuch("buffer 0"));
  EXPECT_EQ((Problem{{{4, 1, 0, 1, kMax - 2}}}).check(), tooMuch("buffer 0"));
  EXPECT_EQ((Problem{{{kMax / 8, 1, 0, 1}, {kMax / 16, 16, 5, 6}}}).check(),
            "");
}

} // namespace
