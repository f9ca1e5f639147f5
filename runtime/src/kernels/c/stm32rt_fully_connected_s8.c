/*===-- stm32rt_fully_connected_s8.c - Fully connected layer, plain C ------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "stm32rt_convolve.h"
#include "stm32rt_dot_two.h"

static const stm32rt_arithmetic arithmetic = STM32RT_S8(stm32rt_dot_s8);

void stm32rt_fully_connected_s8(const stm32rt_fully_connected *d, const void *x,
                                void *y, const void *constants, void *scratch) {
  (void)scratch;
  const stm32rt_layer l =
      stm32rt_matrix_layer(d, stm32rt_integer_layer(constants, d->out_features,
                                                    d->quant_stride, 4, 0));
  /* One output at a time is half of the code. */
  if (STM32RT_SMALL) {
    stm32rt_matrix_product(&arithmetic, &l, d, x, y);
    return;
  }
  const int32_t terms = d->in_features, outputs = d->out_features;
  const int32_t *bias = (const int32_t *)l.bias;
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;
  for (int32_t row = 0; row < d->rows; row++) {
    const int8_t *w = (const int8_t *)l.weights;
    for (int32_t o = 0; o < outputs; o += 2) {
      const int32_t next = o + 1 < outputs ? terms : 0;
      stm32rt_two_sums s = {bias[o], bias[next != 0 ? o + 1 : o]};
      stm32rt_dot_two(&s, in, w, next, terms);
      const stm32rt_sum a = {s.a}, b = {s.b};
      stm32rt_finish_s8(&l, a, o, out + o);
      if (next != 0)
        stm32rt_finish_s8(&l, b, o + 1, out + o + 1);
      w += 2 * terms;
    }
    in += terms;
    out += outputs;
  }
}
