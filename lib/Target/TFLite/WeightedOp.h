//===- WeightedOp.h - Operators that multiply with weights ------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the imports of convolutions and matrix products share: which arithmetic
// their types ask for, multipliers, and the proof that no sum leaves its
// accumulator (rule N4).
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_TARGET_TFLITE_WEIGHTEDOP_H
#define STM32_LIB_TARGET_TFLITE_WEIGHTEDOP_H

#include "OpImporter.h"
#include "stm32/Dialect/STM32/IR/STM32Window.h"

namespace mlir::stm32::tflite {

/// The operands of an operator with weights, once checked.
struct WeightedOp {
  const TensorInfo *input;
  /// As the graph has them; the bias of int16 as int64 or int32.
  DenseElementsAttr weights, bias;
  SumKind kind;
  Quantization inputQuant, outputQuant;
  int32_t weightsZp = 0;
  /// The fused activation.
  qmath::Range range;
  float least, most;
  /// One for each output channel, or one for all.
  SmallVector<qmath::Multiplier> factors;
  /// The same of hybrid operators.
  SmallVector<float> weightScales;

  bool isFloat() const {
    return kind == SumKind::F32 || kind == SumKind::Hybrid;
  }
};

/// What makes operators with weights different from each other.
struct WeightedTraits {
  /// Positions of input, weights and bias among the operands.
  unsigned input = 0, weights = 1, bias = 2;
  unsigned rank = 4;
  /// The dimension of the output channels in the weights.
  unsigned channelDim = 0;
  /// uint8 activations: the reference rounds once (rule N55).
  bool roundsOnce = false;
  /// int16 activations may have an int32 bias (rule N57).
  bool hasShortBias = true;
  /// float32 activations may have int8 weights (rule N59).
  bool isHybrid = false;
};

/// Checks types, weights, bias and quantisation.
FailureOr<WeightedOp> checkWeightedOp(OpImporter &op,
                                      const WeightedTraits &traits,
                                      ActivationFunctionType function);

/// True if an operand is neither a constant nor became one in the graph.
bool isComputed(OpImporter &op, const TensorInfo &tensor);

/// The values of an operand that must be constant, seen with `shape`; also one
/// that only became constant in the graph.
FailureOr<DenseElementsAttr> readConstantOperand(OpImporter &op,
                                                 const TensorInfo &tensor,
                                                 const Twine &what);

/// Least and greatest output of float32 with a fused activation.
std::pair<float, float> getFloatRange(qmath::Activation activation);

/// The operands of a TOSA convolution.
struct ConvOperands {
  Value weights, bias, inputZp, weightsZp;
  /// Of the sums.
  Type element;
};
ConvOperands emitConvOperands(OpImporter &op, const WeightedOp &facts,
                              ArrayRef<int64_t> weightsShape);

/// From the sums of a TOSA convolution to its output.
Value emitFromSums(OpImporter &op, const WeightedOp &facts, Value sums);

/// Clamps a value of any type to the range of a fused activation.
Value emitActivation(OpImporter &op, const WeightedOp &facts, Value value);

/// The attributes of an operation of the stm32 dialect.
RequantAttr getRequant(OpImporter &op, const WeightedOp &facts);
DenseF32ArrayAttr getFloatClamp(OpImporter &op, const WeightedOp &facts);

} // namespace mlir::stm32::tflite

#endif // STM32_LIB_TARGET_TFLITE_WEIGHTEDOP_H
