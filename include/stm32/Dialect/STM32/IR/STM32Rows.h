//===- STM32Rows.h - Operators that run row by row --------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A row is an index of the second dimension of one NHWC image. Three kinds of
// operators can be computed some rows at a time, in ascending order:
//
//   window       row r of the output reads rows r * stride - pad ... of the
//                input
//   elementwise  row r of the output reads row r of each input; an input of one
//                row is read as a whole (broadcast)
//   collecting   a pool or mean over all rows: its rows are those of its
//                *input*, and the output is there after the last one
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_IR_STM32ROWS_H
#define STM32_DIALECT_STM32_IR_STM32ROWS_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

namespace mlir::stm32 {

/// Half-open range of rows.
struct RowRange {
  int64_t begin, end;
};

/// Rows of an activation that rows of an operator read: `extent` rows from
/// row * stride + offset on, clipped to the image. A value, so that searches
/// need not ask the operator each time.
struct RowMap {
  int64_t numRows; ///< of the activation
  int64_t stride = 1, offset = 0, extent = 1;
  bool readsAll = false; ///< each row reads all of the activation

  /// What rows [first, first + count) of the operator read.
  RowRange read(int64_t first, int64_t count) const;
};

enum class RowKind { None, Window, Elementwise, Collecting };

/// How `op`, on tensors or on buffers, runs row by row; None if it cannot.
RowKind getRowKind(Operation *op);

/// True for a window operator whose kernel computes the rows of its output one
/// after the other. Grouped convolutions do so for one group after the other.
bool runsByRows(ComputeOpInterface op);

/// Rows that `op` runs over: those of its output, or of its input if it
/// collects them.
int64_t getNumRows(ComputeOpInterface op);

/// Rows of activation `index` that rows of `op` read, which has a row kind.
RowMap getRowMap(ComputeOpInterface op, unsigned index);

/// Rows of its input that rows of the output read, also where `op` collects
/// them.
RowMap getWindowRowMap(WindowOpInterface op);

/// Bytes of scratch in which an operator that collects rows keeps its sums: an
/// int32 for each channel.
int64_t getCollectedBytes(ComputeOpInterface op);

} // namespace mlir::stm32

#endif // STM32_DIALECT_STM32_IR_STM32ROWS_H
