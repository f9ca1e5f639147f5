/*===-- stm32rt_products.h - Kernels on windows and matrices ----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Included by stm32rt_kernels.h, which has the conventions and the int8
 *kernels. Rules N55 to N63 are in docs/numerics/Window.md. Activations are
 *aligned to their elements.
 *
 * Constants, in this order, the block aligned to its first array:
 *
 *   s8_offset, s8_once   int32_t bias[c], multiplier[n], shift[n],
 *                        weights_zero_point[1]; int8_t weights[]
 *   s16                  int64_t bias[c]; int32_t multiplier[n], shift[n];
 *                        int8_t weights[];    multipliers are below 2^15
 *   s16_short            int32_t bias[c], multiplier[n], shift[n];
 *                        int8_t weights[]
 *   f32                  float bias[c], limits[2], weights[]
 *   f32_s8               float bias[c], limits[2]; int32_t asymmetric[1];
 *                        float weights_scale[n]; int8_t weights[]
 *
 * with c = y.channels, n = c or 1 as quant_stride says. Weights lie as those of
 * the int8 kernels. The sums of s16 take 64 bits and are rounded once; those of
 * s8_once take 32 bits and are rounded once; all other integers as in N6. f32
 * clamps to limits and does not use y_zero_point, y_min and y_max.
 */
#ifndef STM32RT_PRODUCTS_H
#define STM32RT_PRODUCTS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The kernels of one operator and type, for all rows and for a band. */
#define STM32RT_CONV_KERNELS(name)                                             \
  void name(const stm32rt_window *d, const void *x, void *y,                   \
            const void *constants, void *scratch);                             \
  void name##_rows(const stm32rt_window *d, const stm32rt_band *band,          \
                   const void *x, void *y, const void *constants,              \
                   void *scratch)

/* 2-D and depthwise convolution (N55 to N58). */
STM32RT_CONV_KERNELS(stm32rt_conv_2d_s8_offset);
STM32RT_CONV_KERNELS(stm32rt_conv_2d_s16);
STM32RT_CONV_KERNELS(stm32rt_conv_2d_s16_short);
STM32RT_CONV_KERNELS(stm32rt_conv_2d_f32);
STM32RT_CONV_KERNELS(stm32rt_depthwise_conv_2d_s8_offset);
STM32RT_CONV_KERNELS(stm32rt_depthwise_conv_2d_s16);
STM32RT_CONV_KERNELS(stm32rt_depthwise_conv_2d_s16_short);
STM32RT_CONV_KERNELS(stm32rt_depthwise_conv_2d_f32);

/* Transposed convolution (N60): x at (r, c) reaches y at (r * stride_h -
 * pad_top
 * + kh, c * stride_w - pad_left + kw). pad_value is the zero point of x, which
 * is not folded into the bias. Weights [out][kh][kw][in]; s8 has the constants
 * of stm32rt_conv_2d_s8. */
STM32RT_CONV_KERNELS(stm32rt_transpose_conv_2d_s8);
STM32RT_CONV_KERNELS(stm32rt_transpose_conv_2d_s8_offset);
STM32RT_CONV_KERNELS(stm32rt_transpose_conv_2d_s16);
STM32RT_CONV_KERNELS(stm32rt_transpose_conv_2d_s16_short);
STM32RT_CONV_KERNELS(stm32rt_transpose_conv_2d_f32);

/* Grouped 2-D convolution: each of `groups` runs of output channels reads its
 * own run of input channels. Weights [out][kh][kw][in / groups]. */
typedef struct stm32rt_grouped_window {
  stm32rt_window window;
  int32_t groups;
} stm32rt_grouped_window;
void stm32rt_conv_2d_grouped_s8(const stm32rt_grouped_window *d, const void *x,
                                void *y, const void *constants, void *scratch);
void stm32rt_conv_2d_grouped_s8_offset(const stm32rt_grouped_window *d,
                                       const void *x, void *y,
                                       const void *constants, void *scratch);
void stm32rt_conv_2d_grouped_s16(const stm32rt_grouped_window *d, const void *x,
                                 void *y, const void *constants, void *scratch);
void stm32rt_conv_2d_grouped_f32(const stm32rt_grouped_window *d, const void *x,
                                 void *y, const void *constants, void *scratch);

/* Fully connected (N55 to N58). */
void stm32rt_fully_connected_s8_offset(const stm32rt_fully_connected *d,
                                       const void *x, void *y,
                                       const void *constants, void *scratch);
void stm32rt_fully_connected_s8_once(const stm32rt_fully_connected *d,
                                     const void *x, void *y,
                                     const void *constants, void *scratch);
void stm32rt_fully_connected_s16(const stm32rt_fully_connected *d,
                                 const void *x, void *y, const void *constants,
                                 void *scratch);
void stm32rt_fully_connected_s16_short(const stm32rt_fully_connected *d,
                                       const void *x, void *y,
                                       const void *constants, void *scratch);
void stm32rt_fully_connected_f32(const stm32rt_fully_connected *d,
                                 const void *x, void *y, const void *constants,
                                 void *scratch);

/* float32 activations with int8 weights (N59): x is quantised by the range of
 * each image or row, into scratch of an image's or a row's elements in bytes.
 * `asymmetric` says whether rows get a zero point. */
void stm32rt_conv_2d_f32_s8(const stm32rt_window *d, const void *x, void *y,
                            const void *constants, void *scratch);
void stm32rt_depthwise_conv_2d_f32_s8(const stm32rt_window *d, const void *x,
                                      void *y, const void *constants,
                                      void *scratch);
void stm32rt_fully_connected_f32_s8(const stm32rt_fully_connected *d,
                                    const void *x, void *y,
                                    const void *constants, void *scratch);

/* Pools of int16 as those of int8 (N8, N9). */
void stm32rt_average_pool_2d_s16(const stm32rt_window *d, const void *x,
                                 void *y);
void stm32rt_average_pool_2d_s16_rows(const stm32rt_window *d,
                                      const stm32rt_band *band, const void *x,
                                      void *y);
void stm32rt_max_pool_2d_s16(const stm32rt_window *d, const void *x, void *y);
void stm32rt_max_pool_2d_s16_rows(const stm32rt_window *d,
                                  const stm32rt_band *band, const void *x,
                                  void *y);

/* Pools of float32 (N62); limits are the least and the greatest output. */
typedef struct stm32rt_pool_f32 {
  stm32rt_window window;
  float limits[2];
} stm32rt_pool_f32;
void stm32rt_average_pool_2d_f32(const stm32rt_pool_f32 *d, const void *x,
                                 void *y);
void stm32rt_average_pool_2d_f32_rows(const stm32rt_pool_f32 *d,
                                      const stm32rt_band *band, const void *x,
                                      void *y);
void stm32rt_max_pool_2d_f32(const stm32rt_pool_f32 *d, const void *x, void *y);
void stm32rt_max_pool_2d_f32_rows(const stm32rt_pool_f32 *d,
                                  const stm32rt_band *band, const void *x,
                                  void *y);

/* Products of matrices (N61), for each matrix of a batch
 *
 *   y[r][c] = output(sum over k < depth of (a - a_zero_point)
 *                                        * (b - b_zero_point))
 *
 * with a at r * a_row + k * a_step, b at c * b_column + k * b_step. Batches are
 * up to three leading dimensions of y, outermost first, unused ones of size 1;
 * a_batch and b_batch are the elements from one matrix to the next, 0 where it
 * is used again. s16 rounds once, with a multiplier below 2^15 and sums of 64
 * bits; f32 uses neither zero points nor what follows them. */
typedef struct stm32rt_batch_matmul {
  int32_t batch[3], a_batch[3], b_batch[3];
  int32_t rows, columns, depth;
  int32_t a_row, a_step, b_column, b_step;
  int32_t a_zero_point, b_zero_point, y_zero_point;
  int32_t multiplier, shift, y_min, y_max;
} stm32rt_batch_matmul;
void stm32rt_batch_matmul_s8(const stm32rt_batch_matmul *d, const void *a,
                             const void *b, void *y);
void stm32rt_batch_matmul_s16(const stm32rt_batch_matmul *d, const void *a,
                              const void *b, void *y);
void stm32rt_batch_matmul_f32(const stm32rt_batch_matmul *d, const void *a,
                              const void *b, void *y);

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_PRODUCTS_H */
