//===- STM32ToEmitC.h - From planned buffers to C files ---------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_CONVERSION_STM32TOEMITC_STM32TOEMITC_H
#define STM32_CONVERSION_STM32TOEMITC_STM32TOEMITC_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

#include "mlir/Dialect/EmitC/IR/EmitC.h"
#include "mlir/Pass/Pass.h"

namespace mlir::stm32 {

#define GEN_PASS_DECL
#include "stm32/Conversion/STM32ToEmitC/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "stm32/Conversion/STM32ToEmitC/Passes.h.inc"

} // namespace mlir::stm32

#endif // STM32_CONVERSION_STM32TOEMITC_STM32TOEMITC_H
