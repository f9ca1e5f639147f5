//===- ComputeOps.cpp - Operators of a network: queries -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

using namespace mlir;
using namespace mlir::stm32;

void stm32::detail::getComputeEffects(
    Operation *op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  auto compute = cast<ComputeOpInterface>(op);
  unsigned numActivations = compute.getNumActivations();
  for (unsigned i = 0; i < compute.getNumStates(); ++i) {
    OpOperand &state = op->getOpOperand(numActivations + i);
    effects.emplace_back(MemoryEffects::Read::get(), &state);
    effects.emplace_back(MemoryEffects::Write::get(), &state);
  }
  if (!compute.getDest())
    return;
  for (unsigned i = 0; i < numActivations; ++i)
    effects.emplace_back(MemoryEffects::Read::get(), &op->getOpOperand(i));
  SmallVector<Value> dests = compute.getDests();
  for (OpOperand &operand : op->getOpOperands())
    if (llvm::is_contained(dests, operand.get()) ||
        operand.get() == compute.getScratch())
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
}

/// Elements of the output that a call computes.
static uint64_t getComputedElements(WindowOpInterface op) {
  ShapedType y = cast<ComputeOpInterface>(op.getOperation()).getOutputType();
  if (BandAttr band = op.getBandAttr())
    return y.getNumElements() / y.getDimSize(1) * band.getCount();
  return y.getNumElements();
}

uint64_t Conv2DOp::getMacs() {
  return getComputedElements(*this) * getWindow()[0] * getWindow()[1] *
         getActivationType(0).getDimSize(3) / getGroups();
}

uint64_t DepthwiseConv2DOp::getMacs() {
  return getComputedElements(*this) * getWindow()[0] * getWindow()[1];
}

int64_t FullyConnectedOp::getOutFeatures() {
  return getOutputType().getShape().back();
}

int64_t FullyConnectedOp::getRows() {
  return getOutputType().getNumElements() / getOutFeatures();
}

int64_t FullyConnectedOp::getInFeatures() {
  return getActivationType(0).getNumElements() / getRows();
}

uint64_t FullyConnectedOp::getMacs() {
  return getOutputType().getNumElements() * getInFeatures();
}

static constexpr int64_t kNoDilation[] = {1, 1};
ArrayRef<int64_t> AveragePool2DOp::getDilations() { return kNoDilation; }
ArrayRef<int64_t> MaxPool2DOp::getDilations() { return kNoDilation; }

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32ComputeOps.cpp.inc"
