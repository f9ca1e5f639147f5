/*===-- group_main.c - Two models of a group take turns in one pool --------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Reads first.bin and second.bin, each one vector, and runs first, second,
 * first in the same memory; the three outputs go to out.bin one behind the
 * other.
 */
#include "both.h"
#include "port.h"

#ifdef PLACED
static struct both_activations pool STM32RT_SECTION(BOTH_POOL_ACTIVATIONS_SECTION);
#else
static struct both_activations pool;
#endif
STM32RT_CHECK_POOL(BOTH_POOL_ACTIVATIONS, pool);
STM32RT_CHECK_POOL(FIRST_POOL_ACTIVATIONS, pool);
STM32RT_CHECK_POOL(SECOND_POOL_ACTIVATIONS, pool);

static int run(const stm32rt_model *model, const char *path, int output) {
  const stm32rt_memory memory = {pool.bytes, sizeof pool.bytes};
  stm32rt_context context;
  const uint32_t in = model->tensors[model->inputs[0]].size;
  const uint32_t out = model->tensors[model->outputs[0]].size;
  if (stm32rt_create(&context, model, &memory, 1, NULL) != STM32RT_OK)
    return 1;
  const int input = port_open(path, PORT_READ);
  if (input < 0 || port_read(input, stm32rt_input(&context, 0), in) != (int32_t)in)
    return 2;
  (void)port_close(input);
  if (stm32rt_run(&context) != STM32RT_OK)
    return 3;
  return port_write(output, stm32rt_output(&context, 0), out) == 0 ? 0 : 4;
}

int main(void) {
  const int output = port_open("out.bin", PORT_WRITE);
  int code = output < 0 ? 5 : 0;
  if (code == 0)
    code = run(&first_model, "first.bin", output);
  if (code == 0)
    code = run(&second_model, "second.bin", output);
  if (code == 0)
    code = run(&first_model, "first.bin", output);
  if (output >= 0 && port_close(output) != 0)
    code = 6;
  return code;
}
