/*===-- stm32rt_conv_2d_s16.c - 2-D convolution, int16 ---------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * int16 activations with int8 weights: sums in 64 bits (N56), or in 32 bits
 * for the older form with an int32 bias (N57).
 */
#include "stm32rt_convolve.h"

void stm32rt_conv_2d_s16_rows(const stm32rt_window *d, const stm32rt_band *band,
                              const void *x, void *y, const void *constants,
                              void *scratch) {
  (void)scratch;
  stm32rt_layer l =
      stm32rt_window_layer(d, stm32rt_integer_layer(constants, d->y.channels,
                                                    d->quant_stride, 8, 0));
  l.pad.s16 = (int16_t)d->pad_value;
  stm32rt_convolve(&stm32rt_s16, &l, d, band, x, y);
}

void stm32rt_conv_2d_s16(const stm32rt_window *d, const void *x, void *y,
                         const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_s16_rows, x, y, constants, scratch, 2);
}

void stm32rt_conv_2d_s16_short_rows(const stm32rt_window *d,
                                    const stm32rt_band *band, const void *x,
                                    void *y, const void *constants,
                                    void *scratch) {
  (void)scratch;
  stm32rt_layer l =
      stm32rt_window_layer(d, stm32rt_integer_layer(constants, d->y.channels,
                                                    d->quant_stride, 4, 0));
  l.pad.s16 = (int16_t)d->pad_value;
  stm32rt_convolve(&stm32rt_s16_short, &l, d, band, x, y);
}

void stm32rt_conv_2d_s16_short(const stm32rt_window *d, const void *x, void *y,
                               const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_s16_short_rows, x, y, constants,
                      scratch, 2);
}
