//===- DescriptorUtils.h - Writing descriptors of kernels -------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the files that describe calls share: one file for each family of
// operators, each with a function that describeCall (Descriptors.cpp) asks.
// Such a function gives nullopt for operators of other families.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_CONVERSION_STM32TOEMITC_DESCRIPTORUTILS_H
#define STM32_LIB_CONVERSION_STM32TOEMITC_DESCRIPTORUTILS_H

#include "CFile.h"

#include <optional>

namespace mlir::stm32 {

using Description = std::optional<FailureOr<KernelCall>>;

Description describeWindow(Operation *op);
Description describeElementwise(Operation *op);
Description describeMovement(Operation *op);
Description describeReduction(Operation *op);
Description describeRecurrent(Operation *op);
Description describeCustom(Operation *op);
Description describeSignal(Operation *op);

//===----------------------------------------------------------------------===//
// Initialisers
//===----------------------------------------------------------------------===//

/// Attributes of 32 bits are signed, but their getters return uint32_t.
template <typename T> std::string field(StringRef name, T attr) {
  using Value =
      std::conditional_t<std::is_same_v<T, uint32_t>, int32_t, int64_t>;
  int64_t value = static_cast<Value>(attr);
  return ("." + name + " = " + intLiteral(value)).str();
}

inline std::string fieldArray(StringRef name, ArrayRef<int64_t> values) {
  SmallVector<std::string> items;
  for (int64_t value : values)
    items.push_back(intLiteral(value));
  return ("." + name + " = {" + wrapItems(items, 0, 0) + "}").str();
}

/// Braces around groups of fields, each group beginning a line.
inline std::string braces(ArrayRef<SmallVector<std::string>> groups) {
  std::string text = "{\n";
  for (const SmallVector<std::string> &group : groups)
    text += "  " + wrapItems(group, 2, 2) + ",\n";
  return text + "}";
}

/// The dimensions of an image in memory, in elements: batch, row, pixel,
/// channel.
SmallVector<int64_t, 4> getImageStrides(BufferType type);

//===----------------------------------------------------------------------===//
// What kernels can do
//===----------------------------------------------------------------------===//

/// Kernels that take tensors as they lie in memory: one layout for all, and
/// channel last if `needsNHWC`.
inline LogicalResult checkLayouts(ComputeOpInterface op, bool needsNHWC) {
  Layout expected =
      needsNHWC ? Layout::NHWC : stm32::getLayout(op.getOutputType());
  bool same = stm32::getLayout(op.getOutputType()) == expected;
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    same &= stm32::getLayout(op.getActivationType(i)) == expected;
  if (!same)
    return op.emitOpError("needs ")
           << (needsNHWC ? "channel-last buffers" : "buffers of one layout");
  return success();
}

inline LogicalResult checkOneMultiplier(Operation *op, RequantAttr requant) {
  if (requant.isPerChannel())
    return op->emitOpError("needs one multiplier, got ")
           << requant.getMultiplier().size();
  return success();
}

inline KernelCall makeCall(StringRef type,
                           ArrayRef<SmallVector<std::string>> groups,
                           bool hasConstants = false) {
  return {type, braces(groups), /*window=*/"", hasConstants,
          /*hasScratch=*/false};
}

inline ComputeOpInterface compute(Operation *op) {
  return cast<ComputeOpInterface>(op);
}

} // namespace mlir::stm32

#endif // STM32_LIB_CONVERSION_STM32TOEMITC_DESCRIPTORUTILS_H
