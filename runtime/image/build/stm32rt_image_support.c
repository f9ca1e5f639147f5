/*===-- stm32rt_image_support.c - Linked into an image beside the model ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * stm32-compile --relocatable compiles this file with the generated ones; it is
 * no part of its output.
 */
#include "stm32rt_image.h"

/* The part's compiler tells what code for it needs; read from the ELF file. */
extern const uint32_t image_machine;
STM32RT_SECTION(".image_machine")
const uint32_t image_machine = STM32RT_MACHINE;

/* The descriptor refers to it; the loader puts its own there. */
const uint8_t STM32RT_ABI_SYMBOL = STM32RT_ABI_VERSION;

/* The C libraries of hosts choose among several variants of these when a program
 * starts, which an image cannot. Those of Arm's bare-metal toolchains are fine. */
#ifdef IMAGE_WITHOUT_LIBC
#include <string.h>

/* A loop that copies must not become a call of itself. */
#ifdef __clang__
#define IMAGE_PLAIN_LOOP __attribute__((no_builtin))
#else
#define IMAGE_PLAIN_LOOP
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

IMAGE_PLAIN_LOOP void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  uint8_t *t = (uint8_t *)to;
  const uint8_t *f = (const uint8_t *)from;
  for (size_t i = 0; i < size; i++)
    t[i] = f[i];
  return to;
}

IMAGE_PLAIN_LOOP void *memmove(void *to, const void *from, size_t size) {
  uint8_t *t = (uint8_t *)to;
  const uint8_t *f = (const uint8_t *)from;
  if ((uintptr_t)t - (uintptr_t)f >= size)
    for (size_t i = 0; i < size; i++)
      t[i] = f[i];
  else
    while (size-- != 0)
      t[size] = f[size];
  return to;
}

IMAGE_PLAIN_LOOP void *memset(void *to, int value, size_t size) {
  uint8_t *t = (uint8_t *)to;
  for (size_t i = 0; i < size; i++)
    t[i] = (uint8_t)value;
  return to;
}
#endif
