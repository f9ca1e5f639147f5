/*===-- stm32rt_conv_2d_s8_dsp.c - Convolution with SMLAD ------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Any window, stride, dilation and padding. The terms of a pixel are the values
 * under its window, row by row, T = kernel_h * kernel_w * x.channels of them:
 *they are gathered as bytes, with the padding, and then expanded. Two pixels
 *need not be neighbours: the last one of a row goes with the first one of the
 *next.
 *
 * Scratch: that of stm32rt_convolve_dsp.h for T terms, then T bytes. Constants
 *as there; the terms of the weights are in the order kernel_h, kernel_w,
 *channel.
 */
#include "stm32rt_convolve_dsp.h"

/* One row of a window; the taps outside of the image are padding. */
static void gather_row(const stm32rt_window *d, const int8_t *x_row,
                       const stm32rt_span *columns, int8_t *to) {
  const int32_t channels = d->x.channels;
  if (d->dilation_w == 1 && d->x.pixel_stride == channels) {
    const int32_t before = columns->first * channels;
    const int32_t inside = (columns->last - columns->first) * channels;
    const int32_t run = d->kernel_w * channels;
    const int32_t after = run - before - inside;
    if (before > 0)
      memset(to, d->pad_value, (size_t)before);
    if (inside > 0)
      memcpy(to + before, x_row + (columns->start + columns->first) * channels,
             (size_t)inside);
    if (after > 0)
      memset(to + before + inside, d->pad_value, (size_t)after);
    return;
  }
  for (int32_t tap = 0; tap < d->kernel_w; tap++, to += channels) {
    if (tap < columns->first || tap >= columns->last)
      memset(to, d->pad_value, (size_t)channels);
    else
      memcpy(to,
             x_row + (columns->start + tap * d->dilation_w) * d->x.pixel_stride,
             (size_t)channels);
  }
}

/* The terms of one pixel, as bytes. */
static void gather(const stm32rt_window *d, const stm32rt_band *band,
                   const int8_t *x, const stm32rt_span *rows, int32_t column,
                   int8_t *terms) {
  const stm32rt_span columns = stm32rt_span_of_column(d, column);
  const int32_t run = d->kernel_w * d->x.channels;
  for (int32_t tap = 0; tap < d->kernel_h; tap++, terms += run) {
    if (tap < rows->first || tap >= rows->last)
      memset(terms, d->pad_value, (size_t)run);
    else
      gather_row(d,
                 stm32rt_x_row(d, band, x, rows->start + tap * d->dilation_h),
                 &columns, terms);
  }
}

void stm32rt_conv_2d_s8_dsp_rows(const stm32rt_window *d,
                                 const stm32rt_band *band, const void *x,
                                 void *y, const void *constants,
                                 void *scratch) {
  const int32_t count = d->kernel_h * d->kernel_w * d->x.channels;
  const layer l = make_layer(d, constants, count);
  uint8_t *const columns = (uint8_t *)scratch;
  int8_t *const terms = (int8_t *)scratch + 16 * l.groups;
  int8_t *waiting = NULL; /* where the pixel that has no partner yet goes */

  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    for (int32_t column = 0; column < d->y.width; column++) {
      gather(d, band, (const int8_t *)x, &rows, column, terms);
      expand(terms, count, waiting != NULL ? columns + 8 : columns);
      if (waiting != NULL) {
        two_pixels(&l, columns, waiting, out);
        waiting = NULL;
      } else {
        waiting = out;
      }
      out += d->y.pixel_stride;
    }
  }
  if (waiting != NULL) {
    /* The last of an odd number of pixels stands in for its neighbour. */
    expand(terms, count, columns + 8);
    one_clamping(&l, columns, waiting);
  }
}

void stm32rt_conv_2d_s8_dsp(const stm32rt_window *d, const void *x, void *y,
                            const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_s8_dsp_rows, x, y, constants, scratch,
                      1);
}
