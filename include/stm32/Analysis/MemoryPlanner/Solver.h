//===- Solver.h - Exact offset planning with a certificate ------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Finds an offset for each buffer so that buffers alive at a common step do not
// overlap and the highest end, the peak, is as small as possible. The result
// says what is proven about it. docs/MemoryPlanning.md explains the method.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_ANALYSIS_MEMORYPLANNER_SOLVER_H
#define STM32_ANALYSIS_MEMORYPLANNER_SOLVER_H

#include "stm32/Analysis/MemoryPlanner/Problem.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace mlir::stm32::planner {

/// What is proven about a plan.
enum class Certificate {
  /// The peak equals computeLowerBound(): no plan is better.
  BoundReached,
  /// The peak is above that bound, and complete search excluded every smaller
  /// peak.
  Optimal,
  /// The plan is valid, and within the capacity if there is one. A better plan
  /// may exist: its peak is at least Plan::lowerBound.
  Feasible,
  /// No plan fits the capacity. The plan ignores the capacity, so that its peak
  /// tells how many bytes would do.
  Infeasible,
  /// The limit was hit before a plan within the capacity was found or excluded.
  /// The plan ignores the capacity.
  Unknown,
  /// Problem::check() refuses the problem. The plan has no offsets.
  Invalid,
};

/// Returns the certificate's name in lower case with dashes, e.g.
/// "bound-reached".
const char *stringifyCertificate(Certificate certificate);

struct Options {
  /// Search nodes to explore at most. The same problem with the same limit
  /// gives the same plan on every host.
  uint64_t nodeLimit = 200000;
  /// Visits of buffers and moments at most in all nodes, which bounds the time
  /// where thousands of buffers meet; a few seconds.
  uint64_t workLimit = 2000000000;
  /// Wall-clock limit in milliseconds; 0 means none. A plan found under a clock
  /// may differ from run to run, so there is none by default.
  int64_t timeLimitMs = 0;
  /// A peak in bytes that is good enough: the search stops when it is reached.
  /// Without it, the search goes on until the peak is proven minimal.
  std::optional<int64_t> targetPeak = std::nullopt;
};

struct Plan {
  /// One offset in bytes per buffer of the problem. Buffers that take no memory
  /// are at their fixed offset or at 0.
  std::vector<int64_t> offsets;
  /// The highest offset + footprint in bytes over the buffers that take memory.
  int64_t peak = 0;
  /// No plan has a peak below this many bytes. At least computeLowerBound();
  /// more where the search has proven more.
  int64_t lowerBound = 0;
  Certificate certificate = Certificate::Invalid;
  /// Search nodes explored. 0 if the greedy start already reached the bound.
  uint64_t nodes = 0;
};

/// Plans the buffers. Deterministic unless Options::timeLimitMs is set.
Plan solve(const Problem &problem, const Options &options = {});

} // namespace mlir::stm32::planner

#endif // STM32_ANALYSIS_MEMORYPLANNER_SOLVER_H
