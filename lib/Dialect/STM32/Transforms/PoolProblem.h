//===- PoolProblem.h - Buffers of a pool as a planner problem ---*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// What the passes that place buffers share: when each buffer is alive, the
// planner's problem of some of them, and what to say when they do not fit.
//
// Steps of the plan are the operators of the model in their order. A buffer is
// alive from the first step that touches it until after the last one:
//
//     step      0   1   2   3
//     input    [=======)            the firmware writes it before step 0
//     conv1    [===========)
//     scratch      [===)            one step
//     output               [===)    read by the firmware after the last step
//     state    [===============)    kept from one run to the next
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DIALECT_STM32_TRANSFORMS_POOLPROBLEM_H
#define STM32_LIB_DIALECT_STM32_TRANSFORMS_POOLPROBLEM_H

#include "stm32/Analysis/MemoryPlanner/Solver.h"
#include "stm32/Dialect/STM32/Transforms/Accesses.h"

#include "llvm/ADT/MapVector.h"

namespace mlir::stm32 {

/// Half-open range of steps.
struct Life {
  int32_t begin = std::numeric_limits<int32_t>::max();
  int32_t end = 0;
  void touch(int32_t step) {
    begin = std::min(begin, step);
    end = std::max(end, step + 1);
  }
};

/// The buffers of one model and their lives.
struct Liveness {
  llvm::MapVector<BufferOp, Life> lives;
  SmallVector<Operation *> steps;

  explicit Liveness(ModelOp model);
};

/// The relations among `buffers`, by their numbers; those with others are left
/// out.
std::vector<planner::Overlap> numberOverlaps(ArrayRef<BufferOp> buffers,
                                             ArrayRef<BufferOverlap> overlaps);

/// The problem of `buffers`, in their order, in one pool of that alignment;
/// overlaps with other buffers are left out.
planner::Problem makeProblem(ArrayRef<BufferOp> buffers,
                             const Liveness &liveness,
                             ArrayRef<BufferOverlap> overlaps,
                             int64_t alignment);

/// The plan of a search that ends within about a tenth of a second. Nearly all
/// real models need far less, and where that is not enough more rarely helps.
planner::Plan solveBriefly(const planner::Problem &problem);

/// Name of a tensor for people: of names that a front end joined, the first.
inline StringRef getShortName(Location loc) {
  return getTensorName(loc).split(';').first;
}

/// Attaches which operator of `problem` needs most, which tensors are alive
/// there, and what would help. `loc` is for notes without a better place.
void notePeak(InFlightDiagnostic &diag, Location loc,
              const planner::Problem &problem, ArrayRef<BufferOp> buffers,
              const Liveness &liveness);

} // namespace mlir::stm32

#endif // STM32_LIB_DIALECT_STM32_TRANSFORMS_POOLPROBLEM_H
