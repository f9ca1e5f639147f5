/*===-- stm32rt_variable.c - Variables as a whole, plain C -----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "stm32rt_kernels.h"

#include <string.h>

void stm32rt_read_variable(const stm32rt_variable *d, void *state, void *y) {
  memcpy(y, state, d->size);
}

void stm32rt_assign_variable(const stm32rt_variable *d, const void *x,
                             void *state) {
  memcpy(state, x, d->size);
}
