/*===-- stm32rt_signal_samples.c - Windows, scaling, energies ---------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

void stm32rt_signal_window_s16(const stm32rt_signal_window *d, const void *x,
                               void *y, const void *constants, void *scratch) {
  (void)scratch;
  const int16_t *in = (const int16_t *)x;
  int16_t *out = (int16_t *)y;
  for (int32_t row = 0; row < d->rows; row++) {
    const int16_t *weights = (const int16_t *)constants;
    for (int32_t i = 0; i < d->size; i++) {
      const int32_t v = (*in++ * weights[i]) >> d->shift;
      *out++ = (int16_t)stm32rt_clamp(v, INT16_MIN, INT16_MAX);
    }
  }
}

/* -32768 counts as -32768: as int16 it has no opposite. */
static int32_t greatest_magnitude(const int16_t *x, int32_t count) {
  int32_t greatest = 0;
  for (int32_t i = 0; i < count; i++) {
    const int32_t v = x[i];
    if (v > greatest)
      greatest = v;
    else if (-v > greatest)
      greatest = (int16_t)-v;
  }
  return greatest;
}

void stm32rt_signal_fft_auto_scale_s16(const stm32rt_signal_scale *d,
                                       const void *x, void *y, void *bits) {
  const int16_t *in = (const int16_t *)x;
  int16_t *out = (int16_t *)y;
  const int32_t greatest = greatest_magnitude(in, d->count);
  int32_t shift = 0;
  while (greatest > 0 && (greatest << shift) < (1 << 14))
    shift++;
  for (int32_t i = 0; i < d->count; i++)
    out[i] = (int16_t)(in[i] * (1 << shift));
  *(int32_t *)bits = shift;
}

void stm32rt_signal_energy_s16(const stm32rt_signal_energy *d, const void *x,
                               void *y) {
  const int16_t *in = (const int16_t *)x;
  uint32_t *out = (uint32_t *)y;
  for (int32_t i = 0; i < d->count; i++) {
    const int32_t re = in[2 * i], im = in[2 * i + 1];
    const int is_inside = i >= d->start_index && i < d->end_index;
    out[i] = is_inside ? (uint32_t)(re * re) + (uint32_t)(im * im) : 0;
  }
}
