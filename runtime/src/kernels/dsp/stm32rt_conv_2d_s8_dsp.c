/*===-- stm32rt_conv_2d_s8_dsp.c - Convolution with SMLAD ------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Any window, stride, dilation and padding. The terms of a pixel are the values
 * under its window, row by row, T = kernel_h * kernel_w * x.channels of them:
 *they are gathered as bytes, with the padding, and then expanded. Two pixels
 *need not be neighbours: the last one of a row goes with the first one of the
 *next.
 *
 * Scratch: that of stm32rt_convolve_dsp.h for T terms, then T bytes. Constants
 *as there; the terms of the weights are in the order kernel_h, kernel_w,
 *channel.
 */
#include "stm32rt_convolve_dsp.h"
#include "stm32rt_terms.h"

static inline void copy(int8_t *to, const int8_t *from, int32_t size) {
  memcpy(to, from, (size_t)size);
}

static void gather(const stm32rt_window *d, const stm32rt_band *band,
                   const int8_t *x, const stm32rt_span *rows, int32_t column,
                   int8_t *terms) {
  stm32rt_gather_terms(d, band, x, rows, column, terms, copy);
}

void stm32rt_conv_2d_s8_dsp_rows(const stm32rt_window *d,
                                 const stm32rt_band *band, const void *x,
                                 void *y, const void *constants,
                                 void *scratch) {
  const int32_t count = d->kernel_h * d->kernel_w * d->x.channels;
  const layer l = make_layer(d, constants, count);
  uint8_t *const columns = (uint8_t *)scratch;
  int8_t *const terms = (int8_t *)scratch + 16 * l.groups;
  int8_t *waiting = NULL; /* where the pixel that has no partner yet goes */

  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    for (int32_t column = 0; column < d->y.width; column++) {
      gather(d, band, (const int8_t *)x, &rows, column, terms);
      expand(terms, count, waiting != NULL ? columns + 8 : columns);
      if (waiting != NULL) {
        two_pixels(&l, columns, waiting, out);
        waiting = NULL;
      } else {
        waiting = out;
      }
      out += d->y.pixel_stride;
    }
  }
  if (waiting != NULL) {
    /* The last of an odd number of pixels stands in for its neighbour. */
    expand(terms, count, columns + 8);
    one_clamping(&l, columns, waiting);
  }
}

void stm32rt_conv_2d_s8_dsp(const stm32rt_window *d, const void *x, void *y,
                            const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_s8_dsp_rows, x, y, constants, scratch,
                      1);
}
