/*===-- stm32rt_convolve_dsp.h - Convolutions with SMLAD -------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Two output channels by two pixels at a time: the core of the dsp
 * convolutions. The terms that two pixels bring to the sums (input channels, or
 * all values under a window) are expanded once to int16 in scratch and then
 * used for all output channels; the weights of two channels share words.
 *
 * Scratch, with G = ceil(terms / 4): 16 * G bytes. Four words for each four
 * terms of the pixels u and v, the int16 in the order in which SXTB16 delivers
 * them; terms that do not exist are 0.
 *
 *   word 4g       u[4g], u[4g + 2]        word 4g + 2   v[4g], v[4g + 2]
 *   word 4g + 1   u[4g + 1], u[4g + 3]    word 4g + 3   v[4g + 1], v[4g + 3]
 *
 * Constants: bias, multipliers and shifts as stm32rt_dsp.h says, then the packed
 * weights, 8 * G * ceil(y.channels / 2) bytes. The channels p = o and q = o + 1,
 * o even, have the 8 * G bytes from o / 2 * 8 * G on, eight for each four terms:
 *
 *   [q k] [p k] [q k+2] [p k+2]   [q k+1] [p k+1] [q k+3] [p k+3]
 *
 * with 128 added to those of q. Weights of what does not exist are 0 (so 128 in
 * the bytes of q). How sums come of that: stm32rt_pairs.h.
 *
 * All names are the including file's own: a kernel is one file.
 */
#ifndef STM32RT_CONVOLVE_DSP_H
#define STM32RT_CONVOLVE_DSP_H

#include "stm32rt_pairs.h"
#include "stm32rt_window.h"

/* All pairs of output channels of two pixels u and v of a fast layer. */
typedef struct stm32rt_pairs {
  const int8_t *weights; /* 8 bytes for each group of each pair */
  const uint8_t
      *columns;        /* of each four terms u0 u2 u1 u3 v0 v2 v1 v3, int16 */
  int32_t fours, ones; /* the last 4 * fours + ones groups */
  const int32_t *bias;
  int32_t half_zero_point;
  const int32_t *doubled, *shift; /* and back, see stm32rt_finish */
  int8_t *y_u, *y_v;
  int32_t sum_u, sum_v; /* 128 times the sums of the terms */
  int32_t pairs;        /* more than none */
  int32_t back;         /* in bytes */
  int32_t full; /* times STM32RT_PAIR_FULL groups, before the last ones */
  int32_t left, p_u, p_v; /* of `full`, and sums so far: for run_pairs itself */
} stm32rt_pairs;

#if STM32RT_HAS_DSP
/* Registers: r0 *s, r1 weights, r12 columns, r8 and r9 both, r10 and r11 q, lr
 * how often; LDM wants its registers in rising order. */
#define STM32RT_PAIRS_GROUP                                                    \
  "ldrd   r0, r6, [r1], #8         \n\t"                                       \
  "ldm    r12!, {r2, r3, r4, r5}   \n\t"                                       \
  "smlad  r8, r0, r2, r8           \n\t"                                       \
  "smlad  r9, r0, r4, r9           \n\t"                                       \
  "uxtb16 r0, r0                   \n\t"                                       \
  "smlad  r8, r6, r3, r8           \n\t"                                       \
  "smlad  r9, r6, r5, r9           \n\t"                                       \
  "uxtb16 r6, r6                   \n\t"                                       \
  "smlad  r10, r0, r2, r10         \n\t"                                       \
  "smlad  r11, r0, r4, r11         \n\t"                                       \
  "smlad  r10, r6, r3, r10         \n\t"                                       \
  "smlad  r11, r6, r5, r11         \n\t"
/* Assembly, as compilers run out of registers. r7 may be the frame pointer. */
STM32RT_SHARED void stm32rt_run_pairs(stm32rt_pairs *s) {
  stm32rt_pairs *saved;
  register stm32rt_pairs *r0 __asm__("r0") = s;
  /* clang-format off */
  __asm__ volatile(
      "1: ldr    r6, [r0, #16]     @ bias                  \n\t"
      "   ldrd   r2, r3, [r0, #40] @ sum_u, sum_v          \n\t"
      "   ldrd   r5, r4, [r6], #8                          \n\t"
      "   str    r6, [r0, #16]                             \n\t"
      "   sub    r10, r4, r2                               \n\t"
      "   sub    r11, r4, r3                               \n\t"
      "   mov    r8, r10                                   \n\t"
      "   mov    r9, r11                                   \n\t"
      "   ldrd   r1, r12, [r0, #0] @ weights, columns      \n\t"
      "   strd   r5, r5, [r0, #64] @ p_u, p_v              \n\t"
      "   ldr    lr, [r0, #56]     @ full                  \n\t"
      "   str    r0, %[saved]                              \n\t"
      "   cmp    lr, #0                                    \n\t"
      "   bne    6f                                        \n\t"
      "2: ldr    lr, [r0, #8]      @ fours                 \n\t"
      "   cmp    lr, #0                                    \n\t"
      "   beq    4f                                        \n\t"
      "3:                                                  \n\t"
      STM32RT_PAIRS_GROUP STM32RT_PAIRS_GROUP
      STM32RT_PAIRS_GROUP STM32RT_PAIRS_GROUP
      "   subs   lr, lr, #1                                \n\t"
      "   bne    3b                                        \n\t"
      "   ldr    r0, %[saved]                              \n\t"
      "4: ldr    lr, [r0, #12]     @ ones                  \n\t"
      "   cmp    lr, #0                                    \n\t"
      "   beq    9f                                        \n\t"
      "5:                                                  \n\t"
      STM32RT_PAIRS_GROUP
      "   subs   lr, lr, #1                                \n\t"
      "   bne    5b                                        \n\t"
      "   ldr    r0, %[saved]                              \n\t"
      "   b      9f                                        \n\t"
      "6: str    lr, [r0, #60]     @ left                  \n\t"
      "   mov    lr, #62           @ STM32RT_PAIR_FULL / 2 \n\t"
      "7:                                                  \n\t"
      STM32RT_PAIRS_GROUP STM32RT_PAIRS_GROUP
      "   subs   lr, lr, #1                                \n\t"
      "   bne    7b                                        \n\t"
      "   ldr    r0, %[saved]                              \n\t"
      "   ldrd   r4, r5, [r0, #64]                         \n\t"
      "   sub    r8, r8, r10                               \n\t"
      "   sub    r9, r9, r11                               \n\t"
      "   add    r4, r4, r8, asr #8                        \n\t"
      "   add    r5, r5, r9, asr #8                        \n\t"
      "   strd   r4, r5, [r0, #64]                         \n\t"
      "   mov    r8, r10                                   \n\t"
      "   mov    r9, r11                                   \n\t"
      "   ldr    lr, [r0, #60]                             \n\t"
      "   subs   lr, lr, #1                                \n\t"
      "   bne    6b                                        \n\t"
      "   b      2b                                        \n\t"
      "9: str    r1, [r0, #0]                              \n\t"
      "   ldrd   r4, r5, [r0, #64] @ p_u, p_v              \n\t"
      "   sub    r8, r8, r10                               \n\t"
      "   sub    r9, r9, r11                               \n\t"
      "   add    r8, r4, r8, asr #8                        \n\t"
      "   add    r9, r5, r9, asr #8                        \n\t"
      "   ldrd   r1, r2, [r0, #24] @ doubled, shift        \n\t"
      "   ldr    r12, [r0, #52]    @ back                  \n\t"
      "   ldrd   r3, r4, [r1], #8                          \n\t"
      "   ldrd   r5, r6, [r2], #8                          \n\t"
      "   sub    r1, r1, r12                               \n\t"
      "   sub    r2, r2, r12                               \n\t"
      "   strd   r1, r2, [r0, #24]                         \n\t"
      "   ldr    lr, [r0, #20]     @ half_zero_point       \n\t"
      "   ldrd   r1, r2, [r0, #32] @ y_u, y_v              \n\t"
      STM32RT_FINISH_TWO("r8", "r9", "r3", "r3", "r5", "r5", "lr")
      STM32RT_FINISH_TWO("r10", "r11", "r4", "r4", "r6", "r6", "lr")
      "   strb   r8, [r1], #1                              \n\t"
      "   strb   r10, [r1], #1                             \n\t"
      "   strb   r9, [r2], #1                              \n\t"
      "   strb   r11, [r2], #1                             \n\t"
      "   strd   r1, r2, [r0, #32]                         \n\t"
      "   ldr    r3, [r0, #48]     @ pairs                 \n\t"
      "   subs   r3, r3, #1                                \n\t"
      "   str    r3, [r0, #48]                             \n\t"
      "   bne    1b                                        \n\t"
      : "+r"(r0), [saved] "=m"(saved)
      :
      : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12",
        "lr", "cc", "memory");
  /* clang-format on */
}
#else
STM32RT_SHARED void stm32rt_run_pairs(stm32rt_pairs *s) {
  const stm32rt_range r = {0, s->half_zero_point, 0, 0};
  for (; s->pairs > 0; s->pairs--) {
    const uint8_t *x = s->columns;
    int8_t *const to[4] = {s->y_u, s->y_u + 1, s->y_v, s->y_v + 1};
    stm32rt_pair_sums u, v;
    u.q = (int32_t)((uint32_t)s->bias[1] - (uint32_t)s->sum_u);
    v.q = (int32_t)((uint32_t)s->bias[1] - (uint32_t)s->sum_v);
    s->p_u = s->p_v = s->bias[0];
    for (s->left = s->full; s->left >= 0; s->left--) {
      u.both = u.q;
      v.both = v.q;
      for (int32_t n = s->left > 0 ? STM32RT_PAIR_FULL : 4 * s->fours + s->ones;
           n > 0; n--) {
        u = stm32rt_add_pair(u, s->weights, stm32rt_get_word(x, 0),
                             stm32rt_get_word(x, 1));
        v = stm32rt_add_pair(v, s->weights, stm32rt_get_word(x, 2),
                             stm32rt_get_word(x, 3));
        s->weights += 8;
        x += 16;
      }
      s->p_u = stm32rt_pair_p(s->p_u, u);
      s->p_v = stm32rt_pair_p(s->p_v, v);
    }
    const int32_t sums[4] = {s->p_u, u.q, s->p_v, v.q};
    for (int32_t i = 0; i < 4; i++)
      *to[i] = (int8_t)stm32rt_output_fast(&r, sums[i], s->doubled[i % 2],
                                           s->shift[i % 2] + 32, 1);
    s->bias += 2;
    s->doubled += 2 - s->back / 4;
    s->shift += 2 - s->back / 4;
    s->y_u += 2;
    s->y_v += 2;
  }
}
#endif

/* Sums of two channels for the pixels u and v, and where their weights and terms
 * are. */
typedef struct stm32rt_pairs_sums {
  const int8_t *weights;
  const uint8_t *columns;
  int32_t u_both, v_both, u_q, v_q;
} stm32rt_pairs_sums;

/* Adds the products of n groups, n > 0. */
STM32RT_SHARED void stm32rt_add_pairs(stm32rt_pairs_sums *s, int32_t n) {
#if STM32RT_HAS_DSP
  stm32rt_pairs_sums *saved;
  register stm32rt_pairs_sums *r0 __asm__("r0") = s;
  register int32_t left __asm__("lr") = n;
  __asm__ volatile("   ldrd   r1, r12, [r0, #0]  \n\t"
                   "   ldrd   r8, r9, [r0, #8]   \n\t"
                   "   ldrd   r10, r11, [r0, #16]\n\t"
                   "   str    r0, %[saved]       \n\t"
                   "1:                           \n\t" STM32RT_PAIRS_GROUP
                   "   subs   lr, lr, #1         \n\t"
                   "   bne    1b                 \n\t"
                   "   ldr    r0, %[saved]       \n\t"
                   "   strd   r1, r12, [r0, #0]  \n\t"
                   "   strd   r8, r9, [r0, #8]   \n\t"
                   "   strd   r10, r11, [r0, #16]\n\t"
                   : "+r"(r0), "+r"(left), [saved] "=m"(saved)
                   :
                   : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10",
                     "r11", "r12", "cc", "memory");
#else
  stm32rt_pair_sums u = {s->u_both, s->u_q}, v = {s->v_both, s->v_q};
  for (; n > 0; n--) {
    u = stm32rt_add_pair(u, s->weights, stm32rt_get_word(s->columns, 0),
                         stm32rt_get_word(s->columns, 1));
    v = stm32rt_add_pair(v, s->weights, stm32rt_get_word(s->columns, 2),
                         stm32rt_get_word(s->columns, 3));
    s->weights += 8;
    s->columns += 16;
  }
  s->u_both = u.both;
  s->u_q = u.q;
  s->v_both = v.both;
  s->v_q = v.q;
#endif
}

/* The layer as the tiles need it. */
typedef struct layer {
  stm32rt_constants c;
  stm32rt_range out;
  int32_t channels, quant_stride;
  int32_t groups; /* of four terms (G) */
  int fast;       /* stm32rt_make_finish: `pairs` holds what is not of pixels */
  stm32rt_pairs pairs;
  int32_t same[8];
} layer;

/* Two pixels in scratch, where their outputs go, and the sums of their terms.
 */
typedef struct two_pixels {
  const uint8_t *columns;
  int8_t *y_u, *y_v;
  int32_t sum_u, sum_v;
} two_pixels;

/* Writes the half of scratch of one pixel, from `half` on; `x` is its terms.
 * Returns their sum. */
STM32RT_INLINE int32_t expand(const int8_t *x, int32_t terms, uint8_t *half) {
  int32_t sum = 0;
  if (terms >= 4)
    sum = stm32rt_expand_words(x, terms / 4, &half, 0);
  if (terms % 4 != 0)
    sum = stm32rt_expand_word(stm32rt_load_part(x + terms / 4 * 4, terms % 4),
                              half, sum);
  return sum;
}

/* All pairs of output channels of two pixels, if the layer is fast. */
static inline void two_fast(const layer *l, const two_pixels *to) {
  stm32rt_pairs s = l->pairs;
  s.columns = to->columns;
  s.y_u = to->y_u;
  s.y_v = to->y_v;
  s.sum_u = 128 * to->sum_u;
  s.sum_v = 128 * to->sum_v;
  if (s.pairs > 0)
    stm32rt_run_pairs(&s);
}

/* One channel, for any layer. */
static void finish(const layer *l, int32_t o, int32_t u, int32_t v,
                   const two_pixels *to) {
  const stm32rt_range *r = &l->out;
  const int32_t doubled = l->c.multiplier[o * l->quant_stride];
  const int32_t shift = l->c.shift[o * l->quant_stride];
  to->y_u[o] = (int8_t)stm32rt_output_doubled(r, u, doubled, shift);
  to->y_v[o] = (int8_t)stm32rt_output_doubled(r, v, doubled, shift);
}

/* The output channels from `first` on, an even one, for any layer. The last of
 * an odd number of channels is a pair whose second half is not stored; sums of
 * many terms are taken apart in between. */
STM32RT_SHARED void stm32rt_two_any(const layer *l, const two_pixels *to,
                                    int32_t first) {
  stm32rt_pairs_sums s;
  s.weights = l->c.weights + 4 * first * l->groups;
  for (int32_t o = first; o < l->channels; o += 2) {
    const int odd = o + 1 == l->channels;
    int32_t p_u = l->c.bias[o], p_v = p_u;
    const int32_t bias = odd ? 0 : l->c.bias[o + 1];
    s.columns = to->columns;
    s.u_q = stm32rt_begin_pair(bias, to->sum_u).q;
    s.v_q = stm32rt_begin_pair(bias, to->sum_v).q;
    for (int32_t left = l->groups; left > 0; left -= STM32RT_PAIR_GROUPS) {
      s.u_both = s.u_q;
      s.v_both = s.v_q;
      stm32rt_add_pairs(
          &s, left < STM32RT_PAIR_GROUPS ? left : STM32RT_PAIR_GROUPS);
      const stm32rt_pair_sums u = {s.u_both, s.u_q}, v = {s.v_both, s.v_q};
      p_u = stm32rt_pair_p(p_u, u);
      p_v = stm32rt_pair_p(p_v, v);
    }
    finish(l, o, p_u, p_v, to);
    if (!odd)
      finish(l, o + 1, s.u_q, s.v_q, to);
  }
}

/* All output channels of two pixels in scratch. A pixel without a partner is v,
 * and y_u = y_v: what comes of u, whatever the scratch holds, is stored first.
 */
static inline void two_out(const layer *l, const two_pixels *two) {
  const int fast = !STM32RT_SMALL && l->fast;
  if (fast)
    two_fast(l, two);
  if (!fast || l->channels % 2 != 0)
    stm32rt_two_any(l, two, fast ? l->channels - 1 : 0);
}

/* `terms` products make one sum. */
static inline void make_layer(layer *l, const stm32rt_window *d,
                              const void *constants, int32_t terms) {
  l->c = stm32rt_split_constants(constants, d->y.channels, d->quant_stride);
  l->channels = d->y.channels;
  l->quant_stride = d->quant_stride;
  l->groups = (terms + 3) / 4;
  l->out = stm32rt_make_range(d->y_zero_point, d->y_min, d->y_max);
  if (STM32RT_SMALL)
    return;
  stm32rt_finish f;
  l->fast = stm32rt_make_finish(&f, l->same, &l->out, l->c.multiplier,
                                l->c.shift, l->channels, l->quant_stride);
  stm32rt_pairs *p = &l->pairs;
  memset(p, 0, sizeof *p);
  p->weights = l->c.weights;
  p->bias = l->c.bias;
  p->doubled = f.doubled;
  p->shift = f.shift;
  p->half_zero_point = f.half_zero_point;
  p->back = 4 * f.back;
  p->full = l->groups / STM32RT_PAIR_FULL;
  p->fours = l->groups % STM32RT_PAIR_FULL / 4;
  p->ones = l->groups % 4;
  p->pairs = l->channels / 2;
}

#endif /* STM32RT_CONVOLVE_DSP_H */
