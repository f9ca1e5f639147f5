//===- TableMath.cpp - Functions as tables --------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TableMath.h"

#include "stm32/Target/TFLite/QuantMath.h"
#include "stm32rt_fixed_point.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir::stm32;
using namespace mlir::stm32::tablemath;

/// Values less a zero point are in [-kReach, kReach].
static constexpr int64_t kReach = 255;

/// `function(q)` for all values, kept in int8.
template <typename Function> static Table tabulate(Function function) {
  Table table;
  for (int32_t q = -128; q < 128; ++q)
    table[q + 128] =
        static_cast<int8_t>(std::clamp<int64_t>(function(q), -128, 127));
  return table;
}

/// Rule N3 for a factor that kernels can apply. The multiplier may be negative:
/// the product is that of -v then.
static int32_t scale(int32_t v, const qmath::Multiplier &factor) {
  if (factor.multiplier < 0)
    return stm32rt_rescale(-v, -factor.multiplier, factor.shift);
  return stm32rt_rescale(v, factor.multiplier, factor.shift);
}

/// Rule N1 for factors of either sign, if kernels can apply it to values up to
/// `bound` in magnitude.
static std::optional<qmath::Multiplier> getFactor(double factor,
                                                  int64_t bound) {
  if (!std::isfinite(factor))
    return std::nullopt;
  qmath::Multiplier result = qmath::quantizeMultiplier(std::fabs(factor));
  if (!qmath::isRepresentable(result, bound))
    return std::nullopt;
  if (factor < 0)
    result.multiplier = -result.multiplier;
  return result;
}

//===----------------------------------------------------------------------===//
// Logistic function and tanh in fixed point
//===----------------------------------------------------------------------===//

namespace {
/// The input's scaling to Q4.27, and the distance from the zero point at which
/// a function has reached its limit.
struct FixedInput {
  qmath::Multiplier factor;
  int32_t radius;
};
} // namespace

static std::optional<FixedInput> getFixedInput(float inputScale) {
  double factor = static_cast<double>(inputScale) * (1 << 27);
  int exponent;
  double fraction = std::frexp(factor, &exponent);
  int64_t multiplier = std::llround(fraction * 2147483648.0);
  // From 2^31 on the radius is 0, and nothing is scaled.
  if (exponent < 0 || exponent > 62 ||
      (exponent < 31 && multiplier >= int64_t(1) << 31))
    return std::nullopt;
  double radius = std::floor(15.0 * (1 << 27) / std::ldexp(1.0, exponent));
  return FixedInput{{static_cast<int32_t>(multiplier), 31 - exponent},
                    static_cast<int32_t>(std::min(radius, 2147483647.0))};
}

/// Values inside of the radius, which do not leave int32.
static int32_t toFixed(int32_t v, const FixedInput &input) {
  return stm32rt_high_multiply(
      static_cast<int32_t>(v * (int64_t(1) << input.factor.getExponent())),
      input.factor.multiplier);
}

/// exp(z) in Q0.31 for z <= 0 with `integerBits` bits before the point: the
/// product of exp(r), r in [-1/4, 0), and of powers exp(-2^i).
static int32_t expOfNegative(int32_t z, int integerBits) {
  // exp(-2^i) in Q0.31 for i = -2 .. 4.
  static constexpr int32_t powers[] = {
      1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  if (z == 0)
    return std::numeric_limits<int32_t>::max();
  int quarterBits = 31 - integerBits - 2;
  int32_t quarter = 1 << quarterBits;
  int32_t rest = (z & (quarter - 1)) - quarter;
  int32_t whole = rest - z;
  int32_t result = stm32rt_exp_of_rest(rest * (1 << integerBits));
  for (int i = 0; i < integerBits + 2; ++i)
    if ((whole >> (quarterBits + i)) & 1)
      result = stm32rt_high_multiply(result, powers[i]);
  return result;
}

/// 2 / (1 + e) in Q2.29 for e in [0, 1], Q0.31: three steps of Newton's method.
static int32_t twiceReciprocal(int32_t e) {
  int64_t sum = int64_t(e) + std::numeric_limits<int32_t>::max();
  auto half = static_cast<int32_t>((sum + 1) / 2);
  int32_t r = 1515870810 + stm32rt_high_multiply(half, -1010580540);
  for (int i = 0; i < 3; ++i) {
    int32_t error = (1 << 29) - stm32rt_high_multiply(half, r);
    r += stm32rt_saturating_shift(stm32rt_high_multiply(r, error), 2);
  }
  return r;
}

std::optional<Table> tablemath::logistic(const Scales &scales) {
  std::optional<FixedInput> input = getFixedInput(scales.x);
  if (!input)
    return std::nullopt;
  return tabulate([&](int32_t q) -> int64_t {
    int32_t v = q - scales.xZeroPoint;
    if (v <= -input->radius)
      return -128;
    if (v >= input->radius)
      return 127;
    int32_t z = toFixed(v, *input);
    // 1 / (1 + e^-|z|) in Q0.31.
    int32_t y = stm32rt_saturating_shift(
        twiceReciprocal(expOfNegative(z > 0 ? -z : z, 4)), 1);
    if (z == 0)
      y = 1 << 30;
    else if (z < 0)
      y = std::numeric_limits<int32_t>::max() - y;
    return stm32rt_rounding_shift(y, 31 - 8) - 128;
  });
}

std::optional<Table> tablemath::tanh(const Scales &scales) {
  std::optional<FixedInput> input = getFixedInput(scales.x);
  if (!input)
    return std::nullopt;
  return tabulate([&](int32_t q) -> int64_t {
    int32_t v = q - scales.xZeroPoint;
    if (v <= -input->radius)
      return -128;
    if (v >= input->radius)
      return 127;
    int32_t z = toFixed(v, *input);
    if (z == 0)
      return 0;
    // (1 - e^-2|z|) / (1 + e^-2|z|); 2z is z with one more integer bit.
    int32_t e = expOfNegative(z > 0 ? -z : z, 5);
    int32_t y = stm32rt_saturating_shift(twiceReciprocal(e) - (1 << 29), 2);
    return stm32rt_rounding_shift(z < 0 ? -y : y, 31 - 7);
  });
}

//===----------------------------------------------------------------------===//
// Piecewise linear functions
//===----------------------------------------------------------------------===//

LeakyFactors tablemath::leakyFactors(const Scales &scales, float alpha) {
  double x = scales.x, y = scales.y;
  return {x / y, x * static_cast<double>(alpha) / y};
}

std::optional<Table> tablemath::leakyRelu(const Scales &scales,
                                          const LeakyFactors &factors) {
  auto negative = getFactor(factors.negative, kReach);
  auto positive = getFactor(factors.positive, kReach);
  if (!negative || !positive)
    return std::nullopt;
  return tabulate([&](int32_t q) -> int64_t {
    int32_t v = q - scales.xZeroPoint;
    return int64_t(scale(v, v >= 0 ? *positive : *negative)) +
           scales.yZeroPoint;
  });
}

std::optional<Table> tablemath::abs(const Scales &scales) {
  auto factor = getFactor(
      static_cast<double>(scales.x) / static_cast<double>(scales.y), kReach);
  if (!factor)
    return std::nullopt;
  return tabulate([&](int32_t q) -> int64_t {
    return int64_t(scale(std::abs(q - scales.xZeroPoint), *factor)) +
           scales.yZeroPoint;
  });
}

std::optional<qmath::Multiplier> tablemath::rsqrtFactor(const Scales &scales) {
  // Bits behind the point of the root's inverse.
  constexpr int kFractionBits = 20;
  qmath::Multiplier factor = qmath::quantizeMultiplier(
      1.0 / (std::sqrt(static_cast<double>(scales.x)) *
             static_cast<double>(scales.y)));
  factor.shift += kFractionBits;
  if (!qmath::isRepresentable(factor, int64_t(1) << kFractionBits))
    return std::nullopt;
  return factor;
}

std::optional<Table> tablemath::rsqrt(const Scales &scales) {
  std::optional<qmath::Multiplier> factor = rsqrtFactor(scales);
  if (!factor)
    return std::nullopt;
  return tabulate([&](int32_t q) -> int64_t {
    int32_t v = q - scales.xZeroPoint;
    // The reference stops at negative values; a table has to hold something.
    if (v <= 0)
      return 127;
    int32_t root = stm32rt_fixed_inverse_root_q20(v);
    return int64_t(scale(root, *factor)) + scales.yZeroPoint;
  });
}

//===----------------------------------------------------------------------===//
// HARD_SWISH in 16-bit fixed point
//===----------------------------------------------------------------------===//

static int16_t saturate(int64_t v) {
  return static_cast<int16_t>(std::clamp<int64_t>(v, -32768, 32767));
}

/// a * b * 2^-15, ties up.
static int16_t highMultiply16(int16_t a, int16_t b) {
  return saturate((int32_t(a) * b + (1 << 14)) >> 15);
}

/// The high half of a multiplier, rounded.
static int16_t getHighHalf(int32_t multiplier) {
  constexpr int32_t half = 1 << 15;
  if (multiplier >= std::numeric_limits<int32_t>::max() - half)
    return std::numeric_limits<int16_t>::max();
  return static_cast<int16_t>((multiplier + half) >> 16);
}

/// v / 2^exponent, ties away from zero. From 16 on, the reference's mask for
/// the bits that fall off is -1, and so rounds all of them away from zero.
static int16_t roundingShift16(int16_t v, int exponent) {
  if (exponent == 0)
    return v;
  if (exponent > 31)
    return 0;
  if (exponent > 15)
    return v < 0 ? -1 : 1;
  return static_cast<int16_t>(stm32rt_rounding_shift(v, exponent));
}

std::optional<Table> tablemath::hardSwish(const Scales &scales) {
  float fine = (1.0f / 128.0f) * scales.x;
  auto toOutput =
      qmath::quantizeMultiplier(static_cast<double>(fine / scales.y));
  auto toThird =
      qmath::quantizeMultiplier(static_cast<double>(fine / (3.0f / 32768.0f)));
  int32_t outputExponent = toOutput.getExponent();
  int32_t thirdExponent = toThird.getExponent();
  if (outputExponent > 0 || thirdExponent > 31)
    return std::nullopt;
  int16_t outputMultiplier = getHighHalf(toOutput.multiplier);
  int16_t thirdMultiplier = getHighHalf(toThird.multiplier);
  return tabulate([&](int32_t q) -> int64_t {
    auto v = static_cast<int16_t>((q - scales.xZeroPoint) * 128);
    int16_t y = highMultiply16(v, outputMultiplier);
    // x / 3 with 15 bits behind the point, saturated to [-1, 1); the last bit
    // of a shift to the left comes after the product.
    int16_t third = v;
    if (thirdExponent > 0)
      third = saturate(int64_t(third) * (int64_t(1) << (thirdExponent - 1)));
    third = highMultiply16(third, thirdMultiplier);
    if (thirdExponent > 0)
      third = saturate(int64_t(third) * 2);
    if (thirdExponent < 0)
      third = roundingShift16(third, -thirdExponent);
    // (x + 3) / 6 in [0, 1), then the product with x, cut towards zero.
    auto gate = static_cast<int16_t>((int32_t(third) + (1 << 15)) >> 1);
    auto product = static_cast<int16_t>(int32_t(gate) * y / (1 << 15));
    return int64_t(roundingShift16(product, -outputExponent)) +
           scales.yZeroPoint;
  });
}

//===----------------------------------------------------------------------===//
// Functions in float
//===----------------------------------------------------------------------===//

std::optional<Table> tablemath::fromFloat(const Scales &scales,
                                          const Function &function,
                                          bool divides) {
  float inverse = 1.0f / scales.y;
  if (!std::isfinite(inverse))
    return std::nullopt;
  return tabulate([&](int32_t q) -> int64_t {
    float v = function(scales.x * static_cast<float>(q - scales.xZeroPoint));
    float steps = std::round(divides ? v / scales.y : v * inverse);
    if (std::isnan(steps))
      return scales.yZeroPoint;
    float sum = steps + static_cast<float>(scales.yZeroPoint);
    return static_cast<int64_t>(std::clamp(sum, -1024.0f, 1024.0f));
  });
}

WideTable tablemath::wideFromFloat(const Scales &scales,
                                   const Function &function) {
  constexpr int32_t least = -32768, greatest = 32767, intervals = 512;
  float start = scales.x * static_cast<float>(least);
  float end = scales.x * static_cast<float>(greatest);
  float step = (end - start) / intervals;
  // The range that results have, divided by its length.
  float inverse = 65536.0f / (scales.y * static_cast<float>(greatest) -
                              scales.y * static_cast<float>(least));
  auto toEntry = [](float v) {
    if (std::isnan(v))
      return int16_t(0);
    return static_cast<int16_t>(
        std::clamp(v, static_cast<float>(least), static_cast<float>(greatest)));
  };
  WideTable table;
  for (int32_t i = 0; i < intervals; ++i) {
    float x = start + static_cast<float>(i) * step;
    float sample = std::round(function(x) * inverse);
    float next = function(start + static_cast<float>(i + 1) * step) * inverse;
    float middle = std::round(function(x + step / 2) * inverse);
    // Halves the error in the middle of the interval.
    float error = std::round((next + sample) / 2) - middle;
    table[i] = toEntry(sample - std::round(error / 2));
  }
  table[intervals] = toEntry(std::round(function(end) * inverse));
  return table;
}

Table tablemath::sqrt(const Scales &scales) {
  return tabulate([&](int32_t q) -> int64_t {
    // The reference stops at negative values; a table has to hold something.
    int32_t v = std::max(q - scales.xZeroPoint, 0);
    float root = std::sqrt(scales.x * static_cast<float>(v));
    float steps = std::clamp(root / scales.y, 0.0f, 1024.0f);
    return static_cast<int64_t>(steps) + scales.yZeroPoint;
  });
}

Table tablemath::negative() {
  Table table;
  for (int32_t q = -128; q < 128; ++q)
    table[q + 128] = static_cast<int8_t>(-q);
  return table;
}
