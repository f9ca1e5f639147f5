/*===-- fixed_test.c - Values that the reference was seen to give ----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Cases in which a formula that looks equal gives something else; the expected
 * values are those of the reference kernels.
 */
#include "stm32rt_hybrid.h"
#include "stm32rt_kernels.h"
#include "stm32rt_test.h"

/* N35: exponents from 64 on. All scales are 1 but that of y, 2^power. */
static void div_by_more_than_63_bits(void) {
  static const int8_t a[8] = {0, 0, 1, 1, -1, -2, 127, 100};
  static const int8_t b[8] = {1, 127, 1, 2, 1, -1, 1, 3};
  static const struct {
    int32_t power;
    int8_t y[8];
  } cases[] = {{25, {1, 1, 127, 65, -128, 127, 127, 127}},
               {28, {1, 0, 17, 9, -16, 33, 127, 127}},
               {30, {1, 0, 5, 3, -4, 9, 127, 127}},
               {31, {1, 0, 3, 2, -2, 5, 127, 67}}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    stm32rt_binary d = {0};
    int8_t y[8];
    d.shape.run = 8;
    d.shape.a_step = d.shape.b_step = 1;
    for (int k = 0; k < STM32RT_BROADCAST_DIMS; k++)
      d.shape.size[k] = 1;
    d.y_multiplier = 1 << 30;
    d.y_shift = 30 + cases[i].power;
    d.y_min = -128;
    d.y_max = 127;
    stm32rt_div_s8(&d, a, b, y);
    CHECK(memcmp(y, cases[i].y, 8) == 0);
  }
}

/* N59: only whole blocks of eight round 0.49999997 up. */
static void quantise_in_blocks(void) {
  float x[11];
  int8_t q[11];
  stm32rt_layer l = {0};
  for (int i = 0; i < 11; i++)
    x[i] = 0.49999997f;
  x[0] = 127.0f;
  stm32rt_quantise_symmetric(&l, x, q, 11);
  CHECK(l.x_scale == 1.0f && q[0] == 127);
  for (int i = 1; i < 11; i++)
    CHECK(q[i] == (i < 8));
  x[1] = -128.0f;
  stm32rt_quantise_asymmetric(&l, x, q, 11);
  CHECK(l.x_scale == 1.0f && l.x_zero_point == 0 && q[0] == 127);
  CHECK(q[1] == -128);
  for (int i = 2; i < 11; i++)
    CHECK(q[i] == (i < 8));
}

/* N59: the range is rounded to float before it is divided. */
static void quantise_float_range(void) {
  static const float x[3] = {-1.0f, 0.168627456f, -0.58431375f};
  int8_t q[3];
  stm32rt_layer l = {0};
  stm32rt_quantise_asymmetric(&l, x, q, 3);
  CHECK(l.x_zero_point == 90);
  CHECK(q[2] == 90 - 127);
}

TEST_MAIN(argc, argv) {
  (void)TEST_COUNT(argc, argv, 1ul, 1ul);
  div_by_more_than_63_bits();
  quantise_in_blocks();
  quantise_float_range();
  return test_result("fixed_test");
}
