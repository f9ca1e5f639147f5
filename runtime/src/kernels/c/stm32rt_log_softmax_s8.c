/*===-- stm32rt_log_softmax_s8.c - Logarithm of softmax, plain C -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N70 of docs/Numerics.md.
 */
#include "stm32rt_fixed_point.h"
#include "stm32rt_kernels.h"

static void log_softmax_row(const stm32rt_log_softmax *d, const int8_t *x,
                            int8_t *y) {
  int32_t max = INT8_MIN;
  for (int32_t i = 0; i < d->depth; i++)
    max = x[i] > max ? x[i] : max;

  uint32_t sum = 0; /* Q12.19 */
  for (int32_t i = 0; i < d->depth; i++) {
    const int32_t difference = x[i] - max;
    if (difference >= d->diff_min)
      sum += (uint32_t)stm32rt_rounding_shift(
          stm32rt_fixed_exp(stm32rt_scaled_difference(difference, d->multiplier,
                                                      d->left_shift)),
          12);
  }
  /* A sum of 2048 and more would be read as negative. */
  const int32_t log_sum =
      stm32rt_fixed_log(sum > INT32_MAX ? INT32_MAX : (int32_t)sum);

  /* Differences from which the logarithm leaves the least Q5.26. */
  const int32_t least = stm32rt_rescale(
      log_sum + INT32_MIN, d->inverse_multiplier, d->inverse_shift);
  const int32_t limit = least > d->diff_min - 1 ? least : d->diff_min - 1;
  for (int32_t i = 0; i < d->depth; i++) {
    const int32_t difference = x[i] - max;
    int32_t v = INT8_MIN;
    if (difference > limit) {
      const int64_t log_of_quotient =
          (int64_t)stm32rt_scaled_difference(difference, d->multiplier,
                                             d->left_shift) -
          log_sum;
      /* From Q5.26 to steps of 1/16; what is below -16 gives the least value.
       */
      if (log_of_quotient > -(1 << 30))
        v = stm32rt_rounding_shift((int32_t)log_of_quotient, 26 - 4) + INT8_MAX;
    }
    y[i] = (int8_t)stm32rt_clamp(v, INT8_MIN, INT8_MAX);
  }
}

void stm32rt_log_softmax_s8(const stm32rt_log_softmax *d, const void *x,
                            void *y) {
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;
  for (int32_t row = 0; row < d->rows; row++)
    log_softmax_row(d, in + row * d->depth, out + row * d->depth);
}
