//===- PlanBuilder.h - Reading a planned model ------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads and checks a model on buffers. The checks are here and not in the
// dialect's verifier: until the plan is complete, a buffer without an offset is
// right.
//
//   PlanTensors.cpp     pools, places, tensors, inputs, outputs, states
//   PlanOperators.cpp   operators and steps
//   PlanConstants.cpp   blocks of constants
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_TARGET_C_PLANBUILDER_H
#define STM32_LIB_TARGET_C_PLANBUILDER_H

#include "stm32/Target/C/CNames.h"
#include "stm32/Target/C/ModelPlan.h"

#include "llvm/ADT/MapVector.h"

#include <map>
#include <vector>

namespace mlir::stm32 {

/// Adds what to do to an error about something that is not planned yet.
inline InFlightDiagnostic unplanned(InFlightDiagnostic diag) {
  diag.attachNote() << "run --stm32-memory-pipeline first";
  return diag;
}

/// Fills a plan from a model, one part after the other.
class PlanBuilder {
public:
  PlanBuilder(ModelOp model, llvm::StringSet<> &taken) : model(model) {
    plan.op = model;
    plan.identifier = makeUniqueIdentifier(model.getSymName(), "model", taken);
  }
  FailureOr<ModelPlan> build();

private:
  FailureOr<PoolPlan> readPool(PoolOp op);
  LogicalResult readPools();
  LogicalResult readPlaces();
  LogicalResult readTensors();
  LogicalResult readInputsAndOutputs();
  LogicalResult readStates();
  LogicalResult readOperators();
  LogicalResult readCall(ComputeOpInterface op);
  LogicalResult readReceive(ReceiveOp op);
  LogicalResult addStep(unsigned index, ComputeOpInterface call);
  LogicalResult checkSteps();
  LogicalResult readTransfers();
  void readAccelerators();
  FailureOr<OperatorPlan> readOperator(ComputeOpInterface op);
  LogicalResult readConstants();
  LogicalResult readConstants(OperatorPlan &entry, unsigned index);
  FailureOr<unsigned> findBlock(PackedOp packed, unsigned index,
                                const std::string &identifier);
  LogicalResult checkConstants();
  /// Index of the tensor that `value` is, or is a view of.
  FailureOr<unsigned> findTensor(Value value, Operation *user);

  ModelOp model;
  ModelPlan plan;
  llvm::DenseMap<Operation *, unsigned> poolIndices;
  llvm::DenseMap<Value, unsigned> tensorIndices;
  llvm::StringSet<> poolIdentifiers;
  /// Steps before each fetch, and the step of its first user.
  llvm::MapVector<FetchOp, std::pair<unsigned, std::optional<unsigned>>>
      fetches;
  /// What all calls of a layer in bands have in common -> its operator.
  std::map<std::vector<const void *>, unsigned> layers;
};

} // namespace mlir::stm32

#endif // STM32_LIB_TARGET_C_PLANBUILDER_H
