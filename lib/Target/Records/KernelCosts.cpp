//===- KernelCosts.cpp - What kernels cost --------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A cost is a sum of numbers that describe an operation, each times what one of
// them costs the kernel. Those factors are fitted to counts: KernelCosts.inc is
// written by `stm32-mlir bench --kernels --write-costs`.
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/KernelCosts.h"

#include "stm32/Target/Accelerators.h"

#include "KernelQueries.h"

#include <cmath>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::queries;

//===----------------------------------------------------------------------===//
// Numbers of an operation
//===----------------------------------------------------------------------===//

static double ceilDivide(double a, double b) { return std::ceil(a / b); }

/// Elements of the innermost dimension of the output.
static double channels(ComputeOpInterface op) {
  ArrayRef<int64_t> shape = op.getOutputType().getShape();
  return shape.empty() ? 1 : shape.back();
}

/// Runs of channels.
static double points(ComputeOpInterface op) {
  return elements(op) / std::max(channels(op), 1.0);
}

/// Products of one output.
static double depth(ComputeOpInterface op) {
  return macs(op) / std::max(elements(op), 1.0);
}

/// Outputs in one row of an image.
static double width(ComputeOpInterface op) {
  ArrayRef<int64_t> shape = op.getOutputType().getShape();
  return shape.size() < 2 ? 1 : shape[shape.size() - 2];
}

static double lines(ComputeOpInterface op) {
  return points(op) / std::max(width(op), 1.0);
}

/// Pixels together, `outputs` channels together.
static double tiles(ComputeOpInterface op, int64_t together, int64_t outputs) {
  return ceilDivide(points(op), together) * ceilDivide(channels(op), outputs);
}

static WindowOpInterface windowOf(ComputeOpInterface op) {
  return dyn_cast<WindowOpInterface>(op.getOperation());
}

static double taps(ComputeOpInterface op) {
  return windowOf(op) ? windowTaps(op) : 0;
}

static double windowHeight(ComputeOpInterface op) {
  return windowOf(op) ? windowOf(op).getWindow()[0] : 0;
}

/// Words of four products of one output, each row of a window for itself.
static double words(ComputeOpInterface op) {
  WindowOpInterface window = windowOf(op);
  if (!window)
    return ceilDivide(depth(op), 4);
  int64_t rows = window.getWindow()[0];
  return rows * ceilDivide(depth(op) / rows, 4);
}

/// True if the rows of windows are not whole words.
static bool hasPartWords(ComputeOpInterface op) {
  WindowOpInterface window = windowOf(op);
  return window && int64_t(depth(op)) / window.getWindow()[0] % 4 != 0;
}

/// Outputs of a matrix product that are not four.
static double rest(ComputeOpInterface op) {
  return points(op) * (int64_t(channels(op)) % 4);
}

/// Steps of stm32rt_depthwise_conv_2d_3x3_s8_dsp, of four channels.
static double stripSteps(ComputeOpInterface op) {
  WindowOpInterface window = windowOf(op);
  if (!window || window.getStrides()[1] > 2)
    return 0;
  return lines(op) * ceilDivide(channels(op), 4) *
         (stm32rt_depthwise_strip_steps(width(op), window.getStrides()[1]) + 1);
}

/// Columns of the input under the windows of all rows, once for each of a
/// window's rows.
static double columns(ComputeOpInterface op) {
  WindowOpInterface window = windowOf(op);
  if (!window)
    return 0;
  int64_t size = window.getWindow()[1], step = window.getStrides()[1];
  double shared = (width(op) - 1) * std::min(step, size) + size;
  return lines(op) * window.getWindow()[0] * shared;
}

/// True if stm32rt_conv_2d_s8_mve moves the bytes of a row one by one.
static bool hasFewChannels(ComputeOpInterface op) {
  return windowOf(op) && inputChannels(op) < 16;
}

/// Vectors that it moves otherwise.
static double columnBlocks(ComputeOpInterface op) {
  return windowOf(op) && !hasFewChannels(op)
             ? columns(op) * ceilDivide(inputChannels(op), 16)
             : 0;
}

/// Pieces that stm32rt_convolve_mve.h computes sums in: pairs of pixels, four
/// outputs together, and single pixels, eight outputs together.
struct SumPieces {
  double calls = 0, groups = 0, eights = 0, gathers = 0;

  void add(double times, int64_t pixels, double outputs) {
    calls += times;
    if (outputs < 4)
      return; // one by one
    double fours = ceilDivide(outputs, 4),
           eightsOfOne = std::floor(outputs / 8);
    double rest = pixels % 2 ? fours - 2 * eightsOfOne : 0;
    groups += times * (double(pixels / 2) * fours + rest);
    eights += times * (pixels % 2) * eightsOfOne;
  }
};

static SumPieces sumPieces(ComputeOpInterface op) {
  SumPieces pieces;
  int64_t across = width(op), rows = lines(op);
  WindowOpInterface window = windowOf(op);
  if (!window) {
    pieces.add(1, points(op), channels(op));
  } else if (isPointwise(op)) {
    pieces.add(rows / 4, 4 * across, channels(op));
    if (rows % 4)
      pieces.add(1, rows % 4 * across, channels(op));
  } else {
    int64_t size = window.getWindow()[1];
    int32_t column = window.getWindow()[0] * inputChannels(op);
    int32_t step = stm32rt_strip_step(size, window.getStrides()[1],
                                      window.getDilations()[1]);
    int64_t part = stm32rt_strip_pixels(column, size, step, across);
    if (stm32rt_strip_rows(column, size, step, across) == 2) {
      pieces.add(rows / 2, 2 * across, channels(op));
      pieces.add(rows % 2, across, channels(op));
      part = across;
    } else {
      pieces.add(double(rows) * (across / part), part, channels(op));
      if (across % part)
        pieces.add(rows, across % part, channels(op));
    }
    pieces.gathers =
        window.getWindow()[0] *
        (step < size ? rows * ceilDivide(across, part) : double(rows) * across);
  }
  return pieces;
}

/// Pieces that stm32rt_depthwise_conv_2d_s8_mve computes in: blocks of 16
/// channels of strips, in them four pixels together.
struct StripPieces {
  double blocks = 0, strips = 0, rows = 0, columns = 0, quads = 0;
};

static StripPieces stripPieces(ComputeOpInterface op) {
  WindowOpInterface window = windowOf(op);
  if (!window)
    return {};
  ArrayRef<int64_t> size = window.getWindow(), step = window.getStrides();
  int64_t reachH = (size[0] - 1) * window.getDilations()[0];
  int64_t reachW = (size[1] - 1) * window.getDilations()[1];
  int64_t rows = 0, height = 1;
  for (int64_t most = 16; rows == 0 && most <= 32; most *= 2)
    for (int64_t n = 4; rows == 0 && n > 0; n /= 2) {
      height = (n - 1) * step[0] + reachH + 1;
      if (reachW * height + reachH + 1 <= most &&
          height * (reachW + 1) <= STM32RT_DEPTHWISE_STRIP)
        rows = n;
    }
  if (rows == 0)
    return {};
  int64_t across = 4 / rows, all = width(op);
  int64_t fits = (STM32RT_DEPTHWISE_STRIP / height - reachW - 1) / step[1] + 1;
  int64_t parts = llvm::divideCeil(all, fits);
  int64_t part = llvm::alignTo(llvm::divideCeil(all, parts), across);
  if (part > fits)
    part = fits < across ? fits : fits / across * across;
  StripPieces pieces;
  // The last rows of an image go two at a time, and one.
  double blocks = ceilDivide(channels(op), 16);
  double columns = (std::min(part, all) - 1) * step[1] + reachW + 1;
  int64_t perImage = op.getOutputType().getShape()[1];
  double images = lines(op) / perImage;
  for (int64_t left = perImage, n = rows; left > 0; left -= n) {
    while (n > left)
      n /= 2;
    double strips = images * blocks * ceilDivide(all, part);
    double height = (n - 1) * step[0] + reachH + 1;
    pieces.blocks += images * blocks;
    pieces.strips += strips;
    pieces.rows += strips * height;
    pieces.columns += strips * height * columns;
    pieces.quads += images * (double(all / part) * ceilDivide(part, 4 / n) +
                              ceilDivide(all % part, 4 / n));
  }
  return pieces;
}

/// How sums become results, if they are of int8.
static std::optional<RequantAttr> requantOf(ComputeOpInterface op) {
  return llvm::TypeSwitch<Operation *, std::optional<RequantAttr>>(op)
      .Case<Conv2DOp, DepthwiseConv2DOp, FullyConnectedOp>(
          [](auto op) { return op.getRequant(); })
      .Default(std::nullopt);
}

static bool hasFullRange(RequantAttr requant) {
  return requant.getMin() == -128 && requant.getMax() == 127;
}

/// True if results need no care at the lower limit: sums that RELU follows.
static bool isRectified(ComputeOpInterface op) {
  std::optional<RequantAttr> requant = requantOf(op);
  return requant && requant->getZeroPoint() == -128 && hasFullRange(*requant);
}

/// False if stm32rt_dsp.h takes the slow way to results of that channel.
static bool isFast(RequantAttr requant, int64_t channel) {
  size_t entry = requant.getEntry(channel);
  return requant.getShift()[entry] > 31 &&
         requant.getMultiplier()[entry] >= 1 << 30;
}

/// The same for all channels.
static bool isFast(ComputeOpInterface op) {
  std::optional<RequantAttr> requant = requantOf(op);
  return requant && hasFullRange(*requant) &&
         llvm::all_of(llvm::seq<int64_t>(0, channels(op)),
                      [&](int64_t c) { return isFast(*requant, c); });
}

/// Outputs of pairs of channels that go the slow way (stm32rt_convolve_dsp.h).
static double slowPairs(ComputeOpInterface op) {
  std::optional<RequantAttr> requant = requantOf(op);
  if (!requant || !hasFullRange(*requant))
    return requant ? elements(op) : 0;
  int64_t count = channels(op), slow = 0;
  for (int64_t c = 0; c < count; c += 2)
    if (!isFast(*requant, c) || c + 1 == count || !isFast(*requant, c + 1))
      slow += std::min<int64_t>(2, count - c);
  return points(op) * slow;
}

/// True if a channel shifts to the left, for which kernels of MVE go one by one.
static bool shiftsLeft(ComputeOpInterface op) {
  std::optional<RequantAttr> requant = requantOf(op);
  return requant &&
         llvm::any_of(requant->getShift(), [](int32_t n) { return n < 31; });
}

/// How often a loop over operands of these shapes begins, and whether an operand
/// stays the same in it.
struct Broadcast {
  double runs = 0;
  bool isFixed = false;
};

static Broadcast broadcastOf(ComputeOpInterface op) {
  ArrayRef<int64_t> out = op.getOutputType().getShape();
  if (!isa<BinaryOp, SelectOp>(op.getOperation()))
    return {};
  SmallVector<bool> inner;
  double run = 1;
  for (int64_t i = out.size() - 1; i >= 0; --i) {
    if (out[i] == 1)
      continue;
    SmallVector<bool> isOne;
    for (unsigned k = 0; k < op.getNumActivations(); ++k) {
      ArrayRef<int64_t> shape = op.getActivationType(k).getShape();
      int64_t at = i - static_cast<int64_t>(out.size() - shape.size());
      isOne.push_back(at < 0 || shape[at] == 1);
    }
    if (inner.empty())
      inner = isOne;
    if (isOne != inner)
      break;
    run *= out[i];
  }
  return {elements(op) / run, llvm::is_contained(inner, true)};
}

static double copies(ComputeOpInterface op) {
  return isa<StridedCopyOp>(op.getOperation()) ? copyCost(op) : 0;
}

static double bytes(ComputeOpInterface op) {
  return elements(op) * getElementBytes(op.getOutputType().getElementType());
}

// name, value of `op`
#define STM32_COST_FEATURES(X)                                                 \
  X(Once, 1)                                                                   \
  X(Elements, elements(op))                                                    \
  X(Inputs, op.getNumActivations() ? inputElements(op) : 0)                    \
  X(Bytes, bytes(op))                                                          \
  X(Channels, channels(op))                                                    \
  X(Pixels, points(op))                                                        \
  X(Lines, lines(op))                                                          \
  X(Macs, macs(op))                                                            \
  X(Gathered, points(op) * depth(op))                                          \
  X(Pairs, tiles(op, 2, 2))                                                    \
  X(PairWords, tiles(op, 2, 2) * words(op))                                    \
  X(Words, points(op) * words(op))                                             \
  X(PartRows, hasPartWords(op) ? points(op) * windowHeight(op) : 0)            \
  X(RestElements, rest(op))                                                    \
  X(RestWords, rest(op) * words(op))                                           \
  X(SlowPairElements, slowPairs(op))                                           \
  X(SlowPairWords, slowPairs(op) * words(op))                                  \
  X(SlowWords, isFast(op) ? 0 : elements(op) * words(op))                      \
  X(StripSteps, stripSteps(op))                                                \
  X(LineChannels, lines(op) * channels(op))                                    \
  X(Groups, sumPieces(op).groups)                                              \
  X(GroupBlocks, sumPieces(op).groups *ceilDivide(depth(op), 16))              \
  X(CarefulGroups, isRectified(op) ? 0 : sumPieces(op).groups)                 \
  X(Eights, sumPieces(op).eights)                                              \
  X(CarefulEights, isRectified(op) ? 0 : sumPieces(op).eights)                 \
  X(EightBlocks, sumPieces(op).eights *ceilDivide(depth(op), 16))              \
  X(GroupCalls, sumPieces(op).calls *ceilDivide(channels(op), 4))              \
  X(Calls, sumPieces(op).calls)                                                \
  X(FewElements, channels(op) < 4 ? elements(op) : 0)                          \
  X(FewBlocks,                                                                 \
    channels(op) < 4 ? elements(op) * ceilDivide(depth(op), 16) : 0)           \
  X(SlowElements, isFast(op) ? 0 : elements(op))                               \
  X(LeftElements, shiftsLeft(op) ? elements(op) : 0)                           \
  X(LeftBlocks, shiftsLeft(op) ? elements(op) * ceilDivide(depth(op), 16) : 0) \
  X(Gathers, sumPieces(op).gathers)                                            \
  X(Spread, hasFewChannels(op) ? columns(op) * inputChannels(op) : 0)          \
  X(ColumnBlocks, columnBlocks(op))                                            \
  X(StripBlocks, stripPieces(op).blocks)                                       \
  X(Strips, stripPieces(op).strips)                                            \
  X(StripRows, stripPieces(op).rows)                                           \
  X(StripColumns, stripPieces(op).columns)                                     \
  X(Quads, stripPieces(op).quads *ceilDivide(channels(op), 16))                \
  X(QuadChannels, stripPieces(op).quads *channels(op))                         \
  X(WideQuads, taps(op) && depthwiseLanes(op) > 16                             \
                   ? stripPieces(op).quads * channels(op)                      \
                   : 0)                                                        \
  X(CarefulQuads, isRectified(op) ? 0 : stripPieces(op).quads *channels(op))   \
  X(QuadWords, tiles(op, 1, 4) * ceilDivide(depth(op), 4))                     \
  X(QuadBlocks, tiles(op, 1, 4) * ceilDivide(depth(op), 16))                   \
  X(ChannelQuads, tiles(op, 1, 4))                                             \
  X(Taps, points(op) * taps(op))                                               \
  X(TapElements, elements(op) * taps(op))                                      \
  X(WindowRows, points(op) * windowHeight(op))                                 \
  X(ElementRows, elements(op) * windowHeight(op))                              \
  X(Runs, broadcastOf(op).runs)                                                \
  X(FixedElements, broadcastOf(op).isFixed ? elements(op) : 0)                 \
  X(Copies, copies(op))                                                        \
  X(Stages, elements(op) * std::log2(std::max(channels(op), 2.0)))

namespace {
enum Feature {
#define STM32_COST_FEATURE(name, value) name,
  STM32_COST_FEATURES(STM32_COST_FEATURE)
#undef STM32_COST_FEATURE
};

struct CostRow {
  StringRef kernel;
  Isa core;
  std::vector<std::pair<Feature, double>> terms;
};
} // namespace

static double getValue(Feature feature, ComputeOpInterface op) {
  switch (feature) {
#define STM32_COST_FEATURE(name, value)                                        \
  case name:                                                                   \
    return value;
    STM32_COST_FEATURES(STM32_COST_FEATURE)
#undef STM32_COST_FEATURE
  }
  llvm_unreachable("unknown feature");
}

CostFeatures stm32::getCostFeatures(ComputeOpInterface op) {
  CostFeatures features;
#define STM32_COST_FEATURE(name, value)                                        \
  if (double number = getValue(name, op))                                      \
    features.emplace_back(#name, number);
  STM32_COST_FEATURES(STM32_COST_FEATURE)
#undef STM32_COST_FEATURE
  return features;
}

//===----------------------------------------------------------------------===//
// Costs
//===----------------------------------------------------------------------===//

/// The row of a kernel for a core, or for the next lesser one.
static const CostRow *findRow(StringRef kernel, Isa core) {
  static const std::vector<CostRow> rows = {
#include "KernelCosts.inc"
  };
  static const auto byName = [] {
    llvm::StringMap<llvm::SmallVector<const CostRow *, 3>> map;
    for (const CostRow &row : rows)
      map[row.kernel].push_back(&row);
    return map;
  }();
  const CostRow *best = nullptr;
  auto found = byName.find(kernel);
  if (found != byName.end())
    for (const CostRow *row : found->second)
      if (row->core <= core && (!best || row->core > best->core))
        best = row;
  return best;
}

double stm32::getCost(const KernelRecord &record, ComputeOpInterface op,
                      Isa core) {
  StringRef name =
      record.accelerated ? StringRef(record.accelerated->like) : record.name;
  const CostRow *row = findRow(name, core);
  if (!row)
    return record.cost(op);
  double sum = 0;
  for (auto [feature, price] : row->terms)
    sum += price * getValue(feature, op);
  return sum;
}
