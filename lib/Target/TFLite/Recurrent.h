//===- Recurrent.h - Import of operators with states ------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the files that import such operators share.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_TARGET_TFLITE_RECURRENT_H
#define STM32_LIB_TARGET_TFLITE_RECURRENT_H

#include "OpImporter.h"
#include "stm32/Dialect/STM32/IR/STM32Recurrent.h"

namespace mlir::stm32::tflite {

inline constexpr qmath::Range kInt16Range{-32768, 32767};

/// A constant with the given shape and type.
FailureOr<DenseElementsAttr> readWeights(OpImporter &op, unsigned index,
                                         ArrayRef<int64_t> shape,
                                         tflite::TensorType type);

/// The scale of weights, which have one and no zero point.
FailureOr<float> getWeightScale(OpImporter &op, unsigned index);

/// Sums of the rows of a matrix of integers with `columns` columns.
SmallVector<int64_t> sumRows(DenseElementsAttr matrix, int64_t columns);

/// A constant of int32; a value that does not fit is a problem.
FailureOr<Value> emitInt32(OpImporter &op, ArrayRef<int64_t> shape,
                           ArrayRef<int64_t> values);

/// A factor for each of several results.
RequantAttr makeRequant(OpImporter &op, ArrayRef<qmath::Multiplier> factors,
                        int32_t zeroPoint, qmath::Range range);

} // namespace mlir::stm32::tflite

#endif // STM32_LIB_TARGET_TFLITE_RECURRENT_H
