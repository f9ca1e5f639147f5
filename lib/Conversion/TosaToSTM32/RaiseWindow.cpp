//===- RaiseWindow.cpp - Convolutions, products and pools -----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Raiser.h"

#include "stm32/Dialect/STM32/IR/STM32Window.h"

#include "llvm/ADT/TypeSwitch.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

/// What follows the sums of a convolution: one of the two is null.
struct FromSums {
  RequantAttr requant;
  DenseF32ArrayAttr floatClamp;
};

/// A range that no finite value leaves, and that infinities are clamped to as
/// the reference does.
static DenseF32ArrayAttr getWholeRange(MLIRContext *context) {
  constexpr float greatest = std::numeric_limits<float>::max();
  return DenseF32ArrayAttr::get(context, {-greatest, greatest});
}

/// Reads the requantisation of sums: those in 32 bits round twice (N6, N57) or
/// once (N55), those in 48 bits have multipliers of 15 bits and round once
/// (N56).
static std::string readRequant(Raiser &raiser, tosa::RescaleOp op,
                               RequantAttr &requant) {
  Rescale rescale;
  Type sums = cast<ShapedType>(op.getInput().getType()).getElementType();
  Type element = cast<ShapedType>(op.getType()).getElementType();
  if (std::string reason = raiser.readFactors(op, rescale); !reason.empty())
    return reason;
  auto mode = op.getRoundingMode();
  bool single = mode == tosa::RoundingMode::SINGLE_ROUND;
  if (sums.isInteger(48) ? op.getScale32() || !single : !op.getScale32())
    return "sums of 32 bits need scale32, those of 48 bits must not have it "
           "and round once";
  if (!single && mode != tosa::RoundingMode::DOUBLE_ROUND)
    return "only SINGLE_ROUND and DOUBLE_ROUND are supported";
  if (rescale.inputZp != 0)
    return "a sum has no zero point";
  // Up to a shift of 31 both roundings are one.
  if (sums.isInteger(32) &&
      llvm::all_of(rescale.shift, [](int32_t value) { return value <= 31; }) &&
      element.isInteger(8))
    single = false;
  auto [low, high] = getIntegerRange(element);
  requant = RequantAttr::get(op.getContext(), rescale.multiplier, rescale.shift,
                             rescale.outputZp, low, high, single);
  return "";
}

/// The weights, bias and zero points of a TOSA convolution.
struct ConvConstants {
  DenseElementsAttr weights, bias;
  int32_t inputZp, weightsZp;
};

/// A bias of 48 bits in 64.
static DenseElementsAttr widenBias(DenseElementsAttr bias) {
  Type i64 = IntegerType::get(bias.getContext(), 64);
  SmallVector<int64_t> values;
  for (const APInt &value : bias.getValues<APInt>())
    values.push_back(value.getSExtValue());
  return DenseElementsAttr::get(bias.getType().clone(i64),
                                ArrayRef<int64_t>(values));
}

/// `op` gives the output: the convolution or its rescale.
template <typename TosaOp>
static std::string readConstants(Operation *op, TosaOp conv,
                                 ConvConstants &result) {
  FailureOr<int64_t> inputZp = conv.getInputZeroPoint();
  FailureOr<int64_t> weightsZp = conv.getWeightZeroPoint();
  if (!matchPattern(conv.getWeight(), m_Constant(&result.weights)) ||
      !matchPattern(conv.getBias(), m_Constant(&result.bias)) ||
      failed(inputZp) || failed(weightsZp))
    return "weights, bias and zero points must be constant";
  result.inputZp = *inputZp;
  result.weightsZp = *weightsZp;
  Type x = cast<ShapedType>(conv.getInput().getType()).getElementType();
  if (cast<ShapedType>(op->getResult(0).getType()).getElementType() != x)
    return "input and output must have one element type";
  Type w = result.weights.getElementType();
  Type b = result.bias.getElementType();
  bool isFloat = x.isF32() && w.isF32() && b.isF32();
  bool isByte =
      x.isSignlessInteger(8) && w.isSignlessInteger(8) && b.isInteger(32);
  bool isShort = x.isInteger(16) && w.isSignlessInteger(8) && b.isInteger(48);
  if (!isFloat && !isByte && !isShort)
    return "only convolutions of int8 with int32 bias, of int16 with int8 "
           "weights and int48 bias, and of float32 are supported";
  if (!isByte && (result.inputZp != 0 || result.weightsZp != 0))
    return "only int8 has zero points";
  if (isShort)
    result.bias = widenBias(result.bias);
  // TOSA lets one bias stand for all channels.
  int64_t channels = cast<ShapedType>(conv.getType()).getDimSize(3);
  if (result.bias.getNumElements() == 1 && channels != 1)
    result.bias = DenseElementsAttr::get(
        RankedTensorType::get({channels}, result.bias.getElementType()),
        result.bias.getSplatValue<Attribute>());
  return "";
}

/// The result of a raised convolution, at `op`, which is it or its rescale.
template <typename TosaOp>
static std::string raiseConvolution(Raiser &raiser, Operation *op, TosaOp conv,
                                    FromSums output) {
  constexpr bool isDepthwise = std::is_same_v<TosaOp, tosa::DepthwiseConv2DOp>;
  ConvConstants constants;
  if (std::string reason = readConstants(op, conv, constants); !reason.empty())
    return reason;
  ArrayRef<int64_t> padding = conv.getPad();
  Value input;
  if (std::string reason =
          raiser.readWindowInput(conv.getInput(), padding, input);
      !reason.empty())
    return reason;

  ArrayRef<int64_t> shape = constants.weights.getType().getShape();
  SmallVector<int64_t> window = {shape[1], shape[2]};
  if (isDepthwise) {
    // [KH, KW, C, M] holds the same bytes as [1, KH, KW, C * M].
    window = {shape[0], shape[1]};
    constants.weights = constants.weights.reshape(
        RankedTensorType::get({1, shape[0], shape[1], shape[2] * shape[3]},
                              constants.weights.getElementType()));
  }
  // One after the other: arguments are evaluated in no given order.
  Location loc = op->getLoc();
  Value weights = raiser.constant(loc, constants.weights);
  Value bias = raiser.constant(loc, constants.bias);
  using Result = std::conditional_t<isDepthwise, DepthwiseConv2DOp, Conv2DOp>;
  auto result = Result::create(
      raiser.getBuilder(), loc, op->getResult(0).getType(), input, weights,
      bias, /*packed=*/Value(), /*dest=*/Value(), /*scratch=*/Value(), window,
      conv.getStride(), conv.getDilation(), padding, constants.inputZp,
      constants.weightsZp, /*pad_value=*/constants.inputZp, /*groups=*/1,
      output.requant, output.floatClamp,
      /*weight_scales=*/DenseF32ArrayAttr(), /*asymmetric_inputs=*/false,
      /*band=*/BandAttr(), /*kernel=*/StringAttr());
  raiser.map(op->getResult(0), result->getResult(0));
  return "";
}

static std::string raiseConvolution(Raiser &raiser, Operation *op,
                                    tosa::TransposeConv2DOp conv,
                                    FromSums output) {
  ConvConstants constants;
  if (std::string reason = readConstants(op, conv, constants); !reason.empty())
    return reason;
  // Top and left; the output's shape says the rest.
  SmallVector<int64_t> padding = {-conv.getOutPad()[0], -conv.getOutPad()[2]};
  if (padding[0] < 0 || padding[1] < 0)
    return "rows and columns before the first product are not supported";
  Value input;
  if (std::string reason = raiser.readInput(conv.getInput(), input);
      !reason.empty())
    return reason;
  ArrayRef<int64_t> shape = constants.weights.getType().getShape();
  Location loc = op->getLoc();
  Value weights = raiser.constant(loc, constants.weights);
  Value bias = raiser.constant(loc, constants.bias);
  auto result = TransposeConv2DOp::create(
      raiser.getBuilder(), loc, op->getResult(0).getType(), input, weights,
      bias, /*packed=*/Value(), /*dest=*/Value(), /*scratch=*/Value(),
      ArrayRef<int64_t>{shape[1], shape[2]}, conv.getStride(), padding,
      constants.inputZp, constants.weightsZp, output.requant, output.floatClamp,
      /*kernel=*/StringAttr());
  raiser.map(op->getResult(0), result->getResult(0));
  return "";
}

/// A convolution of floats is one by itself.
template <typename TosaOp>
static Raised raiseFloatConvolution(Raiser &raiser, TosaOp conv) {
  if (!cast<ShapedType>(conv.getType()).getElementType().isF32())
    return std::nullopt;
  return raiseConvolution(raiser, conv, conv,
                          {nullptr, getWholeRange(conv.getContext())});
}

/// The accumulator of a convolution becomes one by its requantisation.
static Raised raiseRescale(Raiser &raiser, tosa::RescaleOp op) {
  Operation *source = op.getInput().getDefiningOp();
  return llvm::TypeSwitch<Operation *, Raised>(source)
      .Case<tosa::Conv2DOp, tosa::DepthwiseConv2DOp, tosa::TransposeConv2DOp>(
          [&](auto conv) -> std::string {
            if (!conv->hasOneUse())
              return "the accumulator of its convolution has other users";
            RequantAttr requant;
            std::string reason = readRequant(raiser, op, requant);
            if (!reason.empty())
              return reason;
            return raiseConvolution(raiser, op, conv, {requant, nullptr});
          })
      .Default([](Operation *) { return std::nullopt; });
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

template <typename Result, typename TosaOp>
static std::string raisePool(Raiser &raiser, TosaOp op, int32_t zeroPoint = 0) {
  Type element = cast<ShapedType>(op.getType()).getElementType();
  if (!element.isSignlessInteger(8) && !element.isInteger(16) &&
      !element.isF32())
    return "only pools of int8, int16 and float32 are supported";
  ArrayRef<int64_t> padding = op.getPad();
  Value input;
  if (std::string reason =
          raiser.readWindowInput(op.getInput(), padding, input);
      !reason.empty())
    return reason;
  DenseI32ArrayAttr clamp;
  DenseF32ArrayAttr floatClamp;
  if (element.isF32()) {
    floatClamp = getWholeRange(op.getContext());
  } else {
    auto [low, high] = getIntegerRange(element);
    clamp = DenseI32ArrayAttr::get(op.getContext(), {low, high});
  }
  OpBuilder &builder = raiser.getBuilder();
  auto result = Result::create(
      builder, op.getLoc(), op.getType(), input, /*dest=*/Value(),
      /*scratch=*/Value(), builder.getDenseI64ArrayAttr(op.getKernel()),
      builder.getDenseI64ArrayAttr(op.getStride()),
      builder.getDenseI64ArrayAttr(padding), clamp, floatClamp,
      builder.getI32IntegerAttr(zeroPoint), /*band=*/BandAttr(),
      /*input_band=*/BandAttr(),
      /*kernel=*/StringAttr());
  raiser.map(op.getResult(), result->getResult(0));
  return "";
}

static std::string raiseAveragePool(Raiser &raiser, tosa::AvgPool2dOp op) {
  FailureOr<int64_t> inputZp = op.getInputZeroPoint();
  FailureOr<int64_t> outputZp = op.getOutputZeroPoint();
  // The zero point decides to which side a half is rounded.
  if (failed(inputZp) || failed(outputZp) || *inputZp != *outputZp)
    return "both zero points must be constant and equal";
  return raisePool<AveragePool2DOp>(raiser, op, *inputZp);
}

//===----------------------------------------------------------------------===//
// Clamps of floats
//===----------------------------------------------------------------------===//

/// A clamp right behind an operator that clamps floats itself is a part of it.
static Raised raiseClamp(Raiser &raiser, tosa::ClampOp op) {
  auto low = dyn_cast<FloatAttr>(op.getMinVal());
  auto high = dyn_cast<FloatAttr>(op.getMaxVal());
  Operation *source = op.getInput().getDefiningOp();
  Value raised;
  if (!source || !source->hasOneUse() || !low || !high ||
      !low.getType().isF32() || !high.getType().isF32() ||
      !isa<tosa::Conv2DOp, tosa::DepthwiseConv2DOp, tosa::TransposeConv2DOp,
           tosa::AvgPool2dOp, tosa::MaxPool2dOp>(source) ||
      !raiser.readInput(op.getInput(), raised).empty())
    return std::nullopt;
  float least = low.getValue().convertToFloat();
  float most = high.getValue().convertToFloat();
  if (!(least <= most))
    return std::nullopt;
  bool fused = llvm::TypeSwitch<Operation *, bool>(raised.getDefiningOp())
                   .Case<Conv2DOp, DepthwiseConv2DOp, TransposeConv2DOp,
                         AveragePool2DOp, MaxPool2DOp>([&](auto result) {
                     result.setFloatClamp(ArrayRef<float>{
                         std::max(least, -std::numeric_limits<float>::max()),
                         std::min(most, std::numeric_limits<float>::max())});
                     result->setLoc(op.getLoc());
                     return true;
                   })
                   .Default(false);
  if (!fused)
    return std::nullopt;
  raiser.map(op.getResult(), raised);
  return "";
}

Raised stm32::raiseWindow(Raiser &raiser, Operation *op) {
  return llvm::TypeSwitch<Operation *, Raised>(op)
      .Case([&](tosa::RescaleOp op) -> Raised {
        return op.getInput().getDefiningOp() ? raiseRescale(raiser, op)
                                             : std::nullopt;
      })
      .Case<tosa::Conv2DOp, tosa::DepthwiseConv2DOp, tosa::TransposeConv2DOp>(
          [&](auto op) { return raiseFloatConvolution(raiser, op); })
      .Case([&](tosa::AvgPool2dOp op) { return raiseAveragePool(raiser, op); })
      .Case([&](tosa::MaxPool2dOp op) {
        return raisePool<MaxPool2DOp>(raiser, op);
      })
      .Case([&](tosa::ClampOp op) { return raiseClamp(raiser, op); })
      .Default([](Operation *) { return std::nullopt; });
}
