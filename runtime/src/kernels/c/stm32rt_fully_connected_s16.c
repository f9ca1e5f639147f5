/*===-- stm32rt_fully_connected_s16.c - Fully connected layer, int16 -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * int16 activations with int8 weights: sums in 64 bits (N56), or in 32 bits
 * for the older form with an int32 bias (N57).
 */
#include "stm32rt_convolve.h"

void stm32rt_fully_connected_s16(const stm32rt_fully_connected *d,
                                 const void *x, void *y, const void *constants,
                                 void *scratch) {
  (void)scratch;
  const stm32rt_layer l =
      stm32rt_matrix_layer(d, stm32rt_integer_layer(constants, d->out_features,
                                                    d->quant_stride, 8, 0));
  stm32rt_matrix_product(&stm32rt_s16, &l, d, x, y);
}

void stm32rt_fully_connected_s16_short(const stm32rt_fully_connected *d,
                                       const void *x, void *y,
                                       const void *constants, void *scratch) {
  (void)scratch;
  const stm32rt_layer l =
      stm32rt_matrix_layer(d, stm32rt_integer_layer(constants, d->out_features,
                                                    d->quant_stride, 4, 0));
  stm32rt_matrix_product(&stm32rt_s16_short, &l, d, x, y);
}
