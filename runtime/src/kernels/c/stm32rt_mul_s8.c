/*===-- stm32rt_mul_s8.c - Product, plain C --------------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N31: one requantisation of the product of both differences to the zero
 * point.
 */
#include "stm32rt_broadcast.h"

static inline int8_t product(const stm32rt_binary *d, int32_t a, int32_t b) {
  return (int8_t)stm32rt_binary_output(d, (a - d->a_zero_point) *
                                              (b - d->b_zero_point));
}

STM32RT_BINARY_KERNEL(stm32rt_mul_s8, stm32rt_binary, int8_t, int8_t, product)
