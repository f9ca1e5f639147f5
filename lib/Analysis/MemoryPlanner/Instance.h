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

/// Bytes [begin, end) that a fixed buffer takes.
struct Obstacle {
  int64_t begin;
  int64_t end;
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
  /// For each item, the fixed items alive at a common step, by offset.
  std::vector<std::vector<Obstacle>> obstacles;

  /// The lowest aligned offset at or above `from` at which the item keeps clear
  /// of fixed items.
  int64_t lowestFree(int32_t item, int64_t from) const {
    int64_t offset = alignUp(from, items[item].alignment);
    for (const Obstacle &obstacle : obstacles[item])
      if (obstacle.begin < offset + items[item].size && offset < obstacle.end)
        offset = alignUp(obstacle.end, items[item].alignment);
    return offset;
  }
};

} // namespace mlir::stm32::planner

#endif // STM32_LIB_ANALYSIS_MEMORYPLANNER_INSTANCE_H
