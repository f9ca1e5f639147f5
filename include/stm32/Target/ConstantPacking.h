//===- ConstantPacking.h - Weights in the order that kernels read --*- C++
//-*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_CONSTANTPACKING_H
#define STM32_TARGET_CONSTANTPACKING_H

#include "stm32/Target/KernelRecords.h"

namespace mlir::stm32 {

/// The int8 `weights` of a convolution or matrix product as a kernel with
/// `packing` reads them. Plain gives them as they are; Sxtb16Pairs takes
/// [out, 1, 1, in] and is described in
/// runtime/src/kernels/dsp/stm32rt_conv_2d_1x1_s8_dsp.c.
DenseElementsAttr packWeights(Packing packing, DenseElementsAttr weights);

} // namespace mlir::stm32

#endif // STM32_TARGET_CONSTANTPACKING_H
