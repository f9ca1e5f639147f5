/*===-- stm32rt_depthwise_conv_2d_s8_quads.c - Depthwise, four channels ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Four channels of a pixel at a time, their sums in registers while the window
 * goes by. With the DSP extension a word of four values meets a word of four
 * weights: 2 LDR, 4 SXTB16 and 4 multiplications; without it they are bytes.
 * Constants as those of stm32rt_depthwise_conv_2d_s8.
 */
#include "stm32rt_dsp.h"
#include "stm32rt_window.h"

/* Rows of the window; see the record. */
#define MAX_ROWS 16

/* Sums of four channels: fields, so that they are in registers. */
typedef struct quad {
  int32_t s0, s1, s2, s3;
} quad;

/* What all pixels of a row of the output have in common. */
typedef struct row_of_pixels {
  const stm32rt_window *d;
  stm32rt_constants c;
  const int8_t *rows[MAX_ROWS]; /* of x, NULL outside of the image */
  int has_all_rows;
} row_of_pixels;

/* Adds the products of four values and four weights. */
STM32RT_INLINE void add_quad(quad *sums, const int8_t *x, const int8_t *w) {
#if STM32RT_HAS_DSP
  const uint32_t a = stm32rt_load_word(x), b = stm32rt_load_word(w);
  const int32_t x02 = (int32_t)stm32rt_sxtb16(a);
  const int32_t x13 = (int32_t)stm32rt_sxtb16_ror8(a);
  const int32_t w02 = (int32_t)stm32rt_sxtb16(b);
  const int32_t w13 = (int32_t)stm32rt_sxtb16_ror8(b);
  sums->s0 += (int16_t)x02 * (int16_t)w02;
  sums->s1 += (int16_t)x13 * (int16_t)w13;
  sums->s2 += (x02 >> 16) * (w02 >> 16);
  sums->s3 += (x13 >> 16) * (w13 >> 16);
#else
  sums->s0 += x[0] * w[0];
  sums->s1 += x[1] * w[1];
  sums->s2 += x[2] * w[2];
  sums->s3 += x[3] * w[3];
#endif
}

STM32RT_INLINE void add_one(quad *sums, const int8_t *x, const int8_t *w) {
  sums->s0 += x[0] * w[0];
}

typedef void (*add_function)(quad *sums, const int8_t *x, const int8_t *w);

/* The sums of four channels from `channel` on, or of one. Literal `add`. */
STM32RT_INLINE void sum_window(const row_of_pixels *r,
                               const stm32rt_span *columns, int32_t channel,
                               const int8_t *padding, quad *sums,
                               add_function add) {
  const stm32rt_window *d = r->d;
  const int32_t channels = d->y.channels;
  const int32_t step = d->dilation_w * d->x.pixel_stride;
  const int8_t *w = r->c.weights + channel;
  for (int32_t i = 0; i < d->kernel_h; i++) {
    if (r->rows[i] == NULL) {
      for (int32_t j = 0; j < d->kernel_w; j++, w += channels)
        add(sums, padding, w);
      continue;
    }
    int32_t j = 0;
    for (; j < columns->first; j++, w += channels)
      add(sums, padding, w);
    const int8_t *x =
        r->rows[i] +
        (columns->start + columns->first * d->dilation_w) * d->x.pixel_stride +
        channel;
    for (; j < columns->last; j++, w += channels, x += step)
      add(sums, x, w);
    for (; j < d->kernel_w; j++, w += channels)
      add(sums, padding, w);
  }
}

/* The same for a window inside of the image; a function of its own, so that the
 * loop has the registers to itself. `offset` of the first value in each row. */
static STM32RT_NOINLINE quad sum_inside(const row_of_pixels *r, int32_t offset,
                                        int32_t channel, quad sums) {
  const int32_t channels = r->d->y.channels;
  const int32_t step = r->d->dilation_w * r->d->x.pixel_stride;
  const int8_t *const *row = r->rows;
  const int8_t *w = r->c.weights + channel;
  for (int32_t i = r->d->kernel_h; i > 0; i--) {
    const int8_t *x = *row++ + offset;
    for (int32_t j = r->d->kernel_w; j > 0; j--) {
      add_quad(&sums, x, w);
      x += step;
      w += channels;
    }
  }
  return sums;
}

STM32RT_INLINE int8_t finish(const row_of_pixels *r, int32_t channel,
                             int32_t sum) {
  const stm32rt_window *d = r->d;
  const int32_t q = channel * d->quant_stride;
  return stm32rt_output_s8(sum, r->c.multiplier[q], r->c.shift[q],
                           d->y_zero_point, d->y_min, d->y_max);
}

static void pixel_out(const row_of_pixels *r, int32_t column, int8_t *y) {
  const stm32rt_window *d = r->d;
  const stm32rt_span columns = stm32rt_span_of_column(d, column);
  const int is_inside =
      r->has_all_rows && columns.first == 0 && columns.last == d->kernel_w;
  int8_t padding[4];
  memset(padding, d->pad_value, sizeof padding);
  int32_t channel = 0;
  for (; channel + 4 <= d->y.channels; channel += 4) {
    const int32_t *bias = r->c.bias + channel;
    quad sums = {bias[0], bias[1], bias[2], bias[3]};
    if (is_inside)
      sums = sum_inside(r, columns.start * d->x.pixel_stride + channel, channel,
                        sums);
    else
      sum_window(r, &columns, channel, padding, &sums, add_quad);
    y[channel] = finish(r, channel, sums.s0);
    y[channel + 1] = finish(r, channel + 1, sums.s1);
    y[channel + 2] = finish(r, channel + 2, sums.s2);
    y[channel + 3] = finish(r, channel + 3, sums.s3);
  }
  for (; channel < d->y.channels; channel++) {
    quad sums = {r->c.bias[channel], 0, 0, 0};
    sum_window(r, &columns, channel, padding, &sums, add_one);
    y[channel] = finish(r, channel, sums.s0);
  }
}

void stm32rt_depthwise_conv_2d_s8_quads_rows(const stm32rt_window *d,
                                             const stm32rt_band *band,
                                             const void *x, void *y,
                                             const void *constants,
                                             void *scratch) {
  (void)scratch;
  row_of_pixels r;
  r.d = d;
  r.c = stm32rt_split_constants(constants, d->y.channels, d->quant_stride);
  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    r.has_all_rows = rows.first == 0 && rows.last == d->kernel_h;
    for (int32_t i = 0; i < d->kernel_h; i++)
      r.rows[i] = i >= rows.first && i < rows.last
                      ? stm32rt_x_row(d, band, (const int8_t *)x,
                                      rows.start + i * d->dilation_h)
                      : NULL;
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    for (int32_t column = 0; column < d->y.width; column++)
      pixel_out(&r, column, out + column * d->y.pixel_stride);
  }
}

void stm32rt_depthwise_conv_2d_s8_quads(const stm32rt_window *d, const void *x,
                                        void *y, const void *constants,
                                        void *scratch) {
  stm32rt_conv_images(d, stm32rt_depthwise_conv_2d_s8_quads_rows, x, y,
                      constants, scratch, 1);
}
