//===- ImportVariables.cpp - Variables and states -------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The format has two kinds of memory that outlives a run: variables that
// VAR_HANDLE names, and tensors that one operator has to itself. Both become
// `stm32.state`. What CALL_ONCE assigns is known here and becomes the initial
// value (rules N75 and N76).
//
//===----------------------------------------------------------------------===//

#include "OpImporter.h"
#include "stm32/Dialect/STM32/IR/STM32Recurrent.h"
#include <map>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

/// The options of `op` if they have that type.
template <typename T>
static const T *getOptions(const OperatorInfo &op, BuiltinOptions type) {
  if (op.table->builtin_options_type() != type)
    return nullptr;
  return static_cast<const T *>(op.table->builtin_options());
}

int64_t tflite::getInitSubgraph(const OperatorInfo &op) {
  const auto *options =
      getOptions<CallOnceOptions>(op, BuiltinOptions_CallOnceOptions);
  return options ? options->init_subgraph_index() : -1;
}

//===----------------------------------------------------------------------===//
// Which variables there are
//===----------------------------------------------------------------------===//

Variable *GraphImporter::findVariable(const GraphInfo &info, int32_t handle) {
  return handles.lookup({&info, handle});
}

void GraphImporter::collectVariables() {
  std::map<std::pair<std::string, std::string>, Variable *> known;
  auto collect = [&](const GraphInfo &info) {
    for (const OperatorInfo &op : info.operators) {
      if (op.code != BuiltinOperator_VAR_HANDLE || op.outputs.size() != 1)
        continue;
      const auto *options =
          getOptions<VarHandleOptions>(op, BuiltinOptions_VarHandleOptions);
      auto text = [&](const flatbuffers::String *string) {
        return options && string ? string->str() : std::string();
      };
      std::string container = text(options ? options->container() : nullptr);
      std::string name = text(options ? options->shared_name() : nullptr);
      Variable *&variable = known[{container, name}];
      if (!variable) {
        variables.push_back(std::make_unique<Variable>());
        variable = variables.back().get();
        variable->name = StringRef(name).take_front(limits::kNameBytes).str();
      }
      handles[{&info, op.outputs[0]}] = variable;
    }
  };
  collect(model);
  for (const GraphInfo &info : model.others)
    collect(info);
  for (const OperatorInfo &op : model.operators) {
    if (op.code != BuiltinOperator_ASSIGN_VARIABLE || op.inputs.size() != 2 ||
        op.inputs[1] < 0)
      continue;
    Variable *variable = findVariable(model, op.inputs[0]);
    if (variable && !variable->assigned)
      variable->assigned = &model.tensors[op.inputs[1]];
  }
}

//===----------------------------------------------------------------------===//
// States
//===----------------------------------------------------------------------===//

/// The zero point of `tensor` if it has one that fits its elements, as they are
/// inside the graph.
static int64_t getInitialValue(const TensorInfo &tensor) {
  if (!isByte(tensor) || !tensor.getQuantizationDefect().empty())
    return 0;
  int64_t zeroPoint = tensor.getZeroPoint(0);
  if (tensor.type == TensorType_UINT8)
    zeroPoint += kUInt8Offset;
  return static_cast<int8_t>(zeroPoint);
}

/// A state that begins with `initial`.
static Value emitStateOp(OpImporter &op, StringRef name,
                         DenseElementsAttr initial) {
  OpBuilder &builder = op.getBuilder();
  auto type =
      BufferType::get(builder.getContext(), initial.getType().getShape(),
                      initial.getElementType(), Layout::NHWC, 0);
  Location loc = NameLoc::get(builder.getStringAttr(name));
  return StateOp::create(builder, loc, type, initial);
}

/// All elements of a tensor of `type` are `value`.
static DenseElementsAttr makeSplat(RankedTensorType type, int64_t value) {
  Type element = type.getElementType();
  Attribute attr;
  if (auto floating = dyn_cast<FloatType>(element))
    attr = FloatAttr::get(floating, static_cast<double>(value));
  else
    attr = IntegerAttr::get(element, value);
  return DenseElementsAttr::get(type, attr);
}

FailureOr<Value> OpImporter::emitState(unsigned index) {
  const TensorInfo *tensor = getInput(index);
  if (!tensor)
    return invalid("its state, input " + Twine(index) + ", is absent");
  std::string name = getDisplayName(*tensor);
  if (!tensor->isVariable || tensor->isConstant || tensor->isInput)
    return invalid("its state \"" + name + "\" is not a variable");
  if (!tensor->stateDefect.empty())
    return unsupported("tensor \"" + name + "\" " + tensor->stateDefect);
  Value &value = graph.values[tensor->index];
  if (!value)
    value = emitStateOp(*this, name,
                        makeSplat(getTensorType(*tensor, builder.getContext()),
                                  getInitialValue(*tensor)));
  return value;
}

Value OpImporter::emitState(const Twine &name, RankedTensorType type,
                            int64_t initial) {
  return emitStateOp(*this, name.str(), makeSplat(type, initial));
}

FailureOr<Value> OpImporter::emitVariable(Variable &variable,
                                          const TensorInfo &tensor) {
  RankedTensorType type = getTensorType(tensor, builder.getContext());
  if (!variable.state) {
    DenseElementsAttr initial;
    if (const TensorInfo *constant = variable.initial) {
      if (constant->type != tensor.type ||
          constant->getNumElements() != tensor.getNumElements())
        return invalid(
            "variable \"" + variable.name + "\" begins as " +
            getTypeName(constant->type) + " " + formatShape(constant->shape) +
            ", tensor \"" + getDisplayName(tensor) + "\" is " +
            getTypeName(tensor.type) + " " + formatShape(tensor.shape));
      FailureOr<DenseElementsAttr> values =
          readConstant(*constant, tensor.shape);
      if (failed(values))
        return failure();
      initial = *values;
    } else {
      const TensorInfo &like = variable.assigned ? *variable.assigned : tensor;
      initial = makeSplat(type, getInitialValue(like));
    }
    variable.state = emitStateOp(*this, variable.name, initial);
  }
  auto state = cast<BufferType>(variable.state.getType());
  if (state.getElementType() != type.getElementType() ||
      state.getNumElements() != type.getNumElements())
    return invalid("tensor \"" + getDisplayName(tensor) + "\" is " +
                   getTypeName(tensor.type) + " " + formatShape(tensor.shape) +
                   ", but variable \"" + variable.name + "\" has shape " +
                   formatShape(state.getShape()) + " or another type");
  return variable.state;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// The variable of the handle that is the first input.
static FailureOr<Variable *> getVariable(OpImporter &op) {
  GraphImporter &graph = op.getGraph();
  Variable *variable = graph.findVariable(graph.model, op.getInfo().inputs[0]);
  if (!variable)
    return op.unsupported("its variable does not come from a VAR_HANDLE");
  return variable;
}

/// Checks that variables can have the type of `tensor`.
static LogicalResult checkVariableType(OpImporter &op,
                                       const TensorInfo &tensor) {
  if (getTypeBit(tensor.type) & types::kAny)
    return success();
  return op.unsupported("tensor \"" + getDisplayName(tensor) + "\" has type " +
                        getTypeName(tensor.type));
}

FailureOr<Value> tflite::importVarHandle(OpImporter &op) {
  if (op.getOutput().type != TensorType_RESOURCE)
    return op.invalid("its output has type " +
                      getTypeName(op.getOutput().type));
  return Value();
}

FailureOr<Value> tflite::importReadVariable(OpImporter &op) {
  const TensorInfo &output = op.getOutput();
  FailureOr<Variable *> variable = getVariable(op);
  if (failed(variable) || failed(checkVariableType(op, output)))
    return failure();
  FailureOr<Value> state = op.emitVariable(**variable, output);
  if (failed(state))
    return failure();
  auto stateType = cast<BufferType>(state->getType());
  Value value = ReadOp::create(op.getBuilder(), op.getLoc(),
                               op.getType(stateType.getShape(),
                                          stateType.getElementType()),
                               *state, /*dest=*/Value(), /*scratch=*/Value(),
                               /*kernel=*/StringAttr())
                    .getResult();
  return op.emitReshape(value, output.shape);
}

FailureOr<Value> tflite::importAssignVariable(OpImporter &op) {
  const TensorInfo &input = *op.getInput(1);
  FailureOr<Variable *> variable = getVariable(op);
  if (failed(variable) || failed(checkVariableType(op, input)))
    return failure();
  FailureOr<Value> state = op.emitVariable(**variable, input);
  if (failed(state))
    return failure();
  FailureOr<Value> value = op.emitOperand(input);
  if (failed(value))
    return failure();
  auto stateType = cast<BufferType>(state->getType());
  Value shaped = op.emitReshape(*value, stateType.getShape());
  Location loc = NameLoc::get(op.getBuilder().getStringAttr((*variable)->name));
  AssignOp::create(op.getBuilder(), loc, shaped, *state, /*scratch=*/Value(),
                   /*kernel=*/StringAttr());
  return Value();
}

/// Takes over what operator `info` of the subgraph `graph` assigns.
static LogicalResult readInitial(OpImporter &op, const GraphInfo &graph,
                                 const OperatorInfo &info) {
  if (info.code == BuiltinOperator_VAR_HANDLE)
    return success();
  if (info.code != BuiltinOperator_ASSIGN_VARIABLE || info.inputs.size() != 2)
    return op.unsupported("its subgraph has " + getOperatorName(info) +
                          ", only VAR_HANDLE and ASSIGN_VARIABLE of constants "
                          "are supported there");
  Variable *variable = op.getGraph().findVariable(graph, info.inputs[0]);
  if (!variable || info.inputs[1] < 0)
    return op.unsupported("its subgraph assigns to a variable that does not "
                          "come from a VAR_HANDLE");
  const TensorInfo &value = graph.tensors[info.inputs[1]];
  if (!value.isConstant)
    return op.unsupported("its subgraph assigns \"" + getDisplayName(value) +
                          "\" to variable \"" + variable->name +
                          "\", which is not a constant");
  if (failed(op.checkTensor(value)) || failed(checkVariableType(op, value)))
    return failure();
  if (variable->state)
    return op.unsupported("it runs behind operators that use variable \"" +
                          variable->name + "\"");
  variable->initial = &value;
  return success();
}

FailureOr<Value> tflite::importCallOnce(OpImporter &op) {
  const auto &others = op.getGraph().model.others;
  int64_t index = getInitSubgraph(op.getInfo());
  if (index < 1 || index > static_cast<int64_t>(others.size()))
    return op.invalid("it runs subgraph " + Twine(index) + " of " +
                      Twine(others.size() + 1));
  const GraphInfo &graph = others[index - 1];
  for (const OperatorInfo &info : graph.operators)
    if (failed(readInitial(op, graph, info)))
      return failure();
  return Value();
}
