/*===-- startup.c - From reset to main on an emulated Cortex-M -------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Sets up the FPU and memory, splits the command line that the host hands over,
 * calls main and ends the emulation with its result. A fault ends it with 99.
 */
#include "semihosting.h"

#include <string.h>

#define MAX_ARGUMENTS 16
#define MAX_COMMAND_LINE 512

#define CPACR (*(volatile uint32_t *)0xE000ED88u) /* coprocessor access  */
#define CCR (*(volatile uint32_t *)0xE000ED14u)   /* configuration       */
#define CFSR (*(volatile uint32_t *)0xE000ED28u)  /* what faulted        */

/* Of the linker script. */
extern uint32_t __stack_top[], __data_load[], __data_start[], __data_end[];
extern uint32_t __bss_start[], __bss_end[];

int main(int argc, char **argv);
_Noreturn void Reset_Handler(void);
_Noreturn void Fault_Handler(void);
void SysTick_Handler(void);

/* Splits the host's command line at blanks; argument 0 is the program. */
static int get_arguments(char **argv) {
  static char line[MAX_COMMAND_LINE];
  const uint32_t block[2] = {(uint32_t)line, sizeof line};
  int argc = 0;
  if (semihosting(SYS_GET_CMDLINE, block) != 0)
    return 0;
  for (char *p = line; *p && argc < MAX_ARGUMENTS;) {
    while (*p == ' ')
      *p++ = '\0';
    if (*p)
      argv[argc++] = p;
    while (*p && *p != ' ')
      ++p;
  }
  return argc;
}

_Noreturn void Fault_Handler(void) {
  static const char digits[] = "0123456789abcdef";
  char text[] = "fault, CFSR 0x00000000\n";
  const uint32_t cause = CFSR;
  for (uint32_t i = 0; i < 8u; ++i)
    text[14u + i] = digits[(cause >> (28u - 4u * i)) & 15u];
  (void)semihosting(SYS_WRITE0, text);
  semihosting_exit(99);
}

/* A program with a tick has its own. */
__attribute__((weak)) void SysTick_Handler(void) { Fault_Handler(); }

_Noreturn void Reset_Handler(void) {
  static char *argv[MAX_ARGUMENTS + 1];
  CPACR |= 0xFu << 20; /* full access to CP10 and CP11: FPU and MVE */
#if defined(__ARM_FEATURE_MVE)
  CCR |= 1u << 19; /* low-overhead loops */
#endif
  __asm__ volatile("dsb\n\tisb" ::: "memory");
  memcpy(__data_start, __data_load,
         (uint32_t)((char *)__data_end - (char *)__data_start));
  memset(__bss_start, 0, (uint32_t)((char *)__bss_end - (char *)__bss_start));
  semihosting_exit((uint32_t)main(get_arguments(argv), argv));
}

typedef union vector {
  uint32_t *stack;
  void (*handler)(void);
} vector;

/* Initial stack pointer, reset, NMI, the faults and the tick. */
__attribute__((section(".vectors"), used)) static const vector vectors[16] = {
    [0] = {.stack = __stack_top},
    [1] = {.handler = Reset_Handler},  /* reset           */
    [2] = {.handler = Fault_Handler},  /* NMI             */
    [3] = {.handler = Fault_Handler},  /* hard fault      */
    [4] = {.handler = Fault_Handler},  /* memory          */
    [5] = {.handler = Fault_Handler},  /* bus             */
    [6] = {.handler = Fault_Handler},  /* usage           */
    [7] = {.handler = Fault_Handler},  /* secure          */
    [11] = {.handler = Fault_Handler}, /* supervisor call */
    [12] = {.handler = Fault_Handler}, /* debug           */
    [14] = {.handler = Fault_Handler}, /* pendable call   */
    [15] = {.handler = SysTick_Handler},
};
