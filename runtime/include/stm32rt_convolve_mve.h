/*===-- stm32rt_convolve_mve.h - Sums of products with MVE ------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Four output channels by two pixels at a time: 16 products per VMLADAVA, the
 * four channels of a pixel rescaled and stored as one vector. The channels are
 * the loop around the pixels: their scales stay in vector registers, their
 * weights in the cache, while the pixels pass.
 *
 * The terms of a pixel (input channels, or all values under a window) lie one
 * behind the other. Constants: int32_t bias[channels], multiplier[n], shift[n]
 * as everywhere, then the packed weights, channels * terms bytes: for each group
 * of n output channels, n = 4 but for the last one, blocks of 16 terms, and last
 * a block of what is left, r = terms % 16:
 *
 *   [16 of o] [16 of o + 1] [16 of o + 2] [16 of o + 3]   [next 16 of o] ...
 *   [r of o] [r of o + 1] [r of o + 2] [r of o + 3]
 *
 * So one pointer runs through the weights of a group. For 16 terms: 2 loads of x,
 * 4 of weights, 8 VMLADAVA for 128 products. The terms that are left take
 * predicated loads; lanes without a term are 0 on both sides.
 *
 * All names are the including file's own: a kernel is one file.
 */
#ifndef STM32RT_CONVOLVE_MVE_H
#define STM32RT_CONVOLVE_MVE_H

#include "stm32rt_mve.h"
#include "stm32rt_window.h"

/* The layer as the tiles need it. */
typedef struct layer {
  stm32rt_constants c;
  int32_t terms;        /* of one sum                        */
  int32_t channels;     /* of the output                     */
  int32_t y_step;       /* bytes from one pixel to the next  */
  int32_t quant_stride; /* 1: multiplier per channel, 0: one */
  int32_t zero_point, min, max;
} layer;

/* Four output channels. */
typedef struct group {
  const int8_t *weights;
  stm32rt_s32x4 bias;
  stm32rt_scale_s32x4 scale;
  stm32rt_s32x4 zero_point, min, max;
  int32_t lanes; /* channels that exist, 1 .. 4        */
  int shifts;    /* a channel shifts before it multiplies */
} group;

static group load_group(const layer *l, int32_t o) {
  const stm32rt_constants *c = &l->c;
  const int32_t left = l->channels - o;
  group g;
  g.lanes = left < 4 ? left : 4;
  g.weights = c->weights + o * l->terms;
  g.bias = stm32rt_load_part_s32x4(c->bias + o, g.lanes);
  g.shifts = 0;
  if (l->quant_stride != 0) {
    g.scale = stm32rt_make_scale_s32x4(
        stm32rt_load_part_s32x4(c->multiplier + o, g.lanes),
        stm32rt_load_part_s32x4(c->shift + o, g.lanes));
    for (int32_t i = 0; i < g.lanes; i++)
      g.shifts |= c->shift[o + i] < 31;
  } else {
    g.scale = stm32rt_make_scale_s32x4(stm32rt_all_s32x4(c->multiplier[0]),
                                       stm32rt_all_s32x4(c->shift[0]));
    g.shifts = c->shift[0] < 31;
  }
  g.zero_point = stm32rt_all_s32x4(l->zero_point);
  g.min = stm32rt_all_s32x4(l->min);
  g.max = stm32rt_all_s32x4(l->max);
  return g;
}

/* Literal full: all four channels exist, and none shifts before it multiplies. */
STM32RT_INLINE stm32rt_s32x4 finish(const group *g, stm32rt_s32x4 sums,
                                    int full) {
  sums = stm32rt_add_s32x4(sums, g->bias);
  stm32rt_s32x4 v = full ? stm32rt_rescale_right_s32x4(sums, g->scale)
                         : stm32rt_rescale_s32x4(sums, g->scale);
  v = stm32rt_add_s32x4(v, g->zero_point);
  v = stm32rt_max_s32x4(v, g->min);
  return stm32rt_min_s32x4(v, g->max);
}

STM32RT_INLINE void store(const group *g, stm32rt_s32x4 v, int8_t *y,
                          int full) {
  if (full)
    stm32rt_store_s8x4(y, v);
  else
    stm32rt_store_part_s8x4(y, v, g->lanes);
}

STM32RT_INLINE stm32rt_s8x16 load(const int8_t *p, int32_t rest) {
  return rest != 0 ? stm32rt_load_part_s8x16(p, rest) : stm32rt_load_s8x16(p);
}

/* 16 terms (rest 0), or `rest` of them; the rows of the weights are `width` bytes
 * apart, and the last of them stands in for those that do not exist. Literal
 * rest if it is 0. */
STM32RT_INLINE stm32rt_sums_2x4 add_block(stm32rt_sums_2x4 s, const int8_t *u,
                                          const int8_t *v, const int8_t *w,
                                          int32_t width, int32_t lanes,
                                          int32_t rest) {
  const int32_t last = lanes - 1;
  const stm32rt_s8x16 xu = load(u, rest), xv = load(v, rest);
  stm32rt_s8x16 row = load(w, rest);
  s.u0 = stm32rt_dot_s8x16(s.u0, xu, row);
  s.v0 = stm32rt_dot_s8x16(s.v0, xv, row);
  row = load(w + (lanes > 1 ? 1 : last) * width, rest);
  s.u1 = stm32rt_dot_s8x16(s.u1, xu, row);
  s.v1 = stm32rt_dot_s8x16(s.v1, xv, row);
  row = load(w + (lanes > 2 ? 2 : last) * width, rest);
  s.u2 = stm32rt_dot_s8x16(s.u2, xu, row);
  s.v2 = stm32rt_dot_s8x16(s.v2, xv, row);
  row = load(w + (lanes > 3 ? 3 : last) * width, rest);
  s.u3 = stm32rt_dot_s8x16(s.u3, xu, row);
  s.v3 = stm32rt_dot_s8x16(s.v3, xv, row);
  return s;
}

/* Four output channels of the pixel at u and, with pixels == 2, of the one at
 * v. Literal pixels and full. */
STM32RT_INLINE void tile(const layer *l, const group *g, const int8_t *u,
                         const int8_t *v, int8_t *y, int pixels, int full) {
  const int32_t lanes = full ? 4 : g->lanes, rest = l->terms & 15;
  const int32_t at = l->terms - rest;
  stm32rt_sums_2x4 s = {0, 0, 0, 0, 0, 0, 0, 0};
  if (rest != 0)
    s = add_block(s, u + at, v + at, g->weights + at * lanes, rest, lanes, rest);
  if (full)
    stm32rt_dot_2x4_s8(&s, u, v, g->weights, l->terms >> 4);
  for (int32_t k = 0; !full && k < at; k += 16)
    s = add_block(s, u + k, v + k, g->weights + k * lanes, 16, lanes, 0);
  /* Both before the first is stored, which might be anything to the compiler. */
  const stm32rt_s32x4 yu =
      finish(g, stm32rt_make_s32x4(s.u0, s.u1, s.u2, s.u3), full);
  if (pixels == 2) {
    const stm32rt_s32x4 yv =
        finish(g, stm32rt_make_s32x4(s.v0, s.v1, s.v2, s.v3), full);
    store(g, yv, y + l->y_step, full);
  }
  store(g, yu, y, full);
}

/* One group of `count` pixels, x_step bytes from one to the next. Literal full. */
STM32RT_INLINE void run_out(const layer *l, const group *g, const int8_t *x,
                            int32_t x_step, int8_t *y, int32_t count,
                            int full) {
  /* Not count -= 2: see run_taps of stm32rt_depthwise_conv_2d_s8_mve.c. */
  for (int32_t pair = 0; pair < count >> 1; pair++) {
    tile(l, g, x, x + x_step, y, 2, full);
    x += 2 * x_step;
    y += 2 * l->y_step;
  }
  if ((count & 1) != 0)
    tile(l, g, x, x, y, 1, full);
}

static STM32RT_NOINLINE void run_full(const layer *l, const group *g,
                                      const int8_t *x, int32_t x_step,
                                      int8_t *y, int32_t count) {
  run_out(l, g, x, x_step, y, count, 1);
}

static STM32RT_NOINLINE void run_part(const layer *l, const group *g,
                                      const int8_t *x, int32_t x_step,
                                      int8_t *y, int32_t count) {
  run_out(l, g, x, x_step, y, count, 0);
}

/* All output channels of `count` pixels. */
static inline void run_pixels(const layer *l, const int8_t *x, int32_t x_step,
                              int8_t *y, int32_t count) {
  for (int32_t o = 0; o < l->channels; o += 4) {
    const group g = load_group(l, o);
    if (g.lanes == 4 && !g.shifts)
      run_full(l, &g, x, x_step, y + o, count);
    else
      run_part(l, &g, x, x_step, y + o, count);
  }
}

/* A layer over windows: `terms` products make one sum. */
static inline layer make_layer(const stm32rt_window *d, const void *constants,
                               int32_t terms) {
  layer l;
  l.c = stm32rt_split_constants(constants, d->y.channels, d->quant_stride);
  l.terms = terms;
  l.channels = d->y.channels;
  l.y_step = d->y.pixel_stride;
  l.quant_stride = d->quant_stride;
  l.zero_point = d->y_zero_point;
  l.min = d->y_min;
  l.max = d->y_max;
  return l;
}

#endif /* STM32RT_CONVOLVE_MVE_H */
