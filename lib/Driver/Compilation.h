//===- Compilation.h - One model on its way to C -----------------*- C++
//-*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DRIVER_COMPILATION_H
#define STM32_LIB_DRIVER_COMPILATION_H

#include "AcceleratorFile.h"
#include "ChoiceList.h"
#include "CustomOps.h"
#include "MemoryFile.h"
#include "TuningFile.h"

#include "stm32/Driver/Driver.h"
#include "stm32/Pipelines/Pipelines.h"
#include "stm32/Target/C/ModelLibrary.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Support/Timing.h"
#include "llvm/Support/SourceMgr.h"

namespace mlir::stm32 {

using BuildPipeline = void (*)(OpPassManager &, const PipelineOptions &);

/// One compilation, step by step; each step prints its own error.
class Compilation {
public:
  Compilation(const CompileOptions &options, raw_ostream &out, raw_ostream &err,
              bool keepErrors = false)
      : options(options), out(out), err(err), keepErrors(keepErrors),
        context(makeRegistry()),
        handler(sources, &context, keepErrors ? errorStream : err) {
    // Errors are for people who know their model, not its IR.
    context.printOpOnDiagnostic(false);
    timings.setEnabled(options.timing);
    timings.setDisplayMode(DefaultTimingManager::DisplayMode::Tree);
    timings.setOutput(
        createOutputStrategy(DefaultTimingManager::OutputFormat::Text, err));
    total = timings.getRootScope();
  }
  /// Makes the plan and the C files; nothing is written.
  LogicalResult run();
  /// Writes the folder, or the archive, of a model that is alone.
  LogicalResult write();
  /// Prints the choices.
  void printChoices();
  /// What an archive holds of the model, but for its files.
  LibraryModel getLibraryModel();
  /// Adds the report, the image and the IR of the levels under the model's
  /// name.
  void addReport(SmallVectorImpl<OutputFile> &all, const std::string &name);

  /// False after a failure that more memory could help.
  bool doesFit() const { return fits; }
  /// What was kept instead of printed.
  StringRef getErrors() const { return errors; }
  /// Adds a line to the summary; later errors are printed.
  void finishFit(std::string line) {
    note = std::move(line);
    keepErrors = false;
  }

  const PartRecord &getPart() const { return *part; }
  const ModelPlan &getPlan() const { return *plan; }
  ArrayRef<OutputFile> getFiles() const { return files; }
  LogicalResult fail(const llvm::Twine &message) {
    (keepErrors ? errorStream : err)
        << "stm32-compile: error: " << message << "\n";
    return failure();
  }
  void printSummary(size_t numFiles);

private:
  const std::string &getModel() const { return options.models.front(); }
  std::string getName() const {
    return options.names.empty() ? "" : options.names.front();
  }
  static DialectRegistry makeRegistry() {
    DialectRegistry registry;
    registerDialects(registry);
    return registry;
  }
  LogicalResult checkOptions();
  /// Bytes of the pools that activations may use; 0: no limit.
  int64_t getCapacity() const;
  LogicalResult load();
  LogicalResult checkDialects();
  LogicalResult lower();
  /// `name` is that of its time.
  LogicalResult runPipeline(StringRef name, BuildPipeline build, ModuleOp on);
  LogicalResult nameModel();
  LogicalResult placeMemory();
  LogicalResult placeAccelerators();
  /// `bytes` are those of the model's file.
  LogicalResult checkModelOfTuning(StringRef bytes);
  LogicalResult placeTuning();
  void keepLevel(unsigned level, ModuleOp on);
  LogicalResult emit();
  std::string getReportText();
  LogicalResult emitImage();

  const CompileOptions options;
  raw_ostream &out, &err;
  /// Printed when the compilation ends, if options.timing. `total` ends first.
  DefaultTimingManager timings;
  TimingScope total;
  bool keepErrors, fits = true;
  std::string errors, note;
  llvm::raw_string_ostream errorStream{errors};
  MLIRContext context;
  llvm::SourceMgr sources;
  SourceMgrDiagnosticHandler handler;
  const PartRecord *part = nullptr;
  PipelineOptions pipelineOptions;
  bool isTFLite = false;
  std::vector<CustomBinding> bindings;
  std::optional<MemoryFile> memory;
  std::optional<TuningFile> tuning;
  ChoiceList choices;
  std::string digest; ///< SHA-256 of the model's file
  std::vector<const Accelerator *> accelerators;
  OwningOpRef<ModuleOp> module;
  SmallVector<OutputFile> levels, files;
  std::optional<ModelPlan> plan;
  std::string image;
};

/// Runs a compilation, or several until the model fits if `options` ask for
/// that; null after an error, which is printed.
std::unique_ptr<Compilation> compileModel(const CompileOptions &options,
                                          raw_ostream &out, raw_ostream &err);

} // namespace mlir::stm32

#endif // STM32_LIB_DRIVER_COMPILATION_H
