//===- Rows.cpp - Operators that run row by row ---------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Rows.h"

#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"

#include "mlir/IR/BuiltinTypes.h"

#include <algorithm>

using namespace mlir;
using namespace mlir::stm32;

/// One channel-last image of known rows.
static bool isImage(ShapedType type) {
  return type.getRank() == 4 && type.getDimSize(0) == 1 &&
         getLayout(type) == Layout::NHWC;
}

/// True if each window of `op` is all rows of the image.
static bool readsAllRows(WindowOpInterface op) {
  auto compute = cast<ComputeOpInterface>(op.getOperation());
  return compute.getOutputType().getDimSize(1) == 1 &&
         compute.getOutputType().getDimSize(2) == 1 &&
         op.getWindow()[0] == compute.getActivationType(0).getDimSize(1) &&
         op.getWindow()[1] == compute.getActivationType(0).getDimSize(2) &&
         llvm::all_of(op.getPadding(), [](int64_t pad) { return pad == 0; });
}

/// True if a tensor of `type`, broadcast to an image, repeats in all rows.
static bool repeatsInRows(ShapedType type) {
  return type.getRank() < 3 || type.getDimSize(type.getRank() - 3) == 1;
}

static bool isElementwise(ComputeOpInterface op) {
  if (!isa<BinaryOp, UnaryOp, LookupOp, RequantizeOp, QuantizeOp, DequantizeOp>(
          op.getOperation()))
    return false;
  ShapedType output = op.getOutputType();
  if (!isImage(output))
    return false;
  for (unsigned i = 0; i < op.getNumActivations(); ++i) {
    ShapedType type = op.getActivationType(i);
    if (getLayout(type) != Layout::NHWC)
      return false;
    if (!repeatsInRows(type) && type.getShape() != output.getShape())
      return false;
  }
  return true;
}

RowKind stm32::getRowKind(Operation *op) {
  if (auto window = dyn_cast<WindowOpInterface>(op)) {
    auto compute = cast<ComputeOpInterface>(op);
    if (compute.getOutputType().getRank() != 4 ||
        compute.getOutputType().getDimSize(0) != 1)
      return RowKind::None;
    bool isInt8 = compute.getActivationType(0).getElementType().isInteger(8);
    if (isa<AveragePool2DOp>(op) && isInt8 && readsAllRows(window) &&
        isImage(compute.getActivationType(0)) &&
        compute.getActivationType(0).getDimSize(1) > 1)
      return RowKind::Collecting;
    return RowKind::Window;
  }
  auto compute = dyn_cast<ComputeOpInterface>(op);
  return compute && isElementwise(compute) ? RowKind::Elementwise
                                           : RowKind::None;
}

bool stm32::runsByRows(ComputeOpInterface op) {
  auto conv = dyn_cast<Conv2DOp>(op.getOperation());
  return isa<WindowOpInterface>(op.getOperation()) &&
         isImage(op.getOutputType()) && isImage(op.getActivationType(0)) &&
         !(conv && conv.getGroups() > 1);
}

int64_t stm32::getNumRows(ComputeOpInterface op) {
  if (getRowKind(op) == RowKind::Collecting)
    return op.getActivationType(0).getDimSize(1);
  return op.getOutputType().getDimSize(1);
}

RowRange RowMap::read(int64_t first, int64_t count) const {
  if (readsAll)
    return {0, numRows};
  int64_t begin = first * stride + offset;
  int64_t end = (first + count - 1) * stride + offset + extent;
  return {std::clamp<int64_t>(begin, 0, numRows),
          std::clamp<int64_t>(end, 0, numRows)};
}

RowMap stm32::getWindowRowMap(WindowOpInterface op) {
  auto compute = cast<ComputeOpInterface>(op.getOperation());
  return {compute.getActivationType(0).getDimSize(1), op.getStrides()[0],
          -op.getPadding()[0],
          (op.getWindow()[0] - 1) * op.getDilations()[0] + 1};
}

RowMap stm32::getRowMap(ComputeOpInterface op, unsigned index) {
  if (getRowKind(op) == RowKind::Window)
    return getWindowRowMap(cast<WindowOpInterface>(op.getOperation()));
  ShapedType type = op.getActivationType(index);
  RowMap map{repeatsInRows(type) ? 1 : type.getDimSize(type.getRank() - 3)};
  map.readsAll = repeatsInRows(type);
  return map;
}

int64_t stm32::getCollectedBytes(ComputeOpInterface op) {
  return 4 * op.getOutputType().getShape().back();
}
