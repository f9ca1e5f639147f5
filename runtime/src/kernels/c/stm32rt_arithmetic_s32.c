/*===-- stm32rt_arithmetic_s32.c - Arithmetic of int32 and bool, plain C ---===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N37. Results wrap around; nothing is undefined: unsigned arithmetic has
 * the same bits.
 */
#include "stm32rt_broadcast.h"

static inline int32_t add(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a + (uint32_t)b);
}
static inline int32_t sub(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a - (uint32_t)b);
}
static inline int32_t mul(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a * (uint32_t)b);
}
static inline int32_t squared_difference(int32_t a, int32_t b) {
  return mul(sub(a, b), sub(a, b));
}

/* Towards zero. The quotient by -1 is a difference: that of INT32_MIN wraps. */
static inline int32_t divide(int32_t a, int32_t b) {
  return b == 0 ? 0 : b == -1 ? sub(0, a) : a / b;
}

/* What is left of a after divide(a, b) times b. */
static inline int32_t rest(int32_t a, int32_t b) {
  return sub(a, mul(divide(a, b), b));
}

static inline int32_t floor_div(int32_t a, int32_t b) {
  const int32_t left = rest(a, b);
  return divide(a, b) - (b != 0 && left != 0 && (left ^ b) < 0);
}

/* Has the sign of b. */
static inline int32_t floor_mod(int32_t a, int32_t b) {
  const int32_t left = rest(a, b);
  return b != 0 && left != 0 && (left ^ b) < 0 ? left + b : left;
}

static inline int8_t floor_div_s8(int8_t a, int8_t b) {
  return (int8_t)floor_div(a, b);
}
static inline int8_t floor_mod_s8(int8_t a, int8_t b) {
  return (int8_t)floor_mod(a, b);
}
static inline int16_t floor_div_s16(int16_t a, int16_t b) {
  return (int16_t)floor_div(a, b);
}
static inline int16_t floor_mod_s16(int16_t a, int16_t b) {
  return (int16_t)floor_mod(a, b);
}

STM32RT_PLAIN_KERNEL(stm32rt_floor_div_s8, int8_t, int8_t, floor_div_s8)
STM32RT_PLAIN_KERNEL(stm32rt_floor_mod_s8, int8_t, int8_t, floor_mod_s8)
STM32RT_PLAIN_KERNEL(stm32rt_floor_div_s16, int16_t, int16_t, floor_div_s16)
STM32RT_PLAIN_KERNEL(stm32rt_floor_mod_s16, int16_t, int16_t, floor_mod_s16)
STM32RT_PLAIN_KERNEL(stm32rt_add_s32, int32_t, int32_t, add)
STM32RT_PLAIN_KERNEL(stm32rt_sub_s32, int32_t, int32_t, sub)
STM32RT_PLAIN_KERNEL(stm32rt_mul_s32, int32_t, int32_t, mul)
STM32RT_PLAIN_KERNEL(stm32rt_div_s32, int32_t, int32_t, divide)
STM32RT_PLAIN_KERNEL(stm32rt_floor_div_s32, int32_t, int32_t, floor_div)
STM32RT_PLAIN_KERNEL(stm32rt_floor_mod_s32, int32_t, int32_t, floor_mod)
STM32RT_PLAIN_KERNEL(stm32rt_squared_difference_s32, int32_t, int32_t,
                     squared_difference)

static inline uint8_t logical_and(uint8_t a, uint8_t b) { return a & b; }
static inline uint8_t logical_or(uint8_t a, uint8_t b) { return a | b; }

STM32RT_PLAIN_KERNEL(stm32rt_logical_and_b, uint8_t, uint8_t, logical_and)
STM32RT_PLAIN_KERNEL(stm32rt_logical_or_b, uint8_t, uint8_t, logical_or)
