//===- RelocatableImage.h - One file that firmware can load -----*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The files of a model, compiled for its part, become one image as
// runtime/image/stm32rt_image.h describes it: position-independent code,
// constants and the descriptor. Equal files and an equal compiler give equal
// bytes.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DRIVER_RELOCATABLEIMAGE_H
#define STM32_LIB_DRIVER_RELOCATABLEIMAGE_H

#include "stm32/Target/C/ModelPlan.h"
#include "stm32/Target/C/TranslateToC.h"
#include "stm32/Target/PartRecords.h"

#include "llvm/Support/Error.h"

namespace mlir::stm32 {

struct ImageOptions {
  const PartRecord *part;
  std::string compiler; ///< name or path; "": that of the part
  std::string optimize; ///< as stm32-compile has it
};

/// Compiles `files` in a temporary folder and makes an image of `plan`. Fails
/// if there is no compiler, if it fails, or if the sources, which may be the
/// user's own, have what an image cannot have: variables, references to what is
/// not there, code that depends on its address.
llvm::Expected<std::string> makeImage(const ModelPlan &plan,
                                      ArrayRef<OutputFile> files,
                                      const ImageOptions &options);

/// The image in `elf`, linked by runtime/image/build/image.ld.
llvm::Expected<std::string> readImage(StringRef elf, const ModelPlan &plan);

/// Bytes of RAM that loading `image` takes.
uint32_t getImageTablesSize(StringRef image);

/// Bytes in front of the code: the header and the pools.
size_t getImageCodeOffset(const ModelPlan &plan);

} // namespace mlir::stm32

#endif // STM32_LIB_DRIVER_RELOCATABLEIMAGE_H
