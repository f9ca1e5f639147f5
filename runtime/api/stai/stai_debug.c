/*===-- stai_debug.c - Names of codes and formats ---------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "stai_debug.h"

#ifdef STM32RT_NO_MESSAGES

const char *stai_get_return_code_name(const stai_return_code code) {
  (void)code;
  return "";
}
const char *stai_get_format_type_name(const stai_format_type type) {
  (void)type;
  return "";
}
const char *stai_get_format_name(const stai_format format) {
  (void)format;
  return "";
}

#else

typedef struct name_of {
  uint32_t value;
  const char *name;
} name_of;

#define NAME(name)                                                             \
  { (uint32_t)(STAI_##name), #name }

static const char *find_name(const name_of *names, size_t count,
                             uint32_t value) {
  for (size_t i = 0; i < count; i++)
    if (names[i].value == value)
      return names[i].name;
  return "unknown";
}

const char *stai_get_return_code_name(const stai_return_code code) {
  static const name_of names[] = {NAME(SUCCESS),
                                  NAME(RUNNING_NO_WFE),
                                  NAME(RUNNING_WFE),
                                  NAME(DONE),
                                  NAME(ERROR_GENERIC),
                                  NAME(ERROR_NETWORK_INVALID_API_ARGUMENTS),
                                  NAME(ERROR_NETWORK_INVALID_CONTEXT_HANDLE),
                                  NAME(ERROR_NETWORK_INVALID_CONTEXT_SIZE),
                                  NAME(ERROR_NETWORK_INVALID_CONTEXT_ALIGNMENT),
                                  NAME(ERROR_NETWORK_INVALID_INFO),
                                  NAME(ERROR_NETWORK_INVALID_RUN),
                                  NAME(ERROR_NETWORK_INVALID_RUNTIME),
                                  NAME(ERROR_NETWORK_INVALID_ACTIVATIONS_PTR),
                                  NAME(ERROR_NETWORK_INVALID_ACTIVATIONS_NUM),
                                  NAME(ERROR_NETWORK_INVALID_IN_PTR),
                                  NAME(ERROR_NETWORK_INVALID_IN_NUM),
                                  NAME(ERROR_NETWORK_INVALID_OUT_PTR),
                                  NAME(ERROR_NETWORK_INVALID_OUT_NUM),
                                  NAME(ERROR_NETWORK_INVALID_STATES_PTR),
                                  NAME(ERROR_NETWORK_INVALID_STATES_NUM),
                                  NAME(ERROR_NETWORK_INVALID_WEIGHTS_PTR),
                                  NAME(ERROR_NETWORK_INVALID_WEIGHTS_NUM),
                                  NAME(ERROR_NETWORK_INVALID_CALLBACK),
                                  NAME(ERROR_NOT_IMPLEMENTED),
                                  NAME(ERROR_INVALID_BUFFER_ALIGNMENT),
                                  NAME(ERROR_NETWORK_STILL_RUNNING),
                                  NAME(ERROR_STAI_INIT_FAILED),
                                  NAME(ERROR_STAI_DEINIT_FAILED)};
  return find_name(names, sizeof names / sizeof names[0], (uint32_t)code);
}

const char *stai_get_format_type_name(const stai_format_type type) {
  static const name_of names[] = {NAME(FORMAT_TYPE_NONE),
                                  NAME(FORMAT_TYPE_FLOAT), NAME(FORMAT_TYPE_Q),
                                  NAME(FORMAT_TYPE_BOOL)};
  return find_name(names, sizeof names / sizeof names[0], (uint32_t)type);
}

const char *stai_get_format_name(const stai_format format) {
  static const name_of names[] = {
      NAME(FORMAT_NONE), NAME(FORMAT_FLOAT32), NAME(FORMAT_FLOAT64),
      NAME(FORMAT_U1),   NAME(FORMAT_U8),      NAME(FORMAT_U16),
      NAME(FORMAT_U32),  NAME(FORMAT_U64),     NAME(FORMAT_S1),
      NAME(FORMAT_S8),   NAME(FORMAT_S16),     NAME(FORMAT_S32),
      NAME(FORMAT_S64),  NAME(FORMAT_Q),       NAME(FORMAT_Q7),
      NAME(FORMAT_Q15),  NAME(FORMAT_UQ),      NAME(FORMAT_UQ7),
      NAME(FORMAT_UQ15), NAME(FORMAT_BOOL)};
  return find_name(names, sizeof names / sizeof names[0], (uint32_t)format);
}

#endif
