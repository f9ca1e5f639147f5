/*===-- stm32rt_conv_2d_1x1_s8_mve.c - 1x1 convolution with MVE ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Four output channels by two pixels at a time: 16 products per VMLADAVA, the
 * four channels of a pixel rescaled and stored as one vector. The channels are
 * the loop around the pixels of a few rows: their scales stay in vector
 * registers, their weights in the cache, while the pixels pass. Not of all rows,
 * as the output may lie just before the input, row by row.
 *
 * Constants: those of stm32rt_conv_2d_s8, weights [out][in]. Scratch: none.
 *
 * For 16 input channels: 2 loads of x, 4 of weights, 8 VMLADAVA for 128
 * products. Input channels beyond a multiple of 16 take one more step with
 * predicated loads; lanes without a channel are 0 on both sides. Output
 * channels beyond a multiple of 4 take a tile that repeats the last row of
 * weights and stores fewer bytes.
 */
#include "stm32rt_mve.h"
#include "stm32rt_window.h"

/* RowsAtOnce of the kernel's record. */
#define ROWS_AT_ONCE 4

/* Four output channels. */
typedef struct group {
  const int8_t *weights;
  stm32rt_s32x4 bias;
  stm32rt_scale_s32x4 scale;
  int32_t lanes; /* channels that exist, 1 .. 4 */
} group;

static group load_group(const stm32rt_window *d, const stm32rt_constants *c,
                        int32_t o) {
  const int32_t left = d->y.channels - o;
  group g;
  g.lanes = left < 4 ? left : 4;
  g.weights = c->weights + o * d->x.channels;
  g.bias = stm32rt_load_part_s32x4(c->bias + o, g.lanes);
  if (d->quant_stride != 0)
    g.scale = stm32rt_make_scale_s32x4(
        stm32rt_load_part_s32x4(c->multiplier + o, g.lanes),
        stm32rt_load_part_s32x4(c->shift + o, g.lanes));
  else
    g.scale = stm32rt_make_scale_s32x4(stm32rt_all_s32x4(c->multiplier[0]),
                                       stm32rt_all_s32x4(c->shift[0]));
  return g;
}

/* Outputs of four channels of one pixel from their sums. Literal full: all four
 * exist. */
STM32RT_INLINE void store(const stm32rt_window *d, const group *g,
                          stm32rt_s32x4 sums, int8_t *y, int full) {
  stm32rt_s32x4 v =
      stm32rt_rescale_s32x4(stm32rt_add_s32x4(sums, g->bias), g->scale);
  v = stm32rt_add_s32x4(v, stm32rt_all_s32x4(d->y_zero_point));
  v = stm32rt_max_s32x4(v, stm32rt_all_s32x4(d->y_min));
  v = stm32rt_min_s32x4(v, stm32rt_all_s32x4(d->y_max));
  if (full)
    stm32rt_store_s8x4(y, v);
  else
    stm32rt_store_part_s8x4(y, v, g->lanes);
}

/* Four output channels of the pixel at u and, with pixels == 2, of the one at
 * v. Literal pixels and full. */
STM32RT_INLINE void tile(const stm32rt_window *d, const group *g,
                         const int8_t *u, const int8_t *v, int8_t *y,
                         int pixels, int full) {
  const int32_t depth = d->x.channels;
  const int8_t *w0 = g->weights;
  const int8_t *w1 = full || g->lanes > 1 ? w0 + depth : w0;
  const int8_t *w2 = full || g->lanes > 2 ? w1 + depth : w1;
  const int8_t *w3 = full || g->lanes > 3 ? w2 + depth : w2;
  int32_t a0 = 0, a1 = 0, a2 = 0, a3 = 0;
  int32_t b0 = 0, b1 = 0, b2 = 0, b3 = 0;

  /* The part of a block first: the loop is the last use of the pointers. */
  const int32_t rest = depth & 15;
  if (rest != 0) {
    const int32_t at = depth - rest;
    const stm32rt_s8x16 xu = stm32rt_load_part_s8x16(u + at, rest);
    const stm32rt_s8x16 xv = stm32rt_load_part_s8x16(v + at, rest);
    stm32rt_s8x16 w = stm32rt_load_part_s8x16(w0 + at, rest);
    a0 = stm32rt_dot_s8x16(a0, xu, w);
    b0 = pixels == 2 ? stm32rt_dot_s8x16(b0, xv, w) : 0;
    w = stm32rt_load_part_s8x16(w1 + at, rest);
    a1 = stm32rt_dot_s8x16(a1, xu, w);
    b1 = pixels == 2 ? stm32rt_dot_s8x16(b1, xv, w) : 0;
    w = stm32rt_load_part_s8x16(w2 + at, rest);
    a2 = stm32rt_dot_s8x16(a2, xu, w);
    b2 = pixels == 2 ? stm32rt_dot_s8x16(b2, xv, w) : 0;
    w = stm32rt_load_part_s8x16(w3 + at, rest);
    a3 = stm32rt_dot_s8x16(a3, xu, w);
    b3 = pixels == 2 ? stm32rt_dot_s8x16(b3, xv, w) : 0;
  }

  for (int32_t blocks = depth >> 4; blocks > 0; blocks--) {
    const stm32rt_s8x16 xu = stm32rt_load_s8x16(u);
    const stm32rt_s8x16 xv = stm32rt_load_s8x16(v);
    stm32rt_s8x16 w = stm32rt_load_s8x16(w0);
    a0 = stm32rt_dot_s8x16(a0, xu, w);
    b0 = pixels == 2 ? stm32rt_dot_s8x16(b0, xv, w) : 0;
    w = stm32rt_load_s8x16(w1);
    a1 = stm32rt_dot_s8x16(a1, xu, w);
    b1 = pixels == 2 ? stm32rt_dot_s8x16(b1, xv, w) : 0;
    w = stm32rt_load_s8x16(w2);
    a2 = stm32rt_dot_s8x16(a2, xu, w);
    b2 = pixels == 2 ? stm32rt_dot_s8x16(b2, xv, w) : 0;
    w = stm32rt_load_s8x16(w3);
    a3 = stm32rt_dot_s8x16(a3, xu, w);
    b3 = pixels == 2 ? stm32rt_dot_s8x16(b3, xv, w) : 0;
    u += 16;
    v += 16;
    w0 += 16;
    w1 += 16;
    w2 += 16;
    w3 += 16;
  }

  store(d, g, stm32rt_make_s32x4(a0, a1, a2, a3), y, full);
  if (pixels == 2)
    store(d, g, stm32rt_make_s32x4(b0, b1, b2, b3), y + d->y.pixel_stride,
          full);
}

/* One group of `count` pixels, one behind the other. Literal full. */
STM32RT_INLINE void run_out(const stm32rt_window *d, const group *g,
                            const int8_t *x, int8_t *y, int32_t count,
                            int full) {
  const int32_t x_step = d->x.pixel_stride, y_step = d->y.pixel_stride;
  for (; count >= 2; count -= 2) {
    tile(d, g, x, x + x_step, y, 2, full);
    x += 2 * x_step;
    y += 2 * y_step;
  }
  if (count != 0)
    tile(d, g, x, x, y, 1, full);
}

static STM32RT_NOINLINE void run_full(const stm32rt_window *d, const group *g,
                                      const int8_t *x, int8_t *y,
                                      int32_t count) {
  run_out(d, g, x, y, count, 1);
}

static STM32RT_NOINLINE void run_part(const stm32rt_window *d, const group *g,
                                      const int8_t *x, int8_t *y,
                                      int32_t count) {
  run_out(d, g, x, y, count, 0);
}

void stm32rt_conv_2d_1x1_s8_mve_rows(const stm32rt_window *d,
                                     const stm32rt_band *band, const void *x,
                                     void *y, const void *constants,
                                     void *scratch) {
  (void)scratch;
  const stm32rt_constants c =
      stm32rt_split_constants(constants, d->y.channels, d->quant_stride);
  /* Rows that touch in x and in y are one run: fewer odd pixels. */
  const int32_t most = stm32rt_rows_in_run(d, band) == 1 ? 1 : ROWS_AT_ONCE;
  const int32_t end = band->first + band->count;
  for (int32_t row = band->first, step; row < end; row += step) {
    step = end - row < most ? end - row : most;
    const int8_t *in = stm32rt_x_row(d, band, (const int8_t *)x, row);
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    for (int32_t o = 0; o < d->y.channels; o += 4) {
      const group g = load_group(d, &c, o);
      if (g.lanes == 4)
        run_full(d, &g, in, out + o, step * d->y.width);
      else
        run_part(d, &g, in, out + o, step * d->y.width);
    }
  }
}

void stm32rt_conv_2d_1x1_s8_mve(const stm32rt_window *d, const void *x, void *y,
                                const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_1x1_s8_mve_rows, x, y, constants,
                      scratch, 1);
}
