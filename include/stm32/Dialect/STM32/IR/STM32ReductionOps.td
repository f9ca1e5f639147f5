//===- STM32ReductionOps.td - Operators along dimensions ---*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32REDUCTIONOPS_TD
#define STM32_DIALECT_STM32REDUCTIONOPS_TD

include "stm32/Dialect/STM32/IR/STM32ComputeBase.td"

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

def STM32_Reduction
    : I32EnumAttr<"Reduction", "what one output is made of", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Mean", 1, "mean">,
    I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"Min", 3, "min">,
    I32EnumAttrCase<"ArgMax", 4, "arg_max">,
    I32EnumAttrCase<"ArgMin", 5, "arg_min">]> {
  let cppNamespace = "::mlir::stm32";
  let genSpecializedAttr = 0;
}

def STM32_ReductionAttr
    : EnumAttr<STM32_Dialect, STM32_Reduction, "reduction"> {
  let summary = "What one output of a reduction is made of";
  let description = [{
    The sum, mean, greatest or least value of its elements, or the index of the
    first one that is greatest or least.
  }];
}

def STM32_ReduceOp : STM32_ComputeOp<"reduce", "", [STM32_Compute]> {
  let summary = "Sum, mean, maximum or index along some dimensions";
  let description = [{
    `axes` are the reduced dimensions of the input, sorted; rank is 6 at most.
    The output holds the other dimensions, the reduced ones kept as 1 or
    dropped.

    | reduction | input | output |
    |---|---|---|
    | `sum`, `mean` | int8, int16 | the same, with `input_zp` and `requant` |
    | `sum`, `mean` | float32 | the same |
    | `sum`, `mean` | int32 | the same, a sum modulo 2^32 |
    | `max`, `min` | int8, int16, int32, float32 | the same |
    | `arg_max`, `arg_min` | int8, int32, float32, one axis | int32, int64 |

    Quantised sums and means are

        y = requant(sum (x - input_zp)), a mean's multiplier including 1 / count

    Rules N10 and N65 to N67 of docs/Numerics.md.

    Example:

    ```mlir
    %y = stm32.reduce mean %x {axes = array<i64: 1, 2>, input_zp = -128 : i32,
      requant = #stm32.requant<[1073741824], [34], zp = -128, clamp = [-128, 127]>}
      : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
    %i = stm32.reduce arg_max %y {axes = array<i64: 1>}
      : (tensor<1x8xi8>) -> tensor<1xi32>
    ```
  }];
  let arguments = (ins STM32_AnyActivation:$input,
    Optional<STM32_AnyBuffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    STM32_ReductionAttr:$reduction, DenseI64ArrayAttr:$axes,
    DefaultValuedAttr<I32Attr, "0">:$input_zp,
    OptionalAttr<STM32_RequantAttr>:$requant, STM32_Kernel:$kernel);
  let results = (outs Optional<AnyStaticShapeTensor>:$result);
  let assemblyFormat = [{
    $reduction $input (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// The name of the operator in reports: MEAN, REDUCE_MAX, ...
    ::llvm::StringRef getKind();
    void getEffects(::llvm::SmallVectorImpl<
        ::mlir::SideEffects::EffectInstance<::mlir::MemoryEffects::Effect>>
        &effects) {
      ::mlir::stm32::detail::getComputeEffects(*this, effects);
    }
  }];
}

//===----------------------------------------------------------------------===//
// Normalisations of the last dimension
//===----------------------------------------------------------------------===//

def STM32_SoftmaxOp : STM32_UnaryOp<"softmax", "SOFTMAX",
    (ins DefaultValuedAttr<I32Attr, "0">:$multiplier,
         DefaultValuedAttr<I32Attr, "0">:$left_shift,
         DefaultValuedAttr<I32Attr, "0">:$diff_min,
         OptionalAttr<F32Attr>:$beta)> {
  let summary = "Softmax over the last dimension";
  let description = [{
    | input | output | attributes |
    |---|---|---|
    | int8 | int8, scale 1/256, zero point -128 | `multiplier`, `left_shift`, `diff_min` |
    | int8 | int16, scale 1/65536, zero point -32768 | the same |
    | int16 | int16, scale 1/32768 | `multiplier`, `left_shift`, which may be negative |
    | float32 | float32 | `beta` |

    `multiplier` and `left_shift` scale `x - max`: of int8 values to 5 integer
    bits, where values below `diff_min` count as zero (rule N12 of
    docs/Numerics.md), of int16 values so that -65535 stands for -10 (rule N68).
    Floats are multiplied by `beta` (rule N69).

    Example:

    ```mlir
    %y = stm32.softmax %x {multiplier = 1073741824 : i32,
      left_shift = 24 : i32, diff_min = -124 : i32}
      : (tensor<1x10xi8>) -> tensor<1x10xi8>
    ```
  }];
}

def STM32_LogSoftmaxOp : STM32_UnaryOp<"log_softmax", "LOG_SOFTMAX",
    (ins DefaultValuedAttr<I32Attr, "0">:$multiplier,
         DefaultValuedAttr<I32Attr, "0">:$left_shift,
         DefaultValuedAttr<I32Attr, "0">:$diff_min,
         DefaultValuedAttr<I32Attr, "0">:$inverse_multiplier,
         DefaultValuedAttr<I32Attr, "0">:$inverse_shift)> {
  let summary = "Logarithm of the softmax over the last dimension";
  let description = [{
    float32, or int8 to int8 with scale 1/16 and zero point 127. `multiplier`,
    `left_shift` and `diff_min` are those of `stm32.softmax`;
    `inverse_multiplier` and `inverse_shift` (a right shift) scale back (rule N70
    of docs/Numerics.md). float32 has no attributes.

    Example:

    ```mlir
    %y = stm32.log_softmax %x {multiplier = 1717986918 : i32,
      left_shift = 23 : i32, diff_min = -248 : i32,
      inverse_multiplier = 1342177281 : i32, inverse_shift = 53 : i32}
      : (tensor<1x10xi8>) -> tensor<1x10xi8>
    ```
  }];
}

def STM32_L2NormalizeOp : STM32_UnaryOp<"l2_normalize", "L2_NORMALIZATION",
    (ins DefaultValuedAttr<I32Attr, "0">:$input_zp,
         DefaultValuedAttr<I32Attr, "0">:$left_shift)> {
  let summary = "The last dimension divided by its Euclidean norm";
  let description = [{
    float32, or int8 to int8 with scale 1/128 and zero point 0. `left_shift`
    bits of the differences to `input_zp` are made before they are multiplied
    with the inverse norm, which decides the rounding: 0 for int8, 7 for what was
    uint8 (rule N71 of docs/Numerics.md). float32 has no attributes.

    Example:

    ```mlir
    %y = stm32.l2_normalize %x {input_zp = 3 : i32}
      : (tensor<1x10xi8>) -> tensor<1x10xi8>
    ```
  }];
}

#endif // STM32_DIALECT_STM32REDUCTIONOPS_TD
