/*===-- stm32rt_average_pool_2d_s8_mve.c - Average pooling with MVE --------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * stm32rt_average_pool_2d_s8 of NHWC images: sums of four channels at a time.
 */
#include "stm32rt_mve.h"
#include "stm32rt_pool.h"

#include <string.h>

/* Adds the values of n channels, 1 .. 4, of `count` pixels at p, step bytes
 * apart. Literal n if it is 4. */
STM32RT_INLINE stm32rt_s32x4 add_pixels(stm32rt_s32x4 sum, const int8_t *p,
                                        int32_t step, int32_t count,
                                        int32_t n) {
  for (; count > 0; count--) {
    sum = stm32rt_add_s32x4(sum, n == 4 ? stm32rt_load_s8x4(p)
                                        : stm32rt_load_part_s8x4(p, n));
    p += step;
  }
  return sum;
}

/* The means of n channels from c on, 1 .. 4. */
STM32RT_INLINE void mean_of(const stm32rt_window *d, const stm32rt_band *band,
                            const stm32rt_layer *l, const int8_t *x,
                            stm32rt_span rows, stm32rt_span columns, int8_t *y,
                            int32_t c, int32_t n) {
  const int32_t step = d->dilation_w * d->x.pixel_stride;
  const int32_t across = columns.last - columns.first;
  const int32_t begin =
      (columns.start + columns.first * d->dilation_w) * d->x.pixel_stride + c;
  stm32rt_s32x4 sum = stm32rt_all_s32x4(0);
  for (int32_t i = rows.first; i < rows.last; i++)
    sum = add_pixels(
        sum, stm32rt_x_row(d, band, x, rows.start + i * d->dilation_h) + begin,
        step, across, n);
  int32_t sums[4];
  stm32rt_store_s32x4(sums, sum);
  for (int32_t i = 0; i < n; i++)
    y[c + i] = (int8_t)stm32rt_rounded_mean(l, sums[i],
                                            (rows.last - rows.first) * across);
}

void stm32rt_average_pool_2d_s8_mve_rows(const stm32rt_window *d,
                                         const stm32rt_band *band,
                                         const void *x, void *y) {
  const stm32rt_layer l = stm32rt_pool_layer(d);
  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    for (int32_t column = 0; column < d->y.width; column++) {
      const stm32rt_span columns = stm32rt_span_of_column(d, column);
      int32_t c = 0;
      for (; c + 4 <= d->y.channels; c += 4)
        mean_of(d, band, &l, (const int8_t *)x, rows, columns, out, c, 4);
      if (c < d->y.channels)
        mean_of(d, band, &l, (const int8_t *)x, rows, columns, out, c,
                d->y.channels - c);
      out += d->y.pixel_stride;
    }
  }
}

void stm32rt_average_pool_2d_s8_mve(const stm32rt_window *d, const void *x,
                                    void *y) {
  stm32rt_pool_images(d, stm32rt_average_pool_2d_s8_mve_rows, x, y, 1);
}

void stm32rt_average_pool_2d_s8_mve_partial(const stm32rt_window *d,
                                            const stm32rt_band *band,
                                            const void *x, void *y,
                                            void *scratch) {
  const stm32rt_layer l = stm32rt_pool_layer(d);
  const int32_t channels = d->x.channels, end = band->first + band->count;
  int32_t *sums = (int32_t *)scratch;
  if (band->first == 0)
    memset(sums, 0, (size_t)channels * sizeof *sums);
  for (int32_t row = band->first; row < end; row++) {
    const int8_t *pixels = stm32rt_x_row(d, band, (const int8_t *)x, row);
    int32_t c = 0;
    for (; c + 4 <= channels; c += 4)
      stm32rt_store_s32x4(sums + c,
                          add_pixels(stm32rt_load_s32x4(sums + c), pixels + c,
                                     d->x.pixel_stride, d->x.width, 4));
    for (; c < channels; c++)
      for (int32_t column = 0; column < d->x.width; column++)
        sums[c] += pixels[column * d->x.pixel_stride + c];
  }
  if (end < d->x.height)
    return;
  int8_t *out = (int8_t *)y;
  for (int32_t c = 0; c < channels; c++)
    out[c] =
        (int8_t)stm32rt_rounded_mean(&l, sums[c], d->x.height * d->x.width);
}
