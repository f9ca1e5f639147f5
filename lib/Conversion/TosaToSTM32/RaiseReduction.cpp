//===- RaiseReduction.cpp - Operators along dimensions --------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Raiser.h"
#include "stm32/Dialect/STM32/IR/STM32Reduction.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::stm32;

/// NaN is never greater or less here, as in the reference.
template <typename OpTy> static bool ignoresNaN(OpTy op) {
  return !cast<ShapedType>(op.getInput().getType()).getElementType().isF32() ||
         op.getNanMode() == tosa::NanPropagationMode::IGNORE;
}
static bool ignoresNaN(tosa::ReduceSumOp) { return true; }

/// True if `stm32.reduce` has a form for these element types.
static bool isSupported(Reduction reduction, Type x, Type y) {
  switch (reduction) {
  case Reduction::Sum:
    return x == y && (x.isF32() || x.isSignlessInteger(32));
  case Reduction::ArgMax:
    return (x.isF32() || x.isSignlessInteger(8)) && y.isSignlessInteger(32);
  default:
    return x == y && (x.isF32() || x.isSignlessInteger(8) ||
                      x.isSignlessInteger(16) || x.isSignlessInteger(32));
  }
}

template <typename OpTy>
static std::string raiseReduce(Raiser &raiser, OpTy op, Reduction reduction) {
  auto x = cast<RankedTensorType>(op.getInput().getType());
  auto y = cast<RankedTensorType>(op->getResult(0).getType());
  if (!isSupported(reduction, x.getElementType(), y.getElementType()))
    return "these element types are not supported";
  if (!ignoresNaN(op))
    return "floats are supported with nan_mode IGNORE";
  if (x.getRank() > 6)
    return "at most 6 dimensions are supported";
  Value input;
  if (std::string reason = raiser.readInput(op.getInput(), input);
      !reason.empty())
    return reason;
  auto result = ReduceOp::create(
      raiser.getBuilder(), op.getLoc(), y, input, /*dest=*/Value(),
      /*scratch=*/Value(), reduction, ArrayRef<int64_t>{op.getAxis()},
      /*input_zp=*/0,
      /*requant=*/RequantAttr(), /*kernel=*/StringAttr());
  raiser.map(op->getResult(0), result.getResult());
  return "";
}

Raised stm32::raiseReduction(Raiser &raiser, Operation *op) {
  return llvm::TypeSwitch<Operation *, Raised>(op)
      .Case([&](tosa::ReduceSumOp op) {
        return raiseReduce(raiser, op, Reduction::Sum);
      })
      .Case([&](tosa::ReduceMaxOp op) {
        return raiseReduce(raiser, op, Reduction::Max);
      })
      .Case([&](tosa::ReduceMinOp op) {
        return raiseReduce(raiser, op, Reduction::Min);
      })
      .Case([&](tosa::ArgMaxOp op) {
        return raiseReduce(raiser, op, Reduction::ArgMax);
      })
      .Default([](Operation *) { return std::nullopt; });
}
