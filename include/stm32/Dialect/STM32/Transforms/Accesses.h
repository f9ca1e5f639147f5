//===- Accesses.h - What kernels read and write, in order -------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order in which the kernel of a call touches memory, in blocks. It is a
// promise of the kernels (docs/Kernels.md):
//
//   - what a block writes is written after all reads of the blocks before it;
//   - inside of a block nothing is known about the order, but for reads that
//   are
//     not `late`: each of them is done before the byte at the same distance
//     from the start of the block is written, as elementwise kernels do.
//
// A kernel over windows has a block for each row of its output, or for as many
// as `rowsAtOnce` of its record says; a kernel of which nothing is known has
// one block with late reads. So an output may start inside of its input as far
// as no block destroys what it or a later one reads:
//
//     input  a        [===row 0===|===row 1===|===row 2===]
//     output b   [row 0|row 1|row 2]
//                |<-->| distance: the least a - b that is safe
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_TRANSFORMS_ACCESSES_H
#define STM32_DIALECT_STM32_TRANSFORMS_ACCESSES_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

#include "llvm/ADT/MapVector.h"

namespace mlir::stm32 {

/// Bytes [begin, end) of a buffer, counted from its first byte.
struct Span {
  BufferOp buffer;
  int64_t begin, end;
  /// What lies there: bytes [index, index + end - begin) of the tensor that
  /// `content` stands for. Of a ring that is not `begin`.
  Value content;
  int64_t index;
  /// A read that may come after the writes of its block.
  bool late = true;
};

struct AccessBlock {
  SmallVector<Span, 2> reads, writes;
};
using AccessList = SmallVector<AccessBlock, 0>;

/// All bytes of a buffer, a view or some rows.
Span getAllOf(Value value);

/// The blocks of one call on buffers, constants left out; none for what is no
/// call. Scratch is written by the first block; sums of operators that collect
/// rows are read too. Rows that are received are written.
AccessList getAccesses(Operation *op);

/// A relation of two buffers of a pool, see planner::Overlap.
struct BufferOverlap {
  BufferOp lower, upper;
  int64_t distance; ///< bytes
};

/// The buffers that may start inside of a buffer that is read while they are
/// written, with the least distances. `model` is on buffers.
SmallVector<BufferOverlap> findOverlaps(ModelOp model);

/// Elements that the kernel of a call reads of one activation, of its constants
/// or of its scratch in all: one for each MAC; of a window without weights one
/// for each place that it covers; of anything else each element once. Kernels
/// that keep values in registers read less, all operands alike.
int64_t countReads(ComputeOpInterface op);

/// How often each buffer is read and written in a run, in elements: see
/// `countReads` for reads; outputs are written once.
llvm::MapVector<BufferOp, int64_t> countAccesses(ModelOp model);

} // namespace mlir::stm32

#endif // STM32_DIALECT_STM32_TRANSFORMS_ACCESSES_H
