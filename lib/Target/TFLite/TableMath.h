//===- TableMath.h - Functions as tables ------------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The reference's arithmetic for functions of one int8 value, evaluated for all
// 256 values, or for one int16 value at the ends of 512 intervals (rules N22
// and N44 .. N49 of docs/numerics/Elementwise.md). No MLIR.
//
// Quantisations are those inside the graph: uint8 has been moved to int8. A
// function gives nullopt where the reference refuses the scales, or where its
// arithmetic would leave its integers.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_TARGET_TFLITE_TABLEMATH_H
#define STM32_LIB_TARGET_TFLITE_TABLEMATH_H

#include "stm32/Target/TFLite/QuantMath.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

namespace mlir::stm32::tablemath {

/// Values of a function for -128 .. 127.
using Table = std::array<int8_t, 256>;
/// Values of a function for -32768, -32640, .., 32768.
using WideTable = std::array<int16_t, 513>;
/// A function of real numbers.
using Function = std::function<float(float)>;

/// Scale and zero point of input and output.
struct Scales {
  float x;
  int32_t xZeroPoint;
  float y;
  int32_t yZeroPoint;
};

/// Rules N44 and N45: fixed point, for results with scale 1/256 and 1/128. The
/// scale of `y` does not count, nor does its zero point.
std::optional<Table> logistic(const Scales &scales);
std::optional<Table> tanh(const Scales &scales);

/// Rule N46.
std::optional<Table> hardSwish(const Scales &scales);

/// Rule N47: the factors for values from the zero point on, and for those
/// below, which may be negative.
struct LeakyFactors {
  double positive, negative;
};
LeakyFactors leakyFactors(const Scales &scales, float alpha);
std::optional<Table> leakyRelu(const Scales &scales,
                               const LeakyFactors &factors);

/// Rule N48.
std::optional<Table> abs(const Scales &scales);
std::optional<Table> rsqrt(const Scales &scales);
/// The factor of an inverse root with 20 bits behind the point.
std::optional<qmath::Multiplier> rsqrtFactor(const Scales &scales);

/// Rule N49: `function` in float between two scalings, rounded half away from
/// zero. The quotient by the scale of y is a product with its inverse, or with
/// `divides` a true quotient.
std::optional<Table> fromFloat(const Scales &scales, const Function &function,
                               bool divides = false);
/// The same for int16, whose zero points are 0.
WideTable wideFromFloat(const Scales &scales, const Function &function);

/// Rule N49: SQRT cuts its result.
Table sqrt(const Scales &scales);
/// Rule N37: the negative of the number itself, modulo 2^8.
Table negative();

} // namespace mlir::stm32::tablemath

#endif // STM32_LIB_TARGET_TFLITE_TABLEMATH_H
