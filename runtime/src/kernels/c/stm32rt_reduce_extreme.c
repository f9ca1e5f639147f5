/*===-- stm32rt_reduce_extreme.c - Extremes of integers, plain C ----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N67 of docs/Numerics.md. The minimum is the maximum of the complements,
 * which turn the order around without overflow: ~v = -1 - v.
 */
#include "stm32rt_reduce.h"

STM32RT_INLINE int32_t ordered(int32_t v, int is_max) {
  return is_max ? v : ~v;
}

STM32RT_INLINE int32_t extreme_of(const stm32rt_reduce *d, const void *x,
                                  int32_t bytes, int is_max) {
  const int32_t size = d->reduced_size[2], stride = d->reduced_stride[2];
  int32_t best = ordered(stm32rt_load(x, 0, bytes), is_max);
  for (int32_t i = 0; i < d->reduced_size[0]; i++)
    for (int32_t j = 0; j < d->reduced_size[1]; j++) {
      int32_t at = i * d->reduced_stride[0] + j * d->reduced_stride[1];
      for (int32_t k = 0; k < size; k++) {
        const int32_t v = ordered(stm32rt_load(x, at, bytes), is_max);
        best = v > best ? v : best;
        at += stride;
      }
    }
  return ordered(best, is_max);
}

/* Index of the first extreme along the only reduced dimension, the last. */
STM32RT_INLINE void store_index(const stm32rt_reduce *d, const void *x, void *y,
                                int32_t bytes, int is_max) {
  int32_t best = ordered(stm32rt_load(x, 0, bytes), is_max);
  int32_t index = 0, at = 0;
  for (int32_t k = 0; k < d->reduced_size[2]; k++) {
    const int32_t v = ordered(stm32rt_load(x, at, bytes), is_max);
    index = v > best ? k : index;
    best = v > best ? v : best;
    at += d->reduced_stride[2];
  }
  if (d->index_bytes == 8)
    *(int64_t *)y = index;
  else
    *(int32_t *)y = index;
}

/* The kernels of one type. */
#define STM32RT_EXTREMES(name, type, bytes)                                    \
  STM32RT_INLINE void max_one_##name(const stm32rt_reduce *d, const void *x,   \
                                     void *y) {                                \
    *(type *)y = (type)extreme_of(d, x, bytes, 1);                             \
  }                                                                            \
  STM32RT_INLINE void min_one_##name(const stm32rt_reduce *d, const void *x,   \
                                     void *y) {                                \
    *(type *)y = (type)extreme_of(d, x, bytes, 0);                             \
  }                                                                            \
  void stm32rt_reduce_max_##name(const stm32rt_reduce *d, const void *x,       \
                                 void *y) {                                    \
    stm32rt_reduce_all(d, x, bytes, y, bytes, max_one_##name);                 \
  }                                                                            \
  void stm32rt_reduce_min_##name(const stm32rt_reduce *d, const void *x,       \
                                 void *y) {                                    \
    stm32rt_reduce_all(d, x, bytes, y, bytes, min_one_##name);                 \
  }

#define STM32RT_ARG_EXTREMES(name, bytes)                                      \
  STM32RT_INLINE void arg_max_one_##name(const stm32rt_reduce *d,              \
                                         const void *x, void *y) {             \
    store_index(d, x, y, bytes, 1);                                            \
  }                                                                            \
  STM32RT_INLINE void arg_min_one_##name(const stm32rt_reduce *d,              \
                                         const void *x, void *y) {             \
    store_index(d, x, y, bytes, 0);                                            \
  }                                                                            \
  void stm32rt_arg_max_##name(const stm32rt_reduce *d, const void *x,          \
                              void *y) {                                       \
    stm32rt_reduce_all(d, x, bytes, y, d->index_bytes, arg_max_one_##name);    \
  }                                                                            \
  void stm32rt_arg_min_##name(const stm32rt_reduce *d, const void *x,          \
                              void *y) {                                       \
    stm32rt_reduce_all(d, x, bytes, y, d->index_bytes, arg_min_one_##name);    \
  }

STM32RT_EXTREMES(s8, int8_t, 1)
STM32RT_EXTREMES(s16, int16_t, 2)
STM32RT_EXTREMES(s32, int32_t, 4)
STM32RT_ARG_EXTREMES(s8, 1)
STM32RT_ARG_EXTREMES(s32, 4)
