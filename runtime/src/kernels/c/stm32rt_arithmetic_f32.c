/*===-- stm32rt_arithmetic_f32.c - Arithmetic of float32, plain C ----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N37.
 */
#include "stm32rt_broadcast.h"
#include "stm32rt_math.h"

#define DEFINE_CLAMPED(NAME, OPERATOR)                                         \
  static inline float NAME(const stm32rt_binary_f32 *d, float a, float b) {    \
    return stm32rt_clamp_float(a OPERATOR b, d->y_min, d->y_max);              \
  }                                                                            \
  STM32RT_BINARY_KERNEL(stm32rt_##NAME##_f32, stm32rt_binary_f32, float,       \
                        float, NAME)

DEFINE_CLAMPED(add, +)
DEFINE_CLAMPED(sub, -)
DEFINE_CLAMPED(mul, *)
DEFINE_CLAMPED(div, /)

static inline float squared_difference(float a, float b) {
  return (a - b) * (a - b);
}

static inline float prelu(float x, float alpha) {
  return x >= 0.0f ? x : x * alpha;
}

STM32RT_PLAIN_KERNEL(stm32rt_floor_div_f32, float, float, stm32rt_floor_div)
STM32RT_PLAIN_KERNEL(stm32rt_floor_mod_f32, float, float, stm32rt_floor_mod)
STM32RT_PLAIN_KERNEL(stm32rt_squared_difference_f32, float, float,
                     squared_difference)
STM32RT_PLAIN_KERNEL(stm32rt_prelu_f32, float, float, prelu)
