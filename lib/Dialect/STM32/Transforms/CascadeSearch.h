//===- CascadeSearch.h - Which operators run in bands -----------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The operators of a model, in their order, are cut into segments. A segment of
// one operator runs as a whole, a longer one as a cascade:
//
//     0   1   2   3   4   5   6   7   8   9
//     [=======cascade======]  [ ] [=cascade=]      rows of the last operator
//
// The peak of a segment is the most memory that is alive in one of its calls:
// whole tensors that it reads, writes, or that live through it, rings, scratch.
// Its price is the estimated instructions that the calls cost on top of whole
// operators. The search finds the cut with the smallest peak, the largest of
// its segments, whose price stays within a budget; of those the cheapest.
//
// Segments do not depend on each other, so both are shortest paths: exact over
// all segments up to `maxLength` operators and the row counts tried.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DIALECT_STM32_TRANSFORMS_CASCADESEARCH_H
#define STM32_LIB_DIALECT_STM32_TRANSFORMS_CASCADESEARCH_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

namespace mlir::stm32 {

struct CascadeOptions {
  /// Most instructions that the calls may cost, as a part of all instructions.
  double budget = 0.0;
  /// A peak in bytes that is small enough: among the cuts that reach it, the
  /// cheapest is taken.
  int64_t targetPeak = 0;
  unsigned maxLength = 48;
  /// The first input of the model comes row by row, so that the operators that
  /// read it are in one cascade.
  bool stream = false;
};

/// Operators [begin, end) of the model, run `rows` rows of the last one at a
/// time; `rows` is 0 for a single operator as a whole.
struct CascadeSegment {
  unsigned begin, end;
  int64_t rows = 0;
  int64_t peak = 0; ///< bytes
  double price = 0; ///< instructions
};

struct CascadeCut {
  /// Operators of the model, in their order.
  SmallVector<Operation *> operators;
  SmallVector<CascadeSegment> segments;
  int64_t peak = 0;      ///< bytes
  int64_t wholePeak = 0; ///< bytes, if no operator runs in bands
  double price = 0, instructions = 0;
};

/// Cuts `model`, which is on tensors and has its kernels. There are no segments
/// if an input is to be streamed and cannot be.
CascadeCut searchCascades(ModelOp model, const CascadeOptions &options);

/// The cut whose cascades are `asked`, an array of #stm32.cascade, and whose
/// other operators run as a whole; fails with an error if there is no such cut.
FailureOr<CascadeCut> takeCascades(ModelOp model, ArrayAttr asked,
                                   const CascadeOptions &options);

} // namespace mlir::stm32

#endif // STM32_LIB_DIALECT_STM32_TRANSFORMS_CASCADESEARCH_H
