//===- RaiseElementwise.cpp - Operators on single elements ----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Raiser.h"
#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"

#include "llvm/ADT/TypeSwitch.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;

static bool isInt16(Type type) {
  return cast<ShapedType>(type).getElementType().isSignlessInteger(16);
}

/// Requantisation to int8 or int16, without a clamp.
static RequantAttr makeRequantOf(Type type, const Rescale &rescale) {
  int32_t max = isInt8(type) ? 127 : 32767;
  return RequantAttr::get(type.getContext(), rescale.multiplier, rescale.shift,
                          rescale.outputZp, -max - 1, max);
}

//===----------------------------------------------------------------------===//
// Arithmetic between quantisations
//===----------------------------------------------------------------------===//

namespace {
/// One side of a quantised sum or product.
struct Side {
  Value value;
  int32_t zeroPoint = 0, leftShift = 0;
  SmallVector<int32_t> scale;
};
} // namespace

/// Reads a rescale that only takes the zero point away and shifts to the left:
/// 2^30 >> (30 - n).
static std::string readShift(Raiser &raiser, tosa::RescaleOp op, Type type,
                             Side &side) {
  auto input = cast<ShapedType>(op.getInput().getType());
  if (input.getElementType() != cast<ShapedType>(type).getElementType())
    return "inputs and output must have one type";
  Rescale shift;
  if (std::string reason = raiser.readRescale(op, shift); !reason.empty())
    return reason;
  side.leftShift = RequantAttr::kUnitShift - shift.shift[0];
  if (shift.multiplier.size() != 1 || side.leftShift < 0 ||
      shift.multiplier[0] != RequantAttr::kUnitMultiplier ||
      shift.outputZp != 0)
    return "the first rescale of a side must be a shift to the left";
  side.zeroPoint = shift.inputZp;
  return raiser.readInput(op.getInput(), side.value);
}

/// Reads `rescale(shift(x))`.
static std::string readScaledSide(Raiser &raiser, Value value, Type type,
                                  Side &side) {
  auto scaled = value.getDefiningOp<tosa::RescaleOp>();
  auto shifted =
      scaled ? scaled.getInput().getDefiningOp<tosa::RescaleOp>() : nullptr;
  if (!shifted)
    return "each side of a sum must be shifted left by one rescale and scaled "
           "by another";
  Rescale scale;
  if (std::string reason = raiser.readRescale(scaled, scale); !reason.empty())
    return reason;
  if (scale.multiplier.size() != 1 || scale.inputZp != 0 ||
      scale.outputZp != 0 || scale.shift[0] < 31)
    return "the sides of a sum must be scaled by less than 1, without zero "
           "points in between";
  side.scale = {scale.multiplier[0], scale.shift[0]};
  return readShift(raiser, shifted, type, side);
}

/// A sum, difference or product of two tensors, requantised by `op`.
static std::string raiseArithmetic(Raiser &raiser, tosa::RescaleOp op,
                                   Operation *arithmetic) {
  Rescale output;
  if (std::string reason = raiser.readRescale(op, output); !reason.empty())
    return reason;
  Type type = op.getType();
  if (!(isInt8(type) || isInt16(type)) || output.inputZp != 0 ||
      output.multiplier.size() != 1)
    return "only arithmetic of int8 and int16 is supported";
  bool isProduct = isa<tosa::MulOp>(arithmetic);
  Side sides[2];
  for (int i = 0; i < 2; ++i) {
    Value operand = arithmetic->getOperand(i);
    std::string reason;
    if (!isProduct)
      reason = readScaledSide(raiser, operand, type, sides[i]);
    else if (auto shift = operand.getDefiningOp<tosa::RescaleOp>())
      reason = readShift(raiser, shift, type, sides[i]);
    else
      reason = "each side of a product must be the result of a rescale";
    if (!reason.empty())
      return reason;
  }
  if (sides[0].leftShift != sides[1].leftShift ||
      (isProduct && sides[0].leftShift != 0))
    return "both sides must be shifted by one amount";
  if (auto mul = dyn_cast<tosa::MulOp>(arithmetic)) {
    DenseIntElementsAttr shift = getConstant(mul.getShift());
    if (!shift || !(*shift.begin()).isZero())
      return "the shift of a product must be 0";
  }
  // The sum must fit in 32 bits; each side is scaled by less than 1.
  if (!isProduct) {
    int64_t bound = 0;
    for (const Side &side : sides) {
      int64_t greatest = std::max<int64_t>(isInt8(type) ? 128 : 32768, 0) +
                         std::abs(side.zeroPoint);
      if (side.leftShift > 22 ||
          greatest << side.leftShift > std::numeric_limits<int32_t>::max())
        return "a side shifted to the left must fit in 32 bits";
      bound +=
          (((greatest << side.leftShift) * side.scale[0]) >> side.scale[1]) + 1;
    }
    if (bound > std::numeric_limits<int32_t>::max())
      return "the sum must fit in 32 bits";
  }
  BinaryFunction function = isProduct ? BinaryFunction::Mul
                            : isa<tosa::AddOp>(arithmetic)
                                ? BinaryFunction::Add
                                : BinaryFunction::Sub;
  auto scaleAttr = [&](const Side &side) {
    return isProduct ? DenseI32ArrayAttr()
                     : raiser.getBuilder().getDenseI32ArrayAttr(side.scale);
  };
  DenseI32ArrayAttr lhsScale = scaleAttr(sides[0]);
  DenseI32ArrayAttr rhsScale = scaleAttr(sides[1]);
  auto result = BinaryOp::create(
      raiser.getBuilder(), op.getLoc(), type, function, sides[0].value,
      sides[1].value, /*dest=*/Value(), /*scratch=*/Value(), sides[0].leftShift,
      sides[0].zeroPoint, lhsScale, sides[1].zeroPoint, rhsScale,
      makeRequantOf(type, output), /*float_clamp=*/nullptr,
      /*kernel=*/StringAttr());
  raiser.map(op.getResult(), result->getResult(0));
  return "";
}

static std::string raiseRescale(Raiser &raiser, tosa::RescaleOp op) {
  Operation *source = op.getInput().getDefiningOp();
  if (isa_and_nonnull<tosa::AddOp, tosa::SubOp, tosa::MulOp>(source))
    return raiseArithmetic(raiser, op, source);
  Rescale rescale;
  if (std::string reason = raiser.readRescale(op, rescale); !reason.empty())
    return reason;
  Type input = op.getInput().getType(), type = op.getType();
  if (!(isInt8(type) || isInt16(type)) || !(isInt8(input) || isInt16(input)) ||
      rescale.multiplier.size() != 1)
    return "only one multiplier between int8 and int16 tensors is supported";
  Value value;
  if (std::string reason = raiser.readInput(op.getInput(), value);
      !reason.empty())
    return reason;
  auto result = RequantizeOp::create(
      raiser.getBuilder(), op.getLoc(), type, value, /*dest=*/Value(),
      /*scratch=*/Value(), rescale.inputZp, makeRequantOf(type, rescale),
      /*kernel=*/StringAttr());
  raiser.map(op.getResult(), result->getResult(0));
  return "";
}

//===----------------------------------------------------------------------===//
// Clamps and tables
//===----------------------------------------------------------------------===//

static Operation *createUnary(Raiser &raiser, Operation *op,
                              UnaryFunction function, Value input,
                              DenseF32ArrayAttr clamp = nullptr) {
  return UnaryOp::create(raiser.getBuilder(), op->getLoc(),
                         op->getResult(0).getType(), function, input,
                         /*dest=*/Value(), /*scratch=*/Value(),
                         /*alpha=*/FloatAttr(), clamp,
                         /*scale=*/DenseI32ArrayAttr(),
                         /*requant=*/RequantAttr(), /*kernel=*/StringAttr());
}

static std::string raiseFloatClamp(Raiser &raiser, tosa::ClampOp op,
                                   Value input) {
  auto min = dyn_cast<FloatAttr>(op.getMinVal());
  auto max = dyn_cast<FloatAttr>(op.getMaxVal());
  if (!min || !max || op.getNanMode() != tosa::NanPropagationMode::PROPAGATE)
    return "its bounds must be float32, and NaN must stay";
  float low = min.getValue().convertToFloat();
  float high = max.getValue().convertToFloat();
  constexpr float greatest = std::numeric_limits<float>::max();
  Operation *result;
  if (low == 0.0f && high >= greatest)
    result = createUnary(raiser, op, UnaryFunction::Relu, input);
  else if (low >= -greatest && low <= high && high <= greatest)
    result = createUnary(raiser, op, UnaryFunction::Clamp, input,
                         raiser.getBuilder().getDenseF32ArrayAttr({low, high}));
  else
    return "its bounds must be finite, the first one not above the second";
  raiser.map(op.getResult(), result->getResult(0));
  return "";
}

static std::string raiseClamp(Raiser &raiser, tosa::ClampOp op) {
  Value input;
  if (std::string reason = raiser.readInput(op.getInput(), input);
      !reason.empty())
    return reason;
  if (cast<ShapedType>(op.getType()).getElementType().isF32())
    return raiseFloatClamp(raiser, op, input);
  auto min = dyn_cast<IntegerAttr>(op.getMinVal());
  auto max = dyn_cast<IntegerAttr>(op.getMaxVal());
  if (!(isInt8(op.getType()) || isInt16(op.getType())) || !min || !max ||
      min.getValue().sgt(max.getValue()))
    return "only int8, int16 and float32 values can be clamped, to a range "
           "that "
           "is not empty";
  auto requant = RequantAttr::get(
      op.getContext(), {RequantAttr::kUnitMultiplier},
      {RequantAttr::kUnitShift}, /*zeroPoint=*/0, min.getValue().getSExtValue(),
      max.getValue().getSExtValue());
  auto result = RequantizeOp::create(
      raiser.getBuilder(), op.getLoc(), op.getType(), input, /*dest=*/Value(),
      /*scratch=*/Value(), /*input_zp=*/0, requant, /*kernel=*/StringAttr());
  raiser.map(op.getResult(), result->getResult(0));
  return "";
}

/// A table of 256 values is one of a function of int8.
static std::string raiseTable(Raiser &raiser, tosa::TableOp op) {
  DenseIntElementsAttr table = getConstant(op.getTable());
  if (!table)
    return "its table must be constant";
  if (!isInt8(op.getInput1().getType()) || !isInt8(op.getType()))
    return "only tables of int8 are supported";
  Value input;
  if (std::string reason = raiser.readInput(op.getInput1(), input);
      !reason.empty())
    return reason;
  auto function = op->getAttrOfType<StringAttr>(kFunctionAttrName);
  Value values = raiser.constant(op.getLoc(), table);
  auto result = LookupOp::create(
      raiser.getBuilder(), op.getLoc(), op.getType(), input, values,
      /*packed=*/Value(), /*dest=*/Value(), /*scratch=*/Value(),
      function ? function.getValue() : "TABLE", /*kernel=*/StringAttr());
  raiser.map(op.getResult(), result.getResult());
  return "";
}

//===----------------------------------------------------------------------===//
// Functions of numbers as they are
//===----------------------------------------------------------------------===//

/// The function of two elements that a TOSA operation stands for. Those with
/// `swap` are the function of the operands in the other order.
static std::optional<BinaryFunction> getBinaryFunction(Operation *op,
                                                       bool &swap) {
  using F = BinaryFunction;
  using Result = std::optional<F>;
  swap = isa<tosa::GreaterOp, tosa::GreaterEqualOp>(op);
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([](tosa::AddOp) { return F::Add; })
      .Case([](tosa::SubOp) { return F::Sub; })
      .Case([](tosa::MulOp) { return F::Mul; })
      .Case([](tosa::IntDivOp) { return F::Div; })
      .Case([](tosa::MinimumOp) { return F::Minimum; })
      .Case([](tosa::MaximumOp) { return F::Maximum; })
      .Case([](tosa::EqualOp) { return F::Equal; })
      .Case([](tosa::GreaterOp) { return F::Less; })
      .Case([](tosa::GreaterEqualOp) { return F::LessEqual; })
      .Case([](tosa::LogicalAndOp) { return F::LogicalAnd; })
      .Case([](tosa::LogicalOrOp) { return F::LogicalOr; })
      .Default([](Operation *) -> Result { return std::nullopt; });
}

static std::optional<UnaryFunction> getUnaryFunction(Operation *op) {
  using F = UnaryFunction;
  using Result = std::optional<F>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([](tosa::AbsOp) { return F::Abs; })
      .Case([](tosa::CeilOp) { return F::Ceil; })
      .Case([](tosa::CosOp) { return F::Cos; })
      .Case([](tosa::ExpOp) { return F::Exp; })
      .Case([](tosa::FloorOp) { return F::Floor; })
      .Case([](tosa::LogOp) { return F::Log; })
      .Case([](tosa::LogicalNotOp) { return F::LogicalNot; })
      .Case([](tosa::RsqrtOp) { return F::Rsqrt; })
      .Case([](tosa::SigmoidOp) { return F::Logistic; })
      .Case([](tosa::SinOp) { return F::Sin; })
      .Case([](tosa::TanhOp) { return F::Tanh; })
      .Default([](Operation *) -> Result { return std::nullopt; });
}

static std::string raiseBinary(Raiser &raiser, Operation *op,
                               BinaryFunction function, bool swap) {
  Type type = op->getResult(0).getType();
  auto input = cast<ShapedType>(op->getOperand(0).getType());
  Type element = input.getElementType();
  bool isExtreme = function == BinaryFunction::Minimum ||
                   function == BinaryFunction::Maximum;
  bool isNumber = function <= BinaryFunction::Div;
  if (isNumber && !element.isF32() && !element.isInteger(32))
    return "only float32 and int32 are supported without a rescale";
  if (isExtreme && element.isF32())
    return "NaN would not be handled as TOSA says";
  if (auto mul = dyn_cast<tosa::MulOp>(op)) {
    DenseIntElementsAttr shift = getConstant(mul.getShift());
    if (!shift || !(*shift.begin()).isZero())
      return "the shift of a product must be 0";
  }
  Value sides[2];
  for (int i = 0; i < 2; ++i)
    if (std::string reason =
            raiser.readInput(op->getOperand(swap ? 1 - i : i), sides[i]);
        !reason.empty())
      return reason;
  auto result = BinaryOp::create(
      raiser.getBuilder(), op->getLoc(), type, function, sides[0], sides[1],
      /*dest=*/Value(), /*scratch=*/Value(), /*left_shift=*/0, /*lhs_zp=*/0,
      /*lhs_scale=*/nullptr, /*rhs_zp=*/0, /*rhs_scale=*/nullptr,
      /*requant=*/nullptr, /*float_clamp=*/nullptr, /*kernel=*/StringAttr());
  raiser.map(op->getResult(0), result->getResult(0));
  return "";
}

static std::string raiseUnary(Raiser &raiser, Operation *op,
                              UnaryFunction function) {
  Type element = cast<ShapedType>(op->getResult(0).getType()).getElementType();
  bool isFloat = element.isF32();
  if (!isFloat && !(function == UnaryFunction::Abs && element.isInteger(32)) &&
      function != UnaryFunction::LogicalNot)
    return "only float32 is supported";
  Value input;
  if (std::string reason = raiser.readInput(op->getOperand(0), input);
      !reason.empty())
    return reason;
  Operation *result = createUnary(raiser, op, function, input);
  raiser.map(op->getResult(0), result->getResult(0));
  return "";
}

static std::string raiseSelect(Raiser &raiser, tosa::SelectOp op) {
  Value values[3];
  for (int i = 0; i < 3; ++i)
    if (std::string reason = raiser.readInput(op->getOperand(i), values[i]);
        !reason.empty())
      return reason;
  auto result = SelectOp::create(raiser.getBuilder(), op.getLoc(), op.getType(),
                                 values[0], values[1], values[2],
                                 /*dest=*/Value(), /*scratch=*/Value(),
                                 /*kernel=*/StringAttr());
  raiser.map(op.getResult(), result->getResult(0));
  return "";
}

Raised stm32::raiseElementwise(Raiser &raiser, Operation *op) {
  bool swap = false;
  if (auto function = getBinaryFunction(op, swap))
    return raiseBinary(raiser, op, *function, swap);
  if (auto function = getUnaryFunction(op))
    return raiseUnary(raiser, op, *function);
  return llvm::TypeSwitch<Operation *, Raised>(op)
      .Case([&](tosa::RescaleOp op) { return raiseRescale(raiser, op); })
      .Case([&](tosa::ClampOp op) { return raiseClamp(raiser, op); })
      .Case([&](tosa::TableOp op) { return raiseTable(raiser, op); })
      .Case([&](tosa::SelectOp op) { return raiseSelect(raiser, op); })
      .Default([](Operation *) { return std::nullopt; });
}
