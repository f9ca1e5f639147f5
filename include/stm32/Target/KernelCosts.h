//===- KernelCosts.h - What the runtime's kernels cost ----------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The instructions that a kernel takes for an operation are estimated as a sum:
// numbers that describe the operation (outputs, products, rows under windows),
// each times a price. Prices are fitted to counts, for cores of each instruction
// set by themselves: lib/Target/Records/KernelCosts.inc, which is written by
// `stm32-mlir bench --kernels --write-costs`. docs/Kernels.md has more.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_KERNELCOSTS_H
#define STM32_TARGET_KERNELCOSTS_H

#include "stm32/Target/KernelRecords.h"

namespace mlir::stm32 {

/// Estimated instructions of one run on a core of that instruction set. What
/// was never counted has the cost of its record.
double getCost(const KernelRecord &record, ComputeOpInterface op, Isa core);

/// Name and value of the numbers of `op` that are not 0.
using CostFeatures = std::vector<std::pair<llvm::StringRef, double>>;
CostFeatures getCostFeatures(ComputeOpInterface op);

} // namespace mlir::stm32

#endif // STM32_TARGET_KERNELCOSTS_H
