//===- PackConstants.cpp - Lay out constants as kernels read them ---------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/Passes.h"
#include "stm32/Target/ConstantPacking.h"
#include "stm32/Target/KernelRecords.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"

#define DEBUG_TYPE "stm32-pack-constants"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32PACKCONSTANTS
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

static DenseElementsAttr makeArray(MLIRContext *context,
                                   ArrayRef<int32_t> values) {
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())},
                                    IntegerType::get(context, 32));
  return DenseElementsAttr::get(type, values);
}

/// Proves that no accumulator of `op` leaves int32, nor a requantisation that
/// makes it larger (rules N3 and N4). The output channels are dimension
/// `channelDim` of the weights.
template <typename OpTy>
static LogicalResult checkAccumulators(OpTy op, DenseElementsAttr weights,
                                       DenseElementsAttr bias,
                                       unsigned channelDim) {
  ArrayRef<int64_t> shape = weights.getType().getShape();
  int64_t channels = shape[channelDim], inner = 1;
  for (int64_t size : shape.drop_front(channelDim + 1))
    inner *= size;
  int64_t low = -128 - static_cast<int32_t>(op.getInputZp());
  int64_t high = 127 - static_cast<int32_t>(op.getInputZp());
  SmallVector<int64_t> least, most;
  for (int32_t value : bias.getValues<int32_t>()) {
    least.push_back(value);
    most.push_back(value);
  }
  for (auto [index, weight] : llvm::enumerate(weights.getValues<int8_t>())) {
    int64_t channel = index / inner % channels;
    least[channel] += std::min(low * weight, high * weight);
    most[channel] += std::max(low * weight, high * weight);
  }
  ArrayRef<int32_t> shifts = op.getRequant().getShift();
  for (int64_t channel = 0; channel < channels; ++channel) {
    int32_t shift = shifts[shifts.size() == 1 ? 0 : channel];
    int64_t bound = std::max(-least[channel], most[channel]);
    if (bound > std::numeric_limits<int32_t>::max() >> std::max(0, 31 - shift))
      return op.emitOpError("accumulator of channel ")
             << channel << " may reach " << bound
             << ", which does not fit in 32 bits with a shift of " << shift;
  }
  return success();
}

/// Replaces weights and bias of `op` by one block.
template <typename OpTy>
static LogicalResult pack(OpTy op, unsigned channelDim, int64_t &bytes) {
  if (op.getPacked())
    return success();
  const KernelRecord *record =
      op.getKernelAttr() ? lookupKernelRecord(*op.getKernel()) : nullptr;
  if (!record)
    return op.emitOpError("has no kernel; run --stm32-select-kernels first");
  if (!canServe(*record, op))
    return op.emitOpError("cannot use kernel '") << record->name << "'";
  DenseElementsAttr weights, bias;
  if (!matchPattern(op.getWeights(), m_Constant(&weights)) ||
      !matchPattern(op.getBias(), m_Constant(&bias)))
    return op.emitOpError("weights and bias must be constant");
  if (failed(checkAccumulators(op, weights, bias, channelDim)))
    return failure();

  OpBuilder builder(op);
  MLIRContext *context = op.getContext();
  RequantAttr requant = op.getRequant();
  Attribute values[] = {bias, makeArray(context, requant.getMultiplier()),
                        makeArray(context, requant.getShift()),
                        packWeights(record->packing, weights)};
  int64_t size = 0;
  for (Attribute value : values) {
    auto elements = cast<DenseElementsAttr>(value);
    size +=
        elements.getNumElements() * getElementBytes(elements.getElementType());
  }
  auto packed = PackedOp::create(
      builder, op.getLoc(),
      RankedTensorType::get({size}, builder.getIntegerType(8)),
      builder.getStrArrayAttr({"bias", "multiplier", "shift", "weights"}),
      builder.getArrayAttr(values), /*offset=*/IntegerAttr());
  op.getWeightsMutable().clear();
  op.getBiasMutable().clear();
  op.getPackedMutable().assign(packed);
  bytes += size;
  return success();
}

namespace {
struct PackConstantsPass
    : stm32::impl::STM32PackConstantsBase<PackConstantsPass> {
  void runOnOperation() override {
    int64_t bytes = 0;
    WalkResult result = getOperation().walk([&](Operation *op) -> WalkResult {
      if (auto conv = dyn_cast<Conv2DOp>(op))
        return pack(conv, /*channelDim=*/0, bytes);
      if (auto conv = dyn_cast<DepthwiseConv2DOp>(op))
        return pack(conv, /*channelDim=*/3, bytes);
      if (auto product = dyn_cast<FullyConnectedOp>(op))
        return pack(product, /*channelDim=*/0, bytes);
      return WalkResult::advance();
    });
    numBytes += bytes;
    if (result.wasInterrupted())
      return signalPassFailure();
    // What was packed is no longer needed in its first form.
    getOperation().walk([](ConstantOp op) {
      if (op->use_empty())
        op.erase();
    });
  }
};
} // namespace
