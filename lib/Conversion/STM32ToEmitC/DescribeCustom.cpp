//===- DescribeCustom.cpp - Descriptors of functions of the user ----------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DescriptorUtils.h"

#include "stm32/Dialect/STM32/IR/STM32Custom.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Functions of the user
//===----------------------------------------------------------------------===//

static std::string floatField(StringRef name, float value) {
  return ("." + name + " = " + floatLiteral(value)).str();
}

/// `.name = (const type[]){...}`: an array without a name of its own.
static std::string arrayField(StringRef name, StringRef type,
                              ArrayRef<std::string> items) {
  std::string head = ("." + name + " = (const " + type + "[]){").str();
  return head + wrapItems(items, 6, 6 + head.size()) + "}";
}

static std::string describeTensor(ShapedType type, QuantAttr quant) {
  SmallVector<int64_t> shape(type.getShape());
  if (shape.empty())
    shape.push_back(0);
  SmallVector<std::string> items = {
      (".type = " + getTypeConstant(type.getElementType())).str(),
      field("rank", type.getRank()), fieldArray("shape", shape),
      field("count", type.getNumElements())};
  ArrayRef<float> scales = quant.getScales();
  ArrayRef<int32_t> zeroPoints = quant.getZeroPoints();
  if (!scales.empty()) {
    items.push_back(floatField("scale", scales[0]));
    items.push_back(field("zero_point", int64_t(zeroPoints[0])));
  }
  std::string text = "{" + wrapItems(items, 6, 6);
  if (scales.size() > 1) {
    SmallVector<std::string> scaleItems, zeroPointItems;
    for (auto [scale, zeroPoint] : llvm::zip_equal(scales, zeroPoints)) {
      scaleItems.push_back(floatLiteral(scale));
      zeroPointItems.push_back(intLiteral(zeroPoint));
    }
    text += ",\n      " + arrayField("channel_scales", "float", scaleItems) +
            ",\n      " +
            arrayField("channel_zero_points", "int32_t", zeroPointItems) +
            ",\n      " + field("channel_dimension", quant.getDimension());
  }
  return text + "}";
}

static FailureOr<KernelCall> describe(CustomOp op) {
  SmallVector<std::string> inputs, outputs, options;
  auto quants = op.getQuantization().getAsRange<QuantAttr>();
  auto quant = quants.begin();
  for (Value input : op.getInputs())
    inputs.push_back(
        describeTensor(cast<ShapedType>(input.getType()), *quant++));
  for (int64_t position : op.getAbsent())
    inputs.insert(inputs.begin() + position, "{.type = 0}");
  for (Value output : op.getDests())
    outputs.push_back(
        describeTensor(cast<ShapedType>(output.getType()), *quant++));
  for (int8_t byte : op.getOptions())
    options.push_back(std::to_string(static_cast<uint8_t>(byte)));

  auto tensors = [](StringRef name, ArrayRef<std::string> items) {
    return ("  ." + name + " = (const stm32rt_custom_tensor[]){\n    " +
            llvm::join(items, ",\n    ") + "},\n")
        .str();
  };
  std::string text = "{\n";
  if (!inputs.empty())
    text += tensors("inputs", inputs);
  text += tensors("outputs", outputs);
  text += "  " + field("input_count", int64_t(inputs.size())) + ", " +
          field("output_count", int64_t(outputs.size())) + ",\n";
  if (!options.empty())
    text += "  " + arrayField("options", "uint8_t", options) + ",\n  " +
            field("options_size", int64_t(options.size())) + ",\n";
  if (op.getScratchBytes())
    text += "  " + field("scratch_size", int64_t(op.getScratchBytes())) + ",\n";
  KernelCall call = {};
  call.type = "stm32rt_custom";
  call.descriptor = text + "}";
  return call;
}

std::string stm32::getCustomPrototype(CustomOp op) {
  std::string head = "void " + op.getFunction().str() + "(";
  return head + "const stm32rt_custom *d, const void *const x[],\n" +
         std::string(head.size(), ' ') + "void *const y[], void *scratch);";
}

std::string
stm32::getCustomCall(CustomOp op, StringRef descriptor,
                     ArrayRef<std::string> present,
                     ArrayRef<std::string> outputs, StringRef scratch) {
  SmallVector<std::string> inputs(present);
  for (int64_t position : op.getAbsent())
    inputs.insert(inputs.begin() + position, "NULL");
  auto array = [](StringRef head, ArrayRef<std::string> items) {
    return ("  " + head + "[] = {\n    " + llvm::join(items, ",\n    ") +
            "};\n")
        .str();
  };
  // An array of C has one element or more.
  std::string text;
  if (!inputs.empty())
    text = array("const void *const x", inputs);
  text += array("void *const y", outputs);
  SmallVector<std::string> arguments = {descriptor.str(),
                                        inputs.empty() ? "NULL" : "x", "y",
                                        scratch.str()};
  std::string head = "  " + op.getFunction().str() + "(";
  return text + head + wrapItems(arguments, head.size(), head.size()) + ");";
}

//===----------------------------------------------------------------------===//
// Detections
//===----------------------------------------------------------------------===//

static FailureOr<KernelCall> describe(DetectionPostprocessOp op) {
  ShapedType encodings = compute(op).getActivationType(0);
  ShapedType scores = compute(op).getActivationType(1);
  SmallVector<std::string> scales;
  for (float scale : op.getScales())
    scales.push_back(floatLiteral(scale));
  KernelCall call = makeCall(
      "stm32rt_detection",
      {{field("boxes", encodings.getDimSize(1)),
        field("box_stride", encodings.getDimSize(2))},
       {field("classes", op.getNumClasses()),
        field("score_stride", scores.getDimSize(2))},
       {field("max_detections", op.getMaxDetections()),
        field("rows", cast<ShapedType>(op.getDestinations()[1].getType())
                          .getNumElements()),
        field("detections_per_class", op.getDetectionsPerClass())},
       {floatField("score_threshold", op.getScoreThreshold().convertToFloat()),
        floatField("iou_threshold", op.getIouThreshold().convertToFloat())},
       {".scale = {" + llvm::join(scales, ", ") + "}"}});
  call.hasScratch = true;
  return call;
}

Description stm32::describeCustom(Operation *op) {
  return llvm::TypeSwitch<Operation *, Description>(op)
      .Case<CustomOp, DetectionPostprocessOp>(
          [](auto op) { return describe(op); })
      .Default(std::nullopt);
}
