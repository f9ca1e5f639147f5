/*===-- stm32rt_dsp.h - Instructions of the DSP extension ------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The instructions of Armv7E-M and Armv8-M DSP that the dsp kernels use, one
 * function each, and an exact model in C for every other target, so that these
 * kernels run, and are sanitised, on the host. Inline assembly, because not all
 * compilers fold the rotation into sxtb16. Little-endian throughout.
 */
#ifndef STM32RT_DSP_H
#define STM32RT_DSP_H

#include "stm32rt_requant.h"

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__arm__) && defined(__ARM_FEATURE_DSP)
#define STM32RT_HAS_DSP 1
#else
#define STM32RT_HAS_DSP 0
#endif

/* Four bytes from any address. */
STM32RT_INLINE uint32_t stm32rt_load_word(const void *p) {
  uint32_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

/* Word `index` of an array of words: the address is a multiple of 4. memcpy,
 * as the bytes may have been declared as any type. */
STM32RT_INLINE uint32_t stm32rt_get_word(const void *words, int32_t index) {
  uint32_t v;
#if defined(__GNUC__)
  words = __builtin_assume_aligned(words, 4);
#endif
  memcpy(&v, (const uint8_t *)words + 4 * index, sizeof v);
  return v;
}

STM32RT_INLINE void stm32rt_put_word(void *words, int32_t index, uint32_t v) {
#if defined(__GNUC__)
  words = __builtin_assume_aligned(words, 4);
#endif
  memcpy((uint8_t *)words + 4 * index, &v, sizeof v);
}

/* Bytes 0 and 2 as two int16: [sx(b2), sx(b0)]. */
STM32RT_INLINE uint32_t stm32rt_sxtb16(uint32_t v) {
#if STM32RT_HAS_DSP
  uint32_t r;
  __asm__("sxtb16 %0, %1" : "=r"(r) : "r"(v));
  return r;
#else
  const uint32_t low = (uint32_t)(int32_t)(int8_t)(uint8_t)v & 0xFFFFu;
  const uint32_t high = (uint32_t)(int32_t)(int8_t)(uint8_t)(v >> 16) << 16;
  return high | low;
#endif
}

/* Bytes 1 and 3 as two int16: [sx(b3), sx(b1)]. */
STM32RT_INLINE uint32_t stm32rt_sxtb16_ror8(uint32_t v) {
#if STM32RT_HAS_DSP
  uint32_t r;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(r) : "r"(v));
  return r;
#else
  return stm32rt_sxtb16(v >> 8 | v << 24);
#endif
}

/* acc + a.low * b.low + a.high * b.high, modulo 2^32. */
STM32RT_INLINE int32_t stm32rt_smlad(uint32_t a, uint32_t b, int32_t acc) {
#if STM32RT_HAS_DSP
  int32_t r;
  __asm__("smlad %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(acc));
  return r;
#else
  const int32_t low = (int16_t)(uint16_t)a * (int16_t)(uint16_t)b;
  const int32_t high =
      (int16_t)(uint16_t)(a >> 16) * (int16_t)(uint16_t)(b >> 16);
  return (int32_t)((uint32_t)acc + (uint32_t)low + (uint32_t)high);
#endif
}

/* The high word of acc * 2^32 + a * b + 2^31, modulo 2^64. */
STM32RT_INLINE int32_t stm32rt_smmlar(int32_t a, int32_t b, int32_t acc) {
#if STM32RT_HAS_DSP
  int32_t r;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(acc));
  return r;
#else
  const uint64_t sum = ((uint64_t)(uint32_t)acc << 32) +
                       (uint64_t)((int64_t)a * b) + 0x80000000u;
  return (int32_t)(uint32_t)(sum >> 32);
#endif
}

/* Sums of products of two channels (p, q) of weights with two pixels (u, v). */
typedef struct stm32rt_sums_2x2 {
  int32_t pu, pv, qu, qv;
} stm32rt_sums_2x2;

/* Adds 16 products. *w is at 8 bytes, four weights of p and four of q; *x is at
 * 8 int16, four of u and four of v in the order 0, 2, 1, 3. Both are aligned to
 * 4 bytes and moved on. One block of assembly: compilers, left to order these
 * instructions, run out of registers. */
STM32RT_INLINE void stm32rt_smlad_2x2(stm32rt_sums_2x2 *s, const int8_t **w,
                                      const uint8_t **x) {
#if STM32RT_HAS_DSP
  const int8_t *weights = *w;
  const uint8_t *column = *x;
  int32_t pu = s->pu, pv = s->pv, qu = s->qu, qv = s->qv;
  uint32_t p0, p1, q0, q1, a, b;
  __asm__("ldrd   %[p1], %[q1], [%[w]], #8 \n\t"
          "ldrd   %[a], %[b], [%[x]], #8   \n\t"
          "sxtb16 %[p0], %[p1]             \n\t"
          "sxtb16 %[q0], %[q1]             \n\t"
          "sxtb16 %[p1], %[p1], ror #8     \n\t"
          "sxtb16 %[q1], %[q1], ror #8     \n\t"
          "smlad  %[pu], %[p0], %[a], %[pu]\n\t"
          "smlad  %[qu], %[q0], %[a], %[qu]\n\t"
          "smlad  %[pu], %[p1], %[b], %[pu]\n\t"
          "smlad  %[qu], %[q1], %[b], %[qu]\n\t"
          "ldrd   %[a], %[b], [%[x]], #8   \n\t"
          "smlad  %[pv], %[p0], %[a], %[pv]\n\t"
          "smlad  %[qv], %[q0], %[a], %[qv]\n\t"
          "smlad  %[pv], %[p1], %[b], %[pv]\n\t"
          "smlad  %[qv], %[q1], %[b], %[qv]"
          : [pu] "+r"(pu), [pv] "+r"(pv), [qu] "+r"(qu), [qv] "+r"(qv),
            [w] "+r"(weights), [x] "+r"(column), [p0] "=&r"(p0),
            [p1] "=&r"(p1), [q0] "=&r"(q0), [q1] "=&r"(q1), [a] "=&r"(a),
            [b] "=&r"(b)
          :
          : "memory");
  s->pu = pu;
  s->pv = pv;
  s->qu = qu;
  s->qv = qv;
  *w = weights;
  *x = column;
#else
  const uint32_t p = stm32rt_get_word(*w, 0), q = stm32rt_get_word(*w, 1);
  const uint32_t p0 = stm32rt_sxtb16(p), p1 = stm32rt_sxtb16_ror8(p);
  const uint32_t q0 = stm32rt_sxtb16(q), q1 = stm32rt_sxtb16_ror8(q);
  const uint32_t u0 = stm32rt_get_word(*x, 0), u1 = stm32rt_get_word(*x, 1);
  const uint32_t v0 = stm32rt_get_word(*x, 2), v1 = stm32rt_get_word(*x, 3);
  s->pu = stm32rt_smlad(p1, u1, stm32rt_smlad(p0, u0, s->pu));
  s->qu = stm32rt_smlad(q1, u1, stm32rt_smlad(q0, u0, s->qu));
  s->pv = stm32rt_smlad(p1, v1, stm32rt_smlad(p0, v0, s->pv));
  s->qv = stm32rt_smlad(q1, v1, stm32rt_smlad(q0, v0, s->qv));
  *w += 8;
  *x += 16;
#endif
}

/* v / 2, rounded down, saturated to int8. */
STM32RT_INLINE int32_t stm32rt_ssat8_half(int32_t v) {
#if STM32RT_HAS_DSP
  int32_t r;
  __asm__("ssat %0, #8, %1, asr #1" : "=r"(r) : "r"(v));
  return r;
#else
  return stm32rt_clamp(v >> 1, INT8_MIN, INT8_MAX);
#endif
}

/* stm32rt_high_multiply(acc, multiplier) in one smmlar, for any multiplier in
 * [0, 2^31) and any acc, given doubled = 2 * multiplier modulo 2^32.
 *
 * Read as a signed word, doubled is 2m if m < 2^30, and 2m - 2^32 otherwise. In
 * the second case acc is added, which puts acc * 2^32 back:
 *
 *   high word of acc * 2^32 + acc * (2m - 2^32) + 2^31
 *     = floor((2 * acc * m + 2^31) / 2^32) = floor((acc * m + 2^30) / 2^31)
 *
 * The result fits in 32 bits, so that it is exact modulo 2^32. */
STM32RT_INLINE int32_t stm32rt_high_multiply_dsp(int32_t acc, int32_t doubled) {
  return stm32rt_smmlar(acc, doubled, acc & (doubled >> 31));
}

/* What turns sums into outputs, the same for all channels. */
typedef struct stm32rt_range {
  int32_t zero_point, half_zero_point /* 2 * zero_point + 1 */, low, high;
} stm32rt_range;

STM32RT_INLINE stm32rt_range stm32rt_make_range(int32_t zero_point, int32_t low,
                                                int32_t high) {
  const stm32rt_range r = {zero_point, 2 * zero_point + 1, low, high};
  return r;
}

/* One output value for a shift above 31: stm32rt_rescale, but the zero point is
 * added before the last halving: (v + 1) / 2 + z = (v + 2z + 1) / 2, rounded
 * down. `doubled` is twice the multiplier. Literal saturate: the limits are those
 * of int8. */
STM32RT_INLINE int32_t stm32rt_output_fast(const stm32rt_range *r, int32_t acc,
                                           int32_t doubled, int32_t shift,
                                           int saturate) {
  const int32_t high = stm32rt_high_multiply_dsp(acc, doubled);
  const int32_t v =
      ((high + (high >> 31)) >> (shift - 32)) + r->half_zero_point;
  return saturate ? stm32rt_ssat8_half(v)
                  : stm32rt_clamp(v >> 1, r->low, r->high);
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_DSP_H */
