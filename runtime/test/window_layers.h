/*===-- window_layers.h - Random layers with windows, and their layouts ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * A layer has its input as a dense [row][column][channel] image per batch and
 * the expected output in the same form. Images are laid out from there: NHWC
 * with padded rows, planar, whole or as rings that hold a few rows.
 */
#ifndef STM32RT_WINDOW_LAYERS_H
#define STM32RT_WINDOW_LAYERS_H

#include "stm32rt_kernels.h"
#include "stm32rt_test.h"
#include "stm32rt_window.h"

/* Elements of the largest dense input and output of a batch. */
#define LAYER_MAX 6000

typedef struct layer {
  stm32rt_window d;
  int8_t x[LAYER_MAX], expected[LAYER_MAX];
  const void *constants; /* from test_alloc */
  int32_t constants_size;
} layer;

typedef enum layout { LAYOUT_NHWC, LAYOUT_WIDE_NHWC, LAYOUT_PLANAR } layout;

/* Strides of an image of which `rows` are held. */
static inline void set_layout(stm32rt_image *image, layout how, int32_t rows) {
  image->pixel_stride = how == LAYOUT_PLANAR ? 1 : image->channels;
  image->channel_stride = how == LAYOUT_PLANAR ? rows * image->width : 1;
  image->row_stride = image->width * image->pixel_stride;
  if (how == LAYOUT_WIDE_NHWC)
    image->row_stride += test_between(0, 5);
}

/* Bytes that an image of `rows` held rows takes. */
static inline size_t layout_size(const stm32rt_image *image, layout how,
                                 int32_t rows) {
  if (how == LAYOUT_PLANAR)
    return (size_t)(rows * image->width * image->channels);
  return (size_t)((rows - 1) * image->row_stride +
                  image->width * image->channels);
}

static inline int32_t dense_size(const stm32rt_image *image) {
  return image->height * image->width * image->channels;
}

/* Copies row `row` of a dense image to the slot of a laid out one, or back. */
static inline void copy_row(const stm32rt_image *image, int8_t *laid_out,
                            int32_t slot, int8_t *dense, int32_t row,
                            int back) {
  for (int32_t i = 0; i < image->width; i++)
    for (int32_t c = 0; c < image->channels; c++) {
      int8_t *const p = laid_out + slot * image->row_stride +
                        i * image->pixel_stride + c * image->channel_stride;
      int8_t *const q = dense + (row * image->width + i) * image->channels + c;
      if (back)
        *q = *p;
      else
        *p = *q;
    }
}

/* Slot of a row, the slow and certain way. */
static inline int32_t slot_of(int32_t row, int32_t first, int32_t rows) {
  return ((row - first) % rows + rows) % rows;
}

/* Random constants for `channels` outputs whose sums have `taps` products;
 * `weights` bytes follow. */
static inline void random_constants(layer *l, int32_t taps, int32_t weights) {
  const int32_t channels = l->d.y.channels;
  l->d.quant_stride = test_between(0, 1);
  const int32_t n = l->d.quant_stride ? channels : 1;
  l->constants_size = 4 * (channels + 2 * n) + weights;
  int32_t *p = (int32_t *)test_alloc((size_t)l->constants_size);
  l->constants = p;
  for (int32_t i = 0; i < channels; i++)
    p[i] = test_between(-20000, 20000);
  p += channels;
  for (int32_t i = 0; i < n; i++) {
    p[i] = test_multiplier();
    p[n + i] = test_shift(20000 + (int64_t)taps * 128 * 128);
  }
  test_fill((int8_t *)(p + 2 * n), (size_t)weights);
}

static inline const void *pack_stream(const layer *l, int wide) {
  return test_pack_stream(l->constants, l->d.y.channels, l->d.quant_stride,
                          l->d.kernel_h, l->d.kernel_w * l->d.x.channels, 2,
                          wide);
}

/* Bytes of scratch that stm32rt_convolve_dsp.h takes. */
static inline size_t stream_scratch(const layer *l) {
  const int32_t row = l->d.kernel_w * l->d.x.channels;
  return (size_t)(16 * l->d.kernel_h * ((row + 3) / 4) + row);
}

/* Constants of a depthwise layer as stm32rt_depthwise_conv_2d_s8_dsp.c says. */
static inline const void *pack_quads(const layer *l) {
  const int32_t taps = l->d.kernel_h * l->d.kernel_w, n = l->d.y.channels;
  const int32_t head = l->constants_size - taps * n;
  const int8_t *w = (const int8_t *)l->constants + head;
  int8_t *const packed = (int8_t *)test_alloc((size_t)l->constants_size);
  test_pack_doubled(l->constants, n, l->d.quant_stride, packed);
  for (int32_t t = 0; t < taps; t++)
    for (int32_t c = 0; c < n; c++)
      packed[head + c / 4 * 4 * taps + 4 * t + c % 4] = w[t * n + c];
  return packed;
}

static inline const void *pack_mve(const layer *l, int32_t terms) {
  return test_pack_mve(l->constants, l->d.y.channels, l->d.quant_stride,
                       l->d.kernel_h, l->d.kernel_w, terms);
}

static inline void random_activation(stm32rt_window *d) {
  d->y_zero_point = test_between(-128, 127);
  d->y_min = test_between(0, 1) ? -128 : test_between(-128, 0);
  d->y_max = test_between(0, 1) ? 127 : test_between(d->y_min, 127);
  if (test_between(0, 3) == 0) {
    d->y_zero_point = d->y_min = -128; /* rectified, mostly */
    d->y_max = 127;
  }
}

/* Whole tensor, one dense layout. Strides of d are those of NHWC. */
typedef void (*whole_function)(const layer *l, const int8_t *x, int8_t *y);
/* A band of one image. */
typedef void (*rows_function)(const layer *l, const stm32rt_band *band,
                              const int8_t *x, int8_t *y);

static inline int same_image(const layer *l, const int8_t *y) {
  return memcmp(y, l->expected, (size_t)dense_size(&l->d.y)) == 0;
}

/* All images of the batch in dense NHWC. The expected output of each image is
 * computed by `reference`. */
static inline void check_whole(layer *l, whole_function run,
                               void (*reference)(layer *l)) {
  static int8_t first[LAYER_MAX];
  const int32_t nx = dense_size(&l->d.x), ny = dense_size(&l->d.y);
  set_layout(&l->d.x, LAYOUT_NHWC, l->d.x.height);
  set_layout(&l->d.y, LAYOUT_NHWC, l->d.y.height);
  int8_t *const x = (int8_t *)test_alloc((size_t)(nx * l->d.batches));
  int8_t *const y = (int8_t *)test_alloc((size_t)(ny * l->d.batches));
  test_fill(x, (size_t)(nx * l->d.batches));
  run(l, x, y);
  memcpy(first, l->x, (size_t)nx);
  for (int32_t b = 0; b < l->d.batches; b++) {
    memcpy(l->x, x + b * nx, (size_t)nx);
    reference(l);
    CHECK(same_image(l, y + b * ny));
  }
  memcpy(l->x, first, (size_t)nx);
  reference(l);
}

/* One image in random layouts, all rows at once. l->expected is set. */
static inline void check_layouts(layer *l, rows_function run, layout x_how,
                                 layout y_how) {
  static int8_t result[LAYER_MAX];
  stm32rt_window *d = &l->d;
  const stm32rt_band all = {0, d->y.height, 0, d->x.height, 0, d->y.height};
  set_layout(&d->x, x_how, d->x.height);
  set_layout(&d->y, y_how, d->y.height);
  int8_t *const x =
      (int8_t *)test_alloc(layout_size(&d->x, x_how, d->x.height));
  int8_t *const y =
      (int8_t *)test_alloc(layout_size(&d->y, y_how, d->y.height));
  for (int32_t r = 0; r < d->x.height; r++)
    copy_row(&d->x, x, r, l->x, r, 0);
  run(l, &all, x, y);
  for (int32_t r = 0; r < d->y.height; r++)
    copy_row(&d->y, y, r, result, r, 1);
  CHECK(same_image(l, result));
}

/* The rows of x that the rows [first, first + count) of y read, clipped to the
 * image: [*low, *high). */
static inline void rows_read(const stm32rt_window *d, int32_t first,
                             int32_t count, int32_t *low, int32_t *high) {
  *low = first * d->stride_h - d->pad_top;
  *high = (first + count - 1) * d->stride_h - d->pad_top +
          (d->kernel_h - 1) * d->dilation_h + 1;
  *low = test_clamp(*low, 0, d->x.height);
  *high = test_clamp(*high, *low, d->x.height);
}

/* One image in bands, x and y in rings of random size whose other rows hold
 * rubbish. Slot 0 holds any row, or as in generated code row r lies in slot
 * r modulo rows. l->expected is set. */
static inline void check_bands(layer *l, rows_function run, layout x_how,
                               layout y_how) {
  static int8_t result[LAYER_MAX];
  stm32rt_window *d = &l->d;
  const int32_t band_rows = test_between(1, d->y.height);
  int32_t x_rows = 1;
  for (int32_t i = 0; i < d->y.height; i += band_rows) {
    int32_t low, high;
    rows_read(d, i, band_rows, &low, &high);
    x_rows = high - low > x_rows ? high - low : x_rows;
  }
  x_rows += test_between(0, 2);
  const int32_t y_rows = band_rows + test_between(0, 2);
  set_layout(&d->x, x_how, x_rows);
  set_layout(&d->y, y_how, y_rows);
  const size_t x_size = layout_size(&d->x, x_how, x_rows);
  int8_t *const x = (int8_t *)test_alloc(x_size);
  int8_t *const y = (int8_t *)test_alloc(layout_size(&d->y, y_how, y_rows));
  const int generated = test_between(0, 1);

  for (int32_t first = 0; first < d->y.height; first += band_rows) {
    const int32_t left = d->y.height - first;
    const int32_t count = left < band_rows ? left : band_rows;
    int32_t low, high;
    rows_read(d, first, count, &low, &high);
    const int32_t x_first = generated ? 0 : low - test_between(0, x_rows - 1);
    const int32_t y_first = generated ? 0 : first - test_between(0, y_rows - 1);
    stm32rt_band band = {first, count, x_first, x_rows, y_first, y_rows};
    if (generated)
      band = stm32rt_band_at(d, (uint32_t)first, (uint32_t)count,
                             x_rows == d->x.height ? 0 : x_rows,
                             y_rows == d->y.height ? 0 : y_rows);
    test_fill(x, x_size);
    for (int32_t r = low; r < high; r++)
      copy_row(&d->x, x, slot_of(r, x_first, x_rows), l->x, r, 0);
    run(l, &band, x, y);
    for (int32_t r = first; r < first + count; r++)
      copy_row(&d->y, y, slot_of(r, y_first, y_rows), result, r, 1);
  }
  CHECK(same_image(l, result));
}

#endif /* STM32RT_WINDOW_LAYERS_H */
