/*===-- rpc_port_stm32f4.c - The server's line: USART 1 of an STM32F4 ------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * For QEMU's netduinoplus2: registers are used as a part has them, but there
 * are no pins and clocks to be set up.
 */
#include "rpc_port.h"

typedef struct usart {
  volatile uint32_t state; /* 0x20: a byte has come, 0x80: room for one */
  volatile uint32_t data;
  volatile uint32_t divider;
  volatile uint32_t control; /* 4: receive, 8: transmit, 0x2000: on       */
} usart;

#define USART1 ((usart *)0x40011000u)
#define TIM2_CONTROL (*(volatile uint32_t *)0x40000000u)
#define TIM2_COUNT (*(volatile uint32_t *)0x40000024u)
#define TIM2_PRESCALER (*(volatile uint32_t *)0x40000028u)
#define TIM2_RELOAD (*(volatile uint32_t *)0x4000002Cu)
/* QEMU counts nanoseconds; the prescaler makes microseconds of them. */
#define TICKS_PER_SECOND 1000000u

static int32_t read_usart(void *user, void *data, uint32_t size) {
  uint8_t *to = (uint8_t *)data;
  uint32_t got = 0;
  (void)user;
  while (got < size && (USART1->state & 0x20u) != 0)
    to[got++] = (uint8_t)USART1->data;
  return (int32_t)got;
}

static int32_t write_usart(void *user, const void *data, uint32_t size) {
  const uint8_t *from = (const uint8_t *)data;
  (void)user;
  for (uint32_t i = 0; i < size; i++) {
    while ((USART1->state & 0x80u) == 0) {
    }
    USART1->data = from[i];
  }
  return 0;
}

static uint32_t read_timer(void *user) {
  (void)user;
  return TIM2_COUNT;
}

static const stm32rt_rpc_port usart_port = {read_usart, write_usart, read_timer,
                                            TICKS_PER_SECOND, NULL};

int rpc_port_open(int argc, char **argv, const stm32rt_rpc_port **port) {
  (void)argc;
  (void)argv;
  USART1->control = 0x200Cu;
  TIM2_PRESCALER = 999u;
  TIM2_RELOAD = 0xFFFFFFFFu;
  TIM2_CONTROL = 1u;
  *port = &usart_port;
  return 0;
}

int rpc_port_reopen(void) { return 1; }
