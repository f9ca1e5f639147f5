//===- DescribeSignal.cpp - Descriptors of audio front ends ---------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A descriptor (stm32rt_signal.h) is what follows from shapes, and then the
// options under their own names.
//
//===----------------------------------------------------------------------===//

#include "DescriptorUtils.h"

#include "stm32/Dialect/STM32/IR/STM32Signal.h"

using namespace mlir;
using namespace mlir::stm32;

using Fields = SmallVector<std::string>;

/// Options as fields, but for those that shapes or constants stand for.
static Fields getOptions(SignalOp op, ArrayRef<StringRef> without = {}) {
  Fields fields;
  for (const SignalOption &option : getSignalFacts(op.getFunction()).options)
    if (!llvm::is_contained(without, option.name))
      fields.push_back(field(option.name, op.getOption(option.name)));
  return fields;
}

static std::string radices(StringRef name, int64_t points) {
  // The verifier has seen that there are only these.
  SmallVector<int64_t> list = *getFftRadices(points);
  list.push_back(0);
  return fieldArray(name, list);
}

static KernelCall describeFft(SignalOp op, ShapedType x) {
  int64_t length = op.getOption("fft_length"), row = x.getShape().back();
  return makeCall(
      "stm32rt_fft",
      {{field("rows", x.getNumElements() / row), field("used", row),
        field("points", length / 2), radices("radix", length / 2)}});
}

static KernelCall describeFft2D(SignalOp op, ShapedType x) {
  ArrayRef<int64_t> shape = x.getShape().take_back(2);
  int64_t rows = op.getOption("rows"), columns = op.getOption("columns");
  return makeCall("stm32rt_rfft2d",
                  {{".columns = {" + field("rows", std::min(shape[0], rows)),
                    field("used", std::min(shape[1], columns)),
                    field("points", columns / 2),
                    radices("radix", columns / 2) + "}"},
                   {field("images", x.getNumElements() / (shape[0] * shape[1])),
                    field("height", shape[0]), field("width", shape[1]),
                    field("rows", rows), radices("row_radix", rows)}});
}

static KernelCall describeFramer(SignalOp op, ShapedType x) {
  int64_t samples = x.getShape().back(), step = op.getOption("frame_step");
  FramerPlan plan = planFramer(op.getOption("frame_size"), step,
                               op.getOption("prefill") != 0);
  return makeCall("stm32rt_signal_framer",
                  {{field("rows", x.getNumElements() / samples),
                    field("frames", samples / step),
                    field("history", plan.history)},
                   getOptions(op, {"prefill"})});
}

static KernelCall describeOverlapAdd(SignalOp op, ShapedType x) {
  ArrayRef<int64_t> shape = x.getShape().take_back(2);
  return makeCall("stm32rt_signal_overlap_add",
                  {{field("rows", x.getNumElements() / (shape[0] * shape[1])),
                    field("frames", shape[0]), field("frame_size", shape[1])},
                   getOptions(op)});
}

/// `.rows` and `.size` of the last dimension.
static Fields getRows(ShapedType x) {
  int64_t size = x.getShape().back();
  return {field("rows", x.getNumElements() / size), field("size", size)};
}

static KernelCall describe(SignalOp op) {
  ShapedType x = compute(op).getActivationType(0);
  Fields count = {field("count", compute(op).getOutputType().getNumElements())};
  switch (op.getFunction()) {
  case SignalFunction::Rfft:
  case SignalFunction::Irfft:
    return describeFft(op, x);
  case SignalFunction::Rfft2D:
    return describeFft2D(op, x);
  case SignalFunction::Window:
    return makeCall("stm32rt_signal_window", {getRows(x), getOptions(op)});
  case SignalFunction::FftAutoScale:
    return makeCall("stm32rt_signal_scale", {count});
  case SignalFunction::Energy:
    return makeCall("stm32rt_signal_energy", {count, getOptions(op)});
  case SignalFunction::FilterBank:
    return makeCall("stm32rt_signal_filter_bank", {getOptions(op)});
  case SignalFunction::FilterBankSquareRoot:
    return makeCall("stm32rt_signal_square_root", {count});
  case SignalFunction::FilterBankSpectralSubtraction:
    return makeCall("stm32rt_signal_spectral_subtraction", {getOptions(op)});
  case SignalFunction::Pcan:
    return makeCall("stm32rt_signal_pcan", {count, getOptions(op)});
  case SignalFunction::FilterBankLog:
    return makeCall("stm32rt_signal_log", {count, getOptions(op)});
  case SignalFunction::Framer:
    return describeFramer(op, x);
  case SignalFunction::Stacker:
    return makeCall("stm32rt_signal_stacker", {getOptions(op)});
  case SignalFunction::Delay:
    return makeCall("stm32rt_signal_delay", {getRows(x), getOptions(op)});
  case SignalFunction::OverlapAdd:
    return describeOverlapAdd(op, x);
  }
  llvm_unreachable("all functions are described");
}

Description stm32::describeSignal(Operation *op) {
  auto signal = dyn_cast<SignalOp>(op);
  if (!signal)
    return std::nullopt;
  KernelCall call = describe(signal);
  call.hasConstants = !signal.getConstantNames().empty();
  return FailureOr<KernelCall>(call);
}
