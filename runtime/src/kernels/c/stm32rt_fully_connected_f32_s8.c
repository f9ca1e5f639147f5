/*===-- stm32rt_fully_connected_f32_s8.c - Fully connected, int8 weights ---===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Each row is quantised for itself, into scratch.
 */
#include "stm32rt_hybrid.h"

void stm32rt_fully_connected_f32_s8(const stm32rt_fully_connected *d,
                                    const void *x, void *y,
                                    const void *constants, void *scratch) {
  const float *in = (const float *)x;
  float *out = (float *)y;
  stm32rt_layer l =
      stm32rt_hybrid_layer(constants, d->out_features, d->quant_stride);
  const int32_t asymmetric = ((const int32_t *)constants)[d->out_features + 2];
  stm32rt_fully_connected row = *d;
  row.rows = 1;
  for (int32_t r = 0; r < d->rows; r++) {
    if (asymmetric)
      stm32rt_quantise_asymmetric(&l, in, (int8_t *)scratch, d->in_features);
    else
      stm32rt_quantise_symmetric(&l, in, (int8_t *)scratch, d->in_features);
    stm32rt_matrix_product(&stm32rt_hybrid_product, &l, &row, scratch, out);
    in += d->in_features;
    out += d->out_features;
  }
}
