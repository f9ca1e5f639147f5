/*===-- stm32rt_signal_rfft_f32.c - Fourier transforms of float32 -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#define STM32RT_FFT_VALUE float
#define STM32RT_FFT_WIDE float
#define STM32RT_FFT_BITS 0
#include "stm32rt_fft.h"

void stm32rt_signal_rfft_f32(const stm32rt_fft *d, const void *x, void *y,
                             const void *constants, void *scratch) {
  (void)scratch;
  fft_forward_rows(d, x, y, constants);
}

void stm32rt_signal_irfft_f32(const stm32rt_fft *d, const void *x, void *y,
                              const void *constants, void *scratch) {
  (void)scratch;
  fft_backward_rows(d, x, y, constants);
  float *out = (float *)y;
  const int32_t length = 2 * d->points;
  for (int32_t i = 0; i < d->rows * length; i++)
    out[i] /= (float)length;
}

/*===-- Two dimensions ----------------------------------------------------===*/

/* The complex transform of column `z` of an image whose rows lie `stride`
 * numbers apart. */
static void transform_column(const stm32rt_rfft2d *d, fft_complex *z,
                             int32_t stride, const fft_complex *twiddles,
                             fft_complex *column) {
  fft_order order = fft_first(d->row_radix);
  for (int32_t i = 0; i < d->rows; i++, fft_next(&order, d->row_radix))
    column[i] = z[order.place * stride];
  fft_transform(column, d->rows, d->row_radix, twiddles, 0);
  for (int32_t i = 0; i < d->rows; i++)
    z[i * stride] = column[i];
}

void stm32rt_signal_rfft2d_f32(const stm32rt_rfft2d *d, const void *x, void *y,
                               const void *constants, void *scratch) {
  const fft_complex *twiddles = (const fft_complex *)constants;
  const int32_t points = d->columns.points, stride = points + 1;
  const fft_complex *row_twiddles =
      twiddles + points + (points > 1 ? points / 2 : 1);
  fft_complex *image = (fft_complex *)y;
  for (int32_t i = 0; i < d->images; i++) {
    const float *in = (const float *)x + i * d->height * d->width;
    for (int32_t row = 0; row < d->rows; row++) {
      const int32_t used = row < d->columns.rows ? d->columns.used : 0;
      fft_forward(&d->columns, in, used, image + row * stride, twiddles);
      in += used == 0 ? 0 : d->width;
    }
    for (int32_t column = 0; column < stride; column++)
      transform_column(d, image + column, stride, row_twiddles,
                       (fft_complex *)scratch);
    image += d->rows * stride;
  }
}
