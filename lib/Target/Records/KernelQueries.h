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

#include "stm32/Dialect/STM32/IR/STM32Custom.h"
#include "stm32/Dialect/STM32/IR/STM32Dialect.h"
#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"
#include "stm32/Dialect/STM32/IR/STM32Movement.h"
#include "stm32/Dialect/STM32/IR/STM32Reduction.h"
#include "stm32/Dialect/STM32/IR/STM32Signal.h"
#include "stm32/Dialect/STM32/IR/STM32Window.h"

#include "stm32rt_kernels.h"

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

/// True for a convolution or matrix product that computes as `kind` says,
/// with the input zero point in the bias.
inline bool sums(ComputeOpInterface op, SumKind kind) {
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case<Conv2DOp, DepthwiseConv2DOp>([&](auto op) {
        return getSumKind(op) == kind && op.getInputZp() == 0 &&
               op.getGroups() == 1;
      })
      .Case([&](FullyConnectedOp op) {
        return getSumKind(op) == kind && op.getInputZp() == 0;
      })
      .Case([&](TransposeConv2DOp op) { return getSumKind(op) == kind; })
      .Default(false);
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

inline int64_t inputChannels(ComputeOpInterface op) {
  return op.getActivationType(0).getShape().back();
}

/// Bytes of two columns of input channels as int16.
inline int64_t columnScratch(ComputeOpInterface op) {
  return 2 * 2 * llvm::alignTo(inputChannels(op), 4);
}

/// Values under a window.
inline int64_t terms(ComputeOpInterface op) {
  auto window = cast<WindowOpInterface>(op.getOperation());
  return window.getWindow()[0] * window.getWindow()[1] *
         op.getActivationType(0).getShape().back();
}

/// Bytes of two columns of terms as int16, each row of the window filled up to
/// words, and of a row as int8.
inline int64_t windowScratch(ComputeOpInterface op) {
  auto window = cast<WindowOpInterface>(op.getOperation());
  int64_t rows = window.getWindow()[0], row = terms(op) / rows;
  return 4 * rows * llvm::alignTo(row, 4) + row;
}

/// Bytes of the columns that the MVE kernel gathers at once.
inline int64_t mveWindowScratch(ComputeOpInterface op) {
  auto window = cast<WindowOpInterface>(op.getOperation());
  int64_t width = window.getWindow()[1];
  int32_t step = stm32rt_strip_step(width, window.getStrides()[1],
                                    window.getDilations()[1]);
  return stm32rt_strip_size(terms(op) / width, width, step,
                            op.getOutputType().getShape()[2]);
}

/// Pixels of the output.
inline double pixels(ComputeOpInterface op) {
  return elements(op) / op.getOutputType().getShape().back();
}

/// Values under all windows of a run.
inline double gathered(ComputeOpInterface op) { return pixels(op) * terms(op); }

inline bool keepsChannels(ComputeOpInterface op) {
  return op.getActivationType(0).getShape().back() ==
         op.getOutputType().getShape().back();
}

inline int64_t windowTaps(ComputeOpInterface op) {
  auto window = cast<WindowOpInterface>(op.getOperation()).getWindow();
  return window[0] * window[1];
}

/// See stm32rt_depthwise_conv_2d_s8_mve.
inline int64_t depthwiseLanes(ComputeOpInterface op) {
  auto window = cast<WindowOpInterface>(op.getOperation());
  return stm32rt_depthwise_lanes(window.getWindow()[0], window.getWindow()[1],
                                 window.getDilations()[0],
                                 window.getDilations()[1]);
}

/// True if stm32rt_depthwise_conv_2d_3x3_s8_dsp knows the window.
inline bool isStrip3x3(ComputeOpInterface op) {
  auto window = cast<WindowOpInterface>(op.getOperation());
  return window.getWindow()[0] == 3 && window.getWindow()[1] == 3 &&
         window.getStrides()[1] <= 2 && window.getDilations()[1] == 1;
}

/// Bytes of its strips.
inline int64_t stripScratch(ComputeOpInterface op) {
  auto window = cast<WindowOpInterface>(op.getOperation());
  return stm32rt_depthwise_strip_scratch(op.getOutputType().getShape()[2],
                                         window.getStrides()[1]);
}

inline int64_t inFeatures(ComputeOpInterface op) {
  return cast<FullyConnectedOp>(op.getOperation()).getInFeatures();
}

inline bool hasBand(ComputeOpInterface op) {
  auto window = dyn_cast<WindowOpInterface>(op.getOperation());
  return window && window.getBandAttr();
}

/// The same for a convolution of several groups, all of it.
inline bool groupedSums(ComputeOpInterface op, SumKind kind) {
  auto conv = dyn_cast<Conv2DOp>(op.getOperation());
  return conv && conv.getGroups() != 1 && getSumKind(conv) == kind &&
         conv.getInputZp() == 0 && !hasBand(op);
}

/// Bytes of one image or row of the input as int8.
inline int64_t hybridScratch(ComputeOpInterface op) {
  if (auto product = dyn_cast<FullyConnectedOp>(op.getOperation()))
    return product.getInFeatures();
  ShapedType x = op.getActivationType(0);
  return x.getNumElements() / x.getDimSize(0);
}

/// Bytes of scratch of the operators that know it themselves.
inline int64_t customScratch(ComputeOpInterface op) {
  return llvm::TypeSwitch<Operation *, int64_t>(op)
      .Case([](CustomOp op) { return op.getScratchBytes(); })
      .Case<DetectionPostprocessOp, SignalOp>(
          [](auto op) { return op.getScratchSize(); })
      .Default([](Operation *) -> int64_t { return 0; });
}

enum ElementKind { Bool, I8, U8, I16, I32, U32, I64, U64, F32 };

inline bool isType(Type type, ElementKind kind) {
  switch (kind) {
  case Bool:
    return type.isSignlessInteger(1);
  case I8:
    return type.isSignlessInteger(8);
  case U8:
    return type.isUnsignedInteger(8);
  case I16:
    return type.isSignlessInteger(16);
  case I32:
    return type.isSignlessInteger(32);
  case U32:
    return type.isUnsignedInteger(32);
  case I64:
    return type.isSignlessInteger(64);
  case U64:
    return type.isUnsignedInteger(64);
  case F32:
    return type.isF32();
  }
  return false;
}

/// True if input and output have these element types.
inline bool hasTypes(ComputeOpInterface op, ElementKind input,
                     ElementKind output) {
  return isType(op.getActivationType(0).getElementType(), input) &&
         isType(op.getOutputType().getElementType(), output);
}

/// True if the first state has elements of that type.
inline bool hasState(ComputeOpInterface op, ElementKind kind) {
  return isType(cast<BufferType>(op.getState(0).getType()).getElementType(),
                kind);
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

/// True for that function of two elements of that type. Bools compare as bytes.
inline bool isBinary(ComputeOpInterface op, StringRef function,
                     ElementKind kind) {
  auto binary = cast<BinaryOp>(op.getOperation());
  Type type = op.getActivationType(0).getElementType();
  bool isTruth = binary.getFunction() == BinaryFunction::Equal ||
                 binary.getFunction() == BinaryFunction::NotEqual;
  return stringifyBinaryFunction(binary.getFunction()) == function &&
         (isType(type, kind) || (isTruth && kind == I8 && isType(type, Bool)));
}

/// True if one side of a sum of int8 has the factor 1/2, and the other side and
/// the sum are rounded twice, see stm32rt_add_s8_half.
inline bool halvesSide(ComputeOpInterface op) {
  auto sum = cast<BinaryOp>(op.getOperation());
  ArrayRef<int32_t> lhs = *sum.getLhsScale(), rhs = *sum.getRhsScale();
  auto isHalf = [](ArrayRef<int32_t> scale) {
    return scale[0] == 1 << 30 && scale[1] == 31;
  };
  return (isHalf(lhs) || isHalf(rhs)) && (isHalf(lhs) || lhs[1] > 31) &&
         (isHalf(rhs) || rhs[1] > 31) && sum.getRequant()->getShift()[0] > 31 &&
         sum.getLeftShift() >= 8;
}

/// True if both sides are scaled before they are compared.
inline bool isScaled(ComputeOpInterface op) {
  return cast<BinaryOp>(op.getOperation()).getRhsScale().has_value();
}

inline bool isUnary(ComputeOpInterface op, StringRef function,
                    ElementKind kind) {
  return stringifyUnaryFunction(
             cast<UnaryOp>(op.getOperation()).getFunction()) == function &&
         isType(op.getOutputType().getElementType(), kind);
}

inline bool hasElementBytes(ComputeOpInterface op, int64_t bytes) {
  return getElementBytes(op.getOutputType().getElementType()) == bytes;
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

inline CopyPlan copyPlan(ComputeOpInterface op) {
  auto copy = cast<StridedCopyOp>(op.getOperation());
  return planCopy(copy.getLoops(),
                  getElementBytes(op.getOutputType().getElementType()));
}

/// Bytes that the innermost loop of a copy moves at once, 0 for runs.
inline int64_t copyUnit(ComputeOpInterface op) { return copyPlan(op).unit; }

inline double copyCost(ComputeOpInterface op) {
  return getCopyCost(copyPlan(op));
}

/// Bytes of the pattern that a pad fills with: 1 if all its bytes are equal.
inline int64_t padUnit(ComputeOpInterface op) {
  int64_t bytes = getElementBytes(op.getOutputType().getElementType());
  uint64_t bits = getPadBits(cast<PadOp>(op.getOperation()));
  for (int64_t i = 1; i < bytes; ++i)
    if (((bits >> (8 * i)) & 255) != (bits & 255))
      return bytes;
  return 1;
}

/// Bytes of an index of a gather.
inline int64_t indexBytes(ComputeOpInterface op) {
  return getElementBytes(op.getActivationType(1).getElementType());
}

/// True if a resize has elements of `type`; "ui8" stands for uint8 less 128.
inline bool resizes(ComputeOpInterface op, StringRef type) {
  auto resize = cast<ResizeBilinearOp>(op.getOperation());
  Type element = op.getOutputType().getElementType();
  if (element.isF32())
    return type == "f32";
  if (element.isInteger(16))
    return type == "i16";
  return type == (resize.getFromUint8() ? "ui8" : "i8");
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// Elements of the first activation.
inline double inputElements(ComputeOpInterface op) {
  return op.getActivationType(0).getNumElements();
}

/// True for a `stm32.reduce` of that kind whose input has that type.
inline bool isReduction(ComputeOpInterface op, Reduction reduction,
                        ElementKind input) {
  return cast<ReduceOp>(op.getOperation()).getReduction() == reduction &&
         isType(op.getActivationType(0).getElementType(), input);
}

/// True for quantised sums, and for means, which only differ in the multiplier.
inline bool isQuantizedSum(ComputeOpInterface op, ElementKind input) {
  return isReduction(op, Reduction::Sum, input) ||
         isReduction(op, Reduction::Mean, input);
}

//===----------------------------------------------------------------------===//
// Audio front ends
//===----------------------------------------------------------------------===//

/// True for that function of a `stm32.signal` whose first input has that type.
inline bool isSignal(ComputeOpInterface op, StringRef function,
                     ElementKind kind) {
  auto signal = cast<SignalOp>(op.getOperation());
  return stringifySignalFunction(signal.getFunction()) == function &&
         isType(op.getActivationType(0).getElementType(), kind);
}

} // namespace mlir::stm32::queries

#endif // STM32_LIB_TARGET_RECORDS_KERNELQUERIES_H
