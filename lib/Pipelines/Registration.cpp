//===- Registration.cpp - Dialects and passes of the tools ----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Conversion/STM32ToEmitC/STM32ToEmitC.h"
#include "stm32/Conversion/TosaToSTM32/TosaToSTM32.h"
#include "stm32/Dialect/STM32/Transforms/Passes.h"
#include "stm32/Pipelines/Pipelines.h"

#include "mlir/Dialect/EmitC/IR/EmitC.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"

using namespace mlir;
using namespace mlir::stm32;

void stm32::registerDialects(DialectRegistry &registry) {
  registry.insert<STM32Dialect, emitc::EmitCDialect, func::FuncDialect,
                  tosa::TosaDialect>();
}

void stm32::registerPasses() {
  registerTosaToSTM32Passes();
  registerSTM32TransformsPasses();
  registerSTM32ToEmitCPasses();
}
