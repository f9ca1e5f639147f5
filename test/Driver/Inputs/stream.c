/* Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "cam.h"
#include "cam_data.h"

#include <stdio.h>
#include <string.h>

AI_ALIGNED(32) static ai_u8 pool[2][AI_CAM_DATA_ACTIVATIONS_SIZE];

static unsigned int first_events, last_events;

static ai_u32 count_events(const ai_handle cookie, const ai_u32 flags,
                           const ai_observer_node *node) {
  (void)cookie;
  (void)node;
  first_events += (flags & AI_OBSERVER_FIRST_EVT) != 0;
  last_events += (flags & AI_OBSERVER_LAST_EVT) != 0;
  return 0;
}

int main(void) {
  ai_i8 image[AI_CAM_IN_1_SIZE_BYTES], whole[AI_CAM_OUT_1_SIZE];
  for (int i = 0; i < AI_CAM_IN_1_SIZE_BYTES; i++)
    image[i] = (ai_i8)(i * 37);

  /* The whole image. */
  ai_handle net = AI_HANDLE_NULL;
  const ai_handle activations[] = {pool[0]};
  if (ai_cam_create_and_init(&net, activations, NULL).type != AI_ERROR_NONE)
    return 1;
  ai_u16 n;
  ai_buffer *in = ai_cam_inputs_get(net, &n);
  ai_buffer *out = ai_cam_outputs_get(net, &n);
  if (in[0].data != AI_HANDLE_NULL) /* it has no place of its own */
    return 2;
  in[0].data = AI_HANDLE_PTR(image);
  out[0].data = AI_HANDLE_PTR(whole);
  if (!ai_platform_observer_register(net, count_events, NULL,
                                     AI_OBSERVER_POST_EVT))
    return 7;
  if (ai_cam_run(net, in, out) != 1)
    return 3;
  if (first_events != 1 || last_events != 1)
    return 8;

  /* Line by line, as they come. */
  stm32rt_context context;
  stm32rt_stream stream;
  const stm32rt_memory memory = {pool[1], sizeof pool[1]};
  if (stm32rt_create(&context, &cam_model, &memory, 1, NULL) != STM32RT_OK ||
      cam_begin_stream(&stream, &context) != STM32RT_OK)
    return 4;
  for (int row = 0; row < CAM_STREAM_ROWS; row++)
    if (cam_push_rows(&stream, image + row * CAM_STREAM_ROW_SIZE, 1) !=
        STM32RT_OK)
      return 5;
  if (memcmp(stm32rt_output(&context, 0), whole, sizeof whole) != 0)
    return 6;
  puts("equal");
  return 0;
}
