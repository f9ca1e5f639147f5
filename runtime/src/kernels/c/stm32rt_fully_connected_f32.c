/*===-- stm32rt_fully_connected_f32.c - Fully connected layer, float32 -----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N58 of docs/numerics/Window.md.
 */
#include "stm32rt_convolve.h"

void stm32rt_fully_connected_f32(const stm32rt_fully_connected *d,
                                 const void *x, void *y, const void *constants,
                                 void *scratch) {
  (void)scratch;
  const stm32rt_layer l =
      stm32rt_matrix_layer(d, stm32rt_float_layer(constants, d->out_features));
  stm32rt_matrix_product(&stm32rt_f32, &l, d, x, y);
}
