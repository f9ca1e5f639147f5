/*===-- stm32rt_conv_2d_1x1_s8_mve.c - 1x1 convolution with MVE ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The pixels of a few rows at a time, in place. Not of all rows, as the output
 * may lie just before the input, row by row. Scratch: none.
 */
#include "stm32rt_convolve_mve.h"

/* RowsAtOnce of the kernel's record. */
#define ROWS_AT_ONCE 4

void stm32rt_conv_2d_1x1_s8_mve_rows(const stm32rt_window *d,
                                     const stm32rt_band *band, const void *x,
                                     void *y, const void *constants,
                                     void *scratch) {
  (void)scratch;
  const layer l = make_layer(d, constants, d->x.channels);
  /* Rows that touch in x and in y are one run: fewer odd pixels. */
  const int32_t most = stm32rt_rows_in_run(d, band) == 1 ? 1 : ROWS_AT_ONCE;
  const int32_t end = band->first + band->count;
  for (int32_t row = band->first, step; row < end; row += step) {
    step = end - row < most ? end - row : most;
    run_pixels(&l, stm32rt_x_row(d, band, (const int8_t *)x, row),
               d->x.pixel_stride, stm32rt_y_row(d, band, (int8_t *)y, row),
               step * d->y.width);
  }
}

void stm32rt_conv_2d_1x1_s8_mve(const stm32rt_window *d, const void *x, void *y,
                                const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_1x1_s8_mve_rows, x, y, constants,
                      scratch, 1);
}
