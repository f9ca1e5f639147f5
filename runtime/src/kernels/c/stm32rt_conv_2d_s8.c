/*===-- stm32rt_conv_2d_s8.c - 2-D convolution, plain C --------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * For each output pixel the columns of the window that are inside the image
 * are found once; each kernel row is then up to three runs of products:
 *
 *   | left of the image |  inside: one run of taps * channels  | right of it |
 *
 * Where channels are contiguous and the taps are neighbours (NHWC, dilation 1)
 * the inside part is one run in memory of x and of the weights.
 */
#include "stm32rt_window.h"

static STM32RT_NOINLINE int32_t dot_run(int32_t acc, const int8_t *x,
                                        const int8_t *w, int32_t n) {
  return stm32rt_dot_run_s8(acc, x, w, n);
}

/* acc + the products of one kernel row with one row of the image. `w` is at
 * tap 0. Literal x_channel_stride; `run` says that the taps are one run. */
STM32RT_INLINE int32_t kernel_row(const stm32rt_window *d, int32_t acc,
                                  const int8_t *x_row, stm32rt_span columns,
                                  const int8_t *w, int32_t x_channel_stride,
                                  int run) {
  const int32_t channels = d->x.channels;
  const int32_t inside = columns.last - columns.first;
  const int32_t right = d->kernel_w - columns.last;

  if (columns.first > 0)
    acc = stm32rt_dot_constant_s8(acc, d->pad_value, w, 1,
                                  columns.first * channels);
  w += columns.first * channels;

  int32_t column = columns.start + columns.first * d->dilation_w;
  if (run && inside > 0) {
    acc = dot_run(acc, x_row + column * channels, w, inside * channels);
  } else {
    for (int32_t k = 0; k < inside; k++, column += d->dilation_w) {
      const int8_t *x = x_row + column * d->x.pixel_stride;
      acc = x_channel_stride == 1
                ? dot_run(acc, x, w + k * channels, channels)
                : stm32rt_dot_s8(acc, x, x_channel_stride, w + k * channels, 1,
                                 channels);
    }
  }
  w += inside * channels;

  if (right > 0)
    acc = stm32rt_dot_constant_s8(acc, d->pad_value, w, 1, right * channels);
  return acc;
}

STM32RT_INLINE void conv_2d(const stm32rt_window *d, const stm32rt_band *band,
                            const int8_t *x, int8_t *y, const void *constants,
                            int32_t x_channel_stride, int run) {
  const stm32rt_constants c =
      stm32rt_split_constants(constants, d->y.channels, d->quant_stride);
  const int32_t row_weights = d->kernel_w * d->x.channels;

  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    int8_t *y_row = stm32rt_y_row(d, band, y, row);

    for (int32_t column = 0; column < d->y.width; column++) {
      const stm32rt_span columns = stm32rt_span_of_column(d, column);
      int8_t *y_pixel = y_row + column * d->y.pixel_stride;
      const int8_t *w = c.weights;

      for (int32_t o = 0; o < d->y.channels; o++) {
        int32_t acc = c.bias[o];
        for (int32_t i = 0; i < d->kernel_h; i++) {
          if (i >= rows.first && i < rows.last) {
            const int8_t *x_row = stm32rt_x_row(
                d, band, x, rows.start + i * d->dilation_h);
            acc = kernel_row(d, acc, x_row, columns, w, x_channel_stride, run);
          } else {
            acc =
                stm32rt_dot_constant_s8(acc, d->pad_value, w, 1, row_weights);
          }
          w += row_weights;
        }
        const int32_t q = o * d->quant_stride;
        y_pixel[o * d->y.channel_stride] =
            stm32rt_output_s8(acc, c.multiplier[q], c.shift[q],
                              d->y_zero_point, d->y_min, d->y_max);
      }
    }
  }
}

void stm32rt_conv_2d_s8_rows(const stm32rt_window *d, const stm32rt_band *band,
                             const void *x, void *y, const void *constants,
                             void *scratch) {
  (void)scratch;
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;
  if (d->x.channel_stride != 1)
    conv_2d(d, band, in, out, constants, d->x.channel_stride, 0);
  else if (d->x.pixel_stride == d->x.channels && d->dilation_w == 1)
    conv_2d(d, band, in, out, constants, 1, 1);
  else
    conv_2d(d, band, in, out, constants, 1, 0);
}

void stm32rt_conv_2d_s8(const stm32rt_window *d, const void *x, void *y,
                        const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_s8_rows, x, y, constants, scratch);
}
