/*===-- tvm_main.c - Runs vectors from a file through tvmgen_<name>_run ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * In the place of runtime/port/runner.c, with the arguments that run_cases gives:
 *   --steps N --stats FILE INPUT OUTPUT
 * NAME is the model's name. With OWN_POOLS the pools are those of this file.
 */
#include "port.h"

#include MODEL_HEADER

#include <string.h>

#define PASTE_(a, b, c) a##b##c
#define PASTE(a, b, c) PASTE_(a, b, c)
#define TVM(what) PASTE(tvmgen_, NAME, what)

static uint8_t bytes[1 << 20];

/* The structs hold one pointer for each tensor. */
static union {
  struct TVM(_inputs) names;
  void *all[sizeof(struct TVM(_inputs)) / sizeof(void *)];
} in;
static union {
  struct TVM(_outputs) names;
  void *all[sizeof(struct TVM(_outputs)) / sizeof(void *)];
} out;

#ifdef OWN_POOLS
#define POOL_ARRAY(pool)                                                       \
  static STM32RT_ALIGNED(pool##_ALIGN) uint8_t pool##_memory[pool##_SIZE];
#define POOL_ENTRY(pool) pool##_memory,
POOLS(POOL_ARRAY)
static struct TVM(_workspace_pools) own = {POOLS(POOL_ENTRY)};
#define RUN() TVM(_run_in_pools)(&in.names, &out.names, &own)
#define BIND() TVM(_bind)(&own)
#else
#define RUN() TVM(_run)(&in.names, &out.names)
#define BIND() TVM(_bind)(NULL)
#endif

static int fail(const char *what) {
  port_print(what);
  port_print(TVMGetLastError());
  port_print("\n");
  return 1;
}

/* Bytes of a whole tensor: of one that comes row by row, all rows. */
static uint32_t size_of(int is_output, uint32_t index) {
  const stm32rt_model *model = &MODEL;
  if (!is_output && index == 0 && model->stream != NULL)
    return model->stream->row_size * model->stream->rows;
  return model->tensors[is_output ? model->outputs[index] : model->inputs[index]]
      .size;
}

int main(int argc, char **argv) {
  const stm32rt_model *model = &MODEL;
  uint8_t *next = bytes;
  uint32_t steps = 0, step = 0;
  if (argc != 7)
    return fail("arguments");
  for (const char *digit = argv[2]; *digit != '\0'; digit++)
    steps = steps * 10u + (uint32_t)(*digit - '0');
  for (uint32_t i = 0; i < model->input_count; i++) {
    in.all[i] = next;
    next += (size_of(0, i) + 15u) / 16u * 16u;
  }
  for (uint32_t i = 0; i < model->output_count; i++) {
    out.all[i] = next;
    next += (size_of(1, i) + 15u) / 16u * 16u;
  }
  if (next > bytes + sizeof bytes)
    return fail("too many bytes");
  const int stats = port_open(argv[4], PORT_WRITE);
  const int from = port_open(argv[5], PORT_READ);
  const int to = port_open(argv[6], PORT_WRITE);
  if (stats < 0 || from < 0 || to < 0 || port_close(stats) != 0)
    return fail("files");
  for (;; step++) {
    for (uint32_t i = 0; i < model->input_count; i++) {
      const int32_t got = port_read(from, in.all[i], size_of(0, i));
      if (got == 0 && i == 0)
        return port_close(to);
      if (got < 0 || (uint32_t)got != size_of(0, i))
        return fail("the input ends early");
    }
    /* A vector begins anew. */
    if (step % steps == 0 && BIND() != 0)
      return fail("bind: ");
    if (RUN() != 0)
      return fail("run: ");
    for (uint32_t i = 0; i < model->output_count; i++)
      if (port_write(to, out.all[i], size_of(1, i)) != 0)
        return fail("the output cannot be written");
  }
}
