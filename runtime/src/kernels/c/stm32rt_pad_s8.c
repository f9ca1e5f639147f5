/*===-- stm32rt_pad_s8.c - Padding of up to four dimensions, plain C -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Everything is filled, then x is copied in runs that are as long as the
 * innermost dimension, or the two innermost if the innermost is not padded
 * (channels of an image hardly ever are).
 */
#include "stm32rt_kernels.h"

#include <string.h>

void stm32rt_pad_s8(const stm32rt_pad *d, const void *x, void *y) {
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;
  const int32_t wide[4] = {d->before[0] + d->size[0] + d->after[0],
                           d->before[1] + d->size[1] + d->after[1],
                           d->before[2] + d->size[2] + d->after[2],
                           d->before[3] + d->size[3] + d->after[3]};
  const int merged = wide[3] == d->size[3];
  const int32_t runs = merged ? 1 : d->size[2];
  const int32_t run = merged ? d->size[2] * d->size[3] : d->size[3];

  memset(out, d->value, (size_t)wide[0] * (size_t)wide[1] * (size_t)wide[2] *
                            (size_t)wide[3]);
  for (int32_t i = 0; i < d->size[0]; i++)
    for (int32_t j = 0; j < d->size[1]; j++) {
      const int32_t row = (i + d->before[0]) * wide[1] + j + d->before[1];
      int8_t *p = out + (row * wide[2] + d->before[2]) * wide[3];
      for (int32_t k = 0; k < runs; k++) {
        memcpy(p + k * wide[3] + d->before[3], in, (size_t)run);
        in += run;
      }
    }
}
