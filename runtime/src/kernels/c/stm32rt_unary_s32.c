/*===-- stm32rt_unary_s32.c - Functions of one integer or bool, plain C ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N37. The negative of the least integer is itself.
 */
#include "stm32rt_kernels.h"

#define DEFINE(NAME, TYPE, EXPRESSION)                                         \
  void stm32rt_##NAME(const stm32rt_unary *d, const void *x, void *y) {        \
    const int32_t count = d->count;                                            \
    const TYPE *in = (const TYPE *)x;                                          \
    TYPE *out = (TYPE *)y;                                                     \
    for (int32_t i = 0; i < count; i++) {                                      \
      const TYPE v = in[i];                                                    \
      out[i] = EXPRESSION;                                                     \
    }                                                                          \
  }

DEFINE(abs_s32, int32_t, (int32_t)(v < 0 ? 0u - (uint32_t)v : (uint32_t)v))
DEFINE(neg_s16, int16_t, (int16_t)-v)
DEFINE(neg_s32, int32_t, (int32_t)(0u - (uint32_t)v))
DEFINE(neg_s64, int64_t, (int64_t)(0u - (uint64_t)v))
DEFINE(logical_not_b, uint8_t, (uint8_t)(v ^ 1))
