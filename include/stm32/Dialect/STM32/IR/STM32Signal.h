//===- STM32Signal.h - Audio front ends -------------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is known of each function of `stm32.signal`: a table, and the types that
// follow from inputs and options. The verifier, the importer and the descriptors
// all ask here.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_IR_STM32SIGNAL_H
#define STM32_DIALECT_STM32_IR_STM32SIGNAL_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32SignalOps.h.inc"

namespace mlir::stm32 {

/// An integer that a model gives, and its range.
struct SignalOption {
  llvm::StringLiteral name;
  int64_t least, most;
};

/// What does not depend on shapes.
struct SignalFacts {
  SignalFunction function;
  /// The operator's name in models and reports.
  llvm::StringLiteral kind;
  unsigned numInputs;
  ArrayRef<SignalOption> options;
  ArrayRef<llvm::StringLiteral> constants;
};

const SignalFacts &getSignalFacts(SignalFunction function);

/// The types of outputs, states and constants. A dimension of a constant may be
/// dynamic: any number of rows.
struct SignalTypes {
  SmallVector<RankedTensorType, 2> outputs, states, constants;
};

/// The types that belong to inputs and options, which are in their ranges, or
/// what is wrong with them: "needs ..., got ...".
struct SignalInference {
  SignalTypes types;
  std::string defect;
};
SignalInference inferSignalTypes(SignalFunction function,
                                 ArrayRef<ShapedType> inputs,
                                 llvm::function_ref<int64_t(StringRef)> option);

/// Factors of a Fourier transform of `points` in the order of its stages, 4
/// before 2 before 3 before 5; nothing if there are others.
std::optional<SmallVector<int64_t>> getFftRadices(int64_t points);

/// Samples that a framer keeps, and the steps until it has a frame.
struct FramerPlan {
  int64_t history, pending;
};
FramerPlan planFramer(int64_t size, int64_t step, bool prefill);

} // namespace mlir::stm32

#endif // STM32_DIALECT_STM32_IR_STM32SIGNAL_H
