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

/// Replaces weights and bias of `op` by one block.
template <typename OpTy>
static LogicalResult pack(OpTy op, int64_t &bytes) {
  if (op.getPacked())
    return success();
  const KernelRecord *record =
      op.getKernelAttr() ? lookupKernelRecord(*op.getKernel()) : nullptr;
  if (!record)
    return op.emitOpError("has no kernel; run --stm32-select-kernels first");
  DenseElementsAttr weights, bias;
  if (!matchPattern(op.getWeights(), m_Constant(&weights)) ||
      !matchPattern(op.getBias(), m_Constant(&bias)))
    return op.emitOpError("weights and bias must be constant");

  OpBuilder builder(op);
  MLIRContext *context = op.getContext();
  RequantAttr requant = op.getRequant();
  Attribute values[] = {bias, makeArray(context, requant.getMultiplier()),
                        makeArray(context, requant.getShift()),
                        packWeights(record->packing, weights)};
  int64_t size = 0;
  for (Attribute value : values) {
    auto elements = cast<DenseElementsAttr>(value);
    size += elements.getNumElements() *
            getElementBytes(elements.getElementType());
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
        return pack(conv, bytes);
      if (auto conv = dyn_cast<DepthwiseConv2DOp>(op))
        return pack(conv, bytes);
      if (auto product = dyn_cast<FullyConnectedOp>(op))
        return pack(product, bytes);
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
