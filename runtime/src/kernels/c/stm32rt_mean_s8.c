/*===-- stm32rt_mean_s8.c - Mean over dimensions, plain C ------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N10 of docs/Numerics.md. The mean is one requantisation of the sum: the
 * multiplier carries 1 / count, so nothing is divided here.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

/* Sum of the reduced dimensions from x on. */
static inline int32_t reduced_sum(const stm32rt_mean *d, const int8_t *x) {
  int32_t sum = 0;
  for (int32_t i = 0; i < d->reduced_size[0]; i++)
    for (int32_t j = 0; j < d->reduced_size[1]; j++)
      for (int32_t k = 0; k < d->reduced_size[2]; k++) {
        const int8_t *p = x + i * d->reduced_stride[0] +
                          j * d->reduced_stride[1] + k * d->reduced_stride[2];
        for (int32_t l = 0; l < d->reduced_size[3]; l++)
          sum += p[l * d->reduced_stride[3]];
      }
  return sum;
}

void stm32rt_mean_s8(const stm32rt_mean *d, const void *x, void *y) {
  const int32_t count = d->reduced_size[0] * d->reduced_size[1] *
                        d->reduced_size[2] * d->reduced_size[3];
  const int32_t offset = count * d->x_zero_point;
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;

  for (int32_t i = 0; i < d->kept_size[0]; i++)
    for (int32_t j = 0; j < d->kept_size[1]; j++)
      for (int32_t k = 0; k < d->kept_size[2]; k++) {
        const int8_t *p = in + i * d->kept_stride[0] + j * d->kept_stride[1] +
                          k * d->kept_stride[2];
        for (int32_t l = 0; l < d->kept_size[3]; l++) {
          const int32_t sum = reduced_sum(d, p + l * d->kept_stride[3]);
          *out++ = stm32rt_output_s8(sum - offset, d->multiplier, d->shift,
                                     d->y_zero_point, d->y_min, d->y_max);
        }
      }
}
