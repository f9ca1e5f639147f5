//===- ChannelSums.cpp - What the channels of a tensor may be -------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChannelSums.h"

#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"
#include "stm32/Dialect/STM32/IR/STM32Reduction.h"
#include "stm32/Dialect/STM32/IR/STM32Window.h"

#include "mlir/IR/Matchers.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::stm32;

int64_t stm32::getNumChannels(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || type.getRank() == 0 ||
      !type.getElementType().isSignlessInteger(8))
    return 0;
  return type.getShape().back();
}

/// True if `op` is as it was imported: on tensors, without a kernel, and no
/// part of a cascade.
static bool isPlain(Operation *op) {
  auto compute = dyn_cast<ComputeOpInterface>(op);
  return compute && !compute.getDest() && !compute.getKernelAttr() &&
         isa<ModelOp>(op->getParentOp()) && op->getNumResults() == 1 &&
         getNumChannels(op->getOperand(0)) != 0 &&
         getNumChannels(op->getResult(0)) != 0;
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// The distinct sets of taps inside of an image, in dimension `dim` of a
/// window.
static SmallVector<llvm::BitVector> getPlaces(WindowOpInterface op, int dim) {
  auto compute = cast<ComputeOpInterface>(op.getOperation());
  int64_t size = compute.getActivationType(0).getDimSize(1 + dim);
  SmallVector<llvm::BitVector> places;
  for (int64_t i = 0; i < compute.getOutputType().getDimSize(1 + dim); ++i) {
    llvm::BitVector inside(op.getWindow()[dim]);
    for (int64_t tap = 0; tap < op.getWindow()[dim]; ++tap) {
      int64_t at = i * op.getStrides()[dim] - op.getPadding()[2 * dim] +
                   tap * op.getDilations()[dim];
      inside[tap] = at >= 0 && at < size;
    }
    if (!llvm::is_contained(places, inside))
      places.push_back(inside);
  }
  return places;
}

/// The same in both dimensions.
static SmallVector<llvm::BitVector> getPlaces(WindowOpInterface op) {
  int64_t width = op.getWindow()[1];
  SmallVector<llvm::BitVector> places, columns = getPlaces(op, 1);
  for (const llvm::BitVector &rows : getPlaces(op, 0))
    for (const llvm::BitVector &column : columns) {
      llvm::BitVector &inside = places.emplace_back(rows.size() * width);
      for (unsigned row : rows.set_bits())
        for (unsigned tap : column.set_bits())
          inside.set(row * width + tap);
    }
  return places;
}

/// Constants, zero points and requantisation of `op`.
template <typename OpTy>
static std::optional<ChannelSums> getConstants(OpTy op) {
  DenseElementsAttr weights, bias;
  if (!op.getWeights() || !op.getBias() || !op.getRequantAttr() ||
      !matchPattern(op.getWeights(), m_Constant(&weights)) ||
      !matchPattern(op.getBias(), m_Constant(&bias)))
    return std::nullopt;
  ChannelSums sums;
  sums.requant = op.getRequantAttr();
  sums.inputZp = static_cast<int32_t>(op.getInputZp());
  sums.weightsZp = static_cast<int32_t>(op.getWeightsZp());
  for (int8_t weight : weights.getValues<int8_t>())
    sums.weights.push_back(weight - sums.weightsZp);
  llvm::append_range(sums.bias, bias.getValues<int32_t>());
  sums.outputs = sums.bias.size();
  sums.outputsPerGroup = sums.outputs;
  return sums;
}

/// What is left to say of a convolution whose channels are set.
template <typename OpTy> static void setWindow(OpTy op, ChannelSums &sums) {
  sums.taps = op.getWindow()[0] * op.getWindow()[1];
  sums.padValue = static_cast<int32_t>(op.getPadValue());
  sums.places = getPlaces(cast<WindowOpInterface>(op.getOperation()));
}

std::optional<ChannelSums> ChannelSums::get(Operation *op) {
  if (!isPlain(op))
    return std::nullopt;
  std::optional<ChannelSums> sums;
  int64_t channels = getNumChannels(op->getOperand(0));
  if (auto conv = dyn_cast<Conv2DOp>(op)) {
    if (!(sums = getConstants(conv)))
      return sums;
    sums->inputs = channels / static_cast<int32_t>(conv.getGroups());
    sums->outputsPerGroup =
        sums->outputs / static_cast<int32_t>(conv.getGroups());
    setWindow(conv, *sums);
  } else if (auto conv = dyn_cast<DepthwiseConv2DOp>(op)) {
    if (!(sums = getConstants(conv)))
      return sums;
    sums->isDepthwise = true;
    sums->inputs = 1;
    sums->outputsPerGroup = sums->outputs / channels;
    setWindow(conv, *sums);
  } else if (auto product = dyn_cast<FullyConnectedOp>(op)) {
    // A row of features may be a whole image, but not a part of a pixel.
    if (product.getInFeatures() % channels != 0 ||
        !(sums = getConstants(product)))
      return std::nullopt;
    sums->inputs = channels;
    sums->taps = product.getInFeatures() / channels;
    sums->places.emplace_back(sums->taps, true);
  }
  return sums;
}

//===----------------------------------------------------------------------===//
// Operators on single channels
//===----------------------------------------------------------------------===//

std::optional<SmallVector<int64_t>> stm32::getSourceChannels(Operation *op) {
  int64_t from =
      op->getNumOperands() == 0 ? 0 : getNumChannels(op->getOperand(0));
  int64_t to = op->getNumResults() == 0 ? 0 : getNumChannels(op->getResult(0));
  if (from == 0 || to == 0)
    return std::nullopt;
  SmallVector<int64_t> sources = llvm::to_vector(llvm::seq(to));
  if (isa<ReshapeOp>(op)) {
    // The order in memory stays, so the channels repeat in longer rows.
    if (to % from != 0 || !isa<ModelOp>(op->getParentOp()))
      return std::nullopt;
    for (int64_t &source : sources)
      source %= from;
    return sources;
  }
  if (!isPlain(op))
    return std::nullopt;
  if (isa<DepthwiseConv2DOp>(op)) {
    if (!ChannelSums::get(op))
      return std::nullopt;
    for (int64_t &source : sources)
      source /= to / from;
    return sources;
  }
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    int64_t last = reduce.getActivationType(0).getRank() - 1;
    bool isSum = reduce.getReduction() == Reduction::Sum ||
                 reduce.getReduction() == Reduction::Mean;
    if (!isSum || !reduce.getRequantAttr() ||
        reduce.getRequantAttr().isPerChannel() ||
        llvm::is_contained(reduce.getAxes(), last))
      return std::nullopt;
    return sources;
  }
  if (auto requantize = dyn_cast<RequantizeOp>(op);
      requantize && requantize.getRequant().isPerChannel())
    return std::nullopt;
  if (isa<AveragePool2DOp, MaxPool2DOp, RequantizeOp, LookupOp>(op))
    return sources;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

static constexpr ChannelRange kAll = {-128, 127};

/// The range of requantised sums in [`least`, `most`]. Sums that could leave 32
/// bits on the way may give any value of the clamp.
static ChannelRange requantize(RequantAttr requant, size_t channel,
                               int64_t least, int64_t most) {
  size_t entry = requant.getEntry(channel);
  int64_t limit = getSumLimit(SumKind::S8, requant.getMultiplier()[entry],
                              requant.getShift()[entry]);
  if (least < -limit || most > limit)
    return {requant.getMin(), requant.getMax()};
  return {requant.apply(least, channel), requant.apply(most, channel)};
}

static SmallVector<ChannelRange> getRanges(const ChannelSums &sums,
                                           ArrayRef<ChannelRange> input) {
  SmallVector<ChannelRange> ranges;
  SmallVector<std::pair<int64_t, int64_t>> inside(sums.taps);
  SmallVector<int64_t> outside(sums.taps);
  for (int64_t o = 0; o < sums.outputs; ++o) {
    for (int64_t tap = 0; tap < sums.taps; ++tap) {
      inside[tap] = {0, 0};
      outside[tap] = 0;
      for (int64_t i = 0; i < sums.inputs; ++i) {
        int64_t weight = sums.getWeight(o, tap, i);
        const ChannelRange &x = input[sums.getChannel(o, i)];
        int64_t low = (x.min - sums.inputZp) * weight;
        int64_t high = (x.max - sums.inputZp) * weight;
        inside[tap].first += std::min(low, high);
        inside[tap].second += std::max(low, high);
        outside[tap] += (sums.padValue - sums.inputZp) * weight;
      }
    }
    std::optional<std::pair<int64_t, int64_t>> all;
    for (const llvm::BitVector &place : sums.places) {
      int64_t least = sums.bias[o], most = sums.bias[o];
      for (int64_t tap = 0; tap < sums.taps; ++tap) {
        least += place[tap] ? inside[tap].first : outside[tap];
        most += place[tap] ? inside[tap].second : outside[tap];
      }
      all = all ? std::pair(std::min(all->first, least),
                            std::max(all->second, most))
                : std::pair(least, most);
    }
    ranges.push_back(requantize(sums.requant, o, all->first, all->second));
  }
  return ranges;
}

/// The range of one channel of what `op` computes from a channel in `x`.
static ChannelRange getRange(Operation *op, ChannelRange x) {
  return llvm::TypeSwitch<Operation *, ChannelRange>(op)
      .Case<AveragePool2DOp, MaxPool2DOp>([&](auto pool) {
        ArrayRef<int32_t> clamp = *pool.getClamp();
        return ChannelRange{std::clamp(x.min, clamp[0], clamp[1]),
                            std::clamp(x.max, clamp[0], clamp[1])};
      })
      .Case([&](RequantizeOp op) {
        auto zp = static_cast<int32_t>(op.getInputZp());
        return requantize(op.getRequant(), 0, x.min - zp, x.max - zp);
      })
      .Case([&](ReduceOp op) {
        auto zp = static_cast<int32_t>(op.getInputZp());
        int64_t count = 1;
        for (int64_t axis : op.getAxes())
          count *= op.getActivationType(0).getDimSize(axis);
        return requantize(op.getRequantAttr(), 0, count * (x.min - zp),
                          count * (x.max - zp));
      })
      .Case([&](LookupOp op) {
        DenseElementsAttr table;
        if (op.getConstants().empty() ||
            !matchPattern(op.getConstants()[0], m_Constant(&table)))
          return kAll;
        auto values = table.getValues<int8_t>();
        ChannelRange range = {127, -128};
        for (int32_t i = x.min; i <= x.max; ++i) {
          range.min = std::min<int32_t>(range.min, values[i + 128]);
          range.max = std::max<int32_t>(range.max, values[i + 128]);
        }
        return range;
      })
      .Case([&](ReshapeOp) { return x; });
}

ChannelRanges::ChannelRanges(ModelOp model) {
  auto addAll = [&](Value value) {
    if (int64_t channels = getNumChannels(value))
      ranges[value].assign(channels, kAll);
  };
  for (BlockArgument argument : model.getBody().getArguments())
    addAll(argument);
  for (Operation &op : model.getBody().getOps()) {
    if (std::optional<ChannelSums> sums = ChannelSums::get(&op)) {
      ranges[op.getResult(0)] = getRanges(*sums, get(op.getOperand(0)));
    } else if (std::optional<SmallVector<int64_t>> sources =
                   getSourceChannels(&op)) {
      ArrayRef<ChannelRange> input = get(op.getOperand(0));
      SmallVector<ChannelRange> output;
      for (int64_t source : *sources)
        output.push_back(getRange(&op, input[source]));
      ranges[op.getResult(0)] = output;
    } else {
      for (Value result : op.getResults())
        addAll(result);
    }
  }
}
