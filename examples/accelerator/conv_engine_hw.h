/*===-- conv_engine_hw.h - A convolution engine with DMA, simulated ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * In place of hardware: a queue of commands that the engine works off in order
 * while the core does something else. Time goes on each time its status is read.
 * The engine computes on its local memory only; DMA moves bytes in and out.
 */
#ifndef CONV_ENGINE_HW_H
#define CONV_ENGINE_HW_H

#include <stdint.h>

#define CONV_ENGINE_QUEUE 8

/* `size` bytes from one address to another. */
typedef struct conv_engine_copy {
  const void *from;
  void *to;
  uint32_t size;
} conv_engine_copy;

/* One row of the output for some of its channels. All addresses are in local
 * memory: `rows` has the kernel_h rows of the input, one behind the other, NULL
 * for one that is outside of the image. */
typedef struct conv_engine_row {
  const int8_t *rows[3];
  const int32_t *bias, *multiplier, *shift;
  const int8_t *weights;             /* [outputs][kernel_h][kernel_w][inputs] */
  int8_t *y;                         /* [width][outputs]                     */
  int32_t inputs, outputs;           /* channels                             */
  int32_t x_width, width;
  int32_t kernel_h, kernel_w, stride, dilation, pad_left;
  int32_t pad_value, zero_point, min, max;
} conv_engine_row;

/* Forgets the queue; `memory` is local memory from now on. */
void conv_engine_hw_reset(void *memory, uint32_t size);

/* Puts a command behind the others, waiting for room if there is none. */
void conv_engine_hw_copy(const conv_engine_copy *copy);
void conv_engine_hw_row(const conv_engine_row *row);

/* True while there are commands to do: reading it lets time go on. */
int conv_engine_hw_busy(void);

/* What was done since the last reset. */
extern uint32_t conv_engine_hw_rows, conv_engine_hw_bytes;

#endif /* CONV_ENGINE_HW_H */
