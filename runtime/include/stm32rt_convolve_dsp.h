/*===-- stm32rt_convolve_dsp.h - Convolutions with SMLAD -------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Two output channels by two pixels at a time: the core of the dsp
 *convolutions. The terms that two pixels bring to the sums (input channels, or
 *all values under a window) are expanded once to int16 in scratch and then used
 *for all output channels; the weights stay int8 and are expanded on the way.
 *
 * Scratch, with G = ceil(terms / 4): 16 * G bytes. Four words for each four
 *terms of the pixels u and v, the int16 in the order in which SXTB16 delivers
 *them; terms that do not exist are 0.
 *
 *   word 4g       u[4g], u[4g + 2]        word 4g + 2   v[4g], v[4g + 2]
 *   word 4g + 1   u[4g + 1], u[4g + 3]    word 4g + 3   v[4g + 1], v[4g + 3]
 *
 * Constants: int32_t bias[y.channels], multiplier[n], shift[n] as everywhere,
 * then the packed weights, 8 * G * ceil(y.channels / 2) bytes. The weight of
 * output channel o and term k is byte
 *
 *   ((o / 2) * G + k / 4) * 8 + (o % 2) * 4 + k % 4
 *
 * and bytes of what does not exist are 0. So eight bytes hold four weights of
 * channel p, then the same four of channel q = p + 1:
 *
 *   [p k] [p k+1] [p k+2] [p k+3] [q k] [q k+1] [q k+2] [q k+3]
 *
 * SXTB16 and SXTB16 with ROR 8 of one word match two words of scratch. For each
 * four terms: 3 LDRD, 4 SXTB16, 8 SMLAD for 16 products.
 *
 * All names are the including file's own: a kernel is one file.
 */
#ifndef STM32RT_CONVOLVE_DSP_H
#define STM32RT_CONVOLVE_DSP_H

#include "stm32rt_dsp.h"
#include "stm32rt_window.h"

/* The layer as the tiles need it. */
typedef struct layer {
  const stm32rt_window *d;
  stm32rt_constants c;
  stm32rt_range out;
  int32_t groups; /* words of weights for one output channel (G) */
  int saturates;  /* the limits are those of int8 */
} layer;

/* Bytes 0 .. n - 1 of a word, n in 1 .. 3; the rest 0. */
static uint32_t load_part(const int8_t *p, int32_t n) {
  uint32_t v = 0;
  for (int32_t i = 0; i < n; i++)
    v |= (uint32_t)(uint8_t)p[i] << (8 * i);
  return v;
}

/* Writes the half of scratch of one pixel, from `column` on; `x` is its terms.
 */
static void expand(const int8_t *x, int32_t terms, uint8_t *column) {
  for (; terms >= 4; terms -= 4) {
    const uint32_t v = stm32rt_load_word(x);
    stm32rt_put_word(column, 0, stm32rt_sxtb16(v));
    stm32rt_put_word(column, 1, stm32rt_sxtb16_ror8(v));
    x += 4;
    column += 16;
  }
  if (terms > 0) {
    const uint32_t v = load_part(x, terms);
    stm32rt_put_word(column, 0, stm32rt_sxtb16(v));
    stm32rt_put_word(column, 1, stm32rt_sxtb16_ror8(v));
  }
}

/* One output channel of the pixels u and v, or of u only. */
STM32RT_INLINE void finish(const stm32rt_range *r, int32_t u, int32_t v,
                           int32_t multiplier, int32_t shift, int8_t *y_u,
                           int8_t *y_v, int pixels, int saturate) {
  if (shift > 31) {
    const int32_t doubled = (int32_t)((uint32_t)multiplier << 1);
    *y_u = (int8_t)stm32rt_output_fast(r, u, doubled, shift, saturate);
    if (pixels == 2)
      *y_v = (int8_t)stm32rt_output_fast(r, v, doubled, shift, saturate);
  } else {
    *y_u =
        stm32rt_output_s8(u, multiplier, shift, r->zero_point, r->low, r->high);
    if (pixels == 2)
      *y_v = stm32rt_output_s8(v, multiplier, shift, r->zero_point, r->low,
                               r->high);
  }
}

/* All output channels of the pixels u and v in scratch, or of u only. Literal
 * pixels (1 or 2) and saturate. The last of an odd number of channels is a pair
 * whose second half is not stored. */
STM32RT_INLINE void pixels_out(const layer *l, const uint8_t *scratch,
                               int8_t *y_u, int8_t *y_v, int pixels,
                               int saturate) {
  const stm32rt_range r = l->out;
  const int32_t channels = l->d->y.channels;
  const int32_t stride = l->d->quant_stride;
  const int32_t *bias = l->c.bias;
  const int8_t *w = l->c.weights;

  for (int32_t o = 0; o < channels; o += 2) {
    const int odd = o + 1 == channels;
    const uint8_t *x = scratch;
    stm32rt_sums_2x2 s;
    s.pu = s.pv = bias[o];
    s.qu = s.qv = odd ? 0 : bias[o + 1];
    for (int32_t n = l->groups / 4; n > 0; n--) {
      stm32rt_smlad_2x2(&s, &w, &x);
      stm32rt_smlad_2x2(&s, &w, &x);
      stm32rt_smlad_2x2(&s, &w, &x);
      stm32rt_smlad_2x2(&s, &w, &x);
    }
    for (int32_t n = l->groups % 4; n > 0; n--)
      stm32rt_smlad_2x2(&s, &w, &x);

    const int32_t *multiplier = l->c.multiplier + o * stride;
    const int32_t *shift = l->c.shift + o * stride;
    finish(&r, s.pu, s.pv, multiplier[0], shift[0], y_u + o, y_v + o, pixels,
           saturate);
    if (!odd)
      finish(&r, s.qu, s.qv, multiplier[stride], shift[stride], y_u + o + 1,
             y_v + o + 1, pixels, saturate);
  }
}

/* Functions of their own, so that a loop has the registers to itself. */
static STM32RT_NOINLINE void two_saturating(const layer *l, const uint8_t *x,
                                            int8_t *y_u, int8_t *y_v) {
  pixels_out(l, x, y_u, y_v, 2, 1);
}
static STM32RT_NOINLINE void two_clamping(const layer *l, const uint8_t *x,
                                          int8_t *y_u, int8_t *y_v) {
  pixels_out(l, x, y_u, y_v, 2, 0);
}
static STM32RT_NOINLINE void one_clamping(const layer *l, const uint8_t *x,
                                          int8_t *y_u) {
  pixels_out(l, x, y_u, y_u, 1, 0);
}

/* All output channels of two pixels in scratch. */
static inline void two_pixels(const layer *l, const uint8_t *x, int8_t *y_u,
                              int8_t *y_v) {
  if (l->saturates)
    two_saturating(l, x, y_u, y_v);
  else
    two_clamping(l, x, y_u, y_v);
}

/* `terms` products make one sum. */
static inline layer make_layer(const stm32rt_window *d, const void *constants,
                               int32_t terms) {
  layer l;
  l.d = d;
  l.c = stm32rt_split_constants(constants, d->y.channels, d->quant_stride);
  l.groups = (terms + 3) / 4;
  l.out = stm32rt_make_range(d->y_zero_point, d->y_min, d->y_max);
  l.saturates = d->y_min == INT8_MIN && d->y_max == INT8_MAX;
  return l;
}

#endif /* STM32RT_CONVOLVE_DSP_H */
