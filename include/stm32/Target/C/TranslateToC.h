//===- TranslateToC.h - From L5 to the text of C files ----------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_C_TRANSLATETOC_H
#define STM32_TARGET_C_TRANSLATETOC_H

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace mlir::stm32 {

/// One file of the output: its name without a folder, and all of its text.
struct OutputFile {
  enum class Kind {
    Generated, ///< for this model
    Runtime,   ///< the same for all models
    User,      ///< what custom operators call
  };
  std::string name;
  std::string text;
  Kind kind = Kind::Generated;
  /// The device that the file is for, such as "accel-conv2d"; "" for the core.
  std::string targetKey = {};
};

/// Text of each `emitc.file` of `module`, in order.
LogicalResult translateToC(ModuleOp module, SmallVectorImpl<OutputFile> &files);

/// Registers `--mlir-to-c` with the translation tool: prints every file behind
/// a line with its name, or just the one that `--stm32-file` names.
void registerMlirToCTranslation();

} // namespace mlir::stm32

#endif // STM32_TARGET_C_TRANSLATETOC_H
