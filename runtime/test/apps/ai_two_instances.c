/*===-- ai_two_instances.c - One network twice, pools shared or not --------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Compiled with -DAI_NETWORK_INSTANCES=2. The observer of the first instance
 * runs the second one: with pools of their own, in the middle of a run.
 */
#include "app.h"
#include "network.h"
#include "network_data.h"
#include "network_vectors.h"

#include <string.h>

AI_ALIGNED(32) static ai_u8 pool_1[AI_NETWORK_DATA_ACTIVATIONS_SIZE];
AI_ALIGNED(32) static ai_u8 pool_2[AI_NETWORK_DATA_ACTIVATIONS_SIZE];

static ai_handle net_1, net_2;
static unsigned int nested;

static ai_handle create(ai_u8 *pool) {
  ai_handle net = AI_HANDLE_NULL;
  const ai_handle acts[] = {pool};
  const ai_error err = ai_network_create_and_init(&net, acts, NULL);
  CHECK(err.type == AI_ERROR_NONE);
  return net;
}

static void run(ai_handle net, int i) {
  ai_buffer *in = ai_network_inputs_get(net, NULL);
  ai_buffer *out = ai_network_outputs_get(net, NULL);
  memcpy(in[0].data, network_in_1[i], AI_NETWORK_IN_1_SIZE_BYTES);
  CHECK(ai_network_run(net, in, out) == 1);
  CHECK(memcmp(out[0].data, network_out_1[i], AI_NETWORK_OUT_1_SIZE_BYTES) ==
        0);
}

static int in_use(ai_handle net) {
  const ai_error err = ai_network_get_error(net);
  return err.type == AI_ERROR_INVALID_STATE && err.code == AI_ERROR_CODE_IN_USE;
}

static ai_u32 run_other(const ai_handle cookie, const ai_u32 flags,
                        const ai_observer_node *node) {
  AI_UNUSED(cookie)
  AI_UNUSED(flags)
  run(net_2, (node->c_idx + 1) % NETWORK_VECTORS);
  nested++;
  /* The running instance itself refuses everything. */
  ai_network_params params;
  CHECK(ai_network_data_params_get(&params));
  AI_BUFFER_ARRAY_ITEM_SET_ADDRESS(&params.map_activations, 0, pool_1);
  CHECK(ai_network_run(net_1, ai_network_inputs_get(net_1, NULL),
                       ai_network_outputs_get(net_1, NULL)) == 0);
  CHECK(in_use(net_1));
  CHECK(ai_network_forward(net_1, ai_network_inputs_get(net_1, NULL)) == 0);
  CHECK(in_use(net_1));
  CHECK(!ai_network_init(net_1, &params) && in_use(net_1));
  CHECK(ai_network_destroy(net_1) == net_1 && in_use(net_1));
  CHECK(!ai_platform_observer_register(net_1, run_other, NULL,
                                       AI_OBSERVER_PRE_EVT));
  CHECK(in_use(net_1));
  CHECK(!ai_platform_copier_set(net_1, NULL) && in_use(net_1));
  return 0;
}

int main(void) {
  /* Own activations: they do not disturb each other at any operator. */
  net_1 = create(pool_1);
  net_2 = create(pool_2);
  ai_handle none = AI_HANDLE_NULL;
  CHECK(ai_network_create(&none, NULL).type == AI_ERROR_ALLOCATION_FAILED);
  CHECK(ai_platform_observer_register(
      net_1, run_other, NULL, AI_OBSERVER_PRE_EVT | AI_OBSERVER_POST_EVT));
  for (int i = 0; i < NETWORK_VECTORS; i++)
    run(net_1, i);
  CHECK(nested == 2u * AI_NETWORK_N_NODES * NETWORK_VECTORS);
  CHECK(ai_network_destroy(net_2) == AI_HANDLE_NULL);
  CHECK(ai_platform_observer_unregister(net_1, run_other, NULL));

  /* Shared activations: one after the other. */
  net_2 = create(pool_1);
  for (int i = 0; i < NETWORK_VECTORS; i++) {
    run(net_1, i);
    run(net_2, NETWORK_VECTORS - 1 - i);
  }
  CHECK(ai_network_destroy(net_1) == AI_HANDLE_NULL);
  CHECK(ai_network_destroy(net_2) == AI_HANDLE_NULL);
  return app_result();
}
