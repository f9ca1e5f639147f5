//===- Views.h - Which tensors share memory ---------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operators that move values often need not: their result is a part of their
// input, or their inputs are written where the result is.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_TRANSFORMS_VIEWS_H
#define STM32_DIALECT_STM32_TRANSFORMS_VIEWS_H

#include "stm32/Dialect/STM32/IR/STM32Movement.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace mlir::stm32 {

/// The first byte of its first operand that the result of `op`, an operator on
/// tensors, is a view of; nothing if the result has memory of its own. Constants
/// have no views.
std::optional<int64_t> getViewOffset(Operation *op);

/// How the parts of concatenations come to their places.
struct ConcatPlan {
  struct Part {
    ConcatOp concat;
    int64_t offset; ///< in bytes
  };
  /// Results of operators that are written into the result of a concatenation.
  llvm::DenseMap<Value, Part> placed;
  /// Copies that only a concatenation reads, which makes them on the way, and
  /// the reshapes in between.
  llvm::DenseSet<Operation *> fused;
};

/// The result that `value` is a reshape of.
Value skipReshapes(Value value);

/// Where a part lies in the result of a concatenation: of each `run` elements
/// the first is `pitch` elements after that of the run before.
struct PartPlace {
  int64_t offset, run, pitch;
};
PartPlace getPartPlace(ConcatOp op, unsigned part);

/// Plans the concatenations of a model on tensors. A part is placed only if the
/// most that is alive at once does not grow: the result is then alive from its
/// first part on.
ConcatPlan planConcats(ModelOp model);

} // namespace mlir::stm32

#endif // STM32_DIALECT_STM32_TRANSFORMS_VIEWS_H
