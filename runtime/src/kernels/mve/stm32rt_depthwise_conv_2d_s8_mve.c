/*===-- stm32rt_depthwise_conv_2d_s8_mve.c - Depthwise with MVE ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * NHWC images with as many channels in y as in x; any stride and padding,
 * windows that fit in 32 lanes (stm32rt_depthwise_lanes). Constants: those of
 * stm32rt_depthwise_conv_2d_s8, weights [kh][kw][out].
 *
 * The taps of one channel are the lanes of a vector: one VMLADAV is the sum of
 * a whole window. For that, a patch of the image is turned to one strip of bytes
 * for each of 16 channels, column by column of `height` rows:
 *
 *     r0 r1 r2 r3 r4 r5 | r0 r1 r2 r3 r4 r5 | r0 ...      3x3, stride 1, height
 * 6 0  1  2             6  7  8             12 13 14   lanes of row 0, column 0
 *         0  1  2             6  7  8             12 ...  the same of row 1
 *
 * The lanes between the taps meet weights that are 0. So up to four rows of the
 * output share a strip: any window in it is a load from another byte.
 *
 * Four pixels at a time: 4, 2 or 1 rows of as many columns as make four. Their
 * sums of a channel are one vector, with the channel's bias and scale as
 * scalars, and leave as bytes to four places.
 *
 * The last pixels of a row repeat some, which stores the same bytes once more.
 * Scratch: STM32RT_DEPTHWISE_SCRATCH bytes, the strips and one row of a table
 * for each channel of a block.
 */
#include "stm32rt_scatter_mve.h"
#include "stm32rt_window.h"

#include <string.h>

#define BLOCK 16 /* channels */
#define STRIP STM32RT_DEPTHWISE_STRIP
#define ROWS_AT_ONCE 4

/* A channel. The assembly knows the order. */
typedef struct channel {
  int8_t weights[32]; /* by lane */
  int32_t bias, multiplier;
  int32_t right; /* 31 - shift */
  int32_t tie;   /* products below round down: 0, or INT32_MIN if right is 0 */
} channel;

/* Four pixels. The assembly knows the order. */
typedef struct quad {
  int32_t zero_point;
  int32_t x[3];  /* of the pixels after the first, in the strip */
  uint32_t y[4]; /* of all pixels                               */
  int32_t min[4], max[4];
} quad;

#if STM32RT_HAS_MVE

_Static_assert(sizeof(channel) == 48 && STRIP == 64, "known to the assembly");

/* Lanes 16 .. 31 of the pixel at p, with the weights in q4. */
#define SECOND(p, r)                                                           \
  "vldrb.8 q1, [" p ", #-48]\n\t"                                              \
  "vmladava.s8 " r ", q1, q4\n\t"
#define SECOND_LANES                                                           \
  "vldrb.8 q4, [%[w], #-32]\n\t" SECOND("%[p0]", "r0") SECOND("%[p1]", "r2")   \
      SECOND("%[p2]", "r4") SECOND("%[p3]", "r6")
/* Less one below the limit of the channel; q3: -1. */
#define TIE                                                                    \
  "vpt.s32 lt, q1, r6\n\t"                                                     \
  "vaddt.i32 q1, q1, q3\n\t"

/* `n` channels of the quad at p0. */
#define RUN_QUAD(second, tie)                                                  \
  const int8_t *p1, *p2, *p3;                                                  \
  __asm__ volatile("ldrd %[p1], %[p2], [%[q], #4]\n\t"                         \
                   "ldr %[p3], [%[q], #12]\n\t"                                \
                   "add %[p1], %[p1], %[p0]\n\t"                               \
                   "add %[p2], %[p2], %[p0]\n\t"                               \
                   "add %[p3], %[p3], %[p0]\n\t"                               \
                   "vldrw.32 q7, [%[q], #16]\n\t"                              \
                   "vldrw.32 q5, [%[q], #32]\n\t"                              \
                   "vldrw.32 q6, [%[q], #48]\n\t"                              \
                   "vmvn.i32 q3, #0\n\t"                                       \
                   "ldr %[q], [%[q]]\n\t"                                      \
                   "dls lr, %[n]\n"                                            \
                   "1:\n\t"                                                    \
                   "vldrb.8 q0, [%[w]], #48\n\t"                               \
                   "vldrb.8 q1, [%[p0]], #64\n\t"                              \
                   "vldrb.8 q2, [%[p1]], #64\n\t"                              \
                   "vmladav.s8 r0, q1, q0\n\t"                                 \
                   "vldrb.8 q1, [%[p2]], #64\n\t"                              \
                   "vmladav.s8 r2, q2, q0\n\t"                                 \
                   "vldrb.8 q2, [%[p3]], #64\n\t"                              \
                   "vmladav.s8 r4, q1, q0\n\t"                                 \
                   "vmladav.s8 r6, q2, q0\n\t" second                          \
                   "vmov q1[2], q1[0], r0, r4\n\t"                             \
                   "vmov q1[3], q1[1], r2, r6\n\t"                             \
                   "ldrd r0, r2, [%[w], #-16]\n\t"                             \
                   "ldrd r4, r6, [%[w], #-8]\n\t"                              \
                   "vadd.i32 q1, q1, r0\n\t"                                   \
                   "vqrdmulh.s32 q1, q1, r2\n\t" tie "vrshl.s32 q1, r4\n\t"    \
                   "vadd.i32 q1, q1, %[q]\n\t"                                 \
                   "vmax.s32 q1, q1, q5\n\t"                                   \
                   "vmin.s32 q1, q1, q6\n\t"                                   \
                   "vstrb.32 q1, [%[y], q7]\n\t"                               \
                   "add %[y], %[y], #1\n\t"                                    \
                   "le lr, 1b"                                                 \
                   : [p0] "+r"(p0), [p1] "=&r"(p1), [p2] "=&r"(p2),            \
                     [p3] "=&r"(p3), [w] "+r"(w), [q] "+r"(q), [y] "+r"(y)     \
                   : [n] "r"(n)                                                \
                   : "r0", "r2", "r4", "r6", "lr", "q0", "q1", "q2", "q3",     \
                     "q4", "q5", "q6", "q7", "cc", "memory")

/* 16 lanes, the short end of stm32rt_groups_mve.h: no ties. */
static STM32RT_NOINLINE void short_quad(const quad *q, const int8_t *p0,
                                        const channel *w, int8_t *y,
                                        int32_t n) {
  RUN_QUAD("", "");
}
static STM32RT_NOINLINE void any_quad(const quad *q, const int8_t *p0,
                                      const channel *w, int8_t *y, int32_t n) {
  RUN_QUAD("", TIE);
}
static STM32RT_NOINLINE void wide_quad(const quad *q, const int8_t *p0,
                                       const channel *w, int8_t *y, int32_t n) {
  RUN_QUAD(SECOND_LANES, TIE);
}

#else /* the model */

/* Literals lanes and ties. */
STM32RT_INLINE void run_quad(const quad *q, const int8_t *p0, const channel *w,
                             int8_t *y, int32_t n, int32_t lanes, int ties) {
  for (int32_t c = 0; c < n; c++, w++, p0 += STRIP, y++)
    for (int32_t i = 0; i < 4; i++) {
      const int8_t *x = p0 + (i > 0 ? q->x[i - 1] : 0);
      uint32_t sum = (uint32_t)w->bias;
      for (int32_t lane = 0; lane < lanes; lane++)
        sum += (uint32_t)(x[lane] * w->weights[lane]);
      int32_t v = stm32rt_high_lane((int32_t)sum, w->multiplier);
      v = stm32rt_shift_lane(ties && v < w->tie ? v - 1 : v, w->right);
      y[(int32_t)q->y[i]] =
          (int8_t)stm32rt_clamp(v + q->zero_point, q->min[i], q->max[i]);
    }
}

static void short_quad(const quad *q, const int8_t *p0, const channel *w,
                       int8_t *y, int32_t n) {
  run_quad(q, p0, w, y, n, 16, 0);
}
static void any_quad(const quad *q, const int8_t *p0, const channel *w,
                     int8_t *y, int32_t n) {
  run_quad(q, p0, w, y, n, 16, 1);
}
static void wide_quad(const quad *q, const int8_t *p0, const channel *w,
                      int8_t *y, int32_t n) {
  run_quad(q, p0, w, y, n, 32, 1);
}

#endif

/* Where bytes of the channels of a block go. */
typedef struct places {
  stm32rt_u16x8 low, high; /* of channels 0 .. 7, of 8 .. 15 */
} places;

static inline places make_places(int32_t step) {
  uint16_t offsets[BLOCK];
  for (int32_t i = 0; i < BLOCK; i++)
    offsets[i] = (uint16_t)(i * step);
  const places p = {stm32rt_load_u16x8(offsets),
                    stm32rt_load_u16x8(offsets + 8)};
  return p;
}

/* The layer, and where things are in a strip. */
typedef struct layer {
  const stm32rt_window *d;
  const stm32rt_band *band;
  stm32rt_constants c;
  int32_t height; /* of a column of the strips */
  int32_t lanes;  /* that a window reaches      */
  int32_t rows;   /* of the output at once      */
  int32_t pixels; /* of a row at once           */
  int whole_rows; /* so that padding stays in its columns of the strips */
  int ties, shifts;
  channel *table;
  int8_t *strips;
  places strips_of, rows_of_table;
  int8_t padding[BLOCK];
} layer;

/* Rows of x under `rows` rows of the output. */
static inline int32_t height_of(const stm32rt_window *d, int32_t rows) {
  return (rows - 1) * d->stride_h + (d->kernel_h - 1) * d->dilation_h + 1;
}

static layer make_layer(const stm32rt_window *d, const stm32rt_band *band,
                        const void *constants, void *scratch) {
  const int32_t reach_h = (d->kernel_h - 1) * d->dilation_h;
  const int32_t reach_w = (d->kernel_w - 1) * d->dilation_w;
  const int32_t scales = d->quant_stride != 0 ? d->y.channels : 1;
  layer l;
  l.d = d;
  l.band = band;
  l.c = stm32rt_split_constants(constants, d->y.channels, d->quant_stride);
  for (int32_t most = 16;; most = 32) {
    for (l.rows = ROWS_AT_ONCE; l.rows > 0; l.rows >>= 1) {
      l.height = height_of(d, l.rows);
      l.lanes = reach_w * l.height + reach_h + 1;
      if (l.lanes <= most && l.height * (reach_w + 1) <= STRIP)
        break;
    }
    if (l.rows > 0 || most == 32)
      break;
  }
  const int32_t across = 4 / l.rows;
  const int32_t fits = (STRIP / l.height - reach_w - 1) / d->stride_w + 1;
  const int32_t parts = (d->y.width + fits - 1) / fits;
  l.pixels = (d->y.width + parts - 1) / parts;
  l.pixels = (l.pixels + across - 1) & -across;
  if (l.pixels > fits)
    l.pixels = fits < across ? fits : fits & -across;
  l.ties = d->y_min < d->y_zero_point;
  l.shifts = 0;
  for (int32_t i = 0; i < scales; i++)
    l.shifts |= l.c.shift[i] < 31;
  l.table = (channel *)scratch;
  l.strips = (int8_t *)scratch + BLOCK * sizeof(channel);
  l.strips_of = make_places(STRIP);
  l.rows_of_table = make_places(sizeof(channel));
  memset(l.padding, d->pad_value, sizeof l.padding);
  l.whole_rows = l.pixels >= d->y.width;
  memset(l.strips, d->pad_value, BLOCK * STRIP);
  memset(l.table, 0, BLOCK * sizeof(channel));
  return l;
}

/* `count` times the bytes of n channels, step bytes apart, to each channel's
 * place, to_step apart. Literal n if it is BLOCK. */
STM32RT_INLINE void scatter(places where, int8_t *to, int32_t to_step,
                            const int8_t *p, int32_t step, int32_t count,
                            int32_t n) {
  if (count <= 0)
    return;
  if (n == BLOCK)
    stm32rt_scatter_each_s8x16(to, to_step, where.low, where.high, p, step,
                               count);
  else if (n > 8)
    stm32rt_scatter_each_part_s8x16(to, to_step, where.low, where.high, p, step,
                                    count, n);
  else
    stm32rt_scatter_each_s8x8(to, to_step, where.low, p, step, count, n);
}

/* The numbers of four channels, of which n exist, or that of all. */
STM32RT_INLINE stm32rt_s32x4 load_four(const int32_t *from, int32_t stride,
                                       int32_t n) {
  if (stride == 0)
    return stm32rt_all_s32x4(*from);
  return n >= 4 ? stm32rt_load_s32x4(from) : stm32rt_load_part_s32x4(from, n);
}

/* The table of n channels from o on. */
STM32RT_INLINE void load_channels(const layer *l, int32_t o, int32_t n) {
  const stm32rt_window *d = l->d;
  const places where = l->rows_of_table;
  const stm32rt_u32x4 apart = stm32rt_steps_u32x4(sizeof(channel));
  const stm32rt_s32x4 lowest = stm32rt_all_s32x4(INT32_MIN);
  const int32_t y_channels = d->y.channels, stride = d->quant_stride;
  const int32_t kernel_w = d->kernel_w, dilation_h = d->dilation_h;
  const int32_t step = d->dilation_w * l->height, ties = l->ties;
  const int8_t *weights = l->c.weights + o;
  int8_t *to = l->table->weights;
  for (int32_t ky = d->kernel_h; ky > 0; ky--) {
    scatter(where, to, step, weights, y_channels, kernel_w, n);
    weights += kernel_w * y_channels;
    to += dilation_h;
  }
  const int32_t *bias = l->c.bias + o;
  const int32_t *multiplier = l->c.multiplier + o * stride;
  const int32_t *shift = l->c.shift + o * stride;
  channel *c = l->table;
  for (int32_t left = n; left > 0; left -= 4) {
    const stm32rt_s32x4 right = stm32rt_sub_s32x4(
        stm32rt_all_s32x4(31), load_four(shift, stride, left));
    stm32rt_scatter_s32x4(&c->bias, apart, load_four(bias, 1, left));
    stm32rt_scatter_s32x4(&c->multiplier, apart,
                          load_four(multiplier, stride, left));
    stm32rt_scatter_s32x4(&c->right, apart, right);
    if (ties) /* INT32_MIN where right is 0, otherwise 0 */
      stm32rt_scatter_s32x4(
          &c->tie, apart,
          stm32rt_sub_s32x4(
              lowest, stm32rt_and_s32x4(stm32rt_sign_s32x4(right), lowest)));
    bias += 4;
    multiplier += 4 * stride;
    shift += 4 * stride;
    c += 4;
  }
}

static STM32RT_NOINLINE void load_block(const layer *l, int32_t o) {
  load_channels(l, o, BLOCK);
}
static STM32RT_NOINLINE void load_part(const layer *l, int32_t o, int32_t n) {
  load_channels(l, o, n);
}

/* Part of an image: `columns` columns of x from `column` on, `height` rows from
 * `row` on, n channels from `channel` on. */
typedef struct patch {
  const int8_t *x;
  int32_t channel, n, row, height, column, columns;
} patch;

/* Fills the strips. Literal n: channels, if it is BLOCK. */
STM32RT_INLINE void fill_strips(const layer *l, const patch *p, int32_t n) {
  const stm32rt_window *d = l->d;
  const stm32rt_band *band = l->band;
  const places where = l->strips_of;
  const int32_t height = l->height, step = d->x.pixel_stride;
  const int32_t row_step = d->x.row_stride, columns = p->columns;
  const int8_t *const padding = l->padding;
  const int8_t *const end = p->x + band->x_rows * row_step;
  int32_t before = p->column < 0 ? -p->column : 0;
  before = before < columns ? before : columns;
  int32_t inside = d->x.width - p->column - before;
  inside = inside < 0 ? 0 : inside;
  inside = inside < columns - before ? inside : columns - before;
  const int32_t start = (p->column + before) * step + p->channel;
  /* Rows of the patch that are inside. */
  const int32_t above = p->row < 0 ? -p->row : 0;
  const int32_t below = d->x.height - p->row;
  const int8_t *x_row = stm32rt_x_row(d, band, p->x, p->row + above);
  int8_t *to = l->strips + before * height;
  const int32_t after = columns - before - inside;
  for (int32_t i = 0; i < p->height; i++, to++) {
    const int outside = i < above || i >= below;
    scatter(where, to, height, outside ? padding : x_row + start,
            outside ? 0 : step, inside, n);
    if (!l->whole_rows) {
      scatter(where, l->strips + i, height, padding, 0, before, n);
      scatter(where, to + inside * height, height, padding, 0, after, n);
    }
    if (outside)
      continue;
    x_row += row_step;
    x_row = x_row == end ? p->x : x_row;
  }
}

static STM32RT_NOINLINE void fill_block(const layer *l, const patch *p) {
  fill_strips(l, p, BLOCK);
}
static STM32RT_NOINLINE void fill_part(const layer *l, const patch *p) {
  fill_strips(l, p, p->n);
}

/* Any scale, one pixel and channel after the other: y[o + i]. */
static void plain_pixel(const layer *l, const int8_t *p, int8_t *y, int32_t n) {
  for (int32_t c = 0; c < n; c++) {
    const channel *w = &l->table[c];
    int32_t sum = w->bias;
    for (int32_t lane = 0; lane < l->lanes; lane++)
      sum += p[c * STRIP + lane] * w->weights[lane];
    y[c] = stm32rt_output_s8(sum, w->multiplier, 31 - w->right,
                             l->d->y_zero_point, l->d->y_min, l->d->y_max);
  }
}

/* The pixels of `rows` rows at y_rows, `count` of each, of n channels. */
static void run_pixels(const layer *l, quad *q, int8_t *y,
                       const int32_t *y_rows, int32_t rows, int32_t count,
                       int32_t n) {
  const stm32rt_window *d = l->d;
  const int32_t across = 4 / rows;
  const int32_t step = d->stride_w * l->height;
  const int8_t *p = l->strips;
  if (l->shifts) {
    for (int32_t i = 0; i < count; i++)
      for (int32_t r = 0; r < rows; r++)
        plain_pixel(l, p + i * step + r * d->stride_h,
                    y + y_rows[r] + i * d->y.pixel_stride, n);
    return;
  }
  for (int32_t left = count; left > 0; left -= across) {
    if (left == count || left < across)
      for (int32_t i = 0; i < 4; i++) {
        const int32_t r = i & (rows - 1), at = i / rows;
        const int32_t k = at < left ? at : left - 1;
        q->y[i] = (uint32_t)(y_rows[r] + k * d->y.pixel_stride);
        if (i > 0)
          q->x[i - 1] = r * d->stride_h + k * step;
      }
    if (l->lanes > 16)
      wide_quad(q, p, l->table, y, n);
    else if (l->ties)
      any_quad(q, p, l->table, y, n);
    else
      short_quad(q, p, l->table, y, n);
    p += across * step;
    y += across * d->y.pixel_stride;
  }
}

void stm32rt_depthwise_conv_2d_s8_mve_rows(const stm32rt_window *d,
                                           const stm32rt_band *band,
                                           const void *x, void *y,
                                           const void *constants,
                                           void *scratch) {
  const layer l = make_layer(d, band, constants, scratch);
  const int32_t reach = (d->kernel_w - 1) * d->dilation_w + 1;
  const int32_t end = band->first + band->count;
  quad q;
  q.zero_point = d->y_zero_point;
  for (int32_t i = 0; i < 4; i++) {
    q.min[i] = d->y_min;
    q.max[i] = d->y_max;
  }
  patch p;
  p.x = (const int8_t *)x;
  for (int32_t row = band->first, rows; row < end; row += rows) {
    int32_t y_rows[ROWS_AT_ONCE];
    for (rows = l.rows; rows > end - row;)
      rows >>= 1;
    for (int32_t i = 0; i < rows; i++)
      y_rows[i] = stm32rt_row_offset(row + i, band->y_first, band->y_rows,
                                     d->y.row_stride);
    p.row = row * d->stride_h - d->pad_top;
    p.height = height_of(d, rows);
    for (int32_t o = 0; o < d->y.channels; o += BLOCK) {
      const int32_t left = d->y.channels - o;
      p.channel = o;
      p.n = left < BLOCK ? left : BLOCK;
      if (p.n == BLOCK)
        load_block(&l, o);
      else
        load_part(&l, o, p.n);
      for (int32_t column = 0, count; column < d->y.width; column += count) {
        count = d->y.width - column < l.pixels ? d->y.width - column : l.pixels;
        p.column = column * d->stride_w - d->pad_left;
        p.columns = (count - 1) * d->stride_w + reach;
        if (p.n == BLOCK)
          fill_block(&l, &p);
        else
          fill_part(&l, &p);
        run_pixels(&l, &q, (int8_t *)y + o + column * d->y.pixel_stride, y_rows,
                   rows, count, p.n);
      }
    }
  }
}

void stm32rt_depthwise_conv_2d_s8_mve(const stm32rt_window *d, const void *x,
                                      void *y, const void *constants,
                                      void *scratch) {
  stm32rt_conv_images(d, stm32rt_depthwise_conv_2d_s8_mve_rows, x, y, constants,
                      scratch, 1);
}
