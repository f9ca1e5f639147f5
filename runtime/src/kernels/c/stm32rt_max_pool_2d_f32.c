/*===-- stm32rt_max_pool_2d_f32.c - Maximum pooling, float32 ---------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N9 of docs/Numerics.md.
 */
#include "stm32rt_pool.h"

#include <float.h>

static inline stm32rt_sum start(void) {
  const stm32rt_sum sum = {.f32 = -FLT_MAX};
  return sum;
}

static inline stm32rt_sum take(stm32rt_sum sum, const void *x) {
  const float value = *(const float *)x;
  /* A value that is not a number never replaces another. */
  sum.f32 = sum.f32 < value ? value : sum.f32;
  return sum;
}

static inline void finish(const stm32rt_layer *l, stm32rt_sum sum,
                          int32_t count, void *y) {
  (void)count;
  *(float *)y = stm32rt_clamp_float(sum.f32, l->limits[0], l->limits[1]);
}

static const stm32rt_pooling pooling = {4, start, take, finish};

void stm32rt_max_pool_2d_f32_rows(const stm32rt_pool_f32 *d,
                                  const stm32rt_band *band, const void *x,
                                  void *y) {
  const stm32rt_layer l = stm32rt_pool_layer_f32(d);
  stm32rt_pool_walk(&pooling, &l, &d->window, band, x, y);
}

void stm32rt_max_pool_2d_f32(const stm32rt_pool_f32 *d, const void *x,
                             void *y) {
  const stm32rt_band band = stm32rt_whole_band(&d->window);
  for (int32_t b = 0; b < d->window.batches; b++)
    stm32rt_max_pool_2d_f32_rows(
        d, &band, (const float *)x + b * stm32rt_image_size(&d->window.x),
        (float *)y + b * stm32rt_image_size(&d->window.y));
}
