//===- STM32Custom.h - Operators of the user and of TFLM --------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_IR_STM32CUSTOM_H
#define STM32_DIALECT_STM32_IR_STM32CUSTOM_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32CustomOps.h.inc"

#endif // STM32_DIALECT_STM32_IR_STM32CUSTOM_H
