//===- ImportCustom.cpp - Operators that are functions of the user --------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpImporter.h"
#include "stm32/Dialect/STM32/IR/STM32Custom.h"
#include "stm32/Target/TFLite/Import.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

//===----------------------------------------------------------------------===//
// Bindings
//===----------------------------------------------------------------------===//

/// The type that a binding names "int8" and so on, or nullopt.
static std::optional<tflite::TensorType> findType(StringRef name) {
  for (tflite::TensorType type : EnumValuesTensorType())
    if ((getTypeBit(type) & types::kAny) &&
        name.equals_insensitive(getTypeName(type)))
      return type;
  return std::nullopt;
}

/// Sets shape and type of `tensor`; returns what is wrong, or "".
static std::string declare(TensorInfo &tensor,
                           const CustomBinding::Output &declared) {
  std::string name = "output \"" + getDisplayName(tensor) + "\" ";
  if (!declared.type.empty()) {
    std::optional<tflite::TensorType> type = findType(declared.type);
    if (!type)
      return name + "has the type \"" + declared.type + "\" in its binding";
    tensor.type = *type;
  }
  if (declared.shape)
    tensor.shape.assign(declared.shape->begin(), declared.shape->end());
  if (tensor.table->sparsity() || tensor.isVariable)
    return name + tensor.defect;
  int64_t bytes = getElementBytes(tensor.type);
  if (bytes == 0)
    return name + "needs a type in its binding";
  if (tensor.shape.size() > limits::kRank)
    return name + "has more than " + std::to_string(limits::kRank) +
           " dimensions in its binding";
  for (int64_t dim : tensor.shape) {
    if (dim <= 0 || dim >= limits::kTensorBytes)
      return name + "needs a static shape in its binding";
    bytes *= dim;
    if (bytes >= limits::kTensorBytes)
      return name + "has more than 2 GiB";
  }
  tensor.defect.clear();
  return "";
}

static bool matches(const CustomBinding &binding, const OperatorInfo &op,
                    const ModelInfo &model) {
  if (!binding.tensorName.empty())
    return !op.outputs.empty() &&
           getDisplayName(model.tensors[op.outputs[0]]) == binding.tensorName;
  if (op.code == BuiltinOperator_CUSTOM)
    return op.customCode == binding.operatorName;
  return getOperatorName(op) == binding.operatorName;
}

/// The binding of `op`; one by tensor goes before one by operator.
static const CustomBinding *findBinding(const OperatorInfo &op,
                                        const ModelInfo &model,
                                        ArrayRef<CustomBinding> bindings) {
  const CustomBinding *found = nullptr;
  for (const CustomBinding &binding : bindings)
    if (matches(binding, op, model) &&
        (!found || (found->tensorName.empty() && !binding.tensorName.empty())))
      found = &binding;
  return found;
}

std::string tflite::prepareCustom(ModelInfo &model,
                                  ArrayRef<CustomBinding> bindings) {
  SmallVector<bool> used(bindings.size(), false);
  for (OperatorInfo &op : model.operators) {
    op.binding = findBinding(op, model, bindings);
    if (!op.binding) {
      inferDetectionShapes(model, op);
      continue;
    }
    used[op.binding - bindings.begin()] = true;
    if (op.binding->outputs.empty())
      continue;
    std::string name =
        getOperatorName(op) + " at position " + std::to_string(op.index) + ": ";
    if (op.binding->outputs.size() != op.outputs.size())
      return name + "it has " + std::to_string(op.outputs.size()) +
             " outputs, its binding declares " +
             std::to_string(op.binding->outputs.size());
    for (auto [index, declared] :
         llvm::zip_equal(op.outputs, op.binding->outputs))
      if (std::string error = declare(model.tensors[index], declared);
          !error.empty())
        return name + error;
  }
  for (auto [binding, isUsed] : llvm::zip_equal(bindings, used))
    if (!isUsed && !binding.tensorName.empty())
      return "no operator writes the tensor \"" + binding.tensorName +
             "\", which is bound to '" + binding.function + "'";
  return "";
}

//===----------------------------------------------------------------------===//
// Import
//===----------------------------------------------------------------------===//

FailureOr<ArrayRef<uint8_t>> OpImporter::getCustomOptions() {
  if (info.table->large_custom_options_offset() > 1)
    return unsupported("its options are stored outside the flatbuffer");
  const auto *bytes = info.table->custom_options();
  if (!bytes)
    return ArrayRef<uint8_t>();
  if (bytes->size() > limits::kOptionBytes)
    return invalid("its options have " + Twine(bytes->size()) +
                   " bytes, at most " + Twine(limits::kOptionBytes) +
                   " are accepted");
  if (failed(chargeConstant(bytes->size())))
    return failure();
  return ArrayRef<uint8_t>(bytes->data(), bytes->size());
}

/// All scales and zero points of `tensor`, as the model has them.
static FailureOr<Attribute> getQuantAttr(OpImporter &op,
                                         const TensorInfo &tensor) {
  SmallVector<float> scales;
  SmallVector<int32_t> zeroPoints;
  int64_t dimension = 0;
  unsigned count = tensor.getNumScales();
  std::string name = "tensor \"" + getDisplayName(tensor) + "\" ";
  if (count != 0) {
    if (std::string defect = tensor.getQuantizationDefect(); !defect.empty())
      return op.invalid(name + defect);
    if (failed(op.chargeConstant(int64_t(count) * 8)))
      return failure();
    dimension =
        count == 1 ? 0 : tensor.table->quantization()->quantized_dimension();
  }
  for (unsigned i = 0; i < count; ++i) {
    float scale = tensor.getScale(i);
    int64_t zeroPoint = tensor.getZeroPoint(i);
    if (!std::isfinite(scale) || scale <= 0.0f)
      return op.invalid(name + "has a scale that is not a positive number");
    if (zeroPoint != static_cast<int32_t>(zeroPoint))
      return op.invalid(name + "has zero point " + Twine(zeroPoint));
    scales.push_back(scale);
    zeroPoints.push_back(static_cast<int32_t>(zeroPoint));
  }
  Builder &builder = op.getBuilder();
  return Attribute(
      QuantAttr::get(builder.getContext(), builder.getDenseF32ArrayAttr(scales),
                     builder.getDenseI32ArrayAttr(zeroPoints), dimension));
}

/// An operand with the type that the model gives it.
static FailureOr<Value> emitBoundOperand(OpImporter &op,
                                         const TensorInfo &tensor) {
  OpBuilder &builder = op.getBuilder();
  RankedTensorType type = getBoundaryType(tensor, builder.getContext());
  if (!tensor.isConstant || tensor.type != TensorType_UINT8) {
    FailureOr<Value> value = op.emitOperand(tensor);
    if (failed(value))
      return failure();
    return emitOffset(builder, op.getLoc(), *value, type);
  }
  if (failed(op.chargeConstant(tensor.data.size())))
    return failure();
  auto values = DenseElementsAttr::getFromRawBuffer(
      type, ArrayRef<char>(reinterpret_cast<const char *>(tensor.data.data()),
                           tensor.data.size()));
  return ConstantOp::create(builder, op.getLoc(), type, values).getResult();
}

/// `tensor` may be an operand of a function.
static LogicalResult checkBoundTensor(OpImporter &op,
                                      const TensorInfo &tensor) {
  if (failed(op.checkTensor(tensor)))
    return failure();
  if (getTypeBit(tensor.type) & types::kAny)
    return success();
  return op.unsupported("tensor \"" + getDisplayName(tensor) + "\" has type " +
                        getTypeName(tensor.type) +
                        ", which functions cannot take");
}

FailureOr<Value> tflite::importBound(OpImporter &op,
                                     const CustomBinding &binding) {
  OpBuilder &builder = op.getBuilder();
  if (op.getNumOutputs() == 0)
    return op.invalid("it has no outputs, which a function needs");
  SmallVector<Value> inputs;
  SmallVector<Attribute> quantization;
  SmallVector<int64_t> absent;
  for (unsigned i = 0; i < op.getNumInputs(); ++i) {
    const TensorInfo *tensor = op.getInput(i);
    if (!tensor) {
      absent.push_back(i);
      continue;
    }
    if (failed(checkBoundTensor(op, *tensor)))
      return failure();
    FailureOr<Attribute> quant = getQuantAttr(op, *tensor);
    if (failed(quant))
      return failure();
    FailureOr<Value> value = emitBoundOperand(op, *tensor);
    if (failed(value))
      return failure();
    quantization.push_back(*quant);
    inputs.push_back(*value);
  }
  SmallVector<Type> types;
  for (unsigned i = 0; i < op.getNumOutputs(); ++i) {
    const TensorInfo &tensor = op.getOutput(i);
    if (failed(checkBoundTensor(op, tensor)))
      return failure();
    FailureOr<Attribute> quant = getQuantAttr(op, tensor);
    if (failed(quant))
      return failure();
    quantization.push_back(*quant);
    types.push_back(getBoundaryType(tensor, builder.getContext()));
  }
  ArrayRef<uint8_t> options;
  if (binding.options) {
    options = *binding.options;
  } else if (op.getCode() == BuiltinOperator_CUSTOM) {
    FailureOr<ArrayRef<uint8_t>> bytes = op.getCustomOptions();
    if (failed(bytes))
      return failure();
    options = *bytes;
  }
  SmallVector<int8_t> optionBytes(options.begin(), options.end());
  StringAttr header = binding.header.empty()
                          ? StringAttr()
                          : builder.getStringAttr(binding.header);
  auto call = CustomOp::create(
      builder, op.getLoc(), types, inputs, /*destinations=*/ValueRange(),
      /*scratch=*/Value(), binding.function, op.getShortName(),
      builder.getArrayAttr(quantization), optionBytes, binding.scratch, absent,
      header, /*kernel=*/StringAttr());
  // All of them before outputs are set; the first is what is returned.
  std::vector<Value> results;
  for (unsigned i = 0; i < op.getNumOutputs(); ++i)
    results.push_back(
        emitOffset(builder, op.getLoc(), call.getOutputs()[i],
                   getTensorType(op.getOutput(i), builder.getContext())));
  for (unsigned i = 1; i < op.getNumOutputs(); ++i)
    op.setOutput(i, results[i]);
  return results[0];
}
