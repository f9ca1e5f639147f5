/*===-- stm32rt_conv_2d_s8_offset.c - 2-D convolution, int8 ----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The weights have a zero point of their own (N55): networks that were uint8.
 */
#include "stm32rt_convolve.h"

void stm32rt_conv_2d_s8_offset_rows(const stm32rt_window *d,
                                    const stm32rt_band *band, const void *x,
                                    void *y, const void *constants,
                                    void *scratch) {
  (void)scratch;
  stm32rt_layer l =
      stm32rt_window_layer(d, stm32rt_integer_layer(constants, d->y.channels,
                                                    d->quant_stride, 4, 1));
  l.pad.s8 = (int8_t)d->pad_value;
  stm32rt_convolve(&stm32rt_s8_offset, &l, d, band, x, y);
}

void stm32rt_conv_2d_s8_offset(const stm32rt_window *d, const void *x, void *y,
                               const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_s8_offset_rows, x, y, constants,
                      scratch, 1);
}
