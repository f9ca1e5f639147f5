//===- ImportQuantize.cpp - From one type to another ----------------------===//
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
// QUANTIZE and DEQUANTIZE (rules N13, N14, N15, N40)
//===----------------------------------------------------------------------===//

static FailureOr<Value> emitRequantize(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  // A softmax of int16 has a zero point.
  auto inputQuant = op.getQuantization(input, /*isAffine=*/true);
  if (failed(inputQuant))
    return failure();
  auto outputQuant = op.getQuantization(output);
  if (failed(outputQuant))
    return failure();
  qmath::Multiplier factor =
      qmath::requantMultiplier(inputQuant->scale, outputQuant->scale);
  bool isInt32 = input.type == TensorType_INT32;
  int64_t bound = isInt32 ? std::numeric_limits<int32_t>::max()
                  : input.type == TensorType_INT16
                      ? 32768 + std::abs(inputQuant->zeroPoint)
                      : 255;
  if (failed(op.checkMultiplier(factor, bound)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto requantize = RequantizeOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), inputQuant->zeroPoint,
      getRequant(op, factor, outputQuant->zeroPoint, getTypeRange(output)),
      StringAttr());
  return requantize.getResult();
}

FailureOr<Value> tflite::importQuantize(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  bool isFloat = input.type == TensorType_FLOAT32;
  bool isInt32 = input.type == TensorType_INT32;
  bool exists = isByte(output) || output.type == TensorType_INT16 ||
                (output.type == TensorType_INT32 && !isFloat && !isInt32);
  if (!exists)
    return op.unsupported("from " + getTypeName(input.type) + " to " +
                          getTypeName(output.type) + " is not supported");
  if (failed(op.checkOutputShape(input.shape)))
    return failure();
  if (!isFloat)
    return emitRequantize(op);
  auto quantization = op.getQuantization(output);
  if (failed(quantization))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto quantize = QuantizeOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), llvm::APFloat(quantization->scale), quantization->zeroPoint,
      StringAttr());
  return quantize.getResult();
}

/// The numbers of a constant of float16.
static FailureOr<Value> emitHalves(OpImporter &op, const TensorInfo &tensor) {
  if (failed(op.checkConstant(tensor, "input")) ||
      failed(op.chargeConstant(2 * tensor.data.size())))
    return failure();
  SmallVector<APFloat> values;
  for (size_t offset = 0; offset + 1 < tensor.data.size(); offset += 2) {
    APFloat value(APFloat::IEEEhalf(),
                  APInt(16, llvm::support::endian::read16le(tensor.data.data() +
                                                            offset)));
    bool losesInfo;
    value.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    values.push_back(value);
  }
  return op.emitConst(DenseElementsAttr::get(op.getOutputType(), values));
}

/// The numbers that an integer constant stands for.
static FailureOr<Value> emitDequantized(OpImporter &op,
                                        const TensorInfo &tensor,
                                        const Quantization &quantization) {
  if (failed(op.chargeConstant(4 * tensor.getNumElements())))
    return failure();
  SmallVector<float> values;
  bool isWide = tensor.type == TensorType_INT16;
  for (int64_t i = 0; i < tensor.getNumElements(); ++i) {
    int32_t value;
    if (isWide)
      value = static_cast<int16_t>(
          llvm::support::endian::read16le(tensor.data.data() + 2 * i));
    else if (tensor.type == TensorType_UINT8)
      value = tensor.data[i] + kUInt8Offset;
    else
      value = static_cast<int8_t>(tensor.data[i]);
    values.push_back(quantization.scale *
                     static_cast<float>(value - quantization.zeroPoint));
  }
  return op.emitConst(
      DenseElementsAttr::get(op.getOutputType(), ArrayRef(values)));
}

FailureOr<Value> tflite::importDequantize(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  if (output.type != TensorType_FLOAT32)
    return op.unsupported("from " + getTypeName(input.type) + " to " +
                          getTypeName(output.type) + " is not supported");
  if (failed(op.checkOutputShape(input.shape)))
    return failure();
  if (input.type == TensorType_FLOAT16)
    return emitHalves(op, input);
  auto quantization = op.getQuantization(input);
  if (failed(quantization))
    return failure();
  if (input.isConstant && input.type != TensorType_INT32)
    return emitDequantized(op, input, *quantization);
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto dequantize = DequantizeOp::create(
      op.getBuilder(), op.getLoc(), op.getOutputType(), *value, Value(),
      Value(), llvm::APFloat(quantization->scale), quantization->zeroPoint,
      StringAttr());
  return dequantize.getResult();
}

//===----------------------------------------------------------------------===//
// CAST (rule N39)
//===----------------------------------------------------------------------===//

FailureOr<Value> tflite::importCast(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  if (!(getTypeBit(output.type) & types::kAny))
    return op.unsupported("to " + getTypeName(output.type) +
                          " is not supported");
  if (failed(op.checkOutputShape(input.shape)))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  if (input.type == output.type)
    return value;
  OpBuilder &builder = op.getBuilder();
  // uint8 inside the graph is another number.
  Value source = emitOffset(builder, op.getLoc(), *value,
                            getBoundaryType(input, builder.getContext()));
  auto result =
      CastOp::create(builder, op.getLoc(),
                     getBoundaryType(output, builder.getContext()), source,
                     /*dest=*/Value(), /*scratch=*/Value(),
                     /*kernel=*/StringAttr());
  return emitOffset(builder, op.getLoc(), result.getResult(),
                    op.getOutputType());
}
