//===- Search.cpp - Complete search for a plan within a peak --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The search builds plans from the bottom up. The placed items are always
// closed downwards: no open item will end below a placed one that it meets. So
// a placed item only raises the floor under the open items that it meets, and
// the state of the rest of the problem is one `position` per open item.
//
// A node picks a section and asks what lies lowest in it. The candidates are
// the open items of the section whose `lowest` is the section's smallest. One
// of them is placed there, or all of them are raised: in a settled plan a
// raised item stands on an open item that it meets, which gives its new
// `lowest`. At most one candidate can be there because all are alive in the
// section, so the branches exclude each other and miss nothing.
//
//===----------------------------------------------------------------------===//

#include "Search.h"

#include <algorithm>
#include <utility>

namespace mlir::stm32::planner {

// Deeper recursion than this ends a run; it protects the call stack.
static constexpr unsigned kMaxDepth = 4000;
// Entries of the table of excluded sub-problems: 4 MiB.
static constexpr size_t kExcludedSize = size_t(1) << 18;

/// Mixes 64 bits well; the constants are those of the splitmix generator.
static uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

Search::Search(const Instance &instance,
               std::optional<Clock::time_point> deadline, uint64_t workLimit)
    : instance(instance), items(instance.items), deadline(deadline),
      workLimit(workLimit), itemStates(items.size()),
      sectionStates(instance.sections.size()), sorted(instance.sections),
      isDirty(instance.sections.size(), 0), saving(instance),
      failures(instance.sections.size(), 1), priority(items.size(), 0) {}

Outcome Search::run(int64_t peak, unsigned strategy, uint64_t budget) {
  limit = peak;
  nodeEnd = nodeCount + budget;
  excess.emplace(peak, kInfinity);
  if (excluded.empty())
    excluded.resize(kExcludedSize);
  computePriorities(strategy);

  itemTrail.clear();
  sectionTrail.clear();
  arena.clear();
  for (size_t i = 0; i < items.size(); ++i) {
    int64_t start = items[i].isFixed ? items[i].fixedOffset
                                     : instance.lowestFree(int32_t(i), 0);
    itemStates[i] = {0, start, start, items[i].isFixed};
    if (!items[i].isFixed)
      arena.push_back(int32_t(i));
  }
  std::sort(arena.begin(), arena.end(), [&](int32_t a, int32_t b) {
    if (items[a].firstSection != items[b].firstSection)
      return items[a].firstSection < items[b].firstSection;
    return a < b;
  });
  for (size_t s = 0; s < sorted.size(); ++s) {
    isDirty[s] = 1;
    dirty.push_back(int32_t(s));
  }
  return solveGroup({0, arena.size()}, 0);
}

Placement Search::placement() const {
  Placement result;
  for (size_t i = 0; i < items.size(); ++i) {
    result.offsets.push_back(itemStates[i].position);
    result.peak = std::max(result.peak, itemStates[i].position + items[i].size);
  }
  return result;
}

void Search::computePriorities(unsigned strategy) {
  for (size_t i = 0; i < items.size(); ++i) {
    double size = double(items[i].size), span = double(items[i].span());
    switch (strategy % 3) {
    case 0:
      priority[i] = size * span;
      break;
    case 1:
      priority[i] = span + size / 1e19;
      break;
    default:
      priority[i] = size;
      break;
    }
    // The first three strategies are pure. Each later one is disturbed in its
    // own way.
    if (strategy >= 3) {
      uint64_t noise = mix(mix(strategy) ^ i) >> 40;
      priority[i] *= 0.5 + double(noise) / double(1 << 24);
    }
  }
}

//===----------------------------------------------------------------------===//
// Branching
//===----------------------------------------------------------------------===//

bool Search::limitHit() {
  if (deadline && nodeCount % 256 == 0)
    timeIsUp = timeIsUp || Clock::now() >= *deadline;
  return nodeCount >= nodeEnd || isOver();
}

/// Groups the open items that hang together through common sections.
std::vector<Search::Group> Search::splitIntoComponents(Group group) {
  std::vector<Group> components;
  int32_t reach = -1;
  for (size_t x = group.begin; x < group.end; ++x) {
    int32_t i = arena[x];
    if (!isOpen(i))
      continue;
    if (components.empty() || items[i].firstSection > reach)
      components.push_back({arena.size(), arena.size()});
    arena.push_back(i);
    components.back().end = arena.size();
    reach = std::max(reach, items[i].lastSection);
  }
  return components;
}

Outcome Search::solveGroup(Group group, unsigned depth) {
  if (!propagate(group))
    return Outcome::Exhausted;
  size_t arenaSize = arena.size();
  std::vector<Group> components = splitIntoComponents(group);

  // Components do not meet, so the first one without a plan ends the branch,
  // and no other plan of its siblings can help. Try the fullest first.
  auto slackOf = [&](const Group &component) {
    int64_t slack = kInfinity;
    for (size_t x = component.begin; x < component.end; ++x)
      for (int32_t s = items[arena[x]].firstSection;
           s <= items[arena[x]].lastSection; ++s)
        slack = std::min(slack, limit - sectionStates[s].bound);
    return slack;
  };
  if (components.size() > 1) {
    std::vector<std::pair<int64_t, size_t>> order;
    for (size_t c = 0; c < components.size(); ++c)
      order.push_back({slackOf(components[c]), c});
    std::sort(order.begin(), order.end());
    std::vector<Group> ordered;
    for (auto [slack, c] : order)
      ordered.push_back(components[c]);
    components = std::move(ordered);
  }

  Outcome outcome = Outcome::Solved;
  for (const Group &component : components) {
    outcome = solveComponent(component, depth);
    if (outcome != Outcome::Solved)
      break;
  }
  arena.resize(arenaSize);
  return outcome;
}

/// Whether the item can lie at its section's smallest `lowest`.
bool Search::isCandidate(int32_t item, int32_t section) const {
  return isOpen(item) && isPlaceable(item) &&
         itemStates[item].lowest == sectionStates[section].lowest;
}

/// Whether an open item that is no candidate of the section may lie below the
/// candidate `item`.
bool Search::mayBeUnderCandidate(int32_t item, int32_t section,
                                 int64_t otherTop) const {
  int64_t lowest = itemStates[item].lowest;
  if (instance.lowers[item].empty())
    return otherTop <= lowest;
  work += instance.neighbours[item].size();
  return std::any_of(instance.neighbours[item].begin(),
                     instance.neighbours[item].end(), [&](int32_t n) {
                       bool isRival = items[n].firstSection <= section &&
                                      section <= items[n].lastSection &&
                                      isCandidate(n, section);
                       return isOpen(n) && !isRival &&
                              itemStates[n].lowest + instance.gap(n, item) <=
                                  lowest;
                     });
}

/// The branches that a section offers: candidates, and one more if raising them
/// all may fit. 0 if the section cannot be decided yet.
int64_t Search::optionCount(int32_t section) const {
  int64_t count = 0, next = kInfinity, open = 0;
  work += sorted[section].size();
  for (int32_t i : sorted[section]) {
    if (!isOpen(i))
      continue;
    open += items[i].size;
    if (!isCandidate(i, section)) {
      next = std::min(next, itemStates[i].lowest);
      continue;
    }
    // An open item that may end below the candidate must be decided first.
    int64_t otherTop = surroundingsOf(i).otherTop;
    if (mayBeUnderCandidate(i, section, otherTop))
      return 0;
    if (otherTop != kInfinity)
      next = std::min(next, otherTop);
    ++count;
  }
  bool mayRaise = next != kInfinity && next <= limit - open;
  return count == 0 ? 0 : count + (mayRaise ? 1 : 0);
}

/// Picks the section with the fewest options; sections that ended many branches
/// count as having fewer.
int32_t Search::chooseSection(Group group) const {
  int32_t best = -1, last = -1;
  double bestScore = 0;
  for (size_t x = group.begin; x < group.end; ++x) {
    const Item &item = items[arena[x]];
    for (int32_t s = std::max(last + 1, item.firstSection);
         s <= item.lastSection; ++s) {
      last = s;
      int64_t count = optionCount(s);
      if (count == 0)
        continue;
      double slack = double(limit - sectionStates[s].bound) / double(limit);
      double score = (double(count) + slack) / double(failures[s]);
      if (best < 0 || score < bestScore) {
        best = s;
        bestScore = score;
      }
      if (count == 1)
        return s;
    }
  }
  return best;
}

Search::Key Search::keyOf(Group group) const {
  Key key{mix(uint64_t(limit)), mix(~uint64_t(limit))};
  for (size_t x = group.begin; x < group.end; ++x) {
    uint64_t i = uint64_t(arena[x]);
    const ItemState &state = itemStates[arena[x]];
    uint64_t a =
        mix(mix(mix(i) ^ uint64_t(state.position)) ^ uint64_t(state.lowest));
    key.a ^= a;
    key.b += mix(a ^ 0x5bf03635f0935ad1);
  }
  return key;
}

/// Of items that are alike, one stands for all.
bool Search::areAlike(int32_t i, int32_t j) const {
  const Item &a = items[i], &b = items[j];
  return a.size == b.size && a.alignment == b.alignment &&
         a.firstSection == b.firstSection && a.lastSection == b.lastSection &&
         !instance.isPartner(i) && !instance.isPartner(j);
}

/// The items of which the next node tries each: one of them at its `lowest`, or
/// none of them.
std::vector<int32_t> Search::chooseCandidates(Group group) const {
  std::vector<int32_t> candidates;
  int32_t section = chooseSection(group);
  if (section >= 0) {
    for (int32_t i : sorted[section])
      if (isCandidate(i, section))
        candidates.push_back(i);
    return candidates;
  }
  // Overlaps can block every section. Of the items with the smallest `lowest`,
  // one that no other of them may lie under can be decided alone. There is one:
  // overlaps form no cycle, and a waiting item has another one under it.
  auto isBetter = [&](int32_t a, int32_t b) {
    return itemStates[a].lowest < itemStates[b].lowest;
  };
  auto isBlocked = [&](int32_t item) {
    const auto &lowers = instance.lowers[item];
    return !isOpen(item) || !isPlaceable(item) ||
           std::any_of(lowers.begin(), lowers.end(), [&](Partner lower) {
             return isOpen(lower.item) &&
                    itemStates[lower.item].lowest + lower.gap <=
                        itemStates[item].lowest;
           });
  };
  int32_t best = -1;
  for (size_t x = group.begin; x < group.end; ++x)
    if (!isBlocked(arena[x]) && (best < 0 || isBetter(arena[x], best)))
      best = arena[x];
  return {best};
}

Outcome Search::solveComponent(Group group, unsigned depth) {
  if (limitHit() || depth > kMaxDepth)
    return Outcome::LimitHit;
  ++nodeCount;
  Key key = keyOf(group);
  Key &slot = excluded[key.a % kExcludedSize];
  if (slot == key)
    return Outcome::Exhausted;

  std::vector<int32_t> rivals = chooseCandidates(group), candidates;
  for (int32_t i : rivals)
    if (std::none_of(candidates.begin(), candidates.end(),
                     [&](int32_t other) { return areAlike(i, other); }))
      candidates.push_back(i);
  std::sort(candidates.begin(), candidates.end(), [&](int32_t a, int32_t b) {
    return priority[a] != priority[b] ? priority[a] > priority[b] : a < b;
  });

  Mark start = mark();
  for (int32_t candidate : candidates) {
    place(candidate);
    Outcome outcome = solveGroup(group, depth + 1);
    if (outcome != Outcome::Exhausted)
      return outcome;
    undo(start);
  }

  bool alive = true;
  std::vector<std::pair<int32_t, int64_t>> raised;
  for (int32_t i : rivals)
    raised.push_back({i, supportedOffset(i)});
  for (auto [item, lowest] : raised) {
    alive = alive && lowest != kInfinity;
    if (alive)
      raise(item, lowest);
  }
  Outcome outcome = Outcome::Exhausted;
  if (alive)
    outcome = solveGroup(group, depth + 1);
  // Raising may have stopped half way.
  for (int32_t s : dirty)
    isDirty[s] = 0;
  dirty.clear();
  if (outcome == Outcome::Exhausted) {
    undo(start);
    excluded[key.a % kExcludedSize] = key;
  }
  return outcome;
}

} // namespace mlir::stm32::planner
