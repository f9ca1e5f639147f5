//===- ModelReader.cpp - A checked view of a .tflite file -----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelReader.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>

using namespace llvm;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;
namespace fb = ::flatbuffers;

//===----------------------------------------------------------------------===//
// Names and numbers
//===----------------------------------------------------------------------===//

unsigned tflite::getElementBytes(TensorType type) {
  switch (type) {
  case TensorType_BOOL:
  case TensorType_INT8:
  case TensorType_UINT8:
    return 1;
  case TensorType_FLOAT16:
  case TensorType_INT16:
    return 2;
  case TensorType_INT64:
  case TensorType_UINT64:
  case TensorType_COMPLEX64:
    return 8;
  case TensorType_INT32:
  case TensorType_UINT32:
  case TensorType_FLOAT32:
    return 4;
  default:
    return 0;
  }
}

std::string tflite::getTypeName(TensorType type) {
  StringRef name = EnumNameTensorType(type);
  return name.empty() ? formatv("type {0}", int(type)).str() : name.str();
}

std::string tflite::getOperatorName(const OperatorInfo &op) {
  if (op.code == BuiltinOperator_CUSTOM)
    return formatv("CUSTOM \"{0}\"", op.customCode).str();
  StringRef name = EnumNameBuiltinOperator(BuiltinOperator(op.code));
  return name.empty() ? formatv("operator code {0}", op.code).str()
                      : name.str();
}

std::string tflite::formatShape(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return join(map_range(shape, [](int64_t dim) { return std::to_string(dim); }),
              "x");
}

int64_t TensorInfo::getNumElements() const {
  int64_t count = 1;
  for (int64_t dim : shape)
    count *= dim;
  return count;
}

unsigned TensorInfo::getNumScales() const {
  const QuantizationParameters *quant = table->quantization();
  if (!quant || !quant->scale() || !quant->zero_point() ||
      quant->zero_point()->size() == 0)
    return 0;
  return quant->scale()->size();
}

float TensorInfo::getScale(unsigned channel) const {
  return table->quantization()->scale()->Get(channel);
}

int64_t TensorInfo::getZeroPoint(unsigned channel) const {
  // The format's verifier does not check the alignment of 64-bit elements.
  const uint8_t *data = table->quantization()->zero_point()->Data();
  return static_cast<int64_t>(
      support::endian::read64le(data + 8 * size_t(channel)));
}

std::string TensorInfo::getQuantizationDefect() const {
  const QuantizationParameters *quant = table->quantization();
  if (!quant)
    return "is not quantized";
  if (quant->details_type() != QuantizationDetails_NONE)
    return "has a quantization that is not a list of scales";
  unsigned scales = getNumScales();
  if (scales == 0)
    return "is not quantized";
  if (scales != quant->zero_point()->size())
    return formatv("has {0} scales and {1} zero points", scales,
                   quant->zero_point()->size());
  int64_t dim = quant->quantized_dimension();
  bool inRange = dim >= 0 && dim < int64_t(shape.size());
  if (scales != 1 && (!inRange || shape[dim] != int64_t(scales)))
    return formatv("has {0} scales along dimension {1} of shape {2}", scales,
                   dim, formatShape(shape));
  return "";
}

//===----------------------------------------------------------------------===//
// Reader
//===----------------------------------------------------------------------===//

namespace {

template <typename... Args> Error corrupt(const char *format, Args &&...args) {
  return createStringError(
      inconvertibleErrorCode(),
      "corrupt model: " + formatv(format, std::forward<Args>(args)...).str());
}

template <typename T> unsigned sizeOf(const fb::Vector<T> *vector) {
  return vector ? vector->size() : 0;
}

StringRef toRef(const fb::String *string) {
  return string ? StringRef(string->c_str(), string->size()) : StringRef();
}

class Reader {
public:
  /// Reads into `info`; `isMain` if the subgraph needs outputs.
  Reader(const Model &model, GraphInfo &info, bool isMain)
      : model(model), info(info), isMain(isMain) {}
  Error run(const SubGraph &graph);

private:
  Error readTensors(const SubGraph &graph);
  Error readTensor(const Tensor &table, TensorInfo &tensor);
  void readShape(TensorInfo &tensor);
  Error readConstant(TensorInfo &tensor);
  Error readOperators(const SubGraph &graph);
  Error readOperator(const Operator &table, OperatorInfo &op);
  Error readIndices(const fb::Vector<int32_t> *vector, bool optional,
                    const Twine &owner, SmallVectorImpl<int32_t> &indices);
  Error readInputs(const SubGraph &graph);
  Error readOutputs(const SubGraph &graph);
  Error checkOrder();

  const Model &model;
  GraphInfo &info;
  const bool isMain;
  /// Tensors that have a value so far.
  std::vector<bool> defined;
};

} // namespace

Error Reader::run(const SubGraph &graph) {
  if (Error error = readTensors(graph))
    return error;
  if (Error error = readInputs(graph))
    return error;
  if (Error error = readOperators(graph))
    return error;
  if (Error error = checkOrder())
    return error;
  return readOutputs(graph);
}

Error Reader::readTensors(const SubGraph &graph) {
  unsigned count = sizeOf(graph.tensors());
  if (count > limits::kTensors)
    return corrupt("there are {0} tensors, at most {1} are accepted", count,
                   limits::kTensors);
  info.tensors.resize(count);
  defined.resize(count);
  for (unsigned index = 0; index < count; ++index) {
    info.tensors[index].index = index;
    if (Error error =
            readTensor(*graph.tensors()->Get(index), info.tensors[index]))
      return error;
  }
  return Error::success();
}

Error Reader::readTensor(const Tensor &table, TensorInfo &tensor) {
  tensor.table = &table;
  tensor.name = toRef(table.name());
  tensor.type = table.type();
  tensor.isVariable = table.is_variable();
  if (tensor.name.size() > limits::kNameBytes)
    return corrupt("the name of tensor {0} has {1} bytes, at most {2} are "
                   "accepted",
                   tensor.index, tensor.name.size(), limits::kNameBytes);
  readShape(tensor);
  if (Error error = readConstant(tensor))
    return error;
  if (tensor.defect.empty() && table.sparsity())
    tensor.defect = "is sparse";
  tensor.stateDefect = tensor.defect;
  if (tensor.defect.empty() && table.is_variable())
    tensor.defect = "is a variable";
  return Error::success();
}

void Reader::readShape(TensorInfo &tensor) {
  unsigned bytes = getElementBytes(tensor.type);
  if (bytes == 0) {
    tensor.defect = "has type " + getTypeName(tensor.type);
    return;
  }
  unsigned rank = sizeOf(tensor.table->shape());
  if (rank > limits::kRank) {
    tensor.defect =
        formatv("has {0} dimensions, more than {1}", rank, limits::kRank);
    return;
  }
  for (unsigned i = 0; i < rank; ++i)
    tensor.shape.push_back(tensor.table->shape()->Get(i));
  int64_t size = bytes;
  for (int64_t dim : tensor.shape) {
    if (dim <= 0) {
      tensor.defect = "has shape " + formatShape(tensor.shape) +
                      " with a dimension that is not positive";
      return;
    }
    // Both factors are below 2^31 or the loop has ended.
    size *= dim;
    if (size >= limits::kTensorBytes) {
      tensor.defect =
          "has shape " + formatShape(tensor.shape) + ", more than 2 GiB";
      return;
    }
  }
}

Error Reader::readConstant(TensorInfo &tensor) {
  uint32_t index = tensor.table->buffer();
  // Old writers omit the buffers of activations.
  if (index >= sizeOf(model.buffers())) {
    if (index == 0)
      return Error::success();
    return corrupt("tensor {0} uses buffer {1} of {2}", tensor.index, index,
                   sizeOf(model.buffers()));
  }
  const Buffer &buffer = *model.buffers()->Get(index);
  if (buffer.offset() > 1 || tensor.table->external_buffer() != 0) {
    tensor.isConstant = true;
    if (tensor.defect.empty())
      tensor.defect = "is a constant that is stored outside the flatbuffer";
    return Error::success();
  }
  if (sizeOf(buffer.data()) == 0)
    return Error::success();
  tensor.isConstant = true;
  tensor.data = ArrayRef<uint8_t>(buffer.data()->Data(), buffer.data()->size());
  if (!tensor.defect.empty())
    return Error::success();
  int64_t bytes = tensor.getNumElements() * getElementBytes(tensor.type);
  if (bytes != int64_t(tensor.data.size()))
    tensor.defect =
        formatv("has shape {0} of {1} bytes but a buffer of {2} bytes",
                formatShape(tensor.shape), bytes, tensor.data.size());
  return Error::success();
}

Error Reader::readIndices(const fb::Vector<int32_t> *vector, bool optional,
                          const Twine &owner,
                          SmallVectorImpl<int32_t> &indices) {
  unsigned count = sizeOf(vector);
  if (count > limits::kOperands)
    return corrupt("{0} has {1} operands, at most {2} are accepted",
                   owner.str(), count, limits::kOperands);
  for (unsigned i = 0; i < count; ++i) {
    int32_t index = vector->Get(i);
    bool inRange = index >= 0 && index < int64_t(info.tensors.size());
    if (!inRange && !(optional && index == -1))
      return corrupt("{0} uses tensor {1} of {2}", owner.str(), index,
                     info.tensors.size());
    indices.push_back(index);
  }
  return Error::success();
}

Error Reader::readInputs(const SubGraph &graph) {
  if (Error error = readIndices(graph.inputs(), /*optional=*/false,
                                "the list of inputs", info.inputs))
    return error;
  for (int32_t index : info.inputs) {
    TensorInfo &tensor = info.tensors[index];
    if (tensor.isInput)
      return corrupt("tensor {0} is an input twice", index);
    if (tensor.isConstant)
      return corrupt("input \"{0}\" is a constant", tensor.name);
    tensor.isInput = true;
    defined[index] = true;
  }
  return Error::success();
}

Error Reader::readOutputs(const SubGraph &graph) {
  if (Error error = readIndices(graph.outputs(), /*optional=*/false,
                                "the list of outputs", info.outputs))
    return error;
  if (isMain && info.outputs.empty())
    return corrupt("there are no outputs");
  for (int32_t index : info.outputs) {
    const TensorInfo &tensor = info.tensors[index];
    if (tensor.isConstant)
      return corrupt("output \"{0}\" is a constant", tensor.name);
    if (!defined[index])
      return corrupt("no operator writes output \"{0}\"", tensor.name);
  }
  return Error::success();
}

Error Reader::readOperators(const SubGraph &graph) {
  unsigned count = sizeOf(graph.operators());
  if (count > limits::kOperators)
    return corrupt("there are {0} operators, at most {1} are accepted", count,
                   limits::kOperators);
  info.operators.resize(count);
  for (unsigned index = 0; index < count; ++index) {
    info.operators[index].index = index;
    if (Error error =
            readOperator(*graph.operators()->Get(index), info.operators[index]))
      return error;
  }
  return Error::success();
}

Error Reader::readOperator(const Operator &table, OperatorInfo &op) {
  op.table = &table;
  uint32_t codeIndex = table.opcode_index();
  if (codeIndex >= sizeOf(model.operator_codes()))
    return corrupt("operator {0} uses operator code {1} of {2}", op.index,
                   codeIndex, sizeOf(model.operator_codes()));
  const OperatorCode &code = *model.operator_codes()->Get(codeIndex);
  op.code =
      std::max<int32_t>(code.deprecated_builtin_code(), code.builtin_code());
  op.customCode = toRef(code.custom_code()).take_front(limits::kNameBytes);
  if (Error error = readIndices(table.inputs(), /*optional=*/true,
                                "operator " + Twine(op.index), op.inputs))
    return error;
  return readIndices(table.outputs(), /*optional=*/false,
                     "operator " + Twine(op.index), op.outputs);
}

Error Reader::checkOrder() {
  for (const OperatorInfo &op : info.operators) {
    for (int32_t index : op.inputs) {
      if (index < 0)
        continue;
      const TensorInfo &tensor = info.tensors[index];
      // An empty list is written without bytes, like the shape of a scalar.
      bool isEmpty =
          tensor.table->buffer() != 0 &&
          llvm::is_contained(ArrayRef<int64_t>(tensor.shape), int64_t(0));
      if (!defined[index] && !tensor.isConstant && !tensor.isVariable &&
          !isEmpty)
        return corrupt("{0} at position {1} reads tensor \"{2}\", which has "
                       "no value yet",
                       getOperatorName(op), op.index, tensor.name);
    }
    for (int32_t index : op.outputs) {
      const TensorInfo &tensor = info.tensors[index];
      if (defined[index])
        return corrupt("{0} at position {1} writes tensor \"{2}\", which has "
                       "a value already",
                       getOperatorName(op), op.index, tensor.name);
      if (tensor.isConstant)
        return corrupt("{0} at position {1} writes the constant \"{2}\"",
                       getOperatorName(op), op.index, tensor.name);
      defined[index] = true;
    }
  }
  return Error::success();
}

static Error readSubgraphs(const Model &model, ModelInfo &info) {
  if (model.version() != 3)
    return createStringError(
        inconvertibleErrorCode(),
        "version %u of the format is not supported, only 3 is",
        model.version());
  unsigned count = sizeOf(model.subgraphs());
  if (count == 0)
    return corrupt("there is no subgraph");
  if (count > limits::kSubgraphs)
    return corrupt("there are {0} subgraphs, at most {1} are accepted", count,
                   limits::kSubgraphs);
  if (Error error =
          Reader(model, info, /*isMain=*/true).run(*model.subgraphs()->Get(0)))
    return error;
  info.others.resize(count - 1);
  for (unsigned index = 1; index < count; ++index)
    if (Error error = Reader(model, info.others[index - 1], /*isMain=*/false)
                          .run(*model.subgraphs()->Get(index)))
      return error;
  return Error::success();
}

Expected<ModelInfo> tflite::readModel(StringRef bytes) {
  if (bytes.size() < 8 || bytes.substr(4, 4) != ModelIdentifier())
    return createStringError(inconvertibleErrorCode(),
                             "not a .tflite file: the identifier TFL3 is "
                             "missing");
  if (int64_t(bytes.size()) > limits::kFileBytes)
    return corrupt("the file has more than 1 GiB");
  const auto *data = reinterpret_cast<const uint8_t *>(bytes.data());
  fb::Verifier verifier(data, bytes.size(), limits::kTableDepth,
                        limits::kTables);
  if (!VerifyModelBuffer(verifier))
    return corrupt("the flatbuffer is damaged or truncated");

  ModelInfo info;
  info.fileBytes = bytes.size();
  if (Error error = readSubgraphs(*GetModel(data), info))
    return error;
  return info;
}
