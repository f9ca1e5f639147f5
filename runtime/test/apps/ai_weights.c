/*===-- ai_weights.c - Weights in external flash ---------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The weights lie where a loader put them, and the application says where. That
 * memory is an array here, filled from the section .ext_flash that
 * NETWORK_WEIGHTS_SECTION names; the test checks its address.
 */
#include "app.h"
#include "network.h"
#include "network_data.h"
#include "network_vectors.h"

#include <string.h>

AI_ALIGNED(32) static ai_u8 activations[AI_NETWORK_DATA_ACTIVATIONS_SIZE];
AI_ALIGNED(32) static ai_u8 loaded[AI_NETWORK_DATA_WEIGHTS_SIZE + 1];

static void run_all(const ai_handle weights[], int same) {
  ai_handle net = AI_HANDLE_NULL;
  const ai_handle acts[] = {activations};
  if (ai_network_create_and_init(&net, acts, weights).type != AI_ERROR_NONE) {
    app_check(0, "create_and_init", __FILE__, __LINE__);
    return;
  }
  ai_buffer *in = ai_network_inputs_get(net, NULL);
  ai_buffer *out = ai_network_outputs_get(net, NULL);
  int equal = 1;
  for (int i = 0; i < NETWORK_VECTORS; i++) {
    memcpy(in[0].data, network_in_1[i], AI_NETWORK_IN_1_SIZE_BYTES);
    CHECK(ai_network_run(net, in, out) == 1);
    equal = equal && memcmp(out[0].data, network_out_1[i],
                            AI_NETWORK_OUT_1_SIZE_BYTES) == 0;
  }
  CHECK(equal == same);
  CHECK(ai_network_destroy(net) == AI_HANDLE_NULL);
}

int main(void) {
  run_all(NULL, 1);
  run_all(AI_NETWORK_DATA_WEIGHTS_TABLE_GET(), 1);

  const ai_handle weights[] = {AI_HANDLE_PTR(loaded)};
  memcpy(loaded, ai_network_data_weights_get(), AI_NETWORK_DATA_WEIGHTS_SIZE);
  run_all(weights, 1);
  g_network_weights_table[1] = AI_HANDLE_PTR(loaded);
  run_all(AI_NETWORK_DATA_WEIGHTS_TABLE_GET(), 1);
  /* These really are the ones that are read: the classifier's are the last. */
  for (int i = 1; i <= 512; i++)
    loaded[AI_NETWORK_DATA_WEIGHTS_SIZE - i] ^= 0x40u;
  run_all(weights, 0);

  ai_handle net = AI_HANDLE_NULL;
  const ai_handle acts[] = {activations};
  const ai_handle misaligned[] = {AI_HANDLE_PTR(loaded + 1)};
  const ai_error err = ai_network_create_and_init(&net, acts, misaligned);
  CHECK(err.type == AI_ERROR_INIT_FAILED);
  CHECK(err.code == AI_ERROR_CODE_NETWORK_WEIGHTS);
  return app_result();
}
