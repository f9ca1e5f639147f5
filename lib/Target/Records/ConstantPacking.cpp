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

/// Blocks of 16 terms of four outputs, the terms of a window by column, row and
/// input, see stm32rt_convolve_mve.h.
static DenseElementsAttr packBlocksOf16(DenseElementsAttr weights) {
  ArrayRef<int64_t> shape = weights.getType().getShape();
  int64_t outputs = shape[0], terms = weights.getNumElements() / outputs;
  int64_t rows = shape.size() == 4 ? shape[1] : 1;
  int64_t columns = shape.size() == 4 ? shape[2] : 1;
  int64_t inputs = terms / (rows * columns),
          lanes = std::min<int64_t>(outputs, 4);
  int64_t blocks = llvm::divideCeil(terms, 16), skip = blocks * 16 - terms;
  SmallVector<int8_t> packed(llvm::divideCeil(outputs, 4) * blocks * lanes * 16,
                             0);
  auto values = weights.getValues<int8_t>();
  for (int64_t group = 0; group * 4 < outputs; ++group)
    for (int64_t lane = 0; lane < lanes; ++lane)
      for (int64_t k = 0; k < terms; ++k) {
        int64_t o = std::min(group * 4, outputs - lanes) + lane;
        int64_t column = k / (rows * inputs), row = k / inputs % rows;
        int64_t at = k + skip;
        packed[((group * blocks + at / 16) * lanes + lane) * 16 + at % 16] =
            values[(o * rows + row) * columns * inputs + column * inputs +
                   k % inputs];
      }
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
