/*===-- requant_test.c - Every form of requantisation against gemmlowp's ---===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Usage: requant_test [random cases]. Random accumulators of every size, all
 * shifts, all sorts of multipliers; then the edges, where ties and carries are.
 */
#include "stm32rt_dsp.h"
#include "stm32rt_mve.h"
#include "stm32rt_requant.h"
#include "stm32rt_test.h"

/* The formula of rule N3, as TOSA's DOUBLE_ROUND has it. */
static int32_t tosa_rescale(int32_t acc, int32_t multiplier, int32_t shift) {
  int64_t v = (int64_t)acc * multiplier + ((int64_t)1 << (shift - 1));
  if (shift > 31)
    v += acc >= 0 ? (int64_t)1 << 30 : -((int64_t)1 << 30);
  return (int32_t)(v >> shift);
}

static int32_t vector_lane(int32_t acc, int32_t multiplier, int32_t shift) {
  const stm32rt_scale_s32x4 scale = stm32rt_make_scale_s32x4(
      stm32rt_all_s32x4(multiplier), stm32rt_all_s32x4(shift));
  const stm32rt_s32x4 v =
      stm32rt_rescale_s32x4(stm32rt_all_s32x4(acc), scale);
  int32_t lanes[4];
  memcpy(lanes, &v, sizeof lanes);
  return lanes[0] == lanes[3] ? lanes[2] : ~lanes[2];
}

static int same_everywhere(int32_t acc, int32_t multiplier, int32_t shift) {
  const int32_t expected = test_rescale(acc, multiplier, shift);
  const int32_t doubled = (int32_t)((uint32_t)multiplier << 1);
  return stm32rt_rescale(acc, multiplier, shift) == expected &&
         tosa_rescale(acc, multiplier, shift) == expected &&
         stm32rt_high_multiply_dsp(acc, doubled) ==
             test_high_multiply(acc, multiplier) &&
         vector_lane(acc, multiplier, shift) == expected;
}

static void random_cases(unsigned long count) {
  unsigned long wrong = 0;
  for (unsigned long i = 0; i < count; i++) {
    const uint64_t r = test_random();
    const int32_t multiplier =
        (int32_t)((r & 7) == 0 ? r >> 33 : (r >> 34 | 0x40000000u));
    /* An accumulator of 1 .. 32 bits and a shift that N3 allows for it. */
    const int32_t bits = (int32_t)((r >> 3) % 32);
    const int32_t acc = (int32_t)(uint32_t)(test_random() >> 32) >> (31 - bits);
    const int32_t low = bits < 2 ? 2 : bits;
    const int32_t shift = low + (int32_t)((r >> 8) % (uint64_t)(63 - low));
    wrong += !same_everywhere(acc, multiplier, shift);
  }
  CHECK(wrong == 0);
  test_print(" random cases, wrong: ", "requantisation", wrong);
}

/* For each multiplier and shift the accumulators whose products are next to
 * ties of either rounding, and the ends of the range. */
static void edge_cases(void) {
  static const int32_t multipliers[] = {
      0,          1,          2,          3,          (1 << 29) + 1,
      INT32_MAX,  1073741823, 1 << 30,    1073741825, INT32_MAX - 1,
      1518500250, 1431655765, 0x60000000, 0x7F000000, 0x50000000};
  const int32_t count = (int32_t)(sizeof multipliers / sizeof multipliers[0]);
  for (int32_t i = 0; i < count; i++)
    for (int32_t shift = 2; shift <= 62; shift++) {
      const int32_t bits = shift < 31 ? shift : 31;
      const int64_t end = ((int64_t)1 << bits) - 1;
      const int64_t unit = (int64_t)1 << shift;
      const int64_t reach = shift > 58 ? 1 : 4; /* k * unit fits */
      for (int64_t k = -reach; k <= reach; k++) {
        /* About k + 1/2 of an output step, and about a tie of the first. */
        const int64_t m = multipliers[i] > 0 ? multipliers[i] : 1;
        const int64_t centres[] = {(k * unit + unit / 2) / m,
                                   (k * unit + ((int64_t)1 << 30)) / m,
                                   k * (1 << 20), end * (k < 0 ? -1 : 1)};
        for (int32_t c = 0; c < 4; c++)
          for (int64_t near = -3; near <= 3; near++) {
            const int64_t acc = centres[c] + near;
            if (acc >= -end - 1 && acc <= end)
              CHECK(same_everywhere((int32_t)acc, multipliers[i], shift));
          }
      }
    }
}

/* All values of the small pieces over a whole stretch of numbers. */
static void rounding_shifts(void) {
  for (int32_t exponent = 1; exponent <= 31; exponent++)
    for (int32_t i = -1000; i <= 1000; i++) {
      const int32_t far = i * 1000003;
      CHECK(stm32rt_rounding_shift(i, exponent) ==
            test_rounding_divide(i, exponent));
      CHECK(stm32rt_rounding_shift(far, exponent) ==
            test_rounding_divide(far, exponent));
    }
}

TEST_MAIN(argc, argv) {
  rounding_shifts();
  edge_cases();
  random_cases(TEST_COUNT(argc, argv, 100000000ul, 200000ul));
  return test_result("requant_test");
}
