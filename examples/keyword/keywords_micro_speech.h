/*===-- keywords_micro_speech.h - micro_speech of TensorFlow Lite Micro ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * A label that begins with '_' is never reported.
 */
#define KEYWORD_LABELS "_silence", "_unknown", "yes", "no"

#define KEYWORD_FEATURES 40 /* of a frame: energy in bands of frequency */
#ifndef KEYWORD_STRIDE
#define KEYWORD_STRIDE 5    /* new frames before the network runs again */
#endif
#ifndef KEYWORD_HOP
#define KEYWORD_HOP 320     /* samples between frames: 20 ms at 16 kHz  */
#endif
#define KEYWORD_AVERAGED 3  /* windows that a score is averaged over    */
#define KEYWORD_PERCENT 60  /* average score that is heard              */
#define KEYWORD_PAUSE 10    /* windows before something is heard again  */
