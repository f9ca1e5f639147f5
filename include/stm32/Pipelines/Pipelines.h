//===- Pipelines.h - The levels as pass pipelines ---------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// One pipeline leads from each level of docs/RationaleSTM32.md to the next:
//
//   L1 tosa --graph--> L2 stm32 --schedule--> L3 --memory--> L4 --emitc--> L5
//
// The import pipeline cleans up L1 after an import. Tools, tests and the driver
// share these. Each is also registered under its name (`--stm32-graph-pipeline`
// …), and `--stm32-pipeline` runs all of them.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_PIPELINES_PIPELINES_H
#define STM32_PIPELINES_PIPELINES_H

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

#include <string>

namespace mlir::stm32 {

struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  Option<std::string> target{*this, "target",
                             llvm::cl::desc("Part that the model runs on"),
                             llvm::cl::init("host")};
  Option<std::string> optimize{
      *this, "optimize",
      llvm::cl::desc("What matters most: time, balanced, ram or flash"),
      llvm::cl::init("balanced")};
  Option<double> cascadeBudget{
      *this, "cascade-budget",
      llvm::cl::desc(
          "Most instructions that bands of rows may cost, in percent"),
      llvm::cl::init(15.0)};
  Option<int64_t> targetPeak{
      *this, "target-peak",
      llvm::cl::desc("Bytes of activations that are few enough"),
      llvm::cl::init(0)};
  Option<bool> streamInput{*this, "stream-input",
                           llvm::cl::desc("The first input comes row by row"),
                           llvm::cl::init(false)};
  Option<bool> keepConstantChannels{
      *this, "keep-constant-channels",
      llvm::cl::desc("Compute channels that never vary, too"),
      llvm::cl::init(false)};
  Option<bool> fullNames{
      *this, "full-names",
      llvm::cl::desc("Keep names inside of the network that a front end joined"),
      llvm::cl::init(false)};
  ListOption<std::string> apis{
      *this, "apis", llvm::cl::desc("Further shapes of the model's functions")};
};

/// L1: canonical form.
void buildImportPipeline(OpPassManager &manager, const PipelineOptions &);
/// L1 to L2, then fusion and exact algebra.
void buildGraphPipeline(OpPassManager &manager,
                        const PipelineOptions &options);
/// L2 to L3: kernels and their constants.
void buildSchedulePipeline(OpPassManager &manager, const PipelineOptions &);
/// L3 to L4: buffers, pools, offsets.
void buildMemoryPipeline(OpPassManager &manager, const PipelineOptions &);
/// L4 to L5: C files.
void buildEmitCPipeline(OpPassManager &manager, const PipelineOptions &);

/// Registers the pipelines by name.
void registerPipelines();
/// Registers every pass of the project.
void registerPasses();
/// Registers the dialects that a model may use on any level.
void registerDialects(DialectRegistry &registry);

} // namespace mlir::stm32

#endif // STM32_PIPELINES_PIPELINES_H
