/*===-- stai_profile.c - What is known of a network, times of its operators
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Inputs and outputs stay where the network has them, in its activations.
 */
#include "app.h"
#include "network.h"
#include "network_vectors.h"
#include "stai_events.h"

#include <string.h>

#if !(STAI_NETWORK_FLAGS & STAI_FLAG_INPUTS) ||                                \
    !(STAI_NETWORK_FLAGS & STAI_FLAG_OUTPUTS)
#error "this application needs inputs and outputs in the activations"
#endif

STAI_ALIGNED(8) static stai_network context[STAI_NETWORK_CONTEXT_SIZE];
STAI_ALIGNED(32) static uint8_t pool[STAI_NETWORK_ACTIVATIONS_SIZE_BYTES];

typedef struct profile {
  uint32_t start, cycles[STAI_NETWORK_NODES_NUM];
  int starts[STAI_NETWORK_NODES_NUM], stops[STAI_NETWORK_NODES_NUM];
} profile;

static void on_event(void *cb_cookie, const stai_event_type event_type,
                     const void *event_payload) {
  const uint32_t now = app_cycles();
  profile *p = (profile *)cb_cookie;
  const stai_event_node_start_stop *event =
      (const stai_event_node_start_stop *)event_payload;
  if (event_type == STAI_EVENT_NODE_START) {
    p->starts[event->node_id]++;
    CHECK(event->buffers.size == 0);
  } else {
    CHECK(event_type == STAI_EVENT_NODE_STOP);
    p->stops[event->node_id]++;
    p->cycles[event->node_id] += now - p->start;
    CHECK(event->buffers.size == 1);
    CHECK(event->buffers.data[0] >= pool &&
          event->buffers.data[0] < pool + sizeof pool);
  }
  p->start = app_cycles();
}

static void log_tensor(const stai_tensor *tensor) {
  app_log_number(tensor->name != NULL ? tensor->name : "memory",
                 tensor->size_bytes);
  app_log(stai_get_format_name(tensor->format));
}

static void check_info(void) {
  static const int32_t shape[] = STAI_NETWORK_IN_1_SHAPE;
  const float scale = STAI_NETWORK_IN_1_SCALE;
  stai_network_info info;
  CHECK(stai_network_get_info(context, &info) == STAI_SUCCESS);
  CHECK(strcmp(info.c_model_name, STAI_NETWORK_MODEL_NAME) == 0);
  CHECK(info.n_macc == STAI_NETWORK_MACC_NUM);
  CHECK(info.n_nodes == STAI_NETWORK_NODES_NUM);
  CHECK(info.flags == STAI_NETWORK_FLAGS);
  CHECK(info.n_inputs == STAI_NETWORK_IN_NUM);
  CHECK(info.n_outputs == STAI_NETWORK_OUT_NUM);
  CHECK(info.n_activations == STAI_NETWORK_ACTIVATIONS_NUM);
  CHECK(info.n_weights == STAI_NETWORK_WEIGHTS_NUM);
  CHECK(info.n_states == STAI_NETWORK_STATES_NUM && info.states == NULL);
  CHECK(info.api_version.major == STAI_API_VERSION_MAJOR);
  const stai_tensor *in = &info.inputs[0];
  CHECK(in->format == STAI_NETWORK_IN_1_FORMAT);
  CHECK(STAI_FORMAT_GET_BITS(in->format) == 8);
  CHECK(STAI_FORMAT_GET_TYPE(in->format) == STAI_FORMAT_TYPE_Q);
  CHECK(in->flags == STAI_NETWORK_IN_1_FLAGS);
  CHECK(in->size_bytes == STAI_NETWORK_IN_1_SIZE_BYTES);
  CHECK(in->shape.size == STAI_NETWORK_IN_1_RANK);
  CHECK(memcmp(in->shape.data, shape, sizeof shape) == 0);
  CHECK(in->scale.size == 1 && in->zeropoint.size == 1);
  CHECK(memcmp(in->scale.data, &scale, sizeof scale) == 0);
  CHECK(in->zeropoint.data[0] == STAI_NETWORK_IN_1_ZERO_POINT);
  CHECK(info.activations[0].size_bytes == sizeof pool);
  CHECK(info.weights[0].size_bytes == STAI_NETWORK_WEIGHTS_SIZE_BYTES);
  log_tensor(in);
  log_tensor(&info.outputs[0]);
  log_tensor(&info.activations[0]);
  log_tensor(&info.weights[0]);
}

int main(void) {
  static profile p;
  const stai_ptr acts[] = {pool};
  stai_ptr in[STAI_NETWORK_IN_NUM], out[STAI_NETWORK_OUT_NUM];
  stai_size n_in = 0, n_out = 0;
  if (stai_network_init(context) != STAI_SUCCESS ||
      stai_network_set_activations(context, acts, 1) != STAI_SUCCESS ||
      stai_network_get_inputs(context, in, &n_in) != STAI_SUCCESS ||
      stai_network_get_outputs(context, out, &n_out) != STAI_SUCCESS)
    return 1;
  CHECK(n_in == STAI_NETWORK_IN_NUM && n_out == STAI_NETWORK_OUT_NUM);
  CHECK(stai_network_get_context_size() == sizeof context);
  check_info();

  app_start_cycles();
  CHECK(stai_network_set_callback(context, on_event, &p) == STAI_SUCCESS);
  for (int i = 0; i < NETWORK_VECTORS; i++) {
    memcpy(in[0], network_in_1[i], STAI_NETWORK_IN_1_SIZE_BYTES);
    CHECK(stai_network_run(context, STAI_MODE_SYNC) == STAI_SUCCESS);
    CHECK(memcmp(out[0], network_out_1[i], STAI_NETWORK_OUT_1_SIZE_BYTES) == 0);
  }
  CHECK(stai_network_set_callback(context, NULL, NULL) == STAI_SUCCESS);
  CHECK(stai_network_run(context, STAI_MODE_SYNC) == STAI_SUCCESS);
  uint32_t total = 0;
  for (int i = 0; i < STAI_NETWORK_NODES_NUM; i++) {
    CHECK(p.starts[i] == NETWORK_VECTORS && p.stops[i] == NETWORK_VECTORS);
    app_log_number("node", p.cycles[i] / NETWORK_VECTORS);
    total += p.cycles[i];
  }
  CHECK(total > 0);
  return app_result();
}
