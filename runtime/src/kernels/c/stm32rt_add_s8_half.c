/*===-- stm32rt_add_s8_half.c - Sum with a factor of 1/2, plain C ----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N7 where the side of the larger scale, half, has the factor 1/2, as all
 * importers make it: that is a shift. The other side, rest, needs no product of
 * 64 bits. With D = v - zero point, L = left_shift and S = 31 - L the first
 * rounding of rule N3 is
 *
 *   floor((D 2^L m + 2^30) / 2^31) = floor((D m + 2^(S - 1)) / 2^S)
 *     = D (m >> S) + floor((D (m mod 2^S) + 2^(S - 1)) / 2^S)
 *
 * |D| is below 2^8, so the second product and its half are below 2^31 for S up
 * to 23; the first product is at most |D| 2^L, which fits.
 */
#include "stm32rt_broadcast.h"

#define HALF ((int32_t)1 << 30)

static void exchange(int32_t *a, int32_t *b) {
  const int32_t held = *a;
  *a = *b;
  *b = held;
}

void stm32rt_add_s8_half(const stm32rt_binary *d, const void *a, const void *b,
                         void *y) {
  stm32rt_binary s = *d; /* a is the half */
  const int8_t *half = (const int8_t *)a, *rest = (const int8_t *)b;
  if (s.a_multiplier != HALF || s.a_shift != 31) {
    half = (const int8_t *)b;
    rest = (const int8_t *)a;
    exchange(&s.shape.a_step, &s.shape.b_step);
    for (int i = 0; i < STM32RT_BROADCAST_DIMS; i++)
      exchange(&s.shape.a_stride[i], &s.shape.b_stride[i]);
    exchange(&s.a_zero_point, &s.b_zero_point);
    s.b_multiplier = s.a_multiplier;
    s.b_shift = s.a_shift;
  }
  const int32_t split = 31 - s.left_shift;
  int32_t shift = s.b_shift - 31;
  int32_t high = s.b_multiplier >> split;
  const int32_t low = s.b_multiplier & (((int32_t)1 << split) - 1);
  if (shift == 0) { /* 1/2 too: twice that, halved like all others */
    high *= 2;
    shift = 1;
  }
  const int32_t rounding = (int32_t)1 << (split - 1);
  const int32_t factor = (int32_t)1 << (s.left_shift - 1);
  const int32_t offset = -s.a_zero_point * factor;
  const int32_t zero_point = s.b_zero_point, y_zero_point = s.y_zero_point;
  const int32_t y_multiplier = s.y_multiplier, y_shift = s.y_shift - 31;
  const int32_t min = s.y_min, max = s.y_max;
  const int32_t half_step = s.shape.a_step, rest_step = s.shape.b_step;
  stm32rt_cursor cursor = {0, 0, {0}};
  int8_t *out = (int8_t *)y;
  do {
    const int8_t *p = half + cursor.a, *q = rest + cursor.b;
    for (int32_t i = s.shape.run; i > 0; i--) {
      const int32_t v = *q - zero_point;
      const int32_t product = v * high + ((v * low + rounding) >> split);
      const int32_t sum =
          *p * factor + offset + stm32rt_rounding_shift(product, shift);
      const int32_t scaled = stm32rt_rounding_shift(
          stm32rt_high_multiply(sum, y_multiplier), y_shift);
      *out++ = (int8_t)stm32rt_clamp(scaled + y_zero_point, min, max);
      p += half_step;
      q += rest_step;
    }
  } while (stm32rt_next_run(&s.shape, &cursor));
}
