//===- Elementwise.h - Import of functions of several tensors ---*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the files that import such operators share.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_TARGET_TFLITE_ELEMENTWISE_H
#define STM32_LIB_TARGET_TFLITE_ELEMENTWISE_H

#include "OpImporter.h"
#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"

namespace mlir::stm32::tflite {

/// Checks that inputs `first` to the last are broadcast to the output.
LogicalResult checkBroadcast(OpImporter &op, unsigned first = 0);
/// Checks that two inputs and the output have one type and fit each other.
LogicalResult checkBinary(OpImporter &op);

/// A tensor with as many dimensions as the output, as TOSA wants it.
FailureOr<Value> emitRanked(OpImporter &op, const TensorInfo &tensor);

/// Attributes of a `stm32.binary`; what is not set is absent.
struct BinaryAttrs {
  int32_t leftShift = 0, lhsZp = 0, rhsZp = 0;
  std::optional<qmath::Multiplier> lhs, rhs;
  RequantAttr requant;
  DenseF32ArrayAttr floatClamp;
};

Value emitBinary(OpImporter &op, RankedTensorType type, BinaryFunction function,
                 Value lhs, Value rhs, const BinaryAttrs &attrs);
/// `function` of both inputs; of the second and first one with `swap`.
FailureOr<Value> emitBinary(OpImporter &op, BinaryFunction function,
                            const BinaryAttrs &attrs = {}, bool swap = false);

/// The function of an operator that is one of two numbers.
BinaryFunction getBinaryFunction(BuiltinOperator code);

} // namespace mlir::stm32::tflite

#endif // STM32_LIB_TARGET_TFLITE_ELEMENTWISE_H
