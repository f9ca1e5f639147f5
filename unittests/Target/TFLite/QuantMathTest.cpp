//===- QuantMathTest.cpp - Integer parameters from float scales -----------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/TFLite/QuantMath.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>

using namespace mlir::stm32::qmath;

namespace {

TEST(QuantMathTest, FactorsThatFloatsCannotHoldAreNotRepresentable) {
  Multiplier factor = floatProductMultiplier(3e38f, 3e38f, 1.0f);
  EXPECT_FALSE(isRepresentable(factor, 1));
  EXPECT_FALSE(isRepresentableLong(factor, 1));
}

TEST(QuantMath, PowersOfTwo) {
  EXPECT_EQ(quantizeMultiplier(1.0), (Multiplier{1 << 30, 30}));
  EXPECT_EQ(quantizeMultiplier(0.5), (Multiplier{1 << 30, 31}));
  EXPECT_EQ(quantizeMultiplier(2.0), (Multiplier{1 << 30, 29}));
  EXPECT_EQ(quantizeMultiplier(0.0), (Multiplier{0, 31}));
}

TEST(QuantMath, RoundsUpToTheNextPower) {
  // The fraction rounds to 2^31, which does not fit: one more exponent.
  double below = std::nextafter(0.5, 0.0);
  EXPECT_EQ(quantizeMultiplier(below), (Multiplier{1 << 30, 31}));
}

TEST(QuantMath, RoundsToNearest) {
  // 0.75 * 2^31 is exact; a quarter of a step above it rounds down again.
  EXPECT_EQ(quantizeMultiplier(0.75).multiplier, 1610612736);
  EXPECT_EQ(quantizeMultiplier(0.75 + std::ldexp(1.0, -33)).multiplier,
            1610612736);
  EXPECT_EQ(quantizeMultiplier(0.75 + std::ldexp(3.0, -33)).multiplier,
            1610612737);
}

TEST(QuantMath, TinyFactorsBecomeZero) {
  // An exponent of -31 is the last one: shift 62.
  EXPECT_EQ(quantizeMultiplier(std::ldexp(0.5, -31)),
            (Multiplier{1 << 30, 62}));
  EXPECT_EQ(quantizeMultiplier(std::ldexp(0.5, -32)), (Multiplier{0, 31}));
  EXPECT_EQ(convMultiplier(1e-30f, 1e-30f, 1.0f), (Multiplier{0, 31}));
}

TEST(QuantMath, Representable) {
  int32_t max = std::numeric_limits<int32_t>::max();
  EXPECT_TRUE(isRepresentable(quantizeMultiplier(0.9), max));
  EXPECT_FALSE(isRepresentable(quantizeMultiplier(0.9), int64_t(max) + 1));
  EXPECT_FALSE(isRepresentable(quantizeMultiplier(1.0), max));
  EXPECT_TRUE(isRepresentable(quantizeMultiplier(1.0), max / 2));
  EXPECT_TRUE(isRepresentable({1 << 30, 2}, 3));
  EXPECT_FALSE(isRepresentable({1 << 30, 1}, 1));
  EXPECT_FALSE(isRepresentable({1 << 30, 63}, 1));
  EXPECT_FALSE(isRepresentable(requantMultiplier(3e38f, 1e-38f), 1));
}

TEST(QuantMath, ConvolutionMultipliesInDouble) {
  // The product of the scales in float would give another multiplier.
  float input = 0.1f, weight = 0.3f, output = 0.7f;
  Multiplier exact = convMultiplier(input, weight, output);
  Multiplier single = quantizeMultiplier(static_cast<double>(input * weight) /
                                         static_cast<double>(output));
  EXPECT_EQ(exact, quantizeMultiplier(double(input) * double(weight) /
                                      double(output)));
  EXPECT_NE(exact.multiplier, single.multiplier);
}

TEST(QuantMath, Mean) {
  EXPECT_EQ(meanMultiplier(1.0f, 1.0f, 1), (Multiplier{1 << 30, 30}));
  // 16 values: the multiplier stays, the shift grows.
  EXPECT_EQ(meanMultiplier(1.0f, 1.0f, 16), (Multiplier{1 << 30, 34}));
  // 49 = 2^5 * 1.53125; the division truncates.
  EXPECT_EQ(meanMultiplier(1.0f, 1.0f, 49),
            (Multiplier{int32_t((int64_t(1) << 35) / 49), 35}));
  // A small ratio: the shift ends at 62.
  Multiplier tiny = meanMultiplier(std::ldexp(1.0f, -30), 1.0f, 1024);
  EXPECT_EQ(tiny.shift, 62);
  EXPECT_EQ(tiny.multiplier, int32_t((int64_t(1) << 32) / 1024));
}

TEST(QuantMath, Add) {
  auto equal = addMultipliers(0.5f, 0.5f, 1.0f);
  ASSERT_TRUE(equal);
  EXPECT_EQ(equal->lhs, (Multiplier{1 << 30, 31}));
  EXPECT_EQ(equal->rhs, (Multiplier{1 << 30, 31}));
  EXPECT_EQ(equal->output, (Multiplier{1 << 30, 50}));
  auto skewed = addMultipliers(1.0f, 0.25f, 1.0f);
  ASSERT_TRUE(skewed);
  EXPECT_EQ(skewed->rhs, (Multiplier{1 << 30, 33}));
  // 2 / 2^20 of the output's scale is the limit.
  EXPECT_FALSE(addMultipliers(524288.0f, 1.0f, 1.0f));
  EXPECT_TRUE(addMultipliers(524287.0f, 1.0f, 1.0f));
}

TEST(QuantMath, Softmax) {
  // beta * scale * 2^26 = 2^20: exponent 21, 31 * 2^26 / 2^21 = 992.
  auto parameters = softmaxParameters(1.0f, std::ldexp(1.0f, -6));
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->multiplier, 1 << 30);
  EXPECT_EQ(parameters->leftShift, 21);
  EXPECT_EQ(parameters->diffMin, -992);
  // A great product saturates at 2^31 - 1.
  parameters = softmaxParameters(1.0f, 1e6f);
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->multiplier, 2147483647);
  EXPECT_EQ(parameters->leftShift, 31);
  EXPECT_EQ(parameters->diffMin, 0);
  EXPECT_FALSE(softmaxParameters(0.0f, 1.0f));
  EXPECT_FALSE(softmaxParameters(-1.0f, 1.0f));
  EXPECT_FALSE(softmaxParameters(std::nanf(""), 1.0f));
}

TEST(QuantMath, ActivationRange) {
  auto range = [](Activation activation, float scale, int32_t zeroPoint) {
    return activationRange(activation, scale, zeroPoint, kInt8Range);
  };
  EXPECT_EQ(range(Activation::None, 0.1f, 3), kInt8Range);
  EXPECT_EQ(range(Activation::Relu, 0.1f, -5), (Range{-5, 127}));
  EXPECT_EQ(range(Activation::Relu6, 0.1f, -128), (Range{-128, -68}));
  EXPECT_EQ(range(Activation::Relu6, 0.01f, -128), kInt8Range);
  EXPECT_EQ(range(Activation::ReluN1To1, 0.1f, 3), (Range{-7, 13}));
  // Half a step rounds away from zero.
  EXPECT_EQ(range(Activation::ReluN1To1, 2.0f, 0), (Range{-1, 1}));
  // Quotients outside int32 and infinite ones saturate.
  EXPECT_EQ(range(Activation::ReluN1To1, 1e-45f, 0), kInt8Range);
}

TEST(QuantMath, Relu6UsesTheInput) {
  EXPECT_EQ(relu6Range(0.1f, -10, kInt8Range), (Range{-10, 50}));
  EXPECT_EQ(relu6Range(0.01f, -10, kInt8Range), (Range{-10, 127}));
}

} // namespace
