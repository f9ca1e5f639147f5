/*===-- rpc_main.c - Serves one generated model over a serial line ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Compile with what runner.c needs:
 *   -DMODEL=net_model -DMODEL_HEADER='"net.h"'
 *   -D'POOLS(X)=X(NET_POOL_A) X(NET_POOL_B)'
 * and -DRUNNER_SECTIONS to put each pool in the section of its memory.
 */
#include "rpc_port.h"

#include MODEL_HEADER

#ifndef RPC_BUFFER
#define RPC_BUFFER 2048
#endif

#ifdef RUNNER_SECTIONS
#define POOL_ARRAY(pool)                                                       \
  static STM32RT_ALIGNED(pool##_ALIGN) STM32RT_SECTION(pool##_SECTION)         \
      uint8_t pool##_memory[pool##_SIZE];
#else
#define POOL_ARRAY(pool)                                                       \
  static STM32RT_ALIGNED(pool##_ALIGN) uint8_t pool##_memory[pool##_SIZE];
#endif
#define POOL_ENTRY(pool) {pool##_memory, pool##_SIZE},

POOLS(POOL_ARRAY)

int main(int argc, char **argv) {
  static const stm32rt_memory pools[] = {POOLS(POOL_ENTRY)};
  static stm32rt_context context;
  static stm32rt_context *const contexts[] = {&context};
  static stm32rt_rpc_server server;
  static uint8_t buffer[RPC_BUFFER];
  const stm32rt_rpc_port *port;

  if (stm32rt_create(&context, &MODEL, pools,
                     (uint32_t)(sizeof pools / sizeof pools[0]),
                     NULL) != STM32RT_OK)
    return 1;
  if (rpc_port_open(argc, argv, &port) != 0)
    return 2;
  do {
    if (stm32rt_rpc_open(&server, port, contexts, 1, buffer, sizeof buffer) !=
        STM32RT_OK)
      return 1;
    while (stm32rt_rpc_poll(&server) == STM32RT_OK) {
    }
  } while (rpc_port_reopen());
  return 0;
}
