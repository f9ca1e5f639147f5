/*===-- stm32rt_fully_connected_s8_dsp.c - Matrix product with SMLAD -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Four outputs at a time: two pairs of channels of stm32rt_convolve_dsp.h,
 * whose constants these are, with in_features terms. A row of x is expanded on
 * the way, as there are no other rows that would gain by it. Scratch: none.
 */
#include "stm32rt_pairs.h"
#include "stm32rt_window.h"

/* Sums of two pairs of channels with one row; where their weights and the row
 * are. */
typedef struct quad {
  stm32rt_pair_sums sum_a, sum_b;
  const int8_t *a, *b, *x;
} quad;

/* Rounds of four groups that a pair of sums takes; three more groups and a word
 * are left to the last ones. */
#define ROUNDS ((STM32RT_PAIR_GROUPS - 4) / 4)

/* Adds what one word of four terms brings. */
STM32RT_INLINE void add_word(quad *s, uint32_t word) {
  const uint32_t even = stm32rt_sxtb16(word), odd = stm32rt_sxtb16_ror8(word);
  s->sum_a = stm32rt_add_pair(s->sum_a, s->a, even, odd);
  s->sum_b = stm32rt_add_pair(s->sum_b, s->b, even, odd);
  s->a += 8;
  s->b += 8;
}

#if STM32RT_HAS_DSP
/* 17 instructions for 16 products. Registers: r0 *s, r1 how often, r2 to r5 the
 * sums, r6 and r8 weights, r9 the row. r7 may be the frame pointer. */
#define PAIR(W, BOTH, Q)                                                       \
  "ldrd   r10, r11, [" W "], #8 \n\t"                                          \
  "smlad  " BOTH ", r10, r12, " BOTH "\n\t"                                    \
  "uxtb16 r10, r10              \n\t"                                          \
  "smlad  " BOTH ", r11, lr, " BOTH "\n\t"                                     \
  "uxtb16 r11, r11              \n\t"                                          \
  "smlad  " Q ", r10, r12, " Q "\n\t"                                          \
  "smlad  " Q ", r11, lr, " Q " \n\t"
#define GROUP                                                                  \
  "ldr    lr, [r9], #4          \n\t"                                          \
  "sxtb16 r12, lr               \n\t"                                          \
  "sxtb16 lr, lr, ror #8        \n\t" PAIR("r6", "r2", "r3")                   \
      PAIR("r8", "r4", "r5")
#define LOOP(GROUPS)                                                           \
  __asm__ volatile("ldm    r0, {r2, r3, r4, r5}  \n\t"                         \
                   "ldrd   r6, r8, [r0, #16]     \n\t"                         \
                   "ldr    r9, [r0, #24]         \n\t"                         \
                   "1:                           \n\t" GROUPS                  \
                   "subs   r1, r1, #1            \n\t"                         \
                   "bne    1b                    \n\t"                         \
                   "stm    r0, {r2, r3, r4, r5}  \n\t"                         \
                   "strd   r6, r8, [r0, #16]     \n\t"                         \
                   "str    r9, [r0, #24]"                                      \
                   : "+r"(r0), "+r"(r1)                                        \
                   :                                                           \
                   : "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11",   \
                     "r12", "lr", "cc", "memory")
#endif

/* Adds the products of 4 * n (literal four) or n groups of four terms, n > 0.
 * Assembly, as compilers run out of registers. */
STM32RT_INLINE void add_groups(quad *s, int32_t n, int four) {
#if STM32RT_HAS_DSP
  register quad *r0 __asm__("r0") = s;
  register int32_t r1 __asm__("r1") = n;
  if (four)
    LOOP(GROUP GROUP GROUP GROUP);
  else
    LOOP(GROUP);
#else
  for (int32_t i = four ? 4 * n : n; i > 0; i--) {
    add_word(s, stm32rt_load_word(s->x));
    s->x += 4;
  }
#endif
}

static int32_t sum_of(const int8_t *x, int32_t n) {
  int32_t sum = 0;
  for (; n >= 4; n -= 4) {
    const uint32_t v = stm32rt_load_word(x);
    sum = stm32rt_sum_terms(stm32rt_sxtb16(v), stm32rt_sxtb16_ror8(v), sum);
    x += 4;
  }
  for (; n > 0; n--)
    sum += *x++;
  return sum;
}

/* What all rows have in common. */
typedef struct layer {
  stm32rt_constants c;
  stm32rt_range out;
  int32_t terms, outputs, quant_stride;
  int32_t pair; /* bytes of weights of a pair of outputs */
  /* Terms: 16 * (full * ROUNDS + rounds) + 4 * groups + rest. */
  int32_t full, rounds, groups, rest;
  stm32rt_finish finish; /* if fast */
  int32_t same[8];
} layer;

/* The sums of the even outputs, taken out of s: they begin again. */
STM32RT_INLINE void take_out(quad *s, int32_t *even_a, int32_t *even_b) {
  *even_a = stm32rt_pair_p(*even_a, s->sum_a);
  *even_b = stm32rt_pair_p(*even_b, s->sum_b);
  s->sum_a.both = s->sum_a.q;
  s->sum_b.both = s->sum_b.q;
}

/* Adds the products of all terms to s, whose sums begin with those of the odd
 * outputs, and to the sums of the even ones, which are taken out every ROUNDS
 * rounds. */
STM32RT_INLINE void add_terms(const layer *l, quad *s, int32_t *even_a,
                              int32_t *even_b) {
  for (int32_t n = l->full; n > 0; n--) {
    add_groups(s, ROUNDS, 1);
    take_out(s, even_a, even_b);
  }
  if (l->rounds > 0)
    add_groups(s, l->rounds, 1);
  if (l->groups > 0)
    add_groups(s, l->groups, 0);
  if (l->rest > 0)
    add_word(s, stm32rt_load_part(s->x, l->rest));
  take_out(s, even_a, even_b);
}

/* Whole quads of outputs of a row whose terms add up to `sum`, if the layer is
 * fast. Returns the number of outputs. */
static STM32RT_NOINLINE int32_t quads_fast(const layer *l, const int8_t *x,
                                           int32_t sum, int8_t *y) {
  stm32rt_finish f = l->finish;
  const int32_t pair = l->pair;
  const int32_t *bias = l->c.bias;
  const int8_t *w = l->c.weights;
  const int32_t quads = l->outputs / 4;
  for (int32_t n = quads; n > 0; n--) {
    quad s;
    s.sum_a = stm32rt_begin_pair(bias[1], sum);
    s.sum_b = stm32rt_begin_pair(bias[3], sum);
    s.a = w;
    s.b = w + pair;
    s.x = x;
    int32_t p_a = bias[0], p_b = bias[2];
    add_terms(l, &s, &p_a, &p_b);
    w = s.b;
    stm32rt_finish_2x1(&f, p_a, s.sum_a.q, y);
    stm32rt_finish_2x1(&f, p_b, s.sum_b.q, y + 2);
    bias += 4;
    y += 4;
  }
  return 4 * quads;
}

/* The outputs from o on, at most 4 of them, of a row, for any layer, group by
 * group. */
static STM32RT_NOINLINE void quad_any(const layer *l, const int8_t *x,
                                      int32_t sum, int32_t o, int8_t *y) {
  const int32_t left = l->outputs - o < 4 ? l->outputs - o : 4;
  int32_t sums[4] = {0, 0, 0, 0};
  for (int32_t i = 0; i < left; i++)
    sums[i] = l->c.bias[o + i];
  quad s;
  s.sum_a = stm32rt_begin_pair(sums[1], sum);
  s.sum_b = stm32rt_begin_pair(sums[3], sum);
  s.a = l->c.weights + o / 2 * l->pair;
  /* Without a second pair the first one stands in for it. */
  s.b = left > 2 ? s.a + l->pair : s.a;
  s.x = x;
  for (int32_t terms = l->terms; terms > 0; terms -= 4 * STM32RT_PAIR_GROUPS) {
    if (terms >= 4)
      add_groups(
          &s, terms / 4 < STM32RT_PAIR_GROUPS ? terms / 4 : STM32RT_PAIR_GROUPS,
          0);
    if (terms < 4 * STM32RT_PAIR_GROUPS && l->rest > 0)
      add_word(&s, stm32rt_load_part(s.x, l->rest));
    take_out(&s, &sums[0], &sums[2]);
  }
  sums[1] = s.sum_a.q;
  sums[3] = s.sum_b.q;
  for (int32_t i = 0; i < left; i++) {
    const int32_t q = (o + i) * l->quant_stride;
    y[o + i] = (int8_t)stm32rt_output_doubled(
        &l->out, sums[i], l->c.multiplier[q], l->c.shift[q]);
  }
}

void stm32rt_fully_connected_s8_dsp(const stm32rt_fully_connected *d,
                                    const void *x, void *y,
                                    const void *constants, void *scratch) {
  (void)scratch;
  layer l;
  l.c = stm32rt_split_constants(constants, d->out_features, d->quant_stride);
  l.out = stm32rt_make_range(d->y_zero_point, d->y_min, d->y_max);
  const int32_t terms = d->in_features;
  l.terms = terms;
  l.full = terms / (16 * ROUNDS);
  l.rounds = terms % (16 * ROUNDS) / 16;
  l.groups = terms % 16 / 4;
  l.rest = terms % 4;
  l.outputs = d->out_features;
  l.quant_stride = d->quant_stride;
  l.pair = (terms + 3) / 4 * 8;
  const int fast =
      !STM32RT_SMALL &&
      stm32rt_make_finish(&l.finish, l.same, &l.out, l.c.multiplier, l.c.shift,
                          l.outputs, l.quant_stride);
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;
  for (int32_t row = 0; row < d->rows; row++) {
    const int32_t sum = sum_of(in, terms);
    int32_t o = fast ? quads_fast(&l, in, sum, out) : 0;
    for (; o < l.outputs; o += 4)
      quad_any(&l, in, sum, o, out);
    in += terms;
    out += l.outputs;
  }
}
