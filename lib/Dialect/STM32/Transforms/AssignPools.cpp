//===- AssignPools.cpp - Spread buffers over several pools ----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Accesses of each buffer and prices of each pool go to the planner, which says
// what lies where (Placement.h).
//
//===----------------------------------------------------------------------===//

#include "PoolProblem.h"

#include "stm32/Analysis/MemoryPlanner/Placement.h"
#include "stm32/Dialect/STM32/Transforms/Passes.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MathExtras.h"

#define DEBUG_TYPE "stm32-assign-pools"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32ASSIGNPOOLS
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

namespace {
/// Spreads the buffers of one model.
class Assignment {
public:
  Assignment(ModelOp model, ArrayRef<PoolOp> pools);
  /// Returns how many buffers are in another pool than before.
  FailureOr<int64_t> run();

private:
  void addPools();
  void addBuffers();
  std::optional<uint32_t> findPool(BufferOp buffer);
  bool fitsAsItIs();
  LogicalResult fail(BufferOp buffer);

  ModelOp model;
  Liveness liveness;
  SmallVector<BufferOverlap> overlaps;
  SmallVector<PoolOp> pools;
  SmallVector<BufferOp> buffers; ///< without states, as in the problem
  planner::PlacementProblem problem;
};
} // namespace

/// Prices of pools: latencies first, then the order of the pools.
static constexpr int64_t kOrderSteps = 64;

Assignment::Assignment(ModelOp model, ArrayRef<PoolOp> pools)
    : model(model), liveness(model), overlaps(findOverlaps(model)),
      pools(pools) {
  addPools();
  addBuffers();
}

void Assignment::addPools() {
  llvm::MapVector<StringAttr, uint32_t> regions;
  for (auto [index, pool] : llvm::enumerate(pools)) {
    auto region = SymbolTable::lookupNearestSymbolFrom<MemoryRegionOp>(
        pool, pool.getRegionAttr());
    auto [item, isNew] =
        regions.insert({region.getSymNameAttr(), problem.regions.size()});
    if (isNew)
      problem.regions.push_back(region.getSize()
                                    ? std::optional<int64_t>(*region.getSize())
                                    : std::nullopt);
    planner::PlacementPool entry;
    entry.price = region.getLatency().value_or(1) * kOrderSteps +
                  std::min<int64_t>(index, kOrderSteps - 1);
    entry.alignment = pool.getAlignment();
    if (pool.getCapacity())
      entry.capacity = *pool.getCapacity();
    entry.region = item->second;
    problem.pools.push_back(entry);
  }
  // States have their pools, and bytes of the same regions.
  auto module = model->getParentOfType<ModuleOp>();
  for (auto &[buffer, life] : liveness.lives) {
    if (!buffer.getInitial())
      continue;
    auto pool = SymbolTable::lookupNearestSymbolFrom<PoolOp>(
        module, buffer.getPoolAttr());
    auto region = regions.find(pool.getRegionAttr().getAttr());
    if (region != regions.end() && problem.regions[region->second])
      *problem.regions[region->second] -=
          llvm::alignTo(buffer.getType().getBytes(), pool.getAlignment());
  }
}

/// Index of the pool of `buffer`, if it is one of `pools`.
std::optional<uint32_t> Assignment::findPool(BufferOp buffer) {
  for (auto [index, pool] : llvm::enumerate(pools))
    if (pool.getSymName() == buffer.getPool())
      return index;
  return std::nullopt;
}

void Assignment::addBuffers() {
  llvm::MapVector<BufferOp, int64_t> accesses = countAccesses(model);
  for (auto &[buffer, life] : liveness.lives) {
    if (buffer.getInitial())
      continue;
    buffers.push_back(buffer);
    planner::PlacementBuffer entry;
    entry.size = buffer.getType().getBytes();
    entry.begin = life.begin;
    entry.end = life.end;
    entry.accesses = accesses.lookup(buffer);
    if (buffer->hasAttr(kPoolAttrName))
      entry.pinned = findPool(buffer);
    problem.buffers.push_back(entry);
  }
  problem.overlaps = numberOverlaps(buffers, overlaps);
}

/// What fits without this pass stays; so do the pools that a user wrote down.
bool Assignment::fitsAsItIs() {
  planner::PlacementProblem fixed = problem;
  for (auto [buffer, entry] : llvm::zip_equal(buffers, fixed.buffers)) {
    entry.pinned = findPool(buffer);
    if (!entry.pinned)
      return false;
  }
  return planner::place(fixed).certificate !=
         planner::PlacementCertificate::Infeasible;
}

LogicalResult Assignment::fail(BufferOp buffer) {
  planner::Problem whole = makeProblem(buffers, liveness, overlaps, 16);
  Location loc = pools.front().getLoc();
  InFlightDiagnostic diag = emitError(loc)
                            << "the pools of activations do not hold model '"
                            << model.getSymName() << "', which needs "
                            << solveBriefly(whole).peak << " bytes in all";
  for (PoolOp &pool : pools) {
    diag << (&pool == pools.begin() ? ": " : ", ");
    std::optional<int64_t> room = pool.getCapacity();
    diag << "'" << pool.getSymName() << "' has "
         << (room ? std::to_string(*room) : "any number of")
         << " bytes of memory region '" << pool.getRegion() << "'";
  }
  bool isPinned = buffer->hasAttr(kPoolAttrName);
  diag.attachNote(loc) << (buffer.getScratch() ? "scratch of "
                           : isPinned          ? "pinned tensor "
                                               : "tensor ")
                       << "'" << getShortName(buffer.getLoc()) << "' ("
                       << buffer.getType().getBytes() << " bytes) "
                       << (isPinned ? "does not fit in pool '" +
                                          buffer.getPool().str() + "'"
                                    : "fits in none of them");
  notePeak(diag, loc, whole, buffers, liveness);
  return diag;
}

FailureOr<int64_t> Assignment::run() {
  if (fitsAsItIs())
    return 0;
  planner::Placement placement = planner::place(problem);
  if (placement.certificate == planner::PlacementCertificate::Infeasible)
    return fail(buffers[placement.unplaced]);
  int64_t moved = 0;
  for (auto [buffer, index] : llvm::zip_equal(buffers, placement.pools)) {
    PoolOp pool = pools[index];
    moved += buffer.getPool() != pool.getSymName();
    buffer.setPoolAttr(FlatSymbolRefAttr::get(pool.getSymNameAttr()));
  }
  return moved;
}

namespace {
struct AssignPoolsPass : stm32::impl::STM32AssignPoolsBase<AssignPoolsPass> {
  void runOnOperation() override {
    SmallVector<PoolOp> pools;
    for (PoolOp pool : getOperation().getOps<PoolOp>())
      if (pool.isForActivations())
        pools.push_back(pool);
    if (pools.size() < 2)
      return;
    for (ModelOp model : getOperation().getOps<ModelOp>()) {
      // What has its places already is not planned again.
      bool isOpen =
          llvm::any_of(model.getBody().getOps<BufferOp>(), [](BufferOp buffer) {
            return !buffer.getOffset().has_value();
          });
      if (!isOpen)
        continue;
      FailureOr<int64_t> moved = Assignment(model, pools).run();
      if (failed(moved))
        return signalPassFailure();
      numMoved += *moved;
    }
  }
};
} // namespace
