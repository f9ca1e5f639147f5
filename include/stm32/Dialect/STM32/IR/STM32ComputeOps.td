//===- STM32ComputeOps.td - Operators of a network ---------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32COMPUTEOPS_TD
#define STM32_DIALECT_STM32COMPUTEOPS_TD

include "stm32/Dialect/STM32/IR/STM32ComputeBase.td"

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

// What follows the sums: either `requant`, or `float_clamp`.
defvar STM32_FromSums = (ins OptionalAttr<STM32_RequantAttr>:$requant,
                             OptionalAttr<STM32_FloatClamp>:$float_clamp);
// int8 weights with float32 activations: see `stm32.conv_2d`.
defvar STM32_Hybrid = (ins OptionalAttr<DenseF32ArrayAttr>:$weight_scales,
                           UnitAttr:$asymmetric_inputs);

// Operators that multiply an activation with constant weights.
class STM32_WeightedOp<string mnemonic, string kind, Type weights,
                       list<Trait> traits, dag attributes>
    : STM32_ComputeOp<mnemonic, kind, traits> {
  let arguments = !con((ins STM32_AnyActivation:$input,
    Optional<weights>:$weights, Optional<1DTensorOf<[I32, I64, F32]>>:$bias,
    Optional<1DTensorOf<[I8]>>:$packed,
    Optional<STM32_AnyBuffer>:$dest, Optional<STM32_I8Buffer>:$scratch),
    attributes, (ins STM32_Kernel:$kernel));
  let results = (outs Optional<AnyStaticShapeTensor>:$result);
  let assemblyFormat = [{
    $input (`weights` `(` $weights^ `)`)? (`bias` `(` $bias^ `)`)?
    (`packed` `(` $packed^ `)`)? (`into` $dest^)? (`scratch` `(` $scratch^ `)`)?
    attr-dict `:` functional-type(operands, results)
  }];
  string weightedDeclaration = commonDeclaration # [{
    uint64_t getMacs();
    bool hasConstants() { return true; }
  }];
}

class STM32_ConvOp<string mnemonic, string kind>
    : STM32_WeightedOp<mnemonic, kind, 4DTensorOf<[I8, F32]>,
                       [STM32_Compute, STM32_Window],
        !con((ins STM32_Pair:$window, STM32_Pair:$strides,
                  STM32_Pair:$dilations, STM32_Quad:$padding, I32Attr:$input_zp,
                  DefaultValuedAttr<I32Attr, "0">:$weights_zp,
                  I32Attr:$pad_value, DefaultValuedAttr<I32Attr, "1">:$groups),
             STM32_FromSums, STM32_Hybrid,
             (ins OptionalAttr<STM32_BandAttr>:$band))> {
  let extraClassDeclaration = weightedDeclaration # [{
    /// Output channels.
    int64_t getOutChannels() { return getOutputType().getDimSize(3); }
  }];
  let hasCanonicalizer = 1;
}

def STM32_Conv2DOp : STM32_ConvOp<"conv_2d", "CONV_2D"> {
  let summary = "2-D convolution with requantisation";
  let description = [{
    Input [N, H, W, I], weights [O, KH, KW, I], bias [O], output [N, H', W', O]:

        y[n,r,c,o] = requant(bias[o] + sum (x - input_zp) * w[o,kh,kw,i])

    where `x` outside the image reads `pad_value`; with `pad_value = input_zp`
    padding adds nothing. `padding` is top, bottom, left, right;
    `window` is [KH, KW]. With `groups`, the weights are [O, KH, KW, I / groups]
    and each of `groups` runs of output channels reads its own run of input
    channels. Activations, weights and bias, and the rule of the numeric
    contract (docs/Numerics.md, docs/numerics/Window.md):

    | x, y | w | bias | rule |
    |---|---|---|---|
    | i8 | i8 | i32 | N6; N55 where the weights have a zero point `weights_zp` |
    | i16 | i8 | i64 | N56, sums in 64 bits, requantisation rounds once |
    | i16 | i8 | i32 | N57, sums in 32 bits |
    | f32 | f32 | f32 | N58, `float_clamp` in place of `requant` |
    | f32 | i8 | f32 | N59: x is quantised as the operator runs; `weight_scales`
      has a scale for each channel or one, `asymmetric_inputs` chooses a zero
      point for x too |

    Example:

    ```mlir
    %y = stm32.conv_2d %x weights(%w) bias(%b) {
      dilations = array<i64: 1, 1>, input_zp = -128 : i32,
      pad_value = -128 : i32, padding = array<i64: 1, 1, 1, 1>,
      requant = #stm32.requant<[1518500250], [38], zp = -128, clamp = [-128, 127]>,
      strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
      : (tensor<1x8x8x1xi8>, tensor<4x3x3x1xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
    ```
  }];
}

def STM32_DepthwiseConv2DOp
    : STM32_ConvOp<"depthwise_conv_2d", "DEPTHWISE_CONV_2D"> {
  let summary = "Depthwise 2-D convolution with requantisation";
  let description = [{
    Input [N, H, W, I], weights [1, KH, KW, O] with O = I * M, output
    [N, H', W', O]; output channel `o` reads input channel `o / M`. Otherwise as
    `stm32.conv_2d`.

    Example:

    ```mlir
    %y = stm32.depthwise_conv_2d %x weights(%w) bias(%b) {
      dilations = array<i64: 1, 1>, input_zp = 0 : i32, pad_value = 0 : i32,
      padding = array<i64: 1, 1, 1, 1>,
      requant = #stm32.requant<[1518500250], [38], zp = 0, clamp = [0, 127]>,
      strides = array<i64: 2, 2>, window = array<i64: 3, 3>}
      : (tensor<1x9x9x4xi8>, tensor<1x3x3x4xi8>, tensor<4xi32>) -> tensor<1x5x5x4xi8>
    ```
  }];
}

def STM32_FullyConnectedOp
    : STM32_WeightedOp<"fully_connected", "FULLY_CONNECTED",
                       2DTensorOf<[I8, F32]>, [STM32_Compute],
        !con((ins I32Attr:$input_zp, DefaultValuedAttr<I32Attr, "0">:$weights_zp),
             STM32_FromSums, STM32_Hybrid)> {
  let summary = "Matrix product with requantisation";
  let description = [{
    Input with `rows * I` elements, weights [O, I], bias [O], output with
    `rows * O` elements:

        y[r,o] = requant(bias[o] + sum (x[r,i] - input_zp) * w[o,i])

    Types and rules as those of `stm32.conv_2d`.

    Example:

    ```mlir
    %y = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 3 : i32,
      requant = #stm32.requant<[1518500250], [38], zp = 0, clamp = [-128, 127]>}
      : (tensor<1x16xi8>, tensor<10x16xi8>, tensor<10xi32>) -> tensor<1x10xi8>
    ```
  }];
  let extraClassDeclaration = weightedDeclaration # [{
    /// Features of a row: the last dimension of the output.
    int64_t getOutFeatures();
    /// Rows of the product.
    int64_t getRows();
    int64_t getInFeatures();
  }];
  let hasCanonicalizer = 1;
}

def STM32_TransposeConv2DOp
    : STM32_WeightedOp<"transpose_conv_2d", "TRANSPOSE_CONV",
                       4DTensorOf<[I8, F32]>, [STM32_Compute],
        !con((ins STM32_Pair:$window, STM32_Pair:$strides,
                  ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<2>,
                      DenseArrayNonNegative<DenseI64ArrayAttr>]>:$padding,
                  I32Attr:$input_zp, DefaultValuedAttr<I32Attr, "0">:$weights_zp),
             STM32_FromSums)> {
  let summary = "Transposed 2-D convolution with requantisation";
  let description = [{
    Input [N, H, W, I], weights [O, KH, KW, I], bias [O], output [N, H', W', O].
    Input pixel (r, c) adds its products to the output pixels
    (r * stride - top + kh, c * stride - left + kw) that exist; `padding` is
    [top, left]:

        y[n,r',c',o] = requant(bias[o] + sum (x[n,r,c,i] - input_zp) * w[o,kh,kw,i])

    Types as those of `stm32.conv_2d`, int8 weights with float32 activations
    excepted; rule N60 of docs/numerics/Window.md.

    Example:

    ```mlir
    %y = stm32.transpose_conv_2d %x weights(%w) bias(%b) {
      input_zp = 3 : i32, padding = array<i64: 0, 1>,
      requant = #stm32.requant<[1518500250], [38], zp = 0, clamp = [-128, 127]>,
      strides = array<i64: 2, 2>, window = array<i64: 3, 3>}
      : (tensor<1x4x4x2xi8>, tensor<5x3x3x2xi8>, tensor<5xi32>) -> tensor<1x9x8x5xi8>
    ```
  }];
  let extraClassDeclaration = weightedDeclaration # [{
    /// Output channels.
    int64_t getOutChannels() { return getOutputType().getDimSize(3); }
  }];
}

def STM32_BatchMatmulOp
    : STM32_BinaryOp<"batch_matmul", "BATCH_MATMUL",
        (ins I32Attr:$lhs_zp, I32Attr:$rhs_zp, UnitAttr:$transpose_lhs,
             UnitAttr:$transpose_rhs,
             OptionalAttr<STM32_RequantAttr>:$requant)> {
  let summary = "Product of two batches of matrices";
  let description = [{
    lhs [..., R, K] (with `transpose_lhs` [..., K, R]), rhs [..., K, C] (with
    `transpose_rhs` [..., C, K]), output [..., R, C]; leading dimensions, at most
    three, are broadcast to the output's:

        y[r,c] = requant(sum (lhs[r,k] - lhs_zp) * (rhs[k,c] - rhs_zp))

    Both activations and the output have one type: i8, i16 (sums in 64 bits), or
    f32, which has no `requant`. Rule N61 of
    docs/numerics/Window.md.

    Example:

    ```mlir
    %y = stm32.batch_matmul %a, %b {lhs_zp = 3 : i32, rhs_zp = -5 : i32,
      requant = #stm32.requant<[1518500250], [38], zp = 0, clamp = [-128, 127]>,
      transpose_rhs}
      : (tensor<2x4x8xi8>, tensor<2x5x8xi8>) -> tensor<2x4x5xi8>
    ```
  }];
  let extraClassDeclaration = commonDeclaration # [{
    unsigned getNumActivations() { return 2; }
    uint64_t getMacs();
    /// Rows and columns of one matrix of the output, terms of a sum.
    int64_t getRows() { return getOutputType().getShape().end()[-2]; }
    int64_t getColumns() { return getOutputType().getShape().back(); }
    int64_t getDepth();
  }];
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

class STM32_PoolOpBase<string mnemonic, string kind>
    : STM32_ComputeOp<mnemonic, kind, [STM32_Compute, STM32_Window]> {
  let arguments = (ins STM32_AnyActivation:$input,
    Optional<STM32_AnyBuffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    STM32_Pair:$window, STM32_Pair:$strides, STM32_Quad:$padding,
    OptionalAttr<STM32_Clamp>:$clamp,
    OptionalAttr<STM32_FloatClamp>:$float_clamp,
    DefaultValuedAttr<I32Attr, "0">:$zero_point,
    OptionalAttr<STM32_BandAttr>:$band,
    OptionalAttr<STM32_BandAttr>:$input_band,
    STM32_Kernel:$kernel);
  let results = (outs Optional<AnyStaticShapeTensor>:$result);
  let assemblyFormat = [{
    $input (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
  let extraClassDeclaration = commonDeclaration # [{
    ::llvm::ArrayRef<int64_t> getDilations();
  }];
  let hasCanonicalizer = 1;
}

def STM32_AveragePool2DOp
    : STM32_PoolOpBase<"average_pool_2d", "AVERAGE_POOL_2D"> {
  let summary = "Average over a window";
  let description = [{
    The mean of the values inside the image, rounded half away from zero, then
    clamped to `clamp`. Input and output have one quantisation, int8 or int16
    (rule N8 of docs/Numerics.md). A `zero_point` is what halves are rounded away
    from in place of 0: -128 where the values were uint8 (rule N63). float32 is not rounded and has `float_clamp`
    in place of `clamp` (rule N62 of docs/numerics/Window.md).

    A pool over the whole image may be called for some rows of its *input* at a
    time, `input_band`: scratch holds the sums, an int32 for each channel, and
    the call with the last rows writes the result.

    Example:

    ```mlir
    %y = stm32.average_pool_2d %x {clamp = array<i32: -128, 127>,
      padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 4, 4>,
      window = array<i64: 4, 4>}
      : (tensor<1x4x4x8xi8>) -> tensor<1x1x1x8xi8>
    ```
  }];
}

def STM32_MaxPool2DOp : STM32_PoolOpBase<"max_pool_2d", "MAX_POOL_2D"> {
  let summary = "Maximum over a window";
  let description = [{
    The maximum of the values inside the image, clamped to `clamp` (rule N9 of
    docs/Numerics.md), or to `float_clamp` where the values are float32.

    Example:

    ```mlir
    %y = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
      padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
      window = array<i64: 2, 2>}
      : (tensor<1x4x4x8xi8>) -> tensor<1x2x2x8xi8>
    ```
  }];
}

//===----------------------------------------------------------------------===//
// Elementwise and data movement
//===----------------------------------------------------------------------===//

def STM32_RequantizeOp
    : STM32_ComputeOp<"requantize", "REQUANTIZE", [STM32_Compute]> {
  let summary = "Move values to another scale and zero point, and clamp";
  let description = [{
    `y = requant(x - input_zp)`, int8, uint8, int16 or int32 on either side, not
    uint8 on both. QUANTIZE between integers, RELU and RELU6 are this operation
    (rules N14, N16 and N17 of docs/Numerics.md, N40 of
    docs/numerics/Elementwise.md).

    Example:

    ```mlir
    %y = stm32.requantize %x {input_zp = 0 : i32,
      requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 127]>}
      : (tensor<1x8xi8>) -> tensor<1x8xi8>
    ```
  }];
  let arguments = (ins STM32_QuantizedActivation:$input,
    Optional<STM32_AnyBuffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    I32Attr:$input_zp, STM32_RequantAttr:$requant, STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[I8, UI8, I16, I32]>>:$result);
  let assemblyFormat = [{
    $input (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def STM32_QuantizeOp
    : STM32_ComputeOp<"quantize", "QUANTIZE", [STM32_Compute]> {
  let summary = "float32 to int8, uint8 or int16";
  let description = [{
    `y = clamp(zero_point + round(x / scale))`, halves away from zero (rule N13
    of docs/Numerics.md).

    Example:

    ```mlir
    %y = stm32.quantize %x {scale = 0.5 : f32, zero_point = -1 : i32}
      : (tensor<1x8xf32>) -> tensor<1x8xi8>
    ```
  }];
  let arguments = (ins STM32_F32Activation:$input,
    Optional<STM32_AnyBuffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    F32Attr:$scale, I32Attr:$zero_point, STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[I8, UI8, I16, I32]>>:$result);
  let assemblyFormat = [{
    $input (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def STM32_DequantizeOp
    : STM32_ComputeOp<"dequantize", "DEQUANTIZE", [STM32_Compute]> {
  let summary = "int8, uint8, int16 or int32 to float32";
  let description = [{
    `y = scale * (x - zero_point)` in float32 (rule N15 of docs/Numerics.md).

    Example:

    ```mlir
    %y = stm32.dequantize %x {scale = 0.5 : f32, zero_point = -1 : i32}
      : (tensor<1x8xi8>) -> tensor<1x8xf32>
    ```
  }];
  let arguments = (ins STM32_QuantizedActivation:$input,
    Optional<STM32_F32Buffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    F32Attr:$scale, I32Attr:$zero_point, STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[F32]>>:$result);
  let assemblyFormat = [{
    $input (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasCanonicalizer = 1;
}

def STM32_PadOp : STM32_UnaryOp<"pad", "PAD",
    (ins DenseI64ArrayAttr:$before, DenseI64ArrayAttr:$after,
         TypedAttrInterface:$value)> {
  let summary = "Surround a tensor with a value";
  let description = [{
    `before` and `after` in elements of each dimension (rule N51 of
    docs/numerics/Movement.md). The value of integers is an i32, of int64 an i64,
    of float32 an f32.

    Example:

    ```mlir
    %y = stm32.pad %x {before = array<i64: 0, 1, 1, 0>,
      after = array<i64: 0, 1, 1, 0>, value = -128 : i32}
      : (tensor<1x4x4x8xi8>) -> tensor<1x6x6x8xi8>
    ```
  }];
  let hasFolder = 1;
}

def STM32_ReshapeOp : STM32_Op<"reshape", [Pure]> {
  let summary = "The same values with another shape";
  let description = [{
    Only on tensors; on buffers it is a `stm32.view`, so it never costs
    anything.

    Example: `%y = stm32.reshape %x : tensor<1x2x2x4xi8> -> tensor<1x16xi8>`
  }];
  let arguments = (ins AnyStaticShapeTensor:$input);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

#endif // STM32_DIALECT_STM32COMPUTEOPS_TD
