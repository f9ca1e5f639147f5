//===- OpImporter.cpp - From one .tflite operator to TOSA -----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpImporter.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include <cmath>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

//===----------------------------------------------------------------------===//
// Records
//===----------------------------------------------------------------------===//

static const OperatorRecord kRecords[] = {
    // code, options, needs them, least, most and read operands, function
    {BuiltinOperator_ADD, BuiltinOptions_AddOptions, false, 2, 2, 2, importAdd},
    {BuiltinOperator_AVERAGE_POOL_2D, BuiltinOptions_Pool2DOptions, true, 1, 1,
     1, importPool2D},
    {BuiltinOperator_CONV_2D, BuiltinOptions_Conv2DOptions, true, 2, 3, 3,
     importConv2D},
    {BuiltinOperator_DEPTHWISE_CONV_2D, BuiltinOptions_DepthwiseConv2DOptions,
     true, 2, 3, 3, importDepthwiseConv2D},
    {BuiltinOperator_DEQUANTIZE, BuiltinOptions_DequantizeOptions, false, 1, 1,
     1, importDequantize},
    {BuiltinOperator_EXPAND_DIMS, BuiltinOptions_ExpandDimsOptions, false, 2, 2,
     1, importReshape},
    {BuiltinOperator_FULLY_CONNECTED, BuiltinOptions_FullyConnectedOptions,
     true, 2, 3, 3, importFullyConnected},
    {BuiltinOperator_MAX_POOL_2D, BuiltinOptions_Pool2DOptions, true, 1, 1, 1,
     importPool2D},
    {BuiltinOperator_MEAN, BuiltinOptions_ReducerOptions, false, 2, 2, 2,
     importMean},
    {BuiltinOperator_PAD, BuiltinOptions_PadOptions, false, 2, 2, 2, importPad},
    {BuiltinOperator_PADV2, BuiltinOptions_PadV2Options, false, 3, 3, 3,
     importPad},
    {BuiltinOperator_QUANTIZE, BuiltinOptions_QuantizeOptions, false, 1, 1, 1,
     importQuantize},
    {BuiltinOperator_RELU, BuiltinOptions_NONE, false, 1, 1, 1, importRelu},
    {BuiltinOperator_RELU6, BuiltinOptions_NONE, false, 1, 1, 1, importRelu6},
    {BuiltinOperator_RESHAPE, BuiltinOptions_ReshapeOptions, false, 1, 2, 1,
     importReshape},
    {BuiltinOperator_SOFTMAX, BuiltinOptions_SoftmaxOptions, true, 1, 1, 1,
     importSoftmax},
    {BuiltinOperator_SQUEEZE, BuiltinOptions_SqueezeOptions, false, 1, 1, 1,
     importReshape},
};

const OperatorRecord *tflite::findOperatorRecord(int32_t code) {
  const auto *record = llvm::find_if(
      kRecords, [&](const OperatorRecord &r) { return r.code == code; });
  return record == std::end(kRecords) ? nullptr : record;
}

//===----------------------------------------------------------------------===//
// Types and names
//===----------------------------------------------------------------------===//

Type tflite::getElementType(TensorType type, MLIRContext *context) {
  switch (type) {
  case TensorType_INT8:
    return IntegerType::get(context, 8);
  case TensorType_UINT8:
    return IntegerType::get(context, 8, IntegerType::Unsigned);
  case TensorType_INT16:
    return IntegerType::get(context, 16);
  case TensorType_INT32:
    return IntegerType::get(context, 32);
  case TensorType_FLOAT32:
    return Float32Type::get(context);
  default:
    return {};
  }
}

RankedTensorType tflite::getTensorType(const TensorInfo &tensor,
                                       MLIRContext *context) {
  return RankedTensorType::get(tensor.shape,
                               getElementType(tensor.type, context));
}

std::string tflite::getDisplayName(const TensorInfo &tensor) {
  return tensor.name.empty() ? "tensor_" + std::to_string(tensor.index)
                             : tensor.name.str();
}

Location tflite::getTensorLoc(const TensorInfo &tensor, MLIRContext *context) {
  return NameLoc::get(StringAttr::get(context, getDisplayName(tensor)));
}

//===----------------------------------------------------------------------===//
// The graph
//===----------------------------------------------------------------------===//

Value GraphImporter::getValue(const TensorInfo &tensor) {
  Value &value = values[tensor.index];
  if (!value)
    value = UnrealizedConversionCastOp::create(
                builder, builder.getUnknownLoc(),
                getTensorType(tensor, builder.getContext()), ValueRange())
                .getResult(0);
  return value;
}

void GraphImporter::run() {
  for (const OperatorInfo &info : model.operators)
    OpImporter(*this, info).run();
}

void OpImporter::run() {
  if (!info.outputs.empty())
    loc = getTensorLoc(getOutput(), builder.getContext());
  FailureOr<Value> value = import();
  if (succeeded(value))
    graph.setValue(getOutput(), *value);
}

FailureOr<Value> OpImporter::import() {
  const OperatorRecord *record = findOperatorRecord(info.code);
  if (!record)
    return unsupported("the operator is not supported");
  if (failed(checkOperands(*record)) || failed(checkOptions(*record)))
    return failure();
  return record->import(*this);
}

LogicalResult OpImporter::checkOperands(const OperatorRecord &record) {
  unsigned count = info.inputs.size();
  if (count < record.minInputs || count > record.maxInputs)
    return invalid("it has " + Twine(count) + " inputs");
  if (info.outputs.size() != 1)
    return invalid("it has " + Twine(info.outputs.size()) + " outputs");
  auto check = [&](const TensorInfo &tensor) -> LogicalResult {
    if (tensor.defect.empty())
      return success();
    return unsupported("tensor \"" + getDisplayName(tensor) + "\" " +
                       tensor.defect);
  };
  for (unsigned index = 0; index < std::min(count, record.numRead); ++index) {
    const TensorInfo *tensor = getInput(index);
    if (!tensor && index < record.minInputs)
      return invalid("input " + Twine(index) + " is absent");
    if (tensor && failed(check(*tensor)))
      return failure();
  }
  return check(getOutput());
}

LogicalResult OpImporter::checkOptions(const OperatorRecord &record) {
  BuiltinOptions type = info.table->builtin_options_type();
  if (type != BuiltinOptions_NONE && type != record.options)
    return invalid("its options are those of another operator");
  bool isMissing =
      type == BuiltinOptions_NONE || !info.table->builtin_options();
  if (record.needsOptions && isMissing)
    return invalid("its options are missing");
  return success();
}

//===----------------------------------------------------------------------===//
// Problems
//===----------------------------------------------------------------------===//

std::string OpImporter::describe() const {
  std::string name = getOperatorName(info);
  if (info.outputs.empty())
    return name + " at position " + std::to_string(info.index);
  return name + " that writes \"" + getDisplayName(getOutput()) + "\"";
}

LogicalResult OpImporter::report(const Twine &text, bool isInvalid) {
  graph.problems.push_back(
      {describe() + ": " + text.str(), /*isOperator=*/true, isInvalid});
  return failure();
}

//===----------------------------------------------------------------------===//
// Facts and checks
//===----------------------------------------------------------------------===//

const TensorInfo *OpImporter::getInput(unsigned index) const {
  if (index >= info.inputs.size() || info.inputs[index] < 0)
    return nullptr;
  return &graph.model.tensors[info.inputs[index]];
}

const TensorInfo &OpImporter::getOutput() const {
  return graph.model.tensors[info.outputs.front()];
}

LogicalResult OpImporter::checkType(const TensorInfo &tensor, TensorType type) {
  if (tensor.type == type)
    return success();
  return unsupported("tensor \"" + getDisplayName(tensor) + "\" has type " +
                     getTypeName(tensor.type) + ", only " + getTypeName(type) +
                     " is supported");
}

LogicalResult OpImporter::checkInt8InOut() {
  return success(succeeded(checkType(*getInput(0), TensorType_INT8)) &&
                 succeeded(checkType(getOutput(), TensorType_INT8)));
}

LogicalResult OpImporter::checkRank(const TensorInfo &tensor, unsigned rank) {
  if (tensor.shape.size() == rank)
    return success();
  return unsupported("tensor \"" + getDisplayName(tensor) + "\" has shape " +
                     formatShape(tensor.shape) + ", only rank " + Twine(rank) +
                     " is supported");
}

LogicalResult OpImporter::checkMaxRank(const TensorInfo &tensor,
                                       unsigned rank) {
  if (tensor.shape.size() <= rank)
    return success();
  return unsupported("tensor \"" + getDisplayName(tensor) + "\" has shape " +
                     formatShape(tensor.shape) + ", rank " + Twine(rank) +
                     " is the most that is supported");
}

LogicalResult OpImporter::checkOutputShape(ArrayRef<int64_t> shape) {
  if (ArrayRef<int64_t>(getOutput().shape) == shape)
    return success();
  return invalid("the output has shape " + formatShape(getOutput().shape) +
                 ", but " + formatShape(shape) +
                 " follows from the inputs and options");
}

LogicalResult OpImporter::checkStep(int64_t value, const Twine &what) {
  if (value >= 1 && value <= limits::kStep)
    return success();
  return invalid(what + " is " + Twine(value));
}

LogicalResult OpImporter::checkConstant(const TensorInfo &tensor,
                                        const Twine &what) {
  if (tensor.isConstant)
    return success();
  return unsupported(what + " \"" + getDisplayName(tensor) +
                     "\" is not a constant");
}

FailureOr<Quantization> OpImporter::getQuantization(const TensorInfo &tensor) {
  std::string name = "tensor \"" + getDisplayName(tensor) + "\" ";
  std::string defect = tensor.getQuantizationDefect();
  if (!defect.empty())
    return invalid(name + defect);
  if (tensor.getNumScales() != 1)
    return unsupported(name + "has " + Twine(tensor.getNumScales()) +
                       " scales, activations have one");
  float scale = tensor.getScale(0);
  if (!std::isfinite(scale) || scale <= 0.0f)
    return invalid(name + "has a scale that is not a positive number");
  int64_t zeroPoint = tensor.getZeroPoint(0);
  bool isUnsigned = tensor.type == TensorType_UINT8;
  qmath::Range range = isUnsigned ? qmath::kUInt8Range : qmath::kInt8Range;
  if (zeroPoint < range.min || zeroPoint > range.max)
    return invalid(name + "has zero point " + Twine(zeroPoint) +
                   ", which is outside of its type");
  return Quantization{scale, static_cast<int32_t>(zeroPoint)};
}

FailureOr<qmath::Activation>
OpImporter::getActivation(ActivationFunctionType function) {
  switch (function) {
  case ActivationFunctionType_NONE:
    return qmath::Activation::None;
  case ActivationFunctionType_RELU:
    return qmath::Activation::Relu;
  case ActivationFunctionType_RELU_N1_TO_1:
    return qmath::Activation::ReluN1To1;
  case ActivationFunctionType_RELU6:
    return qmath::Activation::Relu6;
  default:
    break;
  }
  StringRef name = EnumNameActivationFunctionType(function);
  return unsupported("fused activation " +
                     (name.empty() ? Twine(int(function)) : Twine(name)) +
                     " is not applied by integer reference kernels");
}

LogicalResult OpImporter::chargeConstant(int64_t bytes) {
  graph.constantBudget -= bytes;
  if (graph.constantBudget >= 0)
    return success();
  graph.constantBudget = 0;
  return invalid("constants are used too often for a file of " +
                 Twine(graph.model.fileBytes) + " bytes");
}

FailureOr<SmallVector<int64_t>>
OpImporter::getIntegers(const TensorInfo &tensor, const Twine &what) {
  if (failed(checkConstant(tensor, what)) ||
      failed(checkType(tensor, TensorType_INT32)) ||
      failed(chargeConstant(tensor.data.size())))
    return failure();
  SmallVector<int64_t> values;
  for (size_t offset = 0; offset < tensor.data.size(); offset += 4)
    values.push_back(static_cast<int32_t>(
        llvm::support::endian::read32le(tensor.data.data() + offset)));
  return values;
}

LogicalResult OpImporter::checkMultiplier(const qmath::Multiplier &factor,
                                          int64_t bound) {
  if (qmath::isRepresentable(factor, bound))
    return success();
  return unsupported("the ratio of its scales is too great: multiplier " +
                     Twine(factor.multiplier) + ", right shift " +
                     Twine(factor.shift) + ", values up to " + Twine(bound));
}
