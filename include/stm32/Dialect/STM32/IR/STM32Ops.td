//===- STM32Ops.td - All operations of the dialect ---------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32OPS_TD
#define STM32_DIALECT_STM32OPS_TD

include "stm32/Dialect/STM32/IR/STM32StructureOps.td"
include "stm32/Dialect/STM32/IR/STM32ComputeOps.td"
include "stm32/Dialect/STM32/IR/STM32ElementwiseOps.td"
include "stm32/Dialect/STM32/IR/STM32MovementOps.td"
include "stm32/Dialect/STM32/IR/STM32ReductionOps.td"
include "stm32/Dialect/STM32/IR/STM32RecurrentOps.td"
include "stm32/Dialect/STM32/IR/STM32CustomOps.td"
include "stm32/Dialect/STM32/IR/STM32SignalOps.td"

#endif // STM32_DIALECT_STM32OPS_TD
