/*===-- stm32rt_depthwise_conv_2d_s8.c - Depthwise convolution, plain C ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "stm32rt_convolve.h"

static const stm32rt_arithmetic arithmetic = STM32RT_S8(stm32rt_dot_s8);

void stm32rt_depthwise_conv_2d_s8_rows(const stm32rt_window *d,
                                       const stm32rt_band *band, const void *x,
                                       void *y, const void *constants,
                                       void *scratch) {
  (void)scratch;
  stm32rt_layer l =
      stm32rt_window_layer(d, stm32rt_integer_layer(constants, d->y.channels,
                                                    d->quant_stride, 4, 0));
  l.pad.s8 = (int8_t)d->pad_value;
  stm32rt_depthwise(&arithmetic, &l, d, band, x, y);
}

void stm32rt_depthwise_conv_2d_s8(const stm32rt_window *d, const void *x,
                                  void *y, const void *constants,
                                  void *scratch) {
  stm32rt_conv_images(d, stm32rt_depthwise_conv_2d_s8_rows, x, y, constants,
                      scratch, 1);
}
