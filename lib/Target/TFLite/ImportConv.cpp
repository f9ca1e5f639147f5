//===- ImportConv.cpp - Convolutions and matrix products ------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED: weights times activations in
// int32, then one requantisation (rule N6). All three prove from the weights
// that no accumulator leaves int32 (rule N4).
//
//===----------------------------------------------------------------------===//

#include "OpImporter.h"
#include "llvm/Support/Endian.h"
#include <cmath>
#include <cstdlib>
#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

namespace {

/// The operands of an operator with weights, once checked.
struct WeightedOp {
  const TensorInfo *input, *weights;
  /// Null if there is no bias.
  const TensorInfo *bias;
  Quantization inputQuant, outputQuant;
  qmath::Range range;
  /// One for each output channel, or one for all.
  SmallVector<qmath::Multiplier> factors;
};

} // namespace

/// Scale `channel` of the weights, checked.
static FailureOr<float>
getWeightScale(OpImporter &op, const TensorInfo &weights, unsigned channel) {
  float scale = weights.getScale(channel);
  if (!std::isfinite(scale) || scale <= 0.0f)
    return op.invalid("scale " + Twine(channel) +
                      " of its weights is not a positive number");
  int64_t zeroPoint = weights.getZeroPoint(channel);
  if (zeroPoint != 0)
    return op.unsupported("its weights have zero point " + Twine(zeroPoint) +
                          ", int8 weights have 0");
  return scale;
}

/// Greatest magnitude of the accumulator of each channel, the last dimension of
/// the weights or the first one.
static SmallVector<int64_t> getAccumulatorBounds(const WeightedOp &facts,
                                                 int64_t channels,
                                                 bool lastDimension) {
  SmallVector<int64_t> bounds(channels, 0);
  ArrayRef<uint8_t> data = facts.weights->data;
  int64_t size = data.size();
  int64_t inner = lastDimension ? 1 : size / channels;
  for (int64_t start = 0; start < size; start += inner) {
    int64_t &bound = bounds[(start / inner) % channels];
    for (uint8_t byte : data.slice(start, inner))
      bound += std::abs(static_cast<int>(static_cast<int8_t>(byte)));
  }
  // |x - zero point| is 255 at most.
  for (int64_t channel = 0; channel < channels; ++channel) {
    bounds[channel] *= 255;
    if (facts.bias)
      bounds[channel] += std::abs(static_cast<int64_t>(
          static_cast<int32_t>(llvm::support::endian::read32le(
              facts.bias->data.data() + 4 * channel))));
  }
  return bounds;
}

static LogicalResult computeFactors(OpImporter &op, WeightedOp &facts,
                                    unsigned channelDim) {
  const TensorInfo &weights = *facts.weights;
  int64_t channels = weights.shape[channelDim];
  std::string defect = weights.getQuantizationDefect();
  if (!defect.empty())
    return op.invalid("tensor \"" + getDisplayName(weights) + "\" " + defect);
  unsigned scales = weights.getNumScales();
  if (scales > 1 &&
      weights.table->quantization()->quantized_dimension() != int(channelDim))
    return op.unsupported(
        "its weights have scales along dimension " +
        Twine(weights.table->quantization()->quantized_dimension()) +
        ", only dimension " + Twine(channelDim) + " is supported");
  if (failed(op.chargeConstant(weights.data.size() + 8 * channels)))
    return failure();

  SmallVector<int64_t> bounds =
      getAccumulatorBounds(facts, channels, /*lastDimension=*/channelDim != 0);
  for (int64_t channel = 0; channel < channels; ++channel) {
    if (bounds[channel] > std::numeric_limits<int32_t>::max())
      return op.unsupported("the accumulator of channel " + Twine(channel) +
                            " can reach " + Twine(bounds[channel]) +
                            " and leave int32");
    if (channel < int64_t(scales)) {
      FailureOr<float> scale = getWeightScale(op, weights, channel);
      if (failed(scale))
        return failure();
      facts.factors.push_back(qmath::convMultiplier(
          facts.inputQuant.scale, *scale, facts.outputQuant.scale));
    }
    if (failed(op.checkMultiplier(facts.factors[scales > 1 ? channel : 0],
                                  bounds[channel])))
      return failure();
  }
  return success();
}

/// The checks that the three operators share. `channelDim` is the dimension of
/// the output channels in the weights.
static FailureOr<WeightedOp> checkWeightedOp(OpImporter &op, unsigned rank,
                                             unsigned channelDim,
                                             ActivationFunctionType function) {
  WeightedOp facts;
  facts.input = op.getInput(0);
  facts.weights = op.getInput(1);
  facts.bias = op.getInput(2);
  const TensorInfo &weights = *facts.weights;
  auto activation = op.getActivation(function);
  if (failed(activation) || failed(op.checkInt8InOut()) ||
      failed(op.checkType(weights, TensorType_INT8)) ||
      failed(op.checkConstant(weights, "weights")) ||
      failed(op.checkRank(weights, rank)))
    return failure();
  if (facts.bias) {
    if (failed(op.checkType(*facts.bias, TensorType_INT32)) ||
        failed(op.checkConstant(*facts.bias, "bias")))
      return failure();
    if (facts.bias->getNumElements() != weights.shape[channelDim])
      return op.invalid("its bias has " + Twine(facts.bias->getNumElements()) +
                        " elements for " + Twine(weights.shape[channelDim]) +
                        " output channels");
  }
  auto inputQuant = op.getQuantization(*facts.input);
  if (failed(inputQuant))
    return failure();
  auto outputQuant = op.getQuantization(op.getOutput());
  if (failed(outputQuant))
    return failure();
  facts.inputQuant = *inputQuant;
  facts.outputQuant = *outputQuant;
  facts.range =
      qmath::activationRange(*activation, outputQuant->scale,
                             outputQuant->zeroPoint, qmath::kInt8Range);
  if (failed(computeFactors(op, facts, channelDim)))
    return failure();
  return facts;
}

static FailureOr<Value> emitBias(OpImporter &op, const WeightedOp &facts,
                                 int64_t channels) {
  if (facts.bias)
    return op.emitConstant(*facts.bias, {channels});
  auto type = op.getType({channels}, op.getBuilder().getI32Type());
  return op.emitConst(DenseElementsAttr::get(type, int32_t(0)));
}

/// Operands of a TOSA convolution.
struct ConvOperands {
  Value weights, bias, inputZeroPoint, weightsZeroPoint;
};

static FailureOr<ConvOperands> emitConvOperands(OpImporter &op,
                                                const WeightedOp &facts,
                                                ArrayRef<int64_t> weightsShape,
                                                int64_t channels) {
  FailureOr<Value> weights = op.emitConstant(*facts.weights, weightsShape);
  if (failed(weights))
    return failure();
  FailureOr<Value> bias = emitBias(op, facts, channels);
  if (failed(bias))
    return failure();
  Type i8 = op.getBuilder().getI8Type();
  return ConvOperands{*weights, *bias,
                      op.emitScalar(i8, facts.inputQuant.zeroPoint),
                      op.emitScalar(i8, 0)};
}

/// From the accumulators to int8.
static Value emitRequant(OpImporter &op, const WeightedOp &facts,
                         Value accumulators) {
  Value scaled =
      op.emitRescale(accumulators, op.getBuilder().getI8Type(), facts.factors,
                     /*inputZeroPoint=*/0, facts.outputQuant.zeroPoint);
  return op.emitClamp(scaled, facts.range);
}

/// The checked operator in TOSA: `weightsShape` is the order of dimensions that
/// TOSA wants, `shape` the output's.
template <typename TosaOp, typename Options>
static FailureOr<Value>
emitConvolution(OpImporter &op, const WeightedOp &facts, const Window2D &window,
                const Options &options, ArrayRef<int64_t> weightsShape,
                ArrayRef<int64_t> shape) {
  FailureOr<Value> value = op.emitOperand(*facts.input);
  if (failed(value))
    return failure();
  Value used = emitUsedInput(op, *value, window);
  FailureOr<ConvOperands> operands =
      emitConvOperands(op, facts, weightsShape, shape[3]);
  if (failed(operands))
    return failure();
  Type i32 = op.getBuilder().getI32Type();
  Value accumulators = TosaOp::create(
      op.getBuilder(), op.getLoc(), op.getType(shape, i32), used,
      operands->weights, operands->bias, operands->inputZeroPoint,
      operands->weightsZeroPoint, window.getPadding(),
      ArrayRef<int64_t>{options.stride_h(), options.stride_w()},
      ArrayRef<int64_t>{options.dilation_h_factor(),
                        options.dilation_w_factor()},
      i32);
  return emitRequant(op, facts, accumulators);
}

//===----------------------------------------------------------------------===//
// CONV_2D
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importConv2D(OpImporter &op) {
  const auto &options = *op.getOptions<Conv2DOptions>();
  FailureOr<WeightedOp> facts = checkWeightedOp(
      op, /*rank=*/4, /*channelDim=*/0, options.fused_activation_function());
  if (failed(facts))
    return failure();
  ArrayRef<int64_t> weights = facts->weights->shape;
  FailureOr<Window2D> window = computeWindow2D(
      op, {options.padding(), weights[1], weights[2], options.stride_h(),
           options.stride_w(), options.dilation_h_factor(),
           options.dilation_w_factor()});
  if (failed(window))
    return failure();
  ArrayRef<int64_t> input = facts->input->shape;
  if (input[3] != weights[3]) {
    if (input[3] % weights[3] == 0)
      return op.unsupported("grouped convolution (" + Twine(input[3]) +
                            " input channels, weights for " +
                            Twine(weights[3]) + ") is not supported");
    return op.invalid("the input has " + Twine(input[3]) +
                      " channels, the weights are for " + Twine(weights[3]));
  }
  SmallVector<int64_t> shape = {input[0], window->height.output,
                                window->width.output, weights[0]};
  if (failed(op.checkOutputShape(shape)))
    return failure();

  return emitConvolution<tosa::Conv2DOp>(op, *facts, *window, options, weights,
                                         shape);
}

//===----------------------------------------------------------------------===//
// DEPTHWISE_CONV_2D
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importDepthwiseConv2D(OpImporter &op) {
  const auto &options = *op.getOptions<DepthwiseConv2DOptions>();
  FailureOr<WeightedOp> facts = checkWeightedOp(
      op, /*rank=*/4, /*channelDim=*/3, options.fused_activation_function());
  if (failed(facts))
    return failure();
  ArrayRef<int64_t> weights = facts->weights->shape;
  FailureOr<Window2D> window = computeWindow2D(
      op, {options.padding(), weights[1], weights[2], options.stride_h(),
           options.stride_w(), options.dilation_h_factor(),
           options.dilation_w_factor()});
  if (failed(window))
    return failure();
  ArrayRef<int64_t> input = facts->input->shape;
  int64_t multiplier = weights[3] / input[3];
  if (weights[0] != 1 || weights[3] % input[3] != 0)
    return op.invalid("its weights have shape " + formatShape(weights) +
                      " for " + Twine(input[3]) + " input channels");
  // Old writers leave the option out.
  if (options.depth_multiplier() != 0 &&
      options.depth_multiplier() != multiplier)
    return op.invalid("depth_multiplier is " +
                      Twine(options.depth_multiplier()) +
                      ", but its weights are for " + Twine(multiplier));
  SmallVector<int64_t> shape = {input[0], window->height.output,
                                window->width.output, weights[3]};
  if (failed(op.checkOutputShape(shape)))
    return failure();

  return emitConvolution<tosa::DepthwiseConv2DOp>(
      op, *facts, *window, options,
      {weights[1], weights[2], input[3], multiplier}, shape);
}

//===----------------------------------------------------------------------===//
// FULLY_CONNECTED
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importFullyConnected(OpImporter &op) {
  const auto &options = *op.getOptions<FullyConnectedOptions>();
  if (options.weights_format() != FullyConnectedOptionsWeightsFormat_DEFAULT)
    return op.unsupported("shuffled weights are not supported");
  FailureOr<WeightedOp> facts = checkWeightedOp(
      op, /*rank=*/2, /*channelDim=*/0, options.fused_activation_function());
  if (failed(facts))
    return failure();
  int64_t outputs = facts->weights->shape[0];
  int64_t inputs = facts->weights->shape[1];
  int64_t elements = facts->input->getNumElements();
  if (elements % inputs != 0)
    return op.invalid("the input has " + Twine(elements) +
                      " elements, no multiple of the " + Twine(inputs) +
                      " columns of the weights");
  int64_t rows = elements / inputs;
  const TensorInfo &output = op.getOutput();
  if (output.shape.empty() || output.shape.back() != outputs ||
      output.getNumElements() != rows * outputs)
    return op.invalid("the output has shape " + formatShape(output.shape) +
                      ", but " + Twine(rows) + " rows of " + Twine(outputs) +
                      " elements follow from the inputs");

  FailureOr<Value> value = op.emitOperand(*facts->input);
  if (failed(value))
    return failure();
  Value matrix = op.emitReshape(*value, {rows, 1, 1, inputs});
  FailureOr<ConvOperands> operands =
      emitConvOperands(op, *facts, {outputs, 1, 1, inputs}, outputs);
  if (failed(operands))
    return failure();
  Type i32 = op.getBuilder().getI32Type();
  Value accumulators = tosa::Conv2DOp::create(
      op.getBuilder(), op.getLoc(), op.getType({rows, 1, 1, outputs}, i32),
      matrix, operands->weights, operands->bias, operands->inputZeroPoint,
      operands->weightsZeroPoint, ArrayRef<int64_t>{0, 0, 0, 0},
      ArrayRef<int64_t>{1, 1}, ArrayRef<int64_t>{1, 1}, i32);
  return op.emitReshape(emitRequant(op, *facts, accumulators), output.shape);
}
