/*===-- stm32rt_average_pool_2d_s8_mve.c - Average pooling with MVE --------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * stm32rt_average_pool_2d_s8 of NHWC images: sums of 16 or four channels at a
 * time.
 */
#include "stm32rt_mve.h"
#include "stm32rt_pool.h"

#include <string.h>

#define BLOCK 16 /* channels */

/* Sums of the channels of a block. A variable each: gcc does not keep an array
 * in registers. */
typedef struct sums {
  stm32rt_s32x4 s0, s1, s2, s3;
} sums;

/* Adds `count` pixels at p, step bytes apart: 16 channels, or n, 1 .. 4.
 * Literal n if it is BLOCK. */
STM32RT_INLINE sums add_pixels(sums s, const int8_t *p, int32_t step,
                               int32_t count, int32_t n) {
  for (; count > 0; count--) {
    if (n == BLOCK) {
      s.s0 = stm32rt_add_s32x4(s.s0, stm32rt_load_s8x4(p));
      s.s1 = stm32rt_add_s32x4(s.s1, stm32rt_load_s8x4(p + 4));
      s.s2 = stm32rt_add_s32x4(s.s2, stm32rt_load_s8x4(p + 8));
      s.s3 = stm32rt_add_s32x4(s.s3, stm32rt_load_s8x4(p + 12));
    } else {
      s.s0 = stm32rt_add_s32x4(s.s0, stm32rt_load_part_s8x4(p, n));
    }
    p += step;
  }
  return s;
}

/* The pixels of a window, a row after the other; rows that touch are one. */
typedef struct pixels {
  const stm32rt_window *d;
  const stm32rt_band *band;
  const int8_t *x;
  int32_t row, rows, offset; /* of the first pixel */
  int32_t step, columns;
} pixels;

STM32RT_INLINE void add_window(const pixels *p, int32_t c, int32_t n,
                               int32_t *out) {
  const stm32rt_s32x4 zero = stm32rt_all_s32x4(0);
  sums s = {zero, zero, zero, zero};
  for (int32_t i = 0; i < p->rows; i++)
    s = add_pixels(
        s,
        stm32rt_x_row(p->d, p->band, p->x, p->row + i * p->d->dilation_h) +
            p->offset + c,
        p->step, p->columns, n);
  stm32rt_store_s32x4(out, s.s0);
  if (n == BLOCK) {
    stm32rt_store_s32x4(out + 4, s.s1);
    stm32rt_store_s32x4(out + 8, s.s2);
    stm32rt_store_s32x4(out + 12, s.s3);
  }
}

/* The means of one window. */
static void mean_of(const pixels *p, const stm32rt_layer *l, int32_t channels,
                    int32_t count, int8_t *y) {
  for (int32_t c = 0, n; c < channels; c += n) {
    int32_t block[BLOCK];
    const int32_t left = channels - c;
    n = left >= BLOCK ? BLOCK : left < 4 ? left : 4;
    if (n == BLOCK)
      add_window(p, c, BLOCK, block);
    else
      add_window(p, c, n, block);
    for (int32_t i = 0; i < n; i++)
      y[c + i] = (int8_t)stm32rt_rounded_mean(l, block[i], count);
  }
}

/* Whether the rows of a window are one run of pixels. */
static int rows_touch(const pixels *p) {
  const int32_t last = p->row + p->rows - 1;
  return p->d->dilation_h == 1 && p->columns * p->step == p->d->x.row_stride &&
         stm32rt_x_row(p->d, p->band, p->x, last) -
                 stm32rt_x_row(p->d, p->band, p->x, p->row) ==
             (p->rows - 1) * p->d->x.row_stride;
}

void stm32rt_average_pool_2d_s8_mve_rows(const stm32rt_window *d,
                                         const stm32rt_band *band,
                                         const void *x, void *y) {
  const stm32rt_layer l = stm32rt_pool_layer(d);
  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    for (int32_t column = 0; column < d->y.width; column++) {
      const stm32rt_span columns = stm32rt_span_of_column(d, column);
      pixels p;
      p.d = d;
      p.band = band;
      p.x = (const int8_t *)x;
      p.row = rows.start + rows.first * d->dilation_h;
      p.rows = rows.last - rows.first;
      p.offset =
          (columns.start + columns.first * d->dilation_w) * d->x.pixel_stride;
      p.step = d->dilation_w * d->x.pixel_stride;
      p.columns = columns.last - columns.first;
      const int32_t count = p.rows * p.columns;
      if (rows_touch(&p)) {
        p.columns = count;
        p.rows = 1;
      }
      mean_of(&p, &l, d->y.channels, count, out);
      out += d->y.pixel_stride;
    }
  }
}

void stm32rt_average_pool_2d_s8_mve(const stm32rt_window *d, const void *x,
                                    void *y) {
  stm32rt_pool_images(d, stm32rt_average_pool_2d_s8_mve_rows, x, y, 1);
}

void stm32rt_average_pool_2d_s8_mve_partial(const stm32rt_window *d,
                                            const stm32rt_band *band,
                                            const void *x, void *y,
                                            void *scratch) {
  const stm32rt_layer l = stm32rt_pool_layer(d);
  const int32_t channels = d->x.channels, end = band->first + band->count;
  int32_t *const sums_of = (int32_t *)scratch;
  if (band->first == 0)
    memset(sums_of, 0, (size_t)channels * sizeof *sums_of);
  for (int32_t row = band->first; row < end; row++) {
    const int8_t *pixels_of = stm32rt_x_row(d, band, (const int8_t *)x, row);
    for (int32_t c = 0; c < channels; c += 4) {
      const int32_t n = channels - c < 4 ? channels - c : 4;
      const stm32rt_s32x4 zero = stm32rt_all_s32x4(0);
      sums s = {zero, zero, zero, zero};
      s.s0 = stm32rt_load_part_s32x4(sums_of + c, n);
      s = add_pixels(s, pixels_of + c, d->x.pixel_stride, d->x.width, n);
      stm32rt_store_part_s32x4(sums_of + c, s.s0, n);
    }
  }
  if (end < d->x.height)
    return;
  int8_t *out = (int8_t *)y;
  for (int32_t c = 0; c < channels; c++)
    out[c] =
        (int8_t)stm32rt_rounded_mean(&l, sums_of[c], d->x.height * d->x.width);
}
