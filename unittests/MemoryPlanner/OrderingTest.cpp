//===- OrderingTest.cpp - The order of operators --------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Analysis/MemoryPlanner/Ordering.h"

#include "TestUtils.h"

#include "gtest/gtest.h"

using namespace mlir::stm32::planner;

namespace {

/// The picture of Ordering.h: the list has the worse order.
OrderingProblem makeBranches() {
  OrderingProblem problem;
  // x, a, c, b, d, y
  problem.blocks = {{1, true}, {8}, {8}, {1}, {1}, {1, false, true}};
  problem.operators = {{{0, 1}, {}},
                       {{0, 2}, {}},
                       {{1, 3}, {0}},
                       {{2, 4}, {1}},
                       {{3, 4, 5}, {2, 3}}};
  return problem;
}

TEST(OrderingTest, RunsOneBranchAfterTheOther) {
  OrderingProblem problem = makeBranches();
  EXPECT_EQ(problem.check(), "");
  EXPECT_EQ(computePeak(problem, {0, 1, 2, 3, 4}), 17);
  Ordering ordering = findOrder(problem);
  EXPECT_EQ(ordering.peak, 10);
  EXPECT_EQ(computePeak(problem, ordering.order), 10);
  EXPECT_TRUE(ordering.isOptimal);
}

TEST(OrderingTest, KeepsTheListWhereNothingIsBetter) {
  OrderingProblem problem = makeBranches();
  problem.blocks[1].size = problem.blocks[2].size = 1;
  problem.blocks[5].size = 20;
  Ordering ordering = findOrder(problem);
  EXPECT_EQ(ordering.order, (std::vector<uint32_t>{0, 1, 2, 3, 4}));
  EXPECT_TRUE(ordering.isOptimal);
}

TEST(OrderingTest, ALimitKeepsTheList) {
  Ordering ordering = findOrder(makeBranches(), 1);
  EXPECT_EQ(ordering.order, (std::vector<uint32_t>{0, 1, 2, 3, 4}));
  EXPECT_FALSE(ordering.isOptimal);
}

TEST(OrderingTest, SaysWhatIsWrong) {
  OrderingProblem problem = makeBranches();
  problem.operators[0].after = {3};
  EXPECT_EQ(problem.check(),
            "operator 0 is listed before what it needs, operator 3");
  problem = makeBranches();
  problem.operators[1].blocks = {9};
  EXPECT_EQ(problem.check(), "operator 1 touches block 9");
}

/// Random graphs with inputs that die in place.
OrderingProblem makeRandom(Random &random) {
  OrderingProblem problem;
  auto count = uint32_t(random.in(2, 8));
  problem.blocks.push_back({random.in(1, 9), true});
  for (uint32_t i = 0; i < count; ++i) {
    OrderedOperator op;
    for (int64_t reads = random.in(1, 2); reads > 0; --reads) {
      auto block = uint32_t(random.in(0, int64_t(problem.blocks.size()) - 1));
      if (std::count(op.blocks.begin(), op.blocks.end(), block))
        continue;
      op.blocks.push_back(block);
      if (block > 0)
        op.after.push_back(block - 1);
    }
    int64_t size = random.in(1, 30);
    uint32_t source = op.blocks.front();
    if (random.chance(40))
      op.savings.push_back(
          {source, std::min(size, problem.blocks[source].size)});
    op.scratch = random.chance(20) ? random.in(1, 9) : 0;
    op.blocks.push_back(uint32_t(problem.blocks.size()));
    problem.blocks.push_back({size, false, random.chance(20)});
    problem.operators.push_back(op);
  }
  problem.blocks.back().isOutput = true;
  return problem;
}

TEST(OrderingTest, EqualsTryingAllOrders) {
  int better = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    OrderingProblem problem = makeRandom(random);
    ASSERT_EQ(problem.check(), "");
    std::vector<uint32_t> order(problem.operators.size());
    std::iota(order.begin(), order.end(), 0);
    int64_t listed = computePeak(problem, order), best = listed;
    do {
      std::vector<bool> done(order.size());
      bool isValid = true;
      for (uint32_t index : order) {
        for (uint32_t other : problem.operators[index].after)
          isValid &= done[other];
        done[index] = true;
      }
      if (isValid)
        best = std::min(best, computePeak(problem, order));
    } while (std::next_permutation(order.begin(), order.end()));
    Ordering ordering = findOrder(problem);
    ASSERT_EQ(ordering.peak, best) << "seed " << seed;
    EXPECT_EQ(computePeak(problem, ordering.order), best);
    EXPECT_TRUE(ordering.isOptimal);
    better += best < listed;
  }
  EXPECT_GT(better, 20);
}

} // namespace
