/*===-- frontend_signal.c - A tone whose pitch rises -----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Not what somebody says: it shows that the application runs.
 */
#include "frontend.h"

#include KEYWORDS

#define FRAMES 120

static int frame;

int frontend_read(int8_t *features) {
  if (frame == FRAMES)
    return 0;
  for (int i = 0; i < KEYWORD_FEATURES; ++i) {
    /* Loud around one feature, which moves by one every 8 frames. */
    const int away = i - frame / 8 % KEYWORD_FEATURES;
    features[i] = (int8_t)(away * away < 4 ? 100 - 30 * away * away : -128);
  }
  ++frame;
  return 1;
}
