/*===-- stm32rt_select.c - Elements of one of two tensors, plain C ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Floats are moved as integers of their size.
 */
#include "stm32rt_broadcast.h"

/* The outer dimensions are those of a walk over a and b; the condition's offset
 * follows from the same position. */
static inline int32_t condition_offset(const stm32rt_select *d,
                                       const stm32rt_cursor *cursor) {
  int32_t offset = 0;
  for (int i = 0; i < STM32RT_BROADCAST_DIMS; i++)
    offset += cursor->at[i] * d->c_stride[i];
  return offset;
}

#define DEFINE(BYTES, TYPE)                                                    \
  void stm32rt_select_##BYTES(const stm32rt_select *d, const void *c,          \
                              const void *a, const void *b, void *y) {         \
    const int32_t run = d->shape.run, c_step = d->c_step;                      \
    const int32_t a_step = d->shape.a_step, b_step = d->shape.b_step;          \
    stm32rt_cursor cursor = {0, 0, {0}};                                       \
    TYPE *out = (TYPE *)y;                                                     \
    do {                                                                       \
      const uint8_t *in_c = (const uint8_t *)c + condition_offset(d, &cursor); \
      const TYPE *in_a = (const TYPE *)a + cursor.a;                           \
      const TYPE *in_b = (const TYPE *)b + cursor.b;                           \
      for (int32_t i = run; i > 0; i--) {                                      \
        *out++ = *in_c ? *in_a : *in_b;                                        \
        in_c += c_step;                                                        \
        in_a += a_step;                                                        \
        in_b += b_step;                                                        \
      }                                                                        \
    } while (stm32rt_next_run(&d->shape, &cursor));                            \
  }

DEFINE(1, uint8_t)
DEFINE(2, uint16_t)
DEFINE(4, uint32_t)
DEFINE(8, uint64_t)
