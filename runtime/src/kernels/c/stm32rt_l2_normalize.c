/*===-- stm32rt_l2_normalize.c - Rows of length 1, plain C -----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N71 of docs/Numerics.md.
 */
#include "stm32rt_fixed_point.h"
#include "stm32rt_kernels.h"
#include "stm32rt_math.h"

void stm32rt_l2_normalize_s8(const stm32rt_l2_normalize *d, const void *x,
                             void *y) {
  const int8_t *in = (const int8_t *)x;
  int8_t *out = (int8_t *)y;
  for (int32_t row = 0; row < d->rows; row++) {
    int32_t squares = 0;
    for (int32_t i = 0; i < d->depth; i++) {
      const int32_t v = in[i] - d->x_zero_point;
      squares += v * v;
    }
    int32_t shift;
    const int32_t multiplier = stm32rt_fixed_inverse_root(squares, &shift);
    /* 7 bits are the output's scale; those that are not made by the shift of
     * the differences are left out of the right shift. */
    const int32_t right = 31 + shift + d->left_shift - 7;
    for (int32_t i = 0; i < d->depth; i++) {
      const int32_t v = (in[i] - d->x_zero_point) * (1 << d->left_shift);
      out[i] = (int8_t)stm32rt_clamp(stm32rt_rescale(v, multiplier, right),
                                     INT8_MIN, INT8_MAX);
    }
    in += d->depth;
    out += d->depth;
  }
}

void stm32rt_l2_normalize_f32(const stm32rt_l2_normalize *d, const void *x,
                              void *y) {
  const float least = 1e-6f;
  const float *in = (const float *)x;
  float *out = (float *)y;
  for (int32_t row = 0; row < d->rows; row++) {
    float squares = 0.0f;
    for (int32_t i = 0; i < d->depth; i++)
      squares += in[i] * in[i];
    const float root = stm32rt_sqrt(squares);
    const float norm = root < least ? least : root;
    for (int32_t i = 0; i < d->depth; i++)
      out[i] = in[i] / norm;
    in += d->depth;
    out += d->depth;
  }
}
