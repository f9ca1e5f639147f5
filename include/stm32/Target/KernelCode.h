//===- KernelCode.h - How much code a kernel brings -------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_KERNELCODE_H
#define STM32_TARGET_KERNELCODE_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace mlir::stm32 {

/// Bytes of code and tables of the runtime's kernel of that name, compiled for
/// size, if no other kernel is linked; 0 if nobody knows. They are measured:
/// utils/kernel_code.py writes KernelCode.inc.
int64_t getKernelCode(llvm::StringRef kernel);

} // namespace mlir::stm32

#endif // STM32_TARGET_KERNELCODE_H
