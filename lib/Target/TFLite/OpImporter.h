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
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlir::stm32 {
class RequantAttr;
} // namespace mlir::stm32

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

/// A set of element types, one bit for each.
namespace types {
enum : unsigned {
  kInt8 = 1,
  kUInt8 = 2,
  kInt16 = 4,
  kInt32 = 8,
  kInt64 = 16,
  kFloat32 = 32,
  kBool = 64,
  kFloat16 = 128,
  kUInt32 = 256,
  kUInt64 = 512,
  kComplex64 = 1024,
  kByte = kInt8 | kUInt8,
  kQuantized = kInt8 | kUInt8 | kInt16,
  kAny = 127,
  /// Only operators of audio front ends know these.
  kSignal = kUInt32 | kUInt64 | kComplex64
};
} // namespace types

/// What is known of one kind of operator.
struct OperatorRecord {
  BuiltinOperator code;
  BuiltinOptions options;
  /// Without options the operator has no meaning.
  bool needsOptions;
  /// Operands; those from `numRead` on are not looked at.
  unsigned minInputs, maxInputs, numRead;
  ImportFunction import;
  /// Types of the operand that decides the arithmetic, which is `typeOperand`.
  unsigned types;
  /// Options and limits, for people.
  const char *notes;
  unsigned typeOperand = 0;
  unsigned maxOutputs = 1;
  /// Which CUSTOM operator it is.
  const char *customCode = "";
  unsigned minOutputs = 1;
  /// Handles of variables are among its operands: the import function looks at
  /// them, and at the types.
  bool usesHandles = false;
  /// Operands may have the types of `kSignal`: the import function looks at the
  /// types of all of them.
  bool takesSignals = false;
};

/// All records, in the order of their names.
ArrayRef<OperatorRecord> getOperatorRecords();

/// The record of an operator, or null if it is not supported.
const OperatorRecord *findOperatorRecord(const OperatorInfo &op);

/// The bit of `type`, 0 if it has none.
unsigned getTypeBit(TensorType type);

/// int8 or uint8.
inline bool isByte(const TensorInfo &tensor) {
  return getTypeBit(tensor.type) & types::kByte;
}

/// Elements of a tensor inside the graph. uint8 values are int8 there, less
/// 128, as is their zero point: integer arithmetic only sees the difference.
Type getElementType(TensorType type, MLIRContext *context);
RankedTensorType getTensorType(const TensorInfo &tensor, MLIRContext *context);
/// The type of an input or output of the graph.
RankedTensorType getBoundaryType(const TensorInfo &tensor,
                                 MLIRContext *context);
/// What is added to a uint8 value to get the int8 value inside the graph.
inline constexpr int32_t kUInt8Offset = -128;
/// Moves `value` between uint8 and int8; nothing if it has `type`.
Value emitOffset(OpBuilder &builder, Location loc, Value value,
                 RankedTensorType type);

/// The subgraph that a CALL_ONCE runs, or -1.
int64_t getInitSubgraph(const OperatorInfo &op);

/// Location with the tensor's name.
Location getTensorLoc(const TensorInfo &tensor, MLIRContext *context);

/// The tensor's name, or "tensor_N" if it has none.
std::string getDisplayName(const TensorInfo &tensor);

/// A variable that VAR_HANDLE names.
struct Variable {
  std::string name;
  /// What the first ASSIGN_VARIABLE of the main graph assigns, or null.
  const TensorInfo *assigned = nullptr;
  /// What CALL_ONCE assigns, or null.
  const TensorInfo *initial = nullptr;
  /// Its `stm32.state`, once an operator has used it.
  Value state;
};

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

  /// The variable of a handle in `info`, the main graph or another one, or null
  /// if no VAR_HANDLE wrote it.
  Variable *findVariable(const GraphInfo &info, int32_t handle);

  const ModelInfo &model;
  OpBuilder &builder;
  std::vector<Problem> problems;

private:
  friend class OpImporter;
  /// Finds what operators say about variables before and behind their use.
  void collectVariables();

  std::vector<Value> values;
  std::vector<std::unique_ptr<Variable>> variables;
  /// Handles by their subgraph.
  llvm::DenseMap<std::pair<const GraphInfo *, int32_t>, Variable *> handles;
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
  unsigned getNumInputs() const { return info.inputs.size(); }
  unsigned getNumOutputs() const { return info.outputs.size(); }
  const TensorInfo &getOutput(unsigned index = 0) const;

  /// The options table, or null if the file has none. Options without a type
  /// were not verified and count as absent.
  template <typename T> const T *getOptions() const {
    if (info.table->builtin_options_type() == BuiltinOptions_NONE)
      return nullptr;
    return static_cast<const T *>(info.table->builtin_options());
  }
  BuiltinOperator getCode() const { return BuiltinOperator(info.code); }
  /// "CONV_2D", or the code of a CUSTOM operator.
  std::string getShortName() const {
    return info.code == BuiltinOperator_CUSTOM ? info.customCode.str()
                                               : getOperatorName(info);
  }
  /// The options of a CUSTOM operator; empty if there are none.
  FailureOr<ArrayRef<uint8_t>> getCustomOptions();

  /// The tensor has no defect.
  LogicalResult checkTensor(const TensorInfo &tensor);

  /// uint8 counts as int8 where the record allows it.
  LogicalResult checkType(const TensorInfo &tensor, TensorType type);
  /// Both are int8 (the first input and the output of most operators).
  LogicalResult checkInt8InOut();
  /// Both have one type, one of the record's.
  LogicalResult checkSameType(const TensorInfo &a, const TensorInfo &b);
  LogicalResult checkRank(const TensorInfo &tensor, unsigned rank);
  LogicalResult checkMaxRank(const TensorInfo &tensor, unsigned rank);
  /// The output has `shape`.
  LogicalResult checkOutputShape(ArrayRef<int64_t> shape);
  /// `value` lies in [1, limits::kStep].
  LogicalResult checkStep(int64_t value, const Twine &what);
  LogicalResult checkConstant(const TensorInfo &tensor, const Twine &what);
  /// Scale and zero point; those of uint8 as int8. int16 is symmetric but where
  /// `isAffine`. With `allowsZero` a scale of 0 is one, too: that of zeros.
  FailureOr<Quantization> getQuantization(const TensorInfo &tensor,
                                          bool isAffine = false,
                                          bool allowsZero = false);
  FailureOr<qmath::Activation> getActivation(ActivationFunctionType function);
  /// Takes `bytes` from what operators may read of the constants.
  LogicalResult chargeConstant(int64_t bytes);
  /// Values of a constant of type int32 or int64.
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
  /// The values of a constant, seen with another shape of as many elements.
  FailureOr<DenseElementsAttr> readConstant(const TensorInfo &tensor,
                                            ArrayRef<int64_t> shape);
  /// The state that operand `index`, a variable tensor, is. It begins with its
  /// zero point if it is int8, and with zeros otherwise.
  FailureOr<Value> emitState(unsigned index);
  /// A state of no tensor, whose elements begin with `initial`.
  Value emitState(const Twine &name, RankedTensorType type, int64_t initial);
  /// The state of `variable`, which is read into or assigned from `tensor`.
  FailureOr<Value> emitVariable(Variable &variable, const TensorInfo &tensor);
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
  /// A function of int8 by its values for -128 .. 127.
  Value emitTable(Value input, ArrayRef<int8_t> table);
  /// A function of int16 by its values at the ends of 512 intervals.
  Value emitTable(Value input, ArrayRef<int16_t> table);

  /// Sets the value of an output other than the first, which an import function
  /// returns.
  void setOutput(unsigned index, Value value) {
    graph.setValue(getOutput(index), value);
  }

  RankedTensorType getType(ArrayRef<int64_t> shape, Type elementType) {
    return RankedTensorType::get(shape, elementType);
  }
  RankedTensorType getOutputType() {
    return getTensorType(getOutput(), builder.getContext());
  }
  GraphImporter &getGraph() { return graph; }
  const OperatorInfo &getInfo() const { return info; }
  OpBuilder &getBuilder() { return builder; }
  Location getLoc() const { return loc; }

private:
  LogicalResult report(const Twine &text, bool isInvalid);
  /// `CONV_2D that writes "name"`.
  std::string describe() const;
  LogicalResult checkOperands(const OperatorRecord &record);
  LogicalResult checkOperand(const OperatorRecord &record,
                             const TensorInfo &tensor);
  LogicalResult checkOptions(const OperatorRecord &record);
  LogicalResult checkTypes(const OperatorRecord &record);
  FailureOr<Value> import();

  GraphImporter &graph;
  const OperatorInfo &info;
  OpBuilder &builder;
  Location loc;
};

/// The values of a tensor's type, int32 or a quantised one, inside the graph.
qmath::Range getTypeRange(const TensorInfo &tensor);
/// One factor for all channels, with the zero point and range of the result.
RequantAttr getRequant(OpImporter &op, const qmath::Multiplier &factor,
                       int32_t zeroPoint, qmath::Range range);

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
FailureOr<Value> importTransposeConv(OpImporter &op);
FailureOr<Value> importBatchMatMul(OpImporter &op);
/// FULLY_CONNECTED whose weights are no constant.
FailureOr<Value> importComputedWeights(OpImporter &op);
FailureOr<Value> importPool2D(OpImporter &op);
FailureOr<Value> importAssignVariable(OpImporter &op);
FailureOr<Value> importCallOnce(OpImporter &op);
FailureOr<Value> importLstm(OpImporter &op);
FailureOr<Value> importReadVariable(OpImporter &op);
FailureOr<Value> importSvdf(OpImporter &op);
FailureOr<Value> importVarHandle(OpImporter &op);
FailureOr<Value> importReduction(OpImporter &op);
FailureOr<Value> importArgExtreme(OpImporter &op);
FailureOr<Value> importPad(OpImporter &op);
FailureOr<Value> importBatchToSpace(OpImporter &op);
FailureOr<Value> importBroadcastTo(OpImporter &op);
FailureOr<Value> importConcatenation(OpImporter &op);
FailureOr<Value> importDepthToSpace(OpImporter &op);
FailureOr<Value> importEmbeddingLookup(OpImporter &op);
FailureOr<Value> importGather(OpImporter &op);
FailureOr<Value> importGatherNd(OpImporter &op);
FailureOr<Value> importMirrorPad(OpImporter &op);
FailureOr<Value> importPack(OpImporter &op);
FailureOr<Value> importResizeBilinear(OpImporter &op);
FailureOr<Value> importResizeNearest(OpImporter &op);
FailureOr<Value> importReverse(OpImporter &op);
FailureOr<Value> importShape(OpImporter &op);
FailureOr<Value> importSlice(OpImporter &op);
FailureOr<Value> importSpaceToBatch(OpImporter &op);
FailureOr<Value> importSpaceToDepth(OpImporter &op);
FailureOr<Value> importSplit(OpImporter &op);
FailureOr<Value> importSplitV(OpImporter &op);
FailureOr<Value> importStridedSlice(OpImporter &op);
FailureOr<Value> importTile(OpImporter &op);
FailureOr<Value> importTranspose(OpImporter &op);
FailureOr<Value> importUnpack(OpImporter &op);
FailureOr<Value> importReshape(OpImporter &op);
FailureOr<Value> importSoftmax(OpImporter &op);
FailureOr<Value> importLogSoftmax(OpImporter &op);
FailureOr<Value> importL2Normalization(OpImporter &op);
FailureOr<Value> importArithmetic(OpImporter &op);
FailureOr<Value> importPlainBinary(OpImporter &op);
FailureOr<Value> importSquaredDifference(OpImporter &op);
FailureOr<Value> importPrelu(OpImporter &op);
FailureOr<Value> importComparison(OpImporter &op);
FailureOr<Value> importSelect(OpImporter &op);
FailureOr<Value> importLogistic(OpImporter &op);
FailureOr<Value> importUnary(OpImporter &op);
FailureOr<Value> importLeakyRelu(OpImporter &op);
FailureOr<Value> importCast(OpImporter &op);
FailureOr<Value> importQuantize(OpImporter &op);
FailureOr<Value> importDequantize(OpImporter &op);
FailureOr<Value> importRelu(OpImporter &op);

FailureOr<Value> importDetectionPostprocess(OpImporter &op);
FailureOr<Value> importRfft2D(OpImporter &op);
FailureOr<Value> importSignal(OpImporter &op);

//===----------------------------------------------------------------------===//
// Functions of the user
//===----------------------------------------------------------------------===//

/// Finds the binding of each operator, and gives the outputs that only their
/// operator knows the shape of that shape. Returns what is wrong, or "".
std::string prepareCustom(ModelInfo &model, ArrayRef<CustomBinding> bindings);

/// The outputs of TFLite_Detection_PostProcess mostly have no shape in a model.
void inferDetectionShapes(ModelInfo &model, const OperatorInfo &op);

/// Imports an operator as a call of the function that it is bound to.
FailureOr<Value> importBound(OpImporter &op, const CustomBinding &binding);

} // namespace mlir::stm32::tflite

#endif // STM32_LIB_TARGET_TFLITE_OPIMPORTER_H
