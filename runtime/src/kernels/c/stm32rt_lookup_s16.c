/*===-- stm32rt_lookup_s16.c - Functions of one int16 value, plain C -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N22 of docs/Numerics.md: the compiler has evaluated the function at the
 * ends of 512 intervals.
 */
#include "stm32rt_fixed_point.h"
#include "stm32rt_kernels.h"

void stm32rt_lookup_s16(const stm32rt_lookup *d, const void *x, void *y,
                        const void *constants, void *scratch) {
  const int16_t *in = (const int16_t *)x;
  int16_t *out = (int16_t *)y;
  (void)scratch;
  for (int32_t i = 0; i < d->count; i++)
    out[i] = (int16_t)stm32rt_interpolate((const int16_t *)constants, in[i]);
}
