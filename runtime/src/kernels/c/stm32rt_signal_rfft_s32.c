/*===-- stm32rt_signal_rfft_s32.c - Fourier transforms of int32, plain C ------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#define STM32RT_FFT_VALUE int32_t
#define STM32RT_FFT_WIDE int64_t
#define STM32RT_FFT_BITS 31
#include "stm32rt_fft.h"

void stm32rt_signal_rfft_s32(const stm32rt_fft *d, const void *x, void *y,
                             const void *constants, void *scratch) {
  (void)scratch;
  fft_forward_rows(d, x, y, constants);
}

void stm32rt_signal_irfft_s32(const stm32rt_fft *d, const void *x, void *y,
                              const void *constants, void *scratch) {
  (void)scratch;
  fft_backward_rows(d, x, y, constants);
}
