//===- Accelerators.h - Operators that something else runs ------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An accelerator brings functions that are called in place of kernels of the
// runtime, with the same arguments. Each becomes a kernel record of its own, a
// copy of that of the kernel it is like. docs/Accelerators.md describes both
// sides.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_ACCELERATORS_H
#define STM32_TARGET_ACCELERATORS_H

#include "stm32/Target/KernelRecords.h"

#include <optional>
#include <string>
#include <vector>

namespace mlir::stm32 {

struct Accelerator;

/// A function of an accelerator, and which operators it takes of those that the
/// kernel it is like can do. An empty list or 0 asks for nothing.
struct AcceleratedKernel {
  using Pair = std::pair<int64_t, int64_t>; ///< height and width

  std::string function; ///< in C
  std::string like;     ///< name of a kernel of the runtime
  std::vector<std::string> tensors;
  std::vector<Pair> windows, strides;
  int64_t minMacs = 0;
  const Accelerator *accelerator = nullptr;

  bool accepts(ComputeOpInterface op) const;
};

struct Accelerator {
  /// Memory that is the accelerator's alone; sizes in bytes.
  struct Pool {
    int64_t size = 0, alignment = 16;
    std::string region; ///< "": that of the activations
  };
  std::string path;      ///< of its file, for messages
  std::string targetKey; ///< e.g. "accel-conv2d"
  std::string configure; ///< function in C that create calls, or ""
  std::string header;    ///< that declares the functions
  std::vector<std::string> sources;
  std::optional<Pool> pool;
  std::vector<AcceleratedKernel> kernels;
};

/// Adds the records of an accelerator's kernels; it must outlive every use. Why
/// that is not possible, or "". Once for each name: later ones replace it.
std::string registerAccelerator(Accelerator &accelerator);

/// What runs `op`, or null: the core.
const Accelerator *getAccelerator(ComputeOpInterface op);

/// The first kernel of `accelerator` that can do `op` and accepts it, or null.
const KernelRecord *findAcceleratedKernel(const Accelerator &accelerator,
                                          ComputeOpInterface op);

} // namespace mlir::stm32

#endif // STM32_TARGET_ACCELERATORS_H
