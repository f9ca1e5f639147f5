/*===-- simple_test.c - Kernels without windows against direct formulas ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Usage: simple_test [random layers of each kind].
 */
#include "stm32rt_kernels.h"
#include "stm32rt_test.h"

static void fully_connected(void) {
  const int32_t rows = test_between(1, 3);
  const int32_t which = test_between(0, 3);
  int32_t in = test_between(1, test_between(0, 7) == 0 ? 1300 : 80);
  in = which == 3 ? (in + 3) / 4 * 4 : in;
  const int32_t out = test_between(1, 20), per = test_between(0, 1);
  const int32_t n = per ? out : 1;
  const int rectified = test_between(0, 2) == 0;
  const int32_t low = rectified ? -128 : test_between(-128, 0);
  const int32_t high = rectified ? 127 : test_between(0, 127);
  const int32_t zero_point = rectified ? -128 : test_between(-128, 127);
  const stm32rt_fully_connected d = {rows, in, out, zero_point, low, high, per};
  int8_t *x = (int8_t *)test_alloc((size_t)(rows * in));
  int8_t *y = (int8_t *)test_alloc((size_t)(rows * out));
  int32_t *c = (int32_t *)test_alloc((size_t)(4 * (out + 2 * n) + in * out));
  int8_t *w = (int8_t *)(c + out + 2 * n);
  for (int32_t o = 0; o < out; o++)
    c[o] = test_between(-30000, 30000);
  for (int32_t i = 0; i < n; i++) {
    c[out + i] = test_multiplier();
    c[out + n + i] = test_shift(30000 + (int64_t)in * 128 * 128);
  }
  test_fill(x, (size_t)(rows * in));
  test_fill(w, (size_t)(in * out));
  if (which == 0)
    stm32rt_fully_connected_s8(&d, x, y, c, NULL);
  else if (which == 1)
    stm32rt_fully_connected_s8_dsp(&d, x, y, test_pack_pairs(c, out, per, in),
                                   NULL);
  else if (which == 3)
    stm32rt_fully_connected_s8_dsp_wide(
        &d, x, y, test_pack_stream(c, out, per, 1, in, 4, 1), NULL);
  else
    stm32rt_fully_connected_s8_mve(&d, x, y,
                                   test_pack_mve(c, out, per, 1, 1, in), NULL);
  for (int32_t r = 0; r < rows; r++)
    for (int32_t o = 0; o < out; o++) {
      int64_t sum = c[o];
      for (int32_t i = 0; i < in; i++)
        sum += x[r * in + i] * w[o * in + i];
      const int32_t v =
          test_rescale((int32_t)sum, c[out + o * per], c[out + n + o * per]);
      CHECK(y[r * out + o] == test_clamp(v + d.y_zero_point, low, high));
    }
}

/* Index into a tensor that is broadcast, for element `position` of the walk. */
static int32_t broadcast_index(const stm32rt_broadcast *shape, int32_t position,
                               const int32_t *stride, int32_t step) {
  int32_t index = position % shape->run * step;
  position /= shape->run;
  for (int i = STM32RT_BROADCAST_DIMS - 1; i >= 0; i--) {
    index += position % shape->size[i] * stride[i];
    position /= shape->size[i];
  }
  return index;
}

/* Two outer dimensions; each side is repeated along some of the three, or along
 * none if `is_plain`. */
static stm32rt_broadcast random_shape(int is_plain) {
  stm32rt_broadcast shape = {test_between(1, 9), 1,   1,
                             {1, 1, 1, 1, 1},    {0}, {0}};
  int32_t a = 1, b = 1;
  if (!is_plain) {
    shape.a_step = test_between(0, 1);
    shape.b_step = test_between(0, 1);
  }
  a = shape.a_step ? shape.run : 1;
  b = shape.b_step ? shape.run : 1;
  for (int i = STM32RT_BROADCAST_DIMS - 1; i >= 3; i--) {
    shape.size[i] = test_between(1, 4);
    if (is_plain || test_between(0, 1)) {
      shape.a_stride[i] = a;
      a *= shape.size[i];
    }
    if (is_plain || test_between(0, 1)) {
      shape.b_stride[i] = b;
      b *= shape.size[i];
    }
  }
  return shape;
}

typedef void (*binary_kernel)(const stm32rt_binary *d, const void *a,
                              const void *b, void *y);

/* Bits of *halves: a is halved, b is. */
static stm32rt_binary random_sum(int is_plain, int *halves) {
  const int is_clamped = test_between(0, 1);
  stm32rt_binary d = {random_shape(is_plain),
                      test_between(0, 1) ? 20 : test_between(8, 20),
                      test_between(-128, 127),
                      test_between(1 << 30, INT32_MAX),
                      test_between(31, 40),
                      test_between(-128, 127),
                      test_between(1 << 30, INT32_MAX),
                      test_between(31, 40),
                      test_between(-128, 127),
                      test_between(1 << 30, INT32_MAX),
                      test_between(0, 3) ? test_between(46, 52)
                                         : test_between(30, 33),
                      is_clamped ? test_between(-128, 0) : -128,
                      is_clamped ? test_between(0, 127) : 127};
  *halves = test_between(0, 3);
  if (*halves & 1) {
    d.a_multiplier = 1 << 30;
    d.a_shift = 31;
  }
  if (*halves & 2) {
    d.b_multiplier = 1 << 30;
    d.b_shift = 31;
  }
  return d;
}

/* What the plain kernels say is right, for all values of both sides. */
static void add_all_values(void) {
  int8_t a[256], b[256], y[256], expected[256];
  int halves;
  stm32rt_binary d = random_sum(1, &halves);
  const stm32rt_broadcast run = {256, 1, 1, {1, 1, 1, 1, 1}, {0}, {0}};
  d.shape = run;
  for (int32_t i = 0; i < 256; i++)
    a[i] = (int8_t)(i - 128);
  for (int32_t v = -128; v <= 127; v++) {
    memset(b, v, sizeof b);
    stm32rt_add_s8(&d, a, b, expected);
    stm32rt_add_s8_dsp(&d, a, b, y);
    CHECK(memcmp(y, expected, sizeof y) == 0);
    stm32rt_sub_s8(&d, a, b, expected);
    stm32rt_sub_s8_dsp(&d, a, b, y);
    CHECK(memcmp(y, expected, sizeof y) == 0);
  }
}

static void add(void) {
  const int is_plain = test_between(0, 1);
  int halves;
  const stm32rt_binary d = random_sum(is_plain, &halves);
  const int32_t count = d.shape.run * d.shape.size[3] * d.shape.size[4];
  int8_t *a = (int8_t *)test_alloc((size_t)count);
  int8_t *b = (int8_t *)test_alloc((size_t)count);
  int8_t *y = (int8_t *)test_alloc((size_t)count);
  int8_t *difference = (int8_t *)test_alloc((size_t)count);
  test_fill(a, (size_t)count);
  test_fill(b, (size_t)count);
  static const binary_kernel adds[3] = {stm32rt_add_s8, stm32rt_add_s8_dsp,
                                        stm32rt_add_s8_mve};
  static const binary_kernel subs[3] = {stm32rt_sub_s8, stm32rt_sub_s8_dsp,
                                        stm32rt_sub_s8_mve};
  const int which = test_between(0, 2);
  adds[which](&d, a, b, y);
  subs[which](&d, a, b, difference);
  for (int32_t i = 0; i < count; i++) {
    const int32_t ia =
        broadcast_index(&d.shape, i, d.shape.a_stride, d.shape.a_step);
    const int32_t ib =
        broadcast_index(&d.shape, i, d.shape.b_stride, d.shape.b_step);
    const int32_t p =
        test_rescale((a[ia] - d.a_zero_point) * (1 << d.left_shift),
                     d.a_multiplier, d.a_shift);
    const int32_t q =
        test_rescale((b[ib] - d.b_zero_point) * (1 << d.left_shift),
                     d.b_multiplier, d.b_shift);
    const int32_t sum = test_rescale(p + q, d.y_multiplier, d.y_shift);
    const int32_t rest = test_rescale(p - q, d.y_multiplier, d.y_shift);
    CHECK(y[i] == test_clamp(sum + d.y_zero_point, d.y_min, d.y_max));
    CHECK(difference[i] == test_clamp(rest + d.y_zero_point, d.y_min, d.y_max));
  }
  if (halves != 0 && d.y_shift > 31) {
    stm32rt_add_s8_half(&d, a, b, difference);
    CHECK(memcmp(difference, y, (size_t)count) == 0);
  }
  if (!is_plain)
    return;
  adds[which](&d, a, b, a); /* in place */
  CHECK(memcmp(a, y, (size_t)count) == 0);
}

/* Six dimensions, kept and reduced by turns: sums, extremes and indices against
 * a search over all elements. */
static void reduce(void) {
  int32_t size[6], stride[6], count = 1, outputs = 1, elements = 1;
  const int first = test_between(0, 1); /* parity of the reduced dimensions */
  const int has_index = test_between(0, 1);
  stm32rt_reduce d;
  memset(&d, 0, sizeof d);
  for (int i = 5; i >= 0; i--) {
    const int is_reduced = i % 2 == first;
    /* An index needs one reduced dimension, the last of them. */
    size[i] = has_index && is_reduced && i < 4 ? 1 : test_between(1, 4);
    stride[i] = elements;
    elements *= size[i];
    if (is_reduced) {
      d.reduced_size[i / 2] = size[i];
      d.reduced_stride[i / 2] = stride[i];
      count *= size[i];
    } else {
      d.kept_size[i / 2] = size[i];
      d.kept_stride[i / 2] = stride[i];
      outputs *= size[i];
    }
  }
  d.count = count;
  d.index_bytes = 4;
  d.x_zero_point = test_between(-128, 127);
  d.y_zero_point = test_between(-128, 127);
  d.multiplier = test_between(1 << 29, INT32_MAX);
  d.shift = test_shift(count * 256) - 1;
  d.shift = d.shift < 18 ? 18 : d.shift;
  d.y_min = -128;
  d.y_max = 127;

  int8_t *x = (int8_t *)test_alloc((size_t)elements);
  int8_t *sums = (int8_t *)test_alloc((size_t)outputs);
  int8_t *greatest = (int8_t *)test_alloc((size_t)outputs);
  int8_t *least = (int8_t *)test_alloc((size_t)outputs);
  int32_t *index = (int32_t *)test_alloc(4 * (size_t)outputs);
  test_fill(x, (size_t)elements);
  stm32rt_reduce_sum_s8(&d, x, sums);
  stm32rt_reduce_max_s8(&d, x, greatest);
  stm32rt_reduce_min_s8(&d, x, least);
  if (has_index)
    stm32rt_arg_max_s8(&d, x, index);
  for (int32_t o = 0; o < outputs; o++) {
    int32_t sum = 0, seen = 0, where = 0, max = INT8_MIN, min = INT8_MAX;
    for (int32_t e = 0; e < elements; e++) {
      /* Index among the kept dimensions of element e. */
      int32_t at = 0;
      for (int i = 0; i < 6; i++)
        if (i % 2 != first)
          at = at * size[i] + e / stride[i] % size[i];
      if (at != o)
        continue;
      if (seen == 0 || x[e] > max)
        where = seen;
      seen++;
      max = x[e] > max ? x[e] : max;
      min = x[e] < min ? x[e] : min;
      sum += x[e] - d.x_zero_point;
    }
    const int32_t v = test_rescale(sum, d.multiplier, d.shift);
    CHECK(sums[o] == test_clamp(v + d.y_zero_point, -128, 127));
    CHECK(greatest[o] == max && least[o] == min);
    CHECK(!has_index || index[o] == where);
  }
}

static void requantize(void) {
  const stm32rt_requantize s = {256,
                                test_between(-128, 127),
                                test_between(-128, 127),
                                test_multiplier(),
                                test_between(22, 42),
                                test_between(-128, 0),
                                test_between(0, 127)};
  stm32rt_requantize from_u8 = s, to_u8 = s;
  from_u8.x_zero_point += 128;
  to_u8.y_zero_point += 128;
  to_u8.y_min += 128;
  to_u8.y_max += 128;
  int8_t x[256], y[256];
  uint8_t u[256], v[256];
  for (int32_t i = 0; i < 256; i++) {
    x[i] = (int8_t)(i - 128);
    u[i] = (uint8_t)i;
  }
  stm32rt_requantize_s8_s8(&s, x, y);
  stm32rt_requantize_s8_u8(&to_u8, x, v);
  for (int32_t i = 0; i < 256; i++) {
    const int32_t r =
        test_rescale(x[i] - s.x_zero_point, s.multiplier, s.shift);
    CHECK(y[i] == test_clamp(r + s.y_zero_point, s.y_min, s.y_max));
    CHECK(v[i] == y[i] + 128);
  }
  int8_t z[256];
  stm32rt_requantize_u8_s8(&from_u8, u, z);
  CHECK(memcmp(y, z, 256) == 0);
  stm32rt_requantize_s8_s8(&s, x, x); /* in place */
  CHECK(memcmp(x, y, 256) == 0);
}

static void quantize(void) {
  /* A power of two, so that v below is the exact quotient; then any scale. */
  const stm32rt_quantize d = {801, 0.0078125f, test_between(-128, 127)};
  stm32rt_quantize u = d;
  u.zero_point += 128;
  static float x[801], back[801];
  static int8_t y[801];
  static uint8_t v[801];
  for (int32_t i = 0; i < 801; i++)
    x[i] = (float)(i - 400) * 0.5f * 0.0078125f; /* all ties, all integers */
  stm32rt_quantize_f32_s8(&d, x, y);
  stm32rt_quantize_f32_u8(&u, x, v);
  for (int32_t i = 0; i < 801; i++) {
    const int32_t twice = i - 400;
    const int32_t rounded = twice < 0 ? -((1 - twice) / 2) : (twice + 1) / 2;
    CHECK(y[i] == test_clamp(rounded + d.zero_point, -128, 127));
    CHECK(v[i] == y[i] + 128);
  }
  stm32rt_dequantize_s8_f32(&d, y, back);
  for (int32_t i = 0; i < 801; i++)
    CHECK(back[i] == (float)(y[i] - d.zero_point) * 0.0078125f);
  stm32rt_dequantize_u8_f32(&u, v, x);
  CHECK(memcmp(x, back, sizeof x) == 0);

  /* Quantising what was dequantised is the identity. */
  stm32rt_quantize any = {256, (float)test_between(1, 1 << 20) / 7e6f,
                          d.zero_point};
  int8_t all[256], again[256];
  for (int32_t i = 0; i < 256; i++)
    all[i] = (int8_t)(i - 128);
  stm32rt_dequantize_s8_f32(&any, all, x);
  stm32rt_quantize_f32_s8(&any, x, again);
  CHECK(memcmp(all, again, 256) == 0);
}

static void quantize_extremes(void) {
  const stm32rt_quantize d = {8, 0.5f, 3};
  const float zero = 0.0f;
  const float x[8] = {3e38f,        -3e38f,      zero / zero,  1.0f / zero,
                      -1.0f / zero, 0.24999999f, -0.24999999f, 1e-45f};
  int8_t y[8];
  stm32rt_quantize_f32_s8(&d, x, y);
  CHECK(y[0] == 127 && y[1] == -128 && y[2] == 3 && y[3] == 127);
  CHECK(y[4] == -128 && y[5] == 3 && y[6] == 3 && y[7] == 3);
}

TEST_MAIN(argc, argv) {
  const unsigned long count = TEST_COUNT(argc, argv, 3000ul, 30ul);
  for (unsigned long i = 0; i < count; i++) {
    fully_connected();
    add();
    if (i % 30 == 0)
      add_all_values();
    reduce();
    requantize();
    quantize();
    test_free_all();
  }
  quantize_extremes();
  return test_result("simple_test");
}
