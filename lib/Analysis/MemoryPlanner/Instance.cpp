//===- Instance.cpp - The planning problem as the search sees it ----------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instance.h"

#include <algorithm>
#include <utility>

namespace mlir::stm32::planner {

/// Numbers the sections. A live set is maximal exactly where a buffer ends
/// after another one began, so one sweep over begins and ends finds them all.
static int32_t assignSections(const Problem &problem,
                              std::vector<Item> &items) {
  struct Event {
    int32_t step;
    bool isBegin;
    int32_t item;
  };
  std::vector<Event> events;
  for (size_t i = 0; i < items.size(); ++i) {
    const Buffer &buffer = problem.buffers[items[i].buffer];
    events.push_back({buffer.begin, true, int32_t(i)});
    events.push_back({buffer.end, false, int32_t(i)});
  }
  // Intervals are half-open: at one step, ends come before begins.
  std::sort(events.begin(), events.end(), [](const Event &a, const Event &b) {
    if (a.step != b.step)
      return a.step < b.step;
    return a.isBegin != b.isBegin ? b.isBegin : a.item < b.item;
  });

  int32_t closed = 0;
  bool lastWasBegin = false;
  for (const Event &event : events) {
    if (event.isBegin) {
      items[event.item].firstSection = closed;
    } else {
      if (lastWasBegin)
        ++closed;
      items[event.item].lastSection = closed - 1;
    }
    lastWasBegin = event.isBegin;
  }
  return closed;
}

void Instance::addOverlaps(const Problem &problem) {
  uppers.resize(items.size());
  lowers.resize(items.size());
  if (problem.overlaps.empty())
    return;
  std::vector<int32_t> itemOf(problem.buffers.size(), -1);
  for (size_t i = 0; i < items.size(); ++i)
    itemOf[items[i].buffer] = int32_t(i);
  for (const Overlap &overlap : problem.overlaps) {
    if (!problem.isLive(overlap))
      continue;
    int32_t lower = itemOf[overlap.lower], upper = itemOf[overlap.upper];
    int64_t gap = problem.gapOf(overlap);
    uppers[lower].push_back({upper, gap});
    lowers[upper].push_back({lower, gap});
    hasOverlaps = true;
  }
}

Instance::Instance(const Problem &problem) {
  for (size_t i = 0; i < problem.buffers.size(); ++i) {
    const Buffer &buffer = problem.buffers[i];
    if (buffer.occupiesMemory())
      items.push_back({buffer.footprint(), buffer.alignment, 0, 0,
                       buffer.fixedOffset.has_value(),
                       buffer.fixedOffset.value_or(0), uint32_t(i)});
  }
  sections.resize(assignSections(problem, items));
  addOverlaps(problem);
  neighbours.resize(items.size());
  obstacles.resize(items.size());
  for (size_t i = 0; i < items.size(); ++i)
    for (int32_t s = items[i].firstSection; s <= items[i].lastSection; ++s)
      sections[s].push_back(int32_t(i));

  // Two items meet for the first time in the later of their first sections;
  // taking only that meeting lists each pair once.
  for (size_t s = 0; s < sections.size(); ++s) {
    for (int32_t a : sections[s]) {
      if (items[a].firstSection != int32_t(s))
        continue;
      for (int32_t b : sections[s]) {
        bool bothBegin = items[b].firstSection == int32_t(s);
        if (a == b || (bothBegin && b < a))
          continue;
        for (auto [x, y] : {std::pair(a, b), std::pair(b, a)}) {
          if (items[y].isFixed)
            obstacles[x].push_back(obstacleOf(x, y, items[y].fixedOffset));
          else
            neighbours[x].push_back(y);
        }
      }
    }
  }
  for (auto &list : obstacles)
    std::sort(
        list.begin(), list.end(),
        [](const Obstacle &a, const Obstacle &b) { return a.below < b.below; });
}

} // namespace mlir::stm32::planner
