/*===-- stm32rt_softmax_s8.c - Softmax in fixed point, plain C -------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N12 of docs/Numerics.md.
 */
#include "stm32rt_fixed_point.h"
#include "stm32rt_kernels.h"

/* The exponential of one difference to the maximum of the row, Q0.31. */
static int32_t exp_of_difference(const stm32rt_softmax *d, int32_t difference) {
  return stm32rt_fixed_exp(
      stm32rt_scaled_difference(difference, d->multiplier, d->left_shift));
}

/* Stores a value of 0 .. 2^(8 * bytes), which saturates, as int8 or int16. */
STM32RT_INLINE void store(void *y, int32_t index, int32_t v, int32_t bytes) {
  if (bytes == 1)
    ((int8_t *)y)[index] =
        (int8_t)stm32rt_clamp(v + INT8_MIN, INT8_MIN, INT8_MAX);
  else
    ((int16_t *)y)[index] =
        (int16_t)stm32rt_clamp(v + INT16_MIN, INT16_MIN, INT16_MAX);
}

/* One row; y has `bytes` for each element, a literal. */
STM32RT_INLINE void softmax_row(const stm32rt_softmax *d, const int8_t *x,
                                void *y, int32_t bytes) {
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

  const int32_t zeros = stm32rt_leading_zeros(sum);
  const int32_t scale = stm32rt_fixed_reciprocal(sum << zeros);
  /* From Q0.31 to 2^(8 * bytes) steps, and the scale of the sum's leading bit.
   */
  const int32_t exponent = (12 - zeros) + (31 - 8 * bytes);
  for (int32_t i = 0; i < d->depth; i++) {
    const int32_t difference = x[i] - max;
    int32_t v = 0;
    /* Above 31 every quotient rounds to 0. */
    if (difference >= d->diff_min && exponent <= 31)
      v = stm32rt_rounding_shift(
          stm32rt_high_multiply(scale, exp_of_difference(d, difference)),
          exponent);
    store(y, i, v, bytes);
  }
}

void stm32rt_softmax_s8(const stm32rt_softmax *d, const void *x, void *y) {
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;
  for (int32_t row = 0; row < d->rows; row++)
    softmax_row(d, in + row * d->depth, out + row * d->depth, 1);
}

void stm32rt_softmax_s8_s16(const stm32rt_softmax *d, const void *x, void *y) {
  const int8_t *in = (const int8_t *)x;
  int16_t *out = (int16_t *)y;
  for (int32_t row = 0; row < d->rows; row++)
    softmax_row(d, in + row * d->depth, out + row * d->depth, 2);
}
