/*===-- stm32rt_lstm_int.c - LSTM of int8 and of int16, plain C ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rules N80 and N81 of docs/Numerics.md. A unit needs all of the hidden state
 * of the step before, which the output holds: so a step is one walk over the
 * units and over their weights, without scratch.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"
#include "stm32rt_sigmoid.h"

#include <string.h>

enum { INPUT, FORGET, CELL, OUTPUT, GATES };

/* The constants of the next unit. */
typedef struct gate_rows {
  const void *input_bias, *recurrent_bias; /* the second is NULL for int16 */
  const int8_t *input_weights, *recurrent_weights;
} gate_rows;

static inline int32_t saturate(int32_t v) {
  return stm32rt_clamp(v, INT16_MIN, INT16_MAX);
}

/* A product of two int16 values. */
static inline int32_t scale_product(int32_t a, int32_t b, stm32rt_scale scale) {
  return stm32rt_rescale(a * b, scale.multiplier, scale.shift);
}

static int32_t scale_sum(int32_t sum, stm32rt_scale scale) {
  return saturate(stm32rt_rescale(sum, scale.multiplier, scale.shift));
}

/* The sums of the four gates, which share x; z of one side. */
static STM32RT_NOINLINE void sums_s8(const int8_t *x, const int8_t *weights,
                                     int32_t count, const int32_t *bias,
                                     const stm32rt_scale *scales, int32_t *z) {
  const int8_t *w0 = weights, *w1 = w0 + count, *w2 = w1 + count,
               *w3 = w2 + count;
  int32_t s0 = bias[0], s1 = bias[1], s2 = bias[2], s3 = bias[3];
  for (int32_t i = 0; i < count; i++) {
    const int32_t v = x[i];
    s0 += v * w0[i];
    s1 += v * w1[i];
    s2 += v * w2[i];
    s3 += v * w3[i];
  }
  z[0] = scale_sum(s0, scales[0]);
  z[1] = scale_sum(s1, scales[1]);
  z[2] = scale_sum(s2, scales[2]);
  z[3] = scale_sum(s3, scales[3]);
}

/* The sum has more than 32 bits and the multiplier, rounded, 15 (N81). */
static int32_t sum_s16(const int16_t *x, const int8_t *weights, int32_t count,
                       int64_t bias, stm32rt_scale scale) {
  const int32_t multiplier = scale.multiplier < 0x7fff0000
                                 ? (scale.multiplier + (1 << 15)) >> 16
                                 : 0x7fff;
  const int32_t shift = scale.shift - 16;
  int64_t sum = bias;
  for (int32_t i = 0; i < count; i++)
    sum += x[i] * weights[i];
  const int64_t rounded = sum * multiplier + ((int64_t)1 << (shift - 1));
  return saturate((int32_t)(rounded >> shift));
}

/* The gates of the next unit before their functions, Q3.12. */
STM32RT_INLINE void next_gates(const stm32rt_lstm *d, gate_rows *rows,
                               const void *x, const void *hidden, int is_wide,
                               int32_t z[GATES]) {
  const int32_t inputs = d->shape.inputs, units = d->shape.units;
  int32_t recurrent[GATES];
  if (is_wide) {
    const int64_t *bias = (const int64_t *)rows->input_bias;
    for (int gate = 0; gate < GATES; gate++) {
      z[gate] = sum_s16((const int16_t *)x, rows->input_weights + gate * inputs,
                        inputs, bias[gate], d->input[gate]);
      recurrent[gate] = sum_s16((const int16_t *)hidden,
                                rows->recurrent_weights + gate * units, units,
                                0, d->recurrent[gate]);
    }
    rows->input_bias = bias + GATES;
  } else {
    const int32_t *bias = (const int32_t *)rows->input_bias;
    const int32_t *recurrent_bias = (const int32_t *)rows->recurrent_bias;
    sums_s8((const int8_t *)x, rows->input_weights, inputs, bias, d->input, z);
    sums_s8((const int8_t *)hidden, rows->recurrent_weights, units,
            recurrent_bias, d->recurrent, recurrent);
    rows->input_bias = bias + GATES;
    rows->recurrent_bias = recurrent_bias + GATES;
  }
  for (int gate = 0; gate < GATES; gate++)
    z[gate] = saturate(z[gate] + recurrent[gate]);
  rows->input_weights += GATES * inputs;
  rows->recurrent_weights += GATES * units;
}

/* The new cell state of a unit. */
static int32_t update_cell(const stm32rt_lstm *d, int32_t cell,
                           const int32_t z[GATES]) {
  const int32_t kept =
      scale_product(stm32rt_logistic_q15(3 * z[FORGET]), cell, d->forget_cell);
  const int32_t taken =
      scale_product(stm32rt_logistic_q15(3 * z[INPUT]),
                    stm32rt_tanh_q15(3 * z[CELL]), d->input_cell);
  const int32_t sum = saturate(saturate(kept) + saturate(taken));
  return d->cell_limit > 0 ? stm32rt_clamp(sum, -d->cell_limit, d->cell_limit)
                           : sum;
}

/* The output of a unit. */
static int32_t update_hidden(const stm32rt_lstm *d, int32_t cell,
                             int32_t output_gate) {
  const int32_t shift = d->tanh_shift;
  const int32_t argument = shift >= 0
                               ? cell * (3 << shift)
                               : (3 * cell + (1 << (-shift - 1))) >> -shift;
  const int32_t v =
      scale_product(stm32rt_tanh_q15(argument),
                    stm32rt_logistic_q15(3 * output_gate), d->output);
  return stm32rt_clamp(v + d->y_zero_point, d->y_min, d->y_max);
}

/* One step of one batch. */
STM32RT_INLINE void step(const stm32rt_lstm *d, gate_rows rows, const void *x,
                         const void *hidden, int16_t *cell, void *y,
                         int is_wide) {
  for (int32_t u = 0; u < d->shape.units; u++) {
    int32_t z[GATES];
    next_gates(d, &rows, x, hidden, is_wide, z);
    cell[u] = (int16_t)update_cell(d, cell[u], z);
    const int32_t v = update_hidden(d, cell[u], z[OUTPUT]);
    if (is_wide)
      ((int16_t *)y)[u] = (int16_t)v;
    else
      ((int8_t *)y)[u] = (int8_t)v;
  }
}

STM32RT_INLINE void lstm(const stm32rt_lstm *d, const void *x, void *hidden,
                         void *cell, void *y, gate_rows rows, int is_wide) {
  const stm32rt_lstm_shape *s = &d->shape;
  const int32_t width = is_wide ? 2 : 1;
  for (int32_t b = 0; b < s->batches; b++) {
    const int8_t *in = (const int8_t *)x + b * s->x_batch * width;
    int8_t *out = (int8_t *)y + b * s->y_batch * width;
    int8_t *const state = (int8_t *)hidden + b * s->units * width;
    const int8_t *last = state;
    for (int32_t t = 0; t < s->steps; t++) {
      step(d, rows, in, last, (int16_t *)cell + b * s->units, out, is_wide);
      last = out;
      in += s->x_step * width;
      out += s->y_step * width;
    }
    memcpy(state, last, (size_t)(s->units * width));
  }
}

void stm32rt_lstm_s8(const stm32rt_lstm *d, const void *x, void *hidden,
                     void *cell, void *y, const void *constants,
                     void *scratch) {
  const stm32rt_lstm_shape *s = &d->shape;
  const int32_t *input_bias = (const int32_t *)constants;
  const int32_t *recurrent_bias = input_bias + s->units * GATES;
  const int8_t *weights = (const int8_t *)(recurrent_bias + s->units * GATES);
  const gate_rows rows = {input_bias, recurrent_bias, weights,
                          weights + s->units * GATES * s->inputs};
  (void)scratch;
  lstm(d, x, hidden, cell, y, rows, 0);
}

void stm32rt_lstm_s16(const stm32rt_lstm *d, const void *x, void *hidden,
                      void *cell, void *y, const void *constants,
                      void *scratch) {
  const stm32rt_lstm_shape *s = &d->shape;
  const int64_t *input_bias = (const int64_t *)constants;
  const int8_t *weights = (const int8_t *)(input_bias + s->units * GATES);
  const gate_rows rows = {input_bias, NULL, weights,
                          weights + s->units * GATES * s->inputs};
  (void)scratch;
  lstm(d, x, hidden, cell, y, rows, 1);
}
