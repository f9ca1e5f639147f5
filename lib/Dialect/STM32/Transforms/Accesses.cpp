//===- Accesses.cpp - What kernels read and write, in order ---------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/Accesses.h"

#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"
#include "stm32/Dialect/STM32/IR/STM32Movement.h"
#include "stm32/Dialect/STM32/IR/STM32Rows.h"
#include "stm32/Target/KernelRecords.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

namespace {
/// Where a value lies and what it holds.
struct Located {
  BufferOp buffer;
  int64_t begin = 0; ///< first byte in the buffer
  Value content;
  int64_t index = 0; ///< first byte in the content
  BufferType type;

  int64_t getRowBytes() const { return type.getBytes() / type.getHeldRows(); }
  Span getAll(bool late = true) const {
    return {buffer, begin, begin + type.getBytes(), content, index, late};
  }
  Span getRow(int64_t row) const {
    int64_t bytes = getRowBytes();
    int64_t at = begin + row % type.getHeldRows() * bytes;
    return {buffer, at, at + bytes, content, index + row * bytes, true};
  }
};
} // namespace

static Located locate(Value value) {
  if (auto view = value.getDefiningOp<ViewOp>()) {
    Located source = locate(view.getSource());
    source.begin += view.getOffset();
    source.index += view.getOffset();
    // Tensors that share their memory have contents of their own.
    if (source.buffer.getScratch()) {
      source.content = value;
      source.index = 0;
    }
    source.type = view.getType();
    return source;
  }
  if (auto rows = value.getDefiningOp<RowsOp>()) {
    Located source = locate(rows.getSource());
    source.index += rows.getFirst() * source.getRowBytes();
    source.begin += rows.getOffset();
    source.type = rows.getType();
    return source;
  }
  auto buffer = value.getDefiningOp<BufferOp>();
  return {buffer, 0, value, 0, buffer.getType()};
}

Span stm32::getAllOf(Value value) { return locate(value).getAll(); }

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// Rows that a call computes or collects.
static RowRange getCalledRows(ComputeOpInterface op) {
  BandAttr band;
  if (auto window = dyn_cast<WindowOpInterface>(op.getOperation()))
    band = window.getBandAttr();
  if (auto inputBand = op->getAttrOfType<BandAttr>(kInputBandAttrName))
    band = inputBand;
  if (band)
    return {band.getFirst(), band.getFirst() + band.getCount()};
  return {0, op.getOutputType().getDimSize(1)};
}

static const KernelRecord *getKernel(ComputeOpInterface op) {
  return op.getKernelAttr() ? lookupKernelRecord(op.getKernelAttr()) : nullptr;
}

static void addWindow(ComputeOpInterface op, AccessList &blocks) {
  Located x = locate(op.getActivation(0)), y = locate(op.getDest());
  RowRange rows = getCalledRows(op);
  const KernelRecord *kernel = getKernel(op);
  int64_t most = kernel ? kernel->rowsAtOnce : 1;
  RowMap map = getWindowRowMap(cast<WindowOpInterface>(op.getOperation()));
  for (int64_t row = rows.begin, count; row < rows.end; row += count) {
    count = std::min(most, rows.end - row);
    AccessBlock block;
    auto [begin, end] = map.read(row, count);
    for (int64_t input = begin; input < end; ++input)
      block.reads.push_back(x.getRow(input));
    for (int64_t output = row; output < row + count; ++output)
      block.writes.push_back(y.getRow(output));
    blocks.push_back(std::move(block));
  }
}

static void addCollecting(ComputeOpInterface op, AccessList &blocks) {
  Located x = locate(op.getActivation(0));
  Located sums = locate(op.getScratch());
  RowRange rows = getCalledRows(op);
  AccessBlock block;
  for (int64_t row = rows.begin; row < rows.end; ++row)
    block.reads.push_back(x.getRow(row));
  if (rows.begin > 0)
    block.reads.push_back(sums.getAll(/*late=*/false));
  block.writes.push_back(sums.getAll());
  if (rows.end == op.getActivationType(0).getDimSize(1))
    block.writes.push_back(locate(op.getDest()).getAll());
  blocks.push_back(std::move(block));
}

/// True if the kernel reads each element before it writes the one at the same
/// index, or an earlier one.
static bool isElementwise(ComputeOpInterface op) {
  return isa<BinaryOp, UnaryOp, LookupOp, RequantizeOp, QuantizeOp,
             DequantizeOp>(op.getOperation());
}

static void addElementwise(ComputeOpInterface op, AccessList &blocks) {
  AccessBlock block;
  int64_t bytes = getElementBytes(op.getOutputType().getElementType());
  for (unsigned i = 0; i < op.getNumActivations(); ++i) {
    if (getConstantBlock(op.getActivation(i)))
      continue;
    ShapedType type = op.getActivationType(i);
    bool isInOrder = type.getShape() == op.getOutputType().getShape() &&
                     getElementBytes(type.getElementType()) >= bytes;
    block.reads.push_back(locate(op.getActivation(i)).getAll(!isInOrder));
  }
  block.writes.push_back(locate(op.getDest()).getAll());
  blocks.push_back(std::move(block));
}

/// The parts of the destination that a copy writes.
static void addCopiedRanges(StridedCopyOp op, Located dest,
                            SmallVector<Span, 2> &writes) {
  CopyPlan plan =
      planCopy(op.getLoops(), getElementBytes(dest.type.getElementType()));
  int64_t run = plan.unit ? plan.unit : plan.run;
  SmallVector<int64_t> starts = {plan.destOffset};
  for (const CopyLoop &loop : plan.loops) {
    SmallVector<int64_t> next;
    for (int64_t start : starts)
      for (int64_t i = 0; i < loop.size; ++i)
        next.push_back(start + i * loop.dest);
    starts = std::move(next);
  }
  for (int64_t start : starts) {
    Span span = dest.getAll();
    span.begin += start;
    span.end = span.begin + run;
    span.index += start;
    writes.push_back(span);
  }
}

/// One block with everything, for kernels of which nothing is known.
static void addUnknown(ComputeOpInterface op, AccessList &blocks) {
  AccessBlock block;
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    if (!getConstantBlock(op.getActivation(i)))
      block.reads.push_back(locate(op.getActivation(i)).getAll());
  for (unsigned i = 0; i < op.getNumStates(); ++i) {
    block.reads.push_back(locate(op.getState(i)).getAll(/*late=*/false));
    block.writes.push_back(locate(op.getState(i)).getAll());
  }
  for (Value dest : op.getDests()) {
    Located place = locate(dest);
    if (auto copy = dyn_cast<StridedCopyOp>(op.getOperation()))
      addCopiedRanges(copy, place, block.writes);
    else
      block.writes.push_back(place.getAll());
  }
  blocks.push_back(std::move(block));
}

AccessList stm32::getAccesses(Operation *op) {
  AccessList blocks;
  if (auto receive = dyn_cast<ReceiveOp>(op)) {
    AccessBlock block;
    Located ring = locate(receive.getDest());
    for (uint64_t i = 0; i < receive.getCount(); ++i)
      block.writes.push_back(ring.getRow(receive.getFirst() + i));
    blocks.push_back(std::move(block));
    return blocks;
  }
  if (auto fetch = dyn_cast<FetchOp>(op)) {
    AccessBlock block;
    block.writes.push_back(locate(fetch.getDest()).getAll());
    blocks.push_back(std::move(block));
    return blocks;
  }
  auto call = dyn_cast<ComputeOpInterface>(op);
  if (!call)
    return blocks;
  if (call->hasAttr(kInputBandAttrName)) {
    addCollecting(call, blocks);
    return blocks;
  }
  // An accelerator may read and write in any order.
  const KernelRecord *kernel = getKernel(call);
  if (kernel && kernel->accelerated)
    addUnknown(call, blocks);
  else if (runsByRows(call))
    addWindow(call, blocks);
  else if (isElementwise(call))
    addElementwise(call, blocks);
  else
    addUnknown(call, blocks);
  if (call.getScratch() && !blocks.empty())
    blocks.front().writes.push_back(locate(call.getScratch()).getAll());
  // Fetched constants are read until the end.
  if (FetchOp fetch = getFetch(call))
    for (AccessBlock &block : blocks)
      block.reads.push_back(locate(fetch.getDest()).getAll());
  return blocks;
}

//===----------------------------------------------------------------------===//
// Overlaps
//===----------------------------------------------------------------------===//

namespace {
/// Looks for the safe distance of two buffers in the calls of a model.
class OverlapFinder {
public:
  explicit OverlapFinder(ModelOp model);
  SmallVector<BufferOverlap> run();

private:
  std::optional<int64_t> findDistance(BufferOp lower, BufferOp upper);

  SmallVector<AccessList, 0> calls;
  /// Calls that touch a buffer, in order.
  llvm::MapVector<Operation *, SmallVector<unsigned>> touches;
  llvm::DenseSet<Operation *> outputs;
};
} // namespace

/// True for buffers that live as tensors do.
static bool isTensor(BufferOp buffer) {
  return !buffer.getScratch() && !buffer.getInitial();
}

OverlapFinder::OverlapFinder(ModelOp model) {
  for (Value output : model.getOutputOp().getValues())
    outputs.insert(getRootBuffer(output));
  for (Operation &op : model.getBody().front()) {
    unsigned call = calls.size();
    calls.push_back(getAccesses(&op));
    auto touch = [&](BufferOp buffer) {
      if (!isTensor(buffer))
        return;
      SmallVector<unsigned> &list = touches[buffer];
      if (list.empty() || list.back() != call)
        list.push_back(call);
    };
    for (const AccessBlock &block : calls.back()) {
      for (const Span &read : block.reads)
        touch(read.buffer);
      for (const Span &write : block.writes)
        touch(write.buffer);
    }
  }
}

/// The least distance from `lower` to `upper` at which no byte of `upper` is
/// overwritten before it was read for the last time; nothing if there is none
/// below the size of `lower`.
std::optional<int64_t> OverlapFinder::findDistance(BufferOp lower,
                                                   BufferOp upper) {
  // The reads of `upper` from the end: the lowest byte that is read at or after
  // each block; then the writes of `lower` against them.
  if (outputs.contains(upper))
    return std::nullopt;
  unsigned first = touches[lower].front();
  int64_t lowestLater = std::numeric_limits<int64_t>::max();
  int64_t distance = 0;
  SmallVector<unsigned> steps;
  std::merge(touches[lower].begin(), touches[lower].end(),
             touches[upper].begin(), touches[upper].end(),
             std::back_inserter(steps));
  steps.erase(llvm::unique(steps), steps.end());
  for (unsigned step : llvm::reverse(steps)) {
    if (step < first)
      break;
    for (const AccessBlock &block : llvm::reverse(calls[step])) {
      int64_t lowest = lowestLater;
      for (const Span &read : block.reads)
        if (read.buffer == upper) {
          lowestLater = std::min(lowestLater, read.begin);
          if (read.late)
            lowest = std::min(lowest, read.begin);
        }
      for (const Span &write : block.writes) {
        // Who writes into it needs it.
        if (write.buffer == upper)
          return std::nullopt;
        if (write.buffer != lower)
          continue;
        if (lowest < write.end)
          distance = std::max(distance, write.end - lowest);
        for (const Span &read : block.reads)
          if (read.buffer == upper && !read.late)
            distance = std::max(distance, write.begin - read.begin);
      }
    }
  }
  if (distance >= lower.getType().getBytes())
    return std::nullopt;
  return distance;
}

SmallVector<BufferOverlap> OverlapFinder::run() {
  SmallVector<BufferOverlap> result;
  for (auto &[lowerOp, lowerTouches] : touches)
    for (auto &[upperOp, upperTouches] : touches) {
      auto lower = cast<BufferOp>(lowerOp), upper = cast<BufferOp>(upperOp);
      // What is read when the other one begins to be written.
      if (lower.getInput() || lower.getPool() != upper.getPool() ||
          upperTouches.back() < lowerTouches.front() ||
          (upperTouches.front() >= lowerTouches.front() && !upper.getInput()) ||
          lower == upper)
        continue;
      if (std::optional<int64_t> distance = findDistance(lower, upper))
        result.push_back({lower, upper, *distance});
    }
  return result;
}

SmallVector<BufferOverlap> stm32::findOverlaps(ModelOp model) {
  return OverlapFinder(model).run();
}

//===----------------------------------------------------------------------===//
// How often
//===----------------------------------------------------------------------===//

int64_t stm32::countReads(ComputeOpInterface op) {
  if (uint64_t macs = op.getMacs())
    return macs;
  int64_t reads = op.getOutputType().getNumElements();
  auto window = dyn_cast<WindowOpInterface>(op.getOperation());
  if (!window)
    return reads;
  reads *= window.getWindow()[0] * window.getWindow()[1];
  // A call for some of the rows.
  RowRange rows = getCalledRows(op);
  return reads / std::max<int64_t>(getNumRows(op), 1) * (rows.end - rows.begin);
}

llvm::MapVector<BufferOp, int64_t> stm32::countAccesses(ModelOp model) {
  llvm::MapVector<BufferOp, int64_t> counts;
  for (Operation &operation : model.getBody().front()) {
    auto op = dyn_cast<ComputeOpInterface>(operation);
    if (!op)
      continue;
    SmallVector<Value> dests = op.getDests();
    for (Value operand : op->getOperands()) {
      BufferOp buffer = getRootBuffer(operand);
      if (!buffer)
        continue;
      bool isWritten = llvm::is_contained(dests, operand);
      counts[buffer] +=
          isWritten ? cast<BufferType>(operand.getType()).getNumElements()
                    : countReads(op);
    }
  }
  return counts;
}
