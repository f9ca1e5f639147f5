/*===-- console_board.c - The console of a project -------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The UART of a project that `stm32-mlir project` has written for a board.
 */
#include "board.h"
#include "console.h"

void console_put(const char *text) {
  static int ready;
  if (!ready)
    board_init();
  ready = 1;
  board_print(text);
}
