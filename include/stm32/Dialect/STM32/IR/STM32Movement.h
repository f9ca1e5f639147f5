//===- STM32Movement.h - Operators that move values -------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Copies are loops with a stride for each side. `CopyLoops` is what passes think
// in (elements), `CopyPlan` what a kernel runs (bytes).
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_IR_STM32MOVEMENT_H
#define STM32_DIALECT_STM32_IR_STM32MOVEMENT_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

#include <optional>

namespace mlir::stm32 {

/// Most loops of a copy: STM32RT_COPY_LOOPS of the runtime.
inline constexpr unsigned kMaxCopyLoops = 6;

/// One loop of a copy, with the distance of two iterations on each side.
struct CopyLoop {
  int64_t size, input, dest;
};

/// A copy: the loops, the outermost first, in elements.
struct CopyLoops {
  int64_t inputOffset = 0, destOffset = 0;
  SmallVector<CopyLoop, kMaxCopyLoops> loops;

  /// Elements that are copied.
  int64_t getCount() const;
  /// Drops loops of one iteration and joins loops that are one.
  void simplify();
  /// True if the simplified loops copy one range to one range.
  bool isRange() const {
    return loops.empty() ||
           (loops.size() == 1 && loops[0].input == 1 && loops[0].dest == 1);
  }
  /// Index of the input for each iteration.
  SmallVector<int64_t> getInputIndices() const;
};

/// The loops with which result element n reads `indices[n]`, or nothing if more
/// than kMaxCopyLoops are needed.
std::optional<CopyLoops> findLoops(ArrayRef<int64_t> indices);

/// The same loops with another destination: of each `run` elements in the order
/// of the loops, the first goes to `pitch` after the first of the run before.
/// Nothing if the loops cannot be cut so.
std::optional<CopyLoops> placeLoops(const CopyLoops &copy, int64_t run,
                                    int64_t pitch, int64_t destOffset);

/// Loops, offsets and strides in bytes.
struct CopyPlan {
  /// What the innermost loop moves at once: 1, 2, 4 or 8 bytes, or 0 for runs of
  /// `run` bytes.
  int64_t unit, run;
  int64_t inputOffset, destOffset;
  SmallVector<CopyLoop, kMaxCopyLoops> loops;
};
/// How a kernel copies elements of `elementBytes`; runs only if `onlyRuns`.
CopyPlan planCopy(CopyLoops copy, int64_t elementBytes, bool onlyRuns = false);

/// Estimated instructions.
double getCopyCost(const CopyPlan &plan);

/// The copy of the input of `op` into the middle of its result.
CopyLoops getPadLoops(PadOp op);
/// The value of `op` as it lies in memory; float32 as its bits.
uint64_t getPadBits(PadOp op);

} // namespace mlir::stm32

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32MovementOps.h.inc"

#endif // STM32_DIALECT_STM32_IR_STM32MOVEMENT_H
