/*===-- stm32rt_quantize_f32.c - From float to 8 bits, plain C -------------===
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

/* round(v), half away from zero; beyond +-1024, which every zero point
 * saturates, any number of that sign; 0 for NaN. v and its integer part are
 * exact in float at this size, and so is their difference. */
static inline int32_t rounded(float v) {
  if (v >= 1024.0f)
    return 1024;
  if (v <= -1024.0f)
    return -1024;
  if (v != v)
    return 0;
  const int32_t whole = (int32_t)v;
  const float rest = v - (float)whole;
  return whole + (rest >= 0.5f) - (rest <= -0.5f);
}

static inline int32_t quantized(const stm32rt_quantize *d, float v,
                                int32_t low, int32_t high) {
  return stm32rt_clamp(rounded(v / d->scale) + d->zero_point, low, high);
}

void stm32rt_quantize_f32_s8(const stm32rt_quantize *d, const void *x,
                             void *y) {
  const float *in = (const float *)x;
  int8_t *out = (int8_t *)y;
  for (int32_t i = 0; i < d->count; i++)
    out[i] = (int8_t)quantized(d, in[i], INT8_MIN, INT8_MAX);
}

void stm32rt_quantize_f32_u8(const stm32rt_quantize *d, const void *x,
                             void *y) {
  const float *in = (const float *)x;
  uint8_t *out = (uint8_t *)y;
  for (int32_t i = 0; i < d->count; i++)
    out[i] = (uint8_t)quantized(d, in[i], 0, UINT8_MAX);
}
