/*===-- stm32rt_reduce.h - The walk over reduced dimensions ----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The loops that all kernels with a stm32rt_reduce share. A kernel is
 * stm32rt_reduce_all with literal arguments.
 */
#ifndef STM32RT_REDUCE_H
#define STM32RT_REDUCE_H

#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes one value of y, at `y`, of the elements of x that begin at `x`. */
typedef void (*stm32rt_reduce_one)(const stm32rt_reduce *d, const void *x,
                                   void *y);

STM32RT_INLINE void stm32rt_reduce_all(const stm32rt_reduce *d, const void *x,
                                       int32_t x_bytes, void *y,
                                       int32_t y_bytes,
                                       stm32rt_reduce_one one) {
  uint8_t *out = (uint8_t *)y;
  for (int32_t i = 0; i < d->kept_size[0]; i++)
    for (int32_t j = 0; j < d->kept_size[1]; j++) {
      const uint8_t *in = (const uint8_t *)x + (i * d->kept_stride[0] +
                                                j * d->kept_stride[1]) *
                                                   x_bytes;
      for (int32_t k = 0; k < d->kept_size[2]; k++) {
        one(d, in, out);
        in += d->kept_stride[2] * x_bytes;
        out += y_bytes;
      }
    }
}

/* Integer number `index` from x on; bytes is 1, 2 or 4, a literal. */
STM32RT_INLINE int32_t stm32rt_load(const void *x, int32_t index,
                                    int32_t bytes) {
  return bytes == 1   ? ((const int8_t *)x)[index]
         : bytes == 2 ? ((const int16_t *)x)[index]
                      : ((const int32_t *)x)[index];
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_REDUCE_H */
