//===- SignalOps.cpp - Audio front ends -----------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Signal.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::stm32;

StringRef SignalOp::getKind() { return getSignalFacts(getFunction()).kind; }

ArrayRef<StringLiteral> SignalOp::getConstantNames() {
  return getSignalFacts(getFunction()).constants;
}

int64_t SignalOp::getOption(StringRef name) {
  return getOptions().getAs<IntegerAttr>(name).getInt();
}

int64_t SignalOp::getScratchSize() {
  // A column of complex numbers.
  return getFunction() == SignalFunction::Rfft2D
             ? getOption("rows") * 2 * int64_t(sizeof(float))
             : 0;
}

//===----------------------------------------------------------------------===//
// Verifier
//===----------------------------------------------------------------------===//

static LogicalResult verifyOptions(SignalOp op, const SignalFacts &facts) {
  DictionaryAttr options = op.getOptions();
  if (options.size() != facts.options.size())
    return op.emitOpError("has ") << options.size() << " options, needs "
                                  << facts.options.size();
  for (const SignalOption &option : facts.options) {
    auto value = options.getAs<IntegerAttr>(option.name);
    if (!value || !value.getType().isSignlessInteger(32))
      return op.emitOpError("needs option ") << option.name << ", an i32";
    if (value.getInt() < option.least || value.getInt() > option.most)
      return op.emitOpError("option ")
             << option.name << " is " << value.getInt() << ", not in "
             << option.least << " .. " << option.most;
  }
  return success();
}

/// Checks types of one kind, which are those of buffers or tensors.
static LogicalResult verifyTypes(SignalOp op, StringRef kind,
                                 ArrayRef<ShapedType> given,
                                 ArrayRef<RankedTensorType> expected) {
  if (given.size() != expected.size())
    return op.emitOpError("needs ")
           << expected.size() << " " << kind << "s, got " << given.size();
  for (auto [index, type, want] : llvm::enumerate(given, expected)) {
    auto buffer = dyn_cast<BufferType>(type);
    if (failed(verifyCompatibleShape(want.getShape(), type.getShape())) ||
        type.getElementType() != want.getElementType() ||
        getLayout(type) != Layout::NHWC || (buffer && buffer.getRows()))
      return op.emitOpError() << kind << " " << index << " must be " << want
                              << ", got " << type;
  }
  return success();
}

static LogicalResult verifyConstants(SignalOp op,
                                     ArrayRef<RankedTensorType> expected) {
  if (!op.getPacked()) {
    SmallVector<ShapedType> types;
    for (Value constant : op.getConstants())
      types.push_back(cast<ShapedType>(constant.getType()));
    return verifyTypes(op, "constant", types, expected);
  }
  if (!op.getConstants().empty())
    return op.emitOpError("needs either constants or packed constants");
  int64_t bytes = 0;
  for (RankedTensorType type : expected)
    if (type.hasStaticShape())
      bytes += type.getNumElements() * getElementBytes(type.getElementType());
  RankedTensorType packed = op.getPacked().getType();
  if (expected.empty() || !packed.hasStaticShape() ||
      packed.getNumElements() < bytes)
    return op.emitOpError("needs packed constants of at least ")
           << bytes << " bytes, got " << packed;
  return success();
}

LogicalResult SignalOp::verify() {
  const SignalFacts &facts = getSignalFacts(getFunction());
  ComputeOpInterface op(*this);
  if (failed(verifyOptions(*this, facts)))
    return failure();
  if (getInputs().size() != facts.numInputs)
    return emitOpError("needs ")
           << facts.numInputs << " inputs, got " << getInputs().size();
  SmallVector<ShapedType> inputs, states, outputs;
  for (unsigned i = 0; i < facts.numInputs; ++i) {
    inputs.push_back(op.getActivationType(i));
    auto buffer = dyn_cast<BufferType>(inputs.back());
    if (stm32::getLayout(inputs.back()) != Layout::NHWC ||
        (buffer && buffer.getRows()))
      return emitOpError("needs channel-last tensors, got ") << inputs.back();
  }
  for (Value value : getStates())
    states.push_back(cast<ShapedType>(value.getType()));
  for (Value value : getDests())
    outputs.push_back(cast<ShapedType>(value.getType()));
  for (Type type : getResultTypes())
    outputs.push_back(cast<ShapedType>(type));

  SignalInference inferred = inferSignalTypes(
      getFunction(), inputs, [&](StringRef name) { return getOption(name); });
  if (!inferred.defect.empty())
    return emitOpError(inferred.defect);
  const SignalTypes &types = inferred.types;
  if (failed(verifyTypes(*this, "output", outputs, types.outputs)) ||
      failed(verifyTypes(*this, "state", states, types.states)) ||
      failed(verifyConstants(*this, types.constants)))
    return failure();
  for (unsigned index = 0; index < types.outputs.size(); ++index) {
    ShapedType type = types.outputs[index];
    auto emit = [&] { return emitOpError() << "output " << index << ": "; };
    if (failed(stm32::detail::verifyStorage(emit, type.getShape(),
                                            type.getElementType())))
      return failure();
  }
  if (states.size() == 2 && getStates()[0] == getStates()[1])
    return emitOpError("needs two different states");
  if (!getDest() || getScratchSize() == 0)
    return success();
  int64_t given =
      getScratch() ? cast<BufferType>(getScratch().getType()).getBytes() : 0;
  if (given < getScratchSize())
    return emitOpError("needs ")
           << getScratchSize() << " bytes of scratch, got " << given;
  return success();
}

//===----------------------------------------------------------------------===//
// Values of constants
//===----------------------------------------------------------------------===//

/// The lists of a filter bank point into its input and its weights.
LogicalResult
SignalOp::verifyConstantValues(ArrayRef<DenseElementsAttr> values) {
  if (getFunction() != SignalFunction::FilterBank)
    return success();
  int64_t energies =
      ComputeOpInterface(*this).getActivationType(0).getNumElements();
  int64_t pairs = values[3].getType().getDimSize(0);
  auto read = [](DenseElementsAttr list) {
    SmallVector<int64_t> numbers;
    for (const APInt &value : list.getValues<APInt>())
      numbers.push_back(value.getSExtValue());
    return numbers;
  };
  for (auto [index, frequency, weight, width] : llvm::enumerate(
           read(values[0]), read(values[1]), read(values[2]))) {
    if (width <= 0)
      continue;
    if (frequency < 0 || frequency + width > energies || weight < 0 ||
        weight + width > pairs)
      return emitOpError("band ")
             << index << " reads " << width << " values from energy "
             << frequency << " of " << energies << " and weight " << weight
             << " of " << pairs;
  }
  return success();
}

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32SignalOps.cpp.inc"
