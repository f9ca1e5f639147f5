//===- WindowOps.cpp - Convolutions, matrix products, pools ---------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Verifiers and queries of the operators that multiply with weights, and of
// pools. What the kernels rely on is checked here, but for the sums: those are
// proven to fit when the weights are packed.
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Window.h"

#include <cmath>

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Queries
//===----------------------------------------------------------------------===//

SumKind stm32::getSumKind(ShapedType input, RequantAttr requant,
                          int32_t weightsZp, DenseF32ArrayAttr scales) {
  if (input.getElementType().isF32())
    return scales ? SumKind::Hybrid : SumKind::F32;
  bool single = requant && requant.getSingle();
  if (input.getElementType().isInteger(16))
    return single ? SumKind::S16 : SumKind::S16Short;
  if (single)
    return SumKind::S8Once;
  return weightsZp == 0 ? SumKind::S8 : SumKind::S8Offset;
}

int64_t stm32::getSumLimit(SumKind kind, int32_t multiplier, int32_t shift) {
  constexpr int64_t limit = std::numeric_limits<int32_t>::max();
  if (kind != SumKind::S16)
    return limit >> std::max(0, 31 - shift);
  // 48 bits are what TOSA and the reference allow.
  int64_t bits48 = (int64_t(1) << 47) - 1;
  if (multiplier == 0 || shift >= 47)
    return bits48;
  return std::min(bits48,
                  limit * (int64_t(1) << std::min(shift, 31)) / multiplier);
}

Type stm32::getWeightsElement(MLIRContext *context, SumKind kind) {
  if (kind == SumKind::F32)
    return Float32Type::get(context);
  return IntegerType::get(context, 8);
}

Type stm32::getBiasElement(MLIRContext *context, SumKind kind) {
  switch (kind) {
  case SumKind::F32:
  case SumKind::Hybrid:
    return Float32Type::get(context);
  case SumKind::S16:
    return IntegerType::get(context, 64);
  default:
    return IntegerType::get(context, 32);
  }
}

std::pair<int32_t, int32_t> stm32::getIntegerRange(Type element) {
  if (element.isUnsignedInteger(8))
    return {0, 255};
  if (element.isInteger(16))
    return {-32768, 32767};
  return {-128, 127};
}

uint64_t TransposeConv2DOp::getMacs() {
  return getActivationType(0).getNumElements() * getWindow()[0] *
         getWindow()[1] * getOutChannels();
}

int64_t BatchMatmulOp::getDepth() {
  ArrayRef<int64_t> shape = getActivationType(0).getShape();
  return getTransposeLhs() ? shape.end()[-2] : shape.back();
}

uint64_t BatchMatmulOp::getMacs() {
  return getOutputType().getNumElements() * getDepth();
}

//===----------------------------------------------------------------------===//
// Parts of the verifiers
//===----------------------------------------------------------------------===//

/// Checks a zero point or another value of a tensor; only int8 and uint8 may
/// have one that is not 0.
static LogicalResult verifyZeroPoint(Operation *op, StringRef name,
                                     int32_t value, Type element) {
  if (!element.isInteger(8))
    return value == 0 ? success()
                      : op->emitOpError() << name << " " << value
                                          << " must be 0 for " << element;
  auto [low, high] = getIntegerRange(element);
  if (value < low || value > high)
    return op->emitOpError()
           << name << " " << value << " is not a value of " << element;
  return success();
}

/// Checks a range of values, given for integers or for floats.
static LogicalResult
verifyRange(Operation *op, Type element,
            std::optional<std::pair<int32_t, int32_t>> clamp, StringRef name,
            DenseF32ArrayAttr floatClamp) {
  bool isFloat = element.isF32();
  if (clamp.has_value() == isFloat || (floatClamp != nullptr) != isFloat)
    return op->emitOpError("with ")
           << element << " needs " << (isFloat ? "float_clamp" : name)
           << " and no " << (isFloat ? name : "float_clamp");
  if (isFloat) {
    float low = floatClamp[0], high = floatClamp[1];
    if (!(low <= high))
      return op->emitOpError("float_clamp is no range");
    return success();
  }
  auto [low, high] = getIntegerRange(element);
  if (clamp->first > clamp->second || clamp->first < low ||
      clamp->second > high)
    return op->emitOpError("clamp [") << clamp->first << ", " << clamp->second
                                      << "] is not a range of " << element;
  return success();
}

/// Checks that all activations have one type that the operator knows.
static LogicalResult verifyOneType(ComputeOpInterface op) {
  Type element = op.getOutputType().getElementType();
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    if (op.getActivationType(i).getElementType() != element)
      return op->emitOpError("inputs and output must have one element type");
  if (!element.isSignlessInteger(8) && !element.isSignlessInteger(16) &&
      !element.isF32())
    return op->emitOpError("is for i8, i16 and f32, not ") << element;
  return success();
}

/// Checks what makes the output of the sums.
static LogicalResult verifyRequant(Operation *op, RequantAttr requant,
                                   Type element) {
  // The product of a sum in 64 bits must fit in 64 bits (rule N56).
  if (element.isInteger(16) && requant.getSingle())
    for (int32_t multiplier : requant.getMultiplier())
      if (multiplier > std::numeric_limits<int16_t>::max())
        return op->emitOpError("multiplier ")
               << multiplier << " of sums in 64 bits is not below 2^15";
  return verifyZeroPoint(op, "zero point", requant.getZeroPoint(), element);
}

/// The same for operators that clamp floats.
static LogicalResult verifyFromSums(ComputeOpInterface op, RequantAttr requant,
                                    DenseF32ArrayAttr floatClamp) {
  Type element = op.getOutputType().getElementType();
  std::optional<std::pair<int32_t, int32_t>> clamp;
  if (requant)
    clamp = {requant.getMin(), requant.getMax()};
  if (failed(verifyOneType(op)) ||
      failed(verifyRange(op, element, clamp, "requant", floatClamp)))
    return failure();
  return requant ? verifyRequant(op, requant, element) : success();
}

/// Bytes that the packed constants have at least: kernels may want more.
static int64_t getPackedBytes(SumKind kind, int64_t channels, int64_t entries,
                              int64_t weights) {
  switch (kind) {
  case SumKind::S8:
  case SumKind::S16Short:
    return 4 * channels + 8 * entries + weights;
  case SumKind::S8Offset:
  case SumKind::S8Once:
    return 4 * channels + 8 * entries + 4 + weights;
  case SumKind::S16:
    return 8 * channels + 8 * entries + weights;
  case SumKind::F32:
    return 4 * channels + 8 + 4 * weights;
  case SumKind::Hybrid:
    return 4 * channels + 8 + 4 + 4 * entries + weights;
  }
  llvm_unreachable("unknown kind");
}

/// Checks that there are weights of the given shape with a bias, or packed
/// constants, and that requantisation and bias have an entry for each channel.
template <typename OpTy>
static LogicalResult verifyConstants(OpTy op, ArrayRef<int64_t> weightShape,
                                     int64_t channels) {
  SumKind kind = getSumKind(op);
  if ((op.getWeights() != nullptr) == (op.getPacked() != nullptr))
    return op.emitOpError("needs either weights or packed constants");
  if ((op.getWeights() != nullptr) != (op.getBias() != nullptr))
    return op.emitOpError("needs weights and bias together");
  int64_t entries = 1;
  if (RequantAttr requant = op.getRequantAttr())
    entries = requant.getMultiplier().size();
  if constexpr (!std::is_same_v<OpTy, TransposeConv2DOp>) {
    if (kind == SumKind::Hybrid)
      entries = op.getWeightScalesAttr().size();
    else if (op.getWeightScalesAttr() || op.getAsymmetricInputs())
      return op.emitOpError("with integers has no weight_scales");
  }
  if (entries != 1 && entries != channels)
    return op.emitOpError("has ")
           << entries << " multipliers for " << channels << " output channels";
  MLIRContext *context = op.getContext();
  Type weightsElement = getWeightsElement(context, kind);
  auto weightsZp = static_cast<int32_t>(op.getWeightsZp());
  if (kind != SumKind::S8Offset && kind != SumKind::S8Once && weightsZp != 0)
    return op.emitOpError("weights_zp must be 0, got ") << weightsZp;
  if (failed(verifyZeroPoint(op, "weights_zp", weightsZp, weightsElement)))
    return failure();
  auto emit = [&] { return op.emitOpError("weights: "); };
  if (failed(stm32::detail::verifyStorage(emit, weightShape, weightsElement)))
    return failure();
  if (op.getBias()) {
    Type biasElement = getBiasElement(context, kind);
    if (op.getBias().getType().getDimSize(0) != channels)
      return op.emitOpError("has ")
             << op.getBias().getType().getDimSize(0) << " biases for "
             << channels << " output channels";
    if (op.getBias().getType().getElementType() != biasElement)
      return op.emitOpError("needs a bias of ") << biasElement;
    if (op.getWeights().getType().getElementType() != weightsElement)
      return op.emitOpError("needs weights of ") << weightsElement;
  }
  if (op.getWeights() && op.getWeights().getType().getShape() != weightShape) {
    InFlightDiagnostic diag = op.emitOpError("weights must have the shape ");
    llvm::interleave(weightShape, diag, "x");
    diag << ", got ";
    llvm::interleave(op.getWeights().getType().getShape(), diag, "x");
    return diag;
  }
  if (!op.getPacked())
    return success();
  int64_t least = getPackedBytes(kind, channels, entries,
                                 ShapedType::getNumElements(weightShape));
  RankedTensorType packed = op.getPacked().getType();
  if (!packed.hasStaticShape() || packed.getNumElements() < least)
    return op.emitOpError("needs packed constants of at least ")
           << least << " bytes, got " << packed;
  return success();
}

/// What all operators with weights have in common.
template <typename OpTy>
static LogicalResult verifyWeighted(OpTy op, ArrayRef<int64_t> weightShape,
                                    int64_t channels) {
  auto compute = cast<ComputeOpInterface>(op.getOperation());
  return success(
      succeeded(verifyFromSums(compute, op.getRequantAttr(),
                               op.getFloatClampAttr())) &&
      succeeded(verifyConstants(op, weightShape, channels)) &&
      succeeded(verifyZeroPoint(op, "input_zp", op.getInputZp(),
                                compute.getOutputType().getElementType())));
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

/// Checks the value outside the image; float32 has only 0 there.
template <typename OpTy> static LogicalResult verifyPadValue(OpTy op) {
  Type element = op.getOutputType().getElementType();
  auto value = static_cast<int32_t>(op.getPadValue());
  auto [low, high] = getIntegerRange(element);
  if (element.isF32())
    low = high = 0;
  if (value < low || value > high)
    return op.emitOpError("pad_value ")
           << value << " is not a value of " << element;
  return success();
}

LogicalResult Conv2DOp::verify() {
  int64_t groups = static_cast<int32_t>(getGroups());
  int64_t in = getActivationType(0).getDimSize(3);
  if (groups < 1 || in % groups || getOutChannels() % groups)
    return emitOpError("groups ")
           << groups << " do not divide " << in << " input channels and "
           << getOutChannels() << " output channels";
  return success(succeeded(verifyWeighted(*this,
                                          {getOutChannels(), getWindow()[0],
                                           getWindow()[1], in / groups},
                                          getOutChannels())) &&
                 succeeded(verifyPadValue(*this)));
}

LogicalResult DepthwiseConv2DOp::verify() {
  int64_t in = getActivationType(0).getDimSize(3);
  if (getOutChannels() % in)
    return emitOpError("has ")
           << getOutChannels()
           << " output channels, which is no multiple of its " << in
           << " input channels";
  if (getGroups() != 1)
    return emitOpError("has no groups");
  return success(
      succeeded(verifyWeighted(
          *this, {1, getWindow()[0], getWindow()[1], getOutChannels()},
          getOutChannels())) &&
      succeeded(verifyPadValue(*this)));
}

LogicalResult FullyConnectedOp::verify() {
  if (getOutputType().getRank() == 0)
    return emitOpError("output must have at least one dimension");
  if (getActivationType(0).getNumElements() % getRows())
    return emitOpError("input has ")
           << getActivationType(0).getNumElements()
           << " elements, which is no multiple of the output's " << getRows()
           << " rows";
  return verifyWeighted(*this, {getOutFeatures(), getInFeatures()},
                        getOutFeatures());
}

LogicalResult TransposeConv2DOp::verify() {
  ShapedType x = getActivationType(0), y = getOutputType();
  if (x.getRank() != 4 || y.getRank() != 4)
    return emitOpError("input and output must have rank 4, got ")
           << x.getRank() << " and " << y.getRank();
  if (x.getDimSize(0) != y.getDimSize(0))
    return emitOpError("input has ")
           << x.getDimSize(0) << " images but output has " << y.getDimSize(0);
  // The kernel's coordinates, strides times rows included, are int32.
  constexpr int64_t limit = std::numeric_limits<int32_t>::max();
  for (int dim = 0; dim < 2; ++dim) {
    int64_t window = getWindow()[dim], stride = getStrides()[dim];
    if (window > limit || stride > limit || getPadding()[dim] > limit ||
        x.getDimSize(1 + dim) * stride > limit ||
        y.getDimSize(1 + dim) + getPadding()[dim] + window > limit)
      return emitOpError("window, strides and padding must fit in 32 bits with "
                         "the size of the images");
  }
  return verifyWeighted(
      *this,
      {getOutChannels(), getWindow()[0], getWindow()[1], x.getDimSize(3)},
      getOutChannels());
}

//===----------------------------------------------------------------------===//
// Batches of matrices
//===----------------------------------------------------------------------===//

LogicalResult BatchMatmulOp::verify() {
  ShapedType lhs = getActivationType(0), rhs = getActivationType(1),
             y = getOutputType();
  constexpr int64_t maxRank = 5;
  for (ShapedType type : {lhs, rhs, y})
    if (type.getRank() < 2 || type.getRank() > maxRank)
      return emitOpError("is for rank 2 to ") << maxRank << ", got " << type;
  if (y.getRank() != std::max(lhs.getRank(), rhs.getRank()))
    return emitOpError("output must have the greater rank of its inputs");
  auto getLast = [](ShapedType type, bool transposed) {
    ArrayRef<int64_t> shape = type.getShape();
    return transposed ? std::pair(shape.back(), shape.end()[-2])
                      : std::pair(shape.end()[-2], shape.back());
  };
  auto [rows, depth] = getLast(lhs, getTransposeLhs());
  auto [terms, columns] = getLast(rhs, getTransposeRhs());
  if (depth != terms || rows != getRows() || columns != getColumns())
    return emitOpError("has matrices of ")
           << rows << "x" << depth << " and " << terms << "x" << columns
           << " for an output of " << getRows() << "x" << getColumns();
  for (int64_t dim = 3; dim <= y.getRank(); ++dim) {
    auto size = [&](ShapedType type) {
      return dim <= type.getRank() ? type.getShape().end()[-dim] : 1;
    };
    int64_t expected = size(lhs) == 1 ? size(rhs) : size(lhs);
    if ((size(rhs) != 1 && size(rhs) != expected) || size(y) != expected)
      return emitOpError("leading dimensions of ")
             << lhs << " and " << rhs << " do not give those of " << y;
  }
  RequantAttr requant = getRequantAttr();
  if (failed(verifyOneType(*this)) ||
      failed(
          verifyZeroPoint(*this, "lhs_zp", getLhsZp(), lhs.getElementType())) ||
      failed(
          verifyZeroPoint(*this, "rhs_zp", getRhsZp(), rhs.getElementType())))
    return failure();
  if (y.getElementType().isF32() == (requant != nullptr))
    return emitOpError("needs requant for integers, and only for them");
  if (!requant)
    return success();
  if (requant.isPerChannel())
    return emitOpError("has one multiplier");
  if (failed(verifyRequant(*this, requant, y.getElementType())) ||
      failed(verifyRange(*this, y.getElementType(),
                         std::pair(requant.getMin(), requant.getMax()),
                         "requant", DenseF32ArrayAttr())))
    return failure();
  bool isShort = y.getElementType().isInteger(16);
  if (requant.getSingle() != isShort)
    return emitOpError("rounds once for i16 and twice for i8");
  // Sums must fit (rules N4 and N61): both operands may have any value.
  auto getMagnitude = [&](int32_t zeroPoint) -> int64_t {
    auto [low, high] = getIntegerRange(y.getElementType());
    return std::max(high - zeroPoint, zeroPoint - low);
  };
  int64_t product = getMagnitude(static_cast<int32_t>(getLhsZp())) *
                    getMagnitude(static_cast<int32_t>(getRhsZp()));
  int32_t shift = requant.getShift()[0];
  int64_t limit =
      isShort ? int64_t(1) << 47
              : std::numeric_limits<int32_t>::max() >> std::max(0, 31 - shift);
  if (depth > limit / product)
    return emitOpError("sums of ")
           << depth << " products may not fit in " << (isShort ? 48 : 32)
           << " bits with a shift of " << shift;
  return success();
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

template <typename OpTy> static LogicalResult verifyPool(OpTy op) {
  ShapedType x = op.getActivationType(0), y = op.getOutputType();
  Type element = y.getElementType();
  if (x.getDimSize(3) != y.getDimSize(3))
    return op.emitOpError("input has ")
           << x.getDimSize(3) << " channels but output has " << y.getDimSize(3);
  if (failed(verifyOneType(cast<ComputeOpInterface>(op.getOperation()))))
    return failure();
  // A window that lies in the padding alone has no value.
  int64_t count = 1;
  for (int dim = 0; dim < 2; ++dim) {
    if (op.getPadding()[2 * dim] >= op.getWindow()[dim] ||
        (y.getDimSize(1 + dim) - 1) * op.getStrides()[dim] -
                op.getPadding()[2 * dim] >=
            x.getDimSize(1 + dim))
      return op.emitOpError("has a window without any value of the input");
    count *= std::min(op.getWindow()[dim], x.getDimSize(1 + dim));
  }
  // Half the count is added before the division.
  int64_t greatest = element.isInteger(16) ? 1 << 15 : 1 << 8;
  if (count > std::numeric_limits<int32_t>::max() / (greatest + 1))
    return op.emitOpError("has a window of ")
           << count << " values, whose sum may not fit in 32 bits";
  std::optional<std::pair<int32_t, int32_t>> clamp;
  if (auto range = op.getClamp())
    clamp = {(*range)[0], (*range)[1]};
  return success(
      succeeded(
          verifyRange(op, element, clamp, "clamp", op.getFloatClampAttr())) &&
      succeeded(verifyZeroPoint(op, "zero_point", op.getZeroPoint(), element)));
}

LogicalResult AveragePool2DOp::verify() { return verifyPool(*this); }

LogicalResult MaxPool2DOp::verify() {
  if (getZeroPoint() != 0)
    return emitOpError("has no zero_point");
  return verifyPool(*this);
}
