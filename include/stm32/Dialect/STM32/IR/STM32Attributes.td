//===- STM32Attributes.td - Attributes and types -----------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32ATTRIBUTES_TD
#define STM32_DIALECT_STM32ATTRIBUTES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinTypeInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/TensorEncoding.td"
include "stm32/Dialect/STM32/IR/STM32Base.td"

class STM32_Attr<string name, string attrMnemonic>
    : AttrDef<STM32_Dialect, name> {
  let mnemonic = attrMnemonic;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

def STM32_RequantAttr : STM32_Attr<"Requant", "requant"> {
  let summary = "Exact requantisation of an accumulator";
  let description = [{
    For channel `c` (or for all, where there is one entry):

        y = clamp(zero_point + rescale(acc, multiplier[c], shift[c]), min, max)

    `rescale` is TOSA's `rescale` with `DOUBLE_ROUND`: the 64-bit product is
    rounded at bit 30 first where `shift > 31`, then at bit `shift - 1`, and
    shifted right by `shift` (rule N3 of docs/Numerics.md). `multiplier` is
    0 .. 2^31-1, `shift` is 2 .. 62, `min` and `max` include the fused
    activation.

    With `single` the product is rounded once, at bit `shift - 1`, as TOSA's
    `SINGLE_ROUND` (rules N55 and N56 of docs/numerics/Window.md).

    Example: `#stm32.requant<[1518500250], [38], zp = -128, clamp = [-128, 127]>`
  }];
  let parameters = (ins
    ArrayRefParameter<"int32_t">:$multiplier,
    ArrayRefParameter<"int32_t">:$shift,
    "int32_t":$zeroPoint, "int32_t":$min, "int32_t":$max,
    DefaultValuedParameter<"bool", "false">:$single);
  let assemblyFormat = [{
    `<` `[` $multiplier `]` `,` `[` $shift `]` `,` `zp` `=` $zeroPoint `,`
    `clamp` `=` `[` $min `,` $max `]` (`,` `single` `=` $single^)? `>`
  }];
  let builders = [AttrBuilder<(ins "::llvm::ArrayRef<int32_t>":$multiplier,
      "::llvm::ArrayRef<int32_t>":$shift, "int32_t":$zeroPoint, "int32_t":$min,
      "int32_t":$max), [{
    return $_get($_ctxt, multiplier, shift, zeroPoint, min, max,
                 /*single=*/false);
  }]>];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Multiplier and shift that leave every accumulator as it is.
    static constexpr int32_t kUnitMultiplier = 1 << 30;
    static constexpr int32_t kUnitShift = 30;
    bool isPerChannel() const { return getMultiplier().size() > 1; }
    /// True if values only move from one zero point to another.
    bool isUnit() const {
      return !isPerChannel() && getMultiplier()[0] == kUnitMultiplier &&
             getShift()[0] == kUnitShift;
    }
    /// Entry of `channel` in multiplier and shift.
    size_t getEntry(size_t channel) const {
      return isPerChannel() ? channel : 0;
    }
    /// The output of `channel` for a sum within `getSumLimit` (STM32Window.h).
    int32_t apply(int64_t sum, size_t channel) const;
    /// The same scaling with the clamp narrowed to [min, max].
    RequantAttr withClamp(int32_t min, int32_t max) const;
  }];
}

def STM32_IOAttr : STM32_Attr<"IO", "io"> {
  let summary = "Name and quantisation of a model's input or output";
  let description = [{
    `scale` is 0 where the tensor is not quantised. `zero_point` is that of int8
    or uint8.

    Example: `#stm32.io<"serving_default_x:0", 0.00390625 : f32, -128>`
  }];
  let parameters = (ins
    StringRefParameter<"tensor name in the source model">:$name,
    "::mlir::FloatAttr":$scale, "int32_t":$zeroPoint);
  let assemblyFormat = "`<` $name `,` $scale `,` $zeroPoint `>`";
  let genVerifyDecl = 1;
}

def STM32_QuantAttr : STM32_Attr<"Quant", "quant"> {
  let summary = "Quantisation of an operand of a function of the user";
  let description = [{
    Scales and zero points: none if the tensor is not quantised, one for the
    whole tensor, or one for each index of dimension `dimension`.

    Example: `#stm32.quant<[5.000000e-01], [-3], 0>`
  }];
  let parameters = (ins "::mlir::DenseF32ArrayAttr":$scales,
    "::mlir::DenseI32ArrayAttr":$zeroPoints, "int64_t":$dimension);
  let assemblyFormat = "`<` $scales `,` $zeroPoints `,` $dimension `>`";
  let genVerifyDecl = 1;
}

def STM32_Layout : I32EnumAttr<"Layout", "order of the dimensions in memory", [
    I32EnumAttrCase<"NHWC", 0, "nhwc">,
    I32EnumAttrCase<"Planar", 1, "planar">]> {
  let cppNamespace = "::mlir::stm32";
  let genSpecializedAttr = 0;
}

def STM32_LayoutAttr : EnumAttr<STM32_Dialect, STM32_Layout, "layout",
    [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "Order of the dimensions of an activation tensor in memory";
  let description = [{
    The encoding of a tensor type. `nhwc` (channel last) is the default and is
    never written; `planar` stores one plane of height x width per channel.
    The logical shape stays NHWC.

    Example: `tensor<1x8x8x16xi8, #stm32.layout<planar>>`
  }];
  let assemblyFormat = "`<` $value `>`";
}

def STM32_BandAttr : STM32_Attr<"Band", "band"> {
  let summary = "Rows of an output that one call computes";
  let description = [{
    Rows `[first, first + count)` of the output. The rows of the input that
    this needs, the halo included, must be held by the input's buffer.

    Example: `#stm32.band<0, 4>`
  }];
  let parameters = (ins "int64_t":$first, "int64_t":$count);
  let assemblyFormat = "`<` $first `,` $count `>`";
  let genVerifyDecl = 1;
}

def STM32_CascadeAttr : STM32_Attr<"Cascade", "cascade"> {
  let summary = "Operators that are to run in bands of rows";
  let description = [{
    Names the operators that become a `stm32.cascade` by the tensors that the
    first and the last one write, and says how many rows a call computes at most.
    `stm32.cascades` of a model is a list of these; see `--stm32-form-cascades`.

    Example: `#stm32.cascade<"conv1", "conv3", 4>`
  }];
  let parameters = (ins "::mlir::StringAttr":$first, "::mlir::StringAttr":$last,
                    "int64_t":$rows);
  let assemblyFormat = "`<` $first `,` $last `,` $rows `>`";
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def STM32_BufferType : TypeDef<STM32_Dialect, "Buffer",
    [DeclareTypeInterfaceMethods<ShapedTypeInterface,
                                 ["cloneWith", "hasRank"]>]> {
  let mnemonic = "buffer";
  let summary = "Memory of one activation tensor";
  let description = [{
    Logical shape and element type as of a tensor, less than 2 GiB in all; the
    layout, and `rows` if only a ring of that many rows of the second dimension is held: row `r` lies
    in slot `r mod rows`.

    Examples: `!stm32.buffer<1x32x32x16xi8>`,
    `!stm32.buffer<1x32x32x16xi8, planar>`,
    `!stm32.buffer<1x32x32x16xi8, rows = 4>`
  }];
  let parameters = (ins
    ArrayRefParameter<"int64_t">:$shape, "::mlir::Type":$elementType,
    DefaultValuedParameter<"::mlir::stm32::Layout",
                           "::mlir::stm32::Layout::NHWC">:$layout,
    DefaultValuedParameter<"int64_t", "0">:$rows);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    using ::mlir::ShapedType::Trait<BufferType>::getElementTypeBitWidth;
    using ::mlir::ShapedType::Trait<BufferType>::getRank;
    using ::mlir::ShapedType::Trait<BufferType>::getNumElements;
    using ::mlir::ShapedType::Trait<BufferType>::isDynamicDim;
    using ::mlir::ShapedType::Trait<BufferType>::hasStaticShape;
    using ::mlir::ShapedType::Trait<BufferType>::getDimSize;
    /// Rows held: `rows`, or the whole second dimension.
    int64_t getHeldRows() const;
    /// Bytes in memory.
    int64_t getBytes() const;
  }];
}

#endif // STM32_DIALECT_STM32ATTRIBUTES_TD
