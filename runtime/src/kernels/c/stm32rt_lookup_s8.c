/*===-- stm32rt_lookup_s8.c - Functions of one int8 value, plain C ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N22 of docs/Numerics.md: the compiler has evaluated the function for all
 * 256 values.
 */
#include "stm32rt_kernels.h"

void stm32rt_lookup_s8(const stm32rt_lookup *d, const void *x, void *y,
                       const void *constants, void *scratch) {
  const int8_t *in = (const int8_t *)x;
  const int8_t *middle = (const int8_t *)constants + 128;
  int8_t *out = (int8_t *)y;
  (void)scratch;
  for (int32_t i = 0; i < d->count; i++)
    out[i] = middle[in[i]];
}
