//===- ImportMatrices.cpp - Products of two activations -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// BATCH_MATMUL, and FULLY_CONNECTED whose weights are computed, as converters
// write products of two activations (rule N61). TOSA's matmul has neither
// transposed operands nor batches that are broadcast, so that it would cost
// copies.
//
//===----------------------------------------------------------------------===//

#include "WeightedOp.h"

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

namespace {
/// Zero points and requantisation of a product; all null or 0 for float32.
struct ProductQuant {
  int32_t lhsZp = 0, rhsZp = 0;
  RequantAttr requant;
};
} // namespace

/// Checks that sums of `depth` products fit, and gives their requantisation
/// with a fused activation.
static FailureOr<ProductQuant>
quantizeProduct(OpImporter &op, const TensorInfo &lhs, const TensorInfo &rhs,
                int64_t depth,
                qmath::Activation activation = qmath::Activation::None) {
  ProductQuant result;
  if (lhs.type == TensorType_FLOAT32)
    return result;
  auto lhsQuant = op.getQuantization(lhs);
  if (failed(lhsQuant))
    return failure();
  auto rhsQuant = op.getQuantization(rhs);
  if (failed(rhsQuant))
    return failure();
  auto quant = op.getQuantization(op.getOutput());
  if (failed(quant))
    return failure();
  Type element = getElementType(lhs.type, op.getBuilder().getContext());
  auto [low, high] = getIntegerRange(element);
  auto getMagnitude = [low = low, high = high](int32_t zeroPoint) -> int64_t {
    return std::max(high - zeroPoint, zeroPoint - low);
  };
  result.lhsZp = lhsQuant->zeroPoint;
  result.rhsZp = rhsQuant->zeroPoint;
  int64_t bound =
      depth * getMagnitude(result.lhsZp) * getMagnitude(result.rhsZp);
  bool isLong = element.isInteger(16);
  qmath::Multiplier factor =
      qmath::convMultiplier(lhsQuant->scale, rhsQuant->scale, quant->scale);
  if (isLong)
    factor = qmath::reduceMultiplier(factor);
  if (isLong ? !qmath::isRepresentableLong(factor, bound)
             : !qmath::isRepresentable(factor, bound))
    return op.unsupported("the ratio of its scales is too great: multiplier " +
                          Twine(factor.multiplier) + ", right shift " +
                          Twine(factor.shift) + ", sums up to " + Twine(bound));
  qmath::Range range = qmath::activationRange(
      activation, quant->scale, quant->zeroPoint, qmath::Range{low, high});
  result.requant = RequantAttr::get(
      op.getBuilder().getContext(), {factor.multiplier}, {factor.shift},
      quant->zeroPoint, range.min, range.max, isLong);
  return result;
}

/// The shape of the product, or nullopt if the operands do not fit.
static std::optional<SmallVector<int64_t>>
getProductShape(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs, bool swapLhs,
                bool swapRhs) {
  int64_t depth = swapLhs ? lhs.end()[-2] : lhs.back();
  if (depth != (swapRhs ? rhs.back() : rhs.end()[-2]))
    return std::nullopt;
  size_t rank = std::max(lhs.size(), rhs.size());
  SmallVector<int64_t> shape(rank, 1);
  shape[rank - 2] = swapLhs ? lhs.back() : lhs.end()[-2];
  shape[rank - 1] = swapRhs ? rhs.end()[-2] : rhs.back();
  for (ArrayRef<int64_t> operand : {lhs, rhs})
    for (size_t i = 3; i <= operand.size(); ++i) {
      int64_t &size = shape[rank - i];
      int64_t other = operand[operand.size() - i];
      if (size != 1 && other != 1 && size != other)
        return std::nullopt;
      size = size == 1 ? other : size;
    }
  return shape;
}

static Value emitProduct(OpImporter &op, RankedTensorType type, Value lhs,
                         Value rhs, bool swapLhs, bool swapRhs,
                         const ProductQuant &quant) {
  return BatchMatmulOp::create(op.getBuilder(), op.getLoc(), type, lhs, rhs,
                               /*dest=*/Value(), /*scratch=*/Value(),
                               quant.lhsZp, quant.rhsZp, swapLhs, swapRhs,
                               quant.requant, /*kernel=*/StringAttr())
      ->getResult(0);
}

FailureOr<Value> tflite::importBatchMatMul(OpImporter &op) {
  const auto *options = op.getOptions<BatchMatMulOptions>();
  bool swapLhs = options && options->adj_x();
  bool swapRhs = options && options->adj_y();
  const TensorInfo &lhs = *op.getInput(0), &rhs = *op.getInput(1);
  if (failed(op.checkSameType(lhs, rhs)) ||
      failed(op.checkSameType(lhs, op.getOutput())))
    return failure();
  for (const TensorInfo *tensor : {&lhs, &rhs})
    if (tensor->shape.size() < 2 || tensor->shape.size() > 5)
      return op.unsupported("matrices of shape " + formatShape(tensor->shape) +
                            " have no rank of 2 to 5");
  auto shape = getProductShape(lhs.shape, rhs.shape, swapLhs, swapRhs);
  if (!shape)
    return op.invalid("matrices of the shapes " + formatShape(lhs.shape) +
                      " and " + formatShape(rhs.shape) + " do not fit");
  if (failed(op.checkOutputShape(*shape)))
    return failure();
  int64_t depth = swapLhs ? lhs.shape.end()[-2] : lhs.shape.back();
  FailureOr<ProductQuant> quant = quantizeProduct(op, lhs, rhs, depth);
  if (failed(quant))
    return failure();
  FailureOr<Value> lhsValue = op.emitOperand(lhs);
  if (failed(lhsValue))
    return failure();
  FailureOr<Value> rhsValue = op.emitOperand(rhs);
  if (failed(rhsValue))
    return failure();
  return emitProduct(op, op.getOutputType(), *lhsValue, *rhsValue, swapLhs,
                     swapRhs, *quant);
}

FailureOr<Value> tflite::importComputedWeights(OpImporter &op) {
  const auto &options = *op.getOptions<FullyConnectedOptions>();
  const TensorInfo &input = *op.getInput(0), &weights = *op.getInput(1);
  if (op.getInput(2))
    return op.unsupported("weights that are computed go without a bias");
  if (failed(op.checkSameType(input, weights)) ||
      failed(op.checkSameType(input, op.getOutput())) ||
      failed(op.checkRank(weights, 2)))
    return failure();
  auto activation = op.getActivation(options.fused_activation_function());
  if (failed(activation))
    return failure();
  if (input.type == TensorType_FLOAT32 &&
      *activation != qmath::Activation::None)
    return op.unsupported("float32 weights that are computed go without a "
                          "fused activation");
  int64_t depth = weights.shape[1], columns = weights.shape[0];
  int64_t rows = input.getNumElements() / std::max<int64_t>(depth, 1);
  if (rows * depth != input.getNumElements() ||
      op.getOutput().getNumElements() != rows * columns)
    return op.invalid("an input of shape " + formatShape(input.shape) +
                      " and weights of shape " + formatShape(weights.shape) +
                      " do not give the output " +
                      formatShape(op.getOutput().shape));
  FailureOr<ProductQuant> quant =
      quantizeProduct(op, input, weights, depth, *activation);
  if (failed(quant))
    return failure();
  FailureOr<Value> lhs = op.emitOperand(input);
  if (failed(lhs))
    return failure();
  FailureOr<Value> rhs = op.emitOperand(weights);
  if (failed(rhs))
    return failure();
  Value matrix = op.emitReshape(*lhs, {rows, depth});
  RankedTensorType type =
      op.getType({rows, columns}, op.getOutputType().getElementType());
  Value product =
      emitProduct(op, type, matrix, *rhs, /*swapLhs=*/false, true, *quant);
  return op.emitReshape(product, op.getOutput().shape);
}
