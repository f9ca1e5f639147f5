//===- AssignPools.cpp - Spread buffers over several pools ----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// First fit, the buffers with the most traffic first: each goes to the first
// pool whose plan still fits with it. What is moved out of the preferred pools
// is what costs least there, and a buffer that is not alive with what fills a
// pool stays in it. The planner says what fits.
//
//===----------------------------------------------------------------------===//

#include "PoolProblem.h"

#include "stm32/Analysis/MemoryPlanner/Solver.h"
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
/// One pool of activations while it is filled.
struct Filling {
  PoolOp pool;
  SmallVector<BufferOp> buffers;
  int64_t peak = 0;
};

/// Spreads the buffers of one model.
class Assignment {
public:
  Assignment(ModelOp model, ArrayRef<PoolOp> pools);
  /// Returns how many buffers are in another pool than before.
  FailureOr<int64_t> run();

private:
  /// Bytes that `filling` may take beside the other pools of its region.
  std::optional<int64_t> getRoom(const Filling &filling);
  /// The peak of `filling` with `extra`; none if that does not fit.
  std::optional<int64_t> plan(const Filling &filling, ArrayRef<BufferOp> extra);
  bool tryPlace(BufferOp buffer, Filling &filling);
  bool fitsAsItIs(ArrayRef<BufferOp> buffers);
  LogicalResult fail(BufferOp buffer, ArrayRef<BufferOp> all);

  ModelOp model;
  Liveness liveness;
  SmallVector<BufferOverlap> overlaps;
  SmallVector<Filling> fillings;
  llvm::MapVector<BufferOp, int64_t> traffic;     ///< bytes read and written
  llvm::DenseMap<StringAttr, int64_t> stateBytes; ///< of regions
};
} // namespace

Assignment::Assignment(ModelOp model, ArrayRef<PoolOp> pools)
    : model(model), liveness(model), overlaps(findOverlaps(model)) {
  for (PoolOp pool : pools)
    fillings.push_back({pool, {}, 0});
  auto module = model->getParentOfType<ModuleOp>();
  for (auto &[buffer, life] : liveness.lives) {
    if (!buffer.getInitial()) {
      traffic[buffer] = 0;
      continue;
    }
    auto pool = SymbolTable::lookupNearestSymbolFrom<PoolOp>(
        module, buffer.getPoolAttr());
    stateBytes[pool.getRegionAttr().getAttr()] +=
        llvm::alignTo(buffer.getType().getBytes(), pool.getAlignment());
  }
  for (Operation *step : liveness.steps)
    for (Value operand : step->getOperands())
      if (auto item = traffic.find(getRootBuffer(operand));
          item != traffic.end())
        item->second += item->first.getType().getBytes();
}

std::optional<int64_t> Assignment::getRoom(const Filling &filling) {
  PoolOp pool = filling.pool;
  std::optional<int64_t> room = pool.getCapacity();
  auto region = SymbolTable::lookupNearestSymbolFrom<MemoryRegionOp>(
      pool, pool.getRegionAttr());
  if (!region.getSize())
    return room;
  int64_t left = static_cast<int64_t>(*region.getSize()) -
                 stateBytes.lookup(region.getSymNameAttr());
  for (const Filling &other : fillings)
    if (&other != &filling &&
        PoolOp(other.pool).getRegion() == region.getSymName())
      left -= llvm::alignTo(other.peak, PoolOp(other.pool).getAlignment());
  return std::min(room.value_or(left), left);
}

std::optional<int64_t> Assignment::plan(const Filling &filling,
                                        ArrayRef<BufferOp> extra) {
  SmallVector<BufferOp> buffers(filling.buffers);
  llvm::append_range(buffers, extra);
  planner::Problem problem = makeProblem(buffers, liveness, overlaps,
                                         PoolOp(filling.pool).getAlignment());
  if (!problem.check().empty())
    return std::nullopt;
  std::optional<int64_t> room = getRoom(filling);
  if (room && planner::computeLowerBound(problem) > *room)
    return std::nullopt;
  // A good plan is soon found where there is one; a last byte is not worth the
  // search for each buffer anew.
  planner::Options options;
  options.nodeLimit = 2000;
  int64_t peak = planner::solve(problem, options).peak;
  if (room && peak > *room)
    return std::nullopt;
  return peak;
}

bool Assignment::tryPlace(BufferOp buffer, Filling &filling) {
  std::optional<int64_t> peak = plan(filling, buffer);
  if (!peak)
    return false;
  filling.buffers.push_back(buffer);
  filling.peak = *peak;
  return true;
}

/// What fits without this pass stays; so do the pools that a user wrote down.
bool Assignment::fitsAsItIs(ArrayRef<BufferOp> buffers) {
  for (Filling &filling : fillings) {
    SmallVector<BufferOp> own;
    for (BufferOp buffer : buffers)
      if (buffer.getPool() == filling.pool.getSymName())
        own.push_back(buffer);
    std::optional<int64_t> peak = plan(filling, own);
    if (!peak)
      return false;
    filling.buffers = own;
    filling.peak = *peak;
  }
  return true;
}

LogicalResult Assignment::fail(BufferOp buffer, ArrayRef<BufferOp> all) {
  planner::Problem problem = makeProblem(all, liveness, overlaps, 16);
  Location loc = fillings.front().pool.getLoc();
  InFlightDiagnostic diag = emitError(loc)
                            << "the pools of activations do not hold model '"
                            << model.getSymName() << "', which needs "
                            << solveBriefly(problem).peak << " bytes in all";
  for (Filling &filling : fillings) {
    diag << (&filling == fillings.begin() ? ": " : ", ");
    std::optional<int64_t> room = filling.pool.getCapacity();
    diag << "'" << filling.pool.getSymName() << "' has "
         << (room ? std::to_string(*room) : "any number of")
         << " bytes of memory region '" << filling.pool.getRegion() << "'";
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
  notePeak(diag, loc, problem, all, liveness);
  return diag;
}

FailureOr<int64_t> Assignment::run() {
  SmallVector<BufferOp> buffers;
  for (auto &[buffer, bytes] : traffic)
    buffers.push_back(buffer);
  if (fitsAsItIs(buffers))
    return 0;
  for (Filling &filling : fillings) {
    filling.buffers.clear();
    filling.peak = 0;
  }
  // Pinned ones first, then by traffic, then as they come.
  auto order = llvm::to_vector(llvm::seq<size_t>(0, buffers.size()));
  llvm::sort(order, [&](size_t a, size_t b) {
    auto getKey = [&](size_t index) {
      BufferOp buffer = buffers[index];
      return std::make_tuple(!buffer->hasAttr(kPoolAttrName),
                             -traffic.lookup(buffer), index);
    };
    return getKey(a) < getKey(b);
  });
  int64_t moved = 0;
  for (size_t index : order) {
    BufferOp buffer = buffers[index];
    bool isPinned = buffer->hasAttr(kPoolAttrName);
    auto *place = llvm::find_if(fillings, [&](Filling &filling) {
      return (!isPinned || filling.pool.getSymName() == buffer.getPool()) &&
             tryPlace(buffer, filling);
    });
    if (place == fillings.end())
      return fail(buffer, buffers);
    moved += buffer.getPool() != place->pool.getSymName();
    buffer.setPoolAttr(FlatSymbolRefAttr::get(place->pool.getSymNameAttr()));
  }
  return moved;
}

namespace {
struct AssignPoolsPass : stm32::impl::STM32AssignPoolsBase<AssignPoolsPass> {
  void runOnOperation() override {
    SmallVector<PoolOp> pools;
    for (PoolOp pool : getOperation().getOps<PoolOp>())
      if (!pool.getConstants() && !pool.getStates())
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
