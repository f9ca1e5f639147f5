//===- SignalMath.cpp - Tables of audio front ends ------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Angles are rounded as in the reference, because the cosine of pi / 3 scaled
// to an integer is a tie, which the angle's rounding decides. Cosine and sine
// are then computed with twice the precision and rounded once.
//
//===----------------------------------------------------------------------===//

#include "SignalMath.h"

#include <algorithm>
#include <cmath>

using namespace mlir::stm32;
using namespace mlir::stm32::signalmath;

static constexpr double kPi = 3.14159265358979323846;

//===----------------------------------------------------------------------===//
// Cosine and sine
//===----------------------------------------------------------------------===//

namespace {
/// A number as the sum of two.
struct Wide {
  double high, low;
};
} // namespace

/// The sum without error.
static Wide addExact(double a, double b) {
  double sum = a + b;
  double part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

static Wide operator+(Wide a, Wide b) {
  Wide sum = addExact(a.high, b.high);
  return addExact(sum.high, sum.low + a.low + b.low);
}

static Wide operator*(Wide a, Wide b) {
  double product = a.high * b.high;
  double error = std::fma(a.high, b.high, -product);
  return addExact(product, error + (a.high * b.low + a.low * b.high));
}

static Wide operator/(Wide a, double b) {
  double first = a.high / b;
  // What the first digits leave.
  double rest = std::fma(-first, b, a.high) + a.low;
  return addExact(first, rest / b);
}

/// The series x^n / n! - x^(n+2) / (n+2)! + ..., |x| <= pi / 4.
static Wide sumSeries(Wide term, Wide square, int n) {
  Wide sum = term;
  Wide negated = {-square.high, -square.low};
  for (; std::fabs(term.high) > 1e-36; n += 2) {
    term = term * negated / ((n + 1.0) * (n + 2.0));
    sum = sum + term;
  }
  return sum;
}

Unit signalmath::getUnit(double phase) {
  // pi / 2 as a first part, of which a product with up to 4 is exact, and the
  // rest in two.
  constexpr double kFirst = 0x1.921fb544p+0;
  constexpr Wide kRest = {0x1.0b4611a626331p-34, 0x1.1701b839a252p-88};
  double quarters = std::nearbyint(phase / (kPi / 2));
  Wide rest =
      addExact(phase, -quarters * kFirst) + kRest * Wide{-quarters, 0.0};
  Wide square = rest * rest;
  double cos = sumSeries({1.0, 0.0}, square, 0).high;
  double sin = sumSeries(rest, square, 1).high;
  switch (static_cast<int>(quarters) & 3) {
  case 0:
    return {cos, sin};
  case 1:
    return {-sin, cos};
  case 2:
    return {-cos, -sin};
  default:
    return {sin, -cos};
  }
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

std::vector<Unit> signalmath::getTwiddles(int64_t points, bool isInverse) {
  std::vector<Unit> twiddles;
  for (int64_t k = 0; k < points; ++k) {
    double phase = -2 * kPi * double(k) / double(points);
    twiddles.push_back(getUnit(isInverse ? -phase : phase));
  }
  return twiddles;
}

std::vector<Unit> signalmath::getSplitTwiddles(int64_t points, bool isInverse) {
  std::vector<Unit> twiddles;
  for (int64_t k = 1; k <= std::max<int64_t>(points / 2, 1); ++k) {
    double phase = -kPi * (double(k) / double(points) + 0.5);
    twiddles.push_back(getUnit(isInverse ? -phase : phase));
  }
  return twiddles;
}

int32_t signalmath::quantize(double value, unsigned bits) {
  double most = static_cast<double>((int64_t(1) << (bits - 1)) - 1);
  return static_cast<int32_t>(std::floor(0.5 + most * value));
}

std::vector<int16_t> signalmath::getLogTable() {
  constexpr double kLn2 = 0x1.62e42fefa39efp-1;
  std::vector<int16_t> table;
  for (int i = 0; i <= 128; ++i) {
    // ln(1 + t) = 2 atanh(t / (2 + t))
    double t = i / 128.0, s = t / (2.0 + t), power = s, sum = 0.0;
    for (int n = 1; n < 40; n += 2, power *= s * s)
      sum += power / n;
    double value = 65536.0 * (2.0 * sum / kLn2 - t);
    table.push_back(static_cast<int16_t>(std::floor(value + 0.5)));
  }
  return table;
}
