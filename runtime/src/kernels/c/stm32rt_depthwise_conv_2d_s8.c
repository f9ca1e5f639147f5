/*===-- stm32rt_depthwise_conv_2d_s8.c - Depthwise convolution, plain C ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Weights lie as [kh][kw][out], so one output channel walks through them with
 * the stride out. The taps inside the image are found once for each pixel.
 */
#include "stm32rt_window.h"

/* acc + the products of one kernel row of one channel with one image row;
 * x_row is at the channel, w at tap 0 of the channel. */
STM32RT_INLINE int32_t kernel_row(const stm32rt_window *d, int32_t acc,
                                  const int8_t *x_row, stm32rt_span columns,
                                  const int8_t *w) {
  const int32_t out = d->y.channels;
  const int32_t inside = columns.last - columns.first;
  const int32_t right = d->kernel_w - columns.last;
  const int32_t column = columns.start + columns.first * d->dilation_w;

  if (columns.first > 0)
    acc = stm32rt_dot_constant_s8(acc, d->pad_value, w, out, columns.first);
  if (inside > 0)
    acc = stm32rt_dot_s8(acc, x_row + column * d->x.pixel_stride,
                         d->dilation_w * d->x.pixel_stride,
                         w + columns.first * out, out, inside);
  if (right > 0)
    acc = stm32rt_dot_constant_s8(acc, d->pad_value, w + columns.last * out,
                                  out, right);
  return acc;
}

STM32RT_INLINE void depthwise(const stm32rt_window *d,
                              const stm32rt_band *band, const int8_t *x,
                              int8_t *y, const void *constants,
                              int32_t depth_multiplier,
                              int32_t x_channel_stride) {
  const int32_t out = d->y.channels;
  const stm32rt_constants c =
      stm32rt_split_constants(constants, out, d->quant_stride);

  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    int8_t *y_row = stm32rt_y_row(d, band, y, row);

    for (int32_t column = 0; column < d->y.width; column++) {
      const stm32rt_span columns = stm32rt_span_of_column(d, column);
      int8_t *y_pixel = y_row + column * d->y.pixel_stride;

      for (int32_t o = 0; o < out; o++) {
        const int32_t x_channel = (o / depth_multiplier) * x_channel_stride;
        const int8_t *w = c.weights + o;
        int32_t acc = c.bias[o];
        for (int32_t i = 0; i < d->kernel_h; i++) {
          if (i >= rows.first && i < rows.last) {
            const int8_t *x_row = stm32rt_x_row(
                d, band, x, rows.start + i * d->dilation_h);
            acc = kernel_row(d, acc, x_row + x_channel, columns, w);
          } else {
            acc = stm32rt_dot_constant_s8(acc, d->pad_value, w, out,
                                          d->kernel_w);
          }
          w += d->kernel_w * out;
        }
        const int32_t q = o * d->quant_stride;
        y_pixel[o * d->y.channel_stride] =
            stm32rt_output_s8(acc, c.multiplier[q], c.shift[q],
                              d->y_zero_point, d->y_min, d->y_max);
      }
    }
  }
}

void stm32rt_depthwise_conv_2d_s8_rows(const stm32rt_window *d,
                                       const stm32rt_band *band, const void *x,
                                       void *y, const void *constants,
                                       void *scratch) {
  (void)scratch;
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;
  const int32_t stride = d->x.channel_stride;
  /* A literal multiplier of 1 takes the division out of the loop. */
  if (d->y.channels == d->x.channels && stride == 1)
    depthwise(d, band, in, out, constants, 1, 1);
  else if (d->y.channels == d->x.channels)
    depthwise(d, band, in, out, constants, 1, stride);
  else
    depthwise(d, band, in, out, constants, d->y.channels / d->x.channels,
              stride);
}

void stm32rt_depthwise_conv_2d_s8(const stm32rt_window *d, const void *x,
                                  void *y, const void *constants,
                                  void *scratch) {
  stm32rt_conv_images(d, stm32rt_depthwise_conv_2d_s8_rows, x, y, constants,
                      scratch);
}
