/*===-- stm32rt_svdf_s8.c - SVDF of int8, plain C --------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N77 of docs/Numerics.md. One walk over a filter's state forgets the
 * oldest value and sums the others.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

/* Values of the state and of its weights; `is_wide` is a literal. */
STM32RT_INLINE int32_t load(const void *values, int32_t index, int is_wide) {
  return is_wide ? ((const int16_t *)values)[index]
                 : ((const int8_t *)values)[index];
}

STM32RT_INLINE void store(void *values, int32_t index, int32_t value,
                          int is_wide) {
  if (is_wide)
    ((int16_t *)values)[index] = (int16_t)value;
  else
    ((int8_t *)values)[index] = (int8_t)value;
}

/* The new value of a filter. Behind the clamp the zero point is added modulo
 * the type, as in the reference. */
STM32RT_INLINE int32_t feature(const stm32rt_svdf *d, const int8_t *x,
                               const int8_t *weights, int32_t bias,
                               int is_wide) {
  int32_t sum = bias;
  for (int32_t i = 0; i < d->shape.inputs; i++)
    sum += x[i] * weights[i];
  const int32_t v = stm32rt_rescale(sum, d->state_multiplier, d->state_shift);
  const int32_t inside = stm32rt_clamp(v, d->state_min, d->state_max);
  const int32_t value = inside + d->state_zero_point;
  return is_wide ? (int16_t)value : (int8_t)value;
}

/* Moves a state by one, appends `newest`, and gives the sum of the products,
 * which wraps. */
STM32RT_INLINE uint32_t advance(void *state, const void *weights,
                                int32_t memory, int32_t newest, int is_wide) {
  const int32_t last = memory - 1;
  uint32_t sum = 0;
  for (int32_t m = 0; m < last; m++) {
    const int32_t v = load(state, m + 1, is_wide);
    store(state, m, v, is_wide);
    sum += (uint32_t)(v * load(weights, m, is_wide));
  }
  store(state, last, newest, is_wide);
  return sum + (uint32_t)(newest * load(weights, last, is_wide));
}

STM32RT_INLINE void svdf(const stm32rt_svdf *d, const void *x, void *state,
                         void *y, const void *constants, int is_wide) {
  const stm32rt_svdf_shape *s = &d->shape;
  const int32_t filters = s->units * s->rank;
  const int32_t width = is_wide ? 2 : 1;
  const int32_t *feature_bias = (const int32_t *)constants;
  const int32_t *bias = feature_bias + filters;
  const int8_t *time_weights = (const int8_t *)(bias + s->units);
  const int8_t *feature_weights = time_weights + filters * s->memory * width;
  const int8_t *in = (const int8_t *)x;
  int8_t *row = (int8_t *)state;
  int8_t *out = (int8_t *)y;

  for (int32_t b = 0; b < s->batches; b++) {
    for (int32_t u = 0, f = 0; u < s->units; u++) {
      uint32_t sum = (uint32_t)bias[u];
      for (int32_t r = 0; r < s->rank; r++, f++) {
        const int32_t newest = feature(d, in, feature_weights + f * s->inputs,
                                       feature_bias[f], is_wide);
        sum += advance(row, time_weights + f * s->memory * width, s->memory,
                       newest, is_wide);
        row += s->memory * width;
      }
      *out++ = stm32rt_output_s8((int32_t)sum, d->multiplier, d->shift,
                                 d->y_zero_point, d->y_min, d->y_max);
    }
    in += s->inputs;
  }
}

void stm32rt_svdf_s8(const stm32rt_svdf *d, const void *x, void *state, void *y,
                     const void *constants, void *scratch) {
  (void)scratch;
  svdf(d, x, state, y, constants, 0);
}

void stm32rt_svdf_s8_s16(const stm32rt_svdf *d, const void *x, void *state,
                         void *y, const void *constants, void *scratch) {
  (void)scratch;
  svdf(d, x, state, y, constants, 1);
}
