//===- Movement.cpp - Import of operators that move values ----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Movement.h"

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

SmallVector<int64_t> tflite::getStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  return strides;
}

FailureOr<int64_t> tflite::getAxis(OpImporter &op, int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return op.invalid("dimension " + Twine(axis) +
                      " is outside of a tensor of rank " + Twine(rank));
  return axis < 0 ? axis + rank : axis;
}

FailureOr<int64_t> tflite::getInteger(OpImporter &op, unsigned input,
                                      const Twine &what) {
  FailureOr<SmallVector<int64_t>> values =
      op.getIntegers(*op.getInput(input), what);
  if (failed(values))
    return failure();
  if (values->size() != 1)
    return op.invalid(what + " has " + Twine(values->size()) + " elements");
  return values->front();
}

Value tflite::emitSliceAt(OpImporter &op, Location loc, Value input,
                          ArrayRef<int64_t> start, ArrayRef<int64_t> size) {
  auto type = cast<RankedTensorType>(input.getType());
  if (type.getShape() == size)
    return input;
  Value startShape = op.emitShape(start);
  Value sizeShape = op.emitShape(size);
  return tosa::SliceOp::create(op.getBuilder(), loc,
                               op.getType(size, type.getElementType()), input,
                               startShape, sizeShape);
}

Value tflite::emitTranspose(OpImporter &op, Value input,
                            ArrayRef<int32_t> perms) {
  auto type = cast<RankedTensorType>(input.getType());
  if (type.getRank() == 0)
    return input;
  SmallVector<int64_t> shape;
  for (int32_t dim : perms)
    shape.push_back(type.getDimSize(dim));
  return tosa::TransposeOp::create(op.getBuilder(), op.getLoc(),
                                   op.getType(shape, type.getElementType()),
                                   input, perms);
}

Value tflite::emitReverse(OpImporter &op, Value input, unsigned axis) {
  return tosa::ReverseOp::create(op.getBuilder(), op.getLoc(), input.getType(),
                                 input, axis);
}

Value tflite::emitConcat(OpImporter &op, ArrayRef<Value> inputs,
                         unsigned axis) {
  auto type = cast<RankedTensorType>(inputs.front().getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[axis] = 0;
  for (Value input : inputs)
    shape[axis] += cast<RankedTensorType>(input.getType()).getDimSize(axis);
  return tosa::ConcatOp::create(op.getBuilder(), op.getLoc(),
                                op.getType(shape, type.getElementType()),
                                inputs, axis);
}

Value tflite::emitPad(OpImporter &op, Value input, ArrayRef<int64_t> paddings,
                      Value value) {
  auto type = cast<RankedTensorType>(input.getType());
  if (llvm::all_of(paddings, [](int64_t padding) { return padding == 0; }))
    return input;
  SmallVector<int64_t> shape(type.getShape());
  for (auto [index, padding] : llvm::enumerate(paddings))
    shape[index / 2] += padding;
  Value amounts = op.emitShape(paddings);
  return tosa::PadOp::create(op.getBuilder(), op.getLoc(),
                             op.getType(shape, type.getElementType()), input,
                             amounts, value);
}

FailureOr<Value> tflite::emitZero(OpImporter &op) {
  Type element = op.getOutputType().getElementType();
  if (element.isF32()) {
    auto type = op.getType({1}, element);
    return op.emitConst(DenseElementsAttr::get(type, 0.0f));
  }
  int64_t zero = 0;
  if (isByte(op.getOutput()) && op.getOutput().getNumScales() != 0) {
    FailureOr<Quantization> quantization = op.getQuantization(op.getOutput());
    if (failed(quantization))
      return failure();
    zero = quantization->zeroPoint;
  } else if (op.getOutput().type == TensorType_UINT8) {
    zero = kUInt8Offset;
  }
  return op.emitScalar(element, zero);
}

Value tflite::emitCopy(OpImporter &op, Value input, CopyLoops copy,
                       ArrayRef<int64_t> shape) {
  int64_t dest = 1;
  for (CopyLoop &loop : llvm::reverse(copy.loops)) {
    loop.dest = dest;
    dest *= loop.size;
  }
  copy.simplify();
  if (copy.loops.size() > kMaxCopyLoops)
    return Value();
  SmallVector<int64_t> sizes, strides;
  for (const CopyLoop &loop : copy.loops) {
    sizes.push_back(loop.size);
    strides.push_back(loop.input);
  }
  OpBuilder &builder = op.getBuilder();
  Type element = cast<RankedTensorType>(input.getType()).getElementType();
  return StridedCopyOp::create(
             builder, op.getLoc(), op.getType(shape, element), input,
             /*dest=*/Value(), /*scratch=*/Value(), copy.inputOffset, sizes,
             strides, /*dest_offset=*/0, /*dest_strides=*/DenseI64ArrayAttr(),
             builder.getStringAttr(op.getShortName()),
             /*kernel=*/StringAttr())
      .getResult();
}

Value tflite::emitTake(OpImporter &op, Value input, unsigned axis,
                       ArrayRef<int64_t> indices) {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[axis] = indices.size();
  if (std::optional<CopyLoops> taken = findLoops(indices)) {
    SmallVector<int64_t> strides = getStrides(type.getShape());
    CopyLoops copy;
    copy.inputOffset = taken->inputOffset * strides[axis];
    for (unsigned dim = 0; dim < axis; ++dim)
      copy.loops.push_back({type.getDimSize(dim), strides[dim], 0});
    for (const CopyLoop &loop : taken->loops)
      copy.loops.push_back({loop.size, loop.input * strides[axis], 0});
    for (unsigned dim = axis + 1; dim < shape.size(); ++dim)
      copy.loops.push_back({type.getDimSize(dim), strides[dim], 0});
    if (Value value = emitCopy(op, input, copy, shape))
      return value;
  }
  SmallVector<int32_t> values(indices.begin(), indices.end());
  OpBuilder &builder = op.getBuilder();
  Value constant = op.emitConst(DenseElementsAttr::get(
      op.getType({static_cast<int64_t>(values.size())}, builder.getI32Type()),
      ArrayRef(values)));
  return GatherOp::create(builder, op.getLoc(),
                          op.getType(shape, type.getElementType()), input,
                          constant, /*dest=*/Value(), /*scratch=*/Value(), axis,
                          /*batch_dims=*/0, /*kernel=*/StringAttr())
      .getResult();
}
