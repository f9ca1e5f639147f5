//===- SelectKernels.cpp - Choose a kernel record for each operator -------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/KernelChoice.h"
#include "stm32/Dialect/STM32/Transforms/Passes.h"
#include "stm32/Target/KernelCosts.h"

#define DEBUG_TYPE "stm32-select-kernels"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32SELECTKERNELS
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

/// True if the kernel runs on `isa` and can do `op`.
static bool serves(const KernelRecord &record, ComputeOpInterface op, Isa isa) {
  return record.isa <= isa && canServe(record, op);
}

SmallVector<const KernelRecord *>
stm32::listKernelChoices(ComputeOpInterface op, const PartRecord &part,
                         Aim aim) {
  SmallVector<const KernelRecord *> choices;
  for (const KernelRecord &record : getKernelRecords())
    if (!record.accelerated && (record.aims & aim) &&
        serves(record, op, part.isa))
      choices.push_back(&record);
  llvm::stable_sort(choices, [&](const KernelRecord *a, const KernelRecord *b) {
    return getCost(*a, op, part.isa) < getCost(*b, op, part.isa);
  });
  return choices;
}

static LogicalResult selectKernel(ComputeOpInterface op, const PartRecord &part,
                                  Aim aim) {
  if (StringAttr chosen = op.getKernelAttr()) {
    const KernelRecord *record = lookupKernelRecord(chosen);
    if (!record)
      return op->emitOpError("names kernel '")
             << chosen.getValue() << "', which has no record";
    if (!serves(*record, op, part.isa))
      return op->emitOpError("cannot use kernel '")
             << chosen.getValue() << "' on " << part.name;
    return success();
  }
  SmallVector<const KernelRecord *> choices = listKernelChoices(op, part, aim);
  if (choices.empty())
    return op->emitOpError("has no kernel that can do it on ") << part.name;
  op.setKernelAttr(StringAttr::get(op.getContext(), choices.front()->name));
  return success();
}

/// Gives the operators without a kernel one of little code; those that can have
/// none stay without.
static void selectSmallKernels(ModelOp model, const PartRecord &part) {
  SmallVector<KernelChoices> choices;
  model.walk([&](ComputeOpInterface op) {
    KernelChoices entry{op, {}};
    if (StringAttr chosen = op.getKernelAttr()) {
      // The code of a kernel that was chosen is there in any case.
      const KernelRecord *record = lookupKernelRecord(chosen);
      if (record && !record->accelerated && serves(*record, op, part.isa))
        entry.kernels.push_back(record);
    } else {
      entry.kernels = listKernelChoices(op, part, AimFlash);
    }
    if (!entry.kernels.empty())
      choices.push_back(std::move(entry));
  });
  for (auto [entry, kernel] :
       llvm::zip_equal(choices, chooseSmallKernels(choices, part.isa)))
    entry.op.setKernelAttr(StringAttr::get(model.getContext(), kernel->name));
}

namespace {
struct SelectKernelsPass
    : stm32::impl::STM32SelectKernelsBase<SelectKernelsPass> {
  using STM32SelectKernelsBase::STM32SelectKernelsBase;

  void runOnOperation() override {
    const PartRecord *part = lookupPartRecord(target);
    if (!part) {
      getOperation().emitError(getUnknownPartMessage(target));
      return signalPassFailure();
    }
    std::optional<Aim> aim = symbolizeAim(optimize);
    if (!aim) {
      getOperation().emitError() << "unknown optimization '" << optimize
                                 << "'; known are time, balanced, ram, flash";
      return signalPassFailure();
    }
    if (*aim == AimFlash)
      selectSmallKernels(getOperation(), *part);
    WalkResult result = getOperation().walk([&](ComputeOpInterface op) {
      return WalkResult(selectKernel(op, *part, *aim));
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
