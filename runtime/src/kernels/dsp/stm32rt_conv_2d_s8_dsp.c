/*===-- stm32rt_conv_2d_s8_dsp.c - Convolution with SMLAD ------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Any window, stride, dilation and padding. The terms of a pixel are the values
 * under its window, row by row, T = kernel_h * kernel_w * x.channels of them.
 * Runs of whole words are expanded where they lie; all else is gathered as
 * bytes first, with the padding. Two pixels need not be neighbours: the last
 * one of a row goes with the first one of the next.
 *
 * Scratch: that of stm32rt_convolve_dsp.h for T terms, then T bytes. Constants
 * as there; the terms of the weights are in the order kernel_h, kernel_w,
 * channel.
 */
#include "stm32rt_convolve_dsp.h"
#include "stm32rt_terms.h"

/* Words, then bytes: runs are short, too short for a call. */
static inline void copy(int8_t *to, const int8_t *from, int32_t size) {
  for (; size >= 4; size -= 4) {
    memcpy(to, from, 4);
    to += 4;
    from += 4;
  }
  for (; size > 0; size--)
    *to++ = *from++;
}

/* What the pixels of a row have in common. */
typedef struct row_of_windows {
  const stm32rt_window *d;
  const stm32rt_band *band;
  const int8_t *x;
  stm32rt_span rows;
  stm32rt_columns inside; /* of the image */
} row_of_windows;

/* `words` words of padding; two of four words at *half, which is moved on.
 * Returns sum + theirs. */
static inline int32_t expand_padding(int32_t value, int32_t words,
                                     uint8_t **half, int32_t sum) {
  const uint32_t two = (uint32_t)(uint16_t)value * 0x00010001u;
  for (int32_t n = words; n > 0; n--) {
    stm32rt_put_word(*half, 0, two);
    stm32rt_put_word(*half, 1, two);
    *half += 16;
  }
  return sum + 4 * words * value;
}

/* A function of its own, so that the loop has the registers to itself. The
 * windows' rows are runs of 4 * words bytes; those inside of the image are so
 * from the first column to the last. */
static STM32RT_NOINLINE int32_t expand_runs(const row_of_windows *r,
                                            int32_t column, int32_t words,
                                            uint8_t *half) {
  const stm32rt_window *d = r->d;
  const int32_t offset =
      (column * d->stride_w - d->pad_left) * d->x.pixel_stride;
  int32_t sum = expand_padding(d->pad_value, words * r->rows.first, &half, 0);
  for (int32_t tap = r->rows.first; tap < r->rows.last; tap++) {
    const int8_t *x =
        stm32rt_x_row(d, r->band, r->x, r->rows.start + tap * d->dilation_h);
    sum = stm32rt_expand_words(x + offset, words, &half, sum);
  }
  return expand_padding(d->pad_value, words * (d->kernel_h - r->rows.last),
                        &half, sum);
}

/* The terms of one pixel into its half of scratch; returns their sum. `run` as
 * above, or 0. */
static inline int32_t expand_pixel(const row_of_windows *r, int32_t column,
                                   int32_t run, int32_t count, int8_t *terms,
                                   uint8_t *half) {
  if (!STM32RT_SMALL && run > 0 && column >= r->inside.first && column < r->inside.last)
    return expand_runs(r, column, run / 4, half);
  stm32rt_gather_terms(r->d, r->band, r->x, &r->rows, column, terms, copy);
  return expand(terms, count, half);
}

void stm32rt_conv_2d_s8_dsp_rows(const stm32rt_window *d,
                                 const stm32rt_band *band, const void *x,
                                 void *y, const void *constants,
                                 void *scratch) {
  const int32_t row_terms = d->kernel_w * d->x.channels;
  const int32_t count = d->kernel_h * row_terms;
  const int is_run = d->dilation_w == 1 && row_terms % 4 == 0 &&
                     d->x.pixel_stride == d->x.channels;
  layer l;
  make_layer(&l, d, constants, count);
  uint8_t *const columns = (uint8_t *)scratch;
  int8_t *const terms = (int8_t *)scratch + 16 * ((count + 3) / 4);
  row_of_windows r = {
      d, band, (const int8_t *)x, {0, 0, 0}, stm32rt_columns_inside(d)};
  two_pixels two = {columns, NULL, NULL, 0, 0};
  int is_waiting = 0; /* v, that has no partner yet */

  for (int32_t row = band->first; row < band->first + band->count; row++) {
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    r.rows = stm32rt_span_of_row(d, row);
    for (int32_t column = 0; column < d->y.width; column++) {
      const int32_t sum =
          expand_pixel(&r, column, is_run ? row_terms : 0, count, terms,
                       is_waiting ? columns : columns + 8);
      if (is_waiting) {
        two.y_u = out;
        two.sum_u = sum;
        two_out(&l, &two);
      } else {
        two.y_v = out;
        two.sum_v = sum;
      }
      is_waiting = !is_waiting;
      out += d->y.pixel_stride;
    }
  }
  if (is_waiting) {
    two.y_u = two.y_v;
    two_out(&l, &two);
  }
}

void stm32rt_conv_2d_s8_dsp(const stm32rt_window *d, const void *x, void *y,
                            const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_s8_dsp_rows, x, y, constants, scratch,
                      1);
}
