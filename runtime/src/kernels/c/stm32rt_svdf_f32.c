/*===-- stm32rt_svdf_f32.c - SVDF of float32, plain C ----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N78 of docs/Numerics.md.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

/* Moves a state by one, appends the new feature, and gives the sum of the
 * products. */
STM32RT_INLINE float advance(const stm32rt_svdf_shape *s, const float *x,
                             const float *feature_weights, float *state,
                             const float *time_weights) {
  const int32_t last = s->memory - 1;
  float feature = 0.0f, sum = 0.0f;
  for (int32_t i = 0; i < s->inputs; i++)
    feature += feature_weights[i] * x[i];
  for (int32_t m = 0; m < last; m++) {
    state[m] = state[m + 1];
    sum += time_weights[m] * state[m];
  }
  state[last] = feature;
  return sum + time_weights[last] * feature;
}

void stm32rt_svdf_f32(const stm32rt_svdf_float *d, const void *x, void *state,
                      void *y, const void *constants, void *scratch) {
  const stm32rt_svdf_shape *s = &d->shape;
  const int32_t filters = s->units * s->rank;
  const float *bias = (const float *)constants;
  const float *time_weights = bias + s->units;
  const float *feature_weights = time_weights + filters * s->memory;
  const float *in = (const float *)x;
  float *row = (float *)state;
  float *out = (float *)y;
  (void)scratch;

  for (int32_t b = 0; b < s->batches; b++) {
    for (int32_t u = 0, f = 0; u < s->units; u++) {
      float sum = bias[u];
      for (int32_t r = 0; r < s->rank; r++, f++) {
        sum += advance(s, in, feature_weights + f * s->inputs, row,
                       time_weights + f * s->memory);
        row += s->memory;
      }
      *out++ = sum < d->low ? d->low : sum > d->high ? d->high : sum;
    }
    in += s->inputs;
  }
}
