//===- UserFiles.h - C files of the user ------------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Headers and sources that a JSON file names, relative to itself, and that are
// copied into the output.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DRIVER_USERFILES_H
#define STM32_LIB_DRIVER_USERFILES_H

#include "JsonFile.h"

#include "stm32/Target/C/OutputFolder.h"

namespace mlir::stm32 {

/// Checks that the paths are names of C files that can stand in an output
/// folder; `header` may be "".
llvm::Error checkUserFiles(const JsonEntry &entry, llvm::StringRef header,
                           llvm::ArrayRef<std::string> sources);

/// Checks a target key, which is the name of a folder of a Model Library Format
/// archive; "" is none.
llvm::Error checkTargetKey(const JsonEntry &entry, llvm::StringRef key);

/// Adds files to those of an output, each path once.
class UserFiles {
public:
  explicit UserFiles(llvm::SmallVectorImpl<OutputFile> &files);
  /// `path` is that of the JSON file, `targetKey` that of the device that the
  /// files are for, or "". Two files of one name are an error.
  llvm::Error add(llvm::StringRef path, const std::string &targetKey,
                  llvm::StringRef header, llvm::ArrayRef<std::string> sources);

private:
  llvm::Error addOne(llvm::StringRef path, const std::string &targetKey,
                     llvm::StringRef relative);

  llvm::SmallVectorImpl<OutputFile> &files;
  llvm::StringSet<> added, taken;
};

} // namespace mlir::stm32

#endif // STM32_LIB_DRIVER_USERFILES_H
