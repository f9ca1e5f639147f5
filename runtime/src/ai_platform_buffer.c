/*===-- ai_platform_buffer.c - Tensors and memory as an ai_buffer -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "ai_platform.h"

#include <string.h>

static ai_buffer_format buffer_format(const stm32rt_tensor *tensor) {
  switch ((stm32rt_type)tensor->type) {
  case STM32RT_INT8:
    return AI_BUFFER_FORMAT_S8;
  case STM32RT_UINT8:
  case STM32RT_BOOL:
    return AI_BUFFER_FORMAT_U8;
  case STM32RT_INT16:
    return AI_BUFFER_FORMAT_S16;
  case STM32RT_INT32:
    return AI_BUFFER_FORMAT_S32;
  case STM32RT_INT64:
    return AI_BUFFER_FORMAT_S64;
  case STM32RT_UINT32:
    return AI_BUFFER_FORMAT_U32;
  case STM32RT_UINT64:
    return AI_BUFFER_FORMAT_U64;
  case STM32RT_FLOAT32:
    return AI_BUFFER_FORMAT_FLOAT;
  case STM32RT_COMPLEX64: /* the client API has none */
    break;
  }
  return AI_BUFFER_FORMAT_NONE;
}

static void set_shape(ai_buffer_shape *shape, const stm32rt_tensor *tensor) {
  shape->size = AI_SHAPE_MAX_DIMENSION;
  for (int i = 0; i < AI_SHAPE_MAX_DIMENSION; i++)
    shape->data[i] = 1;

  const int rank = tensor->rank;
  for (int i = 0; i < rank; i++) {
    const int from_end = rank - 1 - i;
    int axis = AI_SHAPE_BATCH;
    if (from_end == 0)
      axis = AI_SHAPE_CHANNEL;
    else if (rank == 3 && from_end == 1)
      axis = AI_SHAPE_HEIGHT;
    else if (rank > 3 && from_end == 1)
      axis = AI_SHAPE_WIDTH;
    else if (rank > 3 && from_end == 2)
      axis = AI_SHAPE_HEIGHT;
    shape->data[axis] *= (ai_shape_dimension)tensor->shape[i];
  }
}

ai_buffer ai_platform_tensor_buffer(const stm32rt_tensor *tensor, void *data) {
  ai_buffer buffer;
  memset(&buffer, 0, sizeof buffer);
  buffer.format = buffer_format(tensor);
  buffer.data = data;
  buffer.meta_info = tensor;
  buffer.n_batches = 1;
  set_shape(&buffer.shape, tensor);
  buffer.size =
      buffer.shape.data[AI_SHAPE_BATCH] * buffer.shape.data[AI_SHAPE_HEIGHT] *
      buffer.shape.data[AI_SHAPE_WIDTH] * buffer.shape.data[AI_SHAPE_CHANNEL];
  return buffer;
}

ai_buffer ai_platform_memory_buffer(ai_u32 size, ai_handle data) {
  ai_buffer buffer;
  memset(&buffer, 0, sizeof buffer);
  buffer.format = AI_BUFFER_FORMAT_U8;
  buffer.data = data;
  buffer.size = size;
  buffer.n_batches = 1;
  buffer.shape.size = AI_SHAPE_MAX_DIMENSION;
  buffer.shape.data[AI_SHAPE_BATCH] = 1;
  buffer.shape.data[AI_SHAPE_HEIGHT] = 1;
  buffer.shape.data[AI_SHAPE_WIDTH] = 1;
  buffer.shape.data[AI_SHAPE_CHANNEL] = size;
  return buffer;
}
