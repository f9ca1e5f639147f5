/*===-- stai_two_models.c - Two networks in one pool, several inputs -------
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Inputs and outputs of the second one are arrays of the application, or not,
 *as the bits of `where` say.
 */
#include "app.h"
#include "both.h"
#include "mixer_vectors.h"
#include "network_vectors.h"

#include <string.h>

STAI_NETWORK_CONTEXT_DECLARE(network_context, STAI_NETWORK_CONTEXT_SIZE)
STAI_NETWORK_CONTEXT_DECLARE(mixer_context, STAI_MIXER_CONTEXT_SIZE)

STAI_ALIGNED(BOTH_POOL_ACTIVATIONS_ALIGN)
static uint8_t activations[BOTH_POOL_ACTIVATIONS_SIZE];
static int8_t mixer_data[4][STAI_MIXER_IN_1_SIZE];

static void run_network(int i) {
  stai_ptr in[1], out[1];
  stai_size count;
  CHECK(stai_network_get_inputs(network_context, in, &count) == STAI_SUCCESS);
  CHECK(stai_network_get_outputs(network_context, out, &count) == STAI_SUCCESS);
  memcpy(in[0], network_in_1[i], STAI_NETWORK_IN_1_SIZE_BYTES);
  CHECK(stai_network_run(network_context, STAI_MODE_SYNC) == STAI_SUCCESS);
  CHECK(memcmp(out[0], network_out_1[i], STAI_NETWORK_OUT_1_SIZE_BYTES) == 0);
}

static void run_mixer(unsigned int where) {
  const stai_ptr acts[] = {activations};
  const int i = (int)where % MIXER_VECTORS;
  stai_ptr in[STAI_MIXER_IN_NUM], out[STAI_MIXER_OUT_NUM];
  stai_size n_in = 0, n_out = 0;
  /* This puts inputs and outputs into the activations. */
  CHECK(stai_mixer_set_activations(mixer_context, acts, 1) == STAI_SUCCESS);
  CHECK(stai_mixer_get_inputs(mixer_context, in, &n_in) == STAI_SUCCESS);
  CHECK(stai_mixer_get_outputs(mixer_context, out, &n_out) == STAI_SUCCESS);
  CHECK(n_in == 2 && n_out == 2);
  for (int k = 0; k < 4; k++)
    if (where >> k & 1u)
      *(k < 2 ? &in[k] : &out[k - 2]) = (stai_ptr)mixer_data[k];
  CHECK(stai_mixer_set_inputs(mixer_context, in, n_in) == STAI_SUCCESS);
  CHECK(stai_mixer_set_outputs(mixer_context, out, n_out) == STAI_SUCCESS);
  memcpy(in[0], mixer_in_1[i], STAI_MIXER_IN_1_SIZE_BYTES);
  memcpy(in[1], mixer_in_2[i], STAI_MIXER_IN_2_SIZE_BYTES);
  CHECK(stai_mixer_run(mixer_context, STAI_MODE_SYNC) == STAI_SUCCESS);
  CHECK(memcmp(out[0], mixer_out_1[i], STAI_MIXER_OUT_1_SIZE_BYTES) == 0);
  CHECK(memcmp(out[1], mixer_out_2[i], STAI_MIXER_OUT_2_SIZE_BYTES) == 0);
}

int main(void) {
  static const stai_size sizes[] = STAI_MIXER_IN_SIZES_BYTES;
  static const char *const names[] = STAI_MIXER_OUT_NAMES;
  const stai_ptr acts[] = {activations};
  CHECK(sizes[0] + sizes[1] == STAI_MIXER_IN_SIZE_BYTES);
  CHECK(names[0] != NULL && names[1] != NULL);
  CHECK(stai_network_init(network_context) == STAI_SUCCESS);
  CHECK(stai_network_set_activations(network_context, acts, 1) == STAI_SUCCESS);
  CHECK(stai_mixer_init(mixer_context) == STAI_SUCCESS);
  for (unsigned int where = 0; where < 16; where++) {
    run_mixer(where);
    run_network((int)where % NETWORK_VECTORS);
  }
  /* A context of one network is none of the other. */
  CHECK(stai_mixer_get_error(network_context) ==
        STAI_ERROR_NETWORK_INVALID_CONTEXT_HANDLE);
  return app_result();
}
