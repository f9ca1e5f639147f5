//===- BufferizeCascade.cpp - Calls and rings of a cascade ----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// A cascade becomes the calls of its schedule. Window operators get the band of
// rows that they compute; elementwise operators, which know no bands, are
// called for one row at a time through views of rows; those that collect rows
// get the band of their input.
//
//===----------------------------------------------------------------------===//

#include "Bufferizer.h"

#include "stm32/Dialect/STM32/Transforms/CascadeSchedule.h"

using namespace mlir;
using namespace mlir::stm32;

/// Gives the result of each operator its memory.
void Bufferizer::makeRings(ArrayRef<ComputeOpInterface> operators,
                           const CascadeSchedule &schedule) {
  SmallVector<int64_t> groupBytes(schedule.numGroups, 0);
  SmallVector<unsigned> groupSizes(schedule.numGroups, 0);
  auto getResult = [&](unsigned index) -> Value {
    return ComputeOpInterface(operators[index])->getResult(0);
  };
  auto getType = [&](unsigned index) {
    Type type = getResult(index).getType();
    int64_t rows = schedule.rings[index];
    bool isWhole = rows >= cast<ShapedType>(type).getDimSize(1);
    return getBufferType(type, isWhole ? 0 : rows);
  };
  for (auto [index, group] : llvm::enumerate(schedule.groups))
    if (group != CascadeSchedule::kNoGroup) {
      groupBytes[group] =
          std::max(groupBytes[group], getType(index).getBytes());
      ++groupSizes[group];
    }
  SmallVector<Value> memories(schedule.numGroups);
  for (auto [index, group] : llvm::enumerate(schedule.groups)) {
    Value result = getResult(index);
    bool isAlone = group == CascadeSchedule::kNoGroup ||
                   groupSizes[group] == 1 ||
                   result.getDefiningOp()->hasAttr(kPoolAttrName);
    if (isAlone) {
      values.map(result, makeBuffer(result.getDefiningOp(), getType(index)));
      continue;
    }
    if (!memories[group])
      memories[group] = makeScratch(result.getLoc(), groupBytes[group]);
    values.map(result,
               ViewOp::create(builder, result.getLoc(), getType(index),
                              memories[group], /*offset=*/0, nextTensor())
                   .getResult());
  }
}

/// Calls an elementwise operator for one row of its tensors.
LogicalResult Bufferizer::convertRow(ComputeOpInterface op, int64_t row) {
  auto getRow = [&](Value buffer) {
    auto type = cast<BufferType>(buffer.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape[1] = 1;
    auto rowType = BufferType::get(type.getContext(), shape,
                                   type.getElementType(), Layout::NHWC,
                                   /*rows=*/0);
    return RowsOp::create(builder, op.getLoc(), rowType, buffer, row,
                          /*count=*/1)
        .getResult();
  };
  FailureOr<SmallVector<Value>> activations = getActivations(op);
  if (failed(activations))
    return failure();
  // What is broadcast over the rows is read as a whole.
  for (Value &value : *activations)
    if (cast<BufferType>(value.getType()).getShape() ==
        op.getOutputType().getShape())
      value = getRow(value);
  return makeCall(op, *activations, getRow(values.lookup(op->getResult(0))));
}

LogicalResult Bufferizer::convertStep(ComputeOpInterface op,
                                      const CascadeStep &step) {
  RowKind kind = getRowKind(op);
  if (kind == RowKind::Elementwise) {
    for (int64_t row = step.first; row < step.first + step.count; ++row)
      if (failed(convertRow(op, row)))
        return failure();
    return success();
  }
  FailureOr<SmallVector<Value>> activations = getActivations(op);
  if (failed(activations))
    return failure();
  Value dest = values.lookup(op->getResult(0)), scratch;
  NamedAttrList extra;
  auto band = BandAttr::get(builder.getContext(), step.first, step.count);
  if (kind == RowKind::Collecting) {
    extra.append("input_band", band);
    Value &sums = collected[op];
    if (!sums)
      sums = makeScratch(op.getLoc(), getCollectedBytes(op));
    scratch = sums;
  } else {
    extra.append("band", band);
  }
  return makeCall(op, *activations, dest, extra, scratch);
}

void Bufferizer::makeCascadeScratch(CascadeOp cascade) {
  cascadeScratch = Value();
  scratchViews.clear();
  int64_t bytes = 0;
  for (ComputeOpInterface op : cascade.getOperators())
    if (StringAttr name = op.getKernelAttr())
      if (const KernelRecord *kernel = lookupKernelRecord(name))
        bytes = std::max(bytes, kernel->scratch(op));
  // The calls report what is missing or too large.
  if (bytes > 0 && bytes <= std::numeric_limits<int32_t>::max())
    cascadeScratch = makeScratch(cascade.getLoc(), bytes);
}

LogicalResult Bufferizer::convertCascade(CascadeOp cascade) {
  Block &body = cascade.getBody().front();
  for (auto [argument, input] :
       llvm::zip_equal(body.getArguments(), cascade.getInputs()))
    values.map(argument, values.lookupOrNull(input));
  for (Operation &op : body.without_terminator())
    if (!isa<ComputeOpInterface>(op))
      builder.clone(op, values);
  SmallVector<ComputeOpInterface> operators = cascade.getOperators();
  Value stream = cascade.getStream() ? body.getArgument(0) : Value();
  CascadeSchedule schedule =
      scheduleCascade(operators, cascade.getRows(), stream);
  if (stream)
    values.map(stream, makeInput(cast<BlockArgument>(cascade.getInputs()[0]),
                                 schedule.streamRing));
  makeRings(operators, schedule);
  makeCascadeScratch(cascade);
  for (const CascadeStep &step : schedule.steps) {
    if (step.index == operators.size())
      ReceiveOp::create(builder, stream.getLoc(), values.lookup(stream),
                        step.first, step.count);
    else if (failed(convertStep(operators[step.index], step)))
      return failure();
  }
  cascadeScratch = Value();
  for (auto [result, value] : llvm::zip_equal(
           cascade.getOutputs(), body.getTerminator()->getOperands()))
    values.map(result, values.lookup(value));
  return success();
}
