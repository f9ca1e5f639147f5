/*===-- stm32rt_rsqrt_s16.c - Inverse root of int16, plain C ----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N48.
 */
#include "stm32rt_fixed_point.h"
#include "stm32rt_kernels.h"

void stm32rt_rsqrt_s16(const stm32rt_unary_s16 *d, const void *x, void *y) {
  const stm32rt_unary_s16 local = *d;
  const int16_t *in = (const int16_t *)x;
  int16_t *out = (int16_t *)y;
  for (int32_t i = 0; i < local.count; i++) {
    /* The reference stops at negative values. */
    const int32_t v =
        in[i] > 0 ? stm32rt_rescale(stm32rt_fixed_inverse_root_q20(in[i]),
                                    local.y_multiplier, local.y_shift)
                  : INT16_MAX;
    out[i] = (int16_t)stm32rt_clamp(v, local.y_min, local.y_max);
  }
}
