/*===-- stai_runtime.c - The stai_runtime_* functions -----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "stai.h"
#include "stm32rt.h"

#include <string.h>

stai_return_code stai_runtime_init(void) { return STAI_SUCCESS; }

stai_return_code stai_runtime_deinit(void) { return STAI_SUCCESS; }

stai_return_code stai_runtime_get_info(stai_runtime_info *info) {
  if (info == NULL)
    return STAI_ERROR_NETWORK_INVALID_API_ARGUMENTS;
  memset(info, 0, sizeof *info);
  info->api_version.major = STAI_API_VERSION_MAJOR;
  info->api_version.minor = STAI_API_VERSION_MINOR;
  info->api_version.micro = STAI_API_VERSION_MICRO;
  info->runtime_version.major = STM32RT_ABI_VERSION;
#if defined(__ICCARM__)
  info->compiler_id = STAI_COMPILER_ID_IAR;
  info->compiler_desc = "IAR";
#elif defined(__ARMCC_VERSION)
  info->compiler_id = STAI_COMPILER_ID_KEIL_AC6;
  info->compiler_desc = "Arm Compiler";
#elif defined(__ghs__)
  info->compiler_id = STAI_COMPILER_ID_GHS;
  info->compiler_desc = "Green Hills";
#elif defined(__GNUC__)
  info->compiler_id = STAI_COMPILER_ID_GCC;
  info->compiler_desc = __VERSION__;
#else
  info->compiler_id = STAI_COMPILER_ID_NONE;
  info->compiler_desc = "";
#endif
  return STAI_SUCCESS;
}

stai_return_code stai_runtime_set_callback(const stai_event_cb cb,
                                           void *cb_cookie) {
  (void)cb_cookie;
  return cb == NULL ? STAI_SUCCESS : STAI_ERROR_NOT_IMPLEMENTED;
}

stai_format stai_init_format(const stai_format_type type, const int8_t sign,
                             const int32_t bits, const int32_t fbits) {
  const uint32_t format =
      (sign != 0 ? 1u << 23 : 0u) | ((uint32_t)type & 0xfu) << 17 |
      ((uint32_t)bits & 0x7fu) << 7 | ((uint32_t)(fbits + 64) & 0x7fu);
  return (stai_format)format;
}
