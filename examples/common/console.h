/*===-- console.h - Where the examples print -------------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * All that the examples need of a board. console_host.c and console_qemu.c have
 * console_put; on a board write one that sends to a UART or to SWO.
 */
#ifndef EXAMPLES_CONSOLE_H
#define EXAMPLES_CONSOLE_H

#include <stdint.h>

/* Prints text that ends with '\0'. Of the board. */
void console_put(const char *text);

/* Prints a number in decimal. */
void console_number(int32_t value);

/* Prints "error: what: why" and returns 1, the exit status of main. */
int console_fail(const char *what, const char *why);

#endif /* EXAMPLES_CONSOLE_H */
