//===- Problem.h - Buffers to place in one memory pool ----------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The input of the memory planner. The planner knows nothing of MLIR: a caller
// numbers its schedule steps, describes each buffer and gets an offset back.
//
//   offset
//  48 +     +-----------+
//     |     |     2     |            buffer 0: [0, 2), 32 bytes
//  32 +-----+-----+-----+            buffer 1: [2, 4), 16 bytes
//     |           |                  buffer 2: [1, 3), 16 bytes
//  16 +     0     +-----------+
//     |           |     1     |      The peak is 48, reached at step 1.
//   0 +-----+-----+-----+-----+--> step
//     0     1     2     3     4
//
// Units: sizes, alignments, offsets, peaks and capacities are bytes. Times are
// steps of the schedule. Every interval is half-open: a buffer with the
// interval [begin, end) is alive at the steps begin, begin + 1, ..., end - 1.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_ANALYSIS_MEMORYPLANNER_PROBLEM_H
#define STM32_ANALYSIS_MEMORYPLANNER_PROBLEM_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlir::stm32::planner {

/// One range of bytes that is needed for one interval of steps.
struct Buffer {
  /// Size in bytes. A buffer of size 0 takes no memory.
  int64_t size = 0;
  /// Alignment of the offset in bytes, a power of two. A buffer occupies its
  /// size rounded up to its alignment, see footprint().
  int64_t alignment = 1;
  /// First step at which the buffer is alive.
  int32_t begin = 0;
  /// Step after the last one at which the buffer is alive. A buffer with
  /// begin == end is never alive and takes no memory.
  int32_t end = 0;
  /// Offset in bytes that the solver must keep, if any.
  std::optional<int64_t> fixedOffset = std::nullopt;

  /// Bytes that the buffer occupies: its size rounded up to its alignment, so
  /// that kernels may touch the last bytes with whole words.
  int64_t footprint() const;

  /// Whether the buffer takes memory at some step.
  bool occupiesMemory() const { return size > 0 && begin < end; }

  /// Whether both buffers take memory at some common step.
  bool isLiveWith(const Buffer &other) const {
    return occupiesMemory() && other.occupiesMemory() && begin < other.end &&
           other.begin < end;
  }
};

/// The buffers of one pool.
struct Problem {
  std::vector<Buffer> buffers;
  /// Bytes that the pool may have at most, if there is a limit.
  std::optional<int64_t> capacity = std::nullopt;

  /// Returns an empty string if the problem is well formed, else one line that
  /// names the buffer and the values. Well formed means: no negative size or
  /// capacity, alignments are powers of two, no interval ends before it begins,
  /// fixed offsets are aligned, not negative and do not make two live buffers
  /// overlap, and the sum of all sizes, alignments and the highest fixed end is
  /// at most a quarter of the range of int64_t. The solver computes without
  /// overflow on such a problem.
  std::string check() const;
};

/// The largest sum of footprints over the buffers that are alive at one step.
/// No plan has a smaller peak.
struct MaxLive {
  /// The sum in bytes.
  int64_t bytes = 0;
  /// The first step that reaches it; 0 if no buffer takes memory.
  int32_t step = 0;
  /// Indices of the buffers alive at that step, ascending.
  std::vector<uint32_t> buffers;
};

/// Computes the max-live bound of a well-formed problem.
MaxLive computeMaxLive(const Problem &problem);

/// A lower bound in bytes of the peak of every plan: the max-live bound, or the
/// highest end of a buffer with a fixed offset where that is larger.
int64_t computeLowerBound(const Problem &problem);

} // namespace mlir::stm32::planner

#endif // STM32_ANALYSIS_MEMORYPLANNER_PROBLEM_H
