/*===-- stm32rt_gather.c - Slices by indices, plain C -----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N52 of docs/numerics/Movement.md.
 */
#include "stm32rt_runs.h"

/* Index `i` of `index`, limited to 0 .. size - 1; `bytes` is a literal. */
STM32RT_INLINE int32_t get_index(const void *index, int32_t i, int32_t size,
                                 size_t bytes) {
  if (bytes == 4)
    return stm32rt_clamp(((const int32_t *)index)[i], 0, size - 1);
  int64_t wide; /* aligned to 4 bytes, perhaps not to 8 */
  memcpy(&wide, (const uint8_t *)index + i * 8, sizeof wide);
  return wide < 0 ? 0 : wide >= size ? size - 1 : (int32_t)wide;
}

STM32RT_INLINE void gather(const stm32rt_gather *d, const void *x,
                           const void *index, void *y, size_t bytes) {
  const uint8_t *in = (const uint8_t *)x;
  uint8_t *out = (uint8_t *)y;
  const int32_t axis = d->axis, count = d->indices, run = d->run;
  for (int32_t b = 0; b < d->batches; b++)
    for (int32_t o = 0; o < d->outer; o++, in += axis * run)
      for (int32_t k = 0; k < count; k++, out += run)
        stm32rt_copy_run(
            out, in + get_index(index, b * count + k, axis, bytes) * run, run);
}

STM32RT_INLINE void gather_nd(const stm32rt_gather_nd *d, const void *x,
                              const void *index, void *y, size_t bytes) {
  uint8_t *out = (uint8_t *)y;
  const int32_t run = d->run, coordinates = d->coordinates;
  for (int32_t k = 0; k < d->slices; k++, out += run) {
    const uint8_t *in = (const uint8_t *)x;
    for (int32_t j = 0; j < coordinates; j++)
      in += get_index(index, k * coordinates + j, d->size[j], bytes) *
            d->stride[j];
    stm32rt_copy_run(out, in, run);
  }
}

void stm32rt_gather_i32(const stm32rt_gather *d, const void *x,
                        const void *index, void *y) {
  gather(d, x, index, y, 4);
}

void stm32rt_gather_i64(const stm32rt_gather *d, const void *x,
                        const void *index, void *y) {
  gather(d, x, index, y, 8);
}

void stm32rt_gather_nd_i32(const stm32rt_gather_nd *d, const void *x,
                           const void *index, void *y) {
  gather_nd(d, x, index, y, 4);
}

void stm32rt_gather_nd_i64(const stm32rt_gather_nd *d, const void *x,
                           const void *index, void *y) {
  gather_nd(d, x, index, y, 8);
}
