//===- FusePadding.cpp - Move pads into the convolutions that read them ---===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/Passes.h"

#define DEBUG_TYPE "stm32-fuse-padding"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32FUSEPADDING
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

/// True if `pad` surrounds only height and width of images.
static bool isSpatial(PadOp pad) {
  auto isZeroOutside = [](ArrayRef<int64_t> amounts) {
    return amounts.size() == 4 && amounts[0] == 0 && amounts[3] == 0;
  };
  return !pad.getDest() && isZeroOutside(pad.getBefore()) &&
         isZeroOutside(pad.getAfter());
}

/// The value of `pad` as convolutions have it: of floats only 0.
static std::optional<int32_t> getPadValue(PadOp pad) {
  if (auto value = dyn_cast<FloatAttr>(pad.getValue()))
    return value.getValue().isZero() ? std::optional<int32_t>(0) : std::nullopt;
  return cast<IntegerAttr>(pad.getValue()).getInt();
}

/// Lets `op` read the input of `pad`; false if it would not be exact.
template <typename ConvOp> static bool fuse(PadOp pad, ConvOp op) {
  // The padded tensor may also be the weights. A kernel that was chosen already
  // may need a convolution without padding.
  if (op.getInput() != pad->getResult(0) || op.getKernelAttr())
    return false;
  std::optional<int32_t> value = getPadValue(pad);
  bool hasPadding =
      llvm::any_of(op.getPadding(), [](int64_t amount) { return amount != 0; });
  if (!value ||
      (hasPadding && static_cast<int32_t>(op.getPadValue()) != *value))
    return false;
  SmallVector<int64_t> padding(op.getPadding());
  for (int dim = 0; dim < 2; ++dim) {
    padding[2 * dim] += pad.getBefore()[1 + dim];
    padding[2 * dim + 1] += pad.getAfter()[1 + dim];
  }
  op.setPadding(padding);
  op.setPadValue(*value);
  op.getInputMutable().assign(pad.getInput());
  return true;
}

namespace {
struct FusePaddingPass : stm32::impl::STM32FusePaddingBase<FusePaddingPass> {
  void runOnOperation() override {
    getOperation().walk([&](PadOp pad) {
      if (!isSpatial(pad))
        return;
      for (Operation *user :
           llvm::make_early_inc_range(pad->getResult(0).getUsers())) {
        bool fused = false;
        if (auto conv = dyn_cast<Conv2DOp>(user))
          fused = fuse(pad, conv);
        else if (auto conv = dyn_cast<DepthwiseConv2DOp>(user))
          fused = fuse(pad, conv);
        numFused += fused;
      }
      if (pad->use_empty())
        pad.erase();
    });
  }
};
} // namespace
