//===- Placement.h - Buffers to spread over several pools -------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The second problem on top of offsets: in which pool does each buffer lie? A
// pool has a price for each access; the sum over all accesses is to be minimal,
// and each pool must have a plan within its room.
//
//   pools     fast, 1 cycle, 64 bytes     slow, 4 cycles, no limit
//   buffers   x 64 bytes, 64 accesses     y 64 bytes, 640 accesses
//
//   Both alive: y goes to the fast pool and x to the slow one, which costs
//   640 * 1 + 64 * 4 cycles; the other way round it would be 64 + 2560.
//
// Units: bytes, steps, and whatever the caller counts prices in.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_ANALYSIS_MEMORYPLANNER_PLACEMENT_H
#define STM32_ANALYSIS_MEMORYPLANNER_PLACEMENT_H

#include "stm32/Analysis/MemoryPlanner/Problem.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace mlir::stm32::planner {

struct PlacementBuffer {
  /// Bytes and life; the alignment is that of the pool, a fixed offset is not
  /// allowed.
  int64_t size = 0;
  int32_t begin = 0, end = 0;
  /// How often it is read and written in all.
  int64_t accesses = 0;
  /// The only pool that it may lie in, if there is such a one.
  std::optional<uint32_t> pinned = std::nullopt;
};

struct PlacementPool {
  /// Of one access. Of pools of one price, the first one is preferred.
  int64_t price = 1;
  int64_t alignment = 1;
  /// Bytes that the pool may have at most, if there is a limit.
  std::optional<int64_t> capacity = std::nullopt;
  /// Pools of one region share its bytes.
  uint32_t region = 0;
};

struct PlacementProblem {
  std::vector<PlacementBuffer> buffers;
  std::vector<PlacementPool> pools;
  /// Bytes that the pools of each region may have together, if there is a
  /// limit.
  std::vector<std::optional<int64_t>> regions;
  /// Pairs that may share bytes where both are in one pool.
  std::vector<Overlap> overlaps = {};
};

enum class PlacementCertificate {
  Optimal,    ///< complete search excluded all that costs less
  Feasible,   ///< something cheaper may exist; it costs at least `lowerBound`
  Infeasible, ///< a buffer found no pool, see `unplaced`
};

struct Placement {
  /// Pool of each buffer.
  std::vector<uint32_t> pools;
  /// Peak of each pool in bytes.
  std::vector<int64_t> peaks;
  /// Accesses times price, and what no placement is below.
  int64_t cost = 0, lowerBound = 0;
  PlacementCertificate certificate = PlacementCertificate::Infeasible;
  /// The first buffer that found no place, if it is infeasible.
  uint32_t unplaced = 0;
};

struct PlacementOptions {
  /// Plans of one pool to ask the planner for at most.
  uint64_t planLimit = 3000;
};

/// Spreads the buffers. First fit with the most accessed ones first, then what
/// costs less: a complete search where that is short, and moves and exchanges
/// of two buffers where it is not. Deterministic.
Placement place(const PlacementProblem &problem,
                const PlacementOptions &options = {});

} // namespace mlir::stm32::planner

#endif // STM32_ANALYSIS_MEMORYPLANNER_PLACEMENT_H
