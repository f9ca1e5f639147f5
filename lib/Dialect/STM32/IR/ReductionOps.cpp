//===- ReductionOps.cpp - Operators along dimensions ----------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Reduction.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::stm32;

/// int8 and int16 values have a scale.
static bool isQuantized(Type element) {
  return element.isSignlessInteger(8) || element.isSignlessInteger(16);
}

static bool isInteger(Type element, unsigned bits) {
  return element.isSignlessInteger(bits);
}

/// Checks that `value` is one of the values of `element`.
static LogicalResult verifyValue(Operation *op, StringRef name, int64_t value,
                                 Type element) {
  int64_t limit = int64_t(1) << (element.getIntOrFloatBitWidth() - 1);
  if (value < -limit || value >= limit)
    return op->emitOpError()
           << name << " " << value << " is not a value of " << element;
  return success();
}

static LogicalResult verifySameShape(ComputeOpInterface op) {
  if (op.getActivationType(0).getShape() != op.getOutputType().getShape())
    return op->emitOpError("input and output must have one shape");
  if (op.getOutputType().getRank() == 0)
    return op->emitOpError("input must have at least one dimension");
  return success();
}

//===----------------------------------------------------------------------===//
// ReduceOp
//===----------------------------------------------------------------------===//

StringRef ReduceOp::getKind() {
  switch (getReduction()) {
  case Reduction::Sum:
    return "SUM";
  case Reduction::Mean:
    return "MEAN";
  case Reduction::Max:
    return "REDUCE_MAX";
  case Reduction::Min:
    return "REDUCE_MIN";
  case Reduction::ArgMax:
    return "ARG_MAX";
  case Reduction::ArgMin:
    return "ARG_MIN";
  }
  return "";
}

/// Checks that the output's shape is what remains of the input's.
static LogicalResult verifyAxes(ReduceOp op) {
  ShapedType x = op.getActivationType(0), y = op.getOutputType();
  if (x.getRank() > 6)
    return op.emitOpError("input has rank ") << x.getRank() << ", at most 6";
  SmallVector<int64_t> kept, dropped;
  size_t next = 0;
  for (int64_t dim = 0; dim < x.getRank(); ++dim) {
    bool reduced = next < op.getAxes().size() && op.getAxes()[next] == dim;
    next += reduced;
    kept.push_back(reduced ? 1 : x.getDimSize(dim));
    if (!reduced)
      dropped.push_back(x.getDimSize(dim));
  }
  if (next != op.getAxes().size())
    return op.emitOpError("axes must be sorted dimensions of the input");
  if (y.getShape() != ArrayRef(kept) && y.getShape() != ArrayRef(dropped))
    return op.emitOpError("output must be the input without its reduced "
                          "dimensions, or with them as 1");
  return success();
}

/// Checks the arithmetic of sums and means of quantised values: no step leaves
/// int32 (rules N3 and N4).
static LogicalResult verifyQuantizedSum(ReduceOp op) {
  Type element = op.getOutputType().getElementType();
  RequantAttr requant = op.getRequantAttr();
  if (!requant)
    return op.emitOpError("of ") << element << " needs a requantisation";
  int64_t zeroPoint = static_cast<int32_t>(op.getInputZp());
  if (failed(verifyValue(op, "input_zp", zeroPoint, element)) ||
      failed(verifyValue(op, "zero point", requant.getZeroPoint(), element)))
    return failure();
  int64_t limit = int64_t(1) << (element.getIntOrFloatBitWidth() - 1);
  if (requant.getMin() < -limit || requant.getMax() >= limit)
    return op.emitOpError("clamp [")
           << requant.getMin() << ", " << requant.getMax()
           << "] is not a range of " << element;
  if (requant.isPerChannel())
    return op.emitOpError("has one multiplier");
  int64_t count = op.getActivationType(0).getNumElements() /
                  op.getOutputType().getNumElements();
  int64_t bound = count * std::max(limit - 1 - zeroPoint, zeroPoint + limit);
  int32_t shift = requant.getShift()[0];
  if (bound > std::numeric_limits<int32_t>::max() >> std::max(0, 31 - shift))
    return op.emitOpError("cannot scale sums of up to ")
           << bound << " with a shift of " << shift << " in 32 bits";
  return success();
}

LogicalResult ReduceOp::verify() {
  if (failed(verifyAxes(*this)))
    return failure();
  Type x = getActivationType(0).getElementType();
  Type y = getOutputType().getElementType();
  auto refuse = [&] {
    return emitOpError(stringifyReduction(getReduction()))
           << " from " << x << " to " << y << " is not possible";
  };
  switch (getReduction()) {
  case Reduction::Sum:
  case Reduction::Mean:
    if (x != y)
      return refuse();
    if (isQuantized(x))
      return verifyQuantizedSum(*this);
    if (!x.isF32() && !isInteger(x, 32))
      return refuse();
    break;
  case Reduction::Max:
  case Reduction::Min:
    if (x != y || !(isQuantized(x) || isInteger(x, 32) || x.isF32()))
      return refuse();
    break;
  case Reduction::ArgMax:
  case Reduction::ArgMin:
    if (!(isInteger(x, 8) || isInteger(x, 32) || x.isF32()) ||
        !(isInteger(y, 32) || isInteger(y, 64)))
      return refuse();
    if (getAxes().size() != 1)
      return emitOpError("gives an index along one dimension, not ")
             << getAxes().size();
    break;
  }
  if (getRequantAttr() || getInputZp() != 0)
    return emitOpError(stringifyReduction(getReduction()))
           << " of " << x << " has no zero point and no requantisation";
  return success();
}

//===----------------------------------------------------------------------===//
// Normalisations
//===----------------------------------------------------------------------===//

/// Checks `multiplier`, `left_shift` and `diff_min`, which bring differences of
/// int8 values to Q5.26.
template <typename OpTy> static LogicalResult verifyDifferences(OpTy op) {
  if (static_cast<int32_t>(op.getMultiplier()) < 0 || op.getLeftShift() > 31)
    return op.emitOpError("multiplier must not be negative and left_shift in "
                          "0 .. 31, got ")
           << static_cast<int32_t>(op.getMultiplier()) << " and "
           << static_cast<int32_t>(op.getLeftShift());
  auto diffMin = static_cast<int32_t>(op.getDiffMin());
  if (diffMin > 0 || int64_t(-1) * diffMin >> (31 - op.getLeftShift()) != 0)
    return op.emitOpError("diff_min ")
           << diffMin << " must not be positive, and shifted left by "
           << op.getLeftShift() << " it must fit in 32 bits";
  return success();
}

/// Sums of exponentials: a value of the row is at most 1, in Q16.15.
static constexpr int64_t kMaxWideSoftmaxDepth = 1 << 16;

LogicalResult SoftmaxOp::verify() {
  if (failed(verifySameShape(*this)))
    return failure();
  Type x = getActivationType(0).getElementType();
  Type y = getOutputType().getElementType();
  bool isFloat = x.isF32() && y.isF32();
  if (!isFloat && !(isInteger(x, 8) && isQuantized(y)) &&
      !(isInteger(x, 16) && isInteger(y, 16)))
    return emitOpError("from ") << x << " to " << y << " is not possible";
  if (isFloat != getBeta().has_value())
    return emitOpError(isFloat ? "of 'f32' needs beta"
                               : "of integers has no beta");
  if (isFloat && !getBeta()->isFinite())
    return emitOpError("needs a finite beta");
  if (isFloat && (getMultiplier() || getLeftShift() || getDiffMin()))
    return emitOpError("of 'f32' has no multiplier");
  if (isFloat)
    return success();
  if (isInteger(x, 8))
    return verifyDifferences(*this);
  auto leftShift = static_cast<int32_t>(getLeftShift());
  if (static_cast<int32_t>(getMultiplier()) < 0 || leftShift < -31 ||
      leftShift > 15)
    return emitOpError("multiplier must not be negative and left_shift in "
                       "-31 .. 15, got ")
           << static_cast<int32_t>(getMultiplier()) << " and " << leftShift;
  if (getDiffMin())
    return emitOpError("of 'i16' has no diff_min");
  if (int64_t depth = getOutputType().getShape().back();
      depth >= kMaxWideSoftmaxDepth)
    return emitOpError("has rows of ")
           << depth << " elements, whose sum can leave int32";
  return success();
}

LogicalResult LogSoftmaxOp::verify() {
  if (failed(verifySameShape(*this)))
    return failure();
  Type x = getActivationType(0).getElementType();
  Type y = getOutputType().getElementType();
  if (x != y || !(isInteger(x, 8) || x.isF32()))
    return emitOpError("from ") << x << " to " << y << " is not possible";
  if (x.isF32()) {
    if (getMultiplier() || getLeftShift() || getDiffMin() ||
        getInverseMultiplier() || getInverseShift())
      return emitOpError("of 'f32' has no multiplier");
    return success();
  }
  if (static_cast<int32_t>(getInverseMultiplier()) < 0 ||
      static_cast<int32_t>(getInverseShift()) < 31 ||
      static_cast<int32_t>(getInverseShift()) > 62)
    return emitOpError("inverse_multiplier must not be negative and "
                       "inverse_shift in 31 .. 62, got ")
           << static_cast<int32_t>(getInverseMultiplier()) << " and "
           << static_cast<int32_t>(getInverseShift());
  return verifyDifferences(*this);
}

/// The sum of squares of differences of int8 values, 255 at most, is an int32.
static constexpr int64_t kMaxNormDepth =
    std::numeric_limits<int32_t>::max() / (255 * 255);

LogicalResult L2NormalizeOp::verify() {
  if (failed(verifySameShape(*this)))
    return failure();
  Type x = getActivationType(0).getElementType();
  Type y = getOutputType().getElementType();
  if (x != y || !(isInteger(x, 8) || x.isF32()))
    return emitOpError("from ") << x << " to " << y << " is not possible";
  if (x.isF32()) {
    if (getInputZp() || getLeftShift())
      return emitOpError("of 'f32' has no zero point and no shift");
    return success();
  }
  if (getLeftShift() > 7)
    return emitOpError("left_shift must be in 0 .. 7, got ")
           << static_cast<int32_t>(getLeftShift());
  if (int64_t depth = getOutputType().getShape().back(); depth > kMaxNormDepth)
    return emitOpError("has rows of ")
           << depth << " elements, whose squares can leave int32";
  return verifyValue(*this, "input_zp", static_cast<int32_t>(getInputZp()), x);
}

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32ReductionOps.cpp.inc"
