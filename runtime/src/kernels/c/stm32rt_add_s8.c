/*===-- stm32rt_add_s8.c - Addition of two tensors, plain C ----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N7 of docs/Numerics.md: both sides are brought to twice the larger scale
 * with left_shift extra bits, added, and brought to the scale of y.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

/* left_shift is 20 and |v - zero_point| <= 255: the product fits in int32. */
static inline int32_t scaled(int32_t v, int32_t zero_point, int32_t left_shift,
                             int32_t multiplier, int32_t shift) {
  return stm32rt_rescale((v - zero_point) * ((int32_t)1 << left_shift),
                         multiplier, shift);
}

void stm32rt_add_s8(const stm32rt_add *d, const void *a, const void *b,
                    void *y) {
  const int8_t *in_a = (const int8_t *)a;
  const int8_t *in_b = (const int8_t *)b;
  int8_t *out = (int8_t *)y;
  for (int32_t i = 0; i < d->count; i++) {
    const int32_t sum = scaled(in_a[i], d->a_zero_point, d->left_shift,
                               d->a_multiplier, d->a_shift) +
                        scaled(in_b[i], d->b_zero_point, d->left_shift,
                               d->b_multiplier, d->b_shift);
    out[i] = stm32rt_output_s8(sum, d->y_multiplier, d->y_shift,
                               d->y_zero_point, d->y_min, d->y_max);
  }
}
