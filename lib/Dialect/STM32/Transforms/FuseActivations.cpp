//===- FuseActivations.cpp - Move clamps into the operators before them ---===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"
#include "stm32/Dialect/STM32/IR/STM32Reduction.h"
#include "stm32/Dialect/STM32/Transforms/Passes.h"

#include "llvm/ADT/TypeSwitch.h"

#define DEBUG_TYPE "stm32-fuse-activations"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32FUSEACTIVATIONS
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

/// True if `op` changes nothing but the range of int8 values.
static bool isClamp(RequantizeOp op) {
  return !op.getDest() && op.getRequant().isUnit() &&
         static_cast<int32_t>(op.getInputZp()) ==
             op.getRequant().getZeroPoint() &&
         op.getInput().getType() == op.getResult().getType();
}

/// Narrows the clamp that `producer` ends with; false if it has none.
static bool narrowClamp(Operation *producer, RequantAttr clamp) {
  int32_t min = clamp.getMin(), max = clamp.getMax();
  return llvm::TypeSwitch<Operation *, bool>(producer)
      .Case<RequantizeOp>([&](auto op) {
        op.setRequantAttr(op.getRequant().withClamp(min, max));
        return true;
      })
      .Case<Conv2DOp, DepthwiseConv2DOp, FullyConnectedOp, TransposeConv2DOp,
            BatchMatmulOp, BinaryOp, ReduceOp>([&](auto op) {
        if (!op.getRequantAttr())
          return false;
        op.setRequantAttr(op.getRequantAttr().withClamp(min, max));
        return true;
      })
      .Case<AveragePool2DOp, MaxPool2DOp>([&](auto op) {
        std::optional<ArrayRef<int32_t>> clamp = op.getClamp();
        if (!clamp)
          return false;
        int32_t low = (*clamp)[0], high = (*clamp)[1];
        op.setClamp(ArrayRef<int32_t>{std::clamp(min, low, high),
                                      std::clamp(max, low, high)});
        return true;
      })
      .Default(false);
}

namespace {
struct FuseActivationsPass
    : stm32::impl::STM32FuseActivationsBase<FuseActivationsPass> {
  void runOnOperation() override {
    getOperation().walk([&](RequantizeOp op) {
      if (!isClamp(op))
        return;
      Operation *producer = op.getInput().getDefiningOp();
      if (!producer || !producer->hasOneUse() ||
          !narrowClamp(producer, op.getRequant()))
        return;
      // The tensor that remains is the one after the activation.
      producer->setLoc(op.getLoc());
      op->getResult(0).replaceAllUsesWith(op.getInput());
      op.erase();
      ++numFused;
    });
  }
};
} // namespace
