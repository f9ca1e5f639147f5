/*===-- stm32rt_unary_f32.c - Functions of one float32, plain C ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N38; the functions themselves are in stm32rt_math.h.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_math.h"

/* Defines the kernel of FUNCTION(&descriptor, x). */
#define DEFINE(NAME, TYPE, FUNCTION)                                           \
  void stm32rt_##NAME(const stm32rt_unary *d, const void *x, void *y) {        \
    const stm32rt_unary local = *d;                                            \
    const TYPE *in = (const TYPE *)x;                                          \
    TYPE *out = (TYPE *)y;                                                     \
    for (int32_t i = 0; i < local.count; i++)                                  \
      out[i] = FUNCTION(&local, in[i]);                                        \
  }

/* The same of an expression of v. */
#define DEFINE_EXPRESSION(NAME, TYPE, EXPRESSION)                              \
  static inline TYPE NAME(const stm32rt_unary *d, TYPE v) {                    \
    (void)d;                                                                   \
    return EXPRESSION;                                                         \
  }                                                                            \
  DEFINE(NAME, TYPE, NAME)

/* min(v + 3, 0 .. 6); the reference multiplies before it divides. */
static inline float hard_sigmoid_times_6(float v) {
  return stm32rt_clamp_float(v + 3.0f, 0.0f, 6.0f);
}

/* (1 + tanh(sqrt(2 / pi) * (v + 0.044715 * v^3))) / 2, without what the sum would
 * lose. */
static inline float gelu_gate(float v) {
  return stm32rt_logistic(1.59576917f * (v + 0.044715f * (v * v * v)));
}

DEFINE_EXPRESSION(abs_f32, float, stm32rt_fabs(v))
DEFINE_EXPRESSION(neg_f32, float, -v)
DEFINE_EXPRESSION(square_f32, float, v *v)
DEFINE_EXPRESSION(sqrt_f32, float, stm32rt_sqrt(v))
DEFINE_EXPRESSION(rsqrt_f32, float, stm32rt_rsqrt(v))
DEFINE_EXPRESSION(exp_f32, float, stm32rt_exp(v))
DEFINE_EXPRESSION(log_f32, float, stm32rt_log(v))
DEFINE_EXPRESSION(sin_f32, float, stm32rt_sin(v))
DEFINE_EXPRESSION(cos_f32, float, stm32rt_cos(v))
DEFINE_EXPRESSION(tanh_f32, float, stm32rt_tanh(v))
DEFINE_EXPRESSION(logistic_f32, float, stm32rt_logistic(v))
DEFINE_EXPRESSION(elu_f32, float, v < 0.0f ? stm32rt_expm1(v) : v)
DEFINE_EXPRESSION(hard_swish_f32, float, v *hard_sigmoid_times_6(v) / 6.0f)
DEFINE_EXPRESSION(leaky_relu_f32, float, v > 0.0f ? v : v * d->alpha)
DEFINE_EXPRESSION(floor_f32, float, stm32rt_floor(v))
DEFINE_EXPRESSION(ceil_f32, float, stm32rt_ceil(v))
DEFINE_EXPRESSION(round_f32, float, stm32rt_round_even(v))
DEFINE_EXPRESSION(clamp_f32, float, stm32rt_clamp_float(v, d->y_min, d->y_max))
DEFINE_EXPRESSION(gelu_f32, float,
                  0.5f * v * stm32rt_erfc(v * -0.707106769f))
DEFINE_EXPRESSION(gelu_tanh_f32, float, v *gelu_gate(v))
DEFINE_EXPRESSION(relu_f32, float, v < 0.0f ? 0.0f : v)
