//===- CopyLoops.cpp - The loops of copies --------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Movement.h"

using namespace mlir;
using namespace mlir::stm32;

int64_t CopyLoops::getCount() const {
  int64_t count = 1;
  for (const CopyLoop &loop : loops)
    count *= loop.size;
  return count;
}

void CopyLoops::simplify() {
  SmallVector<CopyLoop, kMaxCopyLoops> kept;
  for (const CopyLoop &loop : loops) {
    if (loop.size == 1)
      continue;
    // The loop outside of this one goes on where this one ends.
    if (!kept.empty() && kept.back().input == loop.size * loop.input &&
        kept.back().dest == loop.size * loop.dest)
      kept.back() = {kept.back().size * loop.size, loop.input, loop.dest};
    else
      kept.push_back(loop);
  }
  loops = std::move(kept);
}

SmallVector<int64_t> CopyLoops::getInputIndices() const {
  SmallVector<int64_t> indices = {inputOffset};
  for (const CopyLoop &loop : loops) {
    SmallVector<int64_t> next;
    next.reserve(indices.size() * loop.size);
    for (int64_t index : indices)
      for (int64_t i = 0; i < loop.size; ++i)
        next.push_back(index + i * loop.input);
    indices = std::move(next);
  }
  return indices;
}

/// True if each group of `size` values goes on by `stride`.
static bool isRegular(ArrayRef<int64_t> values, size_t size, int64_t stride) {
  for (size_t i = 1; i < values.size(); ++i)
    if (i % size != 0 && values[i] - values[i - 1] != stride)
      return false;
  return true;
}

std::optional<CopyLoops> stm32::findLoops(ArrayRef<int64_t> indices) {
  // From the inside to the outside: the longest group that all values fall into
  // is a loop, and the first values of the groups are what is left.
  SmallVector<int64_t> rest(indices);
  CopyLoops copy;
  copy.inputOffset = indices.front();
  int64_t dest = 1;
  while (rest.size() > 1) {
    int64_t stride = rest[1] - rest[0];
    size_t size = 2;
    while (size < rest.size() && rest[size] - rest[size - 1] == stride)
      ++size;
    while (size > 1 &&
           (rest.size() % size != 0 || !isRegular(rest, size, stride)))
      --size;
    if (size == 1 || copy.loops.size() == kMaxCopyLoops)
      return std::nullopt;
    copy.loops.push_back({static_cast<int64_t>(size), stride, dest});
    dest *= size;
    for (size_t i = 0; i < rest.size() / size; ++i)
      rest[i] = rest[i * size];
    rest.resize(rest.size() / size);
  }
  std::reverse(copy.loops.begin(), copy.loops.end());
  return copy;
}

std::optional<CopyLoops> stm32::placeLoops(const CopyLoops &copy, int64_t run,
                                           int64_t pitch, int64_t destOffset) {
  CopyLoops placed;
  placed.inputOffset = copy.inputOffset;
  placed.destOffset = destOffset;
  int64_t inner = 1; // iterations of the loops inside
  auto add = [&](int64_t size, int64_t input) {
    placed.loops.push_back(
        {size, input, inner < run ? inner : inner / run * pitch});
    inner *= size;
  };
  for (const CopyLoop &loop : llvm::reverse(copy.loops)) {
    if (inner >= run || inner * loop.size <= run) {
      add(loop.size, loop.input);
      continue;
    }
    // The end of a run lies inside of this loop.
    int64_t part = run / inner;
    if (run % inner != 0 || loop.size % part != 0)
      return std::nullopt;
    add(part, loop.input);
    add(loop.size / part, part * loop.input);
  }
  std::reverse(placed.loops.begin(), placed.loops.end());
  placed.simplify();
  if (placed.loops.size() > kMaxCopyLoops)
    return std::nullopt;
  return placed;
}

/// Instructions of a piece in the innermost loop, of a run, and of each byte of
/// it; measured on a Cortex-M4.
static double getPieceCost(int64_t unit) { return unit == 8 ? 7.0 : 4.0; }
static constexpr double kRunCost = 30.0, kRunByteCost = 0.25;
/// Inner loops that are shorter than this many iterations are not worth it
/// either, if another loop is longer.
static constexpr int64_t kMinInnerSize = 8;

CopyPlan stm32::planCopy(CopyLoops copy, int64_t elementBytes, bool onlyRuns) {
  copy.simplify();
  CopyPlan plan;
  plan.inputOffset = copy.inputOffset * elementBytes;
  plan.destOffset = copy.destOffset * elementBytes;
  plan.run = elementBytes;
  for (const CopyLoop &loop : copy.loops)
    plan.loops.push_back(
        {loop.size, loop.input * elementBytes, loop.dest * elementBytes});
  if (!plan.loops.empty() && plan.loops.back().input == elementBytes &&
      plan.loops.back().dest == elementBytes)
    plan.run = elementBytes * plan.loops.pop_back_val().size;
  plan.unit = 0;
  int64_t unit = 8;
  while (plan.run % unit != 0)
    unit /= 2;
  double pieces = getPieceCost(unit) * (plan.run / unit);
  if (onlyRuns || plan.loops.empty() ||
      pieces > kRunCost + kRunByteCost * plan.run)
    return plan;

  plan.unit = unit;
  if (plan.run != unit)
    plan.loops.push_back({plan.run / unit, unit, unit});
  if (plan.loops.back().size < kMinInnerSize) {
    // Any order of the loops gives the same copy.
    auto *longest =
        llvm::max_element(plan.loops, [](const CopyLoop &a, const CopyLoop &b) {
          return a.size < b.size;
        });
    std::swap(*longest, plan.loops.back());
  }
  return plan;
}

CopyLoops stm32::getPadLoops(PadOp op) {
  auto compute = cast<ComputeOpInterface>(op.getOperation());
  ArrayRef<int64_t> x = compute.getActivationType(0).getShape();
  ArrayRef<int64_t> y = compute.getOutputType().getShape();
  CopyLoops copy;
  int64_t input = 1, dest = 1;
  for (size_t dim = x.size(); dim-- > 0;) {
    copy.loops.push_back({x[dim], input, dest});
    copy.destOffset += op.getBefore()[dim] * dest;
    input *= x[dim];
    dest *= y[dim];
  }
  std::reverse(copy.loops.begin(), copy.loops.end());
  return copy;
}

uint64_t stm32::getPadBits(PadOp op) {
  if (auto value = dyn_cast<FloatAttr>(op.getValue()))
    return value.getValue().bitcastToAPInt().getZExtValue();
  return cast<IntegerAttr>(op.getValue()).getValue().getSExtValue();
}

double stm32::getCopyCost(const CopyPlan &plan) {
  double pieces = 1;
  for (const CopyLoop &loop : plan.loops)
    pieces *= loop.size;
  return pieces * (plan.unit ? getPieceCost(plan.unit)
                             : kRunCost + kRunByteCost * plan.run);
}
