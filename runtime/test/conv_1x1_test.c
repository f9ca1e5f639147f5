/*===-- conv_1x1_test.c - The dsp and mve 1x1 convolutions against plain C -===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Usage: conv_1x1_test [random layers]. Weights and values of every kind, odd
 * numbers of channels and pixels, batches, bands from rings.
 */
#include "window_layers.h"

static void *dsp_scratch;
static const void *dsp_constants;

static void reference(layer *l) {
  const stm32rt_band all = {0, l->d.y.height, 0, l->d.x.height,
                            0, l->d.y.height};
  stm32rt_window d = l->d;
  set_layout(&d.x, LAYOUT_NHWC, d.x.height);
  set_layout(&d.y, LAYOUT_NHWC, d.y.height);
  stm32rt_conv_2d_s8_rows(&d, &all, l->x, l->expected, l->constants, NULL);
}

#define RUN(NAME, KERNEL)                                                      \
  static void NAME##_whole(const layer *l, const int8_t *x, int8_t *y) {       \
    KERNEL(&l->d, x, y, dsp_constants, dsp_scratch);                           \
  }                                                                            \
  static void NAME##_rows(const layer *l, const stm32rt_band *band,            \
                          const int8_t *x, int8_t *y) {                        \
    KERNEL##_rows(&l->d, band, x, y, dsp_constants, dsp_scratch);              \
  }
RUN(dsp, stm32rt_conv_2d_1x1_s8_dsp)
RUN(wide, stm32rt_conv_2d_1x1_s8_dsp_wide)
static const void *mve_constants;
static void mve_whole(const layer *l, const int8_t *x, int8_t *y) {
  stm32rt_conv_2d_1x1_s8_mve(&l->d, x, y, mve_constants, NULL);
}
static void mve_rows(const layer *l, const stm32rt_band *band, const int8_t *x,
                     int8_t *y) {
  stm32rt_conv_2d_1x1_s8_mve_rows(&l->d, band, x, y, mve_constants, NULL);
}

/* Sometimes more terms than a pair of sums holds at once. */
static void random_layer(layer *l) {
  stm32rt_window *d = &l->d;
  memset(d, 0, sizeof *d);
  d->batches = test_between(1, 2);
  d->x.height = test_between(1, 7);
  d->x.width = test_between(1, 7);
  d->x.channels = test_between(1, 70);
  const int is_long = test_between(0, 15) == 0;
  if (is_long) {
    d->x.height = test_between(1, 2);
    d->x.width = test_between(1, 2);
    d->x.channels = test_between(480, 1300);
  }
  d->y = d->x;
  d->y.channels = test_between(1, is_long ? 5 : 40);
  d->kernel_h = d->kernel_w = 1;
  d->stride_h = d->stride_w = 1;
  d->dilation_h = d->dilation_w = 1;
  random_activation(d);
  random_constants(l, d->x.channels, d->x.channels * d->y.channels);
  test_fill(l->x, (size_t)dense_size(&d->x));
}

static void check(layer *l, whole_function whole, rows_function rows) {
  const layout x_how = (layout)test_between(0, 1);
  const layout y_how = (layout)test_between(0, 1);
  check_whole(l, whole, reference);
  check_layouts(l, rows, x_how, y_how);
  check_bands(l, rows, x_how, y_how);
}

TEST_MAIN(argc, argv) {
  static layer l;
  const unsigned long count = TEST_COUNT(argc, argv, 5000ul, 100ul);
  for (unsigned long i = 0; i < count; i++) {
    random_layer(&l);
    const int wide = test_between(0, 1);
    dsp_constants = pack_stream(&l, wide);
    dsp_scratch = test_alloc(stream_scratch(&l));
    if (wide)
      check(&l, wide_whole, wide_rows);
    else
      check(&l, dsp_whole, dsp_rows);
    test_free_all();

    random_layer(&l);
    mve_constants = pack_mve(&l, l.d.x.channels);
    check(&l, mve_whole, mve_rows);
    test_free_all();
  }
  return test_result("conv_1x1_test");
}
