//===- ConstantPackingTest.cpp - Weights as kernels read them -----------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/ConstantPacking.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

#include <gtest/gtest.h>

#include <random>

using namespace mlir;
using namespace mlir::stm32;

namespace {
class ConstantPacking : public testing::Test {
protected:
  ConstantPacking() { context.loadDialect<STM32Dialect>(); }

  DenseElementsAttr makeWeights(ArrayRef<int64_t> shape) {
    std::vector<int8_t> values(ShapedType::getNumElements(shape));
    for (int8_t &value : values)
      value = static_cast<int8_t>(random());
    auto type = RankedTensorType::get(shape, IntegerType::get(&context, 8));
    return DenseElementsAttr::get(type, ArrayRef<int8_t>(values));
  }

  MLIRContext context;
  std::minstd_rand random{1};
};
} // namespace

TEST_F(ConstantPacking, PlainKeepsTheWeights) {
  DenseElementsAttr weights = makeWeights({2, 3, 3, 5});
  EXPECT_EQ(packWeights(Packing::Plain, weights), weights);
  EXPECT_EQ(packWeights(Packing::None, weights), weights);
}

/// stm32rt_convolve_dsp.h: what each pair or quad of outputs needs in turn, the
/// rows of windows filled up to words.
TEST_F(ConstantPacking, StreamsAsTheKernelsReadThem) {
  auto i32 = IntegerType::get(&context, 32);
  for (Packing packing :
       {Packing::PairStream, Packing::WideStream, Packing::QuadStream})
    for (int64_t outputs : {1, 2, 4, 7}) {
      int64_t rows = 2, row = 6, lanes = packing == Packing::QuadStream ? 4 : 2;
      DenseElementsAttr weights = makeWeights({outputs, rows, 3, 2});
      SmallVector<int32_t> biases, multipliers, shifts;
      for (int64_t o = 0; o < outputs; ++o) {
        biases.push_back(100 + o);
        multipliers.push_back((1 << 30) + o);
        shifts.push_back(o == 1 ? 31 : 40); // one that is not fast
      }
      auto bias = DenseElementsAttr::get(RankedTensorType::get({outputs}, i32),
                                         ArrayRef<int32_t>(biases));
      auto requant =
          RequantAttr::get(&context, multipliers, shifts, 0, -128, 127, false);
      auto words = llvm::to_vector(
          packStream(packing, weights, bias, requant).getValues<int32_t>());
      auto values = weights.getValues<int8_t>();
      int64_t group = packing == Packing::PairStream ? 2 : 2 * lanes;
      int64_t size = 3 * lanes + 4 * group; // two groups in each of two rows
      ASSERT_EQ(static_cast<int64_t>(words.size()),
                1 + (outputs + lanes - 1) / lanes * size);
      EXPECT_EQ(words[0], outputs > 1 ? 1 : 0);
      for (int64_t o = 0; o < outputs; ++o) {
        int64_t first = 1 + o / lanes * size, lane = o % lanes;
        int64_t end = first + size - 2 * lanes;
        EXPECT_EQ(words[first + lane], biases[o]);
        EXPECT_EQ(
            words[end + lane],
            static_cast<int32_t>(2u * static_cast<uint32_t>(multipliers[o])));
        EXPECT_EQ(words[end + lanes + lane], shifts[o] - 32);
        for (int64_t k = 0; k < 2 * 8; ++k) {
          int64_t inRow = k % 8, at = k / 8 * 2 + inRow / 4;
          int64_t word = inRow % 2, half = inRow % 4 / 2;
          int expected =
              inRow < row ? values[(o * rows + k / 8) * row + inRow] : 0;
          int found;
          if (packing == Packing::PairStream) {
            int32_t bits = words[first + lanes + at * group + word];
            found = static_cast<int8_t>(bits >> (16 * half + (lane ? 0 : 8)));
            found = lane ? static_cast<int8_t>(found ^ 128) : found;
          } else {
            int32_t bits = words[first + lanes + at * group + 2 * lane + word];
            found = static_cast<int16_t>(bits >> (16 * half));
          }
          EXPECT_EQ(found, expected) << o << ", " << k;
        }
      }
    }
}

/// stm32rt_pairs.h: eight bytes for four inputs of two outputs p and q,
/// q0 p0 q2 p2 q1 p1 q3 p3, where those of q have 128 added.
TEST_F(ConstantPacking, ChannelPairsAsTheKernelReadsThem) {
  for (int64_t outputs : {1, 2, 3, 4, 7})
    for (int64_t inputs : {1, 2, 3, 4, 5, 7, 8, 9}) {
      SCOPED_TRACE(std::to_string(outputs) + " outputs, " +
                   std::to_string(inputs) + " inputs");
      DenseElementsAttr weights = makeWeights({outputs, 1, 1, inputs});
      DenseElementsAttr packed = packWeights(Packing::ChannelPairs, weights);
      int64_t groups = (inputs + 3) / 4, pairs = (outputs + 1) / 2;
      ASSERT_EQ(packed.getNumElements(), 8 * groups * pairs);
      auto values = weights.getValues<int8_t>();
      auto bytes = packed.getValues<int8_t>();
      std::vector<bool> isWeight(bytes.size(), false);
      for (int64_t o = 0; o < outputs; ++o)
        for (int64_t k = 0; k < inputs; ++k) {
          int64_t inGroup = (k % 4) / 2 * 2 + (k % 2) * 4 + (o % 2 == 0);
          int64_t at = ((o / 2) * groups + k / 4) * 8 + inGroup;
          int added = o % 2 == 1 ? 128 : 0;
          EXPECT_EQ(static_cast<uint8_t>(bytes[at]),
                    static_cast<uint8_t>(values[o * inputs + k] + added))
              << o << ", " << k;
          isWeight[at] = true;
        }
      for (size_t at = 0; at < bytes.size(); ++at)
        EXPECT_TRUE(isWeight[at] || bytes[at] == (at % 2 == 0 ? -128 : 0))
            << at;
    }
}

/// stm32rt_depthwise_conv_2d_s8_dsp.c: [channel / 4][tap][channel % 4].
TEST_F(ConstantPacking, ChannelQuadsAsTheKernelReadsThem) {
  DenseElementsAttr weights = makeWeights({1, 3, 2, 12});
  DenseElementsAttr packed = packWeights(Packing::ChannelQuads, weights);
  ASSERT_EQ(packed.getNumElements(), 72);
  auto values = weights.getValues<int8_t>();
  auto bytes = packed.getValues<int8_t>();
  for (int64_t tap = 0; tap < 6; ++tap)
    for (int64_t c = 0; c < 12; ++c)
      EXPECT_EQ(bytes[c / 4 * 24 + 4 * tap + c % 4], values[12 * tap + c])
          << tap << ", " << c;
}

TEST_F(ConstantPacking, MultipliersOfDspKernelsAreDoubled) {
  EXPECT_TRUE(hasDoubledMultipliers(Packing::ChannelPairs));
  EXPECT_TRUE(hasDoubledMultipliers(Packing::ChannelQuads));
  EXPECT_FALSE(hasDoubledMultipliers(Packing::Plain));
  EXPECT_FALSE(hasDoubledMultipliers(Packing::BlocksOf16));
}

/// stm32rt_convolve_mve.h: groups of four outputs, the last of which may repeat
/// some; blocks of 16 terms by column, row and input, zeros before the first.
TEST_F(ConstantPacking, BlocksOf16AsTheKernelReadsThem) {
  for (int64_t outputs : {1, 3, 4, 5, 8, 11})
    for (auto [rows, columns] : {std::pair(1, 1), std::pair(2, 3)})
      for (int64_t inputs : {1, 5, 16, 17, 33}) {
        SCOPED_TRACE(std::to_string(outputs) + " outputs, " +
                     std::to_string(rows) + "x" + std::to_string(columns) +
                     ", " + std::to_string(inputs) + " inputs");
        DenseElementsAttr weights =
            makeWeights({outputs, rows, columns, inputs});
        DenseElementsAttr packed = packWeights(Packing::BlocksOf16, weights);
        int64_t terms = rows * columns * inputs,
                lanes = std::min<int64_t>(outputs, 4);
        int64_t row = (terms + 15) / 16 * 16, groups = (outputs + 3) / 4;
        ASSERT_EQ(packed.getNumElements(), groups * lanes * row);
        auto values = weights.getValues<int8_t>();
        auto bytes = packed.getValues<int8_t>();
        for (int64_t at = 0; at < groups * lanes * row; ++at) {
          int64_t group = at / (lanes * row),
                  block = at % (lanes * row) / (lanes * 16);
          int64_t o = std::min(group * 4, outputs - lanes) + at / 16 % lanes;
          int64_t term = block * 16 + at % 16 - (row - terms);
          int64_t column = term / (rows * inputs), line = term / inputs % rows;
          EXPECT_EQ(
              bytes[at],
              term < 0
                  ? 0
                  : values[((o * rows + line) * columns + column) * inputs +
                           term % inputs])
              << at;
        }
      }
}

/// One value for all is stored once in the attribute.
TEST_F(ConstantPacking, Splat) {
  auto type =
      RankedTensorType::get({1, 1, 1, 2}, IntegerType::get(&context, 8));
  auto weights = DenseElementsAttr::get(type, ArrayRef<int8_t>(int8_t(-3)));
  ASSERT_TRUE(weights.isSplat());
  auto bytes = packWeights(Packing::ChannelPairs, weights).getValues<int8_t>();
  EXPECT_EQ(std::vector<int8_t>(bytes.begin(), bytes.end()),
            (std::vector<int8_t>{-128, -3, -128, 0, -128, -3, -128, 0}));
}
