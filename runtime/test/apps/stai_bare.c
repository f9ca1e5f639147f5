/*===-- stai_bare.c - The smallest application of the stai_ functions ---====
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Inputs and outputs are arrays of the application.
 */
#include "app.h"
#include "network.h"
#include "network_vectors.h"

#include <string.h>

STAI_NETWORK_CONTEXT_DECLARE(network_context, STAI_NETWORK_CONTEXT_SIZE)

STAI_ALIGNED(STAI_NETWORK_ACTIVATION_1_ALIGNMENT)
static uint8_t activations[STAI_NETWORK_ACTIVATION_1_SIZE_BYTES];
STAI_ALIGNED(STAI_NETWORK_IN_1_ALIGNMENT)
static int8_t in_data[STAI_NETWORK_IN_1_SIZE];
STAI_ALIGNED(STAI_NETWORK_OUT_1_ALIGNMENT)
static int8_t out_data[STAI_NETWORK_OUT_1_SIZE];

static stai_return_code ai_init(void) {
  const stai_ptr acts[] = {activations};
  const stai_ptr inputs[] = {(stai_ptr)in_data};
  const stai_ptr outputs[] = {(stai_ptr)out_data};
  stai_return_code code = stai_runtime_init();
  if (code == STAI_SUCCESS)
    code = stai_network_init(network_context);
  if (code == STAI_SUCCESS)
    code = stai_network_set_activations(network_context, acts,
                                        STAI_NETWORK_ACTIVATIONS_NUM);
  if (code == STAI_SUCCESS)
    code =
        stai_network_set_inputs(network_context, inputs, STAI_NETWORK_IN_NUM);
  if (code == STAI_SUCCESS)
    code = stai_network_set_outputs(network_context, outputs,
                                    STAI_NETWORK_OUT_NUM);
  return code;
}

int main(void) {
  const stai_return_code code = ai_init();
  if (code != STAI_SUCCESS) {
    app_log(stai_get_return_code_name(code));
    return 1;
  }
  for (int i = 0; i < NETWORK_VECTORS; i++) {
    memcpy(in_data, network_in_1[i], STAI_NETWORK_IN_1_SIZE_BYTES);
    CHECK(stai_network_run(network_context, STAI_MODE_SYNC) == STAI_SUCCESS);
    CHECK(memcmp(out_data, network_out_1[i], STAI_NETWORK_OUT_1_SIZE_BYTES) ==
          0);
  }
  CHECK(stai_network_get_error(network_context) == STAI_SUCCESS);
  CHECK(stai_network_deinit(network_context) == STAI_SUCCESS);
  CHECK(stai_runtime_deinit() == STAI_SUCCESS);
  return app_result();
}
