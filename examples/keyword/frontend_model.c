/*===-- frontend_model.c - A model that computes the features --------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The model turns a window of samples into one frame. Windows overlap: each
 * begins KEYWORD_HOP samples behind the one before.
 */
#include "console.h"
#include "frontend.h"
#include "frontend_net.h"
#include "microphone.h"

#include KEYWORDS

#include <string.h>

#define WINDOW AI_FRONTEND_NET_IN_1_SIZE

_Static_assert(AI_FRONTEND_NET_IN_1_FORMAT == AI_BUFFER_FORMAT_S16,
               "the front end does not take samples of 16 bits");
_Static_assert(AI_FRONTEND_NET_OUT_1_FORMAT == AI_BUFFER_FORMAT_S8,
               "the front end's features are not int8");
_Static_assert(AI_FRONTEND_NET_OUT_1_SIZE == KEYWORD_FEATURES,
               "the front end computes another number of features");
_Static_assert(KEYWORD_HOP >= 1 && KEYWORD_HOP <= WINDOW,
               "KEYWORD_HOP is not 1 to the samples of a window");

static struct frontend_net_activations activations;
#ifdef FRONTEND_NET_POOL_STATES
static struct frontend_net_states states;
#endif
static stm32rt_context context;

/* Not in the pool: a run may overwrite its input. */
static int16_t samples[WINDOW];

static stm32rt_status create(void) {
  const stm32rt_memory pools[FRONTEND_NET_POOL_COUNT] = {
      [FRONTEND_NET_POOL_ACTIVATIONS] = {&activations, sizeof activations},
#ifdef FRONTEND_NET_POOL_STATES
      [FRONTEND_NET_POOL_STATES] = {&states, sizeof states},
#endif
  };
  return stm32rt_create(&context, &frontend_net_model, pools,
                        FRONTEND_NET_POOL_COUNT, NULL);
}

static int fail(stm32rt_status status) {
  (void)console_fail("the front end", stm32rt_status_text(status));
  return 0;
}

int frontend_read(int8_t *features) {
  static int created;
  stm32rt_status status = created ? STM32RT_OK : create();
  if (status != STM32RT_OK)
    return fail(status);
  created = 1;

  memmove(samples, samples + KEYWORD_HOP,
          (WINDOW - KEYWORD_HOP) * sizeof *samples);
  if (!microphone_read(samples + WINDOW - KEYWORD_HOP, KEYWORD_HOP))
    return 0;
  memcpy(stm32rt_input(&context, 0), samples, sizeof samples);
  status = stm32rt_run(&context);
  if (status != STM32RT_OK)
    return fail(status);
  memcpy(features, stm32rt_output(&context, 0), KEYWORD_FEATURES);
  return 1;
}
