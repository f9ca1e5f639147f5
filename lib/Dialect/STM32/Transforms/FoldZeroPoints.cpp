//===- FoldZeroPoints.cpp - Fold input zero points into biases ------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/Passes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"

#define DEBUG_TYPE "stm32-fold-zero-points"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32FOLDZEROPOINTS
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

/// Sum of the weights, less their zero point, of each output channel, which is
/// dimension `channelDim` of `weights`.
static SmallVector<int64_t> sumWeights(DenseElementsAttr weights,
                                       int32_t zeroPoint, unsigned channelDim) {
  ArrayRef<int64_t> shape = weights.getType().getShape();
  int64_t channels = shape[channelDim], inner = 1;
  for (int64_t size : shape.drop_front(channelDim + 1))
    inner *= size;
  SmallVector<int64_t> sums(channels, 0);
  for (auto [index, value] : llvm::enumerate(weights.getValues<int8_t>()))
    sums[index / inner % channels] += value - zeroPoint;
  return sums;
}

/// Folds the zero point of `op`; sets `changed` if it was not 0, which is so
/// for int8 only.
template <typename OpTy>
static LogicalResult fold(OpTy op, unsigned channelDim, bool &changed) {
  int64_t zeroPoint = static_cast<int32_t>(op.getInputZp());
  DenseElementsAttr weights, bias;
  if (zeroPoint == 0 || !op.getWeights())
    return success();
  if (!matchPattern(op.getWeights(), m_Constant(&weights)) ||
      !matchPattern(op.getBias(), m_Constant(&bias)))
    return op.emitOpError("weights and bias must be constant");
  SmallVector<int32_t> folded;
  SmallVector<int64_t> sums =
      sumWeights(weights, static_cast<int32_t>(op.getWeightsZp()), channelDim);
  for (auto [old, sum] : llvm::zip_equal(bias.getValues<int32_t>(), sums)) {
    int64_t value = old - zeroPoint * sum;
    if (value != static_cast<int32_t>(value))
      return op.emitOpError("bias of channel ")
             << folded.size() << " is " << value
             << " with the zero point folded in, which does not fit in 32 bits";
    folded.push_back(value);
  }
  OpBuilder builder(op);
  auto constant = ConstantOp::create(
      builder, op.getBias().getLoc(), op.getBias().getType(),
      DenseElementsAttr::get(bias.getType(), ArrayRef<int32_t>(folded)));
  op.getBiasMutable().assign(constant);
  op.setInputZp(0);
  changed = true;
  return success();
}

namespace {
struct FoldZeroPointsPass
    : stm32::impl::STM32FoldZeroPointsBase<FoldZeroPointsPass> {
  void runOnOperation() override {
    WalkResult result = getOperation().walk([&](Operation *op) -> WalkResult {
      bool changed = false;
      LogicalResult folded = success();
      if (auto conv = dyn_cast<Conv2DOp>(op))
        folded = fold(conv, /*channelDim=*/0, changed);
      else if (auto conv = dyn_cast<DepthwiseConv2DOp>(op))
        folded = fold(conv, /*channelDim=*/3, changed);
      else if (auto product = dyn_cast<FullyConnectedOp>(op))
        folded = fold(product, /*channelDim=*/0, changed);
      numFolded += changed;
      return folded;
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
