/*===-- stm32rt_conv_2d_s8_mve.c - Convolution with MVE --------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Any window, stride, dilation and padding of NHWC images. A few pixels of one
 * row at a time: the columns under their windows are gathered in a strip, then
 * all output channels of these pixels are computed.
 *
 * A column of the strip is kernel_h * x.channels bytes, so that the terms of a
 * window lie one behind the other and windows that overlap share columns:
 *
 *      column 0    column 1    column 2    column 3     3x3, stride 1, rows a b
 * c [a0 b0 c0]  [a1 b1 c1]  [a2 b2 c2]  [a3 b3 c3]
 *      '------- pixel 0 ---------------'
 *                  '------- pixel 1 ----------------'
 *
 * Constants: those of stm32rt_convolve_mve.h. Scratch: the strip.
 */
#include "stm32rt_convolve_mve.h"

#include <stddef.h>

/* Rows of few channels go byte by byte to their columns. */
#define FEW_CHANNELS 16

/* A strip, and how it is filled. */
typedef struct strip {
  int8_t *data;
  int32_t column; /* bytes                               */
  int32_t step;   /* columns from one pixel to the next  */
  int32_t pixels; /* of a row, at most                   */
  int32_t rows;   /* of the output, 1 or 2               */
  /* Where eight bytes after eight of a row go, 8 columns in all. */
  uint16_t offsets[FEW_CHANNELS][8];
} strip;

static strip make_strip(const stm32rt_window *d, void *scratch) {
  const int32_t channels = d->x.channels;
  strip s;
  s.data = (int8_t *)scratch;
  s.column = d->kernel_h * channels;
  s.step = stm32rt_strip_step(d->kernel_w, d->stride_w, d->dilation_w);
  s.rows = stm32rt_strip_rows(s.column, d->kernel_w, s.step, d->y.width);
  s.pixels = s.rows == 2 ? d->y.width
                         : stm32rt_strip_pixels(s.column, d->kernel_w, s.step,
                                                d->y.width);
  if (channels < FEW_CHANNELS) {
    uint16_t *to = s.offsets[0];
    for (int32_t i = 0; i < 8; i++)
      for (int32_t c = 0; c < channels; c++)
        *to++ = (uint16_t)(i * s.column + c);
  }
  return s;
}

/* The padding of `count` columns of one row. */
static void pad_columns(const stm32rt_window *d, const strip *s, int8_t *to,
                        int32_t count) {
  const stm32rt_s8x16 padding = stm32rt_all_s8x16(d->pad_value);
  for (; count > 0; count--, to += s->column)
    for (int32_t c = 0; c < d->x.channels; c += 16)
      stm32rt_store_part_s8x16(to + c, padding, d->x.channels - c);
}

/* Of a row whose pixels touch, 8 columns and less at last. */
static STM32RT_NOINLINE void spread(const strip *s, const int8_t *from,
                                    int8_t *to, int32_t count,
                                    int32_t channels) {
  int32_t left = count * channels;
  for (; left >= 8 * channels; left -= 8 * channels) {
    const uint16_t *offsets = s->offsets[0];
    for (int32_t i = 0; i < channels; i++) {
      stm32rt_scatter_s8x8(to, stm32rt_load_u16x8(offsets),
                           stm32rt_load_s8x8(from));
      offsets += 8;
      from += 8;
    }
    to += 8 * s->column;
  }
  for (const uint16_t *offsets = s->offsets[0]; left > 0; left -= 8) {
    stm32rt_scatter_part_s8x8(to, stm32rt_load_u16x8(offsets),
                              stm32rt_load_part_s8x8(from, left), left);
    offsets += 8;
    from += 8;
  }
}

/* Columns that are x_step bytes apart in the image. */
static STM32RT_NOINLINE void copy_columns(const strip *s, const int8_t *from,
                                          int32_t x_step, int8_t *to,
                                          int32_t count, int32_t channels) {
  const int32_t rest = channels & 15;
  for (; count > 0; count--) {
    const int8_t *in = from;
    int8_t *out = to;
    for (int32_t blocks = channels >> 4; blocks > 0; blocks--) {
      stm32rt_store_s8x16(out, stm32rt_load_s8x16(in));
      in += 16;
      out += 16;
    }
    if (rest != 0)
      stm32rt_store_part_s8x16(out, stm32rt_load_part_s8x16(in, rest), rest);
    from += x_step;
    to += s->column;
  }
}

/* Columns that one row of the image has, and those outside on both sides. */
typedef struct columns {
  int32_t before, inside, after;
} columns;

/* Of `count`, the first of which is `column` of the image, others `dilation`
 * apart.
 */
static columns find_columns(const stm32rt_window *d, int32_t column,
                            int32_t dilation, int32_t count) {
  int32_t first = 0, last = count;
  while (first < last && column + first * dilation < 0)
    first++;
  while (last > first && column + (last - 1) * dilation >= d->x.width)
    last--;
  const columns found = {first, last - first, count - last};
  return found;
}

/* Columns of one kernel row from `to` on; x_row: that of the image at the first
 * one inside, or NULL. `fresh`: padding is not there yet. */
static void gather_row(const stm32rt_window *d, const strip *s,
                       const int8_t *x_row, int32_t dilation,
                       const columns *found, int8_t *to, int fresh) {
  const int32_t channels = d->x.channels;
  int8_t *const inside = to + found->before * s->column;
  if (fresh) {
    pad_columns(d, s, to, found->before);
    pad_columns(d, s, inside + found->inside * s->column, found->after);
  }
  if (x_row == NULL)
    pad_columns(d, s, inside, found->inside);
  else if (dilation == 1 && channels < FEW_CHANNELS &&
           channels == d->x.pixel_stride)
    spread(s, x_row, inside, found->inside, channels);
  else
    copy_columns(s, x_row, dilation * d->x.pixel_stride, inside, found->inside,
                 channels);
}

/* The columns of `pixels` pixels of a row of the output from y_column on. */
static void gather(const stm32rt_window *d, const stm32rt_band *band,
                   const int8_t *x, int32_t y_row, const strip *s,
                   int32_t y_column, int32_t pixels, int8_t *to, int fresh) {
  const stm32rt_span rows = stm32rt_span_of_row(d, y_row);
  const int shared = s->step < d->kernel_w;
  const int32_t dilation = d->dilation_w;
  /* Columns that overlap are one run, others one for each pixel. */
  const int32_t runs = shared ? 1 : pixels;
  const int32_t width = (shared ? pixels - 1 : 0) * s->step + d->kernel_w;
  int32_t column = y_column * d->stride_w - d->pad_left;
  for (int32_t i = 0; i < runs; i++, column += d->stride_w) {
    const columns found = find_columns(d, column, dilation, width);
    const int32_t offset =
        (column + found.before * dilation) * d->x.pixel_stride;
    int8_t *out = to + i * s->step * s->column;
    for (int32_t tap = 0; tap < d->kernel_h; tap++, out += d->x.channels) {
      const int8_t *x_row = NULL;
      if (tap >= rows.first && tap < rows.last)
        x_row = stm32rt_x_row(d, band, x, rows.start + tap * d->dilation_h) +
                offset;
      gather_row(d, s, x_row, dilation, &found, out, fresh);
    }
  }
}

/* A row, a part after the other. */
static void run_row(const stm32rt_window *d, const stm32rt_band *band,
                    const int8_t *x, int32_t row, const strip *s,
                    const layer *l, int8_t *out, int fresh) {
  for (int32_t column = 0, count; column < d->y.width; column += count) {
    const int32_t left = d->y.width - column;
    count = left < s->pixels ? left : s->pixels;
    gather(d, band, x, row, s, column, count, s->data,
           fresh || s->pixels < d->y.width);
    run_pixels(l, s->data, s->step * s->column, out, count);
    out += count * d->y.pixel_stride;
  }
}

/* Two rows, `apart` in the output. Both are gathered before one is written,
 * which is the order that a plan for single rows needs. */
static void run_two_rows(const stm32rt_window *d, const stm32rt_band *band,
                         const int8_t *x, int32_t row, const strip *s,
                         const layer *l, int8_t *out, int32_t apart,
                         int fresh) {
  const int32_t size =
      stm32rt_strip_row_size(s->column, d->kernel_w, s->step, d->y.width);
  const spacing x_steps = {size, s->step * s->column};
  const spacing y_steps = {apart, d->y.pixel_stride};
  gather(d, band, x, row, s, 0, d->y.width, s->data, fresh);
  gather(d, band, x, row + 1, s, 0, d->y.width, s->data + size, fresh);
  run_pairs(l, 0, s->data, x_steps, out, y_steps, d->y.width);
}

void stm32rt_conv_2d_s8_mve_rows(const stm32rt_window *d,
                                 const stm32rt_band *band, const void *x,
                                 void *y, const void *constants,
                                 void *scratch) {
  const layer l =
      make_layer(d, constants, d->kernel_h * d->kernel_w * d->x.channels);
  const strip s = make_strip(d, scratch);
  const int32_t end = band->first + band->count;
  /* Strips with padding: beside whole rows it stays where it is. */
  int32_t padded = 0;
  for (int32_t row = band->first, rows; row < end; row += rows) {
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    int32_t apart = 0;
    rows = row + s.rows <= end && !l.is_plain ? s.rows : 1;
    if (rows == 2)
      apart = (int32_t)(stm32rt_y_row(d, band, (int8_t *)y, row + 1) - out);
    if (apart <= 0 || apart > MOST_APART)
      rows = 1; /* also if it is at the other end of a ring */
    if (rows == 2)
      run_two_rows(d, band, (const int8_t *)x, row, &s, &l, out, apart,
                   padded < rows);
    else
      run_row(d, band, (const int8_t *)x, row, &s, &l, out, padded < rows);
    padded = padded < rows ? rows : padded;
  }
}

void stm32rt_conv_2d_s8_mve(const stm32rt_window *d, const void *x, void *y,
                            const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_s8_mve_rows, x, y, constants, scratch,
                      1);
}
