//===- TuningFile.h - The file of --tuning ----------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What was measured to be best for one model, described in docs/Tuning.md:
//
//   {"version": 1, "model": "SHA-256 of the file", "target": "generic-m4",
//    "optimize": "ram",
//    "choices": [{"operator": "conv1", "kernel": "stm32rt_conv_2d_s8_dsp"}],
//    "cascades": [{"first": "conv1", "last": "conv3", "rows": 4}]}
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DRIVER_TUNINGFILE_H
#define STM32_LIB_DRIVER_TUNINGFILE_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"
#include "stm32/Target/PartRecords.h"

#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace mlir::stm32 {

struct TuningFile {
  /// The operator that writes a tensor, and the kernel that it is to have.
  struct Choice {
    std::string tensor, kernel;
  };
  struct Cascade {
    std::string first, last; ///< tensors
    int64_t rows = 0;
  };
  std::string path;
  std::string model, target, optimize;
  std::vector<Choice> choices;
  /// In place of those that would be searched for, if there is a list.
  std::optional<std::vector<Cascade>> cascades;
};

/// Reads the file at `path`. What a tuner notes for itself is not looked at.
llvm::Expected<TuningFile> readTuning(llvm::StringRef path);

/// Fails unless the file is for a model with this `digest`, a part with the core
/// of `part` and this aim.
llvm::Error checkTuning(const TuningFile &file, llvm::StringRef digest,
                        const PartRecord &part, llvm::StringRef optimize);

/// Gives operators of `model`, on tensors and without kernels, the kernels of
/// the file, and asks for its cascades.
llvm::Error applyTuning(const TuningFile &file, const PartRecord &part,
                        ModelOp model);

} // namespace mlir::stm32

#endif // STM32_LIB_DRIVER_TUNINGFILE_H
