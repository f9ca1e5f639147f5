//===- ImportReduction.cpp - Operators along dimensions -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpImporter.h"
#include "stm32/Dialect/STM32/IR/STM32Reduction.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

/// True for int8, uint8 and int16.
static bool isQuantized(const TensorInfo &tensor) {
  return getTypeBit(tensor.type) & types::kQuantized;
}

//===----------------------------------------------------------------------===//
// MEAN, SUM, REDUCE_MAX, REDUCE_MIN (rules N10, N65, N66, N67)
//===----------------------------------------------------------------------===//

/// Reduced dimensions, sorted; duplicates count once.
static FailureOr<SmallVector<int64_t>> getAxes(OpImporter &op) {
  FailureOr<SmallVector<int64_t>> axes =
      op.getIntegers(*op.getInput(1), "list of dimensions");
  if (failed(axes))
    return failure();
  int64_t rank = op.getInput(0)->shape.size();
  for (int64_t &axis : *axes) {
    if (axis < -rank || axis >= rank)
      return op.invalid("dimension " + Twine(axis) +
                        " is outside of an input of rank " + Twine(rank));
    if (axis < 0)
      axis += rank;
  }
  llvm::sort(*axes);
  axes->erase(llvm::unique(*axes), axes->end());
  return axes;
}

/// Checks that the output is what remains of the input without `axes`, or with
/// them as 1. Gives the number of elements that one output is made of.
static FailureOr<int64_t>
checkReducedShape(OpImporter &op, ArrayRef<int64_t> axes, bool keepDims) {
  SmallVector<int64_t> shape;
  int64_t count = 1;
  for (auto [dim, size] : llvm::enumerate(op.getInput(0)->shape)) {
    if (!llvm::is_contained(axes, int64_t(dim))) {
      shape.push_back(size);
      continue;
    }
    count *= size;
    if (keepDims)
      shape.push_back(1);
  }
  if (failed(op.checkOutputShape(shape)))
    return failure();
  return count;
}

/// The arithmetic of a sum or mean of quantised values.
struct QuantizedSum {
  int32_t inputZeroPoint;
  RequantAttr requant;
};

static FailureOr<QuantizedSum> getQuantizedSum(OpImporter &op, int64_t count,
                                               bool isMean) {
  auto inputQuant = op.getQuantization(*op.getInput(0));
  if (failed(inputQuant))
    return failure();
  auto outputQuant = op.getQuantization(op.getOutput());
  if (failed(outputQuant))
    return failure();
  bool isByte = tflite::isByte(op.getOutput());
  int64_t bound = (isByte ? 255 : 32768) * count;
  if (bound > std::numeric_limits<int32_t>::max())
    return op.unsupported("a sum of " + Twine(count) +
                          " elements can leave int32");
  qmath::Multiplier factor = qmath::meanMultiplier(
      inputQuant->scale, outputQuant->scale, isMean ? count : 1);
  if (failed(op.checkMultiplier(factor, bound)))
    return failure();
  int32_t min = isByte ? -128 : std::numeric_limits<int16_t>::min();
  int32_t max = isByte ? 127 : std::numeric_limits<int16_t>::max();
  return QuantizedSum{inputQuant->zeroPoint,
                      RequantAttr::get(op.getBuilder().getContext(),
                                       {factor.multiplier}, {factor.shift},
                                       outputQuant->zeroPoint, min, max)};
}

static Reduction getReduction(BuiltinOperator code) {
  switch (code) {
  case BuiltinOperator_MEAN:
    return Reduction::Mean;
  case BuiltinOperator_REDUCE_MAX:
    return Reduction::Max;
  case BuiltinOperator_REDUCE_MIN:
    return Reduction::Min;
  case BuiltinOperator_ARG_MAX:
    return Reduction::ArgMax;
  case BuiltinOperator_ARG_MIN:
    return Reduction::ArgMin;
  default:
    return Reduction::Sum;
  }
}

/// TOSA's operation for the extremes along one dimension, which stays as 1.
static Value emitExtreme(OpImporter &op, Value input, int64_t axis,
                         RankedTensorType type) {
  OpBuilder &builder = op.getBuilder();
  auto nan = tosa::NanPropagationMode::IGNORE;
  if (op.getCode() == BuiltinOperator_REDUCE_MAX)
    return tosa::ReduceMaxOp::create(builder, op.getLoc(), type, input, axis,
                                     nan);
  return tosa::ReduceMinOp::create(builder, op.getLoc(), type, input, axis,
                                   nan);
}

FailureOr<Value> tflite::importReduction(OpImporter &op) {
  const auto *options = op.getOptions<ReducerOptions>();
  const TensorInfo &input = *op.getInput(0);
  Reduction reduction = getReduction(op.getCode());
  bool isSum = reduction == Reduction::Sum || reduction == Reduction::Mean;
  if (failed(op.checkSameType(input, op.getOutput())))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = getAxes(op);
  if (failed(axes))
    return failure();
  FailureOr<int64_t> count =
      checkReducedShape(op, *axes, options && options->keep_dims());
  if (failed(count))
    return failure();
  QuantizedSum sum = {};
  if (isSum && isQuantized(input)) {
    FailureOr<QuantizedSum> quantized =
        getQuantizedSum(op, *count, reduction == Reduction::Mean);
    if (failed(quantized))
      return failure();
    sum = *quantized;
  }

  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  RankedTensorType type = op.getOutputType();
  if (!isSum && axes->size() == 1) {
    SmallVector<int64_t> shape(ArrayRef<int64_t>(input.shape));
    shape[axes->front()] = 1;
    Value extreme = emitExtreme(op, *value, axes->front(), type.clone(shape));
    return op.emitReshape(extreme, type.getShape());
  }
  auto reduce = ReduceOp::create(op.getBuilder(), op.getLoc(), type, *value,
                                 Value(), Value(), reduction, *axes,
                                 sum.inputZeroPoint, sum.requant, StringAttr());
  return reduce.getResult();
}

//===----------------------------------------------------------------------===//
// ARG_MAX, ARG_MIN (rule N67)
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importArgExtreme(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  if (output.type != TensorType_INT32 && output.type != TensorType_INT64)
    return op.unsupported("its output has type " + getTypeName(output.type) +
                          ", only INT32 and INT64 are supported");
  FailureOr<SmallVector<int64_t>> axes = getAxes(op);
  if (failed(axes))
    return failure();
  if (axes->size() != 1)
    return op.invalid("it has " + Twine(axes->size()) +
                      " dimensions in place of one");
  if (failed(checkReducedShape(op, *axes, /*keepDims=*/false)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  OpBuilder &builder = op.getBuilder();
  // Of one element TOSA's index is folded to a constant, which no output of a
  // model may be.
  if (op.getCode() == BuiltinOperator_ARG_MAX &&
      output.type == TensorType_INT32 && input.type != TensorType_INT32 &&
      input.shape[axes->front()] > 1) {
    Value index =
        tosa::ArgMaxOp::create(builder, op.getLoc(), op.getOutputType(), *value,
                               axes->front(), tosa::NanPropagationMode::IGNORE);
    return index;
  }
  auto reduce =
      ReduceOp::create(builder, op.getLoc(), op.getOutputType(), *value,
                       Value(), Value(), getReduction(op.getCode()), *axes,
                       /*input_zp=*/0, RequantAttr(), StringAttr());
  return reduce.getResult();
}

//===----------------------------------------------------------------------===//
// SOFTMAX (rules N12, N68, N69)
//===----------------------------------------------------------------------===//

/// Checks the quantisation that the reference prescribes for an output. `exact`
/// asks for the very scale; otherwise it may be off by a thousandth.
static LogicalResult checkFixedQuantization(OpImporter &op, double scale,
                                            int64_t zeroPoint, bool exact) {
  const TensorInfo &output = op.getOutput();
  std::string defect = output.getQuantizationDefect();
  if (!defect.empty())
    return op.invalid("its output " + defect);
  if (output.getNumScales() != 1)
    return op.unsupported("its output has " + Twine(output.getNumScales()) +
                          " scales, activations have one");
  double error = std::abs(double(output.getScale(0)) - scale);
  int64_t given = output.getZeroPoint(0);
  if (output.type == TensorType_UINT8)
    given += kUInt8Offset;
  if (!(error <= (exact ? 0 : scale / 1000)) || given != zeroPoint)
    return op.unsupported(
        "its output has another scale than 1/" + Twine(int64_t(1 / scale)) +
        " or another zero point than " +
        Twine(output.type == TensorType_UINT8 ? zeroPoint - kUInt8Offset
                                              : zeroPoint));
  return success();
}

static LogicalResult checkRows(OpImporter &op) {
  if (op.getInput(0)->shape.empty())
    return op.invalid("its input is a scalar");
  return op.checkOutputShape(op.getInput(0)->shape);
}

static SoftmaxOp emitSoftmax(OpImporter &op, Value input,
                             const qmath::SoftmaxParameters &parameters,
                             FloatAttr beta) {
  return SoftmaxOp::create(op.getBuilder(), op.getLoc(), op.getOutputType(),
                           input, Value(), Value(), parameters.multiplier,
                           parameters.leftShift, parameters.diffMin, beta,
                           StringAttr());
}

static FailureOr<qmath::SoftmaxParameters>
getByteSoftmaxParameters(OpImporter &op, float beta) {
  auto quantization = op.getQuantization(*op.getInput(0));
  if (failed(quantization))
    return failure();
  auto parameters = qmath::softmaxParameters(beta, quantization->scale);
  if (!parameters)
    return op.unsupported("beta times the input's scale is too small");
  return *parameters;
}

static FailureOr<qmath::SoftmaxParameters>
getWideSoftmaxParameters(OpImporter &op, float beta) {
  auto quantization = op.getQuantization(*op.getInput(0));
  if (failed(quantization))
    return failure();
  double factor = double(quantization->scale) * double(beta) / (10.0 / 65535.0);
  if (!(factor >= 0) || !std::isfinite(factor))
    return op.unsupported(
        "beta times the input's scale is no number from 0 on");
  qmath::Multiplier multiplier = qmath::quantizeMultiplier(factor);
  if (failed(op.checkMultiplier(multiplier, /*bound=*/65535)))
    return failure();
  if (op.getOutput().shape.back() > std::numeric_limits<uint16_t>::max())
    return op.unsupported("a sum of " + Twine(op.getOutput().shape.back()) +
                          " exponentials can leave int32");
  return qmath::SoftmaxParameters{multiplier.multiplier,
                                  multiplier.getExponent(), 0};
}

FailureOr<Value> tflite::importSoftmax(OpImporter &op) {
  float beta = op.getOptions<SoftmaxOptions>()->beta();
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  bool isWide = output.type == TensorType_INT16;
  bool fromInt8 = input.type == TensorType_INT8;
  if (!(fromInt8 && isWide) && failed(op.checkSameType(input, output)))
    return failure();
  if (failed(checkRows(op)))
    return failure();
  qmath::SoftmaxParameters parameters = {};
  FloatAttr betaAttr;
  if (input.type == TensorType_FLOAT32) {
    if (!std::isfinite(beta))
      return op.invalid("beta is not a finite number");
    betaAttr = op.getBuilder().getF32FloatAttr(beta);
  } else {
    LogicalResult check =
        isByte(output) ? checkFixedQuantization(op, 1.0 / 256, -128, true)
        : fromInt8     ? checkFixedQuantization(op, 1.0 / 65536, -32768, false)
                       : checkFixedQuantization(op, 1.0 / 32768, 0, false);
    if (failed(check))
      return failure();
    FailureOr<qmath::SoftmaxParameters> found =
        isByte(input) ? getByteSoftmaxParameters(op, beta)
                      : getWideSoftmaxParameters(op, beta);
    if (failed(found))
      return failure();
    parameters = *found;
  }
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  return emitSoftmax(op, *value, parameters, betaAttr).getResult();
}

//===----------------------------------------------------------------------===//
// LOG_SOFTMAX (rule N70)
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importLogSoftmax(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkSameType(input, op.getOutput())) || failed(checkRows(op)))
    return failure();
  qmath::SoftmaxParameters parameters = {};
  qmath::Multiplier inverse{0, 0};
  if (isByte(input)) {
    if (failed(checkFixedQuantization(op, 1.0 / 16, 127, true)))
      return failure();
    auto found = getByteSoftmaxParameters(op, /*beta=*/1.0f);
    if (failed(found))
      return failure();
    parameters = *found;
    double factor = std::ldexp(1.0, 31 - parameters.leftShift) /
                    static_cast<double>(parameters.multiplier);
    if (!(factor < 1.0))
      return op.unsupported("the input's scale is too small");
    inverse = qmath::quantizeMultiplier(factor);
  }
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto result = LogSoftmaxOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), parameters.multiplier, parameters.leftShift, parameters.diffMin,
      inverse.multiplier, inverse.shift, StringAttr());
  return result.getResult();
}

//===----------------------------------------------------------------------===//
// L2_NORMALIZATION (rule N71)
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importL2Normalization(OpImporter &op) {
  const auto *options = op.getOptions<L2NormOptions>();
  const TensorInfo &input = *op.getInput(0);
  if (options &&
      options->fused_activation_function() != ActivationFunctionType_NONE)
    return op.unsupported("a fused activation is not applied by the reference");
  if (failed(op.checkSameType(input, op.getOutput())) || failed(checkRows(op)))
    return failure();
  int32_t zeroPoint = 0, leftShift = 0;
  if (isByte(input)) {
    if (failed(checkFixedQuantization(op, 1.0 / 128, 0, true)))
      return failure();
    auto quantization = op.getQuantization(input);
    if (failed(quantization))
      return failure();
    zeroPoint = quantization->zeroPoint;
    leftShift = input.type == TensorType_UINT8 ? 7 : 0;
    // The greatest sum of squares that fits in int32.
    constexpr int64_t maxDepth =
        std::numeric_limits<int32_t>::max() / (255 * 255);
    if (input.shape.back() > maxDepth)
      return op.unsupported("a sum of " + Twine(input.shape.back()) +
                            " squares can leave int32");
  }
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto result = L2NormalizeOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), zeroPoint, leftShift, StringAttr());
  return result.getResult();
}
