//===- Recurrent.cpp - Import of operators with states --------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Recurrent.h"

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

FailureOr<DenseElementsAttr> tflite::readWeights(OpImporter &op, unsigned index,
                                                 ArrayRef<int64_t> shape,
                                                 tflite::TensorType type) {
  const TensorInfo *tensor = op.getInput(index);
  std::string name = ("input " + Twine(index)).str();
  if (!tensor)
    return op.invalid(name + " is absent");
  if (failed(op.checkTensor(*tensor)) ||
      failed(op.checkConstant(*tensor, name)) ||
      failed(op.checkType(*tensor, type)))
    return failure();
  if (tensor->type != type)
    return op.unsupported(name + " has type " + getTypeName(tensor->type));
  if (ArrayRef<int64_t>(tensor->shape) != shape)
    return op.invalid(name + " has shape " + formatShape(tensor->shape) +
                      " instead of " + formatShape(shape));
  return op.readConstant(*tensor, shape);
}

FailureOr<float> tflite::getWeightScale(OpImporter &op, unsigned index) {
  const TensorInfo &tensor = *op.getInput(index);
  FailureOr<Quantization> quantization = op.getQuantization(tensor);
  if (failed(quantization))
    return failure();
  if (quantization->zeroPoint != 0)
    return op.unsupported("weights \"" + getDisplayName(tensor) +
                          "\" have the zero point " +
                          Twine(quantization->zeroPoint));
  return quantization->scale;
}

SmallVector<int64_t> tflite::sumRows(DenseElementsAttr matrix,
                                     int64_t columns) {
  SmallVector<int64_t> sums(matrix.getNumElements() / columns, 0);
  for (auto [index, value] : llvm::enumerate(matrix.getValues<APInt>()))
    sums[index / columns] += value.getSExtValue();
  return sums;
}

FailureOr<Value> tflite::emitInt32(OpImporter &op, ArrayRef<int64_t> shape,
                                   ArrayRef<int64_t> values) {
  SmallVector<int32_t> narrow;
  for (int64_t value : values) {
    if (value != static_cast<int32_t>(value))
      return op.unsupported("a bias with the zero points folded in, " +
                            Twine(value) + ", does not fit in 32 bits");
    narrow.push_back(static_cast<int32_t>(value));
  }
  return op.emitConst(DenseElementsAttr::get(
      op.getType(shape, op.getBuilder().getI32Type()), ArrayRef(narrow)));
}

RequantAttr tflite::makeRequant(OpImporter &op,
                                ArrayRef<qmath::Multiplier> factors,
                                int32_t zeroPoint, qmath::Range range) {
  SmallVector<int32_t> multipliers, shifts;
  for (const qmath::Multiplier &factor : factors) {
    multipliers.push_back(factor.multiplier);
    shifts.push_back(factor.shift);
  }
  return RequantAttr::get(op.getBuilder().getContext(), multipliers, shifts,
                          zeroPoint, range.min, range.max);
}
