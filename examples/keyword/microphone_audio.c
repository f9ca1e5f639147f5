/*===-- microphone_audio.c - Plays the samples of audio.h ------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "audio.h"
#include "microphone.h"

#include <string.h>

static int played;

int microphone_read(int16_t *samples, int count) {
  if (count > AUDIO_COUNT - played)
    return 0;
  memcpy(samples, audio + played, (size_t)count * sizeof *samples);
  played += count;
  return 1;
}
