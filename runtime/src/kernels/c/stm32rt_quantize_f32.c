/*===-- stm32rt_quantize_f32.c - From float to integers, plain C -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N13 of docs/Numerics.md: a true division in float (multiplying by the
 * inverse gives other bytes), then rounding half away from zero without the
 * mathematics library.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

/* round(v), half away from zero; beyond +-2^17, which every zero point
 * saturates, any number of that sign; 0 for NaN. v and its integer part are
 * exact in float at this size, and so is their difference. */
static inline int32_t rounded(float v) {
  const int32_t limit = (int32_t)1 << 17;
  if (v >= (float)limit)
    return limit;
  if (v <= (float)-limit)
    return -limit;
  if (v != v)
    return 0;
  const int32_t whole = (int32_t)v;
  const float rest = v - (float)whole;
  return whole + (rest >= 0.5f) - (rest <= -0.5f);
}

#define DEFINE(NAME, TYPE, MIN, MAX)                                           \
  void NAME(const stm32rt_quantize *d, const void *x, void *y) {               \
    const stm32rt_quantize local = *d;                                         \
    const float *in = (const float *)x;                                        \
    TYPE *out = (TYPE *)y;                                                     \
    for (int32_t i = 0; i < local.count; i++)                                  \
      out[i] = (TYPE)stm32rt_clamp(                                            \
          rounded(in[i] / local.scale) + local.zero_point, MIN, MAX);          \
  }

DEFINE(stm32rt_quantize_f32_s8, int8_t, INT8_MIN, INT8_MAX)
DEFINE(stm32rt_quantize_f32_u8, uint8_t, 0, UINT8_MAX)
DEFINE(stm32rt_quantize_f32_s16, int16_t, INT16_MIN, INT16_MAX)
