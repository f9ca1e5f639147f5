/*===-- stm32rt_batch_matmul_s8.c - Products of matrices, int8 -------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N61 of docs/numerics/Window.md.
 */
#include "stm32rt_convolve.h"

static inline stm32rt_sum start(const stm32rt_layer *l, int32_t channel) {
  const stm32rt_sum zero = {.i32 = 0};
  (void)l;
  (void)channel;
  return zero;
}

static const stm32rt_arithmetic arithmetic =
    STM32RT_ARITHMETIC(1, 1, 1, stm32rt_dot_s8, start, stm32rt_finish_s8);

void stm32rt_batch_matmul_s8(const stm32rt_batch_matmul *d, const void *a,
                             const void *b, void *y) {
  stm32rt_matrices(&arithmetic, d, a, b, y);
}
