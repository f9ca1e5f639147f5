//===- PlanOperators.cpp - Operators and steps of a plan ------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanBuilder.h"

#include "stm32/Dialect/STM32/IR/STM32Custom.h"
#include "stm32/Dialect/STM32/IR/STM32Rows.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;

FailureOr<OperatorPlan> PlanBuilder::readOperator(ComputeOpInterface op) {
  if (!op.getDest())
    return unplanned(op.emitOpError("has no destination buffer")), failure();
  if (!op.getKernelAttr())
    return unplanned(op.emitOpError("has no kernel")), failure();
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
  return entry;
}

void PlanBuilder::readAccelerators() {
  for (auto [index, entry] : llvm::enumerate(plan.operators)) {
    const Accelerator *record = getAccelerator(entry.op);
    if (!record)
      continue;
    auto known = llvm::find_if(plan.accelerators, [&](const auto &other) {
      return other.record == record;
    });
    if (known == plan.accelerators.end()) {
      known = &plan.accelerators.emplace_back();
      known->record = record;
      for (auto [place, pool] : llvm::enumerate(plan.pools))
        if (PoolOp(pool.op).getOwner() == record->targetKey)
          known->pool = place;
    }
    known->operators.push_back(index);
  }
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//
//
// The IR has one call for each band of rows; the generated code has one
// function for all calls that differ in their rows alone, and a table of steps.
//
//   max_pool %x into %r {band = <0, 2>}     step 0: operator 0, rows 0 .. 1
//   max_pool %r into %y {band = <0, 1>}     step 1: operator 1, row 0
//   max_pool %x into %r {band = <2, 2>}     step 2: operator 0, rows 2 .. 3
//   max_pool %r into %y {band = <1, 1>}     step 3: operator 1, row 1

static Banding getBanding(Operation *op) {
  if (auto window = dyn_cast<WindowOpInterface>(op);
      window && window.getBandAttr())
    return Banding::Window;
  if (op->hasAttr(kInputBandAttrName))
    return Banding::Input;
  bool hasRows = llvm::any_of(op->getOperands(), [](Value operand) {
    return operand.getDefiningOp<RowsOp>() != nullptr;
  });
  return hasRows ? Banding::Rows : Banding::None;
}

/// What makes `op` a call of one layer: all but the rows.
static std::vector<const void *> getLayerKey(Operation *op) {
  NamedAttrList attributes(op->getAttrDictionary());
  attributes.erase("band");
  attributes.erase(kInputBandAttrName);
  std::vector<const void *> key = {
      op->getName().getAsOpaquePointer(),
      attributes.getDictionary(op->getContext()).getAsOpaquePointer()};
  for (Value operand : op->getOperands()) {
    // The type says how many rows.
    key.push_back(operand.getType().getAsOpaquePointer());
    key.push_back(getRowsSource(operand).getAsOpaquePointer());
  }
  return key;
}

/// The row that a call without a band reads and writes.
static FailureOr<int64_t> getRow(Operation *op) {
  std::optional<int64_t> row;
  for (Value operand : op->getOperands()) {
    auto rows = operand.getDefiningOp<RowsOp>();
    if (!rows)
      continue;
    int64_t first = rows.getFirst();
    if (rows.getCount() != 1)
      return op->emitOpError("uses ")
             << rows.getCount()
             << " rows in one call; it can be called for one row at a time";
    if (row && *row != first)
      return op->emitOpError("uses row ")
             << *row << " of one buffer and row " << first
             << " of another; it can use the same row of all";
    row = first;
  }
  return *row;
}

/// True if one call can do the rows [first, first + count) of `op`, in the
/// order of the calls for parts of them: the plan of the memory may rely on it.
static bool fitsOneCall(ComputeOpInterface op, const OperatorPlan &entry,
                        int64_t first, int64_t count) {
  if (entry.banding == Banding::Rows)
    return true;
  auto x = cast<BufferType>(op.getActivationType(0));
  auto y = cast<BufferType>(op.getOutputType());
  if (entry.banding == Banding::Input)
    return count <= x.getHeldRows();
  if (!runsByRows(op) || entry.kernel->rowsAtOnce != 1)
    return false;
  auto window = cast<WindowOpInterface>(op.getOperation());
  auto [begin, end] = getWindowRowMap(window).read(first, count);
  return end - begin <= x.getHeldRows() && count <= y.getHeldRows();
}

/// Adds the step of `call`, or its rows to a step of the same operator that
/// ends right before it.
LogicalResult PlanBuilder::addStep(unsigned index, ComputeOpInterface call) {
  OperatorPlan &entry = plan.operators[index];
  StepPlan step{index, 0, 0};
  auto setBand = [&](BandAttr band) {
    step.first = band.getFirst();
    step.count = band.getCount();
  };
  switch (entry.banding) {
  case Banding::None:
    break;
  case Banding::Window:
    setBand(cast<WindowOpInterface>(call.getOperation()).getBandAttr());
    break;
  case Banding::Input:
    setBand(call->getAttrOfType<BandAttr>(kInputBandAttrName));
    break;
  case Banding::Rows:
    FailureOr<int64_t> row = getRow(call);
    if (failed(row))
      return failure();
    step.first = *row;
    step.count = 1;
    break;
  }
  constexpr int64_t limit = std::numeric_limits<uint16_t>::max();
  if (step.first + step.count > limit)
    return call.emitOpError("runs in bands up to row ")
           << step.first + step.count << ", the runtime counts to " << limit;
  entry.macs += call.getMacs();
  if (!plan.steps.empty() && entry.banding != Banding::None) {
    StepPlan &last = plan.steps.back();
    if (last.operatorIndex == index && last.first + last.count == step.first &&
        fitsOneCall(call, entry, last.first, last.count + step.count)) {
      last.count += step.count;
      return success();
    }
  }
  ++entry.numSteps;
  plan.steps.push_back(step);
  return success();
}

LogicalResult PlanBuilder::readReceive(ReceiveOp op) {
  BufferType type = op.getDest().getType();
  constexpr int64_t limit = std::numeric_limits<uint16_t>::max();
  if (type.getDimSize(1) > limit)
    return op.emitOpError("of ")
           << type.getDimSize(1) << " rows, the runtime counts to " << limit;
  plan.stream = {type.getBytes() / type.getHeldRows(), type.getDimSize(1),
                 type.getHeldRows()};
  StepPlan step{StepPlan::kReceive, static_cast<int64_t>(op.getFirst()),
                static_cast<int64_t>(op.getCount())};
  if (!plan.steps.empty() &&
      plan.steps.back().operatorIndex == StepPlan::kReceive &&
      plan.steps.back().count + step.count <= type.getHeldRows())
    plan.steps.back().count += step.count;
  else
    plan.steps.push_back(step);
  return success();
}

LogicalResult PlanBuilder::readCall(ComputeOpInterface op) {
  Banding banding = getBanding(op);
  unsigned index = plan.operators.size();
  bool isNew = true;
  if (banding != Banding::None) {
    auto entry = layers.try_emplace(getLayerKey(op), index);
    index = entry.first->second;
    isNew = entry.second;
  }
  if (isNew) {
    FailureOr<OperatorPlan> entry = readOperator(op);
    if (failed(entry))
      return failure();
    entry->banding = banding;
    entry->numSteps = 0;
    plan.operators.push_back(std::move(*entry));
  }
  if (failed(addStep(index, op)))
    return failure();
  if (FetchOp fetch = getFetch(op))
    if (std::optional<unsigned> &use = fetches[fetch].second; !use)
      use = plan.steps.size() - 1;
  return success();
}

/// Drops the steps of a model without bands; checks that the runtime can count
/// those of others.
LogicalResult PlanBuilder::checkSteps() {
  if (!plan.stream &&
      llvm::all_of(plan.operators, [](const OperatorPlan &entry) {
        return entry.banding == Banding::None;
      }))
    plan.steps.clear();
  constexpr size_t limit = StepPlan::kReceive;
  if (!plan.steps.empty() && plan.operators.size() > limit)
    return model.emitOpError("has ")
           << plan.operators.size()
           << " operators, of which some run in bands; the runtime counts to "
           << limit;
  return success();
}

LogicalResult PlanBuilder::readOperators() {
  for (Operation &op : model.getBody().front()) {
    if (auto compute = dyn_cast<ComputeOpInterface>(op)) {
      if (failed(readCall(compute)))
        return failure();
    } else if (auto receive = dyn_cast<ReceiveOp>(op)) {
      if (failed(readReceive(receive)))
        return failure();
    } else if (auto fetch = dyn_cast<FetchOp>(op)) {
      fetches.insert({fetch, {unsigned(plan.steps.size()), std::nullopt}});
    } else if (!isa<BufferOp, ViewOp, RowsOp, PackedOp, OutputOp>(op)) {
      return unplanned(op.emitOpError("is not an operator on buffers"));
    }
  }
  return checkSteps();
}
