/*===-- stm32rt_average_pool_2d_s8.c - Average pooling, plain C ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N8 of docs/Numerics.md. A sum in int32 is exact: 2^24 pixels fit.
 */
#include "stm32rt_pool.h"

#include <string.h>

STM32RT_MEAN_OF(int8_t)

static const stm32rt_pooling pooling = {1, start, take, finish};

void stm32rt_average_pool_2d_s8_rows(const stm32rt_window *d,
                                     const stm32rt_band *band, const void *x,
                                     void *y) {
  const stm32rt_layer l = stm32rt_pool_layer(d);
  stm32rt_pool_walk(&pooling, &l, d, band, x, y);
}

void stm32rt_average_pool_2d_s8(const stm32rt_window *d, const void *x,
                                void *y) {
  stm32rt_pool_images(d, stm32rt_average_pool_2d_s8_rows, x, y, 1);
}

void stm32rt_average_pool_2d_s8_partial(const stm32rt_window *d,
                                        const stm32rt_band *band, const void *x,
                                        void *y, void *scratch) {
  const stm32rt_layer l = stm32rt_pool_layer(d);
  int32_t *sums = (int32_t *)scratch;
  const int32_t channels = d->x.channels;
  if (band->first == 0)
    memset(sums, 0, (size_t)channels * sizeof *sums);
  const int32_t end = band->first + band->count;
  for (int32_t row = band->first; row < end; row++) {
    const int8_t *pixel = stm32rt_x_row(d, band, (const int8_t *)x, row);
    for (int32_t column = 0; column < d->x.width; column++) {
      for (int32_t c = 0; c < channels; c++)
        sums[c] += pixel[c];
      pixel += d->x.pixel_stride;
    }
  }
  if (end < d->x.height)
    return;
  int8_t *out = (int8_t *)y;
  for (int32_t c = 0; c < channels; c++)
    out[c] =
        (int8_t)stm32rt_rounded_mean(&l, sums[c], d->x.height * d->x.width);
}
