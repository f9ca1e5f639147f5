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

/// Leave for two buffers to share bytes although both are alive: the buffer
/// `lower` may lie under the start of the buffer `upper`.
///
///   offset(lower)                      offset(lower) + footprint(lower)
///         |========= lower =================|
///         |<- distance ->|
///                        |======== upper ==========|
///                 offset(upper), here or anywhere above
///
/// `lower` is the output of an operator and `upper` an input that dies there.
/// The operator writes `lower` from its first byte on, and has read each byte
/// of `upper` before it writes over it, as long as
///
///   offset(lower) + distance <= offset(upper).
///
/// Distance 0 is in place, at the same or any lower offset. Distance
/// footprint(lower) gives no leave at all. Where the relation does not hold,
/// the buffers must not share bytes, as any others. A buffer may be in several
/// relations; each is about two buffers only and gives no leave to a third.
/// The caller answers for the leave at all steps at which both are alive.
struct Overlap {
  /// Index of the buffer that may lie lower, usually an output.
  uint32_t lower = 0;
  /// Index of the buffer that may start inside it, usually an input.
  uint32_t upper = 0;
  /// Bytes from the start of `lower` to the start of `upper` at least, in
  /// [0, footprint(lower)].
  int64_t distance = 0;
};

/// The buffers of one pool.
struct Problem {
  std::vector<Buffer> buffers;
  /// Bytes that the pool may have at most, if there is a limit.
  std::optional<int64_t> capacity = std::nullopt;
  /// Pairs that may share bytes. Relations of buffers that are never alive
  /// together have no effect.
  std::vector<Overlap> overlaps = {};

  /// Bytes between the starts of the two buffers of an overlap at least: the
  /// distance rounded up to the alignment that both offsets have.
  int64_t gapOf(const Overlap &overlap) const;

  /// Whether both buffers of an overlap take memory at some common step.
  bool isLive(const Overlap &overlap) const {
    return buffers[overlap.lower].isLiveWith(buffers[overlap.upper]);
  }

  /// Returns an empty string if the problem is well formed, else one line that
  /// names the buffer and the values. Well formed means: no negative size or
  /// capacity, alignments are powers of two, no interval ends before it begins,
  /// fixed offsets are aligned, not negative and do not make two live buffers
  /// share bytes without leave, overlaps name two buffers that exist, have a
  /// distance in [0, footprint(lower)], do not repeat a pair and form no cycle
  /// (data flows one way),
  /// and the sum of all sizes, alignments and the highest fixed end is at most
  /// a quarter of the range of int64_t. The solver computes without overflow on
  /// such a problem.
  std::string check() const;
};

/// The largest sum of footprints over the buffers that are alive at one step.
/// Without overlaps, no plan has a smaller peak.
struct MaxLive {
  /// The sum in bytes.
  int64_t bytes = 0;
  /// The first step that reaches it; 0 if no buffer takes memory.
  int32_t step = 0;
  /// Indices of the buffers alive at that step, ascending.
  std::vector<uint32_t> buffers;
};

/// Computes the max-live bound of a well-formed problem. Ignores overlaps.
MaxLive computeMaxLive(const Problem &problem);

/// A lower bound in bytes of the peak of every plan: the largest sum of
/// footprints alive at a step, less what overlaps can save there at most, or
/// the highest end of a buffer with a fixed offset where that is larger.
/// Without overlaps, the first is the max-live bound.
int64_t computeLowerBound(const Problem &problem);

} // namespace mlir::stm32::planner

#endif // STM32_ANALYSIS_MEMORYPLANNER_PROBLEM_H
