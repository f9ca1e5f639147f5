/*===-- stm32rt_requantize.c - From one quantisation to another, plain C ---===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rules N14, N16 and N17 of docs/Numerics.md.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

static inline int32_t requantized(const stm32rt_requantize *d, int32_t v) {
  const int32_t r =
      stm32rt_rescale(v - d->x_zero_point, d->multiplier, d->shift);
  return stm32rt_clamp(r + d->y_zero_point, d->y_min, d->y_max);
}

void stm32rt_requantize_s8_s8(const stm32rt_requantize *d, const void *x,
                              void *y) {
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;
  for (int32_t i = 0; i < d->count; i++)
    out[i] = (int8_t)requantized(d, in[i]);
}

void stm32rt_requantize_u8_s8(const stm32rt_requantize *d, const void *x,
                              void *y) {
  const uint8_t *in = (const uint8_t *)x;
  int8_t *out = (int8_t *)y;
  for (int32_t i = 0; i < d->count; i++)
    out[i] = (int8_t)requantized(d, in[i]);
}

void stm32rt_requantize_s8_u8(const stm32rt_requantize *d, const void *x,
                              void *y) {
  const int8_t *in = (const int8_t *)x;
  uint8_t *out = (uint8_t *)y;
  for (int32_t i = 0; i < d->count; i++)
    out[i] = (uint8_t)requantized(d, in[i]);
}
