//===- Instance.h - The planning problem as the search sees it --*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A well-formed Problem without what does not matter for its difficulty:
// buffers that take no memory are gone, footprints replace sizes, and steps are
// replaced by sections. A section is a set of buffers alive at one step that no
// other step's set contains. Two buffers are alive together if and only if they
// share a section, and each buffer is alive in consecutive sections.
//
// Of two items alive together, one lies below the other: the upper one starts
// at least gap(lower, upper) bytes above the start of the lower one. That is
// the size of the lower one, or less where an overlap gives leave.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_ANALYSIS_MEMORYPLANNER_INSTANCE_H
#define STM32_LIB_ANALYSIS_MEMORYPLANNER_INSTANCE_H

#include "stm32/Analysis/MemoryPlanner/Problem.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace mlir::stm32::planner {

/// Above every offset. Nothing may be added to it.
inline constexpr int64_t kInfinity = std::numeric_limits<int64_t>::max();

/// Rounds up to a power of two.
inline int64_t alignUp(int64_t value, int64_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

/// Offsets that an item must not have because of another item in its place:
/// those strictly between `below` and `above`.
struct Obstacle {
  int64_t below;
  int64_t above;
};

/// Moves `offset` up to the lowest aligned one at or above it that all
/// obstacles allow. They must be sorted by `below`.
inline int64_t clearOf(const std::vector<Obstacle> &obstacles, int64_t offset,
                       int64_t alignment) {
  offset = alignUp(offset, alignment);
  for (const Obstacle &obstacle : obstacles) {
    if (offset <= obstacle.below)
      break;
    if (offset < obstacle.above)
      offset = alignUp(obstacle.above, alignment);
  }
  return offset;
}

/// The other item of an overlap, and the gap that the overlap allows.
struct Partner {
  int32_t item;
  int64_t gap;
};

/// A buffer with a footprint above 0. `isFixed` items only stand in the way.
struct Item {
  int64_t size;
  int64_t alignment;
  /// First and last section, both inclusive.
  int32_t firstSection;
  int32_t lastSection;
  bool isFixed;
  /// The offset of a fixed item.
  int64_t fixedOffset;
  /// Index of the buffer in the problem.
  uint32_t buffer;

  int64_t span() const { return int64_t(lastSection) - firstSection + 1; }
};

struct Instance {
  explicit Instance(const Problem &problem);

  std::vector<Item> items;
  /// Items of each section, ascending.
  std::vector<std::vector<int32_t>> sections;
  /// For each item, the other items alive at a common step that are not fixed.
  std::vector<std::vector<int32_t>> neighbours;
  /// For each item, what the fixed items alive at a common step forbid, by
  /// offset.
  std::vector<std::vector<Obstacle>> obstacles;
  /// For each item, the items alive at a common step that may start inside it,
  /// and those that it may start inside of.
  std::vector<std::vector<Partner>> uppers, lowers;
  /// Whether there is any such pair.
  bool hasOverlaps = false;

  /// Least distance of the starts of two items alive together, if the first
  /// lies below the second.
  int64_t gap(int32_t lower, int32_t upper) const {
    for (const Partner &partner : uppers[lower])
      if (partner.item == upper)
        return partner.gap;
    return items[lower].size;
  }

  bool isPartner(int32_t item) const {
    return !uppers[item].empty() || !lowers[item].empty();
  }

  /// What `other` at `offset` forbids to `item`.
  Obstacle obstacleOf(int32_t item, int32_t other, int64_t offset) const {
    return {offset - gap(item, other), offset + gap(other, item)};
  }

  /// The lowest aligned offset at or above `from` at which the item keeps clear
  /// of fixed items.
  int64_t lowestFree(int32_t item, int64_t from) const {
    return clearOf(obstacles[item], from, items[item].alignment);
  }

private:
  void addOverlaps(const Problem &problem);
};

} // namespace mlir::stm32::planner

#endif // STM32_LIB_ANALYSIS_MEMORYPLANNER_INSTANCE_H
