//===- Greedy.h - Good plans in little time ---------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Places items one by one, each at the lowest free offset. The order decides
// how good the plan is, so several orders are tried and then improved.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_ANALYSIS_MEMORYPLANNER_GREEDY_H
#define STM32_LIB_ANALYSIS_MEMORYPLANNER_GREEDY_H

#include "Instance.h"

namespace mlir::stm32::planner {

/// Offsets of all items, fixed ones included, and their highest end in bytes.
struct Placement {
  std::vector<int64_t> offsets;
  int64_t peak = 0;
};

/// Places the items in `order` (all that are not fixed) on top of nothing but
/// what `order` and the fixed items put in their way.
Placement placeInOrder(const Instance &instance,
                       const std::vector<int32_t> &order);

/// Tries orders by size, lifetime and area, then up to `rounds` improvements of
/// the best order. Stops when the peak is at most `goal`.
Placement planGreedily(const Instance &instance, int64_t goal, int rounds);

} // namespace mlir::stm32::planner

#endif // STM32_LIB_ANALYSIS_MEMORYPLANNER_GREEDY_H
