/*===-- port_code_qemu.c - Code from a file, by semihosting -----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Apart from port_qemu.c for the size of the buffer: only programs that load
 * images are built with this file.
 */
#include "port.h"

#include <stddef.h>

static uint8_t code[512 * 1024] __attribute__((aligned(32)));

const void *port_load_code(const char *path, uint32_t *size) {
  const int handle = port_open(path, PORT_READ);
  if (handle < 0)
    return NULL;
  const int32_t count = port_read(handle, code, sizeof code);
  uint8_t more;
  const int32_t rest = port_read(handle, &more, 1);
  if (port_close(handle) != 0 || count < 0 || rest != 0)
    return NULL;
  *size = (uint32_t)count;
  /* What was written as data is run as code. */
  __asm__ volatile("dsb\n\tisb" ::: "memory");
  return code;
}
