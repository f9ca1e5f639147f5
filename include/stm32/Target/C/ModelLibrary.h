//===- ModelLibrary.h - Model Library Format --------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tar of version 7 of TVM's Model Library Format:
//
//   metadata.json                 what there is, sizes, targets
//   codegen/host/{src,include}    generated C, and files of the user
//   codegen/<key>/{src,include}   files for a device with that target key
//   runtime/{src,include}         the runtime and the kernels in use
//   parameters/<name>.params      constants by name, TVM's format
//   executor-config/aot/<name>.json   report.json
//   src/<name>.mlir               the model
//
// docs/ModelLibraryFormat.md describes each of them.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_C_MODELLIBRARY_H
#define STM32_TARGET_C_MODELLIBRARY_H

#include "stm32/Target/C/ModelPlan.h"
#include "stm32/Target/C/TranslateToC.h"
#include "stm32/Target/PartRecords.h"

#include "llvm/Support/Error.h"

namespace mlir::stm32 {

/// One model of an archive.
struct LibraryModel {
  const ModelPlan *plan;
  std::string report;             ///< text of report.json
  SmallVector<OutputFile> levels; ///< its IR, the highest level first
};

/// Writes the archive at `path`. `files` are those of all models. Equal input
/// gives equal bytes; after an error there is no new file.
llvm::Error writeModelLibrary(StringRef path, const PartRecord &part,
                              ArrayRef<LibraryModel> models,
                              ArrayRef<OutputFile> files);

} // namespace mlir::stm32

#endif // STM32_TARGET_C_MODELLIBRARY_H
