/*===-- stai_contexts.c - One network in two contexts, pools shared or not -
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The callback of one context runs the other one, in the middle of its run; the
 * running context itself refuses to be changed.
 */
#include "app.h"
#include "network.h"
#include "network_vectors.h"

#include <string.h>

STAI_NETWORK_CONTEXT_DECLARE(context_1, STAI_NETWORK_CONTEXT_SIZE)
STAI_NETWORK_CONTEXT_DECLARE(context_2, STAI_NETWORK_CONTEXT_SIZE)
STAI_ALIGNED(32) static uint8_t pool_1[STAI_NETWORK_ACTIVATION_1_SIZE_BYTES];
STAI_ALIGNED(32) static uint8_t pool_2[STAI_NETWORK_ACTIVATION_1_SIZE_BYTES];

static int nested;

static void create(stai_network *context, uint8_t *pool) {
  const stai_ptr acts[] = {pool};
  CHECK(stai_network_init(context) == STAI_SUCCESS);
  CHECK(stai_network_set_activations(context, acts, 1) == STAI_SUCCESS);
}

static void run(stai_network *context, int i) {
  stai_ptr in[1], out[1];
  stai_size count;
  CHECK(stai_network_get_inputs(context, in, &count) == STAI_SUCCESS);
  CHECK(stai_network_get_outputs(context, out, &count) == STAI_SUCCESS);
  memcpy(in[0], network_in_1[i], STAI_NETWORK_IN_1_SIZE_BYTES);
  CHECK(stai_network_run(context, STAI_MODE_SYNC) == STAI_SUCCESS);
  CHECK(memcmp(out[0], network_out_1[i], STAI_NETWORK_OUT_1_SIZE_BYTES) == 0);
}

#define CHECK_REFUSED(call) CHECK((call) == STAI_ERROR_NETWORK_STILL_RUNNING)

static void run_other(void *cb_cookie, const stai_event_type event_type,
                      const void *event_payload) {
  const stai_ptr acts[] = {pool_2}, io[] = {pool_1};
  stai_ptr weights[1], in[1];
  stai_size count;
  STAI_UNUSED(cb_cookie)
  STAI_UNUSED(event_type)
  STAI_UNUSED(event_payload)
  run(context_2, nested++ % NETWORK_VECTORS);
  CHECK_REFUSED(stai_network_run(context_1, STAI_MODE_SYNC));
  CHECK_REFUSED(stai_network_init(context_1));
  CHECK_REFUSED(stai_network_deinit(context_1));
  CHECK_REFUSED(stai_network_set_activations(context_1, acts, 1));
  CHECK_REFUSED(stai_network_set_states(context_1, NULL, 0));
  CHECK_REFUSED(stai_network_set_inputs(context_1, io, 1));
  CHECK_REFUSED(stai_network_set_outputs(context_1, io, 1));
  CHECK_REFUSED(stai_network_set_callback(context_1, NULL, NULL));
  CHECK(stai_network_get_weights(context_1, weights, &count) == STAI_SUCCESS);
  CHECK_REFUSED(stai_network_set_weights(context_1, weights, count));
  CHECK(stai_network_get_inputs(context_1, in, &count) == STAI_SUCCESS);
  CHECK_REFUSED(stai_network_get_error(context_1));
}

int main(void) {
  create(context_1, pool_1);
  create(context_2, pool_2);
  CHECK(stai_network_set_callback(context_1, run_other, NULL) == STAI_SUCCESS);
  for (int i = 0; i < NETWORK_VECTORS; i++)
    run(context_1, i);
  CHECK(nested == 2 * STAI_NETWORK_NODES_NUM * NETWORK_VECTORS);
  CHECK(stai_network_get_error(context_2) == STAI_SUCCESS);

  /* One after the other in one pool. */
  create(context_1, pool_2);
  CHECK(stai_network_get_error(context_1) == STAI_SUCCESS);
  for (int i = 0; i < NETWORK_VECTORS; i++) {
    run(context_1, i);
    run(context_2, NETWORK_VECTORS - 1 - i);
  }
  return app_result();
}
