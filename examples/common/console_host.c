/*===-- console_host.c - The console of a computer -------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "console.h"

#include <stdio.h>

void console_put(const char *text) { fputs(text, stdout); }
