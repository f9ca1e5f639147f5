/*===-- console.c - Numbers and errors, on any board -----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "console.h"

void console_number(int32_t value) {
  char text[12]; /* a sign, ten digits and the end */
  char *p = text + sizeof text - 1;
  uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
  *p = '\0';
  do {
    *--p = (char)('0' + rest % 10u);
    rest /= 10u;
  } while (rest != 0);
  if (value < 0)
    *--p = '-';
  console_put(p);
}

int console_fail(const char *what, const char *why) {
  console_put("error: ");
  console_put(what);
  console_put(": ");
  console_put(why);
  console_put("\n");
  return 1;
}
