//===- Bufferizer.h - From tensors to buffers -------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The rewriter of --stm32-bufferize. Its parts:
//
//   Bufferize.cpp         operators, views, concatenations, the pass
//   BufferizeCascade.cpp  cascades
//   BufferizeStates.cpp   what one run leaves for the next
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DIALECT_STM32_TRANSFORMS_BUFFERIZER_H
#define STM32_LIB_DIALECT_STM32_TRANSFORMS_BUFFERIZER_H

#include "Pools.h"
#include "stm32/Dialect/STM32/IR/STM32Recurrent.h"
#include "stm32/Dialect/STM32/Transforms/CascadeSchedule.h"
#include "stm32/Dialect/STM32/Transforms/Views.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

namespace mlir::stm32 {

/// The buffer of a tensor; with `rows` it is a ring.
inline BufferType getBufferType(Type type, int64_t rows = 0) {
  auto tensor = cast<RankedTensorType>(type);
  return BufferType::get(type.getContext(), tensor.getShape(),
                         tensor.getElementType(), getLayout(type), rows);
}

/// Rewrites the body of one model.
class Bufferizer {
public:
  Bufferizer(ModelOp model, PoolOp defaultPool, const ConcatPlan &concats)
      : model(model), builder(model.getContext()), defaultPool(defaultPool),
        concats(concats) {}
  LogicalResult run();

private:
  LogicalResult convert(Operation *op);
  LogicalResult convertCascade(CascadeOp cascade);
  LogicalResult convertView(Operation *op, int64_t offset);
  LogicalResult convertConcat(ConcatOp concat);
  LogicalResult copyPart(ConcatOp concat, unsigned index);
  void convertState(StateOp state);
  LogicalResult convertRead(ReadOp read);
  LogicalResult convertAssign(AssignOp assign);
  LogicalResult convertRow(ComputeOpInterface op, int64_t row);
  LogicalResult convertStep(ComputeOpInterface op, const CascadeStep &step);
  void makeRings(ArrayRef<ComputeOpInterface> operators,
                 const CascadeSchedule &schedule);
  /// The buffers that `op` reads as its activations.
  FailureOr<SmallVector<Value>> getActivations(ComputeOpInterface op);
  /// Makes the call of `op` on buffers. `extra` is an attribute that only the
  /// call has, or none; without `scratch` the kernel gets what it asks for.
  LogicalResult makeCall(ComputeOpInterface op, ArrayRef<Value> activations,
                         ArrayRef<Value> dests, NamedAttrList extra = {},
                         Value scratch = Value());
  Value makeScratch(Location loc, int64_t bytes);
  /// Scratch of one call. The calls of a cascade, no two of which are under way
  /// at the same time, share that of the one that needs most: so all calls of
  /// an operator are equal but for their rows.
  Value getScratch(Location loc, int64_t bytes);
  void makeCascadeScratch(CascadeOp cascade);
  /// A buffer for a tensor in `pool`, or in the default one.
  Value makeBuffer(Location loc, BufferType type, FlatSymbolRefAttr pool,
                   IntegerAttr input);
  /// A buffer for the value that `op` writes, in the pool that it asks for.
  Value makeBuffer(Operation *op, BufferType type);
  /// A buffer for an input of the model; a ring if it holds only some `rows`.
  Value makeInput(BlockArgument argument, int64_t rows);
  /// A buffer for a result; a part of another one if it is placed there.
  Value makeResult(Value result);
  /// A view of a block with the values of `constant`; null if it is not a
  /// dense array in channel-last order.
  Value viewConstant(Value constant);
  IntegerAttr nextTensor() { return builder.getI64IntegerAttr(numTensors++); }

  ModelOp model;
  OpBuilder builder;
  PoolOp defaultPool, statesPool;
  const ConcatPlan &concats;
  IRMapping values;
  DenseMap<Value, Value> constantViews;
  /// Sums of operators that collect rows.
  DenseMap<Operation *, Value> collected;
  Value cascadeScratch;
  DenseMap<int64_t, Value> scratchViews; ///< of cascadeScratch, by their bytes
  int64_t numTensors = 0;
};

} // namespace mlir::stm32

#endif // STM32_LIB_DIALECT_STM32_TRANSFORMS_BUFFERIZER_H
