/*===-- stm32rt_pool.h - Cores of the pools ---------------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * One walk for all pools; a literal stm32rt_pooling says what is done with the
 * values of a window. Means are rounded as rule N8 says: C's division truncates
 * towards zero, so that half the count is added or subtracted by the sign of
 * the sum. Halves are rounded away from y_zero_point (N63).
 */
#ifndef STM32RT_POOL_H
#define STM32RT_POOL_H

#include "stm32rt_convolve.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct stm32rt_pooling {
  int32_t bytes; /* of an element */
  stm32rt_sum (*start)(void);
  stm32rt_sum (*take)(stm32rt_sum sum, const void *x);
  void (*finish)(const stm32rt_layer *l, stm32rt_sum sum, int32_t count,
                 void *y);
} stm32rt_pooling;

/* What one window gives; `offset` of the channel in bytes. */
STM32RT_INLINE stm32rt_sum stm32rt_pool_window(
    const stm32rt_pooling *p, const stm32rt_window *d, const stm32rt_band *band,
    const void *x, stm32rt_span rows, stm32rt_span columns, int32_t offset) {
  const int32_t pixel = d->x.pixel_stride * p->bytes;
  const int32_t step = d->dilation_w * pixel;
  const int32_t begin =
      (columns.start + columns.first * d->dilation_w) * pixel + offset;
  stm32rt_sum sum = p->start();
  for (int32_t i = rows.first; i < rows.last; i++) {
    const char *value =
        stm32rt_x_bytes(d, band, x, rows.start + i * d->dilation_h, p->bytes) +
        begin;
    for (int32_t j = columns.first; j < columns.last; j++, value += step)
      sum = p->take(sum, value);
  }
  return sum;
}

/* The windows of four channels that are neighbours in x and in y, which share
 * addresses and loops. `offset` and `y` are those of the first one. */
STM32RT_INLINE void stm32rt_pool_four(const stm32rt_pooling *p,
                                      const stm32rt_layer *l,
                                      const stm32rt_window *d,
                                      const stm32rt_band *band, const void *x,
                                      stm32rt_span rows, stm32rt_span columns,
                                      int32_t offset, int32_t count, char *y) {
  const int32_t bytes = p->bytes;
  const int32_t pixel = d->x.pixel_stride * bytes;
  const int32_t step = d->dilation_w * pixel;
  const int32_t begin =
      (columns.start + columns.first * d->dilation_w) * pixel + offset;
  stm32rt_sum s0 = p->start(), s1 = s0, s2 = s0, s3 = s0;
  for (int32_t i = rows.first; i < rows.last; i++) {
    const char *value =
        stm32rt_x_bytes(d, band, x, rows.start + i * d->dilation_h, bytes) +
        begin;
    for (int32_t j = columns.first; j < columns.last; j++, value += step) {
      s0 = p->take(s0, value);
      s1 = p->take(s1, value + bytes);
      s2 = p->take(s2, value + 2 * bytes);
      s3 = p->take(s3, value + 3 * bytes);
    }
  }
  p->finish(l, s0, count, y);
  p->finish(l, s1, count, y + bytes);
  p->finish(l, s2, count, y + 2 * bytes);
  p->finish(l, s3, count, y + 3 * bytes);
}

STM32RT_INLINE void stm32rt_pool_walk(const stm32rt_pooling *p,
                                      const stm32rt_layer *l,
                                      const stm32rt_window *d,
                                      const stm32rt_band *band, const void *x,
                                      void *y) {
  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    char *y_row = stm32rt_y_bytes(d, band, y, row, p->bytes);
    for (int32_t column = 0; column < d->y.width; column++) {
      const stm32rt_span columns = stm32rt_span_of_column(d, column);
      char *y_pixel = y_row + column * d->y.pixel_stride * p->bytes;
      const int32_t count =
          (rows.last - rows.first) * (columns.last - columns.first);
      int32_t c = 0;
      /* Half of the instructions, and 270 bytes of code more. */
      if (!STM32RT_SMALL && d->x.channel_stride == 1 &&
          d->y.channel_stride == 1)
        for (; c + 4 <= d->y.channels; c += 4)
          stm32rt_pool_four(p, l, d, band, x, rows, columns, c * p->bytes,
                            count, y_pixel + c * p->bytes);
      for (; c < d->y.channels; c++) {
        const stm32rt_sum sum = stm32rt_pool_window(
            p, d, band, x, rows, columns, c * d->x.channel_stride * p->bytes);
        p->finish(l, sum, count, y_pixel + c * d->y.channel_stride * p->bytes);
      }
    }
  }
}

/* The limits of integers. */
STM32RT_INLINE stm32rt_layer stm32rt_pool_layer(const stm32rt_window *d) {
  const stm32rt_layer l = {0};
  return stm32rt_window_layer(d, l);
}

/* The limits of floats. */
STM32RT_INLINE stm32rt_layer stm32rt_pool_layer_f32(const stm32rt_pool_f32 *d) {
  stm32rt_layer l = {0};
  l.limits = d->limits;
  return l;
}

/*===----------------------------------------------------------------------===
 * Mean and maximum
 *===----------------------------------------------------------------------===*/

STM32RT_INLINE int32_t stm32rt_rounded_mean(const stm32rt_layer *l, int32_t sum,
                                            int32_t count) {
  sum -= count * l->y_zero_point;
  const int32_t mean = (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
  return stm32rt_clamp(mean + l->y_zero_point, l->y_min, l->y_max);
}

/* The functions of the mean of integers of type T, and of their maximum, which
 * is `lowest` or more. */
#define STM32RT_MEAN_OF(T)                                                     \
  static inline stm32rt_sum start(void) {                                      \
    const stm32rt_sum sum = {.i32 = 0};                                        \
    return sum;                                                                \
  }                                                                            \
  static inline stm32rt_sum take(stm32rt_sum sum, const void *x) {             \
    sum.i32 += *(const T *)x;                                                  \
    return sum;                                                                \
  }                                                                            \
  static inline void finish(const stm32rt_layer *l, stm32rt_sum sum,           \
                            int32_t count, void *y) {                          \
    *(T *)y = (T)stm32rt_rounded_mean(l, sum.i32, count);                      \
  }
#define STM32RT_MAX_OF(T, lowest)                                              \
  static inline stm32rt_sum start(void) {                                      \
    const stm32rt_sum sum = {.i32 = (lowest)};                                 \
    return sum;                                                                \
  }                                                                            \
  static inline stm32rt_sum take(stm32rt_sum sum, const void *x) {             \
    const T value = *(const T *)x;                                             \
    sum.i32 = value > sum.i32 ? value : sum.i32;                               \
    return sum;                                                                \
  }                                                                            \
  static inline void finish(const stm32rt_layer *l, stm32rt_sum sum,           \
                            int32_t count, void *y) {                          \
    (void)count;                                                               \
    *(T *)y = (T)stm32rt_clamp(sum.i32, l->y_min, l->y_max);                   \
  }

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_POOL_H */
