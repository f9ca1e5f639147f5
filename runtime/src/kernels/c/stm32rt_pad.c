/*===-- stm32rt_pad.c - Padding, plain C ------------------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N51 of docs/numerics/Movement.md. Everything is filled, then x is copied
 * into the middle.
 */
#include "stm32rt_runs.h"

/* The word of `bytes` bytes that `value` starts with, whatever the core's byte
 * order is. */
STM32RT_INLINE void fill(uint8_t *y, int32_t count, const uint32_t *value,
                         size_t bytes) {
  const uint16_t half = (uint16_t)value[0];
  const uint64_t wide = ((uint64_t)value[1] << 32) | value[0];
  const void *piece = bytes == 2   ? (const void *)&half
                      : bytes == 4 ? (const void *)value
                                   : (const void *)&wide;
  for (; count > 0; count--, y += bytes)
    memcpy(y, piece, bytes);
}

void stm32rt_pad_8(const stm32rt_pad *d, const void *x, void *y) {
  memset(y, (int)(d->value[0] & 255), (size_t)d->count);
  stm32rt_copy_loops(&d->copy, x, y, 0);
}

void stm32rt_pad_16(const stm32rt_pad *d, const void *x, void *y) {
  fill((uint8_t *)y, d->count, d->value, 2);
  stm32rt_copy_loops(&d->copy, x, y, 0);
}

void stm32rt_pad_32(const stm32rt_pad *d, const void *x, void *y) {
  fill((uint8_t *)y, d->count, d->value, 4);
  stm32rt_copy_loops(&d->copy, x, y, 0);
}

void stm32rt_pad_64(const stm32rt_pad *d, const void *x, void *y) {
  fill((uint8_t *)y, d->count, d->value, 8);
  stm32rt_copy_loops(&d->copy, x, y, 0);
}
