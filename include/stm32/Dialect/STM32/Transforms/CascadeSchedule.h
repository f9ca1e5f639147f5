//===- CascadeSchedule.h - Order of the calls of a cascade ------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// A cascade of operators o[0] .. o[n-1] is run for `rows` rows of the last
// output at a time. Each operator computes the rows that the next one needs and
// that it has not computed yet:
//
//     input ──o[0]──> ring 0 ──o[1]──> ring 1 ──o[2]──> output
//                    rows held        rows held        `rows` rows a band
//
// No row is computed twice; a ring holds the rows between the first one that is
// still read and the last one computed.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_TRANSFORMS_CASCADESCHEDULE_H
#define STM32_DIALECT_STM32_TRANSFORMS_CASCADESCHEDULE_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

namespace mlir::stm32 {

/// One call: operator `index` computes output rows [first, first + count).
struct CascadeStep {
  unsigned index;
  int64_t first, count;
};

struct CascadeSchedule {
  SmallVector<CascadeStep> steps;
  /// Rows that the output of each operator must hold. The last one is whole.
  SmallVector<int64_t> rings;
};

/// The calls of a chain, in order; `rows` is at least 1.
CascadeSchedule scheduleCascade(ArrayRef<WindowOpInterface> chain,
                                int64_t rows);

} // namespace mlir::stm32

#endif // STM32_DIALECT_STM32_TRANSFORMS_CASCADESCHEDULE_H
