/*===-- stm32rt_broadcast.h - Walking over broadcast tensors ---------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * For the kernels of two and three tensors. The compiler has joined dimensions
 * where it could, so that two tensors of one shape are a single run.
 */
#ifndef STM32RT_BROADCAST_H
#define STM32RT_BROADCAST_H

#include "stm32rt_elementwise.h"
#include "stm32rt_requant.h"

/* Where the run that is computed begins in a and b, and its position in the
 * outer dimensions. Begins with zeros. */
typedef struct stm32rt_cursor {
  int32_t a, b;
  int32_t at[STM32RT_BROADCAST_DIMS];
} stm32rt_cursor;

/* Goes to the next run; 0 after the last one. */
STM32RT_INLINE int stm32rt_next_run(const stm32rt_broadcast *shape,
                                    stm32rt_cursor *cursor) {
  for (int i = STM32RT_BROADCAST_DIMS - 1; i >= 0; i--) {
    cursor->a += shape->a_stride[i];
    cursor->b += shape->b_stride[i];
    if (++cursor->at[i] < shape->size[i])
      return 1;
    cursor->a -= shape->size[i] * shape->a_stride[i];
    cursor->b -= shape->size[i] * shape->b_stride[i];
    cursor->at[i] = 0;
  }
  return 0;
}

/* Defines the kernel NAME: y = FUNCTION(&descriptor, a, b) for elements of the
 * type IN. The descriptor is copied, as a store through y might change it for all
 * that C knows: its fields stay in registers. */
#define STM32RT_BINARY_KERNEL(NAME, DESCRIPTOR, IN, OUT, FUNCTION)             \
  void NAME(const DESCRIPTOR *d, const void *a, const void *b, void *y) {      \
    const stm32rt_broadcast *shape = &d->shape;                                \
    const DESCRIPTOR local = *d;                                               \
    const int32_t a_step = shape->a_step, b_step = shape->b_step;              \
    stm32rt_cursor cursor = {0, 0, {0}};                                       \
    OUT *out = (OUT *)y;                                                       \
    do {                                                                       \
      const IN *in_a = (const IN *)a + cursor.a;                               \
      const IN *in_b = (const IN *)b + cursor.b;                               \
      for (int32_t i = shape->run; i > 0; i--) {                               \
        *out++ = FUNCTION(&local, *in_a, *in_b);                               \
        in_a += a_step;                                                        \
        in_b += b_step;                                                        \
      }                                                                        \
    } while (stm32rt_next_run(shape, &cursor));                                \
  }

/* The same for functions FUNCTION(a, b) without parameters. */
#define STM32RT_PLAIN_KERNEL(NAME, IN, OUT, FUNCTION)                          \
  void NAME(const stm32rt_broadcast *d, const void *a, const void *b,          \
            void *y) {                                                         \
    const int32_t a_step = d->a_step, b_step = d->b_step;                      \
    stm32rt_cursor cursor = {0, 0, {0}};                                       \
    OUT *out = (OUT *)y;                                                       \
    do {                                                                       \
      const IN *in_a = (const IN *)a + cursor.a;                               \
      const IN *in_b = (const IN *)b + cursor.b;                               \
      for (int32_t i = d->run; i > 0; i--) {                                   \
        *out++ = FUNCTION(*in_a, *in_b);                                       \
        in_a += a_step;                                                        \
        in_b += b_step;                                                        \
      }                                                                        \
    } while (stm32rt_next_run(d, &cursor));                                    \
  }

/* P and Q of stm32rt_binary: a side, brought to the common scale. */
STM32RT_INLINE int32_t stm32rt_scaled_a(const stm32rt_binary *d, int32_t v) {
  return stm32rt_rescale((v - d->a_zero_point) * ((int32_t)1 << d->left_shift),
                         d->a_multiplier, d->a_shift);
}
STM32RT_INLINE int32_t stm32rt_scaled_b(const stm32rt_binary *d, int32_t v) {
  return stm32rt_rescale((v - d->b_zero_point) * ((int32_t)1 << d->left_shift),
                         d->b_multiplier, d->b_shift);
}

/* requant of stm32rt_binary. */
STM32RT_INLINE int32_t stm32rt_binary_output(const stm32rt_binary *d,
                                             int32_t v) {
  return stm32rt_clamp(
      stm32rt_rescale(v, d->y_multiplier, d->y_shift) + d->y_zero_point,
      d->y_min, d->y_max);
}

#endif /* STM32RT_BROADCAST_H */
