/*===-- frontend.h - Where the frames of sound come from -------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The function that a board implements: a microphone, and the features that the
 * model was trained on. frontend_signal.c and frontend_recording.c are front ends
 * for a first try.
 */
#ifndef EXAMPLES_FRONTEND_H
#define EXAMPLES_FRONTEND_H

#include <stdint.h>

/* Waits for the next frame and puts its KEYWORD_FEATURES, quantised as the
 * model's input is, to `features`; 0 if there is none any more. */
int frontend_read(int8_t *features);

#endif /* EXAMPLES_FRONTEND_H */
