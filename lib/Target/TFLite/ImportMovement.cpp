//===- ImportMovement.cpp - Operators that move whole tensors -------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rules N50, N51 and N54.
//
//===----------------------------------------------------------------------===//

#include "Movement.h"
#include <cmath>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

//===----------------------------------------------------------------------===//
// RESHAPE, SQUEEZE, EXPAND_DIMS, SHAPE
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importReshape(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  if (failed(op.checkSameType(input, output)))
    return failure();
  if (input.getNumElements() != output.getNumElements())
    return op.invalid("shape " + formatShape(input.shape) +
                      " cannot become shape " + formatShape(output.shape));
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  return op.emitReshape(*value, output.shape);
}

FailureOr<Value> tflite::importShape(OpImporter &op) {
  ArrayRef<int64_t> shape = op.getInput(0)->shape;
  RankedTensorType type = op.getOutputType();
  if (!type.getElementType().isInteger(32) &&
      !type.getElementType().isInteger(64))
    return op.unsupported("it writes " + getTypeName(op.getOutput().type));
  if (failed(op.checkOutputShape({static_cast<int64_t>(shape.size())})))
    return failure();
  SmallVector<APInt> values;
  for (int64_t dim : shape)
    values.emplace_back(type.getElementTypeBitWidth(), dim);
  return op.emitConst(DenseElementsAttr::get(type, values));
}

//===----------------------------------------------------------------------===//
// PAD, PADV2, MIRROR_PAD (rule N51)
//===----------------------------------------------------------------------===//

/// Paddings before and after each dimension; checks the output's shape.
static FailureOr<SmallVector<int64_t>> getPaddings(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
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
  return paddings;
}

FailureOr<Value> tflite::importPad(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  const TensorInfo *fill = op.getInput(2);
  if (failed(op.checkSameType(input, op.getOutput())))
    return failure();
  FailureOr<SmallVector<int64_t>> paddings = getPaddings(op);
  if (failed(paddings))
    return failure();
  if (fill) {
    if (failed(op.checkConstant(*fill, "padding value")) ||
        failed(op.checkSameType(*fill, input)))
      return failure();
    if (fill->getNumElements() != 1)
      return op.invalid("its padding value has " +
                        Twine(fill->getNumElements()) + " elements");
  }
  FailureOr<Value> source = op.emitOperand(input);
  if (failed(source))
    return failure();
  FailureOr<Value> value = fill ? op.emitConstant(*fill, {1}) : emitZero(op);
  if (failed(value))
    return failure();
  return emitPad(op, *source, *paddings, *value);
}

FailureOr<Value> tflite::importMirrorPad(OpImporter &op) {
  const auto &options = *op.getOptions<MirrorPadOptions>();
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkSameType(input, op.getOutput())))
    return failure();
  FailureOr<SmallVector<int64_t>> paddings = getPaddings(op);
  if (failed(paddings))
    return failure();
  if (options.mode() != MirrorPadMode_REFLECT &&
      options.mode() != MirrorPadMode_SYMMETRIC)
    return op.invalid("its mode is " + Twine(int(options.mode())));
  FailureOr<Value> source = op.emitOperand(input);
  if (failed(source))
    return failure();
  // The edge itself is not repeated when it is the mirror.
  int64_t edge = options.mode() == MirrorPadMode_REFLECT;
  Value value = *source;
  for (size_t dim = 0; dim < input.shape.size(); ++dim) {
    int64_t before = (*paddings)[2 * dim], after = (*paddings)[2 * dim + 1];
    int64_t size = input.shape[dim];
    if (std::max(before, after) > size - edge)
      return op.invalid("paddings " + Twine(before) + " and " + Twine(after) +
                        " are more than dimension " + Twine(dim) +
                        " can mirror");
    auto mirror = [&](int64_t first, int64_t count) {
      auto type = cast<RankedTensorType>(value.getType());
      SmallVector<int64_t> start(type.getRank(), 0), shape(type.getShape());
      start[dim] = first;
      shape[dim] = count;
      Value part = emitSliceAt(op, op.getLoc(), value, start, shape);
      return count == 1 ? part : emitReverse(op, part, dim);
    };
    SmallVector<Value> parts;
    if (before)
      parts.push_back(mirror(edge, before));
    parts.push_back(value);
    if (after)
      parts.push_back(mirror(size - edge - after, after));
    if (parts.size() > 1)
      value = emitConcat(op, parts, dim);
  }
  return value;
}

//===----------------------------------------------------------------------===//
// TRANSPOSE, REVERSE_V2, TILE, BROADCAST_TO
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importTranspose(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkSameType(input, op.getOutput())))
    return failure();
  FailureOr<SmallVector<int64_t>> values =
      op.getIntegers(*op.getInput(1), "permutation");
  if (failed(values))
    return failure();
  int64_t rank = input.shape.size();
  SmallVector<int32_t> perms;
  SmallVector<int64_t> shape;
  SmallVector<bool> seen(rank, false);
  for (int64_t value : *values) {
    FailureOr<int64_t> dim = getAxis(op, value, rank);
    if (failed(dim))
      return failure();
    if (seen[*dim])
      return op.invalid("it names dimension " + Twine(*dim) + " twice");
    seen[*dim] = true;
    perms.push_back(*dim);
    shape.push_back(input.shape[*dim]);
  }
  if (static_cast<int64_t>(perms.size()) != rank)
    return op.invalid("it names " + Twine(perms.size()) + " of " + Twine(rank) +
                      " dimensions");
  if (failed(op.checkOutputShape(shape)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  return emitTranspose(op, *value, perms);
}

FailureOr<Value> tflite::importReverse(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkSameType(input, op.getOutput())) ||
      failed(op.checkOutputShape(input.shape)))
    return failure();
  FailureOr<SmallVector<int64_t>> axes =
      op.getIntegers(*op.getInput(1), "list of dimensions");
  if (failed(axes))
    return failure();
  FailureOr<Value> source = op.emitOperand(input);
  if (failed(source))
    return failure();
  Value value = *source;
  SmallVector<bool> seen(input.shape.size(), false);
  for (int64_t axis : *axes) {
    FailureOr<int64_t> dim = getAxis(op, axis, input.shape.size());
    if (failed(dim))
      return failure();
    if (seen[*dim])
      return op.invalid("it names dimension " + Twine(*dim) + " twice");
    seen[*dim] = true;
    value = emitReverse(op, value, *dim);
  }
  return value;
}

/// Repeats each dimension; `shape` is a multiple of the shape of `value`.
static Value emitTile(OpImporter &op, Value value, ArrayRef<int64_t> shape) {
  auto emit = [&](ArrayRef<int64_t> sizes) {
    auto type = cast<RankedTensorType>(value.getType());
    if (type.getShape() == sizes)
      return;
    SmallVector<int64_t> multiples;
    for (auto [from, to] : llvm::zip_equal(type.getShape(), sizes))
      multiples.push_back(to / from);
    Value counts = op.emitShape(multiples);
    value = tosa::TileOp::create(op.getBuilder(), op.getLoc(),
                                 op.getType(sizes, type.getElementType()),
                                 value, counts);
  };
  // A repeated dimension is two loops. If all of them together are too many,
  // one is repeated after the other, the innermost first.
  SmallVector<int64_t> sizes(
      cast<RankedTensorType>(value.getType()).getShape());
  unsigned loops = 0;
  for (auto [from, to] : llvm::zip_equal(sizes, shape))
    loops += 1 + (from != to && from != 1);
  if (loops > kMaxCopyLoops)
    for (size_t dim = shape.size(); dim-- > 0;) {
      sizes[dim] = shape[dim];
      emit(sizes);
    }
  emit(shape);
  return value;
}

FailureOr<Value> tflite::importTile(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkSameType(input, op.getOutput())))
    return failure();
  FailureOr<SmallVector<int64_t>> multiples =
      op.getIntegers(*op.getInput(1), "list of multiples");
  if (failed(multiples))
    return failure();
  if (multiples->size() != input.shape.size())
    return op.invalid("it has " + Twine(multiples->size()) +
                      " multiples for an input of rank " +
                      Twine(input.shape.size()));
  SmallVector<int64_t> shape;
  for (auto [size, multiple] : llvm::zip_equal(input.shape, *multiples)) {
    if (multiple < 1 || multiple > std::numeric_limits<int32_t>::max())
      return op.invalid("a multiple is " + Twine(multiple));
    shape.push_back(size * multiple);
  }
  if (failed(op.checkOutputShape(shape)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  return emitTile(op, *value, shape);
}

FailureOr<Value> tflite::importBroadcastTo(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  if (failed(op.checkSameType(input, output)))
    return failure();
  // What the second operand says is the output's shape.
  SmallVector<int64_t> shape(ArrayRef<int64_t>(input.shape));
  if (shape.size() > output.shape.size())
    return op.invalid("shape " + formatShape(input.shape) +
                      " cannot be broadcast to " + formatShape(output.shape));
  shape.insert(shape.begin(), output.shape.size() - shape.size(), 1);
  for (auto [from, to] : llvm::zip_equal(shape, output.shape))
    if (from != to && from != 1)
      return op.invalid("shape " + formatShape(input.shape) +
                        " cannot be broadcast to " + formatShape(output.shape));
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  return emitTile(op, op.emitReshape(*value, shape), output.shape);
}

//===----------------------------------------------------------------------===//
// CONCATENATION, PACK (rule N54)
//===----------------------------------------------------------------------===//

/// The table by which uint8 values of one quantisation become those of another,
/// in float as the reference does it.
static SmallVector<int8_t> getConcatTable(const Quantization &input,
                                          const Quantization &output) {
  const float scale = input.scale * (1.0f / output.scale);
  const float bias =
      static_cast<float>(-(input.zeroPoint - kUInt8Offset)) * scale;
  SmallVector<int8_t> table;
  for (int value = 0; value < 256; ++value) {
    // The sum is rounded to float before it is rounded to an integer.
    volatile float product = static_cast<float>(value) * scale;
    volatile float sum = product + bias;
    double rounded = std::round(sum) + (output.zeroPoint - kUInt8Offset);
    table.push_back(
        static_cast<int8_t>(std::clamp(rounded, 0.0, 255.0) + kUInt8Offset));
  }
  return table;
}

/// One part of a concatenation. Only uint8 parts are brought to the output's
/// quantisation; the reference takes the values of all other types as they are.
static FailureOr<Value> emitPart(OpImporter &op, const TensorInfo &tensor) {
  FailureOr<Value> value = op.emitOperand(tensor);
  if (failed(value) || tensor.type != TensorType_UINT8)
    return value;
  FailureOr<Quantization> from = op.getQuantization(tensor);
  if (failed(from))
    return failure();
  FailureOr<Quantization> to = op.getQuantization(op.getOutput());
  if (failed(to))
    return failure();
  if (from->scale == to->scale && from->zeroPoint == to->zeroPoint)
    return value;
  return op.emitTable(*value, getConcatTable(*from, *to));
}

FailureOr<Value> tflite::importConcatenation(OpImporter &op) {
  const auto &options = *op.getOptions<ConcatenationOptions>();
  const TensorInfo &output = op.getOutput();
  if (options.fused_activation_function() != ActivationFunctionType_NONE)
    return op.unsupported("a fused activation is not applied by the reference");
  FailureOr<int64_t> axis = getAxis(op, options.axis(), output.shape.size());
  if (failed(axis))
    return failure();
  SmallVector<int64_t> sum(ArrayRef<int64_t>(output.shape));
  sum[*axis] = 0;
  for (unsigned index = 0; index < op.getNumInputs(); ++index) {
    const TensorInfo *input = op.getInput(index);
    if (!input)
      return op.invalid("input " + Twine(index) + " is absent");
    if (failed(op.checkSameType(*input, output)))
      return failure();
    SmallVector<int64_t> shape(ArrayRef<int64_t>(input->shape));
    if (shape.size() == output.shape.size()) {
      sum[*axis] += shape[*axis];
      shape[*axis] = output.shape[*axis];
    }
    if (ArrayRef(shape) != ArrayRef<int64_t>(output.shape))
      return op.invalid("shapes " + formatShape(input->shape) + " and " +
                        formatShape(output.shape) + " do not fit");
  }
  if (failed(op.checkOutputShape(sum)))
    return failure();
  SmallVector<Value> parts;
  for (unsigned index = 0; index < op.getNumInputs(); ++index) {
    FailureOr<Value> part = emitPart(op, *op.getInput(index));
    if (failed(part))
      return failure();
    parts.push_back(*part);
  }
  return emitConcat(op, parts, *axis);
}

FailureOr<Value> tflite::importPack(OpImporter &op) {
  const auto &options = *op.getOptions<PackOptions>();
  ArrayRef<int64_t> first = op.getInput(0)->shape;
  FailureOr<int64_t> axis = getAxis(op, options.axis(), first.size() + 1);
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(first);
  shape.insert(shape.begin() + *axis, op.getNumInputs());
  if (options.values_count() != static_cast<int64_t>(op.getNumInputs()))
    return op.invalid("its values_count is " + Twine(options.values_count()) +
                      ", but it has " + Twine(op.getNumInputs()) + " inputs");
  if (failed(op.checkOutputShape(shape)))
    return failure();
  shape[*axis] = 1;
  SmallVector<Value> parts;
  for (unsigned index = 0; index < op.getNumInputs(); ++index) {
    const TensorInfo *input = op.getInput(index);
    if (!input)
      return op.invalid("input " + Twine(index) + " is absent");
    if (failed(op.checkSameType(*input, op.getOutput())))
      return failure();
    if (ArrayRef<int64_t>(input->shape) != first)
      return op.invalid("shapes " + formatShape(input->shape) + " and " +
                        formatShape(first) + " do not fit");
    FailureOr<Value> value = op.emitOperand(*input);
    if (failed(value))
      return failure();
    parts.push_back(op.emitReshape(*value, shape));
  }
  return emitConcat(op, parts, *axis);
}
