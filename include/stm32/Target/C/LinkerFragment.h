//===- LinkerFragment.h - <name>.ld -----------------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_C_LINKERFRAGMENT_H
#define STM32_TARGET_C_LINKERFRAGMENT_H

#include "stm32/Target/C/ModelPlan.h"

#include <string>

namespace mlir::stm32 {

/// The text of `name`.ld: a linker script's SECTIONS for the memories of the
/// pools of all `plans`, with assertions that each ends up where its region is;
/// "" if no pool names a section of its own.
std::string getLinkerFragment(llvm::StringRef name,
                              llvm::ArrayRef<const ModelPlan *> plans);

} // namespace mlir::stm32

#endif // STM32_TARGET_C_LINKERFRAGMENT_H
