/*===-- stm32rt_prelu_s.c - Slope by element for negative values, plain C --===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N34.
 */
#include "stm32rt_broadcast.h"

static inline int32_t prelu(const stm32rt_binary *d, int32_t x, int32_t alpha) {
  const int32_t v = x - d->a_zero_point;
  if (v < 0)
    return stm32rt_binary_output(d, v * (alpha - d->b_zero_point));
  return stm32rt_clamp(stm32rt_rescale(v, d->a_multiplier, d->a_shift) +
                           d->y_zero_point,
                       d->y_min, d->y_max);
}

static inline int8_t prelu_s8(const stm32rt_binary *d, int8_t x, int8_t alpha) {
  return (int8_t)prelu(d, x, alpha);
}
static inline int16_t prelu_s16(const stm32rt_binary *d, int16_t x,
                                int16_t alpha) {
  return (int16_t)prelu(d, x, alpha);
}

STM32RT_BINARY_KERNEL(stm32rt_prelu_s8, stm32rt_binary, int8_t, int8_t,
                      prelu_s8)
STM32RT_BINARY_KERNEL(stm32rt_prelu_s16, stm32rt_binary, int16_t, int16_t,
                      prelu_s16)
