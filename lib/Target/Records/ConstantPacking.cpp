//===- ConstantPacking.cpp - Weights in the order that kernels read -------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/ConstantPacking.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::stm32;

/// `packed` in one dimension, of the type of `weights`.
static DenseElementsAttr makePacked(DenseElementsAttr weights,
                                    ArrayRef<int8_t> packed) {
  auto type = RankedTensorType::get({static_cast<int64_t>(packed.size())},
                                    weights.getElementType());
  return DenseElementsAttr::get(type, packed);
}

/// Words that hold weights of two outputs, see stm32rt_pairs.h: of the
/// outputs 2p and 2p + 1 term 4g + k is in the word of k's parity, the even
/// output one byte behind the odd one, to which 128 is added.
static DenseElementsAttr packChannelPairs(DenseElementsAttr weights) {
  int64_t outputs = weights.getType().getDimSize(0);
  int64_t terms = weights.getNumElements() / outputs;
  int64_t groups = llvm::divideCeil(terms, 4);
  SmallVector<int8_t> packed(8 * groups * llvm::divideCeil(outputs, 2));
  for (size_t byte = 0; byte < packed.size(); ++byte)
    packed[byte] = byte % 2 == 0 ? -128 : 0;
  auto values = weights.getValues<int8_t>();
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t k = 0; k < terms; ++k) {
      int64_t group = ((o / 2) * groups + k / 4) * 8;
      int64_t word = k % 2 * 4, half = k % 4 / 2 * 2;
      bool isOdd = o % 2 == 1;
      packed[group + word + half + (isOdd ? 0 : 1)] =
          static_cast<int8_t>(values[o * terms + k] ^ (isOdd ? 128 : 0));
    }
  return makePacked(weights, packed);
}

/// [channel / 4][tap][channel % 4], see stm32rt_depthwise_conv_2d_s8_dsp.c.
static DenseElementsAttr packChannelQuads(DenseElementsAttr weights) {
  int64_t channels = weights.getType().getShape().back();
  int64_t taps = weights.getNumElements() / channels;
  SmallVector<int8_t> packed;
  packed.reserve(weights.getNumElements());
  auto values = weights.getValues<int8_t>();
  for (int64_t first = 0; first < channels; first += 4)
    for (int64_t tap = 0; tap < taps; ++tap)
      for (int64_t lane = 0; lane < 4; ++lane)
        packed.push_back(values[tap * channels + first + lane]);
  return makePacked(weights, packed);
}

/// Blocks of 16 terms of four outputs, the terms of a window by column, row and
/// input, see stm32rt_convolve_mve.h.
static DenseElementsAttr packBlocksOf16(DenseElementsAttr weights) {
  ArrayRef<int64_t> shape = weights.getType().getShape();
  int64_t outputs = shape[0], terms = weights.getNumElements() / outputs;
  int64_t rows = shape.size() == 4 ? shape[1] : 1;
  int64_t columns = shape.size() == 4 ? shape[2] : 1;
  int64_t inputs = terms / (rows * columns),
          lanes = std::min<int64_t>(outputs, 4);
  int64_t blocks = llvm::divideCeil(terms, 16), skip = blocks * 16 - terms;
  SmallVector<int8_t> packed(llvm::divideCeil(outputs, 4) * blocks * lanes * 16,
                             0);
  auto values = weights.getValues<int8_t>();
  for (int64_t group = 0; group * 4 < outputs; ++group)
    for (int64_t lane = 0; lane < lanes; ++lane)
      for (int64_t k = 0; k < terms; ++k) {
        int64_t o = std::min(group * 4, outputs - lanes) + lane;
        int64_t column = k / (rows * inputs), row = k / inputs % rows;
        int64_t at = k + skip;
        packed[((group * blocks + at / 16) * lanes + lane) * 16 + at % 16] =
            values[(o * rows + row) * columns * inputs + column * inputs +
                   k % inputs];
      }
  return makePacked(weights, packed);
}

DenseElementsAttr stm32::packWeights(Packing packing,
                                     DenseElementsAttr weights) {
  switch (packing) {
  case Packing::None:
  case Packing::Plain:
    return weights;
  case Packing::ChannelPairs:
    return packChannelPairs(weights);
  case Packing::ChannelQuads:
    return packChannelQuads(weights);
  case Packing::BlocksOf16:
    return packBlocksOf16(weights);
  case Packing::PairStream:
  case Packing::WideStream:
  case Packing::QuadStream:
    break; // packStream
  }
  llvm_unreachable("unknown packing");
}

bool stm32::isStream(Packing packing) {
  return packing == Packing::PairStream || packing == Packing::WideStream ||
         packing == Packing::QuadStream;
}

namespace {
/// What makes outputs of sums, as stm32rt_dsp.h has it.
struct Requantization {
  int32_t bias = 0, doubled = std::numeric_limits<int32_t>::min(), shift = 8;

  Requantization() = default;
  Requantization(int32_t bias, RequantAttr requant, size_t channel)
      : bias(bias) {
    size_t entry = requant.getEntry(channel);
    doubled = static_cast<int32_t>(
        static_cast<uint32_t>(requant.getMultiplier()[entry]) << 1);
    shift = requant.getShift()[entry] - 32;
  }

  bool isFast() const { return doubled < 0 && shift >= 0; }
};
} // namespace

using FourWeights = std::array<int8_t, 4>;

/// The words of four weights of each output.
static void addGroup(Packing packing, ArrayRef<FourWeights> weights,
                     SmallVectorImpl<int32_t> &words) {
  auto addPair = [&](int low, int high) {
    words.push_back(static_cast<int32_t>((low & 0xFFFF) |
                                         static_cast<uint32_t>(high) << 16));
  };
  if (packing != Packing::PairStream) {
    for (const FourWeights &w : weights)
      for (int k : {0, 1})
        addPair(w[k], w[k + 2]);
    return;
  }
  const FourWeights &p = weights[0], &q = weights[1];
  for (int k : {0, 1})
    addPair(256 * p[k] + q[k] + 128, 256 * p[k + 2] + q[k + 2] + 128);
}

DenseElementsAttr stm32::packStream(Packing packing, DenseElementsAttr weights,
                                    DenseElementsAttr bias,
                                    RequantAttr requant) {
  ArrayRef<int64_t> shape = weights.getType().getShape();
  int64_t outputs = shape[0], rows = shape.size() == 4 ? shape[1] : 1;
  int64_t row = weights.getNumElements() / (outputs * rows);
  auto biases = llvm::to_vector(bias.getValues<int32_t>());
  auto values = llvm::to_vector(weights.getValues<int8_t>());
  auto getRequantization = [&](int64_t o) {
    return o < outputs ? Requantization(biases[o], requant, o)
                       : Requantization();
  };
  auto getWeights = [&](int64_t o, int64_t from, int64_t first) {
    FourWeights group = {};
    for (int64_t k = first; k < std::min(first + 4, row) && o < outputs; ++k)
      group[k - first] = values[(o * rows + from) * row + k];
    return group;
  };

  int64_t lanes = packing == Packing::QuadStream ? 4 : 2;
  SmallVector<int32_t> words = {0};
  for (int64_t first = 0; first < outputs; first += lanes) {
    auto range = llvm::seq(first, first + lanes);
    auto params = llvm::map_to_vector(range, getRequantization);
    words[0] += !llvm::all_of(params, std::mem_fn(&Requantization::isFast));
    for (const Requantization &entry : params)
      words.push_back(entry.bias);
    for (int64_t from = 0; from < rows; ++from)
      for (int64_t k = 0; k < row; k += 4)
        addGroup(packing,
                 llvm::map_to_vector(
                     range, [&](int64_t o) { return getWeights(o, from, k); }),
                 words);
    for (const Requantization &entry : params)
      words.push_back(entry.doubled);
    for (const Requantization &entry : params)
      words.push_back(entry.shift);
  }
  auto type = RankedTensorType::get({static_cast<int64_t>(words.size())},
                                    bias.getElementType());
  return DenseElementsAttr::get(type, ArrayRef<int32_t>(words));
}

bool stm32::hasDoubledMultipliers(Packing packing) {
  return packing == Packing::ChannelPairs || packing == Packing::ChannelQuads;
}
