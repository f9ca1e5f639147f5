//===- MovementOps.cpp - Operators that move values -----------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Movement.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::stm32;

/// Offsets and strides are bounded so that their sums and products fit in 64
/// bits; tensors have less than 2^31 bytes.
static constexpr int64_t kMaxDistance = std::numeric_limits<int32_t>::max();

static LogicalResult verifySameElement(ComputeOpInterface op) {
  if (op.getActivationType(0).getElementType() !=
      op.getOutputType().getElementType())
    return op->emitOpError("input and output must have one element type");
  return success();
}

//===----------------------------------------------------------------------===//
// StridedCopyOp
//===----------------------------------------------------------------------===//

CopyLoops StridedCopyOp::getLoops() {
  CopyLoops copy;
  copy.inputOffset = getOffset();
  copy.destOffset = getDestOffset();
  for (auto [size, stride] : llvm::zip_equal(getSizes(), getStrides()))
    copy.loops.push_back({size, stride, 0});
  int64_t dest = 1;
  for (size_t i = copy.loops.size(); i-- > 0;) {
    copy.loops[i].dest = getDestStrides() ? (*getDestStrides())[i] : dest;
    dest *= copy.loops[i].size;
  }
  return copy;
}

/// Checks that all indices of one side lie in [0, count).
static LogicalResult verifyIndices(StridedCopyOp op, StringRef side,
                                   int64_t offset, ArrayRef<int64_t> strides,
                                   int64_t count) {
  int64_t low = offset, high = offset;
  for (auto [size, stride] : llvm::zip_equal(op.getSizes(), strides))
    (stride < 0 ? low : high) += (size - 1) * stride;
  if (low < 0 || high >= count)
    return op.emitOpError() << side << " indices from " << low << " to " << high
                            << " of " << count << " elements";
  return success();
}

LogicalResult StridedCopyOp::verify() {
  if (failed(verifySameElement(*this)))
    return failure();
  if (getSizes().size() > kMaxCopyLoops ||
      getSizes().size() != getStrides().size() ||
      (getDestStrides() && getSizes().size() != getDestStrides()->size()))
    return emitOpError("needs one stride for each of at most ")
           << kMaxCopyLoops << " sizes";
  if ((getDestStrides() || getDestOffset()) && !getDest())
    return emitOpError("writes a part of its destination only on buffers");
  if (getDestOffset() && !getDestStrides())
    return emitOpError("with dest_offset needs dest_strides");
  int64_t count = 1;
  for (int64_t size : getSizes()) {
    if (size < 1 || size > kMaxDistance || count > kMaxDistance / size)
      return emitOpError("size ") << size << " is not possible";
    count *= size;
  }
  for (ArrayRef<int64_t> strides :
       {getStrides(), getDestStrides().value_or(ArrayRef<int64_t>())})
    for (int64_t stride : strides)
      if (stride < -kMaxDistance || stride > kMaxDistance)
        return emitOpError("stride ") << stride << " is not possible";
  // A bounded offset keeps the sums in verifyIndices below 2^63.
  auto isOffset = [](int64_t offset) {
    return offset >= 0 && offset <= kMaxDistance;
  };
  if (!isOffset(getOffset()) || !isOffset(getDestOffset()))
    return emitOpError("offsets must be 0 .. 2^31 - 1");
  if (failed(verifyIndices(*this, "reads", getOffset(), getStrides(),
                           getActivationType(0).getNumElements())))
    return failure();
  int64_t outputs = getOutputType().getNumElements();
  if (getDestStrides())
    return verifyIndices(*this, "writes", getDestOffset(), *getDestStrides(),
                         outputs);
  if (count != outputs)
    return emitOpError("copies ")
           << count << " elements to an output of " << outputs;
  return success();
}

//===----------------------------------------------------------------------===//
// PadOp
//===----------------------------------------------------------------------===//

/// Checks that `value` is one of `element`, as the attribute that stands for
/// it.
static LogicalResult verifyPadValue(PadOp op, Type element) {
  TypedAttr value = op.getValue();
  if (element.isF32()) {
    if (isa<FloatAttr>(value) && value.getType().isF32())
      return success();
    return op.emitOpError("value ") << value << " is not a float32";
  }
  unsigned width = element.getIntOrFloatBitWidth();
  auto number = dyn_cast<IntegerAttr>(value);
  if (!number || !value.getType().isSignlessInteger(width == 64 ? 64 : 32))
    return op.emitOpError("value ")
           << value << " must be an i" << (width == 64 ? 64 : 32);
  bool isUnsigned = element.isUnsignedInteger() || width == 1;
  if (isUnsigned ? !number.getValue().isIntN(width)
                 : !number.getValue().isSignedIntN(width))
    return op.emitOpError("value ")
           << number.getInt() << " is not a value of " << element;
  return success();
}

LogicalResult PadOp::verify() {
  ShapedType x = getActivationType(0), y = getOutputType();
  if (x.getRank() > kMaxCopyLoops)
    return emitOpError("input has rank ")
           << x.getRank() << ", at most " << kMaxCopyLoops;
  if (failed(verifySameElement(*this)))
    return failure();
  if (y.getRank() != x.getRank() ||
      static_cast<int64_t>(getBefore().size()) != x.getRank() ||
      static_cast<int64_t>(getAfter().size()) != x.getRank())
    return emitOpError("before, after and output must have the input's rank");
  for (int64_t dim = 0; dim < x.getRank(); ++dim)
    if (getBefore()[dim] < 0 || getAfter()[dim] < 0 ||
        getBefore()[dim] > y.getDimSize(dim) ||
        getAfter()[dim] > y.getDimSize(dim) ||
        y.getDimSize(dim) !=
            x.getDimSize(dim) + getBefore()[dim] + getAfter()[dim])
      return emitOpError("dimension ")
             << dim << " of the output must be before + input + after";
  return verifyPadValue(*this, y.getElementType());
}

//===----------------------------------------------------------------------===//
// ConcatOp
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::verify() {
  ShapedType y = getType();
  auto axis = static_cast<int64_t>(getAxis());
  if (getInputs().empty())
    return emitOpError("needs inputs");
  if (axis < 0 || axis >= y.getRank())
    return emitOpError("has axis ") << axis << " for rank " << y.getRank();
  auto emit = [&] { return emitOpError() << "with " << y << ": "; };
  if (failed(
          stm32::detail::verifyStorage(emit, y.getShape(), y.getElementType())))
    return failure();
  int64_t sum = 0;
  for (Value input : getInputs()) {
    auto x = cast<ShapedType>(input.getType());
    SmallVector<int64_t> shape(x.getShape());
    if (x.getRank() == y.getRank())
      shape[axis] = y.getDimSize(axis);
    if (ArrayRef(shape) != y.getShape() ||
        x.getElementType() != y.getElementType())
      return emitOpError("input of type ")
             << x << " is no part of " << y << " along axis " << axis;
    sum += x.getDimSize(axis);
  }
  if (sum != y.getDimSize(axis))
    return emitOpError("inputs have ")
           << sum << " elements along axis " << axis << " but the result has "
           << y.getDimSize(axis);
  return success();
}

//===----------------------------------------------------------------------===//
// GatherOp, GatherNDOp
//===----------------------------------------------------------------------===//

static LogicalResult verifyIndexType(ComputeOpInterface op) {
  Type element = op.getActivationType(1).getElementType();
  if (element.isSignlessInteger(32) || element.isSignlessInteger(64))
    return success();
  return op->emitOpError("needs indices of int32 or int64, got ") << element;
}

/// Checks the shape of the output.
static LogicalResult verifyShape(ComputeOpInterface op,
                                 ArrayRef<int64_t> shape) {
  if (op.getOutputType().getShape() == shape)
    return success();
  InFlightDiagnostic diag = op->emitOpError("must have an output of shape [");
  llvm::interleaveComma(shape, diag);
  return diag << "]";
}

LogicalResult GatherOp::verify() {
  ArrayRef<int64_t> x = getActivationType(0).getShape();
  ArrayRef<int64_t> indices = getActivationType(1).getShape();
  auto axis = static_cast<int64_t>(getAxis());
  auto batchDims = static_cast<int64_t>(getBatchDims());
  if (failed(verifySameElement(*this)) || failed(verifyIndexType(*this)))
    return failure();
  if (axis < 0 || axis >= static_cast<int64_t>(x.size()))
    return emitOpError("has axis ") << axis << " for rank " << x.size();
  if (batchDims < 0 || batchDims > axis ||
      batchDims > static_cast<int64_t>(indices.size()) ||
      x.take_front(batchDims) != indices.take_front(batchDims))
    return emitOpError("input and indices must agree in the first ")
           << batchDims << " dimensions, which the axis is not one of";
  SmallVector<int64_t> shape(x.take_front(axis));
  llvm::append_range(shape, indices.drop_front(batchDims));
  llvm::append_range(shape, x.drop_front(axis + 1));
  return verifyShape(*this, shape);
}

LogicalResult GatherNDOp::verify() {
  ArrayRef<int64_t> x = getActivationType(0).getShape();
  ArrayRef<int64_t> indices = getActivationType(1).getShape();
  if (failed(verifySameElement(*this)) || failed(verifyIndexType(*this)))
    return failure();
  if (indices.empty() || indices.back() > static_cast<int64_t>(x.size()) ||
      indices.back() > kMaxCopyLoops)
    return emitOpError(
        "needs indices whose last dimension has at most one "
        "coordinate for each of up to 6 dimensions of the input");
  SmallVector<int64_t> shape(indices.drop_back());
  llvm::append_range(shape, x.drop_front(indices.back()));
  return verifyShape(*this, shape);
}

//===----------------------------------------------------------------------===//
// ResizeBilinearOp
//===----------------------------------------------------------------------===//

LogicalResult ResizeBilinearOp::verify() {
  ShapedType x = getActivationType(0), y = getOutputType();
  Type element = y.getElementType();
  if (failed(verifySameElement(*this)))
    return failure();
  if (x.getRank() != 4 || y.getRank() != 4 ||
      x.getDimSize(0) != y.getDimSize(0) || x.getDimSize(3) != y.getDimSize(3))
    return emitOpError("input and output must be images that differ in height "
                       "and width only");
  if (!element.isF32() && !element.isSignlessInteger(8) &&
      !element.isSignlessInteger(16))
    return emitOpError("elements must be int8, int16 or float32");
  if (getFromUint8() && !element.isSignlessInteger(8))
    return emitOpError("from_uint8 needs elements of int8");
  if (getPacked())
    return success();
  if (getConstants().size() != 4)
    return emitOpError("needs rows, row_weights, columns and column_weights");
  Type i32 = IntegerType::get(getContext(), 32);
  Type weight = element.isF32() || getFromUint8()
                    ? Type(Float32Type::get(getContext()))
                    : i32;
  for (int dim = 0; dim < 2; ++dim) {
    int64_t size = y.getDimSize(1 + dim);
    if (getConstants()[2 * dim].getType() !=
            RankedTensorType::get({size, 2}, i32) ||
        getConstants()[2 * dim + 1].getType() !=
            RankedTensorType::get({size}, weight))
      return emitOpError("needs for ")
             << (dim ? "columns" : "rows") << " positions of type "
             << RankedTensorType::get({size, 2}, i32) << " and weights of type "
             << RankedTensorType::get({size}, weight);
    // What the kernel reads must be inside of the image.
    DenseIntElementsAttr positions;
    if (!matchPattern(getConstants()[2 * dim], m_Constant(&positions)))
      continue;
    for (const APInt &position : positions)
      if (position.isNegative() || position.sge(x.getDimSize(1 + dim)))
        return emitOpError("position ")
               << position.getSExtValue() << " is outside of the "
               << x.getDimSize(1 + dim) << (dim ? " columns" : " rows");
  }
  return success();
}

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32MovementOps.cpp.inc"
