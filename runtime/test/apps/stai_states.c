/*===-- stai_states.c - A network that remembers ---------------------------
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Two contexts with states of their own, by turns in one pool of activations.
 */
#include "app.h"
#include "counter.h"
#include "counter_vectors.h"

#include <string.h>

#if STAI_COUNTER_STATES_NUM != 1
#error "the network has no states of its own"
#endif

STAI_NETWORK_CONTEXT_DECLARE(context_1, STAI_COUNTER_CONTEXT_SIZE)
STAI_NETWORK_CONTEXT_DECLARE(context_2, STAI_COUNTER_CONTEXT_SIZE)
STAI_ALIGNED(32) static uint8_t pool[STAI_COUNTER_ACTIVATION_1_SIZE_BYTES];
STAI_ALIGNED(32) static uint8_t other[STAI_COUNTER_ACTIVATION_1_SIZE_BYTES];
STAI_ALIGNED(32) static uint8_t states_1[STAI_COUNTER_STATE_1_SIZE_BYTES];
STAI_ALIGNED(32) static uint8_t states_2[STAI_COUNTER_STATE_1_SIZE_BYTES];

static void create(stai_network *context, uint8_t *states) {
  const stai_ptr acts[] = {pool}, memory[] = {states};
  stai_ptr got[1];
  stai_size count = 0;
  CHECK(stai_counter_init(context) == STAI_SUCCESS);
  CHECK(stai_counter_set_activations(context, acts, 1) == STAI_SUCCESS);
  CHECK(stai_counter_run(context, STAI_MODE_SYNC) ==
        STAI_ERROR_NETWORK_INVALID_STATES_PTR);
  CHECK(stai_counter_set_states(context, memory, 1) == STAI_SUCCESS);
  CHECK(stai_counter_get_states(context, got, &count) == STAI_SUCCESS);
  CHECK(count == 1 && got[0] == states);
}

/* Run `i` of a sequence. */
static int run(stai_network *context, int i) {
  stai_ptr in[1], out[1];
  stai_size count;
  CHECK(stai_counter_get_inputs(context, in, &count) == STAI_SUCCESS);
  CHECK(stai_counter_get_outputs(context, out, &count) == STAI_SUCCESS);
  memcpy(in[0], counter_in_1[i], STAI_COUNTER_IN_1_SIZE_BYTES);
  CHECK(stai_counter_run(context, STAI_MODE_SYNC) == STAI_SUCCESS);
  return memcmp(out[0], counter_out_1[i], STAI_COUNTER_OUT_1_SIZE_BYTES) == 0;
}

int main(void) {
  const stai_ptr acts[] = {other}, memory[] = {states_1};
  stai_network_info info;
  create(context_1, states_1);
  create(context_2, states_2);
  CHECK(stai_counter_get_info(context_1, &info) == STAI_SUCCESS);
  CHECK(info.n_states == 1);
  CHECK(info.states[0].size_bytes == STAI_COUNTER_STATES_SIZE_BYTES);
  for (int i = 0; i < COUNTER_VECTORS; i++) {
    CHECK(run(context_1, i));
    CHECK(run(context_2, i));
    /* Other activations: the states stay. */
    if (i == 1)
      CHECK(stai_counter_set_activations(context_1, acts, 1) == STAI_SUCCESS);
  }
  /* Without a new beginning the sequence is another one; with one it is not. */
  CHECK(!run(context_1, 0));
  CHECK(stai_counter_set_states(context_1, memory, 1) == STAI_SUCCESS);
  for (int i = 0; i < COUNTER_VECTORS; i++)
    CHECK(run(context_1, i));
  return app_result();
}
