//===- Driver.h - From a model to a folder of C files -----------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What stm32-compile does, as a library: reads a model of any level, runs the
// pipelines that are left, and writes the C files, the runtime's files that
// they need and report.json.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DRIVER_DRIVER_H
#define STM32_DRIVER_DRIVER_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace mlir::stm32 {

struct CompileOptions {
  /// Paths of .tflite or MLIR files. Several models share the runtime's files
  /// and their pools of activations.
  std::vector<std::string> models;
  std::string folder;                ///< of the output; the file of an archive
  std::string emit = "c";            ///< c: a folder; mlf: an archive
  std::string target;                ///< name of a part
  std::vector<std::string> names;    ///< of the models in C; none: their own
  std::string group = "models";      ///< name of several models together
  std::string optimize = "balanced"; ///< time, balanced, ram or flash
  std::string customOps;             ///< path of a file of bindings, or ""
  std::vector<std::string> accelerators; ///< paths of their files
  std::string memory;                    ///< path of a file of pools, or ""
  std::string tuning;                    ///< path of a file of choices, or ""
  std::vector<std::string> apis;         ///< further shapes of the functions
  bool streamInput = false;              ///< the first input comes row by row
  bool keepConstantChannels = false;     ///< compute what never varies, too
  bool fullNames = false; ///< keep joined names inside of the network
  double cascadeBudget = 15.0;           ///< instructions of bands, in percent
  int64_t targetPeak = 0;                ///< bytes that are few enough; 0: none
  bool fit = false;                      ///< try what it takes to fit the part
  bool relocatable = false; ///< make an image that can be loaded too
  std::string compiler;     ///< of the image; "": that of the part
  bool listChoices = false; ///< print what could be chosen, and stop
  bool emitMlir = false;    ///< write the IR of each level too
  bool timing = false;      ///< print where the time went, to the error stream
  bool quiet = false;       ///< no summary
};

/// Compiles; the summary goes to `out`, errors are printed on `err`. After a
/// failure the folder is as it was. With `listChoices` a JSON object goes to
/// `out` instead: what a tuning file can name, see docs/Tuning.md.
LogicalResult compile(const CompileOptions &options, llvm::raw_ostream &out,
                      llvm::raw_ostream &err);

/// Prints the parts that can be a target, one a line.
void listTargets(llvm::raw_ostream &out);

/// Prints the records of the parts as JSON: a list of objects with `name`,
/// `core`, `cpu`, `mhz` and `memories`, each of those with `name`, `address`,
/// `size` (0: no limit) and `flash`.
void listParts(llvm::raw_ostream &out);

/// Prints the operators that can be imported as JSON: a list of objects with
/// `name`, `custom`, `types` and `notes`.
void listOperators(llvm::raw_ostream &out);

/// Prints the records of the runtime's kernels as JSON: a list of objects with
/// `name`, `operation`, `source` and `isa` (c, dsp or mve).
void listKernels(llvm::raw_ostream &out);

} // namespace mlir::stm32

#endif // STM32_DRIVER_DRIVER_H
