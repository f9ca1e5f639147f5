/*===-- stai_debug.h - Names of codes and formats ---------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#ifndef STAI_DEBUG_H
#define STAI_DEBUG_H

#include "stai.h"

STAI_API_DECLARE_BEGIN

/* The constant's name without STAI_, never NULL: "SUCCESS", "FORMAT_S8",
 * "unknown"; "" if STM32RT_NO_MESSAGES is defined. */
STAI_API_ENTRY
const char *stai_get_return_code_name(const stai_return_code code);
STAI_API_ENTRY
const char *stai_get_format_type_name(const stai_format_type type);
STAI_API_ENTRY
const char *stai_get_format_name(const stai_format format);

STAI_API_DECLARE_END

#endif /* STAI_DEBUG_H */
