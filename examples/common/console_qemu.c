/*===-- console_qemu.c - The console of an emulated board ------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Semihosting; a debug probe serves it on a real board, too.
 */
#include "console.h"
#include "semihosting.h"

void console_put(const char *text) { (void)semihosting(SYS_WRITE0, text); }
