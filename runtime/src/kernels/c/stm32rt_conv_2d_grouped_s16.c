/*===-- stm32rt_conv_2d_grouped_s16.c - Grouped convolution, int16 ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "stm32rt_convolve.h"

void stm32rt_conv_2d_grouped_s16(const stm32rt_grouped_window *d, const void *x,
                                 void *y, const void *constants,
                                 void *scratch) {
  (void)scratch;
  const stm32rt_window *w = &d->window;
  stm32rt_layer l =
      stm32rt_window_layer(w, stm32rt_integer_layer(constants, w->y.channels,
                                                    w->quant_stride, 8, 0));
  l.pad.s16 = (int16_t)w->pad_value;
  stm32rt_convolve_groups(&stm32rt_s16, &l, d, 8, x, y);
}
