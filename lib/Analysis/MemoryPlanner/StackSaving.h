//===- StackSaving.h - What overlaps save in a stack of items ---*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Items alive at one step form a stack. It covers at least the sum of their
// sizes less what overlaps save. How much they save depends on the order; this
// class knows a bound for all orders.
//
// Proof. Count the bytes that the items cover in two ways.
//
// Upwards: add the items by ascending offset; of two with the same offset that
// share bytes, the lower one of their overlap first. What is covered already of
// a new item belongs to items that start at or below it and share bytes with
// it, so each of them is one of its lowers. They cover prefixes of it. The
// longest comes from one of them and has at most min(size(lower) - gap,
// size(upper)) bytes. So an item saves at most the largest of these over its
// lowers.
//
// Downwards: add them in the opposite order. What is covered of a new item
// belongs to its uppers, which start at or above its offset + gap. So it saves
// at most its size less its smallest gap, and at most the sum over its uppers
// of min(size(lower) - gap, size(upper)).
//
// Each way, the sum over the items bounds what is saved, so the smaller sum
// does. The first is exact for one input with outputs under its start, the
// second for one output that starts under several inputs. The orders exist, as
// overlaps form no cycle.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_ANALYSIS_MEMORYPLANNER_STACKSAVING_H
#define STM32_LIB_ANALYSIS_MEMORYPLANNER_STACKSAVING_H

#include "Instance.h"

#include <algorithm>

namespace mlir::stm32::planner {

class StackSaving {
public:
  explicit StackSaving(const Instance &instance)
      : instance(instance), states(instance.items.size()) {}

  /// Empties the stack.
  void clear() {
    for (int32_t item : members)
      states[item] = State();
    members.clear();
    upwards = downwards = 0;
  }

  /// Adds an item that is not in the stack.
  void add(int32_t item) {
    if (!instance.isPartner(item))
      return;
    members.push_back(item);
    states[item].isMember = true;
    for (const Partner &partner : instance.uppers[item])
      if (states[partner.item].isMember)
        addPair(item, partner.item, partner.gap);
    for (const Partner &partner : instance.lowers[item])
      if (states[partner.item].isMember)
        addPair(partner.item, item, partner.gap);
  }

  /// No plan saves more bytes in the stack.
  int64_t bytes() const { return std::min(upwards, downwards); }

private:
  struct State {
    bool isMember = false;
    /// Longest part that a lower covers.
    int64_t longest = 0;
    /// Sum of the parts that uppers cover, and the room for them.
    int64_t sum = 0, room = 0;
  };

  void addPair(int32_t lower, int32_t upper, int64_t gap) {
    int64_t inside = instance.items[lower].size - gap;
    int64_t shared = std::min(inside, instance.items[upper].size);
    State &low = states[lower], &high = states[upper];
    upwards += std::max<int64_t>(0, shared - high.longest);
    high.longest = std::max(high.longest, shared);
    downwards -= std::min(low.sum, low.room);
    low.sum += shared;
    low.room = std::max(low.room, inside);
    downwards += std::min(low.sum, low.room);
  }

  const Instance &instance;
  std::vector<State> states;
  std::vector<int32_t> members;
  int64_t upwards = 0, downwards = 0;
};

} // namespace mlir::stm32::planner

#endif // STM32_LIB_ANALYSIS_MEMORYPLANNER_STACKSAVING_H
