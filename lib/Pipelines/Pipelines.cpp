//===- Pipelines.cpp - The levels as pass pipelines -----------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Pipelines/Pipelines.h"

#include "stm32/Conversion/STM32ToEmitC/STM32ToEmitC.h"
#include "stm32/Conversion/TosaToSTM32/TosaToSTM32.h"
#include "stm32/Dialect/STM32/Transforms/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::stm32;

void stm32::buildImportPipeline(OpPassManager &manager,
                                const PipelineOptions &) {
  manager.addPass(createSTM32PrepareTosa());
  manager.addPass(createSTM32RecoverOperators());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void stm32::buildGraphPipeline(OpPassManager &manager,
                               const PipelineOptions &options) {
  manager.addPass(createConvertTosaToSTM32());
  OpPassManager &models = manager.nest<ModelOp>();
  models.addPass(createCanonicalizerPass());
  models.addPass(createSTM32FuseActivations());
  models.addPass(createSTM32FusePadding());
  if (!options.keepConstantChannels)
    models.addPass(createSTM32RemoveConstantChannels());
  models.addPass(createSTM32FoldZeroPoints());
  models.addPass(createCanonicalizerPass());
}

void stm32::buildSchedulePipeline(OpPassManager &manager,
                                  const PipelineOptions &options) {
  OpPassManager &models = manager.nest<ModelOp>();
  STM32SelectKernelsOptions selection;
  selection.target = options.target;
  selection.optimize = options.optimize;
  models.addPass(createSTM32SelectKernels(selection));
  models.addPass(createSTM32PackConstants());
  models.addPass(createSTM32OrderOperators());
  if (options.optimize == "ram" || options.streamInput) {
    STM32FormCascadesOptions cascades;
    cascades.stream = options.streamInput;
    cascades.budget = options.cascadeBudget;
    cascades.targetPeak = options.targetPeak;
    models.addPass(createSTM32FormCascades(cascades));
  }
}

void stm32::buildMemoryPipeline(OpPassManager &manager,
                                const PipelineOptions &options) {
  STM32BufferizeOptions bufferization;
  bufferization.target = options.target;
  manager.addPass(createSTM32Bufferize(bufferization));
  manager.addPass(createSTM32AssignPools());
  manager.addPass(createSTM32StreamConstants());
  manager.addPass(createSTM32PlanMemory());
  manager.addPass(createSTM32PlanConstants());
}

void stm32::buildEmitCPipeline(OpPassManager &manager,
                               const PipelineOptions &options) {
  ConvertSTM32ToEmitCOptions conversion;
  conversion.target = options.target;
  conversion.optimize = options.optimize;
  conversion.fullNames = options.fullNames;
  for (const std::string &api : options.apis)
    conversion.apis.push_back(api);
  manager.addPass(createConvertSTM32ToEmitC(conversion));
}

void stm32::registerPipelines() {
  using Build = void (*)(OpPassManager &, const PipelineOptions &);
  auto add = [](StringRef name, StringRef description, Build build) {
    PassPipelineRegistration<PipelineOptions>(name, description, build);
  };
  add("stm32-import-pipeline", "Clean up L1 after an import",
      buildImportPipeline);
  add("stm32-graph-pipeline", "From L1 (tosa) to L2 (stm32 on tensors)",
      buildGraphPipeline);
  add("stm32-schedule-pipeline", "From L2 to L3: kernels and constants",
      buildSchedulePipeline);
  add("stm32-memory-pipeline", "From L3 to L4: buffers with offsets",
      buildMemoryPipeline);
  add("stm32-emitc-pipeline", "From L4 to L5: C files", buildEmitCPipeline);
  add("stm32-pipeline", "From L1 (tosa) to L5 (C files)",
      [](OpPassManager &manager, const PipelineOptions &options) {
        buildImportPipeline(manager, options);
        buildGraphPipeline(manager, options);
        buildSchedulePipeline(manager, options);
        buildMemoryPipeline(manager, options);
        buildEmitCPipeline(manager, options);
      });
}
