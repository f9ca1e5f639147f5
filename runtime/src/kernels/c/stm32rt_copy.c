/*===-- stm32rt_copy.c - Copies that are loops, plain C ---------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N50 of docs/numerics/Movement.md.
 */
#include "stm32rt_runs.h"

void stm32rt_copy_runs(const stm32rt_copy *d, const void *x, void *y) {
  stm32rt_copy_loops(d, x, y, 0);
}

void stm32rt_copy_8(const stm32rt_copy *d, const void *x, void *y) {
  stm32rt_copy_loops(d, x, y, 1);
}

void stm32rt_copy_16(const stm32rt_copy *d, const void *x, void *y) {
  stm32rt_copy_loops(d, x, y, 2);
}

void stm32rt_copy_32(const stm32rt_copy *d, const void *x, void *y) {
  stm32rt_copy_loops(d, x, y, 4);
}

void stm32rt_copy_64(const stm32rt_copy *d, const void *x, void *y) {
  stm32rt_copy_loops(d, x, y, 8);
}
