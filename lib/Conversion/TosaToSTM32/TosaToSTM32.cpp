//===- TosaToSTM32.cpp - From TOSA to the stm32 dialect -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// TOSA is read in one walk. Operations that only hold a part of a quantised
// operator (an int32 accumulator, a side of an addition, a slice) make nothing
// by themselves: the operation that completes the operator looks back at them.
// So each `raise` below starts at the last operation of a pattern.
//
//===----------------------------------------------------------------------===//

#include "stm32/Conversion/TosaToSTM32/TosaToSTM32.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

#define DEBUG_TYPE "convert-tosa-to-stm32"

namespace mlir::stm32 {
#define GEN_PASS_DEF_CONVERTTOSATOSTM32
#include "stm32/Conversion/TosaToSTM32/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

namespace {

/// What a `tosa.rescale` says, once it is known to be exact here.
struct Rescale {
  SmallVector<int32_t> multiplier, shift;
  int32_t inputZp, outputZp;
};

/// Raises one function. A raise returns the reason why it cannot, or "".
class Raiser {
public:
  Raiser(func::FuncOp func) : func(func), builder(func) {}
  LogicalResult run();

private:
  // Each sets the value of the op's result in `values`.
  std::string raise(Operation *op);
  std::string raiseRescale(tosa::RescaleOp op);
  template <typename TosaOp>
  std::string raiseConvolution(tosa::RescaleOp op, TosaOp conv);
  std::string raiseAdd(tosa::RescaleOp op, tosa::AddOp add);
  std::string raiseClamp(tosa::ClampOp op);
  std::string raiseAveragePool(tosa::AvgPool2dOp op);
  template <typename Result, typename TosaOp> std::string raisePool(TosaOp op);
  std::string raisePad(tosa::PadOp op);

  std::string readRescale(tosa::RescaleOp op, Rescale &result);
  std::string readInput(Value value, Value &result);
  std::string readWindowInput(Value value, ArrayRef<int64_t> padding,
                              Value &result);
  Value constant(Location loc, DenseElementsAttr value);

  func::FuncOp func;
  OpBuilder builder;
  ModelOp model;
  IRMapping values;
};

} // namespace

//===----------------------------------------------------------------------===//
// Reading TOSA
//===----------------------------------------------------------------------===//

static DenseIntElementsAttr getConstant(Value value) {
  DenseIntElementsAttr elements;
  return matchPattern(value, m_Constant(&elements)) ? elements : nullptr;
}

/// True if `op` handles only tensors of static shape, or no tensors.
static bool isStatic(Operation *op) {
  auto isStaticType = [](Type type) {
    auto tensor = dyn_cast<TensorType>(type);
    return !tensor || tensor.hasStaticShape();
  };
  return llvm::all_of(op->getOperandTypes(), isStaticType) &&
         llvm::all_of(op->getResultTypes(), isStaticType);
}

static bool isInt8(Type type) {
  return cast<ShapedType>(type).getElementType().isSignlessInteger(8);
}

/// True if only a later operation gives `op` its meaning.
static bool isPart(Operation *op) {
  if (isa<tosa::ConstOp, tosa::ConstShapeOp, tosa::SliceOp>(op))
    return true;
  return isa<tosa::Conv2DOp, tosa::DepthwiseConv2DOp, tosa::AddOp,
             tosa::RescaleOp>(op) &&
         cast<ShapedType>(op->getResult(0).getType())
             .getElementType()
             .isInteger(32);
}

std::string Raiser::readRescale(tosa::RescaleOp op, Rescale &result) {
  if (!op.getScale32())
    return "scale32 is false";
  if (op.getInputUnsigned() || op.getOutputUnsigned())
    return "unsigned values are not supported";
  DenseIntElementsAttr multiplier = getConstant(op.getMultiplier());
  DenseIntElementsAttr shift = getConstant(op.getShift());
  FailureOr<int64_t> inputZp = op.getInputZeroPoint();
  FailureOr<int64_t> outputZp = op.getOutputZeroPoint();
  if (!multiplier || !shift || failed(inputZp) || failed(outputZp))
    return "multiplier, shift and zero points must be constant";
  for (const APInt &value : multiplier)
    result.multiplier.push_back(value.getSExtValue());
  for (const APInt &value : shift)
    result.shift.push_back(value.getSExtValue());
  if (result.multiplier.empty() ||
      result.multiplier.size() != result.shift.size() ||
      llvm::any_of(result.multiplier,
                   [](int32_t value) { return value < 0; }) ||
      llvm::any_of(result.shift,
                   [](int32_t value) { return value < 2 || value > 62; }))
    return "multipliers must not be negative, and shifts 2 .. 62";
  auto mode = op.getRoundingMode();
  bool isLong =
      llvm::any_of(result.shift, [](int32_t value) { return value > 31; });
  if (mode != tosa::RoundingMode::DOUBLE_ROUND &&
      (mode != tosa::RoundingMode::SINGLE_ROUND || isLong))
    return "only DOUBLE_ROUND is supported for shifts over 31";
  result.inputZp = *inputZp;
  result.outputZp = *outputZp;
  return "";
}

std::string Raiser::readInput(Value value, Value &result) {
  result = values.lookupOrNull(value);
  if (result)
    return "";
  if (DenseElementsAttr elements; matchPattern(value, m_Constant(&elements))) {
    result = constant(value.getLoc(), elements);
    return "";
  }
  return "its input is no activation that could be converted";
}

/// Reads the input of a window operator. A slice of leading rows and columns is
/// dropped: the output's shape says how much is read.
std::string Raiser::readWindowInput(Value value, ArrayRef<int64_t> padding,
                                    Value &result) {
  auto slice = value.getDefiningOp<tosa::SliceOp>();
  if (!slice)
    return readInput(value, result);
  DenseIntElementsAttr start = getConstant(slice.getStart());
  auto in = cast<ShapedType>(slice.getInput1().getType());
  auto out = cast<ShapedType>(slice.getType());
  auto isZero = [](const APInt &value) { return value.isZero(); };
  if (!start || in.getRank() != 4 || !llvm::all_of(start, isZero) ||
      in.getDimSize(0) != out.getDimSize(0) ||
      in.getDimSize(3) != out.getDimSize(3))
    return "only a slice of leading rows and columns may stand before it";
  for (int dim = 0; dim < 2; ++dim)
    if (in.getDimSize(1 + dim) != out.getDimSize(1 + dim) &&
        padding[2 * dim + 1] != 0)
      return "padding of a sliced input is not supported";
  return readInput(slice.getInput1(), result);
}

Value Raiser::constant(Location loc, DenseElementsAttr value) {
  return ConstantOp::create(builder, loc, value.getType(), value);
}

//===----------------------------------------------------------------------===//
// Raising
//===----------------------------------------------------------------------===//

static RequantAttr makeRequant(MLIRContext *context, const Rescale &rescale) {
  return RequantAttr::get(context, rescale.multiplier, rescale.shift,
                          rescale.outputZp, -128, 127);
}

template <typename TosaOp>
std::string Raiser::raiseConvolution(tosa::RescaleOp op, TosaOp conv) {
  constexpr bool isDepthwise = std::is_same_v<TosaOp, tosa::DepthwiseConv2DOp>;
  if (!conv->hasOneUse())
    return "the accumulator of its convolution has other users";
  Rescale rescale;
  if (std::string reason = readRescale(op, rescale); !reason.empty())
    return reason;
  if (!isInt8(op.getType()) || !isInt8(conv.getInput().getType()) ||
      !isInt8(conv.getWeight().getType()) ||
      !cast<ShapedType>(conv.getBias().getType())
           .getElementType()
           .isInteger(32))
    return "only int8 convolutions with int32 bias are supported";
  DenseIntElementsAttr weights = getConstant(conv.getWeight());
  DenseIntElementsAttr bias = getConstant(conv.getBias());
  FailureOr<int64_t> inputZp = conv.getInputZeroPoint();
  FailureOr<int64_t> weightZp = conv.getWeightZeroPoint();
  if (!weights || !bias || failed(inputZp) || failed(weightZp))
    return "weights, bias and zero points must be constant";
  if (*weightZp != 0)
    return "the zero point of its weights must be 0";

  ArrayRef<int64_t> padding = conv.getPad();
  Value input;
  if (std::string reason = readWindowInput(conv.getInput(), padding, input);
      !reason.empty())
    return reason;

  int64_t channels = cast<ShapedType>(op.getType()).getDimSize(3);
  ArrayRef<int64_t> shape = weights.getType().getShape();
  SmallVector<int64_t> window;
  if (isDepthwise) {
    // [KH, KW, C, M] holds the same bytes as [1, KH, KW, C * M].
    window = {shape[0], shape[1]};
    weights = cast<DenseIntElementsAttr>(weights.reshape(
        RankedTensorType::get({1, shape[0], shape[1], shape[2] * shape[3]},
                              weights.getElementType())));
  } else {
    window = {shape[1], shape[2]};
  }
  // TOSA lets one bias stand for all channels.
  if (bias.getNumElements() == 1 && channels != 1)
    bias = DenseIntElementsAttr::get(
        RankedTensorType::get({channels}, bias.getElementType()),
        bias.getSplatValue<APInt>());

  // One after the other: arguments are evaluated in no given order.
  Value weightsValue = constant(op.getLoc(), weights);
  Value biasValue = constant(op.getLoc(), bias);
  using Result = std::conditional_t<isDepthwise, DepthwiseConv2DOp, Conv2DOp>;
  auto result = Result::create(
      builder, op.getLoc(), op.getType(), input, weightsValue, biasValue,
      /*packed=*/Value(), /*dest=*/Value(), /*scratch=*/Value(), window,
      conv.getStride(), conv.getDilation(), padding,
      static_cast<uint32_t>(*inputZp), static_cast<uint32_t>(*inputZp),
      makeRequant(op.getContext(), rescale), /*band=*/BandAttr(),
      /*kernel=*/StringAttr());
  values.map(op.getResult(), result->getResult(0));
  return "";
}

std::string Raiser::raiseAdd(tosa::RescaleOp op, tosa::AddOp add) {
  Rescale output;
  if (std::string reason = readRescale(op, output); !reason.empty())
    return reason;
  if (!isInt8(op.getType()) || output.inputZp != 0)
    return "only int8 additions are supported";
  Value sides[2];
  int32_t zeroPoints[2];
  SmallVector<int32_t> scales[2];
  std::optional<int32_t> leftShift;
  for (int side = 0; side < 2; ++side) {
    auto scaled = add->getOperand(side).getDefiningOp<tosa::RescaleOp>();
    auto shifted =
        scaled ? scaled.getInput().getDefiningOp<tosa::RescaleOp>() : nullptr;
    if (!shifted || !isInt8(shifted.getInput().getType()))
      return "each side of an addition must be an int8 tensor, shifted left by "
             "one rescale and scaled by another";
    Rescale shift, scale;
    std::string reason = readRescale(shifted, shift);
    if (reason.empty())
      reason = readRescale(scaled, scale);
    if (!reason.empty())
      return reason;
    // The first rescale must be an exact shift: 2^30 >> (30 - n).
    int32_t left = RequantAttr::kUnitShift - shift.shift[0];
    if (left > 22 || scale.shift[0] < 31)
      return "the sides of an addition must be shifted left by at most 22 and "
             "scaled by less than 1, for their sum to fit in 32 bits";
    if (shift.multiplier[0] != RequantAttr::kUnitMultiplier || left < 0 ||
        shift.multiplier.size() != 1 || shift.outputZp != 0 ||
        scale.inputZp != 0 || scale.outputZp != 0 ||
        scale.multiplier.size() != 1 || leftShift.value_or(left) != left)
      return "the sides of an addition must be shifted by one amount, without "
             "zero points in between";
    leftShift = left;
    zeroPoints[side] = shift.inputZp;
    scales[side] = {scale.multiplier[0], scale.shift[0]};
    reason = readInput(shifted.getInput(), sides[side]);
    if (!reason.empty())
      return reason;
    if (sides[side].getType() != op.getType())
      return "both sides must have the shape of the result";
  }
  auto result = AddOp::create(
      builder, op.getLoc(), op.getType(), sides[0], sides[1], /*dest=*/Value(),
      /*scratch=*/Value(), *leftShift, zeroPoints[0], scales[0], zeroPoints[1],
      scales[1], makeRequant(op.getContext(), output), /*kernel=*/StringAttr());
  values.map(op.getResult(), result->getResult(0));
  return "";
}

std::string Raiser::raiseRescale(tosa::RescaleOp op) {
  Operation *source = op.getInput().getDefiningOp();
  if (auto conv = dyn_cast_or_null<tosa::Conv2DOp>(source))
    return raiseConvolution(op, conv);
  if (auto conv = dyn_cast_or_null<tosa::DepthwiseConv2DOp>(source))
    return raiseConvolution(op, conv);
  if (auto add = dyn_cast_or_null<tosa::AddOp>(source))
    return raiseAdd(op, add);
  Rescale rescale;
  if (std::string reason = readRescale(op, rescale); !reason.empty())
    return reason;
  if (!isInt8(op.getType()) || !isInt8(op.getInput().getType()) ||
      rescale.multiplier.size() != 1)
    return "only one multiplier between int8 tensors is supported";
  Value input;
  if (std::string reason = readInput(op.getInput(), input); !reason.empty())
    return reason;
  auto result = RequantizeOp::create(
      builder, op.getLoc(), op.getType(), input, /*dest=*/Value(),
      /*scratch=*/Value(), rescale.inputZp,
      makeRequant(op.getContext(), rescale), /*kernel=*/StringAttr());
  values.map(op.getResult(), result->getResult(0));
  return "";
}

std::string Raiser::raiseClamp(tosa::ClampOp op) {
  Value input;
  if (std::string reason = readInput(op.getInput(), input); !reason.empty())
    return reason;
  auto min = dyn_cast<IntegerAttr>(op.getMinVal());
  auto max = dyn_cast<IntegerAttr>(op.getMaxVal());
  if (!isInt8(op.getType()) || !min || !max ||
      min.getValue().sgt(max.getValue()))
    return "only int8 values can be clamped, to a range that is not empty";
  auto requant = RequantAttr::get(
      op.getContext(), {RequantAttr::kUnitMultiplier},
      {RequantAttr::kUnitShift}, /*zeroPoint=*/0, min.getValue().getSExtValue(),
      max.getValue().getSExtValue());
  auto result = RequantizeOp::create(
      builder, op.getLoc(), op.getType(), input, /*dest=*/Value(),
      /*scratch=*/Value(), /*input_zp=*/0, requant, /*kernel=*/StringAttr());
  values.map(op.getResult(), result->getResult(0));
  return "";
}

template <typename Result, typename TosaOp>
std::string Raiser::raisePool(TosaOp op) {
  if (!isInt8(op.getType()))
    return "only int8 pools are supported";
  ArrayRef<int64_t> padding = op.getPad();
  Value input;
  if (std::string reason = readWindowInput(op.getInput(), padding, input);
      !reason.empty())
    return reason;
  auto result = Result::create(
      builder, op.getLoc(), op.getType(), input, /*dest=*/Value(),
      /*scratch=*/Value(), op.getKernel(), op.getStride(), padding,
      ArrayRef<int32_t>{-128, 127}, /*band=*/BandAttr(),
      /*kernel=*/StringAttr());
  values.map(op.getResult(), result->getResult(0));
  return "";
}

std::string Raiser::raiseAveragePool(tosa::AvgPool2dOp op) {
  FailureOr<int64_t> inputZp = op.getInputZeroPoint();
  FailureOr<int64_t> outputZp = op.getOutputZeroPoint();
  // The mean of raw values differs from that of values less a zero point where
  // a half is rounded, so only 0 is exact.
  if (failed(inputZp) || failed(outputZp) || *inputZp != 0 || *outputZp != 0)
    return "only zero points of 0 are supported: the average is that of the "
           "stored values";
  return raisePool<AveragePool2DOp>(op);
}

std::string Raiser::raisePad(tosa::PadOp op) {
  DenseIntElementsAttr amounts = getConstant(op.getPadding());
  DenseIntElementsAttr value = getConstant(op.getPadConst());
  if (!amounts || !value)
    return "padding and its value must be constant";
  if (!isInt8(op.getType()))
    return "only int8 values can be padded";
  if (cast<ShapedType>(op.getType()).getRank() > 4)
    return "at most 4 dimensions are supported";
  Value input;
  if (std::string reason = readInput(op.getInput1(), input); !reason.empty())
    return reason;
  SmallVector<int64_t> before, after;
  for (auto [index, amount] : llvm::enumerate(amounts))
    (index % 2 ? after : before).push_back(amount.getSExtValue());
  auto result =
      PadOp::create(builder, op.getLoc(), op.getType(), input, /*dest=*/Value(),
                    /*scratch=*/Value(), before, after,
                    (*value.begin()).getSExtValue(), /*kernel=*/StringAttr());
  values.map(op.getResult(), result->getResult(0));
  return "";
}

std::string Raiser::raise(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::string>(op)
      .Case([&](tosa::RescaleOp op) { return raiseRescale(op); })
      .Case([&](tosa::ClampOp op) { return raiseClamp(op); })
      .Case([&](tosa::AvgPool2dOp op) { return raiseAveragePool(op); })
      .Case([&](tosa::MaxPool2dOp op) { return raisePool<MaxPool2DOp>(op); })
      .Case([&](tosa::PadOp op) { return raisePad(op); })
      .Case([&](tosa::ReshapeOp op) {
        Value input;
        std::string reason = readInput(op.getInput1(), input);
        if (reason.empty())
          values.map(op.getResult(), ReshapeOp::create(builder, op.getLoc(),
                                                       op.getType(), input));
        return reason;
      })
      .Default([&](Operation *op) -> std::string {
        if (!isa<ComputeOpInterface, ReshapeOp, ConstantOp>(op))
          return "this operation is not supported";
        for (Value operand : op->getOperands()) {
          Value input;
          if (std::string reason = readInput(operand, input); !reason.empty())
            return reason;
          values.map(operand, input);
        }
        builder.clone(*op, values);
        return "";
      });
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// The description of argument or result `index`; a made-up name if it has
/// none.
static IOAttr getIO(MLIRContext *context, Attribute io, StringRef kind,
                    unsigned index) {
  if (auto known = dyn_cast_or_null<IOAttr>(io))
    return known;
  return IOAttr::get(context, (kind + Twine(index)).str(),
                     FloatAttr::get(Float32Type::get(context), 0.0), 0);
}

LogicalResult Raiser::run() {
  MLIRContext *context = func.getContext();
  if (!func.getBody().hasOneBlock())
    return func.emitOpError("must have one block to become a model");
  Block &block = func.getBody().front();
  SmallVector<Attribute> inputs, outputs;
  for (unsigned i = 0; i < func.getNumArguments(); ++i) {
    auto type = dyn_cast<RankedTensorType>(func.getArgument(i).getType());
    if (!type || !type.hasStaticShape())
      return func.emitOpError("argument ")
             << i << " of type " << func.getArgument(i).getType()
             << " is not a tensor of static shape";
    inputs.push_back(
        getIO(context, func.getArgAttr(i, kIOAttrName), "input", i));
  }
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    outputs.push_back(
        getIO(context, func.getResultAttr(i, kIOAttrName), "output", i));

  builder.setInsertionPoint(func);
  model = ModelOp::create(builder, func.getLoc(), func.getSymName(),
                          builder.getArrayAttr(inputs),
                          builder.getArrayAttr(outputs),
                          func->getAttrOfType<StringAttr>(kSignatureAttrName));
  Block &body = model.getBody().emplaceBlock();
  for (auto [argument, io] : llvm::zip_equal(block.getArguments(), inputs)) {
    StringRef name = cast<IOAttr>(io).getName();
    Location loc = name.empty() ? argument.getLoc()
                                : NameLoc::get(StringAttr::get(context, name));
    values.map(argument, body.addArgument(argument.getType(), loc));
  }
  builder.setInsertionPointToEnd(&body);

  SmallVector<std::pair<Operation *, std::string>> unsupported;
  for (Operation &op : block.without_terminator()) {
    if (!isStatic(&op)) {
      unsupported.emplace_back(&op, "only static shapes are supported");
      continue;
    }
    if (isPart(&op))
      continue;
    if (std::string reason = raise(&op); !reason.empty())
      unsupported.emplace_back(&op, reason);
  }
  SmallVector<Value> results;
  for (Value value : block.getTerminator()->getOperands()) {
    Value result = values.lookupOrNull(value);
    if (!result && unsupported.empty())
      unsupported.emplace_back(block.getTerminator(),
                               "a result is no activation");
    results.push_back(result);
  }
  if (!unsupported.empty()) {
    InFlightDiagnostic diag = func.emitError()
                              << unsupported.size() << " operation"
                              << (unsupported.size() == 1 ? "" : "s") << " of @"
                              << func.getSymName()
                              << " cannot be converted to the stm32 dialect";
    for (auto &[op, reason] : unsupported)
      diag.attachNote(op->getLoc()) << op->getName() << ": " << reason;
    // The half-built model must not stay behind.
    model.erase();
    return diag;
  }
  OutputOp::create(builder, func.getLoc(), results);
  func.erase();
  return success();
}

namespace {
struct ConvertTosaToSTM32Pass
    : stm32::impl::ConvertTosaToSTM32Base<ConvertTosaToSTM32Pass> {
  void runOnOperation() override {
    for (func::FuncOp func :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (failed(Raiser(func).run()))
        return signalPassFailure();
  }
};
} // namespace
