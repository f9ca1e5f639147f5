/*===-- stai_weights.c - Weights in external flash, handed over ------------
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "app.h"
#include "network.h"
#include "network_vectors.h"

#include <string.h>

STAI_NETWORK_CONTEXT_DECLARE(context, STAI_NETWORK_CONTEXT_SIZE)
STAI_ALIGNED(32) static uint8_t pool[STAI_NETWORK_ACTIVATION_1_SIZE_BYTES];
STAI_ALIGNED(32) static uint8_t loaded[STAI_NETWORK_WEIGHT_1_SIZE_BYTES];

static int count_equal(void) {
  int equal = 0;
  for (int i = 0; i < NETWORK_VECTORS; i++) {
    stai_ptr in[1], out[1];
    stai_size count;
    CHECK(stai_network_get_inputs(context, in, &count) == STAI_SUCCESS);
    CHECK(stai_network_get_outputs(context, out, &count) == STAI_SUCCESS);
    memcpy(in[0], network_in_1[i], STAI_NETWORK_IN_1_SIZE_BYTES);
    CHECK(stai_network_run(context, STAI_MODE_SYNC) == STAI_SUCCESS);
    equal +=
        memcmp(out[0], network_out_1[i], STAI_NETWORK_OUT_1_SIZE_BYTES) == 0;
  }
  return equal;
}

int main(void) {
  const stai_ptr acts[] = {pool}, own[] = {loaded};
  stai_ptr weights[STAI_NETWORK_WEIGHTS_NUM];
  stai_size count = 0;
  CHECK(stai_network_init(context) == STAI_SUCCESS);
  CHECK(stai_network_get_weights(context, weights, &count) == STAI_SUCCESS);
  CHECK(count == STAI_NETWORK_WEIGHTS_NUM && weights[0] != NULL);
  memcpy(loaded, weights[0], sizeof loaded);

  /* Before the pools and after them. */
  CHECK(stai_network_set_weights(context, own, 1) == STAI_SUCCESS);
  CHECK(stai_network_set_activations(context, acts, 1) == STAI_SUCCESS);
  CHECK(count_equal() == NETWORK_VECTORS);
  CHECK(stai_network_get_weights(context, weights, &count) == STAI_SUCCESS);
  CHECK(weights[0] == loaded);
  /* These really are the ones that are read: the classifier's are the last. */
  for (size_t i = 1; i <= 512; i++)
    loaded[sizeof loaded - i] ^= 0x40u;
  CHECK(count_equal() < NETWORK_VECTORS);
  weights[0] = (stai_ptr)ai_network_data_weights_get();
  CHECK(stai_network_set_weights(context, weights, 1) == STAI_SUCCESS);
  CHECK(count_equal() == NETWORK_VECTORS);
  return app_result();
}
