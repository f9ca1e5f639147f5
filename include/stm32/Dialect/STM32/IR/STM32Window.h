//===- STM32Window.h - How operators with weights compute -------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_IR_STM32WINDOW_H
#define STM32_DIALECT_STM32_IR_STM32WINDOW_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

namespace mlir::stm32 {

/// How sums of products are computed; what decides is in the description of
/// `stm32.conv_2d`. The weights of `*Offset` have a zero point of their own,
/// `*Once` rounds once.
enum class SumKind { S8, S8Offset, S8Once, S16, S16Short, F32, Hybrid };

/// `scales` is null but for int8 weights with float32 activations.
SumKind getSumKind(ShapedType input, RequantAttr requant, int32_t weightsZp,
                   DenseF32ArrayAttr scales = {});

/// Convolutions and matrix products.
template <typename OpTy> SumKind getSumKind(OpTy op) {
  DenseF32ArrayAttr scales;
  if constexpr (!std::is_same_v<OpTy, TransposeConv2DOp>)
    scales = op.getWeightScalesAttr();
  return getSumKind(op.getActivationType(0), op.getRequantAttr(),
                    static_cast<int32_t>(op.getWeightsZp()), scales);
}

/// The greatest magnitude of a sum that requantisation with `multiplier` and
/// `shift` takes: nothing may leave its bits on the way (rules N3, N4, N56).
int64_t getSumLimit(SumKind kind, int32_t multiplier, int32_t shift);

/// Element types of weights and bias.
Type getWeightsElement(MLIRContext *context, SumKind kind);
Type getBiasElement(MLIRContext *context, SumKind kind);

/// Least and greatest value of an integer activation.
std::pair<int32_t, int32_t> getIntegerRange(Type element);

} // namespace mlir::stm32

#endif // STM32_DIALECT_STM32_IR_STM32WINDOW_H
