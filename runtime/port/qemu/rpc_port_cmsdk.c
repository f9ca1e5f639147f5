/*===-- rpc_port_cmsdk.c - The server's line: UART 0 of an MPS2 or MPS3 ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The UART and the timer of Arm's Cortex-M system design kit. RPC_UART and
 * RPC_TIMER are their addresses; without the second nothing is timed.
 */
#include "rpc_port.h"

typedef struct uart {
  volatile uint32_t data;
  volatile uint32_t state;   /* 1: transmitter full, 2: a byte has come */
  volatile uint32_t control; /* 1: transmit, 2: receive                 */
  volatile uint32_t interrupt;
  volatile uint32_t divider;
} uart;

#define UART ((uart *)RPC_UART)
/* Of the bus that both are on. */
#define CLOCK_HZ 25000000u

static int32_t read_uart(void *user, void *data, uint32_t size) {
  uint8_t *to = (uint8_t *)data;
  uint32_t got = 0;
  (void)user;
  while (got < size && (UART->state & 2u) != 0)
    to[got++] = (uint8_t)UART->data;
  return (int32_t)got;
}

static int32_t write_uart(void *user, const void *data, uint32_t size) {
  const uint8_t *from = (const uint8_t *)data;
  (void)user;
  for (uint32_t i = 0; i < size; i++) {
    while ((UART->state & 1u) != 0) {
    }
    UART->data = from[i];
  }
  return 0;
}

#ifdef RPC_TIMER
typedef struct timer {
  volatile uint32_t control; /* 1: on       */
  volatile uint32_t value;   /* counts down */
  volatile uint32_t reload;
} timer;

#define TIMER ((timer *)RPC_TIMER)

static void start_timer(void) {
  TIMER->reload = 0xFFFFFFFFu;
  TIMER->value = 0xFFFFFFFFu;
  TIMER->control = 1u;
}

static uint32_t read_timer(void *user) {
  (void)user;
  return ~TIMER->value;
}

static const stm32rt_rpc_port uart_port = {read_uart, write_uart, read_timer,
                                           CLOCK_HZ, NULL};
#else
static void start_timer(void) {}

static const stm32rt_rpc_port uart_port = {read_uart, write_uart, NULL, 0,
                                           NULL};
#endif

int rpc_port_open(int argc, char **argv, const stm32rt_rpc_port **port) {
  (void)argc;
  (void)argv;
  UART->divider = CLOCK_HZ / 115200u;
  UART->control = 3u;
  start_timer();
  *port = &uart_port;
  return 0;
}

int rpc_port_reopen(void) { return 1; }
