/*===-- stm32rt_dot_two.h - Sums of two output channels at once ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * For plain C kernels of int8 without zero points: a value that is loaded once
 * meets weights of two output channels.
 */
#ifndef STM32RT_DOT_TWO_H
#define STM32RT_DOT_TWO_H

#include "stm32rt_requant.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sums of two channels; the weights of the second one are `next` bytes behind
 * those of the first, 0 if there is no second one. */
typedef struct stm32rt_two_sums {
  int32_t a, b;
} stm32rt_two_sums;

/* Adds n products of x. A function of its own, so that the loop has the
 * registers to itself. Where most of the time goes: four terms for one turn of
 * the loop. */
static STM32RT_NOINLINE void stm32rt_dot_two(stm32rt_two_sums *s,
                                             const int8_t *x, const int8_t *w,
                                             int32_t next, int32_t n) {
  const int8_t *v = w + next;
  int32_t a = s->a, b = s->b;
#if !defined(__thumb__) || defined(__thumb2__)
  /* Not with the eight registers of Armv6-M. */
  for (; n >= 4; n -= 4) {
    const int32_t x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3];
    a += x0 * w[0];
    a += x1 * w[1];
    a += x2 * w[2];
    a += x3 * w[3];
    b += x0 * v[0];
    b += x1 * v[1];
    b += x2 * v[2];
    b += x3 * v[3];
    x += 4;
    w += 4;
    v += 4;
  }
#endif
  for (int32_t i = 0; i < n; i++) {
    const int32_t value = x[i];
    a += value * w[i];
    b += value * v[i];
  }
  s->a = a;
  s->b = b;
}

/* Adds n products of one value. */
STM32RT_INLINE void stm32rt_dot_two_same(stm32rt_two_sums *s, int32_t value,
                                         const int8_t *w, int32_t next,
                                         int32_t n) {
  if (value == 0)
    return;
  int32_t a = 0, b = 0;
  for (; n > 0; n--) {
    a += w[0];
    b += w[next];
    w++;
  }
  s->a += value * a;
  s->b += value * b;
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_DOT_TWO_H */
