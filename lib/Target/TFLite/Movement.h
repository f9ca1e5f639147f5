//===- Movement.h - Import of operators that move values --------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the files that import such operators share.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_TARGET_TFLITE_MOVEMENT_H
#define STM32_LIB_TARGET_TFLITE_MOVEMENT_H

#include "OpImporter.h"
#include "stm32/Dialect/STM32/IR/STM32Movement.h"

namespace mlir::stm32::tflite {

/// Distance of the elements of each dimension in row-major order.
SmallVector<int64_t> getStrides(ArrayRef<int64_t> shape);

/// `axis` as a dimension of a tensor of rank `rank`; negative ones count from
/// the end.
FailureOr<int64_t> getAxis(OpImporter &op, int64_t axis, int64_t rank);

/// Values of a constant of one element.
FailureOr<int64_t> getInteger(OpImporter &op, unsigned input,
                              const Twine &what);

/// `tosa.slice` from `start` with the shape `size`.
Value emitSliceAt(OpImporter &op, Location loc, Value input,
                  ArrayRef<int64_t> start, ArrayRef<int64_t> size);
/// Dimensions in the order `perms`.
Value emitTranspose(OpImporter &op, Value input, ArrayRef<int32_t> perms);
Value emitReverse(OpImporter &op, Value input, unsigned axis);
Value emitConcat(OpImporter &op, ArrayRef<Value> inputs, unsigned axis);
/// `paddings` is before and after of each dimension; `value` has one element.
Value emitPad(OpImporter &op, Value input, ArrayRef<int64_t> paddings,
              Value value);
/// What a tensor is padded with if the operator does not say it: the zero point
/// of the output, or 0.
FailureOr<Value> emitZero(OpImporter &op);
/// A copy by `loops`, which must be few enough; null if they are too many.
Value emitCopy(OpImporter &op, Value input, CopyLoops loops,
               ArrayRef<int64_t> shape);

/// Element `indices[i]` of dimension `axis` for each i: a copy by loops, or a
/// gather of constant indices.
Value emitTake(OpImporter &op, Value input, unsigned axis,
               ArrayRef<int64_t> indices);

/// One dimension of a strided slice of a tensor.
struct StridedRange {
  int64_t start, stride, size;
  /// The result has no such dimension.
  bool isShrunk = false;
};

/// What a STRIDED_SLICE reads of its input's dimensions, and the shape that it
/// gives: `newAxes` are dimensions of 1 that the result has more.
struct StridedSpec {
  SmallVector<StridedRange> ranges;
  SmallVector<int64_t> shape;
};

/// Begin, end and strides as the operator has them, one entry for each dimension
/// that it names; what is wrong is left in `defect`.
std::optional<StridedSpec>
readStridedSlice(const StridedSliceOptions &options, ArrayRef<int64_t> input,
                 ArrayRef<int64_t> begin, ArrayRef<int64_t> end,
                 ArrayRef<int64_t> strides, std::string &defect);

} // namespace mlir::stm32::tflite

#endif // STM32_LIB_TARGET_TFLITE_MOVEMENT_H
