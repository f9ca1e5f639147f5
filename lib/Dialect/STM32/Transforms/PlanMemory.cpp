//===- PlanMemory.cpp - Assign exact offsets to all buffers ---------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PoolProblem.h"

#include "stm32/Analysis/MemoryPlanner/Solver.h"
#include "stm32/Analysis/MemoryPlanner/Validator.h"
#include "stm32/Dialect/STM32/Transforms/Passes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MathExtras.h"

#define DEBUG_TYPE "stm32-plan-memory"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32PLANMEMORY
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Solving
//===----------------------------------------------------------------------===//

/// Buffers that start inside of another one that is alive with them.
static int64_t countOverlaps(const planner::Problem &problem,
                             const planner::Plan &plan) {
  return llvm::count_if(problem.overlaps, [&](const planner::Overlap &overlap) {
    return problem.isLive(overlap) &&
           plan.offsets[overlap.lower] + problem.buffers[overlap.lower].size >
               plan.offsets[overlap.upper] &&
           plan.offsets[overlap.upper] + problem.buffers[overlap.upper].size >
               plan.offsets[overlap.lower];
  });
}

/// Places tensors first, as low as they go, then scratch around them: of two
/// plans with one peak, the one whose tensors end lower is the better report.
static planner::Plan solve(const planner::Problem &problem,
                           MutableArrayRef<BufferOp> buffers) {
  if (llvm::none_of(buffers, [](BufferOp op) { return op.getScratch(); }))
    return solveBriefly(problem);
  planner::Problem tensors = problem;
  for (auto [buffer, op] : llvm::zip_equal(tensors.buffers, buffers))
    if (op.getScratch())
      buffer.end = buffer.begin;
  planner::Plan first = solveBriefly(tensors);
  planner::Problem fixed = problem;
  for (auto [index, op] : llvm::enumerate(buffers))
    if (!op.getScratch() && first.certificate != planner::Certificate::Invalid)
      fixed.buffers[index].fixedOffset = first.offsets[index];
  planner::Plan staged = solveBriefly(fixed);
  // No other plan is better than one at the bound.
  int64_t bound = planner::computeLowerBound(problem);
  if (staged.certificate != planner::Certificate::Invalid &&
      staged.peak == bound) {
    staged.lowerBound = bound;
    staged.certificate = planner::Certificate::BoundReached;
    return staged;
  }
  planner::Plan joint = solveBriefly(problem);
  if (staged.certificate == planner::Certificate::Invalid ||
      joint.peak < staged.peak)
    return joint;
  // The joint search knows the bound of the problem without fixed places.
  staged.lowerBound = joint.lowerBound;
  staged.certificate = joint.certificate;
  return staged;
}

static void reportOverflow(PoolOp pool, int64_t capacity, int64_t needed,
                           const planner::Problem &problem,
                           MutableArrayRef<BufferOp> buffers,
                           const Liveness &liveness) {
  InFlightDiagnostic diag =
      pool.emitError() << "memory region '" << pool.getRegion() << "' has "
                       << capacity << " bytes for pool '" << pool.getSymName()
                       << "', but the model needs " << needed;
  notePeak(diag, pool.getLoc(), problem, buffers, liveness);
}

static FailureOr<int64_t> planPool(PoolOp pool, Liveness &liveness,
                                   ArrayRef<BufferOverlap> overlaps) {
  SmallVector<BufferOp> buffers;
  for (auto &[buffer, life] : liveness.lives)
    if (buffer.getPool() == pool.getSymName())
      buffers.push_back(buffer);
  if (buffers.empty())
    return 0;
  planner::Problem problem =
      makeProblem(buffers, liveness, overlaps, pool.getAlignment());
  if (std::string error = problem.check(); !error.empty())
    return pool.emitError() << "cannot plan its buffers: " << error;
  planner::Plan plan = solve(problem, buffers);
  if (planner::ValidationResult result = planner::validate(problem, plan);
      !result.ok())
    return pool.emitError()
           << "the planner gave no valid plan: " << result.message;
  if (std::optional<int64_t> capacity = pool.getCapacity();
      capacity && plan.peak > *capacity) {
    reportOverflow(pool, *capacity, plan.peak, problem, buffers, liveness);
    return failure();
  }

  Builder builder(pool.getContext());
  SmallVector<std::pair<int64_t, int64_t>> storages;
  for (auto [buffer, offset] : llvm::zip_equal(buffers, plan.offsets)) {
    buffer.setOffset(offset);
    std::pair<int64_t, int64_t> place(offset, buffer.getType().getBytes());
    auto *known = llvm::find(storages, place);
    buffer.setStorageId(known - storages.begin());
    if (known == storages.end())
      storages.push_back(place);
  }
  // Models that share a pool run one after the other: it is as large as the
  // largest of them.
  int64_t size = std::max<int64_t>(plan.peak, pool.getSize().value_or(0));
  pool.setSize(size);
  if (size == plan.peak) {
    pool->setAttr(kLowerBoundAttrName,
                  builder.getI64IntegerAttr(plan.lowerBound));
    pool->setAttr(
        kCertificateAttrName,
        builder.getStringAttr(planner::stringifyCertificate(plan.certificate)));
  }
  return countOverlaps(problem, plan);
}

/// Checks that no two models keep their states in `pool`: one would overwrite
/// those of the other.
static LogicalResult checkStates(ModuleOp module, PoolOp pool) {
  ModelOp owner;
  for (ModelOp model : module.getOps<ModelOp>()) {
    auto isInPool = [&](BufferOp buffer) {
      return buffer.getPoolAttr().getAttr() == pool.getSymNameAttr();
    };
    if (llvm::none_of(model.getBody().getOps<BufferOp>(), isInPool))
      continue;
    if (owner)
      return pool.emitError()
             << "holds the states of models '" << owner.getSymName()
             << "' and '" << model.getSymName()
             << "'; each needs a pool of its own";
    owner = model;
  }
  return success();
}

/// Checks that the pools of each region fit in it together.
static LogicalResult checkRegions(ModuleOp module) {
  for (MemoryRegionOp region : module.getOps<MemoryRegionOp>()) {
    SmallVector<PoolOp> pools;
    uint64_t needed = 0;
    for (PoolOp pool : module.getOps<PoolOp>())
      if (pool.getRegion() == region.getSymName() && pool.getSize()) {
        pools.push_back(pool);
        needed += llvm::alignTo(*pool.getSize(), pool.getAlignment());
      }
    if (!region.getSize() || needed <= *region.getSize() || pools.size() < 2)
      continue;
    InFlightDiagnostic diag = region.emitError()
                              << "memory region '" << region.getSymName()
                              << "' has " << *region.getSize()
                              << " bytes, but its pools need " << needed;
    for (PoolOp pool : pools)
      diag.attachNote(pool.getLoc())
          << "pool '" << pool.getSymName() << "' needs " << *pool.getSize();
    return diag;
  }
  return success();
}

namespace {
struct PlanMemoryPass : stm32::impl::STM32PlanMemoryBase<PlanMemoryPass> {
  using STM32PlanMemoryBase::STM32PlanMemoryBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (PoolOp pool : module.getOps<PoolOp>())
      if (pool.getStates() && failed(checkStates(module, pool)))
        return signalPassFailure();
    for (ModelOp model : module.getOps<ModelOp>()) {
      if (!model.isOnBuffers() && !model.getInputs().empty()) {
        model.emitError("is on tensors; run --stm32-bufferize first");
        return signalPassFailure();
      }
      Liveness liveness(model);
      numBuffers += liveness.lives.size();
      SmallVector<BufferOverlap> overlaps;
      if (overlap)
        overlaps = findOverlaps(model);
      for (PoolOp pool : module.getOps<PoolOp>())
        if (!pool.getConstants()) {
          FailureOr<int64_t> count = planPool(pool, liveness, overlaps);
          if (failed(count))
            return signalPassFailure();
          numOverlaps += *count;
        }
    }
    if (failed(checkRegions(module)))
      signalPassFailure();
  }
};
} // namespace
