/*===-- frontend_recording.c - Plays the frames of recording.h -------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "frontend.h"
#include "recording.h"

#include KEYWORDS

#include <string.h>

_Static_assert(sizeof recording[0] == KEYWORD_FEATURES,
               "a frame of the recording has not KEYWORD_FEATURES");

static int frame;

int frontend_read(int8_t *features) {
  if (frame == RECORDING_COUNT)
    return 0;
  memcpy(features, recording[frame++], KEYWORD_FEATURES);
  return 1;
}
