//===- Passes.td - From planned buffers to C files ---------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_CONVERSION_STM32TOEMITC_PASSES_TD
#define STM32_CONVERSION_STM32TOEMITC_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertSTM32ToEmitC : Pass<"convert-stm32-to-emitc", "::mlir::ModuleOp"> {
  let summary = "Turn models on planned buffers into C files";
  let description = [{
    Each `stm32.model` on buffers becomes four `emitc.file` operations:
    `<name>.h`, `<name>.c`, `<name>_data.h` and `<name>_data.c`. Pools and memory
    regions go into them and disappear. docs/GeneratedCode.md describes the
    files.

    Every operator becomes one function that calls its kernel with a `const`
    descriptor; equal descriptors, as those of the bands of one layer, are
    stored once.

    Assumes that buffers, constants and kernels are assigned, as
    `--stm32-memory-pipeline` leaves them, and that the input zero points of
    convolutions and matrix products are folded into the biases
    (`--stm32-fold-zero-points`). What is missing is an error.
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"",
           "Part that the front matter of the files names">,
    Option<"optimize", "optimize", "std::string", /*default=*/"",
           "Aim that the front matter of the files names">,
    ListOption<"apis", "apis", "std::string",
               "Further shapes of the model's functions">,
    Option<"fullNames", "full-names", "bool", /*default=*/"false",
           "Keep names inside of the network that a front end joined">,
  ];
  let statistics = [
    Statistic<"numFiles", "num-files", "Number of files made">,
    Statistic<"numSharedDescriptors", "num-shared-descriptors",
              "Number of descriptors that an earlier operator has already">
  ];
  let dependentDialects = ["::mlir::emitc::EmitCDialect"];
}

#endif // STM32_CONVERSION_STM32TOEMITC_PASSES_TD
