//===- Ordering.h - The order with the least memory -------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Branches of a graph may run in several orders, and some hold less memory at
// their worst step than others:
//
//      x --+--> a (8 KB) --> b (1 KB) --+
//          |                            +--> add       a b c d: 9 KB + x
//          +--> c (8 KB) --> d (1 KB) --+              a c b d: 16 KB + x
//
// A block of memory is alive from the first operator that touches it until the
// last one. At each step the blocks alive there count, and the operator's
// scratch; an output that may start inside of an input that dies at the step
// saves some bytes. Sizes are bytes, rounded up by the caller as the plan
// needs.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_ANALYSIS_MEMORYPLANNER_ORDERING_H
#define STM32_ANALYSIS_MEMORYPLANNER_ORDERING_H

#include <cstdint>
#include <string>
#include <vector>

namespace mlir::stm32::planner {

struct OrderedOperator {
  /// Indices of blocks that the operator reads or writes, each once.
  std::vector<uint32_t> blocks;
  /// Indices of the operators that must have run before.
  std::vector<uint32_t> after;
  int64_t scratch = 0;
  /// What is saved if a block, by its index, dies at this operator; of several
  /// that die, the greatest counts.
  struct Saving {
    uint32_t block;
    int64_t bytes;
  };
  std::vector<Saving> savings;
};

struct OrderedBlock {
  int64_t size = 0;
  bool isInput = false;  ///< alive from the start
  bool isOutput = false; ///< alive until the end
};

struct OrderingProblem {
  std::vector<OrderedOperator> operators;
  std::vector<OrderedBlock> blocks;

  /// One line about what is wrong, or nothing: indices in range, `after` only
  /// names operators before (so that the order of the list is a valid one).
  std::string check() const;
};

struct Ordering {
  /// Operators in the order to run them.
  std::vector<uint32_t> order;
  /// Bytes alive at the worst step.
  int64_t peak = 0;
  /// No order has a smaller peak: proven by complete search or by an operator
  /// that needs as much alone.
  bool isOptimal = false;
  /// Sets of operators that were looked at.
  uint64_t states = 0;
};

/// Bytes alive at the worst step of an order that `after` allows.
int64_t computePeak(const OrderingProblem &problem,
                    const std::vector<uint32_t> &order);

/// Finds an order with the least peak, and keeps the order of the list where no
/// other is better. The search goes over sets of operators that may have run,
/// those of the least peak first; after `stateLimit` sets, or about a tenth of a
/// second of work on many blocks, it keeps the list's order. Deterministic.
Ordering findOrder(const OrderingProblem &problem,
                   uint64_t stateLimit = 20000);

} // namespace mlir::stm32::planner

#endif // STM32_ANALYSIS_MEMORYPLANNER_ORDERING_H
