//===- WeightedOp.cpp - Operators that multiply with weights --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightedOp.h"
#include "mlir/IR/Matchers.h"
#include <cmath>
#include <cstdlib>
#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

FailureOr<DenseElementsAttr>
tflite::readConstantOperand(OpImporter &op, const TensorInfo &tensor,
                            const Twine &what) {
  if (tensor.isConstant)
    return op.readConstant(tensor, tensor.shape);
  FailureOr<Value> value = op.emitOperand(tensor);
  if (failed(value))
    return failure();
  DenseElementsAttr elements;
  if (matchPattern(*value, m_Constant(&elements)))
    return elements;
  return op.unsupported(what + " \"" + getDisplayName(tensor) +
                        "\" is not a constant");
}

bool tflite::isComputed(OpImporter &op, const TensorInfo &tensor) {
  if (tensor.isConstant)
    return false;
  FailureOr<Value> value = op.emitOperand(tensor);
  return succeeded(value) && !matchPattern(*value, m_Constant());
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// Greatest magnitude of the sum of each channel, which are dimension
/// `channelDim` of the weights.
static SmallVector<int64_t> getSumBounds(const WeightedOp &facts,
                                         unsigned channelDim) {
  ArrayRef<int64_t> shape = facts.weights.getType().getShape();
  int64_t channels = shape[channelDim];
  int64_t inner =
      channelDim == 0 ? facts.weights.getNumElements() / channels : 1;
  SmallVector<int64_t> bounds(channels, 0);
  for (auto [index, value] : llvm::enumerate(facts.weights.getValues<int8_t>()))
    bounds[index / inner % channels] += std::abs(value - facts.weightsZp);
  bool isShort = facts.kind == SumKind::S16 || facts.kind == SumKind::S16Short;
  // |x - zero point| is 255 or 2^15 at most.
  const int64_t greatest = isShort ? 1 << 15 : 255;
  for (int64_t &bound : bounds)
    bound *= greatest;
  if (facts.bias.getElementType().isInteger())
    for (auto [bound, value] :
         llvm::zip_equal(bounds, facts.bias.getValues<APInt>())) {
      constexpr int64_t most = int64_t(1) << 48;
      // Sums of more than 48 bits are refused in any case.
      bound += std::min<uint64_t>(most, value.abs().getZExtValue());
    }
  return bounds;
}

/// True if a sum of magnitude `bound` fits and can be scaled by `factor`.
static bool canScale(const WeightedOp &facts, const qmath::Multiplier &factor,
                     int64_t bound) {
  return facts.kind == SumKind::S16 ? qmath::isRepresentableLong(factor, bound)
                                    : qmath::isRepresentable(factor, bound);
}

/// Scale `channel` of the weights, checked.
static FailureOr<float>
getWeightScale(OpImporter &op, const TensorInfo &weights, unsigned channel) {
  float scale = weights.getScale(channel);
  if (!std::isfinite(scale) || scale <= 0.0f)
    return op.invalid("scale " + Twine(channel) +
                      " of its weights is not a positive number");
  return scale;
}

/// The zero point of the weights: one for all, and int8 weights have 0 where
/// the reference does not look at theirs.
static LogicalResult readWeightsZeroPoint(OpImporter &op, WeightedOp &facts,
                                          const TensorInfo &weights) {
  bool isUnsigned = weights.type == TensorType_UINT8;
  int64_t first = weights.getZeroPoint(0);
  for (unsigned i = 0; i < weights.getNumScales(); ++i) {
    int64_t zeroPoint = weights.getZeroPoint(i);
    if (isUnsigned ? zeroPoint != first || zeroPoint < 0 || zeroPoint > 255
                   : zeroPoint != 0)
      return op.unsupported("its weights have zero point " + Twine(zeroPoint) +
                            ", int8 weights have 0");
  }
  facts.weightsZp = isUnsigned ? first + kUInt8Offset : 0;
  return success();
}

/// Checks the quantisation of weights and reads their scales.
static FailureOr<SmallVector<float>> readWeightScales(OpImporter &op,
                                                      const TensorInfo &weights,
                                                      unsigned channelDim) {
  std::string defect = weights.getQuantizationDefect();
  if (!defect.empty())
    return op.invalid("tensor \"" + getDisplayName(weights) + "\" " + defect);
  unsigned count = weights.getNumScales();
  if (count > 1) {
    auto dimension = weights.table->quantization()->quantized_dimension();
    if (dimension != int(channelDim))
      return op.unsupported("its weights have scales along dimension " +
                            Twine(dimension) + ", only dimension " +
                            Twine(channelDim) + " is supported");
  }
  if (count != 1 && count != weights.shape[channelDim])
    return op.invalid("its weights have " + Twine(count) + " scales for " +
                      Twine(weights.shape[channelDim]) + " output channels");
  SmallVector<float> scales;
  for (unsigned channel = 0; channel < count; ++channel) {
    FailureOr<float> scale = getWeightScale(op, weights, channel);
    if (failed(scale))
      return failure();
    scales.push_back(*scale);
  }
  return scales;
}

static LogicalResult computeFactors(OpImporter &op, WeightedOp &facts,
                                    ArrayRef<float> scales,
                                    unsigned channelDim) {
  for (float scale : scales) {
    qmath::Multiplier factor = qmath::convMultiplier(
        facts.inputQuant.scale, scale, facts.outputQuant.scale);
    facts.factors.push_back(
        facts.kind == SumKind::S16 ? qmath::reduceMultiplier(factor) : factor);
  }
  SmallVector<int64_t> bounds = getSumBounds(facts, channelDim);
  int64_t limit = facts.kind == SumKind::S16
                      ? (int64_t(1) << 47) - 1
                      : std::numeric_limits<int32_t>::max();
  for (auto [channel, bound] : llvm::enumerate(bounds)) {
    if (bound > limit)
      return op.unsupported("the accumulator of channel " + Twine(channel) +
                            " can reach " + Twine(bound) + " and leave int" +
                            Twine(facts.kind == SumKind::S16 ? 48 : 32));
    const qmath::Multiplier &factor =
        facts.factors[scales.size() > 1 ? channel : 0];
    if (!canScale(facts, factor, bound))
      return op.unsupported(
          "the ratio of its scales is too great: multiplier " +
          Twine(factor.multiplier) + ", right shift " + Twine(factor.shift) +
          ", values up to " + Twine(bound));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// What the types of input, weights and bias ask for.
static FailureOr<SumKind> chooseKind(OpImporter &op, const TensorInfo &input,
                                     const TensorInfo &weights,
                                     const TensorInfo *bias,
                                     const WeightedTraits &traits) {
  auto refuse = [&]() {
    return op.unsupported("activations of " + getTypeName(input.type) +
                          " with weights of " + getTypeName(weights.type) +
                          " and " +
                          (bias ? "a bias of " + getTypeName(bias->type)
                                : std::string("no bias")) +
                          " are not supported");
  };
  auto hasBias = [&](tflite::TensorType type) {
    return !bias || bias->type == type;
  };
  switch (input.type) {
  case TensorType_UINT8:
    if (weights.type != TensorType_UINT8 || !hasBias(TensorType_INT32))
      return refuse();
    return traits.roundsOnce ? SumKind::S8Once : SumKind::S8Offset;
  case TensorType_INT8:
    if (weights.type != TensorType_INT8 || !hasBias(TensorType_INT32))
      return refuse();
    return SumKind::S8;
  case TensorType_INT16:
    if (weights.type != TensorType_INT8)
      return refuse();
    if (!bias || bias->type == TensorType_INT64)
      return SumKind::S16;
    if (bias->type != TensorType_INT32 || !traits.hasShortBias)
      return refuse();
    return SumKind::S16Short;
  default:
    if (!hasBias(TensorType_FLOAT32))
      return refuse();
    if (weights.type == TensorType_FLOAT32)
      return SumKind::F32;
    if (weights.type != TensorType_INT8 || !traits.isHybrid)
      return refuse();
    return SumKind::Hybrid;
  }
}

/// Zeros where there is no bias.
static FailureOr<DenseElementsAttr> readBias(OpImporter &op, SumKind kind,
                                             const TensorInfo *bias,
                                             int64_t channels) {
  Type element = getBiasElement(op.getBuilder().getContext(), kind);
  RankedTensorType type = op.getType({channels}, element);
  if (!bias)
    return DenseElementsAttr::get(
        type, ArrayRef<Attribute>(op.getBuilder().getZeroAttr(element)));
  FailureOr<DenseElementsAttr> values = readConstantOperand(op, *bias, "bias");
  if (failed(values))
    return failure();
  if (values->getNumElements() != channels)
    return op.invalid("its bias has " + Twine(values->getNumElements()) +
                      " elements for " + Twine(channels) + " output channels");
  return values->reshape(type);
}

FailureOr<WeightedOp> tflite::checkWeightedOp(OpImporter &op,
                                              const WeightedTraits &traits,
                                              ActivationFunctionType function) {
  WeightedOp facts;
  facts.input = op.getInput(traits.input);
  const TensorInfo &weights = *op.getInput(traits.weights);
  const TensorInfo *bias = op.getInput(traits.bias);
  auto activation = op.getActivation(function);
  if (failed(activation))
    return failure();
  FailureOr<SumKind> kind = chooseKind(op, *facts.input, weights, bias, traits);
  if (failed(kind) || failed(op.checkSameType(*facts.input, op.getOutput())))
    return failure();
  facts.kind = *kind;
  FailureOr<DenseElementsAttr> values =
      readConstantOperand(op, weights, "weights");
  if (failed(values) || failed(op.checkRank(weights, traits.rank)))
    return failure();
  facts.weights = *values;
  FailureOr<DenseElementsAttr> biasValues =
      readBias(op, facts.kind, bias, weights.shape[traits.channelDim]);
  if (failed(biasValues))
    return failure();
  facts.bias = *biasValues;
  std::tie(facts.least, facts.most) = getFloatRange(*activation);
  if (facts.kind == SumKind::F32)
    return facts;

  FailureOr<SmallVector<float>> scales =
      readWeightScales(op, weights, traits.channelDim);
  if (failed(scales) || failed(readWeightsZeroPoint(op, facts, weights)))
    return failure();
  if (facts.kind == SumKind::Hybrid) {
    facts.weightScales = *scales;
    return facts;
  }
  if (weights.type == TensorType_UINT8 && scales->size() > 1)
    return op.unsupported("uint8 weights have one scale");
  auto inputQuant = op.getQuantization(*facts.input);
  if (failed(inputQuant))
    return failure();
  auto outputQuant = op.getQuantization(op.getOutput());
  if (failed(outputQuant))
    return failure();
  facts.inputQuant = *inputQuant;
  facts.outputQuant = *outputQuant;
  auto [low, high] = getIntegerRange(
      getElementType(facts.input->type, op.getBuilder().getContext()));
  facts.range =
      qmath::activationRange(*activation, outputQuant->scale,
                             outputQuant->zeroPoint, qmath::Range{low, high});
  if (failed(op.chargeConstant(8 * scales->size())) ||
      failed(computeFactors(op, facts, *scales, traits.channelDim)))
    return failure();
  return facts;
}

std::pair<float, float> tflite::getFloatRange(qmath::Activation activation) {
  constexpr float greatest = std::numeric_limits<float>::max();
  switch (activation) {
  case qmath::Activation::None:
    return {-greatest, greatest};
  case qmath::Activation::Relu:
    return {0.0f, greatest};
  case qmath::Activation::ReluN1To1:
    return {-1.0f, 1.0f};
  case qmath::Activation::Relu6:
    return {0.0f, 6.0f};
  }
  llvm_unreachable("unknown activation");
}

//===----------------------------------------------------------------------===//
// Emitters
//===----------------------------------------------------------------------===//

ConvOperands tflite::emitConvOperands(OpImporter &op, const WeightedOp &facts,
                                      ArrayRef<int64_t> weightsShape) {
  Builder &builder = op.getBuilder();
  ConvOperands operands;
  Type element = facts.weights.getElementType();
  DenseElementsAttr weights = facts.weights;
  operands.weights =
      op.emitConst(weights.reshape(op.getType(weightsShape, element)));
  if (facts.isFloat()) {
    operands.bias = op.emitConst(facts.bias);
    Attribute zero = builder.getZeroAttr(element);
    auto type = op.getType({1}, element);
    operands.inputZp = op.emitConst(DenseElementsAttr::get(type, zero));
    operands.weightsZp = op.emitConst(DenseElementsAttr::get(type, zero));
    operands.element = element;
    return operands;
  }
  Type input = getElementType(facts.input->type, builder.getContext());
  operands.element = builder.getIntegerType(input.isInteger(16) ? 48 : 32);
  SmallVector<APInt> bias;
  for (const APInt &value : facts.bias.getValues<APInt>())
    bias.push_back(value.sextOrTrunc(operands.element.getIntOrFloatBitWidth()));
  operands.bias = op.emitConst(DenseElementsAttr::get(
      op.getType(facts.bias.getType().getShape(), operands.element), bias));
  operands.inputZp = op.emitScalar(input, facts.inputQuant.zeroPoint);
  operands.weightsZp = op.emitScalar(element, facts.weightsZp);
  return operands;
}

Value tflite::emitActivation(OpImporter &op, const WeightedOp &facts,
                             Value value) {
  Builder &builder = op.getBuilder();
  Type element = cast<ShapedType>(value.getType()).getElementType();
  if (element.isF32()) {
    if (std::pair(facts.least, facts.most) ==
        getFloatRange(qmath::Activation::None))
      return value;
    return tosa::ClampOp::create(op.getBuilder(), op.getLoc(), value.getType(),
                                 value, builder.getF32FloatAttr(facts.least),
                                 builder.getF32FloatAttr(facts.most));
  }
  if (element.isInteger(8))
    return op.emitClamp(value, facts.range);
  if (std::pair(facts.range.min, facts.range.max) == getIntegerRange(element))
    return value;
  return tosa::ClampOp::create(
      op.getBuilder(), op.getLoc(), value.getType(), value,
      builder.getIntegerAttr(element, facts.range.min),
      builder.getIntegerAttr(element, facts.range.max));
}

Value tflite::emitFromSums(OpImporter &op, const WeightedOp &facts,
                           Value sums) {
  if (facts.isFloat())
    return emitActivation(op, facts, sums);
  bool single = facts.kind == SumKind::S16 || facts.kind == SumKind::S8Once;
  Type element =
      getElementType(facts.input->type, op.getBuilder().getContext());
  Value scaled =
      op.emitRescale(sums, element, facts.factors,
                     /*inputZeroPoint=*/0, facts.outputQuant.zeroPoint,
                     single ? tosa::RoundingMode::SINGLE_ROUND
                            : tosa::RoundingMode::DOUBLE_ROUND);
  return emitActivation(op, facts, scaled);
}

RequantAttr tflite::getRequant(OpImporter &op, const WeightedOp &facts) {
  if (facts.isFloat())
    return {};
  SmallVector<int32_t> multipliers, shifts;
  for (const qmath::Multiplier &factor : facts.factors) {
    multipliers.push_back(factor.multiplier);
    shifts.push_back(factor.shift);
  }
  return RequantAttr::get(
      op.getBuilder().getContext(), multipliers, shifts,
      facts.outputQuant.zeroPoint, facts.range.min, facts.range.max,
      facts.kind == SumKind::S16 || facts.kind == SumKind::S8Once);
}

DenseF32ArrayAttr tflite::getFloatClamp(OpImporter &op,
                                        const WeightedOp &facts) {
  if (!facts.isFloat())
    return {};
  return op.getBuilder().getDenseF32ArrayAttr({facts.least, facts.most});
}
