/*===-- softmax_test.c - Softmax against the reference formulas ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Usage: softmax_test [random rows]. The reference below follows gemmlowp's
 * formulas literally, with every saturation; the golden rows were computed by
 * TensorFlow Lite Micro's reference kernel.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_test.h"

/* v * 2^exponent, saturating; v / 2^-exponent rounded for exponent < 0. */
static int32_t by_power(int32_t v, int32_t exponent) {
  if (exponent < 0)
    return test_rounding_divide(v, -exponent);
  const int64_t wide = (int64_t)v * ((int64_t)1 << exponent);
  return wide > INT32_MAX   ? INT32_MAX
         : wide < INT32_MIN ? INT32_MIN
                            : (int32_t)wide;
}

static int32_t exp_near_zero(int32_t a) {
  const int32_t x = a + (1 << 28);
  const int32_t x2 = test_high_multiply(x, x);
  const int32_t x3 = test_high_multiply(x2, x);
  const int32_t x4 = test_high_multiply(x2, x2);
  const int32_t sum = test_high_multiply(by_power(x4, -2) + x3, 715827883) + x2;
  return 1895147668 + test_high_multiply(1895147668, x + by_power(sum, -1));
}

static int32_t exp_negative(int32_t a) {
  static const int32_t factor[] = {1672461947, 1302514674, 790015084, 290630308,
                                   39332535,   720401,     242};
  const int32_t quarter = 1 << 24;
  const int32_t part = (a & (quarter - 1)) - quarter;
  const int32_t rest = part - a;
  int32_t result = exp_near_zero(by_power(part, 5));
  for (int32_t i = 0; i < 7; i++)
    if (rest & (int32_t)(1u << (24 + i)))
      result = test_high_multiply(result, factor[i]);
  return a == 0 ? INT32_MAX : result;
}

static int32_t one_over(uint32_t v) {
  const int32_t a = (int32_t)(v - 0x80000000u); /* v - 1 in Q0.31 */
  const int32_t half = (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);
  int32_t x = 1515870810 + test_high_multiply(half, -1010580540);
  for (int i = 0; i < 3; i++) {
    const int32_t error = (1 << 29) - test_high_multiply(half, x);
    x += by_power(test_high_multiply(x, error), 2);
  }
  return by_power(x, 1);
}

static void reference(const stm32rt_softmax *d, const int8_t *x, int8_t *y) {
  int32_t max = -128, headroom = 0;
  uint32_t sum = 0;
  static int32_t e[512];
  for (int32_t i = 0; i < d->depth; i++)
    max = x[i] > max ? x[i] : max;
  for (int32_t i = 0; i < d->depth; i++) {
    const int32_t scaled = by_power(x[i] - max, d->left_shift);
    e[i] = x[i] - max < d->diff_min
               ? 0
               : exp_negative(test_high_multiply(scaled, d->multiplier));
    if (x[i] - max >= d->diff_min)
      sum += (uint32_t)by_power(e[i], -12);
  }
  while (!(sum << headroom & 0x80000000u))
    headroom++;
  const int32_t scale = one_over(sum << headroom);
  for (int32_t i = 0; i < d->depth; i++) {
    const int32_t v = test_rounding_divide(test_high_multiply(scale, e[i]),
                                           12 - headroom + 31 - 8);
    y[i] = (int8_t)test_clamp(v - 128, -128, 127);
  }
}

static void random_row(void) {
  const int32_t left_shift = test_between(0, 31);
  const int64_t radius = ((int64_t)31 << 26) >> left_shift;
  stm32rt_softmax d = {1,          test_between(1, 500), INT32_MAX,
                       left_shift, (int32_t)-radius,     0.0f};
  if (left_shift < 31)
    d.multiplier = test_between(1 << 30, INT32_MAX);
  int8_t *x = (int8_t *)test_alloc((size_t)d.depth);
  int8_t *y = (int8_t *)test_alloc((size_t)d.depth);
  static int8_t expected[512];
  test_fill(x, (size_t)d.depth);
  reference(&d, x, expected);
  stm32rt_softmax_s8(&d, x, y);
  CHECK(memcmp(y, expected, (size_t)d.depth) == 0);
  stm32rt_softmax_s8(&d, x, x); /* in place */
  CHECK(memcmp(x, y, (size_t)d.depth) == 0);
}

typedef struct golden {
  stm32rt_softmax d;
  int8_t x[10], y[10];
} golden;

/* Scale 1/16, beta 1; scale 1/4, beta 1/2; scale 1/256, beta 1; scale 3.1. */
static const golden rows[] = {
    {{1, 10, 1073741824, 23, -248, 0.0f},
     {0, 33, 30, -12, -7, -13, 14, -1, 18, -46},
     {-117, -42, -57, -123, -121, -123, -102, -118, -94, -127}},
    {{1, 10, 1073741824, 24, -124, 0.0f},
     {18, -1, 8, -1, -4, 5, 9, -2, -1, 8},
     {-26, -119, -99, -119, -122, -108, -95, -120, -119, -99}},
    {{1, 10, 1073741824, 19, -3968, 0.0f},
     {-52, -90, 23, -40, -115, -48, -28, -71, -89, 2},
     {-103, -106, -94, -102, -108, -102, -100, -105, -106, -97}},
    {{1, 10, 1664299776, 28, -7, 0.0f},
     {1, 0, -1, 0, 1, 0, 1, 2, 0, -1},
     {-118, -128, -128, -128, -118, -128, -118, 96, -128, -128}}};

/* Rows so wide and flat that every quotient rounds to 0. */
static void flat_row(void) {
  static int8_t x[2000], y[2000];
  const stm32rt_softmax d = {1, 2000, 1 << 30, 10, -1000000, 0.0f};
  stm32rt_softmax_s8(&d, x, y);
  int32_t wrong = 0;
  for (int32_t i = 0; i < 2000; i++)
    wrong += y[i] != -128;
  CHECK(wrong == 0);
}

TEST_MAIN(argc, argv) {
  const unsigned long count = TEST_COUNT(argc, argv, 20000ul, 60ul);
  int8_t y[10];
  for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stm32rt_softmax_s8(&rows[i].d, rows[i].x, y);
    CHECK(memcmp(y, rows[i].y, sizeof y) == 0);
  }
  for (unsigned long i = 0; i < count; i++) {
    random_row();
    test_free_all();
  }
  flat_row();
  return test_result("softmax_test");
}
