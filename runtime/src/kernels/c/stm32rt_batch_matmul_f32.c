/*===-- stm32rt_batch_matmul_f32.c - Products of matrices, float32 ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N61 of docs/numerics/Window.md.
 */
#include "stm32rt_convolve.h"

static inline void finish(const stm32rt_layer *l, stm32rt_sum sum,
                          int32_t channel, void *y) {
  (void)l;
  (void)channel;
  *(float *)y = sum.f32;
}

static const stm32rt_arithmetic arithmetic =
    STM32RT_ARITHMETIC(4, 4, 4, stm32rt_dot_f32, stm32rt_start_f32, finish);

void stm32rt_batch_matmul_f32(const stm32rt_batch_matmul *d, const void *a,
                              const void *b, void *y) {
  stm32rt_matrices(&arithmetic, d, a, b, y);
}
