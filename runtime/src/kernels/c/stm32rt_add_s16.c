/*===-- stm32rt_add_s16.c - Sum and difference, plain C --------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rules N7 and N30: both sides are brought to twice the larger scale with
 * left_shift extra bits, added or subtracted, and brought to the scale of y.
 */
#include "stm32rt_broadcast.h"

static inline int16_t sum(const stm32rt_binary *d, int32_t a, int32_t b) {
  return (int16_t)stm32rt_binary_output(d, stm32rt_scaled_a(d, a) +
                                               stm32rt_scaled_b(d, b));
}

static inline int16_t difference(const stm32rt_binary *d, int32_t a,
                                 int32_t b) {
  return (int16_t)stm32rt_binary_output(d, stm32rt_scaled_a(d, a) -
                                               stm32rt_scaled_b(d, b));
}

STM32RT_BINARY_KERNEL(stm32rt_add_s16, stm32rt_binary, int16_t, int16_t, sum)
STM32RT_BINARY_KERNEL(stm32rt_sub_s16, stm32rt_binary, int16_t, int16_t,
                      difference)
