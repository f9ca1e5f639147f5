/*===-- stm32rt_add_s8_dsp.c - Sum and difference with SMMLAR --------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * stm32rt_add_s8 and stm32rt_sub_s8. Mostly nothing is shifted to the left
 * after it was multiplied (all shifts are 31 or more), all multipliers have
 * their highest bit, the limits are those of int8, and no side is broadcast
 * along a run: then four elements at a time, one step for all of them after the
 * other, so that what the step needs is in registers.
 */
#include "stm32rt_broadcast.h"
#include "stm32rt_dsp.h"

/* One side: its zero point shifted to the left; twice the multiplier; the shift
 * less 31. */
typedef struct side {
  int32_t zero_point, doubled, shift;
} side;

typedef struct quad {
  int32_t v0, v1, v2, v3;
} quad;

/* Of all layers that the reference has. */
#define LEFT_SHIFT 20

static side make_side(int32_t zero_point, int32_t multiplier, int32_t shift) {
  const side s = {zero_point * (1 << LEFT_SHIFT),
                  (int32_t)((uint32_t)multiplier << 1), shift - 31};
  return s;
}

/* One value, brought to the common scale: stm32rt_rounding_shift(h, e) for e =
 * shift, which may be 0, and |h| < 2^29. For h >= 0 it is floor((2h / 2^e + 1)
 * / 2), and for h < 0, as (2h - 1) / 2^e and (2h - 2) / 2^e round down to the
 * same number if e >= 1, floor(((2h - 1) / 2^e + 1) / 2). */
STM32RT_INLINE int32_t scaled(int32_t v, const side *s) {
  const int32_t shifted = v * (1 << LEFT_SHIFT) - s->zero_point;
  const int32_t h = stm32rt_smmlar(shifted, s->doubled, shifted);
  return (((h * 2 + (h >> 31)) >> s->shift) + 1) >> 1;
}

STM32RT_INLINE quad scale_quad(const int8_t *p, const side *s) {
  const quad q = {scaled(p[0], s), scaled(p[1], s), scaled(p[2], s),
                  scaled(p[3], s)};
  return q;
}

/* One output of `sum`, by stm32rt_output_fast. The multiplier has its highest
 * bit. */
STM32RT_INLINE int8_t finish(int32_t sum, int32_t doubled, int32_t shift,
                             int32_t half_zero_point) {
  const int32_t high = stm32rt_smmlar(sum, doubled, sum);
  return (int8_t)stm32rt_ssat8_half(((high + (high >> 31)) >> shift) +
                                    half_zero_point);
}

/* `quads` times four elements. Literal sign: 1 or -1. */
STM32RT_INLINE void run_quads(const stm32rt_binary *d, const int8_t *a,
                              const int8_t *b, int8_t *y, int32_t quads,
                              int32_t sign) {
  const side sa = make_side(d->a_zero_point, d->a_multiplier, d->a_shift);
  const side sb = make_side(d->b_zero_point, d->b_multiplier, d->b_shift);
  const int32_t doubled = (int32_t)((uint32_t)d->y_multiplier << 1);
  const int32_t shift = d->y_shift - 32, zero = 2 * d->y_zero_point + 1;
  for (; quads > 0; quads--) {
    const quad p = scale_quad(a, &sa);
    const quad q = scale_quad(b, &sb);
    const int8_t y0 = finish(p.v0 + sign * q.v0, doubled, shift, zero);
    const int8_t y1 = finish(p.v1 + sign * q.v1, doubled, shift, zero);
    const int8_t y2 = finish(p.v2 + sign * q.v2, doubled, shift, zero);
    const int8_t y3 = finish(p.v3 + sign * q.v3, doubled, shift, zero);
    y[0] = y0;
    y[1] = y1;
    y[2] = y2;
    y[3] = y3;
    a += 4;
    b += 4;
    y += 4;
  }
}

/* Functions of their own, so that a loop has the registers to itself. */
static STM32RT_NOINLINE void sum_quads(const stm32rt_binary *d, const int8_t *a,
                                       const int8_t *b, int8_t *y,
                                       int32_t quads) {
  run_quads(d, a, b, y, quads, 1);
}
static STM32RT_NOINLINE void difference_quads(const stm32rt_binary *d,
                                              const int8_t *a, const int8_t *b,
                                              int8_t *y, int32_t quads) {
  run_quads(d, a, b, y, quads, -1);
}

static int is_fast(const stm32rt_binary *d) {
  const int32_t top = (int32_t)1 << 30;
  return d->left_shift == LEFT_SHIFT && d->a_shift >= 31 && d->b_shift >= 31 &&
         d->y_shift > 31 && d->a_multiplier >= top && d->b_multiplier >= top &&
         d->y_multiplier >= top && d->y_min == INT8_MIN &&
         d->y_max == INT8_MAX && d->shape.a_step == 1 && d->shape.b_step == 1;
}

static STM32RT_NOINLINE void run_any(const stm32rt_binary *d, const int8_t *a,
                                     const int8_t *b, int8_t *y, int32_t n,
                                     int32_t sign) {
  const stm32rt_binary local = *d;
  for (; n > 0; n--) {
    const int32_t sum =
        stm32rt_scaled_a(&local, *a) + sign * stm32rt_scaled_b(&local, *b);
    *y++ = (int8_t)stm32rt_binary_output(&local, sum);
    a += local.shape.a_step;
    b += local.shape.b_step;
  }
}

/* Literal sign. */
STM32RT_INLINE void run_all(const stm32rt_binary *d, const int8_t *a,
                            const int8_t *b, int8_t *y, int32_t sign) {
  const stm32rt_broadcast *shape = &d->shape;
  const int32_t quads = is_fast(d) ? shape->run / 4 : 0;
  const int32_t rest = shape->run - 4 * quads;
  stm32rt_cursor cursor = {0, 0, {0}};
  do {
    const int8_t *in_a = a + cursor.a, *in_b = b + cursor.b;
    if (quads > 0) {
      if (sign > 0)
        sum_quads(d, in_a, in_b, y, quads);
      else
        difference_quads(d, in_a, in_b, y, quads);
    }
    if (rest > 0)
      run_any(d, in_a + 4 * quads, in_b + 4 * quads, y + 4 * quads, rest, sign);
    y += shape->run;
  } while (stm32rt_next_run(shape, &cursor));
}

void stm32rt_add_s8_dsp(const stm32rt_binary *d, const void *a, const void *b,
                        void *y) {
  run_all(d, (const int8_t *)a, (const int8_t *)b, (int8_t *)y, 1);
}

void stm32rt_sub_s8_dsp(const stm32rt_binary *d, const void *a, const void *b,
                        void *y) {
  run_all(d, (const int8_t *)a, (const int8_t *)b, (int8_t *)y, -1);
}
