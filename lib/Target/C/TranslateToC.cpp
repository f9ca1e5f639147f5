//===- TranslateToC.cpp - From L5 to the text of C files ------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/C/TranslateToC.h"

#include "mlir/Dialect/EmitC/IR/EmitC.h"
#include "mlir/Target/Cpp/CppEmitter.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::stm32;

LogicalResult stm32::translateToC(ModuleOp module,
                                  SmallVectorImpl<OutputFile> &files) {
  llvm::StringSet<> seen;
  for (auto file : module.getOps<emitc::FileOp>()) {
    if (!seen.insert(file.getId()).second)
      return file.emitOpError("is a second file '") << file.getId() << "'";
    std::string text;
    llvm::raw_string_ostream os(text);
    if (failed(emitc::translateToCpp(file, os, /*declareVariablesAtTop=*/false,
                                     file.getId())))
      return failure();
    // The emitter leaves an empty line at the end.
    std::string trimmed = StringRef(text).rtrim('\n').str() + "\n";
    files.push_back({file.getId().str(), std::move(trimmed)});
  }
  return success();
}

static LogicalResult printFiles(ModuleOp module, raw_ostream &os,
                                StringRef only) {
  SmallVector<OutputFile> files;
  if (failed(translateToC(module, files)))
    return failure();
  if (files.empty())
    return module.emitError("has no emitc.file: run --stm32-emitc-pipeline "
                            "first");
  if (only.empty()) {
    for (const OutputFile &file : files)
      os << "/* ==== " << file.name << " ==== */\n" << file.text;
    return success();
  }
  for (const OutputFile &file : files)
    if (file.name == only) {
      os << file.text;
      return success();
    }
  InFlightDiagnostic diag = module.emitError("there is no file '")
                            << only << "'";
  for (const OutputFile &file : files)
    diag.attachNote() << "there is '" << file.name << "'";
  return diag;
}

void stm32::registerMlirToCTranslation() {
  static llvm::cl::opt<std::string> fileName(
      "stm32-file", llvm::cl::desc("The only file that --mlir-to-c prints"));
  static TranslateFromMLIRRegistration registration(
      "mlir-to-c", "print the C files of a module on the emitc level",
      [](ModuleOp module, raw_ostream &os) {
        return printFiles(module, os, fileName);
      },
      [](DialectRegistry &registry) {
        registry.insert<emitc::EmitCDialect>();
      });
}
