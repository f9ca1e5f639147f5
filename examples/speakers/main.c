/*===-- main.c - Recognises who speaks, while they speak -------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Each frame is handed to the network when it is there. The network computes as
 * far as the frames allow and keeps only those that it still needs.
 */
#include "console.h"
#include "speakers.h"
#include "speech.h"

_Static_assert(SPEAKERS_STREAM_ROW_SIZE == SPEECH_COEFFICIENTS,
               "the model takes frames of another size");

static struct speakers_activations activations;
static stm32rt_context context;

/* One utterance; silence, which is 0, fills what is left of the input. */
static stm32rt_status listen(void) {
  int8_t frame[SPEECH_COEFFICIENTS];
  stm32rt_stream stream;
  stm32rt_status status = speakers_begin_stream(&stream, &context);
  uint32_t taken = 0;
  for (; taken < SPEAKERS_STREAM_ROWS && speech_read(frame); ++taken)
    if (status == STM32RT_OK)
      status = speakers_push_rows(&stream, frame, 1);
  for (int i = 0; i < SPEECH_COEFFICIENTS; ++i)
    frame[i] = 0;
  for (; taken < SPEAKERS_STREAM_ROWS && status == STM32RT_OK; ++taken)
    status = speakers_push_rows(&stream, frame, 1);
  return status;
}

/* The index of the largest score, the first one if several are equal. */
static int find_largest(const int8_t *scores) {
  int best = 0;
  for (int i = 1; i < AI_SPEAKERS_OUT_1_SIZE; ++i)
    if (scores[i] > scores[best])
      best = i;
  return best;
}

int main(void) {
  const stm32rt_memory pool = {&activations, sizeof activations};
  stm32rt_status status =
      stm32rt_create(&context, &speakers_model, &pool, 1, NULL);
  if (status != STM32RT_OK)
    return console_fail("stm32rt_create", stm32rt_status_text(status));

  int right = 0, count = 0;
  for (; speech_begin(); ++count) {
    status = listen();
    if (status != STM32RT_OK)
      return console_fail("the network did not run",
                          stm32rt_status_text(status));
    const int8_t *scores = (const int8_t *)stm32rt_output(&context, 0);
    const int speaker = find_largest(scores);
    console_put("utterance ");
    console_number(count);
    console_put(": speaker ");
    console_number(speaker);
    console_put(", ");
    console_number((scores[speaker] + 128) * 100 / 256);
    console_put(speaker == speech_speaker() ? " %\n" : " %, wrong\n");
    right += speaker == speech_speaker();
  }
  console_number(right);
  console_put(" of ");
  console_number(count);
  console_put(" are right\n");
  return 0;
}
