/*===-- stm32rt_hybrid.h - int8 weights with float32 activations -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N59 of docs/numerics/Window.md: activations are quantised to int8 as the
 * operator runs, by the range of their values; sums are int32.
 */
#ifndef STM32RT_HYBRID_H
#define STM32RT_HYBRID_H

#include "stm32rt_convolve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Constants: bias, limits, whether matrix products quantise with a zero point,
 * scales of the weights, weights. */
STM32RT_INLINE stm32rt_layer stm32rt_hybrid_layer(const void *constants,
                                                  int32_t channels,
                                                  int32_t quant_stride) {
  const int32_t n = quant_stride != 0 ? channels : 1;
  stm32rt_layer l = stm32rt_float_layer(constants, channels);
  l.quant_stride = quant_stride;
  l.weights_scale = l.limits + 3;
  l.weights = l.weights_scale + n;
  return l;
}

/* v + zero_point in [low, 127] for a whole v; NaN gives low. */
static inline int8_t stm32rt_whole_s8(float v, int32_t zero_point, float low) {
  const float q = v + (float)zero_point;
  return (int8_t)(q > low ? q < 127.0f ? q : 127.0f : low);
}

/* q = round(x * inverse) + zero_point in [low, 127]. The reference rounds eight
 * values at a time by adding a half and cutting, and only the rest exactly:
 * 0.49999997 plus a half is 1. */
static inline void stm32rt_quantise_by(const float *x, int8_t *q, int32_t n,
                                       float inverse, int32_t zero_point,
                                       float low) {
  const int32_t in_eights = n & ~7;
  int32_t i = 0;
  for (; i < in_eights; i++) {
    const float v = x[i] * inverse;
    q[i] = stm32rt_whole_s8(stm32rt_trunc(v + stm32rt_copysign(0.5f, v)),
                            zero_point, low);
  }
  for (; i < n; i++)
    q[i] =
        stm32rt_whole_s8(stm32rt_round_away(x[i] * inverse), zero_point, low);
}

/* Quantises n floats to -127 .. 127, so that 0 stays 0. Sets the layer's scale
 * and zero point. */
static inline void stm32rt_quantise_symmetric(stm32rt_layer *l, const float *x,
                                              int8_t *q, int32_t n) {
  float range = 0.0f;
  for (int32_t i = 0; i < n; i++) {
    const float size = stm32rt_fabs(x[i]);
    range = size > range ? size : range;
  }
  const float inverse = range == 0.0f ? 0.0f : 127.0f / range;
  l->x_scale = range == 0.0f ? 1.0f : range / 127.0f;
  l->x_zero_point = 0;
  stm32rt_quantise_by(x, q, n, inverse, 0, -127.0f);
}

/* The zero point of the range [low, high] that holds 0: the end that is nearer
 * to 0 is exact. */
static inline int32_t stm32rt_zero_point_of(double low, double high,
                                            double scale) {
  const double from_low = -128.0 - low / scale;
  const double from_high = 127.0 - high / scale;
  const double point =
      128.0 - low / scale < 127.0 + high / scale ? from_low : from_high;
  if (point <= -128.0)
    return -128;
  if (point >= 127.0)
    return 127;
  return (int32_t)(point < 0 ? point - 0.5 : point + 0.5);
}

/* The same to -128 .. 127 with a zero point. The range is a float. */
static inline void stm32rt_quantise_asymmetric(stm32rt_layer *l, const float *x,
                                               int8_t *q, int32_t n) {
  float low = 0.0f, high = 0.0f;
  for (int32_t i = 0; i < n; i++) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  l->x_scale = 1.0f;
  l->x_zero_point = 0;
  float inverse = 0.0f;
  if (low != high) {
    const float range = high - low;
    l->x_zero_point = stm32rt_zero_point_of(low, high, (double)range / 255.0);
    l->x_scale = range / 255.0f;
    inverse = 1.0f / l->x_scale;
  }
  stm32rt_quantise_by(x, q, n, inverse, l->x_zero_point, -128.0f);
}

STM32RT_INLINE stm32rt_sum stm32rt_start_zero(const stm32rt_layer *l,
                                              int32_t channel) {
  stm32rt_sum sum;
  (void)l;
  (void)channel;
  sum.i32 = 0;
  return sum;
}

STM32RT_INLINE void stm32rt_finish_scaled(const stm32rt_layer *l, float value,
                                          int32_t channel, void *y) {
  const float v = value + ((const float *)l->bias)[channel];
  *(float *)y = stm32rt_clamp_float(v, l->limits[0], l->limits[1]);
}

/* The scales are multiplied first: matrix products, and one scale for all. */
STM32RT_INLINE void stm32rt_finish_product(const stm32rt_layer *l,
                                           stm32rt_sum sum, int32_t channel,
                                           void *y) {
  const float scale = l->x_scale * l->weights_scale[channel * l->quant_stride];
  stm32rt_finish_scaled(l, (float)sum.i32 * scale, channel, y);
}

/* One scale after the other: convolutions with a scale for each channel. */
STM32RT_INLINE void stm32rt_finish_in_turn(const stm32rt_layer *l,
                                           stm32rt_sum sum, int32_t channel,
                                           void *y) {
  const float value = (float)sum.i32 * l->weights_scale[channel];
  stm32rt_finish_scaled(l, value * l->x_scale, channel, y);
}

static const stm32rt_arithmetic stm32rt_hybrid_product = STM32RT_ARITHMETIC(
    1, 1, 4, stm32rt_dot_s8, stm32rt_start_zero, stm32rt_finish_product);
static const stm32rt_arithmetic stm32rt_hybrid_in_turn = STM32RT_ARITHMETIC(
    1, 1, 4, stm32rt_dot_s8, stm32rt_start_zero, stm32rt_finish_in_turn);

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_HYBRID_H */
