//===- Passes.td - Passes on the stm32 dialect -------------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_TRANSFORMS_PASSES_TD
#define STM32_DIALECT_STM32_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Graph (L2)
//===----------------------------------------------------------------------===//

def STM32FuseActivations
    : Pass<"stm32-fuse-activations", "::mlir::stm32::ModelOp"> {
  let summary = "Move clamps into the operators that write the values";
  let description = [{
    A `stm32.requantize` that only clamps (unit scaling, zero points equal)
    disappears into the operator before it, whose clamp is narrowed. Exact: both
    clamp the same int8 value. The operator must have no other user.
  }];
  let statistics = [
    Statistic<"numFused", "num-fused", "Number of activations fused">
  ];
}

def STM32FusePadding : Pass<"stm32-fuse-padding", "::mlir::stm32::ModelOp"> {
  let summary = "Move pads into the convolutions that read them";
  let description = [{
    A `stm32.pad` of height and width that a convolution reads becomes padding
    of the convolution: what it reads outside of the image is its `pad_value`.
    Exact if the convolution had no padding, or had one of the same value.
    Nothing is fused into max and average pools: those leave out what is outside
    of the image.
  }];
  let statistics = [
    Statistic<"numFused", "num-fused", "Number of pads fused">
  ];
}

def STM32RemoveConstantChannels
    : Pass<"stm32-remove-constant-channels", "::mlir::stm32::ModelOp"> {
  let summary = "Leave out channels that never vary or that nobody needs";
  let description = [{
    Pruned and saturated networks have channels with one value for every input,
    and channels that are multiplied by weights of 0 alone. Bounds of all sums
    prove which; docs/ConstantChannels.md has the rules. What such a channel adds
    to the next convolution or matrix product becomes part of its bias, and the
    channel leaves tensors, weights, biases and multipliers, through depthwise
    convolutions, pools, sums and other operators on single channels. Exact: each
    value that is left is what it was. Inputs and outputs of the model stay as
    they are.

    As many channels are kept that a tensor has a multiple of `multiple`, since
    kernels compute several at a time (but for weights with a zero point).

    Assumes constant weights; a model with cascades or kernels is left alone.
  }];
  let options = [
    Option<"multiple", "multiple", "int64_t", "4",
           "Keep a multiple of this many channels">
  ];
  let statistics = [
    Statistic<"numRemoved", "num-removed", "Number of channels left out">
  ];
}

def STM32FoldZeroPoints
    : Pass<"stm32-fold-zero-points", "::mlir::stm32::ModelOp"> {
  let summary = "Fold input zero points into biases";
  let description = [{
    `bias + sum (x - z) * w = (bias - z * sum w) + sum x * w`. The kernels then
    multiply values as they lie in memory; outside of the image they read
    `pad_value`, so the sum over the weights is the same for every pixel. The
    new bias is checked to fit in 32 bits.
  }];
  let statistics = [
    Statistic<"numFolded", "num-folded", "Number of zero points folded">
  ];
}

//===----------------------------------------------------------------------===//
// Schedule (L3)
//===----------------------------------------------------------------------===//

def STM32SelectKernels
    : Pass<"stm32-select-kernels", "::mlir::stm32::ModelOp"> {
  let summary = "Choose a kernel record for each operator";
  let description = [{
    Of all records that serve the operator and the aim, run on the target's
    instruction set and match the operation, the cheapest by its cost formula;
    the first one among equals. An operation that has a kernel already keeps it,
    if it matches.

    With `optimize=flash` the records of all operators are chosen together, so that
    the code of their kernels (`include/stm32/Target/KernelCode.inc`) is small: a
    kernel that two operators share counts once. Twice the instructions must save two
    kilobytes.
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"host\"",
           "Part that the model runs on">,
    Option<"optimize", "optimize", "std::string", /*default=*/"\"balanced\"",
           "What matters most: time, balanced, ram or flash">,
  ];
}

def STM32PackConstants
    : Pass<"stm32-pack-constants", "::mlir::stm32::ModelOp"> {
  let summary = "Lay out each operator's constants as its kernel reads them";
  let description = [{
    Bias, multipliers, shifts and weights of an operator become one
    `stm32.packed` block, the weights in the order that the kernel record's
    packing names. Scalars stay attributes. The weights prove that no
    accumulator leaves 32 bits (rules N3 and N4 of docs/Numerics.md).
  }];
  let statistics = [
    Statistic<"numBytes", "num-bytes", "Number of bytes of constants">
  ];
}

def STM32OrderOperators
    : Pass<"stm32-order-operators", "::mlir::stm32::ModelOp"> {
  let summary = "Run the branches of a graph in the order of least memory";
  let description = [{
    Tensors, scratch and what outputs save that start inside of inputs make the
    memory that is alive at an operator; the order of the operators decides which
    tensors meet. The search (Ordering.h) is complete but for a limit on its
    states, and an order that is not better than the present one changes nothing.
    Operators with states keep their order. Assumes kernels, for their scratch; a
    model with cascades is left alone.
  }];
  let statistics = [
    Statistic<"numMoved", "num-moved", "Number of operators at another place">,
    Statistic<"savedBytes", "saved-bytes", "Bytes that the worst step has less">
  ];
}

def STM32FormCascades
    : Pass<"stm32-form-cascades", "::mlir::stm32::ModelOp"> {
  let summary = "Run operators together in bands of rows, to save memory";
  let description = [{
    Cuts the operators, in their order, into segments; those of more than one
    operator become a `stm32.cascade`, so that the tensors inside never exist as
    a whole. The cut has the smallest peak of memory whose calls cost at most
    `budget` percent of the model's instructions, and of those the least
    instructions. It is exact over segments of up to 48 operators and bands of 1,
    2, 4, 8 and 16 rows; the peak of a segment is counted call by call, as
    `--stm32-bufferize` will make them. If `target-peak` bytes are enough, the
    cheapest cut within them is taken.

    With `stream` the first input never exists as a whole: the firmware hands over
    its rows as they come, and the first cascade takes them. It is an error if the
    operators that read the input cannot run row by row.

    Assumes kernels (`--stm32-select-kernels`): an operator is taken only if its
    kernel computes bands. An operator with `stm32.pool` does not count, its
    memory is elsewhere. A model that has cascades already is left alone, and one
    with the attribute `stm32.cascades`, a list of `#stm32.cascade`, gets those:
    nothing is searched then.
  }];
  let options = [
    Option<"budget", "budget", "double", /*default=*/"15.0",
           "Most instructions that bands may cost, in percent">,
    Option<"targetPeak", "target-peak", "int64_t", /*default=*/"0",
           "Bytes of memory that are few enough">,
    Option<"stream", "stream", "bool", /*default=*/"false",
           "Let the first input come row by row">,
  ];
  let statistics = [
    Statistic<"numCascades", "num-cascades", "Number of cascades made">,
    Statistic<"numOperators", "num-operators", "Number of operators in them">
  ];
}

//===----------------------------------------------------------------------===//
// Memory (L4)
//===----------------------------------------------------------------------===//

def STM32Bufferize : Pass<"stm32-bufferize", "::mlir::ModuleOp"> {
  let summary = "Give every activation and scratch a buffer in a pool";
  let description = [{
    Operators take `stm32.buffer`s and write to their destination; reshapes, and
    slices that are one range of their input, become views. The parts of a
    concatenation that are one range of it are written there by the operators
    that compute them, as long as the memory that is alive at once does not grow
    (`concat-views=false`: never); other parts are copied. A constant that an operator reads as an activation becomes a
    block of the constants pool and a view of it. Cascades become calls for
    bands of rows, in an order in which each row is computed once, just before
    it is needed, with rings between the operators. Pools and memory regions are
    made from the target's record unless the module declares them: the first
    pool that is not for constants is the default, an operation with the
    attribute `stm32.pool` (a symbol) puts its result elsewhere, and so does
    entry i of the model's `stm32.pool` (an array of names, "" for the default)
    with input i. Their buffers keep `stm32.pool`: the place was asked for.
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"host\"",
           "Part that the model runs on">,
    Option<"concatViews", "concat-views", "bool", /*default=*/"true",
           "Write parts of a concatenation where its result is">,
  ];
}

def STM32AssignPools : Pass<"stm32-assign-pools", "::mlir::ModuleOp"> {
  let summary = "Spread buffers over several pools";
  let description = [{
    Where the module has several pools for activations, buffers are spread so that
    all accesses together take least: how often kernels read and write a buffer
    times the `latency` of the region of its pool; of equal ones the first pool is
    preferred. Each pool must have a plan within its room. The search is complete
    for models with few buffers or little choice, else it ends at a placement that
    no move or exchange of two buffers makes cheaper (docs/MemoryPlanning.md). A
    buffer with the attribute `stm32.pool` stays where it is. If all pools fit as
    they are, nothing is moved. An error names the pools with their regions and
    bytes, the buffer that has no place and the operator at the peak.
  }];
  let statistics = [
    Statistic<"numMoved", "num-moved", "Number of buffers moved">
  ];
}

def STM32StreamConstants
    : Pass<"stm32-stream-constants", "::mlir::ModuleOp"> {
  let summary = "Copy constants into a faster pool before they are used";
  let description = [{
    If a pool of constants has a `stream`, blocks of constants get a buffer in that
    pool of activations and a `stm32.fetch` one operator before their first user,
    so that a copy goes on while the operator before computes, and two buffers are
    alive at a time (double buffering). A block is worth it if its reads
    (`countReads` in Accesses.h) from the slower region cost more than those from
    the faster one and a copy by the core. Of these, the blocks with the most gain
    are taken first, as long as the pool, with the buffers that lie in it, has a
    plan within its capacity. A block that the operators of a cascade read again
    and again stays until the last of them.
  }];
  let statistics = [
    Statistic<"numFetched", "num-fetched", "Number of blocks that are copied">
  ];
}

def STM32PlanMemory : Pass<"stm32-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Assign exact offsets to all buffers";
  let description = [{
    For each pool, the lives of its buffers in the schedule go to the exact
    planner (docs/MemoryPlanning.md); every plan is checked by the validator
    before it is used. Inputs live from before the first operator, outputs until
    after the last. Buffers of equal place share a `storage_id`. An output may
    start inside of an input that nobody reads later, or be in its place, as far
    as the order in which the kernels read and write allows (Accesses.h):
    elementwise operators work in place, and a window operator writes behind the
    rows that it still reads. The pool gets
    its size and, as attributes for reports, the max-live lower bound and the
    certificate. A pool that needs more than its limit is an error that names
    the region, the bytes and the operator at the peak with its live tensors. So
    is a region that all its pools together do not fit in.
  }];
  let options = [
    Option<"overlap", "overlap", "bool", /*default=*/"true",
           "Let outputs start inside of inputs that they outlive">,
  ];
  let statistics = [
    Statistic<"numBuffers", "num-buffers", "Number of buffers placed">,
    Statistic<"numOverlaps", "num-overlaps",
              "Number of buffers that start inside of another one">
  ];
}

def STM32PlanConstants : Pass<"stm32-plan-constants", "::mlir::ModuleOp"> {
  let summary = "Assign offsets to all packed constants";
  let description = [{
    Constants live as long as the model, so they lie one behind the other in the
    order of their operators, each aligned to the pool, at least to 16 bytes.
    Equal blocks of one model are stored once. Each model has constants of its
    own from offset 0; the size of the pool is that of the largest model.
  }];
  let statistics = [
    Statistic<"numShared", "num-shared", "Number of blocks stored once for several">
  ];
}

def STM32SimulateMemory
    : Pass<"stm32-simulate-memory", "::mlir::stm32::ModelOp"> {
  let summary = "Replay a memory plan on tagged bytes";
  let description = [{
    Checks a plan in another way than the planner's validator: every byte of the
    pools carries a tag that says which byte of which tensor it holds. The calls
    are replayed with what their kernels read and write, in the order that
    kernels promise (Accesses.h), row by row. A read of a byte that holds
    something else, or nothing yet, is an error. So is an output that is not
    complete at the end.

    Assumes offsets (`--stm32-plan-memory`). Changes nothing.
  }];
  let statistics = [
    Statistic<"numCalls", "num-calls", "Number of calls replayed">
  ];
}

#endif // STM32_DIALECT_STM32_TRANSFORMS_PASSES_TD
