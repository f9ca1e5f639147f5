//===- OrderOperators.cpp - The order of least memory ---------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The problem is that of Ordering.h; this file makes it of a model on tensors
// and moves the operators. Views and parts of concatenations are one block of
// memory with what they lie in, as SegmentModel has it.
//
//===----------------------------------------------------------------------===//

#include "CascadeSegments.h"

#include "stm32/Analysis/MemoryPlanner/Ordering.h"
#include "stm32/Dialect/STM32/Transforms/Passes.h"

#include "llvm/ADT/SetVector.h"

#define DEBUG_TYPE "stm32-order-operators"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32ORDEROPERATORS
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

namespace {
class OrderProblem {
public:
  explicit OrderProblem(ModelOp model);
  const planner::OrderingProblem &get() const { return problem; }
  ArrayRef<Operation *> getOperators() const { return model.getOperators(); }

private:
  void addBlocks(ModelOp op);
  void addOperators();

  SegmentModel model;
  planner::OrderingProblem problem;
  llvm::DenseMap<Value, uint32_t> blocks;
};
} // namespace

/// True if others than data say when `op` runs.
static bool keepsItsOrder(Operation *op) {
  auto compute = dyn_cast<ComputeOpInterface>(op);
  return (compute && compute.getNumStates() != 0) || !isMemoryEffectFree(op);
}

OrderProblem::OrderProblem(ModelOp op) : model(op, /*streamsInput=*/false) {
  addBlocks(op);
  addOperators();
}

void OrderProblem::addBlocks(ModelOp op) {
  llvm::DenseSet<Value> outputs;
  for (Value value : op.getOutputOp().getValues())
    outputs.insert(model.getStorage(value));
  for (auto &[value, storage] : model.getStorages()) {
    blocks[value] = problem.blocks.size();
    problem.blocks.push_back(
        {storage.bytes, isa<BlockArgument>(value), outputs.contains(value)});
  }
}

void OrderProblem::addOperators() {
  llvm::DenseMap<Operation *, uint32_t> indices;
  /// Operators that views and constants come from.
  llvm::DenseMap<Operation *, llvm::SmallSetVector<uint32_t, 4>> sources;
  std::optional<uint32_t> lastInOrder;
  for (auto [index, op] : llvm::enumerate(model.getOperators()))
    indices[op] = index;
  if (model.getOperators().empty())
    return;
  for (Operation &op : *model.getOperators().front()->getBlock()) {
    llvm::SmallSetVector<uint32_t, 4> before;
    for (Value operand : op.getOperands())
      if (Operation *source = operand.getDefiningOp()) {
        if (auto it = indices.find(source); it != indices.end())
          before.insert(it->second);
        else
          before.insert(sources[source].begin(), sources[source].end());
      }
    auto it = indices.find(&op);
    if (it == indices.end()) {
      sources[&op] = before;
      continue;
    }
    uint32_t index = it->second;
    if (keepsItsOrder(&op)) {
      if (lastInOrder)
        before.insert(*lastInOrder);
      lastInOrder = index;
    }
    planner::OrderedOperator entry;
    llvm::SmallSetVector<uint32_t, 4> touched;
    auto touch = [&](Value value) {
      if (auto block = blocks.find(model.getStorage(value));
          block != blocks.end())
        touched.insert(block->second);
    };
    llvm::for_each(op.getOperands(), touch);
    llvm::for_each(op.getResults(), touch);
    entry.blocks.assign(touched.begin(), touched.end());
    entry.after.assign(before.begin(), before.end());
    entry.scratch = model.getScratchBytes(index);
    for (auto [value, bytes] : model.listSavings(index))
      entry.savings.push_back({blocks.lookup(value), bytes});
    problem.operators.push_back(std::move(entry));
  }
}

/// Puts the operators into `order`, each behind the views and constants that it
/// needs; returns how many are at another place.
static int64_t reorder(ModelOp model, ArrayRef<Operation *> operators,
                       ArrayRef<uint32_t> order) {
  Block &body = model.getBody().front();
  Operation *end = body.getTerminator();
  llvm::DenseSet<Operation *> placed;
  auto place = [&](auto &self, Operation *op) -> void {
    if (!placed.insert(op).second)
      return;
    for (Value operand : op->getOperands())
      if (Operation *source = operand.getDefiningOp())
        self(self, source);
    op->moveBefore(end);
  };
  auto all = llvm::map_to_vector(body.without_terminator(),
                                 [](Operation &op) { return &op; });
  for (uint32_t index : order)
    place(place, operators[index]);
  for (Operation *op : all)
    place(place, op);
  int64_t moved = 0;
  for (auto [place, index] : llvm::enumerate(order))
    moved += place != index;
  return moved;
}

namespace {
struct OrderOperatorsPass
    : stm32::impl::STM32OrderOperatorsBase<OrderOperatorsPass> {
  void runOnOperation() override {
    ModelOp model = getOperation();
    if (model.isOnBuffers() || !model.getBody().getOps<CascadeOp>().empty())
      return;
    OrderProblem problem(model);
    std::vector<uint32_t> listed(problem.getOperators().size());
    std::iota(listed.begin(), listed.end(), 0);
    int64_t before = planner::computePeak(problem.get(), listed);
    planner::Ordering ordering = planner::findOrder(problem.get());
    if (ordering.peak >= before)
      return;
    savedBytes += before - ordering.peak;
    int64_t moved = reorder(model, problem.getOperators(), ordering.order);
    numMoved += moved;
    model->setAttr(kMovedAttrName, OpBuilder(model).getI64IntegerAttr(moved));
  }
};
} // namespace
