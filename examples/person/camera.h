/*===-- camera.h - Where the images come from ------------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The two functions that a board implements, for DCMI and DMA for instance.
 * camera_pattern.c and camera_frames.c are cameras for a first try.
 */
#ifndef EXAMPLES_CAMERA_H
#define EXAMPLES_CAMERA_H

#include <stdint.h>

/* The size of an image is that of the model's input. */
#define CAMERA_HEIGHT AI_PERSON_IN_1_HEIGHT
#define CAMERA_WIDTH AI_PERSON_IN_1_WIDTH
#define CAMERA_CHANNELS AI_PERSON_IN_1_CHANNEL
#define CAMERA_LINE_SIZE (CAMERA_WIDTH * CAMERA_CHANNELS)

/* Waits for the next image; 0 if there is none any more. */
int camera_begin_frame(void);

/* Waits for the next line of the image and puts it to `line`, CAMERA_LINE_SIZE
 * bytes: a grey pixel is a byte, a coloured one red, green and blue. */
void camera_read_line(uint8_t *line);

#endif /* EXAMPLES_CAMERA_H */
