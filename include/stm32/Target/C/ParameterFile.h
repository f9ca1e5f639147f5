//===- ParameterFile.h - Constants in TVM's format --------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Named arrays, as TVM's save_param_dict writes them; little endian:
//
//   u64 0xF7E58D4F05049CB7, u64 0
//   u64 count, then for each array: u64 length, the name's bytes
//   u64 count, then for each array:
//     u64 0xDD5E40F096B4A13F, u64 0
//     i32 device type 1, i32 device 0, i32 rank
//     u8 type code (0 int, 1 uint, 2 float, 5 complex), u8 bits, u16 lanes 1
//     i64 for each dimension, i64 bytes, the elements
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_C_PARAMETERFILE_H
#define STM32_TARGET_C_PARAMETERFILE_H

#include "stm32/Target/C/ModelPlan.h"

namespace mlir::stm32 {

/// All constants of `plan`; the names are those that they have in C:
/// "op_3.weights".
std::string getParameterFile(const ModelPlan &plan);

} // namespace mlir::stm32

#endif // STM32_TARGET_C_PARAMETERFILE_H
