/*===-- main.c - Says whether a camera sees a person -----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Compiled with --stream-input, the network computes while the camera sends:
 * no image is ever stored. Without, the image is put where the network reads it.
 */
#include "person.h"

#include "camera.h"
#include "console.h"

/* Of the two scores, which one is that of a person. */
#define PERSON 1

#if AI_PERSON_OUT_1_SIZE != 2
#error "the model has not two scores: no person, person"
#endif
#if AI_PERSON_IN_1_ZERO_POINT != -128 && AI_PERSON_IN_1_ZERO_POINT != -1
#error "to_input does not know this zero point of the input"
#endif
_Static_assert(AI_PERSON_IN_1_FORMAT == AI_BUFFER_FORMAT_S8 &&
                   AI_PERSON_OUT_1_FORMAT == AI_BUFFER_FORMAT_S8,
               "the model's input or output is not int8");

static struct person_activations activations;
static stm32rt_context context;

/* The network's input for a byte of the camera: of a model whose input has the
 * zero point -128, or the scale 1/127.5 and -1, it is this for each of 256. */
static int8_t to_input(uint8_t pixel) { return (int8_t)(pixel - 128); }

static void read_line(int8_t *row) {
  uint8_t line[CAMERA_LINE_SIZE];
  camera_read_line(line);
  for (int i = 0; i < CAMERA_LINE_SIZE; ++i)
    row[i] = to_input(line[i]);
}

#ifdef PERSON_STREAM_ROWS
static stm32rt_status run_frame(void) {
  int8_t row[CAMERA_LINE_SIZE];
  stm32rt_stream stream;
  stm32rt_status status = person_begin_stream(&stream, &context);
  for (int y = 0; y < CAMERA_HEIGHT && status == STM32RT_OK; ++y) {
    read_line(row);
    status = person_push_rows(&stream, row, 1);
  }
  return status;
}
#else
static stm32rt_status run_frame(void) {
  int8_t *image = (int8_t *)stm32rt_input(&context, 0);
  for (int y = 0; y < CAMERA_HEIGHT; ++y)
    read_line(image + y * CAMERA_LINE_SIZE);
  return stm32rt_run(&context);
}
#endif

static void print_result(int frame, const int8_t *scores) {
  console_put("frame ");
  console_number(frame);
  console_put(scores[PERSON] > scores[1 - PERSON] ? ": person, " : ": nobody, ");
  /* A score is a probability of 0 (-128) to 255/256 (127). */
  console_number((scores[PERSON] + 128) * 100 / 256);
  console_put(" %, scores");
  for (int i = 0; i < AI_PERSON_OUT_1_SIZE; ++i) {
    console_put(" ");
    console_number(scores[i]);
  }
  console_put("\n");
}

int main(void) {
  const stm32rt_memory pool = {&activations, sizeof activations};
  stm32rt_status status =
      stm32rt_create(&context, &person_model, &pool, 1, NULL);
  if (status != STM32RT_OK)
    return console_fail("stm32rt_create", stm32rt_status_text(status));

  for (int frame = 0; camera_begin_frame(); ++frame) {
    status = run_frame();
    if (status != STM32RT_OK)
      return console_fail("the network did not run",
                          stm32rt_status_text(status));
    print_result(frame, (const int8_t *)stm32rt_output(&context, 0));
  }
  return 0;
}
