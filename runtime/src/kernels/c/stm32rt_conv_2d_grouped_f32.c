/*===-- stm32rt_conv_2d_grouped_f32.c - Grouped convolution, float32 -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "stm32rt_convolve.h"

void stm32rt_conv_2d_grouped_f32(const stm32rt_grouped_window *d, const void *x,
                                 void *y, const void *constants,
                                 void *scratch) {
  (void)scratch;
  const stm32rt_window *w = &d->window;
  stm32rt_layer l =
      stm32rt_window_layer(w, stm32rt_float_layer(constants, w->y.channels));
  stm32rt_convolve_groups(&stm32rt_f32, &l, d, 4, x, y);
}
