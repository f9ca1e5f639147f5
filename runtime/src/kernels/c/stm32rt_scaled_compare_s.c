/*===-- stm32rt_scaled_compare_s.c - Comparison between quantisations, plain C
 *===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N33: both sides are scaled to a common scale, rounded, and compared.
 */
#include "stm32rt_broadcast.h"

#define DEFINE(NAME, TYPE, OPERATOR)                                           \
  static inline uint8_t NAME(const stm32rt_binary *d, TYPE a, TYPE b) {        \
    return stm32rt_scaled_a(d, a) OPERATOR stm32rt_scaled_b(d, b);             \
  }                                                                            \
  STM32RT_BINARY_KERNEL(stm32rt_scaled_##NAME, stm32rt_binary, TYPE, uint8_t,  \
                        NAME)

DEFINE(equal_s8, int8_t, ==)
DEFINE(not_equal_s8, int8_t, !=)
DEFINE(less_s8, int8_t, <)
DEFINE(less_equal_s8, int8_t, <=)
DEFINE(equal_s16, int16_t, ==)
DEFINE(not_equal_s16, int16_t, !=)
DEFINE(less_s16, int16_t, <)
DEFINE(less_equal_s16, int16_t, <=)
