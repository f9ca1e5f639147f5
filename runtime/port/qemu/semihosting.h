/*===-- semihosting.h - Calls from an Arm M-profile core to its host -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#ifndef STM32RT_PORT_SEMIHOSTING_H
#define STM32RT_PORT_SEMIHOSTING_H

#include <stdint.h>

/* Operation numbers of Arm's semihosting specification. */
enum {
  SYS_OPEN = 0x01,
  SYS_CLOSE = 0x02,
  SYS_WRITE0 = 0x04,
  SYS_WRITE = 0x05,
  SYS_READ = 0x06,
  SYS_GET_CMDLINE = 0x15,
  SYS_EXIT_EXTENDED = 0x20
};

/* The host does `operation`; `argument` is what the specification says. */
static inline int32_t semihosting(int32_t operation, const void *argument) {
  register int32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

/* Ends the emulation; `code` becomes the exit status of QEMU. */
static inline _Noreturn void semihosting_exit(uint32_t code) {
  /* 0x20026 is ADP_Stopped_ApplicationExit. */
  const uint32_t block[2] = {0x20026u, code};
  for (;;)
    (void)semihosting(SYS_EXIT_EXTENDED, block);
}

#endif /* STM32RT_PORT_SEMIHOSTING_H */
