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
#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

//===----------------------------------------------------------------------===//
// Types and names
//===----------------------------------------------------------------------===//

unsigned tflite::getTypeBit(TensorType type) {
  switch (type) {
  case TensorType_INT8:
    return types::kInt8;
  case TensorType_UINT8:
    return types::kUInt8;
  case TensorType_INT16:
    return types::kInt16;
  case TensorType_INT32:
    return types::kInt32;
  case TensorType_INT64:
    return types::kInt64;
  case TensorType_FLOAT32:
    return types::kFloat32;
  case TensorType_BOOL:
    return types::kBool;
  case TensorType_FLOAT16:
    return types::kFloat16;
  case TensorType_UINT32:
    return types::kUInt32;
  case TensorType_UINT64:
    return types::kUInt64;
  case TensorType_COMPLEX64:
    return types::kComplex64;
  default:
    return 0;
  }
}

Type tflite::getElementType(TensorType type, MLIRContext *context) {
  switch (type) {
  case TensorType_BOOL:
    return IntegerType::get(context, 1);
  case TensorType_INT8:
  case TensorType_UINT8:
    return IntegerType::get(context, 8);
  case TensorType_INT16:
    return IntegerType::get(context, 16);
  case TensorType_INT32:
    return IntegerType::get(context, 32);
  case TensorType_INT64:
    return IntegerType::get(context, 64);
  case TensorType_UINT32:
    return IntegerType::get(context, 32, IntegerType::Unsigned);
  case TensorType_UINT64:
    return IntegerType::get(context, 64, IntegerType::Unsigned);
  case TensorType_COMPLEX64:
    return ComplexType::get(Float32Type::get(context));
  case TensorType_FLOAT16:
    return Float16Type::get(context);
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

RankedTensorType tflite::getBoundaryType(const TensorInfo &tensor,
                                         MLIRContext *context) {
  RankedTensorType type = getTensorType(tensor, context);
  if (tensor.type != TensorType_UINT8)
    return type;
  return type.clone(IntegerType::get(context, 8, IntegerType::Unsigned));
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
  collectVariables();
  for (const OperatorInfo &info : model.operators)
    OpImporter(*this, info).run();
}

void OpImporter::run() {
  if (!info.outputs.empty())
    loc = getTensorLoc(getOutput(), builder.getContext());
  FailureOr<Value> value = import();
  if (succeeded(value) && *value)
    graph.setValue(getOutput(), *value);
}

FailureOr<Value> OpImporter::import() {
  if (info.binding)
    return importBound(*this, *info.binding);
  const OperatorRecord *record = findOperatorRecord(info);
  if (!record && info.code == BuiltinOperator_CUSTOM)
    return unsupported("the operator is not supported; --custom-ops binds it "
                       "to a C function of yours");
  if (!record)
    return unsupported("the operator is not supported");
  if (failed(checkOperands(*record)) || failed(checkTypes(*record)) ||
      failed(checkOptions(*record)))
    return failure();
  return record->import(*this);
}

LogicalResult OpImporter::checkOperands(const OperatorRecord &record) {
  unsigned count = info.inputs.size();
  if (count < record.minInputs || count > record.maxInputs)
    return invalid("it has " + Twine(count) + " inputs");
  if (info.outputs.size() < record.minOutputs ||
      info.outputs.size() > record.maxOutputs)
    return invalid("it has " + Twine(info.outputs.size()) + " outputs");
  for (unsigned index = 0; index < std::min(count, record.numRead); ++index) {
    const TensorInfo *tensor = getInput(index);
    if (!tensor && index < record.minInputs)
      return invalid("input " + Twine(index) + " is absent");
    bool isHandle = record.usesHandles && index == 0;
    if (tensor && !isHandle && failed(checkOperand(record, *tensor)))
      return failure();
  }
  bool makesHandle = record.code == BuiltinOperator_VAR_HANDLE;
  for (unsigned index = 0; index < info.outputs.size() && !makesHandle; ++index)
    if (failed(checkOperand(record, getOutput(index))))
      return failure();
  return success();
}

LogicalResult OpImporter::checkOperand(const OperatorRecord &record,
                                       const TensorInfo &tensor) {
  if (!record.takesSignals && (getTypeBit(tensor.type) & types::kSignal))
    return unsupported("tensor \"" + getDisplayName(tensor) + "\" has type " +
                       getTypeName(tensor.type));
  return checkTensor(tensor);
}

/// Names of a set of types: "int8, float32".
static std::string formatTypes(unsigned set) {
  std::string text;
  for (tflite::TensorType type :
       {TensorType_INT8, TensorType_UINT8, TensorType_INT16, TensorType_INT32,
        TensorType_INT64, TensorType_UINT32, TensorType_UINT64,
        TensorType_FLOAT32, TensorType_FLOAT16, TensorType_BOOL})
    if (getTypeBit(type) & set)
      text += (text.empty() ? "" : ", ") + getTypeName(type);
  return text;
}

LogicalResult OpImporter::checkTypes(const OperatorRecord &record) {
  const TensorInfo *tensor = getInput(record.typeOperand);
  if (!tensor || record.usesHandles ||
      (getTypeBit(tensor->type) & record.types))
    return success();
  return unsupported("tensor \"" + getDisplayName(*tensor) + "\" has type " +
                     getTypeName(tensor->type) + ", supported are " +
                     formatTypes(record.types));
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

const TensorInfo &OpImporter::getOutput(unsigned index) const {
  return graph.model.tensors[info.outputs[index]];
}

LogicalResult OpImporter::checkTensor(const TensorInfo &tensor) {
  if (tensor.defect.empty())
    return success();
  return unsupported("tensor \"" + getDisplayName(tensor) + "\" " +
                     tensor.defect);
}

LogicalResult OpImporter::checkType(const TensorInfo &tensor, TensorType type) {
  if (tensor.type == type ||
      (type == TensorType_INT8 && tensor.type == TensorType_UINT8))
    return success();
  return unsupported("tensor \"" + getDisplayName(tensor) + "\" has type " +
                     getTypeName(tensor.type) + ", only " + getTypeName(type) +
                     " is supported");
}

LogicalResult OpImporter::checkInt8InOut() {
  return success(succeeded(checkType(*getInput(0), TensorType_INT8)) &&
                 succeeded(checkType(getOutput(), TensorType_INT8)) &&
                 succeeded(checkSameType(*getInput(0), getOutput())));
}

LogicalResult OpImporter::checkSameType(const TensorInfo &a,
                                        const TensorInfo &b) {
  if (a.type == b.type)
    return success();
  return unsupported("tensors \"" + getDisplayName(a) + "\" and \"" +
                     getDisplayName(b) + "\" have the types " +
                     getTypeName(a.type) + " and " + getTypeName(b.type));
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

FailureOr<Quantization> OpImporter::getQuantization(const TensorInfo &tensor,
                                                    bool isAffine,
                                                    bool allowsZero) {
  std::string name = "tensor \"" + getDisplayName(tensor) + "\" ";
  std::string defect = tensor.getQuantizationDefect();
  if (!defect.empty())
    return invalid(name + defect);
  if (tensor.getNumScales() != 1)
    return unsupported(name + "has " + Twine(tensor.getNumScales()) +
                       " scales, activations have one");
  float scale = tensor.getScale(0);
  if (!std::isfinite(scale) || scale < 0.0f || (scale == 0.0f && !allowsZero))
    return invalid(name + "has a scale that is not a positive number");
  int64_t zeroPoint = tensor.getZeroPoint(0);
  bool isUnsigned = tensor.type == TensorType_UINT8;
  qmath::Range range = isUnsigned ? qmath::kUInt8Range : qmath::kInt8Range;
  // Wider integers are symmetric.
  if (tensor.type != TensorType_INT8 && !isUnsigned)
    range = {0, 0};
  if (isAffine && tensor.type == TensorType_INT16)
    range = {std::numeric_limits<int16_t>::min(),
             std::numeric_limits<int16_t>::max()};
  if (zeroPoint < range.min || zeroPoint > range.max)
    return invalid(name + "has zero point " + Twine(zeroPoint) +
                   ", which is outside of its type");
  if (isUnsigned)
    zeroPoint += kUInt8Offset;
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
  bool isLong = tensor.type == TensorType_INT64;
  if (failed(checkConstant(tensor, what)) ||
      (!isLong && failed(checkType(tensor, TensorType_INT32))) ||
      failed(chargeConstant(tensor.data.size())))
    return failure();
  SmallVector<int64_t> values;
  for (size_t offset = 0; offset < tensor.data.size();
       offset += getElementBytes(tensor.type)) {
    const uint8_t *data = tensor.data.data() + offset;
    if (isLong)
      values.push_back(
          static_cast<int64_t>(llvm::support::endian::read64le(data)));
    else
      values.push_back(
          static_cast<int32_t>(llvm::support::endian::read32le(data)));
  }
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
