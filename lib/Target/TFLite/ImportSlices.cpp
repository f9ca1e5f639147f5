//===- ImportSlices.cpp - Operators that take parts of a tensor -----------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rules N50 and N52.
//
//===----------------------------------------------------------------------===//

#include "Movement.h"

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

//===----------------------------------------------------------------------===//
// SLICE, STRIDED_SLICE
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importSlice(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkSameType(input, op.getOutput())))
    return failure();
  FailureOr<SmallVector<int64_t>> start =
      op.getIntegers(*op.getInput(1), "first element");
  if (failed(start))
    return failure();
  FailureOr<SmallVector<int64_t>> size =
      op.getIntegers(*op.getInput(2), "size");
  if (failed(size))
    return failure();
  if (start->size() != input.shape.size() || size->size() != input.shape.size())
    return op.invalid("it has a start of " + Twine(start->size()) +
                      " and a size of " + Twine(size->size()) +
                      " dimensions for an input of rank " +
                      Twine(input.shape.size()));
  for (auto [dim, width] : llvm::enumerate(input.shape)) {
    int64_t first = (*start)[dim], &count = (*size)[dim];
    bool isInside = first >= 0 && first <= width;
    if (count == -1 && isInside) // up to the end
      count = width - first;
    if (!isInside || count < 1 || count > width - first)
      return op.invalid("elements [" + Twine(first) + ", " + Twine(first) +
                        " + " + Twine(count) + ") are outside of dimension " +
                        Twine(dim) + " of " + Twine(width));
  }
  if (failed(op.checkOutputShape(*size)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  return emitSliceAt(op, op.getLoc(), *value, *start, *size);
}

/// First element, stride and number of elements of one dimension. `bit` is that
/// of its entry in the masks.
static StridedRange readRange(const StridedSliceOptions &options, unsigned bit,
                              int64_t width, int64_t begin, int64_t end,
                              int64_t stride) {
  // Nothing is that far away; sums and products below stay in 64 bits.
  constexpr int64_t far = int64_t(1) << 40;
  begin = std::clamp(begin, -far, far);
  end = std::clamp(end, -far, far);
  stride = std::clamp(stride, -far, far);
  bool forward = stride > 0;
  // Where a walk may start and stop.
  int64_t low = forward ? 0 : -1, high = forward ? width : width - 1;
  auto resolve = [&](int64_t index) {
    return std::clamp(index < 0 ? index + width : index, low, high);
  };
  auto isSet = [&](int32_t mask) { return (uint32_t(mask) >> bit & 1) != 0; };
  int64_t start =
      isSet(options.begin_mask()) ? (forward ? 0 : width - 1) : resolve(begin);
  if (isSet(options.shrink_axis_mask()))
    return {start, 1, start < 0 || start >= width ? 0 : 1, /*isShrunk=*/true};
  if (options.offset())
    end += start;
  int64_t stop =
      isSet(options.end_mask()) ? (forward ? width : -1) : resolve(end);
  int64_t distance = forward ? stop - start : start - stop;
  int64_t step = forward ? stride : -stride;
  int64_t size = distance <= 0 ? 0 : (distance + step - 1) / step;
  return {start, size == 1 ? 1 : stride, size};
}

std::optional<StridedSpec>
tflite::readStridedSlice(const StridedSliceOptions &options,
                         ArrayRef<int64_t> input, ArrayRef<int64_t> begin,
                         ArrayRef<int64_t> end, ArrayRef<int64_t> strides,
                         std::string &defect) {
  constexpr size_t kMaskBits = 32;
  if (begin.size() != end.size() || begin.size() != strides.size() ||
      begin.size() > kMaskBits) {
    defect = "begin, end and strides have " + std::to_string(begin.size()) +
             ", " + std::to_string(end.size()) + " and " +
             std::to_string(strides.size()) + " elements";
    return std::nullopt;
  }
  auto isSet = [](int32_t mask, size_t bit) {
    return (uint32_t(mask) >> bit & 1) != 0;
  };
  // Entries that are a dimension of the input.
  size_t named = 0;
  for (size_t i = 0; i < begin.size(); ++i)
    named += !isSet(options.ellipsis_mask(), i) &&
             !isSet(options.new_axis_mask(), i);
  StridedSpec spec;
  auto takeWhole = [&](size_t count) {
    for (; count > 0; --count) {
      int64_t width = input[spec.ranges.size()];
      spec.ranges.push_back({0, 1, width});
      spec.shape.push_back(width);
    }
  };
  if (named > input.size()) {
    defect = "it names " + std::to_string(named) +
             " dimensions of an input of rank " + std::to_string(input.size());
    return std::nullopt;
  }
  bool hasEllipsis = false;
  for (size_t i = 0; i < begin.size(); ++i) {
    if (isSet(options.ellipsis_mask(), i)) {
      if (hasEllipsis) {
        defect = "it has two ellipses";
        return std::nullopt;
      }
      hasEllipsis = true;
      takeWhole(input.size() - named);
      continue;
    }
    if (isSet(options.new_axis_mask(), i)) {
      spec.shape.push_back(1);
      continue;
    }
    if (strides[i] == 0) {
      defect = "a stride is 0";
      return std::nullopt;
    }
    StridedRange range = readRange(options, i, input[spec.ranges.size()],
                                   begin[i], end[i], strides[i]);
    if (range.size == 0) {
      defect =
          "nothing is left of dimension " + std::to_string(spec.ranges.size());
      return std::nullopt;
    }
    if (!range.isShrunk)
      spec.shape.push_back(range.size);
    spec.ranges.push_back(range);
  }
  takeWhole(input.size() - spec.ranges.size());
  return spec;
}

FailureOr<Value> tflite::importStridedSlice(OpImporter &op) {
  const auto &options = *op.getOptions<StridedSliceOptions>();
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkSameType(input, op.getOutput())))
    return failure();
  SmallVector<int64_t> lists[3];
  for (unsigned i = 0; i < 3; ++i) {
    static constexpr const char *names[] = {"begin", "end", "strides"};
    FailureOr<SmallVector<int64_t>> list =
        op.getIntegers(*op.getInput(1 + i), names[i]);
    if (failed(list))
      return failure();
    lists[i] = *list;
  }
  std::string defect;
  std::optional<StridedSpec> spec = readStridedSlice(
      options, input.shape, lists[0], lists[1], lists[2], defect);
  if (!spec)
    return op.invalid(defect);
  if (failed(op.checkOutputShape(spec->shape)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();

  SmallVector<int64_t> start, size, strides = getStrides(input.shape);
  CopyLoops copy;
  bool isSlice = true;
  for (auto [range, stride] : llvm::zip_equal(spec->ranges, strides)) {
    start.push_back(range.start);
    size.push_back(range.size);
    copy.inputOffset += range.start * stride;
    copy.loops.push_back({range.size, range.stride * stride, 0});
    isSlice &= range.size == 1 || range.stride == 1;
  }
  if (isSlice)
    return op.emitReshape(emitSliceAt(op, op.getLoc(), *value, start, size),
                          spec->shape);
  return emitCopy(op, *value, copy, spec->shape);
}

//===----------------------------------------------------------------------===//
// SPLIT, SPLIT_V, UNPACK
//===----------------------------------------------------------------------===//

/// Parts of `sizes` along `axis`, one for each output; they have the shapes of
/// the outputs, which lack the axis if `dropAxis`.
static FailureOr<Value> emitParts(OpImporter &op, const TensorInfo &input,
                                  int64_t axis, ArrayRef<int64_t> sizes,
                                  bool dropAxis) {
  int64_t sum = 0;
  for (int64_t size : sizes)
    sum += size;
  if (sizes.size() != op.getNumOutputs() || sum != input.shape[axis])
    return op.invalid("it has " + Twine(op.getNumOutputs()) + " outputs for " +
                      Twine(sizes.size()) + " parts of " + Twine(sum) + " of " +
                      Twine(input.shape[axis]) + " elements");
  for (auto [index, size] : llvm::enumerate(sizes)) {
    const TensorInfo &output = op.getOutput(index);
    if (failed(op.checkSameType(input, output)))
      return failure();
    SmallVector<int64_t> shape(ArrayRef<int64_t>(input.shape));
    shape[axis] = size;
    if (dropAxis)
      shape.erase(shape.begin() + axis);
    if (ArrayRef(shape) != ArrayRef<int64_t>(output.shape))
      return op.invalid("output " + Twine(index) + " has shape " +
                        formatShape(output.shape) + ", but " +
                        formatShape(shape) + " follows from the input");
  }
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  SmallVector<int64_t> start(input.shape.size(), 0);
  SmallVector<int64_t> shape(ArrayRef<int64_t>(input.shape));
  Value first;
  for (auto [index, size] : llvm::enumerate(sizes)) {
    const TensorInfo &output = op.getOutput(index);
    Location loc = getTensorLoc(output, op.getBuilder().getContext());
    shape[axis] = size;
    Value part = emitSliceAt(op, loc, *value, start, shape);
    if (dropAxis) {
      Value target = op.emitShape(output.shape);
      part = tosa::ReshapeOp::create(
          op.getBuilder(), loc,
          getTensorType(output, op.getBuilder().getContext()), part, target);
    }
    if (index == 0)
      first = part;
    else
      op.setOutput(index, part);
    start[axis] += size;
  }
  return first;
}

FailureOr<Value> tflite::importSplit(OpImporter &op) {
  const auto &options = *op.getOptions<SplitOptions>();
  const TensorInfo &input = *op.getInput(1);
  FailureOr<int64_t> number = getInteger(op, 0, "dimension");
  if (failed(number))
    return failure();
  FailureOr<int64_t> axis = getAxis(op, *number, input.shape.size());
  if (failed(axis))
    return failure();
  int64_t count = op.getNumOutputs();
  if (options.num_splits() != count || input.shape[*axis] % count != 0)
    return op.invalid("num_splits is " + Twine(options.num_splits()) + " for " +
                      Twine(count) + " outputs and a dimension of " +
                      Twine(input.shape[*axis]));
  SmallVector<int64_t> sizes(count, input.shape[*axis] / count);
  return emitParts(op, input, *axis, sizes, /*dropAxis=*/false);
}

FailureOr<Value> tflite::importSplitV(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  FailureOr<SmallVector<int64_t>> sizes =
      op.getIntegers(*op.getInput(1), "list of sizes");
  if (failed(sizes))
    return failure();
  FailureOr<int64_t> number = getInteger(op, 2, "dimension");
  if (failed(number))
    return failure();
  FailureOr<int64_t> axis = getAxis(op, *number, input.shape.size());
  if (failed(axis))
    return failure();
  // One size may be -1: what the others leave.
  int64_t rest = input.shape[*axis];
  int64_t *open = nullptr;
  for (int64_t &size : *sizes) {
    if (size == -1 && !open)
      open = &size;
    else if (size < 1 || size > input.shape[*axis])
      return op.invalid("a size is " + Twine(size));
    else
      rest -= size;
  }
  if (open)
    *open = rest;
  if (open && rest < 1)
    return op.invalid("nothing is left for the size of -1");
  return emitParts(op, input, *axis, *sizes, /*dropAxis=*/false);
}

FailureOr<Value> tflite::importUnpack(OpImporter &op) {
  const auto &options = *op.getOptions<UnpackOptions>();
  const TensorInfo &input = *op.getInput(0);
  FailureOr<int64_t> axis = getAxis(op, options.axis(), input.shape.size());
  if (failed(axis))
    return failure();
  if (options.num() != input.shape[*axis])
    return op.invalid("num is " + Twine(options.num()) +
                      " for a dimension of " + Twine(input.shape[*axis]));
  // An output for each element, or emitParts says so.
  SmallVector<int64_t> sizes(
      std::min<int64_t>(input.shape[*axis], limits::kOperands), 1);
  return emitParts(op, input, *axis, sizes, /*dropAxis=*/true);
}

//===----------------------------------------------------------------------===//
// GATHER, GATHER_ND, EMBEDDING_LOOKUP (rule N52)
//===----------------------------------------------------------------------===//

/// Checks indices: int32 or int64, and if they are constant, below `sizes`, in
/// turns. Gives the values of constants.
static FailureOr<SmallVector<int64_t>> checkIndices(OpImporter &op,
                                                    const TensorInfo &indices,
                                                    ArrayRef<int64_t> sizes) {
  if (indices.type != TensorType_INT32 && indices.type != TensorType_INT64)
    return op.unsupported("indices of type " + getTypeName(indices.type) +
                          " are not supported");
  if (!indices.isConstant)
    return SmallVector<int64_t>();
  FailureOr<SmallVector<int64_t>> values = op.getIntegers(indices, "indices");
  if (failed(values))
    return failure();
  for (auto [position, value] : llvm::enumerate(*values)) {
    int64_t size = sizes[position % sizes.size()];
    if (value < 0 || value >= size)
      return op.invalid("index " + Twine(value) +
                        " is outside of a dimension of " + Twine(size));
  }
  return values;
}

static FailureOr<Value> emitGather(OpImporter &op, const TensorInfo &input,
                                   const TensorInfo &indices, int64_t axis,
                                   int64_t batchDims) {
  FailureOr<SmallVector<int64_t>> constants =
      checkIndices(op, indices, input.shape[axis]);
  if (failed(constants))
    return failure();
  SmallVector<int64_t> shape(ArrayRef<int64_t>(input.shape).take_front(axis));
  llvm::append_range(shape,
                     ArrayRef<int64_t>(indices.shape).drop_front(batchDims));
  llvm::append_range(shape,
                     ArrayRef<int64_t>(input.shape).drop_front(axis + 1));
  if (failed(op.checkOutputShape(shape)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  if (indices.isConstant && batchDims == 0)
    return op.emitReshape(emitTake(op, *value, axis, *constants), shape);
  FailureOr<Value> positions = op.emitOperand(indices);
  if (failed(positions))
    return failure();
  // The output's own type may be another one: EMBEDDING_LOOKUP dequantises.
  Type element = cast<RankedTensorType>(value->getType()).getElementType();
  return GatherOp::create(op.getBuilder(), op.getLoc(),
                          op.getType(shape, element), *value, *positions,
                          /*dest=*/Value(), /*scratch=*/Value(), axis,
                          batchDims, /*kernel=*/StringAttr())
      .getResult();
}

FailureOr<Value> tflite::importGather(OpImporter &op) {
  const auto *options = op.getOptions<GatherOptions>();
  const TensorInfo &input = *op.getInput(0), &indices = *op.getInput(1);
  if (failed(op.checkSameType(input, op.getOutput())))
    return failure();
  FailureOr<int64_t> axis =
      getAxis(op, options ? options->axis() : 0, input.shape.size());
  if (failed(axis))
    return failure();
  int64_t batchDims = options ? options->batch_dims() : 0;
  int64_t rank = indices.shape.size();
  if (batchDims < 0)
    batchDims += rank;
  if (batchDims < 0 || batchDims > std::min(*axis, rank) ||
      ArrayRef<int64_t>(input.shape).take_front(batchDims) !=
          ArrayRef<int64_t>(indices.shape).take_front(batchDims))
    return op.invalid("batch_dims of " + Twine(batchDims) +
                      " does not fit its operands");
  return emitGather(op, input, indices, *axis, batchDims);
}

FailureOr<Value> tflite::importEmbeddingLookup(OpImporter &op) {
  const TensorInfo &indices = *op.getInput(0), &input = *op.getInput(1);
  bool dequantizes = input.type == TensorType_INT8 &&
                     op.getOutput().type == TensorType_FLOAT32;
  if (failed(op.checkRank(indices, 1)) ||
      (!dequantizes && failed(op.checkSameType(input, op.getOutput()))))
    return failure();
  if (input.shape.size() < 2)
    return op.invalid("its values have rank " + Twine(input.shape.size()));
  if (!dequantizes)
    return emitGather(op, input, indices, /*axis=*/0, /*batchDims=*/0);
  FailureOr<Quantization> quantization = op.getQuantization(input);
  if (failed(quantization))
    return failure();
  if (quantization->zeroPoint != 0)
    return op.unsupported("its values have a zero point other than 0");
  FailureOr<Value> rows =
      emitGather(op, input, indices, /*axis=*/0, /*batchDims=*/0);
  if (failed(rows))
    return failure();
  return DequantizeOp::create(op.getBuilder(), op.getLoc(), op.getOutputType(),
                              *rows, /*dest=*/Value(), /*scratch=*/Value(),
                              llvm::APFloat(quantization->scale),
                              /*zero_point=*/0, /*kernel=*/StringAttr())
      .getResult();
}

FailureOr<Value> tflite::importGatherNd(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &indices = *op.getInput(1);
  if (failed(op.checkSameType(input, op.getOutput())))
    return failure();
  ArrayRef<int64_t> sizes = input.shape, positions = indices.shape;
  if (positions.empty() ||
      positions.back() > static_cast<int64_t>(sizes.size()))
    return op.invalid("indices of shape " + formatShape(positions) +
                      " do not fit an input of rank " + Twine(sizes.size()));
  int64_t depth = positions.back();
  if (failed(checkIndices(op, indices, sizes.take_front(depth))))
    return failure();
  SmallVector<int64_t> shape(positions.drop_back());
  llvm::append_range(shape, sizes.drop_front(depth));
  if (failed(op.checkOutputShape(shape)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  FailureOr<Value> coordinates = op.emitOperand(indices);
  if (failed(coordinates))
    return failure();
  return GatherNDOp::create(op.getBuilder(), op.getLoc(), op.getOutputType(),
                            *value, *coordinates, /*dest=*/Value(),
                            /*scratch=*/Value(), /*kernel=*/StringAttr())
      .getResult();
}
