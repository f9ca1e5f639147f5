//===- Accelerators.cpp - Operators that something else runs --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/Accelerators.h"

#include "stm32/Dialect/STM32/IR/STM32Window.h"

using namespace mlir;
using namespace mlir::stm32;

static bool contains(ArrayRef<AcceleratedKernel::Pair> pairs,
                     ArrayRef<int64_t> value) {
  return pairs.empty() ||
         llvm::is_contained(pairs, AcceleratedKernel::Pair(value[0], value[1]));
}

bool AcceleratedKernel::accepts(ComputeOpInterface op) const {
  if (!tensors.empty() &&
      llvm::none_of(tensors, [&](const std::string &tensor) {
        return matchesTensorName(getTensorName(op->getLoc()), tensor);
      }))
    return false;
  if (static_cast<int64_t>(op.getMacs()) < minMacs)
    return false;
  if (windows.empty() && strides.empty())
    return true;
  auto window = dyn_cast<WindowOpInterface>(op.getOperation());
  return window && contains(windows, window.getWindow()) &&
         contains(strides, window.getStrides());
}

std::string stm32::registerAccelerator(Accelerator &accelerator) {
  for (AcceleratedKernel &kernel : accelerator.kernels) {
    kernel.accelerator = &accelerator;
    const KernelRecord *like = lookupKernelRecord(kernel.like);
    if (!like || like->accelerated)
      return "'" + kernel.like +
             "' is no kernel of the runtime, see stm32-compile --list-kernels";
    if (const KernelRecord *known = lookupKernelRecord(kernel.function);
        known && !known->accelerated)
      return "'" + kernel.function + "' is a kernel of the runtime";
    KernelRecord record = *like;
    record.name = kernel.function;
    record.source = "";
    record.accelerated = &kernel;
    replaceKernelRecord(record);
  }
  return "";
}

const Accelerator *stm32::getAccelerator(ComputeOpInterface op) {
  const KernelRecord *record =
      op.getKernelAttr() ? lookupKernelRecord(op.getKernelAttr()) : nullptr;
  return record && record->accelerated ? record->accelerated->accelerator
                                       : nullptr;
}

const KernelRecord *stm32::findAcceleratedKernel(const Accelerator &accelerator,
                                                 ComputeOpInterface op) {
  for (const AcceleratedKernel &kernel : accelerator.kernels) {
    const KernelRecord *record = lookupKernelRecord(kernel.function);
    if (record && canServe(*record, op) && kernel.accepts(op))
      return record;
  }
  return nullptr;
}
