//===- ImportResize.cpp - Images of another size --------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rule N53. Which rows and columns a pixel comes from is known at compile time.
//
//===----------------------------------------------------------------------===//

#include "Movement.h"
#include <cmath>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

/// Checks what both operators have in common.
static LogicalResult checkResize(OpImporter &op, bool alignCorners,
                                 bool halfPixelCenters) {
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkSameType(input, op.getOutput())) ||
      failed(op.checkRank(input, 4)))
    return failure();
  if (alignCorners && halfPixelCenters)
    return op.unsupported(
        "align_corners and half_pixel_centers exclude each other");
  FailureOr<SmallVector<int64_t>> size =
      op.getIntegers(*op.getInput(1), "size");
  if (failed(size))
    return failure();
  if (size->size() != 2)
    return op.invalid("its size has " + Twine(size->size()) + " elements");
  for (int64_t width : *size)
    if (failed(op.checkStep(width, "size")))
      return failure();
  for (int64_t width : ArrayRef<int64_t>(input.shape).slice(1, 2))
    if (failed(op.checkStep(width, "the input's size")))
      return failure();
  return op.checkOutputShape(
      {input.shape[0], (*size)[0], (*size)[1], input.shape[3]});
}

//===----------------------------------------------------------------------===//
// RESIZE_NEAREST_NEIGHBOR
//===----------------------------------------------------------------------===//

/// Source of each row or column. All in float, as the reference has it.
static SmallVector<int64_t> getNearest(int64_t input, int64_t output,
                                       bool alignCorners,
                                       bool halfPixelCenters) {
  float scale =
      alignCorners && output > 1
          ? static_cast<float>(input - 1) / static_cast<float>(output - 1)
          : static_cast<float>(input) / static_cast<float>(output);
  float offset = halfPixelCenters ? 0.5f : 0.0f;
  SmallVector<int64_t> sources;
  for (int64_t i = 0; i < output; ++i) {
    float position = (static_cast<float>(i) + offset) * scale;
    float nearest = alignCorners ? std::round(position) : std::floor(position);
    sources.push_back(
        std::clamp<int64_t>(static_cast<int64_t>(nearest), 0, input - 1));
  }
  return sources;
}

FailureOr<Value> tflite::importResizeNearest(OpImporter &op) {
  const auto *options = op.getOptions<ResizeNearestNeighborOptions>();
  bool alignCorners = options && options->align_corners();
  bool halfPixelCenters = options && options->half_pixel_centers();
  if (failed(checkResize(op, alignCorners, halfPixelCenters)))
    return failure();
  ArrayRef<int64_t> x = op.getInput(0)->shape, y = op.getOutput().shape;
  FailureOr<Value> source = op.emitOperand(*op.getInput(0));
  if (failed(source))
    return failure();
  Value value = *source;
  // The dimension that grows least comes first: it makes what is between small.
  bool columnsFirst = y[2] * x[1] < y[1] * x[2];
  for (int turn = 0; turn < 2; ++turn) {
    unsigned axis = (turn == 0) == columnsFirst ? 2 : 1;
    value =
        emitTake(op, value, axis,
                 getNearest(x[axis], y[axis], alignCorners, halfPixelCenters));
  }
  return value;
}

//===----------------------------------------------------------------------===//
// RESIZE_BILINEAR
//===----------------------------------------------------------------------===//

namespace {
/// What each row or column of the output lies between, and the weight of the
/// second one.
template <typename Weight> struct Positions {
  SmallVector<int32_t> pairs;
  SmallVector<Weight> weights;
};
} // namespace

/// In units of 1/1024, all in int32 as the reference has it.
static Positions<int32_t> getIntegerPositions(int64_t input, int64_t output,
                                              bool alignCorners,
                                              bool halfPixelCenters) {
  constexpr int64_t one = 1 << 10;
  int64_t scale = (one * input + output / 2) / output;
  if (alignCorners && output > 1)
    scale = (one * (input - 1) + (output - 1) / 2) / (output - 1);
  Positions<int32_t> result;
  for (int64_t i = 0; i < output; ++i) {
    int64_t position = i * scale;
    if (halfPixelCenters)
      position += scale / 2 - one / 2;
    int64_t below = std::clamp<int64_t>(position / one, 0, input - 1);
    int64_t above =
        std::clamp<int64_t>((position + one - 1) / one, 0, input - 1);
    result.pairs.append(
        {static_cast<int32_t>(below), static_cast<int32_t>(above)});
    result.weights.push_back(static_cast<int32_t>(position - one * below));
  }
  return result;
}

static Positions<float> getFloatPositions(int64_t input, int64_t output,
                                          bool alignCorners,
                                          bool halfPixelCenters) {
  float scale = static_cast<float>(input) / static_cast<float>(output);
  if (alignCorners && output > 1)
    scale = static_cast<float>(input - 1) / static_cast<float>(output - 1);
  Positions<float> result;
  for (int64_t i = 0; i < output; ++i) {
    float position = static_cast<float>(i) * scale;
    if (halfPixelCenters) {
      // Rounded after the product, then after the difference.
      volatile float center = (static_cast<float>(i) + 0.5f) * scale;
      position = center - 0.5f;
    }
    auto below = std::clamp<int64_t>(static_cast<int64_t>(std::floor(position)),
                                     0, input - 1);
    auto above = std::clamp<int64_t>(static_cast<int64_t>(std::ceil(position)),
                                     0, input - 1);
    result.pairs.append(
        {static_cast<int32_t>(below), static_cast<int32_t>(above)});
    result.weights.push_back(position - static_cast<float>(below));
  }
  return result;
}

/// Appends the two arrays of one dimension.
template <typename Weight>
static void emitPositions(OpImporter &op, const Positions<Weight> &positions,
                          SmallVectorImpl<Value> &constants) {
  OpBuilder &builder = op.getBuilder();
  int64_t count = positions.weights.size();
  Type weight = std::is_same_v<Weight, float> ? Type(builder.getF32Type())
                                              : Type(builder.getI32Type());
  constants.push_back(op.emitConst(
      DenseElementsAttr::get(op.getType({count, 2}, builder.getI32Type()),
                             ArrayRef<int32_t>(positions.pairs))));
  constants.push_back(op.emitConst(DenseElementsAttr::get(
      op.getType({count}, weight), ArrayRef<Weight>(positions.weights))));
}

FailureOr<Value> tflite::importResizeBilinear(OpImporter &op) {
  const auto *options = op.getOptions<ResizeBilinearOptions>();
  bool alignCorners = options && options->align_corners();
  bool halfPixelCenters = options && options->half_pixel_centers();
  if (failed(checkResize(op, alignCorners, halfPixelCenters)))
    return failure();
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  // The reference computes uint8 in float, unlike int8 and int16.
  bool isUnsigned = input.type == TensorType_UINT8;
  bool isFloat = isUnsigned || input.type == TensorType_FLOAT32;
  SmallVector<Value> constants;
  for (unsigned dim : {1, 2}) {
    int64_t from = input.shape[dim], to = output.shape[dim];
    if (isFloat)
      emitPositions(op,
                    getFloatPositions(from, to, alignCorners, halfPixelCenters),
                    constants);
    else
      emitPositions(
          op, getIntegerPositions(from, to, alignCorners, halfPixelCenters),
          constants);
  }
  return ResizeBilinearOp::create(op.getBuilder(), op.getLoc(),
                                  op.getOutputType(), *value, constants,
                                  /*packed=*/Value(), /*dest=*/Value(),
                                  /*scratch=*/Value(),
                                  /*from_uint8=*/isUnsigned,
                                  /*kernel=*/StringAttr())
      .getResult();
}
