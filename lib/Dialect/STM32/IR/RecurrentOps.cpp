//===- RecurrentOps.cpp - State and recurrent operators -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Recurrent.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

void ReadOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  effects.emplace_back(MemoryEffects::Read::get(), &getStateMutable());
  for (OpOperand &dest : getDestMutable())
    effects.emplace_back(MemoryEffects::Write::get(), &dest);
}

/// Checks that a copy moves bytes as they are.
static LogicalResult verifyCopy(ComputeOpInterface op, ShapedType from,
                                ShapedType to) {
  if (from.getShape() != to.getShape() ||
      from.getElementType() != to.getElementType())
    return op->emitOpError("needs one shape and element type, got ")
           << from << " and " << to;
  if (getLayout(from) != Layout::NHWC || getLayout(to) != Layout::NHWC)
    return op->emitOpError("needs channel-last values, as states are");
  return success();
}

LogicalResult ReadOp::verify() {
  if (getScratch())
    return emitOpError("takes no scratch");
  ComputeOpInterface op(*this);
  return verifyCopy(op, getState().getType(), op.getOutputType());
}

LogicalResult AssignOp::verify() {
  if (getScratch())
    return emitOpError("takes no scratch");
  ComputeOpInterface op(*this);
  return verifyCopy(op, op.getActivationType(0), getDest().getType());
}

//===----------------------------------------------------------------------===//
// Common parts of operators with states
//===----------------------------------------------------------------------===//

namespace {
/// A constant that an operator must have.
struct Expected {
  SmallVector<int64_t> shape;
  Type elementType;
};
} // namespace

/// Checks the constants of `op`, packed or not, against `expected`; `names` are
/// theirs.
template <typename OpTy>
static LogicalResult verifyConstants(OpTy op, ArrayRef<Expected> expected) {
  ArrayRef<StringLiteral> names = op.getConstantNames();
  if (op.getConstants().empty() == (op.getPacked() == nullptr))
    return op.emitOpError("needs either constants or packed constants");
  int64_t bytes = 0;
  for (const Expected &constant : expected) {
    auto emit = [&] { return op.emitOpError("constants: "); };
    if (failed(stm32::detail::verifyStorage(emit, constant.shape,
                                            constant.elementType)))
      return failure();
    bytes += ShapedType::getNumElements(constant.shape) *
             getElementBytes(constant.elementType);
  }
  if (op.getPacked()) {
    RankedTensorType packed = op.getPacked().getType();
    if (!packed.hasStaticShape() || packed.getNumElements() < bytes)
      return op.emitOpError("needs packed constants of at least ")
             << bytes << " bytes, got " << packed;
    return success();
  }
  if (op.getConstants().size() != expected.size())
    return op.emitOpError("needs ")
           << expected.size() << " constants, got " << op.getConstants().size();
  for (auto [name, value, constant] :
       llvm::zip_equal(names, op.getConstants(), expected)) {
    auto want = RankedTensorType::get(constant.shape, constant.elementType);
    if (value.getType() != want)
      return op.emitOpError()
             << name << " must be " << want << ", got " << value.getType();
  }
  return success();
}

/// Checks a requantisation with `entries` multipliers: its clamp and its zero
/// point are values of `element`.
static LogicalResult verifyRequant(Operation *op, StringRef name,
                                   std::optional<RequantAttr> requant,
                                   size_t entries, Type element) {
  if (!requant)
    return op->emitOpError("needs ") << name;
  if (requant->getMultiplier().size() != entries)
    return op->emitOpError()
           << name << " has " << requant->getMultiplier().size()
           << " multipliers, needs " << entries;
  int32_t limit = (1 << (element.getIntOrFloatBitWidth() - 1)) - 1;
  auto isValue = [&](int32_t value) {
    return value >= -limit - 1 && value <= limit;
  };
  if (!isValue(requant->getMin()) || !isValue(requant->getMax()) ||
      !isValue(requant->getZeroPoint()))
    return op->emitOpError() << name << " has a zero point or a clamp that is "
                             << "no value of " << element;
  return success();
}

/// Checks the number of states and the elements of state `index`.
template <typename OpTy>
static LogicalResult verifyState(OpTy op, unsigned index, int64_t elements,
                                 ArrayRef<Type> elementTypes) {
  auto type = cast<BufferType>(op.getStates()[index].getType());
  if (type.getNumElements() != elements || type.getRows() ||
      !llvm::is_contained(elementTypes, type.getElementType()))
    return op.emitOpError("state ")
           << index << " must have " << elements << " elements of "
           << elementTypes.front() << ", got " << type;
  return success();
}

/// Greatest sums that rows of weights can make with values in [low, high].
/// `bias` and `weights` have one row for each entry of the bias.
static SmallVector<int64_t> getBounds(DenseElementsAttr bias,
                                      DenseElementsAttr weights, int64_t low,
                                      int64_t high) {
  SmallVector<int64_t> least, most;
  if (bias)
    for (const APInt &value : bias.getValues<APInt>()) {
      least.push_back(value.getSExtValue());
      most.push_back(value.getSExtValue());
    }
  int64_t rows = bias ? bias.getNumElements() : weights.getType().getDimSize(0);
  least.resize(rows);
  most.resize(rows);
  int64_t columns = weights.getNumElements() / rows;
  for (auto [index, weight] : llvm::enumerate(weights.getValues<APInt>())) {
    int64_t value = weight.getSExtValue(), row = index / columns;
    least[row] += std::min(low * value, high * value);
    most[row] += std::max(low * value, high * value);
  }
  for (auto [bound, other] : llvm::zip_equal(most, least))
    bound = std::max(bound, -other);
  return most;
}

/// Checks that no sum leaves int32, nor does a requantisation that makes it
/// larger (rules N3 and N4). Row `i` has multiplier `i` modulo their number.
static LogicalResult verifySums(Operation *op, ArrayRef<int64_t> bounds,
                                RequantAttr requant) {
  // Room for the zero point that is added in the end.
  constexpr int32_t limit = std::numeric_limits<int32_t>::max() - 256;
  ArrayRef<int32_t> shifts = requant.getShift();
  for (auto [row, bound] : llvm::enumerate(bounds))
    if (bound > limit >> std::max(0, 31 - shifts[row % shifts.size()]))
      return op->emitOpError("sum ")
             << row << " may reach " << bound
             << ", which does not fit in 32 bits with a shift of "
             << shifts[row % shifts.size()];
  return success();
}

//===----------------------------------------------------------------------===//
// SVDF
//===----------------------------------------------------------------------===//

/// Least shift that takes every int32 and leaves room for a zero point.
static constexpr int32_t kWrappingShift = 32;

int64_t SvdfOp::getMemory() {
  return cast<BufferType>(getStates()[0].getType()).getNumElements() /
         (getBatches() * getFilters());
}

uint64_t SvdfOp::getMacs() {
  return static_cast<uint64_t>(getBatches() * getFilters()) *
         (getInputs() + getMemory());
}

ArrayRef<StringLiteral> SvdfOp::getConstantNames() {
  static constexpr StringLiteral names[] = {"feature_bias", "bias",
                                            "time_weights", "feature_weights"};
  bool isFloat = getActivationType(0).getElementType().isF32();
  return ArrayRef(names).drop_front(isFloat ? 1 : 0);
}

LogicalResult SvdfOp::verify() {
  ShapedType x = getActivationType(0), y = getOutputType();
  Type element = x.getElementType();
  Builder builder(getContext());
  Type i8 = builder.getI8Type(), i16 = builder.getI16Type();
  Type i32 = builder.getI32Type(), f32 = builder.getF32Type();
  if (element != y.getElementType() || (element != i8 && element != f32))
    return emitOpError("is for int8 or float32 on both sides, got ")
           << x << " and " << y;
  if (x.getRank() != 2 || y.getRank() != 2 ||
      x.getDimSize(0) != y.getDimSize(0))
    return emitOpError("needs input and output of rank 2 with one number of "
                       "rows, got ")
           << x << " and " << y;
  if (getStates().size() != 1)
    return emitOpError("needs one state, got ") << getStates().size();
  auto state = cast<BufferType>(getStates()[0].getType());
  int64_t rank = getRank();
  if (rank > state.getNumElements() / (x.getDimSize(0) * y.getDimSize(1)) ||
      state.getNumElements() % (x.getDimSize(0) * y.getDimSize(1) * rank))
    return emitOpError("state of ")
           << state.getNumElements() << " elements is not for "
           << x.getDimSize(0) << " rows of " << y.getDimSize(1)
           << " outputs of rank " << rank;
  int64_t filters = getFilters(), units = getUnits();
  bool isFloat = element == f32;
  if (failed(
          verifyState(*this, 0, state.getNumElements(),
                      isFloat ? ArrayRef<Type>{f32} : ArrayRef<Type>{i8, i16})))
    return failure();
  if (isFloat) {
    if (getRequant() || getStateRequant())
      return emitOpError("of float32 requantises nothing");
    if (getRange() &&
        (getRange()->size() != 2 || !((*getRange())[0] <= (*getRange())[1])))
      return emitOpError("range must be two numbers in order");
    return verifyConstants(*this, {{{units}, f32},
                                   {{filters, getMemory()}, f32},
                                   {{filters, getInputs()}, f32}});
  }
  if (getRange())
    return emitOpError("range is for float32");
  Type stateElement = state.getElementType();
  if (failed(verifyRequant(*this, "state_requant", getStateRequant(), 1,
                           stateElement)) ||
      failed(verifyRequant(*this, "requant", getRequant(), 1, element)))
    return failure();
  if (stateElement == i16 && getRequant()->getShift()[0] < kWrappingShift)
    return emitOpError("sums over int16 wrap, which needs a shift of ")
           << kWrappingShift << " or more, got " << getRequant()->getShift()[0];
  return verifyConstants(*this, {{{filters}, i32},
                                 {{units}, i32},
                                 {{filters, getMemory()}, stateElement},
                                 {{filters, getInputs()}, i8}});
}

LogicalResult SvdfOp::verifyConstantValues(ArrayRef<DenseElementsAttr> values) {
  if (getActivationType(0).getElementType().isF32())
    return success();
  // A filter's sum, then the sum of all filters of an output; the latter wraps
  // over int16, as in the reference, where a proof would refuse real networks.
  if (failed(verifySums(*this, getBounds(values[0], values[3], -128, 127),
                        *getStateRequant())))
    return failure();
  if (cast<BufferType>(getStates()[0].getType()).getElementType().isInteger(16))
    return success();
  return verifySums(*this, getBounds(values[1], values[2], -128, 127),
                    *getRequant());
}

//===----------------------------------------------------------------------===//
// LSTM
//===----------------------------------------------------------------------===//

uint64_t LstmOp::getMacs() {
  return 4 * static_cast<uint64_t>(getBatches() * getSteps() * getUnits()) *
         (getInputs() + getUnits());
}

ArrayRef<StringLiteral> LstmOp::getConstantNames() {
  static constexpr StringLiteral full[] = {
      "input_bias", "recurrent_bias", "input_weights", "recurrent_weights"};
  static constexpr StringLiteral symmetric[] = {"input_bias", "input_weights",
                                                "recurrent_weights"};
  if (getActivationType(0).getElementType().isInteger(8))
    return full;
  return symmetric;
}

/// Shifts of tanh's argument that keep its product in int32.
static constexpr int32_t kLeastTanhShift = -15;
static constexpr int32_t kMostTanhShift = 14;

LogicalResult LstmOp::verify() {
  ShapedType x = getActivationType(0), y = getOutputType();
  Type element = x.getElementType();
  Builder builder(getContext());
  Type i8 = builder.getI8Type(), i16 = builder.getI16Type();
  Type f32 = builder.getF32Type();
  if (element != y.getElementType() ||
      (element != i8 && element != i16 && element != f32))
    return emitOpError("is for int8, int16 or float32 on both sides, got ")
           << x << " and " << y;
  if (x.getRank() != 3 || y.getRank() != 3 ||
      x.getShape().take_front(2) != y.getShape().take_front(2))
    return emitOpError("needs input and output of rank 3 with equal leading "
                       "dimensions, got ")
           << x << " and " << y;
  if (getStates().size() != 2)
    return emitOpError("needs two states, got ") << getStates().size();
  bool isFloat = element == f32;
  int64_t units = getUnits(), inputs = getInputs();
  if (failed(verifyState(*this, 0, getBatches() * units, element)) ||
      failed(verifyState(*this, 1, getBatches() * units, isFloat ? f32 : i16)))
    return failure();
  if (getStates()[0] == getStates()[1])
    return emitOpError("needs two different states");

  Type weight = isFloat ? f32 : i8;
  Type bias = isFloat         ? f32
              : element == i8 ? Type(builder.getI32Type())
                              : Type(builder.getI64Type());
  SmallVector<Expected> expected = {{{units, 4}, bias}};
  if (element == i8)
    expected.push_back({{units, 4}, bias});
  expected.push_back({{units, 4, inputs}, weight});
  expected.push_back({{units, 4, units}, weight});
  if (isFloat) {
    if (getInputRequant() || getRecurrentRequant() || getCellRequant() ||
        getRequant() || static_cast<int32_t>(getTanhShift()) != 0 ||
        static_cast<int32_t>(getCellLimit()) != 0)
      return emitOpError("of float32 requantises nothing");
    if (getCellClip() &&
        !(getCellClip()->isFinite() && getCellClip()->convertToFloat() > 0.0f))
      return emitOpError("cell_clip must be a positive number");
    return verifyConstants(*this, expected);
  }
  auto shift = static_cast<int32_t>(getTanhShift());
  auto limit = static_cast<int32_t>(getCellLimit());
  if (getCellClip())
    return emitOpError("cell_clip is for float32");
  if (shift < kLeastTanhShift || shift > kMostTanhShift)
    return emitOpError("tanh_shift ")
           << shift << " is not in " << kLeastTanhShift << " .. "
           << kMostTanhShift;
  if (limit < 0 || limit > std::numeric_limits<int16_t>::max())
    return emitOpError("cell_limit ") << limit << " is no positive int16";
  if (failed(
          verifyRequant(*this, "input_requant", getInputRequant(), 4, i16)) ||
      failed(verifyRequant(*this, "recurrent_requant", getRecurrentRequant(), 4,
                           i16)) ||
      failed(verifyRequant(*this, "cell_requant", getCellRequant(), 2, i16)) ||
      failed(verifyRequant(*this, "requant", getRequant(), 1, element)))
    return failure();
  for (RequantAttr requant :
       {*getInputRequant(), *getRecurrentRequant(), *getCellRequant()})
    if (requant.getZeroPoint() != 0 || requant.getMin() != -32768 ||
        requant.getMax() != 32767)
      return emitOpError("gates and cell need zero point 0 and all of int16");
  // Products of two int16 are at most 2^30.
  for (RequantAttr requant : {*getCellRequant(), *getRequant()})
    for (int32_t value : requant.getShift())
      if (value < 31)
        return emitOpError("products of int16 need a shift of 31 or more, got ")
               << value;
  return verifyConstants(*this, expected);
}

/// Checks what the arithmetic of int16 activations asks for: sums below 2^47
/// with results in int32 (rule N80).
static LogicalResult verifyLongSums(Operation *op, ArrayRef<int64_t> bounds,
                                    RequantAttr requant) {
  constexpr int32_t leastShift = 24;
  for (auto [row, bound] : llvm::enumerate(bounds)) {
    int32_t shift = requant.getShift()[row % 4];
    if (shift < leastShift)
      return op->emitOpError("shift ") << shift << " is below " << leastShift
                                       << ", the least for int16 activations";
    // The multiplier has 15 bits, as it is rounded to 16 of 31.
    bool fits =
        bound < int64_t(1) << 47 && (bound >> std::max(0, shift - 31)) <=
                                        std::numeric_limits<int32_t>::max() >>
                                        std::max(0, 31 - shift);
    if (!fits)
      return op->emitOpError("sum ")
             << row << " may reach " << bound
             << ", which is too much for a shift of " << shift;
  }
  return success();
}

LogicalResult LstmOp::verifyConstantValues(ArrayRef<DenseElementsAttr> values) {
  Type element = getActivationType(0).getElementType();
  if (element.isF32())
    return success();
  bool isInt8 = element.isInteger(8);
  DenseElementsAttr inputBias = values.front(), recurrentBias;
  if (isInt8)
    recurrentBias = values[1];
  DenseElementsAttr inputWeights = values.drop_back().back();
  DenseElementsAttr recurrentWeights = values.back();
  // Rows are (unit, gate), as those of the biases are.
  auto check = [&](DenseElementsAttr bias, DenseElementsAttr weights,
                   RequantAttr requant) {
    RankedTensorType type = cast<RankedTensorType>(weights.getType());
    auto rows = weights.reshape(RankedTensorType::get(
        {type.getDimSize(0) * 4, type.getDimSize(2)}, type.getElementType()));
    int64_t low = isInt8 ? -128 : -32768;
    SmallVector<int64_t> bounds = getBounds(bias, rows, low, -low - 1);
    return isInt8 ? verifySums(*this, bounds, requant)
                  : verifyLongSums(*this, bounds, requant);
  };
  return success(
      succeeded(check(inputBias, inputWeights, *getInputRequant())) &&
      succeeded(
          check(recurrentBias, recurrentWeights, *getRecurrentRequant())));
}

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32RecurrentOps.cpp.inc"
