//===- ImportLstm.cpp - Long short-term memory (rules N79 to N82) ---------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Recurrent.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

namespace {
/// Operands of the operator; each group has the gates input, forget, cell and
/// output.
enum LstmOperand : unsigned {
  kInputWeights = 1,
  kRecurrentWeights = 5,
  kPeephole = 9,
  kBias = 12,
  kProjection = 16,
  kHiddenState = 18,
  kCellState = 19,
  kLayerNorm = 20,
  kLstmOperands = 24
};
constexpr unsigned kGates = 4;

/// Sizes, states and the constants of the four gates.
struct LstmFacts {
  int64_t units, inputs;
  Value hidden, cell;
  DenseElementsAttr inputWeights[kGates], recurrentWeights[kGates],
      bias[kGates];
};
} // namespace

/// Constants of the gates, [units, n] each, as [units, gates, n].
template <typename T>
static SmallVector<T> interleave(const DenseElementsAttr (&gates)[kGates],
                                 int64_t units) {
  int64_t row = gates[0].getNumElements() / units;
  SmallVector<T> result(kGates * units * row);
  for (unsigned gate = 0; gate < kGates; ++gate)
    for (auto [index, value] : llvm::enumerate(gates[gate].getValues<T>())) {
      int64_t unit = static_cast<int64_t>(index) / row;
      result[(unit * kGates + gate) * row + index % row] = value;
    }
  return result;
}

/// Sums of the rows, in the order of `interleave`.
static SmallVector<int64_t>
sumGateRows(const DenseElementsAttr (&gates)[kGates], int64_t units) {
  SmallVector<int64_t> sums(units * kGates);
  for (unsigned gate = 0; gate < kGates; ++gate)
    for (auto [unit, sum] : llvm::enumerate(
             sumRows(gates[gate], gates[gate].getNumElements() / units)))
      sums[unit * kGates + gate] = sum;
  return sums;
}

/// A constant of the elements of `values`.
template <typename T>
static Value emitArray(OpImporter &op, ArrayRef<int64_t> shape, Type element,
                       ArrayRef<T> values) {
  return op.emitConst(
      DenseElementsAttr::get(op.getType(shape, element), values));
}

static LogicalResult checkLstm(OpImporter &op) {
  const auto &options = *op.getOptions<UnidirectionalSequenceLSTMOptions>();
  auto checkAbsent = [&](unsigned first, unsigned last, const char *what) {
    for (unsigned index = first; index < last; ++index)
      if (op.getInput(index))
        return op.unsupported(Twine("it has ") + what);
    return success();
  };
  if (failed(checkAbsent(kPeephole, kBias, "peephole weights")) ||
      failed(checkAbsent(kProjection, kHiddenState, "a projection")) ||
      failed(checkAbsent(kLayerNorm, kLstmOperands, "layer normalisation")))
    return failure();
  if (options.fused_activation_function() != ActivationFunctionType_TANH)
    return op.unsupported("its activation is not TANH");
  if (!(options.cell_clip() >= 0.0f) || !std::isfinite(options.cell_clip()))
    return op.invalid("its cell_clip is not a number of 0 or more");
  const TensorInfo &input = *op.getInput(0), &output = op.getOutput();
  return success(succeeded(op.checkSameType(input, output)) &&
                 succeeded(op.checkRank(input, 3)) &&
                 succeeded(op.checkRank(*op.getInput(kRecurrentWeights), 2)));
}

static FailureOr<LstmFacts> readLstm(OpImporter &op) {
  if (failed(checkLstm(op)))
    return failure();
  const auto &options = *op.getOptions<UnidirectionalSequenceLSTMOptions>();
  const TensorInfo &input = *op.getInput(0);
  bool isFloat = input.type == TensorType_FLOAT32;
  LstmFacts facts;
  facts.inputs = input.shape[2];
  facts.units = op.getInput(kRecurrentWeights)->shape[0];
  if (failed(
          op.checkOutputShape({input.shape[0], input.shape[1], facts.units})))
    return failure();
  int64_t batches = input.shape[options.time_major() ? 1 : 0];
  auto readState = [&](unsigned index, tflite::TensorType type,
                       Value &state) -> LogicalResult {
    FailureOr<Value> value = op.emitState(index);
    if (failed(value))
      return failure();
    state = *value;
    const TensorInfo &tensor = *op.getInput(index);
    if (tensor.type != type)
      return op.unsupported("its state \"" + getDisplayName(tensor) +
                            "\" has type " + getTypeName(tensor.type));
    if (tensor.getNumElements() == batches * facts.units)
      return success();
    return op.invalid("its state \"" + getDisplayName(tensor) +
                      "\" has shape " + formatShape(tensor.shape));
  };
  if (failed(readState(kHiddenState, input.type, facts.hidden)) ||
      failed(readState(kCellState,
                       isFloat ? TensorType_FLOAT32 : TensorType_INT16,
                       facts.cell)))
    return failure();
  if (facts.hidden == facts.cell)
    return op.invalid("both states are one tensor");
  auto weight = isFloat ? TensorType_FLOAT32 : TensorType_INT8;
  auto bias = isFloat                         ? TensorType_FLOAT32
              : input.type == TensorType_INT8 ? TensorType_INT32
                                              : TensorType_INT64;
  for (unsigned gate = 0; gate < kGates; ++gate) {
    auto read = [&](unsigned index, ArrayRef<int64_t> shape,
                    tflite::TensorType type, DenseElementsAttr &values) {
      auto result = readWeights(op, index + gate, shape, type);
      if (succeeded(result))
        values = *result;
      return LogicalResult(result);
    };
    if (failed(read(kInputWeights, {facts.units, facts.inputs}, weight,
                    facts.inputWeights[gate])) ||
        failed(read(kRecurrentWeights, {facts.units, facts.units}, weight,
                    facts.recurrentWeights[gate])) ||
        failed(read(kBias, {facts.units}, bias, facts.bias[gate])))
      return failure();
  }
  return facts;
}

static FailureOr<Value> importLstmFloat(OpImporter &op,
                                        const LstmFacts &facts) {
  const auto &options = *op.getOptions<UnidirectionalSequenceLSTMOptions>();
  OpBuilder &builder = op.getBuilder();
  Type f32 = builder.getF32Type();
  FailureOr<Value> input = op.emitOperand(*op.getInput(0));
  if (failed(input))
    return failure();
  int64_t units = facts.units;
  SmallVector<Value> constants = {emitArray<float>(
      op, {units, kGates}, f32, interleave<float>(facts.bias, units))};
  constants.push_back(
      emitArray<float>(op, {units, kGates, facts.inputs}, f32,
                       interleave<float>(facts.inputWeights, units)));
  constants.push_back(
      emitArray<float>(op, {units, kGates, units}, f32,
                       interleave<float>(facts.recurrentWeights, units)));
  FloatAttr clip;
  if (options.cell_clip() > 0.0f)
    clip = builder.getF32FloatAttr(options.cell_clip());
  return LstmOp::create(builder, op.getLoc(), op.getOutputType(), *input,
                        ValueRange{facts.hidden, facts.cell}, constants,
                        /*packed=*/Value(), /*dest=*/Value(),
                        /*scratch=*/Value(), options.time_major(),
                        /*input_requant=*/RequantAttr(),
                        /*recurrent_requant=*/RequantAttr(),
                        /*cell_requant=*/RequantAttr(),
                        /*requant=*/RequantAttr(), /*tanh_shift=*/0,
                        /*cell_limit=*/0, clip, /*kernel=*/StringAttr())
      .getResult();
}

namespace {
/// Integer parameters of a quantised LSTM.
struct LstmScales {
  SmallVector<qmath::Multiplier> input, recurrent, cell;
  qmath::Multiplier output;
  int32_t inputZp, hiddenZp, tanhShift, cellLimit;
};
} // namespace

static FailureOr<LstmScales> computeLstmScales(OpImporter &op) {
  const auto &options = *op.getOptions<UnidirectionalSequenceLSTMOptions>();
  auto input = op.getQuantization(*op.getInput(0));
  if (failed(input))
    return failure();
  auto hidden = op.getQuantization(*op.getInput(kHiddenState));
  if (failed(hidden))
    return failure();
  auto cell = op.getQuantization(*op.getInput(kCellState));
  if (failed(cell))
    return failure();
  // Q3.12 before the functions of the gates, Q0.15 behind them.
  constexpr float gateScale = 1.0f / (1 << 12),
                  functionScale = 1.0f / (1 << 15);
  LstmScales scales;
  for (unsigned gate = 0; gate < kGates; ++gate) {
    FailureOr<float> scale = getWeightScale(op, kInputWeights + gate);
    if (failed(scale))
      return failure();
    scales.input.push_back(
        qmath::convMultiplier(input->scale, *scale, gateScale));
    scale = getWeightScale(op, kRecurrentWeights + gate);
    if (failed(scale))
      return failure();
    scales.recurrent.push_back(
        qmath::convMultiplier(hidden->scale, *scale, gateScale));
  }
  scales.cell = {
      qmath::productMultiplier(functionScale, cell->scale, cell->scale),
      qmath::productMultiplier(functionScale, functionScale, cell->scale)};
  scales.output =
      qmath::productMultiplier(functionScale, functionScale, hidden->scale);
  // Products of two int16 values are at most 2^30.
  constexpr int64_t product = int64_t(1) << 30;
  for (const qmath::Multiplier &factor : scales.input)
    if (failed(op.checkMultiplier(factor, 1)))
      return failure();
  for (const qmath::Multiplier &factor : scales.recurrent)
    if (failed(op.checkMultiplier(factor, 1)))
      return failure();
  for (const qmath::Multiplier &factor :
       {scales.cell[0], scales.cell[1], scales.output}) {
    if (failed(op.checkMultiplier(factor, product)))
      return failure();
    if (factor.shift < 31)
      return op.unsupported("the scale of a state is too small");
  }
  scales.inputZp = input->zeroPoint;
  scales.hiddenZp = hidden->zeroPoint;
  // The cell's scale is a power of two: where it is not, the reference takes
  // the nearest.
  double power = std::round(std::log2(static_cast<double>(cell->scale)));
  if (power < -27 || power > 2)
    return op.unsupported("the scale of its cell state is not in 2^-27 .. 4");
  scales.tanhShift = 12 + static_cast<int32_t>(power);
  scales.cellLimit = 0;
  if (options.cell_clip() > 0.0f) {
    double limit = static_cast<double>(options.cell_clip()) /
                   static_cast<double>(cell->scale);
    scales.cellLimit = static_cast<int32_t>(std::min(limit, 32767.0));
    if (scales.cellLimit == 0)
      return op.unsupported("its cell_clip is below the scale of its cell");
  }
  return scales;
}

FailureOr<Value> tflite::importLstm(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  FailureOr<LstmFacts> facts = readLstm(op);
  if (failed(facts))
    return failure();
  if (input.type == TensorType_FLOAT32)
    return importLstmFloat(op, *facts);
  FailureOr<LstmScales> scales = computeLstmScales(op);
  if (failed(scales))
    return failure();

  const auto &options = *op.getOptions<UnidirectionalSequenceLSTMOptions>();
  OpBuilder &builder = op.getBuilder();
  int64_t units = facts->units;
  bool isInt8 = input.type == TensorType_INT8;
  FailureOr<Value> x = op.emitOperand(input);
  if (failed(x))
    return failure();
  SmallVector<Value> constants;
  if (isInt8) {
    SmallVector<int64_t> inputBias = sumGateRows(facts->inputWeights, units);
    for (auto [sum, value] :
         llvm::zip_equal(inputBias, interleave<int32_t>(facts->bias, units)))
      sum = value - scales->inputZp * sum;
    SmallVector<int64_t> recurrentBias =
        sumGateRows(facts->recurrentWeights, units);
    for (int64_t &sum : recurrentBias)
      sum *= -scales->hiddenZp;
    for (ArrayRef<int64_t> bias :
         {ArrayRef(inputBias), ArrayRef(recurrentBias)}) {
      FailureOr<Value> value = emitInt32(op, {units, kGates}, bias);
      if (failed(value))
        return failure();
      constants.push_back(*value);
    }
  } else {
    constants.push_back(
        emitArray<int64_t>(op, {units, kGates}, builder.getI64Type(),
                           interleave<int64_t>(facts->bias, units)));
  }
  constants.push_back(
      emitArray<int8_t>(op, {units, kGates, facts->inputs}, builder.getI8Type(),
                        interleave<int8_t>(facts->inputWeights, units)));
  constants.push_back(
      emitArray<int8_t>(op, {units, kGates, units}, builder.getI8Type(),
                        interleave<int8_t>(facts->recurrentWeights, units)));
  return LstmOp::create(builder, op.getLoc(), op.getOutputType(), *x,
                        ValueRange{facts->hidden, facts->cell}, constants,
                        /*packed=*/Value(), /*dest=*/Value(),
                        /*scratch=*/Value(), options.time_major(),
                        makeRequant(op, scales->input, 0, kInt16Range),
                        makeRequant(op, scales->recurrent, 0, kInt16Range),
                        makeRequant(op, scales->cell, 0, kInt16Range),
                        makeRequant(op, scales->output, scales->hiddenZp,
                                    isInt8 ? qmath::kInt8Range : kInt16Range),
                        static_cast<uint32_t>(scales->tanhShift),
                        static_cast<uint32_t>(scales->cellLimit),
                        /*cell_clip=*/FloatAttr(), /*kernel=*/StringAttr())
      .getResult();
}
