//===- KernelCode.cpp - How much code a kernel brings ---------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/KernelCode.h"

#include "llvm/ADT/StringMap.h"

int64_t mlir::stm32::getKernelCode(llvm::StringRef kernel) {
  static const llvm::StringMap<int64_t> bytes = {
#include "stm32/Target/KernelCode.inc"
  };
  return bytes.lookup(kernel);
}
