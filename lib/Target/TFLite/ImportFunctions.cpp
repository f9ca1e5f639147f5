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

static qmath::Range getTypeRange(const TensorInfo &tensor) {
  if (tensor.type == TensorType_INT32)
    return {std::numeric_limits<int32_t>::min(),
            std::numeric_limits<int32_t>::max()};
  return tensor.type == TensorType_INT16 ? qmath::Range{-32768, 32767}
                                         : qmath::kInt8Range;
}

static RequantAttr getRequant(OpImporter &op, const qmath::Multiplier &factor,
                              int32_t zeroPoint, qmath::Range range) {
  return RequantAttr::get(op.getBuilder().getContext(), {factor.multiplier},
                          {factor.shift}, zeroPoint, range.min, range.max);
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
    if (!(factor < 32768.0))
      return op.unsupported("its input's scale is too great");
    multiplier = static_cast<int32_t>(factor);
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

static UnaryFunction getFunction(BuiltinOperator code) {
  switch (code) {
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

/// Functions of numbers as they are; int8 by a table, if there is one.
FailureOr<Value> tflite::importUnary(OpImporter &op) {
  if (failed(checkUnary(op)))
    return failure();
  const TensorInfo &input = *op.getInput(0);
  UnaryFunction function = getFunction(op.getCode());
  if (!(getTypeBit(input.type) & types::kQuantized))
    return emitUnary(op, function);
  auto scales = getScales(op);
  if (failed(scales))
    return failure();
  if (input.type == TensorType_INT16) {
    // ABS is the only one.
    qmath::Multiplier factor = qmath::requantMultiplier(scales->x, scales->y);
    if (failed(op.checkMultiplier(factor, 32768)))
      return failure();
    UnaryAttrs attrs;
    attrs.requant = getRequant(op, factor, 0, getTypeRange(op.getOutput()));
    return emitUnary(op, function, attrs);
  }
  switch (function) {
  case UnaryFunction::Abs:
    return emitTable(op, tablemath::abs(*scales));
  case UnaryFunction::Elu:
    return emitTable(op, tablemath::fromFloat(*scales, eluOf));
  case UnaryFunction::HardSwish:
    return emitTable(op, tablemath::hardSwish(*scales));
  case UnaryFunction::Rsqrt:
    return emitTable(op, tablemath::rsqrt(*scales));
  default:
    return op.unsupported("it has no arithmetic of " + getTypeName(input.type));
  }
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

//===----------------------------------------------------------------------===//
// QUANTIZE and DEQUANTIZE (rules N13, N14, N15, N40)
//===----------------------------------------------------------------------===//

static FailureOr<Value> emitRequantize(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  // A softmax of int16 has a zero point.
  auto inputQuant = op.getQuantization(input, /*isAffine=*/true);
  if (failed(inputQuant))
    return failure();
  auto outputQuant = op.getQuantization(output);
  if (failed(outputQuant))
    return failure();
  qmath::Multiplier factor =
      qmath::requantMultiplier(inputQuant->scale, outputQuant->scale);
  bool isInt32 = input.type == TensorType_INT32;
  int64_t bound = isInt32 ? std::numeric_limits<int32_t>::max()
                  : input.type == TensorType_INT16
                      ? 32768 + std::abs(inputQuant->zeroPoint)
                      : 255;
  if (failed(op.checkMultiplier(factor, bound)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto requantize = RequantizeOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), inputQuant->zeroPoint,
      getRequant(op, factor, outputQuant->zeroPoint, getTypeRange(output)),
      StringAttr());
  return requantize.getResult();
}

FailureOr<Value> tflite::importQuantize(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  bool isFloat = input.type == TensorType_FLOAT32;
  bool isInt32 = input.type == TensorType_INT32;
  bool exists = isByte(output) || output.type == TensorType_INT16 ||
                (output.type == TensorType_INT32 && !isFloat && !isInt32);
  if (!exists)
    return op.unsupported("from " + getTypeName(input.type) + " to " +
                          getTypeName(output.type) + " is not supported");
  if (failed(op.checkOutputShape(input.shape)))
    return failure();
  if (!isFloat)
    return emitRequantize(op);
  auto quantization = op.getQuantization(output);
  if (failed(quantization))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto quantize = QuantizeOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), llvm::APFloat(quantization->scale), quantization->zeroPoint,
      StringAttr());
  return quantize.getResult();
}

/// The numbers of a constant of float16.
static FailureOr<Value> emitHalves(OpImporter &op, const TensorInfo &tensor) {
  if (failed(op.checkConstant(tensor, "input")) ||
      failed(op.chargeConstant(2 * tensor.data.size())))
    return failure();
  SmallVector<APFloat> values;
  for (size_t offset = 0; offset + 1 < tensor.data.size(); offset += 2) {
    APFloat value(APFloat::IEEEhalf(),
                  APInt(16, llvm::support::endian::read16le(tensor.data.data() +
                                                            offset)));
    bool losesInfo;
    value.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    values.push_back(value);
  }
  return op.emitConst(DenseElementsAttr::get(op.getOutputType(), values));
}

/// The numbers that an integer constant stands for.
static FailureOr<Value> emitDequantized(OpImporter &op,
                                        const TensorInfo &tensor,
                                        const Quantization &quantization) {
  if (failed(op.chargeConstant(4 * tensor.getNumElements())))
    return failure();
  SmallVector<float> values;
  bool isWide = tensor.type == TensorType_INT16;
  for (int64_t i = 0; i < tensor.getNumElements(); ++i) {
    int32_t value;
    if (isWide)
      value = static_cast<int16_t>(
          llvm::support::endian::read16le(tensor.data.data() + 2 * i));
    else if (tensor.type == TensorType_UINT8)
      value = tensor.data[i] + kUInt8Offset;
    else
      value = static_cast<int8_t>(tensor.data[i]);
    values.push_back(quantization.scale *
                     static_cast<float>(value - quantization.zeroPoint));
  }
  return op.emitConst(
      DenseElementsAttr::get(op.getOutputType(), ArrayRef(values)));
}

FailureOr<Value> tflite::importDequantize(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  if (output.type != TensorType_FLOAT32)
    return op.unsupported("from " + getTypeName(input.type) + " to " +
                          getTypeName(output.type) + " is not supported");
  if (failed(op.checkOutputShape(input.shape)))
    return failure();
  if (input.type == TensorType_FLOAT16)
    return emitHalves(op, input);
  auto quantization = op.getQuantization(input);
  if (failed(quantization))
    return failure();
  if (input.isConstant && input.type != TensorType_INT32)
    return emitDequantized(op, input, *quantization);
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto dequantize = DequantizeOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), llvm::APFloat(quantization->scale), quantization->zeroPoint,
      StringAttr());
  return dequantize.getResult();
}

//===----------------------------------------------------------------------===//
// CAST (rule N39)
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importCast(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  if (!(getTypeBit(output.type) & types::kAny))
    return op.unsupported("to " + getTypeName(output.type) +
                          " is not supported");
  if (failed(op.checkOutputShape(input.shape)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  if (input.type == output.type)
    return value;
  OpBuilder &builder = op.getBuilder();
  // uint8 inside the graph is another number.
  Value source = emitOffset(builder, op.getLoc(), *value,
                            getBoundaryType(input, builder.getContext()));
  auto result =
      CastOp::create(builder, op.getLoc(),
                     getBoundaryType(output, builder.getContext()), source,
                     /*dest=*/Value(), /*scratch=*/Value(),
                     /*kernel=*/StringAttr());
  return emitOffset(builder, op.getLoc(), result.getResult(),
                    op.getOutputType());
}
