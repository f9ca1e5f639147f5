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
  const int32_t rows = test_between(1, 3), in = test_between(1, 80);
  const int32_t out = test_between(1, 12), per = test_between(0, 1);
  const int32_t n = per ? out : 1;
  const int32_t low = test_between(-128, 0), high = test_between(0, 127);
  const stm32rt_fully_connected d = {
      rows, in, out, test_between(-128, 127), low, high, per};
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
  stm32rt_fully_connected_s8(&d, x, y, c, NULL);
  for (int32_t r = 0; r < rows; r++)
    for (int32_t o = 0; o < out; o++) {
      int64_t sum = c[o];
      for (int32_t i = 0; i < in; i++)
        sum += x[r * in + i] * w[o * in + i];
      const int32_t v = test_rescale((int32_t)sum, c[out + o * per],
                                     c[out + n + o * per]);
      CHECK(y[r * out + o] == test_clamp(v + d.y_zero_point, low, high));
    }
}

static void add(void) {
  const stm32rt_add d = {test_between(0, 60),
                         20,
                         test_between(-128, 127),
                         test_between(1 << 30, INT32_MAX),
                         test_between(31, 40),
                         test_between(-128, 127),
                         test_between(1 << 30, INT32_MAX),
                         test_between(31, 40),
                         test_between(-128, 127),
                         test_between(1 << 30, INT32_MAX),
                         test_between(46, 52),
                         test_between(-128, 0),
                         test_between(0, 127)};
  int8_t *a = (int8_t *)test_alloc((size_t)d.count);
  int8_t *b = (int8_t *)test_alloc((size_t)d.count);
  int8_t *y = (int8_t *)test_alloc((size_t)d.count);
  test_fill(a, (size_t)d.count);
  test_fill(b, (size_t)d.count);
  stm32rt_add_s8(&d, a, b, y);
  for (int32_t i = 0; i < d.count; i++) {
    const int32_t p = test_rescale((a[i] - d.a_zero_point) * (1 << 20),
                                   d.a_multiplier, d.a_shift);
    const int32_t q = test_rescale((b[i] - d.b_zero_point) * (1 << 20),
                                   d.b_multiplier, d.b_shift);
    const int32_t v = test_rescale(p + q, d.y_multiplier, d.y_shift);
    CHECK(y[i] == test_clamp(v + d.y_zero_point, d.y_min, d.y_max));
  }
  stm32rt_add_s8(&d, a, b, a); /* in place */
  CHECK(memcmp(a, y, (size_t)d.count) == 0);
}

/* A tensor of four dimensions, of which a random set is reduced. */
static void mean(void) {
  int32_t size[4], stride[4], reduced[4], count = 1, outputs = 1;
  stm32rt_mean d;
  int kept_dims = 0, reduced_dims = 0;
  memset(&d, 0, sizeof d);
  int32_t elements = 1;
  for (int i = 3; i >= 0; i--) {
    size[i] = test_between(1, 6);
    stride[i] = elements;
    elements *= size[i];
    reduced[i] = test_between(0, 1);
  }
  for (int i = 0; i < 4; i++)
    d.kept_size[i] = d.reduced_size[i] = 1;
  for (int i = 3; i >= 0; i--)
    if (reduced[i]) {
      d.reduced_size[3 - reduced_dims] = size[i];
      d.reduced_stride[3 - reduced_dims++] = stride[i];
      count *= size[i];
    } else {
      d.kept_size[3 - kept_dims] = size[i];
      d.kept_stride[3 - kept_dims++] = stride[i];
      outputs *= size[i];
    }
  d.x_zero_point = test_between(-128, 127);
  d.y_zero_point = test_between(-128, 127);
  d.multiplier = test_between(1 << 29, INT32_MAX);
  d.shift = test_shift(count * 256) - 1;
  d.shift = d.shift < 18 ? 18 : d.shift;
  d.y_min = -128;
  d.y_max = 127;

  int8_t *x = (int8_t *)test_alloc((size_t)elements);
  int8_t *y = (int8_t *)test_alloc((size_t)outputs);
  test_fill(x, (size_t)elements);
  stm32rt_mean_s8(&d, x, y);
  for (int32_t o = 0; o < outputs; o++) {
    int32_t sum = 0;
    for (int32_t e = 0; e < elements; e++) {
      /* Index among the kept dimensions of element e. */
      int32_t index = 0;
      for (int i = 0; i < 4; i++)
        if (!reduced[i])
          index = index * size[i] + e / stride[i] % size[i];
      if (index == o)
        sum += x[e] - d.x_zero_point;
    }
    const int32_t v = test_rescale(sum, d.multiplier, d.shift);
    CHECK(y[o] == test_clamp(v + d.y_zero_point, -128, 127));
  }
}

static void pad(void) {
  stm32rt_pad d;
  int32_t wide[4], in = 1, out = 1;
  const int32_t flat = test_between(0, 1); /* innermost not padded */
  for (int i = 0; i < 4; i++) {
    d.size[i] = test_between(1, 5);
    d.before[i] = i == 3 && flat ? 0 : test_between(0, 3);
    d.after[i] = i == 3 && flat ? 0 : test_between(0, 3);
    wide[i] = d.size[i] + d.before[i] + d.after[i];
    in *= d.size[i];
    out *= wide[i];
  }
  d.value = test_between(-128, 127);
  int8_t *x = (int8_t *)test_alloc((size_t)in);
  int8_t *y = (int8_t *)test_alloc((size_t)out);
  test_fill(x, (size_t)in);
  stm32rt_pad_s8(&d, x, y);
  int32_t wrong = 0;
  for (int32_t e = 0; e < out; e++) {
    int32_t rest = e, from = 0, step = 1, outside = 0;
    for (int i = 3; i >= 0; i--) {
      const int32_t at = rest % wide[i] - d.before[i];
      rest /= wide[i];
      outside |= at < 0 || at >= d.size[i];
      from += at * step;
      step *= d.size[i];
    }
    wrong += y[e] != (outside ? d.value : x[from]);
  }
  CHECK(wrong == 0);
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
  const float x[8] = {3e38f,        -3e38f,       zero / zero,  1.0f / zero,
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
    mean();
    pad();
    requantize();
    quantize();
    test_free_all();
  }
  quantize_extremes();
  return test_result("simple_test");
}
