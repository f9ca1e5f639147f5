//===- Validator.h - Independent check of a plan ----------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Re-checks a plan against its problem. The validator shares no code with the
// solver: it compares every pair of buffers, and is meant to be read in one go.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_ANALYSIS_MEMORYPLANNER_VALIDATOR_H
#define STM32_ANALYSIS_MEMORYPLANNER_VALIDATOR_H

#include "stm32/Analysis/MemoryPlanner/Problem.h"
#include "stm32/Analysis/MemoryPlanner/Solver.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mlir::stm32::planner {

/// The first thing found wrong with a plan, in the order of the checks.
enum class Violation {
  None,
  /// Problem::check() refuses the problem itself.
  InvalidProblem,
  /// The plan does not have exactly one offset per buffer.
  OffsetCount,
  /// An offset is below 0.
  NegativeOffset,
  /// An offset is not a multiple of its buffer's alignment.
  Misaligned,
  /// An offset differs from the buffer's fixed offset.
  FixedOffsetMoved,
  /// A buffer ends above the peak that the plan states.
  BeyondPeak,
  /// Two buffers alive at a common step share bytes, and no overlap relation
  /// has the one that starts lower below the other.
  Overlap,
  /// Two buffers alive at a common step share bytes, and they start closer to
  /// each other than their overlap relation allows.
  OverlapDistance,
  /// No buffer ends at the peak that the plan states; it is too high.
  PeakNotReached,
  /// The peak is below the lower bound that the plan states.
  PeakBelowBound,
  /// The plan claims to fit, but its peak is over the problem's capacity.
  PeakOverCapacity,
  /// The certificate says more than peak, lower bound and capacity show.
  WrongCertificate,
};

/// Returns the violation's name in lower case with dashes, e.g. "overlap".
const char *stringifyViolation(Violation violation);

struct ValidationResult {
  Violation violation = Violation::None;
  /// Indices of the buffers at fault: two for Overlap and
  /// OverlapDistance, one for the other violations of a single buffer, none for
  /// those of the whole plan.
  std::vector<uint32_t> buffers;
  /// One line with the values; empty if nothing is wrong.
  std::string message;

  bool ok() const { return violation == Violation::None; }
};

/// Checks a plan. Takes time quadratic in the number of buffers.
ValidationResult validate(const Problem &problem, const Plan &plan);

} // namespace mlir::stm32::planner

#endif // STM32_ANALYSIS_MEMORYPLANNER_VALIDATOR_H
