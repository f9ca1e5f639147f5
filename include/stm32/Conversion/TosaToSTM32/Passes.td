//===- Passes.td - From TOSA to the stm32 dialect ----------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_CONVERSION_TOSATOSTM32_PASSES_TD
#define STM32_CONVERSION_TOSATOSTM32_PASSES_TD

include "mlir/Pass/PassBase.td"

def STM32PrepareTosa : Pass<"stm32-prepare-tosa", "::mlir::ModuleOp"> {
  let summary = "Make TOSA of any front end static, named and plain";
  let description = [{
    Front ends leave the batch open, and write what a compiler has to clean up.
    For each function:

    - dimension 0 of an argument that is dynamic becomes 1; another dynamic
      dimension is an error. Shapes follow through the function, to the -1 in
      the shapes of `reshape` and `slice` and to the function's type.
    - Inputs and outputs without `#stm32.io` get one, with scale 0 as TOSA does
      not know quantisation. Names are those of `tf.entry_function`, else of
      locations.
    - Attributes of unknown dialects are removed from module and function.
    - Reshapes of constants are folded. A `clamp` moves in front of a reshape.
      A `clamp` to the whole range of an integer, a `rescale` that changes
      nothing and a cast to the same type are removed.

    What cannot be inferred stays dynamic; `--convert-tosa-to-stm32` reports it.
  }];
  let dependentDialects = ["::mlir::stm32::STM32Dialect",
                           "::mlir::tosa::TosaDialect"];
}

def STM32RecoverOperators
    : Pass<"stm32-recover-operators", "::mlir::ModuleOp"> {
  let summary = "Recover operators that TOSA spells out step by step";
  let description = [{
    TOSA has no softmax, mean or quantisation, so front ends spell them out. The
    pass finds the forms that `tosa-converter-for-tflite` writes and puts
    operations in their place that compute what the source model says:

    - softmax of int8, about 40 operations: `stm32.softmax`. Its parameters are
      searched; they are taken if the kernel's exponential equals the four tables
      for all 256 differences. Softmax of float32 too.
    - `rescale`, `reduce_sum` of some dimensions, `rescale`: `stm32.reduce mean`.
    - `mul`, `cast` (`add`, `cast`): `stm32.quantize`; `cast`, `sub`, `mul`:
      `stm32.dequantize`. The reference divides by the scale; TOSA multiplies with
      its rounded inverse. If two scales have that inverse, a warning says which
      is taken.
    - a `rescale` from or to uint8: `stm32.requantize`. An input or output whose
      only `rescale` has the flag becomes uint8.
    - an `add` or `sub` with a side that is one exact shift: shift and factor 1/2;
      a side of int16 that is a `cast` and a `logical_left_shift`: a `rescale`.
    - `minimum` and `maximum` in 32 bits: in the type of their inputs.
    - `tosa.variable` with its reads and writes: `stm32.state`, `stm32.read` and
      `stm32.assign`.

    The steps before remain as dead code. What has another form stays as it is;
    `--convert-tosa-to-stm32` converts or reports it.

    Functions with `stm32.signature` are left alone: the importer of .tflite spells
    nothing out. Assumes static shapes.
  }];
  let dependentDialects = ["::mlir::stm32::STM32Dialect",
                           "::mlir::tosa::TosaDialect"];
}

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
