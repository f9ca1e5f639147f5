/*===-- ai_builtin.c - The network brings its own activations --------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Compiled with -DAI_NETWORK_ALLOCATE_ACTIVATIONS, or without (-DOWN_POOL):
 *then the application puts its own into the table.
 */
#include "app.h"
#include "network.h"
#include "network_data.h"
#include "network_vectors.h"

#include <string.h>

#ifdef OWN_POOL
AI_ALIGNED(32) static ai_u8 pool[AI_NETWORK_DATA_ACTIVATION_1_SIZE];
#endif

static void run_all(ai_handle net) {
  ai_buffer *in = ai_network_inputs_get(net, NULL);
  ai_buffer *out = ai_network_outputs_get(net, NULL);
  for (int i = 0; i < NETWORK_VECTORS; i++) {
    memcpy(in[0].data, network_in_1[i], AI_NETWORK_IN_1_SIZE_BYTES);
    CHECK(ai_network_run(net, in, out) == 1);
    CHECK(memcmp(out[0].data, network_out_1[i], AI_NETWORK_OUT_1_SIZE_BYTES) ==
          0);
  }
}

int main(void) {
  ai_handle net = AI_HANDLE_NULL;
  const ai_size sizes[] = AI_NETWORK_DATA_ACTIVATIONS_SIZES;
  CHECK(sizes[0] == AI_NETWORK_DATA_ACTIVATION_1_SIZE);
#ifdef OWN_POOL
  /* There is nothing to run in yet. */
  const ai_error missing = ai_network_create_and_init(&net, NULL, NULL);
  CHECK(missing.type == AI_ERROR_INIT_FAILED &&
        missing.code == AI_ERROR_CODE_NETWORK_ACTIVATIONS);
  g_network_activations_table[1] = AI_HANDLE_PTR(pool);
#endif
  ai_error err = ai_network_create_and_init(&net, NULL, NULL);
  CHECK(err.type == AI_ERROR_NONE);
  run_all(net);
  CHECK(ai_network_destroy(net) == AI_HANDLE_NULL);

  err =
      ai_network_create_and_init(&net, AI_NETWORK_DATA_ACTIVATIONS_TABLE_GET(),
                                 AI_NETWORK_DATA_WEIGHTS_TABLE_GET());
  CHECK(err.type == AI_ERROR_NONE);
  run_all(net);
  CHECK(ai_network_destroy(net) == AI_HANDLE_NULL);

  ai_network_params params;
  CHECK(ai_network_create(&net, AI_NETWORK_DATA_CONFIG).type == AI_ERROR_NONE);
  CHECK(ai_network_data_params_get(&params));
  CHECK(params.map_activations.buffer[0].data ==
        g_network_activations_table[1]);
  CHECK(ai_network_init(net, &params));
  run_all(net);
  CHECK(ai_network_destroy(net) == AI_HANDLE_NULL);
  return app_result();
}
