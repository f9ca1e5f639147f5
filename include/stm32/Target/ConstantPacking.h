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

/// The int8 `weights` of a convolution or matrix product, outputs first, as a
/// kernel with `packing` reads them: in one dimension, unless Plain gives them
/// as they are. stm32rt_pairs.h describes ChannelPairs, and
/// stm32rt_convolve_mve.h BlocksOf16. ChannelQuads takes the weights [..,
/// channel] of a depthwise convolution, a multiple of four channels.
DenseElementsAttr packWeights(Packing packing, DenseElementsAttr weights);

/// The stream of a kernel with PairStream, WideStream or QuadStream, as 32-bit
/// words, see stm32rt_convolve_dsp.h and stm32rt_fully_connected_s8_dsp_wide.c.
/// `weights` as above, in rows of dimensions 2 and 3 if
/// they have four.
DenseElementsAttr packStream(Packing packing, DenseElementsAttr weights,
                             DenseElementsAttr bias, RequantAttr requant);
bool isStream(Packing packing);

/// True if the kernels with `packing` read multipliers times two, modulo 2^32,
/// and shifts less 32 (stm32rt_dsp.h).
bool hasDoubledMultipliers(Packing packing);

} // namespace mlir::stm32

#endif // STM32_TARGET_CONSTANTPACKING_H
