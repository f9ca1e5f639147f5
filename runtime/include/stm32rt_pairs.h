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
 * two values x sum up to `both` = 256 P.x + Q.x modulo 2^32; with the bytes of
 * P cleared (UXTB16) they sum up to `q` = Q.x. Hence P.x = (both - q) / 256,
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

/* sum + the four terms that two words hold. */
STM32RT_INLINE int32_t stm32rt_sum_terms(uint32_t even, uint32_t odd,
                                         int32_t sum) {
  return stm32rt_smlad(odd, 0x00010001u, stm32rt_smlad(even, 0x00010001u, sum));
}

/* Four terms as two words, the even ones and the odd ones, at `half`; returns
 * sum + their sum. */
STM32RT_INLINE int32_t stm32rt_expand_word(uint32_t v, uint8_t *half,
                                           int32_t sum) {
  const uint32_t even = stm32rt_sxtb16(v), odd = stm32rt_sxtb16_ror8(v);
  stm32rt_put_word(half, 0, even);
  stm32rt_put_word(half, 1, odd);
  return stm32rt_sum_terms(even, odd, sum);
}

/* The same for 4 * words bytes at x, words > 0; two of four words at *half,
 * which is moved on. Literal has_sums: 0 returns any value. */
STM32RT_INLINE int32_t stm32rt_expand_words(const int8_t *x, int32_t words,
                                            uint8_t **half, int32_t sum,
                                            int has_sums) {
#if STM32RT_HAS_DSP
  uint8_t *to = *half;
  uint32_t even, odd;
  if (!has_sums) {
    __asm__("1: ldr    %[odd], [%[x]], #4            \n\t"
            "   sxtb16 %[even], %[odd]               \n\t"
            "   sxtb16 %[odd], %[odd], ror #8        \n\t"
            "   subs   %[words], %[words], #1        \n\t"
            "   strd   %[even], %[odd], [%[to]], #16 \n\t"
            "   bne    1b"
            : [x] "+&r"(x), [words] "+&r"(words), [to] "+&r"(to),
              [even] "=&r"(even), [odd] "=&r"(odd)
            :
            : "cc", "memory");
    *half = to;
    return sum;
  }
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
  (void)has_sums;
  for (; words > 0; words--) {
    sum = stm32rt_expand_word(stm32rt_load_word(x), *half, sum);
    x += 4;
    *half += 16;
  }
#endif
  return sum;
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_PAIRS_H */
