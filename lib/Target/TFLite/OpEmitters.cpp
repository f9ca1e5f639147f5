//===- OpEmitters.cpp - TOSA operations that import functions share -------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpImporter.h"
#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"
#include "llvm/Support/Endian.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

FailureOr<Value> OpImporter::emitOperand(const TensorInfo &tensor) {
  if (!tensor.isConstant)
    return graph.getValue(tensor);
  return emitConstant(tensor, tensor.shape);
}

/// Little-endian bytes as integers of the host.
template <typename T> static SmallVector<T> decode(ArrayRef<uint8_t> data) {
  SmallVector<T> values(data.size() / sizeof(T));
  for (auto [index, value] : llvm::enumerate(values))
    value = llvm::support::endian::read<T, llvm::endianness::little>(
        data.data() + index * sizeof(T));
  return values;
}

FailureOr<Value> OpImporter::emitConstant(const TensorInfo &tensor,
                                          ArrayRef<int64_t> shape) {
  FailureOr<DenseElementsAttr> values = readConstant(tensor, shape);
  if (failed(values))
    return failure();
  return emitConst(*values);
}

FailureOr<DenseElementsAttr> OpImporter::readConstant(const TensorInfo &tensor,
                                                      ArrayRef<int64_t> shape) {
  if (failed(chargeConstant(tensor.data.size())))
    return failure();
  auto type = RankedTensorType::get(
      shape, getElementType(tensor.type, builder.getContext()));
  switch (getElementBytes(tensor.type)) {
  case 1:
    if (tensor.type == TensorType_BOOL) {
      SmallVector<bool> values;
      for (uint8_t byte : tensor.data)
        values.push_back(byte != 0);
      return DenseElementsAttr::get(type, ArrayRef(values));
    }
    if (tensor.type == TensorType_UINT8) {
      SmallVector<int8_t> values;
      for (uint8_t byte : tensor.data)
        values.push_back(static_cast<int8_t>(byte + kUInt8Offset));
      return DenseElementsAttr::get(type, ArrayRef(values));
    }
    return DenseElementsAttr::getFromRawBuffer(
        type, ArrayRef<char>(reinterpret_cast<const char *>(tensor.data.data()),
                             tensor.data.size()));
  case 8:
    return DenseElementsAttr::get(type, ArrayRef(decode<int64_t>(tensor.data)));
  case 2:
    if (tensor.type == TensorType_FLOAT16) {
      SmallVector<APFloat> values;
      for (uint16_t bits : decode<uint16_t>(tensor.data))
        values.emplace_back(APFloat::IEEEhalf(), APInt(16, bits));
      return DenseElementsAttr::get(type, ArrayRef(values));
    }
    return DenseElementsAttr::get(type, ArrayRef(decode<int16_t>(tensor.data)));
  default:
    if (tensor.type == TensorType_FLOAT32)
      return DenseElementsAttr::get(type, ArrayRef(decode<float>(tensor.data)));
    return DenseElementsAttr::get(type, ArrayRef(decode<int32_t>(tensor.data)));
  }
}

Value OpImporter::emitConst(DenseElementsAttr values) {
  return tosa::ConstOp::create(builder, loc, values.getType(), values);
}

Value OpImporter::emitScalar(Type elementType, int64_t value) {
  return emitConst(DenseElementsAttr::get(
      getType({1}, elementType),
      static_cast<Attribute>(IntegerAttr::get(elementType, value))));
}

Value OpImporter::emitShape(ArrayRef<int64_t> shape) {
  return tosa::ConstShapeOp::create(
      builder, loc, tosa::shapeType::get(builder.getContext(), shape.size()),
      builder.getIndexTensorAttr(shape));
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

Value OpImporter::emitReshape(Value input, ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(input.getType());
  if (type.getShape() == shape)
    return input;
  return tosa::ReshapeOp::create(builder, loc,
                                 getType(shape, type.getElementType()), input,
                                 emitShape(shape));
}

Value OpImporter::emitSlice(Value input, ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(input.getType());
  if (type.getShape() == shape)
    return input;
  // One after the other: arguments are evaluated in no given order.
  Value start = emitShape(SmallVector<int64_t>(shape.size(), 0));
  Value size = emitShape(shape);
  return tosa::SliceOp::create(
      builder, loc, getType(shape, type.getElementType()), input, start, size);
}

Value OpImporter::emitRescale(Value input, Type elementType,
                              ArrayRef<qmath::Multiplier> factors,
                              int64_t inputZeroPoint, int64_t outputZeroPoint,
                              tosa::RoundingMode mode) {
  SmallVector<int32_t> multipliers;
  SmallVector<int8_t> shifts;
  for (const qmath::Multiplier &factor : factors) {
    multipliers.push_back(factor.multiplier);
    shifts.push_back(static_cast<int8_t>(factor.shift));
  }
  int64_t count = factors.size();
  auto type = cast<RankedTensorType>(input.getType());
  // Sums of 48 bits take multipliers of 16.
  bool scale32 = !type.getElementType().isInteger(48);
  Value multiplier;
  if (scale32) {
    multiplier = emitConst(DenseElementsAttr::get(
        getType({count}, builder.getI32Type()), ArrayRef(multipliers)));
  } else {
    SmallVector<int16_t> narrow(multipliers.begin(), multipliers.end());
    multiplier = emitConst(DenseElementsAttr::get(
        getType({count}, builder.getI16Type()), ArrayRef(narrow)));
  }
  Value shift = emitConst(DenseElementsAttr::get(
      getType({count}, builder.getI8Type()), ArrayRef(shifts)));
  Value inputZp = emitScalar(type.getElementType(), inputZeroPoint);
  Value outputZp = emitScalar(elementType, outputZeroPoint);
  return tosa::RescaleOp::create(
      builder, loc, getType(type.getShape(), elementType), input, multiplier,
      shift, inputZp, outputZp, scale32, mode,
      /*per_channel=*/count > 1, /*input_unsigned=*/false,
      /*output_unsigned=*/false);
}

Value OpImporter::emitClamp(Value input, qmath::Range range) {
  if (range == qmath::kInt8Range)
    return input;
  return tosa::ClampOp::create(builder, loc, input.getType(), input,
                               builder.getI8IntegerAttr(range.min),
                               builder.getI8IntegerAttr(range.max));
}

Value OpImporter::emitTable(Value input, ArrayRef<int8_t> table) {
  Value values = emitConst(
      DenseElementsAttr::get(getType({256}, builder.getI8Type()), table));
  auto op = tosa::TableOp::create(builder, loc, input.getType(), input, values);
  op->setAttr(kFunctionAttrName, builder.getStringAttr(getOperatorName(info)));
  return op;
}

Value OpImporter::emitTable(Value input, ArrayRef<int16_t> table) {
  Value values = emitConst(DenseElementsAttr::get(
      getType({int64_t(table.size())}, builder.getI16Type()), table));
  // TOSA's tables of int16 have results of 23 bits.
  return LookupOp::create(builder, loc, input.getType(), input, values,
                          /*packed=*/Value(), /*dest=*/Value(),
                          /*scratch=*/Value(), getOperatorName(info),
                          /*kernel=*/StringAttr())
      .getResult();
}

qmath::Range tflite::getTypeRange(const TensorInfo &tensor) {
  if (tensor.type == TensorType_INT32)
    return {std::numeric_limits<int32_t>::min(),
            std::numeric_limits<int32_t>::max()};
  return tensor.type == TensorType_INT16 ? qmath::Range{-32768, 32767}
                                         : qmath::kInt8Range;
}

RequantAttr tflite::getRequant(OpImporter &op, const qmath::Multiplier &factor,
                               int32_t zeroPoint, qmath::Range range) {
  return RequantAttr::get(op.getBuilder().getContext(), {factor.multiplier},
                          {factor.shift}, zeroPoint, range.min, range.max);
}

//===----------------------------------------------------------------------===//
// Geometry of windows
//===----------------------------------------------------------------------===//

std::optional<WindowAxis> tflite::computeWindow(int64_t input, int64_t window,
                                                int64_t stride, bool same) {
  WindowAxis axis;
  if (!same && input < window)
    return std::nullopt;
  axis.output =
      same ? llvm::divideCeil(input, stride) : (input - window) / stride + 1;
  int64_t reach = (axis.output - 1) * stride + window;
  int64_t padding = std::max<int64_t>(reach - input, 0);
  axis.padBefore = padding / 2;
  axis.padAfter = padding - axis.padBefore;
  axis.used = reach - padding;
  return axis;
}

FailureOr<Window2D> tflite::computeWindow2D(OpImporter &op,
                                            const WindowSpec &spec) {
  const TensorInfo &input = *op.getInput(0);
  if (failed(op.checkRank(input, 4)) || failed(op.checkRank(op.getOutput(), 4)))
    return failure();
  if (failed(op.checkStep(spec.windowH, "window height")) ||
      failed(op.checkStep(spec.windowW, "window width")) ||
      failed(op.checkStep(spec.strideH, "stride_h")) ||
      failed(op.checkStep(spec.strideW, "stride_w")) ||
      failed(op.checkStep(spec.dilationH, "dilation_h_factor")) ||
      failed(op.checkStep(spec.dilationW, "dilation_w_factor")))
    return failure();
  if (spec.padding != Padding_SAME && spec.padding != Padding_VALID)
    return op.invalid("padding is " + Twine(int(spec.padding)));
  bool same = spec.padding == Padding_SAME;
  auto height =
      computeWindow(input.shape[1], (spec.windowH - 1) * spec.dilationH + 1,
                    spec.strideH, same);
  auto width =
      computeWindow(input.shape[2], (spec.windowW - 1) * spec.dilationW + 1,
                    spec.strideW, same);
  if (!height || !width)
    return op.invalid("its window is greater than the input");
  return Window2D{*height, *width};
}

Value tflite::emitUsedInput(OpImporter &op, Value input,
                            const Window2D &window) {
  auto shape = cast<RankedTensorType>(input.getType()).getShape();
  return op.emitSlice(
      input, {shape[0], window.height.used, window.width.used, shape[3]});
}
