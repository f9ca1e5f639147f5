/*===-- speech.c - Plays the utterances of utterances.h --------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "speech.h"
#include "utterances.h"

#include <string.h>

static int utterance = -1;
static int frame;

int speech_begin(void) {
  frame = 0;
  return ++utterance < SPEECH_UTTERANCES_COUNT;
}

int speech_read(int8_t *to) {
  if (frame == speech_lengths[utterance])
    return 0;
  memcpy(to, speech_utterances[utterance] + frame * SPEECH_COEFFICIENTS,
         SPEECH_COEFFICIENTS);
  ++frame;
  return 1;
}

int speech_speaker(void) { return speech_labels[utterance]; }
