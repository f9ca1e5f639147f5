/*===-- stm32rt_depthwise_conv_2d_f32.c - Depthwise convolution, float32 ---===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N58 of docs/numerics/Window.md.
 */
#include "stm32rt_convolve.h"

void stm32rt_depthwise_conv_2d_f32_rows(const stm32rt_window *d,
                                        const stm32rt_band *band, const void *x,
                                        void *y, const void *constants,
                                        void *scratch) {
  (void)scratch;
  stm32rt_layer l =
      stm32rt_window_layer(d, stm32rt_float_layer(constants, d->y.channels));
  stm32rt_depthwise(&stm32rt_f32, &l, d, band, x, y);
}

void stm32rt_depthwise_conv_2d_f32(const stm32rt_window *d, const void *x,
                                   void *y, const void *constants,
                                   void *scratch) {
  stm32rt_conv_images(d, stm32rt_depthwise_conv_2d_f32_rows, x, y, constants,
                      scratch, 4);
}
