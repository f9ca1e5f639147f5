//===- QuantMath.cpp - Integer parameters from float scales ---------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/TFLite/QuantMath.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir::stm32;
using namespace mlir::stm32::qmath;

bool qmath::isRepresentable(const Multiplier &factor, int64_t bound) {
  if (factor.shift < kMinShift || factor.shift > kMaxShift)
    return false;
  int32_t leftShift = std::max(0, factor.getExponent());
  return bound <= (std::numeric_limits<int32_t>::max() >> leftShift);
}

Multiplier qmath::quantizeMultiplier(double factor) {
  if (factor == 0.0)
    return {};
  // A product of floats may be no number any more: nothing can represent it.
  if (!std::isfinite(factor))
    factor = std::numeric_limits<double>::max();
  int exponent;
  double fraction = std::frexp(factor, &exponent);
  int64_t multiplier =
      static_cast<int64_t>(std::round(fraction * 2147483648.0));
  if (multiplier == int64_t(1) << 31) {
    multiplier /= 2;
    ++exponent;
  }
  if (exponent < -31)
    return {};
  return {static_cast<int32_t>(multiplier), 31 - exponent};
}

Multiplier qmath::convMultiplier(float inputScale, float weightScale,
                                 float outputScale) {
  return quantizeMultiplier(static_cast<double>(inputScale) *
                            static_cast<double>(weightScale) /
                            static_cast<double>(outputScale));
}

Multiplier qmath::reduceMultiplier(const Multiplier &factor) {
  constexpr int32_t last = 0x7FFF, bits = 16;
  int32_t rounded = factor.multiplier < last << bits
                        ? (factor.multiplier + (1 << (bits - 1))) >> bits
                        : last;
  return {rounded, factor.shift - bits};
}

bool qmath::isRepresentableLong(const Multiplier &factor, int64_t bound) {
  // The reference takes exponents below 8 and sums of 48 bits.
  constexpr int32_t leastShift = 8;
  constexpr int64_t greatest = (int64_t(1) << 47) - 1;
  if (factor.shift < leastShift || factor.shift > kMaxShift || bound > greatest)
    return false;
  return (bound * factor.multiplier) >> factor.shift <
         std::numeric_limits<int32_t>::max();
}

Multiplier qmath::requantMultiplier(float inputScale, float outputScale) {
  return quantizeMultiplier(static_cast<double>(inputScale) /
                            static_cast<double>(outputScale));
}

Multiplier qmath::meanMultiplier(float inputScale, float outputScale,
                                 int64_t count) {
  Multiplier ratio = requantMultiplier(inputScale, outputScale);
  int32_t log2 = 0;
  while (log2 < 62 && (count >> (log2 + 1)) != 0)
    ++log2;
  // 64 - 32 bits are free above the multiplier, and the shift ends at 62.
  int32_t extra = std::min({log2, 32, 31 + ratio.getExponent()});
  int64_t multiplier =
      static_cast<int64_t>(static_cast<uint64_t>(ratio.multiplier) << extra);
  return {static_cast<int32_t>(multiplier / count), ratio.shift + extra};
}

std::optional<AddMultipliers> qmath::addMultipliers(float lhsScale,
                                                    float rhsScale,
                                                    float outputScale,
                                                    int32_t leftShift) {
  double twice = 2.0 * static_cast<double>(std::max(lhsScale, rhsScale));
  double output = twice / (static_cast<double>(1 << leftShift) *
                           static_cast<double>(outputScale));
  if (!(output < 1.0))
    return std::nullopt;
  return AddMultipliers{quantizeMultiplier(lhsScale / twice),
                        quantizeMultiplier(rhsScale / twice),
                        quantizeMultiplier(output)};
}

std::optional<SoftmaxParameters> qmath::softmaxParameters(float beta,
                                                          float inputScale) {
  constexpr int integerBits = 5;
  double factor =
      std::min(static_cast<double>(beta) * static_cast<double>(inputScale) *
                   static_cast<double>(1 << (31 - integerBits)),
               2147483647.0);
  if (!(factor > 1.0))
    return std::nullopt;
  Multiplier multiplier = quantizeMultiplier(factor);
  int32_t leftShift = multiplier.getExponent();
  double diff = 31.0 * static_cast<double>(1 << (31 - integerBits)) /
                static_cast<double>(int64_t(1) << leftShift);
  return SoftmaxParameters{multiplier.multiplier, leftShift,
                           -static_cast<int32_t>(std::floor(diff))};
}

Multiplier qmath::floatProductMultiplier(float lhsScale, float rhsScale,
                                         float outputScale) {
  // Each step is rounded to float, whatever the host computes with.
  volatile float product = lhsScale * rhsScale;
  volatile float quotient = product / outputScale;
  return quantizeMultiplier(static_cast<double>(quotient));
}

Multiplier qmath::productMultiplier(float lhsScale, float rhsScale,
                                    float outputScale) {
  double product =
      static_cast<double>(lhsScale) * static_cast<double>(rhsScale);
  return quantizeMultiplier(product / static_cast<double>(outputScale));
}

/// zeroPoint + round(value / scale) in float, kept inside `type`.
static int32_t quantizeBound(float value, float scale, int32_t zeroPoint,
                             Range type) {
  double steps = std::round(value / scale);
  double bound = static_cast<double>(zeroPoint) + steps;
  return static_cast<int32_t>(std::clamp(bound, static_cast<double>(type.min),
                                         static_cast<double>(type.max)));
}

Range qmath::activationRange(Activation activation, float scale,
                             int32_t zeroPoint, Range type) {
  auto bound = [&](float value) {
    return quantizeBound(value, scale, zeroPoint, type);
  };
  switch (activation) {
  case Activation::None:
    return type;
  case Activation::Relu:
    return {bound(0.0f), type.max};
  case Activation::ReluN1To1:
    return {bound(-1.0f), bound(1.0f)};
  case Activation::Relu6:
    return {bound(0.0f), bound(6.0f)};
  }
  return type;
}

Range qmath::relu6Range(float inputScale, int32_t inputZeroPoint, Range type) {
  return {inputZeroPoint,
          quantizeBound(6.0f, inputScale, inputZeroPoint, type)};
}
