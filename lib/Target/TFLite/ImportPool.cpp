//===- ImportPool.cpp - Pools ---------------------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// AVERAGE_POOL_2D and MAX_POOL_2D (rules N8, N9, N62, N63).
//
//===----------------------------------------------------------------------===//

#include "WeightedOp.h"

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

/// The zero point of a mean: the reference averages stored values, which are
/// uint8 less 128 here.
static Value emitMeanZeroPoint(OpImporter &op, const TensorInfo &input) {
  Builder &builder = op.getBuilder();
  Type element = getElementType(input.type, builder.getContext());
  if (element.isF32())
    return op.emitConst(DenseElementsAttr::get(op.getType({1}, element),
                                               builder.getZeroAttr(element)));
  return op.emitScalar(element,
                       input.type == TensorType_UINT8 ? kUInt8Offset : 0);
}

FailureOr<Value> tflite::importPool2D(OpImporter &op) {
  const auto &options = *op.getOptions<Pool2DOptions>();
  const TensorInfo &input = *op.getInput(0);
  auto activation = op.getActivation(options.fused_activation_function());
  if (failed(activation) || failed(op.checkSameType(input, op.getOutput())))
    return failure();
  OpBuilder &builder = op.getBuilder();
  Type element = getElementType(input.type, builder.getContext());
  WeightedOp facts;
  std::tie(facts.least, facts.most) = getFloatRange(*activation);
  if (!element.isF32()) {
    FailureOr<Quantization> quantization = op.getQuantization(op.getOutput());
    if (failed(quantization))
      return failure();
    auto [low, high] = getIntegerRange(element);
    facts.range = qmath::activationRange(*activation, quantization->scale,
                                         quantization->zeroPoint,
                                         qmath::Range{low, high});
  }
  FailureOr<Window2D> window = computeWindow2D(
      op, {options.padding(), options.filter_height(), options.filter_width(),
           options.stride_h(), options.stride_w()});
  if (failed(window))
    return failure();
  SmallVector<int64_t> shape = {input.shape[0], window->height.output,
                                window->width.output, input.shape[3]};
  if (failed(op.checkOutputShape(shape)))
    return failure();

  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  Value used = emitUsedInput(op, *value, *window);
  SmallVector<int64_t> kernel = {options.filter_height(),
                                 options.filter_width()};
  SmallVector<int64_t> strides = {options.stride_h(), options.stride_w()};
  Value result;
  if (op.getCode() == BuiltinOperator_MAX_POOL_2D) {
    result =
        tosa::MaxPool2dOp::create(builder, op.getLoc(), op.getOutputType(),
                                  used, kernel, strides, window->getPadding());
  } else {
    Value zero = emitMeanZeroPoint(op, input);
    Type sums = element.isF32() ? element : Type(builder.getI32Type());
    result = tosa::AvgPool2dOp::create(builder, op.getLoc(), op.getOutputType(),
                                       used, zero, zero, kernel, strides,
                                       window->getPadding(), sums);
  }
  return emitActivation(op, facts, result);
}
