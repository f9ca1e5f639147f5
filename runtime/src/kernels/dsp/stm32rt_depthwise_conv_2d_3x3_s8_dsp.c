/*===-- stm32rt_depthwise_conv_2d_3x3_s8_dsp.c - Depthwise, by rows --------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * 3x3 windows, one or two columns apart, of multiples of four channels. For a
 * row of the output the three rows of the image below it are laid out in scratch
 * once, channel by channel, in int16 pairs that SMLAD multiplies at once; then
 * each channel goes along them with its nine weights in five registers.
 *
 * A strip is what up to STM32RT_DEPTHWISE_STRIP_ROWS rows of the output need of four
 * channels. With the rows a, b, c of the image, from the first column under the
 * first window on, the columns 2i and 2i + 1 are 48 bytes, three words for each
 * channel:
 *
 *   (a[2i], b[2i])   (a[2i + 1], b[2i + 1])   (c[2i], c[2i + 1])
 *
 * A window that begins at column 2i, and the one that begins at 2i + 1, then are
 * five products each, of the weights (w00, w10), (w01, w11), (w02, w12),
 * (w20, w21) and (w21, w22):
 *
 *   ab[2i]     (w00, w10)  +  ab[2i + 1] (w01, w11)  +  ab[2i + 2] (w02, w12)
 *                          +  (c[2i], c[2i + 1]) (w20, w21)  +  c[2i + 2] w22
 *   ab[2i + 1] (w00, w10)  +  ab[2i + 2] (w01, w11)  +  ab[2i + 3] (w02, w12)
 *                          +  c[2i + 1] w20  +  (c[2i + 2], c[2i + 3]) (w21, w22)
 *
 * Outputs are collected in scratch, [row][column][channel % 4], as words.
 * Scratch: stm32rt_depthwise_strip_scratch. Constants: those of
 * stm32rt_depthwise_conv_2d_s8_dsp.c.
 */
#include "stm32rt_dsp.h"
#include "stm32rt_window.h"

/* Bytes of two columns of a strip, and of a channel of them. */
#define STEP STM32RT_DEPTHWISE_STRIP_STEP
#define CHANNEL (STEP / 4)

/* One channel of a strip. The first nine in the order of LDM. */
typedef struct channel {
  uint32_t weights[5];
  int32_t doubled;
  uint32_t shift; /* plus 256 * (steps - 1) */
  const uint8_t *strip;
  int8_t *y; /* four bytes from one output to the next */
  int32_t bias;
  int32_t rows;
} channel;

/* What all channels of a layer have in common. */
typedef struct layer {
  const stm32rt_window *d;
  stm32rt_constants c;
  stm32rt_range out;
  int fast;            /* stm32rt_make_finish */
  uint32_t padding;    /* four times */
  int32_t steps;       /* of a row */
  int32_t row_bytes;   /* of a strip */
  int32_t row_outputs; /* bytes */
} layer;

#if STM32RT_HAS_DSP
/* Registers: r1 to r5 weights, r6 doubled, r8 shift with what is left of the
 * row in the bytes above, which ASR does not look at; r9 strip, r10 y. */
/* clang-format off */
/* Windows one column apart: two outputs, r0 and r11. */
#define STRIDE_1                                                               \
  "   ldrd   r0, r11, [r9]           \n\t"                                     \
  "   smlad  r0, r0, r1, lr          \n\t"                                     \
  "   smlad  r0, r11, r2, r0         \n\t"                                     \
  "   smlad  r11, r11, r1, lr        \n\t"                                     \
  "   ldrd   r12, lr, [r9, #48]!     \n\t"                                     \
  "   smlad  r0, r12, r3, r0         \n\t"                                     \
  "   smlad  r11, r12, r2, r11       \n\t"                                     \
  "   smlad  r11, lr, r3, r11        \n\t"                                     \
  "   ldr    r12, [r9, #-40]         \n\t"                                     \
  "   ldr    lr, [r9, #8]            \n\t"                                     \
  "   smlad  r0, r12, r4, r0         \n\t"                                     \
  "   smlatb r11, r12, r4, r11       \n\t"                                     \
  "   smlabt r0, lr, r5, r0          \n\t"                                     \
  "   smlad  r11, lr, r5, r11        \n\t"                                     \
  "   ldrd   lr, r12, %[bias_zero]   \n\t"                                     \
  STM32RT_FINISH_TWO("r0", "r11", "r6", "r6", "r8", "r8", "r12")               \
  "   strb   r0, [r10], #4           \n\t"                                     \
  "   strb   r11, [r10], #4          \n\t"
/* Windows two columns apart: one output, r0. */
#define STRIDE_2                                                               \
  "   ldrd   r0, r11, [r9]           \n\t"                                     \
  "   ldr    r12, [r9, #8]           \n\t"                                     \
  "   smlad  r0, r0, r1, lr          \n\t"                                     \
  "   smlad  r0, r11, r2, r0         \n\t"                                     \
  "   ldr    r11, [r9, #48]!         \n\t"                                     \
  "   smlad  r0, r12, r4, r0         \n\t"                                     \
  "   ldr    lr, [r9, #8]            \n\t"                                     \
  "   smlad  r0, r11, r3, r0         \n\t"                                     \
  "   smlabt r0, lr, r5, r0          \n\t"                                     \
  "   ldrd   lr, r12, %[bias_zero]   \n\t"                                     \
  STM32RT_FINISH_ONE("r0", "r6", "r8", "r12")                                  \
  "   strb   r0, [r10], #4           \n\t"
#define FOR_EACH_STEP(STEP)                                                    \
  __asm__ volatile(                                                            \
      "   ldm    r0, {r1, r2, r3, r4, r5, r6, r8, r9, r10} \n\t"               \
      "   ldr    lr, %[bias_zero]    \n\t"                                     \
      "1:                            \n\t"                                     \
      STEP                                                                     \
      "   subs   r8, r8, #256        \n\t"                                     \
      "   bhs    1b                  \n\t"                                     \
      : "+r"(r0)                                                               \
      : [bias_zero] "m"(bias_zero)                                             \
      : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12",   \
        "lr", "cc", "memory")
/* clang-format on */

/* A channel of a fast layer. */
static STM32RT_NOINLINE void channel_fast(channel *s, const layer *l) {
  /* Loaded again and again: there are no registers left. */
  const int32_t bias_zero[2] = {s->bias, l->out.half_zero_point};
  for (; s->rows > 0; s->rows--) {
    register const channel *r0 __asm__("r0") = s;
    if (l->d->stride_w == 1)
      FOR_EACH_STEP(STRIDE_1);
    else
      FOR_EACH_STEP(STRIDE_2);
    s->strip += l->row_bytes;
    s->y += l->row_outputs;
  }
}
#endif

/* The weights of two taps in a word. */
static inline uint32_t pair_of(const int8_t *w, int32_t first, int32_t second) {
  return stm32rt_pkhbt((uint32_t)w[4 * first], (uint32_t)w[4 * second]);
}

/* The sum of the window at a strip's words; `odd` for the second one. */
static inline int32_t sum_window(const channel *s, const uint8_t *at, int odd) {
  const uint32_t *w = s->weights;
  const uint8_t *const next = at + STEP;
  const uint32_t c0 = stm32rt_get_word(at, 2), c2 = stm32rt_get_word(next, 2);
  int32_t sum = s->bias;
  if (odd) {
    sum = stm32rt_smlad(stm32rt_get_word(at, 1), w[0], sum);
    sum = stm32rt_smlad(stm32rt_get_word(next, 0), w[1], sum);
    sum = stm32rt_smlad(stm32rt_get_word(next, 1), w[2], sum);
    sum = stm32rt_smlad(c0 >> 16, w[3] & 0xFFFFu, sum);
    return stm32rt_smlad(c2, w[4], sum);
  }
  sum = stm32rt_smlad(stm32rt_get_word(at, 0), w[0], sum);
  sum = stm32rt_smlad(stm32rt_get_word(at, 1), w[1], sum);
  sum = stm32rt_smlad(stm32rt_get_word(next, 0), w[2], sum);
  sum = stm32rt_smlad(c0, w[3], sum);
  return stm32rt_smlad(c2 & 0xFFFFu, w[4] >> 16, sum);
}

/* A channel of any layer. */
static STM32RT_NOINLINE void channel_any(const channel *s, const layer *l) {
  const uint8_t *at = s->strip;
  int8_t *y = s->y;
  const int32_t shift = (int8_t)(uint8_t)s->shift;
  const int32_t outputs = l->d->stride_w == 1 ? 2 : 1;
  for (int32_t row = 0; row < s->rows; row++) {
    for (int32_t i = 0; i < l->steps; i++) {
      for (int32_t odd = 0; odd < outputs; odd++) {
        *y = (int8_t)stm32rt_output_doubled(&l->out, sum_window(s, at, odd),
                                            s->doubled, shift);
        y += 4;
      }
      at += STEP;
    }
    at += STEP;
  }
}

/* Channel `c` of the strip, which has `rows` rows of outputs for y. */
static void run_channel(const layer *l, const uint8_t *strip, int8_t *y,
                        int32_t c, int32_t rows) {
  const int8_t *w = l->c.weights + 9 * (c - c % 4) + c % 4;
  const int32_t q = c * l->d->quant_stride;
  const uint32_t left = (uint32_t)(l->steps - 1) << 8;
  channel s = {{pair_of(w, 0, 3), pair_of(w, 1, 4), pair_of(w, 2, 5),
                pair_of(w, 6, 7), pair_of(w, 7, 8)},
               l->c.multiplier[q],
               left | ((uint32_t)l->c.shift[q] & 255u),
               strip + c % 4 * CHANNEL,
               y + c % 4,
               l->c.bias[c],
               rows};
#if STM32RT_HAS_DSP
  if (l->fast) {
    channel_fast(&s, l);
    return;
  }
#endif
  channel_any(&s, l);
}

/* A word of the channels: of two pixels with four values each the first halves,
 * and the second halves. */
static inline void put_pairs(uint8_t *to, uint32_t first, uint32_t second) {
  const uint32_t a = stm32rt_sxtb16(first), b = stm32rt_sxtb16_ror8(first);
  const uint32_t c = stm32rt_sxtb16(second), d = stm32rt_sxtb16_ror8(second);
  stm32rt_put_word(to, 0, stm32rt_pkhbt(a, c));
  stm32rt_put_word(to + CHANNEL, 0, stm32rt_pkhbt(b, d));
  stm32rt_put_word(to + 2 * CHANNEL, 0, stm32rt_pkhtb(c, a));
  stm32rt_put_word(to + 3 * CHANNEL, 0, stm32rt_pkhtb(d, b));
}

/* Four values of a pixel in each of three rows. */
typedef struct three_pixels {
  uint32_t a, b, c;
} three_pixels;

static inline void put_step(uint8_t *to, three_pixels even, three_pixels odd) {
  put_pairs(to, even.a, even.b);
  put_pairs(to + 4, odd.a, odd.b);
  put_pairs(to + 8, even.c, odd.c);
}

/* `steps` steps of a strip from column `column` on, at borders. */
static STM32RT_NOINLINE uint8_t *fill_border(const layer *l,
                                             const int8_t *const rows[3],
                                             int32_t column, int32_t steps,
                                             uint8_t *to) {
  const stm32rt_window *d = l->d;
  const three_pixels padding = {l->padding, l->padding, l->padding};
  for (; steps > 0; steps--) {
    three_pixels v[2] = {padding, padding};
    for (int32_t i = 0; i < 2; i++) {
      const int32_t offset = (column + i) * d->x.pixel_stride;
      if (column + i < 0 || column + i >= d->x.width)
        continue;
      if (rows[0] != NULL)
        v[i].a = stm32rt_load_word(rows[0] + offset);
      if (rows[1] != NULL)
        v[i].b = stm32rt_load_word(rows[1] + offset);
      if (rows[2] != NULL)
        v[i].c = stm32rt_load_word(rows[2] + offset);
    }
    put_step(to, v[0], v[1]);
    column += 2;
    to += STEP;
  }
  return to;
}

/* The same where all is inside of the image. */
static STM32RT_NOINLINE uint8_t *fill_inside(const int8_t *const rows[3],
                                             int32_t offset, int32_t step,
                                             int32_t steps, uint8_t *to) {
  const int8_t *a = rows[0] + offset, *b = rows[1] + offset,
               *c = rows[2] + offset;
  for (; steps > 0; steps--) {
    const three_pixels even = {stm32rt_load_word(a), stm32rt_load_word(b),
                               stm32rt_load_word(c)};
    const three_pixels odd = {stm32rt_load_word(a + step),
                              stm32rt_load_word(b + step),
                              stm32rt_load_word(c + step)};
    put_step(to, even, odd);
    a += 2 * step;
    b += 2 * step;
    c += 2 * step;
    to += STEP;
  }
  return to;
}

/* A row of a strip; rows[i] is NULL outside of the image. */
static void fill_row(const layer *l, const int8_t *const rows[3], uint8_t *to) {
  const stm32rt_window *d = l->d;
  int32_t column = -d->pad_left, left = l->steps + 1;
  if (rows[0] != NULL && rows[1] != NULL && rows[2] != NULL) {
    int32_t before = (d->pad_left + 1) / 2;
    if (before > left)
      before = left;
    to = fill_border(l, rows, column, before, to);
    column += 2 * before;
    left -= before;
    int32_t inside = (d->x.width - column) / 2;
    inside = stm32rt_clamp(inside, 0, left);
    if (inside > 0) {
      to = fill_inside(rows, column * d->x.pixel_stride, d->x.pixel_stride,
                       inside, to);
      column += 2 * inside;
      left -= inside;
    }
  }
  fill_border(l, rows, column, left, to);
}

/* The rows of the image below a row of outputs. */
typedef struct three_rows {
  const int8_t *x[3];
  int8_t *y;
} three_rows;

/* Four channels of some rows. */
static void run_strip(const layer *l, const three_rows *rows, int32_t count,
                      int32_t c, uint8_t *strip, uint8_t *outputs) {
  const stm32rt_window *d = l->d;
  for (int32_t i = 0; i < count; i++) {
    const int8_t *x[3];
    for (int32_t j = 0; j < 3; j++)
      x[j] = rows[i].x[j] == NULL ? NULL : rows[i].x[j] + c;
    fill_row(l, x, strip + i * l->row_bytes);
  }
  for (int32_t i = 0; i < 4; i++)
    run_channel(l, strip, (int8_t *)outputs, c + i, count);
  const int32_t skip = l->row_outputs - 4 * d->y.width;
  for (int32_t i = 0; i < count; i++) {
    int8_t *y = rows[i].y + c;
    for (int32_t j = d->y.width; j > 0; j--) {
      memcpy(y, outputs, 4);
      y += d->y.pixel_stride;
      outputs += 4;
    }
    outputs += skip;
  }
}

void stm32rt_depthwise_conv_2d_3x3_s8_dsp_rows(const stm32rt_window *d,
                                               const stm32rt_band *band,
                                               const void *x, void *y,
                                               const void *constants,
                                               void *scratch) {
  layer l;
  l.d = d;
  l.c = stm32rt_split_constants(constants, d->y.channels, d->quant_stride);
  l.out = stm32rt_make_range(d->y_zero_point, d->y_min, d->y_max);
  l.padding = (uint8_t)d->pad_value * 0x01010101u;
  stm32rt_finish finish;
  int32_t same[8];
  l.fast = stm32rt_make_finish(&finish, same, &l.out, l.c.multiplier, l.c.shift,
                               d->y.channels, d->quant_stride);
  l.steps = stm32rt_depthwise_strip_steps(d->y.width, d->stride_w);
  l.row_bytes = (l.steps + 1) * STEP;
  l.row_outputs = l.steps * (d->stride_w == 1 ? 8 : 4);
  const int32_t most = stm32rt_depthwise_strip_rows(l.steps);
  uint8_t *const strip = (uint8_t *)scratch;
  uint8_t *const outputs = strip + most * l.row_bytes;

  const int32_t end = band->first + band->count;
  for (int32_t row = band->first; row < end;) {
    three_rows rows[STM32RT_DEPTHWISE_STRIP_ROWS];
    int32_t count = 0;
    for (; count < most && row < end; count++) {
      const stm32rt_span span = stm32rt_span_of_row(d, row);
      for (int32_t i = 0; i < 3; i++)
        rows[count].x[i] = i >= span.first && i < span.last
                               ? stm32rt_x_row(d, band, (const int8_t *)x,
                                               span.start + i * d->dilation_h)
                               : NULL;
      rows[count].y = stm32rt_y_row(d, band, (int8_t *)y, row++);
    }
    for (int32_t c = 0; c < d->y.channels; c += 4)
      run_strip(&l, rows, count, c, strip, outputs);
  }
}

void stm32rt_depthwise_conv_2d_3x3_s8_dsp(const stm32rt_window *d,
                                          const void *x, void *y,
                                          const void *constants,
                                          void *scratch) {
  stm32rt_conv_images(d, stm32rt_depthwise_conv_2d_3x3_s8_dsp_rows, x, y,
                      constants, scratch, 1);
}
