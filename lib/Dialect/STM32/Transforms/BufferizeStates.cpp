//===- BufferizeStates.cpp - What one run leaves for the next -------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bufferizer.h"

using namespace mlir;
using namespace mlir::stm32;

void Bufferizer::convertState(StateOp state) {
  if (!statesPool)
    statesPool = prepareStatesPool(model, defaultPool);
  auto buffer = BufferOp::create(
      builder, state.getLoc(), state.getType(),
      FlatSymbolRefAttr::get(statesPool.getSymNameAttr()),
      /*offset=*/IntegerAttr(), /*storage_id=*/IntegerAttr(), nextTensor(),
      /*input=*/IntegerAttr(), /*scratch=*/UnitAttr(), state.getInitialAttr());
  values.map(state.getResult(), buffer.getResult());
}

/// True if `op`, an operator on tensors, may write to `state`.
static bool writesState(Operation *op, Value state) {
  return !isa<ReadOp>(op) && llvm::is_contained(op->getOperands(), state);
}

/// True if the model returns `value`, or an operation uses it that is not
/// before `end`; what only changes its shape counts as the value itself. `end`
/// is null for the end of the model.
static bool isUsedFrom(Value value, Operation *end, Block &body) {
  for (Operation *user : value.getUsers()) {
    Operation *ancestor = body.findAncestorOpInBlock(*user);
    if (isa<OutputOp>(ancestor))
      return true;
    if (end && !ancestor->isBeforeInBlock(end))
      return true;
    if (getViewOffset(ancestor) &&
        isUsedFrom(ancestor->getResult(0), end, body))
      return true;
  }
  return false;
}

LogicalResult Bufferizer::convertRead(ReadOp read) {
  Block &body = model.getBody().front();
  Operation *write = nullptr;
  for (Operation *user : read.getState().getUsers())
    if (writesState(user, read.getState()) && read->isBeforeInBlock(user) &&
        (!write || user->isBeforeInBlock(write)))
      write = user;
  BufferType type = getBufferType(read.getResult().getType());
  if (!isUsedFrom(read.getResult(), write, body)) {
    values.map(read.getResult(), ViewOp::create(builder, read.getLoc(), type,
                                                values.lookup(read.getState()),
                                                /*offset=*/0, nextTensor())
                                     .getResult());
    return success();
  }
  Value dest = makeBuffer(read, type);
  values.map(read.getResult(), dest);
  return makeCall(cast<ComputeOpInterface>(read.getOperation()),
                  /*activations=*/{}, dest);
}

LogicalResult Bufferizer::convertAssign(AssignOp assign) {
  Value input = values.lookup(assign.getInput());
  if (!isa<BufferType>(input.getType()))
    input = viewConstant(input);
  if (!input)
    return assign.emitOpError("needs a dense, channel-last array as the "
                              "constant that it assigns");
  if (!assign.getKernelAttr())
    return assign.emitOpError("has no kernel; run --stm32-select-kernels "
                              "first");
  AssignOp::create(builder, assign.getLoc(), input,
                   values.lookup(assign.getDest()), /*scratch=*/Value(),
                   assign.getKernelAttr());
  return success();
}
