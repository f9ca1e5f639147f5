/*===-- ai_params.c - In two steps, with the parameters spelled out --------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * As older applications have it: buffers from AI_NETWORK_IN and _OUT, the
 * parameters from macros, first create, then init; a report of the network.
 */
#include "app.h"
#include "network.h"
#include "network_data.h"
#include "network_vectors.h"

#include <string.h>

AI_ALIGNED(4) static ai_u8 in_data[AI_NETWORK_IN_1_SIZE_BYTES];
AI_ALIGNED(4) static ai_u8 out_data[AI_NETWORK_OUT_1_SIZE_BYTES];
AI_ALIGNED(32) static ai_u8 activations[AI_NETWORK_DATA_ACTIVATIONS_SIZE];

static ai_handle network = AI_HANDLE_NULL;
static ai_buffer ai_input[AI_NETWORK_IN_NUM] = AI_NETWORK_IN;
static ai_buffer ai_output[AI_NETWORK_OUT_NUM] = AI_NETWORK_OUT;
static const ai_size in_bytes[AI_NETWORK_IN_NUM] = AI_NETWORK_IN_SIZE_BYTES;

AI_DECLARE_STATIC
const char *type_text(const ai_buffer *buffer) {
  const ai_buffer_format fmt = AI_BUFFER_FORMAT(buffer);
  if (AI_BUFFER_FMT_GET_TYPE(fmt) == AI_BUFFER_FMT_TYPE_FLOAT)
    return "  float, elements";
  return AI_BUFFER_FMT_GET_SIGN(fmt) ? "  integer, elements"
                                     : "  unsigned, elements";
}

static void log_report(void) {
  ai_network_report report;
  if (!ai_network_get_report(network, &report)) {
    app_check(0, "a report", __FILE__, __LINE__);
    return;
  }
  app_log(report.model_name);
  app_log_number("  MACs", (ai_u32)report.n_macc);
  app_log_number("  nodes", report.n_nodes);
  app_log_number("  runtime", report.runtime_version.major);
  app_log_number("  weights", report.map_weights.buffer[0].size);
  for (ai_u16 i = 0; i < report.map_activations.size; i++)
    app_log_number("  activations",
                   AI_BUFFER_ARRAY_ITEM(&report.map_activations, i)->size);
  for (ai_u16 i = 0; i < report.n_inputs; i++)
    app_log_number(type_text(&report.inputs[i]),
                   AI_BUFFER_SIZE(&report.inputs[i]));
  CHECK(report.n_inputs == AI_NETWORK_IN_NUM);
  CHECK(report.map_weights.buffer[0].size == AI_NETWORK_DATA_WEIGHTS_SIZE);
  CHECK(report.api_version.major == ai_platform_api_get_version().major);
  CHECK(report.runtime_version.major ==
        ai_platform_runtime_get_version().major);
}

int main(void) {
  ai_error err = ai_network_create(&network, AI_NETWORK_DATA_CONFIG);
  if (err.type != AI_ERROR_NONE)
    return 1;
  const ai_network_params params = AI_NETWORK_PARAMS_INIT(
      AI_NETWORK_DATA_WEIGHTS(ai_network_data_weights_get()),
      AI_NETWORK_DATA_ACTIVATIONS(activations));
  if (!ai_network_init(network, &params)) {
    err = ai_network_get_error(network);
    app_log_number("init: type", err.type);
    return 1;
  }
  log_report();

  CHECK(in_bytes[0] == sizeof in_data);
  ai_input[0].n_batches = 1;
  ai_input[0].data = AI_HANDLE_PTR(in_data);
  ai_output[0].n_batches = 1;
  ai_output[0].data = AI_HANDLE_PTR(out_data);
  for (int i = 0; i < NETWORK_VECTORS; i++) {
    memcpy(in_data, network_in_1[i], sizeof in_data);
    CHECK(ai_network_run(network, ai_input, ai_output) == 1);
    CHECK(memcmp(out_data, network_out_1[i], sizeof out_data) == 0);
  }
  ai_network_destroy(network);
  return app_result();
}
