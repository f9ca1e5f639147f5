/*===-- stm32rt_dequantize_f32.c - From 8 bits to float, plain C -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N15 of docs/Numerics.md. The difference is exact in float, so there is
 * one rounding: that of the product.
 */
#include "stm32rt_kernels.h"

void stm32rt_dequantize_s8_f32(const stm32rt_quantize *d, const void *x,
                               void *y) {
  const int8_t *in = (const int8_t *)x;
  float *out = (float *)y;
  for (int32_t i = 0; i < d->count; i++)
    out[i] = d->scale * (float)(in[i] - d->zero_point);
}

void stm32rt_dequantize_u8_f32(const stm32rt_quantize *d, const void *x,
                               void *y) {
  const uint8_t *in = (const uint8_t *)x;
  float *out = (float *)y;
  for (int32_t i = 0; i < d->count; i++)
    out[i] = d->scale * (float)(in[i] - d->zero_point);
}
