/*===-- stm32rt_conv_2d_s8_mve.c - Convolution with MVE --------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Any window, stride, dilation and padding of NHWC images. The values under the
 * windows of a few pixels of one row are gathered, then all output channels of
 * these pixels are computed.
 *
 * Constants: those of stm32rt_convolve_mve.h. Scratch: T = kernel_h * kernel_w
 ** x.channels bytes for each of the pixels that are computed at once.
 */
#include "stm32rt_convolve_mve.h"
#include "stm32rt_terms.h"

static inline void copy(int8_t *to, const int8_t *from, int32_t size) {
  for (; size >= 16; size -= 16) {
    stm32rt_store_s8x16(to, stm32rt_load_s8x16(from));
    to += 16;
    from += 16;
  }
  if (size > 0)
    stm32rt_store_part_s8x16(to, stm32rt_load_part_s8x16(from, size), size);
}

static STM32RT_NOINLINE void gather(const stm32rt_window *d,
                                    const stm32rt_band *band, const int8_t *x,
                                    const stm32rt_span *rows, int32_t column,
                                    int8_t *terms) {
  stm32rt_gather_terms(d, band, x, rows, column, terms, copy);
}

void stm32rt_conv_2d_s8_mve_rows(const stm32rt_window *d,
                                 const stm32rt_band *band, const void *x,
                                 void *y, const void *constants,
                                 void *scratch) {
  const int32_t count = d->kernel_h * d->kernel_w * d->x.channels;
  const layer l = make_layer(d, constants, count);
  const int32_t most = stm32rt_conv_2d_s8_mve_pixels(count);
  int8_t *const terms = (int8_t *)scratch;
  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    for (int32_t column = 0, step; column < d->y.width; column += step) {
      step = d->y.width - column < most ? d->y.width - column : most;
      for (int32_t i = 0; i < step; i++)
        gather(d, band, (const int8_t *)x, &rows, column + i,
               terms + i * count);
      run_pixels(&l, terms, count, out, step);
      out += step * d->y.pixel_stride;
    }
  }
}

void stm32rt_conv_2d_s8_mve(const stm32rt_window *d, const void *x, void *y,
                            const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_s8_mve_rows, x, y, constants, scratch,
                      1);
}
