/*===-- smallest.c - The least that runs a model ---------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Linked to see how many bytes of a model and of the runtime a program cannot do
 * without, and never run: it creates the model and runs it. Compile with
 * -DMODEL and -DMODEL_HEADER as runner.c, and with -DMODEL_STREAMS if the first
 * input comes row by row; the entry is `smallest`.
 */
#include "stm32rt.h"

#include MODEL_HEADER

stm32rt_status smallest(stm32rt_context *context, const stm32rt_memory *pools,
                        uint32_t pool_count, const void *rows, uint32_t count);

stm32rt_status smallest(stm32rt_context *context, const stm32rt_memory *pools,
                        uint32_t pool_count, const void *rows, uint32_t count) {
  stm32rt_status status =
      stm32rt_create(context, &MODEL, pools, pool_count, NULL);
#ifdef MODEL_STREAMS
  stm32rt_stream stream;
  if (status == STM32RT_OK)
    status = stm32rt_begin_stream(&stream, context);
  return status == STM32RT_OK ? stm32rt_push_rows(&stream, rows, count)
                              : status;
#else
  (void)rows;
  (void)count;
  return status == STM32RT_OK ? stm32rt_run(context) : status;
#endif
}
