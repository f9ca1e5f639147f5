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

/* Bytes 0 .. n - 1 of a word, n in 0 .. 3, from any address; the rest 0. */
STM32RT_INLINE uint32_t stm32rt_load_part(const int8_t *p, int32_t n) {
  uint32_t v = 0;
  for (int32_t i = 0; i < n; i++)
    v |= (uint32_t)(uint8_t)p[i] << (8 * i);
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

/* The low halves of two words, and the high halves: [high, low]. */
STM32RT_INLINE uint32_t stm32rt_pkhbt(uint32_t low, uint32_t high) {
#if STM32RT_HAS_DSP
  uint32_t r;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(r) : "r"(low), "r"(high));
  return r;
#else
  return (low & 0xFFFFu) | high << 16;
#endif
}
STM32RT_INLINE uint32_t stm32rt_pkhtb(uint32_t high, uint32_t low) {
#if STM32RT_HAS_DSP
  uint32_t r;
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(r) : "r"(high), "r"(low));
  return r;
#else
  return (high & 0xFFFF0000u) | low >> 16;
#endif
}

/* Bytes 0 and 2 as two uint16: [b2, b0]. */
STM32RT_INLINE uint32_t stm32rt_uxtb16(uint32_t v) { return v & 0x00FF00FFu; }

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
 * down. `doubled` is twice the multiplier. Literal saturate: the limits are
 * those of int8. */
STM32RT_INLINE int32_t stm32rt_output_fast(const stm32rt_range *r, int32_t acc,
                                           int32_t doubled, int32_t shift,
                                           int saturate) {
  const int32_t high = stm32rt_high_multiply_dsp(acc, doubled);
  const int32_t v =
      ((high + (high >> 31)) >> (shift - 32)) + r->half_zero_point;
  return saturate ? stm32rt_ssat8_half(v)
                  : stm32rt_clamp(v >> 1, r->low, r->high);
}

/* Constants of layers that this file serves: int32_t bias[c], doubled[n],
 * shift[n], weights, as everywhere, but multipliers times two, modulo 2^32, and
 * shifts less 32. */
STM32RT_SHARED int32_t stm32rt_output_doubled(const stm32rt_range *r,
                                              int32_t acc, int32_t doubled,
                                              int32_t shift) {
  if (shift >= 0)
    return stm32rt_output_fast(r, acc, doubled, shift + 32, 0);
  return stm32rt_output_s8(acc, (int32_t)((uint32_t)doubled >> 1), shift + 32,
                           r->zero_point, r->low, r->high);
}

/* How fast layers turn sums into outputs, see stm32rt_make_finish. Multipliers
 * and shifts are read one for each channel, always the same four if all
 * channels have the same. */
typedef struct stm32rt_finish {
  const int32_t *doubled, *shift;
  int32_t back; /* to go back by after two channels: 2 or 0 */
  int32_t half_zero_point;
} stm32rt_finish;

/* Prepares *f, which may point to same[], and returns 1 if the layer is fast,
 * as most are: all shifts are above 31, all multipliers have their highest bit
 * (2^30), and the limits are those of int8. */
STM32RT_SHARED int stm32rt_make_finish(stm32rt_finish *f, int32_t same[8],
                                       const stm32rt_range *r,
                                       const int32_t *doubled,
                                       const int32_t *shift, int32_t channels,
                                       int32_t quant_stride) {
  const int32_t n = quant_stride != 0 ? channels : 1;
  int32_t signs = -1;
  for (int32_t i = 0; i < n; i++)
    signs &= doubled[i] & ~shift[i];
  f->doubled = doubled;
  f->shift = shift;
  f->back = 0;
  f->half_zero_point = r->half_zero_point;
  if (quant_stride == 0) {
    for (int32_t i = 0; i < 4; i++) {
      same[i] = doubled[0];
      same[4 + i] = shift[0];
    }
    f->doubled = same;
    f->shift = same + 4;
    f->back = 2;
  }
  return signs < 0 && r->low == INT8_MIN && r->high == INT8_MAX;
}

/* True if shift and multiplier of each of `lanes` outputs are those of a fast
 * layer; the words at params are doubled[lanes], shift[lanes]. */
static inline int stm32rt_are_fast(const uint8_t *params, int32_t lanes) {
  uint32_t signs = 0x80000000u;
  for (int32_t i = 0; i < lanes; i++)
    signs &= stm32rt_get_word(params, i) & ~stm32rt_get_word(params, lanes + i);
  return signs != 0;
}

#if STM32RT_HAS_DSP
/* stm32rt_output_fast in registers, of the sums A and B with the doubled
 * multipliers M and N, the shifts S and T and half_zero_point Z, for multipliers
 * with their highest bit: what stm32rt_high_multiply_dsp adds is the sum itself
 * then. By turns, so that no instruction waits for the one before. */
#define STM32RT_FINISH_TWO(A, B, M, N, S, T, Z)                                \
  "smmlar " A ", " A ", " M ", " A "\n\t"                                      \
  "smmlar " B ", " B ", " N ", " B "\n\t"                                      \
  "add    " A ", " A ", " A ", asr #31\n\t"                                    \
  "add    " B ", " B ", " B ", asr #31\n\t"                                    \
  "asr    " A ", " A ", " S "\n\t"                                             \
  "asr    " B ", " B ", " T "\n\t"                                             \
  "add    " A ", " A ", " Z "\n\t"                                             \
  "add    " B ", " B ", " Z "\n\t"                                             \
  "ssat   " A ", #8, " A ", asr #1\n\t"                                        \
  "ssat   " B ", #8, " B ", asr #1\n\t"
/* The same for one sum. */
#define STM32RT_FINISH_ONE(A, M, S, Z)                                         \
  "smmlar " A ", " A ", " M ", " A "\n\t"                                      \
  "add    " A ", " A ", " A ", asr #31\n\t"                                    \
  "asr    " A ", " A ", " S "\n\t"                                             \
  "add    " A ", " A ", " Z "\n\t"                                             \
  "ssat   " A ", #8, " A ", asr #1\n\t"
#endif

/* Outputs y[0] and y[1] of the sums of two channels of one pixel; moves f on.
 */
STM32RT_INLINE void stm32rt_finish_2x1(stm32rt_finish *f, int32_t s0,
                                       int32_t s1, int8_t *y) {
#if STM32RT_HAS_DSP
  const int32_t *m = f->doubled, *t = f->shift;
  int32_t m0, m1, t0, t1;
  __asm__("ldrd   %[m0], %[m1], [%[m]], #8\n\t"
          "ldrd   %[t0], %[t1], [%[t]], #8\n\t" STM32RT_FINISH_TWO(
              "%[s0]", "%[s1]", "%[m0]", "%[m1]", "%[t0]", "%[t1]", "%[z]")
          : [s0] "+&r"(s0), [s1] "+&r"(s1), [m] "+&r"(m), [t] "+&r"(t),
            [m0] "=&r"(m0), [m1] "=&r"(m1), [t0] "=&r"(t0), [t1] "=&r"(t1)
          : [z] "r"(f->half_zero_point)
          : "memory");
  f->doubled = m - f->back;
  f->shift = t - f->back;
  y[0] = (int8_t)s0;
  y[1] = (int8_t)s1;
#else
  const int32_t s[2] = {s0, s1};
  const stm32rt_range r = {0, f->half_zero_point, 0, 0};
  for (int32_t i = 0; i < 2; i++)
    y[i] = (int8_t)stm32rt_output_fast(&r, s[i], f->doubled[i],
                                       f->shift[i] + 32, 1);
  f->doubled += 2 - f->back;
  f->shift += 2 - f->back;
#endif
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_DSP_H */
