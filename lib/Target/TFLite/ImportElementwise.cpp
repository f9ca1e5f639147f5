//===- ImportElementwise.cpp - Functions of two and three tensors ---------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpImporter.h"
#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

/// Most dimensions that kernels walk over.
static constexpr unsigned kMaxRank = 6;

/// Shape to which two shapes are broadcast, or nothing.
static std::optional<SmallVector<int64_t>>
getBroadcastShape(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs) {
  if (lhs.size() < rhs.size())
    std::swap(lhs, rhs);
  SmallVector<int64_t> shape(lhs);
  for (size_t i = 1; i <= rhs.size(); ++i) {
    int64_t &dim = shape[shape.size() - i];
    int64_t other = rhs[rhs.size() - i];
    if (dim != other && dim != 1 && other != 1)
      return std::nullopt;
    dim = std::max(dim, other);
  }
  return shape;
}

/// Checks that inputs `first` to the last are broadcast to the output.
static LogicalResult checkBroadcast(OpImporter &op, unsigned first = 0) {
  SmallVector<int64_t> shape;
  for (unsigned i = first; i < op.getNumInputs(); ++i) {
    const TensorInfo &input = *op.getInput(i);
    auto joint = getBroadcastShape(shape, input.shape);
    if (!joint)
      return op.invalid("shapes " + formatShape(op.getInput(first)->shape) +
                        " and " + formatShape(input.shape) + " do not fit");
    shape = *joint;
  }
  if (failed(op.checkMaxRank(op.getOutput(), kMaxRank)))
    return failure();
  return op.checkOutputShape(shape);
}

/// A tensor with as many dimensions as the output, as TOSA wants it.
static FailureOr<Value> emitRanked(OpImporter &op, const TensorInfo &tensor) {
  SmallVector<int64_t> shape(op.getOutput().shape.size() - tensor.shape.size(),
                             1);
  llvm::append_range(shape, tensor.shape);
  if (tensor.isConstant)
    return op.emitConstant(tensor, shape);
  FailureOr<Value> value = op.emitOperand(tensor);
  if (failed(value))
    return failure();
  return op.emitReshape(*value, shape);
}

//===----------------------------------------------------------------------===//
// Functions without quantisation (rules N36, N37)
//===----------------------------------------------------------------------===//

/// Attributes of a `stm32.binary`; what is not set is absent.
namespace {
struct BinaryAttrs {
  int32_t leftShift = 0, lhsZp = 0, rhsZp = 0;
  std::optional<qmath::Multiplier> lhs, rhs;
  RequantAttr requant;
  DenseF32ArrayAttr floatClamp;
};
} // namespace

static DenseI32ArrayAttr getScale(OpImporter &op,
                                  std::optional<qmath::Multiplier> factor) {
  if (!factor)
    return {};
  return op.getBuilder().getDenseI32ArrayAttr(
      {factor->multiplier, factor->shift});
}

static Value emitBinary(OpImporter &op, RankedTensorType type,
                        BinaryFunction function, Value lhs, Value rhs,
                        const BinaryAttrs &attrs) {
  auto result = BinaryOp::create(
      op.getBuilder(), op.getLoc(), type, function, lhs, rhs, /*dest=*/Value(),
      /*scratch=*/Value(), attrs.leftShift, attrs.lhsZp,
      getScale(op, attrs.lhs), attrs.rhsZp, getScale(op, attrs.rhs),
      attrs.requant, attrs.floatClamp, /*kernel=*/StringAttr());
  return result.getResult();
}

/// `function` of both inputs; of the second and first one with `swap`.
static FailureOr<Value> emitBinary(OpImporter &op, BinaryFunction function,
                                   const BinaryAttrs &attrs = {},
                                   bool swap = false) {
  FailureOr<Value> lhs = op.emitOperand(*op.getInput(swap ? 1 : 0));
  if (failed(lhs))
    return failure();
  FailureOr<Value> rhs = op.emitOperand(*op.getInput(swap ? 0 : 1));
  if (failed(rhs))
    return failure();
  return emitBinary(op, op.getOutputType(), function, *lhs, *rhs, attrs);
}

static std::optional<BinaryFunction> getFunction(BuiltinOperator code) {
  switch (code) {
  case BuiltinOperator_ADD:
    return BinaryFunction::Add;
  case BuiltinOperator_SUB:
    return BinaryFunction::Sub;
  case BuiltinOperator_MUL:
    return BinaryFunction::Mul;
  case BuiltinOperator_DIV:
    return BinaryFunction::Div;
  case BuiltinOperator_FLOOR_DIV:
    return BinaryFunction::FloorDiv;
  case BuiltinOperator_FLOOR_MOD:
    return BinaryFunction::FloorMod;
  case BuiltinOperator_SQUARED_DIFFERENCE:
    return BinaryFunction::SquaredDifference;
  case BuiltinOperator_MINIMUM:
    return BinaryFunction::Minimum;
  case BuiltinOperator_MAXIMUM:
    return BinaryFunction::Maximum;
  case BuiltinOperator_LOGICAL_AND:
    return BinaryFunction::LogicalAnd;
  case BuiltinOperator_LOGICAL_OR:
    return BinaryFunction::LogicalOr;
  default:
    return std::nullopt;
  }
}

/// Checks that inputs and output have one type and fit each other.
static LogicalResult checkBinary(OpImporter &op) {
  return success(
      succeeded(op.checkSameType(*op.getInput(0), *op.getInput(1))) &&
      succeeded(op.checkSameType(*op.getInput(0), op.getOutput())) &&
      succeeded(checkBroadcast(op)));
}

FailureOr<Value> tflite::importPlainBinary(OpImporter &op) {
  if (failed(checkBinary(op)))
    return failure();
  return emitBinary(op, *getFunction(op.getCode()));
}

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
// ADD, SUB and MUL (rules N7, N30, N31)
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
  BinaryFunction function = *getFunction(op.getCode());
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
// SQUARED_DIFFERENCE, MINIMUM and MAXIMUM, PRELU (rules N32, N34, N36)
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

//===----------------------------------------------------------------------===//
// Comparisons (rule N33)
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importComparison(OpImporter &op) {
  const TensorInfo &lhs = *op.getInput(0), &rhs = *op.getInput(1);
  if (failed(op.checkSameType(lhs, rhs)) || failed(checkBroadcast(op)))
    return failure();
  if (op.getOutput().type != TensorType_BOOL)
    return op.invalid("its output is of " + getTypeName(op.getOutput().type) +
                      ", not of bool");
  // a > b is b < a.
  BuiltinOperator code = op.getCode();
  bool swap =
      code == BuiltinOperator_GREATER || code == BuiltinOperator_GREATER_EQUAL;
  BinaryFunction function = BinaryFunction::Less;
  if (code == BuiltinOperator_EQUAL)
    function = BinaryFunction::Equal;
  else if (code == BuiltinOperator_NOT_EQUAL)
    function = BinaryFunction::NotEqual;
  else if (code == BuiltinOperator_GREATER_EQUAL ||
           code == BuiltinOperator_LESS_EQUAL)
    function = BinaryFunction::LessEqual;
  // The references take int16 as it is in some comparisons, and scale it in
  // others.
  bool scalesInt16 =
      code == BuiltinOperator_EQUAL || code == BuiltinOperator_NOT_EQUAL;
  if (!isByte(lhs) && !(lhs.type == TensorType_INT16 && scalesInt16))
    return emitBinary(op, function, {}, swap);

  constexpr int32_t leftShift = 8;
  auto getSide = [&](const TensorInfo &tensor, int32_t &zeroPoint,
                     std::optional<qmath::Multiplier> &scale) {
    auto quantization = op.getQuantization(tensor);
    if (failed(quantization))
      return failure();
    if (!(quantization->scale < 1.0f))
      return op.unsupported("its inputs have scales of 1 or more");
    zeroPoint = quantization->zeroPoint;
    scale = qmath::quantizeMultiplier(quantization->scale);
    return success();
  };
  BinaryAttrs attrs;
  attrs.leftShift = leftShift;
  if (failed(getSide(swap ? rhs : lhs, attrs.lhsZp, attrs.lhs)) ||
      failed(getSide(swap ? lhs : rhs, attrs.rhsZp, attrs.rhs)))
    return failure();
  return emitBinary(op, function, attrs, swap);
}

//===----------------------------------------------------------------------===//
// SELECT_V2
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importSelect(OpImporter &op) {
  const TensorInfo &condition = *op.getInput(0);
  if (condition.type != TensorType_BOOL)
    return op.unsupported("its condition is of " + getTypeName(condition.type) +
                          ", not of bool");
  if (failed(op.checkSameType(*op.getInput(1), *op.getInput(2))) ||
      failed(op.checkSameType(*op.getInput(1), op.getOutput())) ||
      failed(checkBroadcast(op)))
    return failure();
  SmallVector<Value> values;
  for (unsigned i = 0; i < 3; ++i) {
    FailureOr<Value> value = op.emitOperand(*op.getInput(i));
    if (failed(value))
      return failure();
    values.push_back(*value);
  }
  auto select =
      SelectOp::create(op.getBuilder(), op.getLoc(), op.getOutputType(),
                       values[0], values[1], values[2], /*dest=*/Value(),
                       /*scratch=*/Value(), /*kernel=*/StringAttr());
  return select.getResult();
}
