/*===-- stm32rt_convolve_pairs.h - Convolutions, weights of 8 bits ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The core of stm32rt_convolve_dsp.h whose weights of the channels p and q share
 * words, eight bytes for each group of terms k to k + 3:
 *
 *   [q k] [p k] [q k+2] [p k+2]   [q k+1] [p k+1] [q k+3] [p k+3]
 *
 * with 128 added to those of q. How sums come of that: stm32rt_pairs.h.
 */
#ifndef STM32RT_CONVOLVE_PAIRS_H
#define STM32RT_CONVOLVE_PAIRS_H

#include "stm32rt_convolve_dsp.h"

/* counts: the last 4 * [0] + [1] groups, after [2] times STM32RT_PAIR_FULL. */
static inline void count_pair_groups(stm32rt_two_pixels *s, int32_t groups) {
  const int32_t last = groups % STM32RT_PAIR_FULL;
  s->counts[0] = STM32RT_SMALL ? 0 : last / 4;
  s->counts[1] = STM32RT_SMALL ? last : last % 4;
  s->counts[2] = groups / STM32RT_PAIR_FULL;
}

/* Sums of many terms are taken apart in between. */
static inline four_sums sum_pair(const stm32rt_two_pixels *s, const int8_t *w,
                                 int32_t groups, int32_t p, int32_t q) {
  const uint8_t *x = s->columns;
  four_sums sums = {p, p, 0, 0};
  stm32rt_pair_sums u, v;
  u.q = (int32_t)((uint32_t)q - (uint32_t)s->sum_u);
  v.q = (int32_t)((uint32_t)q - (uint32_t)s->sum_v);
  for (int32_t left = groups; left > 0;) {
    int32_t n = left < STM32RT_PAIR_FULL ? left : STM32RT_PAIR_FULL;
    left -= n;
    u.both = u.q;
    v.both = v.q;
    for (; n > 0; n--) {
      u = stm32rt_add_pair(u, w, stm32rt_get_word(x, 0),
                           stm32rt_get_word(x, 1));
      v = stm32rt_add_pair(v, w, stm32rt_get_word(x, 2),
                           stm32rt_get_word(x, 3));
      w += 8;
      x += 16;
    }
    sums.p_u = stm32rt_pair_p(sums.p_u, u);
    sums.p_v = stm32rt_pair_p(sums.p_v, v);
  }
  sums.q_u = u.q;
  sums.q_v = v.q;
  return sums;
}

#if STM32RT_HAS_DSP
/* Registers: r0 *s, r1 stream, r12 columns, r8 and r9 both, r10 and r11 q, lr
 * how often; LDM wants its registers in rising order. */
/* clang-format off */
#define PAIR_GROUP                                                             \
  "ldrd   r0, r6, [r1], #8\n\t"                                                \
  "ldm    r12!, {r2, r3, r4, r5}\n\t"                                          \
  "smlad  r8, r0, r2, r8\n\t"                                                  \
  "smlad  r9, r0, r4, r9\n\t"                                                  \
  "uxtb16 r0, r0\n\t"                                                          \
  "smlad  r8, r6, r3, r8\n\t"                                                  \
  "smlad  r9, r6, r5, r9\n\t"                                                  \
  "uxtb16 r6, r6\n\t"                                                          \
  "smlad  r10, r0, r2, r10\n\t"                                                \
  "smlad  r11, r0, r4, r11\n\t"                                                \
  "smlad  r10, r6, r3, r10\n\t"                                                \
  "smlad  r11, r6, r5, r11\n\t"
/* Assembly, as compilers run out of registers. r7 may be the frame pointer. */
STM32RT_SHARED void stm32rt_run_pairs(stm32rt_two_pixels *s) {
  stm32rt_two_pixels *saved;
  register stm32rt_two_pixels *r0 __asm__("r0") = s;
  __asm__ volatile(
      "   str    r0, %[saved]\n\t"
      "   ldr    r1, [r0, #0]      @ stream\n\t"
      "1: ldrd   r5, r4, [r1], #8  @ bias p, q\n\t"
      "   ldrd   r2, r3, [r0, #24] @ sum_u, sum_v\n\t"
      "   sub    r10, r4, r2\n\t"
      "   sub    r11, r4, r3\n\t"
      "   mov    r8, r10\n\t"
      "   mov    r9, r11\n\t"
      "   ldr    r12, [r0, #4]     @ columns\n\t"
      "   strd   r5, r5, [r0, #44] @ p_u, p_v\n\t"
      "   ldr    lr, [r0, #40]     @ counts[2]\n\t"
      "   cmp    lr, #0\n\t"
      "   bne    6f\n\t"
      "2:\n\t"
#if !STM32RT_SMALL
      "   ldr    lr, [r0, #32]     @ counts[0]\n\t"
      "   cmp    lr, #0\n\t"
      "   beq    4f\n\t"
      "3:\n\t"
      "   .rept  4\n\t"
      PAIR_GROUP
      "   .endr\n\t"
      "   subs   lr, lr, #1\n\t"
      "   bne    3b\n\t"
      "   ldr    r0, %[saved]\n\t"
#endif
      "4: ldr    lr, [r0, #36]     @ counts[1]\n\t"
      "   cmp    lr, #0\n\t"
      "   beq    9f\n\t"
      "5:\n\t"
      PAIR_GROUP
      "   subs   lr, lr, #1\n\t"
      "   bne    5b\n\t"
      "   ldr    r0, %[saved]\n\t"
      "   b      9f\n\t"
      "6: str    lr, [r0, #52]     @ left\n\t"
      "   mov    lr, #124          @ STM32RT_PAIR_FULL\n\t"
      "7:\n\t"
      PAIR_GROUP
      "   subs   lr, lr, #1\n\t"
      "   bne    7b\n\t"
      "   ldr    r0, %[saved]\n\t"
      "   ldrd   r4, r5, [r0, #44]\n\t"
      "   sub    r8, r8, r10\n\t"
      "   sub    r9, r9, r11\n\t"
      "   add    r4, r4, r8, asr #8\n\t"
      "   add    r5, r5, r9, asr #8\n\t"
      "   strd   r4, r5, [r0, #44]\n\t"
      "   mov    r8, r10\n\t"
      "   mov    r9, r11\n\t"
      "   ldr    lr, [r0, #52]\n\t"
      "   subs   lr, lr, #1\n\t"
      "   bne    6b\n\t"
      "   b      2b\n\t"
      "9: ldrd   r4, r5, [r0, #44] @ p_u, p_v\n\t"
      "   sub    r8, r8, r10\n\t"
      "   sub    r9, r9, r11\n\t"
      "   add    r8, r4, r8, asr #8\n\t"
      "   add    r9, r5, r9, asr #8\n\t"
      STM32RT_PAIR_OUT
      : "+r"(r0), [saved] "=m"(saved)
      :
      : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12",
        "lr", "cc", "memory");
}
/* clang-format on */
#endif

static const core pairs_core = {
    8,         1, count_pair_groups, sum_pair,
#if STM32RT_HAS_DSP
    stm32rt_run_pairs,
#endif
};

#endif /* STM32RT_CONVOLVE_PAIRS_H */
