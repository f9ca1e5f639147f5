/*===-- app.h - What the applications here get from their test -------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The applications in this folder are written as firmware for X-CUBE-AI and for
 * ST Edge AI is; python/tests/test_apps.py builds each for the host and for an
 * emulated part, unchanged, and writes <model>_vectors.h:
 *
 *   #define NETWORK_VECTORS 5
 *   static const uint8_t network_in_1[5][64], network_out_1[5][10] ...
 *
 * inputs and the exact outputs for them. An application ends with 0 if all was
 * as it must be.
 */
#ifndef STM32RT_TEST_APP_H
#define STM32RT_TEST_APP_H

#include <stddef.h>
#include <stdint.h>

/* Writes a line: text, and a number if there is one. */
void app_log(const char *text);
void app_log_number(const char *text, uint32_t number);

/* Time in cycles, such as DWT->CYCCNT; it wraps. */
void app_start_cycles(void);
uint32_t app_cycles(void);

/* Counts and prints what does not hold; app_result() is the result of main. */
void app_check(int holds, const char *text, const char *file, int line);
int app_result(void);
#define CHECK(condition)                                                       \
  app_check((condition) ? 1 : 0, #condition, __FILE__, __LINE__)

#endif /* STM32RT_TEST_APP_H */
