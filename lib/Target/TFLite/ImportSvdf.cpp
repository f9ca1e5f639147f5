//===- ImportSvdf.cpp - SVDF (rules N77 and N78) --------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Recurrent.h"
#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

namespace {
/// What is known of a SVDF once its operands have been looked at.
struct SvdfFacts {
  int64_t rank, units, filters, memory;
  Value state;
  DenseElementsAttr featureWeights, timeWeights, bias; ///< bias: or null
};
} // namespace

static FailureOr<SvdfFacts> readSvdf(OpImporter &op) {
  const auto &options = *op.getOptions<SVDFOptions>();
  const TensorInfo &input = *op.getInput(0), &features = *op.getInput(1),
                   &time = *op.getInput(2), &output = op.getOutput();
  bool isFloat = input.type == TensorType_FLOAT32;
  if (failed(op.checkSameType(input, output)) ||
      failed(op.checkRank(input, 2)) || failed(op.checkRank(features, 2)) ||
      failed(op.checkRank(time, 2)))
    return failure();
  SvdfFacts facts;
  facts.rank = options.rank();
  facts.filters = features.shape[0];
  facts.memory = time.shape[1];
  if (facts.rank < 1 || facts.filters % facts.rank)
    return op.invalid("rank " + Twine(facts.rank) + " does not divide its " +
                      Twine(facts.filters) + " filters");
  facts.units = facts.filters / facts.rank;
  if (failed(op.checkOutputShape({input.shape[0], facts.units})))
    return failure();
  FailureOr<Value> state = op.emitState(4);
  if (failed(state))
    return failure();
  facts.state = *state;
  const TensorInfo &stateTensor = *op.getInput(4);
  bool isWide = time.type == TensorType_INT16;
  tflite::TensorType stateType = isFloat  ? TensorType_FLOAT32
                                 : isWide ? TensorType_INT16
                                          : TensorType_INT8;
  if (stateTensor.type != stateType)
    return op.unsupported("its state has type " +
                          getTypeName(stateTensor.type) +
                          ", its weights of time " + getTypeName(time.type));
  if (stateTensor.getNumElements() / input.shape[0] / facts.filters !=
          facts.memory ||
      stateTensor.getNumElements() % (input.shape[0] * facts.filters))
    return op.invalid("its state has shape " + formatShape(stateTensor.shape) +
                      " for " + Twine(facts.filters) + " filters of " +
                      Twine(facts.memory) + " steps");
  FailureOr<DenseElementsAttr> weights =
      readWeights(op, 1, {facts.filters, input.shape[1]},
                  isFloat ? TensorType_FLOAT32 : TensorType_INT8);
  if (failed(weights))
    return failure();
  facts.featureWeights = *weights;
  weights = readWeights(op, 2, {facts.filters, facts.memory}, stateType);
  if (failed(weights))
    return failure();
  facts.timeWeights = *weights;
  if (!op.getInput(3))
    return facts;
  FailureOr<DenseElementsAttr> bias = readWeights(
      op, 3, {facts.units}, isFloat ? TensorType_FLOAT32 : TensorType_INT32);
  if (failed(bias))
    return failure();
  facts.bias = *bias;
  return facts;
}

static FailureOr<Value> importSvdfFloat(OpImporter &op,
                                        const SvdfFacts &facts) {
  OpBuilder &builder = op.getBuilder();
  const auto &options = *op.getOptions<SVDFOptions>();
  auto activation = op.getActivation(options.fused_activation_function());
  if (failed(activation))
    return failure();
  DenseF32ArrayAttr range;
  constexpr float largest = std::numeric_limits<float>::max();
  if (*activation == qmath::Activation::Relu)
    range = builder.getDenseF32ArrayAttr({0.0f, largest});
  else if (*activation == qmath::Activation::Relu6)
    range = builder.getDenseF32ArrayAttr({0.0f, 6.0f});
  else if (*activation == qmath::Activation::ReluN1To1)
    range = builder.getDenseF32ArrayAttr({-1.0f, 1.0f});
  FailureOr<Value> input = op.emitOperand(*op.getInput(0));
  if (failed(input))
    return failure();
  DenseElementsAttr bias = facts.bias;
  if (!bias)
    bias = DenseElementsAttr::get(
        op.getType({facts.units}, builder.getF32Type()), 0.0f);
  SmallVector<Value> constants = {op.emitConst(bias)};
  constants.push_back(op.emitConst(facts.timeWeights));
  constants.push_back(op.emitConst(facts.featureWeights));
  return SvdfOp::create(builder, op.getLoc(), op.getOutputType(), *input,
                        facts.state, constants, /*packed=*/Value(),
                        /*dest=*/Value(), /*scratch=*/Value(), facts.rank,
                        /*state_requant=*/RequantAttr(),
                        /*requant=*/RequantAttr(), range,
                        /*kernel=*/StringAttr())
      .getResult();
}

FailureOr<Value> tflite::importSvdf(OpImporter &op) {
  const TensorInfo &input = *op.getInput(0);
  FailureOr<SvdfFacts> facts = readSvdf(op);
  if (failed(facts))
    return failure();
  if (input.type == TensorType_FLOAT32)
    return importSvdfFloat(op, *facts);

  auto inputQuant = op.getQuantization(input);
  if (failed(inputQuant))
    return failure();
  auto stateQuant = op.getQuantization(*op.getInput(4));
  if (failed(stateQuant))
    return failure();
  auto outputQuant = op.getQuantization(op.getOutput());
  if (failed(outputQuant))
    return failure();
  FailureOr<float> featureScale = getWeightScale(op, 1);
  if (failed(featureScale))
    return failure();
  FailureOr<float> timeScale = getWeightScale(op, 2);
  if (failed(timeScale))
    return failure();
  bool isWide = op.getInput(2)->type == TensorType_INT16;
  qmath::Multiplier stateFactor = qmath::floatProductMultiplier(
      inputQuant->scale, *featureScale, stateQuant->scale);
  qmath::Multiplier factor = qmath::floatProductMultiplier(
      stateQuant->scale, *timeScale, outputQuant->scale);
  if (failed(op.checkMultiplier(stateFactor, 1)) ||
      failed(op.checkMultiplier(factor, 1)))
    return failure();
  // Zero times anything is zero with every shift.
  if (factor.multiplier == 0)
    factor.shift = qmath::kMaxShift;
  if (isWide && factor.shift < 32)
    return op.unsupported("its output's scale is too small for sums of int16");

  // (w * (x - zp)) summed is w * x summed less zp times the sum of w.
  SmallVector<int64_t> featureBias =
      sumRows(facts->featureWeights, input.shape[1]);
  for (int64_t &value : featureBias)
    value *= -inputQuant->zeroPoint;
  SmallVector<int64_t> bias =
      sumRows(facts->timeWeights, facts->memory * facts->rank);
  for (int64_t &value : bias)
    value *= -stateQuant->zeroPoint;
  if (facts->bias)
    for (auto [sum, value] :
         llvm::zip_equal(bias, facts->bias.getValues<int32_t>()))
      sum += value;

  FailureOr<Value> x = op.emitOperand(input);
  if (failed(x))
    return failure();
  FailureOr<Value> featureBiases = emitInt32(op, {facts->filters}, featureBias);
  if (failed(featureBiases))
    return failure();
  FailureOr<Value> biases = emitInt32(op, {facts->units}, bias);
  if (failed(biases))
    return failure();
  SmallVector<Value> constants = {*featureBiases, *biases};
  constants.push_back(op.emitConst(facts->timeWeights));
  constants.push_back(op.emitConst(facts->featureWeights));
  // The reference does not apply the fused activation: the range of int8 is.
  return SvdfOp::create(
             op.getBuilder(), op.getLoc(), op.getOutputType(), *x, facts->state,
             constants, /*packed=*/Value(), /*dest=*/Value(),
             /*scratch=*/Value(), facts->rank,
             makeRequant(op, stateFactor, stateQuant->zeroPoint,
                         isWide ? kInt16Range : qmath::kInt8Range),
             makeRequant(op, factor, outputQuant->zeroPoint, qmath::kInt8Range),
             /*range=*/DenseF32ArrayAttr(), /*kernel=*/StringAttr())
      .getResult();
}
