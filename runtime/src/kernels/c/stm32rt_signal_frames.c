/*===-- stm32rt_signal_frames.c - Frames, stacks, delays --------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rules N107 .. N109 of docs/numerics/Signal.md. States hold what came before in
 * order, oldest first, and are moved: what a ring would save is less than the
 * copy that makes a frame anyway.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

#include <string.h>

static size_t bytes(int32_t samples) {
  return (size_t)samples * sizeof(int16_t);
}

/* The first `count` samples of `history` followed by `x`. */
static void take(const int16_t *past, int32_t history, const int16_t *x,
                 int32_t count, int16_t *y) {
  const int32_t old = count < history ? count : history;
  memcpy(y, past, bytes(old));
  memcpy(y + old, x, bytes(count - old));
}

/* Forgets the oldest `count` samples, and appends as many. */
static void shift_in(int16_t *past, int32_t history, const int16_t *x,
                     int32_t count) {
  if (count >= history) {
    memcpy(past, x + (count - history), bytes(history));
    return;
  }
  memmove(past, past + count, bytes(history - count));
  memcpy(past + (history - count), x, bytes(count));
}

void stm32rt_signal_framer_s16(const stm32rt_signal_framer *d, const void *x,
                               void *state, void *pending, void *y,
                               void *valid) {
  const int16_t *in = (const int16_t *)x;
  int16_t *past = (int16_t *)state, *out = (int16_t *)y;
  int32_t *wait = (int32_t *)pending;
  for (int32_t row = 0; row < d->rows; row++) {
    for (int32_t frame = 0; frame < d->frames; frame++) {
      take(past, d->history, in, d->frame_size, out);
      shift_in(past, d->history, in, d->frame_step);
      in += d->frame_step;
      out += d->frame_size;
    }
    past += d->history > 0 ? d->history : 1;
  }
  *(uint8_t *)valid = *wait == 0;
  *wait = *wait > d->frames ? *wait - d->frames : 0;
}

void stm32rt_signal_stacker_s16(const stm32rt_signal_stacker *d, const void *x,
                                void *state, void *held, void *y, void *valid) {
  const int32_t channels = d->num_channels;
  const int32_t whole =
      d->stacker_left_context + 1 + d->stacker_right_context;
  int16_t *past = (int16_t *)state;
  int32_t count = *(int32_t *)held;
  /* The first input stands for those before it, too. */
  const int32_t copies = count < 0 ? d->stacker_left_context + 1 : 1;
  count = count < 0 ? 0 : count;
  for (int32_t i = 0; i < copies; i++, count++)
    memcpy(past + count * channels, x, bytes(channels));
  const int is_whole = count == whole;
  memcpy(y, past, bytes(whole * channels));
  if (is_whole) {
    count -= d->stacker_step;
    memmove(past, past + d->stacker_step * channels, bytes(count * channels));
  }
  *(uint8_t *)valid = (uint8_t)is_whole;
  *(int32_t *)held = count;
}

void stm32rt_signal_delay_s16(const stm32rt_signal_delay *d, const void *x,
                              void *state, void *y) {
  const int16_t *in = (const int16_t *)x;
  int16_t *past = (int16_t *)state, *out = (int16_t *)y;
  for (int32_t row = 0; row < d->rows; row++) {
    take(past, d->delay_length, in, d->size, out);
    shift_in(past, d->delay_length, in, d->size);
    in += d->size;
    past += d->delay_length;
    out += d->size;
  }
}

/*===-- Overlap and add ---------------------------------------------------===*/

STM32RT_INLINE void overlap_add(const stm32rt_signal_overlap_add *d,
                                const void *x, void *state, void *y,
                                int is_float) {
  const size_t width = is_float ? sizeof(float) : sizeof(int16_t);
  const size_t step = (size_t)d->frame_step * width;
  const size_t rest = (size_t)d->frame_size * width - step;
  const uint8_t *in = (const uint8_t *)x;
  uint8_t *sum = (uint8_t *)state, *out = (uint8_t *)y;
  for (int32_t row = 0; row < d->rows; row++) {
    for (int32_t frame = 0; frame < d->frames; frame++) {
      for (int32_t i = 0; i < d->frame_size; i++)
        if (is_float) {
          ((float *)(void *)sum)[i] += ((const float *)(const void *)in)[i];
        } else {
          int16_t *s = (int16_t *)(void *)sum + i;
          const int32_t v = *s + ((const int16_t *)(const void *)in)[i];
          *s = (int16_t)stm32rt_clamp(v, INT16_MIN, INT16_MAX);
        }
      memcpy(out, sum, step);
      memmove(sum, sum + step, rest);
      memset(sum + rest, 0, step);
      in += step + rest;
      out += step;
    }
    sum += step + rest;
  }
}

void stm32rt_signal_overlap_add_s16(const stm32rt_signal_overlap_add *d,
                                    const void *x, void *state, void *y) {
  overlap_add(d, x, state, y, 0);
}

void stm32rt_signal_overlap_add_f32(const stm32rt_signal_overlap_add *d,
                                    const void *x, void *state, void *y) {
  overlap_add(d, x, state, y, 1);
}
