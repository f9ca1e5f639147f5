/*===-- stm32rt_squared_difference_s.c - Square of a difference, plain C ---===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N32: both sides are scaled as those of a sum; the square of their
 * difference is brought to the scale of y.
 */
#include "stm32rt_broadcast.h"

static inline int32_t squared(const stm32rt_binary *d, int32_t a, int32_t b) {
  const int32_t difference = stm32rt_scaled_a(d, a) - stm32rt_scaled_b(d, b);
  return stm32rt_binary_output(d, difference * difference);
}

static inline int8_t squared_s8(const stm32rt_binary *d, int8_t a, int8_t b) {
  return (int8_t)squared(d, a, b);
}
static inline int16_t squared_s16(const stm32rt_binary *d, int16_t a,
                                  int16_t b) {
  return (int16_t)squared(d, a, b);
}

STM32RT_BINARY_KERNEL(stm32rt_squared_difference_s8, stm32rt_binary, int8_t,
                      int8_t, squared_s8)
STM32RT_BINARY_KERNEL(stm32rt_squared_difference_s16, stm32rt_binary, int16_t,
                      int16_t, squared_s16)
