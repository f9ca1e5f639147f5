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

/* Taps of the window; see the record. */
#define MAX_TAPS 25

/* Sums of four channels: fields, so that they are in registers. */
typedef struct quad {
  int32_t s0, s1, s2, s3;
} quad;

/* What all pixels of a row of the output have in common. */
typedef struct row_of_pixels {
  const stm32rt_window *d;
  stm32rt_constants c;
  stm32rt_range range;
  const int8_t *rows[MAX_TAPS]; /* of x, NULL outside of the image */
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

/* Taps of one pixel that is at the border: those inside of the image, then
 * those that read padding. */
typedef struct tap {
  const int8_t *x; /* of channel 0 */
  int32_t w;       /* bytes from the start of the weights */
} tap;
typedef struct border {
  tap taps[MAX_TAPS];
  int32_t inside, all;
} border;

static void place_taps(const row_of_pixels *r, const stm32rt_span *columns,
                       border *b) {
  const stm32rt_window *d = r->d;
  const int32_t channels = d->y.channels, step = d->dilation_w;
  tap *next = b->taps, *last = b->taps + d->kernel_h * d->kernel_w;
  b->all = d->kernel_h * d->kernel_w;
  int32_t w = 0;
  for (int32_t i = 0; i < d->kernel_h; i++)
    for (int32_t j = 0; j < d->kernel_w; j++, w += channels) {
      if (r->rows[i] == NULL || j < columns->first || j >= columns->last) {
        (--last)->w = w;
        continue;
      }
      next->x = r->rows[i] + (columns->start + j * step) * d->x.pixel_stride;
      next->w = w;
      next++;
    }
  b->inside = (int32_t)(next - b->taps);
}

/* A function of its own, so that the loop has the registers to itself. */
static STM32RT_NOINLINE quad sum_border(const border *b, const int8_t *weights,
                                        const int8_t *padding, int32_t channel,
                                        quad sums) {
  const tap *t = b->taps;
  weights += channel;
  for (int32_t n = b->inside; n > 0; n--, t++)
    add_quad(&sums, t->x + channel, weights + t->w);
  for (int32_t n = b->all - b->inside; n > 0; n--, t++)
    add_quad(&sums, padding, weights + t->w);
  return sums;
}

/* The sum of one channel. */
static int32_t sum_one(const border *b, const int8_t *weights,
                       int32_t pad_value, int32_t channel, int32_t sum) {
  for (int32_t n = 0; n < b->all; n++) {
    const tap *t = &b->taps[n];
    sum +=
        weights[t->w + channel] * (n < b->inside ? t->x[channel] : pad_value);
  }
  return sum;
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

/* Literal fast: the shifts of all channels are above 31, and the limits those
 * of int8, as of most layers. */
STM32RT_INLINE int8_t finish(const stm32rt_range *r, int32_t sum,
                             int32_t multiplier, int32_t shift, int fast) {
  if (fast)
    return (int8_t)stm32rt_output_fast(
        r, sum, (int32_t)((uint32_t)multiplier << 1), shift, 1);
  return stm32rt_output_s8(sum, multiplier, shift, r->zero_point, r->low,
                           r->high);
}

/* All four before the first is stored, which might change anything for all that
 * C knows. */
STM32RT_INLINE void finish_quad(const row_of_pixels *r, int32_t channel,
                                const quad *sums, int8_t *y, int fast) {
  const stm32rt_range range = r->range;
  const int32_t step = r->d->quant_stride;
  const int32_t *m = r->c.multiplier + channel * step;
  const int32_t *s = r->c.shift + channel * step;
  const int8_t y0 = finish(&range, sums->s0, m[0], s[0], fast);
  const int8_t y1 = finish(&range, sums->s1, m[step], s[step], fast);
  const int8_t y2 = finish(&range, sums->s2, m[2 * step], s[2 * step], fast);
  const int8_t y3 = finish(&range, sums->s3, m[3 * step], s[3 * step], fast);
  y[0] = y0;
  y[1] = y1;
  y[2] = y2;
  y[3] = y3;
}

/* Literal fast. */
STM32RT_INLINE void pixel_out(const row_of_pixels *r, int32_t column, int8_t *y,
                              int fast) {
  const stm32rt_window *d = r->d;
  const stm32rt_span columns = stm32rt_span_of_column(d, column);
  const int is_inside =
      r->has_all_rows && columns.first == 0 && columns.last == d->kernel_w;
  int8_t padding[4];
  border b;
  memset(padding, d->pad_value, sizeof padding);
  if (!is_inside || d->y.channels % 4 != 0)
    place_taps(r, &columns, &b);
  int32_t channel = 0;
  for (; channel + 4 <= d->y.channels; channel += 4) {
    const int32_t *bias = r->c.bias + channel;
    quad sums = {bias[0], bias[1], bias[2], bias[3]};
    if (is_inside)
      sums = sum_inside(r, columns.start * d->x.pixel_stride + channel, channel,
                        sums);
    else
      sums = sum_border(&b, r->c.weights, padding, channel, sums);
    finish_quad(r, channel, &sums, y + channel, fast);
  }
  for (; channel < d->y.channels; channel++) {
    const int32_t q = channel * d->quant_stride;
    const int32_t sum =
        sum_one(&b, r->c.weights, d->pad_value, channel, r->c.bias[channel]);
    y[channel] = finish(&r->range, sum, r->c.multiplier[q], r->c.shift[q], 0);
  }
}

static STM32RT_NOINLINE void row_fast(const row_of_pixels *r, int8_t *y) {
  for (int32_t column = 0; column < r->d->y.width; column++)
    pixel_out(r, column, y + column * r->d->y.pixel_stride, 1);
}
static STM32RT_NOINLINE void row_any(const row_of_pixels *r, int8_t *y) {
  for (int32_t column = 0; column < r->d->y.width; column++)
    pixel_out(r, column, y + column * r->d->y.pixel_stride, 0);
}

static int is_fast(const stm32rt_window *d, const stm32rt_constants *c) {
  int fast = d->y_min == INT8_MIN && d->y_max == INT8_MAX;
  const int32_t n = d->quant_stride != 0 ? d->y.channels : 1;
  for (int32_t i = 0; i < n; i++)
    fast &= c->shift[i] > 31;
  return fast;
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
  r.range = stm32rt_make_range(d->y_zero_point, d->y_min, d->y_max);
  const int fast = is_fast(d, &r.c);
  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    r.has_all_rows = rows.first == 0 && rows.last == d->kernel_h;
    for (int32_t i = 0; i < d->kernel_h; i++)
      r.rows[i] = i >= rows.first && i < rows.last
                      ? stm32rt_x_row(d, band, (const int8_t *)x,
                                      rows.start + i * d->dilation_h)
                      : NULL;
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    if (fast)
      row_fast(&r, out);
    else
      row_any(&r, out);
  }
}

void stm32rt_depthwise_conv_2d_s8_quads(const stm32rt_window *d, const void *x,
                                        void *y, const void *constants,
                                        void *scratch) {
  stm32rt_conv_images(d, stm32rt_depthwise_conv_2d_s8_quads_rows, x, y,
                      constants, scratch, 1);
}
