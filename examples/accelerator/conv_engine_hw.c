/*===-- conv_engine_hw.c - A convolution engine with DMA, simulated ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "conv_engine_hw.h"

#include "stm32rt_requant.h"

#include <string.h>

/* What the engine does each time somebody looks. */
#define BYTES_A_LOOK 64u
#define PIXELS_A_LOOK 4

typedef struct command {
  int is_row;
  conv_engine_copy copy;
  conv_engine_row row;
} command;

static command queue[CONV_ENGINE_QUEUE];
static uint32_t first, count;
static uint32_t done; /* bytes or pixels of the first command */
static const uint8_t *local;
static uint32_t local_size;

uint32_t conv_engine_hw_rows, conv_engine_hw_bytes;

void conv_engine_hw_reset(void *memory, uint32_t size) {
  local = (const uint8_t *)memory;
  local_size = size;
  first = count = done = 0;
  conv_engine_hw_rows = conv_engine_hw_bytes = 0;
}

static int is_local(const void *address) {
  const uint8_t *byte = (const uint8_t *)address;
  return byte >= local && byte < local + local_size;
}

static int8_t compute(const conv_engine_row *r, int32_t pixel, int32_t channel) {
  const int8_t *w = r->weights + (size_t)channel * (size_t)r->kernel_h *
                                     (size_t)r->kernel_w * (size_t)r->inputs;
  int32_t sum = r->bias[channel];
  for (int32_t ky = 0; ky < r->kernel_h; ky++)
    for (int32_t kx = 0; kx < r->kernel_w; kx++) {
      const int32_t column = pixel * r->stride - r->pad_left + kx * r->dilation;
      const int inside =
          r->rows[ky] != NULL && column >= 0 && column < r->x_width;
      for (int32_t c = 0; c < r->inputs; c++)
        sum += *w++ * (inside ? r->rows[ky][column * r->inputs + c]
                              : r->pad_value);
    }
  return stm32rt_output_s8(sum, r->multiplier[channel], r->shift[channel],
                           r->zero_point, r->min, r->max);
}

/* True if the first command is done. A wire that leads nowhere is a result that
 * is wrong, as in hardware. */
static int work_on_row(const conv_engine_row *r) {
  if (!is_local(r->weights) || !is_local(r->y))
    return 1;
  for (int i = 0; i < PIXELS_A_LOOK && done < (uint32_t)r->width; i++, done++)
    for (int32_t channel = 0; channel < r->outputs; channel++)
      r->y[(int32_t)done * r->outputs + channel] =
          compute(r, (int32_t)done, channel);
  if (done < (uint32_t)r->width)
    return 0;
  conv_engine_hw_rows++;
  return 1;
}

static int work_on_copy(const conv_engine_copy *c) {
  const uint32_t left = c->size - done;
  const uint32_t size = left < BYTES_A_LOOK ? left : BYTES_A_LOOK;
  memcpy((uint8_t *)c->to + done, (const uint8_t *)c->from + done, size);
  done += size;
  if (done < c->size)
    return 0;
  conv_engine_hw_bytes += c->size;
  return 1;
}

int conv_engine_hw_busy(void) {
  if (count == 0)
    return 0;
  const command *c = &queue[first];
  if (c->is_row ? work_on_row(&c->row) : work_on_copy(&c->copy)) {
    first = (first + 1) % CONV_ENGINE_QUEUE;
    count--;
    done = 0;
  }
  return count != 0;
}

static command *next_command(void) {
  while (count == CONV_ENGINE_QUEUE)
    (void)conv_engine_hw_busy();
  return &queue[(first + count++) % CONV_ENGINE_QUEUE];
}

void conv_engine_hw_copy(const conv_engine_copy *copy) {
  command *c = next_command();
  c->is_row = 0;
  c->copy = *copy;
}

void conv_engine_hw_row(const conv_engine_row *row) {
  command *c = next_command();
  c->is_row = 1;
  c->row = *row;
}
