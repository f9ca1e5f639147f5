/*===-- stm32rt_requantize.c - From one quantisation to another, plain C ---===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rules N14, N16 and N17 of docs/Numerics.md, N40 of
 *docs/numerics/Elementwise.md.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

static inline int32_t requantized(const stm32rt_requantize *d, int32_t v) {
  const int32_t r =
      stm32rt_rescale(v - d->x_zero_point, d->multiplier, d->shift);
  return stm32rt_clamp(r + d->y_zero_point, d->y_min, d->y_max);
}

#define DEFINE(FROM, IN, TO, OUT)                                              \
  void stm32rt_requantize_##FROM##_##TO(const stm32rt_requantize *d,           \
                                        const void *x, void *y) {              \
    const stm32rt_requantize local = *d;                                       \
    const IN *in = (const IN *)x;                                              \
    OUT *out = (OUT *)y;                                                       \
    for (int32_t i = 0; i < local.count; i++)                                  \
      out[i] = (OUT)requantized(&local, in[i]);                                \
  }

DEFINE(s8, int8_t, s8, int8_t)
DEFINE(u8, uint8_t, s8, int8_t)
DEFINE(s8, int8_t, u8, uint8_t)
DEFINE(s8, int8_t, s16, int16_t)
DEFINE(s8, int8_t, s32, int32_t)
DEFINE(s16, int16_t, s8, int8_t)
DEFINE(s16, int16_t, s16, int16_t)
DEFINE(s16, int16_t, s32, int32_t)
DEFINE(s32, int32_t, s8, int8_t)
DEFINE(s32, int32_t, s16, int16_t)
