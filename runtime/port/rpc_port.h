/*===-- rpc_port.h - What the server program needs from its platform -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * rpc_main.c is written against these functions only. host/rpc_port_host.c has
 * a TCP socket or a pseudo terminal, qemu/rpc_port_*.c have UARTs.
 */
#ifndef STM32RT_RPC_PORT_H
#define STM32RT_RPC_PORT_H

#include "stm32rt_rpc.h"

/* Opens the line and says what it needs to say of it; 0 if that went well.
 * `port` lives as long as the program. */
int rpc_port_open(int argc, char **argv, const stm32rt_rpc_port **port);

/* The line is closed: 1 if another one was opened, else 0. */
int rpc_port_reopen(void);

#endif /* STM32RT_RPC_PORT_H */
