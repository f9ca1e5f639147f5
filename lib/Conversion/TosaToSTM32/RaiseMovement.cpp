//===- RaiseMovement.cpp - Operators that move values ---------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Raiser.h"
#include "stm32/Dialect/STM32/IR/STM32Movement.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::stm32;

/// Distance of the elements of each dimension in row-major order.
static SmallVector<int64_t> getStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  return strides;
}

static SmallVector<int64_t> getIntegers(DenseIntElementsAttr values) {
  SmallVector<int64_t> integers;
  for (const APInt &value : values)
    integers.push_back(value.getSExtValue());
  return integers;
}

/// Makes a copy with these loops, which write the result in order; `function`
/// is the operator's name unless the operation has another one.
static std::string raiseCopy(Raiser &raiser, Operation *op, Value source,
                             CopyLoops copy, StringRef function) {
  Value input;
  if (std::string reason = raiser.readInput(source, input); !reason.empty())
    return reason;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  int64_t dest = 1;
  for (CopyLoop &loop : llvm::reverse(copy.loops)) {
    loop.dest = dest;
    dest *= loop.size;
  }
  copy.simplify();
  if (copy.loops.size() > kMaxCopyLoops)
    return "at most 6 dimensions are supported";
  SmallVector<int64_t> sizes, strides;
  for (const CopyLoop &loop : copy.loops) {
    sizes.push_back(loop.size);
    strides.push_back(loop.input);
  }
  auto name = op->getAttrOfType<StringAttr>(kFunctionAttrName);
  OpBuilder &builder = raiser.getBuilder();
  auto result = StridedCopyOp::create(
      builder, op->getLoc(), type, input, /*dest=*/Value(),
      /*scratch=*/Value(), copy.inputOffset, sizes, strides,
      /*dest_offset=*/0, /*dest_strides=*/DenseI64ArrayAttr(),
      name ? name : builder.getStringAttr(function), /*kernel=*/StringAttr());
  raiser.map(op->getResult(0), result->getResult(0));
  return "";
}

static std::string raiseTranspose(Raiser &raiser, tosa::TransposeOp op) {
  ArrayRef<int64_t> shape = op.getInput1().getType().getShape();
  SmallVector<int64_t> strides = getStrides(shape);
  CopyLoops copy;
  for (int32_t dim : op.getPerms())
    copy.loops.push_back({shape[dim], strides[dim], 0});
  return raiseCopy(raiser, op, op.getInput1(), copy, "TRANSPOSE");
}

static std::string raiseSlice(Raiser &raiser, tosa::SliceOp op) {
  DenseIntElementsAttr starts = getConstant(op.getStart());
  if (!starts)
    return "its start must be constant";
  ArrayRef<int64_t> shape =
      cast<ShapedType>(op.getInput1().getType()).getShape();
  ArrayRef<int64_t> sizes = cast<ShapedType>(op.getType()).getShape();
  SmallVector<int64_t> strides = getStrides(shape);
  CopyLoops copy;
  for (auto [dim, start] : llvm::enumerate(getIntegers(starts))) {
    if (start < 0 || start + sizes[dim] > shape[dim])
      return "it starts or ends outside of its input";
    copy.inputOffset += start * strides[dim];
    copy.loops.push_back({sizes[dim], strides[dim], 0});
  }
  return raiseCopy(raiser, op, op.getInput1(), copy, "SLICE");
}

static std::string raiseReverse(Raiser &raiser, tosa::ReverseOp op) {
  ArrayRef<int64_t> shape = cast<ShapedType>(op.getType()).getShape();
  SmallVector<int64_t> strides = getStrides(shape);
  CopyLoops copy;
  for (auto [dim, size] : llvm::enumerate(shape)) {
    bool isReversed = dim == op.getAxis();
    if (isReversed)
      copy.inputOffset = (size - 1) * strides[dim];
    copy.loops.push_back({size, isReversed ? -strides[dim] : strides[dim], 0});
  }
  return raiseCopy(raiser, op, op.getInput1(), copy, "REVERSE_V2");
}

static std::string raiseTile(Raiser &raiser, tosa::TileOp op) {
  ArrayRef<int64_t> shape =
      cast<ShapedType>(op.getInput1().getType()).getShape();
  ArrayRef<int64_t> sizes = cast<ShapedType>(op.getType()).getShape();
  SmallVector<int64_t> strides = getStrides(shape);
  CopyLoops copy;
  for (auto [dim, size] : llvm::enumerate(shape)) {
    if (sizes[dim] % size != 0)
      return "its result is no multiple of its input";
    if (sizes[dim] != size)
      copy.loops.push_back({sizes[dim] / size, 0, 0});
    copy.loops.push_back({size, strides[dim], 0});
  }
  return raiseCopy(raiser, op, op.getInput1(), copy, "TILE");
}

static std::string raiseConcat(Raiser &raiser, tosa::ConcatOp op) {
  SmallVector<Value> inputs;
  for (Value operand : op.getInput1()) {
    Value input;
    if (std::string reason = raiser.readInput(operand, input); !reason.empty())
      return reason;
    inputs.push_back(input);
  }
  raiser.map(op.getResult(),
             ConcatOp::create(raiser.getBuilder(), op.getLoc(), op.getType(),
                              inputs, op.getAxis()));
  return "";
}

/// TOSA gathers rows: values [N, K, C] and indices [N, W] give [N, W, C].
static std::string raiseGather(Raiser &raiser, tosa::GatherOp op) {
  Value values, indices;
  std::string reason = raiser.readInput(op.getValues(), values);
  if (reason.empty())
    reason = raiser.readInput(op.getIndices(), indices);
  if (!reason.empty())
    return reason;
  auto result = GatherOp::create(
      raiser.getBuilder(), op.getLoc(), op.getType(), values, indices,
      /*dest=*/Value(), /*scratch=*/Value(), /*axis=*/1, /*batch_dims=*/1,
      /*kernel=*/StringAttr());
  raiser.map(op.getResult(), result->getResult(0));
  return "";
}

/// The value of a pad as the stm32 dialect has it, or null.
static TypedAttr getPadValue(OpBuilder &builder, Value operand) {
  DenseElementsAttr value;
  if (!matchPattern(operand, m_Constant(&value)) || value.empty())
    return {};
  Type element = value.getElementType();
  if (element.isF32())
    return FloatAttr::get(element, *value.value_begin<APFloat>());
  auto integer = dyn_cast<IntegerType>(element);
  if (!integer || integer.getWidth() > 64)
    return {};
  APInt number = *value.value_begin<APInt>();
  bool isSigned = integer.isSignless() && integer.getWidth() > 1;
  return builder.getIntegerAttr(
      builder.getIntegerType(integer.getWidth() == 64 ? 64 : 32),
      isSigned ? number.getSExtValue() : number.getZExtValue());
}

static std::string raisePad(Raiser &raiser, tosa::PadOp op) {
  OpBuilder &builder = raiser.getBuilder();
  DenseIntElementsAttr amounts = getConstant(op.getPadding());
  TypedAttr value = getPadValue(builder, op.getPadConst());
  if (!amounts || !value)
    return "padding and its value must be constant";
  if (cast<ShapedType>(op.getType()).getRank() > kMaxCopyLoops)
    return "at most 6 dimensions are supported";
  Value input;
  if (std::string reason = raiser.readInput(op.getInput1(), input);
      !reason.empty())
    return reason;
  SmallVector<int64_t> before, after;
  for (auto [index, amount] : llvm::enumerate(getIntegers(amounts)))
    (index % 2 ? after : before).push_back(amount);
  auto result =
      PadOp::create(builder, op.getLoc(), op.getType(), input, /*dest=*/Value(),
                    /*scratch=*/Value(), before, after, value,
                    /*kernel=*/StringAttr());
  raiser.map(op.getResult(), result->getResult(0));
  return "";
}

static std::string raiseReshape(Raiser &raiser, tosa::ReshapeOp op) {
  Value input;
  if (std::string reason = raiser.readInput(op.getInput1(), input);
      !reason.empty())
    return reason;
  raiser.map(op.getResult(), ReshapeOp::create(raiser.getBuilder(), op.getLoc(),
                                               op.getType(), input));
  return "";
}

static std::string raiseIdentity(Raiser &raiser, tosa::IdentityOp op) {
  Value input;
  std::string reason = raiser.readInput(op.getInput1(), input);
  if (reason.empty())
    raiser.map(op.getResult(), input);
  return reason;
}

Raised stm32::raiseMovement(Raiser &raiser, Operation *op) {
  return llvm::TypeSwitch<Operation *, Raised>(op)
      .Case([&](tosa::ConcatOp op) { return raiseConcat(raiser, op); })
      .Case([&](tosa::GatherOp op) { return raiseGather(raiser, op); })
      .Case([&](tosa::IdentityOp op) { return raiseIdentity(raiser, op); })
      .Case([&](tosa::PadOp op) { return raisePad(raiser, op); })
      .Case([&](tosa::ReshapeOp op) { return raiseReshape(raiser, op); })
      .Case([&](tosa::ReverseOp op) { return raiseReverse(raiser, op); })
      .Case([&](tosa::SliceOp op) { return raiseSlice(raiser, op); })
      .Case([&](tosa::TileOp op) { return raiseTile(raiser, op); })
      .Case([&](tosa::TransposeOp op) { return raiseTranspose(raiser, op); })
      .Default([](Operation *) { return std::nullopt; });
}
