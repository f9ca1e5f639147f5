/*===-- stm32rt_depthwise_conv_2d_s8_dsp.c - Depthwise, four channels ------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Any window of at most MAX_TAPS taps, multiples of four channels. Where the
 * taps of a pixel are is found once for all its channels; taps outside of the
 * image point to padding. Then four channels at a time: a word of values meets
 * a word of weights.
 *
 * Scratch: x.channels bytes, the padding. Constants: bias, multipliers and shifts
 * as stm32rt_dsp.h says, then the weights of four channels after the other,
 * [channel / 4][tap][channel % 4].
 */
#include "stm32rt_dsp.h"
#include "stm32rt_window.h"

/* Taps of the window; see the record. */
#define MAX_TAPS 25

/* A pixel of a fast layer. */
typedef struct fast_pixel {
  const int8_t *weights;
  const int32_t *bias;
  const int32_t *doubled, *shift; /* and back, see stm32rt_finish */
  const int8_t *const *taps;      /* where channel 0 of each tap is */
  int32_t threes, ones;           /* 3 * threes + ones taps */
  int32_t channels;
  int8_t *y;
  int32_t half_zero_point;
  int32_t back; /* in bytes, after two channels */
} fast_pixel;

/* What all pixels have in common. */
typedef struct layer {
  const stm32rt_window *d;
  stm32rt_constants c;
  stm32rt_range out;
  const int8_t *padding;
  int fast;         /* stm32rt_make_finish: */
  fast_pixel pixel; /* holds what is not of one pixel */
  int32_t same[8];
} layer;

#if STM32RT_HAS_DSP
/* Registers: r0 *s, r1 weights, r12 taps, lr channel, r6 how often, r8 to r11
 * sums. */
#define TAP                                                                    \
  "ldr    r2, [r12], #4    \n\t"                                               \
  "ldr    r3, [r1], #4     \n\t"                                               \
  "ldr    r2, [r2, lr]     \n\t"                                               \
  "sxtb16 r4, r3           \n\t"                                               \
  "sxtb16 r3, r3, ror #8   \n\t"                                               \
  "sxtb16 r5, r2           \n\t"                                               \
  "sxtb16 r2, r2, ror #8   \n\t"                                               \
  "smlabb r8, r5, r4, r8   \n\t"                                               \
  "smlatt r10, r5, r4, r10 \n\t"                                               \
  "smlabb r9, r2, r3, r9   \n\t"                                               \
  "smlatt r11, r2, r3, r11 \n\t"
/* What stm32rt_finish_2x1 does, but for the stores. */
#define FINISH(A, B)                                                           \
  "ldrd   r4, r5, [r2], #8 \n\t"                                               \
  "ldrd   r6, r1, [r3], #8 \n\t" STM32RT_FINISH_TWO(A, B, "r4", "r5", "r6",    \
                                                    "r1", "r12")

/* All channels. Assembly, as compilers run out of registers. r7 may be the
 * frame pointer. */
static STM32RT_NOINLINE void pixel_fast(fast_pixel *s) {
  register fast_pixel *r0 __asm__("r0") = s;
  /* clang-format off */
  __asm__ volatile(
      "   mov    lr, #0                                    \n\t"
      "1: ldrd   r1, r2, [r0, #0]  @ weights, bias         \n\t"
      "   ldm    r2!, {r8, r9, r10, r11}                   \n\t"
      "   str    r2, [r0, #4]                              \n\t"
      "   ldr    r12, [r0, #16]    @ taps                  \n\t"
#if !STM32RT_SMALL
      "   ldr    r6, [r0, #20]     @ threes                \n\t"
      "   cmp    r6, #0                                    \n\t"
      "   beq    3f                                        \n\t"
      "2:                                                  \n\t"
      TAP TAP TAP
      "   subs   r6, r6, #1                                \n\t"
      "   bne    2b                                        \n\t"
#endif
      "3: ldr    r6, [r0, #24]     @ ones                  \n\t"
      "   cmp    r6, #0                                    \n\t"
      "   beq    5f                                        \n\t"
      "4:                                                  \n\t"
      TAP
      "   subs   r6, r6, #1                                \n\t"
      "   bne    4b                                        \n\t"
      "5: str    r1, [r0, #0]      @ weights               \n\t"
      "   ldrd   r2, r3, [r0, #8]  @ doubled, shift        \n\t"
      "   ldr    r12, [r0, #36]    @ half_zero_point       \n\t"
      FINISH("r8", "r9")
      "   ldr    r1, [r0, #40]     @ back                  \n\t"
      "   sub    r2, r2, r1                                \n\t"
      "   sub    r3, r3, r1                                \n\t"
      FINISH("r10", "r11")
      "   ldr    r1, [r0, #40]     @ back                  \n\t"
      "   sub    r2, r2, r1                                \n\t"
      "   sub    r3, r3, r1                                \n\t"
      "   strd   r2, r3, [r0, #8]                          \n\t"
      "   ldr    r2, [r0, #32]     @ y                     \n\t"
      "   ldr    r3, [r0, #28]     @ channels              \n\t"
      "   strb   r8, [r2], #1                              \n\t"
      "   strb   r9, [r2], #1                              \n\t"
      "   strb   r10, [r2], #1                             \n\t"
      "   strb   r11, [r2], #1                             \n\t"
      "   str    r2, [r0, #32]                             \n\t"
      "   add    lr, lr, #4                                \n\t"
      "   cmp    lr, r3                                    \n\t"
      "   blt    1b                                        \n\t"
      : "+r"(r0)
      :
      : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12",
        "lr", "cc", "memory");
  /* clang-format on */
}
#endif

/* All channels of a pixel of any layer. */
static void pixel_any(const fast_pixel *s, const stm32rt_constants *c,
                      const stm32rt_range *r, int32_t step) {
  const int32_t taps = 3 * s->threes + s->ones;
  const int8_t *w = c->weights;
  for (int32_t first = 0; first < s->channels; first += 4) {
    for (int32_t channel = first; channel < first + 4; channel++, w++) {
      int32_t sum = c->bias[channel];
      for (int32_t i = 0; i < taps; i++)
        sum += s->taps[i][channel] * w[4 * i];
      s->y[channel] = (int8_t)stm32rt_output_doubled(
          r, sum, c->multiplier[channel * step], c->shift[channel * step]);
    }
    w += 4 * (taps - 1);
  }
}

static inline void pixel_out(const layer *l, const int8_t *const *taps,
                             int8_t *y) {
  fast_pixel s = l->pixel;
  s.taps = taps;
  s.y = y;
#if STM32RT_HAS_DSP
  if (l->fast) {
    pixel_fast(&s);
    return;
  }
#endif
  pixel_any(&s, &l->c, &l->out, l->d->quant_stride);
}

/* taps[] = where the taps of the pixel in `column` are; rows[i] is NULL for a
 * row outside of the image. */
static void place_taps(const layer *l, const int8_t *const *rows,
                       int32_t column, const int8_t **taps) {
  const stm32rt_window *d = l->d;
  const int8_t *const padding = l->padding;
  const stm32rt_span columns = stm32rt_span_of_column(d, column);
  const int32_t width = d->kernel_w, pixel = d->x.pixel_stride;
  const int32_t step = d->dilation_w * pixel;
  const int32_t start = columns.start * pixel + columns.first * step;
  for (int32_t i = d->kernel_h; i > 0; i--) {
    const int8_t *x = *rows++;
    int32_t j = 0;
    if (x != NULL) {
      for (; j < columns.first; j++)
        *taps++ = padding;
      for (x += start; j < columns.last; j++) {
        *taps++ = x;
        x += step;
      }
    }
    for (; j < width; j++)
      *taps++ = padding;
  }
}

/* The same for the pixel next to one whose window is as far inside of the
 * image: what is no padding moves on by `step` bytes. */
static void move_taps(const layer *l, const int8_t *const *rows, int32_t step,
                      const int8_t **taps) {
  const int32_t width = l->d->kernel_w;
  for (int32_t i = l->d->kernel_h; i > 0; i--) {
    if (*rows++ == NULL) {
      taps += width;
      continue;
    }
    for (int32_t j = width; j > 0; j--)
      *taps++ += step;
  }
}

void stm32rt_depthwise_conv_2d_s8_dsp_rows(const stm32rt_window *d,
                                           const stm32rt_band *band,
                                           const void *x, void *y,
                                           const void *constants,
                                           void *scratch) {
  const int8_t *rows[MAX_TAPS], *taps[MAX_TAPS];
  layer l;
  l.d = d;
  l.c = stm32rt_split_constants(constants, d->y.channels, d->quant_stride);
  l.out = stm32rt_make_range(d->y_zero_point, d->y_min, d->y_max);
  l.padding =
      (const int8_t *)memset(scratch, d->pad_value, (size_t)d->x.channels);
  const int32_t count = d->kernel_h * d->kernel_w;
  stm32rt_finish f;
  l.fast = stm32rt_make_finish(&f, l.same, &l.out, l.c.multiplier, l.c.shift,
                               d->y.channels, d->quant_stride);
  const int32_t threes = STM32RT_SMALL ? 0 : count / 3;
  const fast_pixel pixel = {l.c.weights,
                            l.c.bias,
                            f.doubled,
                            f.shift,
                            taps,
                            threes,
                            count - 3 * threes,
                            d->y.channels,
                            NULL,
                            f.half_zero_point,
                            4 * f.back};
  l.pixel = pixel;
  const stm32rt_columns inside = stm32rt_columns_inside(d);
  for (int32_t row = band->first; row < band->first + band->count; row++) {
    const stm32rt_span span = stm32rt_span_of_row(d, row);
    for (int32_t i = 0; i < d->kernel_h; i++)
      rows[i] = i >= span.first && i < span.last
                    ? stm32rt_x_row(d, band, (const int8_t *)x,
                                    span.start + i * d->dilation_h)
                    : NULL;
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    for (int32_t column = 0; column < d->y.width; column++) {
      if (!STM32RT_SMALL && column > inside.first && column < inside.last)
        move_taps(&l, rows, d->stride_w * d->x.pixel_stride, taps);
      else
        place_taps(&l, rows, column, taps);
      pixel_out(&l, taps, out);
      out += d->y.pixel_stride;
    }
  }
}

void stm32rt_depthwise_conv_2d_s8_dsp(const stm32rt_window *d, const void *x,
                                      void *y, const void *constants,
                                      void *scratch) {
  stm32rt_conv_images(d, stm32rt_depthwise_conv_2d_s8_dsp_rows, x, y, constants,
                      scratch, 1);
}
