/*===-- stm32rt_mve.h - Instructions of the M-profile vector extension -----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The MVE (Helium) instructions that the mve kernels use, one function each,
 * and an exact model in C for every other target, so that these kernels run,
 * and are sanitised, on the host.
 */
#ifndef STM32RT_MVE_H
#define STM32RT_MVE_H

#include "stm32rt_requant.h"

#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
#define STM32RT_HAS_MVE 1
#include <arm_mve.h>
#else
#define STM32RT_HAS_MVE 0
#endif

#ifdef __cplusplus
extern "C" {
#endif

#if STM32RT_HAS_MVE

typedef int8x16_t stm32rt_s8x16;
typedef int16x8_t stm32rt_s16x8;
typedef int32x4_t stm32rt_s32x4;
typedef uint16x8_t stm32rt_u16x8;
typedef uint32x4_t stm32rt_u32x4;

/* 16 bytes from any address. */
STM32RT_INLINE stm32rt_s8x16 stm32rt_load_s8x16(const int8_t *p) {
  return vldrbq_s8(p);
}

/* The first n bytes, the other lanes 0; reads n bytes. */
STM32RT_INLINE stm32rt_s8x16 stm32rt_load_part_s8x16(const int8_t *p,
                                                     int32_t n) {
  return vldrbq_z_s8(p, vctp8q((uint32_t)n));
}

STM32RT_INLINE void stm32rt_store_s8x16(int8_t *p, stm32rt_s8x16 v) {
  vstrbq_s8(p, v);
}

STM32RT_INLINE stm32rt_s8x16 stm32rt_all_s8x16(int32_t v) {
  return vdupq_n_s8((int8_t)v);
}

/* Stores the first n bytes, 16 at most. */
STM32RT_INLINE void stm32rt_store_part_s8x16(int8_t *p, stm32rt_s8x16 v,
                                             int32_t n) {
  vstrbq_p_s8(p, v, vctp8q((uint32_t)n));
}

/* acc + sum of a * b over all lanes. */
STM32RT_INLINE int32_t stm32rt_dot_s8x16(int32_t acc, stm32rt_s8x16 a,
                                         stm32rt_s8x16 b) {
  return vmladavaq_s8(acc, a, b);
}

/* The first n words, the other lanes 0; reads n words. */
STM32RT_INLINE stm32rt_s32x4 stm32rt_load_part_s32x4(const int32_t *p,
                                                     int32_t n) {
  return vldrwq_z_s32(p, vctp32q((uint32_t)n));
}

STM32RT_INLINE stm32rt_s32x4 stm32rt_load_s32x4(const int32_t *p) {
  return vldrwq_s32(p);
}

STM32RT_INLINE void stm32rt_store_s32x4(int32_t *p, stm32rt_s32x4 v) {
  vstrwq_s32(p, v);
}

/* Stores the first n words. */
STM32RT_INLINE void stm32rt_store_part_s32x4(int32_t *p, stm32rt_s32x4 v,
                                             int32_t n) {
  vstrwq_p_s32(p, v, vctp32q((uint32_t)n));
}

/* 0, step, 2 * step, 3 * step. */
STM32RT_INLINE stm32rt_u32x4 stm32rt_steps_u32x4(uint32_t step) {
  return vmulq_n_u32(vidupq_n_u32(0, 1), step);
}

/* Lane i goes that many bytes behind p, a multiple of 4. */
STM32RT_INLINE void stm32rt_scatter_s32x4(int32_t *p, stm32rt_u32x4 offsets,
                                          stm32rt_s32x4 v) {
  vstrwq_scatter_offset_s32(p, offsets, v);
}

/* The first n of eight bytes, widened; reads n bytes. */
STM32RT_INLINE stm32rt_s16x8 stm32rt_load_part_s8x8(const int8_t *p,
                                                    int32_t n) {
  return vldrbq_z_s16(p, vctp16q((uint32_t)n));
}

STM32RT_INLINE stm32rt_s16x8 stm32rt_load_s8x8(const int8_t *p) {
  return vldrbq_s16(p);
}

STM32RT_INLINE stm32rt_u16x8 stm32rt_load_u16x8(const uint16_t *p) {
  return vldrhq_u16(p);
}

/* The low byte of lane i goes to p[offsets of lane i], for all, for the first
 * n. */
STM32RT_INLINE void stm32rt_scatter_s8x8(int8_t *p, stm32rt_u16x8 offsets,
                                         stm32rt_s16x8 v) {
  vstrbq_scatter_offset_s16(p, offsets, v);
}
STM32RT_INLINE void stm32rt_scatter_part_s8x8(int8_t *p, stm32rt_u16x8 offsets,
                                              stm32rt_s16x8 v, int32_t n) {
  vstrbq_scatter_offset_p_s16(p, offsets, v, vctp16q((uint32_t)n));
}

STM32RT_INLINE stm32rt_s32x4 stm32rt_all_s32x4(int32_t v) {
  return vdupq_n_s32(v);
}

STM32RT_INLINE stm32rt_s32x4 stm32rt_add_s32x4(stm32rt_s32x4 a,
                                               stm32rt_s32x4 b) {
  return vaddq_s32(a, b);
}

STM32RT_INLINE stm32rt_s32x4 stm32rt_sub_s32x4(stm32rt_s32x4 a,
                                               stm32rt_s32x4 b) {
  return vsubq_s32(a, b);
}

STM32RT_INLINE stm32rt_s32x4 stm32rt_and_s32x4(stm32rt_s32x4 a,
                                               stm32rt_s32x4 b) {
  return vandq_s32(a, b);
}

STM32RT_INLINE stm32rt_s32x4 stm32rt_min_s32x4(stm32rt_s32x4 a,
                                               stm32rt_s32x4 b) {
  return vminq_s32(a, b);
}

STM32RT_INLINE stm32rt_s32x4 stm32rt_max_s32x4(stm32rt_s32x4 a,
                                               stm32rt_s32x4 b) {
  return vmaxq_s32(a, b);
}

/* -1 where v < 0, otherwise 0. */
STM32RT_INLINE stm32rt_s32x4 stm32rt_sign_s32x4(stm32rt_s32x4 v) {
  return vshrq_n_s32(v, 31);
}

/* floor((2 * a * b + 2^31) / 2^32), saturated (VQRDMULH). */
STM32RT_INLINE stm32rt_s32x4 stm32rt_high_s32x4(stm32rt_s32x4 a,
                                                stm32rt_s32x4 b) {
  return vqrdmulhq_s32(a, b);
}

/* v * 2^n for n >= 0 modulo 2^32, floor(v / 2^-n + 1/2) for n < 0 (VRSHL). */
STM32RT_INLINE stm32rt_s32x4 stm32rt_shift_s32x4(stm32rt_s32x4 v,
                                                 stm32rt_s32x4 n) {
  return vrshlq_s32(v, n);
}

/* Four bytes, widened; the first n of them, the other lanes 0. */
STM32RT_INLINE stm32rt_s32x4 stm32rt_load_s8x4(const int8_t *p) {
  return vldrbq_s32(p);
}
STM32RT_INLINE stm32rt_s32x4 stm32rt_load_part_s8x4(const int8_t *p,
                                                    int32_t n) {
  return vldrbq_z_s32(p, vctp32q((uint32_t)n));
}

/* Stores the low bytes of all lanes. */
STM32RT_INLINE void stm32rt_store_s8x4(int8_t *p, stm32rt_s32x4 v) {
  vstrbq_s32(p, v);
}

/* Stores the low bytes of the first n lanes. */
STM32RT_INLINE void stm32rt_store_part_s8x4(int8_t *p, stm32rt_s32x4 v,
                                            int32_t n) {
  vstrbq_p_s32(p, v, vctp32q((uint32_t)n));
}

#else /* the model */

typedef struct stm32rt_s8x16 {
  int8_t lane[16];
} stm32rt_s8x16;

typedef struct stm32rt_s16x8 {
  int16_t lane[8];
} stm32rt_s16x8;

typedef struct stm32rt_s32x4 {
  int32_t lane[4];
} stm32rt_s32x4;

typedef struct stm32rt_u16x8 {
  uint16_t lane[8];
} stm32rt_u16x8;

typedef struct stm32rt_u32x4 {
  uint32_t lane[4];
} stm32rt_u32x4;

STM32RT_INLINE stm32rt_s8x16 stm32rt_load_part_s8x16(const int8_t *p,
                                                     int32_t n) {
  stm32rt_s8x16 v;
  for (int32_t i = 0; i < 16; i++)
    v.lane[i] = (int8_t)(i < n ? p[i] : 0);
  return v;
}

STM32RT_INLINE stm32rt_s8x16 stm32rt_load_s8x16(const int8_t *p) {
  return stm32rt_load_part_s8x16(p, 16);
}

STM32RT_INLINE stm32rt_s8x16 stm32rt_all_s8x16(int32_t v) {
  stm32rt_s8x16 all;
  for (int32_t i = 0; i < 16; i++)
    all.lane[i] = (int8_t)v;
  return all;
}

STM32RT_INLINE void stm32rt_store_part_s8x16(int8_t *p, stm32rt_s8x16 v,
                                             int32_t n) {
  for (int32_t i = 0; i < n && i < 16; i++)
    p[i] = v.lane[i];
}

STM32RT_INLINE void stm32rt_store_s8x16(int8_t *p, stm32rt_s8x16 v) {
  stm32rt_store_part_s8x16(p, v, 16);
}

STM32RT_INLINE int32_t stm32rt_dot_s8x16(int32_t acc, stm32rt_s8x16 a,
                                         stm32rt_s8x16 b) {
  uint32_t sum = (uint32_t)acc;
  for (int32_t i = 0; i < 16; i++)
    sum += (uint32_t)(a.lane[i] * b.lane[i]);
  return (int32_t)sum;
}

STM32RT_INLINE stm32rt_s32x4 stm32rt_load_part_s32x4(const int32_t *p,
                                                     int32_t n) {
  stm32rt_s32x4 v;
  for (int32_t i = 0; i < 4; i++)
    v.lane[i] = i < n ? p[i] : 0;
  return v;
}

STM32RT_INLINE stm32rt_s32x4 stm32rt_load_s32x4(const int32_t *p) {
  return stm32rt_load_part_s32x4(p, 4);
}

STM32RT_INLINE void stm32rt_store_part_s32x4(int32_t *p, stm32rt_s32x4 v,
                                             int32_t n) {
  for (int32_t i = 0; i < 4 && i < n; i++)
    p[i] = v.lane[i];
}

STM32RT_INLINE void stm32rt_store_s32x4(int32_t *p, stm32rt_s32x4 v) {
  stm32rt_store_part_s32x4(p, v, 4);
}

STM32RT_INLINE stm32rt_u32x4 stm32rt_steps_u32x4(uint32_t step) {
  const stm32rt_u32x4 v = {{0, step, 2 * step, 3 * step}};
  return v;
}

STM32RT_INLINE void stm32rt_scatter_s32x4(int32_t *p, stm32rt_u32x4 offsets,
                                          stm32rt_s32x4 v) {
  for (int32_t i = 0; i < 4; i++)
    p[offsets.lane[i] / 4] = v.lane[i];
}

STM32RT_INLINE stm32rt_s16x8 stm32rt_load_part_s8x8(const int8_t *p,
                                                    int32_t n) {
  stm32rt_s16x8 v;
  for (int32_t i = 0; i < 8; i++)
    v.lane[i] = i < n ? p[i] : 0;
  return v;
}

STM32RT_INLINE stm32rt_s16x8 stm32rt_load_s8x8(const int8_t *p) {
  return stm32rt_load_part_s8x8(p, 8);
}

STM32RT_INLINE stm32rt_u16x8 stm32rt_load_u16x8(const uint16_t *p) {
  stm32rt_u16x8 v;
  for (int32_t i = 0; i < 8; i++)
    v.lane[i] = p[i];
  return v;
}

STM32RT_INLINE void stm32rt_scatter_part_s8x8(int8_t *p, stm32rt_u16x8 offsets,
                                              stm32rt_s16x8 v, int32_t n) {
  for (int32_t i = 0; i < 8 && i < n; i++)
    p[offsets.lane[i]] = (int8_t)v.lane[i];
}

STM32RT_INLINE void stm32rt_scatter_s8x8(int8_t *p, stm32rt_u16x8 offsets,
                                         stm32rt_s16x8 v) {
  stm32rt_scatter_part_s8x8(p, offsets, v, 8);
}

STM32RT_INLINE stm32rt_s32x4 stm32rt_load_part_s8x4(const int8_t *p,
                                                    int32_t n) {
  stm32rt_s32x4 v;
  for (int32_t i = 0; i < 4; i++)
    v.lane[i] = i < n ? p[i] : 0;
  return v;
}

STM32RT_INLINE stm32rt_s32x4 stm32rt_load_s8x4(const int8_t *p) {
  return stm32rt_load_part_s8x4(p, 4);
}

STM32RT_INLINE stm32rt_s32x4 stm32rt_all_s32x4(int32_t v) {
  const stm32rt_s32x4 all = {{v, v, v, v}};
  return all;
}

/* Defines a function of two vectors, lane by lane, from an expression of the
 * lanes x and y. */
#define STM32RT_LANES_S32X4(name, expression)                                  \
  STM32RT_INLINE stm32rt_s32x4 name(stm32rt_s32x4 a, stm32rt_s32x4 b) {        \
    for (int32_t i = 0; i < 4; i++) {                                          \
      const int32_t x = a.lane[i], y = b.lane[i];                              \
      a.lane[i] = (expression);                                                \
    }                                                                          \
    return a;                                                                  \
  }

STM32RT_INLINE int32_t stm32rt_high_lane(int32_t x, int32_t y) {
  return x == INT32_MIN && y == INT32_MIN ? INT32_MAX
                                          : stm32rt_high_multiply(x, y);
}

/* |n| < 32. */
STM32RT_INLINE int32_t stm32rt_shift_lane(int32_t v, int32_t n) {
  if (n >= 0)
    return (int32_t)((uint32_t)v << n);
  return (int32_t)((v + ((int64_t)1 << (-n - 1))) >> -n);
}

STM32RT_LANES_S32X4(stm32rt_add_s32x4, (int32_t)((uint32_t)x + (uint32_t)y))
STM32RT_LANES_S32X4(stm32rt_sub_s32x4, (int32_t)((uint32_t)x - (uint32_t)y))
STM32RT_LANES_S32X4(stm32rt_and_s32x4, x &y)
STM32RT_LANES_S32X4(stm32rt_min_s32x4, x < y ? x : y)
STM32RT_LANES_S32X4(stm32rt_max_s32x4, x > y ? x : y)
STM32RT_LANES_S32X4(stm32rt_high_s32x4, stm32rt_high_lane(x, y))
STM32RT_LANES_S32X4(stm32rt_shift_s32x4, stm32rt_shift_lane(x, y))

#undef STM32RT_LANES_S32X4

STM32RT_INLINE stm32rt_s32x4 stm32rt_sign_s32x4(stm32rt_s32x4 v) {
  for (int32_t i = 0; i < 4; i++)
    v.lane[i] >>= 31;
  return v;
}

STM32RT_INLINE void stm32rt_store_part_s8x4(int8_t *p, stm32rt_s32x4 v,
                                            int32_t n) {
  for (int32_t i = 0; i < n; i++)
    p[i] = (int8_t)v.lane[i];
}

STM32RT_INLINE void stm32rt_store_s8x4(int8_t *p, stm32rt_s32x4 v) {
  stm32rt_store_part_s8x4(p, v, 4);
}

#endif /* STM32RT_HAS_MVE */

/* How four channels are rescaled: stm32rt_rescale, lane by lane. */
typedef struct stm32rt_scale_s32x4 {
  stm32rt_s32x4 multiplier;
  stm32rt_s32x4 left;  /* shift before the multiplication, >= 0 */
  stm32rt_s32x4 right; /* minus the shift after it, <= 0        */
} stm32rt_scale_s32x4;

STM32RT_INLINE stm32rt_scale_s32x4
stm32rt_make_scale_s32x4(stm32rt_s32x4 multiplier, stm32rt_s32x4 shift) {
  const stm32rt_s32x4 zero = stm32rt_all_s32x4(0);
  const stm32rt_s32x4 exponent =
      stm32rt_sub_s32x4(stm32rt_all_s32x4(31), shift);
  stm32rt_scale_s32x4 s;
  s.multiplier = multiplier;
  s.left = stm32rt_max_s32x4(exponent, zero);
  s.right = stm32rt_min_s32x4(exponent, zero);
  return s;
}

/* stm32rt_rescale_s32x4 where no lane shifts before the multiplication. */
STM32RT_INLINE stm32rt_s32x4
stm32rt_rescale_right_s32x4(stm32rt_s32x4 acc, stm32rt_scale_s32x4 s) {
  const stm32rt_s32x4 high = stm32rt_high_s32x4(acc, s.multiplier);
  const stm32rt_s32x4 tie =
      stm32rt_sign_s32x4(stm32rt_and_s32x4(high, s.right));
  return stm32rt_shift_s32x4(stm32rt_add_s32x4(high, tie), s.right);
}

/* stm32rt_rescale of each lane, for accumulators with acc * 2^left in int32
 * (rule N3 of docs/Numerics.md: the reference needs it too).
 *
 *   high   is stm32rt_high_multiply; with left > 0 it is the only rounding:
 *          floor((acc * 2^left * m + 2^30) / 2^31) = floor(acc * m / 2^shift
 *          + 1/2)
 *   tie    -1 for negative values that are shifted right, as in
 *          stm32rt_rounding_shift: right is negative then, so is right & high
 *   VRSHL  adds its half with no loss of a carry */
STM32RT_INLINE stm32rt_s32x4 stm32rt_rescale_s32x4(stm32rt_s32x4 acc,
                                                   stm32rt_scale_s32x4 s) {
  return stm32rt_rescale_right_s32x4(stm32rt_shift_s32x4(acc, s.left), s);
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_MVE_H */
