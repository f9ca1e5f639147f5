/*===-- stm32rt_sigmoid_s16.c - Sigmoid and tanh of int16, plain C ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N41; the functions are in stm32rt_sigmoid.h.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_sigmoid.h"

/* x in units of 1 / 12288; |x| * multiplier + half fits in int32. */
static inline int32_t scaled(int32_t x, int32_t multiplier, int32_t shift) {
  const int32_t half = shift > 0 ? (int32_t)1 << (shift - 1) : 0;
  return (x * multiplier + half) >> shift;
}

#define DEFINE(NAME, FUNCTION)                                                 \
  void NAME(const stm32rt_unary_s16 *d, const void *x, void *y) {              \
    const int32_t count = d->count;                                            \
    const int32_t multiplier = d->multiplier, shift = d->shift;                \
    const int16_t *in = (const int16_t *)x;                                    \
    int16_t *out = (int16_t *)y;                                               \
    for (int32_t i = 0; i < count; i++)                                        \
      out[i] = (int16_t)FUNCTION(scaled(in[i], multiplier, shift));            \
  }

DEFINE(stm32rt_logistic_s16, stm32rt_logistic_q15)
DEFINE(stm32rt_tanh_s16, stm32rt_tanh_q15)
