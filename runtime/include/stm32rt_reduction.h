/*===-- stm32rt_reduction.h - Kernels along dimensions ----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Included by stm32rt_kernels.h, which has the conventions. Floats are aligned
 * to 4 bytes, int16 to 2.
 */
#ifndef STM32RT_REDUCTION_H
#define STM32RT_REDUCTION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reduces some dimensions of x. `kept` describes those of y (size, and stride in
 * x in elements, outermost first), `reduced` those of which one value of y is
 * made; unused entries are size 1, stride 0. Neighbours of one kind are merged,
 * so three of each are enough for rank 6. `count` is the product of
 * reduced_size.
 *
 *   sum_s8, sum_s16   y = clamp(y_zero_point + requantise(sum of x
 *                     - count * x_zero_point), y_min, y_max): MEAN and SUM
 *                     (N10, N65), a mean's multiplier includes 1 / count
 *   sum_s32           modulo 2^32; mean_s32 divides the whole sum (N65)
 *   sum_f32, mean_f32 the sum from 0 on in the order of memory, divided by
 *                     count (N66)
 *   max_*, min_*      (N67)
 *   arg_max_*, arg_min_*   the first index along the only reduced dimension;
 *                     y is int32, or int64 if index_bytes is 8 (N67)
 */
typedef struct stm32rt_reduce {
  int32_t kept_size[3], kept_stride[3];
  int32_t reduced_size[3], reduced_stride[3];
  int32_t count;
  int32_t x_zero_point, y_zero_point, multiplier, shift; /* sum_s8, sum_s16 */
  int32_t y_min, y_max;
  int32_t index_bytes;                                   /* arg_max, arg_min */
} stm32rt_reduce;

void stm32rt_reduce_sum_s8(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_sum_s16(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_sum_s32(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_mean_s32(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_sum_f32(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_mean_f32(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_max_s8(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_max_s16(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_max_s32(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_max_f32(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_min_s8(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_min_s16(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_min_s32(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_reduce_min_f32(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_arg_max_s8(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_arg_max_s32(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_arg_max_f32(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_arg_min_s8(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_arg_min_s32(const stm32rt_reduce *d, const void *x, void *y);
void stm32rt_arg_min_f32(const stm32rt_reduce *d, const void *x, void *y);

/* Normalisations of rows, each `depth` elements long. y may be x where both have
 * one type.
 *
 * Softmax. The difference to the row's maximum is scaled by multiplier and
 * left_shift.
 *
 *   s8      to int8, scale 1/256, zero point -128 (N12): differences become
 *           fixed point with 5 integer bits; below diff_min the exponential
 *           counts as 0
 *   s8_s16  the same to int16, scale 1/65536, zero point -32768 (N12)
 *   s16     scale 1/32768; left_shift may be negative (N68)
 *   f32     differences times beta (N69) */
typedef struct stm32rt_softmax {
  int32_t rows, depth;
  int32_t multiplier, left_shift, diff_min;
  float beta;
} stm32rt_softmax;
void stm32rt_softmax_s8(const stm32rt_softmax *d, const void *x, void *y);
void stm32rt_softmax_s8_s16(const stm32rt_softmax *d, const void *x, void *y);
void stm32rt_softmax_s16(const stm32rt_softmax *d, const void *x, void *y);
void stm32rt_softmax_f32(const stm32rt_softmax *d, const void *x, void *y);

/* Logarithm of the softmax (N70). int8: scale 1/16, zero point 127; multiplier,
 * left_shift and diff_min as those of softmax, inverse_multiplier and
 * inverse_shift (a right shift, 31 or more) scale back. float32 has none. */
typedef struct stm32rt_log_softmax {
  int32_t rows, depth;
  int32_t multiplier, left_shift, diff_min;
  int32_t inverse_multiplier, inverse_shift;
} stm32rt_log_softmax;
void stm32rt_log_softmax_s8(const stm32rt_log_softmax *d, const void *x,
                            void *y);
void stm32rt_log_softmax_f32(const stm32rt_log_softmax *d, const void *x,
                             void *y);

/* Rows divided by their Euclidean norm (N71). int8: scale 1/128, zero point 0;
 * differences to x_zero_point are shifted left by left_shift before the
 * product, 0 for int8, 7 for what was uint8. */
typedef struct stm32rt_l2_normalize {
  int32_t rows, depth;
  int32_t x_zero_point, left_shift;
} stm32rt_l2_normalize;
void stm32rt_l2_normalize_s8(const stm32rt_l2_normalize *d, const void *x,
                             void *y);
void stm32rt_l2_normalize_f32(const stm32rt_l2_normalize *d, const void *x,
                              void *y);

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_REDUCTION_H */
