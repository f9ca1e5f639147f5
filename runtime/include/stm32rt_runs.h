/*===-- stm32rt_runs.h - Loops over pieces of memory ------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Internal to the kernels that move values. `unit` is always a literal; a memcpy
 * of a literal size is one load and one store where the core may access memory
 * without alignment, and stays right where it may not.
 */
#ifndef STM32RT_RUNS_H
#define STM32RT_RUNS_H

#include "stm32rt_movement.h"
#include "stm32rt_requant.h"

#include <string.h>

/* Copies a run of any length: a call of memcpy costs more than a few bytes. */
STM32RT_INLINE void stm32rt_copy_run(uint8_t *y, const uint8_t *x,
                                     int32_t run) {
  if (run >= 16) {
    memcpy(y, x, (size_t)run);
    return;
  }
  for (; run >= 4; run -= 4, x += 4, y += 4)
    memcpy(y, x, 4);
  for (; run > 0; run--)
    *y++ = *x++;
}

/* `count` pieces of `unit` bytes, or of `run` bytes if unit is 0. The places are
 * offsets, since the last step may leave the tensors. */
STM32RT_INLINE void stm32rt_copy_line(uint8_t *y, const uint8_t *x,
                                      int32_t count, int32_t x_stride,
                                      int32_t y_stride, size_t unit,
                                      int32_t run) {
  int32_t to = 0, from = 0;
  if (unit == 0) {
    for (; count > 0; count--, from += x_stride, to += y_stride)
      stm32rt_copy_run(y + to, x + from, run);
    return;
  }
  for (; count >= 4; count -= 4) {
    memcpy(y + to, x + from, unit), from += x_stride, to += y_stride;
    memcpy(y + to, x + from, unit), from += x_stride, to += y_stride;
    memcpy(y + to, x + from, unit), from += x_stride, to += y_stride;
    memcpy(y + to, x + from, unit), from += x_stride, to += y_stride;
  }
  for (; count > 0; count--, from += x_stride, to += y_stride)
    memcpy(y + to, x + from, unit);
}

/* All loops of `d`. The two innermost keep what they need in registers: a store
 * through a byte pointer might change the descriptor, as far as a compiler can
 * see. */
STM32RT_INLINE void stm32rt_copy_loops(const stm32rt_copy *d, const void *x,
                                       void *y, size_t unit) {
  const int32_t lines = d->size[4], count = d->size[5], run = d->run;
  const int32_t x_line = d->x_stride[4], y_line = d->y_stride[4];
  const int32_t x_piece = d->x_stride[5], y_piece = d->y_stride[5];
  const uint8_t *in = (const uint8_t *)x + d->x_offset;
  uint8_t *out = (uint8_t *)y + d->y_offset;
  int32_t at[4] = {0, 0, 0, 0};

  for (;;) {
    for (int32_t i = 0; i < lines; i++)
      stm32rt_copy_line(out + i * y_line, in + i * x_line, count, x_piece,
                        y_piece, unit, run);
    /* The next iteration of the four outer loops. */
    int32_t loop = 3;
    while (loop >= 0 && ++at[loop] == d->size[loop]) {
      in -= (at[loop] - 1) * d->x_stride[loop];
      out -= (at[loop] - 1) * d->y_stride[loop];
      at[loop--] = 0;
    }
    if (loop < 0)
      return;
    in += d->x_stride[loop];
    out += d->y_stride[loop];
  }
}

#endif /* STM32RT_RUNS_H */
