//===- ChannelSums.h - What the channels of a tensor may be -----*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The channels of a tensor are the indices of its last dimension. Here are the
// sums that convolutions and matrix products of int8 compute for each of them,
// and, from these, the values that each channel can have at all. Proofs are in
// docs/ConstantChannels.md.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_TRANSFORMS_CHANNELSUMS_H
#define STM32_LIB_TRANSFORMS_CHANNELSUMS_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>

namespace mlir::stm32 {

/// The sums of one operator:
///
///     acc[o] = bias[o] + sum over taps and inputs of (x - input_zp) * weight
///
/// The taps are those of the window, row by row. A matrix product whose input
/// is an image that it reads whole has a tap for each pixel.
struct ChannelSums {
  int64_t outputs = 0; ///< output channels
  int64_t taps = 0;    ///< values of one input channel in a sum
  int64_t inputs = 0;  ///< input channels in a sum
  bool isDepthwise = false;
  int64_t outputsPerGroup = 0; ///< output channels with the same inputs
  int32_t inputZp = 0;
  int32_t weightsZp = 0;
  int32_t padValue = 0; ///< what a tap outside of the image reads
  RequantAttr requant;
  SmallVector<int32_t> bias;
  SmallVector<int32_t>
      weights; ///< less their zero point, as the operator has them
  /// Taps inside of the image, for each kind of place in the output.
  SmallVector<llvm::BitVector> places;

  /// The sums of a convolution or product of int8 on tensors; nothing if its
  /// constants are not known or `op` is no such operator.
  static std::optional<ChannelSums> get(Operation *op);

  int64_t getIndex(int64_t output, int64_t tap, int64_t input) const {
    return isDepthwise ? tap * outputs + output
                       : (output * taps + tap) * inputs + input;
  }
  int32_t getWeight(int64_t output, int64_t tap, int64_t input) const {
    return weights[getIndex(output, tap, input)];
  }
  /// The channel of the input that is `input` in the sums of `output`.
  int64_t getChannel(int64_t output, int64_t input) const {
    return output / outputsPerGroup * inputs + input;
  }
};

/// Least and greatest value of a channel, both included.
struct ChannelRange {
  int32_t min, max;
  bool isConstant() const { return min == max; }
};

/// Ranges of the channels of all int8 tensors in a model, for any input.
class ChannelRanges {
public:
  explicit ChannelRanges(ModelOp model);

  /// The channels of `value`; nothing if it is no tensor of int8.
  ArrayRef<ChannelRange> get(Value value) const {
    auto found = ranges.find(value);
    return found == ranges.end() ? ArrayRef<ChannelRange>() : found->second;
  }

private:
  llvm::DenseMap<Value, SmallVector<ChannelRange>> ranges;
};

/// The channel of the input that each channel of the output is computed from,
/// where `op` computes each from one; nothing for other operators.
std::optional<SmallVector<int64_t>> getSourceChannels(Operation *op);

/// Channels of a tensor of int8, 0 for other values.
int64_t getNumChannels(Value value);

} // namespace mlir::stm32

#endif // STM32_LIB_TRANSFORMS_CHANNELSUMS_H
