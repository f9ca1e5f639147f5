//===- ImportArithmetic.cpp - Arithmetic of two tensors -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

//===----------------------------------------------------------------------===//
// Fused activations of numbers without quantisation (rule N37)
//===----------------------------------------------------------------------===//

/// The clamp of a fused activation on float32, or null.
static DenseF32ArrayAttr getFloatClamp(OpImporter &op,
                                       qmath::Activation activation) {
  constexpr float greatest = std::numeric_limits<float>::max();
  OpBuilder &builder = op.getBuilder();
  switch (activation) {
  case qmath::Activation::None:
    return {};
  case qmath::Activation::Relu:
    return builder.getDenseF32ArrayAttr({0.0f, greatest});
  case qmath::Activation::Relu6:
    return builder.getDenseF32ArrayAttr({0.0f, 6.0f});
  case qmath::Activation::ReluN1To1:
    return builder.getDenseF32ArrayAttr({-1.0f, 1.0f});
  }
  return {};
}

/// int32 has no clamp of its own: its bounds are operands of maximum and
/// minimum.
static Value emitIntegerClamp(OpImporter &op, Value value,
                              qmath::Activation activation) {
  auto bound = [&](BinaryFunction function, int32_t limit) {
    Value constant = op.emitScalar(op.getBuilder().getI32Type(), limit);
    value = emitBinary(op, op.getOutputType(), function, value, constant, {});
  };
  if (activation == qmath::Activation::None)
    return value;
  bool isAround0 = activation == qmath::Activation::ReluN1To1;
  bound(BinaryFunction::Maximum, isAround0 ? -1 : 0);
  if (activation != qmath::Activation::Relu)
    bound(BinaryFunction::Minimum, isAround0 ? 1 : 6);
  return value;
}

//===----------------------------------------------------------------------===//
// ADD, SUB, MUL and DIV (rules N7, N30, N31, N35)
//===----------------------------------------------------------------------===//

/// Greatest magnitude of a value less its zero point.
static int64_t getMagnitude(const TensorInfo &tensor,
                            const Quantization &quantization) {
  qmath::Range range = getTypeRange(tensor);
  return std::max<int64_t>(int64_t(range.max) - quantization.zeroPoint,
                           int64_t(quantization.zeroPoint) - range.min);
}

namespace {
/// What the quantised operators of two tensors need to know.
struct Quantized {
  Quantization lhs, rhs, output;
  int64_t lhsMagnitude, rhsMagnitude;
  qmath::Range range;
};
} // namespace

static FailureOr<Quantized> getQuantized(OpImporter &op,
                                         qmath::Activation activation) {
  const TensorInfo &lhs = *op.getInput(0), &rhs = *op.getInput(1);
  // A converter gives constants of zeros the scale 0, which a product bears.
  bool allowsZero = op.getCode() == BuiltinOperator_MUL;
  auto lhsQuant = op.getQuantization(lhs, /*isAffine=*/false, allowsZero);
  if (failed(lhsQuant))
    return failure();
  auto rhsQuant = op.getQuantization(rhs, /*isAffine=*/false, allowsZero);
  if (failed(rhsQuant))
    return failure();
  auto output = op.getQuantization(op.getOutput());
  if (failed(output))
    return failure();
  return Quantized{*lhsQuant,
                   *rhsQuant,
                   *output,
                   getMagnitude(lhs, *lhsQuant),
                   getMagnitude(rhs, *rhsQuant),
                   qmath::activationRange(activation, output->scale,
                                          output->zeroPoint,
                                          getTypeRange(op.getOutput()))};
}

/// x - zero point, shifted to the left: exact, 2^30 * 2^-(30 - shift).
static FailureOr<Value> emitShifted(OpImporter &op, const TensorInfo &tensor,
                                    int32_t zeroPoint, int32_t shift) {
  FailureOr<Value> value = emitRanked(op, tensor);
  if (failed(value))
    return failure();
  return op.emitRescale(*value, op.getBuilder().getI32Type(),
                        qmath::Multiplier{1 << 30, 30 - shift}, zeroPoint, 0,
                        tosa::RoundingMode::SINGLE_ROUND);
}

/// Requantises an int32 result, with the fused activation.
static Value emitOutput(OpImporter &op, Value value, qmath::Multiplier factor,
                        const Quantized &quant) {
  Type element = op.getOutputType().getElementType();
  Value result =
      op.emitRescale(value, element, factor, 0, quant.output.zeroPoint);
  if (quant.range == getTypeRange(op.getOutput()))
    return result;
  OpBuilder &builder = op.getBuilder();
  return tosa::ClampOp::create(builder, op.getLoc(), result.getType(), result,
                               IntegerAttr::get(element, quant.range.min),
                               IntegerAttr::get(element, quant.range.max));
}

static FailureOr<Value> emitQuantizedSum(OpImporter &op,
                                         const Quantized &quant) {
  bool isWide = op.getOutput().type == TensorType_INT16;
  int32_t leftShift = isWide ? 15 : qmath::kAddLeftShift;
  auto factors = qmath::addMultipliers(quant.lhs.scale, quant.rhs.scale,
                                       quant.output.scale, leftShift);
  if (!factors)
    return op.unsupported("the output's scale is too small for its inputs");
  // Each side is scaled by at most 1/2.
  int64_t bound = ((quant.lhsMagnitude + quant.rhsMagnitude) << leftShift) / 2;
  if (failed(op.checkMultiplier(factors->output, bound)))
    return failure();
  auto emitSide = [&](const TensorInfo &tensor, int32_t zeroPoint,
                      const qmath::Multiplier &factor) -> FailureOr<Value> {
    FailureOr<Value> value = emitShifted(op, tensor, zeroPoint, leftShift);
    if (failed(value))
      return failure();
    return op.emitRescale(*value, op.getBuilder().getI32Type(), factor, 0, 0);
  };
  FailureOr<Value> lhs =
      emitSide(*op.getInput(0), quant.lhs.zeroPoint, factors->lhs);
  if (failed(lhs))
    return failure();
  FailureOr<Value> rhs =
      emitSide(*op.getInput(1), quant.rhs.zeroPoint, factors->rhs);
  if (failed(rhs))
    return failure();
  OpBuilder &builder = op.getBuilder();
  auto type = op.getType(op.getOutput().shape, builder.getI32Type());
  Value sum;
  if (op.getCode() == BuiltinOperator_ADD)
    sum = tosa::AddOp::create(builder, op.getLoc(), type, *lhs, *rhs);
  else
    sum = tosa::SubOp::create(builder, op.getLoc(), type, *lhs, *rhs);
  return emitOutput(op, sum, factors->output, quant);
}

static FailureOr<Value> emitQuantizedProduct(OpImporter &op,
                                             const Quantized &quant) {
  qmath::Multiplier factor = qmath::convMultiplier(
      quant.lhs.scale, quant.rhs.scale, quant.output.scale);
  if (failed(
          op.checkMultiplier(factor, quant.lhsMagnitude * quant.rhsMagnitude)))
    return failure();
  FailureOr<Value> lhs =
      emitShifted(op, *op.getInput(0), quant.lhs.zeroPoint, 0);
  if (failed(lhs))
    return failure();
  FailureOr<Value> rhs =
      emitShifted(op, *op.getInput(1), quant.rhs.zeroPoint, 0);
  if (failed(rhs))
    return failure();
  OpBuilder &builder = op.getBuilder();
  Value shift = op.emitScalar(builder.getI8Type(), 0);
  Value product = tosa::MulOp::create(
      builder, op.getLoc(),
      op.getType(op.getOutput().shape, builder.getI32Type()), *lhs, *rhs,
      shift);
  return emitOutput(op, product, factor, quant);
}

static ActivationFunctionType getFused(OpImporter &op) {
  auto get = [](const auto *options) {
    return options ? options->fused_activation_function()
                   : ActivationFunctionType_NONE;
  };
  switch (op.getCode()) {
  case BuiltinOperator_ADD:
    return get(op.getOptions<AddOptions>());
  case BuiltinOperator_SUB:
    return get(op.getOptions<SubOptions>());
  case BuiltinOperator_MUL:
    return get(op.getOptions<MulOptions>());
  default:
    return get(op.getOptions<DivOptions>());
  }
}

static RequantAttr getOutputRequant(OpImporter &op,
                                    const qmath::Multiplier &factor,
                                    const Quantized &quant) {
  return getRequant(op, factor, quant.output.zeroPoint, quant.range);
}

/// The quotient of rule N35.
static FailureOr<Value> emitQuantizedQuotient(OpImporter &op,
                                              const Quantized &quant) {
  auto type = op.getOutput().type;
  bool isWide = type == TensorType_INT16;
  double ratio = quant.lhs.scale / (static_cast<double>(quant.rhs.scale) *
                                    static_cast<double>(quant.output.scale));
  // The other reference takes it in float.
  if (type != TensorType_INT8)
    ratio = quant.lhs.scale / (quant.rhs.scale * quant.output.scale);
  if (!std::isfinite(ratio))
    return op.unsupported("the output's scale is too small for its inputs");
  qmath::Multiplier factor = qmath::quantizeMultiplier(ratio);
  // The quotient carries at least 23 bits behind the point, of int16 16.
  if (factor.shift < (isWide ? 15 : 8) || factor.shift > qmath::kMaxShift)
    return op.unsupported("the output's scale is too small for its inputs");
  BinaryAttrs attrs;
  attrs.lhsZp = quant.lhs.zeroPoint;
  attrs.rhsZp = quant.rhs.zeroPoint;
  attrs.requant = getOutputRequant(op, factor, quant);
  return emitBinary(op, BinaryFunction::Div, attrs);
}

FailureOr<Value> tflite::importArithmetic(OpImporter &op) {
  auto activation = op.getActivation(getFused(op));
  if (failed(activation) || failed(checkBinary(op)))
    return failure();
  const TensorInfo &output = op.getOutput();
  BinaryFunction function = getBinaryFunction(op.getCode());
  if (output.type == TensorType_FLOAT32) {
    BinaryAttrs attrs;
    attrs.floatClamp = getFloatClamp(op, *activation);
    return emitBinary(op, function, attrs);
  }
  if (output.type == TensorType_INT32) {
    FailureOr<Value> value = emitBinary(op, function);
    if (failed(value))
      return failure();
    // The reference's sum of int32 forgets the activation.
    if (function == BinaryFunction::Add)
      return value;
    return emitIntegerClamp(op, *value, *activation);
  }
  auto quant = getQuantized(op, *activation);
  if (failed(quant))
    return failure();
  if (function == BinaryFunction::Mul)
    return emitQuantizedProduct(op, *quant);
  if (function == BinaryFunction::Div)
    return emitQuantizedQuotient(op, *quant);
  return emitQuantizedSum(op, *quant);
}

//===----------------------------------------------------------------------===//
// SQUARED_DIFFERENCE and PRELU (rules N32, N34)
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importSquaredDifference(OpImporter &op) {
  if (failed(checkBinary(op)))
    return failure();
  if (!(getTypeBit(op.getOutput().type) & types::kQuantized))
    return emitBinary(op, BinaryFunction::SquaredDifference);
  auto quant = getQuantized(op, qmath::Activation::None);
  if (failed(quant))
    return failure();
  BinaryAttrs attrs;
  attrs.leftShift = op.getOutput().type == TensorType_INT16 ? 0 : 7;
  double twice =
      2.0 * static_cast<double>(std::max(quant->lhs.scale, quant->rhs.scale));
  attrs.lhs = qmath::quantizeMultiplier(quant->lhs.scale / twice);
  attrs.rhs = qmath::quantizeMultiplier(quant->rhs.scale / twice);
  // The reference multiplies power and scale in float.
  float divisor =
      static_cast<float>(1 << (2 * attrs.leftShift)) * quant->output.scale;
  qmath::Multiplier factor =
      qmath::quantizeMultiplier(twice * twice / static_cast<double>(divisor));
  // Each side is scaled by at most 1/2, and rounded.
  int64_t difference =
      (((quant->lhsMagnitude + quant->rhsMagnitude) << attrs.leftShift) / 2) +
      4;
  if (failed(op.checkMultiplier(factor, difference * difference)))
    return failure();
  attrs.lhsZp = quant->lhs.zeroPoint;
  attrs.rhsZp = quant->rhs.zeroPoint;
  attrs.requant = getOutputRequant(op, factor, *quant);
  return emitBinary(op, BinaryFunction::SquaredDifference, attrs);
}

/// The slopes of PRELU less their zero point, as wide as what they multiply.
static FailureOr<Value> emitSlopes(OpImporter &op, const TensorInfo &alpha,
                                   int32_t zeroPoint) {
  FailureOr<DenseElementsAttr> values = op.readConstant(alpha, alpha.shape);
  if (failed(values) || failed(op.chargeConstant(alpha.getNumElements())))
    return failure();
  SmallVector<int16_t> wide;
  for (int8_t value : values->getValues<int8_t>())
    wide.push_back(static_cast<int16_t>(value - zeroPoint));
  return op.emitConst(DenseElementsAttr::get(
      op.getType(alpha.shape, op.getBuilder().getI16Type()), ArrayRef(wide)));
}

FailureOr<Value> tflite::importPrelu(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &alpha = *op.getInput(1);
  // The reference reads the slopes of int16 as int8.
  bool isWide = input.type == TensorType_INT16;
  if (isWide ? failed(op.checkSameType(input, op.getOutput())) ||
                   failed(op.checkType(alpha, TensorType_INT8)) ||
                   failed(op.checkConstant(alpha, "alpha")) ||
                   failed(checkBroadcast(op))
             : failed(checkBinary(op)))
    return failure();
  if (failed(op.checkOutputShape(input.shape)))
    return failure();
  if (!(getTypeBit(op.getOutput().type) & types::kQuantized))
    return emitBinary(op, BinaryFunction::Prelu);
  auto quant = getQuantized(op, qmath::Activation::None);
  if (failed(quant))
    return failure();
  qmath::Multiplier positive =
      qmath::requantMultiplier(quant->lhs.scale, quant->output.scale);
  qmath::Multiplier negative = qmath::convMultiplier(
      quant->lhs.scale, quant->rhs.scale, quant->output.scale);
  // The other reference takes both in float.
  if (input.type != TensorType_INT8) {
    positive = qmath::quantizeMultiplier(
        static_cast<double>(quant->lhs.scale / quant->output.scale));
    negative = qmath::floatProductMultiplier(quant->lhs.scale, quant->rhs.scale,
                                             quant->output.scale);
  }
  // The kernel does not know that slopes of int16 are short.
  if (isWide)
    quant->rhsMagnitude = quant->lhsMagnitude;
  if (failed(op.checkMultiplier(positive, quant->lhsMagnitude)) ||
      failed(op.checkMultiplier(negative,
                                quant->lhsMagnitude * quant->rhsMagnitude)))
    return failure();
  BinaryAttrs attrs;
  attrs.lhsZp = quant->lhs.zeroPoint;
  attrs.rhsZp = quant->rhs.zeroPoint;
  attrs.lhs = positive;
  attrs.requant = getOutputRequant(op, negative, *quant);
  if (!isWide)
    return emitBinary(op, BinaryFunction::Prelu, attrs);
  attrs.rhsZp = 0;
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  FailureOr<Value> slopes = emitSlopes(op, alpha, quant->rhs.zeroPoint);
  if (failed(slopes))
    return failure();
  return emitBinary(op, op.getOutputType(), BinaryFunction::Prelu, *value,
                    *slopes, attrs);
}
