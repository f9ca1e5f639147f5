//===- OutputFolder.h - Writing all files or none ---------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_C_OUTPUTFOLDER_H
#define STM32_TARGET_C_OUTPUTFOLDER_H

#include "stm32/Target/C/TranslateToC.h"

#include "llvm/Support/Error.h"

namespace mlir::stm32 {

/// Writes `files` into `folder`, which is made if it is not there. They are
/// written beside it first and moved only once all are complete, so after an
/// error the folder is as it was. Other files in it stay.
llvm::Error writeOutputFolder(StringRef folder, ArrayRef<OutputFile> files);

} // namespace mlir::stm32

#endif // STM32_TARGET_C_OUTPUTFOLDER_H
