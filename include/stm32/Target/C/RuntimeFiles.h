//===- RuntimeFiles.h - The runtime inside of the compiler ------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The text of every file of the runtime is compiled into this library, so the
// output of the compiler is complete wherever it runs.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_C_RUNTIMEFILES_H
#define STM32_TARGET_C_RUNTIMEFILES_H

#include "stm32/Target/C/ModelPlan.h"
#include "stm32/Target/C/TranslateToC.h"

namespace mlir::stm32 {

/// A file of the runtime; `path` is relative to runtime/.
struct RuntimeFile {
  StringRef path;
  StringRef text;
};

/// All files, sorted by path.
ArrayRef<RuntimeFile> getRuntimeFiles();

/// Shapes of a model's functions that are there on request: the folders of
/// runtime/api.
SmallVector<std::string> getRuntimeApis();

/// Adds the headers, the common sources, those of `apis` and the sources of the
/// kernels that `plan` uses, once each and without folders.
LogicalResult addRuntimeFiles(const ModelPlan &plan, ArrayRef<std::string> apis,
                              SmallVectorImpl<OutputFile> &files);

/// Adds what firmware needs to load an image.
void addLoaderFiles(SmallVectorImpl<OutputFile> &files);

} // namespace mlir::stm32

#endif // STM32_TARGET_C_RUNTIMEFILES_H
