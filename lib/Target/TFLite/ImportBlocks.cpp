//===- ImportBlocks.cpp - Operators that move blocks of pixels ------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All of these are a reshape, a transpose and a reshape (rule N50); only the
// transpose costs anything.
//
//===----------------------------------------------------------------------===//

#include "Movement.h"

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

//===----------------------------------------------------------------------===//
// DEPTH_TO_SPACE, SPACE_TO_DEPTH
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importDepthToSpace(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  int64_t block = op.getOptions<DepthToSpaceOptions>()->block_size();
  if (failed(op.checkSameType(input, op.getOutput())) ||
      failed(op.checkRank(input, 4)) ||
      failed(op.checkStep(block, "block_size")))
    return failure();
  ArrayRef<int64_t> x = input.shape;
  if (x[3] % (block * block) != 0)
    return op.invalid("its " + Twine(x[3]) +
                      " channels are no multiple of a block of " +
                      Twine(block * block));
  int64_t channels = x[3] / (block * block);
  SmallVector<int64_t> shape = {x[0], x[1] * block, x[2] * block, channels};
  if (failed(op.checkOutputShape(shape)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  // [N, H, W, row, column, C] to [N, H, row, W, column, C].
  Value blocks =
      op.emitReshape(*value, {x[0], x[1], x[2], block, block, channels});
  return op.emitReshape(emitTranspose(op, blocks, {0, 1, 3, 2, 4, 5}), shape);
}

FailureOr<Value> tflite::importSpaceToDepth(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  int64_t block = op.getOptions<SpaceToDepthOptions>()->block_size();
  if (failed(op.checkSameType(input, op.getOutput())) ||
      failed(op.checkRank(input, 4)) ||
      failed(op.checkStep(block, "block_size")))
    return failure();
  ArrayRef<int64_t> x = input.shape;
  if (x[1] % block != 0 || x[2] % block != 0)
    return op.invalid("its image of " + Twine(x[1]) + "x" + Twine(x[2]) +
                      " is no multiple of a block of " + Twine(block));
  SmallVector<int64_t> shape = {x[0], x[1] / block, x[2] / block,
                                x[3] * block * block};
  if (failed(op.checkOutputShape(shape)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  // [N, H, row, W, column, C] to [N, H, W, row, column, C].
  Value blocks =
      op.emitReshape(*value, {x[0], shape[1], block, shape[2], block, x[3]});
  return op.emitReshape(emitTranspose(op, blocks, {0, 1, 3, 2, 4, 5}), shape);
}

//===----------------------------------------------------------------------===//
// SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND
//===----------------------------------------------------------------------===//

namespace {
/// The blocks of one or two spatial dimensions, and what is padded before and
/// after each, or cropped.
struct Blocks {
  SmallVector<int64_t> sizes, edges;
};
} // namespace

static FailureOr<Blocks> readBlocks(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkSameType(input, op.getOutput())))
    return failure();
  FailureOr<SmallVector<int64_t>> sizes =
      op.getIntegers(*op.getInput(1), "block shape");
  if (failed(sizes))
    return failure();
  FailureOr<SmallVector<int64_t>> edges =
      op.getIntegers(*op.getInput(2), "paddings or crops");
  if (failed(edges))
    return failure();
  if (sizes->empty() || sizes->size() > 2 ||
      sizes->size() >= input.shape.size() || edges->size() != 2 * sizes->size())
    return op.unsupported(
        "blocks of " + Twine(sizes->size()) +
        " dimensions are not supported for an input of rank " +
        Twine(input.shape.size()));
  for (int64_t size : *sizes)
    if (failed(op.checkStep(size, "block size")))
      return failure();
  for (int64_t edge : *edges)
    if (edge < 0 || edge > limits::kStep)
      return op.invalid("a padding or crop is " + Twine(edge));
  return Blocks{*sizes, *edges};
}

/// All dimensions after the spatial ones count as channels.
static int64_t getChannels(ArrayRef<int64_t> shape, size_t spatial) {
  return ShapedType::getNumElements(shape.drop_front(1 + spatial));
}

FailureOr<Value> tflite::importSpaceToBatch(OpImporter &op) {
  FailureOr<Blocks> blocks = readBlocks(op);
  if (failed(blocks))
    return failure();
  const TensorInfo &input = *op.getInput(0);
  size_t spatial = blocks->sizes.size();
  SmallVector<int64_t> shape(ArrayRef<int64_t>(input.shape));
  // [N, H / h, h, W / w, w, C], and the order that brings h and w to the front.
  SmallVector<int64_t> parts = {shape[0]};
  SmallVector<int32_t> perms;
  for (size_t i = 0; i < spatial; ++i) {
    int64_t block = blocks->sizes[i], size = shape[1 + i];
    size += blocks->edges[2 * i] + blocks->edges[2 * i + 1];
    if (size % block != 0)
      return op.invalid("its padded dimension of " + Twine(size) +
                        " is no multiple of a block of " + Twine(block));
    parts.append({size / block, block});
    shape[0] *= block;
    shape[1 + i] = size / block;
    perms.push_back(2 + 2 * i);
  }
  perms.push_back(0);
  for (size_t i = 0; i < spatial; ++i)
    perms.push_back(1 + 2 * i);
  parts.push_back(getChannels(input.shape, spatial));
  perms.push_back(1 + 2 * spatial);
  if (failed(op.checkOutputShape(shape)))
    return failure();
  FailureOr<Value> source = op.emitOperand(input);
  if (failed(source))
    return failure();
  // Unlike PAD, the reference pads int8 with the value 0.
  FailureOr<Value> zero = input.type == TensorType_INT8
                              ? op.emitScalar(op.getBuilder().getI8Type(), 0)
                              : emitZero(op);
  if (failed(zero))
    return failure();
  SmallVector<int64_t> paddings(2 * shape.size(), 0);
  llvm::copy(blocks->edges, paddings.begin() + 2);
  Value padded = emitPad(op, *source, paddings, *zero);
  return op.emitReshape(emitTranspose(op, op.emitReshape(padded, parts), perms),
                        shape);
}

FailureOr<Value> tflite::importBatchToSpace(OpImporter &op) {
  FailureOr<Blocks> blocks = readBlocks(op);
  if (failed(blocks))
    return failure();
  const TensorInfo &input = *op.getInput(0);
  size_t spatial = blocks->sizes.size();
  SmallVector<int64_t> wide(ArrayRef<int64_t>(input.shape));
  // [h, w, N, H, W, C], and the order that puts h and w behind H and W.
  SmallVector<int64_t> parts(blocks->sizes);
  SmallVector<int32_t> perms = {static_cast<int32_t>(spatial)};
  SmallVector<int64_t> start(wide.size(), 0);
  for (size_t i = 0; i < spatial; ++i) {
    int64_t block = blocks->sizes[i];
    if (wide[0] % block != 0)
      return op.invalid("its batch is no multiple of its blocks");
    wide[0] /= block;
    wide[1 + i] *= block;
    start[1 + i] = blocks->edges[2 * i];
    perms.append(
        {static_cast<int32_t>(spatial + 1 + i), static_cast<int32_t>(i)});
  }
  parts.push_back(wide[0]);
  llvm::append_range(parts, ArrayRef<int64_t>(input.shape).slice(1, spatial));
  parts.push_back(getChannels(input.shape, spatial));
  perms.push_back(1 + 2 * spatial);
  SmallVector<int64_t> shape(wide);
  for (size_t i = 0; i < spatial; ++i) {
    shape[1 + i] -= blocks->edges[2 * i] + blocks->edges[2 * i + 1];
    if (shape[1 + i] < 1)
      return op.invalid("its crops leave nothing of dimension " + Twine(1 + i));
  }
  if (failed(op.checkOutputShape(shape)))
    return failure();
  FailureOr<Value> source = op.emitOperand(input);
  if (failed(source))
    return failure();
  Value whole = op.emitReshape(
      emitTranspose(op, op.emitReshape(*source, parts), perms), wide);
  return emitSliceAt(op, op.getLoc(), whole, start, shape);
}
