//===- OpImporter.h - From one .tflite operator to TOSA ---------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `GraphImporter` walks over the operators of a model and keeps the values of
// its tensors. For each operator it finds the `OperatorRecord` and calls its
// import function with an `OpImporter`, which has the checks and the emitters
// that import functions share.
//
// An import function either returns the value of the output, or records one
// problem (`unsupported`, `invalid`) and fails. Import goes on after a problem,
// so that the user sees all of them at once: a tensor without a value gets a
// placeholder, and the module is thrown away in the end.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_TARGET_TFLITE_OPIMPORTER_H
#define STM32_LIB_TARGET_TFLITE_OPIMPORTER_H

#include "ModelReader.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "stm32/Target/TFLite/QuantMath.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::stm32::tflite {

/// One reason why a model cannot be imported.
struct Problem {
  std::string text;
  /// An operator's problem, or one of the whole model.
  bool isOperator;
  /// The file contradicts itself, or asks for what nobody implements here.
  bool isInvalid;
};

/// Scale and zero point of an activation.
struct Quantization {
  float scale;
  int32_t zeroPoint;
};

class OpImporter;
using ImportFunction = FailureOr<Value> (*)(OpImporter &op);

/// What is known of one kind of operator.
struct OperatorRecord {
  BuiltinOperator code;
  BuiltinOptions options;
  /// Without options the operator has no meaning.
  bool needsOptions;
  /// Operands; those from `numRead` on are not looked at.
  unsigned minInputs, maxInputs, numRead;
  ImportFunction import;
};

/// The record of an operator code, or null if it is not supported.
const OperatorRecord *findOperatorRecord(int32_t code);

/// Elements of a tensor at the boundary of the graph or inside it.
Type getElementType(TensorType type, MLIRContext *context);
RankedTensorType getTensorType(const TensorInfo &tensor, MLIRContext *context);

/// Location with the tensor's name.
Location getTensorLoc(const TensorInfo &tensor, MLIRContext *context);

/// The tensor's name, or "tensor_N" if it has none.
std::string getDisplayName(const TensorInfo &tensor);

/// State of the import of one graph.
class GraphImporter {
public:
  GraphImporter(const ModelInfo &model, OpBuilder &builder)
      : model(model), builder(builder), values(model.tensors.size()),
        constantBudget(model.fileBytes * limits::kConstantReuse +
                       limits::kConstantFloor) {}

  void setValue(const TensorInfo &tensor, Value value) {
    values[tensor.index] = value;
  }
  /// The tensor's value; a placeholder if its operator had a problem.
  Value getValue(const TensorInfo &tensor);

  /// Imports all operators in order.
  void run();

  const ModelInfo &model;
  OpBuilder &builder;
  std::vector<Problem> problems;

private:
  friend class OpImporter;
  std::vector<Value> values;
  /// Bytes of constants that may still be read.
  int64_t constantBudget;
};

/// The import of one operator.
class OpImporter {
public:
  OpImporter(GraphImporter &graph, const OperatorInfo &info)
      : graph(graph), info(info), builder(graph.builder),
        loc(builder.getUnknownLoc()) {}

  /// Finds the record, checks operands and options against it, imports.
  void run();

  //===--------------------------------------------------------------------===//
  // Problems
  //===--------------------------------------------------------------------===//

  LogicalResult unsupported(const Twine &text) { return report(text, false); }
  LogicalResult invalid(const Twine &text) { return report(text, true); }

  //===--------------------------------------------------------------------===//
  // Facts and checks; those that can fail record the problem.
  //===--------------------------------------------------------------------===//

  /// Operand `index`, or null if it is absent. Operands below the record's
  /// `minInputs` are present.
  const TensorInfo *getInput(unsigned index) const;
  const TensorInfo &getOutput() const;

  /// The options table, or null if the file has none. Options without a type
  /// were not verified and count as absent.
  template <typename T> const T *getOptions() const {
    if (info.table->builtin_options_type() == BuiltinOptions_NONE)
      return nullptr;
    return static_cast<const T *>(info.table->builtin_options());
  }
  BuiltinOperator getCode() const { return BuiltinOperator(info.code); }

  LogicalResult checkType(const TensorInfo &tensor, TensorType type);
  /// Both are int8 (the first input and the output of most operators).
  LogicalResult checkInt8InOut();
  LogicalResult checkRank(const TensorInfo &tensor, unsigned rank);
  LogicalResult checkMaxRank(const TensorInfo &tensor, unsigned rank);
  /// The output has `shape`.
  LogicalResult checkOutputShape(ArrayRef<int64_t> shape);
  /// `value` lies in [1, limits::kStep].
  LogicalResult checkStep(int64_t value, const Twine &what);
  LogicalResult checkConstant(const TensorInfo &tensor, const Twine &what);
  FailureOr<Quantization> getQuantization(const TensorInfo &tensor);
  FailureOr<qmath::Activation> getActivation(ActivationFunctionType function);
  /// Takes `bytes` from what operators may read of the constants.
  LogicalResult chargeConstant(int64_t bytes);
  /// Values of a constant of type int32.
  FailureOr<SmallVector<int64_t>> getIntegers(const TensorInfo &tensor,
                                              const Twine &what);
  /// `factor` can scale values in [-bound, bound].
  LogicalResult checkMultiplier(const qmath::Multiplier &factor, int64_t bound);

  //===--------------------------------------------------------------------===//
  // Emitters
  //===--------------------------------------------------------------------===//

  /// Value of a tensor; constants become `tosa.const`.
  FailureOr<Value> emitOperand(const TensorInfo &tensor);
  /// A constant seen with another shape of as many elements.
  FailureOr<Value> emitConstant(const TensorInfo &tensor,
                                ArrayRef<int64_t> shape);
  Value emitConst(DenseElementsAttr values);
  /// A tensor of one element.
  Value emitScalar(Type elementType, int64_t value);
  Value emitShape(ArrayRef<int64_t> shape);
  Value emitReshape(Value input, ArrayRef<int64_t> shape);
  /// The leading elements of each dimension.
  Value emitSlice(Value input, ArrayRef<int64_t> shape);
  Value emitRescale(Value input, Type elementType,
                    ArrayRef<qmath::Multiplier> factors, int64_t inputZeroPoint,
                    int64_t outputZeroPoint,
                    tosa::RoundingMode mode = tosa::RoundingMode::DOUBLE_ROUND);
  /// Nothing if `range` is all of int8.
  Value emitClamp(Value input, qmath::Range range);

  RankedTensorType getType(ArrayRef<int64_t> shape, Type elementType) {
    return RankedTensorType::get(shape, elementType);
  }
  RankedTensorType getOutputType() {
    return getTensorType(getOutput(), builder.getContext());
  }
  OpBuilder &getBuilder() { return builder; }
  Location getLoc() const { return loc; }

private:
  LogicalResult report(const Twine &text, bool isInvalid);
  /// `CONV_2D that writes "name"`.
  std::string describe() const;
  LogicalResult checkOperands(const OperatorRecord &record);
  LogicalResult checkOptions(const OperatorRecord &record);
  FailureOr<Value> import();

  GraphImporter &graph;
  const OperatorInfo &info;
  OpBuilder &builder;
  Location loc;
};

//===----------------------------------------------------------------------===//
// Geometry of windows
//===----------------------------------------------------------------------===//

/// A window that moves over one dimension of an image.
struct WindowAxis {
  int64_t output, padBefore, padAfter;
  /// Leading elements of the input that windows reach: TOSA wants an input
  /// without a remainder.
  int64_t used;
};

/// Geometry with the padding of the reference; nullopt if no window fits.
/// `window` includes the dilation.
std::optional<WindowAxis> computeWindow(int64_t input, int64_t window,
                                        int64_t stride, bool same);

/// Both axes of a 4-D operator, checked against the output's height and width.
struct Window2D {
  WindowAxis height, width;
  SmallVector<int64_t, 4> getPadding() const {
    return {height.padBefore, height.padAfter, width.padBefore, width.padAfter};
  }
};
struct WindowSpec {
  Padding padding;
  int64_t windowH, windowW, strideH, strideW, dilationH = 1, dilationW = 1;
};
FailureOr<Window2D> computeWindow2D(OpImporter &op, const WindowSpec &spec);

/// The input without the rows and columns that no window reaches.
Value emitUsedInput(OpImporter &op, Value input, const Window2D &window);

//===----------------------------------------------------------------------===//
// Import functions, one for each row of the table of records
//===----------------------------------------------------------------------===//

FailureOr<Value> importConv2D(OpImporter &op);
FailureOr<Value> importDepthwiseConv2D(OpImporter &op);
FailureOr<Value> importFullyConnected(OpImporter &op);
FailureOr<Value> importPool2D(OpImporter &op);
FailureOr<Value> importAdd(OpImporter &op);
FailureOr<Value> importMean(OpImporter &op);
FailureOr<Value> importPad(OpImporter &op);
FailureOr<Value> importReshape(OpImporter &op);
FailureOr<Value> importSoftmax(OpImporter &op);
FailureOr<Value> importQuantize(OpImporter &op);
FailureOr<Value> importDequantize(OpImporter &op);
FailureOr<Value> importRelu(OpImporter &op);
FailureOr<Value> importRelu6(OpImporter &op);

} // namespace mlir::stm32::tflite

#endif // STM32_LIB_TARGET_TFLITE_OPIMPORTER_H
