/*===-- main.c - Hears keywords --------------------------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The network runs on a window of frames that moves by KEYWORD_STRIDE. A keyword
 * is heard when its score, averaged over some windows, is high enough; then there
 * is a pause, because the next windows hold the same word.
 */
#include "console.h"
#include "frontend.h"
#include "keyword.h"

#include KEYWORDS

#include <string.h>

#define FRAMES (AI_KEYWORD_IN_1_SIZE / KEYWORD_FEATURES)
#define LABELS AI_KEYWORD_OUT_1_SIZE

static const char *const labels[] = {KEYWORD_LABELS};

_Static_assert(AI_KEYWORD_IN_1_FORMAT == AI_BUFFER_FORMAT_S8 &&
                   AI_KEYWORD_OUT_1_FORMAT == AI_BUFFER_FORMAT_S8,
               "the model's input or output is not int8");
_Static_assert(sizeof labels / sizeof *labels == LABELS,
               "KEYWORD_LABELS has not as many labels as the model has scores");
_Static_assert(FRAMES * KEYWORD_FEATURES == AI_KEYWORD_IN_1_SIZE,
               "the model's input is no multiple of KEYWORD_FEATURES");
_Static_assert(KEYWORD_STRIDE >= 1 && KEYWORD_STRIDE <= FRAMES,
               "KEYWORD_STRIDE is not 1 to the frames of a window");

static struct keyword_activations activations;
static stm32rt_context context;

/* The oldest frame first. Not in the pool: a run overwrites its input. */
static int8_t frames[FRAMES][KEYWORD_FEATURES];

/* Scores of the last windows, and their sums. */
static int8_t recent[KEYWORD_AVERAGED][LABELS];
static int32_t sums[LABELS];

/* Moves the window by KEYWORD_STRIDE frames; 0 if there are no more. */
static int move_window(void) {
  memmove(frames[0], frames[KEYWORD_STRIDE],
          (FRAMES - KEYWORD_STRIDE) * sizeof frames[0]);
  for (int i = FRAMES - KEYWORD_STRIDE; i < FRAMES; ++i)
    if (!frontend_read(frames[i]))
      return 0;
  return 1;
}

/* Takes the scores of window `index` and returns the best average's label. */
static int average(int index, const int8_t *scores) {
  int8_t *oldest = recent[index % KEYWORD_AVERAGED];
  int best = 0;
  for (int i = 0; i < LABELS; ++i) {
    sums[i] += scores[i] - oldest[i];
    oldest[i] = scores[i];
    if (sums[i] > sums[best])
      best = i;
  }
  return best;
}

static void print_window(int index, const int8_t *scores) {
  console_put("window ");
  console_number(index);
  console_put(":");
  for (int i = 0; i < LABELS; ++i) {
    console_put(" ");
    console_number(scores[i]);
  }
  console_put("\n");
}

static void print_heard(int index, int label, int percent) {
  console_put("window ");
  console_number(index);
  console_put(": heard ");
  console_put(labels[label]);
  console_put(", ");
  console_number(percent);
  console_put(" %\n");
}

int main(void) {
  const stm32rt_memory pool = {&activations, sizeof activations};
  stm32rt_status status =
      stm32rt_create(&context, &keyword_model, &pool, 1, NULL);
  if (status != STM32RT_OK)
    return console_fail("stm32rt_create", stm32rt_status_text(status));

  /* Before the first sound all scores are 0 %, and the window is silent. */
  memset(frames, AI_KEYWORD_IN_1_ZERO_POINT, sizeof frames);
  memset(recent, -128, sizeof recent);
  for (int i = 0; i < LABELS; ++i)
    sums[i] = -128 * KEYWORD_AVERAGED;

  int pause = 0;
  for (int index = 0; move_window(); ++index) {
    memcpy(stm32rt_input(&context, 0), frames, sizeof frames);
    status = stm32rt_run(&context);
    if (status != STM32RT_OK)
      return console_fail("stm32rt_run", stm32rt_status_text(status));

    const int8_t *scores = (const int8_t *)stm32rt_output(&context, 0);
#ifdef KEYWORD_VERBOSE
    print_window(index, scores);
#else
    (void)print_window;
#endif
    const int label = average(index, scores);
    const int percent =
        (int)(sums[label] + 128 * KEYWORD_AVERAGED) * 100 / (256 * KEYWORD_AVERAGED);
    if (pause > 0) {
      --pause;
    } else if (percent >= KEYWORD_PERCENT && labels[label][0] != '_') {
      print_heard(index, label, percent);
      pause = KEYWORD_PAUSE;
    }
  }
  return 0;
}
