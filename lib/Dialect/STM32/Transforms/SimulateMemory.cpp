//===- SimulateMemory.cpp - Replay a plan on tagged bytes -----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every byte of every pool carries a tag: which byte of which tensor it holds.
// Writes set tags, reads compare them. Late reads of a block are compared
// before and after its writes, as nothing is known of their order; so are reads
// by element that begin before a write.
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/Accesses.h"
#include "stm32/Dialect/STM32/Transforms/Passes.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"

#define DEBUG_TYPE "stm32-simulate-memory"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32SIMULATEMEMORY
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

namespace {
/// Tags of the pools of one model.
class Memory {
public:
  void write(const Span &span);
  /// Compares what is read; reports the first byte that is something else.
  LogicalResult read(const Span &span, Operation *reader);

private:
  /// Number of a content in 24 bits, its byte in 40.
  uint64_t getTag(const Span &span) {
    auto [it, isNew] = numbers.try_emplace(span.content, numbers.size() + 1);
    return uint64_t(it->second) << 40 | uint64_t(span.index);
  }
  SmallVector<uint64_t, 0> &getBytes(const Span &span, int64_t &begin);

  llvm::DenseMap<Value, unsigned> numbers;
  llvm::DenseMap<StringAttr, SmallVector<uint64_t, 0>> pools;
};
} // namespace

/// The tags of the pool of a span, and the place of the span in it.
SmallVector<uint64_t, 0> &Memory::getBytes(const Span &span, int64_t &begin) {
  BufferOp buffer = span.buffer;
  SmallVector<uint64_t, 0> &bytes = pools[buffer.getPoolAttr().getAttr()];
  begin = *buffer.getOffset() + span.begin;
  size_t end = begin + span.end - span.begin;
  if (bytes.size() < end)
    bytes.resize(end, 0);
  return bytes;
}

void Memory::write(const Span &span) {
  int64_t begin;
  SmallVector<uint64_t, 0> &bytes = getBytes(span, begin);
  uint64_t tag = getTag(span);
  for (int64_t i = 0; i < span.end - span.begin; ++i)
    bytes[begin + i] = tag + i;
}

LogicalResult Memory::read(const Span &span, Operation *reader) {
  int64_t begin;
  SmallVector<uint64_t, 0> &bytes = getBytes(span, begin);
  uint64_t tag = getTag(span);
  for (int64_t i = 0; i < span.end - span.begin; ++i) {
    if (bytes[begin + i] == tag + i)
      continue;
    BufferOp buffer = span.buffer;
    InFlightDiagnostic diag = reader->emitOpError("reads byte ")
                              << span.index + i << " of '"
                              << getTensorName(Value(span.content).getLoc())
                              << "' at byte " << begin + i << " of pool "
                              << buffer.getPoolAttr() << ", which holds ";
    uint64_t found = bytes[begin + i];
    if (found == 0)
      return diag << "nothing yet";
    for (auto [content, number] : numbers)
      if (number == found >> 40)
        diag << "byte " << (found & ((uint64_t(1) << 40) - 1)) << " of '"
             << getTensorName(Value(content).getLoc()) << "'";
    return diag;
  }
  return success();
}

/// True if a write begins behind `read`, so that reading element by element
/// does not keep ahead of it.
static bool isBehind(const Span &read, ArrayRef<Span> writes) {
  auto getPlace = [](const Span &span) {
    BufferOp buffer = span.buffer;
    return std::pair(buffer.getPool(), *buffer.getOffset() + span.begin);
  };
  auto place = getPlace(read);
  return llvm::any_of(writes, [&](const Span &write) {
    auto other = getPlace(write);
    return other.first == place.first && other.second > place.second;
  });
}

static LogicalResult simulate(ModelOp model, int64_t &numCalls) {
  Memory memory;
  for (BufferOp buffer : model.getBody().getOps<BufferOp>()) {
    if (!buffer.getOffset())
      return buffer.emitOpError("has no offset; run --stm32-plan-memory first");
    bool isThere = buffer.getInput() && !buffer.getType().getRows();
    if (isThere || buffer.getInitial())
      memory.write(getAllOf(buffer));
  }
  for (Operation &op : model.getBody().front()) {
    numCalls += isa<ComputeOpInterface>(op);
    for (const AccessBlock &block : getAccesses(&op)) {
      for (const Span &read : block.reads)
        if (failed(memory.read(read, &op)))
          return failure();
      for (const Span &write : block.writes)
        memory.write(write);
      for (const Span &read : block.reads)
        if ((read.late || isBehind(read, block.writes)) &&
            failed(memory.read(read, &op)))
          return failure();
    }
  }
  for (Value output : model.getOutputOp().getValues())
    if (failed(memory.read(getAllOf(output), model.getOutputOp())))
      return failure();
  return success();
}

namespace {
struct SimulateMemoryPass
    : stm32::impl::STM32SimulateMemoryBase<SimulateMemoryPass> {
  void runOnOperation() override {
    int64_t count = 0;
    if (getOperation().isOnBuffers() && failed(simulate(getOperation(), count)))
      signalPassFailure();
    numCalls += count;
  }
};
} // namespace
