//===- DescribeRecurrent.cpp - Descriptors of operators with states -------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DescriptorUtils.h"

#include "stm32/Dialect/STM32/IR/STM32Recurrent.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cfloat>

using namespace mlir;
using namespace mlir::stm32;

/// A field of float32.
static std::string floatField(StringRef name, float value) {
  return ("." + name + " = " + floatLiteral(value)).str();
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

static FailureOr<KernelCall> describeCopy(ComputeOpInterface op) {
  auto type = cast<BufferType>(op.getOutputType());
  return makeCall("stm32rt_variable", {{field("size", type.getBytes())}});
}

//===----------------------------------------------------------------------===//
// SVDF
//===----------------------------------------------------------------------===//

static FailureOr<KernelCall> describe(SvdfOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/true)))
    return failure();
  SmallVector<std::string> shape = {
      ".shape = {" + field("batches", op.getBatches()),
      field("inputs", op.getInputs()), field("units", op.getUnits()),
      field("rank", static_cast<int64_t>(op.getRank())),
      field("memory", op.getMemory()) + "}"};
  if (compute(op).getOutputType().getElementType().isF32()) {
    float low = -FLT_MAX, high = FLT_MAX;
    if (auto range = op.getRange()) {
      low = std::max(low, (*range)[0]);
      high = std::min(high, (*range)[1]);
    }
    return makeCall("stm32rt_svdf_float",
                    {shape, {floatField("low", low), floatField("high", high)}},
                    /*hasConstants=*/true);
  }
  RequantAttr state = *op.getStateRequant(), output = *op.getRequant();
  return makeCall(
      "stm32rt_svdf",
      {shape,
       {field("state_multiplier", state.getMultiplier()[0]),
        field("state_shift", state.getShift()[0]),
        field("state_zero_point", state.getZeroPoint()),
        field("state_min", state.getMin()), field("state_max", state.getMax())},
       {field("multiplier", output.getMultiplier()[0]),
        field("shift", output.getShift()[0]),
        field("y_zero_point", output.getZeroPoint()),
        field("y_min", output.getMin()), field("y_max", output.getMax())}},
      /*hasConstants=*/true);
}

//===----------------------------------------------------------------------===//
// LSTM
//===----------------------------------------------------------------------===//

/// `{multiplier, shift}` of entry `index`.
static std::string getScale(RequantAttr requant, unsigned index) {
  return "{" + intLiteral(requant.getMultiplier()[index]) + ", " +
         intLiteral(requant.getShift()[index]) + "}";
}

/// `.name = {{multiplier, shift}, ...}` in pieces that may stand on a line.
static SmallVector<std::string> getScales(StringRef name, RequantAttr requant) {
  SmallVector<std::string> items;
  unsigned count = requant.getMultiplier().size();
  for (unsigned i = 0; i < count; ++i)
    items.push_back((i == 0 ? "." + name.str() + " = {" : "") +
                    getScale(requant, i) + (i + 1 == count ? "}" : ""));
  return items;
}

static FailureOr<KernelCall> describe(LstmOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/true)))
    return failure();
  int64_t inputs = op.getInputs(), units = op.getUnits();
  int64_t batches = op.getBatches(), steps = op.getSteps();
  // Between two batches, or two steps, lies what the inner dimension holds.
  int64_t batchRows = op.getTimeMajor() ? 1 : steps;
  int64_t stepRows = op.getTimeMajor() ? batches : 1;
  SmallVector<std::string> shape = {
      ".shape = {" + field("batches", batches), field("steps", steps),
      field("inputs", inputs), field("units", units)};
  SmallVector<std::string> strides = {field("x_batch", batchRows * inputs),
                                      field("x_step", stepRows * inputs),
                                      field("y_batch", batchRows * units),
                                      field("y_step", stepRows * units) + "}"};
  if (compute(op).getOutputType().getElementType().isF32()) {
    float clip = op.getCellClip() ? op.getCellClip()->convertToFloat() : 0.0f;
    return makeCall("stm32rt_lstm_float",
                    {shape, strides, {floatField("cell_clip", clip)}},
                    /*hasConstants=*/true);
  }
  RequantAttr cell = *op.getCellRequant(), output = *op.getRequant();
  return makeCall(
      "stm32rt_lstm",
      {shape,
       strides,
       getScales("input", *op.getInputRequant()),
       getScales("recurrent", *op.getRecurrentRequant()),
       {".forget_cell = " + getScale(cell, 0),
        ".input_cell = " + getScale(cell, 1),
        ".output = " + getScale(output, 0)},
       {field("y_zero_point", output.getZeroPoint()),
        field("y_min", output.getMin()), field("y_max", output.getMax())},
       {field("tanh_shift", op.getTanhShift()),
        field("cell_limit", op.getCellLimit())}},
      /*hasConstants=*/true);
}

Description stm32::describeRecurrent(Operation *op) {
  return llvm::TypeSwitch<Operation *, Description>(op)
      .Case<ReadOp, AssignOp>([](auto op) { return describeCopy(op); })
      .Case<SvdfOp, LstmOp>([](auto op) { return describe(op); })
      .Default([](Operation *) { return std::nullopt; });
}
