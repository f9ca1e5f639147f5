/*===-- stm32rt_conv_2d_s8.c - 2-D convolution, plain C --------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "stm32rt_convolve.h"

static STM32RT_NOINLINE int32_t dot_run(int32_t acc, const int8_t *x,
                                        const int8_t *w, int32_t n) {
  return stm32rt_dot_run_s8(acc, x, w, n);
}

static inline stm32rt_sum run(const stm32rt_layer *l, stm32rt_sum sum,
                              const void *x, int32_t x_stride, const void *w,
                              int32_t w_stride, int32_t n) {
  (void)l;
  (void)x_stride;
  (void)w_stride;
  sum.i32 = dot_run(sum.i32, (const int8_t *)x, (const int8_t *)w, n);
  return sum;
}

static const stm32rt_arithmetic arithmetic = STM32RT_S8(run);

void stm32rt_conv_2d_s8_rows(const stm32rt_window *d, const stm32rt_band *band,
                             const void *x, void *y, const void *constants,
                             void *scratch) {
  (void)scratch;
  stm32rt_layer l =
      stm32rt_window_layer(d, stm32rt_integer_layer(constants, d->y.channels,
                                                    d->quant_stride, 4, 0));
  l.pad.s8 = (int8_t)d->pad_value;
  stm32rt_convolve(&arithmetic, &l, d, band, x, y);
}

void stm32rt_conv_2d_s8(const stm32rt_window *d, const void *x, void *y,
                        const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_s8_rows, x, y, constants, scratch, 1);
}
