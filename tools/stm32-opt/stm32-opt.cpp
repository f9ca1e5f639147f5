//===- stm32-opt.cpp - Run passes on models -------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The passes of the project, MLIR's general ones and TOSA's, and the pipelines
// of stm32/Pipelines/Pipelines.h.
//
//===----------------------------------------------------------------------===//

#include "stm32/Pipelines/Pipelines.h"

#include "mlir/Dialect/Tosa/Transforms/Passes.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::stm32::registerDialects(registry);
  mlir::stm32::registerPasses();
  mlir::stm32::registerPipelines();
  mlir::registerTransformsPasses();
  mlir::tosa::registerTosaPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "stm32-mlir optimizer\n", registry));
}
