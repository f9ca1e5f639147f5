/*===-- stm32rt_leaky_relu_s16.c - Functions of one int16, plain C ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rules N42 and N43. A negative multiplier is one of -x.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

static inline int16_t output(const stm32rt_unary_s16 *d, int32_t v) {
  return (int16_t)stm32rt_clamp(v, d->y_min, d->y_max);
}

void stm32rt_leaky_relu_s16(const stm32rt_unary_s16 *d, const void *x,
                            void *y) {
  const stm32rt_unary_s16 local = *d;
  const int32_t sign = local.multiplier < 0 ? -1 : 1;
  const int16_t *in = (const int16_t *)x;
  int16_t *out = (int16_t *)y;
  for (int32_t i = 0; i < local.count; i++)
    out[i] = output(
        &local, in[i] >= 0
                    ? stm32rt_rescale(in[i], local.y_multiplier, local.y_shift)
                    : stm32rt_rescale(sign * in[i], sign * local.multiplier,
                                      local.shift));
}

void stm32rt_abs_s16(const stm32rt_unary_s16 *d, const void *x, void *y) {
  const stm32rt_unary_s16 local = *d;
  const int16_t *in = (const int16_t *)x;
  int16_t *out = (int16_t *)y;
  for (int32_t i = 0; i < local.count; i++) {
    const int32_t magnitude = in[i] < 0 ? -in[i] : in[i];
    out[i] = output(
        &local, stm32rt_rescale(magnitude, local.y_multiplier, local.y_shift));
  }
}
