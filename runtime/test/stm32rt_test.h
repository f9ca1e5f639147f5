/*===-- stm32rt_test.h - Checks, random numbers and a reference for tests --===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * A test program is main, CHECK and test_result. It needs no framework and runs
 * on a bare Cortex-M as well: define STM32RT_TEST_WRITE as the name of a
 * function void (const char *) that prints there.
 *
 * Random numbers are the same in every run and on every target.
 */
#ifndef STM32RT_TEST_H
#define STM32RT_TEST_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t test_passed, test_failed;

#ifdef STM32RT_TEST_WRITE
void STM32RT_TEST_WRITE(const char *text);
#define TEST_PRINT(text) STM32RT_TEST_WRITE(text)
#define TEST_MAIN(argc, argv) int main(void)
#define TEST_COUNT(argc, argv, host, target) ((void)0, target)
#else
#define TEST_PRINT(text) fputs(text, stdout)
#define TEST_MAIN(argc, argv) int main(int argc, char **argv)
/* How many random cases: the first argument, else `host`, or `target` on bare
 * metal. */
#define TEST_COUNT(argc, argv, host, target)                                   \
  (argc > 1 ? strtoul(argv[1], NULL, 10) : (host))
#endif

static inline void test_print(const char *what, const char *where,
                              unsigned long number) {
  char text[200];
  snprintf(text, sizeof text, "%s%s%lu\n", where, what, number);
  TEST_PRINT(text);
}

/* Counts; prints the first failures. */
#define CHECK(condition)                                                       \
  do {                                                                         \
    if (condition) {                                                           \
      test_passed++;                                                           \
    } else if (test_failed++ < 10) {                                           \
      test_print(": not true: " #condition ", line ", __FILE__,                \
                 (unsigned long)__LINE__);                                     \
    }                                                                          \
  } while (0)

/* The last statement of main. */
static inline int test_result(const char *name) {
  char text[100];
  snprintf(text, sizeof text, "%s: %lu passed, %lu failed\n", name,
           (unsigned long)test_passed, (unsigned long)test_failed);
  TEST_PRINT(text);
  return test_failed == 0 ? 0 : 1;
}

static uint64_t test_state = 88172645463325252u;

static inline uint64_t test_random(void) {
  test_state ^= test_state << 13;
  test_state ^= test_state >> 7;
  test_state ^= test_state << 17;
  return test_state;
}

/* In [low, high]. */
static inline int32_t test_between(int32_t low, int32_t high) {
  const uint64_t span = (uint64_t)((int64_t)high - low) + 1;
  return (int32_t)(low + (int64_t)((test_random() >> 11) % span));
}

/* Full range, only extremes, or small values. */
static inline void test_fill(int8_t *p, size_t n) {
  const int32_t how = test_between(0, 3);
  for (size_t i = 0; i < n; i++) {
    const int32_t v = test_between(-128, 127);
    p[i] = (int8_t)(how == 0 ? (v < 0 ? -128 : 127) : how == 1 ? v / 16 : v);
  }
}

/* Memory of exactly n bytes, so that a sanitizer sees every access beyond it;
 * test_free_all releases everything. */
#define TEST_BLOCKS 16
#ifdef STM32RT_TEST_WRITE
static uint64_t test_arena[12 * 1024];
static size_t test_used;
static inline void *test_alloc(size_t n) {
  void *p = &test_arena[test_used];
  test_used += (n + 7) / 8;
  return p;
}
static inline void test_free_all(void) { test_used = 0; }
#else
static void *test_blocks[TEST_BLOCKS];
static size_t test_used;
static inline void *test_alloc(size_t n) {
  void *p = calloc(n > 0 ? n : 1, 1);
  if (p == NULL || test_used == TEST_BLOCKS)
    abort();
  return test_blocks[test_used++] = p;
}
static inline void test_free_all(void) {
  while (test_used > 0)
    free(test_blocks[--test_used]);
}
#endif

/* Requantisation the way gemmlowp writes it: an independent formula for rule N3
 * of docs/Numerics.md. */
static inline int32_t test_high_multiply(int32_t a, int32_t b) {
  const int64_t product = (int64_t)a * b;
  const int64_t nudge = product >= 0 ? 1 << 30 : 1 - (1 << 30);
  if (a == b && a == INT32_MIN)
    return INT32_MAX;
  return (int32_t)((product + nudge) / ((int64_t)1 << 31));
}

static inline int32_t test_rounding_divide(int32_t v, int32_t exponent) {
  const int32_t mask = (int32_t)(((int64_t)1 << exponent) - 1);
  const int32_t rest = v & mask;
  const int32_t threshold = (mask >> 1) + (v < 0);
  return (v >> exponent) + (rest > threshold);
}

static inline int32_t test_rescale(int32_t acc, int32_t multiplier,
                                   int32_t shift) {
  const int32_t left = shift < 31 ? 31 - shift : 0;
  const int32_t right = shift > 31 ? shift - 31 : 0;
  return test_rounding_divide(
      test_high_multiply((int32_t)((uint32_t)acc << left), multiplier), right);
}

static inline int32_t test_clamp(int32_t v, int32_t low, int32_t high) {
  return v < low ? low : v > high ? high : v;
}

/* Smallest n with v < 2^n. */
static inline int32_t test_bits(int64_t v) {
  int32_t n = 0;
  while (v >> n != 0)
    n++;
  return n;
}

/* A shift that brings accumulators below `bound` to 8 bits, now and then one
 * that does not; always one for which acc * 2^(31 - shift) fits in int32. */
static inline int32_t test_shift(int64_t bound) {
  const int32_t bits = test_bits(bound);
  const int32_t low = bits < 2 ? 2 : bits + 1;
  if (test_between(0, 7) == 0)
    return test_between(low, 62);
  return test_clamp(bits + test_between(22, 26), low, 62);
}

static inline int32_t test_multiplier(void) {
  switch (test_between(0, 9)) {
  case 0:
    return INT32_MAX;
  case 1:
    return 1 << 30;
  case 2:
    return test_between(0, INT32_MAX);
  default:
    return test_between(1 << 30, INT32_MAX);
  }
}

/* Of constants of plain C, bias, multipliers and shifts as stm32rt_dsp.h says.
 */
static inline void test_pack_doubled(const void *constants, int32_t out,
                                     int32_t quant_stride, void *packed) {
  const int32_t n = quant_stride != 0 ? out : 1;
  int32_t *p = (int32_t *)packed;
  memcpy(p, constants, (size_t)(4 * (out + 2 * n)));
  for (int32_t i = out; i < out + n; i++) {
    p[i] = (int32_t)((uint32_t)p[i] << 1);
    p[n + i] -= 32;
  }
}

/* Constants of plain C, [out][rows][row] weights, as the stream of
 * stm32rt_convolve_dsp.h, of 16 bits or as stm32rt_convolve_pairs.h says. */
static inline const void *test_pack_stream(const void *constants, int32_t out,
                                           int32_t quant_stride, int32_t rows,
                                           int32_t row, int32_t lanes,
                                           int wide) {
  const int32_t n = quant_stride != 0 ? out : 1;
  const int32_t *bias = (const int32_t *)constants;
  const int8_t *w = (const int8_t *)(bias + out + 2 * n);
  const int32_t groups = rows * ((row + 3) / 4);
  const int32_t size = 3 * lanes + groups * (wide ? 2 * lanes : 2);
  const int32_t count = (out + lanes - 1) / lanes;
  int32_t *const stream = (int32_t *)test_alloc((size_t)(4 + 4 * count * size));
  memset(stream, 0, (size_t)(4 + 4 * count * size));
  for (int32_t i = 0; i < count; i++) {
    int32_t *const p = stream + 1 + i * size, *const end = p + size - 2 * lanes;
    int8_t *const bytes = (int8_t *)(p + lanes);
    int slow = 0;
    for (int32_t k = 0; k < 8 * groups && !wide; k += 2)
      bytes[k] = -128;
    for (int32_t lane = 0; lane < lanes && lanes * i + lane < out; lane++) {
      const int32_t o = lanes * i + lane, q = o * quant_stride;
      p[lane] = bias[o];
      end[lane] = (int32_t)((uint32_t)bias[out + q] << 1);
      end[lanes + lane] = bias[out + n + q] - 32;
      slow |= bias[out + q] < 1 << 30 || bias[out + n + q] < 32;
      for (int32_t k = 0; k < rows * row; k++) {
        const int32_t v = w[o * rows * row + k], in_row = k % row;
        const int32_t at = k / row * ((row + 3) / 4) + in_row / 4;
        const int32_t half = in_row % 2 * 2 + in_row % 4 / 2;
        const int16_t value = (int16_t)v;
        if (wide)
          memcpy(bytes + 8 * lanes * at + 8 * lane + 2 * half, &value, 2);
        else
          bytes[8 * at + 2 * half + 1 - lane] = (int8_t)(lane == 0 ? v
                                                         : v < 0   ? v + 128
                                                                   : v - 128);
      }
    }
    stream[0] += slow;
  }
  return stream;
}

/* Constants of plain C, [out][terms] weights, packed as stm32rt_pairs.h
 * says. */
static inline const void *test_pack_pairs(const void *constants, int32_t out,
                                          int32_t quant_stride, int32_t terms) {
  static const int32_t place[4] = {0, 4, 2, 6};
  const int32_t groups = (terms + 3) / 4;
  const int32_t head = 4 * (out + 2 * (quant_stride != 0 ? out : 1));
  const int32_t size = 8 * groups * ((out + 1) / 2);
  const int8_t *w = (const int8_t *)constants + head;
  int8_t *const packed = (int8_t *)test_alloc((size_t)(head + size));
  test_pack_doubled(constants, out, quant_stride, packed);
  for (int32_t i = 0; i < size; i++)
    packed[head + i] = i % 2 == 0 ? -128 : 0;
  for (int32_t o = 0; o < out; o++)
    for (int32_t k = 0; k < terms; k++) {
      int8_t *const p =
          packed + head + ((o / 2) * groups + k / 4) * 8 + place[k % 4];
      const int32_t v = w[o * terms + k];
      if (o % 2 == 0)
        p[1] = (int8_t)v;
      else
        p[0] = (int8_t)(v < 0 ? v + 128 : v - 128);
    }
  return packed;
}

/* Constants in the order of stm32rt_convolve_mve.h: `taps` rows and columns of
 * a window, with `terms` weights for each output channel in all. */
static inline const void *test_pack_mve(const void *constants, int32_t out,
                                        int32_t quant_stride, int32_t rows,
                                        int32_t columns, int32_t terms) {
  const int32_t head = 4 * (out + 2 * (quant_stride != 0 ? out : 1));
  const int32_t blocks = (terms + 15) / 16, lanes = out < 4 ? out : 4;
  const int32_t groups = (out + 3) / 4, inputs = terms / (rows * columns);
  const int32_t size = groups * blocks * lanes * 16;
  const int8_t *w = (const int8_t *)constants + head;
  int8_t *const packed = (int8_t *)test_alloc((size_t)(head + size));
  memcpy(packed, constants, (size_t)head);
  memset(packed + head, 0, (size_t)size);
  for (int32_t i = 0; i < groups * lanes; i++)
    for (int32_t column = 0; column < columns; column++)
      for (int32_t row = 0; row < rows; row++)
        for (int32_t c = 0; c < inputs; c++) {
          const int32_t first = i / lanes * 4;
          const int32_t o =
              (first + lanes <= out ? first : out - lanes) + i % lanes;
          const int32_t at =
              blocks * 16 - terms + (column * rows + row) * inputs + c;
          packed[head +
                 ((i / lanes * blocks + at / 16) * lanes + i % lanes) * 16 +
                 at % 16] =
              w[((o * rows + row) * columns + column) * inputs + c];
        }
  return packed;
}

#endif /* STM32RT_TEST_H */
