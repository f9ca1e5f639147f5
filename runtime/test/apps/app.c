/*===-- app.c - What the applications here get from their test -------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "app.h"
#include "port.h"

#include <string.h>
#ifndef __arm__
#include <time.h>
#endif

static int failures;

void app_log(const char *text) {
  port_print(text);
  port_print("\n");
}

void app_log_number(const char *text, uint32_t number) {
  char digits[12];
  char *first = digits + sizeof digits - 1;
  *first = '\0';
  do {
    *--first = (char)('0' + number % 10u);
    number /= 10u;
  } while (number != 0);
  *--first = ' ';
  port_print(text);
  app_log(first);
}

void app_check(int holds, const char *text, const char *file, int line) {
  if (holds)
    return;
  const char *slash = strrchr(file, '/');
  app_log_number(slash != NULL ? slash + 1 : file, (uint32_t)line);
  app_log(text);
  failures++;
}

int app_result(void) { return failures != 0; }

#ifdef __arm__
/* QEMU has no DWT. The tick counts down from 2^24 - 1. */
#define SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018u)

void app_start_cycles(void) {
  SYST_RVR = 0xFFFFFFu;
  SYST_CVR = 0;
  SYST_CSR = 5; /* enabled, the core's clock, no interrupt */
}
uint32_t app_cycles(void) { return 0xFFFFFFu - SYST_CVR; }
#else
void app_start_cycles(void) {}
uint32_t app_cycles(void) {
  struct timespec now;
  (void)timespec_get(&now, TIME_UTC);
  return (uint32_t)now.tv_sec * 1000000000u + (uint32_t)now.tv_nsec;
}
#endif
