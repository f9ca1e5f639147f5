//===- RemoveConstantChannels.cpp - Leave out what never varies -----------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// First every channel of every tensor may go; then those are kept that an
// operator needs, until nothing changes. So a channel that only channels need
// which go themselves goes too.
//
//===----------------------------------------------------------------------===//

#include "ChannelSums.h"

#include "stm32/Dialect/STM32/Transforms/Passes.h"

#include "mlir/IR/Builders.h"

#include "llvm/ADT/MapVector.h"

#define DEBUG_TYPE "stm32-remove-constant-channels"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32REMOVECONSTANTCHANNELS
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Which channels go
//===----------------------------------------------------------------------===//

namespace {
class ChannelRemoval {
public:
  ChannelRemoval(ModelOp model, int64_t multiple);

  /// Rewrites the model; returns how many channels went.
  int64_t apply();

private:
  /// Keeps what an operator needs, until nothing changes.
  void settle();
  /// Keeps channels of results of sums for the sake of kernels; true if any.
  bool keepMultiples();
  /// Keeps inputs of `op` that its sums need; true if any.
  bool keepNeeded(Operation *op, const ChannelSums &sums);
  /// Keeps channels whose source stays, and the other way round; true if any.
  bool keepLinked(Operation *op, ArrayRef<int64_t> sources);
  /// What the channels that go add to the sum of `output`.
  int64_t getRemovedSum(Operation *op, const ChannelSums &sums, int64_t output);
  void keepAll(Value value);

  template <typename OpTy> void shrinkConstants(OpTy op);
  SmallVector<int64_t> getKept(Value value);

  ModelOp model;
  int64_t multiple;
  ChannelRanges ranges;
  /// Channels that go, of each tensor of int8.
  llvm::DenseMap<Value, llvm::BitVector> removed;
  /// Sums that can do without some inputs and without some outputs.
  llvm::MapVector<Operation *, ChannelSums> sums;
  /// Operators on single channels.
  llvm::MapVector<Operation *, SmallVector<int64_t>> links;
};
} // namespace

ChannelRemoval::ChannelRemoval(ModelOp model, int64_t multiple)
    : model(model), multiple(multiple), ranges(model) {
  for (BlockArgument argument : model.getBody().getArguments())
    removed[argument].resize(getNumChannels(argument), false);
  for (Operation &op : model.getBody().getOps())
    for (Value result : op.getResults())
      removed[result].resize(getNumChannels(result), true);
  for (Operation &op : model.getBody().getOps()) {
    if (std::optional<SmallVector<int64_t>> sources = getSourceChannels(&op)) {
      links[&op] = std::move(*sources);
      continue;
    }
    std::optional<ChannelSums> found = ChannelSums::get(&op);
    if (found && found->outputsPerGroup == found->outputs) {
      sums[&op] = std::move(*found);
      continue;
    }
    // Others need all they read and write, operators inside of them too.
    op.walk([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        keepAll(operand);
    });
    for (Value result : op.getResults())
      keepAll(result);
  }
}

void ChannelRemoval::keepAll(Value value) {
  if (auto found = removed.find(value); found != removed.end())
    found->second.reset();
}

bool ChannelRemoval::keepNeeded(Operation *op, const ChannelSums &sums) {
  llvm::BitVector &inputs = removed[op->getOperand(0)];
  const llvm::BitVector &outputs = removed[op->getResult(0)];
  ArrayRef<ChannelRange> range = ranges.get(op->getOperand(0));
  // A tap that is outside of the image somewhere reads padding there.
  llvm::BitVector inside = sums.places.front();
  for (const llvm::BitVector &place : sums.places)
    inside &= place;
  auto isNeeded = [&](int64_t input) {
    bool isConstant = range[input].isConstant();
    bool isPadding = isConstant && range[input].min == sums.padValue;
    for (int64_t o = 0; o < sums.outputs; ++o)
      for (int64_t tap = 0; !outputs[o] && tap < sums.taps; ++tap)
        if (sums.getWeight(o, tap, input) != 0 &&
            !(isConstant && (inside[tap] || isPadding)))
          return true;
    return false;
  };
  bool changed = false;
  for (unsigned input : inputs.set_bits())
    if (isNeeded(input)) {
      inputs.reset(input);
      changed = true;
    }
  if (inputs.none())
    return changed;
  for (int64_t o = 0; o < sums.outputs; ++o) {
    int64_t bias = sums.bias[o] + getRemovedSum(op, sums, o);
    if (!outputs[o] && bias != static_cast<int32_t>(bias)) {
      inputs.reset();
      return true;
    }
  }
  return changed;
}

int64_t ChannelRemoval::getRemovedSum(Operation *op, const ChannelSums &sums,
                                      int64_t output) {
  int64_t sum = 0;
  ArrayRef<ChannelRange> range = ranges.get(op->getOperand(0));
  for (unsigned input : removed[op->getOperand(0)].set_bits())
    for (int64_t tap = 0; tap < sums.taps; ++tap)
      sum += int64_t(range[input].min - sums.inputZp) *
             sums.getWeight(output, tap, input);
  return sum;
}

bool ChannelRemoval::keepLinked(Operation *op, ArrayRef<int64_t> sources) {
  llvm::BitVector &inputs = removed[op->getOperand(0)];
  llvm::BitVector &outputs = removed[op->getResult(0)];
  llvm::BitVector kept = inputs;
  kept.flip();
  for (auto [output, source] : llvm::enumerate(sources))
    if (!outputs[output])
      kept.set(source);
  bool changed = inputs.anyCommon(kept);
  inputs.reset(kept);
  for (auto [output, source] : llvm::enumerate(sources))
    if (kept[source] && outputs[output]) {
      outputs.reset(output);
      changed = true;
    }
  return changed;
}

void ChannelRemoval::settle() {
  bool changed = true;
  while (changed) {
    changed = false;
    // Needs go from results to operands most of the time.
    for (auto &[op, sources] : llvm::reverse(links))
      changed |= keepLinked(op, sources);
    for (auto &[op, found] : llvm::reverse(sums))
      changed |= keepNeeded(op, found);
  }
}

bool ChannelRemoval::keepMultiples() {
  bool changed = false;
  for (auto &[op, found] : sums) {
    llvm::BitVector &outputs = removed[op->getResult(0)];
    int64_t kept = found.outputs - outputs.count();
    // Kernels for weights with a zero point compute them one by one.
    int64_t wanted = llvm::alignTo(std::max<int64_t>(kept, 1),
                                   found.weightsZp == 0 ? multiple : 1);
    for (int output = outputs.find_first(); output >= 0 && kept < wanted;
         output = outputs.find_next(output), ++kept) {
      outputs.reset(output);
      changed = true;
    }
  }
  return changed;
}

//===----------------------------------------------------------------------===//
// The model without them
//===----------------------------------------------------------------------===//

SmallVector<int64_t> ChannelRemoval::getKept(Value value) {
  const llvm::BitVector &gone = removed[value];
  return llvm::filter_to_vector(
      llvm::seq<int64_t>(gone.size()),
      [&](int64_t channel) { return !gone[channel]; });
}

/// A constant that stands before `op`.
template <typename T>
static Value makeConstant(Operation *op, Value old, ArrayRef<int64_t> shape,
                          ArrayRef<T> values) {
  OpBuilder builder(op);
  auto type = RankedTensorType::get(
      shape, cast<ShapedType>(old.getType()).getElementType());
  return ConstantOp::create(builder, old.getLoc(), type,
                            DenseElementsAttr::get(type, values));
}

/// Multipliers and shifts of the channels in `kept`.
static RequantAttr selectChannels(RequantAttr requant, ArrayRef<int64_t> kept) {
  if (!requant.isPerChannel())
    return requant;
  SmallVector<int32_t> multiplier, shift;
  for (int64_t channel : kept) {
    multiplier.push_back(requant.getMultiplier()[channel]);
    shift.push_back(requant.getShift()[channel]);
  }
  return RequantAttr::get(requant.getContext(), multiplier, shift,
                          requant.getZeroPoint(), requant.getMin(),
                          requant.getMax(), requant.getSingle());
}

template <typename OpTy> void ChannelRemoval::shrinkConstants(OpTy op) {
  auto found = sums.find(op.getOperation());
  ChannelSums all = found == sums.end() ? *ChannelSums::get(op) : found->second;
  SmallVector<int64_t> outputs = getKept(op->getResult(0));
  SmallVector<int64_t> inputs = {0};
  if (!all.isDepthwise)
    inputs = getKept(op->getOperand(0));
  ChannelSums kept;
  kept.isDepthwise = all.isDepthwise;
  kept.outputs = outputs.size();
  kept.taps = all.taps;
  kept.inputs = inputs.size();
  SmallVector<int8_t> weights(kept.outputs * kept.taps * kept.inputs);
  SmallVector<int32_t> bias;
  for (auto [o, output] : llvm::enumerate(outputs)) {
    bias.push_back(all.bias[output] +
                   (all.isDepthwise ? 0 : getRemovedSum(op, all, output)));
    for (int64_t tap = 0; tap < all.taps; ++tap)
      for (auto [i, input] : llvm::enumerate(inputs))
        weights[kept.getIndex(o, tap, i)] =
            all.getWeight(output, tap, input) + all.weightsZp;
  }
  SmallVector<int64_t> shape(op.getWeights().getType().getShape());
  shape.back() = all.isDepthwise ? kept.outputs : weights.size() / kept.outputs;
  if (!all.isDepthwise)
    shape.front() = kept.outputs;
  if (!all.isDepthwise && shape.size() == 4)
    shape.back() = kept.inputs;
  op.getWeightsMutable().assign(
      makeConstant<int8_t>(op, op.getWeights(), shape, weights));
  op.getBiasMutable().assign(
      makeConstant<int32_t>(op, op.getBias(), kept.outputs, bias));
  op.setRequantAttr(selectChannels(op.getRequantAttr(), outputs));
}

int64_t ChannelRemoval::apply() {
  do
    settle();
  while (keepMultiples());

  int64_t count = 0;
  SmallVector<Operation *> changed;
  for (Operation &op : model.getBody().getOps())
    if (llvm::any_of(
            op.getOperands(),
            [&](Value value) { return removed.lookup(value).any(); }) ||
        llvm::any_of(op.getResults(),
                     [&](Value value) { return removed.lookup(value).any(); }))
      changed.push_back(&op);
  for (Operation *op : changed) {
    if (auto conv = dyn_cast<Conv2DOp>(op))
      shrinkConstants(conv);
    else if (auto conv = dyn_cast<DepthwiseConv2DOp>(op))
      shrinkConstants(conv);
    else if (auto product = dyn_cast<FullyConnectedOp>(op))
      shrinkConstants(product);
  }
  // Types change last: constants above are read in their old shapes.
  for (Operation *op : changed) {
    Value result = op->getResult(0);
    count += removed[result].count();
    auto type = cast<RankedTensorType>(result.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape.back() -= removed[result].count();
    result.setType(type.clone(shape));
  }
  return count;
}

namespace {
struct RemoveConstantChannelsPass
    : stm32::impl::STM32RemoveConstantChannelsBase<RemoveConstantChannelsPass> {
  using STM32RemoveConstantChannelsBase::STM32RemoveConstantChannelsBase;
  void runOnOperation() override {
    if (!getOperation().isOnBuffers())
      numRemoved += ChannelRemoval(getOperation(), multiple).apply();
  }
};
} // namespace
