/*===-- stm32rt_conv_2d_s8.c - 2-D convolution, plain C --------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "stm32rt_convolve.h"
#include "stm32rt_dot_two.h"

static STM32RT_NOINLINE int32_t dot_run(int32_t acc, const int8_t *x,
                                        const int8_t *w, int32_t n) {
  return stm32rt_dot_run_s8(acc, x, w, n);
}

static inline stm32rt_sum run(const stm32rt_layer *l, stm32rt_sum sum,
                              const void *x, int32_t x_stride, const void *w,
                              int32_t w_stride, int32_t n) {
  (void)l;
  (void)x_stride;
  (void)w_stride;
  sum.i32 = dot_run(sum.i32, (const int8_t *)x, (const int8_t *)w, n);
  return sum;
}

static const stm32rt_arithmetic arithmetic = STM32RT_S8(run);

/* NHWC without dilation: each row of a window is one run, and two output
 * channels are computed at once. */
static void walk_two(const stm32rt_layer *l, const stm32rt_window *d,
                     const stm32rt_band *band, const int8_t *x, int8_t *y) {
  const int32_t channels = d->x.channels, outputs = d->y.channels;
  const int32_t run = d->kernel_w * channels, terms = d->kernel_h * run;
  const int32_t *bias = (const int32_t *)l->bias;

  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    int8_t *pixel = stm32rt_y_row(d, band, y, row);
    for (int32_t column = 0; column < d->y.width; column++) {
      const stm32rt_span columns = stm32rt_span_of_column(d, column);
      const int32_t before = columns.first * channels;
      const int32_t inside = columns.last * channels - before;
      const int32_t offset = columns.start * channels + before;
      const int8_t *w = (const int8_t *)l->weights;
      for (int32_t o = 0; o < outputs; o += 2) {
        const int32_t next = o + 1 < outputs ? terms : 0;
        stm32rt_two_sums s = {bias[o], bias[next != 0 ? o + 1 : o]};
        for (int32_t i = 0; i < d->kernel_h; i++) {
          const int is_inside = i >= rows.first && i < rows.last && inside > 0;
          const int32_t left = is_inside ? before : run;
          stm32rt_dot_two_same(&s, d->pad_value, w, next, left);
          if (is_inside) {
            stm32rt_dot_two(&s,
                            stm32rt_x_row(d, band, x, rows.start + i) + offset,
                            w + before, next, inside);
            stm32rt_dot_two_same(&s, d->pad_value, w + before + inside, next,
                                 run - before - inside);
          }
          w += run;
        }
        const stm32rt_sum a = {s.a}, b = {s.b};
        stm32rt_finish_s8(l, a, o, pixel + o);
        if (next != 0)
          stm32rt_finish_s8(l, b, o + 1, pixel + o + 1);
        w += terms;
      }
      pixel += d->y.pixel_stride;
    }
  }
}

void stm32rt_conv_2d_s8_rows(const stm32rt_window *d, const stm32rt_band *band,
                             const void *x, void *y, const void *constants,
                             void *scratch) {
  (void)scratch;
  stm32rt_layer l =
      stm32rt_window_layer(d, stm32rt_integer_layer(constants, d->y.channels,
                                                    d->quant_stride, 4, 0));
  l.pad.s8 = (int8_t)d->pad_value;
  if (!STM32RT_SMALL && d->x.channel_stride == 1 && d->y.channel_stride == 1 &&
      d->x.pixel_stride == d->x.channels && d->dilation_w == 1 &&
      d->dilation_h == 1)
    walk_two(&l, d, band, (const int8_t *)x, (int8_t *)y);
  else
    stm32rt_convolve(&arithmetic, &l, d, band, x, y);
}

void stm32rt_conv_2d_s8(const stm32rt_window *d, const void *x, void *y,
                        const void *constants, void *scratch) {
  stm32rt_conv_images(d, stm32rt_conv_2d_s8_rows, x, y, constants, scratch, 1);
}
