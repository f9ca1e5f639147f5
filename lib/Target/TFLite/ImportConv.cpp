//===- ImportConv.cpp - Convolutions and matrix products ------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED: sums of weights times
// activations, then one requantisation (rules N6 and N55 to N59). TOSA says
// most of them; int16 with an int32 bias and float32 with int8 weights, which
// it does not have, and grouped convolutions are operations of the stm32
// dialect from the start.
//
//===----------------------------------------------------------------------===//

#include "WeightedOp.h"

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

/// True if TOSA has no operation for this arithmetic.
static bool isBeyondTosa(const WeightedOp &facts) {
  return facts.kind == SumKind::S16Short || facts.kind == SumKind::Hybrid;
}

/// The attributes of hybrid operators.
static DenseF32ArrayAttr getWeightScales(OpImporter &op,
                                         const WeightedOp &facts) {
  if (facts.kind != SumKind::Hybrid)
    return {};
  return op.getBuilder().getDenseF32ArrayAttr(facts.weightScales);
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

/// The checked operator in TOSA: `weightsShape` is the order of dimensions that
/// TOSA wants, `shape` the output's.
template <typename TosaOp, typename Options>
static Value emitTosa(OpImporter &op, const WeightedOp &facts, Value input,
                      const Window2D &window, const Options &options,
                      ArrayRef<int64_t> weightsShape, ArrayRef<int64_t> shape) {
  Value used = emitUsedInput(op, input, window);
  ConvOperands operands = emitConvOperands(op, facts, weightsShape);
  Value sums = TosaOp::create(
      op.getBuilder(), op.getLoc(), op.getType(shape, operands.element), used,
      operands.weights, operands.bias, operands.inputZp, operands.weightsZp,
      window.getPadding(),
      ArrayRef<int64_t>{options.stride_h(), options.stride_w()},
      ArrayRef<int64_t>{options.dilation_h_factor(),
                        options.dilation_w_factor()},
      operands.element);
  return emitFromSums(op, facts, sums);
}

/// The same in the stm32 dialect.
template <typename Result, typename Options>
static Value emitDirect(OpImporter &op, const WeightedOp &facts, Value input,
                        const Window2D &window, const Options &options,
                        ArrayRef<int64_t> size, int32_t groups) {
  Value weights = op.emitConst(facts.weights);
  Value bias = op.emitConst(facts.bias);
  int32_t inputZp = facts.isFloat() ? 0 : facts.inputQuant.zeroPoint;
  auto result = Result::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), input, weights, bias,
      /*packed=*/Value(), /*dest=*/Value(), /*scratch=*/Value(), size,
      ArrayRef<int64_t>{options.stride_h(), options.stride_w()},
      ArrayRef<int64_t>{options.dilation_h_factor(),
                        options.dilation_w_factor()},
      window.getPadding(), inputZp, facts.weightsZp, /*pad_value=*/inputZp,
      groups, getRequant(op, facts), getFloatClamp(op, facts),
      getWeightScales(op, facts),
      /*asymmetric_inputs=*/facts.weightScales.size() > 1,
      /*band=*/BandAttr(), /*kernel=*/StringAttr());
  return result->getResult(0);
}

FailureOr<Value> tflite::importConv2D(OpImporter &op) {
  const auto &options = *op.getOptions<Conv2DOptions>();
  WeightedTraits traits;
  traits.isHybrid = true;
  FailureOr<WeightedOp> facts =
      checkWeightedOp(op, traits, options.fused_activation_function());
  if (failed(facts))
    return failure();
  // To the reference of hybrid operators, equal scales are one.
  if (llvm::all_equal(facts->weightScales))
    facts->weightScales.truncate(
        std::min<size_t>(facts->weightScales.size(), 1));
  ArrayRef<int64_t> weights = facts->weights.getType().getShape();
  FailureOr<Window2D> window = computeWindow2D(
      op, {options.padding(), weights[1], weights[2], options.stride_h(),
           options.stride_w(), options.dilation_h_factor(),
           options.dilation_w_factor()});
  if (failed(window))
    return failure();
  ArrayRef<int64_t> input = facts->input->shape;
  int64_t groups = input[3] / weights[3];
  if (groups < 1 || input[3] % weights[3] != 0 || weights[0] % groups != 0)
    return op.invalid(
        "the input has " + Twine(input[3]) + " channels, the weights are for " +
        Twine(weights[3]) +
        (groups > 1 ? " and " + std::to_string(weights[0]) + " output channels"
                    : std::string()));
  if (groups != 1 &&
      (facts->kind == SumKind::S16Short || facts->kind == SumKind::Hybrid))
    return op.unsupported("grouped convolution is not supported with an int32 "
                          "bias of int16, nor with int8 weights of float32");
  SmallVector<int64_t> shape = {input[0], window->height.output,
                                window->width.output, weights[0]};
  if (failed(op.checkOutputShape(shape)))
    return failure();
  FailureOr<Value> value = op.emitOperand(*facts->input);
  if (failed(value))
    return failure();
  if (isBeyondTosa(*facts) || groups != 1)
    return emitDirect<Conv2DOp>(op, *facts, *value, *window, options,
                                {weights[1], weights[2]}, groups);
  return emitTosa<tosa::Conv2DOp>(op, *facts, *value, *window, options, weights,
                                  shape);
}

FailureOr<Value> tflite::importDepthwiseConv2D(OpImporter &op) {
  const auto &options = *op.getOptions<DepthwiseConv2DOptions>();
  WeightedTraits traits;
  traits.channelDim = 3;
  // The reference reads an int32 bias as int64.
  traits.hasShortBias = false;
  traits.isHybrid = true;
  FailureOr<WeightedOp> facts =
      checkWeightedOp(op, traits, options.fused_activation_function());
  if (failed(facts))
    return failure();
  ArrayRef<int64_t> weights = facts->weights.getType().getShape();
  // The reference reads a scale for each channel, and the kernel with it.
  if (facts->kind == SumKind::Hybrid &&
      int64_t(facts->weightScales.size()) != weights[3])
    return op.unsupported("int8 weights of float32 activations have one scale, "
                          "they need one for each output channel");
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
  FailureOr<Value> value = op.emitOperand(*facts->input);
  if (failed(value))
    return failure();
  if (isBeyondTosa(*facts))
    return emitDirect<DepthwiseConv2DOp>(op, *facts, *value, *window, options,
                                         {weights[1], weights[2]},
                                         /*groups=*/1);
  return emitTosa<tosa::DepthwiseConv2DOp>(
      op, *facts, *value, *window, options,
      {weights[1], weights[2], input[3], multiplier}, shape);
}

//===----------------------------------------------------------------------===//
// TRANSPOSE_CONV
//===----------------------------------------------------------------------===//

/// Rows or columns of the full result that lie before the output, as the
/// reference computes them from the output's size (rule N60).
static int64_t getTransposedPadding(int64_t output, int64_t window,
                                    int64_t stride, bool same) {
  int64_t steps = same ? (output + stride - 1) / stride
                       : (output + stride - window) / stride;
  return std::max<int64_t>((steps - 1) * stride + window - output, 0) / 2;
}

/// A constant operand with the output's shape is checked; one that is computed
/// is not looked at, as shapes are static.
static LogicalResult checkShapeOperand(OpImporter &op) {
  const TensorInfo &tensor = *op.getInput(0);
  if (!tensor.isConstant)
    return success();
  FailureOr<SmallVector<int64_t>> shape = op.getIntegers(tensor, "its shape");
  if (failed(shape))
    return failure();
  return op.checkOutputShape(*shape);
}

FailureOr<Value> tflite::importTransposeConv(OpImporter &op) {
  const auto &options = *op.getOptions<TransposeConvOptions>();
  WeightedTraits traits;
  traits.input = 2;
  traits.bias = 3;
  traits.hasShortBias = false;
  FailureOr<WeightedOp> facts =
      checkWeightedOp(op, traits, options.fused_activation_function());
  if (failed(facts) || failed(checkShapeOperand(op)) ||
      failed(op.checkRank(*facts->input, 4)) ||
      failed(op.checkRank(op.getOutput(), 4)))
    return failure();
  ArrayRef<int64_t> weights = facts->weights.getType().getShape();
  ArrayRef<int64_t> input = facts->input->shape, output = op.getOutput().shape;
  if (failed(op.checkStep(weights[1], "window height")) ||
      failed(op.checkStep(weights[2], "window width")) ||
      failed(op.checkStep(options.stride_h(), "stride_h")) ||
      failed(op.checkStep(options.stride_w(), "stride_w")))
    return failure();
  if (options.padding() != Padding_SAME && options.padding() != Padding_VALID)
    return op.invalid("padding is " + Twine(int(options.padding())));
  if (input[3] != weights[3] || input[0] != output[0] ||
      output[3] != weights[0])
    return op.invalid("the input has shape " + formatShape(input) +
                      ", the weights " + formatShape(weights) +
                      ", the output " + formatShape(output));
  int64_t strides[] = {options.stride_h(), options.stride_w()};
  // TOSA adds to the full result: top, bottom, left, right.
  SmallVector<int64_t> outPad;
  for (int dim = 0; dim < 2; ++dim) {
    int64_t window = weights[1 + dim];
    int64_t before = getTransposedPadding(output[1 + dim], window, strides[dim],
                                          options.padding() == Padding_SAME);
    int64_t full = (input[1 + dim] - 1) * strides[dim] + window;
    outPad.push_back(-before);
    outPad.push_back(output[1 + dim] - full + before);
    if (before >= window || outPad.back() <= -window)
      return op.unsupported("its output has shape " + formatShape(output) +
                            ", which leaves out a whole window at an edge");
  }
  FailureOr<Value> value = op.emitOperand(*facts->input);
  if (failed(value))
    return failure();
  ConvOperands operands = emitConvOperands(op, *facts, weights);
  Value sums = tosa::TransposeConv2DOp::create(
      op.getBuilder(), op.getLoc(), op.getType(output, operands.element),
      *value, operands.weights, operands.bias, operands.inputZp,
      operands.weightsZp, outPad, strides, operands.element);
  return emitFromSums(op, *facts, sums);
}

//===----------------------------------------------------------------------===//
// FULLY_CONNECTED
//===----------------------------------------------------------------------===//

/// A product in the stm32 dialect.
static Value emitProduct(OpImporter &op, const WeightedOp &facts, Value input) {
  Value weights = op.emitConst(facts.weights);
  Value bias = op.emitConst(facts.bias);
  int32_t inputZp = facts.isFloat() ? 0 : facts.inputQuant.zeroPoint;
  return FullyConnectedOp::create(
             op.getBuilder(), op.getLoc(), op.getOutputType(), input, weights,
             bias, /*packed=*/Value(), /*dest=*/Value(), /*scratch=*/Value(),
             inputZp, facts.weightsZp, getRequant(op, facts),
             getFloatClamp(op, facts), getWeightScales(op, facts),
             facts.kind == SumKind::Hybrid &&
                 op.getOptions<FullyConnectedOptions>()
                     ->asymmetric_quantize_inputs(),
             /*kernel=*/StringAttr())
      ->getResult(0);
}

FailureOr<Value> tflite::importFullyConnected(OpImporter &op) {
  const auto &options = *op.getOptions<FullyConnectedOptions>();
  if (options.weights_format() != FullyConnectedOptionsWeightsFormat_DEFAULT)
    return op.unsupported("shuffled weights are not supported");
  if (isComputed(op, *op.getInput(1)))
    return importComputedWeights(op);
  WeightedTraits traits;
  traits.rank = 2;
  traits.roundsOnce = true;
  traits.isHybrid = true;
  FailureOr<WeightedOp> facts =
      checkWeightedOp(op, traits, options.fused_activation_function());
  if (failed(facts))
    return failure();
  ArrayRef<int64_t> weights = facts->weights.getType().getShape();
  int64_t outputs = weights[0], inputs = weights[1];
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
  if (isBeyondTosa(*facts))
    return emitProduct(op, *facts, *value);
  Value matrix = op.emitReshape(*value, {rows, 1, 1, inputs});
  ConvOperands operands = emitConvOperands(op, *facts, {outputs, 1, 1, inputs});
  Value sums = tosa::Conv2DOp::create(
      op.getBuilder(), op.getLoc(),
      op.getType({rows, 1, 1, outputs}, operands.element), matrix,
      operands.weights, operands.bias, operands.inputZp, operands.weightsZp,
      ArrayRef<int64_t>{0, 0, 0, 0}, ArrayRef<int64_t>{1, 1},
      ArrayRef<int64_t>{1, 1}, operands.element);
  return op.emitReshape(emitFromSums(op, *facts, sums), output.shape);
}
