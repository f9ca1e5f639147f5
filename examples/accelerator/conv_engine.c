/*===-- conv_engine.c - Convolutions on the simulated engine ----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * A layer is done in blocks of output channels, as many as local memory holds:
 *
 *   parameters of the block | two rows of the output | rows of the input
 *
 * Rows of the input are sent once for each block and stay while a later row of
 * the output needs them. Rows of the output alternate between two places, so
 * that one leaves while the next is computed. The core only fills the queue.
 */
#include "conv_engine.h"
#include "conv_engine_hw.h"

#include <stddef.h>

/* Local memory, and the first block of the layer that is there already. */
static struct {
  uint8_t *memory;
  uint32_t size;
  const void *loaded;
} engine;

/* How a layer uses local memory; sizes in bytes. */
typedef struct plan {
  int32_t block;                     /* output channels at once              */
  uint32_t weights;                  /* of one output channel                */
  uint32_t x_row, y_row;             /* of the output: of one block          */
} plan;

static uint32_t round_up(uint32_t bytes) { return (bytes + 3u) & ~3u; }

/* Bytes of a block of `block` output channels; bias, multiplier and shift are
 * 12 bytes a channel. */
static uint32_t block_bytes(const stm32rt_window *d, const plan *p,
                            int32_t block) {
  const uint32_t channels = (uint32_t)block;
  return round_up(channels * (12u + p->weights)) +
         2u * round_up((uint32_t)d->y.width * channels) +
         (uint32_t)d->kernel_h * p->x_row;
}

/* 0 if not even one output channel has room. */
static plan make_plan(const stm32rt_window *d) {
  plan p;
  p.weights = (uint32_t)(d->kernel_h * d->kernel_w * d->x.channels);
  p.x_row = round_up((uint32_t)(d->x.width * d->x.channels));
  p.block = d->y.channels;
  while (p.block > 0 && block_bytes(d, &p, p.block) > engine.size)
    p.block--;
  p.y_row = round_up((uint32_t)(d->y.width * p.block));
  return p;
}

static int can_do(const stm32rt_window *d) {
  return d->batches == 1 && d->kernel_h <= 3 &&
         d->stride_h == d->stride_w && d->dilation_h == d->dilation_w &&
         d->x.channel_stride == 1 && d->x.pixel_stride == d->x.channels &&
         d->y.channel_stride == 1 && make_plan(d).block > 0;
}

/*===-- Parameters --------------------------------------------------------===*/

static void send(const void *from, void *to, uint32_t size) {
  const conv_engine_copy copy = {from, to, size};
  conv_engine_hw_copy(&copy);
}

/* Sends bias, multiplier, shift and weights of `n` channels from `channel` on.
 * One multiplier for all channels is sent once for each. */
static void send_parameters(const stm32rt_window *d, const plan *p,
                            const void *constants, int32_t channel, int32_t n) {
  const int32_t *bias = (const int32_t *)constants;
  const int32_t *multiplier = bias + d->y.channels;
  const int32_t count = d->quant_stride != 0 ? d->y.channels : 1;
  const int32_t *shift = multiplier + count;
  const int8_t *weights = (const int8_t *)(shift + count);
  int32_t *to = (int32_t *)(void *)engine.memory;
  send(bias + channel, to, (uint32_t)n * 4u);
  if (d->quant_stride != 0) {
    send(multiplier + channel, to + n, (uint32_t)n * 4u);
    send(shift + channel, to + 2 * n, (uint32_t)n * 4u);
  } else {
    for (int32_t i = 0; i < n; i++) {
      send(multiplier, to + n + i, 4);
      send(shift, to + 2 * n + i, 4);
    }
  }
  send(weights + (size_t)channel * p->weights, to + 3 * n,
       (uint32_t)n * p->weights);
}

stm32rt_status
conv_engine_configure(const stm32rt_context *context,
                      const stm32rt_accelerator *accelerator) {
  if (accelerator->pool == STM32RT_NO_POOL)
    return STM32RT_ERROR_ACCELERATOR;
  engine.memory = (uint8_t *)stm32rt_at(context, accelerator->pool, 0);
  engine.size = context->model->pools[accelerator->pool].size;
  engine.loaded = NULL;
  conv_engine_hw_reset(engine.memory, engine.size);
  for (uint16_t i = 0; i < accelerator->operator_count; i++)
    if (!can_do((const stm32rt_window *)accelerator->operators[i].descriptor))
      return STM32RT_ERROR_ACCELERATOR;

  const stm32rt_window *d =
      (const stm32rt_window *)accelerator->operators[0].descriptor;
  const plan p = make_plan(d);
  engine.loaded =
      stm32rt_constant(context, accelerator->operators[0].constants);
  send_parameters(d, &p, engine.loaded, 0, p.block);
  return STM32RT_OK;
}

/*===-- Running -----------------------------------------------------------===*/

/* What all commands of a block have in common. */
static conv_engine_row make_row(const stm32rt_window *d, int32_t n) {
  const int32_t *parameters = (const int32_t *)(const void *)engine.memory;
  conv_engine_row row = {0};
  row.bias = parameters;
  row.multiplier = parameters + n;
  row.shift = parameters + 2 * n;
  row.weights = (const int8_t *)(parameters + 3 * n);
  row.inputs = d->x.channels;
  row.outputs = n;
  row.x_width = d->x.width;
  row.width = d->y.width;
  row.kernel_h = d->kernel_h;
  row.kernel_w = d->kernel_w;
  row.stride = d->stride_w;
  row.dilation = d->dilation_w;
  row.pad_left = d->pad_left;
  row.pad_value = d->pad_value;
  row.zero_point = d->y_zero_point;
  row.min = d->y_min;
  row.max = d->y_max;
  return row;
}

/* Which of the kernel_h places in local memory row `index` of the input has. With
 * dilation, rows of several windows may share one: it is sent again. */
static int32_t place_of(const stm32rt_window *d, int32_t index) {
  return index / d->dilation_h % d->kernel_h;
}

/* Sends the channels of one row of the output back, pixel by pixel if they are
 * not all. */
static void fetch(const stm32rt_window *d, const int8_t *from, int8_t *to,
                  int32_t n) {
  if (n == d->y.channels && d->y.pixel_stride == n) {
    send(from, to, (uint32_t)(n * d->y.width));
    return;
  }
  for (int32_t pixel = 0; pixel < d->y.width; pixel++)
    send(from + pixel * n, to + pixel * d->y.pixel_stride, (uint32_t)n);
}

static void run_block(const stm32rt_window *d, const plan *p, const int8_t *x,
                      int8_t *y, int32_t n) {
  uint8_t *outputs = engine.memory + round_up((uint32_t)n * (12u + p->weights));
  uint8_t *inputs = outputs + 2u * p->y_row;
  int32_t held[3] = {-1, -1, -1};    /* rows that local memory has           */
  for (int32_t r = 0; r < d->y.height; r++) {
    conv_engine_row row = make_row(d, n);
    row.y = (int8_t *)outputs + ((r & 1) != 0 ? p->y_row : 0u);
    for (int32_t ky = 0; ky < d->kernel_h; ky++) {
      const int32_t index =
          r * d->stride_h - d->pad_top + ky * d->dilation_h;
      if (index < 0 || index >= d->x.height)
        continue;
      const int32_t place = place_of(d, index);
      int8_t *to = (int8_t *)inputs + (size_t)place * p->x_row;
      if (held[place] != index)
        send(x + (size_t)index * (size_t)d->x.row_stride, to,
             (uint32_t)(d->x.width * d->x.channels));
      held[place] = index;
      row.rows[ky] = to;
    }
    conv_engine_hw_row(&row);
    fetch(d, row.y, y + (size_t)r * (size_t)d->y.row_stride, n);
  }
}

void conv_engine_run(const stm32rt_window *d, const void *x, void *y,
                     const void *constants, void *scratch) {
  const plan p = make_plan(d);
  (void)scratch;
  for (int32_t channel = 0; channel < d->y.channels; channel += p.block) {
    const int32_t left = d->y.channels - channel;
    const int32_t n = left < p.block ? left : p.block;
    if (channel != 0 || engine.loaded != constants)
      send_parameters(d, &p, constants, channel, n);
    engine.loaded = NULL;
    run_block(d, &p, (const int8_t *)x, (int8_t *)y + channel, n);
  }
  while (conv_engine_hw_busy())
    continue;
}
