//===- STM32MovementOps.td - Operators that move values ----*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32MOVEMENTOPS_TD
#define STM32_DIALECT_STM32MOVEMENTOPS_TD

include "stm32/Dialect/STM32/IR/STM32ComputeBase.td"

def STM32_StridedCopyOp : STM32_UnaryOp<"strided_copy", "COPY",
    (ins I64Attr:$offset, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides,
         DefaultValuedAttr<I64Attr, "0">:$dest_offset,
         OptionalAttr<DenseI64ArrayAttr>:$dest_strides,
         OptionalAttr<StrAttr>:$function)> {
  let summary = "Transpose, slice, tile, reverse: any copy that is loops";
  let description = [{
    Loops of `sizes`, the outermost first, at most 6 (rule N50 of
    docs/numerics/Movement.md):

        y[n] = x[offset + sum i_d * strides_d]

    where `n` counts the iterations, and `x` and `y` are numbered in row-major
    order whatever their shapes are. A stride of 0 repeats values, a negative one
    reverses them. `function` is the operator in the source model, for reports.

    On buffers the result may be a part of the destination: iteration `n` writes
    `y[dest_offset + sum i_d * dest_strides_d]`.

    Example (a transpose):

    ```mlir
    %y = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 8, 6>,
      strides = array<i64: 1, 8>} : (tensor<6x8xi16>) -> tensor<8x6xi16>
    ```
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    ::llvm::StringRef getKind() { return getFunction().value_or("COPY"); }
    unsigned getNumActivations() { return 1; }
    void getEffects(::llvm::SmallVectorImpl<
        ::mlir::SideEffects::EffectInstance<::mlir::MemoryEffects::Effect>>
        &effects) {
      ::mlir::stm32::detail::getComputeEffects(*this, effects);
    }
    /// The loops, in elements.
    ::mlir::stm32::CopyLoops getLoops();
  }];
}

def STM32_ConcatOp : STM32_Op<"concat", [Pure]> {
  let summary = "Tensors one behind the other";
  let description = [{
    Along dimension `axis`; all other dimensions are equal. Only on tensors: on
    buffers the operators before it write into parts of one buffer, or
    `stm32.strided_copy` copies their results there.

    Example:

    ```mlir
    %y = stm32.concat %a, %b {axis = 1 : i64}
      : tensor<1x2x4xi8>, tensor<1x3x4xi8> -> tensor<1x5x4xi8>
    ```
  }];
  let arguments = (ins Variadic<AnyStaticShapeTensor>:$inputs, I64Attr:$axis);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat =
    "$inputs attr-dict `:` type($inputs) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def STM32_GatherOp : STM32_BinaryOp<"gather", "GATHER",
    (ins I64Attr:$axis, I64Attr:$batch_dims)> {
  let summary = "Slices by their indices";
  let description = [{
    With `x` as [B, O, A, I] (`axis` is A, the first `batch_dims` dimensions are
    B) and the indices, int32 or int64, as [B, K]:

        y[b, o, k, i] = x[b, o, indices[b, k], i]

    An index outside of A counts as the nearest one (rule N52 of
    docs/numerics/Movement.md).

    Example:

    ```mlir
    %y = stm32.gather %x, %i {axis = 1 : i64, batch_dims = 0 : i64}
      : (tensor<2x9x4xi8>, tensor<3xi32>) -> tensor<2x3x4xi8>
    ```
  }];
}

def STM32_GatherNDOp : STM32_BinaryOp<"gather_nd", "GATHER_ND", (ins)> {
  let summary = "Slices by their coordinates";
  let description = [{
    The last dimension of the indices, int32 or int64, has the coordinates of a
    slice in the leading dimensions of `x`. A coordinate outside of its dimension
    counts as the nearest one (rule N52 of docs/numerics/Movement.md).

    Example:

    ```mlir
    %y = stm32.gather_nd %x, %i
      : (tensor<4x5x8xf32>, tensor<3x2xi32>) -> tensor<3x8xf32>
    ```
  }];
}

def STM32_ResizeBilinearOp
    : STM32_ConstantsOp<"resize_bilinear", "RESIZE_BILINEAR",
        "\"rows\", \"row_weights\", \"columns\", \"column_weights\"",
        (ins UnitAttr:$from_uint8)> {
  let summary = "Images of another size, interpolated";
  let description = [{
    Input [N, H, W, C], output [N, H', W', C]. Row r of the output lies between
    rows `rows[r][0]` and `rows[r][1]` of the input, with weight `row_weights[r]`
    for the second; likewise columns (rule N53 of docs/numerics/Movement.md).
    Weights are float32, or integers in units of 1/1024 for int8 and int16. With
    `from_uint8` the values stand for uint8 less 128, and weights are float32.

    Example:

    ```mlir
    %y = stm32.resize_bilinear %x constants(%r, %rw, %c, %cw)
      : (tensor<1x2x2x8xi8>, tensor<4x2xi32>, tensor<4xi32>, tensor<3x2xi32>,
         tensor<3xi32>) -> tensor<1x4x3x8xi8>
    ```
  }];
  let extraClassDeclaration = constantsDeclaration;
}

#endif // STM32_DIALECT_STM32MOVEMENTOPS_TD
