/*===-- stm32rt_max_pool_2d_s16.c - Maximum pooling, int16 -----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N9 of docs/Numerics.md.
 */
#include "stm32rt_pool.h"

STM32RT_MAX_OF(int16_t, INT16_MIN)

static const stm32rt_pooling pooling = {2, start, take, finish};

void stm32rt_max_pool_2d_s16_rows(const stm32rt_window *d,
                                  const stm32rt_band *band, const void *x,
                                  void *y) {
  const stm32rt_layer l = stm32rt_pool_layer(d);
  stm32rt_pool_walk(&pooling, &l, d, band, x, y);
}

void stm32rt_max_pool_2d_s16(const stm32rt_window *d, const void *x, void *y) {
  stm32rt_pool_images(d, stm32rt_max_pool_2d_s16_rows, x, y, 2);
}
