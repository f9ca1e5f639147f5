/*===-- ai_two_models.c - Two networks take turns in one pool --------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Made by one call of stm32-compile with --name network,mixer --group both: the
 * pool is as large as the larger network needs.
 */
#include "app.h"
#include "both.h"
#include "mixer_data.h"
#include "mixer_vectors.h"
#include "network_data.h"
#include "network_vectors.h"

#include <string.h>

AI_ALIGNED(BOTH_POOL_ACTIVATIONS_ALIGN)
static ai_u8 activations[BOTH_POOL_ACTIVATIONS_SIZE];

static ai_handle network = AI_HANDLE_NULL, mixer = AI_HANDLE_NULL;

static void run_network(int i) {
  ai_buffer *in = ai_network_inputs_get(network, NULL);
  ai_buffer *out = ai_network_outputs_get(network, NULL);
  memcpy(in[0].data, network_in_1[i], AI_NETWORK_IN_1_SIZE_BYTES);
  CHECK(ai_network_run(network, in, out) == 1);
  CHECK(memcmp(out[0].data, network_out_1[i], AI_NETWORK_OUT_1_SIZE_BYTES) ==
        0);
}

static void run_mixer(int i) {
  ai_buffer *in = ai_mixer_inputs_get(mixer, NULL);
  ai_buffer *out = ai_mixer_outputs_get(mixer, NULL);
  memcpy(in[0].data, mixer_in_1[i], AI_MIXER_IN_1_SIZE_BYTES);
  memcpy(in[1].data, mixer_in_2[i], AI_MIXER_IN_2_SIZE_BYTES);
  CHECK(ai_mixer_run(mixer, in, out) == 1);
  CHECK(memcmp(out[0].data, mixer_out_1[i], AI_MIXER_OUT_1_SIZE_BYTES) == 0);
  CHECK(memcmp(out[1].data, mixer_out_2[i], AI_MIXER_OUT_2_SIZE_BYTES) == 0);
}

int main(void) {
  const ai_handle acts[] = {activations};
  CHECK(sizeof activations == AI_NETWORK_DATA_ACTIVATIONS_SIZE ||
        sizeof activations == AI_MIXER_DATA_ACTIVATIONS_SIZE);
  if (ai_network_create_and_init(&network, acts, NULL).type != AI_ERROR_NONE ||
      ai_mixer_create_and_init(&mixer, acts, NULL).type != AI_ERROR_NONE)
    return 1;
  for (int i = 0; i < NETWORK_VECTORS; i++) {
    run_network(i);
    run_mixer(i % MIXER_VECTORS);
  }
  /* A handle of one network is none of the other. */
  CHECK(ai_mixer_get_error(network).type == AI_ERROR_INVALID_HANDLE);
  CHECK(ai_network_destroy(network) == AI_HANDLE_NULL);
  CHECK(ai_mixer_destroy(mixer) == AI_HANDLE_NULL);
  return app_result();
}
