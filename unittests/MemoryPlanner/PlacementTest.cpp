//===- PlacementTest.cpp - Buffers in several pools -----------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Analysis/MemoryPlanner/Placement.h"

#include "TestUtils.h"

#include "gtest/gtest.h"

#include <limits>

using namespace mlir::stm32::planner;

namespace {

constexpr int64_t kNone = std::numeric_limits<int64_t>::max();

/// Two buffers that are alive together, and a fast pool for one of them.
PlacementProblem makePair() {
  PlacementProblem problem;
  problem.buffers = {{64, 0, 2, 64}, {64, 0, 2, 640}};
  problem.pools = {{1, 16, 64, 0}, {4, 16, std::nullopt, 1}};
  problem.regions = {std::nullopt, std::nullopt};
  return problem;
}

TEST(PlacementTest, TheMostAccessedBufferIsInTheFastPool) {
  Placement placement = place(makePair());
  EXPECT_EQ(placement.pools, (std::vector<uint32_t>{1, 0}));
  EXPECT_EQ(placement.cost, 640 + 64 * 4);
  EXPECT_EQ(placement.certificate, PlacementCertificate::Optimal);
}

TEST(PlacementTest, APinnedBufferStays) {
  PlacementProblem problem = makePair();
  problem.buffers[0].pinned = 0;
  EXPECT_EQ(place(problem).pools, (std::vector<uint32_t>{0, 1}));
}

TEST(PlacementTest, SaysWhatHasNoPlace) {
  PlacementProblem problem = makePair();
  problem.pools[1].capacity = 32;
  Placement placement = place(problem);
  EXPECT_EQ(placement.certificate, PlacementCertificate::Infeasible);
  EXPECT_EQ(placement.unplaced, 0u);
}

TEST(PlacementTest, PoolsOfOneRegionShareItsBytes) {
  PlacementProblem problem = makePair();
  problem.pools = {{1, 16, 64, 0}, {2, 16, 64, 0}, {3, 16, std::nullopt, 1}};
  problem.regions = {96, std::nullopt};
  EXPECT_EQ(place(problem).pools, (std::vector<uint32_t>{2, 0}));
}

/// First fit gives the fast pool to the buffer with the most accesses, though
/// two others that fit in its place are worth more together.
TEST(PlacementTest, SearchesOnAfterFirstFit) {
  PlacementProblem problem = makePair();
  problem.buffers = {{64, 0, 2, 100}, {32, 0, 2, 80}, {32, 0, 2, 80}};
  Placement placement = place(problem);
  EXPECT_EQ(placement.pools, (std::vector<uint32_t>{1, 0, 0}));
  PlacementOptions brief;
  brief.planLimit = 4;
  EXPECT_GE(place(problem, brief).cost, placement.cost);
}

/// The largest sum alive at one step, which small problems without waste reach.
int64_t sumAlive(const PlacementProblem &problem,
                 const std::vector<uint32_t> &pools, uint32_t pool,
                 int32_t step) {
  int64_t sum = 0;
  for (size_t i = 0; i < pools.size(); ++i)
    if (pools[i] == pool && problem.buffers[i].begin <= step &&
        step < problem.buffers[i].end)
      sum += problem.buffers[i].size;
  return sum;
}

/// The least cost over all ways to spread the buffers. Sizes are equal, so that
/// a pool holds what is alive at each step, in whatever order it is placed.
int64_t tryAll(const PlacementProblem &problem, int32_t numSteps) {
  size_t count = problem.buffers.size();
  int64_t best = kNone;
  std::vector<uint32_t> pools(count, 0);
  while (true) {
    int64_t cost = 0;
    bool fits = true;
    for (size_t i = 0; i < count; ++i) {
      const PlacementBuffer &buffer = problem.buffers[i];
      cost += buffer.accesses * problem.pools[pools[i]].price;
      fits &= !buffer.pinned || *buffer.pinned == pools[i];
    }
    for (uint32_t pool = 0; pool < problem.pools.size(); ++pool)
      for (int32_t step = 0; step < numSteps; ++step)
        fits &= sumAlive(problem, pools, pool, step) <=
                problem.pools[pool].capacity.value_or(kNone);
    if (fits)
      best = std::min(best, cost);
    size_t digit = 0;
    while (digit < count && ++pools[digit] == problem.pools.size())
      pools[digit++] = 0;
    if (digit == count)
      return best;
  }
}

TEST(PlacementTest, EqualsTryingAllPools) {
  constexpr int32_t kSteps = 6;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    PlacementProblem problem;
    problem.pools = {{random.in(1, 3), 16, random.in(1, 3) * 16, 0},
                     {random.in(1, 9), 16, random.in(1, 3) * 16, 1},
                     {random.in(4, 9), 16, std::nullopt, 2}};
    problem.regions.assign(3, std::nullopt);
    for (int64_t i = random.in(1, 7); i > 0; --i) {
      auto begin = int32_t(random.in(0, kSteps - 1));
      auto end = int32_t(random.in(begin + 1, kSteps));
      problem.buffers.push_back({16, begin, end, random.in(0, 50)});
      if (random.chance(10))
        problem.buffers.back().pinned = uint32_t(random.in(0, 2));
    }
    Placement placement = place(problem);
    int64_t expected = tryAll(problem, kSteps);
    if (expected == kNone) {
      EXPECT_EQ(placement.certificate, PlacementCertificate::Infeasible);
      continue;
    }
    ASSERT_EQ(placement.cost, expected) << "seed " << seed;
    EXPECT_EQ(placement.certificate, PlacementCertificate::Optimal);
    for (uint32_t pool = 0; pool < 3; ++pool)
      for (int32_t step = 0; step < kSteps; ++step)
        EXPECT_LE(sumAlive(problem, placement.pools, pool, step),
                  placement.peaks[pool]);
  }
}

} // namespace
