/*===-- stm32rt_div_s.c - Quotient of two tensors, plain C -----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N35: a product with the reciprocal of |B| in fixed point, requantised
 * with all shifts at once; y_shift is 8 or more for s8, 15
 * or more for s16.
 */
#include "stm32rt_broadcast.h"
#include "stm32rt_fixed_point.h"

/* v / 2^exponent, rounded half away from zero, for exponents up to 31. Above
 * that the reference's rounding does not see how small its argument is: it
 * takes exponents from 64 on less 64, and those between round up what is not
 * negative. */
static inline int32_t shifted(int32_t v, int32_t exponent) {
  const int32_t counted = exponent & 63;
  if (counted == 0)
    return v;
  if (counted > 31)
    return (v >> (counted & 31)) + (v >= 0);
  return stm32rt_rounding_shift(v, counted);
}

static inline int32_t quotient(const stm32rt_binary *d, int32_t a, int32_t b) {
  int32_t numerator = a - d->a_zero_point;
  int32_t divisor = b - d->b_zero_point;
  if (divisor == 0)
    return numerator < 0 ? d->y_min : d->y_max;
  if (divisor < 0) {
    numerator = -numerator;
    divisor = -divisor;
  }
  /* divisor = v * 2^(31 - zeros), v in [1, 2). */
  const int32_t zeros = stm32rt_leading_zeros((uint32_t)divisor);
  const int32_t inverse = stm32rt_fixed_reciprocal((uint32_t)divisor << zeros);
  /* As many leading zeros as make the numerator as large as it gets. */
  const uint32_t magnitude =
      (uint32_t)(numerator < 0 ? -2 * numerator - 1 : 2 * numerator);
  const int32_t headroom =
      numerator == 0 ? 31 : stm32rt_leading_zeros(magnitude);
  const int32_t scaled = stm32rt_high_multiply(
      (int32_t)((uint32_t)numerator << headroom), inverse);
  const int32_t v = shifted(stm32rt_high_multiply(scaled, d->y_multiplier),
                            d->y_shift - zeros + headroom);
  return stm32rt_clamp(v, d->y_min - d->y_zero_point,
                       d->y_max - d->y_zero_point) +
         d->y_zero_point;
}

static inline int8_t div_s8(const stm32rt_binary *d, int8_t a, int8_t b) {
  return (int8_t)quotient(d, a, b);
}
static inline int16_t div_s16(const stm32rt_binary *d, int16_t a, int16_t b) {
  return (int16_t)quotient(d, a, b);
}

STM32RT_BINARY_KERNEL(stm32rt_div_s8, stm32rt_binary, int8_t, int8_t, div_s8)
STM32RT_BINARY_KERNEL(stm32rt_div_s16, stm32rt_binary, int16_t, int16_t,
                      div_s16)
