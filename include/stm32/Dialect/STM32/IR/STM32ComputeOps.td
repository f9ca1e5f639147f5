//===- STM32ComputeOps.td - Operators of a network ---------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32COMPUTEOPS_TD
#define STM32_DIALECT_STM32COMPUTEOPS_TD

include "mlir/IR/BuiltinAttributes.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "stm32/Dialect/STM32/IR/STM32Attributes.td"
include "stm32/Dialect/STM32/IR/STM32Interfaces.td"

// An activation: a tensor before bufferisation, a buffer after it.
class STM32_BufferOf<list<Type> elements, string name>
    : Type<And<[STM32_BufferType.predicate,
                SubstLeaves<"$_self",
                            "::llvm::cast<::mlir::stm32::BufferType>($_self)"
                            ".getElementType()",
                            AnyTypeOf<elements>.predicate>]>,
           name # " buffer", "::mlir::stm32::BufferType">;
class STM32_Activation<list<Type> elements, string name>
    : AnyTypeOf<[StaticShapeTensorOf<elements>, STM32_BufferOf<elements, name>],
                name # " tensor or buffer">;
def STM32_I8Buffer : STM32_BufferOf<[I8], "int8">;
def STM32_ByteBuffer : STM32_BufferOf<[I8, UI8], "int8 or uint8">;
def STM32_F32Buffer : STM32_BufferOf<[F32], "float32">;
def STM32_I8Activation : STM32_Activation<[I8], "int8">;
def STM32_ByteActivation : STM32_Activation<[I8, UI8], "int8 or uint8">;
def STM32_F32Activation : STM32_Activation<[F32], "float32">;

def STM32_Pair : ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<2>,
                              DenseArrayStrictlyPositive<DenseI64ArrayAttr>]>;
def STM32_Quad : ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<4>,
                              DenseArrayNonNegative<DenseI64ArrayAttr>]>;
def STM32_Clamp : ConfinedAttr<DenseI32ArrayAttr, [DenseArrayCount<2>]>;
def STM32_Kernel : OptionalAttr<StrAttr>;

// Base of all operators; `kind` is the name in reports.
class STM32_ComputeOp<string mnemonic, string kind, list<Trait> traits = []>
    : STM32_Op<mnemonic, !listconcat(traits, [
          AttrSizedOperandSegments, MemoryEffectsOpInterface])> {
  string commonDeclaration = [{
    ::llvm::StringRef getKind() { return "}] # kind # [{"; }
    void getEffects(::llvm::SmallVectorImpl<
        ::mlir::SideEffects::EffectInstance<::mlir::MemoryEffects::Effect>>
        &effects) {
      ::mlir::stm32::detail::getComputeEffects(*this, effects);
    }
  }];
  let extraClassDeclaration = commonDeclaration;
  let hasVerifier = 1;
}

defvar STM32_Compute = STM32_ComputeOpInterface;
defvar STM32_Window = STM32_WindowOpInterface;

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

class STM32_ConvOp<string mnemonic, string kind>
    : STM32_ComputeOp<mnemonic, kind, [STM32_Compute, STM32_Window]> {
  let arguments = (ins STM32_I8Activation:$input,
    Optional<4DTensorOf<[I8]>>:$weights, Optional<1DTensorOf<[I32]>>:$bias,
    Optional<1DTensorOf<[I8]>>:$packed,
    Optional<STM32_I8Buffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    STM32_Pair:$window, STM32_Pair:$strides, STM32_Pair:$dilations,
    STM32_Quad:$padding, I32Attr:$input_zp, I32Attr:$pad_value,
    STM32_RequantAttr:$requant, OptionalAttr<STM32_BandAttr>:$band,
    STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[I8]>>:$result);
  let assemblyFormat = [{
    $input (`weights` `(` $weights^ `)`)? (`bias` `(` $bias^ `)`)?
    (`packed` `(` $packed^ `)`)? (`into` $dest^)? (`scratch` `(` $scratch^ `)`)?
    attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = commonDeclaration # [{
    uint64_t getMacs();
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
    `window` is [KH, KW]. Arithmetic: rule N6 of docs/Numerics.md.

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
    : STM32_ComputeOp<"fully_connected", "FULLY_CONNECTED", [STM32_Compute]> {
  let summary = "Matrix product with requantisation";
  let description = [{
    Input with `rows * I` elements, weights [O, I], bias [O], output with
    `rows * O` elements:

        y[r,o] = requant(bias[o] + sum (x[r,i] - input_zp) * w[o,i])

    Rule N6 of docs/Numerics.md.

    Example:

    ```mlir
    %y = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 3 : i32,
      requant = #stm32.requant<[1518500250], [38], zp = 0, clamp = [-128, 127]>}
      : (tensor<1x16xi8>, tensor<10x16xi8>, tensor<10xi32>) -> tensor<1x10xi8>
    ```
  }];
  let arguments = (ins STM32_I8Activation:$input,
    Optional<2DTensorOf<[I8]>>:$weights, Optional<1DTensorOf<[I32]>>:$bias,
    Optional<1DTensorOf<[I8]>>:$packed,
    Optional<STM32_I8Buffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    I32Attr:$input_zp, STM32_RequantAttr:$requant, STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[I8]>>:$result);
  let assemblyFormat = [{
    $input (`weights` `(` $weights^ `)`)? (`bias` `(` $bias^ `)`)?
    (`packed` `(` $packed^ `)`)? (`into` $dest^)? (`scratch` `(` $scratch^ `)`)?
    attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = commonDeclaration # [{
    uint64_t getMacs();
    /// Features of a row: the last dimension of the output.
    int64_t getOutFeatures();
    /// Rows of the product.
    int64_t getRows();
    int64_t getInFeatures();
  }];
  let hasCanonicalizer = 1;
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

class STM32_PoolOpBase<string mnemonic, string kind>
    : STM32_ComputeOp<mnemonic, kind, [STM32_Compute, STM32_Window]> {
  let arguments = (ins STM32_I8Activation:$input,
    Optional<STM32_I8Buffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    STM32_Pair:$window, STM32_Pair:$strides, STM32_Quad:$padding,
    STM32_Clamp:$clamp, OptionalAttr<STM32_BandAttr>:$band,
    STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[I8]>>:$result);
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
    clamped to `clamp`. Input and output have one quantisation (rule N8 of
    docs/Numerics.md).

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
    docs/Numerics.md).

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

def STM32_AddOp : STM32_ComputeOp<"add", "ADD", [STM32_Compute]> {
  let summary = "Sum of two tensors with requantisation";
  let description = [{
    Both inputs and the output have one shape:

        y = requant(rescale((a - lhs_zp) << left_shift, lhs_scale)
                  + rescale((b - rhs_zp) << left_shift, rhs_scale))

    where `lhs_scale` and `rhs_scale` are [multiplier, shift] (rule N7 of
    docs/Numerics.md).

    Example:

    ```mlir
    %y = stm32.add %a, %b {left_shift = 20 : i32, lhs_zp = 0 : i32,
      lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
      rhs_scale = array<i32: 1073741824, 31>,
      requant = #stm32.requant<[1073741824], [49], zp = 0, clamp = [-128, 127]>}
      : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
    ```
  }];
  let arguments = (ins STM32_I8Activation:$lhs, STM32_I8Activation:$rhs,
    Optional<STM32_I8Buffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    I32Attr:$left_shift, I32Attr:$lhs_zp, STM32_Clamp:$lhs_scale,
    I32Attr:$rhs_zp, STM32_Clamp:$rhs_scale, STM32_RequantAttr:$requant,
    STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[I8]>>:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
  let extraClassDeclaration = commonDeclaration # [{
    unsigned getNumActivations() { return 2; }
  }];
}

def STM32_RequantizeOp
    : STM32_ComputeOp<"requantize", "REQUANTIZE", [STM32_Compute]> {
  let summary = "Move values to another scale and zero point, and clamp";
  let description = [{
    `y = requant(x - input_zp)`, int8 or uint8 on either side, not uint8 on both.
    QUANTIZE between integers, RELU and RELU6 are this operation (rules N14, N16
    and N17 of docs/Numerics.md).

    Example:

    ```mlir
    %y = stm32.requantize %x {input_zp = 0 : i32,
      requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 127]>}
      : (tensor<1x8xi8>) -> tensor<1x8xi8>
    ```
  }];
  let arguments = (ins STM32_ByteActivation:$input,
    Optional<STM32_ByteBuffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    I32Attr:$input_zp, STM32_RequantAttr:$requant, STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[I8, UI8]>>:$result);
  let assemblyFormat = [{
    $input (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def STM32_QuantizeOp
    : STM32_ComputeOp<"quantize", "QUANTIZE", [STM32_Compute]> {
  let summary = "float32 to int8 or uint8";
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
    Optional<STM32_ByteBuffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    F32Attr:$scale, I32Attr:$zero_point, STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[I8, UI8]>>:$result);
  let assemblyFormat = [{
    $input (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def STM32_DequantizeOp
    : STM32_ComputeOp<"dequantize", "DEQUANTIZE", [STM32_Compute]> {
  let summary = "int8 or uint8 to float32";
  let description = [{
    `y = scale * (x - zero_point)` in float32 (rule N15 of docs/Numerics.md).

    Example:

    ```mlir
    %y = stm32.dequantize %x {scale = 0.5 : f32, zero_point = -1 : i32}
      : (tensor<1x8xi8>) -> tensor<1x8xf32>
    ```
  }];
  let arguments = (ins STM32_ByteActivation:$input,
    Optional<STM32_F32Buffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    F32Attr:$scale, I32Attr:$zero_point, STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[F32]>>:$result);
  let assemblyFormat = [{
    $input (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def STM32_MeanOp : STM32_ComputeOp<"mean", "MEAN", [STM32_Compute]> {
  let summary = "Mean over some dimensions";
  let description = [{
    `axes` are the reduced dimensions of the input, sorted; rank is 4 at most.
    The output holds the other dimensions, the reduced ones kept as 1 or
    dropped:

        y = requant(sum (x - input_zp)), the multiplier including 1 / count

    Rule N10 of docs/Numerics.md.

    Example:

    ```mlir
    %y = stm32.mean %x {axes = array<i64: 1, 2>, input_zp = -128 : i32,
      requant = #stm32.requant<[1073741824], [34], zp = -128, clamp = [-128, 127]>}
      : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
    ```
  }];
  let arguments = (ins STM32_I8Activation:$input,
    Optional<STM32_I8Buffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    DenseI64ArrayAttr:$axes, I32Attr:$input_zp, STM32_RequantAttr:$requant,
    STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[I8]>>:$result);
  let assemblyFormat = [{
    $input (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def STM32_SoftmaxOp : STM32_ComputeOp<"softmax", "SOFTMAX", [STM32_Compute]> {
  let summary = "Softmax over the last dimension";
  let description = [{
    Fixed-point softmax; the output has scale 1/256 and zero point -128.
    `multiplier` and `left_shift` bring `x - max` to 5 integer bits, values
    below `diff_min` count as zero (rule N12 of
    docs/Numerics.md).

    Example:

    ```mlir
    %y = stm32.softmax %x {multiplier = 1073741824 : i32,
      left_shift = 24 : i32, diff_min = -124 : i32}
      : (tensor<1x10xi8>) -> tensor<1x10xi8>
    ```
  }];
  let arguments = (ins STM32_I8Activation:$input,
    Optional<STM32_I8Buffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    I32Attr:$multiplier, I32Attr:$left_shift, I32Attr:$diff_min,
    STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[I8]>>:$result);
  let assemblyFormat = [{
    $input (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def STM32_PadOp : STM32_ComputeOp<"pad", "PAD", [STM32_Compute]> {
  let summary = "Surround a tensor with a value";
  let description = [{
    `before` and `after` in elements of each dimension; rank is 4 at most (rule
    N11 of docs/Numerics.md).

    Example:

    ```mlir
    %y = stm32.pad %x {before = array<i64: 0, 1, 1, 0>,
      after = array<i64: 0, 1, 1, 0>, value = -128 : i32}
      : (tensor<1x4x4x8xi8>) -> tensor<1x6x6x8xi8>
    ```
  }];
  let arguments = (ins STM32_I8Activation:$input,
    Optional<STM32_I8Buffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    DenseI64ArrayAttr:$before, DenseI64ArrayAttr:$after, I32Attr:$value,
    STM32_Kernel:$kernel);
  let results = (outs Optional<StaticShapeTensorOf<[I8]>>:$result);
  let assemblyFormat = [{
    $input (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
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
