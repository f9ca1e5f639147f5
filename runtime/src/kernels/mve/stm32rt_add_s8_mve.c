/*===-- stm32rt_add_s8_mve.c - Sum and difference with MVE -----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * stm32rt_add_s8 and stm32rt_sub_s8, four elements at a time. Mostly nothing is
 * shifted before it is multiplied (all shifts are 31 or more), as the scale of
 *a side is at most half of the common one.
 */
#include "stm32rt_broadcast.h"
#include "stm32rt_mve.h"

/* One side, brought to the common scale. */
typedef struct side {
  stm32rt_s32x4 zero_point, left;
  stm32rt_scale_s32x4 scale;
} side;

static side make_side(int32_t zero_point, int32_t left, int32_t multiplier,
                      int32_t shift) {
  side s;
  s.zero_point = stm32rt_all_s32x4(zero_point);
  s.left = stm32rt_all_s32x4(left);
  s.scale = stm32rt_make_scale_s32x4(stm32rt_all_s32x4(multiplier),
                                     stm32rt_all_s32x4(shift));
  return s;
}

/* Literal right: the shift is 31 or more. */
STM32RT_INLINE stm32rt_s32x4 rescale(stm32rt_s32x4 v, const side *s,
                                     int right) {
  return right ? stm32rt_rescale_right_s32x4(v, s->scale)
               : stm32rt_rescale_s32x4(v, s->scale);
}

STM32RT_INLINE stm32rt_s32x4 scaled(stm32rt_s32x4 v, const side *s, int right) {
  v = stm32rt_sub_s32x4(v, s->zero_point);
  return rescale(stm32rt_shift_s32x4(v, s->left), s, right);
}

/* Four elements from p on or, with step 0, one for all lanes. */
STM32RT_INLINE stm32rt_s32x4 load(const int8_t *p, int32_t step, int32_t n) {
  if (step == 0)
    return stm32rt_all_s32x4(*p);
  return n == 4 ? stm32rt_load_s8x4(p) : stm32rt_load_part_s8x4(p, n);
}

/* n elements, 1 .. 4. Literals negative, right, and n if it is 4. */
STM32RT_INLINE void combine(const stm32rt_binary *d, const side sides[3],
                            const int8_t *a, const int8_t *b, int8_t *y,
                            int32_t n, int negative, int right) {
  const stm32rt_s32x4 p = scaled(load(a, d->shape.a_step, n), &sides[0], right);
  const stm32rt_s32x4 q = scaled(load(b, d->shape.b_step, n), &sides[1], right);
  stm32rt_s32x4 v =
      negative ? stm32rt_sub_s32x4(p, q) : stm32rt_add_s32x4(p, q);
  v = rescale(v, &sides[2], right);
  v = stm32rt_add_s32x4(v, sides[2].zero_point);
  v = stm32rt_max_s32x4(v, stm32rt_all_s32x4(d->y_min));
  v = stm32rt_min_s32x4(v, stm32rt_all_s32x4(d->y_max));
  if (n == 4)
    stm32rt_store_s8x4(y, v);
  else
    stm32rt_store_part_s8x4(y, v, n);
}

STM32RT_INLINE void run_all(const stm32rt_binary *d, const int8_t *a,
                            const int8_t *b, int8_t *y, int negative,
                            int right) {
  /* As a store through y might change it for all that C knows. */
  const stm32rt_binary local = *d;
  const side sides[3] = {
      make_side(d->a_zero_point, d->left_shift, d->a_multiplier, d->a_shift),
      make_side(d->b_zero_point, d->left_shift, d->b_multiplier, d->b_shift),
      make_side(d->y_zero_point, 0, d->y_multiplier, d->y_shift)};
  const int32_t a_step = local.shape.a_step * 4,
                b_step = local.shape.b_step * 4;
  stm32rt_cursor cursor = {0, 0, {0}};
  do {
    const int8_t *in_a = a + cursor.a, *in_b = b + cursor.b;
    int32_t left = local.shape.run;
    for (; left >= 4; left -= 4) {
      combine(&local, sides, in_a, in_b, y, 4, negative, right);
      in_a += a_step;
      in_b += b_step;
      y += 4;
    }
    if (left > 0)
      combine(&local, sides, in_a, in_b, y, left, negative, right);
    y += left;
  } while (stm32rt_next_run(&local.shape, &cursor));
}

/* Functions of their own, so that a loop has the registers to itself. */
static STM32RT_NOINLINE void sum_right(const stm32rt_binary *d, const int8_t *a,
                                       const int8_t *b, int8_t *y) {
  run_all(d, a, b, y, 0, 1);
}
static STM32RT_NOINLINE void difference_right(const stm32rt_binary *d,
                                              const int8_t *a, const int8_t *b,
                                              int8_t *y) {
  run_all(d, a, b, y, 1, 1);
}

static int shifts_right(const stm32rt_binary *d) {
  return d->a_shift >= 31 && d->b_shift >= 31 && d->y_shift >= 31;
}

void stm32rt_add_s8_mve(const stm32rt_binary *d, const void *a, const void *b,
                        void *y) {
  if (shifts_right(d))
    sum_right(d, (const int8_t *)a, (const int8_t *)b, (int8_t *)y);
  else
    run_all(d, (const int8_t *)a, (const int8_t *)b, (int8_t *)y, 0, 0);
}

void stm32rt_sub_s8_mve(const stm32rt_binary *d, const void *a, const void *b,
                        void *y) {
  if (shifts_right(d))
    difference_right(d, (const int8_t *)a, (const int8_t *)b, (int8_t *)y);
  else
    run_all(d, (const int8_t *)a, (const int8_t *)b, (int8_t *)y, 1, 0);
}
