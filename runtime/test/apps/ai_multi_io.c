/*===-- ai_multi_io.c - Several inputs and outputs, here and there ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Bit i of `where` says for inputs 1 and 2 and outputs 1 and 2 whether they are
 * arrays of the application or in the activations.
 */
#include "app.h"
#include "mixer.h"
#include "mixer_data.h"
#include "mixer_vectors.h"

#include <string.h>

AI_ALIGNED(32) static ai_u8 activations[AI_MIXER_DATA_ACTIVATIONS_SIZE];
AI_ALIGNED(4) static ai_i8 in_1[AI_MIXER_IN_1_SIZE], in_2[AI_MIXER_IN_2_SIZE];
AI_ALIGNED(4) static ai_i8 out_1[AI_MIXER_OUT_1_SIZE];
AI_ALIGNED(4) static ai_i8 out_2[AI_MIXER_OUT_2_SIZE];

int main(void) {
  ai_handle net = AI_HANDLE_NULL;
  const ai_handle acts[] = {activations};
  if (ai_mixer_create_and_init(&net, acts, NULL).type != AI_ERROR_NONE)
    return 1;
  ai_u16 n_in = 0, n_out = 0;
  ai_buffer *in = ai_mixer_inputs_get(net, &n_in);
  ai_buffer *out = ai_mixer_outputs_get(net, &n_out);
  CHECK(n_in == 2 && n_in == AI_MIXER_IN_NUM);
  CHECK(n_out == 2 && n_out == AI_MIXER_OUT_NUM);
  ai_i8 *const own[] = {in_1, in_2, out_1, out_2};
  ai_handle places[4];
  for (int k = 0; k < 4; k++)
    places[k] = k < 2 ? in[k].data : out[k - 2].data;

  for (unsigned int where = 0; where < 16; where++) {
    const int i = (int)where % MIXER_VECTORS;
    for (int k = 0; k < 4; k++) {
      ai_buffer *buffer = k < 2 ? &in[k] : &out[k - 2];
      buffer->data = where >> k & 1u ? AI_HANDLE_PTR(own[k]) : places[k];
    }
    memcpy(in[0].data, mixer_in_1[i], AI_MIXER_IN_1_SIZE_BYTES);
    memcpy(in[1].data, mixer_in_2[i], AI_MIXER_IN_2_SIZE_BYTES);
    CHECK(ai_mixer_run(net, in, out) == 1);
    CHECK(memcmp(out[0].data, mixer_out_1[i], AI_MIXER_OUT_1_SIZE_BYTES) == 0);
    CHECK(memcmp(out[1].data, mixer_out_2[i], AI_MIXER_OUT_2_SIZE_BYTES) == 0);
    memset(own[2], 0, sizeof out_1);
  }
  CHECK(ai_mixer_destroy(net) == AI_HANDLE_NULL);
  return app_result();
}
