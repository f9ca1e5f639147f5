/*===-- ai_bare.c - The smallest application: one network, a bare loop -----===
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
#include "network_data.h"
#include "network_vectors.h"

#include <string.h>

static ai_handle network = AI_HANDLE_NULL;

AI_ALIGNED(32)
static ai_u8 activations[AI_NETWORK_DATA_ACTIVATIONS_SIZE];

AI_ALIGNED(32)
static ai_i8 in_data[AI_NETWORK_IN_1_SIZE];
AI_ALIGNED(32)
static ai_i8 out_data[AI_NETWORK_OUT_1_SIZE];

static ai_buffer *ai_input;
static ai_buffer *ai_output;

static void report_error(const ai_error err) {
  app_log_number("error: type", err.type);
  app_log_number("       code", err.code);
}

static int ai_init(void) {
  const ai_handle acts[] = {activations};
  ai_error err = ai_network_create_and_init(&network, acts, NULL);
  if (err.type != AI_ERROR_NONE) {
    report_error(err);
    return -1;
  }
  ai_input = ai_network_inputs_get(network, NULL);
  ai_output = ai_network_outputs_get(network, NULL);
  return 0;
}

static int ai_process(const void *image, void *scores) {
  ai_input[0].data = AI_HANDLE_PTR((uintptr_t)image);
  ai_output[0].data = AI_HANDLE_PTR(scores);
  const ai_i32 n_batch = ai_network_run(network, &ai_input[0], &ai_output[0]);
  if (n_batch != 1) {
    report_error(ai_network_get_error(network));
    return -1;
  }
  return 0;
}

int main(void) {
  if (ai_init() != 0)
    return 1;
  for (int i = 0; i < NETWORK_VECTORS; i++) {
    memcpy(in_data, network_in_1[i], AI_NETWORK_IN_1_SIZE_BYTES);
    CHECK(ai_process(in_data, out_data) == 0);
    CHECK(memcmp(out_data, network_out_1[i], AI_NETWORK_OUT_1_SIZE_BYTES) == 0);
  }
  CHECK(ai_network_destroy(network) == AI_HANDLE_NULL);
  return app_result();
}
