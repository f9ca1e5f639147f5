//===- Mutator.cpp - Changes of a model that stay a flatbuffer ------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random bytes mostly break the container, which its verifier finds at once.
// Here the model is read, changed in one to four places and written again, so
// the checks behind the verifier get their turn. Options of operators have a
// type each; their numbers are changed where they lie in the written bytes.
//
//===----------------------------------------------------------------------===//

#include "Mutator.h"

#include "tflite_objects_generated.h"

#include <algorithm>
#include <cstring>
#include <random>

using namespace mlir::stm32::tflite;

namespace {

/// Random choices.
class Chance {
public:
  explicit Chance(unsigned seed) : random(seed) {}
  size_t below(size_t bound) { return random() % bound; }
  template <typename T> T &pick(std::vector<T> &items) {
    return items[below(items.size())];
  }
  /// A number near `value`, a small one or one at a limit.
  int64_t changed(int64_t value);

private:
  std::mt19937 random;
};

class Mutation : Chance {
public:
  Mutation(ModelT &model, unsigned seed)
      : Chance(seed), model(model), graph(*pick(model.subgraphs)) {}
  void run();

private:
  void changeShape(TensorT &tensor);
  void changeQuantization(TensorT &tensor);
  void changeTensor();
  void changeConstant();
  void changeOperator();
  void changeIndex(std::vector<int32_t> &indices);

  ModelT &model;
  SubGraphT &graph;
};

} // namespace

int64_t Chance::changed(int64_t value) {
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
      pick(op.custom_options) = uint8_t(below(256));
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

/// The model in these bytes, or null if they are none.
static std::unique_ptr<ModelT> readModel(const uint8_t *data, size_t size) {
  constexpr unsigned kDepth = 16, kTables = 100000;
  flatbuffers::Verifier verifier(data, size, kDepth, kTables);
  if (size < 8 || !VerifyModelBuffer(verifier))
    return nullptr;
  std::unique_ptr<ModelT> model(GetModel(data)->UnPack());
  if (model->subgraphs.empty())
    return nullptr;
  dropEmptyUnions(*model);
  return model;
}

/// Changes a number among the options of an operator, if they have one.
static void changeOption(uint8_t *bytes, Chance &chance) {
  const auto *graphs = GetModel(bytes)->subgraphs();
  const auto *operators =
      graphs->Get(unsigned(chance.below(graphs->size())))->operators();
  if (!operators || operators->size() == 0)
    return;
  const Operator *op =
      operators->Get(unsigned(chance.below(operators->size())));
  const void *options = op->builtin_options();
  if (!options)
    return;
  // A table has an offset to its list: bytes of the list, bytes of the table,
  // then where each field lies.
  auto *table = const_cast<uint8_t *>(static_cast<const uint8_t *>(options));
  const uint8_t *list =
      table - flatbuffers::ReadScalar<flatbuffers::soffset_t>(table);
  auto entry = [&](size_t index) {
    return size_t(flatbuffers::ReadScalar<flatbuffers::voffset_t>(
        list + index * sizeof(flatbuffers::voffset_t)));
  };
  size_t fields = entry(0) / sizeof(flatbuffers::voffset_t) - 2;
  if (fields == 0)
    return;
  size_t place = entry(2 + chance.below(fields));
  if (place == 0)
    return;
  if (place % 4 == 0 && place + 4 <= entry(1)) {
    auto value = flatbuffers::ReadScalar<int32_t>(table + place);
    flatbuffers::WriteScalar(table + place, int32_t(chance.changed(value)));
  } else {
    table[place] = uint8_t(chance.changed(table[place]));
  }
}

/// Writes the model, perhaps with a changed option; 0 if there is no room.
static size_t writeModel(const ModelT &model, uint8_t *data, size_t maxSize,
                         unsigned seed) {
  Chance chance(~seed);
  bool withOption = chance.below(3) == 0;
  flatbuffers::FlatBufferBuilder builder;
  // What has its default value is not written else, and could not be changed.
  builder.ForceDefaults(withOption);
  builder.Finish(Model::Pack(builder, &model), ModelIdentifier());
  if (builder.GetSize() > maxSize)
    return 0;
  if (withOption)
    changeOption(builder.GetBufferPointer(), chance);
  std::memcpy(data, builder.GetBufferPointer(), builder.GetSize());
  return builder.GetSize();
}

size_t mlir::stm32::fuzz::mutateModel(uint8_t *data, size_t size,
                                      size_t maxSize, unsigned seed) {
  std::unique_ptr<ModelT> model = readModel(data, size);
  if (!model)
    return 0;
  Mutation(*model, seed).run();
  return writeModel(*model, data, maxSize, seed);
}

//===----------------------------------------------------------------------===//
// Two models
//===----------------------------------------------------------------------===//

namespace {

/// Appends the main subgraph of one model to that of another.
class Joint : Chance {
public:
  Joint(ModelT &model, ModelT &other, unsigned seed)
      : Chance(seed), model(model), other(other),
        graph(*model.subgraphs.front()), added(*other.subgraphs.front()) {}
  void run();

private:
  /// What stands for input `index` of the other model: a tensor of the first
  /// with its type and shape, or -1.
  int32_t findSource(int32_t index);
  void renumber(std::vector<int32_t> &indices);

  ModelT &model, &other;
  SubGraphT &graph, &added;
  /// New number of each tensor of the other model.
  std::vector<int32_t> numbers;
};

} // namespace

int32_t Joint::findSource(int32_t index) {
  const TensorT &wanted = *added.tensors[size_t(index)];
  std::vector<int32_t> sources;
  auto take = [&](const std::vector<int32_t> &indices) {
    for (int32_t source : indices) {
      if (source < 0 || size_t(source) >= graph.tensors.size())
        continue;
      const TensorT &tensor = *graph.tensors[size_t(source)];
      if (tensor.type == wanted.type && tensor.shape == wanted.shape)
        sources.push_back(source);
    }
  };
  take(graph.inputs);
  for (const std::unique_ptr<OperatorT> &op : graph.operators)
    take(op->outputs);
  return sources.empty() ? -1 : pick(sources);
}

void Joint::renumber(std::vector<int32_t> &indices) {
  for (int32_t &index : indices)
    if (index >= 0 && size_t(index) < numbers.size())
      index = numbers[size_t(index)];
}

void Joint::run() {
  for (size_t i = 0; i < added.tensors.size(); ++i)
    numbers.push_back(int32_t(graph.tensors.size() + i));
  std::vector<int32_t> inputs;
  for (int32_t index : added.inputs) {
    bool isTensor = index >= 0 && size_t(index) < numbers.size();
    int32_t source = isTensor && below(4) ? findSource(index) : -1;
    if (source >= 0)
      numbers[size_t(index)] = source;
    else
      inputs.push_back(index);
  }
  renumber(inputs);
  graph.inputs.insert(graph.inputs.end(), inputs.begin(), inputs.end());
  renumber(added.outputs);
  graph.outputs.insert(graph.outputs.end(), added.outputs.begin(),
                       added.outputs.end());
  size_t buffers = model.buffers.size(), codes = model.operator_codes.size();
  for (std::unique_ptr<TensorT> &tensor : added.tensors) {
    // Buffer 0 stands for none.
    tensor->buffer += tensor->buffer ? uint32_t(buffers) : 0;
    graph.tensors.push_back(std::move(tensor));
  }
  for (std::unique_ptr<OperatorT> &op : added.operators) {
    op->opcode_index += uint32_t(codes);
    renumber(op->inputs);
    renumber(op->outputs);
    renumber(op->intermediates);
    graph.operators.push_back(std::move(op));
  }
  std::move(other.buffers.begin(), other.buffers.end(),
            std::back_inserter(model.buffers));
  std::move(other.operator_codes.begin(), other.operator_codes.end(),
            std::back_inserter(model.operator_codes));
}

size_t mlir::stm32::fuzz::joinModels(const uint8_t *first, size_t firstSize,
                                     const uint8_t *second, size_t secondSize,
                                     uint8_t *out, size_t maxSize,
                                     unsigned seed) {
  std::unique_ptr<ModelT> model = readModel(first, firstSize);
  std::unique_ptr<ModelT> other = readModel(second, secondSize);
  constexpr size_t kMostOperators = 40;
  if (!model || !other ||
      model->subgraphs.front()->operators.size() +
              other->subgraphs.front()->operators.size() >
          kMostOperators)
    return 0;
  Joint(*model, *other, seed).run();
  return writeModel(*model, out, maxSize, seed);
}
