/*===-- stm32rt_recurrent.h - Kernels with state ----------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Included by stm32rt_kernels.h, which has the conventions. States stand behind
 * the activations in a call; the kernel reads them and leaves there what the
 * next run finds. They are aligned to their elements.
 */
#ifndef STM32RT_RECURRENT_H
#define STM32RT_RECURRENT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*===-- Variables -----------------------------------------------------------===
 */

/* y takes the bytes of the variable, or the variable those of x. */
typedef struct stm32rt_variable {
  uint32_t size;                     /* bytes                                */
} stm32rt_variable;
void stm32rt_read_variable(const stm32rt_variable *d, void *state, void *y);
void stm32rt_assign_variable(const stm32rt_variable *d, const void *x,
                             void *state);

/*===-- SVDF (N77, N78) -----------------------------------------------------===
 *
 * x [batches, inputs], state [batches, units * rank, memory], oldest value
 * first, y [batches, units]. Each filter's state moves by one and takes
 *
 *   clamp(rescale(feature_bias + sum of x * feature_weights)) + zero point
 *
 * as its newest value, the last sum modulo the state's type; then
 *
 *   y = requantise(bias + sum of state * time_weights over rank filters)
 *
 * Constants: int32 feature_bias [units * rank], int32 bias [units],
 * time_weights [units * rank, memory] of the state's type,
 * int8 feature_weights [units * rank, inputs]. Zero points are in the biases.
 */
typedef struct stm32rt_svdf_shape {
  int32_t batches, inputs, units, rank, memory;
} stm32rt_svdf_shape;

typedef struct stm32rt_svdf {
  stm32rt_svdf_shape shape;
  int32_t state_multiplier, state_shift, state_zero_point;
  int32_t state_min, state_max;
  int32_t multiplier, shift, y_zero_point;
  int32_t y_min, y_max;
} stm32rt_svdf;
/* The state is int8. */
void stm32rt_svdf_s8(const stm32rt_svdf *d, const void *x, void *state, void *y,
                     const void *constants, void *scratch);
/* The state is int16; sums over time wrap in 32 bits, so `shift` is 32 or
 * more. */
void stm32rt_svdf_s8_s16(const stm32rt_svdf *d, const void *x, void *state,
                         void *y, const void *constants, void *scratch);

/* All float32, without feature_bias; y is clamped to [low, high]. */
typedef struct stm32rt_svdf_float {
  stm32rt_svdf_shape shape;
  float low, high;
} stm32rt_svdf_float;
void stm32rt_svdf_f32(const stm32rt_svdf_float *d, const void *x, void *state,
                      void *y, const void *constants, void *scratch);

/*===-- LSTM (N80 .. N82) ---------------------------------------------------===
 *
 * Batch b of step t begins at x + b * x_batch + t * x_step (elements), and so
 * does y. hidden and cell are [batches, units]. With the gates input, forget,
 * cell, output:
 *
 *   z[g]  = requantise_x[g](input_bias + sum of x * input_weights)
 *         + requantise_h[g](recurrent_bias + sum of hidden * recurrent_weights)
 *   cell  = requantise(logistic(z[1]) * cell)
 *         + requantise(logistic(z[0]) * tanh(z[2])), clipped to +-cell_limit
 *   y     = hidden = requantise(logistic(z[3]) * tanh(cell))
 *
 * Constants, with the rows of the four gates of a unit one behind the other:
 * input_bias [units, 4], recurrent_bias [units, 4] (int8 only), int8
 * input_weights [units, 4, inputs], int8 recurrent_weights [units, 4, units].
 * Biases are int32 for int8 and int64 for int16 activations.
 */
typedef struct stm32rt_lstm_shape {
  int32_t batches, steps, inputs, units;
  int32_t x_batch, x_step, y_batch, y_step;
} stm32rt_lstm_shape;

typedef struct stm32rt_scale {
  int32_t multiplier, shift;
} stm32rt_scale;

typedef struct stm32rt_lstm {
  stm32rt_lstm_shape shape;
  stm32rt_scale input[4], recurrent[4];
  stm32rt_scale forget_cell, input_cell, output;
  int32_t y_zero_point, y_min, y_max;
  int32_t tanh_shift;                /* to Q3.12: left, right if negative    */
  int32_t cell_limit;                /* 0: none                              */
} stm32rt_lstm;
/* x, hidden and y are int8, or all int16; cell is int16. */
void stm32rt_lstm_s8(const stm32rt_lstm *d, const void *x, void *hidden,
                     void *cell, void *y, const void *constants, void *scratch);
void stm32rt_lstm_s16(const stm32rt_lstm *d, const void *x, void *hidden,
                      void *cell, void *y, const void *constants,
                      void *scratch);

/* All float32, without recurrent_bias. */
typedef struct stm32rt_lstm_float {
  stm32rt_lstm_shape shape;
  float cell_clip;                   /* 0: none                              */
} stm32rt_lstm_float;
void stm32rt_lstm_f32(const stm32rt_lstm_float *d, const void *x, void *hidden,
                      void *cell, void *y, const void *constants,
                      void *scratch);

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_RECURRENT_H */
