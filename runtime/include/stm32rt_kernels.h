/*===-- stm32rt_kernels.h - Descriptors and signatures of the kernels -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * A kernel takes a `const` descriptor with the geometry and the scalars of one
 * layer, its activations, one block of constants and its scratch:
 *
 *   kernel(&descriptor, x..., y, constants, scratch)
 *
 * Kernels with weights take constants and scratch, all of them the same way,
 * so that one may replace another; scratch is NULL where the kernel needs none.
 * The others take no constants, and scratch only where a comment says so.
 *
 * Every int8 value q stands for scale * (q - zero_point). All kernels give the
 * bytes of TensorFlow Lite Micro's reference kernels: docs/Numerics.md has the
 * arithmetic as rules N1 .. N18, cited below. requantise is N3.
 *
 * Ownership: nothing is kept. Alignment: activations any unless a comment says
 * more, constants and scratch 4 bytes. Overlap: none of the ranges
 * may overlap unless a comment allows it. Reentrancy: pure functions.
 */
#ifndef STM32RT_KERNELS_H
#define STM32RT_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How one image of an activation tensor lies in memory. Strides are in
 * elements, so channel-last and planar tensors are both described:
 *
 *   NHWC     row = width * channels, pixel = channels, channel = 1
 *   planar   row = width, pixel = 1, channel = rows_held * width
 *
 * The element (row, column, channel) is at
 *   slot(row) * row_stride + column * pixel_stride + channel * channel_stride
 */
typedef struct stm32rt_image {
  int32_t height, width, channels;
  int32_t row_stride, pixel_stride, channel_stride;
} stm32rt_image;

/* Rows [first, first + count) of an output are computed; the rows of x and y
 * may live in rings:
 *
 *   slot(row) = (row - x_first) modulo x_rows     row stride from the image
 *
 * x_first is the logical row in slot 0; rows asked for lie in
 * [x_first, x_first + 2 * x_rows). A whole tensor is a ring of all its rows
 * with first 0. The same holds for y.
 *
 * The functions whose names end in _rows compute a band of one image and do not
 * look at `batches`; the others compute all rows of all images, each image
 * height * width * channels elements after the one before. */
typedef struct stm32rt_band {
  int32_t first, count;
  int32_t x_first, x_rows;
  int32_t y_first, y_rows;
} stm32rt_band;

/* A window that moves over an image: convolutions and pools. */
typedef struct stm32rt_window {
  int32_t batches; /* images, one behind the other          */
  stm32rt_image x, y;
  int32_t kernel_h, kernel_w;
  int32_t stride_h, stride_w;
  int32_t dilation_h, dilation_w;
  int32_t pad_top, pad_left; /* bottom and right follow from y        */
  int32_t pad_value;         /* value read outside x (convolutions)   */
  int32_t y_zero_point;
  int32_t y_min, y_max; /* fused activation, quantised           */
  int32_t quant_stride; /* 1: multiplier per channel, 0: one     */
} stm32rt_window;

/* Constants of the window kernels with weights, in this order, each array of
 * int32_t first so that the block needs 4 bytes of alignment:
 *
 *   int32_t bias[y.channels]          the input zero point is folded in
 *   int32_t multiplier[n]             n = y.channels, or 1 if quant_stride = 0
 *   int32_t shift[n]                  right shift, 2 .. 62
 *   int8_t  weights[...]              order as the kernel says
 *
 *   y = clamp(y_zero_point + requantise(bias + sum(x * w)), y_min, y_max)
 *
 * Order of the weights of the plain C kernels: conv_2d [out][kh][kw][in],
 * depthwise [kh][kw][out] (out = in * depth multiplier), fully_connected
 * [out][in]. */

/* 2-D convolution (N6), the readable reference. Any layout of x and y. */
void stm32rt_conv_2d_s8(const stm32rt_window *d, const void *x, void *y,
                        const void *constants, void *scratch);
void stm32rt_conv_2d_s8_rows(const stm32rt_window *d, const stm32rt_band *band,
                             const void *x, void *y, const void *constants,
                             void *scratch);

/* Depthwise convolution (N6): output channel c reads input channel
 * c / (y.channels / x.channels). */
void stm32rt_depthwise_conv_2d_s8(const stm32rt_window *d, const void *x,
                                  void *y, const void *constants,
                                  void *scratch);
void stm32rt_depthwise_conv_2d_s8_rows(const stm32rt_window *d,
                                       const stm32rt_band *band, const void *x,
                                       void *y, const void *constants,
                                       void *scratch);

/* Depthwise convolution of NHWC images (channel_stride 1) with as many channels
 * in y as in x and at most 25 taps; no scratch. */
void stm32rt_depthwise_conv_2d_s8_quads(const stm32rt_window *d, const void *x,
                                        void *y, const void *constants,
                                        void *scratch);
void stm32rt_depthwise_conv_2d_s8_quads_rows(const stm32rt_window *d,
                                             const stm32rt_band *band,
                                             const void *x, void *y,
                                             const void *constants,
                                             void *scratch);

/* The same with MVE, for windows of 32 lanes at most: scratch of
 * STM32RT_DEPTHWISE_SCRATCH bytes, aligned to 4. Lanes are those of the window
 * of one row of the output: the taps, and what is between them, column by
 * column. */
#define STM32RT_DEPTHWISE_STRIP 64
#define STM32RT_DEPTHWISE_SCRATCH (16 * (STM32RT_DEPTHWISE_STRIP + 48) + 32)
static inline int32_t stm32rt_depthwise_lanes(int32_t kernel_h,
                                              int32_t kernel_w,
                                              int32_t dilation_h,
                                              int32_t dilation_w) {
  const int32_t height = (kernel_h - 1) * dilation_h + 1;
  return (kernel_w - 1) * dilation_w * height + height;
}
void stm32rt_depthwise_conv_2d_s8_mve(const stm32rt_window *d, const void *x,
                                      void *y, const void *constants,
                                      void *scratch);
void stm32rt_depthwise_conv_2d_s8_mve_rows(const stm32rt_window *d,
                                           const stm32rt_band *band,
                                           const void *x, void *y,
                                           const void *constants,
                                           void *scratch);

/* Convolutions of NHWC images (channel_stride 1) with SMLAD: any window, or 1x1
 * with stride 1, no padding and pixel_stride = channels. Constants, with weights
 * of 8 or (wide) 16 bits, and scratch as stm32rt_convolve_dsp.h says. */
#define STM32RT_DECLARE_CONV_DSP(NAME)                                         \
  void NAME(const stm32rt_window *d, const void *x, void *y,                   \
            const void *constants, void *scratch);                             \
  void NAME##_rows(const stm32rt_window *d, const stm32rt_band *band,          \
                   const void *x, void *y, const void *constants,              \
                   void *scratch);
STM32RT_DECLARE_CONV_DSP(stm32rt_conv_2d_s8_dsp)
STM32RT_DECLARE_CONV_DSP(stm32rt_conv_2d_s8_dsp_wide)
STM32RT_DECLARE_CONV_DSP(stm32rt_conv_2d_1x1_s8_dsp)
STM32RT_DECLARE_CONV_DSP(stm32rt_conv_2d_1x1_s8_dsp_wide)
/* Depthwise convolution of NHWC images with as many output as input channels, a
 * multiple of 4, and at most 25 taps: weights [channel / 4][tap][channel % 4];
 * scratch x.channels bytes. */
void stm32rt_depthwise_conv_2d_s8_dsp(const stm32rt_window *d, const void *x,
                                      void *y, const void *constants,
                                      void *scratch);
void stm32rt_depthwise_conv_2d_s8_dsp_rows(const stm32rt_window *d,
                                           const stm32rt_band *band,
                                           const void *x, void *y,
                                           const void *constants,
                                           void *scratch);
/* The same for windows of 3x3, dilation_w 1 and stride_w 1 or 2. Up to
 * STM32RT_DEPTHWISE_STRIP_ROWS rows of x are read before one of y is written. A
 * row of y takes `steps` steps of one or two outputs, of 48 bytes of scratch. */
#define STM32RT_DEPTHWISE_STRIP_ROWS 4
#define STM32RT_DEPTHWISE_STRIP_STEP 48
static inline int32_t stm32rt_depthwise_strip_steps(int32_t y_width,
                                                    int32_t stride_w) {
  return stride_w == 1 ? (y_width + 1) / 2 : y_width;
}
/* Rows of y at a time. */
static inline int32_t stm32rt_depthwise_strip_rows(int32_t steps) {
  const int32_t rows = 1536 / ((steps + 1) * STM32RT_DEPTHWISE_STRIP_STEP);
  return rows < 1                              ? 1
         : rows > STM32RT_DEPTHWISE_STRIP_ROWS ? STM32RT_DEPTHWISE_STRIP_ROWS
                                               : rows;
}
/* Bytes of scratch: the strip and its outputs. */
static inline int32_t stm32rt_depthwise_strip_scratch(int32_t y_width,
                                                      int32_t stride_w) {
  const int32_t steps = stm32rt_depthwise_strip_steps(y_width, stride_w);
  return stm32rt_depthwise_strip_rows(steps) *
         ((steps + 1) * STM32RT_DEPTHWISE_STRIP_STEP +
          steps * (stride_w == 1 ? 8 : 4));
}
void stm32rt_depthwise_conv_2d_3x3_s8_dsp(const stm32rt_window *d,
                                          const void *x, void *y,
                                          const void *constants, void *scratch);
void stm32rt_depthwise_conv_2d_3x3_s8_dsp_rows(const stm32rt_window *d,
                                               const stm32rt_band *band,
                                               const void *x, void *y,
                                               const void *constants,
                                               void *scratch);
/* The same with MVE: weights packed as stm32rt_convolve_mve.h says; scratch
 * stm32rt_strip_size of a column's bytes, kernel_h * x.channels.
 *
 * A strip holds the columns under the windows of a few pixels of a row, `step`
 * of them from one pixel to the next: windows that overlap share columns. */
static inline int32_t stm32rt_strip_step(int32_t kernel_w, int32_t stride_w,
                                         int32_t dilation_w) {
  return dilation_w == 1 && stride_w < kernel_w ? stride_w : kernel_w;
}
/* An even number that keeps a strip below 4 KB, at least 2; for a row of
 * `width` pixels, as equal parts of it as can be. */
static inline int32_t stm32rt_strip_pixels(int32_t column, int32_t kernel_w,
                                           int32_t step, int32_t width) {
  const int32_t fits = (4096 / column - kernel_w) / step + 1;
  const int32_t most = fits < 2 ? 2 : fits & ~1;
  const int32_t parts = (width + most - 1) / most;
  return ((width + parts - 1) / parts + 1) & ~1;
}
/* Bytes of the columns of one row of `pixels`. */
static inline int32_t stm32rt_strip_row_size(int32_t column, int32_t kernel_w,
                                             int32_t step, int32_t pixels) {
  return ((pixels - 1) * step + kernel_w) * column;
}
/* Rows of the output that a strip holds: two if they are short and of an odd
 * number of pixels, which then make pairs across. */
static inline int32_t stm32rt_strip_rows(int32_t column, int32_t kernel_w,
                                         int32_t step, int32_t width) {
  return (width & 1) != 0 &&
                 stm32rt_strip_row_size(column, kernel_w, step, width) <= 2048
             ? 2
             : 1;
}
static inline int32_t stm32rt_strip_size(int32_t column, int32_t kernel_w,
                                         int32_t step, int32_t width) {
  const int32_t rows = stm32rt_strip_rows(column, kernel_w, step, width);
  const int32_t pixels =
      rows == 2 ? width : stm32rt_strip_pixels(column, kernel_w, step, width);
  return rows * stm32rt_strip_row_size(column, kernel_w, step, pixels);
}
void stm32rt_conv_2d_s8_mve(const stm32rt_window *d, const void *x, void *y,
                            const void *constants, void *scratch);
void stm32rt_conv_2d_s8_mve_rows(const stm32rt_window *d,
                                 const stm32rt_band *band, const void *x,
                                 void *y, const void *constants, void *scratch);
void stm32rt_conv_2d_1x1_s8_mve(const stm32rt_window *d, const void *x, void *y,
                                const void *constants, void *scratch);
void stm32rt_conv_2d_1x1_s8_mve_rows(const stm32rt_window *d,
                                     const stm32rt_band *band, const void *x,
                                     void *y, const void *constants,
                                     void *scratch);

/* Average (N8): rounded half away from zero over the values inside the image,
 * no requantisation. Maximum (N9). Both clamp to [y_min, y_max]; every window
 * has at least one value inside the image. */
void stm32rt_average_pool_2d_s8(const stm32rt_window *d, const void *x,
                                void *y);
void stm32rt_average_pool_2d_s8_rows(const stm32rt_window *d,
                                     const stm32rt_band *band, const void *x,
                                     void *y);
/* The average over the whole image (kernel_h = x.height, kernel_w = x.width, no
 * padding, NHWC), for rows [first, first + count) of x at a time, in order; the
 * rows of x may live in a ring. scratch, 4 * channels bytes, keeps the sums
 * between the calls; the call with the last rows writes y. */
void stm32rt_average_pool_2d_s8_partial(const stm32rt_window *d,
                                        const stm32rt_band *band, const void *x,
                                        void *y, void *scratch);
/* The same of NHWC images (channel_stride 1) with MVE. */
void stm32rt_average_pool_2d_s8_mve(const stm32rt_window *d, const void *x,
                                    void *y);
void stm32rt_average_pool_2d_s8_mve_rows(const stm32rt_window *d,
                                         const stm32rt_band *band,
                                         const void *x, void *y);
void stm32rt_average_pool_2d_s8_mve_partial(const stm32rt_window *d,
                                            const stm32rt_band *band,
                                            const void *x, void *y,
                                            void *scratch);
void stm32rt_max_pool_2d_s8(const stm32rt_window *d, const void *x, void *y);
void stm32rt_max_pool_2d_s8_rows(const stm32rt_window *d,
                                 const stm32rt_band *band, const void *x,
                                 void *y);

/* Fully connected (N6): y[row][o] from bias[o] and the sum over i of
 * x[row][i] * weights[o][i]; constants as above, n = out_features. */
typedef struct stm32rt_fully_connected {
  int32_t rows, in_features, out_features;
  int32_t y_zero_point, y_min, y_max, quant_stride;
} stm32rt_fully_connected;
void stm32rt_fully_connected_s8(const stm32rt_fully_connected *d, const void *x,
                                void *y, const void *constants, void *scratch);
/* Weights packed as stm32rt_pairs.h or stm32rt_convolve_mve.h says; no
 * scratch. */
void stm32rt_fully_connected_s8_dsp(const stm32rt_fully_connected *d,
                                    const void *x, void *y,
                                    const void *constants, void *scratch);
/* in_features is a multiple of 4, the constants are in the .c file. */
void stm32rt_fully_connected_s8_dsp_wide(const stm32rt_fully_connected *d,
                                         const void *x, void *y,
                                         const void *constants, void *scratch);
void stm32rt_fully_connected_s8_mve(const stm32rt_fully_connected *d,
                                    const void *x, void *y,
                                    const void *constants, void *scratch);

/* y = clamp(zero_point + round(x / scale)) (N13), to the type of the name; x
 * aligned to 4 bytes. NaN gives the zero point. */
typedef struct stm32rt_quantize {
  int32_t count;
  float scale;
  int32_t zero_point;
} stm32rt_quantize;
void stm32rt_quantize_f32_s8(const stm32rt_quantize *d, const void *x, void *y);
void stm32rt_quantize_f32_u8(const stm32rt_quantize *d, const void *x, void *y);
void stm32rt_quantize_f32_s16(const stm32rt_quantize *d, const void *x,
                              void *y);
/* y = scale * (x - zero_point) (N15); y aligned to 4 bytes. */
void stm32rt_dequantize_s8_f32(const stm32rt_quantize *d, const void *x,
                               void *y);
void stm32rt_dequantize_u8_f32(const stm32rt_quantize *d, const void *x,
                               void *y);
void stm32rt_dequantize_s16_f32(const stm32rt_quantize *d, const void *x,
                                void *y);
void stm32rt_dequantize_s32_f32(const stm32rt_quantize *d, const void *x,
                                void *y);

/* y = clamp(y_zero_point + requantise(x - x_zero_point), y_min, y_max); the
 * types of x and y by the name, zero points of s16 and s32 are 0, and s32 is
 * scaled by less than 1. y may be x where both have one type. Serves QUANTIZE
 * between integers (N14, N40), RELU (N16) and, with multiplier 2^30 and shift
 * 30, RELU6 (N17). */
typedef struct stm32rt_requantize {
  int32_t count;
  int32_t x_zero_point, y_zero_point, multiplier, shift, y_min, y_max;
} stm32rt_requantize;
#define STM32RT_DECLARE_REQUANTIZE(NAME)                                       \
  void NAME(const stm32rt_requantize *d, const void *x, void *y);
STM32RT_DECLARE_REQUANTIZE(stm32rt_requantize_s8_s8)
STM32RT_DECLARE_REQUANTIZE(stm32rt_requantize_u8_s8)
STM32RT_DECLARE_REQUANTIZE(stm32rt_requantize_s8_u8)
STM32RT_DECLARE_REQUANTIZE(stm32rt_requantize_s8_s16)
STM32RT_DECLARE_REQUANTIZE(stm32rt_requantize_s8_s32)
STM32RT_DECLARE_REQUANTIZE(stm32rt_requantize_s16_s8)
STM32RT_DECLARE_REQUANTIZE(stm32rt_requantize_s16_s16)
STM32RT_DECLARE_REQUANTIZE(stm32rt_requantize_s16_s32)
STM32RT_DECLARE_REQUANTIZE(stm32rt_requantize_s32_s8)
STM32RT_DECLARE_REQUANTIZE(stm32rt_requantize_s32_s16)

#ifdef __cplusplus
}
#endif

/* The other families of operators. */
#include "stm32rt_custom.h"
#include "stm32rt_elementwise.h"
#include "stm32rt_movement.h"
#include "stm32rt_products.h"
#include "stm32rt_recurrent.h"
#include "stm32rt_reduction.h"
#include "stm32rt_signal.h"

#endif /* STM32RT_KERNELS_H */
