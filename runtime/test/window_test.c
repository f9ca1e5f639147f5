/*===-- window_test.c - Convolutions and pools against direct formulas -----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Usage: window_test [random layers]. Each layer is run whole with batches, in
 * NHWC and planar layouts, and in bands from rings.
 */
#include "window_layers.h"

typedef enum kind {
  CONV,
  CONV_DSP,
  CONV_WIDE_DSP,
  CONV_MVE,
  DEPTHWISE,
  DEPTHWISE_QUADS,
  DEPTHWISE_DSP,
  DEPTHWISE_3X3_DSP,
  DEPTHWISE_MVE,
  AVERAGE,
  AVERAGE_MVE,
  MAXIMUM
} kind;

static kind layer_kind;
static void *dsp_scratch;
static const void *dsp_constants;
static void *mve_scratch;
static const void *mve_constants;

/* The value of the logical input at (row, column, channel), with padding. */
static int32_t input(const layer *l, int32_t row, int32_t column, int32_t c) {
  const stm32rt_image *x = &l->d.x;
  if (row < 0 || row >= x->height || column < 0 || column >= x->width)
    return l->d.pad_value;
  return l->x[(row * x->width + column) * x->channels + c];
}

static int inside(const layer *l, int32_t row, int32_t column) {
  return row >= 0 && row < l->d.x.height && column >= 0 &&
         column < l->d.x.width;
}

/* One output of a convolution, summed in 64 bits. */
static int32_t convolution(const layer *l, int32_t row, int32_t column,
                           int32_t o) {
  const stm32rt_window *d = &l->d;
  const int32_t n = d->quant_stride ? d->y.channels : 1;
  const int32_t *bias = (const int32_t *)l->constants;
  const int32_t *multiplier = bias + d->y.channels;
  const int8_t *w = (const int8_t *)(multiplier + 2 * n);
  const int32_t channels = layer_kind <= CONV_MVE ? d->x.channels : 1;
  int64_t sum = bias[o];
  for (int32_t i = 0; i < d->kernel_h; i++)
    for (int32_t j = 0; j < d->kernel_w; j++)
      for (int32_t c = 0; c < channels; c++) {
        const int32_t tap = i * d->kernel_w + j;
        const int32_t from =
            layer_kind <= CONV_MVE ? c : o / (d->y.channels / d->x.channels);
        const int32_t weight =
            layer_kind <= CONV_MVE
                ? w[(o * d->kernel_h * d->kernel_w + tap) * channels + c]
                : w[tap * d->y.channels + o];
        sum +=
            (int64_t)weight *
            input(l, row * d->stride_h - d->pad_top + i * d->dilation_h,
                  column * d->stride_w - d->pad_left + j * d->dilation_w, from);
      }
  const int32_t q = o * d->quant_stride;
  return test_clamp(
      test_rescale((int32_t)sum, multiplier[q], multiplier[n + q]) +
          d->y_zero_point,
      d->y_min, d->y_max);
}

static int32_t pool(const layer *l, int32_t row, int32_t column, int32_t c) {
  const stm32rt_window *d = &l->d;
  int32_t sum = 0, count = 0, max = -128;
  for (int32_t i = 0; i < d->kernel_h; i++)
    for (int32_t j = 0; j < d->kernel_w; j++) {
      const int32_t r = row * d->stride_h - d->pad_top + i;
      const int32_t k = column * d->stride_w - d->pad_left + j;
      if (inside(l, r, k)) {
        const int32_t v = input(l, r, k, c);
        sum += v;
        count++;
        max = v > max ? v : max;
      }
    }
  /* Half away from the zero point: floor(|sum| / count + 1/2) with the sign of
   * the sum of differences to it. */
  sum -= count * d->y_zero_point;
  const int32_t size = sum < 0 ? -sum : sum;
  const int32_t mean = (2 * size + count) / (2 * count);
  const int32_t signed_mean = d->y_zero_point + (sum < 0 ? -mean : mean);
  return test_clamp(layer_kind < MAXIMUM ? signed_mean : max, d->y_min,
                    d->y_max);
}

static void reference(layer *l) {
  const stm32rt_image *y = &l->d.y;
  int8_t *out = l->expected;
  for (int32_t i = 0; i < y->height; i++)
    for (int32_t j = 0; j < y->width; j++)
      for (int32_t c = 0; c < y->channels; c++)
        *out++ = (int8_t)(layer_kind >= AVERAGE ? pool(l, i, j, c)
                                                : convolution(l, i, j, c));
}

static void run_whole(const layer *l, const int8_t *x, int8_t *y) {
  switch (layer_kind) {
  case CONV:
    stm32rt_conv_2d_s8(&l->d, x, y, l->constants, NULL);
    break;
  case CONV_DSP:
    stm32rt_conv_2d_s8_dsp(&l->d, x, y, dsp_constants, dsp_scratch);
    break;
  case CONV_WIDE_DSP:
    stm32rt_conv_2d_s8_dsp_wide(&l->d, x, y, dsp_constants, dsp_scratch);
    break;
  case CONV_MVE:
    stm32rt_conv_2d_s8_mve(&l->d, x, y, mve_constants, mve_scratch);
    break;
  case DEPTHWISE:
    stm32rt_depthwise_conv_2d_s8(&l->d, x, y, l->constants, NULL);
    break;
  case DEPTHWISE_MVE:
    stm32rt_depthwise_conv_2d_s8_mve(&l->d, x, y, l->constants, mve_scratch);
    break;
  case DEPTHWISE_DSP:
    stm32rt_depthwise_conv_2d_s8_dsp(&l->d, x, y, dsp_constants, dsp_scratch);
    break;
  case DEPTHWISE_3X3_DSP:
    stm32rt_depthwise_conv_2d_3x3_s8_dsp(&l->d, x, y, dsp_constants,
                                         dsp_scratch);
    break;
  case DEPTHWISE_QUADS:
    stm32rt_depthwise_conv_2d_s8_quads(&l->d, x, y, l->constants, NULL);
    break;
  case AVERAGE:
    stm32rt_average_pool_2d_s8(&l->d, x, y);
    break;
  case AVERAGE_MVE:
    stm32rt_average_pool_2d_s8_mve(&l->d, x, y);
    break;
  case MAXIMUM:
    stm32rt_max_pool_2d_s8(&l->d, x, y);
    break;
  }
}

static void run_rows(const layer *l, const stm32rt_band *band, const int8_t *x,
                     int8_t *y) {
  switch (layer_kind) {
  case CONV:
    stm32rt_conv_2d_s8_rows(&l->d, band, x, y, l->constants, NULL);
    break;
  case CONV_DSP:
    stm32rt_conv_2d_s8_dsp_rows(&l->d, band, x, y, dsp_constants, dsp_scratch);
    break;
  case CONV_WIDE_DSP:
    stm32rt_conv_2d_s8_dsp_wide_rows(&l->d, band, x, y, dsp_constants,
                                     dsp_scratch);
    break;
  case CONV_MVE:
    stm32rt_conv_2d_s8_mve_rows(&l->d, band, x, y, mve_constants, mve_scratch);
    break;
  case DEPTHWISE:
    stm32rt_depthwise_conv_2d_s8_rows(&l->d, band, x, y, l->constants, NULL);
    break;
  case DEPTHWISE_MVE:
    stm32rt_depthwise_conv_2d_s8_mve_rows(&l->d, band, x, y, l->constants,
                                          mve_scratch);
    break;
  case DEPTHWISE_DSP:
    stm32rt_depthwise_conv_2d_s8_dsp_rows(&l->d, band, x, y, dsp_constants,
                                          dsp_scratch);
    break;
  case DEPTHWISE_3X3_DSP:
    stm32rt_depthwise_conv_2d_3x3_s8_dsp_rows(&l->d, band, x, y, dsp_constants,
                                              dsp_scratch);
    break;
  case DEPTHWISE_QUADS:
    stm32rt_depthwise_conv_2d_s8_quads_rows(&l->d, band, x, y, l->constants,
                                            NULL);
    break;
  case AVERAGE:
    stm32rt_average_pool_2d_s8_rows(&l->d, band, x, y);
    break;
  case AVERAGE_MVE:
    stm32rt_average_pool_2d_s8_mve_rows(&l->d, band, x, y);
    break;
  case MAXIMUM:
    stm32rt_max_pool_2d_s8_rows(&l->d, band, x, y);
    break;
  }
}

/* Size of the output of one dimension, and its padding before. */
static int32_t output_size(int32_t size, int32_t taps, int32_t stride,
                           int32_t dilation, int32_t *pad) {
  const int32_t reach = (taps - 1) * dilation + 1;
  *pad = layer_kind >= AVERAGE ? test_between(0, taps - 1)
                               : test_between(0, reach + 1);
  const int32_t after = layer_kind >= AVERAGE ? test_between(0, taps - 1)
                                              : test_between(0, reach + 1);
  const int32_t room = size + *pad + after - reach;
  return room < 0 ? 1 : room / stride + 1;
}

/* Whether every window of a pool meets the image. */
static int pools_meet(const stm32rt_window *d) {
  return layer_kind < AVERAGE ||
         ((d->y.height - 1) * d->stride_h - d->pad_top < d->x.height &&
          (d->y.width - 1) * d->stride_w - d->pad_left < d->x.width);
}

static int fits_lanes(const stm32rt_window *d) {
  return layer_kind != DEPTHWISE_MVE ||
         stm32rt_depthwise_lanes(d->kernel_h, d->kernel_w, d->dilation_h,
                                 d->dilation_w) <= 32;
}

static void random_layer(layer *l) {
  stm32rt_window *d = &l->d;
  do {
    memset(d, 0, sizeof *d);
    d->batches = test_between(1, 3);
    d->x.height = test_between(1, 10);
    d->x.width = test_between(1, 10);
    d->x.channels = test_between(
        1, layer_kind == DEPTHWISE_MVE || layer_kind == AVERAGE_MVE ? 40 : 9);
    if (layer_kind == DEPTHWISE_DSP || layer_kind == DEPTHWISE_3X3_DSP)
      d->x.channels = 4 * test_between(1, 4);
    d->kernel_h = test_between(1, 5);
    d->kernel_w = test_between(1, 5);
    d->stride_h = test_between(1, test_between(0, 9) == 0 ? 30 : 3);
    d->stride_w = test_between(1, test_between(0, 9) == 0 ? 30 : 3);
    d->dilation_h = layer_kind >= AVERAGE ? 1 : test_between(1, 3);
    d->dilation_w = layer_kind >= AVERAGE ? 1 : test_between(1, 3);
    if (layer_kind == DEPTHWISE_3X3_DSP) {
      d->kernel_h = d->kernel_w = 3;
      d->stride_w = test_between(1, 2);
      d->dilation_w = 1;
    }
    d->pad_value = test_between(-128, 127);
    d->y.height = output_size(d->x.height, d->kernel_h, d->stride_h,
                              d->dilation_h, &d->pad_top);
    d->y.width = output_size(d->x.width, d->kernel_w, d->stride_w,
                             d->dilation_w, &d->pad_left);
    d->y.channels = layer_kind <= CONV_MVE ? test_between(1, 9) : d->x.channels;
    if (layer_kind == DEPTHWISE)
      d->y.channels *= test_between(1, 3);
  } while (dense_size(&d->x) > LAYER_MAX || dense_size(&d->y) > LAYER_MAX ||
           !pools_meet(d) || !fits_lanes(d));

  random_activation(d);
  const int32_t taps = d->kernel_h * d->kernel_w;
  l->constants = NULL;
  if (layer_kind <= CONV_MVE)
    random_constants(l, taps * d->x.channels,
                     taps * d->x.channels * d->y.channels);
  else if (layer_kind <= DEPTHWISE_MVE)
    random_constants(l, taps, taps * d->y.channels);
  test_fill(l->x, (size_t)dense_size(&d->x));
}

/* The average over the whole image: all rows at once against a few at a time
 * from a ring. */
static void check_partial(layer *l) {
  stm32rt_window *d = &l->d;
  memset(d, 0, sizeof *d);
  d->batches = 1;
  d->x.height = d->kernel_h = test_between(1, 12);
  d->x.width = d->kernel_w = test_between(1, 10);
  d->x.channels = d->y.channels = test_between(1, 9);
  d->y.height = d->y.width = 1;
  d->stride_h = d->stride_w = d->dilation_h = d->dilation_w = 1;
  set_layout(&d->x, LAYOUT_NHWC, d->x.height);
  set_layout(&d->y, LAYOUT_NHWC, 1);
  random_activation(d);
  test_fill(l->x, (size_t)dense_size(&d->x));
  stm32rt_average_pool_2d_s8(d, l->x, l->expected);

  const int32_t rows = test_between(1, d->x.height);
  int8_t *ring = (int8_t *)test_alloc((size_t)(rows * d->x.row_stride));
  void *scratch = test_alloc((size_t)(4 * d->x.channels));
  int8_t *y = (int8_t *)test_alloc((size_t)d->x.channels);
  test_fill((int8_t *)scratch, (size_t)(4 * d->x.channels));
  for (int32_t first = 0; first < d->x.height;) {
    const int32_t left = d->x.height - first;
    const int32_t count = test_between(1, rows < left ? rows : left);
    for (int32_t row = first; row < first + count; row++)
      copy_row(&d->x, ring, row % rows, l->x, row, 0);
    const stm32rt_band band = stm32rt_input_band_at(
        d, (uint32_t)first, (uint32_t)count, rows == d->x.height ? 0 : rows);
    if (layer_kind == AVERAGE_MVE)
      stm32rt_average_pool_2d_s8_mve_partial(d, &band, ring, y, scratch);
    else
      stm32rt_average_pool_2d_s8_partial(d, &band, ring, y, scratch);
    first += count;
  }
  CHECK(same_image(l, y));
}

TEST_MAIN(argc, argv) {
  static layer l;
  const unsigned long count = TEST_COUNT(argc, argv, 40000ul, 400ul);
  for (unsigned long i = 0; i < count; i++) {
    layer_kind = (kind)(i % (MAXIMUM + 1));
    random_layer(&l);
    if (layer_kind == CONV_DSP || layer_kind == CONV_WIDE_DSP) {
      dsp_constants = pack_stream(&l, layer_kind == CONV_WIDE_DSP);
      dsp_scratch = test_alloc(stream_scratch(&l));
    }
    if (layer_kind == DEPTHWISE_DSP) {
      dsp_constants = pack_quads(&l);
      dsp_scratch = test_alloc((size_t)l.d.x.channels);
    }
    if (layer_kind == DEPTHWISE_3X3_DSP) {
      dsp_constants = pack_quads(&l);
      dsp_scratch = test_alloc(
          (size_t)stm32rt_depthwise_strip_scratch(l.d.y.width, l.d.stride_w));
    }
    if (layer_kind == CONV_MVE) {
      const int32_t terms = l.d.kernel_h * l.d.kernel_w * l.d.x.channels;
      const int32_t step =
          stm32rt_strip_step(l.d.kernel_w, l.d.stride_w, l.d.dilation_w);
      mve_constants = pack_mve(&l, terms);
      mve_scratch = test_alloc((size_t)stm32rt_strip_size(
          l.d.kernel_h * l.d.x.channels, l.d.kernel_w, step, l.d.y.width));
    }
    if (layer_kind == DEPTHWISE_MVE)
      mve_scratch = test_alloc(STM32RT_DEPTHWISE_SCRATCH);
    check_whole(&l, run_whole, reference);
    const int planar = layer_kind == CONV || layer_kind == DEPTHWISE ||
                       layer_kind == AVERAGE || layer_kind == MAXIMUM;
    const layout x_how = (layout)test_between(0, planar ? 2 : 1);
    const layout y_how = (layout)test_between(0, planar ? 2 : 1);
    check_layouts(&l, run_rows, x_how, y_how);
    check_bands(&l, run_rows, x_how, y_how);
    check_partial(&l);
    test_free_all();
  }
  return test_result("window_test");
}
