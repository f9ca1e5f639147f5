//===- SignalMathTest.cpp - Tables of audio front ends --------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SignalMath.h"

#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::stm32::signalmath;

namespace {

constexpr double kPi = 3.14159265358979323846;

TEST(SignalMathTest, UnitIsWithinOneUnitInTheLastPlaceOfTheLibrary) {
  for (int k = -5000; k <= 5000; ++k) {
    double phase = 2 * kPi * k / 5000;
    Unit unit = getUnit(phase);
    EXPECT_NEAR(unit.cos, std::cos(phase), 0x1p-53 * std::fabs(unit.cos) * 2);
    EXPECT_NEAR(unit.sin, std::sin(phase), 0x1p-53 * std::fabs(unit.sin) * 2);
  }
}

TEST(SignalMathTest, UnitKeepsWhatTheRoundedAngleMisses) {
  // double(pi) and double(pi / 2) are less than the angles that they stand for.
  EXPECT_EQ(getUnit(kPi / 2).cos, 0x1.1a62633145c07p-54);
  EXPECT_EQ(getUnit(kPi).sin, 0x1.1a62633145c07p-53);
  EXPECT_EQ(getUnit(0.0).cos, 1.0);
  EXPECT_EQ(getUnit(0.0).sin, 0.0);
  EXPECT_EQ(getUnit(-2 * kPi).cos, 1.0);
}

TEST(SignalMathTest, TiesAreDecidedByTheRoundingOfTheAngle) {
  // 32767 / 2 is a tie.
  EXPECT_EQ(quantize(getUnit(kPi / 3).cos, 16), 16384);
  EXPECT_EQ(quantize(getTwiddles(3, false)[1].cos, 16), -16383);
  EXPECT_EQ(quantize(1.0, 16), 32767);
  EXPECT_EQ(quantize(-1.0, 16), -32767);
  EXPECT_EQ(quantize(1.0, 32), 2147483647);
  EXPECT_EQ(quantize(-1.0, 32), -2147483647);
}

TEST(SignalMathTest, TwiddlesTurnTheirWays) {
  auto forward = getTwiddles(8, false), back = getTwiddles(8, true);
  ASSERT_EQ(forward.size(), 8u);
  EXPECT_LT(forward[1].sin, 0.0);
  for (int k = 0; k < 8; ++k) {
    EXPECT_EQ(forward[k].cos, back[k].cos);
    EXPECT_EQ(forward[k].sin, -back[k].sin);
  }
  EXPECT_EQ(getSplitTwiddles(8, false).size(), 4u);
  EXPECT_EQ(getSplitTwiddles(1, false).size(), 1u);
  EXPECT_NEAR(getSplitTwiddles(8, false)[3].cos, -1.0, 1e-15);
}

TEST(SignalMathTest, LogTableEqualsTheLibrary) {
  std::vector<int16_t> table = getLogTable();
  ASSERT_EQ(table.size(), 129u);
  for (int i = 0; i <= 128; ++i)
    EXPECT_EQ(table[i],
              std::lround(65536 * (std::log2(1 + i / 128.0) - i / 128.0)))
        << i;
}

} // namespace
