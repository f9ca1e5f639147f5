/*===-- stm32rt_dequantize_f32.c - From integers to float, plain C ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N15 of docs/Numerics.md, see stm32rt_real.h.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_real.h"

#define DEFINE(NAME, TYPE)                                                     \
  void NAME(const stm32rt_quantize *d, const void *x, void *y) {               \
    const stm32rt_quantize local = *d;                                         \
    const TYPE *in = (const TYPE *)x;                                          \
    float *out = (float *)y;                                                   \
    for (int32_t i = 0; i < local.count; i++)                                  \
      out[i] = stm32rt_real(in[i], local.scale, local.zero_point);             \
  }

DEFINE(stm32rt_dequantize_s8_f32, int8_t)
DEFINE(stm32rt_dequantize_u8_f32, uint8_t)
DEFINE(stm32rt_dequantize_s16_f32, int16_t)
DEFINE(stm32rt_dequantize_s32_f32, int32_t)
