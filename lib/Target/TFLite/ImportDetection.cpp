//===- ImportDetection.cpp - TFLite_Detection_PostProcess -----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FlexOptions.h"
#include "OpImporter.h"
#include "stm32/Dialect/STM32/IR/STM32Custom.h"

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

static constexpr llvm::StringLiteral kCode = "TFLite_Detection_PostProcess";
static constexpr int64_t kNumOutputs = 4;
static constexpr int64_t kNumCoordinates =
    DetectionPostprocessOp::kNumCoordinates;
/// More than any network for a microcontroller has; scratch stays in 32 bits.
static constexpr int64_t kMaxAnchors = int64_t(1) << 24;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

namespace {
struct DetectionOptions {
  int64_t maxDetections = 0, classesPerDetection = 0, numClasses = 0;
  /// Of the regular suppression; 100 if the model does not say.
  int64_t detectionsPerClass = 100;
  bool isRegular = false;
  float scoreThreshold = 0.0f, iouThreshold = 0.0f;
  float scales[4] = {}; ///< of y, x, h, w

  /// Rows of the outputs.
  int64_t getRows() const { return maxDetections * classesPerDetection; }
};
} // namespace

/// Reads the options; returns what is wrong with them, or "".
static std::string readOptions(ArrayRef<uint8_t> bytes,
                               DetectionOptions &options) {
  FlexOptions reader(bytes);
  constexpr double kMost = limits::kStep;
  constexpr double kFloatMost = std::numeric_limits<float>::max();
  reader.read("max_detections", 1, kMost, options.maxDetections);
  reader.read("max_classes_per_detection", 1, kMost,
              options.classesPerDetection);
  reader.read("num_classes", 1, kMost, options.numClasses);
  reader.read("detections_per_class", 1, kMost, options.detectionsPerClass,
              /*isOptional=*/true);
  reader.read("use_regular_nms", 0, 1, options.isRegular, /*isOptional=*/true);
  reader.read("nms_score_threshold", -kFloatMost, kFloatMost,
              options.scoreThreshold);
  reader.read("nms_iou_threshold", 0, 1, options.iouThreshold);
  const char *keys[] = {"y_scale", "x_scale", "h_scale", "w_scale"};
  for (auto [key, scale] : llvm::zip_equal(keys, options.scales))
    reader.read(key, -kFloatMost, kFloatMost, scale);
  if (!reader.defect.empty())
    return reader.defect;
  if (options.iouThreshold == 0.0f)
    return "its option nms_iou_threshold is 0";
  for (auto [key, scale] : llvm::zip_equal(keys, options.scales))
    if (scale == 0.0f)
      return std::string("its option ") + key + " is 0";
  if (options.getRows() > limits::kStep)
    return "it has " + std::to_string(options.getRows()) + " detections";
  return "";
}

static SmallVector<SmallVector<int64_t>> getShapes(const DetectionOptions &o) {
  int64_t rows = o.getRows();
  return {{1, rows, kNumCoordinates}, {1, rows}, {1, rows}, {1}};
}

void tflite::inferDetectionShapes(ModelInfo &model, const OperatorInfo &op) {
  const auto *bytes = op.table->custom_options();
  DetectionOptions options;
  if (op.code != BuiltinOperator_CUSTOM || op.customCode != kCode ||
      op.outputs.size() != kNumOutputs || !bytes ||
      bytes->size() > limits::kOptionBytes ||
      !readOptions(ArrayRef<uint8_t>(bytes->data(), bytes->size()), options)
           .empty())
    return;
  for (auto [index, shape] : llvm::zip_equal(op.outputs, getShapes(options)))
    if (TensorInfo &tensor = model.tensors[index];
        tensor.shape.empty() && tensor.defect.empty() &&
        tensor.type == TensorType_FLOAT32)
      tensor.shape.assign(shape.begin(), shape.end());
}

//===----------------------------------------------------------------------===//
// Import (rule N90)
//===----------------------------------------------------------------------===//

/// An input as float32.
static FailureOr<Value> emitFloat(OpImporter &op, const TensorInfo &tensor) {
  if (tensor.type == TensorType_FLOAT32)
    return op.emitOperand(tensor);
  if (!isByte(tensor))
    return op.unsupported("tensor \"" + getDisplayName(tensor) +
                          "\" has type " + getTypeName(tensor.type));
  FailureOr<Quantization> quant = op.getQuantization(tensor);
  if (failed(quant))
    return failure();
  OpBuilder &builder = op.getBuilder();
  RankedTensorType type = op.getType(tensor.shape, builder.getF32Type());
  if (!tensor.isConstant) {
    FailureOr<Value> value = op.emitOperand(tensor);
    if (failed(value))
      return failure();
    return DequantizeOp::create(builder, op.getLoc(), type, *value,
                                /*dest=*/Value(), /*scratch=*/Value(),
                                APFloat(quant->scale), quant->zeroPoint,
                                /*kernel=*/StringAttr())
        .getResult();
  }
  if (failed(op.chargeConstant(int64_t(tensor.data.size()) * 4)))
    return failure();
  SmallVector<float> values;
  for (uint8_t byte : tensor.data) {
    int32_t value = tensor.type == TensorType_UINT8
                        ? int32_t(byte) + kUInt8Offset
                        : int32_t(static_cast<int8_t>(byte));
    values.push_back(static_cast<float>(value - quant->zeroPoint) *
                     quant->scale);
  }
  return op.emitConst(DenseElementsAttr::get(type, ArrayRef(values)));
}

static LogicalResult checkShapes(OpImporter &op,
                                 const DetectionOptions &options) {
  ArrayRef<int64_t> boxes = op.getInput(0)->shape;
  ArrayRef<int64_t> scores = op.getInput(1)->shape;
  ArrayRef<int64_t> anchors = op.getInput(2)->shape;
  if (boxes.size() != 3 || boxes[0] != 1 || boxes[2] < kNumCoordinates ||
      boxes[1] > kMaxAnchors)
    return op.unsupported("its boxes have shape " + formatShape(boxes) +
                          ", needed is 1xNx4");
  if (scores.size() != 3 || scores[0] != 1 || scores[1] != boxes[1] ||
      (scores[2] != options.numClasses && scores[2] != options.numClasses + 1))
    return op.invalid("its scores have shape " + formatShape(scores) + " for " +
                      Twine(boxes[1]) + " boxes and " +
                      Twine(options.numClasses) + " classes");
  if (anchors != ArrayRef<int64_t>({boxes[1], kNumCoordinates}))
    return op.invalid("its anchors have shape " + formatShape(anchors) +
                      " for " + Twine(boxes[1]) + " boxes");
  for (auto [index, shape] : llvm::enumerate(getShapes(options))) {
    const TensorInfo &output = op.getOutput(index);
    if (output.type != TensorType_FLOAT32)
      return op.unsupported("tensor \"" + getDisplayName(output) +
                            "\" has type " + getTypeName(output.type) +
                            ", only FLOAT32 is supported");
    if (output.getNumElements() != ShapedType::getNumElements(shape))
      return op.invalid("tensor \"" + getDisplayName(output) + "\" has shape " +
                        formatShape(output.shape) + ", but " +
                        formatShape(shape) + " follows from the options");
  }
  return success();
}

FailureOr<Value> tflite::importDetectionPostprocess(OpImporter &op) {
  if (op.getNumOutputs() != kNumOutputs)
    return op.invalid("it has " + Twine(op.getNumOutputs()) + " outputs");
  FailureOr<ArrayRef<uint8_t>> bytes = op.getCustomOptions();
  if (failed(bytes))
    return failure();
  DetectionOptions options;
  if (std::string defect = readOptions(*bytes, options); !defect.empty())
    return op.invalid(defect);
  // The reference writes to wrong places then.
  if (!options.isRegular && options.numClasses > 1 &&
      options.classesPerDetection > 1)
    return op.unsupported("fast suppression with " +
                          Twine(options.classesPerDetection) +
                          " classes per detection; only 1 is supported");
  if (failed(checkShapes(op, options)))
    return failure();

  SmallVector<Value> inputs;
  for (unsigned i = 0; i < 3; ++i) {
    FailureOr<Value> value = emitFloat(op, *op.getInput(i));
    if (failed(value))
      return failure();
    inputs.push_back(*value);
  }
  OpBuilder &builder = op.getBuilder();
  SmallVector<Type> types;
  for (unsigned i = 0; i < kNumOutputs; ++i)
    types.push_back(getTensorType(op.getOutput(i), builder.getContext()));
  auto result = DetectionPostprocessOp::create(
      builder, op.getLoc(), types, inputs, /*destinations=*/ValueRange(),
      /*scratch=*/Value(), options.maxDetections, options.numClasses,
      options.isRegular ? options.detectionsPerClass : 0,
      APFloat(options.scoreThreshold), APFloat(options.iouThreshold),
      options.scales, /*kernel=*/StringAttr());
  for (unsigned i = 1; i < kNumOutputs; ++i)
    op.setOutput(i, result.getOutputs()[i]);
  return result.getOutputs()[0];
}
