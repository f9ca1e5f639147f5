//===- ImportSignal.cpp - Audio front ends --------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Names and ranges of options, and the types that follow from them, are those
// of `stm32.signal` (STM32Signal.h). Here are the constants: some are operands
// of the model, others the reference computes when it starts.
//
//===----------------------------------------------------------------------===//

#include "FlexOptions.h"
#include "OpImporter.h"
#include "SignalMath.h"
#include "stm32/Dialect/STM32/IR/STM32Signal.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

namespace {
/// The import of one operator.
class SignalImporter {
public:
  SignalImporter(OpImporter &op, SignalFunction function)
      : op(op), builder(op.getBuilder()), facts(getSignalFacts(function)) {}

  /// Reads the options of a CUSTOM operator.
  LogicalResult readOptions();
  FailureOr<Value> import();

  llvm::StringMap<int64_t> options;

private:
  LogicalResult infer();
  LogicalResult checkOutputs();
  LogicalResult addConstant(DenseElementsAttr values);
  LogicalResult readConstant(unsigned input, ArrayRef<int64_t> shape);
  LogicalResult readFilterBank();
  LogicalResult addTwiddles(ArrayRef<signalmath::Unit> twiddles, Type element);
  LogicalResult addFftConstants(int64_t length, bool isInverse);
  LogicalResult makeConstants();
  void makeStates();

  OpImporter &op;
  OpBuilder &builder;
  const SignalFacts &facts;
  SignalTypes types;
  SmallVector<Value> states, constants;
};
} // namespace

//===----------------------------------------------------------------------===//
// Options and types
//===----------------------------------------------------------------------===//

LogicalResult SignalImporter::readOptions() {
  if (facts.options.empty())
    return success();
  FailureOr<ArrayRef<uint8_t>> bytes = op.getCustomOptions();
  if (failed(bytes))
    return failure();
  FlexOptions reader(*bytes);
  for (const SignalOption &option : facts.options)
    reader.read(option.name.data(), option.least, option.most,
                options[option.name]);
  // What the reference computes with, whatever its input is.
  bool hasType = facts.function == SignalFunction::Rfft ||
                 facts.function == SignalFunction::Irfft ||
                 facts.function == SignalFunction::OverlapAdd;
  int64_t type = 0;
  if (hasType)
    reader.read("T", 0, limits::kStep, type);
  if (!reader.defect.empty())
    return op.invalid(reader.defect);
  if (hasType && type != op.getInput(0)->type)
    return op.invalid(
        "its option T is " + getTypeName(tflite::TensorType(type)) +
        ", but its input has type " + getTypeName(op.getInput(0)->type));
  return success();
}

LogicalResult SignalImporter::infer() {
  SmallVector<ShapedType> inputs;
  for (unsigned i = 0; i < facts.numInputs; ++i)
    inputs.push_back(getTensorType(*op.getInput(i), builder.getContext()));
  SignalInference inferred =
      inferSignalTypes(facts.function, inputs,
                       [&](StringRef name) { return options.lookup(name); });
  if (!inferred.defect.empty())
    return op.unsupported("it " + inferred.defect);
  types = inferred.types;
  return checkOutputs();
}

LogicalResult SignalImporter::checkOutputs() {
  for (auto [index, type] : llvm::enumerate(types.outputs)) {
    const TensorInfo &output = op.getOutput(index);
    RankedTensorType given = getTensorType(output, builder.getContext());
    if (given.getElementType() != type.getElementType())
      return op.unsupported("tensor \"" + getDisplayName(output) +
                            "\" has type " + getTypeName(output.type));
    if (given != type)
      return op.invalid("tensor \"" + getDisplayName(output) + "\" has shape " +
                        formatShape(output.shape) + ", but " +
                        formatShape(type.getShape()) +
                        " follows from the inputs and options");
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

LogicalResult SignalImporter::addConstant(DenseElementsAttr values) {
  if (failed(op.chargeConstant(values.getRawData().size())))
    return failure();
  constants.push_back(op.emitConst(values));
  return success();
}

/// An operand of int16 with at least as many elements; more are not read.
LogicalResult SignalImporter::readConstant(unsigned input,
                                           ArrayRef<int64_t> shape) {
  const TensorInfo &tensor = *op.getInput(input);
  if (failed(op.checkConstant(tensor, "input " + Twine(input))) ||
      failed(op.checkType(tensor, TensorType_INT16)))
    return failure();
  int64_t count = ShapedType::getNumElements(shape);
  if (tensor.getNumElements() < count)
    return op.invalid("tensor \"" + getDisplayName(tensor) + "\" has " +
                      Twine(tensor.getNumElements()) +
                      " elements, needed are " + Twine(count));
  FailureOr<DenseElementsAttr> all =
      op.readConstant(tensor, {tensor.getNumElements()});
  if (failed(all))
    return failure();
  auto values = llvm::to_vector(all->getValues<int16_t>());
  constants.push_back(op.emitConst(
      DenseElementsAttr::get(op.getType(shape, builder.getI16Type()),
                             ArrayRef(values).take_front(count))));
  return success();
}

/// Operands: weights, weights of the channel before, then three lists.
LogicalResult SignalImporter::readFilterBank() {
  for (unsigned list = 0; list < 3; ++list)
    if (failed(readConstant(3 + list, types.constants[list].getShape())))
      return failure();
  SmallVector<int16_t> weights[2];
  for (unsigned side = 0; side < 2; ++side) {
    const TensorInfo &tensor = *op.getInput(1 + side);
    if (failed(op.checkConstant(tensor, "input " + Twine(1 + side))) ||
        failed(op.checkType(tensor, TensorType_INT16)))
      return failure();
    FailureOr<DenseElementsAttr> values =
        op.readConstant(tensor, {tensor.getNumElements()});
    if (failed(values))
      return failure();
    llvm::append_range(weights[side], values->getValues<int16_t>());
  }
  SmallVector<int16_t> pairs;
  for (auto [weight, other] : llvm::zip(weights[0], weights[1]))
    pairs.append({weight, other});
  return addConstant(DenseElementsAttr::get(
      op.getType({int64_t(pairs.size()) / 2, 2}, builder.getI16Type()),
      ArrayRef(pairs)));
}

LogicalResult SignalImporter::addTwiddles(ArrayRef<signalmath::Unit> twiddles,
                                          Type element) {
  RankedTensorType type = op.getType({int64_t(twiddles.size()), 2}, element);
  if (element.isF32()) {
    SmallVector<float> values;
    for (const signalmath::Unit &unit : twiddles)
      values.append(
          {static_cast<float>(unit.cos), static_cast<float>(unit.sin)});
    return addConstant(DenseElementsAttr::get(type, ArrayRef(values)));
  }
  unsigned bits = element.getIntOrFloatBitWidth();
  SmallVector<APInt> values;
  for (const signalmath::Unit &unit : twiddles)
    for (double part : {unit.cos, unit.sin})
      values.push_back(APInt(bits, signalmath::quantize(part, bits),
                             /*isSigned=*/true));
  return addConstant(DenseElementsAttr::get(type, values));
}

/// Of transforms of `length` real numbers.
LogicalResult SignalImporter::addFftConstants(int64_t length, bool isInverse) {
  Type element = types.constants[0].getElementType();
  if (failed(
          addTwiddles(signalmath::getTwiddles(length / 2, isInverse), element)))
    return failure();
  return addTwiddles(signalmath::getSplitTwiddles(length / 2, isInverse),
                     element);
}

LogicalResult SignalImporter::makeConstants() {
  switch (facts.function) {
  case SignalFunction::Window:
    return readConstant(1, types.constants[0].getShape());
  case SignalFunction::Pcan:
    return readConstant(2, types.constants[0].getShape());
  case SignalFunction::FilterBank:
    return readFilterBank();
  case SignalFunction::FilterBankLog:
    return addConstant(DenseElementsAttr::get(
        types.constants[0], ArrayRef(signalmath::getLogTable())));
  case SignalFunction::Rfft:
  case SignalFunction::Irfft:
    return addFftConstants(options["fft_length"],
                           facts.function == SignalFunction::Irfft);
  case SignalFunction::Rfft2D:
    if (failed(addFftConstants(options["columns"], /*isInverse=*/false)))
      return failure();
    return addTwiddles(
        signalmath::getTwiddles(options["rows"], /*isInverse=*/false),
        builder.getF32Type());
  default:
    return success();
  }
}

//===----------------------------------------------------------------------===//
// States
//===----------------------------------------------------------------------===//

void SignalImporter::makeStates() {
  std::string name = getDisplayName(op.getOutput());
  for (auto [index, type] : llvm::enumerate(types.states)) {
    int64_t initial = 0;
    if (index == 1 && facts.function == SignalFunction::Framer)
      initial = planFramer(options["frame_size"], options["frame_step"],
                           options["prefill"] != 0)
                    .pending;
    if (index == 1 && facts.function == SignalFunction::Stacker)
      initial = -1;
    states.push_back(
        op.emitState(name + (index == 0 ? "/state" : "/count"), type, initial));
  }
}

//===----------------------------------------------------------------------===//
// Import (rules N95 to N109)
//===----------------------------------------------------------------------===//

FailureOr<Value> SignalImporter::import() {
  if (failed(infer()) || failed(makeConstants()))
    return failure();
  SmallVector<Value> inputs;
  for (unsigned i = 0; i < facts.numInputs; ++i) {
    FailureOr<Value> value = op.emitOperand(*op.getInput(i));
    if (failed(value))
      return failure();
    inputs.push_back(*value);
  }
  makeStates();
  SmallVector<NamedAttribute> numbers;
  for (const SignalOption &option : facts.options)
    numbers.push_back(builder.getNamedAttr(
        option.name, builder.getI32IntegerAttr(options[option.name])));
  SmallVector<Type> results(types.outputs.begin(), types.outputs.end());
  auto signal = SignalOp::create(
      builder, op.getLoc(), results, facts.function, inputs, states, constants,
      /*packed=*/Value(), /*destinations=*/ValueRange(), /*scratch=*/Value(),
      builder.getDictionaryAttr(numbers), /*kernel=*/StringAttr());
  for (unsigned i = 1; i < signal.getOutputs().size(); ++i)
    op.setOutput(i, signal.getOutputs()[i]);
  return signal.getOutputs()[0];
}

FailureOr<Value> tflite::importSignal(OpImporter &op) {
  auto function = SignalFunction::Window;
  for (unsigned i = 0; i <= getMaxEnumValForSignalFunction(); ++i)
    if (getSignalFacts(SignalFunction(i)).kind == op.getShortName())
      function = SignalFunction(i);
  SignalImporter importer(op, function);
  if (failed(importer.readOptions()))
    return failure();
  return importer.import();
}

FailureOr<Value> tflite::importRfft2D(OpImporter &op) {
  SignalImporter importer(op, SignalFunction::Rfft2D);
  FailureOr<SmallVector<int64_t>> lengths =
      op.getIntegers(*op.getInput(1), "the length of the transform");
  if (failed(lengths))
    return failure();
  const SignalFacts &facts = getSignalFacts(SignalFunction::Rfft2D);
  if (lengths->size() != facts.options.size())
    return op.invalid("it has " + Twine(lengths->size()) + " lengths");
  for (auto [option, length] : llvm::zip_equal(facts.options, *lengths)) {
    if (length < option.least || length > option.most)
      return op.unsupported("its number of " + option.name + " is " +
                            Twine(length) + ", supported are " +
                            Twine(option.least) + " to " + Twine(option.most));
    importer.options[option.name] = length;
  }
  return importer.import();
}
