/*===-- stm32rt_elementwise.h - Kernels on single elements ------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Included by stm32rt_kernels.h, which has the conventions. Names end in the type
 * of the elements: s8, s16, s32, s64, f32, b (bool, one byte of 0 or 1). The
 * rules N30 .. N43 are in docs/numerics/Elementwise.md.
 *
 * Alignment: that of the elements. Overlap: y may be an input of the same element
 * type that is not broadcast.
 */
#ifndef STM32RT_ELEMENTWISE_H
#define STM32RT_ELEMENTWISE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A function by its table (N22): of s8 y = table[x + 128], the constants are
 * int8_t table[256]; of s16 the value between two of int16_t table[513], which
 * are those for -32768, -32640, ..., 32768. */
typedef struct stm32rt_lookup {
  int32_t count;
} stm32rt_lookup;
void stm32rt_lookup_s8(const stm32rt_lookup *d, const void *x, void *y,
                       const void *constants, void *scratch);
void stm32rt_lookup_s16(const stm32rt_lookup *d, const void *x, void *y,
                        const void *constants, void *scratch);

/*===-- Two tensors -------------------------------------------------------===*/

/* Two tensors that are broadcast to y. y is written in order, in runs of `run`
 * elements; along a run a and b go on by a_step and b_step elements, 1 or 0
 * where a single element stands for all. Outside of a run there are up to five
 * dimensions, the outermost first, unused ones of size 1; their strides in
 * elements are 0 where a tensor is broadcast. */
#define STM32RT_BROADCAST_DIMS 5
typedef struct stm32rt_broadcast {
  int32_t run, a_step, b_step;
  int32_t size[STM32RT_BROADCAST_DIMS];
  int32_t a_stride[STM32RT_BROADCAST_DIMS];
  int32_t b_stride[STM32RT_BROADCAST_DIMS];
} stm32rt_broadcast;

/* Quantised arithmetic. With A = a - a_zero_point, B = b - b_zero_point,
 * P = rescale(A << left_shift, a_multiplier, a_shift), Q likewise of b, and
 * requant(v) = clamp(y_zero_point + rescale(v, y_multiplier, y_shift), y_min,
 * y_max):
 *
 *   add, sub             requant(P + Q), requant(P - Q)           N7, N30
 *   mul                  requant(A * B)                           N31
 *   squared_difference   requant((P - Q)^2)                       N32
 *   equal and so on      P == Q, to bool                          N33
 *   prelu                A < 0: requant(A * B), else P, with
 *                        left_shift 0, zero point and clamp       N34
 *   div                  A / B, see the .c file; b may not hold
 *                        its zero point: such a quotient is
 *                        y_max or y_min                           N35
 *
 * Zero points of s16 are 0. All products and sums fit in 32 bits. */
typedef struct stm32rt_binary {
  stm32rt_broadcast shape;
  int32_t left_shift;
  int32_t a_zero_point, a_multiplier, a_shift;
  int32_t b_zero_point, b_multiplier, b_shift;
  int32_t y_zero_point, y_multiplier, y_shift, y_min, y_max;
} stm32rt_binary;

#define STM32RT_DECLARE_BINARY(NAME, DESCRIPTOR)                               \
  void NAME(const DESCRIPTOR *d, const void *a, const void *b, void *y);

STM32RT_DECLARE_BINARY(stm32rt_add_s8, stm32rt_binary)
/* Faster where multiplier and shift of a, or of b, are 2^30 and 31, the shifts of
 * the other one (unless it has these too) and of y are above 31, and left_shift
 * is 8 or more. */
STM32RT_DECLARE_BINARY(stm32rt_add_s8_half, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_add_s8_dsp, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_sub_s8_dsp, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_add_s8_mve, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_sub_s8_mve, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_add_s16, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_sub_s8, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_sub_s16, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_mul_s8, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_mul_s16, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_div_s8, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_div_s16, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_squared_difference_s8, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_squared_difference_s16, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_prelu_s8, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_prelu_s16, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_scaled_equal_s8, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_scaled_not_equal_s8, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_scaled_less_s8, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_scaled_less_equal_s8, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_scaled_equal_s16, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_scaled_not_equal_s16, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_scaled_less_s16, stm32rt_binary)
STM32RT_DECLARE_BINARY(stm32rt_scaled_less_equal_s16, stm32rt_binary)

/* Arithmetic of float32 (N37), the result clamped to [y_min, y_max]; NaN stays
 * NaN. */
typedef struct stm32rt_binary_f32 {
  stm32rt_broadcast shape;
  float y_min, y_max;
} stm32rt_binary_f32;
STM32RT_DECLARE_BINARY(stm32rt_add_f32, stm32rt_binary_f32)
STM32RT_DECLARE_BINARY(stm32rt_sub_f32, stm32rt_binary_f32)
STM32RT_DECLARE_BINARY(stm32rt_mul_f32, stm32rt_binary_f32)
STM32RT_DECLARE_BINARY(stm32rt_div_f32, stm32rt_binary_f32)

/* Functions without parameters (N36, N37). Sums, differences and products of
 * s32 wrap around; a quotient by 0 is 0, a remainder by 0 the dividend. */
STM32RT_DECLARE_BINARY(stm32rt_floor_div_f32, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_floor_mod_f32, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_squared_difference_f32, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_prelu_f32, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_add_s32, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_sub_s32, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_mul_s32, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_div_s32, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_floor_div_s32, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_floor_mod_s32, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_squared_difference_s32, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_floor_div_s8, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_floor_mod_s8, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_floor_div_s16, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_floor_mod_s16, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_logical_and_b, stm32rt_broadcast)
STM32RT_DECLARE_BINARY(stm32rt_logical_or_b, stm32rt_broadcast)
#define STM32RT_DECLARE_EXTREMES(TYPE)                                         \
  STM32RT_DECLARE_BINARY(stm32rt_minimum_##TYPE, stm32rt_broadcast)            \
  STM32RT_DECLARE_BINARY(stm32rt_maximum_##TYPE, stm32rt_broadcast)
STM32RT_DECLARE_EXTREMES(s8)
STM32RT_DECLARE_EXTREMES(s16)
STM32RT_DECLARE_EXTREMES(s32)
STM32RT_DECLARE_EXTREMES(s64)
STM32RT_DECLARE_EXTREMES(f32)
/* To bool; those of s8 serve bool too. */
#define STM32RT_DECLARE_COMPARISONS(TYPE)                                      \
  STM32RT_DECLARE_BINARY(stm32rt_equal_##TYPE, stm32rt_broadcast)              \
  STM32RT_DECLARE_BINARY(stm32rt_not_equal_##TYPE, stm32rt_broadcast)          \
  STM32RT_DECLARE_BINARY(stm32rt_less_##TYPE, stm32rt_broadcast)               \
  STM32RT_DECLARE_BINARY(stm32rt_less_equal_##TYPE, stm32rt_broadcast)
STM32RT_DECLARE_COMPARISONS(s8)
STM32RT_DECLARE_COMPARISONS(s16)
STM32RT_DECLARE_COMPARISONS(s32)
STM32RT_DECLARE_COMPARISONS(s64)
STM32RT_DECLARE_COMPARISONS(f32)

/*===-- Three tensors -----------------------------------------------------===*/

/* y = c ? a : b for elements of 1, 2, 4 or 8 bytes; broadcast as above. */
typedef struct stm32rt_select {
  stm32rt_broadcast shape;
  int32_t c_step;
  int32_t c_stride[STM32RT_BROADCAST_DIMS];
} stm32rt_select;
#define STM32RT_DECLARE_SELECT(NAME)                                           \
  void NAME(const stm32rt_select *d, const void *c, const void *a,             \
            const void *b, void *y);
STM32RT_DECLARE_SELECT(stm32rt_select_1)
STM32RT_DECLARE_SELECT(stm32rt_select_2)
STM32RT_DECLARE_SELECT(stm32rt_select_4)
STM32RT_DECLARE_SELECT(stm32rt_select_8)

/*===-- One tensor --------------------------------------------------------===*/

/* Functions of float32 (N38). `alpha` is for leaky_relu, y_min and y_max for
 * clamp. */
typedef struct stm32rt_unary {
  int32_t count;
  float alpha, y_min, y_max;
} stm32rt_unary;
#define STM32RT_DECLARE_UNARY(NAME)                                            \
  void NAME(const stm32rt_unary *d, const void *x, void *y);
STM32RT_DECLARE_UNARY(stm32rt_abs_f32)
STM32RT_DECLARE_UNARY(stm32rt_neg_f32)
STM32RT_DECLARE_UNARY(stm32rt_square_f32)
STM32RT_DECLARE_UNARY(stm32rt_sqrt_f32)
STM32RT_DECLARE_UNARY(stm32rt_rsqrt_f32)
STM32RT_DECLARE_UNARY(stm32rt_exp_f32)
STM32RT_DECLARE_UNARY(stm32rt_log_f32)
STM32RT_DECLARE_UNARY(stm32rt_sin_f32)
STM32RT_DECLARE_UNARY(stm32rt_cos_f32)
STM32RT_DECLARE_UNARY(stm32rt_tanh_f32)
STM32RT_DECLARE_UNARY(stm32rt_logistic_f32)
STM32RT_DECLARE_UNARY(stm32rt_elu_f32)
STM32RT_DECLARE_UNARY(stm32rt_hard_swish_f32)
STM32RT_DECLARE_UNARY(stm32rt_leaky_relu_f32)
STM32RT_DECLARE_UNARY(stm32rt_floor_f32)
STM32RT_DECLARE_UNARY(stm32rt_ceil_f32)
STM32RT_DECLARE_UNARY(stm32rt_round_f32)
STM32RT_DECLARE_UNARY(stm32rt_clamp_f32)
STM32RT_DECLARE_UNARY(stm32rt_relu_f32)
STM32RT_DECLARE_UNARY(stm32rt_gelu_f32)
STM32RT_DECLARE_UNARY(stm32rt_gelu_tanh_f32)
STM32RT_DECLARE_UNARY(stm32rt_abs_s32)
STM32RT_DECLARE_UNARY(stm32rt_neg_s16)
STM32RT_DECLARE_UNARY(stm32rt_neg_s32)
STM32RT_DECLARE_UNARY(stm32rt_neg_s64)
STM32RT_DECLARE_UNARY(stm32rt_logical_not_b)

/* Functions of int16 with zero points 0 (N41, N42, N43). `multiplier` and
 * `shift` scale x: for logistic and tanh to 1 / (3 * 2^12), for leaky_relu where x
 * is negative (the multiplier may be negative, too). The y_ fields requantise. */
typedef struct stm32rt_unary_s16 {
  int32_t count;
  int32_t multiplier, shift;
  int32_t y_multiplier, y_shift, y_min, y_max;
} stm32rt_unary_s16;
void stm32rt_logistic_s16(const stm32rt_unary_s16 *d, const void *x, void *y);
void stm32rt_tanh_s16(const stm32rt_unary_s16 *d, const void *x, void *y);
void stm32rt_leaky_relu_s16(const stm32rt_unary_s16 *d, const void *x, void *y);
void stm32rt_abs_s16(const stm32rt_unary_s16 *d, const void *x, void *y);
void stm32rt_rsqrt_s16(const stm32rt_unary_s16 *d, const void *x, void *y);

/* The same number in another type (N39); y is not x. */
typedef struct stm32rt_cast {
  int32_t count;
} stm32rt_cast;
#define STM32RT_DECLARE_CASTS(FROM)                                            \
  void stm32rt_cast_##FROM##_b(const stm32rt_cast *d, const void *x, void *y); \
  void stm32rt_cast_##FROM##_s8(const stm32rt_cast *d, const void *x,          \
                                void *y);                                      \
  void stm32rt_cast_##FROM##_u8(const stm32rt_cast *d, const void *x,          \
                                void *y);                                      \
  void stm32rt_cast_##FROM##_s16(const stm32rt_cast *d, const void *x,         \
                                 void *y);                                     \
  void stm32rt_cast_##FROM##_s32(const stm32rt_cast *d, const void *x,         \
                                 void *y);                                     \
  void stm32rt_cast_##FROM##_s64(const stm32rt_cast *d, const void *x,         \
                                 void *y);                                     \
  void stm32rt_cast_##FROM##_f32(const stm32rt_cast *d, const void *x, void *y);
STM32RT_DECLARE_CASTS(b)
STM32RT_DECLARE_CASTS(s8)
STM32RT_DECLARE_CASTS(u8)
STM32RT_DECLARE_CASTS(s16)
STM32RT_DECLARE_CASTS(s32)
STM32RT_DECLARE_CASTS(s64)
STM32RT_DECLARE_CASTS(f32)

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_ELEMENTWISE_H */
