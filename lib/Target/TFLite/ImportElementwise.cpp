//===- ImportElementwise.cpp - Functions of two and three tensors ---------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"

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

LogicalResult tflite::checkBroadcast(OpImporter &op, unsigned first) {
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

FailureOr<Value> tflite::emitRanked(OpImporter &op, const TensorInfo &tensor) {
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

static DenseI32ArrayAttr getScale(OpImporter &op,
                                  std::optional<qmath::Multiplier> factor) {
  if (!factor)
    return {};
  return op.getBuilder().getDenseI32ArrayAttr(
      {factor->multiplier, factor->shift});
}

Value tflite::emitBinary(OpImporter &op, RankedTensorType type,
                         BinaryFunction function, Value lhs, Value rhs,
                         const BinaryAttrs &attrs) {
  auto result = BinaryOp::create(
      op.getBuilder(), op.getLoc(), type, function, lhs, rhs, /*dest=*/Value(),
      /*scratch=*/Value(), attrs.leftShift, attrs.lhsZp,
      getScale(op, attrs.lhs), attrs.rhsZp, getScale(op, attrs.rhs),
      attrs.requant, attrs.floatClamp, /*kernel=*/StringAttr());
  return result.getResult();
}

FailureOr<Value> tflite::emitBinary(OpImporter &op, BinaryFunction function,
                                    const BinaryAttrs &attrs, bool swap) {
  FailureOr<Value> lhs = op.emitOperand(*op.getInput(swap ? 1 : 0));
  if (failed(lhs))
    return failure();
  FailureOr<Value> rhs = op.emitOperand(*op.getInput(swap ? 0 : 1));
  if (failed(rhs))
    return failure();
  return emitBinary(op, op.getOutputType(), function, *lhs, *rhs, attrs);
}

BinaryFunction tflite::getBinaryFunction(BuiltinOperator code) {
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
    break;
  }
  llvm_unreachable("no operator of two numbers");
}

LogicalResult tflite::checkBinary(OpImporter &op) {
  return success(
      succeeded(op.checkSameType(*op.getInput(0), *op.getInput(1))) &&
      succeeded(op.checkSameType(*op.getInput(0), op.getOutput())) &&
      succeeded(checkBroadcast(op)));
}

FailureOr<Value> tflite::importPlainBinary(OpImporter &op) {
  if (failed(checkBinary(op)))
    return failure();
  return emitBinary(op, getBinaryFunction(op.getCode()));
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
// SELECT, SELECT_V2
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importSelect(OpImporter &op) {
  const TensorInfo &condition = *op.getInput(0);
  if (condition.type != TensorType_BOOL)
    return op.unsupported("its condition is of " + getTypeName(condition.type) +
                          ", not of bool");
  if (failed(op.checkSameType(*op.getInput(1), *op.getInput(2))) ||
      failed(op.checkSameType(*op.getInput(1), op.getOutput())))
    return failure();
  // A list of conditions of the older operator is for its rows, not along the
  // last dimension.
  ArrayRef<int64_t> shape = op.getOutput().shape;
  bool isOfRows = op.getCode() == BuiltinOperator_SELECT &&
                  condition.shape.size() == 1 && shape.size() > 1 &&
                  condition.shape[0] == shape[0];
  if (failed(checkBroadcast(op, /*first=*/isOfRows)))
    return failure();
  SmallVector<Value> values;
  for (unsigned i = 0; i < 3; ++i) {
    FailureOr<Value> value = op.emitOperand(*op.getInput(i));
    if (failed(value))
      return failure();
    values.push_back(*value);
  }
  if (isOfRows) {
    SmallVector<int64_t> rows(shape.size(), 1);
    rows[0] = shape[0];
    values[0] = op.emitReshape(values[0], rows);
  }
  auto select =
      SelectOp::create(op.getBuilder(), op.getLoc(), op.getOutputType(),
                       values[0], values[1], values[2], /*dest=*/Value(),
                       /*scratch=*/Value(), /*kernel=*/StringAttr());
  return select.getResult();
}
