//===- Passes.td - From TOSA to the stm32 dialect ----------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_CONVERSION_TOSATOSTM32_PASSES_TD
#define STM32_CONVERSION_TOSATOSTM32_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertTosaToSTM32 : Pass<"convert-tosa-to-stm32", "::mlir::ModuleOp"> {
  let summary = "Raise TOSA to operators with requantisation";
  let description = [{
    Turns each function into a `stm32.model`. TOSA writes one quantised operator
    as several operations through int32 tensors; the conversion reads them
    together:

    - `conv2d` or `depthwise_conv2d`, then `rescale`: a convolution;
    - `rescale` of both sides, `add`, `rescale`: an addition;
    - `rescale` between int8 tensors, `clamp`: `stm32.requantize`;
    - `slice` of trailing rows or columns before a window operator: dropped.

    `rescale` must be 32-bit with `DOUBLE_ROUND`, or with `SINGLE_ROUND` where
    no shift exceeds 31, since both are then the same. What cannot be expressed
    is reported in one error with a note for each operation.

    Assumes static shapes and constant weights, zero points and multipliers.
    Keeps locations, so tensors keep their names.
  }];
  let dependentDialects = ["::mlir::stm32::STM32Dialect"];
}

#endif // STM32_CONVERSION_TOSATOSTM32_PASSES_TD
