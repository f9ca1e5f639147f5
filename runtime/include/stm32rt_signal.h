/*===-- stm32rt_signal.h - Kernels of audio front ends ----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Included by stm32rt_kernels.h, which has the conventions; the arithmetic is
 * that of rules N95 .. N109 of docs/numerics/Signal.md. States stand behind the
 * inputs in a call, outputs behind the states. All tensors, states and constants
 * are aligned to their elements. Fields are int32_t also where they are counts,
 * `rows` are the lines of the last dimension, one behind the other.
 */
#ifndef STM32RT_SIGNAL_H
#define STM32RT_SIGNAL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*===-- Fourier transforms (N96 .. N98) -------------------------------------===
 */

/* Stages of a transform of 2^14 points at most, and a 0. */
#define STM32RT_FFT_STAGES 12

/* Transforms of `rows` rows of 2 * points real numbers, of which a row of x has
 * the first `used`; the others are 0. A complex number is its real part and then
 * its imaginary part. Constants, of the elements' type, with n = points:
 *
 *   twiddles[n][2]              e^(-+2 pi i k / n), k = 0 .. n - 1
 *   split[max(1, n / 2)][2]     e^(-+pi i (k / n + 1/2)), k = 1 .. n / 2
 *
 * rfft: x[rows][used], y[rows][n + 1][2]. irfft: x[rows][n + 1][2],
 * y[rows][2 * n]; `used` is not read. */
typedef struct stm32rt_fft {
  int32_t rows, used, points;
  /* Factors of `points`, each 2, 3, 4 or 5, then 0. */
  uint8_t radix[STM32RT_FFT_STAGES];
} stm32rt_fft;
#define STM32RT_DECLARE_FFT(NAME)                                              \
  void NAME(const stm32rt_fft *d, const void *x, void *y,                      \
            const void *constants, void *scratch);
STM32RT_DECLARE_FFT(stm32rt_signal_rfft_s16)
STM32RT_DECLARE_FFT(stm32rt_signal_rfft_s32)
STM32RT_DECLARE_FFT(stm32rt_signal_rfft_f32)
STM32RT_DECLARE_FFT(stm32rt_signal_irfft_s16)
STM32RT_DECLARE_FFT(stm32rt_signal_irfft_s32)
STM32RT_DECLARE_FFT(stm32rt_signal_irfft_f32)

/* Two-dimensional: x[images][height][width], of which columns.rows rows and
 * columns.used columns count, to y[images][rows][columns.points + 1] complex
 * numbers. Behind the constants of the columns: row_twiddles[rows][2]. Scratch:
 * 8 * rows bytes, aligned to 4. */
typedef struct stm32rt_rfft2d {
  stm32rt_fft columns;
  int32_t images, height, width, rows;
  uint8_t row_radix[STM32RT_FFT_STAGES];  /* factors of `rows`, then 0       */
} stm32rt_rfft2d;
void stm32rt_signal_rfft2d_f32(const stm32rt_rfft2d *d, const void *x, void *y,
                               const void *constants, void *scratch);

/*===-- Samples (N99 .. N101) -----------------------------------------------===
 */

/* y = clamp((x * weights) >> shift), int16; constants: weights[size]. */
typedef struct stm32rt_signal_window {
  int32_t rows, size;
  int32_t shift;                     /* 0 .. 31                              */
} stm32rt_signal_window;
void stm32rt_signal_window_s16(const stm32rt_signal_window *d, const void *x,
                               void *y, const void *constants, void *scratch);

/* y = x * 2^bits, int16, with the most bits that fit, which are int32. */
typedef struct stm32rt_signal_scale {
  int32_t count;
} stm32rt_signal_scale;
void stm32rt_signal_fft_auto_scale_s16(const stm32rt_signal_scale *d,
                                       const void *x, void *y, void *bits);

/* Squares of the absolute values of complex int16 numbers x[count][2], as
 * uint32; 0 outside of [start_index, end_index). */
typedef struct stm32rt_signal_energy {
  int32_t count;
  int32_t start_index, end_index;
} stm32rt_signal_energy;
void stm32rt_signal_energy_s16(const stm32rt_signal_energy *d, const void *x,
                               void *y);

/*===-- Filter banks (N102 .. N106) -----------------------------------------===
 *
 * A tensor has one element for each channel.
 */

/* uint32 energies to uint64 channels. Constants, int16, with
 * n = num_channels + 1: frequency_starts[n], weight_starts[n], widths[n],
 * weights[...][2]. Band i reads `widths[i]` energies from frequency_starts[i]
 * on; the first of the pair weighs them for channel i - 1, the second one for
 * channel i. */
typedef struct stm32rt_signal_filter_bank {
  int32_t num_channels;
} stm32rt_signal_filter_bank;
void stm32rt_signal_filter_bank_u32(const stm32rt_signal_filter_bank *d,
                                    const void *x, void *y,
                                    const void *constants, void *scratch);

/* y = round(sqrt(x)) >> bits, uint64 to uint32; bits is one int32. */
typedef struct stm32rt_signal_square_root {
  int32_t count;
} stm32rt_signal_square_root;
void stm32rt_signal_filter_bank_square_root_u64(
    const stm32rt_signal_square_root *d, const void *x, const void *bits,
    void *y);

/* Takes a running mean, the noise, from uint32 values. The `alternate` factors
 * are those of channels with odd numbers. */
typedef struct stm32rt_signal_spectral_subtraction {
  int32_t num_channels;
  int32_t smoothing, one_minus_smoothing;
  int32_t alternate_smoothing, alternate_one_minus_smoothing;
  int32_t smoothing_bits, min_signal_remaining, clamping;
  int32_t spectral_subtraction_bits;
} stm32rt_signal_spectral_subtraction;
void stm32rt_signal_filter_bank_spectral_subtraction_u32(
    const stm32rt_signal_spectral_subtraction *d, const void *x, void *noise,
    void *y, void *noise_estimate);

/* Gain control per channel: uint32, divided by a power of the noise. Constants:
 * int16 gains[125], a function of the noise in pieces. */
typedef struct stm32rt_signal_pcan {
  int32_t count;
  int32_t snr_shift;
} stm32rt_signal_pcan;
void stm32rt_signal_pcan_u32(const stm32rt_signal_pcan *d, const void *x,
                             const void *noise, void *y, const void *constants,
                             void *scratch);

/* y = output_scale * ln(x * 2^input_correction_bits), uint32 to int16.
 * Constants: int16 table[129], 2^16 * (log2(1 + i / 128) - i / 128). */
typedef struct stm32rt_signal_log {
  int32_t count;
  int32_t input_correction_bits, output_scale;
} stm32rt_signal_log;
void stm32rt_signal_filter_bank_log_u32(const stm32rt_signal_log *d,
                                        const void *x, void *y,
                                        const void *constants, void *scratch);

/*===-- Frames (N107 .. N109) -----------------------------------------------===
 */

/* x[rows][frames * frame_step] to overlapping y[rows][frames][frame_size],
 * int16. state[rows][max(1, history)] are the samples before x, pending the
 * number of steps before a frame is whole, int32; `valid` says that all of y
 * are, bool. */
typedef struct stm32rt_signal_framer {
  int32_t rows, frames, history;
  int32_t frame_size, frame_step;
} stm32rt_signal_framer;
void stm32rt_signal_framer_s16(const stm32rt_signal_framer *d, const void *x,
                               void *state, void *pending, void *y,
                               void *valid);

/* Stacks the last left + 1 + right inputs x[num_channels], int16, every
 * stacker_step. state[left + 1 + right][num_channels] are those that are there,
 * `held` is how many, int32, -1 before the first one. y is whole where
 * `valid`, bool, is 1. */
typedef struct stm32rt_signal_stacker {
  int32_t num_channels, stacker_left_context, stacker_right_context;
  int32_t stacker_step;
} stm32rt_signal_stacker;
void stm32rt_signal_stacker_s16(const stm32rt_signal_stacker *d, const void *x,
                                void *state, void *held, void *y, void *valid);

/* y is x[rows][size] later by delay_length samples, int16;
 * state[rows][delay_length]. */
typedef struct stm32rt_signal_delay {
  int32_t rows, size;
  int32_t delay_length;
} stm32rt_signal_delay;
void stm32rt_signal_delay_s16(const stm32rt_signal_delay *d, const void *x,
                              void *state, void *y);

/* Adds frames x[rows][frames][frame_size], each frame_step behind the one
 * before, to y[rows][frames * frame_step]; state[rows][frame_size]. int16
 * saturates. */
typedef struct stm32rt_signal_overlap_add {
  int32_t rows, frames, frame_size;
  int32_t frame_step;
} stm32rt_signal_overlap_add;
void stm32rt_signal_overlap_add_s16(const stm32rt_signal_overlap_add *d,
                                    const void *x, void *state, void *y);
void stm32rt_signal_overlap_add_f32(const stm32rt_signal_overlap_add *d,
                                    const void *x, void *state, void *y);

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_SIGNAL_H */
