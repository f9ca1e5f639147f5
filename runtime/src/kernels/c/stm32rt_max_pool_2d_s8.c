/*===-- stm32rt_max_pool_2d_s8.c - Maximum pooling, plain C ----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N9 of docs/Numerics.md: padding never wins, it is not looked at.
 */
#include "stm32rt_window.h"

static inline int32_t window_max(const stm32rt_window *d,
                                 const stm32rt_band *band, const int8_t *x,
                                 stm32rt_span rows, stm32rt_span columns,
                                 int32_t offset) {
  int32_t max = INT8_MIN;
  for (int32_t i = rows.first; i < rows.last; i++) {
    const int8_t *x_row =
        stm32rt_x_row(d, band, x, rows.start + i * d->dilation_h);
    for (int32_t j = columns.first; j < columns.last; j++) {
      const int32_t column = columns.start + j * d->dilation_w;
      const int32_t v = x_row[column * d->x.pixel_stride + offset];
      max = v > max ? v : max;
    }
  }
  return max;
}

void stm32rt_max_pool_2d_s8_rows(const stm32rt_window *d,
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
      for (int32_t c = 0; c < d->y.channels; c++) {
        const int32_t max = window_max(d, band, in, rows, columns,
                                       c * d->x.channel_stride);
        y_pixel[c * d->y.channel_stride] =
            (int8_t)stm32rt_clamp(max, d->y_min, d->y_max);
      }
    }
  }
}

void stm32rt_max_pool_2d_s8(const stm32rt_window *d, const void *x, void *y) {
  stm32rt_pool_images(d, stm32rt_max_pool_2d_s8_rows, x, y);
}
