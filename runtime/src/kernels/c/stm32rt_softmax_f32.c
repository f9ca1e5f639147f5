/*===-- stm32rt_softmax_f32.c - Softmax of float32, plain C ----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rules N69 and N70 of docs/Numerics.md.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_math.h"

#include <float.h>

static float greatest(const float *x, int32_t count) {
  float max = -FLT_MAX;
  for (int32_t i = 0; i < count; i++)
    max = x[i] > max ? x[i] : max;
  return max;
}

void stm32rt_softmax_f32(const stm32rt_softmax *d, const void *x, void *y) {
  const float *in = (const float *)x;
  float *out = (float *)y;
  for (int32_t row = 0; row < d->rows; row++) {
    const float max = greatest(in, d->depth);
    float sum = 0.0f;
    for (int32_t i = 0; i < d->depth; i++) {
      out[i] = stm32rt_exp((in[i] - max) * d->beta);
      sum += out[i];
    }
    for (int32_t i = 0; i < d->depth; i++)
      out[i] /= sum;
    in += d->depth;
    out += d->depth;
  }
}

void stm32rt_log_softmax_f32(const stm32rt_log_softmax *d, const void *x,
                             void *y) {
  const float *in = (const float *)x;
  float *out = (float *)y;
  for (int32_t row = 0; row < d->rows; row++) {
    const float max = greatest(in, d->depth);
    float sum = 0.0f;
    for (int32_t i = 0; i < d->depth; i++)
      sum += stm32rt_exp(in[i] - max);
    const float log_sum = stm32rt_log(sum);
    for (int32_t i = 0; i < d->depth; i++)
      out[i] = in[i] - max - log_sum;
    in += d->depth;
    out += d->depth;
  }
}
