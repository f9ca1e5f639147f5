//===- RecoverOperators.h - Patterns of spelled-out operators ---*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the patterns of `--stm32-recover-operators` share. A pattern starts at
// the last operation of what a front end spelled out, looks back, and replaces
// that operation; those before it are left to dead code elimination.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_CONVERSION_TOSATOSTM32_RECOVEROPERATORS_H
#define STM32_LIB_CONVERSION_TOSATOSTM32_RECOVEROPERATORS_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"

#include <optional>

namespace mlir::stm32 {

/// A `tosa.rescale` with one 32-bit multiplier, all of it constant.
struct SimpleRescale {
  Value input;
  int32_t multiplier, shift;
  int64_t inputZp, outputZp;
  /// Rounds twice where the shift is above 31. Else both modes are the same.
  bool roundsTwice;

  static std::optional<SimpleRescale> get(tosa::RescaleOp op);
  /// What makes `value`, if it is such an operation.
  static std::optional<SimpleRescale> get(Value value);

  /// True if values only move from one zero point to another.
  bool isUnit() const { return getLeftShift() == 0; }
  /// The bits by which values are shifted left, if the factor is an exact
  /// power of two that is 1 or more.
  std::optional<int32_t> getLeftShift() const;
  /// True if the rounding is that of `stm32.requant`.
  bool hasReferenceRounding() const { return roundsTwice || shift <= 31; }
  /// As a requantisation to a type of `bits` bits.
  RequantAttr getRequant(MLIRContext *context, unsigned bits,
                         bool isUnsigned) const;
};

/// The only value of a constant of integers or floats.
std::optional<int64_t> getSplatInteger(Value value);
std::optional<float> getSplatFloat(Value value);
/// True if the elements of `value` are integers of `bits` bits, signed or
/// without a sign.
bool hasBits(Value value, unsigned bits);
bool isFloat32(Value value);
/// The other operand if one of two is the constant `number`.
Value matchOther(Value lhs, Value rhs, int64_t number);

void populateRecoverSoftmaxPatterns(RewritePatternSet &patterns);
void populateRecoverQuantizedPatterns(RewritePatternSet &patterns);

} // namespace mlir::stm32

#endif // STM32_LIB_CONVERSION_TOSATOSTM32_RECOVEROPERATORS_H
