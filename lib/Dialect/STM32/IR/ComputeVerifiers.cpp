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
  SmallVector<ShapedType> types{compute.getOutputType()};
  for (unsigned i = 0; i < compute.getNumActivations(); ++i) {
    if (isa<BufferType>(op->getOperand(i).getType()) != hasDest)
      return op->emitOpError("mixes tensors and buffers");
    types.push_back(compute.getActivationType(i));
  }
  auto window = dyn_cast<WindowOpInterface>(op);
  bool hasBand = window && window.getBandAttr();
  for (ShapedType type : types) {
    auto emit = [&] { return op->emitOpError() << "with " << type << ": "; };
    if (failed(verifyStorage(emit, type.getShape(), type.getElementType())))
      return failure();
    if (auto buffer = dyn_cast<BufferType>(type);
        buffer && buffer.getRows() && !hasBand)
      return op->emitOpError("uses the ring ")
             << type << " without computing a band";
  }
  if (hasDest && getConstantBlock(compute.getDest()))
    return op->emitOpError("writes into a constant");
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

std::pair<int64_t, int64_t> WindowOpInterface::getInputRows(int64_t first,
                                                            int64_t count) {
  int64_t height = cast<ComputeOpInterface>(getOperation())
                       .getActivationType(0)
                       .getDimSize(1);
  int64_t extent = (getWindow()[0] - 1) * getDilations()[0] + 1;
  int64_t begin = first * getStrides()[0] - getPadding()[0];
  int64_t end =
      (first + count - 1) * getStrides()[0] - getPadding()[0] + extent;
  return {std::clamp<int64_t>(begin, 0, height),
          std::clamp<int64_t>(end, 0, height)};
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

/// Checks that there are weights of the given shape with a bias, or packed
/// constants, and that requantisation and bias have an entry for each channel.
template <typename OpTy>
static LogicalResult verifyConstants(OpTy op, ArrayRef<int64_t> weightShape,
                                     int64_t channels) {
  if ((op.getWeights() != nullptr) == (op.getPacked() != nullptr))
    return op.emitOpError("needs either weights or packed constants");
  if ((op.getWeights() != nullptr) != (op.getBias() != nullptr))
    return op.emitOpError("needs weights and bias together");
  int64_t entries = op.getRequant().getMultiplier().size();
  if (entries != 1 && entries != channels)
    return op.emitOpError("has ")
           << entries << " multipliers for " << channels << " output channels";
  if (op.getBias() && op.getBias().getType().getDimSize(0) != channels)
    return op.emitOpError("has ")
           << op.getBias().getType().getDimSize(0) << " biases for " << channels
           << " output channels";
  auto emit = [&] { return op.emitOpError("weights: "); };
  if (failed(stm32::detail::verifyStorage(
          emit, weightShape, IntegerType::get(op.getContext(), 8))))
    return failure();
  if (op.getWeights() && op.getWeights().getType().getShape() != weightShape) {
    InFlightDiagnostic diag = op.emitOpError("weights must have the shape ");
    llvm::interleave(weightShape, diag, "x");
    diag << ", got ";
    llvm::interleave(op.getWeights().getType().getShape(), diag, "x");
    return diag;
  }
  if (!op.getPacked())
    return success();
  // Bias, multipliers, shifts and weights; kernels may want more, for padding.
  int64_t least =
      4 * channels + 2 * 4 * entries + ShapedType::getNumElements(weightShape);
  RankedTensorType packed = op.getPacked().getType();
  if (!packed.hasStaticShape() || packed.getNumElements() < least)
    return op.emitOpError("needs packed constants of at least ")
           << least << " bytes, got " << packed;
  return success();
}

/// Range of the values of int8, or of uint8.
static std::pair<int32_t, int32_t> getRange(Type element) {
  return element.isUnsignedInteger(8) ? std::pair(0, 255)
                                      : std::pair(-128, 127);
}

static LogicalResult verifyClamp(Operation *op, int32_t min, int32_t max,
                                 Type element) {
  auto [low, high] = getRange(element);
  if (min > max || min < low || max > high)
    return op->emitOpError("clamp [")
           << min << ", " << max << "] is not a range of " << element;
  return success();
}

/// Checks a zero point or another value of a tensor.
static LogicalResult verifyValue(Operation *op, StringRef name, int32_t value,
                                 Type element) {
  auto [low, high] = getRange(element);
  if (value < low || value > high)
    return op->emitOpError()
           << name << " " << value << " is not a value of " << element;
  return success();
}

/// Checks what `requant` gives for an output of type `element`.
static LogicalResult verifyRequant(Operation *op, RequantAttr requant,
                                   Type element) {
  if (failed(verifyValue(op, "zero point", requant.getZeroPoint(), element)))
    return failure();
  return verifyClamp(op, requant.getMin(), requant.getMax(), element);
}

/// Checks that one multiplier may scale accumulators up to `bound` in magnitude
/// (rules N3 and N4): shifts below 31 make them larger.
static LogicalResult verifyScaling(Operation *op, RequantAttr requant,
                                   int64_t bound) {
  if (requant.isPerChannel())
    return op->emitOpError("has one multiplier");
  int32_t shift = requant.getShift()[0];
  if (bound > std::numeric_limits<int32_t>::max() >> std::max(0, 31 - shift))
    return op->emitOpError("cannot scale sums of up to ")
           << bound << " with a shift of " << shift << " in 32 bits";
  return success();
}

/// Greatest magnitude of a value of type `element` less `zeroPoint`.
static int64_t getMagnitude(Type element, int32_t zeroPoint) {
  auto [low, high] = getRange(element);
  return std::max(high - zeroPoint, zeroPoint - low);
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
  Type element = op.getOutputType().getElementType();
  return success(
      succeeded(verifyConstants(op, weightShape, op.getOutChannels())) &&
      succeeded(verifyRequant(op, op.getRequant(), element)) &&
      succeeded(verifyValue(op, "input_zp", op.getInputZp(), element)) &&
      succeeded(verifyValue(op, "pad_value", op.getPadValue(), element)));
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
           << getOutChannels()
           << " output channels, which is no multiple of its " << in
           << " input channels";
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
  Type element = getOutputType().getElementType();
  return success(
      succeeded(verifyConstants(*this, {getOutFeatures(), getInFeatures()},
                                getOutFeatures())) &&
      succeeded(verifyRequant(*this, getRequant(), element)) &&
      succeeded(verifyValue(*this, "input_zp", getInputZp(), element)));
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
  // Less than 1, so that the sum of both sides fits in 32 bits.
  if (scale[0] < 0 || scale[1] < 31 || scale[1] > 62)
    return op->emitOpError()
           << name << " must be a multiplier of 0 .. 2^31-1 and a shift of "
           << "31 .. 62, got " << scale[0] << " and " << scale[1];
  return success();
}

LogicalResult AddOp::verify() {
  if (getLeftShift() > 22)
    return emitOpError("left_shift ")
           << static_cast<int32_t>(getLeftShift())
           << " is not in 0 .. 22: the sum would not fit in 32 bits";
  Type element = getOutputType().getElementType();
  if (failed(verifySameShape(*this)) ||
      failed(verifyScale(*this, "lhs_scale", getLhsScale())) ||
      failed(verifyScale(*this, "rhs_scale", getRhsScale())) ||
      failed(verifyValue(*this, "lhs_zp", getLhsZp(), element)) ||
      failed(verifyValue(*this, "rhs_zp", getRhsZp(), element)) ||
      failed(verifyRequant(*this, getRequant(), element)))
    return failure();
  int64_t bound =
      getMagnitude(element, getLhsZp()) + getMagnitude(element, getRhsZp());
  return verifyScaling(*this, getRequant(), bound << getLeftShift());
}

LogicalResult RequantizeOp::verify() {
  Type x = getActivationType(0).getElementType();
  Type y = getOutputType().getElementType();
  if (failed(verifySameShape(*this)))
    return failure();
  if (x.isUnsignedInteger() && y.isUnsignedInteger())
    return emitOpError("has uint8 on both sides");
  if (failed(verifyValue(*this, "input_zp", getInputZp(), x)) ||
      failed(verifyRequant(*this, getRequant(), y)))
    return failure();
  return verifyScaling(*this, getRequant(), getMagnitude(x, getInputZp()));
}

/// `quantized` is the element type on the integer side.
template <typename OpTy>
static LogicalResult verifyQuantization(OpTy op, Type quantized) {
  float scale = op.getScale().convertToFloat();
  if (!(scale > 0) || !std::isfinite(scale))
    return op.emitOpError("scale must be positive and finite");
  if (failed(verifyValue(op, "zero_point", op.getZeroPoint(), quantized)))
    return failure();
  return verifySameShape(op);
}

LogicalResult QuantizeOp::verify() {
  return verifyQuantization(*this, getOutputType().getElementType());
}

LogicalResult DequantizeOp::verify() {
  return verifyQuantization(*this, getActivationType(0).getElementType());
}

LogicalResult MeanOp::verify() {
  ShapedType x = getActivationType(0), y = getOutputType();
  if (x.getRank() > 4)
    return emitOpError("input has rank ") << x.getRank() << ", at most 4";
  if (getAxes().empty())
    return emitOpError("needs at least one axis");
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
  Type element = y.getElementType();
  if (failed(verifyValue(*this, "input_zp", getInputZp(), element)) ||
      failed(verifyRequant(*this, getRequant(), element)))
    return failure();
  int64_t count = x.getNumElements() / y.getNumElements();
  return verifyScaling(*this, getRequant(),
                       count * getMagnitude(element, getInputZp()));
}

LogicalResult SoftmaxOp::verify() {
  if (getActivationType(0).getRank() == 0)
    return emitOpError("input must have at least one dimension");
  if (static_cast<int32_t>(getMultiplier()) < 0 || getLeftShift() > 31)
    return emitOpError("multiplier must not be negative and left_shift in "
                       "0 .. 31, got ")
           << static_cast<int32_t>(getMultiplier()) << " and "
           << static_cast<int32_t>(getLeftShift());
  auto diffMin = static_cast<int32_t>(getDiffMin());
  if (diffMin > 0 || int64_t(-1) * diffMin >> (31 - getLeftShift()) != 0)
    return emitOpError("diff_min ")
           << diffMin << " must not be positive, and shifted left by "
           << getLeftShift() << " it must fit in 32 bits";
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
        getBefore()[dim] > y.getDimSize(dim) ||
        getAfter()[dim] > y.getDimSize(dim) ||
        y.getDimSize(dim) !=
            x.getDimSize(dim) + getBefore()[dim] + getAfter()[dim])
      return emitOpError("dimension ")
             << dim << " of the output must be before + input + after";
  return verifyValue(*this, "value", getValue(), y.getElementType());
}

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
