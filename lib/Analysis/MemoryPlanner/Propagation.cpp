//===- Propagation.cpp - Conclusions of the search without branching ------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Search.h"

#include <algorithm>
#include <utility>

namespace mlir::stm32::planner {

//===----------------------------------------------------------------------===//
// State changes
//===----------------------------------------------------------------------===//

void Search::touchSections(int32_t item) {
  for (int32_t s = items[item].firstSection; s <= items[item].lastSection;
       ++s) {
    if (isDirty[s])
      continue;
    isDirty[s] = 1;
    dirty.push_back(s);
  }
}

void Search::place(int32_t item) {
  save(item);
  itemStates[item].isPlaced = true;
  touchSections(item);
  for (int32_t n : instance.neighbours[item]) {
    ItemState &state = itemStates[n];
    if (state.isPlaced)
      continue;
    int64_t end = itemStates[item].position + instance.gap(item, n);
    if (state.base >= end)
      continue;
    save(n);
    state.base = end;
    if (state.position < end)
      state.position = instance.lowestFree(n, end);
    if (state.lowest < state.position) {
      state.lowest = state.position;
      touchSections(n);
    }
  }
}

void Search::raise(int32_t item, int64_t lowest) {
  save(item);
  itemStates[item].lowest = lowest;
  touchSections(item);
}

void Search::undo(Mark mark) {
  while (itemTrail.size() > mark.items) {
    itemStates[itemTrail.back().first] = itemTrail.back().second;
    itemTrail.pop_back();
  }
  while (sectionTrail.size() > mark.sections) {
    sectionStates[sectionTrail.back().first] = sectionTrail.back().second;
    sectionTrail.pop_back();
  }
}

/// Recomputes a section. Returns false if it does not fit below the limit.
bool Search::refresh(int32_t section) {
  std::vector<int32_t> &list = sorted[section];
  work += list.size();
  auto lowestOf = [&](int32_t i) { return itemStates[i].lowest; };
  // The order of a previous visit is nearly right: insertion sort.
  for (size_t x = 1; x < list.size(); ++x) {
    int32_t item = list[x];
    size_t y = x;
    for (; y > 0 && lowestOf(list[y - 1]) > lowestOf(item); --y)
      list[y] = list[y - 1];
    list[y] = item;
  }

  // For each level, all items that cannot start below the level must be stacked
  // above it.
  saving.clear();
  SectionState state;
  int64_t sum = 0;
  for (size_t x = list.size(); x-- > 0;) {
    int32_t i = list[x];
    if (itemStates[i].isPlaced && !items[i].isFixed)
      continue;
    int64_t lowest = lowestOf(i), top = lowest + items[i].size;
    sum += items[i].size;
    saving.add(i);
    state.bound = std::max({state.bound, top, lowest + sum - saving.bytes()});
    if (items[i].isFixed)
      continue;
    if (lowest <= state.lowest) {
      state.secondLowest = state.lowest;
      state.lowest = lowest;
      state.lowestItem = i;
    } else {
      state.secondLowest = std::min(state.secondLowest, lowest);
    }
    if (top <= state.top) {
      state.secondTop = state.top;
      state.top = top;
      state.topItem = i;
    } else {
      state.secondTop = std::min(state.secondTop, top);
    }
  }
  sectionTrail.push_back({section, sectionStates[section]});
  sectionStates[section] = state;
  return state.bound <= limit;
}

//===----------------------------------------------------------------------===//
// Inference
//===----------------------------------------------------------------------===//

Search::Surroundings Search::surroundingsOf(int32_t item) const {
  Surroundings result;
  work += uint64_t(items[item].span());
  for (int32_t s = items[item].firstSection; s <= items[item].lastSection;
       ++s) {
    const SectionState &state = sectionStates[s];
    result.otherLowest =
        std::min(result.otherLowest,
                 state.lowestItem == item ? state.secondLowest : state.lowest);
    result.otherTop = std::min(
        result.otherTop, state.topItem == item ? state.secondTop : state.top);
  }
  return result;
}

/// The lowest offset above `lowest` at which the item stands on an open item
/// that it meets, or kInfinity if there is none.
int64_t Search::supportedOffset(int32_t item) const {
  int64_t top = surroundingsOf(item).otherTop;
  for (const Partner &lower : instance.lowers[item])
    if (isOpen(lower.item))
      top = std::min(top, itemStates[lower.item].lowest + lower.gap);
  // A lower may be at the same offset; then both rise, see liftWaiting().
  return top == kInfinity
             ? kInfinity
             : instance.lowestFree(item,
                                   std::max(top, itemStates[item].lowest + 1));
}

/// Whether no other open item will be in the way of the item at its position.
bool Search::isUndisputed(int32_t item) const {
  int64_t position = itemStates[item].position;
  if (instance.uppers[item].empty())
    return surroundingsOf(item).otherLowest >= position + items[item].size;
  return std::none_of(instance.neighbours[item].begin(),
                      instance.neighbours[item].end(), [&](int32_t n) {
                        return isOpen(n) &&
                               itemStates[n].lowest <
                                   position + instance.gap(item, n);
                      });
}

/// Draws the conclusions for one open item. Returns false if no settled plan is
/// left.
bool Search::settle(int32_t item, bool &changed) {
  // Nobody will take the item's place, so it must be there.
  if (!isUndisputed(item))
    return true;
  if (!isPlaceable(item))
    return false;
  place(item);
  changed = true;
  return true;
}

/// Raises waiting items to where they can stand. A waiting item stands on an
/// open item at a lower offset, or at the same one as its upper; so following
/// supports down ends at an item that does not wait. Going up from those,
/// lowest first, finds the least offsets at once; raising one item at a time
/// could climb in tiny steps where two waiting items carry each other. Returns
/// false if an item has nothing to stand on.
bool Search::liftWaiting(Group group, bool &changed) {
  std::vector<std::pair<int32_t, int64_t>> waiting;
  for (size_t x = group.begin; x < group.end; ++x) {
    int32_t i = arena[x];
    if (!isOpen(i) || isPlaceable(i))
      continue;
    int64_t support = kInfinity;
    work += instance.neighbours[i].size();
    for (int32_t n : instance.neighbours[i])
      if (isOpen(n) && isPlaceable(n))
        support = std::min(support, itemStates[n].lowest + instance.gap(n, i));
    waiting.push_back({i, support});
  }
  auto lowestOn = [&](std::pair<int32_t, int64_t> entry) {
    auto [item, support] = entry;
    return support == kInfinity ? kInfinity
                                : std::max(itemStates[item].lowest,
                                           instance.lowestFree(item, support));
  };
  while (!waiting.empty()) {
    work += waiting.size();
    auto next = std::min_element(waiting.begin(), waiting.end(),
                                 [&](const auto &a, const auto &b) {
                                   return lowestOn(a) < lowestOn(b);
                                 });
    int32_t item = next->first;
    int64_t lowest = lowestOn(*next);
    if (lowest == kInfinity)
      return false;
    *next = waiting.back();
    waiting.pop_back();
    if (lowest > itemStates[item].lowest) {
      raise(item, lowest);
      changed = true;
    }
    for (auto &[other, support] : waiting)
      if (items[other].firstSection <= items[item].lastSection &&
          items[item].firstSection <= items[other].lastSection)
        support = std::min(support, lowest + instance.gap(item, other));
  }
  return true;
}

/// Draws conclusions until nothing changes. Returns false on a dead end.
bool Search::propagate(Group group) {
  bool changed = true, alive = true;
  while (changed && alive) {
    changed = false;
    while (!dirty.empty() && alive) {
      int32_t section = dirty.back();
      dirty.pop_back();
      isDirty[section] = 0;
      if (refresh(section))
        continue;
      alive = false;
      ++failures[section];
      int64_t &next = excess.at(limit);
      next = std::min(next, sectionStates[section].bound);
    }
    for (size_t x = group.begin; x < group.end && alive; ++x) {
      // Conclusions read section states, so those must be up to date.
      if (isOpen(arena[x]))
        alive = settle(arena[x], changed);
      if (!dirty.empty())
        break;
    }
    if (alive && !changed)
      alive = liftWaiting(group, changed);
  }
  for (int32_t section : dirty)
    isDirty[section] = 0;
  dirty.clear();
  return alive;
}

} // namespace mlir::stm32::planner
