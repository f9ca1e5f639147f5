//===- ComputeVerifiers.cpp - Operators of a network: verifiers -----------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Common parts
//===----------------------------------------------------------------------===//

LogicalResult stm32::detail::verifyComputeOp(Operation *op) {
  auto compute = cast<ComputeOpInterface>(op);
  bool hasDest = compute.getDest() != nullptr;
  if (hasDest == (op->getNumResults() == 1))
    return op->emitOpError(
        "must have either a result (tensors) or a destination (buffers)");
  for (unsigned i = 0; i < compute.getNumActivations(); ++i)
    if (isa<BufferType>(op->getOperand(i).getType()) != hasDest)
      return op->emitOpError("mixes tensors and buffers");
  if (compute.getScratch() && !hasDest)
    return op->emitOpError("on tensors has no scratch buffer");
  return success();
}

std::pair<int64_t, int64_t> WindowOpInterface::getInputRows(int64_t first,
                                                            int64_t count) {
  int64_t height = cast<ComputeOpInterface>(getOperation())
                       .getActivationType(0)
                       .getDimSize(1);
  int64_t extent = (getWindow()[0] - 1) * getDilations()[0] + 1;
  int64_t begin = first * getStrides()[0] - getPadding()[0];
  int64_t end = (first + count - 1) * getStrides()[0] - getPadding()[0] + extent;
  return {std::clamp<int64_t>(begin, 0, height),
          std::clamp<int64_t>(end, 0, height)};
}

LogicalResult stm32::detail::verifyWindowOp(Operation *op) {
  auto window = cast<WindowOpInterface>(op);
  auto compute = cast<ComputeOpInterface>(op);
  // Rank and result are checked here, so that the op's own verifier, which
  // runs later, may rely on them.
  if (compute.getDest() == nullptr && op->getNumResults() != 1)
    return op->emitOpError(
        "must have either a result (tensors) or a destination (buffers)");
  ShapedType x = compute.getActivationType(0), y = compute.getOutputType();
  if (x.getRank() != 4 || y.getRank() != 4)
    return op->emitOpError("input and output must have rank 4, got ")
           << x.getRank() << " and " << y.getRank();
  if (x.getDimSize(0) != y.getDimSize(0))
    return op->emitOpError("input has ")
           << x.getDimSize(0) << " images but output has " << y.getDimSize(0);
  for (int dim = 0; dim < 2; ++dim) {
    int64_t extent =
        (window.getWindow()[dim] - 1) * window.getDilations()[dim] + 1;
    int64_t padded = x.getDimSize(1 + dim) + window.getPadding()[2 * dim] +
                     window.getPadding()[2 * dim + 1];
    int64_t expected = padded < extent ? 0
                                       : (padded - extent) /
                                                 window.getStrides()[dim] +
                                             1;
    // Trailing rows or columns may be left out: a smaller output is the same
    // operator on a part of its input.
    if (y.getDimSize(1 + dim) > expected)
      return op->emitOpError("gives at most ")
             << expected << (dim ? " columns" : " rows") << " but its output has "
             << y.getDimSize(1 + dim);
  }
  BandAttr band = window.getBandAttr();
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
  auto [begin, end] = window.getInputRows(band.getFirst(), band.getCount());
  if (auto ring = cast<BufferType>(x); end - begin > ring.getHeldRows())
    return op->emitOpError("band reads ")
           << end - begin << " rows but its input holds " << ring.getHeldRows();
  return success();
}

/// Checks a constant group: weights with bias, or packed.
template <typename OpTy> static LogicalResult verifyConstants(OpTy op) {
  if ((op.getWeights() != nullptr) == (op.getPacked() != nullptr))
    return op.emitOpError("needs either weights or packed constants");
  if ((op.getWeights() != nullptr) != (op.getBias() != nullptr))
    return op.emitOpError("needs weights and bias together");
  return success();
}

/// Checks that requantisation and bias have an entry for each channel.
template <typename OpTy>
static LogicalResult verifyChannels(OpTy op, int64_t channels) {
  int64_t entries = op.getRequant().getMultiplier().size();
  if (entries != 1 && entries != channels)
    return op.emitOpError("has ")
           << entries << " multipliers for " << channels << " output channels";
  if (op.getBias() && op.getBias().getType().getDimSize(0) != channels)
    return op.emitOpError("has ")
           << op.getBias().getType().getDimSize(0) << " biases for " << channels
           << " output channels";
  return success();
}

/// Checks that the clamp lies within int8 (or uint8).
static LogicalResult verifyClamp(Operation *op, int32_t min, int32_t max,
                                 Type element) {
  bool isUnsigned = element.isUnsignedInteger(8);
  int32_t low = isUnsigned ? 0 : -128, high = isUnsigned ? 255 : 127;
  if (min > max || min < low || max > high)
    return op->emitOpError("clamp [")
           << min << ", " << max << "] is not a range of " << element;
  return success();
}

static LogicalResult verifyInt8(Operation *op, StringRef name, int32_t value) {
  if (value < -128 || value > 127)
    return op->emitOpError() << name << " " << value << " is not an int8 value";
  return success();
}

static LogicalResult verifySameShape(ComputeOpInterface op) {
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    if (op.getActivationType(i).getShape() != op.getOutputType().getShape())
      return op->emitOpError("inputs and output must have one shape");
  return success();
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

template <typename OpTy>
static LogicalResult verifyConvolution(OpTy op, ArrayRef<int64_t> weightShape) {
  if (failed(verifyConstants(op)) ||
      failed(verifyChannels(op, op.getOutChannels())) ||
      failed(verifyClamp(op, op.getRequant().getMin(), op.getRequant().getMax(),
                         op.getOutputType().getElementType())) ||
      failed(verifyInt8(op, "input_zp", op.getInputZp())) ||
      failed(verifyInt8(op, "pad_value", op.getPadValue())))
    return failure();
  if (op.getWeights() && op.getWeights().getType().getShape() != weightShape) {
    InFlightDiagnostic diag = op.emitOpError("weights must have the shape ");
    llvm::interleave(weightShape, diag, "x");
    diag << ", got ";
    llvm::interleave(op.getWeights().getType().getShape(), diag, "x");
    return diag;
  }
  return success();
}

LogicalResult Conv2DOp::verify() {
  return verifyConvolution(*this,
                           {getOutChannels(), getWindow()[0], getWindow()[1],
                            getActivationType(0).getDimSize(3)});
}

LogicalResult DepthwiseConv2DOp::verify() {
  int64_t in = getActivationType(0).getDimSize(3);
  if (getOutChannels() % in)
    return emitOpError("has ")
           << getOutChannels() << " output channels, which is no multiple of its "
           << in << " input channels";
  return verifyConvolution(
      *this, {1, getWindow()[0], getWindow()[1], getOutChannels()});
}

LogicalResult FullyConnectedOp::verify() {
  if (getOutputType().getRank() == 0)
    return emitOpError("output must have at least one dimension");
  if (getActivationType(0).getNumElements() % getRows())
    return emitOpError("input has ")
           << getActivationType(0).getNumElements()
           << " elements, which is no multiple of the output's " << getRows()
           << " rows";
  if (failed(verifyConstants(*this)) ||
      failed(verifyChannels(*this, getOutFeatures())) ||
      failed(verifyClamp(*this, getRequant().getMin(), getRequant().getMax(),
                         getOutputType().getElementType())) ||
      failed(verifyInt8(*this, "input_zp", getInputZp())))
    return failure();
  if (getWeights() &&
      getWeights().getType().getShape() !=
          ArrayRef<int64_t>({getOutFeatures(), getInFeatures()}))
    return emitOpError("weights must have the shape ")
           << getOutFeatures() << "x" << getInFeatures();
  return success();
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

template <typename OpTy> static LogicalResult verifyPool(OpTy op) {
  ShapedType x = op.getActivationType(0), y = op.getOutputType();
  if (x.getDimSize(3) != y.getDimSize(3))
    return op.emitOpError("input has ")
           << x.getDimSize(3) << " channels but output has " << y.getDimSize(3);
  // A window that lies in the padding alone has no value.
  for (int dim = 0; dim < 2; ++dim)
    if (op.getPadding()[2 * dim] >= op.getWindow()[dim] ||
        (y.getDimSize(1 + dim) - 1) * op.getStrides()[dim] -
                op.getPadding()[2 * dim] >=
            x.getDimSize(1 + dim))
      return op.emitOpError("has a window without any value of the input");
  return verifyClamp(op, op.getClamp()[0], op.getClamp()[1],
                     y.getElementType());
}

LogicalResult AveragePool2DOp::verify() { return verifyPool(*this); }
LogicalResult MaxPool2DOp::verify() { return verifyPool(*this); }

//===----------------------------------------------------------------------===//
// Elementwise and data movement
//===----------------------------------------------------------------------===//

static LogicalResult verifyScale(Operation *op, StringRef name,
                                 ArrayRef<int32_t> scale) {
  if (scale[0] < 0 || scale[1] < 2 || scale[1] > 62)
    return op->emitOpError()
           << name << " must be a multiplier of 0 .. 2^31-1 and a shift of "
           << "2 .. 62, got " << scale[0] << " and " << scale[1];
  return success();
}

LogicalResult AddOp::verify() {
  if (getRequant().isPerChannel())
    return emitOpError("has one multiplier");
  if (getLeftShift() > 22)
    return emitOpError("left_shift ")
           << getLeftShift() << " is not in 0 .. 22: the shifted value would "
           << "not fit in 32 bits";
  if (failed(verifySameShape(*this)) ||
      failed(verifyScale(*this, "lhs_scale", getLhsScale())) ||
      failed(verifyScale(*this, "rhs_scale", getRhsScale())) ||
      failed(verifyInt8(*this, "lhs_zp", getLhsZp())) ||
      failed(verifyInt8(*this, "rhs_zp", getRhsZp())))
    return failure();
  return verifyClamp(*this, getRequant().getMin(), getRequant().getMax(),
                     getOutputType().getElementType());
}

LogicalResult RequantizeOp::verify() {
  if (getRequant().isPerChannel())
    return emitOpError("has one multiplier");
  if (failed(verifySameShape(*this)))
    return failure();
  if (getActivationType(0).getElementType().isUnsignedInteger() &&
      getOutputType().getElementType().isUnsignedInteger())
    return emitOpError("has uint8 on both sides");
  return verifyClamp(*this, getRequant().getMin(), getRequant().getMax(),
                     getOutputType().getElementType());
}

template <typename OpTy> static LogicalResult verifyQuantization(OpTy op) {
  float scale = op.getScale().convertToFloat();
  if (!(scale > 0) || !std::isfinite(scale))
    return op.emitOpError("scale must be positive and finite");
  return verifySameShape(op);
}

LogicalResult QuantizeOp::verify() { return verifyQuantization(*this); }
LogicalResult DequantizeOp::verify() { return verifyQuantization(*this); }

LogicalResult MeanOp::verify() {
  ShapedType x = getActivationType(0), y = getOutputType();
  if (x.getRank() > 4)
    return emitOpError("input has rank ") << x.getRank() << ", at most 4";
  if (getAxes().empty())
    return emitOpError("needs at least one axis");
  if (getRequant().isPerChannel())
    return emitOpError("has one multiplier");
  SmallVector<int64_t> kept, dropped;
  size_t next = 0;
  for (int64_t dim = 0; dim < x.getRank(); ++dim) {
    bool reduced = next < getAxes().size() && getAxes()[next] == dim;
    next += reduced;
    kept.push_back(reduced ? 1 : x.getDimSize(dim));
    if (!reduced)
      dropped.push_back(x.getDimSize(dim));
  }
  if (next != getAxes().size())
    return emitOpError("axes must be sorted dimensions of the input");
  if (y.getShape() != ArrayRef(kept) && y.getShape() != ArrayRef(dropped))
    return emitOpError("output must be the input without its reduced "
                       "dimensions, or with them as 1");
  return verifyClamp(*this, getRequant().getMin(), getRequant().getMax(),
                     y.getElementType());
}

LogicalResult SoftmaxOp::verify() {
  if (getActivationType(0).getRank() == 0)
    return emitOpError("input must have at least one dimension");
  if (static_cast<int32_t>(getMultiplier()) < 0 || getLeftShift() > 31)
    return emitOpError("multiplier must not be negative and left_shift in "
                       "0 .. 31, got ")
           << getMultiplier() << " and " << getLeftShift();
  if (static_cast<int32_t>(getDiffMin()) > 0)
    return emitOpError("diff_min must not be positive");
  return verifySameShape(*this);
}

LogicalResult PadOp::verify() {
  ShapedType x = getActivationType(0), y = getOutputType();
  if (x.getRank() > 4)
    return emitOpError("input has rank ") << x.getRank() << ", at most 4";
  if (y.getRank() != x.getRank() ||
      static_cast<int64_t>(getBefore().size()) != x.getRank() ||
      static_cast<int64_t>(getAfter().size()) != x.getRank())
    return emitOpError("before, after and output must have the input's rank");
  for (int64_t dim = 0; dim < x.getRank(); ++dim)
    if (getBefore()[dim] < 0 || getAfter()[dim] < 0 ||
        y.getDimSize(dim) !=
            x.getDimSize(dim) + getBefore()[dim] + getAfter()[dim])
      return emitOpError("dimension ")
             << dim << " of the output must be before + input + after";
  return verifyInt8(*this, "value", getValue());
}

LogicalResult ReshapeOp::verify() {
  if (getInput().getType().getElementType() != getType().getElementType() ||
      getInput().getType().getNumElements() != getType().getNumElements())
    return emitOpError("must keep element type and number of elements");
  return success();
}
