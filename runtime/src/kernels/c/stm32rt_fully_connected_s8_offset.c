/*===-- stm32rt_fully_connected_s8_offset.c - Fully connected layer, int8 ---===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The weights have a zero point of their own (N55): networks that were uint8.
 * Those round once in this operator.
 */
#include "stm32rt_convolve.h"

void stm32rt_fully_connected_s8_offset(const stm32rt_fully_connected *d,
                                       const void *x, void *y,
                                       const void *constants, void *scratch) {
  (void)scratch;
  const stm32rt_layer l =
      stm32rt_matrix_layer(d, stm32rt_integer_layer(constants, d->out_features,
                                                    d->quant_stride, 4, 1));
  stm32rt_matrix_product(&stm32rt_s8_offset, &l, d, x, y);
}

void stm32rt_fully_connected_s8_once(const stm32rt_fully_connected *d,
                                     const void *x, void *y,
                                     const void *constants, void *scratch) {
  (void)scratch;
  const stm32rt_layer l =
      stm32rt_matrix_layer(d, stm32rt_integer_layer(constants, d->out_features,
                                                    d->quant_stride, 4, 1));
  stm32rt_matrix_product(&stm32rt_s8_once, &l, d, x, y);
}
