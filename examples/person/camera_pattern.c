/*===-- camera_pattern.c - A camera that sees a pattern that moves ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "person.h"

#include "camera.h"

#define FRAMES 3

static int frame = -1;
static int row;

int camera_begin_frame(void) {
  row = 0;
  return ++frame < FRAMES;
}

/* Brightness rises to the right and downwards, and starts over behind 255. */
void camera_read_line(uint8_t *line) {
  for (int i = 0; i < CAMERA_LINE_SIZE; ++i)
    line[i] = (uint8_t)(5 * i + 3 * row + 64 * frame);
  ++row;
}
