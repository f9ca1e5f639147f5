/*===-- stm32rt_compare.c - Comparison of numbers as they are, plain C -----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rules N33 and N37. Comparisons with NaN are false, but for not_equal.
 */
#include "stm32rt_broadcast.h"

#define DEFINE(NAME, TYPE, OPERATOR)                                           \
  static inline uint8_t NAME(TYPE a, TYPE b) { return a OPERATOR b; }          \
  STM32RT_PLAIN_KERNEL(stm32rt_##NAME, TYPE, uint8_t, NAME)

#define DEFINE_ALL(SUFFIX, TYPE)                                               \
  DEFINE(equal_##SUFFIX, TYPE, ==)                                             \
  DEFINE(not_equal_##SUFFIX, TYPE, !=)                                         \
  DEFINE(less_##SUFFIX, TYPE, <)                                               \
  DEFINE(less_equal_##SUFFIX, TYPE, <=)

DEFINE_ALL(s8, int8_t)
DEFINE_ALL(s16, int16_t)
DEFINE_ALL(s32, int32_t)
DEFINE_ALL(s64, int64_t)
DEFINE_ALL(f32, float)
