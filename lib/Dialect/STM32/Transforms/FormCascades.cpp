//===- FormCascades.cpp - Run operators together in bands -----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CascadeSearch.h"

#include "stm32/Dialect/STM32/Transforms/Passes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/Debug.h"

#define DEBUG_TYPE "stm32-form-cascades"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32FORMCASCADES
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

/// True for what may stand outside of a cascade though its operators use it.
static bool isConstant(Value value) {
  return isa_and_nonnull<ConstantOp, PackedOp>(value.getDefiningOp());
}

/// Moves `operators` into a cascade in place of the first one. `stream` is the
/// input of the model whose rows it receives, or null.
static void formCascade(ArrayRef<Operation *> operators, int64_t rows,
                        Value stream) {
  llvm::SmallPtrSet<Operation *, 16> members(operators.begin(),
                                             operators.end());
  llvm::SetVector<Value> inputs, outputs;
  if (stream)
    inputs.insert(stream);
  Operation *first = operators.front();
  for (Operation *op : operators) {
    for (Value operand : op->getOperands()) {
      if (isConstant(operand)) {
        if (!operand.getDefiningOp()->isBeforeInBlock(first))
          operand.getDefiningOp()->moveBefore(first);
      } else if (!members.contains(operand.getDefiningOp())) {
        inputs.insert(operand);
      }
    }
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUsers(), [&](Operation *user) {
            return !members.contains(user);
          }))
        outputs.insert(result);
  }
  OpBuilder builder(first);
  SmallVector<Type> types(
      llvm::map_range(outputs, [](Value value) { return value.getType(); }));
  // The cascade has the name of what it computes.
  auto cascade =
      CascadeOp::create(builder, operators.back()->getLoc(), types,
                        inputs.getArrayRef(), builder.getI64IntegerAttr(rows),
                        stream ? builder.getUnitAttr() : UnitAttr());
  Block &body = cascade.getBody().emplaceBlock();
  IRMapping values;
  for (Value input : inputs)
    values.map(input, body.addArgument(input.getType(), input.getLoc()));
  builder.setInsertionPointToEnd(&body);
  for (Operation *op : operators)
    builder.clone(*op, values);
  SmallVector<Value> yielded(llvm::map_range(
      outputs, [&](Value value) { return values.lookup(value); }));
  YieldOp::create(builder, cascade.getLoc(), yielded);
  for (auto [index, result] : llvm::enumerate(cascade.getOutputs())) {
    Value output = outputs[index];
    output.replaceAllUsesWith(result);
  }
  for (Operation *op : llvm::reverse(operators))
    op->erase();
}

namespace {
struct FormCascadesPass : stm32::impl::STM32FormCascadesBase<FormCascadesPass> {
  using STM32FormCascadesBase::STM32FormCascadesBase;

  void runOnOperation() override {
    ModelOp model = getOperation();
    // Whoever has made cascades by hand wants those.
    if (model.isOnBuffers() || !model.getBody().getOps<CascadeOp>().empty())
      return;
    CascadeOptions options;
    options.budget = budget / 100.0;
    options.targetPeak = targetPeak;
    options.stream = stream;
    CascadeCut cut;
    if (auto asked = model->getAttrOfType<ArrayAttr>(kCascadesAttrName)) {
      FailureOr<CascadeCut> taken = takeCascades(model, asked, options);
      if (failed(taken))
        return signalPassFailure();
      cut = std::move(*taken);
      model->removeAttr(kCascadesAttrName);
    } else {
      cut = searchCascades(model, options);
    }
    if (stream && (model.getInputs().empty() || cut.segments.empty())) {
      model.emitError()
          << "its first input cannot be streamed: the operators that read it "
             "must run row by row, together with those in between, on one "
             "image "
             "of rank 4";
      return signalPassFailure();
    }
    LLVM_DEBUG(llvm::dbgs() << "peak " << cut.peak << " of " << cut.wholePeak
                            << " bytes, price " << cut.price << " of "
                            << cut.instructions << " instructions\n");
    for (const CascadeSegment &segment : cut.segments) {
      LLVM_DEBUG(llvm::dbgs()
                 << "[" << segment.begin << ", " << segment.end << ") rows "
                 << segment.rows << " peak " << segment.peak << "\n");
      if (segment.rows == 0)
        continue;
      formCascade(ArrayRef(cut.operators)
                      .slice(segment.begin, segment.end - segment.begin),
                  segment.rows,
                  stream && segment.begin == 0
                      ? Value(model.getBody().getArgument(0))
                      : Value());
      ++numCascades;
      numOperators += segment.end - segment.begin;
    }
  }
};
} // namespace
