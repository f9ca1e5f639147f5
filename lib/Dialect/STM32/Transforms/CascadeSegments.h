//===- CascadeSegments.h - Memory of operators in bands ---------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What CascadeSearch.h calls a segment, evaluated: the peak is counted call by
// call, as --stm32-bufferize will make them, with an output inside of an input
// where the planner can put it there.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DIALECT_STM32_TRANSFORMS_CASCADESEGMENTS_H
#define STM32_LIB_DIALECT_STM32_TRANSFORMS_CASCADESEGMENTS_H

#include "CascadeSearch.h"

#include "stm32/Dialect/STM32/Transforms/CascadeSchedule.h"
#include "stm32/Dialect/STM32/Transforms/Views.h"

#include "llvm/ADT/MapVector.h"

#include <limits>

namespace mlir::stm32 {

struct KernelRecord;

/// What the search asks of an operator again and again.
struct OperatorFacts {
  explicit OperatorFacts(Operation *op);

  Operation *op;
  RowKind kind;
  const KernelRecord *kernel; ///< null if none was chosen
  int64_t scratch = 0;        ///< bytes, rounded up as places in a pool are
  int64_t rowsAtOnce = 1;
};

/// The operators of a model on tensors, in their order, and their memory.
class SegmentModel {
public:
  /// With `streamsInput` the first input comes row by row.
  SegmentModel(ModelOp model, bool streamsInput);

  ArrayRef<Operation *> getOperators() const { return operators; }
  /// Estimated instructions of all whole operators.
  double getInstructions() const { return instructions; }
  bool isStreamed() const { return stream != nullptr; }

  /// True if operator `index` may run as a whole: not if it reads a stream.
  bool mayRunWhole(unsigned index) const {
    return int(index) > lastStreamReader;
  }
  /// True if operator `index` may be in a cascade.
  bool mayRunInBands(unsigned index) const { return runsInBands[index]; }
  /// True if operators [begin, end), each of which may be in a cascade, may be
  /// in one.
  bool mayCascade(unsigned begin, unsigned end);

  /// The memory of one tensor, and of what is a view or a part of it.
  struct Storage {
    int64_t bytes = 0;
    int first = 0; ///< operator that writes it first, -1 for inputs
    int last = 0;  ///< operator that uses it last, the number of operators for
                   ///< outputs
  };
  const llvm::MapVector<Value, Storage> &getStorages() const {
    return storages;
  }
  /// The value whose memory `value` lies in.
  Value getStorage(Value value);
  int64_t getScratchBytes(unsigned index) const { return facts[index].scratch; }
  /// What operator `index` as a whole saves if it is the last to use an input,
  /// by starting its result inside of it.
  SmallVector<std::pair<Value, int64_t>> listSavings(unsigned index);

  CascadeSegment evaluateWhole(unsigned index);
  /// As a cascade of at most `rows` rows a call.
  CascadeSegment evaluate(unsigned begin, unsigned end, int64_t rows);

private:
  /// Memory that is alive in the steps [first, last] of a segment.
  struct Life {
    int64_t bytes = 0;
    int first = std::numeric_limits<int>::max();
    int last = -1;
    void touch(int step) {
      first = std::min(first, step);
      last = std::max(last, step);
    }
  };

  void findStorages(ModelOp model);
  int indexOf(Operation *op) const {
    auto it = indices.find(body.findAncestorOpInBlock(*op));
    return it == indices.end() ? -1 : it->second;
  }
  bool canRunInBands(const OperatorFacts &facts);
  /// Operators [begin, end) can be moved together.
  bool canJoin(unsigned begin, unsigned end);
  /// True if operator `index`, as a whole, goes row by row too.
  bool goesByRows(unsigned index) const;
  /// The step of operator `index` as a whole.
  CascadeStep getWholeStep(unsigned index);
  /// What the result of `members`, the last one's, saves by starting inside of
  /// `input`; nothing if one of them is a view, or the order is not known.
  std::optional<int64_t> findSaving(ArrayRef<OperatorFacts> members,
                                    ArrayRef<CascadeStep> steps, Value input);
  /// Most bytes that the result of a segment saves by starting inside of an
  /// input that dies in it; sets which input.
  int64_t getSaving(unsigned begin, unsigned end, ArrayRef<CascadeStep> steps,
                    Value &input);
  int64_t getBase(unsigned begin, unsigned end,
                  const llvm::DenseMap<Value, Life> &lives);

  Block &body;
  ConcatPlan concats;
  SmallVector<Operation *> operators;
  SmallVector<OperatorFacts, 0> facts; ///< of each operator
  llvm::DenseMap<Operation *, int> indices;
  llvm::MapVector<Value, Storage> storages;
  SmallVector<bool> runsInBands;
  /// The streamed input, and the last operator that reads it.
  Value stream;
  int lastStreamReader = -1;
  double instructions = 0;
};

} // namespace mlir::stm32

#endif // STM32_LIB_DIALECT_STM32_TRANSFORMS_CASCADESEGMENTS_H
