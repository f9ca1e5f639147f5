/*===-- ai_observer.c - The time of each operator --------------------------===
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
#include "network_data.h"
#include "network_vectors.h"

#include <string.h>

#if !AI_NETWORK_INPUTS_IN_ACTIVATIONS || !AI_NETWORK_OUTPUTS_IN_ACTIVATIONS
#error "this application needs inputs and outputs in the activations"
#endif

struct u_node_stat {
  ai_u32 dur;
  ai_u16 type, id;
  int runs;
};

struct u_observer_ctx {
  ai_u32 start_t;
  int first, last;
  struct u_node_stat nodes[AI_NETWORK_N_NODES];
};

AI_ALIGNED(32) static ai_u8 activations[AI_NETWORK_DATA_ACTIVATIONS_SIZE];
static ai_handle network = AI_HANDLE_NULL;
static struct u_observer_ctx u_observer_ctx;

static ai_u32 user_observer_cb(const ai_handle cookie, const ai_u32 flags,
                               const ai_observer_node *node) {
  const ai_u32 ts = app_cycles();
  struct u_observer_ctx *u_obs = (struct u_observer_ctx *)cookie;
  if (flags & AI_OBSERVER_POST_EVT) {
    u_obs->nodes[node->c_idx].dur += ts - u_obs->start_t;
    u_obs->nodes[node->c_idx].type = node->type;
    u_obs->nodes[node->c_idx].id = node->id;
    u_obs->nodes[node->c_idx].runs++;
  }
  if (flags & AI_OBSERVER_FIRST_EVT)
    u_obs->first++;
  if (flags & AI_OBSERVER_LAST_EVT)
    u_obs->last++;
  u_obs->start_t = app_cycles();
  return 0;
}

int main(void) {
  const ai_handle acts[] = {activations};
  if (ai_network_create_and_init(&network, acts, NULL).type != AI_ERROR_NONE)
    return 1;
  ai_u16 n_in = 0, n_out = 0;
  ai_buffer *in = ai_network_inputs_get(network, &n_in);
  ai_buffer *out = ai_network_outputs_get(network, &n_out);
  CHECK(n_in == 1 && n_out == 1);

  app_start_cycles();
  if (!ai_platform_observer_register(
          network, user_observer_cb, (ai_handle)&u_observer_ctx,
          AI_OBSERVER_PRE_EVT | AI_OBSERVER_POST_EVT))
    return 1;
  for (int i = 0; i < NETWORK_VECTORS; i++) {
    memcpy(in[0].data, network_in_1[i], AI_NETWORK_IN_1_SIZE_BYTES);
    CHECK(ai_network_run(network, in, out) == 1);
    CHECK(memcmp(out[0].data, network_out_1[i], AI_NETWORK_OUT_1_SIZE_BYTES) ==
          0);
  }
  CHECK(ai_platform_observer_unregister(network, user_observer_cb,
                                        (ai_handle)&u_observer_ctx));

  ai_u32 total = 0;
  for (int i = 0; i < AI_NETWORK_N_NODES; i++) {
    const struct u_node_stat *sn = &u_observer_ctx.nodes[i];
    ai_observer_node node_info = AI_STRUCT_INIT;
    node_info.c_idx = (ai_u16)i;
    CHECK(ai_platform_observer_node_info(network, &node_info));
    CHECK(sn->type == node_info.type && sn->id == node_info.id);
    CHECK(sn->runs == NETWORK_VECTORS);
    app_log_number(node_info.op->kind, sn->dur / (ai_u32)sn->runs);
    total += sn->dur;
  }
  CHECK(total > 0);
  CHECK(u_observer_ctx.first == 2 * NETWORK_VECTORS);
  CHECK(u_observer_ctx.last == 2 * NETWORK_VECTORS);
  ai_network_destroy(network);
  return app_result();
}
