/*===-- stm32rt_depthwise_conv_2d_s8_mve.c - Depthwise with MVE ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * 16 channels at a time of NHWC images with as many channels in y as in x; any
 * window, stride, dilation and padding. Constants: those of
 * stm32rt_depthwise_conv_2d_s8, weights [kh][kw][out]. Scratch: none.
 *
 * A tap gives 16 products of 16 bits, the even channels in one vector and the
 * odd ones in another. The products of two taps are added before they are
 * widened: that stays in 16 bits unless a weight is -128, as
 *
 *   |x * w| <= 128 * 127, twice that is 32,512
 *
 * and -128 * -128 twice is one too many. So a layer with such a weight takes
 *each tap alone.
 *
 * The taps outside of the image read `pad_value` from 16 bytes of it.
 */
#include "stm32rt_mve.h"
#include "stm32rt_window.h"

#include <string.h>

#define LANES 16
/* Of a window; the kernel's record asks for no more. */
#define MAX_TAPS 25

/* What the channels of a block have in common, as the vectors need it. */
typedef struct block {
  const int8_t *weights;
  int32_t channels; /* of the block, 1 .. 16 */
  stm32rt_s32x4 bias[4];
  stm32rt_scale_s32x4 scale[4];
  int shifts; /* a channel shifts before it multiplies */
} block;

/* Splits the numbers of 16 channels from `from` on; of a part of a block, with
 * one of the others where there is none. */
static void split(const int32_t *from, int32_t channels, stm32rt_s32x4 v[4]) {
  if (channels == LANES) {
    stm32rt_split_s32x4(from, v);
    return;
  }
  int32_t all[LANES];
  for (int32_t i = 0; i < LANES; i++)
    all[i] = from[i < channels ? i : 0];
  stm32rt_split_s32x4(all, v);
}

static void load_block(const stm32rt_window *d, const stm32rt_constants *c,
                       int32_t o, block *b) {
  const int32_t left = d->y.channels - o;
  stm32rt_s32x4 multiplier[4], shift[4];
  b->channels = left < LANES ? left : LANES;
  b->weights = c->weights + o;
  split(c->bias + o, b->channels, b->bias);
  if (d->quant_stride != 0) {
    split(c->multiplier + o, b->channels, multiplier);
    split(c->shift + o, b->channels, shift);
  } else {
    for (int j = 0; j < 4; j++) {
      multiplier[j] = stm32rt_all_s32x4(c->multiplier[0]);
      shift[j] = stm32rt_all_s32x4(c->shift[0]);
    }
  }
  for (int j = 0; j < 4; j++)
    b->scale[j] = stm32rt_make_scale_s32x4(multiplier[j], shift[j]);
  const int32_t count = d->quant_stride != 0 ? b->channels : 1;
  const int32_t *shifts = c->shift + (d->quant_stride != 0 ? o : 0);
  b->shifts = 0;
  for (int32_t i = 0; i < count; i++)
    b->shifts |= shifts[i] < 31;
}

/* True if a weight of the layer is -128. */
static int has_lowest(const stm32rt_window *d, const int8_t *weights) {
  int32_t count = d->kernel_h * d->kernel_w * d->y.channels;
  int8_t least = 0;
  for (; count >= LANES; count -= LANES) {
    least = stm32rt_least_s8x16(least, stm32rt_load_s8x16(weights));
    weights += LANES;
  }
  if (count > 0)
    least = stm32rt_least_s8x16(least, stm32rt_load_part_s8x16(weights, count));
  return least == INT8_MIN;
}

/* 16 values of a tap: of the image, or padding. Literal full: of all lanes. */
STM32RT_INLINE stm32rt_s8x16 load(const int8_t *p, int32_t channels, int full) {
  return full ? stm32rt_load_s8x16(p) : stm32rt_load_part_s8x16(p, channels);
}

/* Sums of 16 channels: of channel 4 * i + j in lane i of vector j. A variable
 * each: gcc does not keep an array in registers. */
typedef struct sums {
  stm32rt_s32x4 s0, s1, s2, s3;
} sums;

STM32RT_INLINE sums add_products(sums s, stm32rt_s16x8 even,
                                 stm32rt_s16x8 odd) {
  s.s0 = stm32rt_add_s32x4(s.s0, stm32rt_even_s16x8(even));
  s.s2 = stm32rt_add_s32x4(s.s2, stm32rt_odd_s16x8(even));
  s.s1 = stm32rt_add_s32x4(s.s1, stm32rt_even_s16x8(odd));
  s.s3 = stm32rt_add_s32x4(s.s3, stm32rt_odd_s16x8(odd));
  return s;
}

/* Taps of a pixel: tap t reads x[t] + offset. Literals full and pairs.
 *
 * The tap that is left over is not what a count that goes down by two ends
 * with: for this core gcc 12 at -Os then takes it to be always there. */
STM32RT_INLINE sums run_taps(sums s, const int8_t *const *x, int32_t offset,
                             int32_t count, const int8_t *w, int32_t w_step,
                             int32_t channels, int full, int pairs) {
  for (int32_t pair = 0; pairs && pair < count >> 1; pair++) {
    const stm32rt_s8x16 x0 = load(x[0] + offset, channels, full);
    const stm32rt_s8x16 w0 = load(w, channels, full);
    const stm32rt_s8x16 x1 = load(x[1] + offset, channels, full);
    const stm32rt_s8x16 w1 = load(w + w_step, channels, full);
    const stm32rt_s16x8 even =
        stm32rt_add_s16x8(stm32rt_multiply_even_s8x16(x0, w0),
                          stm32rt_multiply_even_s8x16(x1, w1));
    const stm32rt_s16x8 odd = stm32rt_add_s16x8(
        stm32rt_multiply_odd_s8x16(x0, w0), stm32rt_multiply_odd_s8x16(x1, w1));
    s = add_products(s, even, odd);
    x += 2;
    w += 2 * w_step;
  }
  for (int32_t left = pairs ? count & 1 : count; left > 0; left--) {
    const stm32rt_s8x16 x0 = load(*x++ + offset, channels, full);
    const stm32rt_s8x16 w0 = load(w, channels, full);
    s = add_products(s, stm32rt_multiply_even_s8x16(x0, w0),
                     stm32rt_multiply_odd_s8x16(x0, w0));
    w += w_step;
  }
  return s;
}

/* Literal shifts: a channel shifts before it multiplies. */
STM32RT_INLINE stm32rt_s32x4 rescale(stm32rt_s32x4 sum,
                                     const stm32rt_scale_s32x4 *scale,
                                     stm32rt_s32x4 zero_point, int shifts) {
  const stm32rt_s32x4 v = shifts ? stm32rt_rescale_s32x4(sum, *scale)
                                 : stm32rt_rescale_right_s32x4(sum, *scale);
  return stm32rt_add_s32x4(v, zero_point);
}

/* A row of windows: its rows inside of the image, and their taps. */
typedef struct row {
  sums begin; /* bias and the products of the rows outside */
  const int8_t *weights;
  const int8_t *taps[MAX_TAPS]; /* where each reads, before the offset */
  int32_t count;
} row;

STM32RT_INLINE void one_pixel(const stm32rt_window *d, const block *b,
                              const row *r, int32_t offset, int8_t *y, int full,
                              int pairs, int shifts) {
  const sums s = run_taps(r->begin, r->taps, offset, r->count, r->weights,
                          d->y.channels, b->channels, full, pairs);
  const stm32rt_s32x4 zero_point = stm32rt_all_s32x4(d->y_zero_point);
  const stm32rt_s32x4 v[4] = {rescale(s.s0, &b->scale[0], zero_point, shifts),
                              rescale(s.s1, &b->scale[1], zero_point, shifts),
                              rescale(s.s2, &b->scale[2], zero_point, shifts),
                              rescale(s.s3, &b->scale[3], zero_point, shifts)};
  const stm32rt_s8x16 joined = stm32rt_clamp_s8x16(
      stm32rt_join_s8x16(v), (int8_t)d->y_min, (int8_t)d->y_max);
  if (full)
    stm32rt_store_s8x16(y, joined);
  else
    stm32rt_store_part_s8x16(y, joined, b->channels);
}

/* `count` pixels that read one step further on each. */
STM32RT_INLINE void run(const stm32rt_window *d, const block *b, const row *r,
                        int8_t *y, int32_t count, int full, int pairs,
                        int shifts) {
  const int32_t step = d->stride_w * d->x.pixel_stride;
  for (int32_t i = 0, offset = 0; i < count; i++, offset += step) {
    one_pixel(d, b, r, offset, y, full, pairs, shifts);
    y += d->y.pixel_stride;
  }
}

/* Functions of their own, so that a loop has the registers to itself. */
static STM32RT_NOINLINE void full_pairs(const stm32rt_window *d, const block *b,
                                        const row *r, int8_t *y,
                                        int32_t count) {
  run(d, b, r, y, count, 1, 1, 0);
}
static STM32RT_NOINLINE void part_pairs(const stm32rt_window *d, const block *b,
                                        const row *r, int8_t *y,
                                        int32_t count) {
  run(d, b, r, y, count, 0, 1, 1);
}
static STM32RT_NOINLINE void any_singly(const stm32rt_window *d, const block *b,
                                        const row *r, int8_t *y,
                                        int32_t count) {
  run(d, b, r, y, count, 0, 0, 1);
}

/* By name and not by address: so the compiler knows how deep the stack gets. */
typedef enum way { FULL_PAIRS, PART_PAIRS, ANY_SINGLY } way;
static inline void run_pixels(way how, const stm32rt_window *d, const block *b,
                              const row *r, int8_t *y, int32_t count) {
  if (how == FULL_PAIRS)
    full_pairs(d, b, r, y, count);
  else if (how == PART_PAIRS)
    part_pairs(d, b, r, y, count);
  else
    any_singly(d, b, r, y, count);
}

/* Products of the taps [first, last) with padding. */
static sums add_padding(sums s, const stm32rt_window *d, const block *b,
                        int32_t first, int32_t last, const int8_t *padding) {
  const stm32rt_s8x16 x = stm32rt_load_s8x16(padding);
  for (int32_t tap = first; tap < last; tap++) {
    const stm32rt_s8x16 w =
        stm32rt_load_part_s8x16(b->weights + tap * d->y.channels, b->channels);
    s = add_products(s, stm32rt_multiply_even_s8x16(x, w),
                     stm32rt_multiply_odd_s8x16(x, w));
  }
  return s;
}

/* Where the taps of the pixel in `column` read: in the image, or padding. */
static void place_taps(const stm32rt_window *d, const int8_t *const rows[],
                       int32_t rows_inside, int32_t column,
                       const int8_t *padding, const int8_t **x) {
  const stm32rt_span span = stm32rt_span_of_column(d, column);
  const int32_t step = d->dilation_w * d->x.pixel_stride;
  const int32_t start = span.start * d->x.pixel_stride;
  for (int32_t i = 0; i < rows_inside; i++) {
    int32_t offset = start;
    for (int32_t kx = 0; kx < d->kernel_w; kx++, offset += step)
      *x++ = kx >= span.first && kx < span.last ? rows[i] + offset : padding;
  }
}

/* Columns whose windows are inside of the image: [*first, *last). */
static void find_interior(const stm32rt_window *d, int32_t *first,
                          int32_t *last) {
  const int32_t reach = (d->kernel_w - 1) * d->dilation_w;
  *first = (d->pad_left + d->stride_w - 1) / d->stride_w;
  const int32_t room = d->x.width - 1 - reach + d->pad_left;
  *last = room < 0 ? 0 : room / d->stride_w + 1;
  if (*last > d->y.width)
    *last = d->y.width;
}

/* One row of the output of a block; `rows` are those inside of the image. */
static void one_row(const stm32rt_window *d, const block *b,
                    const stm32rt_span *span, const int8_t *const rows[],
                    const int8_t *padding, int8_t *y, way how) {
  const int32_t inside = span->last - span->first;
  row r;
  r.begin.s0 = b->bias[0];
  r.begin.s1 = b->bias[1];
  r.begin.s2 = b->bias[2];
  r.begin.s3 = b->bias[3];
  r.begin = add_padding(r.begin, d, b, 0, span->first * d->kernel_w, padding);
  r.begin = add_padding(r.begin, d, b, span->last * d->kernel_w,
                        d->kernel_h * d->kernel_w, padding);
  r.weights = b->weights + span->first * d->kernel_w * d->y.channels;
  r.count = inside * d->kernel_w;
  int32_t first, last;
  find_interior(d, &first, &last);
  for (int32_t column = 0, count; column < d->y.width; column += count) {
    count = column >= first && column < last ? last - column : 1;
    place_taps(d, rows, inside, column, padding, r.taps);
    run_pixels(how, d, b, &r, y, count);
    y += count * d->y.pixel_stride;
  }
}

void stm32rt_depthwise_conv_2d_s8_mve_rows(const stm32rt_window *d,
                                           const stm32rt_band *band,
                                           const void *x, void *y,
                                           const void *constants,
                                           void *scratch) {
  (void)scratch;
  const stm32rt_constants c =
      stm32rt_split_constants(constants, d->y.channels, d->quant_stride);
  int8_t padding[LANES];
  memset(padding, d->pad_value, sizeof padding);
  const int singly = has_lowest(d, c.weights);
  for (int32_t i = band->first; i < band->first + band->count; i++) {
    const stm32rt_span span = stm32rt_span_of_row(d, i);
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, i);
    for (int32_t o = 0; o < d->y.channels; o += LANES) {
      block b;
      load_block(d, &c, o, &b);
      const int8_t *rows[MAX_TAPS];
      for (int32_t ky = span.first; ky < span.last; ky++)
        rows[ky - span.first] = stm32rt_x_row(d, band, (const int8_t *)x,
                                              span.start + ky * d->dilation_h) +
                                o;
      way how = ANY_SINGLY;
      if (!singly)
        how = b.channels == LANES && !b.shifts ? FULL_PAIRS : PART_PAIRS;
      one_row(d, &b, &span, rows, padding, out + o, how);
    }
  }
}

void stm32rt_depthwise_conv_2d_s8_mve(const stm32rt_window *d, const void *x,
                                      void *y, const void *constants,
                                      void *scratch) {
  stm32rt_conv_images(d, stm32rt_depthwise_conv_2d_s8_mve_rows, x, y, constants,
                      scratch, 1);
}
