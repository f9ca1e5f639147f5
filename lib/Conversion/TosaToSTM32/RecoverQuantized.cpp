//===- RecoverQuantized.cpp - Quantised operators from their steps --------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RecoverOperators.h"

#include "stm32/Dialect/STM32/IR/STM32Reduction.h"

#include "mlir/IR/Matchers.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Between floats and integers
//===----------------------------------------------------------------------===//

/// The scales whose inverse, rounded to float32, is `inverse`; the one whose
/// inverse is nearest comes first.
static SmallVector<float> getScales(float inverse) {
  SmallVector<float> scales;
  if (!(inverse > 0.0f) || !std::isfinite(1.0f / inverse))
    return scales;
  constexpr int kSteps = 4;
  float scale = 1.0f / inverse;
  for (int i = 0; i < kSteps; ++i)
    scale = std::nextafter(scale, 0.0f);
  for (int i = 0; i <= 2 * kSteps; ++i) {
    if (std::isnormal(scale) && 1.0f / scale == inverse)
      scales.push_back(scale);
    scale = std::nextafter(scale, std::numeric_limits<float>::infinity());
  }
  auto getOrder = [&](float scale) {
    return std::pair(std::abs(1.0 / scale - inverse), scale);
  };
  llvm::sort(scales, [&](float lhs, float rhs) {
    return getOrder(lhs) < getOrder(rhs);
  });
  return scales;
}

/// The factor of a product with one float32 constant; `value` is the rest.
static std::optional<float> matchFactor(Value product, Value &value) {
  auto mul = product.getDefiningOp<tosa::MulOp>();
  if (!mul || !isFloat32(product))
    return std::nullopt;
  value = mul.getInput1();
  std::optional<float> factor = getSplatFloat(mul.getInput2());
  if (!factor) {
    value = mul.getInput2();
    factor = getSplatFloat(mul.getInput1());
  }
  return value.getType() == mul.getType() ? factor : std::nullopt;
}

/// The float of which `cast` is the integer.
static Value matchFloatCast(Value cast, unsigned bits) {
  auto op = cast.getDefiningOp<tosa::CastOp>();
  return op && hasBits(cast, bits) && isFloat32(op.getInput()) ? op.getInput()
                                                               : Value();
}

static Value createConstant(PatternRewriter &rewriter, Location loc,
                            unsigned bits, int64_t number) {
  auto type = RankedTensorType::get({1}, rewriter.getIntegerType(bits));
  auto values = DenseElementsAttr::get(
      type, static_cast<Attribute>(
                rewriter.getIntegerAttr(type.getElementType(), number)));
  return tosa::ConstOp::create(rewriter, loc, type, values);
}

/// A rescale of `input` to int32 by 2^(30 - shift).
static Value createRescale(PatternRewriter &rewriter, Location loc, Type type,
                           Value input, int32_t shift, Value inputZp) {
  Value factor =
      createConstant(rewriter, loc, 32, RequantAttr::kUnitMultiplier);
  Value bits = createConstant(rewriter, loc, 8, shift);
  Value outputZp = createConstant(rewriter, loc, 32, 0);
  return tosa::RescaleOp::create(
      rewriter, loc, type, input, factor, bits, inputZp, outputZp,
      /*scale32=*/true, tosa::RoundingMode::DOUBLE_ROUND,
      /*per_channel=*/false, /*input_unsigned=*/false,
      /*output_unsigned=*/false);
}

namespace {

/// x * (1 / scale), cast to an integer, and the zero point added before it is
/// cast to its small type.
struct RecoverQuantize : OpRewritePattern<tosa::CastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tosa::CastOp op,
                                PatternRewriter &rewriter) const override {
    unsigned bits = hasBits(op.getOutput(), 8) ? 8 : 16;
    if (!hasBits(op.getOutput(), bits))
      return failure();
    int64_t zeroPoint = 0;
    Value product = matchFloatCast(op.getOutput(), bits);
    if (!product) {
      auto add = op.getInput().getDefiningOp<tosa::AddOp>();
      std::optional<int64_t> number =
          add ? getSplatInteger(add.getInput2()) : std::nullopt;
      if (!number || !llvm::isIntN(bits, *number))
        return failure();
      zeroPoint = *number;
      product = matchFloatCast(add.getInput1(), 32);
    }
    Value input;
    std::optional<float> inverse =
        product ? matchFactor(product, input) : std::nullopt;
    if (!inverse || cast<ShapedType>(input.getType()).getShape() !=
                        cast<ShapedType>(op.getType()).getShape())
      return failure();
    SmallVector<float> scales = getScales(*inverse);
    if (scales.empty())
      return failure();
    if (scales.size() > 1)
      op.emitWarning("the scale of a quantisation is not unique: TOSA has only "
                     "its inverse ")
          << *inverse << "; " << scales[0]
          << " is taken, values at the border of two steps may differ by one "
             "from the source model";
    rewriter.replaceOpWithNewOp<QuantizeOp>(
        op, op.getType(), input, /*dest=*/Value(), /*scratch=*/Value(),
        llvm::APFloat(scales[0]), zeroPoint, /*kernel=*/StringAttr());
    return success();
  }
};

/// scale * (float(x) - zero point).
struct RecoverDequantize : OpRewritePattern<tosa::MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tosa::MulOp op,
                                PatternRewriter &rewriter) const override {
    Value value;
    std::optional<float> scale = matchFactor(op.getOutput(), value);
    if (!scale || !std::isfinite(*scale) || !(*scale > 0.0f))
      return failure();
    int64_t zeroPoint = 0;
    if (auto sub = value.getDefiningOp<tosa::SubOp>()) {
      std::optional<float> number = getSplatFloat(sub.getInput2());
      if (!number || std::abs(*number) > INT16_MAX + 1 ||
          std::round(*number) != *number)
        return failure();
      zeroPoint = static_cast<int64_t>(*number);
      value = sub.getInput1();
    }
    auto cast = value.getDefiningOp<tosa::CastOp>();
    if (!cast || cast.getOutput().getType() != op.getType())
      return failure();
    Value input = cast.getInput();
    if (!(hasBits(input, 8) && llvm::isInt<8>(zeroPoint)) &&
        !(hasBits(input, 16) && llvm::isInt<16>(zeroPoint)))
      return failure();
    rewriter.replaceOpWithNewOp<DequantizeOp>(
        op, op.getType(), input, /*dest=*/Value(), /*scratch=*/Value(),
        llvm::APFloat(*scale), zeroPoint, /*kernel=*/StringAttr());
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Unsigned values
//===----------------------------------------------------------------------===//

/// From or to the uint8 of an input or output.
struct RecoverUnsignedRescale : OpRewritePattern<tosa::RescaleOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tosa::RescaleOp op,
                                PatternRewriter &rewriter) const override {
    auto isUInt8 = [](Type type) {
      return getElementTypeOrSelf(type).isUnsignedInteger(8);
    };
    bool fromUnsigned = isUInt8(op.getInput().getType());
    bool toUnsigned = isUInt8(op.getType());
    if (fromUnsigned == toUnsigned || fromUnsigned != op.getInputUnsigned() ||
        toUnsigned != op.getOutputUnsigned())
      return failure();
    std::optional<SimpleRescale> rescale = SimpleRescale::get(op);
    bool isInt8 = hasBits(fromUnsigned ? op.getOutput() : op.getInput(), 8);
    if (!rescale || !rescale->hasReferenceRounding() || !isInt8)
      return failure();
    rewriter.replaceOpWithNewOp<RequantizeOp>(
        op, op.getType(), op.getInput(), /*dest=*/Value(), /*scratch=*/Value(),
        rescale->inputZp, rescale->getRequant(op.getContext(), 8, toUnsigned),
        /*kernel=*/StringAttr());
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// A mean: values less their zero point, summed along one dimension after the
/// other, and requantised by a factor that has 1 / count in it.
struct RecoverMean : OpRewritePattern<tosa::RescaleOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tosa::RescaleOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<SimpleRescale> last = SimpleRescale::get(op.getOutput());
    unsigned bits = hasBits(op.getOutput(), 8) ? 8 : 16;
    if (!last || !hasBits(op.getOutput(), bits) || last->inputZp != 0 ||
        !last->hasReferenceRounding())
      return failure();
    SmallVector<int64_t> axes;
    Value value = last->input;
    while (auto sum = value.getDefiningOp<tosa::ReduceSumOp>()) {
      axes.push_back(sum.getAxis());
      value = sum.getInput();
    }
    llvm::sort(axes);
    std::optional<SimpleRescale> first = SimpleRescale::get(value);
    if (axes.empty() || llvm::adjacent_find(axes) != axes.end() || !first ||
        !first->isUnit() || first->outputZp != 0 || !hasBits(value, 32) ||
        !hasBits(first->input, bits))
      return failure();
    rewriter.replaceOpWithNewOp<ReduceOp>(
        op, op.getType(), first->input, /*dest=*/Value(), /*scratch=*/Value(),
        Reduction::Mean, axes, first->inputZp,
        last->getRequant(op.getContext(), bits, /*isUnsigned=*/false),
        /*kernel=*/StringAttr());
    return success();
  }
};

/// Where one factor of an addition is 1/2, its side may be one exact shift to
/// the left; the conversion wants a shift and a factor on both sides.
template <typename Op> struct SplitExactSide : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (!hasBits(op.getOutput(), 32))
      return failure();
    for (unsigned exact : {0, 1}) {
      auto side =
          op->getOperand(exact).template getDefiningOp<tosa::RescaleOp>();
      std::optional<SimpleRescale> shift =
          SimpleRescale::get(op->getOperand(exact));
      std::optional<SimpleRescale> scaled =
          SimpleRescale::get(op->getOperand(1 - exact));
      std::optional<SimpleRescale> shifted =
          scaled ? SimpleRescale::get(scaled->input) : std::nullopt;
      if (!shift || !shift->getLeftShift() || hasBits(shift->input, 32) ||
          shift->outputZp != 0 || !shifted || !shifted->getLeftShift() ||
          *shifted->getLeftShift() != *shift->getLeftShift() + 1)
        continue;
      rewriter.setInsertionPoint(op);
      Location loc = side.getLoc();
      Value moved =
          createRescale(rewriter, loc, side.getType(), side.getInput(),
                        shift->shift - 1, side.getInputZp());
      Value zero = createConstant(rewriter, loc, 32, 0);
      Value halved = createRescale(rewriter, loc, side.getType(), moved,
                                   RequantAttr::kUnitShift + 1, zero);
      rewriter.modifyOpInPlace(op, [&] { op->setOperand(exact, halved); });
      return success();
    }
    return failure();
  }
};

/// A side of an int16 addition is widened by a cast and shifted left: the shift
/// of a rescale, as the other side has it.
struct RecoverWideningShift : OpRewritePattern<tosa::LogicalLeftShiftOp> {
  using OpRewritePattern<tosa::LogicalLeftShiftOp>::OpRewritePattern;
  LogicalResult matchAndRewrite(tosa::LogicalLeftShiftOp op,
                                PatternRewriter &rewriter) const override {
    auto cast = op.getInput1().getDefiningOp<tosa::CastOp>();
    std::optional<int64_t> bits = getSplatInteger(op.getInput2());
    if (!cast || !hasBits(cast.getInput(), 16) ||
        !hasBits(op.getOutput(), 32) || !bits || *bits < 0 || *bits > 16 ||
        cast.getOutput().getType() != op.getType())
      return failure();
    Value zero = createConstant(rewriter, op.getLoc(), 16, 0);
    rewriter.replaceOp(
        op, createRescale(rewriter, op.getLoc(), op.getType(), cast.getInput(),
                          RequantAttr::kUnitShift - *bits, zero));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Functions that do not need wide values
//===----------------------------------------------------------------------===//

/// Minimum and maximum of small integers, which the front end computes in 32
/// bits, without zero points.
template <typename Op>
struct RecoverExtreme : OpRewritePattern<tosa::RescaleOp> {
  using OpRewritePattern<tosa::RescaleOp>::OpRewritePattern;
  LogicalResult matchAndRewrite(tosa::RescaleOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<SimpleRescale> last = SimpleRescale::get(op.getOutput());
    auto extreme = op.getInput().getDefiningOp<Op>();
    if (!last || !extreme || !last->isUnit() || last->inputZp != 0)
      return failure();
    Value sides[2];
    for (unsigned i : {0, 1}) {
      Value wide = extreme->getOperand(i);
      auto reshape = wide.getDefiningOp<tosa::ReshapeOp>();
      std::optional<SimpleRescale> first =
          SimpleRescale::get(reshape ? reshape.getInput1() : wide);
      if (!first || !first->isUnit() || first->outputZp != 0 ||
          first->inputZp != last->outputZp ||
          getElementTypeOrSelf(first->input.getType()) !=
              getElementTypeOrSelf(op.getType()))
        return failure();
      sides[i] = first->input;
      if (reshape)
        sides[i] = tosa::ReshapeOp::create(
            rewriter, reshape.getLoc(),
            cast<RankedTensorType>(reshape.getType())
                .clone(getElementTypeOrSelf(op.getType())),
            sides[i], reshape.getShape());
    }
    rewriter.replaceOpWithNewOp<Op>(op, op.getType(), sides[0], sides[1]);
    return success();
  }
};

} // namespace

void stm32::populateRecoverQuantizedPatterns(RewritePatternSet &patterns) {
  patterns.add<RecoverQuantize, RecoverDequantize, RecoverUnsignedRescale,
               RecoverMean, RecoverWideningShift, SplitExactSide<tosa::AddOp>,
               SplitExactSide<tosa::SubOp>, RecoverExtreme<tosa::MinimumOp>,
               RecoverExtreme<tosa::MaximumOp>>(patterns.getContext());
}
