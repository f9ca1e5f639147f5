//===- StreamConstants.cpp - Constants in a faster pool -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A fetch is one operator ahead of the first user: the buffer is alive from
// there on, and whatever copies in the background has that operator's time. The
// planner places these buffers as all others.
//
//===----------------------------------------------------------------------===//

#include "PoolProblem.h"

#include "stm32/Dialect/STM32/Transforms/Passes.h"

#include "mlir/IR/BuiltinOps.h"

#define DEBUG_TYPE "stm32-stream-constants"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32STREAMCONSTANTS
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

namespace {
/// A block of constants and what a copy of it saves.
struct Candidate {
  PackedOp block;
  size_t index; ///< among the candidates, in the order of the blocks
  SmallVector<OpOperand *> uses;
  int64_t gain; ///< cycles, less those of the copy
};

/// One model whose constants may stream into `target`.
class Streaming {
public:
  Streaming(ModelOp model, PoolOp source, PoolOp target)
      : model(model), source(source), target(target) {}
  /// Returns how many blocks are fetched.
  int64_t run();

private:
  SmallVector<Candidate> findCandidates();
  FetchOp fetch(const Candidate &candidate);
  void drop(FetchOp op, const Candidate &candidate);
  bool fits();

  ModelOp model;
  PoolOp source, target;
};
} // namespace

static int64_t getLatency(PoolOp pool) {
  auto region = SymbolTable::lookupNearestSymbolFrom<MemoryRegionOp>(
      pool, pool.getRegionAttr());
  return region.getLatency().value_or(1);
}

SmallVector<Candidate> Streaming::findCandidates() {
  int64_t slow = getLatency(source), fast = getLatency(target);
  SmallVector<Candidate> candidates;
  for (PackedOp block : model.getBody().getOps<PackedOp>()) {
    Candidate candidate{block, candidates.size(), {}, 0};
    int64_t reads = 0;
    bool isRead = true;
    for (OpOperand &use : block->getUses()) {
      auto op = dyn_cast<ComputeOpInterface>(use.getOwner());
      // A view of a constant is an activation, which has its place.
      isRead &= op && op.getPackedConstants() == block.getResult();
      if (!isRead)
        break;
      reads += countReads(op);
      candidate.uses.push_back(&use);
    }
    candidate.gain = reads * (slow - fast) - block.getBytes() * (slow + fast);
    if (isRead && !candidate.uses.empty() && candidate.gain > 0)
      candidates.push_back(std::move(candidate));
  }
  llvm::sort(candidates, [](const Candidate &a, const Candidate &b) {
    return std::make_pair(-a.gain, a.index) < std::make_pair(-b.gain, b.index);
  });
  return candidates;
}

/// The operator in whose time a copy for `user` can go on: the one before it.
static Operation *findStart(Operation *user) {
  for (Operation *op = user->getPrevNode(); op; op = op->getPrevNode())
    if (isa<ComputeOpInterface>(op))
      return op;
  return user;
}

FetchOp Streaming::fetch(const Candidate &candidate) {
  Operation *first = candidate.uses.front()->getOwner();
  for (OpOperand *use : candidate.uses)
    if (use->getOwner()->isBeforeInBlock(first))
      first = use->getOwner();
  PackedOp block = candidate.block;
  OpBuilder builder(findStart(first));
  if (!block->isBeforeInBlock(&*builder.getInsertionPoint()))
    block->moveBefore(&*builder.getInsertionPoint());
  auto type = BufferType::get(builder.getContext(), {block.getBytes()},
                              builder.getI8Type(), Layout::NHWC, /*rows=*/0);
  auto buffer =
      BufferOp::create(builder, first->getLoc(), type,
                       FlatSymbolRefAttr::get(target.getSymNameAttr()),
                       /*offset=*/IntegerAttr(), /*storage_id=*/IntegerAttr(),
                       /*tensor_id=*/IntegerAttr(), /*input=*/IntegerAttr(),
                       builder.getUnitAttr(), /*initial=*/ElementsAttr());
  auto fetch = FetchOp::create(builder, first->getLoc(), block.getType(),
                               block.getResult(), buffer.getResult());
  for (OpOperand *use : candidate.uses)
    use->set(fetch);
  return fetch;
}

void Streaming::drop(FetchOp op, const Candidate &candidate) {
  for (OpOperand *use : candidate.uses)
    use->set(op.getBlock());
  auto buffer = op.getDest().getDefiningOp<BufferOp>();
  op.erase();
  buffer.erase();
}

/// True if the buffers of the target have a plan within its capacity.
bool Streaming::fits() {
  std::optional<int64_t> capacity = target.getCapacity();
  if (!capacity)
    return true;
  Liveness liveness(model);
  SmallVector<BufferOp> buffers;
  for (auto &[buffer, life] : liveness.lives)
    if (buffer.getPool() == target.getSymName())
      buffers.push_back(buffer);
  planner::Problem problem = makeProblem(buffers, liveness, findOverlaps(model),
                                         target.getAlignment());
  return problem.check().empty() &&
         planner::computeLowerBound(problem) <= *capacity &&
         solveBriefly(problem).peak <= *capacity;
}

int64_t Streaming::run() {
  int64_t count = 0;
  for (const Candidate &candidate : findCandidates()) {
    FetchOp op = fetch(candidate);
    if (fits())
      ++count;
    else
      drop(op, candidate);
  }
  return count;
}

namespace {
struct StreamConstantsPass
    : stm32::impl::STM32StreamConstantsBase<StreamConstantsPass> {
  void runOnOperation() override {
    for (PoolOp source : getOperation().getOps<PoolOp>()) {
      if (!source.getStream())
        continue;
      auto target = SymbolTable::lookupNearestSymbolFrom<PoolOp>(
          source, source.getStreamAttr());
      for (ModelOp model : getOperation().getOps<ModelOp>())
        if (model.isOnBuffers() && model.getBody().getOps<FetchOp>().empty())
          numFetched += Streaming(model, source, target).run();
      return;
    }
  }
};
} // namespace
