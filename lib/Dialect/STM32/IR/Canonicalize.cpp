//===- Canonicalize.cpp - Folders and canonical forms ---------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Canonical forms say one thing in one way; they never change the numbers. What
// trades one operator for another (fusion) is a pass of its own.
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Window.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

/// True if `op` may become an operator that is no window operator, which a
/// cascade would not take, nor is for any layout.
static bool mayChangeOperator(ComputeOpInterface op) {
  return !op.getDest() && !op.getKernelAttr() &&
         !isa<CascadeOp>(op->getParentOp()) &&
         getLayout(op.getActivationType(0)) == Layout::NHWC &&
         getLayout(op.getOutputType()) == Layout::NHWC;
}

/// Weights [1, KH, KW, O] as [O, KH, KW, 1].
static DenseElementsAttr putChannelsFirst(DenseElementsAttr weights) {
  ShapedType old = weights.getType();
  int64_t channels = old.getDimSize(3);
  auto type =
      RankedTensorType::get({channels, old.getDimSize(1), old.getDimSize(2), 1},
                            old.getElementType());
  auto values = llvm::to_vector(weights.getValues<Attribute>());
  int64_t taps = values.size() / channels;
  SmallVector<Attribute> moved;
  moved.reserve(values.size());
  for (int64_t channel = 0; channel < channels; ++channel)
    for (int64_t tap = 0; tap < taps; ++tap)
      moved.push_back(values[tap * channels + channel]);
  return DenseElementsAttr::get(type, moved);
}

namespace {
/// The dilation of a window that is one wide has no meaning: it is 1.
template <typename OpTy> struct DropDilation : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    SmallVector<int64_t> dilations(op.getDilations());
    for (int dim = 0; dim < 2; ++dim)
      if (op.getWindow()[dim] == 1)
        dilations[dim] = 1;
    if (ArrayRef(dilations) == op.getDilations())
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.setDilations(dilations); });
    return success();
  }
};

/// A 1x1 convolution of 1x1 images is a matrix product.
struct ConvolutionToFullyConnected : OpRewritePattern<Conv2DOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    ShapedType x = op.getActivationType(0), y = op.getOutputType();
    if (!mayChangeOperator(op) || !op.getWeights() || op.getGroups() != 1 ||
        op.getWeightScales())
      return failure();
    for (int dim = 0; dim < 2; ++dim)
      if (op.getWindow()[dim] != 1 || x.getDimSize(1 + dim) != 1 ||
          y.getDimSize(1 + dim) != 1 || op.getPadding()[2 * dim] != 0)
        return failure();
    auto type =
        RankedTensorType::get({y.getDimSize(3), x.getDimSize(3)},
                              op.getWeights().getType().getElementType());
    Value weights =
        ReshapeOp::create(rewriter, op.getLoc(), type, op.getWeights());
    auto product = FullyConnectedOp::create(
        rewriter, op.getLoc(), op.getResult().getType(), op.getInput(), weights,
        op.getBias(), /*packed=*/Value(), /*dest=*/Value(), /*scratch=*/Value(),
        op.getInputZpAttr(), op.getWeightsZpAttr(), op.getRequantAttr(),
        op.getFloatClampAttr(), /*weight_scales=*/DenseF32ArrayAttr(),
        /*asymmetric_inputs=*/UnitAttr(), /*kernel=*/StringAttr());
    rewriter.replaceOp(op, product);
    return success();
  }
};

/// A depthwise convolution of one channel is a convolution: all its outputs
/// read the same window. Quantisation on the fly (`weight_scales`) is left out,
/// its kernels differ in the order of floats.
struct DepthwiseToConvolution : OpRewritePattern<DepthwiseConv2DOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DepthwiseConv2DOp op,
                                PatternRewriter &rewriter) const override {
    DenseElementsAttr weights;
    if (!mayChangeOperator(op) || !op.getWeights() || op.getWeightScales() ||
        op.getActivationType(0).getDimSize(3) != 1 ||
        op.getOutChannels() == 1 ||
        !matchPattern(op.getWeights(), m_Constant(&weights)))
      return failure();
    DenseElementsAttr moved = putChannelsFirst(weights);
    Value constant = ConstantOp::create(rewriter, op.getWeights().getLoc(),
                                        moved.getType(), moved);
    Value operands[] = {op.getInput(), constant, op.getBias()};
    rewriter.replaceOpWithNewOp<Conv2DOp>(op, op->getResultTypes(), operands,
                                          op->getAttrs());
    return success();
  }
};
} // namespace

void Conv2DOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<DropDilation<Conv2DOp>, ConvolutionToFullyConnected>(context);
}

void DepthwiseConv2DOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                    MLIRContext *context) {
  patterns.add<DropDilation<DepthwiseConv2DOp>, DepthwiseToConvolution>(
      context);
}

//===----------------------------------------------------------------------===//
// FullyConnectedOp
//===----------------------------------------------------------------------===//

namespace {
/// A product reads its input as rows whatever the shape. Only a reshape of the
/// same source operator is taken in, or of one without names: others are
/// tensors that the user named.
struct TakeInputReshape : OpRewritePattern<FullyConnectedOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(FullyConnectedOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<ReshapeOp>();
    if (!reshape ||
        getTensorName(reshape.getLoc()) != getTensorName(op.getLoc()) ||
        getLayout(reshape.getInput().getType()) != Layout::NHWC ||
        getLayout(reshape.getType()) != Layout::NHWC)
      return failure();
    rewriter.modifyOpInPlace(
        op, [&] { op.getInputMutable().assign(reshape.getInput()); });
    return success();
  }
};

/// The same for the output, as long as the last dimension stays the features.
struct TakeOutputReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp reshape,
                                PatternRewriter &rewriter) const override {
    auto op = reshape.getInput().getDefiningOp<FullyConnectedOp>();
    auto type = cast<RankedTensorType>(reshape.getType());
    if (!op || !op->hasOneUse() ||
        getTensorName(reshape.getLoc()) != getTensorName(op.getLoc()) ||
        type.getRank() == 0 || type.getShape().back() != op.getOutFeatures() ||
        getLayout(op.getOutputType()) != Layout::NHWC ||
        getLayout(type) != Layout::NHWC)
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op->getResult(0).setType(type); });
    rewriter.replaceOp(reshape, op);
    return success();
  }
};
} // namespace

void FullyConnectedOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                   MLIRContext *context) {
  patterns.add<TakeInputReshape>(context);
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

namespace {
/// A pool over single values only clamps.
template <typename OpTy> struct PoolToClamp : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    std::optional<ArrayRef<int32_t>> clamp = op.getClamp();
    if (!mayChangeOperator(op) || !clamp ||
        !op.getOutputType().getElementType().isInteger(8) ||
        op.getActivationType(0) != op.getOutputType())
      return failure();
    for (int dim = 0; dim < 2; ++dim)
      if (op.getWindow()[dim] != 1 || op.getStrides()[dim] != 1 ||
          op.getPadding()[2 * dim] != 0)
        return failure();
    auto requant = RequantAttr::get(
        op.getContext(), {RequantAttr::kUnitMultiplier},
        {RequantAttr::kUnitShift}, /*zeroPoint=*/0, (*clamp)[0], (*clamp)[1]);
    rewriter.replaceOpWithNewOp<RequantizeOp>(
        op, op.getResult().getType(), op.getInput(), /*dest=*/Value(),
        /*scratch=*/Value(), /*input_zp=*/0, requant, /*kernel=*/StringAttr());
    return success();
  }
};
} // namespace

void AveragePool2DOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                  MLIRContext *context) {
  patterns.add<PoolToClamp<AveragePool2DOp>>(context);
}

void MaxPool2DOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<PoolToClamp<MaxPool2DOp>>(context);
}

//===----------------------------------------------------------------------===//
// RequantizeOp
//===----------------------------------------------------------------------===//

LogicalResult RequantizeOp::fold(FoldAdaptor,
                                 SmallVectorImpl<OpFoldResult> &results) {
  if (getDest() || getInput().getType() != getResult().getType())
    return failure();
  auto [low, high] = getIntegerRange(getOutputType().getElementType());
  RequantAttr requant = getRequant();
  if (!requant.isUnit() ||
      requant.getZeroPoint() != static_cast<int32_t>(getInputZp()) ||
      requant.getMin() > low || requant.getMax() < high)
    return failure();
  results.push_back(getInput());
  return success();
}

namespace {
/// Unit scaling with equal zero points is written with zero points 0.
struct NormalizeZeroPoints : OpRewritePattern<RequantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RequantizeOp op,
                                PatternRewriter &rewriter) const override {
    RequantAttr requant = op.getRequant();
    if (!requant.isUnit() || requant.getZeroPoint() == 0 ||
        requant.getZeroPoint() != static_cast<int32_t>(op.getInputZp()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setInputZp(0);
      op.setRequantAttr(RequantAttr::get(
          op.getContext(), requant.getMultiplier(), requant.getShift(),
          /*zeroPoint=*/0, requant.getMin(), requant.getMax()));
    });
    return success();
  }
};
} // namespace

namespace {
/// True if `op` is the step between uint8 and int8 at the boundary of a model.
static bool isOffset(RequantizeOp op) {
  RequantAttr requant = op.getRequant();
  auto inputZp = static_cast<int32_t>(op.getInputZp());
  bool fromUnsigned = inputZp == 128 && requant.getZeroPoint() == 0 &&
                      requant.getMin() == -128 && requant.getMax() == 127;
  bool toUnsigned = inputZp == 0 && requant.getZeroPoint() == 128 &&
                    requant.getMin() == 0 && requant.getMax() == 255;
  return !op.getDest() && requant.isUnit() &&
         op.getActivationType(0).getElementType() !=
             op.getOutputType().getElementType() &&
         (fromUnsigned || toUnsigned);
}

static RequantAttr offsetBy128(RequantAttr requant) {
  return RequantAttr::get(requant.getContext(), requant.getMultiplier(),
                          requant.getShift(), requant.getZeroPoint() + 128,
                          requant.getMin() + 128, requant.getMax() + 128);
}

/// The input, if `value` is it less 128 and nobody else needs that.
static Value getUnsignedInput(Value value) {
  auto offset = value.getDefiningOp<RequantizeOp>();
  if (!offset || !offset->hasOneUse() || !isOffset(offset) ||
      !offset.getActivationType(0).getElementType().isUnsignedInteger(8))
    return Value();
  return offset.getInput();
}

/// Requantisation can read uint8 itself.
struct ReadUnsigned : OpRewritePattern<RequantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RequantizeOp op,
                                PatternRewriter &rewriter) const override {
    Value input = getUnsignedInput(op.getInput());
    if (op.getDest() || op.getKernelAttr() || !input ||
        !op.getOutputType().getElementType().isSignlessInteger(8))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(input);
      op.setInputZp(static_cast<int32_t>(op.getInputZp()) + 128);
    });
    return success();
  }
};

/// The same for the step to float32.
struct DequantizeUnsigned : OpRewritePattern<DequantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DequantizeOp op,
                                PatternRewriter &rewriter) const override {
    Value input = getUnsignedInput(op.getInput());
    if (op.getDest() || op.getKernelAttr() || !input)
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(input);
      op.setZeroPoint(static_cast<int32_t>(op.getZeroPoint()) + 128);
    });
    return success();
  }
};

/// Requantisation and quantisation can write uint8 themselves.
struct WriteUnsigned : OpRewritePattern<RequantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RequantizeOp op,
                                PatternRewriter &rewriter) const override {
    Operation *source = op.getInput().getDefiningOp();
    Type type = op->getResult(0).getType();
    if (!isOffset(op) || op.getKernelAttr() || !source ||
        !source->hasOneUse() ||
        !op.getOutputType().getElementType().isUnsignedInteger(8))
      return failure();
    if (auto requantize = dyn_cast<RequantizeOp>(source);
        requantize && !requantize.getKernelAttr() &&
        requantize.getActivationType(0).getElementType().isSignlessInteger(8)) {
      rewriter.replaceOpWithNewOp<RequantizeOp>(
          op, type, requantize.getInput(), /*dest=*/Value(),
          /*scratch=*/Value(), requantize.getInputZp(),
          offsetBy128(requantize.getRequant()), /*kernel=*/StringAttr());
      return success();
    }
    if (auto quantize = dyn_cast<QuantizeOp>(source);
        quantize && !quantize.getKernelAttr()) {
      rewriter.replaceOpWithNewOp<QuantizeOp>(
          op, type, quantize.getInput(), /*dest=*/Value(),
          /*scratch=*/Value(), quantize.getScale(),
          static_cast<int32_t>(quantize.getZeroPoint()) + 128,
          /*kernel=*/StringAttr());
      return success();
    }
    return failure();
  }
};
} // namespace

void RequantizeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                               MLIRContext *context) {
  patterns.add<NormalizeZeroPoints, ReadUnsigned, WriteUnsigned>(context);
}

void DequantizeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                               MLIRContext *context) {
  patterns.add<DequantizeUnsigned>(context);
}

//===----------------------------------------------------------------------===//
// ReshapeOp
//===----------------------------------------------------------------------===//

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto value = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput()))
    return value.reshape(cast<ShapedType>(getType()));
  return {};
}

namespace {
/// Only the last of two reshapes counts, if nobody else reads the first.
struct MergeReshapes : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto first = op.getInput().getDefiningOp<ReshapeOp>();
    if (!first || !first->hasOneUse())
      return failure();
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), first.getInput());
    return success();
  }
};
} // namespace

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<MergeReshapes, TakeOutputReshape>(context);
}
