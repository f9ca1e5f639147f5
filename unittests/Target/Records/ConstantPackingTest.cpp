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

/// stm32rt_convolve_dsp.h: eight bytes for four inputs of two outputs p and q,
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
