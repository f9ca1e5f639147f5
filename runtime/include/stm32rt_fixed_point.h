/*===-- stm32rt_fixed_point.h - Functions in fixed point -------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Exponential, logarithm, reciprocal and inverse square root of int32 numbers.
 * Qm.n is a fixed-point number with n fraction bits. The order of the roundings
 * is part of the contract (rules N12, N70 and N71 of docs/Numerics.md): a
 * formula that is equal in exact arithmetic gives other bytes.
 */
#ifndef STM32RT_FIXED_POINT_H
#define STM32RT_FIXED_POINT_H

#include "stm32rt_requant.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Zero bits above the first one; 32 for 0. */
static inline int32_t stm32rt_leading_zeros(uint32_t v) {
  int32_t n = 0;
  if (v == 0)
    return 32;
  while ((v & 0x80000000u) == 0) {
    v <<= 1;
    n++;
  }
  return n;
}

/* v * 2^exponent, saturated; exponent 0 .. 30. */
static inline int32_t stm32rt_saturating_shift(int32_t v, int32_t exponent) {
  const int32_t limit = (int32_t)((1u << (31 - exponent)) - 1u);
  if (exponent == 0)
    return v;
  if (v > limit)
    return INT32_MAX;
  if (v < -limit)
    return INT32_MIN;
  return v * (1 << exponent);
}

/* exp(r) for r in [-1/4, 0), both Q0.31: the Taylor polynomial of degree 4
 * about -1/8. */
static inline int32_t stm32rt_exp_of_rest(int32_t r) {
  const int32_t exp_minus_eighth = 1895147668;
  const int32_t third = 715827883;
  const int32_t x = r + (1 << 28); /* r + 1/8 */
  const int32_t x2 = stm32rt_high_multiply(x, x);
  const int32_t x3 = stm32rt_high_multiply(x2, x);
  const int32_t x4 = stm32rt_high_multiply(x2, x2);
  /* x^4/24 + x^3/6 + x^2/2 = ((x^4/4 + x^3) / 3 + x^2) / 2 */
  const int32_t cubic = stm32rt_rounding_shift(x4, 2) + x3;
  const int32_t tail =
      stm32rt_rounding_shift(stm32rt_high_multiply(cubic, third) + x2, 1);
  return exp_minus_eighth + stm32rt_high_multiply(exp_minus_eighth, x + tail);
}

/* exp(z) in Q0.31 for z <= 0 in Q5.26. z is split into a multiple of 1/4 and a
 * rest:
 *
 *   z = r - k / 4,  r in [-1/4, 0),  k >= 0
 *   exp(z) = exp(r) * product of exp(-2^i) over the bits of k / 4 */
static inline int32_t stm32rt_fixed_exp(int32_t z) {
  /* exp(-2^i) in Q0.31 for i = -2 .. 4 */
  static const int32_t exp_minus_power[7] = {
      1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  const int32_t quarter = 1 << 24;
  if (z == 0)
    return INT32_MAX;
  const int32_t rest = (z & (quarter - 1)) - quarter;
  const int32_t quarters = (rest - z) >> 24;
  int32_t e = stm32rt_exp_of_rest(rest * (1 << 5));
  for (int32_t i = 0; i < 7; i++)
    if ((quarters >> i) & 1)
      e = stm32rt_high_multiply(e, exp_minus_power[i]);
  return e;
}

/* 1 / v in Q0.31 for v in [1, 2), unsigned Q1.31: three steps of Newton's
 * method for 1 / (v / 2), from the straight line 48/17 - 32/17 t that is nearest
 * to 1 / t on [1/2, 1]. */
static inline int32_t stm32rt_fixed_reciprocal(uint32_t v) {
  const int32_t half = (int32_t)(v >> 1);                 /* v / 2 in Q0.31 */
  int32_t r = 1515870810 /* 48/17 in Q2.29 */ +
              stm32rt_high_multiply(half, -1010580540 /* -32/17 */);
  for (int i = 0; i < 3; i++) {
    const int32_t error = (1 << 29) - stm32rt_high_multiply(half, r);
    /* Q2.29 times Q2.29 is Q4.27. |error| < 1/16, so 4x stays in range. */
    r += stm32rt_high_multiply(r, error) * 4;
  }
  /* r is 2 / v in Q2.29; 1 / v in Q0.31 is r * 2, which saturates for v = 1. */
  return r >= 1 << 30 ? INT32_MAX : r * 2;
}

/* ln(v) in Q5.26 for v >= 1 in Q12.19.
 *
 *   v = 2^p * r,   ln v = p ln 2 + ln r
 *
 * where p is whole plus or minus 1/4, whichever of the two brings r, in Q0.31,
 * near to 2^(-1/4). There ln r is a rational function of r. */
static inline int32_t stm32rt_fixed_log(int32_t v) {
  const int32_t ln_2 = 1488522236;             /* all of these Q0.31 */
  const int32_t fourth_root_half = 1805811301; /* 2^(-1/4) */
  const int32_t root_half = 1518500250;        /* 2^(-1/2) */
  const int32_t alpha_n = 117049297;           /* 11/240 * 2^(1/4) */
  const int32_t alpha_d = 127690142;           /* 1/20 * 2^(1/4) */
  const int32_t alpha_i = 1057819769;          /* 2^(3/4) - 2^(1/4) */
  const int32_t alpha_f = 638450708;           /* 1/4 * 2^(1/4) */
  const int32_t integer_bits = 12;
  const int32_t quarter = 1 << 23;             /* Q6.25 */

  /* Exponent plus 1/4, and the mantissa times 2^(-1/2). */
  const int32_t zeros = stm32rt_leading_zeros((uint32_t)v);
  const int32_t mantissa = stm32rt_saturating_shift(v, zeros - 1);
  const int32_t r_above =
      stm32rt_saturating_shift(stm32rt_high_multiply(mantissa, root_half), 1);
  const int32_t p_above = (integer_bits - zeros) * (1 << 25) + quarter;
  /* The exponent of v * 2^(-1/2), less 1/4. */
  const int32_t scaled = stm32rt_high_multiply(v, root_half);
  const int32_t headroom = stm32rt_leading_zeros((uint32_t)scaled) - 1;
  const int32_t r_below = stm32rt_saturating_shift(v, headroom);
  const int32_t p_below = (integer_bits - headroom) * (1 << 25) - quarter;

  const int32_t r = r_above < r_below ? r_above : r_below;
  const int32_t p = p_above > p_below ? p_above : p_below;

  const int32_t middle =
      (int32_t)(((uint32_t)r + (uint32_t)fourth_root_half + 1u) >> 1);
  const int32_t q = (r - fourth_root_half) * 2;
  const int32_t q2 = stm32rt_high_multiply(q, q);
  const int32_t numerator =
      stm32rt_high_multiply(q, r) +
      stm32rt_high_multiply(stm32rt_high_multiply(q, q2), alpha_n);
  const int32_t denominator_less_1 =
      stm32rt_high_multiply(middle,
                            alpha_i + q + stm32rt_high_multiply(alpha_d, q2)) +
      stm32rt_high_multiply(alpha_f, q);
  const int32_t inverse =
      stm32rt_fixed_reciprocal((uint32_t)denominator_less_1 + 0x80000000u);
  const int32_t ln_r = stm32rt_high_multiply(
      stm32rt_rounding_shift(numerator, 6), inverse); /* Q6.25 */
  return stm32rt_saturating_shift(stm32rt_high_multiply(p, ln_2) + ln_r, 1);
}

/* 1 / sqrt(v) = multiplier * 2^-(31 + shift), v >= 0; v = 0 counts as 1. Five
 * steps of Newton's method from 1, in Q3.28, for a v that an even shift brought
 * to [1/4, 1). */
static inline int32_t stm32rt_fixed_inverse_root(int32_t v, int32_t *shift) {
  const int32_t root_half = 1518500250;
  if (v <= 1) {
    *shift = 0;
    return INT32_MAX;
  }
  int32_t right = 11;
  while (v >= 1 << 29) {
    v /= 4;
    right++;
  }
  const int32_t pairs =
      (stm32rt_leading_zeros((uint32_t)v) - 1) / 2 - 1;
  right -= pairs;
  v *= 1 << (2 * pairs); /* in [2^27, 2^29) */
  const int32_t half = stm32rt_rounding_shift(v >> 1, 1);
  const int32_t three_halves = (1 << 28) + (1 << 27);
  int32_t x = 1 << 28;
  for (int i = 0; i < 5; i++) {
    const int32_t cube = stm32rt_saturating_shift(
        stm32rt_high_multiply(stm32rt_high_multiply(x, x), x), 6);
    x = stm32rt_saturating_shift(stm32rt_high_multiply(three_halves, x) -
                                     stm32rt_high_multiply(half, cube),
                                 3);
  }
  x = stm32rt_high_multiply(x, root_half);
  *shift = right < 0 ? 0 : right;
  return right < 0 ? x * (1 << -right) : x;
}

/* 1 / sqrt(v) with 20 bits behind the point, v >= 0. */
static inline int32_t stm32rt_fixed_inverse_root_q20(int32_t v) {
  int32_t right;
  const int32_t inverse = stm32rt_fixed_inverse_root(v, &right);
  return stm32rt_rescale(1, inverse, 31 + right - 20);
}

/* The value of a table for an int16 v, with linear interpolation: 9 bits of v
 * choose one of 512 intervals, 7 the place in it. The difference of an interval's
 * ends wraps around in int16, as that of the reference. */
static inline int32_t stm32rt_interpolate(const int16_t *table, int32_t v) {
  const int16_t *base = table + 256 + (v >> 7);
  const int16_t slope = (int16_t)(base[1] - base[0]);
  return base[0] + ((slope * (v & 127) + 64) >> 7);
}

/* A difference to a maximum in Q5.26, which is what the exponential takes.
 * Unsigned shift, as left_shift may be 31 when the difference is 0. */
static inline int32_t stm32rt_scaled_difference(int32_t difference,
                                                int32_t multiplier,
                                                int32_t left_shift) {
  return stm32rt_high_multiply((int32_t)((uint32_t)difference << left_shift),
                               multiplier);
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_FIXED_POINT_H */
