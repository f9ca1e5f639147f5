/*===-- microphone.h - Where the samples of sound come from ----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The function that a board implements if a model computes the features: see
 * frontend_model.c. microphone_audio.c plays samples that are compiled in.
 */
#ifndef EXAMPLES_MICROPHONE_H
#define EXAMPLES_MICROPHONE_H

#include <stdint.h>

/* Waits for the next `count` samples and puts them to `samples`; 0 if there are
 * no more. */
int microphone_read(int16_t *samples, int count);

#endif /* EXAMPLES_MICROPHONE_H */
