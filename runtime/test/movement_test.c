/*===-- movement_test.c - Kernels that move values against direct loops -----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Usage: movement_test [random copies of each kind].
 */
#include "stm32rt_kernels.h"
#include "stm32rt_test.h"

/* What the loops of `d` do with pieces of `unit` bytes, index by index. */
static void copy_directly(const stm32rt_copy *d, const uint8_t *x, uint8_t *y,
                          int32_t unit) {
  int32_t pieces = 1;
  for (int i = 0; i < STM32RT_COPY_LOOPS; i++)
    pieces *= d->size[i];
  for (int32_t piece = 0; piece < pieces; piece++) {
    int32_t rest = piece, from = d->x_offset, to = d->y_offset;
    for (int i = STM32RT_COPY_LOOPS - 1; i >= 0; i--) {
      from += rest % d->size[i] * d->x_stride[i];
      to += rest % d->size[i] * d->y_stride[i];
      rest /= d->size[i];
    }
    for (int32_t b = 0; b < unit; b++)
      y[to + b] = x[from + b];
  }
}

/* Draws loops over pieces of `unit` bytes: strides of x may be 0, negative or
 * in any order, those of y leave gaps. Returns the bytes of x and y. */
static void draw_copy(stm32rt_copy *d, int32_t unit, int32_t *x_bytes,
                      int32_t *y_bytes) {
  int32_t x_place = unit, y_place = unit, low = 0, high = 0, last = 0;
  memset(d, 0, sizeof *d);
  d->run = unit;
  for (int i = STM32RT_COPY_LOOPS - 1; i >= 0; i--) {
    d->size[i] = i < 2 ? test_between(1, 2) : test_between(1, 6);
    const int32_t kind = test_between(0, 3);
    d->x_stride[i] = kind == 0 ? 0 : kind == 1 ? -x_place : x_place;
    d->y_stride[i] = y_place;
    const int32_t way = (d->size[i] - 1) * d->x_stride[i];
    low += way < 0 ? way : 0;
    high += way > 0 ? way : 0;
    last += (d->size[i] - 1) * d->y_stride[i];
    x_place *= d->size[i];
    y_place = y_place * d->size[i] + unit * test_between(0, 1);
  }
  d->x_offset = unit * test_between(0, 2) - low;
  d->y_offset = unit * test_between(0, 2);
  *x_bytes = d->x_offset + high + unit;
  *y_bytes = d->y_offset + last + unit;
}

static void copy(void) {
  static void (*const kernels[])(const stm32rt_copy *, const void *, void *) = {
      stm32rt_copy_runs, stm32rt_copy_8, stm32rt_copy_16, stm32rt_copy_32,
      stm32rt_copy_64};
  for (int kind = 0; kind < 5; kind++) {
    stm32rt_copy d;
    const int32_t unit = kind == 0 ? test_between(1, 40) : 1 << (kind - 1);
    int32_t in, out;
    draw_copy(&d, unit, &in, &out);
    int8_t *x = (int8_t *)test_alloc((size_t)in);
    int8_t *y = (int8_t *)test_alloc((size_t)out);
    int8_t *expected = (int8_t *)test_alloc((size_t)out);
    test_fill(x, (size_t)in);
    memset(y, 77, (size_t)out);
    memset(expected, 77, (size_t)out);
    kernels[kind](&d, x, y);
    copy_directly(&d, (const uint8_t *)x, (uint8_t *)expected, unit);
    CHECK(memcmp(y, expected, (size_t)out) == 0);
  }
}

static void pad(void) {
  static void (*const kernels[])(const stm32rt_pad *, const void *, void *) = {
      stm32rt_pad_8, stm32rt_pad_16, stm32rt_pad_32, stm32rt_pad_64};
  for (int kind = 0; kind < 4; kind++) {
    const int32_t bytes = 1 << kind;
    stm32rt_pad d;
    int32_t in, out;
    draw_copy(&d.copy, bytes * test_between(1, 5), &in, &out);
    d.count = (out + bytes - 1) / bytes;
    out = d.count * bytes;
    d.value[0] = (uint32_t)test_random();
    d.value[1] = (uint32_t)test_random();
    int8_t *x = (int8_t *)test_alloc((size_t)in);
    int8_t *y = (int8_t *)test_alloc((size_t)out);
    int8_t *expected = (int8_t *)test_alloc((size_t)out);
    test_fill(x, (size_t)in);
    const uint64_t value = ((uint64_t)d.value[1] << 32) | d.value[0];
    for (int32_t i = 0; i < d.count; i++)
      for (int32_t b = 0; b < bytes; b++) {
        const uint8_t byte = (uint8_t)(value >> (8 * b));
        memcpy(expected + i * bytes + b, &byte, 1);
      }
    copy_directly(&d.copy, (const uint8_t *)x, (uint8_t *)expected, d.copy.run);
    kernels[kind](&d, x, y);
    CHECK(memcmp(y, expected, (size_t)out) == 0);
  }
}

static int32_t limit(int32_t index, int32_t size) {
  return index < 0 ? 0 : index >= size ? size - 1 : index;
}

static void gather(void) {
  const stm32rt_gather d = {test_between(1, 3), test_between(1, 3),
                            test_between(1, 7), test_between(1, 9),
                            test_between(1, 40)};
  const size_t in = (size_t)(d.batches * d.outer * d.axis * d.run);
  const size_t out = (size_t)(d.batches * d.outer * d.indices * d.run);
  const int32_t count = d.batches * d.indices;
  int8_t *x = (int8_t *)test_alloc(in);
  int8_t *y = (int8_t *)test_alloc(out), *wide = (int8_t *)test_alloc(out);
  int32_t *index = (int32_t *)test_alloc((size_t)count * sizeof *index);
  int64_t *index_64 = (int64_t *)test_alloc((size_t)count * sizeof *index_64);
  test_fill(x, in);
  for (int32_t i = 0; i < count; i++)
    index_64[i] = index[i] = test_between(-2, d.axis + 1);
  stm32rt_gather_i32(&d, x, index, y);
  stm32rt_gather_i64(&d, x, index_64, wide);
  int32_t wrong = 0;
  for (int32_t e = 0; e < (int32_t)out; e++) {
    const int32_t i = e % d.run, k = e / d.run % d.indices;
    const int32_t slice = e / d.run / d.indices, b = slice / d.outer;
    const int32_t from = limit(index[b * d.indices + k], d.axis);
    wrong += y[e] != x[(slice * d.axis + from) * d.run + i];
  }
  CHECK(wrong == 0);
  CHECK(memcmp(y, wide, out) == 0);
}

static void gather_nd(void) {
  stm32rt_gather_nd d;
  memset(&d, 0, sizeof d);
  d.slices = test_between(1, 9);
  d.coordinates = test_between(1, 3);
  d.run = test_between(1, 40);
  int32_t in = d.run;
  for (int32_t j = d.coordinates - 1; j >= 0; j--) {
    d.size[j] = test_between(1, 5);
    d.stride[j] = in;
    in *= d.size[j];
  }
  const size_t out = (size_t)(d.slices * d.run);
  const int32_t count = d.slices * d.coordinates;
  int8_t *x = (int8_t *)test_alloc((size_t)in);
  int8_t *y = (int8_t *)test_alloc(out), *wide = (int8_t *)test_alloc(out);
  int32_t *index = (int32_t *)test_alloc((size_t)count * sizeof *index);
  int64_t *index_64 = (int64_t *)test_alloc((size_t)count * sizeof *index_64);
  test_fill(x, (size_t)in);
  for (int32_t i = 0; i < count; i++)
    index_64[i] = index[i] = test_between(-1, 6);
  stm32rt_gather_nd_i32(&d, x, index, y);
  stm32rt_gather_nd_i64(&d, x, index_64, wide);
  int32_t wrong = 0;
  for (int32_t k = 0; k < d.slices; k++) {
    int32_t from = 0;
    for (int32_t j = 0; j < d.coordinates; j++)
      from += limit(index[k * d.coordinates + j], d.size[j]) * d.stride[j];
    wrong += memcmp(y + k * d.run, x + from, (size_t)d.run) != 0;
  }
  CHECK(wrong == 0);
  CHECK(memcmp(y, wide, out) == 0);
}

TEST_MAIN(argc, argv) {
  const unsigned long count = TEST_COUNT(argc, argv, 3000ul, 30ul);
  for (unsigned long i = 0; i < count; i++) {
    copy();
    test_free_all();
    pad();
    test_free_all();
    gather();
    test_free_all();
    gather_nd();
    test_free_all();
  }
  return test_result("movement_test");
}
