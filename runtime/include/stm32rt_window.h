/*===-- stm32rt_window.h - Windows that move over images in rings ----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Shared pieces of the kernels that move a window over an image: where taps
 * fall, rows in rings, constants, sums of products. All are meant to be inlined
 * with constant arguments: a kernel file makes its variants by calling one core
 * with literals.
 */
#ifndef STM32RT_WINDOW_H
#define STM32RT_WINDOW_H

#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where the taps of one output coordinate fall: tap t reads the coordinate
 * start + t * dilation, and the taps in [first, last) are inside the image.
 *
 *      start                                   0 <= coordinate < size
 *        t0   t1 | t2   t3   t4 | t5
 *      padding   |    image     |  padding     first = 2, last = 5
 */
typedef struct stm32rt_span {
  int32_t start, first, last;
} stm32rt_span;

static inline stm32rt_span stm32rt_span_at(int32_t coordinate, int32_t stride,
                                           int32_t pad, int32_t dilation,
                                           int32_t taps, int32_t size) {
  stm32rt_span s;
  s.start = coordinate * stride - pad;
  s.first = 0;
  while (s.first < taps && s.start + s.first * dilation < 0)
    s.first++;
  s.last = taps;
  while (s.last > s.first && s.start + (s.last - 1) * dilation >= size)
    s.last--;
  return s;
}

static inline stm32rt_span stm32rt_span_of_row(const stm32rt_window *d,
                                               int32_t y_row) {
  return stm32rt_span_at(y_row, d->stride_h, d->pad_top, d->dilation_h,
                         d->kernel_h, d->x.height);
}

static inline stm32rt_span stm32rt_span_of_column(const stm32rt_window *d,
                                                  int32_t y_column) {
  return stm32rt_span_at(y_column, d->stride_w, d->pad_left, d->dilation_w,
                         d->kernel_w, d->x.width);
}

/* Columns of y, [first, last), of whose windows all columns are inside of the
 * image; last may be below first. */
typedef struct stm32rt_columns {
  int32_t first, last;
} stm32rt_columns;

static inline stm32rt_columns stm32rt_columns_inside(const stm32rt_window *d) {
  const int32_t taps = (d->kernel_w - 1) * d->dilation_w + 1;
  const int32_t room = d->x.width + d->pad_left - taps;
  stm32rt_columns c;
  c.first = (d->pad_left + d->stride_w - 1) / d->stride_w;
  c.last = room < 0 ? 0 : room / d->stride_w + 1;
  return c;
}

/* Offset of a row in a ring of `rows` slots, slot 0 holding row `first`. One
 * conditional subtraction serves rows in [first, first + 2 * rows). */
static inline int32_t stm32rt_row_offset(int32_t row, int32_t first,
                                         int32_t rows, int32_t row_stride) {
  const int32_t slot = row - first;
  return (slot >= rows ? slot - rows : slot) * row_stride;
}

static inline const int8_t *stm32rt_x_row(const stm32rt_window *d,
                                          const stm32rt_band *band,
                                          const int8_t *x, int32_t row) {
  return x +
         stm32rt_row_offset(row, band->x_first, band->x_rows, d->x.row_stride);
}

static inline int8_t *stm32rt_y_row(const stm32rt_window *d,
                                    const stm32rt_band *band, int8_t *y,
                                    int32_t row) {
  return y +
         stm32rt_row_offset(row, band->y_first, band->y_rows, d->y.row_stride);
}

/* The band of all rows. */
static inline stm32rt_band stm32rt_whole_band(const stm32rt_window *d) {
  const stm32rt_band band = {0, d->y.height, 0, d->x.height, 0, d->y.height};
  return band;
}

/* The logical row in slot 0 of a ring of `rows` rows while it holds `row` as
 * its oldest one that is needed: row r lies in slot r modulo rows. */
static inline int32_t stm32rt_turn_of(int32_t row, int32_t rows) {
  return row / rows * rows;
}

/* For generated code: the band of the output rows [first, first + count), where
 * x and y are rings of that many rows, or whole (0). */
static inline stm32rt_band stm32rt_band_at(const stm32rt_window *d,
                                           uint32_t first, uint32_t count,
                                           int32_t x_ring, int32_t y_ring) {
  stm32rt_band band = stm32rt_whole_band(d);
  band.first = (int32_t)first;
  band.count = (int32_t)count;
  if (x_ring != 0) {
    const int32_t needed = band.first * d->stride_h - d->pad_top;
    band.x_first = stm32rt_turn_of(needed > 0 ? needed : 0, x_ring);
    band.x_rows = x_ring;
  }
  if (y_ring != 0) {
    band.y_first = stm32rt_turn_of(band.first, y_ring);
    band.y_rows = y_ring;
  }
  return band;
}

/* The same for a kernel that collects the input rows [first, first + count). */
static inline stm32rt_band stm32rt_input_band_at(const stm32rt_window *d,
                                                 uint32_t first, uint32_t count,
                                                 int32_t x_ring) {
  stm32rt_band band = stm32rt_whole_band(d);
  band.first = (int32_t)first;
  band.count = (int32_t)count;
  if (x_ring != 0) {
    band.x_first = stm32rt_turn_of(band.first, x_ring);
    band.x_rows = x_ring;
  }
  return band;
}

/* For pointwise kernels: band->count if all rows of the band touch in x and in
 * y, so that they are one run of pixels, otherwise 1. */
static inline int32_t stm32rt_rows_in_run(const stm32rt_window *d,
                                          const stm32rt_band *band) {
  const int32_t rows = band->count > 0 ? band->count : 1;
  const int32_t last = band->first + rows - 1;
  const int dense = d->x.row_stride == d->x.width * d->x.pixel_stride &&
                    d->y.row_stride == d->y.width * d->y.pixel_stride;
  const int x_wraps = band->first - band->x_first < band->x_rows &&
                      last - band->x_first >= band->x_rows;
  const int y_wraps = band->first - band->y_first < band->y_rows &&
                      last - band->y_first >= band->y_rows;
  return dense && !x_wraps && !y_wraps ? rows : 1;
}

/* Elements from one image of a batch to the next. */
static inline int32_t stm32rt_image_size(const stm32rt_image *image) {
  return image->height * image->width * image->channels;
}

/* The `_rows` form of a kernel with weights, and of a pool. */
typedef void (*stm32rt_conv_rows)(const stm32rt_window *d,
                                  const stm32rt_band *band, const void *x,
                                  void *y, const void *constants,
                                  void *scratch);
typedef void (*stm32rt_pool_rows)(const stm32rt_window *d,
                                  const stm32rt_band *band, const void *x,
                                  void *y);

/* A whole tensor: the band of all rows of each image; `bytes` of an element of
 * x and y. */
STM32RT_INLINE void stm32rt_conv_images(const stm32rt_window *d,
                                        stm32rt_conv_rows rows, const void *x,
                                        void *y, const void *constants,
                                        void *scratch, int32_t bytes) {
  const stm32rt_band band = stm32rt_whole_band(d);
  for (int32_t b = 0; b < d->batches; b++)
    rows(d, &band, (const int8_t *)x + b * stm32rt_image_size(&d->x) * bytes,
         (int8_t *)y + b * stm32rt_image_size(&d->y) * bytes, constants,
         scratch);
}

STM32RT_INLINE void stm32rt_pool_images(const stm32rt_window *d,
                                        stm32rt_pool_rows rows, const void *x,
                                        void *y, int32_t bytes) {
  const stm32rt_band band = stm32rt_whole_band(d);
  for (int32_t b = 0; b < d->batches; b++)
    rows(d, &band, (const int8_t *)x + b * stm32rt_image_size(&d->x) * bytes,
         (int8_t *)y + b * stm32rt_image_size(&d->y) * bytes);
}

/* The block of constants of int8 kernels, taken apart. */
typedef struct stm32rt_constants {
  const int32_t *bias, *multiplier, *shift;
  const int8_t *weights;
} stm32rt_constants;

static inline stm32rt_constants stm32rt_split_constants(const void *constants,
                                                        int32_t channels,
                                                        int32_t quant_stride) {
  const int32_t n = quant_stride != 0 ? channels : 1;
  stm32rt_constants c;
  c.bias = (const int32_t *)constants;
  c.multiplier = c.bias + channels;
  c.shift = c.multiplier + n;
  c.weights = (const int8_t *)(c.shift + n);
  return c;
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_WINDOW_H */
