//===- FoldConstants.cpp - Compute what depends on no input ---------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Converters leave chains of operators that compute shapes. All shapes are
// static here, so the chains are constants: they are computed, and their
// operators are dropped before any of them could be called unsupported. What
// cannot be computed stays as it is.
//
//===----------------------------------------------------------------------===//

#include "Movement.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

namespace {
using Values = SmallVector<int64_t>;

/// Computes integer tensors of one graph.
class ConstantFolder {
public:
  explicit ConstantFolder(ModelInfo &model) : model(model) {}
  void run();

private:
  bool fold(const OperatorInfo &op);
  std::optional<Values> compute(const OperatorInfo &op);
  std::optional<Values> computeSlice(const OperatorInfo &op);
  std::optional<Values> computeBinary(const OperatorInfo &op);
  std::optional<Values> computeReduction(const OperatorInfo &op);
  std::optional<Values> computeRange(const OperatorInfo &op);

  const TensorInfo *getInput(const OperatorInfo &op, unsigned index) const {
    if (index >= op.inputs.size() || op.inputs[index] < 0)
      return nullptr;
    return &model.tensors[op.inputs[index]];
  }
  /// Values of a constant operand.
  std::optional<Values> read(const OperatorInfo &op, unsigned index) const;
  bool write(TensorInfo &tensor, ArrayRef<int64_t> values);

  ModelInfo &model;
};
} // namespace

/// Shapes are small; nothing larger is computed.
static constexpr int64_t kMaxElements = 1024;

static bool isInteger(const TensorInfo &tensor) {
  return tensor.defect.empty() &&
         (tensor.type == TensorType_INT32 || tensor.type == TensorType_INT64) &&
         tensor.getNumElements() <= kMaxElements;
}

/// The options, or null if there are none of this type.
template <typename T>
static const T *getOptions(const OperatorInfo &op, BuiltinOptions type) {
  if (op.table->builtin_options_type() != type)
    return nullptr;
  return static_cast<const T *>(op.table->builtin_options());
}

std::optional<Values> ConstantFolder::read(const OperatorInfo &op,
                                           unsigned index) const {
  const TensorInfo *tensor = getInput(op, index);
  if (!tensor || !tensor->isConstant || !isInteger(*tensor))
    return std::nullopt;
  unsigned bytes = getElementBytes(tensor->type);
  Values values;
  for (size_t at = 0; at + bytes <= tensor->data.size(); at += bytes) {
    const uint8_t *data = tensor->data.data() + at;
    values.push_back(
        bytes == 8
            ? static_cast<int64_t>(llvm::support::endian::read64le(data))
            : static_cast<int32_t>(llvm::support::endian::read32le(data)));
  }
  return values;
}

bool ConstantFolder::write(TensorInfo &tensor, ArrayRef<int64_t> values) {
  if (tensor.getNumElements() != static_cast<int64_t>(values.size()))
    return false;
  unsigned bytes = getElementBytes(tensor.type);
  std::vector<uint8_t> data(values.size() * bytes);
  for (auto [index, value] : llvm::enumerate(values)) {
    if (bytes == 4 && value != static_cast<int32_t>(value))
      return false;
    uint8_t *to = data.data() + index * bytes;
    if (bytes == 8)
      llvm::support::endian::write64le(to, value);
    else
      llvm::support::endian::write32le(to, static_cast<uint32_t>(value));
  }
  model.computed.push_back(std::move(data));
  tensor.data = model.computed.back();
  tensor.isConstant = true;
  return true;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

std::optional<Values> ConstantFolder::computeSlice(const OperatorInfo &op) {
  std::optional<Values> input = read(op, 0);
  std::optional<Values> begin = read(op, 1), end = read(op, 2);
  if (!input || !begin || !end)
    return std::nullopt;
  const TensorInfo &tensor = *getInput(op, 0);
  SmallVector<StridedRange> ranges;
  if (op.code == BuiltinOperator_STRIDED_SLICE) {
    const auto *options =
        getOptions<StridedSliceOptions>(op, BuiltinOptions_StridedSliceOptions);
    std::optional<Values> strides = read(op, 3);
    std::string defect;
    std::optional<StridedSpec> spec;
    if (options && strides)
      spec = readStridedSlice(*options, tensor.shape, *begin, *end, *strides,
                              defect);
    if (!spec)
      return std::nullopt;
    ranges = spec->ranges;
  } else {
    if (begin->size() != tensor.shape.size() || end->size() != begin->size())
      return std::nullopt;
    for (auto [width, start, size] :
         llvm::zip_equal(tensor.shape, *begin, *end)) {
      if (start < 0 || start > width)
        return std::nullopt;
      int64_t count = size == -1 ? width - start : size;
      if (count < 0 || count > width - start)
        return std::nullopt;
      ranges.push_back({start, 1, count});
    }
  }
  CopyLoops copy;
  for (auto [range, stride] :
       llvm::zip_equal(ranges, getStrides(tensor.shape))) {
    copy.inputOffset += range.start * stride;
    copy.loops.push_back({range.size, range.stride * stride, 0});
  }
  Values result;
  for (int64_t index : copy.getInputIndices())
    result.push_back((*input)[index]);
  return result;
}

/// `a op b`, or nothing if there is no such number.
static std::optional<int64_t> apply(int32_t code, int64_t a, int64_t b) {
  int64_t result = 0;
  switch (code) {
  case BuiltinOperator_ADD:
    return llvm::AddOverflow(a, b, result) ? std::nullopt
                                           : std::optional(result);
  case BuiltinOperator_SUB:
    return llvm::SubOverflow(a, b, result) ? std::nullopt
                                           : std::optional(result);
  case BuiltinOperator_MUL:
    return llvm::MulOverflow(a, b, result) ? std::nullopt
                                           : std::optional(result);
  case BuiltinOperator_MINIMUM:
    return std::min(a, b);
  case BuiltinOperator_MAXIMUM:
    return std::max(a, b);
  default:
    break;
  }
  if (b == 0 || (b == -1 && a == std::numeric_limits<int64_t>::min()))
    return std::nullopt;
  bool isBelow = a % b != 0 && (a < 0) != (b < 0);
  if (code == BuiltinOperator_DIV)
    return a / b;
  if (code == BuiltinOperator_FLOOR_DIV)
    return a / b - isBelow;
  return a % b + (isBelow ? b : 0); // FLOOR_MOD
}

/// True if the options `T` name an activation.
template <typename T>
static bool isFused(const OperatorInfo &op, BuiltinOptions type) {
  const T *options = getOptions<T>(op, type);
  return options &&
         options->fused_activation_function() != ActivationFunctionType_NONE;
}

static bool hasFusedActivation(const OperatorInfo &op) {
  return isFused<AddOptions>(op, BuiltinOptions_AddOptions) ||
         isFused<SubOptions>(op, BuiltinOptions_SubOptions) ||
         isFused<MulOptions>(op, BuiltinOptions_MulOptions) ||
         isFused<DivOptions>(op, BuiltinOptions_DivOptions) ||
         isFused<ConcatenationOptions>(op, BuiltinOptions_ConcatenationOptions);
}

std::optional<Values> ConstantFolder::computeBinary(const OperatorInfo &op) {
  std::optional<Values> a = read(op, 0), b = read(op, 1);
  // Either both have one shape, or one is a single number.
  if (!a || !b || a->empty() || b->empty() ||
      (a->size() != b->size() && a->size() != 1 && b->size() != 1))
    return std::nullopt;
  Values result;
  for (size_t i = 0; i < std::max(a->size(), b->size()); ++i) {
    std::optional<int64_t> value = apply(op.code, (*a)[a->size() == 1 ? 0 : i],
                                         (*b)[b->size() == 1 ? 0 : i]);
    if (!value)
      return std::nullopt;
    result.push_back(*value);
  }
  return result;
}

std::optional<Values> ConstantFolder::computeReduction(const OperatorInfo &op) {
  std::optional<Values> input = read(op, 0);
  if (!input || input->empty() || getInput(op, 0)->shape.size() != 1)
    return std::nullopt;
  int32_t code = op.code == BuiltinOperator_REDUCE_PROD ? BuiltinOperator_MUL
                 : op.code == BuiltinOperator_SUM       ? BuiltinOperator_ADD
                 : op.code == BuiltinOperator_REDUCE_MAX
                     ? BuiltinOperator_MAXIMUM
                     : BuiltinOperator_MINIMUM;
  std::optional<int64_t> result = input->front();
  for (int64_t value : ArrayRef(*input).drop_front())
    if (result)
      result = apply(code, *result, value);
  if (!result)
    return std::nullopt;
  return Values{*result};
}

std::optional<Values> ConstantFolder::computeRange(const OperatorInfo &op) {
  std::optional<Values> first = read(op, 0), limit = read(op, 1);
  std::optional<Values> step = read(op, 2);
  if (!first || !limit || !step || first->size() != 1 || limit->size() != 1 ||
      step->size() != 1 || step->front() == 0)
    return std::nullopt;
  Values result;
  int64_t value = first->front();
  bool isUp = step->front() > 0;
  while (isUp ? value < limit->front() : value > limit->front()) {
    if (result.size() == kMaxElements)
      return std::nullopt;
    result.push_back(value);
    if (llvm::AddOverflow(value, step->front(), value))
      return std::nullopt;
  }
  return result;
}

std::optional<Values> ConstantFolder::compute(const OperatorInfo &op) {
  switch (op.code) {
  case BuiltinOperator_SHAPE: {
    const TensorInfo *input = getInput(op, 0);
    if (!input || !input->defect.empty())
      return std::nullopt;
    return Values(input->shape.begin(), input->shape.end());
  }
  case BuiltinOperator_RESHAPE:
  case BuiltinOperator_SQUEEZE:
  case BuiltinOperator_EXPAND_DIMS:
  case BuiltinOperator_CAST:
    return read(op, 0);
  case BuiltinOperator_SLICE:
  case BuiltinOperator_STRIDED_SLICE:
    return computeSlice(op);
  case BuiltinOperator_PACK:
  case BuiltinOperator_CONCATENATION: {
    // Of numbers and lists the order of the elements is plain.
    Values result;
    for (unsigned i = 0; i < op.inputs.size(); ++i) {
      std::optional<Values> part = read(op, i);
      unsigned most = op.code == BuiltinOperator_CONCATENATION;
      if (!part || getInput(op, i)->shape.size() > most ||
          result.size() > kMaxElements)
        return std::nullopt;
      llvm::append_range(result, *part);
    }
    return result;
  }
  case BuiltinOperator_GATHER: {
    std::optional<Values> input = read(op, 0), indices = read(op, 1);
    if (!input || !indices || getInput(op, 0)->shape.size() != 1)
      return std::nullopt;
    Values result;
    for (int64_t index : *indices) {
      if (index < 0 || index >= static_cast<int64_t>(input->size()))
        return std::nullopt;
      result.push_back((*input)[index]);
    }
    return result;
  }
  case BuiltinOperator_FILL: {
    std::optional<Values> value = read(op, 1);
    if (!read(op, 0) || !value || value->size() != 1)
      return std::nullopt;
    return Values(model.tensors[op.outputs[0]].getNumElements(),
                  value->front());
  }
  case BuiltinOperator_RANGE:
    return computeRange(op);
  case BuiltinOperator_REDUCE_PROD:
  case BuiltinOperator_SUM:
  case BuiltinOperator_REDUCE_MAX:
  case BuiltinOperator_REDUCE_MIN:
    return computeReduction(op);
  case BuiltinOperator_ADD:
  case BuiltinOperator_SUB:
  case BuiltinOperator_MUL:
  case BuiltinOperator_DIV:
  case BuiltinOperator_FLOOR_DIV:
  case BuiltinOperator_FLOOR_MOD:
  case BuiltinOperator_MINIMUM:
  case BuiltinOperator_MAXIMUM:
    return computeBinary(op);
  default:
    return std::nullopt;
  }
}

bool ConstantFolder::fold(const OperatorInfo &op) {
  for (int32_t output : op.outputs)
    if (!isInteger(model.tensors[output]) ||
        llvm::is_contained(model.outputs, output))
      return false;
  if (op.code == BuiltinOperator_UNPACK) {
    std::optional<Values> input = read(op, 0);
    if (!input || input->size() != op.outputs.size() ||
        getInput(op, 0)->shape.size() != 1)
      return false;
    for (auto [output, value] : llvm::zip_equal(op.outputs, *input))
      if (!write(model.tensors[output], value))
        return false;
    return true;
  }
  if (op.outputs.size() != 1 || hasFusedActivation(op))
    return false;
  std::optional<Values> values = compute(op);
  return values && write(model.tensors[op.outputs[0]], *values);
}

void ConstantFolder::run() {
  llvm::erase_if(model.operators,
                 [&](const OperatorInfo &op) { return fold(op); });
}

void tflite::foldConstants(ModelInfo &model) { ConstantFolder(model).run(); }
