//===- Mutator.cpp - Changes of a model that stay a flatbuffer ------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random bytes mostly break the container, which its verifier finds at once.
// Here the model is read, changed in one to four places and written again, so
// the checks behind the verifier get their turn.
//
//===----------------------------------------------------------------------===//

#include "Mutator.h"

#include "tflite_objects_generated.h"

#include <cstring>
#include <random>

using namespace mlir::stm32::tflite;

namespace {

class Mutation {
public:
  Mutation(ModelT &model, unsigned seed)
      : model(model), graph(*model.subgraphs.front()), random(seed) {}
  void run();

private:
  size_t below(size_t bound) { return random() % bound; }
  template <typename T> T &pick(std::vector<T> &items) {
    return items[below(items.size())];
  }
  /// A number near `value`, a small one or one at a limit.
  int64_t changed(int64_t value);
  void changeShape(TensorT &tensor);
  void changeQuantization(TensorT &tensor);
  void changeTensor();
  void changeConstant();
  void changeOperator();
  void changeIndex(std::vector<int32_t> &indices);

  ModelT &model;
  SubGraphT &graph;
  std::mt19937 random;
};

} // namespace

int64_t Mutation::changed(int64_t value) {
  static const int64_t limits[] = {
      -2147483648LL, -1, 0, 1, 127, 128, 255, 32767, 65536, 2147483647};
  switch (below(5)) {
  case 0:
    return limits[below(std::size(limits))];
  case 1:
    return value * 2;
  case 2:
    return int64_t(below(9));
  default:
    return value + (below(2) ? 1 : -1);
  }
}

void Mutation::changeShape(TensorT &tensor) {
  std::vector<int32_t> &shape = tensor.shape;
  switch (below(6)) {
  case 0:
    shape.insert(shape.begin() + long(below(shape.size() + 1)), 1);
    break;
  case 1:
    if (!shape.empty())
      shape.erase(shape.begin() + long(below(shape.size())));
    break;
  case 2:
    if (!shape.empty())
      std::swap(pick(shape), pick(shape));
    break;
  default:
    if (int64_t value = shape.empty() ? 0 : changed(pick(shape)))
      pick(shape) = int32_t(value);
  }
}

void Mutation::changeQuantization(TensorT &tensor) {
  static const float scales[] = {0.0f,  1.0f,   -1.0f, 1e-30f,
                                 1e30f, 0.007f, 0.5f,  1e-45f};
  if (!tensor.quantization || below(8) == 0) {
    tensor.quantization.reset(below(4) ? new QuantizationParametersT : nullptr);
    if (tensor.quantization) {
      tensor.quantization->scale = {0.5f};
      tensor.quantization->zero_point = {0};
    }
    return;
  }
  QuantizationParametersT &quant = *tensor.quantization;
  switch (below(5)) {
  case 0:
    if (!quant.scale.empty())
      pick(quant.scale) = scales[below(std::size(scales))];
    break;
  case 1:
    if (!quant.zero_point.empty())
      pick(quant.zero_point) = changed(pick(quant.zero_point));
    break;
  case 2:
    quant.quantized_dimension = int32_t(changed(quant.quantized_dimension));
    break;
  default:
    // Per tensor becomes per channel.
    if (!quant.scale.empty() && !quant.zero_point.empty()) {
      size_t count = below(2) ? 1 : below(20) + 1;
      quant.scale.resize(count, quant.scale[0]);
      quant.zero_point.resize(count, quant.zero_point[0]);
    }
  }
}

void Mutation::changeTensor() {
  if (graph.tensors.empty())
    return;
  TensorT &tensor = *pick(graph.tensors);
  switch (below(6)) {
  case 0:
    tensor.type = EnumValuesTensorType()[below(TensorType_MAX + 1)];
    break;
  case 1:
    tensor.buffer = uint32_t(below(model.buffers.size() + 1));
    break;
  case 2:
    tensor.is_variable = !tensor.is_variable;
    break;
  case 3:
    changeQuantization(tensor);
    break;
  default:
    changeShape(tensor);
  }
}

void Mutation::changeConstant() {
  if (model.buffers.empty())
    return;
  std::vector<uint8_t> &data = pick(model.buffers)->data;
  if (data.size() < 4 || below(4) == 0) {
    data.resize(below(2) ? data.size() * 2 : below(33));
    return;
  }
  // Shapes, axes and paddings are words.
  size_t at = below(data.size() / 4) * 4;
  int32_t word;
  std::memcpy(&word, &data[at], 4);
  word = int32_t(changed(word));
  std::memcpy(&data[at], &word, 4);
}

void Mutation::changeIndex(std::vector<int32_t> &indices) {
  switch (below(4)) {
  case 0:
    indices.push_back(int32_t(below(graph.tensors.size() + 1)) - 1);
    break;
  case 1:
    if (!indices.empty())
      indices.pop_back();
    break;
  default:
    if (!indices.empty())
      pick(indices) = int32_t(below(graph.tensors.size() + 1)) - 1;
  }
}

void Mutation::changeOperator() {
  if (graph.operators.empty())
    return;
  OperatorT &op = *pick(graph.operators);
  switch (below(5)) {
  case 0:
    changeIndex(op.inputs);
    break;
  case 1:
    changeIndex(op.outputs);
    break;
  case 2:
    if (!op.custom_options.empty())
      pick(op.custom_options) = uint8_t(random());
    break;
  case 3:
    op.opcode_index = uint32_t(below(model.operator_codes.size() + 1));
    break;
  default:
    if (!model.operator_codes.empty()) {
      OperatorCodeT &code = *pick(model.operator_codes);
      size_t values = BuiltinOperator_MAX + 1;
      code.builtin_code = EnumValuesBuiltinOperator()[below(values)];
      code.deprecated_builtin_code = 0;
    }
  }
}

void Mutation::run() {
  for (size_t count = below(2) ? 1 : 1 + below(4); count > 0; --count)
    switch (below(8)) {
    case 0:
      changeIndex(below(2) ? graph.inputs : graph.outputs);
      break;
    case 1:
    case 2:
      changeConstant();
      break;
    case 3:
    case 4:
      changeOperator();
      break;
    default:
      changeTensor();
    }
}

/// A union may have a type and no value, which cannot be written again.
static void dropEmptyUnions(ModelT &model) {
  for (std::unique_ptr<SubGraphT> &graph : model.subgraphs) {
    for (std::unique_ptr<OperatorT> &op : graph->operators)
      if (!op->builtin_options.value)
        op->builtin_options.Reset();
    for (std::unique_ptr<TensorT> &tensor : graph->tensors)
      if (tensor->quantization && !tensor->quantization->details.value)
        tensor->quantization->details.Reset();
  }
}

size_t mlir::stm32::fuzz::mutateModel(uint8_t *data, size_t size,
                                      size_t maxSize, unsigned seed) {
  constexpr unsigned kDepth = 16, kTables = 100000;
  flatbuffers::Verifier verifier(data, size, kDepth, kTables);
  if (size < 8 || !VerifyModelBuffer(verifier))
    return 0;
  std::unique_ptr<ModelT> model(GetModel(data)->UnPack());
  if (model->subgraphs.empty())
    return 0;
  dropEmptyUnions(*model);
  Mutation(*model, seed).run();
  flatbuffers::FlatBufferBuilder builder(size + 1024);
  builder.Finish(Model::Pack(builder, model.get()), ModelIdentifier());
  if (builder.GetSize() > maxSize)
    return 0;
  std::memcpy(data, builder.GetBufferPointer(), builder.GetSize());
  return builder.GetSize();
}
