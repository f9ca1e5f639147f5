/*===-- stm32rt_fully_connected_s8_mve.c - Matrix product with MVE ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Each row of x is a pixel of stm32rt_convolve_mve.h, whose constants these
 * are. Scratch: none.
 */
#include "stm32rt_convolve_mve.h"

void stm32rt_fully_connected_s8_mve(const stm32rt_fully_connected *d,
                                    const void *x, void *y,
                                    const void *constants, void *scratch) {
  (void)scratch;
  layer l;
  l.c = stm32rt_split_constants(constants, d->out_features, d->quant_stride);
  l.terms = d->in_features;
  l.channels = d->out_features;
  l.y_step = d->out_features;
  l.quant_stride = d->quant_stride;
  l.zero_point = d->y_zero_point;
  l.min = d->y_min;
  l.max = d->y_max;
  choose_ways(&l);
  run_pixels(&l, (const int8_t *)x, d->in_features, (int8_t *)y, d->rows);
}
