/*===-- stm32rt_convert.c - Floats of the application, values of tensors ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "stm32rt.h"
#include "stm32rt_real.h"

#include <string.h>

static stm32rt_status check(const stm32rt_tensor *tensor, const void *from,
                            const void *to, uint32_t count) {
  if (tensor == NULL || (count != 0 && (from == NULL || to == NULL)))
    return STM32RT_ERROR_ARGUMENT;
  if (tensor->type != STM32RT_FLOAT32 && !(tensor->scale > 0.0f))
    return STM32RT_ERROR_TYPE;
  return STM32RT_OK;
}

stm32rt_status stm32rt_from_float(const stm32rt_tensor *tensor,
                                  const float *real, void *data,
                                  uint32_t count) {
  const stm32rt_status status = check(tensor, real, data, count);
  if (status != STM32RT_OK)
    return status;
  const float scale = tensor->scale;
  const int32_t zero = tensor->zero_point;
  switch (tensor->type) {
  case STM32RT_INT8:
    for (uint32_t i = 0; i < count; i++)
      ((int8_t *)data)[i] = (int8_t)stm32rt_quantized(real[i], scale, zero,
                                                      INT8_MIN, INT8_MAX);
    return STM32RT_OK;
  case STM32RT_UINT8:
    for (uint32_t i = 0; i < count; i++)
      ((uint8_t *)data)[i] =
          (uint8_t)stm32rt_quantized(real[i], scale, zero, 0, UINT8_MAX);
    return STM32RT_OK;
  case STM32RT_INT16:
    for (uint32_t i = 0; i < count; i++)
      ((int16_t *)data)[i] = (int16_t)stm32rt_quantized(real[i], scale, zero,
                                                        INT16_MIN, INT16_MAX);
    return STM32RT_OK;
  case STM32RT_FLOAT32:
    if (count != 0)
      memmove(data, real, count * sizeof *real);
    return STM32RT_OK;
  default:
    return STM32RT_ERROR_TYPE;
  }
}

stm32rt_status stm32rt_to_float(const stm32rt_tensor *tensor, const void *data,
                                float *real, uint32_t count) {
  const stm32rt_status status = check(tensor, data, real, count);
  if (status != STM32RT_OK)
    return status;
  const float scale = tensor->scale;
  const int32_t zero = tensor->zero_point;
  switch (tensor->type) {
  case STM32RT_INT8:
    for (uint32_t i = 0; i < count; i++)
      real[i] = stm32rt_real(((const int8_t *)data)[i], scale, zero);
    return STM32RT_OK;
  case STM32RT_UINT8:
    for (uint32_t i = 0; i < count; i++)
      real[i] = stm32rt_real(((const uint8_t *)data)[i], scale, zero);
    return STM32RT_OK;
  case STM32RT_INT16:
    for (uint32_t i = 0; i < count; i++)
      real[i] = stm32rt_real(((const int16_t *)data)[i], scale, zero);
    return STM32RT_OK;
  case STM32RT_FLOAT32:
    if (count != 0)
      memmove(real, data, count * sizeof *real);
    return STM32RT_OK;
  default:
    return STM32RT_ERROR_TYPE;
  }
}
