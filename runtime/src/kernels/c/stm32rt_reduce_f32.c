/*===-- stm32rt_reduce_f32.c - Reductions of float32, plain C -------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rules N66 and N67 of docs/Numerics.md. Sums are in the order of memory and
 * never rearranged, so every core gives the same bits.
 */
#include "stm32rt_reduce.h"

#include <float.h>

/* One step of a reduction: `value` and the next element. */
typedef float (*reduce_step)(float value, float next);

STM32RT_INLINE float fold(const stm32rt_reduce *d, const void *x, float value,
                          reduce_step step) {
  const int32_t size = d->reduced_size[2], stride = d->reduced_stride[2];
  for (int32_t i = 0; i < d->reduced_size[0]; i++)
    for (int32_t j = 0; j < d->reduced_size[1]; j++) {
      const float *in = (const float *)x + i * d->reduced_stride[0] +
                        j * d->reduced_stride[1];
      for (int32_t k = 0; k < size; k++) {
        value = step(value, *in);
        in += stride;
      }
    }
  return value;
}

STM32RT_INLINE float add(float value, float next) { return value + next; }
/* NaN never replaces a number. */
STM32RT_INLINE float greater(float value, float next) {
  return next > value ? next : value;
}
STM32RT_INLINE float lesser(float value, float next) {
  return next < value ? next : value;
}

STM32RT_INLINE void sum_one(const stm32rt_reduce *d, const void *x, void *y) {
  *(float *)y = fold(d, x, 0.0f, add);
}
STM32RT_INLINE void mean_one(const stm32rt_reduce *d, const void *x, void *y) {
  *(float *)y = fold(d, x, 0.0f, add) / (float)d->count;
}
STM32RT_INLINE void max_one(const stm32rt_reduce *d, const void *x, void *y) {
  *(float *)y = fold(d, x, -FLT_MAX, greater);
}
STM32RT_INLINE void min_one(const stm32rt_reduce *d, const void *x, void *y) {
  *(float *)y = fold(d, x, FLT_MAX, lesser);
}

STM32RT_INLINE void store_index(const stm32rt_reduce *d, const void *x, void *y,
                                int is_max) {
  const float *in = (const float *)x;
  float best = *in;
  int32_t index = 0;
  for (int32_t k = 0; k < d->reduced_size[2]; k++) {
    const float v = *in;
    if (is_max ? v > best : v < best) {
      best = v;
      index = k;
    }
    in += d->reduced_stride[2];
  }
  if (d->index_bytes == 8)
    *(int64_t *)y = index;
  else
    *(int32_t *)y = index;
}
STM32RT_INLINE void arg_max_one(const stm32rt_reduce *d, const void *x,
                                void *y) {
  store_index(d, x, y, 1);
}
STM32RT_INLINE void arg_min_one(const stm32rt_reduce *d, const void *x,
                                void *y) {
  store_index(d, x, y, 0);
}

void stm32rt_reduce_sum_f32(const stm32rt_reduce *d, const void *x, void *y) {
  stm32rt_reduce_all(d, x, 4, y, 4, sum_one);
}

void stm32rt_reduce_mean_f32(const stm32rt_reduce *d, const void *x, void *y) {
  stm32rt_reduce_all(d, x, 4, y, 4, mean_one);
}

void stm32rt_reduce_max_f32(const stm32rt_reduce *d, const void *x, void *y) {
  stm32rt_reduce_all(d, x, 4, y, 4, max_one);
}

void stm32rt_reduce_min_f32(const stm32rt_reduce *d, const void *x, void *y) {
  stm32rt_reduce_all(d, x, 4, y, 4, min_one);
}

void stm32rt_arg_max_f32(const stm32rt_reduce *d, const void *x, void *y) {
  stm32rt_reduce_all(d, x, 4, y, d->index_bytes, arg_max_one);
}

void stm32rt_arg_min_f32(const stm32rt_reduce *d, const void *x, void *y) {
  stm32rt_reduce_all(d, x, 4, y, d->index_bytes, arg_min_one);
}
