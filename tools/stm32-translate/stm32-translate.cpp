//===- stm32-translate.cpp - Between files and models ---------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// `--import-tflite` reads a .tflite file, `--mlir-to-c` prints the C files of a
// module on the emitc level.
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/C/TranslateToC.h"
#include "stm32/Target/TFLite/Import.h"

#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"

int main(int argc, char **argv) {
  mlir::stm32::registerImportTFLiteTranslation();
  mlir::stm32::registerMlirToCTranslation();
  return mlir::failed(
      mlir::mlirTranslateMain(argc, argv, "stm32-mlir translator\n"));
}
