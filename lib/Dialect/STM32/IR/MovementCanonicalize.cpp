//===- MovementCanonicalize.cpp - Folders of operators that move values ---===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Movement.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::stm32;

/// Copies are composed by their indices one by one; more are left as they are.
static constexpr int64_t kMaxComposed = int64_t(1) << 22;
/// A copy of a constant may be this many times as large as the constant before
/// it costs less to make it at run time.
static constexpr int64_t kMaxConstantGrowth = 2;

static bool isNHWC(Value value) {
  return getLayout(value.getType()) == Layout::NHWC;
}

/// True if `op` may be rewritten: on tensors, before a kernel was chosen.
static bool mayChange(StridedCopyOp op) {
  return !op.getDest() && !op.getKernelAttr() && isNHWC(op.getInput()) &&
         isNHWC(op->getResult(0));
}

//===----------------------------------------------------------------------===//
// StridedCopyOp
//===----------------------------------------------------------------------===//

template <typename T>
static DenseElementsAttr copyValues(DenseElementsAttr input,
                                    RankedTensorType type,
                                    ArrayRef<int64_t> indices) {
  auto values = input.getValues<T>();
  SmallVector<T> result;
  result.reserve(indices.size());
  for (int64_t index : indices)
    result.push_back(values[index]);
  return DenseElementsAttr::get(type, ArrayRef<T>(result));
}

static DenseElementsAttr copyConstant(DenseElementsAttr input,
                                      RankedTensorType type,
                                      ArrayRef<int64_t> indices) {
  Type element = type.getElementType();
  if (input.isSplat())
    return input.resizeSplat(type);
  if (element.isF32())
    return copyValues<float>(input, type, indices);
  if (element.isInteger(1))
    return copyValues<bool>(input, type, indices);
  if (element.isSignlessInteger(8))
    return copyValues<int8_t>(input, type, indices);
  if (element.isSignlessInteger(16))
    return copyValues<int16_t>(input, type, indices);
  if (element.isSignlessInteger(32))
    return copyValues<int32_t>(input, type, indices);
  if (element.isSignlessInteger(64))
    return copyValues<int64_t>(input, type, indices);
  return {};
}

LogicalResult StridedCopyOp::fold(FoldAdaptor adaptor,
                                  SmallVectorImpl<OpFoldResult> &results) {
  if (!mayChange(*this))
    return failure();
  auto type = cast<RankedTensorType>(getResult().getType());
  CopyLoops copy = getLoops();
  copy.simplify();
  if (getInput().getType() == type && copy.isRange()) {
    results.push_back(getInput());
    return success();
  }
  auto value = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput());
  if (!value ||
      type.getNumElements() > kMaxConstantGrowth * value.getNumElements())
    return failure();
  DenseElementsAttr folded = copyConstant(value, type, copy.getInputIndices());
  if (!folded)
    return failure();
  results.push_back(folded);
  return success();
}

/// `op` with other loops, which write the whole result in order.
static StridedCopyOp makeCopy(PatternRewriter &rewriter, StridedCopyOp op,
                              Value input, const CopyLoops &copy,
                              StringAttr function) {
  SmallVector<int64_t> sizes, strides;
  for (const CopyLoop &loop : copy.loops) {
    sizes.push_back(loop.size);
    strides.push_back(loop.input);
  }
  return StridedCopyOp::create(
      rewriter, op.getLoc(), op->getResult(0).getType(), input,
      /*dest=*/Value(), /*scratch=*/Value(), copy.inputOffset, sizes, strides,
      /*dest_offset=*/0, /*dest_strides=*/DenseI64ArrayAttr(), function,
      /*kernel=*/StringAttr());
}

namespace {
/// The fewest loops.
struct SimplifyLoops : OpRewritePattern<StridedCopyOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StridedCopyOp op,
                                PatternRewriter &rewriter) const override {
    CopyLoops copy = op.getLoops();
    copy.simplify();
    if (!mayChange(op) || copy.loops.size() == op.getSizes().size())
      return failure();
    rewriter.replaceOp(
        op, makeCopy(rewriter, op, op.getInput(), copy, op.getFunctionAttr()));
    return success();
  }
};

/// A copy of everything in order is a reshape.
struct CopyToReshape : OpRewritePattern<StridedCopyOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StridedCopyOp op,
                                PatternRewriter &rewriter) const override {
    CopyLoops copy = op.getLoops();
    copy.simplify();
    if (!mayChange(op) || !copy.isRange() || op.getOffset() != 0 ||
        op.getActivationType(0).getNumElements() !=
            op.getOutputType().getNumElements())
      return failure();
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op->getResult(0).getType(),
                                           op.getInput());
    return success();
  }
};

/// A reshape in front of a copy changes nothing: elements are numbered in
/// row-major order.
struct TakeReshape : OpRewritePattern<StridedCopyOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StridedCopyOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<ReshapeOp>();
    if (!mayChange(op) || !reshape || !isNHWC(reshape.getInput()))
      return failure();
    rewriter.modifyOpInPlace(
        op, [&] { op.getInputMutable().assign(reshape.getInput()); });
    return success();
  }
};

/// Two copies are one where loops can say it, unless others read the first.
struct ComposeCopies : OpRewritePattern<StridedCopyOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StridedCopyOp op,
                                PatternRewriter &rewriter) const override {
    auto first = op.getInput().getDefiningOp<StridedCopyOp>();
    if (!first || !first->hasOneUse() || !mayChange(op) || !mayChange(first) ||
        op.getOutputType().getNumElements() > kMaxComposed ||
        first.getOutputType().getNumElements() > kMaxComposed)
      return failure();
    SmallVector<int64_t> sources = first.getLoops().getInputIndices();
    SmallVector<int64_t> indices = op.getLoops().getInputIndices();
    for (int64_t &index : indices)
      index = sources[index];
    std::optional<CopyLoops> copy = findLoops(indices);
    if (!copy)
      return failure();
    rewriter.replaceOp(op, makeCopy(rewriter, op, first.getInput(), *copy,
                                    op.getFunctionAttr()));
    return success();
  }
};
} // namespace

void StridedCopyOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                MLIRContext *context) {
  patterns.add<SimplifyLoops, CopyToReshape, TakeReshape, ComposeCopies>(
      context);
}

//===----------------------------------------------------------------------===//
// PadOp, ConcatOp
//===----------------------------------------------------------------------===//

LogicalResult PadOp::fold(FoldAdaptor, SmallVectorImpl<OpFoldResult> &results) {
  auto isZero = [](int64_t amount) { return amount == 0; };
  if (getDest() || getInput().getType() != getResult().getType() ||
      !llvm::all_of(getBefore(), isZero) || !llvm::all_of(getAfter(), isZero))
    return failure();
  results.push_back(getInput());
  return success();
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getInputs().size() == 1 && getInputs().front().getType() == getType())
    return getInputs().front();
  return {};
}
