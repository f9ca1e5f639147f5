//===- KernelQueries.h - Expressions of the kernel records ------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// What the expressions in Kernels.td may ask about an operation.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_TARGET_RECORDS_KERNELQUERIES_H
#define STM32_LIB_TARGET_RECORDS_KERNELQUERIES_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::stm32::queries {

inline double macs(ComputeOpInterface op) { return op.getMacs(); }

/// Elements of the output.
inline double elements(ComputeOpInterface op) {
  return op.getOutputType().getNumElements();
}

/// True if all activations are channel last.
inline bool isNHWC(ComputeOpInterface op) {
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    if (getLayout(op.getActivationType(i)) != Layout::NHWC)
      return false;
  return getLayout(op.getOutputType()) == Layout::NHWC;
}

/// True if the input zero point is part of the bias.
inline bool zeroPointFolded(ComputeOpInterface op) {
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case<Conv2DOp, DepthwiseConv2DOp, FullyConnectedOp>(
          [](auto op) { return op.getInputZp() == 0; })
      .Default(true);
}

/// True for a 1x1 convolution of channel-last tensors that reads each pixel
/// once: stride 1, no padding, all pixels.
inline bool isPointwise(ComputeOpInterface op) {
  auto window = dyn_cast<WindowOpInterface>(op.getOperation());
  if (!window || !isNHWC(op))
    return false;
  auto isOne = [](int64_t value) { return value == 1; };
  return llvm::all_of(window.getWindow(), isOne) &&
         llvm::all_of(window.getStrides(), isOne) &&
         op.getActivationType(0).getShape().drop_back() ==
             op.getOutputType().getShape().drop_back() &&
         window.getPadding()[0] == 0 && window.getPadding()[2] == 0;
}

/// Bytes of two columns of input channels as int16.
inline int64_t columnScratch(ComputeOpInterface op) {
  int64_t channels = op.getActivationType(0).getShape().back();
  return 2 * 2 * llvm::alignTo(channels, 4);
}

enum ElementKind { I8, U8, F32 };

/// True if input and output have these element types.
inline bool hasTypes(ComputeOpInterface op, ElementKind input,
                     ElementKind output) {
  auto is = [](Type type, ElementKind kind) {
    switch (kind) {
    case I8:
      return type.isSignlessInteger(8);
    case U8:
      return type.isUnsignedInteger(8);
    case F32:
      return type.isF32();
    }
    return false;
  };
  return is(op.getActivationType(0).getElementType(), input) &&
         is(op.getOutputType().getElementType(), output);
}

} // namespace mlir::stm32::queries

#endif // STM32_LIB_TARGET_RECORDS_KERNELQUERIES_H
