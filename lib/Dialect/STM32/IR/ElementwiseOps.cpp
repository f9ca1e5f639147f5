//===- ElementwiseOps.cpp - Operators on single elements ------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Common parts
//===----------------------------------------------------------------------===//

static constexpr int64_t kInt32Max = std::numeric_limits<int32_t>::max();

/// Values of an integer type of up to 32 bits.
static std::pair<int64_t, int64_t> getRange(Type element) {
  unsigned width = element.getIntOrFloatBitWidth();
  if (element.isUnsignedInteger())
    return {0, (int64_t(1) << width) - 1};
  return {-(int64_t(1) << (width - 1)), (int64_t(1) << (width - 1)) - 1};
}

/// Checks a zero point.
static LogicalResult verifyValue(Operation *op, StringRef name, int32_t value,
                                 Type element) {
  auto [low, high] = getRange(element);
  if (value < low || value > high)
    return op->emitOpError()
           << name << " " << value << " is not a value of " << element;
  // Wider types are symmetric; their kernels count on it.
  if (element.getIntOrFloatBitWidth() > 8 && value != 0)
    return op->emitOpError() << name << " of " << element << " must be 0";
  return success();
}

/// Checks what `requant` gives for an output of type `element`.
static LogicalResult verifyRequant(Operation *op, RequantAttr requant,
                                   Type element) {
  auto [low, high] = getRange(element);
  int32_t min = requant.getMin(), max = requant.getMax();
  if (failed(verifyValue(op, "zero point", requant.getZeroPoint(), element)))
    return failure();
  if (min > max || min < low || max > high)
    return op->emitOpError("clamp [")
           << min << ", " << max << "] is not a range of " << element;
  if (requant.isPerChannel())
    return op->emitOpError("has one multiplier");
  if (requant.getSingle())
    return op->emitOpError("rounds twice: `single` is for products");
  return success();
}

/// Checks that one multiplier may scale values up to `bound` in magnitude
/// (rules N3 and N4): shifts below 31 make them larger.
static LogicalResult verifyBound(Operation *op, int32_t shift, int64_t bound) {
  if (bound > kInt32Max >> std::max(0, 31 - shift))
    return op->emitOpError("cannot scale sums of up to ")
           << bound << " with a shift of " << shift << " in 32 bits";
  return success();
}

/// Requantisation of values up to `bound` in magnitude.
static LogicalResult verifyScaling(Operation *op, RequantAttr requant,
                                   Type element, int64_t bound) {
  return success(succeeded(verifyRequant(op, requant, element)) &&
                 succeeded(verifyBound(op, requant.getShift()[0], bound)));
}

/// Greatest magnitude of a value of type `element` less `zeroPoint`.
static int64_t getMagnitude(Type element, int32_t zeroPoint) {
  auto [low, high] = getRange(element);
  return std::max(high - zeroPoint, zeroPoint - low);
}

static LogicalResult verifySameShape(ComputeOpInterface op) {
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    if (op.getActivationType(i).getShape() != op.getOutputType().getShape())
      return op->emitOpError("inputs and output must have one shape");
  return success();
}

/// Checks that the activations are broadcast to the output.
static LogicalResult verifyBroadcast(ComputeOpInterface op) {
  ArrayRef<int64_t> output = op.getOutputType().getShape();
  if (output.size() > 6)
    return op->emitOpError("has rank ") << output.size() << ", at most 6";
  SmallVector<int64_t> joint(output.size(), 1);
  for (unsigned i = 0; i < op.getNumActivations(); ++i) {
    ArrayRef<int64_t> shape = op.getActivationType(i).getShape();
    if (shape.size() > output.size())
      return op->emitOpError("an input has more dimensions than the output");
    for (size_t dim = 0; dim < shape.size(); ++dim) {
      size_t to = output.size() - shape.size() + dim;
      if (shape[dim] != 1 && shape[dim] != output[to])
        return op->emitOpError("dimension ")
               << dim << " of an input is " << shape[dim]
               << ", which cannot become " << output[to];
      joint[to] = std::max(joint[to], shape[dim]);
    }
  }
  if (ArrayRef(joint) != output)
    return op->emitOpError("no input has the size of the output");
  return success();
}

static bool isQuantized(Type element) {
  return element.isSignlessInteger(8) || element.isSignlessInteger(16);
}

//===----------------------------------------------------------------------===//
// LookupOp
//===----------------------------------------------------------------------===//

LogicalResult LookupOp::verify() {
  if (getConstants().size() + (getPacked() != nullptr) != 1)
    return emitOpError("needs either a table or packed constants");
  Type element = getOutputType().getElementType();
  if (!isQuantized(element) || getActivationType(0).getElementType() != element)
    return emitOpError("is a function from int8 to int8, or int16 to int16");
  if (getActivationType(0).getShape() != getOutputType().getShape())
    return emitOpError("input and output must have one shape");
  int64_t size = element.isInteger(8) ? 256 : 513;
  // What is packed counts in bytes.
  auto table = cast<RankedTensorType>(
      getPacked() ? getPacked().getType() : getConstants()[0].getType());
  int64_t bytes = getPacked() ? element.getIntOrFloatBitWidth() / 8 : 1;
  if (table.getNumElements() != size * bytes ||
      (getConstants().size() == 1 && table.getElementType() != element))
    return emitOpError("needs a table of ")
           << size << " values of " << element << ", got " << table;
  return success();
}

//===----------------------------------------------------------------------===//
// BinaryOp
//===----------------------------------------------------------------------===//

StringRef BinaryOp::getKind() {
  static constexpr StringLiteral names[] = {"ADD",
                                            "SUB",
                                            "MUL",
                                            "DIV",
                                            "FLOOR_DIV",
                                            "FLOOR_MOD",
                                            "SQUARED_DIFFERENCE",
                                            "MINIMUM",
                                            "MAXIMUM",
                                            "PRELU",
                                            "EQUAL",
                                            "NOT_EQUAL",
                                            "LESS",
                                            "LESS_EQUAL",
                                            "LOGICAL_AND",
                                            "LOGICAL_OR"};
  return names[static_cast<unsigned>(getFunction())];
}

static bool isComparison(BinaryFunction function) {
  return function >= BinaryFunction::Equal &&
         function <= BinaryFunction::LessEqual;
}
static bool isLogical(BinaryFunction function) {
  return function >= BinaryFunction::LogicalAnd;
}

/// Checks one side of an operator that scales both: a factor below 1. Gives the
/// greatest magnitude of the scaled value.
static FailureOr<int64_t> verifySide(BinaryOp op, StringRef name,
                                     ArrayRef<int32_t> scale, int64_t bound) {
  if (scale[0] < 0 || scale[1] < 31 || scale[1] > 62)
    return op.emitOpError()
           << name << " must be a multiplier of 0 .. 2^31-1 and a shift of "
           << "31 .. 62, got " << scale[0] << " and " << scale[1];
  if (op.getLeftShift() > 30 || bound << op.getLeftShift() > kInt32Max)
    return op.emitOpError("left_shift ")
           << static_cast<int32_t>(op.getLeftShift())
           << " is too great: a side would not fit in 32 bits";
  // Rounding adds at most 1.
  return (((bound << op.getLeftShift()) * scale[0]) >> scale[1]) + 1;
}

static LogicalResult verifyQuantizedBinary(BinaryOp op, Type element) {
  BinaryFunction function = op.getFunction();
  bool hasScales = op.getLhsScale() && op.getRhsScale();
  bool isScaled = function == BinaryFunction::Add ||
                  function == BinaryFunction::Sub ||
                  function == BinaryFunction::SquaredDifference;
  bool isPrelu = function == BinaryFunction::Prelu;
  bool isProduct = function == BinaryFunction::Mul ||
                   function == BinaryFunction::Div || isPrelu;
  bool isPlain = function == BinaryFunction::Minimum ||
                 function == BinaryFunction::Maximum ||
                 function == BinaryFunction::FloorDiv ||
                 function == BinaryFunction::FloorMod;
  if (!isScaled && !isProduct && !isComparison(function) && !isPlain)
    return op.emitOpError()
           << "has no function " << op.getKind() << " of " << element;
  if (!hasScales && (isScaled || op.getRhsScale() ||
                     (op.getLhsScale() != std::nullopt) != isPrelu))
    return op.emitOpError("needs lhs_scale")
           << (isPrelu ? "" : " and rhs_scale");
  if (hasScales && !isScaled && !isComparison(function))
    return op.emitOpError("has no use for rhs_scale");
  if ((op.getRequant() != std::nullopt) != (isScaled || isProduct))
    return op.emitOpError(isScaled || isProduct ? "needs requant"
                                                : "has no use for requant");
  if (failed(verifyValue(op, "lhs_zp", op.getLhsZp(), element)) ||
      failed(verifyValue(op, "rhs_zp", op.getRhsZp(), element)))
    return failure();
  int64_t lhs = getMagnitude(element, op.getLhsZp());
  int64_t rhs = getMagnitude(element, op.getRhsZp());
  if (hasScales) {
    auto left = verifySide(op, "lhs_scale", *op.getLhsScale(), lhs);
    if (failed(left))
      return failure();
    auto right = verifySide(op, "rhs_scale", *op.getRhsScale(), rhs);
    if (failed(right))
      return failure();
    if (!isScaled)
      return success();
    int64_t bound = *left + *right;
    if (function == BinaryFunction::SquaredDifference) {
      if (bound > 46340)
        return op.emitOpError("has a difference of up to ")
               << bound << ", whose square does not fit in 32 bits";
      bound *= bound;
    }
    if (bound > kInt32Max)
      return op.emitOpError("has a sum of up to ")
             << bound << ", which does not fit in 32 bits";
    return verifyScaling(op, *op.getRequant(), element, bound);
  }
  if (!isProduct)
    return success();
  if (function == BinaryFunction::Div) {
    // So that the greatest quotient, by 1, is not shifted to the left.
    int32_t least = element.isSignlessInteger(8) ? 8 : 15;
    if (op.getRequant()->getShift()[0] < least)
      return op.emitOpError("scales a quotient with a shift below ") << least;
    return verifyRequant(op, *op.getRequant(), element);
  }
  if (isPrelu) {
    ArrayRef<int32_t> scale = *op.getLhsScale();
    if (scale[0] < 0 || scale[1] < 2 || scale[1] > 62)
      return op.emitOpError("lhs_scale must be a multiplier of 0 .. 2^31-1 and "
                            "a shift of 2 .. 62");
    if (failed(verifyBound(op, scale[1], lhs)))
      return failure();
  }
  return verifyScaling(op, *op.getRequant(), element, lhs * rhs);
}

LogicalResult BinaryOp::verify() {
  BinaryFunction function = getFunction();
  if (failed(verifyBroadcast(*this)))
    return failure();
  Type element = getActivationType(0).getElementType();
  Type result = getOutputType().getElementType();
  if (getActivationType(1).getElementType() != element)
    return emitOpError("inputs must have one element type");
  bool isTruth = isComparison(function) || isLogical(function);
  if (isTruth ? !result.isInteger(1) : result != element)
    return emitOpError("has inputs of ")
           << element << " and an output of " << result;
  if (element.isUnsignedInteger())
    return emitOpError("has no functions of ") << element;
  if (getFloatClamp() && !element.isF32())
    return emitOpError("float_clamp is for float32");
  if (getFloatClamp() && !(getFloatClamp()->front() <= getFloatClamp()->back()))
    return emitOpError("float_clamp must be a range");
  if (isQuantized(element))
    return verifyQuantizedBinary(*this, element);
  if (getRequant() || getLhsScale() || getRhsScale() || getLeftShift() ||
      getLhsZp() || getRhsZp())
    return emitOpError("has no quantisation of ") << element;
  if (element.isInteger(1) && function != BinaryFunction::Equal &&
      function != BinaryFunction::NotEqual && !isLogical(function))
    return emitOpError("has no function ") << getKind() << " of bool";
  if (isLogical(function) && !element.isInteger(1))
    return emitOpError("has no function ") << getKind() << " of " << element;
  return success();
}

//===----------------------------------------------------------------------===//
// UnaryOp
//===----------------------------------------------------------------------===//

StringRef UnaryOp::getKind() {
  static constexpr StringLiteral names[] = {
      "ABS",         "NEG",        "SQUARE", "SQRT", "RSQRT",    "EXP",
      "LOG",         "SIN",        "COS",    "TANH", "LOGISTIC", "ELU",
      "HARD_SWISH",  "LEAKY_RELU", "FLOOR",  "CEIL", "ROUND",    "CLAMP",
      "LOGICAL_NOT", "RELU",       "GELU",   "GELU"};
  return names[static_cast<unsigned>(getFunction())];
}

LogicalResult UnaryOp::verify() {
  UnaryFunction function = getFunction();
  Type element = getOutputType().getElementType();
  if (failed(verifySameShape(*this)))
    return failure();
  if (getActivationType(0).getElementType() != element)
    return emitOpError("input and output must have one element type");
  auto is = [&](std::initializer_list<UnaryFunction> functions) {
    return llvm::is_contained(functions, function);
  };
  bool isQuant = element.isSignlessInteger(16);
  using F = UnaryFunction;
  bool exists =
      element.isF32() ? !is({F::LogicalNot})
      : isQuant
          ? is({F::Logistic, F::Tanh, F::LeakyRelu, F::Abs, F::Neg, F::Rsqrt})
      : element.isInteger(32) ? is({F::Abs, F::Neg})
      : element.isInteger(64) ? is({F::Neg})
                              : element.isInteger(1) && is({F::LogicalNot});
  if (!exists)
    return emitOpError("has no function ") << getKind() << " of " << element;
  bool hasAlpha = element.isF32() && is({F::LeakyRelu});
  if ((getAlpha() != std::nullopt) != hasAlpha)
    return emitOpError(hasAlpha ? "needs alpha" : "has no use for alpha");
  if ((getFloatClamp() != std::nullopt) != is({F::Clamp}))
    return emitOpError(is({F::Clamp}) ? "needs float_clamp"
                                      : "has no use for float_clamp");
  if (getFloatClamp() && !(getFloatClamp()->front() <= getFloatClamp()->back()))
    return emitOpError("float_clamp must be a range");
  bool hasScale = isQuant && !is({F::Abs, F::Neg, F::Rsqrt});
  bool hasRequant = isQuant && is({F::Abs, F::LeakyRelu, F::Rsqrt});
  if ((getScale() != std::nullopt) != hasScale)
    return emitOpError(hasScale ? "needs scale" : "has no use for scale");
  if ((getRequant() != std::nullopt) != hasRequant)
    return emitOpError(hasRequant ? "needs requant" : "has no use for requant");
  // An inverse root has 20 bits behind the point.
  int64_t bound = !isQuant         ? 0
                  : is({F::Rsqrt}) ? int64_t(1) << 20
                                   : getMagnitude(element, 0);
  if (hasRequant && failed(verifyScaling(*this, *getRequant(), element, bound)))
    return failure();
  if (is({F::LeakyRelu}) && hasScale) {
    int64_t multiplier = (*getScale())[0];
    if (std::abs(multiplier) > kInt32Max || (*getScale())[1] < 2 ||
        (*getScale())[1] > 62)
      return emitOpError("scale must have a shift of 2 .. 62");
    return verifyBound(*this, (*getScale())[1], bound);
  }
  if (hasScale &&
      ((*getScale())[0] < 0 || (*getScale())[1] < 0 || (*getScale())[1] > 31 ||
       bound * (*getScale())[0] + (int64_t(1) << (*getScale())[1]) / 2 >
           kInt32Max))
    return emitOpError("scale must be a multiplier of 0 .. 2^16-1 and a shift "
                       "of 0 .. 31, and products must fit in 32 bits");
  return success();
}

//===----------------------------------------------------------------------===//
// SelectOp and CastOp
//===----------------------------------------------------------------------===//

LogicalResult SelectOp::verify() {
  if (!getActivationType(0).getElementType().isInteger(1))
    return emitOpError("needs a condition of bool");
  Type element = getOutputType().getElementType();
  if (getActivationType(1).getElementType() != element ||
      getActivationType(2).getElementType() != element)
    return emitOpError("inputs and output must have one element type");
  return verifyBroadcast(*this);
}

LogicalResult CastOp::verify() { return verifySameShape(*this); }

//===----------------------------------------------------------------------===//
// Between quantisations (ops of STM32ComputeOps.td)
//===----------------------------------------------------------------------===//

LogicalResult RequantizeOp::verify() {
  Type x = getActivationType(0).getElementType();
  Type y = getOutputType().getElementType();
  if (failed(verifySameShape(*this)))
    return failure();
  if (x.isUnsignedInteger() && y.isUnsignedInteger())
    return emitOpError("has uint8 on both sides");
  // Its kernels take int16 with a zero point, which a softmax gives.
  auto inputZp = static_cast<int32_t>(getInputZp());
  if (x.isInteger(16) && inputZp != static_cast<int16_t>(inputZp))
    return emitOpError("input_zp ") << inputZp << " is not a value of " << x;
  if (!x.isInteger(16) && failed(verifyValue(*this, "input_zp", inputZp, x)))
    return failure();
  // The reference wraps int32 around; a kernel of int32 saturates instead.
  int64_t bound = x.isInteger(32) ? 0 : getMagnitude(x, getInputZp());
  if (x.isInteger(32) && getRequant().getShift()[0] < 31)
    return emitOpError("scales int32 by a factor of 1 or more");
  return verifyScaling(*this, getRequant(), y, bound);
}

/// `quantized` is the element type on the integer side.
template <typename OpTy>
static LogicalResult verifyQuantization(OpTy op, Type quantized) {
  float scale = op.getScale().convertToFloat();
  if (!(scale > 0) || !std::isfinite(scale))
    return op.emitOpError("scale must be positive and finite");
  if (failed(verifyValue(op, "zero_point", op.getZeroPoint(), quantized)))
    return failure();
  return verifySameShape(op);
}

LogicalResult QuantizeOp::verify() {
  Type y = getOutputType().getElementType();
  if (y.isInteger(32))
    return emitOpError("does not quantise to i32");
  return verifyQuantization(*this, y);
}

LogicalResult DequantizeOp::verify() {
  return verifyQuantization(*this, getActivationType(0).getElementType());
}

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32ElementwiseOps.cpp.inc"
