//===- STM32StructureOps.td - Models, memory, schedule -----*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32STRUCTUREOPS_TD
#define STM32_DIALECT_STM32STRUCTUREOPS_TD

include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "stm32/Dialect/STM32/IR/STM32Attributes.td"

// Bytes, addresses and numbers of tensors.
def STM32_Natural : ConfinedAttr<I64Attr, [IntNonNegative]>;

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

def STM32_ModelOp : STM32_Op<"model", [
    IsolatedFromAbove, Symbol, SingleBlock]> {
  let summary = "One network";
  let description = [{
    Holds the operators of one network in their order of execution. On tensors
    the block's arguments are the inputs; on buffers there are none, and
    `stm32.buffer` with `input` marks them. `inputs` and `outputs` give name and
    quantisation in the order of the source model; `signature` is the SHA-256 of
    the source file.

    Example:

    ```mlir
    stm32.model @net inputs([#stm32.io<"x", 1.0 : f32, 0>])
        outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
    ^bb0(%x: tensor<1x4x4x8xi8>):
      %y = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
        padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
        window = array<i64: 2, 2>}
        : (tensor<1x4x4x8xi8>) -> tensor<1x2x2x8xi8>
      stm32.output %y : tensor<1x2x2x8xi8>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
    TypedArrayAttrBase<STM32_IOAttr, "array of #stm32.io">:$inputs,
    TypedArrayAttrBase<STM32_IOAttr, "array of #stm32.io">:$outputs,
    OptionalAttr<StrAttr>:$signature);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `inputs` `(` $inputs `)` `outputs` `(` $outputs `)`
    attr-dict-with-keyword $body
  }];
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::stm32::OutputOp getOutputOp();
    /// True once activations are buffers.
    bool isOnBuffers();
  }];
}

def STM32_OutputOp : STM32_Op<"output", [
    Terminator, Pure, HasParent<"ModelOp">]> {
  let summary = "The model's results";
  let description = [{
    Example: `stm32.output %y : tensor<1x10xi8>`
  }];
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

def STM32_ConstantOp : STM32_Op<"constant", [ConstantLike, Pure,
    AllTypesMatch<["value", "result"]>]> {
  let summary = "Weights or biases";
  let description = [{
    Example: `%b = stm32.constant dense<[1, 2]> : tensor<2xi32>`
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
}

def STM32_PackedOp : STM32_Op<"packed", [Pure]> {
  let summary = "Constants of one operator, in the order its kernel reads them";
  let description = [{
    One block in the constants pool: the arrays `values` of integers or of
    float32 one behind the other, named by `fields`, each aligned to its
    element. The result has as many bytes as the block. `offset` is its place in
    the pool, in bytes, once planned.

    Example:

    ```mlir
    %k = stm32.packed ["bias", "weights"] [dense<7> : tensor<1xi32>,
      dense<[1, 2, 3, 4]> : tensor<4xi8>] offset(16) : tensor<8xi8>
    ```
  }];
  let arguments = (ins StrArrayAttr:$fields, ArrayAttr:$values,
    OptionalAttr<STM32_Natural>:$offset);
  let results = (outs 1DTensorOf<[I8]>:$result);
  let assemblyFormat = [{
    $fields $values (`offset` `(` $offset^ `)`)? attr-dict `:` type($result)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    int64_t getBytes();
  }];
}

def STM32_StateOp : STM32_Op<"state"> {
  let summary = "Memory that keeps its values from one run to the next";
  let description = [{
    A buffer that holds `initial` before the first run, and again after a reset.
    Operators that have states name it as their operand; `stm32.read` and
    `stm32.assign` read and write it as a whole. The order of the operators is
    that of the reads and writes. The name is that of the location. On buffers
    it is a `stm32.buffer` with `initial`.

    Example: `%s = stm32.state dense<0> : tensor<1x16xi8> -> !stm32.buffer<1x16xi8>`
  }];
  let arguments = (ins ElementsAttr:$initial);
  let results = (outs Res<STM32_BufferType, "", [MemAlloc]>:$result);
  let assemblyFormat = "$initial `->` type($result) attr-dict";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

def STM32_CascadeOp : STM32_Op<"cascade", [SingleBlock]> {
  let summary = "Operators that run together, some rows at a time";
  let description = [{
    The operators of the region, which stand in an order in which they can run,
    are called for at most `rows` rows at a time, as their readers need them. A
    tensor between them exists only as a ring of the rows that are still needed;
    no row is computed twice. Inputs and results are whole tensors, one image
    each. Constants may come from outside.

    Every operator must be able to run row by row: windows, elementwise
    operators, and average pools over the whole image, which add up their input's
    rows as they come. `--stm32-bufferize` turns the region into the calls.

    With `stream` the first input, an input of the model that nothing else reads,
    is a ring, too: the firmware hands over its rows when they are needed.

    Example:

    ```mlir
    %r = stm32.cascade %x rows(2) : (tensor<1x8x8x4xi8>) -> tensor<1x2x2x4xi8> {
    ^bb0(%a: tensor<1x8x8x4xi8>):
      %b = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
        padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
        window = array<i64: 2, 2>}
        : (tensor<1x8x8x4xi8>) -> tensor<1x4x4x4xi8>
      %c = stm32.max_pool_2d %b {clamp = array<i32: -128, 127>,
        padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
        window = array<i64: 2, 2>}
        : (tensor<1x4x4x4xi8>) -> tensor<1x2x2x4xi8>
      stm32.yield %c : tensor<1x2x2x4xi8>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyStaticShapeTensor>:$inputs,
    ConfinedAttr<I64Attr, [IntPositive]>:$rows, UnitAttr:$stream);
  let results = (outs Variadic<AnyStaticShapeTensor>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $inputs `rows` `(` $rows `)` (`stream` $stream^)? attr-dict `:`
    functional-type($inputs, $outputs)
    $body
  }];
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// The operators, without constants.
    ::llvm::SmallVector<::mlir::stm32::ComputeOpInterface> getOperators();
  }];
}

def STM32_ReceiveOp : STM32_Op<"receive", [
    MemoryEffects<[MemWrite]>]> {
  let summary = "Rows of a streamed input arrive";
  let description = [{
    From here on the ring `into` holds the rows `band` of an input that the
    firmware hands over some rows at a time (`stm32.cascade` with `stream`).
    Before that, the run waits for them.

    Example: `stm32.receive into %x band(4, 2) : !stm32.buffer<1x8x8x4xi8, rows = 3>`
  }];
  let arguments = (ins STM32_BufferType:$dest, STM32_Natural:$first,
    ConfinedAttr<I64Attr, [IntPositive]>:$count);
  let assemblyFormat = [{
    `into` $dest `band` `(` $first `,` $count `)` attr-dict `:` type($dest)
  }];
  let hasVerifier = 1;
}

def STM32_FetchOp : STM32_Op<"fetch", [HasParent<"ModelOp">,
    AllTypesMatch<["block", "result"]>,
    MemoryEffects<[MemWrite]>]> {
  let summary = "A block of constants is copied into a buffer";
  let description = [{
    Begins to copy the bytes of the `stm32.packed` into `dest`, which has as many,
    while the next operators run; the first one that uses the result waits for
    them. The result stands for the block in that place: its users read their
    constants there.

    Example:

    ```mlir
    %k = stm32.packed ["weights"] [dense<7> : tensor<8xi8>] : tensor<8xi8>
    %b = stm32.buffer @fast scratch : !stm32.buffer<8xi8>
    %f = stm32.fetch %k into %b : tensor<8xi8>, !stm32.buffer<8xi8>
    ```
  }];
  let arguments = (ins 1DTensorOf<[I8]>:$block, STM32_BufferType:$dest);
  let results = (outs 1DTensorOf<[I8]>:$result);
  let assemblyFormat = [{
    $block `into` $dest attr-dict `:` type($block) `,` type($dest)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    PackedOp getPacked();
  }];
}

def STM32_YieldOp : STM32_Op<"yield", [
    Terminator, Pure, HasParent<"CascadeOp">]> {
  let summary = "The results of a cascade";
  let description = [{
    Example: see `stm32.cascade`.
  }];
  let arguments = (ins Variadic<AnyStaticShapeTensor>:$values);
  let assemblyFormat = "$values `:` type($values) attr-dict";
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

def STM32_MemoryRegionOp : STM32_Op<"memory_region", [Symbol]> {
  let summary = "A memory of the part";
  let description = [{
    `address` and `size` in bytes; a region without `size` has no limit.
    `latency` is what one access of the core takes, in cycles, 1 if it is not
    given. `section` is the linker section that generated code uses for it.

    Example: `stm32.memory_region @ccm address(268435456) size(65536) {section = ".ccm"}`
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<STM32_Natural>:$address,
    OptionalAttr<STM32_Natural>:$size, OptionalAttr<STM32_Natural>:$latency,
    OptionalAttr<StrAttr>:$section);
  let assemblyFormat = [{
    $sym_name (`address` `(` $address^ `)`)? (`size` `(` $size^ `)`)?
    (`latency` `(` $latency^ `)`)? attr-dict
  }];
  let hasVerifier = 1;
}

def STM32_PoolOp : STM32_Op<"pool", [Symbol,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "One contiguous range of a region that the firmware hands over";
  let description = [{
    `limit` is what may be used of it (the whole region if there is none),
    `size` what the plan needs, both in bytes; `alignment` is a power of two, at
    least 4 for the sake of float32 and of scratch. Constants lie in a pool with
    `constants`; buffers with an initial value lie in a pool with `states`, which
    belongs to one model and keeps its bytes from one run to the next. Constants
    of a pool with `stream` may be copied into that pool of activations before
    they are used (`--stm32-stream-constants`). A pool with an `owner`, the
    target key of an accelerator, has a size from the start and holds nothing of
    the plan.

    Example: `stm32.pool @activations in @sram1 size(49152) align(16)`
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$region,
    OptionalAttr<STM32_Natural>:$limit, OptionalAttr<STM32_Natural>:$size,
    DefaultValuedAttr<I64Attr, "16">:$alignment, UnitAttr:$constants,
    UnitAttr:$states, OptionalAttr<FlatSymbolRefAttr>:$stream,
    OptionalAttr<StrAttr>:$owner);
  let assemblyFormat = [{
    $sym_name `in` $region (`limit` `(` $limit^ `)`)? (`size` `(` $size^ `)`)?
    `align` `(` $alignment `)` (`constants` $constants^)? (`states` $states^)?
    (`stream` `(` $stream^ `)`)? (`owner` `(` $owner^ `)`)? attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Bytes that may be used: `limit` or the size of the region, the smaller;
    /// none if there is no bound.
    ::std::optional<int64_t> getCapacity();
    /// True for a pool that buffers of activations may lie in.
    bool isForActivations() {
      return !getConstants() && !getStates() && !getOwner();
    }
    /// True if two models cannot share the pool.
    bool isOfOneModel() { return getStates() || getOwner(); }
  }];
}

def STM32_BufferOp : STM32_Op<"buffer", [
    HasParent<"ModelOp">, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Memory of a tensor or of scratch in a pool";
  let description = [{
    `offset` is the place in the pool in bytes, once planned. Buffers with one
    `storage_id` share their memory: no two of them are alive at once.
    `tensor_id` numbers the tensors of the model. `input` is the index of the
    model's input that the firmware writes here before a run; `scratch` marks
    working memory of one kernel; `initial` is the value before the first run of
    a buffer that keeps its bytes between runs (see `stm32.state`).

    Example: `%a = stm32.buffer @activations offset(128) storage(2) tensor(5) : !stm32.buffer<1x8x8x16xi8>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$pool, OptionalAttr<STM32_Natural>:$offset,
    OptionalAttr<STM32_Natural>:$storage_id, OptionalAttr<STM32_Natural>:$tensor_id,
    OptionalAttr<STM32_Natural>:$input, UnitAttr:$scratch,
    OptionalAttr<ElementsAttr>:$initial);
  let results = (outs STM32_BufferType:$result);
  let assemblyFormat = [{
    $pool (`offset` `(` $offset^ `)`)? (`storage` `(` $storage_id^ `)`)?
    (`tensor` `(` $tensor_id^ `)`)? (`input` `(` $input^ `)`)?
    (`scratch` $scratch^)? (`initial` `(` $initial^ `)`)? attr-dict `:`
    type($result)
  }];
  let hasVerifier = 1;
}

def STM32_ViewOp : STM32_Op<"view", [Pure]> {
  let summary = "The same memory with another shape";
  let description = [{
    The result is the bytes of the source from `offset` on, which is a multiple
    of the size of its element. The result may be a ring of rows, the source not.

    The source may also be a `stm32.packed` of one array: the result is a
    constant that an operator reads as its activation. It is all of the block,
    has no number and is only read.

    Example: `%r = stm32.view %a tensor(6) : !stm32.buffer<1x2x2x4xi8> to !stm32.buffer<1x16xi8>`
  }];
  let arguments = (ins AnyTypeOf<[STM32_BufferType, 1DTensorOf<[I8]>]>:$source,
    DefaultValuedAttr<STM32_Natural, "0">:$offset, OptionalAttr<STM32_Natural>:$tensor_id);
  let results = (outs STM32_BufferType:$result);
  let assemblyFormat = [{
    $source (`offset` `(` $offset^ `)`)? (`tensor` `(` $tensor_id^ `)`)?
    attr-dict `:` type($source) `to` type($result)
  }];
  let hasVerifier = 1;
}

def STM32_RowsOp : STM32_Op<"rows", [Pure]> {
  let summary = "Some rows of an image";
  let description = [{
    The rows `[first, first + count)` of the source, an image [1, H, W, C] that
    may be a ring of rows, as an image of their own. They must lie one behind the
    other: byte `(first mod rows held) * bytes of a row` of the source is the
    first one. Operators that know no bands read and write rows this way.

    Example: `%r = stm32.rows %a band(6, 1) : !stm32.buffer<1x8x8x4xi8, rows = 4> to !stm32.buffer<1x1x8x4xi8>`
  }];
  let arguments = (ins STM32_BufferType:$source, STM32_Natural:$first,
    ConfinedAttr<I64Attr, [IntPositive]>:$count);
  let results = (outs STM32_BufferType:$result);
  let assemblyFormat = [{
    $source `band` `(` $first `,` $count `)` attr-dict `:` type($source) `to`
    type($result)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// First byte in the source.
    int64_t getOffset();
  }];
}

#endif // STM32_DIALECT_STM32STRUCTUREOPS_TD
