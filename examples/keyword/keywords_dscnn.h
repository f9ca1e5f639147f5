/*===-- keywords_dscnn.h - The ds-cnn of MLPerf Tiny -----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Copy this for a model of your own. A label that begins with '_' is never
 * reported.
 */
#define KEYWORD_LABELS                                                         \
  "down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes",       \
      "_silence", "_unknown"

#define KEYWORD_FEATURES 10 /* of a frame: MFCCs                        */
#ifndef KEYWORD_STRIDE
#define KEYWORD_STRIDE 10   /* new frames before the network runs again */
#endif
#ifndef KEYWORD_HOP
#define KEYWORD_HOP 320     /* samples between frames: 20 ms at 16 kHz  */
#endif
#define KEYWORD_AVERAGED 3  /* windows that a score is averaged over    */
#define KEYWORD_PERCENT 60  /* average score that is heard              */
#define KEYWORD_PAUSE 4     /* windows before something is heard again  */
