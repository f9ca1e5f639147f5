/*===-- stai_builtin.c - The network brings its own activations ------------
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Compiled with -DAI_NETWORK_ALLOCATE_ACTIVATIONS: init is enough.
 */
#include "app.h"
#include "network.h"
#include "network_vectors.h"

#include <string.h>

#if !(STAI_NETWORK_FLAGS & STAI_FLAG_ACTIVATIONS)
#error "the network has no activations of its own"
#endif

STAI_NETWORK_CONTEXT_DECLARE(context, STAI_NETWORK_CONTEXT_SIZE)

int main(void) {
  stai_ptr in[1], out[1], acts[1];
  stai_size count;
  CHECK(stai_network_init(context) == STAI_SUCCESS);
  CHECK(stai_network_get_activations(context, acts, &count) == STAI_SUCCESS);
  CHECK(count == 1 && acts[0] == g_network_activations_table[1]);
  CHECK(stai_network_get_inputs(context, in, &count) == STAI_SUCCESS);
  CHECK(stai_network_get_outputs(context, out, &count) == STAI_SUCCESS);
  for (int i = 0; i < NETWORK_VECTORS; i++) {
    memcpy(in[0], network_in_1[i], STAI_NETWORK_IN_1_SIZE_BYTES);
    CHECK(stai_network_run(context, STAI_MODE_SYNC) == STAI_SUCCESS);
    CHECK(memcmp(out[0], network_out_1[i], STAI_NETWORK_OUT_1_SIZE_BYTES) == 0);
  }
  return app_result();
}
