/*===-- stm32rt_convolve.h - Cores of convolutions and matrix products -----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The walks over windows, rows and channels, for every arithmetic of
 * stm32rt_sums.h. Meant to be inlined with a literal arithmetic. Pointers are
 * to bytes, and step by the literal sizes of an element.
 */
#ifndef STM32RT_CONVOLVE_H
#define STM32RT_CONVOLVE_H

#include "stm32rt_sums.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Row of x or y, in bytes. */
STM32RT_INLINE const char *stm32rt_x_bytes(const stm32rt_window *d,
                                           const stm32rt_band *band,
                                           const void *x, int32_t row,
                                           int32_t bytes) {
  return (const char *)x +
         stm32rt_row_offset(row, band->x_first, band->x_rows, d->x.row_stride) *
             bytes;
}

STM32RT_INLINE char *stm32rt_y_bytes(const stm32rt_window *d,
                                     const stm32rt_band *band, void *y,
                                     int32_t row, int32_t bytes) {
  return (char *)y +
         stm32rt_row_offset(row, band->y_first, band->y_rows, d->y.row_stride) *
             bytes;
}

/* sum + n products of the value outside the image. */
STM32RT_INLINE stm32rt_sum stm32rt_dot_pad(const stm32rt_arithmetic *a,
                                           const stm32rt_layer *l,
                                           int32_t pad_value, stm32rt_sum sum,
                                           const char *w, int32_t w_stride,
                                           int32_t n) {
  if (pad_value == 0 || n <= 0)
    return sum;
  return a->dot(l, sum, &l->pad, 0, w, w_stride, n);
}

/*===----------------------------------------------------------------------===
 * 2-D convolution
 *
 * For each output pixel the columns of the window that are inside the image are
 * found once; each kernel row is then up to three runs of products:
 *
 *   | left of the image |  inside: one run of taps * channels  | right of it |
 *
 * Where channels are contiguous and the taps are neighbours (NHWC, dilation 1)
 * the inside part is one run in memory of x and of the weights.
 *===----------------------------------------------------------------------===*/

/* sum + the products of one kernel row with one row of the image. `w` is at
 * tap 0. Literal x_channel_stride; `run` says that the taps are one run. */
STM32RT_INLINE stm32rt_sum stm32rt_conv_kernel_row(
    const stm32rt_arithmetic *a, const stm32rt_layer *l,
    const stm32rt_window *d, stm32rt_sum sum, const char *x_row,
    stm32rt_span columns, const char *w, int32_t x_channel_stride, int run) {
  const int32_t channels = d->x.channels;
  const int32_t tap = channels * a->w_bytes;
  const int32_t inside = columns.last - columns.first;
  const int32_t right = d->kernel_w - columns.last;

  sum =
      stm32rt_dot_pad(a, l, d->pad_value, sum, w, 1, columns.first * channels);
  w += columns.first * tap;

  int32_t column = columns.start + columns.first * d->dilation_w;
  if (run && inside > 0) {
    sum = a->run(l, sum, x_row + column * channels * a->x_bytes, 1, w, 1,
                 inside * channels);
  } else {
    for (int32_t k = 0; k < inside; k++, column += d->dilation_w) {
      const char *x = x_row + column * d->x.pixel_stride * a->x_bytes;
      sum = x_channel_stride == 1
                ? a->run(l, sum, x, 1, w + k * tap, 1, channels)
                : a->dot(l, sum, x, x_channel_stride, w + k * tap, 1, channels);
    }
  }
  w += inside * tap;

  return stm32rt_dot_pad(a, l, d->pad_value, sum, w, 1, right * channels);
}

STM32RT_INLINE void
stm32rt_conv_walk(const stm32rt_arithmetic *a, const stm32rt_layer *l,
                  const stm32rt_window *d, const stm32rt_band *band,
                  const void *x, void *y, int32_t x_channel_stride, int run) {
  const int32_t row_taps = d->kernel_w * d->x.channels;

  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    char *y_row = stm32rt_y_bytes(d, band, y, row, a->y_bytes);

    for (int32_t column = 0; column < d->y.width; column++) {
      const stm32rt_span columns = stm32rt_span_of_column(d, column);
      char *y_pixel = y_row + column * d->y.pixel_stride * a->y_bytes;
      const char *w = (const char *)l->weights;

      for (int32_t o = 0; o < d->y.channels; o++) {
        stm32rt_sum sum = a->start(l, o);
        for (int32_t i = 0; i < d->kernel_h; i++) {
          if (i >= rows.first && i < rows.last) {
            const char *x_row = stm32rt_x_bytes(
                d, band, x, rows.start + i * d->dilation_h, a->x_bytes);
            sum = stm32rt_conv_kernel_row(a, l, d, sum, x_row, columns, w,
                                          x_channel_stride, run);
          } else {
            sum = stm32rt_dot_pad(a, l, d->pad_value, sum, w, 1, row_taps);
          }
          w += row_taps * a->w_bytes;
        }
        a->finish(l, sum, o, y_pixel + o * d->y.channel_stride * a->y_bytes);
      }
    }
  }
}

STM32RT_INLINE void stm32rt_convolve(const stm32rt_arithmetic *a,
                                     const stm32rt_layer *l,
                                     const stm32rt_window *d,
                                     const stm32rt_band *band, const void *x,
                                     void *y) {
  const int run = d->x.channel_stride == 1 &&
                  d->x.pixel_stride == d->x.channels && d->dilation_w == 1;
  if (STM32RT_SMALL)
    stm32rt_conv_walk(a, l, d, band, x, y, d->x.channel_stride, run);
  else if (d->x.channel_stride != 1)
    stm32rt_conv_walk(a, l, d, band, x, y, d->x.channel_stride, 0);
  else if (run)
    stm32rt_conv_walk(a, l, d, band, x, y, 1, 1);
  else
    stm32rt_conv_walk(a, l, d, band, x, y, 1, 0);
}

/* Each group is a convolution of its channels: a part of x, y and constants,
 * with `bias_bytes` of one bias. */
STM32RT_INLINE void stm32rt_convolve_groups(const stm32rt_arithmetic *a,
                                            const stm32rt_layer *layer,
                                            const stm32rt_grouped_window *d,
                                            int32_t bias_bytes, const void *x,
                                            void *y) {
  stm32rt_window part = d->window;
  part.x.channels /= d->groups;
  part.y.channels /= d->groups;
  const stm32rt_band band = stm32rt_whole_band(&part);
  const int32_t out = part.y.channels;
  const int32_t weights =
      out * part.kernel_h * part.kernel_w * part.x.channels * a->w_bytes;
  const int32_t x_step = part.x.channels * part.x.channel_stride * a->x_bytes;
  const int32_t y_step = out * part.y.channel_stride * a->y_bytes;

  for (int32_t b = 0; b < part.batches; b++) {
    const char *in =
        (const char *)x + b * stm32rt_image_size(&d->window.x) * a->x_bytes;
    char *to = (char *)y + b * stm32rt_image_size(&d->window.y) * a->y_bytes;
    stm32rt_layer l = *layer;
    for (int32_t g = 0; g < d->groups; g++) {
      stm32rt_convolve(a, &l, &part, &band, in, to);
      in += x_step;
      to += y_step;
      l.bias = (const char *)l.bias + out * bias_bytes;
      l.weights = (const char *)l.weights + weights;
      if (l.multiplier) {
        l.multiplier += out * l.quant_stride;
        l.shift += out * l.quant_stride;
      }
    }
  }
}

/*===----------------------------------------------------------------------===
 * Depthwise convolution
 *
 * Weights lie as [kh][kw][out], so one output channel walks through them with
 * the stride out. The taps inside the image are found once for each pixel.
 *===----------------------------------------------------------------------===*/

/* sum + the products of one kernel row of one channel with one image row;
 * x_row is at the channel, w at tap 0 of the channel. */
STM32RT_INLINE stm32rt_sum stm32rt_depthwise_kernel_row(
    const stm32rt_arithmetic *a, const stm32rt_layer *l,
    const stm32rt_window *d, stm32rt_sum sum, const char *x_row,
    stm32rt_span columns, const char *w) {
  const int32_t out = d->y.channels;
  const int32_t inside = columns.last - columns.first;
  const int32_t right = d->kernel_w - columns.last;
  const int32_t column = columns.start + columns.first * d->dilation_w;

  sum = stm32rt_dot_pad(a, l, d->pad_value, sum, w, out, columns.first);
  if (inside > 0)
    sum = a->dot(l, sum, x_row + column * d->x.pixel_stride * a->x_bytes,
                 d->dilation_w * d->x.pixel_stride,
                 w + columns.first * out * a->w_bytes, out, inside);
  return stm32rt_dot_pad(a, l, d->pad_value, sum,
                         w + columns.last * out * a->w_bytes, out, right);
}

STM32RT_INLINE void
stm32rt_depthwise_walk(const stm32rt_arithmetic *a, const stm32rt_layer *l,
                       const stm32rt_window *d, const stm32rt_band *band,
                       const void *x, void *y, int32_t depth_multiplier,
                       int32_t x_channel_stride) {
  const int32_t out = d->y.channels;

  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    char *y_row = stm32rt_y_bytes(d, band, y, row, a->y_bytes);

    for (int32_t column = 0; column < d->y.width; column++) {
      const stm32rt_span columns = stm32rt_span_of_column(d, column);
      char *y_pixel = y_row + column * d->y.pixel_stride * a->y_bytes;

      for (int32_t o = 0; o < out; o++) {
        const int32_t x_channel =
            (o / depth_multiplier) * x_channel_stride * a->x_bytes;
        const char *w = (const char *)l->weights + o * a->w_bytes;
        stm32rt_sum sum = a->start(l, o);
        for (int32_t i = 0; i < d->kernel_h; i++) {
          if (i >= rows.first && i < rows.last) {
            const char *x_row = stm32rt_x_bytes(
                d, band, x, rows.start + i * d->dilation_h, a->x_bytes);
            sum = stm32rt_depthwise_kernel_row(a, l, d, sum, x_row + x_channel,
                                               columns, w);
          } else {
            sum = stm32rt_dot_pad(a, l, d->pad_value, sum, w, out, d->kernel_w);
          }
          w += d->kernel_w * out * a->w_bytes;
        }
        a->finish(l, sum, o, y_pixel + o * d->y.channel_stride * a->y_bytes);
      }
    }
  }
}

STM32RT_INLINE void stm32rt_depthwise(const stm32rt_arithmetic *a,
                                      const stm32rt_layer *l,
                                      const stm32rt_window *d,
                                      const stm32rt_band *band, const void *x,
                                      void *y) {
  const int32_t stride = d->x.channel_stride;
  /* A literal multiplier of 1 takes the division out of the loop. */
  if (d->y.channels == d->x.channels && stride == 1)
    stm32rt_depthwise_walk(a, l, d, band, x, y, 1, 1);
  else if (d->y.channels == d->x.channels)
    stm32rt_depthwise_walk(a, l, d, band, x, y, 1, stride);
  else
    stm32rt_depthwise_walk(a, l, d, band, x, y, d->y.channels / d->x.channels,
                           stride);
}

/*===----------------------------------------------------------------------===
 * Transposed convolution
 *
 * Each output gathers the pixels of x that reach it: those in [first, last),
 * pixel i with tap `origin - i * stride`.
 *===----------------------------------------------------------------------===*/

STM32RT_INLINE stm32rt_span stm32rt_transposed_span(int32_t coordinate,
                                                    int32_t stride, int32_t pad,
                                                    int32_t taps,
                                                    int32_t size) {
  stm32rt_span s;
  s.start = coordinate + pad;
  /* The least i with s.start - i * stride < taps, and the greatest with >= 0.
   */
  s.first = s.start < taps ? 0 : (s.start - taps) / stride + 1;
  s.last = s.start / stride + 1;
  if (s.last > size)
    s.last = size;
  return s;
}

STM32RT_INLINE void stm32rt_transposed(const stm32rt_arithmetic *a,
                                       const stm32rt_layer *l,
                                       const stm32rt_window *d,
                                       const stm32rt_band *band, const void *x,
                                       void *y) {
  const int32_t channels = d->x.channels;
  const int32_t x_pixel = d->x.pixel_stride * a->x_bytes;
  const int32_t w_tap = channels * a->w_bytes;
  const int32_t w_row = d->kernel_w * w_tap;

  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_transposed_span(
        row, d->stride_h, d->pad_top, d->kernel_h, d->x.height);
    char *y_row = stm32rt_y_bytes(d, band, y, row, a->y_bytes);

    for (int32_t column = 0; column < d->y.width; column++) {
      const stm32rt_span columns = stm32rt_transposed_span(
          column, d->stride_w, d->pad_left, d->kernel_w, d->x.width);
      char *y_pixel = y_row + column * d->y.pixel_stride * a->y_bytes;
      const char *w = (const char *)l->weights;

      for (int32_t o = 0; o < d->y.channels; o++) {
        stm32rt_sum sum = a->start(l, o);
        for (int32_t i = rows.first; i < rows.last; i++) {
          const char *x_row = stm32rt_x_bytes(d, band, x, i, a->x_bytes);
          const char *w_taps = w + (rows.start - i * d->stride_h) * w_row;
          for (int32_t j = columns.first; j < columns.last; j++)
            sum = a->dot(l, sum, x_row + j * x_pixel, d->x.channel_stride,
                         w_taps + (columns.start - j * d->stride_w) * w_tap, 1,
                         channels);
        }
        a->finish(l, sum, o, y_pixel + o * d->y.channel_stride * a->y_bytes);
        w += d->kernel_h * w_row;
      }
    }
  }
}

/*===----------------------------------------------------------------------===
 * Matrix product
 *
 * A row of weights is read once and from start to end: what a flash interface
 * with prefetch does best.
 *===----------------------------------------------------------------------===*/

STM32RT_INLINE void stm32rt_matrix_product(const stm32rt_arithmetic *a,
                                           const stm32rt_layer *l,
                                           const stm32rt_fully_connected *d,
                                           const void *x, void *y) {
  const char *in = (const char *)x;
  char *out = (char *)y;

  for (int32_t row = 0; row < d->rows; row++) {
    const char *w = (const char *)l->weights;
    for (int32_t o = 0; o < d->out_features; o++) {
      const stm32rt_sum sum =
          a->run(l, a->start(l, o), in, 1, w, 1, d->in_features);
      a->finish(l, sum, o, out + o * a->y_bytes);
      w += d->in_features * a->w_bytes;
    }
    in += d->in_features * a->x_bytes;
    out += d->out_features * a->y_bytes;
  }
}

/*===----------------------------------------------------------------------===
 * Batches of matrices
 *===----------------------------------------------------------------------===*/

STM32RT_INLINE void stm32rt_matrices(const stm32rt_arithmetic *a,
                                     const stm32rt_batch_matmul *d,
                                     const void *lhs, const void *rhs,
                                     void *y) {
  stm32rt_layer l = {0};
  l.multiplier = &d->multiplier;
  l.shift = &d->shift;
  l.y_zero_point = d->y_zero_point;
  l.y_min = d->y_min;
  l.y_max = d->y_max;
  l.x_zero_point = d->a_zero_point;
  l.w_zero_point = d->b_zero_point;
  char *out = (char *)y;

  for (int32_t i = 0; i < d->batch[0]; i++)
    for (int32_t j = 0; j < d->batch[1]; j++)
      for (int32_t k = 0; k < d->batch[2]; k++) {
        const char *row =
            (const char *)lhs +
            (i * d->a_batch[0] + j * d->a_batch[1] + k * d->a_batch[2]) *
                a->x_bytes;
        const char *first =
            (const char *)rhs +
            (i * d->b_batch[0] + j * d->b_batch[1] + k * d->b_batch[2]) *
                a->w_bytes;
        for (int32_t r = 0; r < d->rows; r++) {
          const char *column = first;
          for (int32_t c = 0; c < d->columns; c++) {
            const stm32rt_sum sum = a->dot(&l, a->start(&l, 0), row, d->a_step,
                                           column, d->b_step, d->depth);
            a->finish(&l, sum, 0, out);
            out += a->y_bytes;
            column += d->b_column * a->w_bytes;
          }
          row += d->a_row * a->x_bytes;
        }
      }
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_CONVOLVE_H */
