//===- CascadeSchedule.h - Order of the calls of a cascade ------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A cascade computes its last result row by row. For each of them an operator
// asks for the rows that it reads and that are not there yet, the operators in
// front ask in turn, and each then runs for at most `rows` rows in one call:
//
//     input ──o[0]──> ring 0 ──o[1]──> ring 1 ──o[2]──> output
//                    rows held        rows held
//
// No row is computed twice; a ring holds the rows between the first one that is
// still read and the last one computed. Results that never hold needed rows at
// the same time share their memory: those of pointwise operators, for example,
// whose rows are read at once.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_TRANSFORMS_CASCADESCHEDULE_H
#define STM32_DIALECT_STM32_TRANSFORMS_CASCADESCHEDULE_H

#include "stm32/Dialect/STM32/IR/STM32Rows.h"

namespace mlir::stm32 {

/// One call: operator `index` runs for its rows [first, first + count).
struct CascadeStep {
  unsigned index;
  int64_t first, count;
};

struct CascadeSchedule {
  /// For tensors that have their memory to themselves.
  static constexpr unsigned kNoGroup = ~0u;

  SmallVector<CascadeStep> steps;
  /// Rows that the output of each operator must hold.
  SmallVector<int64_t> rings;
  /// The number of the memory that an operator's output may share with others,
  /// or kNoGroup.
  SmallVector<unsigned> groups;
  unsigned numGroups = 0;
  /// Rows that a streamed input must hold.
  int64_t streamRing = 0;
};

/// The calls of `operators`, which stand in an order in which they can run;
/// each is for at most `rows` rows, at least 1. Results that others than these
/// operators use are kept as a whole, and are complete at the end.
///
/// If there is a `stream`, the rows of that value are no longer there from the
/// start: steps whose index is the number of operators say when they must have
/// come.
CascadeSchedule scheduleCascade(ArrayRef<ComputeOpInterface> operators,
                                int64_t rows, Value stream = Value());

} // namespace mlir::stm32

#endif // STM32_DIALECT_STM32_TRANSFORMS_CASCADESCHEDULE_H
