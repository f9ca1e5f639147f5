/*===-- stm32rt_extremes.c - Lesser and greater of two numbers, plain C ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N36. Of two floats of which one is NaN, b is taken as the reference
 * does.
 */
#include "stm32rt_broadcast.h"

#define DEFINE(SUFFIX, TYPE)                                                   \
  static inline TYPE minimum_##SUFFIX(TYPE a, TYPE b) {                        \
    return a < b ? a : b;                                                      \
  }                                                                            \
  static inline TYPE maximum_##SUFFIX(TYPE a, TYPE b) {                        \
    return a > b ? a : b;                                                      \
  }                                                                            \
  STM32RT_PLAIN_KERNEL(stm32rt_minimum_##SUFFIX, TYPE, TYPE, minimum_##SUFFIX) \
  STM32RT_PLAIN_KERNEL(stm32rt_maximum_##SUFFIX, TYPE, TYPE, maximum_##SUFFIX)

DEFINE(s8, int8_t)
DEFINE(s16, int16_t)
DEFINE(s32, int32_t)
DEFINE(s64, int64_t)
DEFINE(f32, float)
