/*===-- stm32rt_fully_connected_s8.c - Fully connected layer, plain C ------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * A row of weights is read once and from start to end: what a flash interface
 * with prefetch does best.
 */
#include "stm32rt_window.h"

static STM32RT_NOINLINE int32_t dot_run(int32_t acc, const int8_t *x,
                                        const int8_t *w, int32_t n) {
  return stm32rt_dot_run_s8(acc, x, w, n);
}

void stm32rt_fully_connected_s8(const stm32rt_fully_connected *d, const void *x,
                                void *y, const void *constants,
                                void *scratch) {
  (void)scratch;
  const stm32rt_constants c =
      stm32rt_split_constants(constants, d->out_features, d->quant_stride);
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;

  for (int32_t row = 0; row < d->rows; row++) {
    const int8_t *w = c.weights;
    for (int32_t o = 0; o < d->out_features; o++) {
      const int32_t acc = dot_run(c.bias[o], in, w, d->in_features);
      const int32_t q = o * d->quant_stride;
      out[o] = stm32rt_output_s8(acc, c.multiplier[q], c.shift[q],
                                 d->y_zero_point, d->y_min, d->y_max);
      w += d->in_features;
    }
    in += d->in_features;
    out += d->out_features;
  }
}
