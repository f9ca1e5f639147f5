//===- Import.cpp - From .tflite to MLIR ----------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/TFLite/Import.h"
#include "OpImporter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "stm32/Dialect/STM32/IR/STM32Dialect.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/SourceMgr.h"
#include <cmath>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

namespace {

/// The import of one model: its function, and what speaks against it.
class ModelImporter {
public:
  ModelImporter(const ModelInfo &model, StringRef bytes, Location loc,
                MLIRContext *context)
      : model(model), bytes(bytes), loc(loc), builder(context),
        graph(model, builder) {}

  OwningOpRef<ModuleOp> run(Location moduleLoc);

private:
  void checkGraph();
  /// True if subgraph `index` gives variables their initial values.
  bool isInitial(unsigned index) const;
  void checkBoundary(const TensorInfo &tensor, StringRef role);
  void checkBatch(const TensorInfo &tensor);
  IOAttr getIOAttr(const TensorInfo &tensor);
  func::FuncOp createFunction();
  LogicalResult reportProblems();
  void report(const Twine &text, bool isInvalid) {
    graph.problems.push_back({text.str(), /*isOperator=*/false, isInvalid});
  }

  const ModelInfo &model;
  StringRef bytes;
  Location loc;
  OpBuilder builder;
  GraphImporter graph;
};

} // namespace

bool ModelImporter::isInitial(unsigned index) const {
  return llvm::any_of(model.operators, [&](const OperatorInfo &op) {
    return op.code == BuiltinOperator_CALL_ONCE &&
           getInitSubgraph(op) == static_cast<int64_t>(index);
  });
}

void ModelImporter::checkGraph() {
  for (unsigned index = 1; index <= model.others.size(); ++index)
    if (!isInitial(index))
      report("subgraph " + Twine(index) + " of " +
                 Twine(model.others.size() + 1) +
                 " is not supported: beside the first one, only those that "
                 "CALL_ONCE runs are",
             /*isInvalid=*/false);
  if (model.inputs.empty())
    report("the model has no inputs", /*isInvalid=*/true);
  for (int32_t index : model.inputs) {
    checkBoundary(model.tensors[index], "input");
    checkBatch(model.tensors[index]);
  }
  for (int32_t index : model.outputs)
    checkBoundary(model.tensors[index], "output");
}

void ModelImporter::checkBoundary(const TensorInfo &tensor, StringRef role) {
  std::string name = (role + " \"" + getDisplayName(tensor) + "\" ").str();
  if (!tensor.defect.empty())
    return report(name + tensor.defect, /*isInvalid=*/false);
  bool isComplexInput = tensor.type == TensorType_COMPLEX64 && tensor.isInput;
  if (tensor.type == TensorType_FLOAT16 || isComplexInput)
    return report(name + "has type " + getTypeName(tensor.type),
                  /*isInvalid=*/false);
  if (tensor.getNumScales() == 0)
    return;
  std::string defect = tensor.getQuantizationDefect();
  if (!defect.empty())
    return report(name + defect, /*isInvalid=*/true);
  if (tensor.getNumScales() > 1)
    return report(name + "has several scales", /*isInvalid=*/false);
  float scale = tensor.getScale(0);
  int64_t zeroPoint = tensor.getZeroPoint(0);
  if (!std::isfinite(scale) || scale <= 0.0f)
    return report(name + "has a scale that is not a positive number",
                  /*isInvalid=*/true);
  // int8, uint8 and int16 have such; what other types have is only passed on.
  if (zeroPoint != static_cast<int16_t>(zeroPoint))
    report(name + "has zero point " + Twine(zeroPoint) +
               ", outside of -32768 to 32767",
           /*isInvalid=*/true);
}

void ModelImporter::checkBatch(const TensorInfo &tensor) {
  const auto *signature = tensor.table->shape_signature();
  if (!signature)
    return;
  unsigned rank = std::min<unsigned>(signature->size(), limits::kRank);
  for (unsigned dim = 1; dim < rank; ++dim)
    if (signature->Get(dim) < 0)
      return report("input \"" + getDisplayName(tensor) + "\" has a dynamic " +
                        "dimension " + Twine(dim) +
                        ", only the batch may be dynamic",
                    /*isInvalid=*/false);
}

IOAttr ModelImporter::getIOAttr(const TensorInfo &tensor) {
  bool isQuantized = tensor.getNumScales() != 0;
  float scale = isQuantized ? tensor.getScale(0) : 0.0f;
  int64_t zeroPoint = isQuantized ? tensor.getZeroPoint(0) : 0;
  return IOAttr::get(builder.getContext(), getDisplayName(tensor),
                     builder.getF32FloatAttr(scale),
                     static_cast<int32_t>(zeroPoint));
}

Value tflite::emitOffset(OpBuilder &builder, Location loc, Value value,
                         RankedTensorType type) {
  if (value.getType() == type)
    return value;
  // There and back is nothing.
  if (auto offset = value.getDefiningOp<RequantizeOp>();
      offset && offset.getInput().getType() == type &&
      offset.getRequant().isUnit())
    return offset.getInput();
  bool toUnsigned = type.getElementType().isUnsignedInteger();
  qmath::Range range = toUnsigned ? qmath::kUInt8Range : qmath::kInt8Range;
  auto requant =
      RequantAttr::get(builder.getContext(), {RequantAttr::kUnitMultiplier},
                       {RequantAttr::kUnitShift},
                       toUnsigned ? -kUInt8Offset : 0, range.min, range.max);
  return RequantizeOp::create(builder, loc, type, value, /*dest=*/Value(),
                              /*scratch=*/Value(),
                              toUnsigned ? 0 : -kUInt8Offset, requant,
                              /*kernel=*/StringAttr())
      .getResult();
}

func::FuncOp ModelImporter::createFunction() {
  MLIRContext *context = builder.getContext();
  SmallVector<Type> inputs, outputs;
  for (int32_t index : model.inputs)
    inputs.push_back(getBoundaryType(model.tensors[index], context));
  for (int32_t index : model.outputs)
    outputs.push_back(getBoundaryType(model.tensors[index], context));
  auto function = func::FuncOp::create(
      builder, loc, "main", FunctionType::get(context, inputs, outputs));
  auto digest = llvm::SHA256::hash(
      ArrayRef(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()));
  function->setAttr(kSignatureAttrName, builder.getStringAttr(llvm::toHex(
                                            digest, /*LowerCase=*/true)));
  Block *block = builder.createBlock(&function.getBody());
  for (auto [position, index] : llvm::enumerate(model.inputs)) {
    const TensorInfo &tensor = model.tensors[index];
    Location tensorLoc = getTensorLoc(tensor, context);
    block->addArgument(inputs[position], tensorLoc);
    graph.setValue(tensor,
                   emitOffset(builder, tensorLoc, block->getArgument(position),
                              getTensorType(tensor, context)));
    function.setArgAttr(position, kIOAttrName, getIOAttr(tensor));
  }
  for (auto [position, index] : llvm::enumerate(model.outputs))
    function.setResultAttr(position, kIOAttrName,
                           getIOAttr(model.tensors[index]));
  return function;
}

LogicalResult ModelImporter::reportProblems() {
  if (graph.problems.empty())
    return success();
  unsigned operators = llvm::count_if(
      graph.problems, [](const Problem &p) { return p.isOperator; });
  bool isInvalid = llvm::any_of(graph.problems,
                                [](const Problem &p) { return p.isInvalid; });
  StringRef what = isInvalid ? "invalid or not supported" : "not supported";
  InFlightDiagnostic diag = emitError(loc);
  if (operators == 0)
    diag << "this model is " << what;
  else
    diag << operators << (operators == 1 ? " operator" : " operators")
         << " of this model " << (operators == 1 ? "is " : "are ") << what;
  for (const Problem &problem : graph.problems)
    diag.attachNote() << problem.text;
  return failure();
}

OwningOpRef<ModuleOp> ModelImporter::run(Location moduleLoc) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(moduleLoc);
  checkGraph();
  // Without a sound boundary there is no function; its operators are still
  // looked at, on placeholders.
  bool hasFunction = graph.problems.empty();
  builder.setInsertionPointToEnd(module->getBody());
  if (hasFunction)
    createFunction();
  graph.run();
  if (failed(reportProblems()))
    return nullptr;

  SmallVector<Value> results;
  for (int32_t index : model.outputs)
    results.push_back(emitOffset(
        builder, getTensorLoc(model.tensors[index], builder.getContext()),
        graph.getValue(model.tensors[index]),
        getBoundaryType(model.tensors[index], builder.getContext())));
  func::ReturnOp::create(builder, loc, results);
  for (BlockArgument input : builder.getInsertionBlock()->getArguments())
    for (Operation *user : llvm::make_early_inc_range(input.getUsers()))
      if (isa<RequantizeOp>(user) && user->use_empty())
        user->erase();
  if (failed(verify(*module)))
    return nullptr;
  return module;
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

OwningOpRef<ModuleOp> stm32::importTFLite(StringRef bytes, StringRef name,
                                          MLIRContext *context,
                                          ArrayRef<CustomBinding> bindings) {
  context->loadDialect<func::FuncDialect, tosa::TosaDialect, STM32Dialect>();
  Location loc = FileLineColLoc::get(context, name, 0, 0);
  // The reader wants an address that all elements of the format accept.
  std::unique_ptr<llvm::MemoryBuffer> copy;
  if (!llvm::isAddrAligned(llvm::Align(16), bytes.data())) {
    copy = llvm::MemoryBuffer::getMemBufferCopy(bytes, name);
    bytes = copy->getBuffer();
  }
  llvm::Expected<ModelInfo> model = readModel(bytes);
  if (!model) {
    emitError(loc) << llvm::toString(model.takeError());
    return nullptr;
  }
  if (std::string error = prepareCustom(*model, bindings); !error.empty()) {
    emitError(loc) << error;
    return nullptr;
  }
  foldConstants(*model);
  Location moduleLoc =
      FileLineColLoc::get(context, llvm::sys::path::filename(name), 0, 0);
  return ModelImporter(*model, bytes, loc, context).run(moduleLoc);
}

void stm32::registerImportTFLiteTranslation() {
  TranslateToMLIRRegistration registration(
      "import-tflite", "import a TensorFlow Lite model",
      [](llvm::SourceMgr &sourceMgr, MLIRContext *context) {
        const llvm::MemoryBuffer *buffer =
            sourceMgr.getMemoryBuffer(sourceMgr.getMainFileID());
        return importTFLite(buffer->getBuffer(), buffer->getBufferIdentifier(),
                            context);
      },
      [](DialectRegistry &registry) {
        registry.insert<func::FuncDialect, tosa::TosaDialect, STM32Dialect>();
      });
}
