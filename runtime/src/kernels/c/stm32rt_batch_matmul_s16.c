/*===-- stm32rt_batch_matmul_s16.c - Products of matrices, int16 -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N61 of docs/numerics/Window.md. Both operands are int16, so a product
 * takes up to 31 bits.
 */
#include "stm32rt_convolve.h"

static inline stm32rt_sum start(const stm32rt_layer *l, int32_t channel) {
  const stm32rt_sum zero = {.i64 = 0};
  (void)l;
  (void)channel;
  return zero;
}

static inline stm32rt_sum dot(const stm32rt_layer *l, stm32rt_sum sum,
                              const void *x, int32_t x_stride, const void *w,
                              int32_t w_stride, int32_t n) {
  const int16_t *a = (const int16_t *)x, *b = (const int16_t *)w;
  (void)l;
  for (int32_t k = 0; k < n; k++) {
    sum.i64 += *a * *b;
    a += x_stride;
    b += w_stride;
  }
  return sum;
}

static const stm32rt_arithmetic arithmetic =
    STM32RT_ARITHMETIC(2, 2, 2, dot, start, stm32rt_finish_s16);

void stm32rt_batch_matmul_s16(const stm32rt_batch_matmul *d, const void *a,
                              const void *b, void *y) {
  stm32rt_matrices(&arithmetic, d, a, b, y);
}
