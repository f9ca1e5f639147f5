/*===-- stm32rt_depthwise_conv_2d_f32_s8.c - Depthwise, int8 weights -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The image is quantised into scratch with its strides; padding is left out,
 * as it stands for 0.
 */
#include "stm32rt_hybrid.h"

void stm32rt_depthwise_conv_2d_f32_s8(const stm32rt_window *d, const void *x,
                                      void *y, const void *constants,
                                      void *scratch) {
  const stm32rt_band band = stm32rt_whole_band(d);
  const int32_t x_image = stm32rt_image_size(&d->x);
  const int32_t y_image = stm32rt_image_size(&d->y);
  stm32rt_layer l =
      stm32rt_hybrid_layer(constants, d->y.channels, d->quant_stride);
  for (int32_t b = 0; b < d->batches; b++) {
    const float *in = (const float *)x + b * x_image;
    float *out = (float *)y + b * y_image;
    stm32rt_quantise_asymmetric(&l, in, (int8_t *)scratch, x_image);
    stm32rt_depthwise(&stm32rt_hybrid_in_turn, &l, d, &band, scratch, out);
  }
}
