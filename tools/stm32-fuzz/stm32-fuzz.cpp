//===- stm32-fuzz.cpp - Hostile models, from bytes to C -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A target of libFuzzer: the bytes are a .tflite file, which is compiled as
// stm32-compile does it, without writing a file. Besides what the sanitizers
// see, it is wrong
//
// - if the importer fails without exactly one error at the file's location,
// - if a later step fails without an error.
//
// The sum of a model's bytes chooses the part and what matters most: the same
// bytes always do the same. Two operators that the importer does not know are
// bound to functions, as with --custom-ops.
//
//===----------------------------------------------------------------------===//

#include "Mutator.h"

#include "stm32/Pipelines/Pipelines.h"
#include "stm32/Target/C/ModelPlan.h"
#include "stm32/Target/C/Report.h"
#include "stm32/Target/C/RuntimeFiles.h"
#include "stm32/Target/C/TranslateToC.h"
#include "stm32/Target/TFLite/Import.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"

#include <numeric>

using namespace mlir;
using namespace mlir::stm32;

namespace {

/// Errors of one model.
struct Errors {
  unsigned count = 0, elsewhere = 0;
  std::string last;
};

[[noreturn]] void fail(const char *what, const Errors &errors) {
  llvm::errs() << "stm32-fuzz: " << what << ", last error: " << errors.last
               << "\n";
  std::abort();
}

/// What a model is compiled for.
struct Aim {
  const char *target, *optimize;

  explicit Aim(llvm::StringRef bytes) {
    // Little memory, several pools, the most kernels.
    static const char *const targets[] = {"host", "stm32g0b1re", "stm32f407vg",
                                          "stm32h743zi", "stm32n657x0"};
    static const char *const modes[] = {"balanced", "time", "ram", "flash"};
    unsigned sum = std::accumulate(bytes.bytes_begin(), bytes.bytes_end(), 0u);
    target = targets[sum % std::size(targets)];
    optimize = modes[sum / std::size(targets) % std::size(modes)];
  }
};

/// The operators of custom.json; the second one writes two tensors.
std::vector<CustomBinding> getBindings() {
  CustomBinding mix, unique;
  mix.operatorName = "Mix";
  mix.function = "my_mix";
  mix.scratch = 64;
  mix.outputs.resize(1);
  mix.outputs[0].shape = {4};
  unique.operatorName = "UNIQUE";
  unique.function = "my_unique";
  return {mix, unique};
}

/// Everything behind the importer.
LogicalResult compileModule(ModuleOp module, const Aim &aim) {
  PipelineOptions options;
  options.target = aim.target;
  options.optimize = aim.optimize;
  PassManager toPlan(module.getContext());
  buildImportPipeline(toPlan, options);
  buildGraphPipeline(toPlan, options);
  buildSchedulePipeline(toPlan, options);
  buildMemoryPipeline(toPlan, options);
  if (failed(toPlan.run(module)))
    return failure();
  ModelOp model = *module.getOps<ModelOp>().begin();
  model.setSymName("network");
  llvm::StringSet<> taken;
  FailureOr<ModelPlan> plan = ModelPlan::get(model, taken);
  if (failed(plan))
    return failure();
  OwningOpRef<ModuleOp> converted(module.clone());
  PassManager toC(module.getContext());
  buildEmitCPipeline(toC, options);
  SmallVector<OutputFile> files;
  if (failed(toC.run(*converted)) || failed(translateToC(*converted, files)) ||
      failed(addRuntimeFiles(*plan, /*apis=*/{}, files)))
    return failure();
  return success(!getReport(*plan, aim.target, aim.optimize, {}).empty());
}

void runOne(llvm::StringRef bytes) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  Errors errors;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diag) {
    if (diag.getSeverity() == DiagnosticSeverity::Error) {
      ++errors.count;
      errors.elsewhere += !isa<FileLineColLoc>(diag.getLocation());
      errors.last = diag.str();
    }
    return success();
  });
  OwningOpRef<ModuleOp> module =
      importTFLite(bytes, "model.tflite", &context, getBindings());
  if (errors.count != (module ? 0u : 1u) || errors.elsewhere != 0)
    fail("the importer must give one error or none", errors);
  if (!module)
    return;
  bool isDone = succeeded(compileModule(*module, Aim(bytes)));
  if (isDone == (errors.count != 0))
    fail("a step must succeed or say why not", errors);
}

} // namespace

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  runOne(llvm::StringRef(reinterpret_cast<const char *>(data), size));
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned seed) {
  // One in four has its bytes changed.
  if (seed % 4 != 0)
    if (size_t changed = fuzz::mutateModel(data, size, maxSize, seed))
      return changed;
  return LLVMFuzzerMutate(data, size, maxSize);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t *first,
                                            size_t firstSize,
                                            const uint8_t *second,
                                            size_t secondSize, uint8_t *out,
                                            size_t maxSize, unsigned seed) {
  return fuzz::joinModels(first, firstSize, second, secondSize, out, maxSize,
                          seed);
}
