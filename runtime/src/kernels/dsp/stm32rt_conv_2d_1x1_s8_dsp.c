/*===-- stm32rt_conv_2d_1x1_s8_dsp.c - 1x1 convolution with SMLAD ----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The terms of a pixel are its input channels, where they lie. Scratch and
 * constants: stm32rt_convolve_dsp.h.
 */
#include "stm32rt_convolve_dsp.h"

/* `count` pixels, one behind the other. */
static void run_out(const layer *l, const stm32rt_window *d, const int8_t *x,
                    int8_t *y, int32_t count, uint8_t *scratch) {
  const int32_t x_step = d->x.pixel_stride, y_step = d->y.pixel_stride;
  two_pixels two = {scratch, NULL, NULL, 0, 0};
  for (; count > 0; count -= 2) {
    two.y_u = two.y_v = y;
    two.sum_v = expand(x, d->x.channels, scratch + 8);
    if (count > 1) {
      two.y_u = y + y_step;
      two.sum_u = expand(x + x_step, d->x.channels, scratch);
    }
    two_out(l, &two);
    x += 2 * x_step;
    y += 2 * y_step;
  }
}

void stm32rt_conv_2d_1x1_s8_dsp_rows(const stm32rt_window *d,
                                     const stm32rt_band *band, const void *x,
                                     void *y, const void *constants,
                                     void *scratch) {
  layer l;
  make_layer(&l, d, constants, d->x.channels);

  /* Rows that touch in x and in y are one long run: fewer odd pixels. */
  const int32_t step_rows = stm32rt_rows_in_run(d, band);
  const int32_t end = band->first + band->count;
  for (int32_t row = band->first; row < end; row += step_rows) {
    const int8_t *in = stm32rt_x_row(d, band, (const int8_t *)x, row);
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    run_out(&l, d, in, out, step_rows * d->y.width, (uint8_t *)scratch);
  }
}

void stm32rt_conv_2d_1x1_s8_dsp(const stm32rt_window *d, const void *x, void *y,
                                const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_1x1_s8_dsp_rows, x, y, constants,
                      scratch, 1);
}
