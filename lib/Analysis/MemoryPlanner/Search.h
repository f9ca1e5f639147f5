//===- Search.h - Complete search for a plan within a peak ------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Decides whether all items fit below a peak. The search looks only for settled
// plans: plans in which no single item can move to a lower free offset. Every
// plan can be settled without raising its peak, so nothing is lost.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_ANALYSIS_MEMORYPLANNER_SEARCH_H
#define STM32_LIB_ANALYSIS_MEMORYPLANNER_SEARCH_H

#include "Greedy.h"
#include "Instance.h"
#include "StackSaving.h"

#include <chrono>
#include <map>
#include <optional>
#include <utility>

namespace mlir::stm32::planner {

enum class Outcome {
  /// A plan was found.
  Solved,
  /// No plan exists.
  Exhausted,
  /// The budget ended before the question was decided.
  LimitHit,
};

class Search {
public:
  using Clock = std::chrono::steady_clock;

  /// Ends at `deadline`, and after `workLimit` visits of items.
  Search(const Instance &instance, std::optional<Clock::time_point> deadline,
         uint64_t workLimit);

  /// Looks for a plan with a peak of at most `peak` bytes, in at most `budget`
  /// nodes. `strategy` picks the order in which alternatives are tried; any
  /// number is allowed. What earlier runs excluded is remembered.
  Outcome run(int64_t peak, unsigned strategy, uint64_t budget);

  /// The plan of the last run that returned Solved.
  Placement placement() const;

  /// After run() returned Exhausted for `peak`: no plan has a peak below this.
  int64_t nextPeak(int64_t peak) const { return excess.at(peak); }

  uint64_t nodes() const { return nodeCount; }
  bool isOver() const { return timeIsUp || work >= workLimit; }

private:
  /// What is known of an item. While it is not placed, base <= position <=
  /// lowest.
  struct ItemState {
    /// Highest end of the placed items alive with this one.
    int64_t base = 0;
    /// Lowest free offset at or above base.
    int64_t position = 0;
    /// No settled plan below this node has the item at a smaller offset. Above
    /// `position`, the item waits for another one to be placed under it.
    int64_t lowest = 0;
    bool isPlaced = false;
  };

  /// What the search needs to know of the items of a section that are neither
  /// placed nor fixed.
  struct SectionState {
    /// The section cannot end lower than this. Fixed items count.
    int64_t bound = 0;
    /// Smallest and second smallest `lowest`, and the item of the smallest.
    int64_t lowest = kInfinity, secondLowest = kInfinity;
    /// The same for `lowest` + size.
    int64_t top = kInfinity, secondTop = kInfinity;
    int32_t lowestItem = -1, topItem = -1;
  };

  /// A 128-bit fingerprint of a sub-problem.
  struct Key {
    uint64_t a = 0, b = 0;
    bool operator==(const Key &o) const { return a == o.a && b == o.b; }
  };

  /// What the rest of a section's neighbourhood says about one item.
  struct Surroundings {
    /// Smallest `lowest` among the other open items alive with it.
    int64_t otherLowest = kInfinity;
    /// Smallest `lowest` + size among them.
    int64_t otherTop = kInfinity;
  };

  /// Open items of a group, as the range [begin, end) of `arena`.
  struct Group {
    size_t begin, end;
  };

  struct Mark {
    size_t items, sections;
  };

  // The search proper, see the .cpp for the method.
  Outcome solveGroup(Group group, unsigned depth);
  Outcome solveComponent(Group group, unsigned depth);
  std::vector<int32_t> chooseCandidates(Group group) const;
  bool propagate(Group group);
  bool settle(int32_t item, bool &changed);
  bool liftWaiting(Group group, bool &changed);
  std::vector<Group> splitIntoComponents(Group group);
  int32_t chooseSection(Group group) const;
  int64_t optionCount(int32_t section) const;

  // State changes, all undone by undo().
  void place(int32_t item);
  void raise(int32_t item, int64_t lowest);
  void touchSections(int32_t item);
  bool refresh(int32_t section);
  Mark mark() const { return {itemTrail.size(), sectionTrail.size()}; }
  void undo(Mark mark);
  void save(int32_t item) { itemTrail.push_back({item, itemStates[item]}); }

  // Questions about the state.
  Surroundings surroundingsOf(int32_t item) const;
  bool isPlaceable(int32_t item) const {
    return itemStates[item].position == itemStates[item].lowest;
  }
  bool isOpen(int32_t item) const {
    return !items[item].isFixed && !itemStates[item].isPlaced;
  }
  int64_t supportedOffset(int32_t item) const;
  bool isUndisputed(int32_t item) const;
  bool isCandidate(int32_t item, int32_t section) const;
  bool mayBeUnderCandidate(int32_t item, int32_t section,
                           int64_t otherTop) const;
  bool areAlike(int32_t a, int32_t b) const;
  Key keyOf(Group group) const;
  void computePriorities(unsigned strategy);
  bool limitHit();

  const Instance &instance;
  const std::vector<Item> &items;
  std::optional<Clock::time_point> deadline;
  const uint64_t workLimit;

  int64_t limit = 0;
  uint64_t nodeCount = 0, nodeEnd = 0;
  /// Visits of items and sections so far, where a node may need many.
  mutable uint64_t work = 0;
  bool timeIsUp = false;
  std::map<int64_t, int64_t> excess;

  std::vector<ItemState> itemStates;
  std::vector<SectionState> sectionStates;
  /// Items of each section, nearly sorted by `lowest`.
  std::vector<std::vector<int32_t>> sorted;
  std::vector<std::pair<int32_t, ItemState>> itemTrail;
  std::vector<std::pair<int32_t, SectionState>> sectionTrail;
  std::vector<int32_t> dirty;
  std::vector<char> isDirty;
  std::vector<int32_t> arena;
  /// What overlaps save in the section that refresh() looks at.
  StackSaving saving;

  /// How often each section ended a branch.
  std::vector<int64_t> failures;
  std::vector<double> priority;
  std::vector<Key> excluded;
};

} // namespace mlir::stm32::planner

#endif // STM32_LIB_ANALYSIS_MEMORYPLANNER_SEARCH_H
