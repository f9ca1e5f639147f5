/*===-- stm32rt_convolve_mve.h - Sums of products with MVE ------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Four output channels of two pixels at a time: 16 products per VMLADAVA. The
 * channels are the loop around the pixels: their scales stay in vector
 * registers, their weights in the cache, while the pixels pass. A single pixel
 * takes eight channels at a time.
 *
 * The terms of a pixel (input channels, or all values under a window, in the
 * order kernel_w, kernel_h, channel) lie one behind the other. Constants:
 * int32_t bias[channels], multiplier[n], shift[n] as everywhere, then the
 * weights, packed: for each group of four output channels, blocks of 16 terms.
 * Zeros before the first term fill up the first block; the last group starts at
 * channels - 4, so that it may repeat some of the group before; less than four
 * channels are one group.
 *
 *   terms = 20:   o       0 .. 0 w0 w1 w2 w3   (12 zeros)
 *                 o + 1   0 .. 0 w0 w1 w2 w3
 *                 o + 2   ...
 *                 o + 3   ...
 *                 o       w4 .. w19
 *                 o + 1   ...
 *
 * So one pointer runs through the weights of a group. For 16 terms: 2 loads of
 * x, 4 of weights, 8 VMLADAVA for 128 products. Of x, the first block loads only
 * terms, by predicate.
 *
 * All names are the including file's own: a kernel is one file.
 */
#ifndef STM32RT_CONVOLVE_MVE_H
#define STM32RT_CONVOLVE_MVE_H

#include "stm32rt_groups_mve.h"
#include "stm32rt_window.h"

/* The layer as the groups need it. */
typedef struct layer {
  stm32rt_constants c;
  int32_t terms;        /* of one sum                        */
  int32_t channels;     /* of the output                     */
  int32_t y_step;       /* bytes from one pixel to the next  */
  int32_t quant_stride; /* 1: multiplier per channel, 0: one */
  int32_t zero_point, min, max;
  int is_plain; /* takes run_plainly: a channel shifts before it multiplies, or
                   there are less than four */
  int is_short; /* takes the short end of stm32rt_groups_mve.h */
} layer;

/* Blocks of 16 terms of one output channel. */
static inline int32_t blocks_of(const layer *l) { return (l->terms + 15) >> 4; }

/* Before the first term of the first block. */
static inline int32_t skipped_lanes(const layer *l) { return -l->terms & 15; }

/* The numbers of the four channels from o on, or that of all. */
static inline stm32rt_s32x4 load_scale(const layer *l, const int32_t *from,
                                       int32_t o) {
  return l->quant_stride != 0 ? stm32rt_load_s32x4(from + o)
                              : stm32rt_all_s32x4(*from);
}

/* One channel after the other: for any scale, and any number of channels. */
static STM32RT_NOINLINE void plain_pixel(const layer *l, const int8_t *x,
                                         int8_t *y) {
  const int32_t lanes = l->channels < 4 ? l->channels : 4;
  const int32_t skip = skipped_lanes(l), blocks = blocks_of(l);
  for (int32_t o = 0; o < l->channels; o++) {
    const int32_t group = o & ~3;
    const int32_t start =
        group <= l->channels - lanes ? group : l->channels - lanes;
    const int8_t *w = l->c.weights + (group * blocks + o - start) * 16;
    const int8_t *terms = x + 16 - skip;
    int32_t sum =
        stm32rt_dot_s8x16(l->c.bias[o], stm32rt_load_part_s8x16(x, 16 - skip),
                          stm32rt_load_part_s8x16(w + skip, 16 - skip));
    for (int32_t b = 1; b < blocks; b++) {
      w += 16 * lanes;
      sum = stm32rt_dot_s8x16(sum, stm32rt_load_s8x16(terms),
                              stm32rt_load_s8x16(w));
      terms += 16;
    }
    const int32_t q = o * l->quant_stride;
    y[o] = stm32rt_output_s8(sum, l->c.multiplier[q], l->c.shift[q],
                             l->zero_point, l->min, l->max);
  }
}

/* From an output to the second of its pair. */
#define MOST_APART (UINT16_MAX - 3)

/* Pairs of pixels: bytes from the first to the second, and to the next pair. */
typedef struct spacing {
  int32_t apart, next;
} spacing;

/* All channels from o on of `pairs` pairs of pixels. */
static void run_pairs(const layer *l, int32_t o, const int8_t *x,
                      spacing x_steps, int8_t *y, spacing y_steps,
                      int32_t pairs) {
  const int32_t blocks = blocks_of(l), channels = l->channels;
  const int32_t size = pairs * y_steps.next;
  const int8_t *const v = x + x_steps.apart;
  stm32rt_group g;
  g.weights = l->c.weights + o * blocks * 16;
  g.blocks = blocks - 1;
  g.turns = stm32rt_turns(blocks - 1);
  g.x_next = x_steps.next - 16 * blocks;
  g.zero_point = l->zero_point;
  g.y_next = y_steps.next;
  g.skip = skipped_lanes(l);
  for (uint16_t i = 0; i < 4; i++) {
    g.offsets[2 * i] = i;
    g.offsets[2 * i + 1] = (uint16_t)(y_steps.apart + i);
  }
  g.min = l->min;
  g.max = l->max;
  for (; o < channels; o += 4) {
    const int32_t first = o <= channels - 4 ? o : channels - 4;
    stm32rt_store_s32x4(g.bias, stm32rt_load_s32x4(l->c.bias + first));
    stm32rt_store_s32x4(g.multiplier, load_scale(l, l->c.multiplier, first));
    stm32rt_store_s32x4(g.right,
                        stm32rt_sub_s32x4(stm32rt_all_s32x4(31),
                                          load_scale(l, l->c.shift, first)));
    g.y_end = y + first + size;
    if (l->is_short)
      stm32rt_pairs_short(&g, x, v, y + first);
    else
      stm32rt_pairs_any(&g, x, v, y + first);
    g.weights += blocks * 64;
  }
}

/* The channels of one pixel, eight at a time; how many those are. */
static int32_t run_product(const layer *l, const int8_t *x, int8_t *y) {
  const int32_t channels = l->channels & ~7;
  if (channels == 0)
    return 0;
  int32_t same[16];
  stm32rt_product p;
  p.x = x;
  p.blocks = blocks_of(l) - 1;
  p.turns = stm32rt_turns(p.blocks);
  p.bias = l->c.bias;
  p.zero_point = l->zero_point;
  p.group_size = blocks_of(l) * 64;
  p.y_end = y + channels;
  p.skip = skipped_lanes(l);
  p.multiplier = l->c.multiplier;
  p.shift = l->c.shift;
  p.min = l->min;
  p.max = l->max;
  p.step = 32;
  for (uint16_t i = 0; i < 4; i++) {
    p.offsets[2 * i] = i;
    p.offsets[2 * i + 1] = (uint16_t)(i + 4);
  }
  if (l->quant_stride == 0) {
    for (int32_t i = 0; i < 8; i++) {
      same[i] = *l->c.multiplier;
      same[i + 8] = *l->c.shift;
    }
    p.multiplier = same;
    p.shift = same + 8;
    p.step = 0;
  }
  if (l->is_short && l->quant_stride == 0)
    stm32rt_product_short(&p, l->c.weights, y);
  else
    stm32rt_product_any(&p, l->c.weights, y);
  return channels;
}

/* All output channels of `count` pixels, x_step bytes from one to the next. */
static inline void run_pixels(const layer *l, const int8_t *x, int32_t x_step,
                              int8_t *y, int32_t count) {
  const int32_t even = count & ~1;
  if (l->is_plain) {
    for (int32_t i = 0; i < count; i++)
      plain_pixel(l, x + i * x_step, y + i * l->y_step);
    return;
  }
  if (even != 0) {
    const spacing x_steps = {x_step, 2 * x_step};
    const spacing y_steps = {l->y_step, 2 * l->y_step};
    run_pairs(l, 0, x, x_steps, y, y_steps, even >> 1);
  }
  if (even != count) {
    const spacing alone = {0, l->y_step};
    x += even * x_step;
    y += even * l->y_step;
    run_pairs(l, run_product(l, x, y), x, alone, y, alone, 1);
  }
}

/* Chooses the ways of a layer whose other members are set. */
static void choose_ways(layer *l) {
  const int32_t scales = l->quant_stride != 0 ? l->channels : 1;
  int32_t least = l->c.shift[0];
  for (int32_t i = 1; i < scales; i++)
    least = l->c.shift[i] < least ? l->c.shift[i] : least;
  l->is_plain = l->channels < 4 || least < 31 || l->y_step > MOST_APART;
  l->is_short =
      l->zero_point == INT8_MIN && l->min == INT8_MIN && l->max == INT8_MAX;
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
  choose_ways(&l);
  return l;
}

#endif /* STM32RT_CONVOLVE_MVE_H */
