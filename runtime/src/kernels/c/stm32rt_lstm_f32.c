/*===-- stm32rt_lstm_f32.c - LSTM of float32, plain C ----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N82 of docs/Numerics.md. As for integers, the output holds the hidden
 * state of the step before.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_math.h"

enum { INPUT, FORGET, CELL, OUTPUT, GATES };

/* The constants of the next gate. */
typedef struct gate_rows {
  const float *bias, *input_weights, *recurrent_weights;
} gate_rows;

/* The reference leaves out the 1 of 1 + e^-v where it hardly matters, which
 * still shows in results that are small altogether. */
static float logistic(float v) {
  return v < -9.0f ? stm32rt_exp(v) : stm32rt_logistic(v);
}

static float dot(const float *a, const float *b, int32_t count) {
  float sum = 0.0f;
  for (int32_t i = 0; i < count; i++)
    sum += a[i] * b[i];
  return sum;
}

/* One step of one batch. */
static void step(const stm32rt_lstm_float *d, gate_rows rows, const float *x,
                 const float *hidden, float *cell, float *y) {
  const stm32rt_lstm_shape *s = &d->shape;
  for (int32_t u = 0; u < s->units; u++) {
    float z[GATES];
    for (int gate = 0; gate < GATES; gate++) {
      z[gate] = (dot(x, rows.input_weights, s->inputs) + *rows.bias) +
                dot(hidden, rows.recurrent_weights, s->units);
      rows.bias++;
      rows.input_weights += s->inputs;
      rows.recurrent_weights += s->units;
    }
    const float kept = logistic(z[FORGET]) * cell[u];
    const float taken = logistic(z[INPUT]) * stm32rt_tanh(z[CELL]);
    float c = kept + taken;
    if (d->cell_clip > 0.0f)
      c = c > d->cell_clip    ? d->cell_clip
          : c < -d->cell_clip ? -d->cell_clip
                              : c;
    cell[u] = c;
    y[u] = stm32rt_tanh(c) * logistic(z[OUTPUT]);
  }
}

void stm32rt_lstm_f32(const stm32rt_lstm_float *d, const void *x, void *hidden,
                      void *cell, void *y, const void *constants,
                      void *scratch) {
  const stm32rt_lstm_shape *s = &d->shape;
  const float *bias = (const float *)constants;
  const float *weights = bias + s->units * GATES;
  const gate_rows rows = {bias, weights,
                          weights + s->units * GATES * s->inputs};
  (void)scratch;
  for (int32_t b = 0; b < s->batches; b++) {
    const float *in = (const float *)x + b * s->x_batch;
    float *out = (float *)y + b * s->y_batch;
    float *const state = (float *)hidden + b * s->units;
    const float *last = state;
    for (int32_t t = 0; t < s->steps; t++) {
      step(d, rows, in, last, (float *)cell + b * s->units, out);
      last = out;
      in += s->x_step;
      out += s->y_step;
    }
    memcpy(state, last, (size_t)s->units * sizeof *state);
  }
}
