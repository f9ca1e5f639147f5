/*===-- port_qemu.c - The runner's platform: semihosting -------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "port.h"
#include "semihosting.h"

#include <string.h>

#define STACK_PATTERN 0xC5C5C5C5u

/* Lowest word that the linker script keeps for the stack. */
extern uint32_t __stack_limit[];

int port_open(const char *path, port_mode mode) {
  /* 1 is "rb", 5 is "wb". */
  const uint32_t block[3] = {(uint32_t)path, mode == PORT_WRITE ? 5u : 1u,
                             (uint32_t)strlen(path)};
  return (int)semihosting(SYS_OPEN, block);
}

int32_t port_read(int handle, void *data, uint32_t size) {
  const uint32_t block[3] = {(uint32_t)handle, (uint32_t)data, size};
  /* The host says how many bytes it did not read. */
  const int32_t missing = semihosting(SYS_READ, block);
  return missing < 0 || (uint32_t)missing > size ? -1 : (int32_t)size - missing;
}

int port_write(int handle, const void *data, uint32_t size) {
  const uint32_t block[3] = {(uint32_t)handle, (uint32_t)data, size};
  return semihosting(SYS_WRITE, block) == 0 ? 0 : -1;
}

int port_close(int handle) {
  const uint32_t block[1] = {(uint32_t)handle};
  return semihosting(SYS_CLOSE, block) == 0 ? 0 : -1;
}

void port_print(const char *text) { (void)semihosting(SYS_WRITE0, text); }

/* Paints the free stack, which grows down from the stack pointer, and looks how
 * much of the paint is left:
 *
 *   __stack_limit  PPPPPPPPPPPP................  stack pointer
 *                              <--- used ----->
 */
uint32_t port_stack_used(void (*function)(void *argument), void *argument) {
  volatile uint32_t *top;
  volatile uint32_t *p;
  __asm__ volatile("mov %0, sp" : "=r"(top));
  for (p = __stack_limit; p < top; ++p)
    *p = STACK_PATTERN;
  function(argument);
  for (p = __stack_limit; p < top && *p == STACK_PATTERN; ++p) {
  }
  return (uint32_t)(top - p) * 4u;
}

__attribute__((noinline)) void bench_mark(void) { __asm__ volatile(""); }
