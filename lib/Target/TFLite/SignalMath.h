//===- SignalMath.h - Tables of audio front ends ----------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Constants that the reference computes as it starts (rules N95 and N106 of
// docs/numerics/Signal.md). The results depend on no mathematical library. No
// MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_TARGET_TFLITE_SIGNALMATH_H
#define STM32_LIB_TARGET_TFLITE_SIGNALMATH_H

#include <cstdint>
#include <vector>

namespace mlir::stm32::signalmath {

/// A point of the unit circle.
struct Unit {
  double cos, sin;
};

/// Cosine and sine of an angle in [-2 pi, 2 pi], correctly rounded but for a few
/// in 2^40.
Unit getUnit(double phase);

/// e^(-+2 pi i k / points) for k = 0 .. points - 1, + if `isInverse`.
std::vector<Unit> getTwiddles(int64_t points, bool isInverse);

/// e^(-+pi i (k / points + 1/2)) for k = 1 .. max(1, points / 2).
std::vector<Unit> getSplitTwiddles(int64_t points, bool isInverse);

/// A value in [-1, 1] as an integer of `bits` bits: 16 or 32.
int32_t quantize(double value, unsigned bits);

/// 2^16 * (log2(1 + i / 128) - i / 128), rounded, for i = 0 .. 128.
std::vector<int16_t> getLogTable();

} // namespace mlir::stm32::signalmath

#endif // STM32_LIB_TARGET_TFLITE_SIGNALMATH_H
