//===- Descriptors.cpp - Descriptors of kernel calls ----------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function for each struct of stm32rt_kernels.h.
//
//===----------------------------------------------------------------------===//

#include "DescriptorUtils.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::stm32;

static LogicalResult checkScale(Operation *op, const APFloat &scale) {
  if (scale.isFiniteNonZero() && !scale.isNegative())
    return success();
  return op->emitOpError("needs a positive and finite scale");
}

//===----------------------------------------------------------------------===//
// Other operators
//===----------------------------------------------------------------------===//

static FailureOr<KernelCall> describe(RequantizeOp op) {
  RequantAttr requant = op.getRequant();
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/false)) ||
      failed(checkOneMultiplier(op, requant)))
    return failure();
  return makeCall(
      "stm32rt_requantize",
      {{field("count", compute(op).getOutputType().getNumElements())},
       {field("x_zero_point", op.getInputZp()),
        field("y_zero_point", requant.getZeroPoint()),
        field("multiplier", requant.getMultiplier()[0]),
        field("shift", requant.getShift()[0])},
       {field("y_min", requant.getMin()), field("y_max", requant.getMax())}});
}

template <typename OpTy> static FailureOr<KernelCall> describeScale(OpTy op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/false)) ||
      failed(checkScale(op, op.getScale())))
    return failure();
  return makeCall(
      "stm32rt_quantize",
      {{field("count", compute(op).getOutputType().getNumElements())},
       {".scale = " + floatLiteral(op.getScale().convertToFloat()),
        field("zero_point", op.getZeroPoint())}});
}

//===----------------------------------------------------------------------===//
// describeCall
//===----------------------------------------------------------------------===//

FailureOr<KernelCall> stm32::describeCall(const OperatorPlan &entry) {
  Operation *operation = entry.getOperation();
  for (auto describeFamily :
       {describeWindow, describeElementwise, describeMovement,
        describeReduction, describeRecurrent, describeCustom,
        describeSignal})
    if (Description description = describeFamily(operation))
      return *description;
  return llvm::TypeSwitch<Operation *, FailureOr<KernelCall>>(operation)
      .Case<QuantizeOp, DequantizeOp>([](auto op) { return describeScale(op); })
      .Case<RequantizeOp>([](auto op) { return describe(op); })
      .Default([](Operation *op) -> FailureOr<KernelCall> {
        return op->emitOpError("has no descriptor in the runtime");
      });
}
