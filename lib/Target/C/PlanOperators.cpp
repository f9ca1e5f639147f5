//===- PlanOperators.cpp - Operators of a plan ----------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanBuilder.h"

#include "stm32/Dialect/STM32/IR/STM32Custom.h"

using namespace mlir;
using namespace mlir::stm32;

LogicalResult PlanBuilder::readOperator(ComputeOpInterface op) {
  if (!op.getDest())
    return unplanned(op.emitOpError("has no destination buffer"));
  if (!op.getKernelAttr())
    return unplanned(op.emitOpError("has no kernel"));
  OperatorPlan entry;
  entry.op = op;
  entry.kernel = lookupKernelRecord(op.getKernelAttr().getValue());
  if (!entry.kernel)
    return op.emitOpError("has the kernel ")
           << op.getKernelAttr() << ", of which there is no record";
  entry.function = entry.kernel->name;
  if (auto custom = dyn_cast<CustomOp>(op.getOperation())) {
    entry.function = custom.getFunction();
    std::string reason = explainBadFunctionName(entry.function);
    if (!reason.empty())
      return op.emitOpError("function '") << entry.function << "' " << reason;
  }
  for (unsigned i = 0; i < op.getNumActivations(); ++i) {
    if (getConstantBlock(op.getActivation(i)))
      continue;
    FailureOr<unsigned> input = findTensor(op.getActivation(i), op);
    if (failed(input))
      return failure();
    entry.inputs.push_back(*input);
  }
  entry.numOutputs = op.getNumOutputs();
  for (auto [i, dest] : llvm::enumerate(op.getDests())) {
    FailureOr<unsigned> output = findTensor(dest, op);
    if (failed(output))
      return failure();
    if (i == 0)
      entry.output = *output;
    else if (*output != entry.output + i)
      return op.emitOpError("needs outputs whose numbers follow each other");
  }
  plan.operators.push_back(std::move(entry));
  return success();
}

LogicalResult PlanBuilder::readOperators() {
  for (Operation &op : model.getBody().front()) {
    if (auto compute = dyn_cast<ComputeOpInterface>(op)) {
      if (failed(readOperator(compute)))
        return failure();
    } else if (!isa<BufferOp, ViewOp, PackedOp, OutputOp>(op)) {
      return unplanned(op.emitOpError("is not an operator on buffers"));
    }
  }
  return success();
}
