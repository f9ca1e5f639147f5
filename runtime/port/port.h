/*===-- port.h - What the test runner needs from its platform --------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * runner.c is written against these functions only. host/ implements them with
 * stdio, qemu/ with Arm semihosting. Firmware needs nothing of this.
 */
#ifndef STM32RT_PORT_H
#define STM32RT_PORT_H

#include <stdint.h>

typedef enum port_mode { PORT_READ = 0, PORT_WRITE = 1 } port_mode;

/* A handle >= 0, or -1. Paths are relative to the host's working directory. */
int port_open(const char *path, port_mode mode);

/* Bytes read, fewer than `size` at the end of the file; -1 on an error. */
int32_t port_read(int handle, void *data, uint32_t size);

/* 0 if all bytes were written, else -1. */
int port_write(int handle, const void *data, uint32_t size);

/* 0 if what was written has reached the file, else -1. */
int port_close(int handle);

/* The bytes of a file, and their number, in memory that can be executed, aligned
 * to 32 bytes; NULL if that cannot be. They stay until the program ends. */
const void *port_load_code(const char *path, uint32_t *size);

/* Writes text to the error stream. */
void port_print(const char *text);

/* Calls function(argument) and returns how many bytes of stack that took, as
 * the high-water mark of a painted stack; 0 where it cannot be measured. */
uint32_t port_stack_used(void (*function)(void *argument), void *argument);

/* The instruction counter takes the time of each call. Never inlined. */
void bench_mark(void);

#endif /* STM32RT_PORT_H */
