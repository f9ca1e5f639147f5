/*===-- stm32rt_convolve_dsp.h - Convolutions with SMLAD -------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Two output channels by two pixels at a time: what the dsp convolutions have
 * in common. The terms that two pixels u and v bring to the sums, the values
 * under their windows, are expanded to int16 in scratch once and then used for
 * all output channels. Each row of a window is filled up to whole words, so
 * that its terms are expanded where they lie: with kernel_w * x.channels terms
 * in a row there are G = kernel_h * ceil(row / 4) groups of four.
 *
 * Scratch: 16 * G bytes, four words for each group in the order in which SXTB16
 * delivers them, then a row as bytes, for windows at a border.
 *
 *   word 4g       u[4g], u[4g + 2]        word 4g + 2   v[4g], v[4g + 2]
 *   word 4g + 1   u[4g + 1], u[4g + 3]    word 4g + 3   v[4g + 1], v[4g + 3]
 *
 * Constants are one stream in the order in which they are needed: int32_t, the
 * number of pairs that are not fast; then for each pair of channels p and q
 *
 *   int32_t bias[2]; weights[G]; int32_t doubled[2], shift[2];
 *
 * with multipliers times two, modulo 2^32, and shifts less 32, and with weights
 * of a group as the core reads them: stm32rt_convolve_pairs.h takes eight bytes
 * of them, stm32rt_convolve_wide.h sixteen. Weights of what does not exist are 0.
 * A pair is fast if both shifts are not negative and both multipliers have their
 * highest bit, as nearly all are.
 *
 * All names are the including file's own: a kernel is one file.
 */
#ifndef STM32RT_CONVOLVE_DSP_H
#define STM32RT_CONVOLVE_DSP_H

#include "stm32rt_pairs.h"
#include "stm32rt_terms.h"
#include "stm32rt_window.h"

/* Two pixels and all pairs of channels, for a core. Assembly knows the
 * offsets. */
typedef struct stm32rt_two_pixels {
  const uint8_t *stream;   /* 0: of the first pair */
  const uint8_t *columns;  /* 4 */
  int8_t *y_u, *y_v;       /* 8, 12: moved on */
  int32_t pairs;           /* 16: more than none; counted down */
  int32_t half_zero_point; /* 20: see stm32rt_range */
  int32_t sum_u, sum_v;    /* 24, 28: 128 times the sums of the terms */
  int32_t counts[3];       /* 32, 36, 40: of groups, as the core has them */
  int32_t p_u, p_v, left;  /* 44, 48, 52: for the core itself */
} stm32rt_two_pixels;

/* Sums of two channels and two pixels. */
typedef struct four_sums {
  int32_t p_u, p_v, q_u, q_v;
} four_sums;

/* How weights are read. */
typedef struct core {
  int32_t group_bytes; /* of weights */
  int has_sums;        /* needs sum_u and sum_v */
  /* Sets `counts`. */
  void (*count_groups)(stm32rt_two_pixels *s, int32_t groups);
  /* The sums of one pair, whose biases are p and q. */
  four_sums (*sum_pair)(const stm32rt_two_pixels *s, const int8_t *weights,
                        int32_t groups, int32_t p, int32_t q);
#if STM32RT_HAS_DSP
  /* The outputs of s->pairs pairs, all of them fast. */
  void (*run)(stm32rt_two_pixels *s);
#endif
} core;

#if STM32RT_HAS_DSP
/* The end of a core's assembly: outputs of the sums r8 p_u, r9 p_v, r10 q_u and
 * r11 q_v, then the next pair at 1, with r0 *s and r1 stream. */
/* clang-format off */
#define STM32RT_PAIR_OUT                                                       \
  "ldm    r1!, {r2, r3, r4, r5}  @ doubled, shift \n\t"                        \
  "ldr    r6, [r0, #20]          @ half_zero_point \n\t"                       \
  STM32RT_FINISH_TWO("r8", "r9", "r2", "r2", "r4", "r4", "r6")                 \
  STM32RT_FINISH_TWO("r10", "r11", "r3", "r3", "r5", "r5", "r6")               \
  "ldrd   r2, r3, [r0, #8]       @ y_u, y_v        \n\t"                       \
  "ldr    r4, [r0, #16]          @ pairs           \n\t"                       \
  "strb   r8, [r2], #1                             \n\t"                       \
  "strb   r10, [r2], #1                            \n\t"                       \
  "strb   r9, [r3], #1                             \n\t"                       \
  "strb   r11, [r3], #1                            \n\t"                       \
  "strd   r2, r3, [r0, #8]                         \n\t"                       \
  "subs   r4, r4, #1                               \n\t"                       \
  "str    r4, [r0, #16]                            \n\t"                       \
  "bne    1b                                       \n\t"
/* clang-format on */
#endif

/* The layer as the pixels need it. */
typedef struct layer {
  const stm32rt_window *d;
  const stm32rt_band *band;
  const int8_t *x;
  stm32rt_range out;
  const uint8_t *stream; /* of the first pair */
  int32_t row;           /* terms of a row of a window */
  int32_t groups;        /* G */
  int32_t pair_bytes;    /* of the stream */
  int32_t slow;          /* pairs that are not fast; -1: all */
  uint8_t *scratch;
  stm32rt_two_pixels two;
  int8_t *waiting; /* y of v, which has no partner yet */
} layer;

static inline void make_layer(layer *l, const stm32rt_window *d,
                              const stm32rt_band *band, const int8_t *x,
                              const void *constants, void *scratch,
                              const core *how) {
  memset(l, 0, sizeof *l);
  l->d = d;
  l->band = band;
  l->x = x;
  l->out = stm32rt_make_range(d->y_zero_point, d->y_min, d->y_max);
  l->row = d->kernel_w * d->x.channels;
  l->groups = d->kernel_h * ((l->row + 3) / 4);
  l->pair_bytes = how->group_bytes * l->groups + 24;
  l->slow = d->y_min == INT8_MIN && d->y_max == INT8_MAX
                ? (int32_t)stm32rt_get_word(constants, 0)
                : -1;
  l->stream = (const uint8_t *)constants + 4;
  l->scratch = (uint8_t *)scratch;
  l->two.columns = l->scratch;
  l->two.half_zero_point = l->out.half_zero_point;
  how->count_groups(&l->two, l->groups);
}

/* One channel of any layer; `params` are its doubled multiplier and, two words
 * behind it, its shift. */
static inline int8_t output_any(const layer *l, int32_t sum,
                                const uint8_t *params) {
  return (int8_t)stm32rt_output_doubled(&l->out, sum,
                                        (int32_t)stm32rt_get_word(params, 0),
                                        (int32_t)stm32rt_get_word(params, 2));
}

/* The pair of channels o and o + 1 of any layer; there may be no o + 1. */
static inline void pair_any(const layer *l, int8_t *y_u, int8_t *y_v, int32_t o,
                            const core *how) {
  const uint8_t *const stream = l->stream + o / 2 * l->pair_bytes;
  const uint8_t *const params = stream + l->pair_bytes - 16;
  const four_sums s =
      how->sum_pair(&l->two, (const int8_t *)stream + 8, l->groups,
                    (int32_t)stm32rt_get_word(stream, 0),
                    (int32_t)stm32rt_get_word(stream, 1));
  y_u[o] = output_any(l, s.p_u, params);
  y_v[o] = output_any(l, s.p_v, params);
  if (o + 1 < l->d->y.channels) {
    y_u[o + 1] = output_any(l, s.q_u, params + 4);
    y_v[o + 1] = output_any(l, s.q_v, params + 4);
  }
}

/* The channels that the core's assembly does not serve. */
static STM32RT_NOINLINE void out_any(const layer *l, int8_t *y_u, int8_t *y_v,
                                     const core *how) {
  const int32_t channels = l->d->y.channels;
  for (int32_t o = 0; o < channels; o += 2)
    if (!STM32RT_HAS_DSP || l->slow < 0 || o + 1 == channels ||
        !stm32rt_are_fast(l->stream + (o / 2 + 1) * l->pair_bytes - 16, 2))
      pair_any(l, y_u, y_v, o, how);
}

/* All output channels of two pixels in scratch. A pixel without a partner is v,
 * and y_u = y_v: what comes of u, whatever the scratch holds, is stored first.
 */
STM32RT_INLINE void two_out(layer *l, int8_t *y_u, int8_t *y_v,
                            const core *how) {
#if STM32RT_HAS_DSP
  const int32_t channels = l->d->y.channels;
  if (l->slow >= 0 && channels > 1) {
    l->two.stream = l->stream;
    l->two.y_u = y_u;
    l->two.y_v = y_v;
    l->two.pairs = channels / 2;
    how->run(&l->two);
    if (l->slow == 0 && channels % 2 == 0)
      return;
  }
#endif
  out_any(l, y_u, y_v, how);
}

/* A row of terms, filled up with zeros, into groups from *half on, which is
 * moved on. Returns sum + theirs, if they are needed. */
STM32RT_INLINE int32_t expand_row(const int8_t *x, int32_t row, uint8_t **half,
                                  int32_t sum, int has_sums) {
  const int32_t words = row / 4, part = row % 4;
  if (words > 0)
    sum = stm32rt_expand_words(x, words, half, sum, has_sums);
  if (part > 0) {
    /* The last whole word holds the rest. */
    const uint32_t word =
        words > 0 ? stm32rt_load_word(x + row - 4) >> (8 * (4 - part))
                  : stm32rt_load_part(x, part);
    sum = stm32rt_expand_word(word, *half, sum);
    *half += 16;
  }
  return sum;
}

/* A row of padding; what it is filled up with does not matter. */
static inline int32_t expand_padding(int32_t value, int32_t row, uint8_t **half,
                                     int32_t sum) {
  const uint32_t two = (uint32_t)(uint16_t)value * 0x00010001u;
  for (int32_t n = (row + 3) / 4; n > 0; n--) {
    stm32rt_put_word(*half, 0, two);
    stm32rt_put_word(*half, 1, two);
    *half += 16;
    sum += 4 * value;
  }
  return sum;
}

/* Words, then bytes: rows are short, too short for a call. */
static inline void copy(int8_t *to, const int8_t *from, int32_t size) {
  for (; size >= 4; size -= 4) {
    memcpy(to, from, 4);
    to += 4;
    from += 4;
  }
  for (; size > 0; size--)
    *to++ = *from++;
}

/* The terms of a pixel whose rows lie in one piece, `offset` bytes behind those
 * of the image; returns their sum, if it is needed. A function of its own, so
 * that the loops have the registers to themselves. */
static STM32RT_NOINLINE int32_t expand_whole(const layer *l,
                                             const stm32rt_span *rows,
                                             int32_t offset, uint8_t *half,
                                             const core *how) {
  const stm32rt_window *d = l->d;
  const int32_t step = d->dilation_h, row = l->row;
  int32_t sum = 0, at = rows->start + rows->first * step;
  for (int32_t n = rows->first; n > 0; n--)
    sum = expand_padding(d->pad_value, row, &half, sum);
  for (int32_t n = rows->last - rows->first; n > 0; n--) {
    const int8_t *x = stm32rt_x_row(d, l->band, l->x, at);
    sum = expand_row(x + offset, row, &half, sum, how->has_sums);
    at += step;
  }
  for (int32_t n = d->kernel_h - rows->last; n > 0; n--)
    sum = expand_padding(d->pad_value, row, &half, sum);
  return sum;
}

/* The same for any pixel in `column`. */
static STM32RT_NOINLINE int32_t expand_any(const layer *l,
                                           const stm32rt_span *rows,
                                           int32_t column, uint8_t *half,
                                           const core *how) {
  const stm32rt_window *d = l->d;
  const stm32rt_span columns = stm32rt_span_of_column(d, column);
  int8_t *const bytes = (int8_t *)l->scratch + 16 * l->groups;
  int32_t sum = 0;
  for (int32_t tap = 0; tap < d->kernel_h; tap++) {
    if (tap < rows->first || tap >= rows->last) {
      sum = expand_padding(d->pad_value, l->row, &half, sum);
      continue;
    }
    const int8_t *x =
        stm32rt_x_row(d, l->band, l->x, rows->start + tap * d->dilation_h);
    stm32rt_gather_terms_row(d, x, &columns, bytes, copy);
    sum = expand_row(bytes, l->row, &half, sum, how->has_sums);
  }
  return sum;
}

/* A pixel, whose terms are in the half of scratch that its turn gives it, is
 * complete: every second one calls for the outputs. */
STM32RT_INLINE void pixel_out(layer *l, int32_t sum, int8_t *y,
                              const core *how) {
  if (l->waiting == NULL) {
    l->two.sum_v = 128 * sum;
    l->waiting = y;
    return;
  }
  l->two.sum_u = 128 * sum;
  two_out(l, y, l->waiting, how);
  l->waiting = NULL;
}

/* The last one may have no partner. */
STM32RT_INLINE void pixels_end(layer *l, const core *how) {
  if (l->waiting != NULL)
    two_out(l, l->waiting, l->waiting, how);
}

static inline uint8_t *get_half(const layer *l) {
  return l->scratch + (l->waiting == NULL ? 8 : 0);
}

/* Any window, stride, dilation and padding. Two pixels need not be neighbours:
 * the last one of a row goes with the first one of the next. */
STM32RT_INLINE void convolve_rows(const stm32rt_window *d,
                                  const stm32rt_band *band, const void *x,
                                  void *y, const void *constants, void *scratch,
                                  const core *how) {
  layer l;
  make_layer(&l, d, band, (const int8_t *)x, constants, scratch, how);
  /* Whose windows have rows that lie in one piece. */
  stm32rt_columns whole = stm32rt_columns_inside(d);
  if (d->dilation_w != 1 || d->x.pixel_stride != d->x.channels)
    whole.last = 0;
  const int32_t step = d->stride_w * d->x.pixel_stride;
  for (int32_t row = band->first; row < band->first + band->count; row++) {
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    const stm32rt_span rows = stm32rt_span_of_row(d, row);
    int32_t offset = -d->pad_left * d->x.pixel_stride;
    for (int32_t column = 0; column < d->y.width; column++) {
      const int is_whole =
          !STM32RT_SMALL && column >= whole.first && column < whole.last;
      uint8_t *const half = get_half(&l);
      const int32_t sum = is_whole ? expand_whole(&l, &rows, offset, half, how)
                                   : expand_any(&l, &rows, column, half, how);
      pixel_out(&l, sum, out, how);
      out += d->y.pixel_stride;
      offset += step;
    }
  }
  pixels_end(&l, how);
}

/* 1x1 windows: the terms of a pixel are its input channels, where they lie. */
STM32RT_INLINE void convolve_1x1_rows(const stm32rt_window *d,
                                      const stm32rt_band *band, const void *x,
                                      void *y, const void *constants,
                                      void *scratch, const core *how) {
  layer l;
  make_layer(&l, d, band, (const int8_t *)x, constants, scratch, how);
  /* Rows that touch in x and in y are one long run. */
  const int32_t step_rows = stm32rt_rows_in_run(d, band);
  const int32_t end = band->first + band->count;
  for (int32_t row = band->first; row < end; row += step_rows) {
    const int8_t *in = stm32rt_x_row(d, band, (const int8_t *)x, row);
    int8_t *out = stm32rt_y_row(d, band, (int8_t *)y, row);
    for (int32_t n = step_rows * d->y.width; n > 0; n--) {
      uint8_t *half = get_half(&l);
      const int32_t sum = expand_row(in, l.row, &half, 0, how->has_sums);
      pixel_out(&l, sum, out, how);
      in += d->x.pixel_stride;
      out += d->y.pixel_stride;
    }
  }
  pixels_end(&l, how);
}

#endif /* STM32RT_CONVOLVE_DSP_H */
