//===- Passes.h - Passes on the stm32 dialect -------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The passes are documented in Passes.td; each has one .cpp file of its name.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_TRANSFORMS_PASSES_H
#define STM32_DIALECT_STM32_TRANSFORMS_PASSES_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::stm32 {

#define GEN_PASS_DECL
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"

} // namespace mlir::stm32

#endif // STM32_DIALECT_STM32_TRANSFORMS_PASSES_H
