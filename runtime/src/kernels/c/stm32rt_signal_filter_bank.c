/*===-- stm32rt_signal_filter_bank.c - From energies to features ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rules N102 .. N106 of docs/numerics/Signal.md.
 */
#include "stm32rt_kernels.h"

/* Bits up to the highest one that is set; 0 for 0. */
static int32_t bit_length(uint32_t x) {
  int32_t length = 0;
  for (int32_t half = 16; half > 0; half /= 2)
    if (x >> half != 0) {
      x >>= half;
      length += half;
    }
  return length + (int32_t)x;
}

/*===-- Channels ----------------------------------------------------------===*/

void stm32rt_signal_filter_bank_u32(const stm32rt_signal_filter_bank *d,
                                    const void *x, void *y,
                                    const void *constants, void *scratch) {
  (void)scratch;
  const uint32_t *in = (const uint32_t *)x;
  uint64_t *out = (uint64_t *)y;
  const int32_t bands = d->num_channels + 1;
  const int16_t *frequency_starts = (const int16_t *)constants;
  const int16_t *weight_starts = frequency_starts + bands;
  const int16_t *widths = weight_starts + bands;
  const int16_t *weights = widths + bands;
  uint64_t rising = 0; /* of the channel that begins in this band */
  for (int32_t band = 0; band < bands; band++) {
    const uint32_t *energy = in + frequency_starts[band];
    const int16_t *pair = weights + 2 * weight_starts[band];
    uint64_t falling = rising;
    rising = 0;
    for (int32_t i = 0; i < widths[band]; i++, pair += 2) {
      falling += (uint64_t)pair[0] * energy[i];
      rising += (uint64_t)pair[1] * energy[i];
    }
    if (band > 0)
      out[band - 1] = falling;
  }
}

/*===-- Square root -------------------------------------------------------===*/

/* Digit by digit. Numbers below 2^32 have roots of 16 bits, which is what their
 * rounding stops at. */
static uint32_t rounded_root_32(uint32_t x) {
  uint32_t root = 0;
  for (uint32_t bit = (uint32_t)1 << 30; bit != 0; bit >>= 2) {
    const uint32_t trial = root + bit;
    root >>= 1;
    if (x >= trial) {
      x -= trial;
      root += bit;
    }
  }
  return root + (x > root && root != UINT16_MAX);
}

static uint32_t rounded_root(uint64_t x) {
  if (x <= UINT32_MAX)
    return rounded_root_32((uint32_t)x);
  uint64_t root = 0;
  for (uint64_t bit = (uint64_t)1 << 62; bit != 0; bit >>= 2) {
    const uint64_t trial = root + bit;
    root >>= 1;
    if (x >= trial) {
      x -= trial;
      root += bit;
    }
  }
  return (uint32_t)(root + (x > root && root != UINT32_MAX));
}

void stm32rt_signal_filter_bank_square_root_u64(
    const stm32rt_signal_square_root *d, const void *x, const void *bits,
    void *y) {
  const uint64_t *in = (const uint64_t *)x;
  const int32_t shift = *(const int32_t *)bits;
  uint32_t *out = (uint32_t *)y;
  for (int32_t i = 0; i < d->count; i++)
    out[i] = rounded_root(in[i]) >> (shift & 31);
}

/*===-- Spectral subtraction ----------------------------------------------===*/

void stm32rt_signal_filter_bank_spectral_subtraction_u32(
    const stm32rt_signal_spectral_subtraction *d, const void *x, void *noise,
    void *y, void *noise_estimate) {
  const uint32_t *in = (const uint32_t *)x;
  uint32_t *estimate = (uint32_t *)noise, *out = (uint32_t *)y;
  uint32_t *shown = (uint32_t *)noise_estimate;
  const int32_t bits = d->spectral_subtraction_bits;
  for (int32_t c = 0; c < d->num_channels; c++) {
    const int is_odd = c & 1;
    const uint64_t fresh =
        (uint64_t)(is_odd ? d->alternate_smoothing : d->smoothing);
    const uint64_t kept = (uint64_t)(is_odd ? d->alternate_one_minus_smoothing
                                            : d->one_minus_smoothing);
    const uint32_t signal = in[c] << d->smoothing_bits;
    uint32_t taken = (uint32_t)((signal * fresh + estimate[c] * kept) >> bits);
    estimate[c] = taken;
    if (taken > signal) {
      taken = signal;
      if (d->clamping)
        estimate[c] = signal;
    }
    const uint32_t least =
        (uint32_t)(((uint64_t)in[c] * (uint32_t)d->min_signal_remaining) >>
                   bits);
    const uint32_t rest = (signal - taken) >> d->smoothing_bits;
    out[c] = rest > least ? rest : least;
    shown[c] = estimate[c];
  }
}

/*===-- Gain --------------------------------------------------------------===*/

/* A function in pieces of second degree, one for each bit length of x. */
static int16_t look_up_gain(uint32_t x, const int16_t *gains) {
  if (x <= 2)
    return gains[x];
  const int32_t length = bit_length(x);
  const int16_t *piece = gains + (4 * length - 6);
  const uint32_t part = length < 11 ? x << (11 - length) : x >> (length - 11);
  const int32_t fraction = (int32_t)(part & 1023);
  const int32_t slope =
      ((piece[2] * fraction) >> 5) + (int32_t)((uint32_t)piece[1] << 5);
  const uint32_t product = (uint32_t)slope * (uint32_t)fraction;
  return (int16_t)(((int32_t)(product + (1u << 14)) >> 15) + piece[0]);
}

/* 12 bits behind the point to 6: x^2 / 4 below 2, x - 1 from there on. */
static uint32_t shrink(uint32_t x) {
  if (x < (uint32_t)2 << 12)
    return (x * x) >> 20;
  return (x >> 6) - (1u << 6);
}

void stm32rt_signal_pcan_u32(const stm32rt_signal_pcan *d, const void *x,
                             const void *noise, void *y, const void *constants,
                             void *scratch) {
  (void)scratch;
  const uint32_t *in = (const uint32_t *)x, *level = (const uint32_t *)noise;
  uint32_t *out = (uint32_t *)y;
  for (int32_t i = 0; i < d->count; i++) {
    const uint32_t gain =
        (uint32_t)look_up_gain(level[i], (const int16_t *)constants);
    const uint64_t ratio = ((uint64_t)in[i] * gain) >> d->snr_shift;
    out[i] = shrink((uint32_t)ratio);
  }
}

/*===-- Logarithm ---------------------------------------------------------===*/

/* log2(x) with 16 bits behind the point; x is not 0. */
static uint32_t log_2(uint32_t x, const int16_t *table) {
  const int32_t whole = bit_length(x) - 1;
  const uint32_t rest = x - ((uint32_t)1 << whole);
  const int32_t fraction =
      (int32_t)(whole < 16 ? rest << (16 - whole) : rest >> (whole - 16));
  const int32_t segment = fraction >> 9;
  const int32_t inside = fraction - (segment << 9);
  const int32_t from = table[segment], to = table[segment + 1];
  const int32_t correction = from + (((to - from) * inside) >> 16);
  return ((uint32_t)whole << 16) + (uint32_t)(fraction + correction);
}

void stm32rt_signal_filter_bank_log_u32(const stm32rt_signal_log *d,
                                        const void *x, void *y,
                                        const void *constants, void *scratch) {
  (void)scratch;
  const uint64_t ln_2 = 45426; /* with 16 bits behind the point */
  const uint32_t *in = (const uint32_t *)x;
  int16_t *out = (int16_t *)y;
  for (int32_t i = 0; i < d->count; i++) {
    const uint32_t v = in[i] << d->input_correction_bits;
    uint32_t result = 0;
    if (v > 1) {
      const uint32_t log_e =
          (uint32_t)((ln_2 * log_2(v, (const int16_t *)constants) + 32768) >>
                     16);
      result = ((uint32_t)d->output_scale * log_e + 32768) >> 16;
    }
    out[i] = (int16_t)(result < INT16_MAX ? result : INT16_MAX);
  }
}
