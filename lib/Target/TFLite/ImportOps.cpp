//===- ImportOps.cpp - Operators without weights --------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpImporter.h"
#include "stm32/Dialect/STM32/IR/STM32Dialect.h"
#include "llvm/Support/Endian.h"
#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

//===----------------------------------------------------------------------===//
// Pools (rules N8, N9)
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importPool2D(OpImporter &op) {
  const auto &options = *op.getOptions<Pool2DOptions>();
  auto activation = op.getActivation(options.fused_activation_function());
  if (failed(activation) || failed(op.checkInt8InOut()))
    return failure();
  FailureOr<Quantization> quantization = op.getQuantization(op.getOutput());
  if (failed(quantization))
    return failure();
  FailureOr<Window2D> window = computeWindow2D(
      op, {options.padding(), options.filter_height(), options.filter_width(),
           options.stride_h(), options.stride_w()});
  if (failed(window))
    return failure();
  const TensorInfo &input = *op.getInput(0);
  SmallVector<int64_t> shape = {input.shape[0], window->height.output,
                                window->width.output, input.shape[3]};
  if (failed(op.checkOutputShape(shape)))
    return failure();

  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  OpBuilder &builder = op.getBuilder();
  Value used = emitUsedInput(op, *value, *window);
  SmallVector<int64_t> kernel = {options.filter_height(),
                                 options.filter_width()};
  SmallVector<int64_t> strides = {options.stride_h(), options.stride_w()};
  Value result;
  if (op.getCode() == BuiltinOperator_MAX_POOL_2D) {
    result =
        tosa::MaxPool2dOp::create(builder, op.getLoc(), op.getOutputType(),
                                  used, kernel, strides, window->getPadding());
  } else {
    // The reference averages values as they are, so both zero points are 0.
    Value zero = op.emitScalar(builder.getI8Type(), 0);
    result = tosa::AvgPool2dOp::create(
        builder, op.getLoc(), op.getOutputType(), used, zero, zero, kernel,
        strides, window->getPadding(), builder.getI32Type());
  }
  return op.emitClamp(result, qmath::activationRange(
                                  *activation, quantization->scale,
                                  quantization->zeroPoint, qmath::kInt8Range));
}

//===----------------------------------------------------------------------===//
// ADD (rule N7)
//===----------------------------------------------------------------------===//

/// Row-major index into a tensor of `shape` for element `position` of a tensor
/// of shape `output`, to which `shape` is broadcast.
static int64_t getBroadcastIndex(int64_t position, ArrayRef<int64_t> shape,
                                 ArrayRef<int64_t> output) {
  int64_t index = 0, stride = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t dim = shape[shape.size() - 1 - i];
    int64_t outputDim = output[output.size() - 1 - i];
    if (dim != 1)
      index += (position % outputDim) * stride;
    position /= outputDim;
    stride *= dim;
  }
  return index;
}

/// Shape to which `lhs` and `rhs` are broadcast, or nothing.
static std::optional<SmallVector<int64_t>>
getBroadcastShape(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs) {
  if (lhs.size() < rhs.size())
    std::swap(lhs, rhs);
  SmallVector<int64_t> shape(lhs);
  for (size_t i = 1; i <= rhs.size(); ++i) {
    int64_t &dim = shape[shape.size() - i];
    int64_t other = rhs[rhs.size() - i];
    if (dim != other && dim != 1 && other != 1)
      return std::nullopt;
    dim = std::max(dim, other);
  }
  return shape;
}

/// A side of the addition with the output's shape. Constants are repeated here;
/// activations need the shape already.
static FailureOr<Value> emitAddSide(OpImporter &op, const TensorInfo &tensor) {
  ArrayRef<int64_t> shape = op.getOutput().shape;
  if (ArrayRef<int64_t>(tensor.shape) == shape)
    return op.emitOperand(tensor);
  if (!tensor.isConstant)
    return op.unsupported("tensor \"" + getDisplayName(tensor) +
                          "\" of shape " + formatShape(tensor.shape) +
                          " is broadcast, which only constants are");
  auto type = op.getType(shape, op.getBuilder().getI8Type());
  if (tensor.data.size() == 1)
    return op.emitConst(
        DenseElementsAttr::get(type, static_cast<int8_t>(tensor.data.front())));
  int64_t count = op.getOutput().getNumElements();
  if (failed(op.chargeConstant(count)))
    return failure();
  SmallVector<int8_t> values(count);
  for (int64_t i = 0; i < count; ++i)
    values[i] = static_cast<int8_t>(
        tensor.data[getBroadcastIndex(i, tensor.shape, shape)]);
  return op.emitConst(DenseElementsAttr::get(type, ArrayRef(values)));
}

FailureOr<Value> tflite::importAdd(OpImporter &op) {
  const auto *options = op.getOptions<AddOptions>();
  const TensorInfo &lhs = *op.getInput(0), &rhs = *op.getInput(1);
  auto activation =
      op.getActivation(options ? options->fused_activation_function()
                               : ActivationFunctionType_NONE);
  if (failed(activation) || failed(op.checkInt8InOut()) ||
      failed(op.checkType(rhs, TensorType_INT8)))
    return failure();
  auto lhsQuant = op.getQuantization(lhs);
  if (failed(lhsQuant))
    return failure();
  auto rhsQuant = op.getQuantization(rhs);
  if (failed(rhsQuant))
    return failure();
  auto outputQuant = op.getQuantization(op.getOutput());
  if (failed(outputQuant))
    return failure();
  auto shape = getBroadcastShape(lhs.shape, rhs.shape);
  if (!shape)
    return op.invalid("shapes " + formatShape(lhs.shape) + " and " +
                      formatShape(rhs.shape) + " do not fit");
  if (failed(op.checkOutputShape(*shape)))
    return failure();
  auto factors = qmath::addMultipliers(lhsQuant->scale, rhsQuant->scale,
                                       outputQuant->scale);
  // The sum stays below 2^29: each side below 2^28 times 1/2.
  constexpr int64_t sideBound = int64_t(255) << qmath::kAddLeftShift;
  if (!factors)
    return op.unsupported("the output's scale is too small for its inputs");
  if (failed(op.checkMultiplier(factors->output, 2 * sideBound)))
    return failure();

  OpBuilder &builder = op.getBuilder();
  Type i32 = builder.getI32Type();
  // value << 20, exact: 2^30 * 2^-10.
  const qmath::Multiplier leftShift{1 << 30, 30 - qmath::kAddLeftShift};
  auto emitSide = [&](const TensorInfo &tensor,
                      const Quantization &quantization,
                      const qmath::Multiplier &factor) -> FailureOr<Value> {
    FailureOr<Value> value = emitAddSide(op, tensor);
    if (failed(value))
      return failure();
    Value shifted =
        op.emitRescale(*value, i32, leftShift, quantization.zeroPoint, 0,
                       tosa::RoundingMode::SINGLE_ROUND);
    return op.emitRescale(shifted, i32, factor, 0, 0);
  };
  FailureOr<Value> left = emitSide(lhs, *lhsQuant, factors->lhs);
  if (failed(left))
    return failure();
  FailureOr<Value> right = emitSide(rhs, *rhsQuant, factors->rhs);
  if (failed(right))
    return failure();
  Value sum = tosa::AddOp::create(builder, op.getLoc(), op.getType(*shape, i32),
                                  *left, *right);
  Value result = op.emitRescale(sum, builder.getI8Type(), factors->output, 0,
                                outputQuant->zeroPoint);
  return op.emitClamp(result, qmath::activationRange(
                                  *activation, outputQuant->scale,
                                  outputQuant->zeroPoint, qmath::kInt8Range));
}

//===----------------------------------------------------------------------===//
// MEAN (rule N10)
//===----------------------------------------------------------------------===//

static RequantAttr getRequant(OpImporter &op, const qmath::Multiplier &factor,
                              int32_t zeroPoint, qmath::Range range) {
  return RequantAttr::get(op.getBuilder().getContext(), {factor.multiplier},
                          {factor.shift}, zeroPoint, range.min, range.max);
}

/// Reduced dimensions, sorted; duplicates count once.
static FailureOr<SmallVector<int64_t>> getAxes(OpImporter &op) {
  FailureOr<SmallVector<int64_t>> axes =
      op.getIntegers(*op.getInput(1), "list of dimensions");
  if (failed(axes))
    return failure();
  int64_t rank = op.getInput(0)->shape.size();
  for (int64_t &axis : *axes) {
    if (axis < -rank || axis >= rank)
      return op.invalid("dimension " + Twine(axis) +
                        " is outside of an input of rank " + Twine(rank));
    if (axis < 0)
      axis += rank;
  }
  llvm::sort(*axes);
  axes->erase(llvm::unique(*axes), axes->end());
  return axes;
}

FailureOr<Value> tflite::importMean(OpImporter &op) {
  const auto *options = op.getOptions<ReducerOptions>();
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkInt8InOut()) || failed(op.checkMaxRank(input, 4)))
    return failure();
  auto inputQuant = op.getQuantization(input);
  if (failed(inputQuant))
    return failure();
  auto outputQuant = op.getQuantization(op.getOutput());
  if (failed(outputQuant))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = getAxes(op);
  if (failed(axes))
    return failure();
  bool keepDims = options && options->keep_dims();
  SmallVector<int64_t> shape;
  int64_t count = 1;
  for (auto [dim, size] : llvm::enumerate(input.shape)) {
    if (!llvm::is_contained(*axes, int64_t(dim))) {
      shape.push_back(size);
      continue;
    }
    count *= size;
    if (keepDims)
      shape.push_back(1);
  }
  if (failed(op.checkOutputShape(shape)))
    return failure();
  int64_t bound = 255 * count;
  if (bound > std::numeric_limits<int32_t>::max())
    return op.unsupported("a sum of " + Twine(count) +
                          " elements can leave int32");
  qmath::Multiplier factor =
      qmath::meanMultiplier(inputQuant->scale, outputQuant->scale, count);
  if (failed(op.checkMultiplier(factor, bound)))
    return failure();

  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto mean = MeanOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), *axes, inputQuant->zeroPoint,
      getRequant(op, factor, outputQuant->zeroPoint, qmath::kInt8Range),
      StringAttr());
  return mean.getResult();
}

//===----------------------------------------------------------------------===//
// Movement of data (rules N11, N18)
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importPad(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  const TensorInfo *value = op.getInput(2);
  if (failed(op.checkInt8InOut()) || failed(op.checkMaxRank(input, 4)))
    return failure();
  auto quantization = op.getQuantization(op.getOutput());
  if (failed(quantization))
    return failure();
  FailureOr<SmallVector<int64_t>> paddings =
      op.getIntegers(*op.getInput(1), "paddings");
  if (failed(paddings))
    return failure();
  if (paddings->size() != 2 * input.shape.size())
    return op.invalid("it has " + Twine(paddings->size()) +
                      " paddings for an input of rank " +
                      Twine(input.shape.size()));
  SmallVector<int64_t> shape(ArrayRef<int64_t>(input.shape));
  for (auto [index, padding] : llvm::enumerate(*paddings)) {
    if (padding < 0 || padding > limits::kStep)
      return op.invalid("padding " + Twine(index) + " is " + Twine(padding));
    shape[index / 2] += padding;
  }
  if (failed(op.checkOutputShape(shape)))
    return failure();
  int32_t fill = quantization->zeroPoint;
  if (value) {
    if (failed(op.checkConstant(*value, "padding value")) ||
        failed(op.checkType(*value, TensorType_INT8)))
      return failure();
    fill = static_cast<int8_t>(value->data.front());
  }

  FailureOr<Value> source = op.emitOperand(input);
  if (failed(source))
    return failure();
  Value amounts = op.emitShape(*paddings);
  Value padConst = op.emitScalar(op.getBuilder().getI8Type(), fill);
  Value result =
      tosa::PadOp::create(op.getBuilder(), op.getLoc(), op.getOutputType(),
                          *source, amounts, padConst);
  return result;
}

FailureOr<Value> tflite::importReshape(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  if (failed(op.checkType(output, input.type)))
    return failure();
  if (input.getNumElements() != output.getNumElements())
    return op.invalid("shape " + formatShape(input.shape) +
                      " cannot become shape " + formatShape(output.shape));
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  return op.emitReshape(*value, output.shape);
}

//===----------------------------------------------------------------------===//
// SOFTMAX (rule N12)
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importSoftmax(OpImporter &op) {
  const auto &options = *op.getOptions<SoftmaxOptions>();
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkInt8InOut()))
    return failure();
  if (input.shape.empty())
    return op.invalid("its input is a scalar");
  auto inputQuant = op.getQuantization(input);
  if (failed(inputQuant))
    return failure();
  auto outputQuant = op.getQuantization(op.getOutput());
  if (failed(outputQuant) || failed(op.checkOutputShape(input.shape)))
    return failure();
  if (outputQuant->scale != 1.0f / 256 || outputQuant->zeroPoint != -128)
    return op.unsupported("its output has another scale than 1/256 or another "
                          "zero point than -128");
  auto parameters = qmath::softmaxParameters(options.beta(), inputQuant->scale);
  if (!parameters || parameters->leftShift > 30)
    return op.unsupported("beta times the input's scale is too " +
                          Twine(parameters ? "great" : "small"));

  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto softmax = SoftmaxOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), parameters->multiplier, parameters->leftShift,
      parameters->diffMin, StringAttr());
  return softmax.getResult();
}

//===----------------------------------------------------------------------===//
// QUANTIZE and DEQUANTIZE (rules N13, N14, N15)
//===----------------------------------------------------------------------===//

static bool isByte(const TensorInfo &tensor) {
  return tensor.type == TensorType_INT8 || tensor.type == TensorType_UINT8;
}

static FailureOr<Value> emitRequantize(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  auto inputQuant = op.getQuantization(input);
  if (failed(inputQuant))
    return failure();
  auto outputQuant = op.getQuantization(output);
  if (failed(outputQuant))
    return failure();
  qmath::Multiplier factor =
      qmath::requantMultiplier(inputQuant->scale, outputQuant->scale);
  if (failed(op.checkMultiplier(factor, /*bound=*/255)))
    return failure();
  qmath::Range range =
      output.type == TensorType_UINT8 ? qmath::kUInt8Range : qmath::kInt8Range;
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto requantize = RequantizeOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), inputQuant->zeroPoint,
      getRequant(op, factor, outputQuant->zeroPoint, range), StringAttr());
  return requantize.getResult();
}

FailureOr<Value> tflite::importQuantize(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  bool isFloat = input.type == TensorType_FLOAT32;
  bool twiceUnsigned =
      input.type == TensorType_UINT8 && output.type == TensorType_UINT8;
  if (!(isFloat || isByte(input)) || !isByte(output) || twiceUnsigned)
    return op.unsupported("from " + getTypeName(input.type) + " to " +
                          getTypeName(output.type) + " is not supported");
  if (failed(op.checkOutputShape(input.shape)))
    return failure();
  if (!isFloat)
    return emitRequantize(op);
  auto quantization = op.getQuantization(output);
  if (failed(quantization))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto quantize = QuantizeOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), llvm::APFloat(quantization->scale), quantization->zeroPoint,
      StringAttr());
  return quantize.getResult();
}

FailureOr<Value> tflite::importDequantize(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  if (!isByte(input) || output.type != TensorType_FLOAT32)
    return op.unsupported("from " + getTypeName(input.type) + " to " +
                          getTypeName(output.type) + " is not supported");
  auto quantization = op.getQuantization(input);
  if (failed(quantization) || failed(op.checkOutputShape(input.shape)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto dequantize = DequantizeOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), llvm::APFloat(quantization->scale), quantization->zeroPoint,
      StringAttr());
  return dequantize.getResult();
}

//===----------------------------------------------------------------------===//
// RELU and RELU6 (rules N16, N17)
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importRelu(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkInt8InOut()) || failed(op.checkOutputShape(input.shape)))
    return failure();
  auto inputQuant = op.getQuantization(input);
  if (failed(inputQuant))
    return failure();
  auto outputQuant = op.getQuantization(op.getOutput());
  if (failed(outputQuant))
    return failure();
  qmath::Multiplier factor =
      qmath::requantMultiplier(inputQuant->scale, outputQuant->scale);
  if (failed(op.checkMultiplier(factor, /*bound=*/255)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  Value scaled = op.emitRescale(*value, op.getBuilder().getI8Type(), factor,
                                inputQuant->zeroPoint, outputQuant->zeroPoint);
  return op.emitClamp(scaled, qmath::activationRange(
                                  qmath::Activation::Relu, outputQuant->scale,
                                  outputQuant->zeroPoint, qmath::kInt8Range));
}

FailureOr<Value> tflite::importRelu6(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkInt8InOut()) || failed(op.checkOutputShape(input.shape)))
    return failure();
  auto quantization = op.getQuantization(input);
  if (failed(quantization))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  return op.emitClamp(*value, qmath::relu6Range(quantization->scale,
                                                quantization->zeroPoint,
                                                qmath::kInt8Range));
}
