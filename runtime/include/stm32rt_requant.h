/*===-- stm32rt_requant.h - Exact requantisation for all kernels -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The arithmetic that turns an int32 accumulator into an output value, rules
 * N3 and N5 of docs/Numerics.md. Everything here is exact and has no undefined
 * behaviour in the ranges stated.
 *
 * Right shifts of negative numbers are arithmetic: C leaves that to the
 * implementation, every compiler for Arm and every host we build on does it.
 */
#ifndef STM32RT_REQUANT_H
#define STM32RT_REQUANT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* For cores that are called with literal arguments: a core that is not inlined
 * is not specialised. */
#if defined(__GNUC__)
#define STM32RT_INLINE static inline __attribute__((always_inline))
#define STM32RT_NOINLINE __attribute__((noinline))
/* For functions of headers that do not gain by being inlined: kernels that are
 * linked together have one of them in common. */
#define STM32RT_SHARED __attribute__((weak, noinline))
#else
#define STM32RT_INLINE static inline
#define STM32RT_NOINLINE
#define STM32RT_SHARED static inline
#endif

/* 1 where code is to be small, with -Os: forms that are there for speed alone, of
 * what another form can do as well, are left out. */
#ifdef __OPTIMIZE_SIZE__
#define STM32RT_SMALL 1
#else
#define STM32RT_SMALL 0
#endif

static inline int32_t stm32rt_clamp(int32_t v, int32_t low, int32_t high) {
  return v < low ? low : v > high ? high : v;
}

/* a * b / 2^31, rounded to nearest, ties up. Not for a = b = INT32_MIN, the
 * one product that does not fit. */
static inline int32_t stm32rt_high_multiply(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

/* v / 2^exponent, rounded to nearest, ties away from zero; exponent 1 .. 31.
 * Not for v = INT32_MIN, nor for INT32_MAX with exponent 1.
 *
 *   v >= 0   floor(v / 2^e + 1/2)
 *   v < 0    floor((v - 1) / 2^e + 1/2): ties fall to the number below
 *
 * The half is added after a shift by e - 1, so that no sum leaves int32. */
static inline int32_t stm32rt_rounding_shift(int32_t v, int32_t exponent) {
  return (((v + (v >> 31)) >> (exponent - 1)) + 1) >> 1;
}

/* acc * multiplier / 2^shift as the reference rounds it (N3): twice if shift
 * is above 31, once otherwise. 0 <= multiplier < 2^31, 2 <= shift <= 62; the
 * result fits in int32. With such a multiplier high_multiply stays within
 * +-(2^31 - 1) and below INT32_MAX, so rounding_shift takes any result. */
static inline int32_t stm32rt_rescale(int32_t acc, int32_t multiplier,
                                      int32_t shift) {
  if (shift > 31)
    return stm32rt_rounding_shift(stm32rt_high_multiply(acc, multiplier),
                                  shift - 31);
  /* Shifts of words, as the shift is below 32. */
  const uint64_t sum =
      (uint64_t)((int64_t)acc * multiplier) + (1u << (shift - 1));
  return (int32_t)((uint32_t)(sum >> 32) << (32 - shift) |
                   (uint32_t)sum >> shift);
}

/* acc * multiplier / 2^shift rounded once, ties up (N55, N56); 2 <= shift <= 62.
 * The product must be below 2^62 in magnitude and the result fit in int32. */
static inline int32_t stm32rt_rescale_once(int64_t acc, int32_t multiplier,
                                           int32_t shift) {
  return (int32_t)((acc * multiplier + ((int64_t)1 << (shift - 1))) >> shift);
}

/* The output value of an accumulator. */
static inline int8_t stm32rt_output_s8(int32_t acc, int32_t multiplier,
                                       int32_t shift, int32_t zero_point,
                                       int32_t low, int32_t high) {
  const int32_t v = stm32rt_rescale(acc, multiplier, shift) + zero_point;
  return (int8_t)stm32rt_clamp(v, low, high);
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_REQUANT_H */
