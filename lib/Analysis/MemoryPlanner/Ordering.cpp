//===- Ordering.cpp - The order of operators with the least memory --------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is alive depends on the set of operators that have run, not on their
// order. So this is a shortest path from the empty set to the full one, where
// the length of a path is its greatest step: Dijkstra's algorithm. Only sets
// below the peak of the given order are of interest.
//
//===----------------------------------------------------------------------===//

#include "stm32/Analysis/MemoryPlanner/Ordering.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <queue>
#include <tuple>

using namespace mlir::stm32::planner;

namespace {
/// Words of sets to look at, most of all for graphs of hundreds of branches.
constexpr uint64_t kWorkLimit = 50000000;

/// A set of operators: one bit each.
using Set = std::vector<uint64_t>;

bool has(const Set &set, uint32_t index) {
  return set[index / 64] >> (index % 64) & 1;
}
void add(Set &set, uint32_t index) {
  set[index / 64] |= uint64_t(1) << (index % 64);
}

class Search {
public:
  explicit Search(const OrderingProblem &problem);
  /// Bytes alive while `index` runs after the operators of `done`.
  int64_t getStep(const Set &done, uint32_t index) const;
  bool isReady(const Set &done, uint32_t index) const;
  /// What the operator that needs most needs alone.
  int64_t getBound() const;
  Ordering run(uint64_t stateLimit);

private:
  Set makeSet() const { return Set(problem.operators.size() / 64 + 1, 0); }

  const OrderingProblem &problem;
  std::vector<Set> users; ///< operators that touch each block
  uint64_t work = 0;
};
} // namespace

Search::Search(const OrderingProblem &problem)
    : problem(problem), users(problem.blocks.size(), makeSet()) {
  for (uint32_t i = 0; i < problem.operators.size(); ++i)
    for (uint32_t block : problem.operators[i].blocks)
      add(users[block], i);
}

int64_t Search::getStep(const Set &done, uint32_t index) const {
  const OrderedOperator &op = problem.operators[index];
  Set after = done;
  add(after, index);
  auto isLast = [&](uint32_t block) {
    for (size_t word = 0; word < after.size(); ++word)
      if (users[block][word] & ~after[word])
        return false;
    return true;
  };
  int64_t bytes = op.scratch;
  for (uint32_t block = 0; block < problem.blocks.size(); ++block) {
    const OrderedBlock &entry = problem.blocks[block];
    bool isBegun = entry.isInput, isOpen = entry.isOutput;
    for (size_t word = 0; word < done.size(); ++word) {
      isBegun |= (users[block][word] & done[word]) != 0;
      isOpen |= (users[block][word] & ~done[word]) != 0;
    }
    if (has(users[block], index) || (isBegun && isOpen))
      bytes += entry.size;
  }
  int64_t saved = 0;
  for (const OrderedOperator::Saving &saving : op.savings)
    if (!problem.blocks[saving.block].isOutput && isLast(saving.block))
      saved = std::max(saved, saving.bytes);
  return bytes - saved;
}

bool Search::isReady(const Set &done, uint32_t index) const {
  const std::vector<uint32_t> &after = problem.operators[index].after;
  return !has(done, index) &&
         std::all_of(after.begin(), after.end(),
                     [&](uint32_t other) { return has(done, other); });
}

int64_t Search::getBound() const {
  int64_t bound = 0;
  for (const OrderedOperator &op : problem.operators) {
    int64_t bytes = op.scratch, saved = 0;
    for (uint32_t block : op.blocks)
      bytes += problem.blocks[block].size;
    for (const OrderedOperator::Saving &saving : op.savings)
      saved = std::max(saved, saving.bytes);
    bound = std::max(bound, bytes - saved);
  }
  return bound;
}

Ordering Search::run(uint64_t stateLimit) {
  uint32_t count = uint32_t(problem.operators.size());
  Ordering result;
  result.order.resize(count);
  std::iota(result.order.begin(), result.order.end(), 0);
  result.peak = computePeak(problem, result.order);
  if (result.peak <= getBound()) {
    result.isOptimal = true;
    return result;
  }
  /// How a set was reached, with the least peak so far.
  struct State {
    int64_t peak;
    uint32_t last, size;
    bool isClosed = false;
  };
  std::map<Set, State> states;
  // The least peak first, then the largest set, then the first one found.
  using Entry = std::tuple<int64_t, uint32_t, uint64_t, const Set *>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  auto reach = [&](const Set &set, State state) {
    auto [it, isNew] = states.insert({set, state});
    if (!isNew && it->second.peak <= state.peak)
      return;
    it->second = state;
    open.push({state.peak, count - state.size, result.states++, &it->first});
  };
  reach(makeSet(), {0, 0, 0});
  while (!open.empty()) {
    const Set *set = std::get<3>(open.top());
    open.pop();
    State &state = states.find(*set)->second;
    if (state.isClosed)
      continue;
    state.isClosed = true;
    if (state.size == count) {
      result.peak = state.peak;
      result.isOptimal = true;
      Set rest = *set;
      for (uint32_t i = count; i-- > 0;) {
        result.order[i] = states.find(rest)->second.last;
        rest[result.order[i] / 64] &= ~(uint64_t(1) << (result.order[i] % 64));
      }
      return result;
    }
    if (result.states > stateLimit || work > kWorkLimit)
      return result;
    State here = state;
    for (uint32_t index = 0; index < count; ++index) {
      if (!isReady(*set, index))
        continue;
      work += problem.blocks.size() * set->size();
      int64_t peak = std::max(here.peak, getStep(*set, index));
      if (peak >= result.peak)
        continue;
      Set next = *set;
      add(next, index);
      reach(next, {peak, index, here.size + 1});
    }
  }
  // Nothing is better than the order of the list.
  result.isOptimal = true;
  return result;
}

std::string OrderingProblem::check() const {
  for (uint32_t i = 0; i < operators.size(); ++i) {
    auto fail = [&](const char *what, uint32_t index) {
      return "operator " + std::to_string(i) + " " + what + " " +
             std::to_string(index);
    };
    for (uint32_t block : operators[i].blocks)
      if (block >= blocks.size())
        return fail("touches block", block);
    for (const OrderedOperator::Saving &saving : operators[i].savings)
      if (saving.block >= blocks.size())
        return fail("saves at block", saving.block);
    for (uint32_t other : operators[i].after)
      if (other >= i)
        return fail("is listed before what it needs, operator", other);
  }
  return "";
}

int64_t mlir::stm32::planner::computePeak(const OrderingProblem &problem,
                                          const std::vector<uint32_t> &order) {
  Search search(problem);
  Set done(problem.operators.size() / 64 + 1, 0);
  int64_t peak = 0;
  for (uint32_t index : order) {
    peak = std::max(peak, search.getStep(done, index));
    add(done, index);
  }
  return peak;
}

Ordering mlir::stm32::planner::findOrder(const OrderingProblem &problem,
                                         uint64_t stateLimit) {
  return Search(problem).run(stateLimit);
}
