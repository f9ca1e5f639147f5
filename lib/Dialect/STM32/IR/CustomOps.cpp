//===- CustomOps.cpp - Operators of the user and of TFLM ------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Custom.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;

/// Types of all outputs, on tensors and on buffers.
static SmallVector<ShapedType> getOutputTypes(ComputeOpInterface op) {
  SmallVector<ShapedType> types;
  for (Value dest : op.getDests())
    types.push_back(cast<ShapedType>(dest.getType()));
  for (Type type : op->getResultTypes())
    types.push_back(cast<ShapedType>(type));
  return types;
}

/// Functions and kernels with many outputs read memory as it lies there.
static LogicalResult verifyChannelLast(ComputeOpInterface op) {
  SmallVector<ShapedType> types = getOutputTypes(op);
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    types.push_back(op.getActivationType(i));
  for (ShapedType type : types)
    if (getLayout(type) != Layout::NHWC)
      return op->emitOpError("needs channel-last tensors, got ") << type;
  return success();
}

static LogicalResult verifyScratch(ComputeOpInterface op, int64_t bytes) {
  if (bytes == 0 || !op.getDest())
    return success();
  Value scratch = op.getScratch();
  int64_t given = scratch ? cast<BufferType>(scratch.getType()).getBytes() : 0;
  if (given < bytes)
    return op->emitOpError("needs ")
           << bytes << " bytes of scratch, got " << given;
  return success();
}

//===----------------------------------------------------------------------===//
// Functions of the user
//===----------------------------------------------------------------------===//

static bool isIdentifier(StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) &&
         llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

static LogicalResult verifyQuantization(CustomOp op, unsigned index,
                                        ShapedType type) {
  auto quant = cast<QuantAttr>(op.getQuantization()[index]);
  int64_t scales = quant.getScales().size();
  if (scales <= 1)
    return success();
  if (quant.getDimension() >= type.getRank() ||
      type.getDimSize(quant.getDimension()) != scales)
    return op.emitOpError("quantization ")
           << index << " has " << scales << " scales along dimension "
           << quant.getDimension() << " of " << type;
  return success();
}

LogicalResult CustomOp::verify() {
  auto op = cast<ComputeOpInterface>(getOperation());
  if (!isIdentifier(getFunction()))
    return emitOpError("function '")
           << getFunction() << "' is not an identifier of C";
  SmallVector<ShapedType> types;
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    types.push_back(op.getActivationType(i));
  llvm::append_range(types, getOutputTypes(op));
  if (getQuantization().size() != types.size())
    return emitOpError("has ")
           << getQuantization().size() << " quantizations for " << types.size()
           << " inputs and outputs";
  for (auto [index, type] : llvm::enumerate(types))
    if (failed(verifyQuantization(*this, index, type)))
      return failure();
  int64_t positions = getInputs().size() + getAbsent().size();
  int64_t last = -1;
  for (int64_t position : getAbsent()) {
    if (position <= last || position >= positions)
      return emitOpError("absent inputs must be ascending positions below ")
             << positions;
    last = position;
  }
  if (getScratchBytes() > uint64_t(std::numeric_limits<int32_t>::max()))
    return emitOpError("needs ") << getScratchBytes() << " bytes of scratch";
  if (failed(verifyChannelLast(op)))
    return failure();
  return verifyScratch(op, getScratchBytes());
}

//===----------------------------------------------------------------------===//
// Detections
//===----------------------------------------------------------------------===//

LogicalResult DetectionPostprocessOp::verify() {
  auto op = cast<ComputeOpInterface>(getOperation());
  SmallVector<ShapedType> outputs = getOutputTypes(op);
  if (getInputs().size() != 3 || outputs.size() != 4)
    return emitOpError("needs 3 inputs and 4 outputs, got ")
           << getInputs().size() << " and " << outputs.size();
  SmallVector<ShapedType> types = outputs;
  for (unsigned i = 0; i < 3; ++i)
    types.push_back(op.getActivationType(i));
  for (ShapedType type : types)
    if (!type.getElementType().isF32())
      return emitOpError("needs float32, got ") << type;

  ShapedType boxes = op.getActivationType(0), scores = op.getActivationType(1);
  ShapedType anchors = op.getActivationType(2);
  if (boxes.getRank() != 3 || boxes.getDimSize(0) != 1 ||
      boxes.getDimSize(2) < kNumCoordinates)
    return emitOpError("needs encodings 1 x n x k with k of at least 4, got ")
           << boxes;
  int64_t count = boxes.getDimSize(1);
  int64_t classes = static_cast<int32_t>(getNumClasses());
  if (classes < 1)
    return emitOpError("has ") << classes << " classes";
  if (scores.getRank() != 3 || scores.getDimSize(0) != 1 ||
      scores.getDimSize(1) != count ||
      (scores.getDimSize(2) != classes && scores.getDimSize(2) != classes + 1))
    return emitOpError("needs scores 1 x ")
           << count << " x " << classes << " or one more, got " << scores;
  if (anchors.getShape() != ArrayRef<int64_t>({count, kNumCoordinates}))
    return emitOpError("needs anchors ") << count << " x 4, got " << anchors;

  int64_t rows = outputs[1].getNumElements();
  int64_t most = static_cast<int32_t>(getMaxDetections());
  if (most < 1 || most > rows)
    return emitOpError("has at most ")
           << most << " detections in outputs of " << rows << " rows";
  if (outputs[0].getNumElements() != rows * kNumCoordinates ||
      outputs[2].getNumElements() != rows || outputs[3].getNumElements() != 1)
    return emitOpError("needs outputs of 4 r, r, r and 1 elements");
  if (static_cast<int32_t>(getDetectionsPerClass()) < 0)
    return emitOpError("has ") << static_cast<int32_t>(getDetectionsPerClass())
                               << " detections per class";
  APFloat overlap = getIouThreshold();
  if (!(overlap > APFloat(0.0f) && overlap <= APFloat(1.0f)))
    return emitOpError("iou_threshold must be in (0, 1]");
  if (!getScoreThreshold().isFinite())
    return emitOpError("score_threshold must be finite");
  if (getScales().size() != kNumCoordinates)
    return emitOpError("has ") << getScales().size() << " scales, 4 are needed";
  for (float scale : getScales())
    if (!std::isfinite(scale) || scale == 0.0f)
      return emitOpError("has a scale that is 0 or not finite");
  if (getScratchSize() > std::numeric_limits<int32_t>::max())
    return emitOpError("needs ") << getScratchSize() << " bytes of scratch";
  return verifyScratch(op, getScratchSize());
}

int64_t DetectionPostprocessOp::getScratchSize() {
  // Decoded boxes, the best score and a flag of each; the detections so far.
  int64_t count = cast<ComputeOpInterface>(getOperation())
                      .getActivationType(0)
                      .getDimSize(1);
  int64_t perBox = kNumCoordinates * sizeof(float) + sizeof(float) + 1;
  int64_t perDetection = sizeof(float) + 2 * sizeof(int32_t);
  return int64_t(getMaxDetections()) * perDetection + count * perBox;
}

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32CustomOps.cpp.inc"
