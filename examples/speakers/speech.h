/*===-- speech.h - Where the frames of speech come from --------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * What a board implements with a microphone and an analysis of each 25.6 ms;
 * speech.c plays recorded utterances.
 */
#ifndef EXAMPLES_SPEECH_H
#define EXAMPLES_SPEECH_H

#include <stdint.h>

#define SPEECH_COEFFICIENTS 12

/* Waits until somebody speaks; 0 if nobody will any more. */
int speech_begin(void);

/* Waits for the next frame, every 6.4 ms, and puts its coefficients c to `frame`
 * as round(56 * c); 0 at the end of the utterance. */
int speech_read(int8_t *frame);

/* Who spoke, to compare with. */
int speech_speaker(void);

#endif /* EXAMPLES_SPEECH_H */
