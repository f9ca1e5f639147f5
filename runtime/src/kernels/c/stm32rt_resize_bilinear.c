/*===-- stm32rt_resize_bilinear.c - Interpolated images, plain C ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N53 of docs/numerics/Movement.md. The compiler has computed which rows
 * and columns each pixel lies between, so the loops only walk and weigh.
 */
#include "stm32rt_movement.h"
#include "stm32rt_requant.h"

enum { ONE = 1 << 10 }; /* weight 1 */

/* The four pixels around one of the output, each with all channels. */
typedef struct corners {
  const void *above_left, *below_left, *above_right, *below_right;
} corners;

/* Their weights, in the same order. */
typedef struct weights {
  int32_t above_left, below_left, above_right, below_right;
} weights;

/* A sum in units of 2^-20, rounded half away from zero. */
STM32RT_INLINE int32_t round_20(int64_t sum) {
  const int64_t half = 1 << 19;
  return (int32_t)((sum > 0 ? sum + half : sum - half) / (1 << 20));
}
/* The same for sums that fit in 32 bits. */
STM32RT_INLINE int32_t round_20_short(int32_t sum) {
  const int32_t half = 1 << 19;
  return (sum > 0 ? sum + half : sum - half) / (1 << 20);
}

STM32RT_INLINE void mix_s8(int8_t *y, int32_t channels, corners p, weights w) {
  const int8_t *a = (const int8_t *)p.above_left;
  const int8_t *b = (const int8_t *)p.below_left;
  const int8_t *c = (const int8_t *)p.above_right;
  const int8_t *d = (const int8_t *)p.below_right;
  for (int32_t i = 0; i < channels; i++)
    y[i] = (int8_t)round_20_short(a[i] * w.above_left + b[i] * w.below_left +
                                  c[i] * w.above_right + d[i] * w.below_right);
}

STM32RT_INLINE void mix_s16(int16_t *y, int32_t channels, corners p,
                            weights w) {
  const int16_t *a = (const int16_t *)p.above_left;
  const int16_t *b = (const int16_t *)p.below_left;
  const int16_t *c = (const int16_t *)p.above_right;
  const int16_t *d = (const int16_t *)p.below_right;
  for (int32_t i = 0; i < channels; i++)
    y[i] = (int16_t)round_20(
        (int64_t)a[i] * w.above_left + (int64_t)b[i] * w.below_left +
        (int64_t)c[i] * w.above_right + (int64_t)d[i] * w.below_right);
}

/* One value in float: the products and sums in the reference's order. */
STM32RT_INLINE float mix(float a, float b, float c, float d, float down,
                         float right) {
  return a * (1 - down) * (1 - right) + b * down * (1 - right) +
         c * (1 - down) * right + d * down * right;
}

STM32RT_INLINE void mix_f32(float *y, int32_t channels, corners p, float down,
                            float right) {
  const float *a = (const float *)p.above_left;
  const float *b = (const float *)p.below_left;
  const float *c = (const float *)p.above_right;
  const float *d = (const float *)p.below_right;
  for (int32_t i = 0; i < channels; i++)
    y[i] = mix(a[i], b[i], c[i], d[i], down, right);
}

STM32RT_INLINE void mix_u8(int8_t *y, int32_t channels, corners p, float down,
                           float right) {
  const int8_t *a = (const int8_t *)p.above_left;
  const int8_t *b = (const int8_t *)p.below_left;
  const int8_t *c = (const int8_t *)p.above_right;
  const int8_t *d = (const int8_t *)p.below_right;
  for (int32_t i = 0; i < channels; i++)
    y[i] = (int8_t)((int32_t)(mix((float)(a[i] + 128), (float)(b[i] + 128),
                                  (float)(c[i] + 128), (float)(d[i] + 128),
                                  down, right) +
                              0.5f) -
                    128);
}

typedef enum kind { S8, S16, F32, U8 } kind;

/* Walks over the pixels of y; `type` is a literal. */
STM32RT_INLINE void resize(const stm32rt_resize *d, const void *x, void *y,
                           const void *constants, kind type) {
  const int32_t bytes = type == F32 ? 4 : type == S16 ? 2 : 1;
  const int32_t *rows = (const int32_t *)constants;
  const int32_t *row_weights = rows + 2 * d->y_height;
  const int32_t *columns = row_weights + d->y_height;
  const int32_t *column_weights = columns + 2 * d->y_width;
  const float *row_floats = (const float *)(const void *)row_weights;
  const float *column_floats = (const float *)(const void *)column_weights;
  const int32_t pixel = d->channels * bytes, row = d->x_width * pixel;
  const uint8_t *in = (const uint8_t *)x;
  uint8_t *out = (uint8_t *)y;

  for (int32_t n = 0; n < d->batches; n++, in += d->x_height * row)
    for (int32_t r = 0; r < d->y_height; r++) {
      const uint8_t *above = in + rows[2 * r] * row;
      const uint8_t *below = in + rows[2 * r + 1] * row;
      for (int32_t c = 0; c < d->y_width; c++, out += pixel) {
        const int32_t left = columns[2 * c] * pixel;
        const int32_t right = columns[2 * c + 1] * pixel;
        const corners p = {above + left, below + left, above + right,
                           below + right};
        if (type == F32) {
          mix_f32((float *)(void *)out, d->channels, p, row_floats[r],
                  column_floats[c]);
        } else if (type == U8) {
          mix_u8((int8_t *)out, d->channels, p, row_floats[r],
                 column_floats[c]);
        } else {
          const int32_t v = row_weights[r], h = column_weights[c];
          const weights w = {(ONE - v) * (ONE - h), v * (ONE - h),
                             (ONE - v) * h, v * h};
          if (type == S8)
            mix_s8((int8_t *)out, d->channels, p, w);
          else
            mix_s16((int16_t *)(void *)out, d->channels, p, w);
        }
      }
    }
}

void stm32rt_resize_bilinear_s8(const stm32rt_resize *d, const void *x, void *y,
                                const void *constants, void *scratch) {
  (void)scratch;
  resize(d, x, y, constants, S8);
}

void stm32rt_resize_bilinear_s16(const stm32rt_resize *d, const void *x,
                                 void *y, const void *constants,
                                 void *scratch) {
  (void)scratch;
  resize(d, x, y, constants, S16);
}

void stm32rt_resize_bilinear_u8(const stm32rt_resize *d, const void *x, void *y,
                                const void *constants, void *scratch) {
  (void)scratch;
  resize(d, x, y, constants, U8);
}

void stm32rt_resize_bilinear_f32(const stm32rt_resize *d, const void *x,
                                 void *y, const void *constants,
                                 void *scratch) {
  (void)scratch;
  resize(d, x, y, constants, F32);
}
