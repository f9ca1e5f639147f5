/*===-- stm32rt_pairs.h - Two channels of weights in one word --------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Weights of two output channels share words, whose bytes are
 *
 *   [Q k] [P k] [Q k + 2] [P k + 2]     (the next one: k + 1 and k + 3)
 *
 * with the weights P of the one channel and Q = 128 + the weights of the other,
 * 0 .. 255. Read as two int16 a word is 256 P + Q, so that its products with
 *two values x sum up to `both` = 256 P.x + Q.x modulo 2^32; with the bytes of P
 * cleared (UXTB16) they sum up to `q` = Q.x. Hence P.x = (both - q) / 256,
 * exactly, while |P.x| < 2^23: so for STM32RT_PAIR_GROUPS groups of four terms,
 * as 4 * 127 * 128 * 128 < 2^23. The 128 are taken out by the sum of all x.
 *
 * Eight bytes of weights are a group of four terms of two channels: 12
 * instructions for the 16 products with two pixels.
 */
#ifndef STM32RT_PAIRS_H
#define STM32RT_PAIRS_H

#include "stm32rt_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#define STM32RT_PAIR_GROUPS 127
/* For loops of four groups. */
#define STM32RT_PAIR_FULL 124

/* Sums of one pixel that began equal. */
typedef struct stm32rt_pair_sums {
  int32_t both, q;
} stm32rt_pair_sums;

/* What they begin with: bias - 128 * (sum of x), modulo 2^32. */
STM32RT_INLINE stm32rt_pair_sums stm32rt_begin_pair(int32_t bias, int32_t sum) {
  const int32_t q = (int32_t)((uint32_t)bias - 128u * (uint32_t)sum);
  const stm32rt_pair_sums s = {q, q};
  return s;
}

/* acc + P.x, modulo 2^32. */
STM32RT_INLINE int32_t stm32rt_pair_p(int32_t acc, stm32rt_pair_sums s) {
  const int32_t p = (int32_t)((uint32_t)s.both - (uint32_t)s.q) >> 8;
  return (int32_t)((uint32_t)acc + (uint32_t)p);
}

/* s + the products of the group at w with four terms: even has 0 and 2, odd 1
 * and 3. */
STM32RT_INLINE stm32rt_pair_sums stm32rt_add_pair(stm32rt_pair_sums s,
                                                  const int8_t *w,
                                                  uint32_t even, uint32_t odd) {
  const uint32_t a = stm32rt_get_word(w, 0), b = stm32rt_get_word(w, 1);
  s.both = stm32rt_smlad(b, odd, stm32rt_smlad(a, even, s.both));
  s.q = stm32rt_smlad(stm32rt_uxtb16(b), odd,
                      stm32rt_smlad(stm32rt_uxtb16(a), even, s.q));
  return s;
}

/* Four terms as two words in order, even ones first, at `half`; returns sum +
 * their sum. */
STM32RT_INLINE int32_t stm32rt_expand_word(uint32_t v, uint8_t *half,
                                           int32_t sum) {
  const uint32_t even = stm32rt_sxtb16(v), odd = stm32rt_sxtb16_ror8(v);
  stm32rt_put_word(half, 0, even);
  stm32rt_put_word(half, 1, odd);
  sum = stm32rt_smlad(even, 0x00010001u, sum);
  return stm32rt_smlad(odd, 0x00010001u, sum);
}

/* The same for 4 * words bytes at x, words > 0; two of four words at *half,
 * which is moved on. */
STM32RT_INLINE int32_t stm32rt_expand_words(const int8_t *x, int32_t words,
                                            uint8_t **half, int32_t sum) {
#if STM32RT_HAS_DSP
  uint8_t *to = *half;
  uint32_t even, odd;
  __asm__("1: ldr    %[odd], [%[x]], #4            \n\t"
          "   sxtb16 %[even], %[odd]               \n\t"
          "   sxtb16 %[odd], %[odd], ror #8        \n\t"
          "   subs   %[words], %[words], #1        \n\t"
          "   strd   %[even], %[odd], [%[to]], #16 \n\t"
          "   smlad  %[sum], %[even], %[one], %[sum]\n\t"
          "   smlad  %[sum], %[odd], %[one], %[sum]\n\t"
          "   bne    1b"
          : [x] "+&r"(x), [words] "+&r"(words), [to] "+&r"(to),
            [sum] "+&r"(sum), [even] "=&r"(even), [odd] "=&r"(odd)
          : [one] "r"(0x00010001u)
          : "cc", "memory");
  *half = to;
#else
  for (; words > 0; words--) {
    sum = stm32rt_expand_word(stm32rt_load_word(x), *half, sum);
    x += 4;
    *half += 16;
  }
#endif
  return sum;
}

/* All pairs of output channels of two pixels u and v of a fast layer. */
typedef struct stm32rt_pairs {
  const int8_t *weights; /* 8 * (4 * fours + ones) bytes for each pair */
  const uint8_t
      *columns;        /* of each four terms u0 u2 u1 u3 v0 v2 v1 v3, int16 */
  int32_t fours, ones; /* 4 * fours + ones <= STM32RT_PAIR_GROUPS groups */
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
/* stm32rt_output_fast without the store, see stm32rt_finish_4x1. */
#define STM32RT_PAIRS_FINISH(SUM, MULTIPLIER, SHIFT)                           \
  "smmlar " SUM ", " SUM ", " MULTIPLIER ", " SUM "\n\t"                       \
  "add    " SUM ", " SUM ", " SUM ", asr #31 \n\t"                             \
  "asr    " SUM ", " SUM ", " SHIFT "        \n\t"                             \
  "add    " SUM ", " SUM ", lr               \n\t"                             \
  "ssat   " SUM ", #8, " SUM ", asr #1       \n\t"

/* Assembly, as compilers run out of registers. r7 may be the frame pointer. */
static STM32RT_NOINLINE void stm32rt_run_pairs(stm32rt_pairs *s) {
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
      STM32RT_PAIRS_FINISH("r8", "r3", "r5")
      STM32RT_PAIRS_FINISH("r9", "r3", "r5")
      STM32RT_PAIRS_FINISH("r10", "r4", "r6")
      STM32RT_PAIRS_FINISH("r11", "r4", "r6")
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
static inline void stm32rt_run_pairs(stm32rt_pairs *s) {
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

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_PAIRS_H */
