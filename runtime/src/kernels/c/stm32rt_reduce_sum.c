/*===-- stm32rt_reduce_sum.c - Sums and means of integers, plain C --------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rules N10 and N65 of docs/Numerics.md. A mean is one requantisation of the
 * sum: the multiplier carries 1 / count, so nothing is divided here.
 */
#include "stm32rt_reduce.h"

/* Modulo 2^32; the compiler has proven that sums of int8 and int16 fit. */
STM32RT_INLINE int32_t sum_of(const stm32rt_reduce *d, const void *x,
                              int32_t bytes) {
  const int32_t size = d->reduced_size[2], stride = d->reduced_stride[2];
  uint32_t sum = 0;
  for (int32_t i = 0; i < d->reduced_size[0]; i++)
    for (int32_t j = 0; j < d->reduced_size[1]; j++) {
      int32_t at = i * d->reduced_stride[0] + j * d->reduced_stride[1];
      for (int32_t k = 0; k < size; k++) {
        sum += (uint32_t)stm32rt_load(x, at, bytes);
        at += stride;
      }
    }
  return (int32_t)sum;
}

STM32RT_INLINE int32_t requantised_sum(const stm32rt_reduce *d, const void *x,
                                       int32_t bytes) {
  const int32_t sum = sum_of(d, x, bytes) - d->count * d->x_zero_point;
  const int32_t v = stm32rt_rescale(sum, d->multiplier, d->shift);
  return stm32rt_clamp(v + d->y_zero_point, d->y_min, d->y_max);
}

STM32RT_INLINE void sum_one_s8(const stm32rt_reduce *d, const void *x,
                               void *y) {
  *(int8_t *)y = (int8_t)requantised_sum(d, x, 1);
}

STM32RT_INLINE void sum_one_s16(const stm32rt_reduce *d, const void *x,
                                void *y) {
  *(int16_t *)y = (int16_t)requantised_sum(d, x, 2);
}

STM32RT_INLINE void sum_one_s32(const stm32rt_reduce *d, const void *x,
                                void *y) {
  *(int32_t *)y = sum_of(d, x, 4);
}

/* The whole sum needs 64 bits; the quotient is rounded towards zero. */
STM32RT_INLINE void mean_one_s32(const stm32rt_reduce *d, const void *x,
                                 void *y) {
  int64_t sum = 0;
  for (int32_t i = 0; i < d->reduced_size[0]; i++)
    for (int32_t j = 0; j < d->reduced_size[1]; j++)
      for (int32_t k = 0; k < d->reduced_size[2]; k++)
        sum += ((const int32_t *)
                    x)[i * d->reduced_stride[0] + j * d->reduced_stride[1] +
                       k * d->reduced_stride[2]];
  *(int32_t *)y = (int32_t)(sum / d->count);
}

void stm32rt_reduce_sum_s8(const stm32rt_reduce *d, const void *x, void *y) {
  stm32rt_reduce_all(d, x, 1, y, 1, sum_one_s8);
}

void stm32rt_reduce_sum_s16(const stm32rt_reduce *d, const void *x, void *y) {
  stm32rt_reduce_all(d, x, 2, y, 2, sum_one_s16);
}

void stm32rt_reduce_sum_s32(const stm32rt_reduce *d, const void *x, void *y) {
  stm32rt_reduce_all(d, x, 4, y, 4, sum_one_s32);
}

void stm32rt_reduce_mean_s32(const stm32rt_reduce *d, const void *x, void *y) {
  stm32rt_reduce_all(d, x, 4, y, 4, mean_one_s32);
}
