//===- ImportFunctions.cpp - Functions of one tensor ----------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpImporter.h"
#include "TableMath.h"
#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"
#include "llvm/Support/Endian.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

/// Input and output have one type and shape.
static LogicalResult checkUnary(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  return success(succeeded(op.checkSameType(input, op.getOutput())) &&
                 succeeded(op.checkOutputShape(input.shape)));
}

namespace {
/// Attributes of a `stm32.unary`; what is not set is absent.
struct UnaryAttrs {
  FloatAttr alpha;
  DenseF32ArrayAttr floatClamp;
  DenseI32ArrayAttr scale;
  RequantAttr requant;
};
} // namespace

static FailureOr<Value> emitUnary(OpImporter &op, UnaryFunction function,
                                  const UnaryAttrs &attrs = {}) {
  FailureOr<Value> value = op.emitOperand(*op.getInput(0));
  if (failed(value))
    return failure();
  auto unary = UnaryOp::create(op.getBuilder(), op.getLoc(), op.getOutputType(),
                               function, *value, /*dest=*/Value(),
                               /*scratch=*/Value(), attrs.alpha,
                               attrs.floatClamp, attrs.scale, attrs.requant,
                               /*kernel=*/StringAttr());
  return unary.getResult();
}

/// Scales and zero points of input and output.
static FailureOr<tablemath::Scales> getScales(OpImporter &op) {
  auto input = op.getQuantization(*op.getInput(0));
  if (failed(input))
    return failure();
  auto output = op.getQuantization(op.getOutput());
  if (failed(output))
    return failure();
  return tablemath::Scales{input->scale, input->zeroPoint, output->scale,
                           output->zeroPoint};
}

//===----------------------------------------------------------------------===//
// Tables (rules N22, N44 .. N49)
//===----------------------------------------------------------------------===//

static FailureOr<Value>
emitTable(OpImporter &op, const std::optional<tablemath::Table> &table) {
  if (!table)
    return op.unsupported("its scales are too far apart, or too great");
  FailureOr<Value> value = op.emitOperand(*op.getInput(0));
  if (failed(value))
    return failure();
  return op.emitTable(*value, *table);
}

/// The output of a function with values in fixed places has scale 2^-bits and
/// zero point `zeroPoint`.
static LogicalResult checkFixedOutput(OpImporter &op, int bits,
                                      int32_t zeroPoint) {
  auto output = op.getQuantization(op.getOutput());
  if (failed(output))
    return failure();
  if (output->scale != std::ldexp(1.0f, -bits) ||
      output->zeroPoint != zeroPoint)
    return op.unsupported("its output has another scale than 1/" +
                          Twine(1 << bits) + " or another zero point than " +
                          Twine(zeroPoint));
  return success();
}

static float logisticOf(float v) { return 1.0f / (1.0f + std::exp(-v)); }
static float tanhOf(float v) { return std::tanh(v); }
static float eluOf(float v) { return v < 0.0f ? std::exp(v) - 1.0f : v; }

//===----------------------------------------------------------------------===//
// LOGISTIC and TANH (rules N38, N41, N44, N45)
//===----------------------------------------------------------------------===//

/// The exponent if `scale` is a power of two as the reference sees it.
static std::optional<int> getLog2(float scale) {
  float log2 = std::log(scale) * (1.0f / std::log(2.0f));
  float rounded = std::round(log2);
  if (!(std::fabs(log2 - rounded) < 1e-3f))
    return std::nullopt;
  return static_cast<int>(rounded);
}

/// Multiplier and shift that bring an int16 to units of 1 / (3 * 2^12).
/// `maxShift` is the greatest shift to the left of a power of two that the
/// reference takes without a multiplier.
static FailureOr<Value> emitSigmoid16(OpImporter &op, UnaryFunction function,
                                      int maxShift) {
  auto scales = getScales(op);
  if (failed(scales))
    return failure();
  std::optional<int> outputLog2 = getLog2(scales->y);
  if (outputLog2 != -15)
    return op.unsupported("its output has another scale than 2^-15");
  int32_t multiplier, shift = 0;
  std::optional<int> log2 = getLog2(scales->x);
  if (log2 && *log2 >= -12 && *log2 + 12 <= maxShift) {
    multiplier = 3 << (*log2 + 12);
  } else {
    double factor = static_cast<double>(scales->x) * 4096.0 * 3.0;
    for (; factor <= 32767.0 / 2.0 && shift <= 30; ++shift)
      factor *= 2.0;
    // The greatest product must fit in 32 bits, as the reference has them.
    if (!(factor < 65536.0))
      return op.unsupported("its input's scale is too great");
    multiplier = static_cast<int32_t>(factor);
    // The reference takes 0 for a sign that there is no multiplier.
    if (multiplier == 0)
      return op.unsupported("its input's scale is too small");
  }
  UnaryAttrs attrs;
  attrs.scale = op.getBuilder().getDenseI32ArrayAttr({multiplier, shift});
  return emitUnary(op, function, attrs);
}

FailureOr<Value> tflite::importLogistic(OpImporter &op) {
  if (failed(checkUnary(op)))
    return failure();
  const TensorInfo &input = *op.getInput(0);
  bool isTanh = op.getCode() == BuiltinOperator_TANH;
  UnaryFunction function =
      isTanh ? UnaryFunction::Tanh : UnaryFunction::Logistic;
  if (input.type == TensorType_FLOAT32)
    return emitUnary(op, function);
  if (input.type == TensorType_INT16)
    return emitSigmoid16(op, function, /*maxShift=*/isTanh ? 1 : 0);
  auto scales = getScales(op);
  if (failed(scales))
    return failure();
  if (input.type == TensorType_UINT8)
    return emitTable(
        op, tablemath::fromFloat(*scales, isTanh ? tanhOf : logisticOf));
  if (failed(checkFixedOutput(op, isTanh ? 7 : 8, isTanh ? 0 : -128)))
    return failure();
  return emitTable(op, isTanh ? tablemath::tanh(*scales)
                              : tablemath::logistic(*scales));
}

//===----------------------------------------------------------------------===//
// Other functions of one element
//===----------------------------------------------------------------------===//

/// Whether GELU is the one by tanh.
static bool isApproximate(OpImporter &op) {
  const auto *options = op.getOptions<GeluOptions>();
  return options && options->approximate();
}

static UnaryFunction getFunction(OpImporter &op) {
  switch (op.getCode()) {
  case BuiltinOperator_ABS:
    return UnaryFunction::Abs;
  case BuiltinOperator_CEIL:
    return UnaryFunction::Ceil;
  case BuiltinOperator_COS:
    return UnaryFunction::Cos;
  case BuiltinOperator_ELU:
    return UnaryFunction::Elu;
  case BuiltinOperator_EXP:
    return UnaryFunction::Exp;
  case BuiltinOperator_FLOOR:
    return UnaryFunction::Floor;
  case BuiltinOperator_GELU:
    return isApproximate(op) ? UnaryFunction::GeluTanh : UnaryFunction::Gelu;
  case BuiltinOperator_HARD_SWISH:
    return UnaryFunction::HardSwish;
  case BuiltinOperator_LOG:
    return UnaryFunction::Log;
  case BuiltinOperator_LOGICAL_NOT:
    return UnaryFunction::LogicalNot;
  case BuiltinOperator_NEG:
    return UnaryFunction::Neg;
  case BuiltinOperator_ROUND:
    return UnaryFunction::Round;
  case BuiltinOperator_RSQRT:
    return UnaryFunction::Rsqrt;
  case BuiltinOperator_SIN:
    return UnaryFunction::Sin;
  case BuiltinOperator_SQRT:
    return UnaryFunction::Sqrt;
  default:
    return UnaryFunction::Square;
  }
}

static float geluOf(float v) {
  return 0.5f * v * std::erfc(v * static_cast<float>(-M_SQRT1_2));
}
static float geluTanhOf(float v) {
  constexpr auto scale = static_cast<float>(M_2_SQRTPI * M_SQRT1_2);
  return 0.5f * v * (1.0f + std::tanh(scale * (v + 0.044715f * v * v * v)));
}

/// What tables of int8 and int16 have in common: the function in float, if the
/// operator is one (rule N49).
static tablemath::Function getFloatFunction(UnaryFunction function,
                                            const tablemath::Scales &scales,
                                            qmath::Range output) {
  switch (function) {
  case UnaryFunction::Elu:
    return eluOf;
  case UnaryFunction::Exp:
    return [](float v) { return std::exp(v); };
  case UnaryFunction::Gelu:
    return geluOf;
  case UnaryFunction::GeluTanh:
    return geluTanhOf;
  case UnaryFunction::Log: {
    // Where there is no logarithm, the least result.
    float least = static_cast<float>(output.min - scales.yZeroPoint) * scales.y;
    return [=](float v) { return v <= 0.0f ? least : std::log(v); };
  }
  default:
    return nullptr;
  }
}

/// The root of an int16, cut to whole steps: there is no table of it.
static FailureOr<Value> emitWideSqrt(OpImporter &op,
                                     const tablemath::Scales &scales) {
  FailureOr<Value> value = op.emitOperand(*op.getInput(0));
  if (failed(value))
    return failure();
  OpBuilder &builder = op.getBuilder();
  Location loc = op.getLoc();
  auto type = op.getType(op.getOutput().shape, builder.getF32Type());
  Value real =
      DequantizeOp::create(builder, loc, type, *value, Value(), Value(),
                           llvm::APFloat(scales.x), 0, StringAttr())
          .getResult();
  Value root =
      UnaryOp::create(builder, loc, type, UnaryFunction::Sqrt, real, Value(),
                      Value(), FloatAttr(), DenseF32ArrayAttr(),
                      DenseI32ArrayAttr(), RequantAttr(), StringAttr())
          .getResult();
  Value scale = op.emitConst(DenseElementsAttr::get(
      op.getType({}, builder.getF32Type()), ArrayRef(scales.y)));
  Value steps =
      BinaryOp::create(builder, loc, type, BinaryFunction::Div, root, scale,
                       Value(), Value(), 0, 0, DenseI32ArrayAttr(), 0,
                       DenseI32ArrayAttr(), RequantAttr(), DenseF32ArrayAttr(),
                       StringAttr())
          .getResult();
  return CastOp::create(builder, loc, op.getOutputType(), steps, Value(),
                        Value(), StringAttr())
      .getResult();
}

/// Functions of int16.
static FailureOr<Value> emitWideUnary(OpImporter &op, UnaryFunction function,
                                      const tablemath::Scales &scales) {
  UnaryAttrs attrs;
  qmath::Range range = getTypeRange(op.getOutput());
  if (function == UnaryFunction::Abs) {
    qmath::Multiplier factor = qmath::requantMultiplier(scales.x, scales.y);
    if (failed(op.checkMultiplier(factor, 32768)))
      return failure();
    attrs.requant = getRequant(op, factor, 0, range);
    return emitUnary(op, function, attrs);
  }
  if (function == UnaryFunction::Rsqrt) {
    auto factor = tablemath::rsqrtFactor(scales);
    if (!factor)
      return op.unsupported("its scales are too far apart, or too great");
    attrs.requant = getRequant(op, *factor, 0, range);
    return emitUnary(op, function, attrs);
  }
  if (function == UnaryFunction::Sqrt)
    return emitWideSqrt(op, scales);
  tablemath::Function real = getFloatFunction(function, scales, range);
  if (!real)
    return op.unsupported("it has no arithmetic of INT16");
  FailureOr<Value> value = op.emitOperand(*op.getInput(0));
  if (failed(value))
    return failure();
  return op.emitTable(*value, tablemath::wideFromFloat(scales, real));
}

/// Functions of numbers as they are, and of quantised ones: int8 by a table.
FailureOr<Value> tflite::importUnary(OpImporter &op) {
  if (failed(checkUnary(op)))
    return failure();
  const TensorInfo &input = *op.getInput(0);
  UnaryFunction function = getFunction(op);
  // NEG knows no quantisation.
  if (function == UnaryFunction::Neg && isByte(input))
    return emitTable(op, tablemath::negative());
  if (!(getTypeBit(input.type) & types::kQuantized) ||
      function == UnaryFunction::Neg)
    return emitUnary(op, function);
  auto scales = getScales(op);
  if (failed(scales))
    return failure();
  if (input.type == TensorType_INT16)
    return emitWideUnary(op, function, *scales);
  switch (function) {
  case UnaryFunction::Abs:
    return emitTable(op, tablemath::abs(*scales));
  case UnaryFunction::HardSwish:
    return emitTable(op, tablemath::hardSwish(*scales));
  case UnaryFunction::Rsqrt:
    return emitTable(op, tablemath::rsqrt(*scales));
  case UnaryFunction::Sqrt:
    return emitTable(op, tablemath::sqrt(*scales));
  default:
    break;
  }
  tablemath::Function real =
      getFloatFunction(function, *scales, getTypeRange(op.getOutput()));
  if (!real)
    return op.unsupported("it has no arithmetic of " + getTypeName(input.type));
  return emitTable(op, tablemath::fromFloat(*scales, real));
}

FailureOr<Value> tflite::importLeakyRelu(OpImporter &op) {
  const auto *options = op.getOptions<LeakyReluOptions>();
  float alpha = options ? options->alpha() : 0.0f;
  if (failed(checkUnary(op)))
    return failure();
  if (!std::isfinite(alpha))
    return op.invalid("alpha is not a number");
  const TensorInfo &input = *op.getInput(0);
  UnaryAttrs attrs;
  if (input.type == TensorType_FLOAT32) {
    attrs.alpha = op.getBuilder().getF32FloatAttr(alpha);
    return emitUnary(op, UnaryFunction::LeakyRelu, attrs);
  }
  auto scales = getScales(op);
  if (failed(scales))
    return failure();
  tablemath::LeakyFactors factors = tablemath::leakyFactors(*scales, alpha);
  // The other reference takes both in float.
  if (input.type == TensorType_UINT8)
    factors = {scales->x / scales->y, scales->x * alpha / scales->y};
  if (input.type != TensorType_INT16)
    return emitTable(op, tablemath::leakyRelu(*scales, factors));
  qmath::Multiplier positive = qmath::quantizeMultiplier(factors.positive);
  qmath::Multiplier negative =
      qmath::quantizeMultiplier(std::fabs(factors.negative));
  if (failed(op.checkMultiplier(positive, 32768)) ||
      failed(op.checkMultiplier(negative, 32768)))
    return failure();
  int32_t multiplier =
      factors.negative < 0 ? -negative.multiplier : negative.multiplier;
  attrs.scale =
      op.getBuilder().getDenseI32ArrayAttr({multiplier, negative.shift});
  attrs.requant = getRequant(op, positive, 0, getTypeRange(op.getOutput()));
  return emitUnary(op, UnaryFunction::LeakyRelu, attrs);
}

//===----------------------------------------------------------------------===//
// RELU, RELU6, RELU_N1_TO_1 (rules N16, N17)
//===----------------------------------------------------------------------===//

static Value emitClamp(OpImporter &op, Value input, qmath::Range range) {
  if (range == getTypeRange(*op.getInput(0)))
    return input;
  Type element = op.getOutputType().getElementType();
  return tosa::ClampOp::create(op.getBuilder(), op.getLoc(), input.getType(),
                               input, IntegerAttr::get(element, range.min),
                               IntegerAttr::get(element, range.max));
}

static FailureOr<Value> emitFloatRelu(OpImporter &op,
                                      qmath::Activation activation) {
  if (activation == qmath::Activation::Relu)
    return emitUnary(op, UnaryFunction::Relu);
  bool isRelu6 = activation == qmath::Activation::Relu6;
  UnaryAttrs attrs;
  attrs.floatClamp = op.getBuilder().getDenseF32ArrayAttr(
      {isRelu6 ? 0.0f : -1.0f, isRelu6 ? 6.0f : 1.0f});
  return emitUnary(op, UnaryFunction::Clamp, attrs);
}

FailureOr<Value> tflite::importRelu(OpImporter &op) {
  qmath::Activation activation =
      op.getCode() == BuiltinOperator_RELU    ? qmath::Activation::Relu
      : op.getCode() == BuiltinOperator_RELU6 ? qmath::Activation::Relu6
                                              : qmath::Activation::ReluN1To1;
  if (failed(checkUnary(op)))
    return failure();
  const TensorInfo &input = *op.getInput(0);
  if (input.type == TensorType_FLOAT32)
    return emitFloatRelu(op, activation);
  auto scales = getScales(op);
  if (failed(scales))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  qmath::Range type = getTypeRange(input);
  // Only RELU6 of uint8 requantises, as that of another reference.
  if (activation == qmath::Activation::Relu6 && input.type != TensorType_UINT8)
    return emitClamp(op, *value,
                     qmath::relu6Range(scales->x, scales->xZeroPoint, type));
  qmath::Multiplier factor = qmath::requantMultiplier(scales->x, scales->y);
  int64_t bound = input.type == TensorType_INT16 ? 32768 : 255;
  if (failed(op.checkMultiplier(factor, bound)))
    return failure();
  Value scaled = op.emitRescale(*value, op.getOutputType().getElementType(),
                                factor, scales->xZeroPoint, scales->yZeroPoint);
  return emitClamp(
      op, scaled,
      qmath::activationRange(activation, scales->y, scales->yZeroPoint, type));
}
