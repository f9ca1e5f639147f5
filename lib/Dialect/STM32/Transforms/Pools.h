//===- Pools.h - Pools that a model needs -----------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DIALECT_STM32_TRANSFORMS_POOLS_H
#define STM32_LIB_DIALECT_STM32_TRANSFORMS_POOLS_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"
#include "stm32/Target/PartRecords.h"

#include "mlir/IR/BuiltinOps.h"

namespace mlir::stm32 {

/// Declares the part's first memories and a pool in each, where the module does
/// not bring its own; returns the default pool for activations.
FailureOr<PoolOp> preparePools(ModuleOp module, const PartRecord &part);

/// A pool for the states of `model` alone: one that the module brings and no
/// other model uses, or a new one beside `activations`.
PoolOp prepareStatesPool(ModelOp model, PoolOp activations);

} // namespace mlir::stm32

#endif // STM32_LIB_DIALECT_STM32_TRANSFORMS_POOLS_H
