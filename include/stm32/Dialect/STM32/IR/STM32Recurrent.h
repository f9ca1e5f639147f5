//===- STM32Recurrent.h - State and recurrent operators ---------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_IR_STM32RECURRENT_H
#define STM32_DIALECT_STM32_IR_STM32RECURRENT_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32RecurrentOps.h.inc"

#endif // STM32_DIALECT_STM32_IR_STM32RECURRENT_H
