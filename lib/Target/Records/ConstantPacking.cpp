//===- ConstantPacking.cpp - Weights in the order that kernels read -------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/ConstantPacking.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::stm32;

/// Pairs of output channels, four terms of each in turn (input channels, or all
/// weights of a window), zeros where there is none.
/// `packed` in one dimension, of the type of `weights`.
static DenseElementsAttr makePacked(DenseElementsAttr weights,
                                    ArrayRef<int8_t> packed) {
  auto type = RankedTensorType::get({static_cast<int64_t>(packed.size())},
                                    weights.getElementType());
  return DenseElementsAttr::get(type, packed);
}

static DenseElementsAttr packSxtb16Pairs(DenseElementsAttr weights) {
  int64_t outputs = weights.getType().getDimSize(0);
  int64_t inputs = weights.getNumElements() / outputs;
  int64_t groups = llvm::divideCeil(inputs, 4);
  SmallVector<int8_t> packed(8 * groups * llvm::divideCeil(outputs, 2), 0);
  auto values = weights.getValues<int8_t>();
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t k = 0; k < inputs; ++k)
      packed[((o / 2) * groups + k / 4) * 8 + (o % 2) * 4 + k % 4] =
          values[o * inputs + k];
  return makePacked(weights, packed);
}

/// Blocks of 16 terms of four outputs, see stm32rt_convolve_mve.h.
static DenseElementsAttr packBlocksOf16(DenseElementsAttr weights) {
  int64_t outputs = weights.getType().getDimSize(0);
  int64_t terms = weights.getNumElements() / outputs;
  SmallVector<int8_t> packed;
  packed.reserve(weights.getNumElements());
  auto values = weights.getValues<int8_t>();
  for (int64_t first = 0; first < outputs; first += 4)
    for (int64_t block = 0; block < terms; block += 16)
      for (int64_t o = first; o < std::min(first + 4, outputs); ++o)
        for (int64_t k = block; k < std::min(block + 16, terms); ++k)
          packed.push_back(values[o * terms + k]);
  return makePacked(weights, packed);
}

DenseElementsAttr stm32::packWeights(Packing packing,
                                     DenseElementsAttr weights) {
  switch (packing) {
  case Packing::None:
  case Packing::Plain:
    return weights;
  case Packing::Sxtb16Pairs:
    return packSxtb16Pairs(weights);
  case Packing::BlocksOf16:
    return packBlocksOf16(weights);
  }
  llvm_unreachable("unknown packing");
}
