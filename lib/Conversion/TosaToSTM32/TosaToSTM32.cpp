//===- TosaToSTM32.cpp - From TOSA to the stm32 dialect -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Conversion/TosaToSTM32/TosaToSTM32.h"

#include "Raiser.h"

#define DEBUG_TYPE "convert-tosa-to-stm32"

namespace mlir::stm32 {
#define GEN_PASS_DEF_CONVERTTOSATOSTM32
#include "stm32/Conversion/TosaToSTM32/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Reading TOSA
//===----------------------------------------------------------------------===//

DenseIntElementsAttr stm32::getConstant(Value value) {
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

bool stm32::isInt8(Type type) {
  return cast<ShapedType>(type).getElementType().isSignlessInteger(8);
}

/// True if only a later operation gives `op` its meaning.
static bool isPart(Operation *op) {
  if (isa<tosa::ConstOp, tosa::ConstShapeOp>(op))
    return true;
  // Windows look through a slice where they can.
  if (isa<tosa::SliceOp>(op))
    return !op->use_empty() &&
           llvm::all_of(op->getUsers(), [](Operation *user) {
             return isa<tosa::Conv2DOp, tosa::DepthwiseConv2DOp,
                        tosa::AvgPool2dOp, tosa::MaxPool2dOp>(user);
           });
  Type element =
      op->getNumResults() == 1 && isa<ShapedType>(op->getResult(0).getType())
          ? cast<ShapedType>(op->getResult(0).getType()).getElementType()
          : Type();
  if (isa<tosa::Conv2DOp, tosa::DepthwiseConv2DOp, tosa::TransposeConv2DOp>(op))
    return element.isInteger(32) || element.isInteger(48);
  // Sides of quantised arithmetic.
  if (isa<tosa::AddOp, tosa::SubOp, tosa::MulOp>(op))
    return element.isInteger(32) &&
           (op->use_empty() ||
            op->getOperand(0).getDefiningOp<tosa::RescaleOp>());
  return isa<tosa::RescaleOp>(op) && element.isInteger(32);
}

std::string Raiser::readFactors(tosa::RescaleOp op, Rescale &result) {
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
  result.inputZp = *inputZp;
  result.outputZp = *outputZp;
  return "";
}

std::string Raiser::readRescale(tosa::RescaleOp op, Rescale &result) {
  if (!op.getScale32())
    return "scale32 is false";
  if (std::string reason = readFactors(op, result); !reason.empty())
    return reason;
  auto mode = op.getRoundingMode();
  bool isLong =
      llvm::any_of(result.shift, [](int32_t value) { return value > 31; });
  if (mode != tosa::RoundingMode::DOUBLE_ROUND &&
      (mode != tosa::RoundingMode::SINGLE_ROUND || isLong))
    return "only DOUBLE_ROUND is supported for shifts over 31";
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
  if (auto slice = value.getDefiningOp<tosa::SliceOp>()) {
    std::string reason = raise(slice);
    result = values.lookupOrNull(value);
    return reason;
  }
  return "its input is no activation that could be converted";
}

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
    return readInput(value, result);
  for (int dim = 0; dim < 2; ++dim)
    if (in.getDimSize(1 + dim) != out.getDimSize(1 + dim) &&
        padding[2 * dim + 1] != 0)
      return readInput(value, result);
  return readInput(slice.getInput1(), result);
}

Value Raiser::constant(Location loc, DenseElementsAttr value) {
  return ConstantOp::create(builder, loc, value.getType(), value);
}

//===----------------------------------------------------------------------===//
// Raising
//===----------------------------------------------------------------------===//

RequantAttr stm32::makeRequant(MLIRContext *context, const Rescale &rescale) {
  return RequantAttr::get(context, rescale.multiplier, rescale.shift,
                          rescale.outputZp, -128, 127);
}

std::string Raiser::raise(Operation *op) {
  for (auto raiseFamily :
       {raiseWindow, raiseElementwise, raiseMovement, raiseReduction})
    if (Raised reason = raiseFamily(*this, op))
      return *reason;
  if (!isa<ComputeOpInterface, ReshapeOp, ConstantOp, StateOp>(op))
    return "this operation is not supported";
  for (Value operand : op->getOperands()) {
    Value input;
    if (std::string reason = readInput(operand, input); !reason.empty())
      return reason;
    values.map(operand, input);
  }
  builder.clone(*op, values);
  return "";
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
