//===- Raiser.h - From TOSA to the stm32 dialect ----------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// TOSA is read in one walk. Operations that only hold a part of a quantised
// operator (an int32 accumulator, a side of an addition, a slice) make nothing
// by themselves: the operation that completes the operator looks back at them.
// So each `raise` function starts at the last operation of a pattern.
//
// There is one file for each family of operators, with one function that
// Raiser::raise asks. It gives nullopt for operations of other families, the
// reason why an operation cannot be raised, or "".
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_CONVERSION_TOSATOSTM32_RAISER_H
#define STM32_LIB_CONVERSION_TOSATOSTM32_RAISER_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

#include <optional>

namespace mlir::stm32 {

/// What a `tosa.rescale` says, once it is known to be exact here.
struct Rescale {
  SmallVector<int32_t> multiplier, shift;
  int32_t inputZp, outputZp;
};

/// Raises one function.
class Raiser {
public:
  Raiser(func::FuncOp func) : func(func), builder(func) {}
  LogicalResult run();

  // For the families. Those that can fail return the reason, or "".
  std::string readRescale(tosa::RescaleOp op, Rescale &result);
  /// The same without a look at how the product is rounded.
  std::string readFactors(tosa::RescaleOp op, Rescale &result);
  /// The value that stands for a tensor of the function; constants become
  /// `stm32.constant`.
  std::string readInput(Value value, Value &result);
  /// Reads the input of a window operator. A slice of leading rows and columns
  /// is dropped: the output's shape says how much is read.
  std::string readWindowInput(Value value, ArrayRef<int64_t> padding,
                              Value &result);
  Value constant(Location loc, DenseElementsAttr value);
  /// Sets the value that stands for `value`.
  void map(Value value, Value raised) { values.map(value, raised); }

  OpBuilder &getBuilder() { return builder; }

private:
  std::string raise(Operation *op);

  func::FuncOp func;
  OpBuilder builder;
  ModelOp model;
  IRMapping values;
};

/// The value of a constant operand, or null.
DenseIntElementsAttr getConstant(Value value);
bool isInt8(Type type);
/// The requantisation to int8 that `rescale` says, without a clamp.
RequantAttr makeRequant(MLIRContext *context, const Rescale &rescale);

using Raised = std::optional<std::string>;

/// Convolutions, products and pools.
Raised raiseWindow(Raiser &raiser, Operation *op);
Raised raiseElementwise(Raiser &raiser, Operation *op);
Raised raiseMovement(Raiser &raiser, Operation *op);
Raised raiseReduction(Raiser &raiser, Operation *op);

} // namespace mlir::stm32

#endif // STM32_LIB_CONVERSION_TOSATOSTM32_RAISER_H
