/*===-- stm32rt_softmax_s8.c - Softmax in fixed point, plain C -------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N12 of docs/Numerics.md. Qm.n is a fixed-point number with n fraction
 * bits; all are int32.
 *
 * exp_q(z), z <= 0 in Q5.26, result in Q0.31. z is split into a multiple of 1/4
 * and a rest:
 *
 *   z = r - k / 4,  r in [-1/4, 0),  k >= 0
 *   exp(z) = exp(r) * product of exp(-2^i) over the bits of k / 4
 *
 * exp(r) is the Taylor polynomial of degree 4 about -1/8.
 *
 * reciprocal(v), v in [1, 2) as unsigned Q1.31, result in Q0.31: three steps of
 * Newton's method for 1 / (v / 2), from the straight line 48/17 - 32/17 t that
 * is nearest to 1 / t on [1/2, 1].
 *
 * The order of the roundings is part of the contract: a formula that is equal
 * in exact arithmetic gives other bytes.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

/* exp(r) for r in [-1/4, 0), both Q0.31. */
static int32_t exp_of_rest(int32_t r) {
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

/* exp(z) in Q0.31 for z <= 0 in Q5.26. */
static int32_t exp_q(int32_t z) {
  /* exp(-2^i) in Q0.31 for i = -2 .. 4 */
  static const int32_t exp_minus_power[7] = {
      1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  const int32_t quarter = 1 << 24;
  if (z == 0)
    return INT32_MAX;
  const int32_t rest = (z & (quarter - 1)) - quarter;
  const int32_t quarters = (rest - z) >> 24;
  int32_t e = exp_of_rest(rest * (1 << 5));
  for (int32_t i = 0; i < 7; i++)
    if ((quarters >> i) & 1)
      e = stm32rt_high_multiply(e, exp_minus_power[i]);
  return e;
}

/* 1 / v in Q0.31 for v in [1, 2), unsigned Q1.31. */
static int32_t reciprocal(uint32_t v) {
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

/* v is not 0. */
static int32_t leading_zeros(uint32_t v) {
  int32_t n = 0;
  while ((v & 0x80000000u) == 0) {
    v <<= 1;
    n++;
  }
  return n;
}

/* The exponential of one difference to the maximum of the row, Q0.31. */
static int32_t exp_of_difference(const stm32rt_softmax *d, int32_t difference) {
  /* Unsigned, as left_shift may be 31 when the difference is 0. */
  const int32_t shifted = (int32_t)((uint32_t)difference << d->left_shift);
  return exp_q(stm32rt_high_multiply(shifted, d->multiplier));
}

static void softmax_row(const stm32rt_softmax *d, const int8_t *x, int8_t *y) {
  int32_t max = INT8_MIN;
  for (int32_t i = 0; i < d->depth; i++)
    max = x[i] > max ? x[i] : max;

  uint32_t sum = 0; /* Q12.19 */
  for (int32_t i = 0; i < d->depth; i++) {
    const int32_t difference = x[i] - max;
    if (difference >= d->diff_min)
      sum += (uint32_t)stm32rt_rounding_shift(exp_of_difference(d, difference),
                                              12);
  }

  const int32_t zeros = leading_zeros(sum);
  const int32_t scale = reciprocal(sum << zeros);
  /* From Q0.31 to 256 steps, and the scale of the sum's leading bit. */
  const int32_t exponent = (12 - zeros) + (31 - 8);
  for (int32_t i = 0; i < d->depth; i++) {
    const int32_t difference = x[i] - max;
    int32_t v = 0;
    /* Above 31 every quotient rounds to 0. */
    if (difference >= d->diff_min && exponent <= 31)
      v = stm32rt_rounding_shift(
          stm32rt_high_multiply(scale, exp_of_difference(d, difference)),
          exponent);
    y[i] = (int8_t)stm32rt_clamp(v + INT8_MIN, INT8_MIN, INT8_MAX);
  }
}

void stm32rt_softmax_s8(const stm32rt_softmax *d, const void *x, void *y) {
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;
  for (int32_t row = 0; row < d->rows; row++)
    softmax_row(d, in + row * d->depth, out + row * d->depth);
}
