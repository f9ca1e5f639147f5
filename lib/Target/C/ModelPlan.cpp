//===- ModelPlan.cpp - A planned model, checked and numbered --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanBuilder.h"

using namespace mlir;
using namespace mlir::stm32;

FailureOr<ModelPlan> PlanBuilder::build() {
  if (!model.isOnBuffers())
    return unplanned(model.emitOpError("is not on buffers")), failure();
  if (failed(readPools()) || failed(readPlaces()) || failed(readTensors()) ||
      failed(readInputsAndOutputs()) || failed(readStates()) ||
      failed(readOperators()) || failed(readConstants()) ||
      failed(readTransfers()))
    return failure();
  readAccelerators();
  return std::move(plan);
}

FailureOr<ModelPlan> ModelPlan::get(ModelOp model, llvm::StringSet<> &taken) {
  return PlanBuilder(model, taken).build();
}

std::string OperatorPlan::getSymbol() const {
  switch (banding) {
  case Banding::Window:
    return (function + "_rows").str();
  case Banding::Input:
    return (function + "_partial").str();
  case Banding::None:
  case Banding::Rows:
    break;
  }
  return function.str();
}

SmallVector<unsigned> ModelPlan::getOrder() const {
  if (steps.empty())
    return llvm::to_vector(llvm::seq<unsigned>(0, operators.size()));
  SmallVector<unsigned> order;
  for (const StepPlan &step : steps)
    if (step.operatorIndex != StepPlan::kReceive)
      order.push_back(step.operatorIndex);
  return order;
}

uint64_t ModelPlan::getMacs() const {
  uint64_t macs = 0;
  for (const OperatorPlan &entry : operators)
    macs += entry.macs;
  return macs;
}

int64_t ModelPlan::getActivationBytes() const {
  int64_t bytes = 0;
  for (const PoolPlan &pool : pools)
    bytes += pool.size;
  return bytes;
}

int64_t ModelPlan::getStateBytes() const {
  int64_t bytes = 0;
  for (const StatePlan &state : states)
    bytes += state.bytes;
  return bytes;
}

int64_t ModelPlan::getConstantBytes(const OperatorPlan &entry) const {
  int64_t bytes = entry.constants ? blocks[*entry.constants].bytes : 0;
  for (unsigned block : entry.constantInputs)
    bytes += blocks[block].bytes;
  return bytes;
}

StringRef ModelPlan::getSignature() const {
  return ModelOp(op).getSignature().value_or("");
}

std::string stm32::getArgumentName(ComputeOpInterface op, unsigned index) {
  constexpr unsigned numLetters = 20; // up to "t": x and y are taken
  if (op.getNumActivations() == 1)
    return "x";
  if (index < numLetters)
    return std::string(1, static_cast<char>('a' + index));
  return "a" + std::to_string(index);
}

StringRef stm32::getTypeName(Type elementType) {
  if (elementType.isF32())
    return "float32";
  if (elementType.isSignlessInteger(1))
    return "bool";
  if (elementType.isSignlessInteger(64))
    return "int64";
  if (isa<ComplexType>(elementType))
    return "complex64";
  if (elementType.isUnsignedInteger(8))
    return "uint8";
  if (elementType.isUnsignedInteger(32))
    return "uint32";
  if (elementType.isUnsignedInteger(64))
    return "uint64";
  if (elementType.isSignlessInteger(8))
    return "int8";
  if (elementType.isSignlessInteger(16))
    return "int16";
  if (elementType.isSignlessInteger(32))
    return "int32";
  return "";
}
