/*===-- stm32rt_terms.h - The values under a window, one behind the other --===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * For kernels that sum over all values under a window as over the channels of
 * one pixel. The terms of a pixel are in the order kernel_h, kernel_w, channel,
 * with the padding: kernel_h * kernel_w * x.channels bytes. Images are NHWC
 * (channel_stride 1).
 */
#ifndef STM32RT_TERMS_H
#define STM32RT_TERMS_H

#include "stm32rt_window.h"

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Copies `size` bytes, more than none. */
typedef void (*stm32rt_copy_bytes)(int8_t *to, const int8_t *from,
                                   int32_t size);

/* One row of a window; the taps outside of the image are padding. */
STM32RT_INLINE void stm32rt_gather_terms_row(const stm32rt_window *d,
                                       const int8_t *x_row,
                                       const stm32rt_span *columns, int8_t *to,
                                       stm32rt_copy_bytes copy) {
  const int32_t channels = d->x.channels;
  if (!STM32RT_SMALL && d->dilation_w == 1 && d->x.pixel_stride == channels) {
    const int32_t before = columns->first * channels;
    const int32_t inside = (columns->last - columns->first) * channels;
    const int32_t run = d->kernel_w * channels;
    const int32_t after = run - before - inside;
    if (before > 0)
      memset(to, d->pad_value, (size_t)before);
    if (inside > 0)
      copy(to + before, x_row + (columns->start + columns->first) * channels,
           inside);
    if (after > 0)
      memset(to + before + inside, d->pad_value, (size_t)after);
    return;
  }
  for (int32_t tap = 0; tap < d->kernel_w; tap++, to += channels) {
    if (tap < columns->first || tap >= columns->last)
      memset(to, d->pad_value, (size_t)channels);
    else
      copy(to,
           x_row + (columns->start + tap * d->dilation_w) * d->x.pixel_stride,
           channels);
  }
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_TERMS_H */
