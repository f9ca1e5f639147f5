/*===-- camera_frames.c - A camera that plays frames.h ---------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "person.h"

#include "camera.h"
#include "frames.h"

#include <string.h>

_Static_assert(sizeof camera_frames[0] == CAMERA_HEIGHT * CAMERA_LINE_SIZE,
               "the frames have another size than the model's input");

static int frame = -1;
static int row;

int camera_begin_frame(void) {
  row = 0;
  return ++frame < CAMERA_FRAMES_COUNT;
}

void camera_read_line(uint8_t *line) {
  memcpy(line, camera_frames[frame] + CAMERA_LINE_SIZE * row++,
         CAMERA_LINE_SIZE);
}
