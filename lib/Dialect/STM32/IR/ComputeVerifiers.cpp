//===- ComputeVerifiers.cpp - Operators of a network: verifiers -----------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"
#include "stm32/Dialect/STM32/IR/STM32Recurrent.h"
#include "stm32/Dialect/STM32/IR/STM32Rows.h"

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Common parts
//===----------------------------------------------------------------------===//

LogicalResult stm32::detail::verifyComputeOp(Operation *op) {
  auto compute = cast<ComputeOpInterface>(op);
  bool hasDest = compute.getDest() != nullptr;
  if (hasDest == (op->getNumResults() != 0))
    return op->emitOpError(
        "must have either a result (tensors) or a destination (buffers)");
  SmallVector<ShapedType> types;
  for (Value dest : compute.getDests())
    types.push_back(cast<ShapedType>(dest.getType()));
  for (Type type : op->getResultTypes())
    types.push_back(cast<ShapedType>(type));
  for (unsigned i = 0; i < compute.getNumActivations(); ++i) {
    // The destination of an assignment is a buffer on either level.
    if (isa<BufferType>(op->getOperand(i).getType()) != hasDest &&
        !isa<AssignOp>(op))
      return op->emitOpError("mixes tensors and buffers");
    types.push_back(compute.getActivationType(i));
  }
  auto window = dyn_cast<WindowOpInterface>(op);
  bool hasBand =
      window && (window.getBandAttr() || op->hasAttr(kInputBandAttrName));
  for (ShapedType type : types) {
    auto emit = [&] { return op->emitOpError() << "with " << type << ": "; };
    if (failed(verifyStorage(emit, type.getShape(), type.getElementType())))
      return failure();
    if (auto buffer = dyn_cast<BufferType>(type);
        buffer && buffer.getRows() && !hasBand)
      return op->emitOpError("uses the ring ")
             << type << " without computing a band";
  }
  for (Value dest : compute.getDests())
    if (getConstantBlock(dest))
      return op->emitOpError("writes into a constant");
  for (unsigned i = 0; i < compute.getNumStates(); ++i)
    if (!isa<BufferType>(compute.getState(i).getType()))
      return op->emitOpError("needs buffers as its states");
  if (!compute.getScratch())
    return success();
  if (getConstantBlock(compute.getScratch()))
    return op->emitOpError("has a constant as its scratch");
  if (!hasDest)
    return op->emitOpError("on tensors has no scratch buffer");
  auto scratch = cast<BufferType>(compute.getScratch().getType());
  if (scratch.getRank() != 1)
    return op->emitOpError("scratch must have one dimension, got ") << scratch;
  return success();
}

/// Checks the rows of its input for which an operator that collects rows is
/// called.
static LogicalResult verifyInputBand(ComputeOpInterface op, BandAttr band) {
  if (!op.getDest())
    return op->emitOpError("takes a band of rows only on buffers");
  if (getRowKind(op) != RowKind::Collecting)
    return op->emitOpError("does not collect rows, so that it has no "
                           "input_band");
  auto x = cast<BufferType>(op.getActivationType(0));
  int64_t end = band.getFirst() + band.getCount();
  if (end > x.getDimSize(1) || band.getCount() > x.getHeldRows())
    return op->emitOpError("input_band [")
           << band.getFirst() << ", " << end << ") is not among the "
           << x.getHeldRows() << " rows held of " << x.getDimSize(1);
  int64_t bytes = getCollectedBytes(op);
  if (!op.getScratch() ||
      cast<BufferType>(op.getScratch().getType()).getBytes() < bytes)
    return op->emitOpError("needs ")
           << bytes << " bytes of scratch for its sums";
  return success();
}

LogicalResult stm32::detail::verifyWindowOp(Operation *op) {
  auto window = cast<WindowOpInterface>(op);
  auto compute = cast<ComputeOpInterface>(op);
  // All that the op's own verifier, which runs later, relies on is checked
  // here; so is what this one relies on, whichever interface comes first.
  if (failed(verifyComputeOp(op)))
    return failure();
  ShapedType x = compute.getActivationType(0), y = compute.getOutputType();
  if (x.getRank() != 4 || y.getRank() != 4)
    return op->emitOpError("input and output must have rank 4, got ")
           << x.getRank() << " and " << y.getRank();
  if (x.getDimSize(0) != y.getDimSize(0))
    return op->emitOpError("input has ")
           << x.getDimSize(0) << " images but output has " << y.getDimSize(0);
  constexpr int64_t limit = std::numeric_limits<int32_t>::max();
  for (ArrayRef<int64_t> values : {window.getWindow(), window.getStrides(),
                                   window.getPadding(), window.getDilations()})
    for (int64_t value : values)
      if (value > limit)
        return op->emitOpError("window, strides, padding and dilations must "
                               "fit in 32 bits, got ")
               << value;
  for (int dim = 0; dim < 2; ++dim) {
    int64_t extent =
        (window.getWindow()[dim] - 1) * window.getDilations()[dim] + 1;
    int64_t padded = x.getDimSize(1 + dim) + window.getPadding()[2 * dim] +
                     window.getPadding()[2 * dim + 1];
    if (padded > limit)
      return op->emitOpError("input has ")
             << padded << (dim ? " columns" : " rows")
             << " with its padding, which does not fit in 32 bits";
    int64_t expected =
        padded < extent ? 0 : (padded - extent) / window.getStrides()[dim] + 1;
    // Trailing rows or columns may be left out: a smaller output is the same
    // operator on a part of its input.
    if (y.getDimSize(1 + dim) > expected)
      return op->emitOpError("gives at most ")
             << expected << (dim ? " columns" : " rows")
             << " but its output has " << y.getDimSize(1 + dim);
  }
  BandAttr band = window.getBandAttr();
  if (auto inputBand = op->getAttrOfType<BandAttr>(kInputBandAttrName))
    return verifyInputBand(compute, inputBand);
  if (!band)
    return success();
  if (!compute.getDest())
    return op->emitOpError("computes a band of rows only on buffers");
  if (x.getDimSize(0) != 1)
    return op->emitOpError("computes a band of rows for one image only");
  if (band.getFirst() + band.getCount() > y.getDimSize(1))
    return op->emitOpError("band [")
           << band.getFirst() << ", " << band.getFirst() + band.getCount()
           << ") exceeds the " << y.getDimSize(1) << " rows of the output";
  if (auto ring = cast<BufferType>(y); band.getCount() > ring.getHeldRows())
    return op->emitOpError("band of ")
           << band.getCount() << " rows exceeds the " << ring.getHeldRows()
           << " rows that its destination holds";
  auto [begin, end] =
      getWindowRowMap(window).read(band.getFirst(), band.getCount());
  if (auto ring = cast<BufferType>(x); end - begin > ring.getHeldRows())
    return op->emitOpError("band reads ")
           << end - begin << " rows but its input holds " << ring.getHeldRows();
  return success();
}

//===----------------------------------------------------------------------===//
// Elementwise and data movement
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  for (ShapedType type :
       {ShapedType(getInput().getType()), ShapedType(getType())}) {
    auto emit = [&] { return emitOpError() << "with " << type << ": "; };
    if (failed(stm32::detail::verifyStorage(emit, type.getShape(),
                                            type.getElementType())))
      return failure();
  }
  if (getInput().getType().getElementType() != getType().getElementType() ||
      getInput().getType().getNumElements() != getType().getNumElements())
    return emitOpError("must keep element type and number of elements");
  return success();
}
