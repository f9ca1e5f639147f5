//===- AcceleratorFile.h - The file of --accelerator ------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an accelerator takes over, described in docs/Accelerators.md:
//
//   {"target_key": "accel-conv2d", "configure": "conv_engine_configure",
//    "header": "conv_engine.h", "sources": ["conv_engine.c"],
//    "pool": {"size": 8192, "alignment": 32},
//    "kernels": [{"function": "conv_engine_run", "like": "stm32rt_conv_2d_s8",
//                 "windows": [[3, 3]], "min_macs": 100000}]}
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DRIVER_ACCELERATORFILE_H
#define STM32_LIB_DRIVER_ACCELERATORFILE_H

#include "stm32/Target/Accelerators.h"
#include "stm32/Target/PartRecords.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace mlir::stm32 {

/// Reads the file at `path` and registers the accelerator's kernels. It lives as
/// long as the program: kernel records point to it.
llvm::Expected<const Accelerator *> readAccelerator(llvm::StringRef path);

/// Gives operators of `model`, on tensors and without kernels, to the
/// accelerators, the first that takes one. Each that got one gets its pool.
/// Tensors that are named and do not exist are errors.
llvm::Error assignAccelerators(llvm::ArrayRef<const Accelerator *> accelerators,
                               const PartRecord &part, ModuleOp module,
                               ModelOp model);

} // namespace mlir::stm32

#endif // STM32_LIB_DRIVER_ACCELERATORFILE_H
