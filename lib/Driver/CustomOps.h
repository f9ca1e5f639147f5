//===- CustomOps.h - The file of --custom-ops -------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A list of objects, described in docs/CustomOperators.md:
//
//   [{"operator": "GELU", "function": "my_gelu_s8", "scratch": 64,
//     "header": "my_ops.h", "sources": ["my_ops.c"]}]
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DRIVER_CUSTOMOPS_H
#define STM32_LIB_DRIVER_CUSTOMOPS_H

#include "stm32/Target/C/ModelPlan.h"
#include "stm32/Target/C/OutputFolder.h"
#include "stm32/Target/TFLite/Import.h"

#include "llvm/Support/Error.h"

namespace mlir::stm32 {

/// Reads the file at `path`; unknown keys, wrong types and names that C cannot
/// have are errors that say where.
llvm::Expected<std::vector<CustomBinding>> readCustomOps(llvm::StringRef path);

/// Adds headers and sources of the functions that `plan` calls to `files`.
/// They lie relative to the file `path`.
llvm::Error addCustomFiles(const ModelPlan &plan,
                           llvm::ArrayRef<CustomBinding> bindings,
                           llvm::StringRef path,
                           llvm::SmallVectorImpl<OutputFile> &files);

} // namespace mlir::stm32

#endif // STM32_LIB_DRIVER_CUSTOMOPS_H
