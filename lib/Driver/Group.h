//===- Group.h - Several models of one firmware ------------------*- C++
//-*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DRIVER_GROUP_H
#define STM32_LIB_DRIVER_GROUP_H

#include "stm32/Driver/Driver.h"

namespace mlir::stm32 {

/// Compiles all models into one folder: each has its own files, the runtime is
/// there once, and <group>.h, <group>.ld and report.json say how large pools
/// are that the models use one after the other.
LogicalResult compileGroup(const CompileOptions &options,
                           llvm::raw_ostream &out, llvm::raw_ostream &err);

} // namespace mlir::stm32

#endif // STM32_LIB_DRIVER_GROUP_H
