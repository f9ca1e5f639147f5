//===- QuantMath.h - Integer parameters from float scales -------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A quantised model stores scales as float32; kernels compute with 32-bit
// multipliers and shifts. The functions here go from one to the other with the
// casts and roundings of the reference kernels, so that the integers are equal
// to theirs bit for bit. The rules are cited from docs/Numerics.md.
//
// Callers pass scales that are finite and greater than 0. No function fails on
// such scales: one that has no integer form gives a multiplier that
// `isRepresentable` refuses, or nullopt.
//
// Nothing here depends on MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_TFLITE_QUANTMATH_H
#define STM32_TARGET_TFLITE_QUANTMATH_H

#include <cstdint>
#include <optional>

namespace mlir::stm32::qmath {

/// The factor `multiplier * 2^-shift`, with the single right shift of TOSA's
/// `rescale` (rule N2).
struct Multiplier {
  int32_t multiplier = 0;
  int32_t shift = 31;

  /// Exponent of the reference: the factor is multiplier * 2^(exponent - 31).
  int32_t getExponent() const { return 31 - shift; }

  bool operator==(const Multiplier &other) const {
    return multiplier == other.multiplier && shift == other.shift;
  }
};

/// Shifts that `rescale` and the kernels accept.
inline constexpr int32_t kMinShift = 2;
inline constexpr int32_t kMaxShift = 62;

/// True if kernels can apply `factor` to every value in [-bound, bound]: the
/// shift is in range and the left shift that precedes the product for a shift
/// below 31 stays in int32 (rule N3).
bool isRepresentable(const Multiplier &factor, int64_t bound);

/// Rule N1. A factor too small for 31 + 31 bits becomes 0.
Multiplier quantizeMultiplier(double factor);

/// Rule N6: convolutions and matrix products.
Multiplier convMultiplier(float inputScale, float weightScale,
                          float outputScale);

/// Rule N56: the factor that scales sums of 64 bits, with a multiplier of 15
/// bits.
Multiplier reduceMultiplier(const Multiplier &factor);

/// True if kernels can apply the reduced `factor` to every sum in [-bound,
/// bound].
bool isRepresentableLong(const Multiplier &factor, int64_t bound);

/// Rules N14 and N16: from one scale to another.
Multiplier requantMultiplier(float inputScale, float outputScale);

/// Rule N10: the mean of `count` values, 1 / count included.
Multiplier meanMultiplier(float inputScale, float outputScale, int64_t count);

/// Rule N7. Both sides are shifted left by kAddLeftShift, scaled by `lhs` and
/// `rhs`, added, and scaled by `output`.
struct AddMultipliers {
  Multiplier lhs, rhs, output;
};
inline constexpr int32_t kAddLeftShift = 20;

/// nullopt if the output's factor is not below 1, which the reference refuses.
/// int16 has a left shift of its own.
std::optional<AddMultipliers>
addMultipliers(float lhsScale, float rhsScale, float outputScale,
               int32_t leftShift = kAddLeftShift);

/// Rule N12.
struct SoftmaxParameters {
  int32_t multiplier, leftShift, diffMin;
};

/// nullopt if beta * scale is too small (or not a number) for the reference.
std::optional<SoftmaxParameters> softmaxParameters(float beta,
                                                   float inputScale);

/// Rules N34 and N77: a product of two scales by a third, all in float.
Multiplier floatProductMultiplier(float lhsScale, float rhsScale, float outputScale);

/// Rule N80: a product of two values by the scale of the result, in double.
Multiplier productMultiplier(float lhsScale, float rhsScale, float outputScale);

/// Activation functions that an operator can have fused.
enum class Activation { None, Relu, ReluN1To1, Relu6 };

/// A closed interval of quantised values.
struct Range {
  int32_t min, max;
  bool operator==(const Range &other) const {
    return min == other.min && max == other.max;
  }
};

inline constexpr Range kInt8Range{-128, 127};
inline constexpr Range kUInt8Range{0, 255};

/// Rule N5; `type` is the range of the element type, `zeroPoint` lies in it.
Range activationRange(Activation activation, float scale, int32_t zeroPoint,
                      Range type);

/// Rule N17: RELU6 as an operator of its own, in the input's quantisation.
Range relu6Range(float inputScale, int32_t inputZeroPoint, Range type);

} // namespace mlir::stm32::qmath

#endif // STM32_TARGET_TFLITE_QUANTMATH_H
