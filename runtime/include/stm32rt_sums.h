/*===-- stm32rt_sums.h - Sums of products in any arithmetic ----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Convolutions and matrix products are one walk over windows, rows and channels
 * for all types. A core does the walk; what a product and an output are, a
 * `const` stm32rt_arithmetic says. Kernel files call a core with literals, so
 * that after inlining nothing is left of the choice.
 */
#ifndef STM32RT_SUMS_H
#define STM32RT_SUMS_H

#include "stm32rt_math.h"
#include "stm32rt_window.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The sum of one output; an arithmetic uses one of the members. */
typedef union stm32rt_sum {
  int32_t i32;
  int64_t i64;
  float f32;
} stm32rt_sum;

/* An element of x. */
typedef union stm32rt_element {
  int8_t s8;
  int16_t s16;
  float f32;
} stm32rt_element;

/* What the sums of one layer begin with and end in. */
typedef struct stm32rt_layer {
  const void *bias, *weights;
  const int32_t *multiplier, *shift; /* integers                              */
  const float *limits;               /* float32: least and greatest output    */
  const float *weights_scale;        /* int8 weights with float32 activations */
  float x_scale;
  int32_t quant_stride, y_zero_point, y_min, y_max;
  int32_t x_zero_point, w_zero_point; /* subtracted in each product           */
  stm32rt_element pad; /* stands outside of the image           */
} stm32rt_layer;

/* sum + the products of x[k * x_stride] with w[k * w_stride], k < n. */
typedef stm32rt_sum (*stm32rt_dot)(const stm32rt_layer *l, stm32rt_sum sum,
                                   const void *x, int32_t x_stride,
                                   const void *w, int32_t w_stride, int32_t n);

typedef struct stm32rt_arithmetic {
  int32_t x_bytes, w_bytes, y_bytes; /* of an element */
  stm32rt_dot dot;
  stm32rt_dot run; /* the same where both strides are 1 */
  stm32rt_sum (*start)(const stm32rt_layer *l, int32_t channel);
  void (*finish)(const stm32rt_layer *l, stm32rt_sum sum, int32_t channel,
                 void *y);
} stm32rt_arithmetic;

/*===----------------------------------------------------------------------===
 * Constants
 *===----------------------------------------------------------------------===*/

/* Integers: bias, multiplier, shift, with `has_zero` the zero point of the
 * weights, weights. */
STM32RT_INLINE stm32rt_layer stm32rt_integer_layer(const void *constants,
                                                   int32_t channels,
                                                   int32_t quant_stride,
                                                   int32_t bias_bytes,
                                                   int has_zero) {
  const int32_t n = quant_stride != 0 ? channels : 1;
  const char *quant = (const char *)constants + channels * bias_bytes;
  stm32rt_layer l = {0};
  l.bias = constants;
  l.multiplier = (const int32_t *)(const void *)quant;
  l.shift = l.multiplier + n;
  l.weights = l.shift + n;
  l.quant_stride = quant_stride;
  if (has_zero) {
    l.w_zero_point = l.shift[n];
    l.weights = l.shift + n + 1;
  }
  return l;
}

/* float32: bias, limits, weights. */
STM32RT_INLINE stm32rt_layer stm32rt_float_layer(const void *constants,
                                                 int32_t channels) {
  stm32rt_layer l = {0};
  l.bias = constants;
  l.limits = (const float *)constants + channels;
  l.weights = l.limits + 2;
  return l;
}

/* What the descriptor of a window adds. */
STM32RT_INLINE stm32rt_layer stm32rt_window_layer(const stm32rt_window *d,
                                                  stm32rt_layer l) {
  l.y_zero_point = d->y_zero_point;
  l.y_min = d->y_min;
  l.y_max = d->y_max;
  return l;
}

STM32RT_INLINE stm32rt_layer
stm32rt_matrix_layer(const stm32rt_fully_connected *d, stm32rt_layer l) {
  l.y_zero_point = d->y_zero_point;
  l.y_min = d->y_min;
  l.y_max = d->y_max;
  return l;
}

/*===----------------------------------------------------------------------===
 * int8: sums in 32 bits
 *===----------------------------------------------------------------------===*/

STM32RT_INLINE stm32rt_sum stm32rt_dot_s8(const stm32rt_layer *l,
                                          stm32rt_sum sum, const void *x,
                                          int32_t x_stride, const void *w,
                                          int32_t w_stride, int32_t n) {
  const int8_t *a = (const int8_t *)x, *b = (const int8_t *)w;
  for (int32_t k = 0; k < n; k++) {
    sum.i32 += (*a - l->x_zero_point) * (*b - l->w_zero_point);
    a += x_stride;
    b += w_stride;
  }
  return sum;
}

/* Where most of the time goes: four products for one turn of the loop. */
STM32RT_INLINE int32_t stm32rt_dot_run_s8(int32_t acc, const int8_t *x,
                                          const int8_t *w, int32_t n) {
  for (; n >= 4; n -= 4) {
    acc += x[0] * w[0];
    acc += x[1] * w[1];
    acc += x[2] * w[2];
    acc += x[3] * w[3];
    x += 4;
    w += 4;
  }
  for (; n > 0; n--)
    acc += *x++ * *w++;
  return acc;
}

STM32RT_INLINE stm32rt_sum stm32rt_start_s32(const stm32rt_layer *l,
                                             int32_t channel) {
  stm32rt_sum sum;
  sum.i32 = ((const int32_t *)l->bias)[channel];
  return sum;
}

STM32RT_INLINE void stm32rt_finish_s8(const stm32rt_layer *l, stm32rt_sum sum,
                                      int32_t channel, void *y) {
  const int32_t q = channel * l->quant_stride;
  *(int8_t *)y = stm32rt_output_s8(sum.i32, l->multiplier[q], l->shift[q],
                                   l->y_zero_point, l->y_min, l->y_max);
}

/* The same rounded once (N55). */
STM32RT_INLINE void stm32rt_finish_s8_once(const stm32rt_layer *l,
                                           stm32rt_sum sum, int32_t channel,
                                           void *y) {
  const int32_t q = channel * l->quant_stride;
  const int32_t v =
      stm32rt_rescale_once(sum.i32, l->multiplier[q], l->shift[q]);
  *(int8_t *)y = (int8_t)stm32rt_clamp(v + l->y_zero_point, l->y_min, l->y_max);
}

/*===----------------------------------------------------------------------===
 * int16 with int8 weights, without zero points
 *===----------------------------------------------------------------------===*/

/* Products that fit in 32 bits together: 511 * 2^15 * 2^7 < 2^31. */
#define STM32RT_SHORT_RUN 511

STM32RT_INLINE stm32rt_sum stm32rt_dot_s16(const stm32rt_layer *l,
                                           stm32rt_sum sum, const void *x,
                                           int32_t x_stride, const void *w,
                                           int32_t w_stride, int32_t n) {
  const int16_t *a = (const int16_t *)x;
  const int8_t *b = (const int8_t *)w;
  (void)l;
  while (n > 0) {
    const int32_t count = n < STM32RT_SHORT_RUN ? n : STM32RT_SHORT_RUN;
    int32_t part = 0;
    for (int32_t k = 0; k < count; k++) {
      part += *a * *b;
      a += x_stride;
      b += w_stride;
    }
    sum.i64 += part;
    n -= count;
  }
  return sum;
}

STM32RT_INLINE stm32rt_sum stm32rt_start_s64(const stm32rt_layer *l,
                                             int32_t channel) {
  stm32rt_sum sum;
  sum.i64 = ((const int64_t *)l->bias)[channel];
  return sum;
}

STM32RT_INLINE void stm32rt_finish_s16(const stm32rt_layer *l, stm32rt_sum sum,
                                       int32_t channel, void *y) {
  const int32_t q = channel * l->quant_stride;
  const int32_t v =
      stm32rt_rescale_once(sum.i64, l->multiplier[q], l->shift[q]);
  *(int16_t *)y = (int16_t)stm32rt_clamp(v, l->y_min, l->y_max);
}

/* The older form, with a bias and sums of 32 bits (N57). */
STM32RT_INLINE stm32rt_sum stm32rt_dot_s16_short(const stm32rt_layer *l,
                                                 stm32rt_sum sum, const void *x,
                                                 int32_t x_stride,
                                                 const void *w,
                                                 int32_t w_stride, int32_t n) {
  const int16_t *a = (const int16_t *)x;
  const int8_t *b = (const int8_t *)w;
  (void)l;
  for (int32_t k = 0; k < n; k++) {
    sum.i32 += *a * *b;
    a += x_stride;
    b += w_stride;
  }
  return sum;
}

STM32RT_INLINE void stm32rt_finish_s16_short(const stm32rt_layer *l,
                                             stm32rt_sum sum, int32_t channel,
                                             void *y) {
  const int32_t q = channel * l->quant_stride;
  const int32_t v = stm32rt_rescale(sum.i32, l->multiplier[q], l->shift[q]);
  *(int16_t *)y = (int16_t)stm32rt_clamp(v, l->y_min, l->y_max);
}

/*===----------------------------------------------------------------------===
 * float32: products in the order of the reference, the bias last (N58)
 *===----------------------------------------------------------------------===*/

STM32RT_INLINE stm32rt_sum stm32rt_dot_f32(const stm32rt_layer *l,
                                           stm32rt_sum sum, const void *x,
                                           int32_t x_stride, const void *w,
                                           int32_t w_stride, int32_t n) {
  const float *a = (const float *)x, *b = (const float *)w;
  (void)l;
  for (int32_t k = 0; k < n; k++) {
    sum.f32 += *a * *b;
    a += x_stride;
    b += w_stride;
  }
  return sum;
}

STM32RT_INLINE stm32rt_sum stm32rt_start_f32(const stm32rt_layer *l,
                                             int32_t channel) {
  stm32rt_sum sum;
  (void)l;
  (void)channel;
  sum.f32 = 0.0f;
  return sum;
}

STM32RT_INLINE void stm32rt_finish_f32(const stm32rt_layer *l, stm32rt_sum sum,
                                       int32_t channel, void *y) {
  const float v = sum.f32 + ((const float *)l->bias)[channel];
  *(float *)y = stm32rt_clamp_float(v, l->limits[0], l->limits[1]);
}

/*===----------------------------------------------------------------------===
 * Arithmetics
 *===----------------------------------------------------------------------===*/

#define STM32RT_ARITHMETIC(x_bytes, w_bytes, y_bytes, dot, start, finish)      \
  { x_bytes, w_bytes, y_bytes, dot, dot, start, finish }

static const stm32rt_arithmetic stm32rt_s8_offset = STM32RT_ARITHMETIC(
    1, 1, 1, stm32rt_dot_s8, stm32rt_start_s32, stm32rt_finish_s8);
static const stm32rt_arithmetic stm32rt_s8_once = STM32RT_ARITHMETIC(
    1, 1, 1, stm32rt_dot_s8, stm32rt_start_s32, stm32rt_finish_s8_once);
static const stm32rt_arithmetic stm32rt_s16 = STM32RT_ARITHMETIC(
    2, 1, 2, stm32rt_dot_s16, stm32rt_start_s64, stm32rt_finish_s16);
static const stm32rt_arithmetic stm32rt_s16_short =
    STM32RT_ARITHMETIC(2, 1, 2, stm32rt_dot_s16_short, stm32rt_start_s32,
                       stm32rt_finish_s16_short);
static const stm32rt_arithmetic stm32rt_f32 = STM32RT_ARITHMETIC(
    4, 4, 4, stm32rt_dot_f32, stm32rt_start_f32, stm32rt_finish_f32);

/* The products of int8 without zero points call `run`, which is a function that
 * is not inlined, so that its loop has the registers to itself. */
#define STM32RT_S8(run)                                                        \
  { 1, 1, 1, stm32rt_dot_s8, run, stm32rt_start_s32, stm32rt_finish_s8 }

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_SUMS_H */
