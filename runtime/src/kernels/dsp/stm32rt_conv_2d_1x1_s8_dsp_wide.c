/*===-- stm32rt_conv_2d_1x1_s8_dsp_wide.c - 1x1 convolution with SMLAD -----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Stride 1, no padding, weights of 16 bits: stm32rt_convolve_dsp.h
 * and stm32rt_convolve_wide.h.
 */
#include "stm32rt_convolve_wide.h"

void stm32rt_conv_2d_1x1_s8_dsp_wide_rows(const stm32rt_window *d,
                                          const stm32rt_band *band,
                                          const void *x, void *y,
                                          const void *constants,
                                          void *scratch) {
  convolve_1x1_rows(d, band, x, y, constants, scratch, &wide_core);
}

void stm32rt_conv_2d_1x1_s8_dsp_wide(const stm32rt_window *d, const void *x,
                                     void *y, const void *constants,
                                     void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_1x1_s8_dsp_wide_rows, x, y, constants,
                      scratch, 1);
}
