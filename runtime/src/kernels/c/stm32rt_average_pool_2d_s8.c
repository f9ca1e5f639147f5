/*===-- stm32rt_average_pool_2d_s8.c - Average pooling, plain C ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N8 of docs/Numerics.md. C's division truncates towards zero, so that
 * half the count is added or subtracted by the sign of the sum.
 */
#include "stm32rt_window.h"

static inline int32_t rounded_mean(int32_t sum, int32_t count) {
  return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}

static inline int32_t window_sum(const stm32rt_window *d,
                                 const stm32rt_band *band, const int8_t *x,
                                 stm32rt_span rows, stm32rt_span columns,
                                 int32_t offset) {
  int32_t sum = 0;
  for (int32_t i = rows.first; i < rows.last; i++) {
    const int8_t *x_row =
        stm32rt_x_row(d, band, x, rows.start + i * d->dilation_h);
    for (int32_t j = columns.first; j < columns.last; j++) {
      const int32_t column = columns.start + j * d->dilation_w;
      sum += x_row[column * d->x.pixel_stride + offset];
    }
  }
  return sum;
}

void stm32rt_average_pool_2d_s8_rows(const stm32rt_window *d,
                                     const stm32rt_band *band, const void *x,
                                     void *y) {
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;
  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    int8_t *y_row = stm32rt_y_row(d, band, out, row);
    for (int32_t column = 0; column < d->y.width; column++) {
      const stm32rt_span columns = stm32rt_span_of_column(d, column);
      int8_t *y_pixel = y_row + column * d->y.pixel_stride;
      const int32_t count =
          (rows.last - rows.first) * (columns.last - columns.first);
      for (int32_t c = 0; c < d->y.channels; c++) {
        const int32_t sum = window_sum(d, band, in, rows, columns,
                                       c * d->x.channel_stride);
        y_pixel[c * d->y.channel_stride] = (int8_t)stm32rt_clamp(
            rounded_mean(sum, count), d->y_min, d->y_max);
      }
    }
  }
}

void stm32rt_average_pool_2d_s8(const stm32rt_window *d, const void *x,
                                void *y) {
  stm32rt_pool_images(d, stm32rt_average_pool_2d_s8_rows, x, y);
}
