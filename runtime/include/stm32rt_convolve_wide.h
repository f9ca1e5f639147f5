/*===-- stm32rt_convolve_wide.h - Convolutions, weights of 16 bits ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The core of stm32rt_convolve_dsp.h whose weights are int16 already, sixteen
 * bytes for the terms k to k + 3 of the channels p and q:
 *
 *   p[k], p[k + 2]   p[k + 1], p[k + 3]   q[k], q[k + 2]   q[k + 1], q[k + 3]
 *
 * Twice the flash for five sixths of the instructions: ten for 16 products.
 */
#ifndef STM32RT_CONVOLVE_WIDE_H
#define STM32RT_CONVOLVE_WIDE_H

#include "stm32rt_convolve_dsp.h"

/* Groups that the assembly has one behind the other, and bytes of one. */
#define WIDE_UNROLLED 16
#define WIDE_CODE 40

/* counts: bytes of code of the first, partial round; rounds after it. */
static inline void count_wide_groups(stm32rt_two_pixels *s, int32_t groups) {
  s->counts[0] = groups % WIDE_UNROLLED * WIDE_CODE;
  s->counts[1] = groups / WIDE_UNROLLED;
}

static inline four_sums sum_wide(const stm32rt_two_pixels *s, const int8_t *w,
                                 int32_t groups, int32_t p, int32_t q) {
  const uint8_t *x = s->columns;
  four_sums sums = {p, p, q, q};
  for (int32_t n = groups; n > 0; n--) {
    for (int32_t i = 0; i < 2; i++) {
      const uint32_t u = stm32rt_get_word(x, i), v = stm32rt_get_word(x, i + 2);
      const uint32_t of_p = stm32rt_get_word(w, i),
                     of_q = stm32rt_get_word(w, i + 2);
      sums.p_u = stm32rt_smlad(of_p, u, sums.p_u);
      sums.p_v = stm32rt_smlad(of_p, v, sums.p_v);
      sums.q_u = stm32rt_smlad(of_q, u, sums.q_u);
      sums.q_v = stm32rt_smlad(of_q, v, sums.q_v);
    }
    w += 16;
    x += 16;
  }
  return sums;
}

#if STM32RT_HAS_DSP
/* Registers: r1 stream, r12 columns, r8 to r11 sums; all others hold words. The
 * first round is entered in the middle. r7 may be the frame pointer: it is saved
 * where nothing is addressed by it. */
/* clang-format off */
#define WIDE_GROUP                                                             \
  "ldm.w  r1!, {r2, r3, r4, r5}\n\t"                                           \
  "ldm.w  r12!, {r0, r6, r7, lr}\n\t"                                          \
  "smlad  r8, r2, r0, r8\n\t"                                                  \
  "smlad  r9, r2, r7, r9\n\t"                                                  \
  "smlad  r10, r4, r0, r10\n\t"                                                \
  "smlad  r11, r4, r7, r11\n\t"                                                \
  "smlad  r8, r3, r6, r8\n\t"                                                  \
  "smlad  r9, r3, lr, r9\n\t"                                                  \
  "smlad  r10, r5, r6, r10\n\t"                                                \
  "smlad  r11, r5, lr, r11\n\t"
STM32RT_SHARED void stm32rt_run_wide(stm32rt_two_pixels *s) {
  /* What lies at sp: *s, r7, rounds. None of it is needed behind the assembly,
   * so that it does not matter what else lies there. */
  uint32_t room[4];
  register stm32rt_two_pixels *r0 __asm__("r0") = s;
  __asm__ volatile(
      "   strd   r0, r7, [sp, #0]\n\t"
      "   ldr    r1, [r0, #0]      @ stream\n\t"
      "1: ldrd   r8, r10, [r1], #8 @ bias p, q\n\t"
      "   ldrd   r2, r3, [r0, #32] @ counts[0], [1]\n\t"
      "   ldr    r12, [r0, #4]     @ columns\n\t"
      "   mov    r9, r8\n\t"
      "   mov    r11, r10\n\t"
      "   str    r3, [sp, #8]\n\t"
      "   adr.w  r0, 3f\n\t"
      "   sub    r0, r0, r2\n\t"
      "   mov    pc, r0\n\t"
      "   .balign 4\n\t"
      "2:\n\t"
      "   .rept  16                @ WIDE_UNROLLED\n\t"
      WIDE_GROUP
      "   .endr\n\t"
      "3: ldr    r0, [sp, #8]\n\t"
      "   subs   r0, r0, #1\n\t"
      "   str    r0, [sp, #8]\n\t"
      "   bpl    2b\n\t"
      "   ldr    r0, [sp, #0]\n\t"
      STM32RT_PAIR_OUT
      "   ldr    r7, [sp, #4]\n\t"
      : "+r"(r0), "=m"(room)
      :
      : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12",
        "lr", "cc", "memory");
}
/* clang-format on */
#endif

static const core wide_core = {
    16,       0, count_wide_groups, sum_wide,
#if STM32RT_HAS_DSP
    stm32rt_run_wide,
#endif
};

#endif /* STM32RT_CONVOLVE_WIDE_H */
