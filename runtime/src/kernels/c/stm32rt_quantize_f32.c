/*===-- stm32rt_quantize_f32.c - From float to integers, plain C -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N13 of docs/Numerics.md, see stm32rt_real.h.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_real.h"

#define DEFINE(NAME, TYPE, MIN, MAX)                                           \
  void NAME(const stm32rt_quantize *d, const void *x, void *y) {               \
    const stm32rt_quantize local = *d;                                         \
    const float *in = (const float *)x;                                        \
    TYPE *out = (TYPE *)y;                                                     \
    for (int32_t i = 0; i < local.count; i++)                                  \
      out[i] = (TYPE)stm32rt_quantized(in[i], local.scale, local.zero_point,   \
                                       MIN, MAX);                              \
  }

DEFINE(stm32rt_quantize_f32_s8, int8_t, INT8_MIN, INT8_MAX)
DEFINE(stm32rt_quantize_f32_u8, uint8_t, 0, UINT8_MAX)
DEFINE(stm32rt_quantize_f32_s16, int16_t, INT16_MIN, INT16_MAX)
