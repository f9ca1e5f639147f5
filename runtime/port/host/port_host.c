/*===-- port_host.c - The runner's platform: a hosted C library ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
/* mmap is no C11. */
#define _DEFAULT_SOURCE

#include "port.h"

#include <stdio.h>
#include <sys/mman.h>

#define MAX_FILES 8

static FILE *files[MAX_FILES];

int port_open(const char *path, port_mode mode) {
  for (int handle = 0; handle < MAX_FILES; ++handle) {
    if (files[handle])
      continue;
    files[handle] = fopen(path, mode == PORT_WRITE ? "wb" : "rb");
    return files[handle] ? handle : -1;
  }
  return -1;
}

int32_t port_read(int handle, void *data, uint32_t size) {
  size_t count = fread(data, 1, size, files[handle]);
  return ferror(files[handle]) ? -1 : (int32_t)count;
}

int port_write(int handle, const void *data, uint32_t size) {
  return fwrite(data, 1, size, files[handle]) == size ? 0 : -1;
}

int port_close(int handle) {
  int failed = fclose(files[handle]);
  files[handle] = NULL;
  return failed ? -1 : 0;
}

const void *port_load_code(const char *path, uint32_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file)
    return NULL;
  void *memory = MAP_FAILED;
  if (fseek(file, 0, SEEK_END) == 0) {
    const long length = ftell(file);
    rewind(file);
    *size = (uint32_t)length;
    if (length > 0 && length <= INT32_MAX)
      memory = mmap(NULL, *size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }
  if (memory != MAP_FAILED &&
      (fread(memory, 1, *size, file) != *size ||
       mprotect(memory, *size, PROT_READ | PROT_EXEC) != 0)) {
    (void)munmap(memory, *size);
    memory = MAP_FAILED;
  }
  (void)fclose(file);
  return memory != MAP_FAILED ? memory : NULL;
}

void port_print(const char *text) { fputs(text, stderr); }

/* The host's stack says nothing about a microcontroller's. */
uint32_t port_stack_used(void (*function)(void *argument), void *argument) {
  function(argument);
  return 0;
}

void bench_mark(void) {}
