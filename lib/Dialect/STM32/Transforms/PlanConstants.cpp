//===- PlanConstants.cpp - Assign offsets to all packed constants ---------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/Passes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/MathExtras.h"

#define DEBUG_TYPE "stm32-plan-constants"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32PLANCONSTANTS
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

/// Least alignment of a block: a vector register of the widest kernels.
static constexpr int64_t kBlockAlignment = 16;

namespace {
struct PlanConstantsPass
    : stm32::impl::STM32PlanConstantsBase<PlanConstantsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<PoolOp> pools;
    for (PoolOp pool : module.getOps<PoolOp>())
      if (pool.getConstants())
        pools.push_back(pool);
    if (pools.empty()) {
      module.emitError("has no stm32.pool for constants; run "
                       "--stm32-bufferize first");
      return signalPassFailure();
    }
    // The first pool that holds them all; another one has nothing to hold.
    for (PoolOp pool : pools) {
      bool isLast = pool == pools.back();
      FailureOr<bool> fits = place(pool, isLast);
      if (failed(fits))
        return signalPassFailure();
      if (*fits) {
        for (PoolOp other : pools)
          if (other != pool)
            other.erase();
        return;
      }
    }
  }

  /// Places the constants of all models in `pool`; false if it does not hold
  /// them, which is an error if it is the last one.
  FailureOr<bool> place(PoolOp pool, bool isLast) {
    // Activations of one model after the other share their pool, constants do
    // not.
    int64_t largest = pool.getSize().value_or(0), needed = 0;
    for (ModelOp model : getOperation().getOps<ModelOp>()) {
      int64_t bytes =
          plan(model, std::max<int64_t>(pool.getAlignment(), kBlockAlignment));
      largest = std::max(largest, bytes);
      needed += bytes;
    }
    if (std::optional<int64_t> capacity = pool.getCapacity();
        capacity && needed > *capacity) {
      if (!isLast)
        return false;
      return pool.emitError()
             << "memory region '" << pool.getRegion() << "' has " << *capacity
             << " bytes for pool '" << pool.getSymName()
             << "', but the constants need " << needed;
    }
    pool.setSize(largest);
    return true;
  }

  /// Places the constants of one model, each block at a multiple of
  /// `alignment`; returns their bytes.
  int64_t plan(ModelOp model, int64_t alignment) {
    int64_t end = 0;
    DenseMap<std::pair<Attribute, Attribute>, int64_t> known;
    model.walk([&](PackedOp packed) {
      std::pair<Attribute, Attribute> key(packed.getFieldsAttr(),
                                          packed.getValuesAttr());
      auto [place, isNew] =
          known.try_emplace(key, llvm::alignTo(end, alignment));
      packed.setOffset(place->second);
      if (isNew)
        end = place->second + packed.getBytes();
      else
        ++numShared;
    });
    return llvm::alignTo(end, alignment);
  }
};
} // namespace
