//===- RecoverOperators.cpp - Operators that TOSA spells out --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RecoverOperators.h"

#include "stm32/Conversion/TosaToSTM32/TosaToSTM32.h"
#include "stm32/Dialect/STM32/IR/STM32Recurrent.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

#define DEBUG_TYPE "stm32-recover-operators"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32RECOVEROPERATORS
#include "stm32/Conversion/TosaToSTM32/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

std::optional<int64_t> stm32::getSplatInteger(Value value) {
  DenseIntElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return std::nullopt;
  bool isUnsigned = elements.getElementType().isUnsignedInteger();
  APInt number = elements.getSplatValue<APInt>();
  return isUnsigned ? number.getZExtValue() : number.getSExtValue();
}

std::optional<float> stm32::getSplatFloat(Value value) {
  DenseFPElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat() ||
      !elements.getElementType().isF32())
    return std::nullopt;
  return elements.getSplatValue<APFloat>().convertToFloat();
}

bool stm32::hasBits(Value value, unsigned bits) {
  auto type = dyn_cast<IntegerType>(getElementTypeOrSelf(value.getType()));
  return type && !type.isUnsigned() && type.getWidth() == bits;
}

bool stm32::isFloat32(Value value) {
  return getElementTypeOrSelf(value.getType()).isF32();
}

Value stm32::matchOther(Value lhs, Value rhs, int64_t number) {
  if (getSplatInteger(rhs) == number)
    return lhs;
  return getSplatInteger(lhs) == number ? rhs : Value();
}

/// A zero point as the flags of the operation mean its bits.
static std::optional<int64_t> getZeroPoint(Value value, bool isUnsigned) {
  std::optional<int64_t> zeroPoint = getSplatInteger(value);
  unsigned bits = getElementTypeOrSelf(value.getType()).getIntOrFloatBitWidth();
  if (zeroPoint && isUnsigned && *zeroPoint < 0)
    *zeroPoint += int64_t(1) << bits;
  return zeroPoint;
}

std::optional<SimpleRescale> SimpleRescale::get(tosa::RescaleOp op) {
  if (!op.getScale32() ||
      op.getRoundingMode() == tosa::RoundingMode::INEXACT_ROUND)
    return std::nullopt;
  std::optional<int64_t> multiplier = getSplatInteger(op.getMultiplier());
  std::optional<int64_t> shift = getSplatInteger(op.getShift());
  auto inputZp = getZeroPoint(op.getInputZp(), op.getInputUnsigned());
  auto outputZp = getZeroPoint(op.getOutputZp(), op.getOutputUnsigned());
  if (!multiplier || !shift || !inputZp || !outputZp || *multiplier < 0 ||
      *shift < 2 || *shift > 62)
    return std::nullopt;
  SimpleRescale result;
  result.input = op.getInput();
  result.multiplier = *multiplier;
  result.shift = *shift;
  result.inputZp = *inputZp;
  result.outputZp = *outputZp;
  result.roundsTwice = op.getRoundingMode() == tosa::RoundingMode::DOUBLE_ROUND;
  return result;
}

std::optional<SimpleRescale> SimpleRescale::get(Value value) {
  auto op = value.getDefiningOp<tosa::RescaleOp>();
  if (!op || op.getInputUnsigned() || op.getOutputUnsigned())
    return std::nullopt;
  return get(op);
}

std::optional<int32_t> SimpleRescale::getLeftShift() const {
  if (multiplier != RequantAttr::kUnitMultiplier ||
      shift > RequantAttr::kUnitShift)
    return std::nullopt;
  return RequantAttr::kUnitShift - shift;
}

RequantAttr SimpleRescale::getRequant(MLIRContext *context, unsigned bits,
                                      bool isUnsigned) const {
  int64_t range = int64_t(1) << bits;
  int64_t min = isUnsigned ? 0 : -range / 2;
  return RequantAttr::get(context, {multiplier}, {shift}, outputZp, min,
                          min + range - 1);
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

/// The state in place of `variable`. A variable without initial values starts
/// with zeros.
static Value makeState(OpBuilder &builder, tosa::VariableOp variable) {
  RankedTensorType type = tosa::getVariableType(variable);
  auto initial =
      dyn_cast_or_null<DenseElementsAttr>(variable.getInitialValueAttr());
  if (!type.hasStaticShape() || !type.getElementType().isIntOrFloat())
    return {};
  if (!initial)
    initial = DenseElementsAttr::get(
        type, builder.getZeroAttr(type.getElementType()));
  auto buffer = BufferType::get(builder.getContext(), type.getShape(),
                                type.getElementType(), Layout::NHWC, 0);
  Location loc = NameLoc::get(variable.getSymNameAttr());
  return StateOp::create(builder, loc, buffer, initial);
}

/// Variables become states, their reads and writes those of the states. What
/// has no variable is left for the conversion to report.
static void recoverVariables(func::FuncOp func, SymbolTable &symbols) {
  llvm::MapVector<Operation *, Value> states;
  auto getState = [&](OpBuilder &builder, StringRef name) -> Value {
    auto variable = symbols.lookup<tosa::VariableOp>(name);
    if (!variable)
      return {};
    auto [entry, isNew] = states.try_emplace(variable);
    if (isNew)
      entry->second = makeState(builder, variable);
    return entry->second;
  };
  for (Operation &op :
       llvm::make_early_inc_range(func.getBody().front().getOperations())) {
    OpBuilder builder(&op);
    if (auto read = dyn_cast<tosa::VariableReadOp>(op)) {
      if (Value state = getState(builder, read.getName())) {
        auto value = ReadOp::create(
            builder, op.getLoc(), read.getType(), state, /*dest=*/Value(),
            /*scratch=*/Value(), /*kernel=*/StringAttr());
        read.replaceAllUsesWith(value.getResult());
        read.erase();
      }
    } else if (auto write = dyn_cast<tosa::VariableWriteOp>(op)) {
      if (Value state = getState(builder, write.getName())) {
        Location loc = NameLoc::get(write.getNameAttr());
        AssignOp::create(builder, loc, write.getInput1(), state,
                         /*scratch=*/Value(), /*kernel=*/StringAttr());
        write.erase();
      }
    }
  }
}

//===----------------------------------------------------------------------===//
// Inputs and outputs of uint8
//===----------------------------------------------------------------------===//

/// TOSA 1.0 has no unsigned types: a flag of the rescale that reads an input or
/// makes an output says that its bytes are uint8. Here the type says so.
static void recoverUnsignedBoundary(func::FuncOp func) {
  auto uint8 = IntegerType::get(func.getContext(), 8, IntegerType::Unsigned);
  auto makeUnsigned = [&](Value value) {
    value.setType(cast<RankedTensorType>(value.getType()).clone(uint8));
  };
  Block &body = func.getBody().front();
  for (BlockArgument argument : body.getArguments()) {
    auto readsUnsigned = [](Operation *user) {
      auto rescale = dyn_cast<tosa::RescaleOp>(user);
      return rescale && rescale.getInputUnsigned();
    };
    if (hasBits(argument, 8) && !argument.use_empty() &&
        llvm::all_of(argument.getUsers(), readsUnsigned))
      makeUnsigned(argument);
  }
  for (Value value : body.getTerminator()->getOperands()) {
    auto rescale = value.getDefiningOp<tosa::RescaleOp>();
    if (rescale && rescale.getOutputUnsigned() && hasBits(value, 8) &&
        llvm::all_of(value.getUsers(), [&](Operation *user) {
          return user == body.getTerminator();
        }))
      makeUnsigned(value);
  }
  func.setFunctionType(
      FunctionType::get(func.getContext(), body.getArgumentTypes(),
                        body.getTerminator()->getOperandTypes()));
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

namespace {
struct STM32RecoverOperatorsPass
    : stm32::impl::STM32RecoverOperatorsBase<STM32RecoverOperatorsPass> {
  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    populateRecoverSoftmaxPatterns(set);
    populateRecoverQuantizedPatterns(set);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    for (func::FuncOp func : module.getOps<func::FuncOp>()) {
      // The importer of .tflite writes the operators themselves: what looks
      // spelled out there is what the model says.
      if (!func.getBody().hasOneBlock() || func->hasAttr(kSignatureAttrName))
        continue;
      recoverVariables(func, symbols);
      recoverUnsignedBoundary(func);
      walkAndApplyPatterns(func, patterns);
    }
    for (tosa::VariableOp variable :
         llvm::make_early_inc_range(module.getOps<tosa::VariableOp>()))
      if (SymbolTable::symbolKnownUseEmpty(variable, module))
        variable.erase();
  }

  FrozenRewritePatternSet patterns;
};
} // namespace
