//===- SelectKernels.cpp - Choose a kernel record for each operator -------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/Passes.h"
#include "stm32/Target/PartRecords.h"

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

/// The cheapest kernel for `op`, or null.
static const KernelRecord *findKernel(ComputeOpInterface op, Isa isa) {
  const KernelRecord *best = nullptr;
  for (const KernelRecord &record : getKernelRecords())
    if (!record.accelerated && serves(record, op, isa) &&
        (!best || record.cost(op) < best->cost(op)))
      best = &record;
  return best;
}

static LogicalResult selectKernel(ComputeOpInterface op,
                                  const PartRecord &part) {
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
  const KernelRecord *record = findKernel(op, part.isa);
  if (!record)
    return op->emitOpError("has no kernel that can do it on ") << part.name;
  op.setKernelAttr(StringAttr::get(op.getContext(), record->name));
  return success();
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
    if (!llvm::is_contained({"time", "balanced", "ram", "flash"}, optimize)) {
      getOperation().emitError() << "unknown optimization '" << optimize
                                 << "'; known are time, balanced, ram, flash";
      return signalPassFailure();
    }
    WalkResult result = getOperation().walk([&](ComputeOpInterface op) {
      return WalkResult(selectKernel(op, *part));
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
