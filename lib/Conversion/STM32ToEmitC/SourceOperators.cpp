//===- SourceOperators.cpp - Functions of the operators of a model --------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SourceWriter.h"

#include "stm32/Dialect/STM32/IR/STM32Custom.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::stm32;

/// Name of output `index` in the call of a kernel: "y", or "y0" and so on.
static std::string getDestName(ComputeOpInterface op, unsigned index) {
  return op.getNumOutputs() == 1 ? "y" : "y" + std::to_string(index);
}

/// Kernels of the runtime are declared in stm32rt_kernels.h; others, which
/// came with a record of their own, here.
void SourceWriter::writePrototypes(ArrayRef<KernelCall> calls) {
  llvm::StringSet<> seen;
  for (auto [entry, call] : llvm::zip_equal(plan.operators, calls)) {
    if (auto custom = dyn_cast<CustomOp>(entry.getOperation())) {
      if (!custom.getHeader() && seen.insert(entry.function).second)
        file.text(getCustomPrototype(custom));
      continue;
    }
    if (getRegisteredSource(entry.kernel->source).empty())
      continue;
    std::string kernel = entry.getSymbol();
    if (!seen.insert(kernel).second)
      continue;
    SmallVector<std::string> arguments = {("const " + call.type + " *d").str()};
    if (entry.hasBand())
      arguments.push_back("const stm32rt_band *band");
    ComputeOpInterface op = entry.op;
    for (unsigned i = 0; i < op.getNumActivations(); ++i)
      arguments.push_back("const void *" + getArgumentName(op, i));
    for (unsigned i = 0; i < op.getNumStates(); ++i)
      arguments.push_back("void *state_" + std::to_string(i));
    for (unsigned i = 0; i < op.getNumOutputs(); ++i)
      arguments.push_back("void *" + getDestName(op, i));
    if (call.hasConstants)
      arguments.push_back("const void *constants");
    if (call.hasConstants || call.hasScratch)
      arguments.push_back("void *scratch");
    std::string head = "void " + kernel + "(";
    file.text(head + wrapItems(arguments, head.size(), head.size()) + ");");
  }
  if (!seen.empty())
    file.blank();
}

std::string SourceWriter::getDescriptor(StringRef type,
                                        const std::string &value,
                                        const std::string &newName,
                                        unsigned &numShared) {
  auto [it, isNew] = descriptors.try_emplace((type + value).str(), newName);
  if (isNew)
    file.constant(type, newName, value);
  else
    ++numShared;
  return it->second;
}

std::string SourceWriter::getAddress(Value buffer, unsigned column) {
  Value image = getRowsSource(buffer);
  std::string row;
  if (image != buffer) {
    auto type = cast<BufferType>(image.getType());
    row = " + stm32rt_row_at(row, " + std::to_string(type.getRows()) + ", " +
          std::to_string(type.getBytes() / type.getHeldRows()) + ")";
  }
  auto makeCall = [&](std::string head, ArrayRef<std::string> arguments) {
    column += head.size();
    return head + wrapItems(arguments, column, column) + ")";
  };
  if (PackedOp block = getConstantBlock(image))
    return makeCall("stm32rt_constant(",
                    {"context", std::to_string(*block.getOffset()) + row});
  Place place = plan.getPlace(image);
  return makeCall("stm32rt_at(", {"context", getPoolMacro(plan, place.pool),
                                  std::to_string(place.offset) + row});
}

SmallVector<Operand> stm32::getOperands(const OperatorPlan &entry) {
  ComputeOpInterface op = entry.op;
  // The call of a function of the user has arrays that are named x and y.
  bool isCustom = isa<CustomOp>(entry.getOperation());
  SmallVector<Operand> operands;
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    operands.push_back(
        {Operand::Activation,
         isCustom ? "in_" + std::to_string(i) : getArgumentName(op, i),
         op.getActivation(i)});
  for (unsigned i = 0; i < op.getNumStates(); ++i)
    operands.push_back(
        {Operand::State, "state_" + std::to_string(i), op.getState(i)});
  for (auto [i, dest] : llvm::enumerate(op.getDests()))
    operands.push_back(
        {Operand::Dest,
         isCustom ? "out_" + std::to_string(i) : getDestName(op, i), dest});
  if (FetchOp fetch = getFetch(op))
    operands.push_back({Operand::Constants, "constants", fetch.getDest()});
  else if (entry.constants)
    operands.push_back({Operand::Constants, "constants", Value()});
  if (op.getScratch())
    operands.push_back({Operand::Scratch, "scratch", op.getScratch()});
  return operands;
}

std::string stm32::getOperatorPrototype(const OperatorPlan &entry,
                                        StringRef function) {
  SmallVector<std::string> parameters;
  for (const Operand &operand : getOperandsInOrder(entry))
    parameters.push_back((operand.getType() + operand.name).str());
  if (entry.hasBand())
    parameters.append({"uint32_t first", "uint32_t count"});
  std::string head = ("int32_t " + function + "(").str();
  return head + wrapItems(parameters, head.size(), head.size()) + ")";
}

SmallVector<Operand> stm32::getOperandsInOrder(const OperatorPlan &entry) {
  SmallVector<Operand> operands = getOperands(entry);
  llvm::stable_sort(operands, [](const Operand &a, const Operand &b) {
    return a.kind < b.kind;
  });
  return operands;
}

/// Definitions of the operands' names as addresses in the pools and constants.
std::string SourceWriter::getLocals(const OperatorPlan &entry,
                                    ArrayRef<Operand> operands,
                                    unsigned indent) {
  std::string margin(indent, ' '), text;
  for (const Operand &operand : operands) {
    auto getText = [&](unsigned column) {
      return operand.buffer
                 ? getAddress(operand.buffer, column)
                 : "stm32rt_constant(context, " +
                       std::to_string(plan.blocks[*entry.constants].offset) +
                       ")";
    };
    std::string head = margin + operand.getType().str() + operand.name + " =";
    std::string address = getText(head.size() + 1);
    if (StringRef(address).contains('\n'))
      text += head + "\n" + margin + "    " + getText(indent + 4) + ";\n";
    else
      text += head + " " + address + ";\n";
  }
  return text;
}

/// The call of a kernel with pointers that have the operands' names.
std::string SourceWriter::getCall(const OperatorPlan &entry,
                                  const KernelCall &call, StringRef descriptor,
                                  ArrayRef<Operand> operands, unsigned indent,
                                  bool hasContext) {
  ComputeOpInterface op = entry.op;
  std::string margin(indent, ' '), body;
  if (auto custom = dyn_cast<CustomOp>(entry.getOperation())) {
    SmallVector<std::string> inputs, outputs;
    std::string scratch = "NULL";
    for (const Operand &operand : operands) {
      if (operand.kind == Operand::Scratch)
        scratch = operand.name;
      else
        (operand.isWritten() ? outputs : inputs).push_back(operand.name);
    }
    // What a custom function is told holds addresses, which the code of an image
    // can only find through the model.
    std::string told = ("&" + descriptor).str();
    if (hasContext) {
      customs.push_back(told);
      told = "context->model->customs[" + std::to_string(customs.size() - 1) +
             "]";
    }
    return getCustomCall(custom, told, inputs, outputs, scratch) + "\n";
  }
  SmallVector<std::string> arguments = {("&" + descriptor).str()};
  if (entry.hasBand()) {
    auto getRing = [](Type type) {
      return std::to_string(cast<BufferType>(type).getRows());
    };
    bool isInput = entry.banding == Banding::Input;
    std::string head = margin + "const stm32rt_band band = stm32rt_" +
                       (isInput ? "input_" : "") + "band_at(";
    SmallVector<std::string> items = {("&" + descriptor + call.window).str(),
                                      "first", "count",
                                      getRing(op.getActivationType(0))};
    if (!isInput)
      items.push_back(getRing(op.getOutputType()));
    body += head + wrapItems(items, head.size(), head.size()) + ");\n";
    arguments.push_back("&band");
  }
  for (const Operand &operand : operands)
    arguments.push_back(operand.name);
  if ((call.hasConstants || call.hasScratch) && !op.getScratch())
    arguments.push_back("NULL");
  std::string head = margin + entry.getSymbol() + "(";
  return body + head + wrapItems(arguments, head.size(), head.size()) + ");\n";
}

/// The same of the operator's public function.
static std::string getPublicCall(const OperatorPlan &entry, StringRef function,
                                 unsigned indent) {
  SmallVector<std::string> arguments;
  for (const Operand &operand : getOperandsInOrder(entry))
    arguments.push_back(operand.name);
  if (entry.hasBand())
    arguments.append({"first", "count"});
  std::string head =
      (std::string(indent, ' ') + "(void)" + function + "(").str();
  return head + wrapItems(arguments, head.size(), head.size()) + ");\n";
}

/// Says how an operator runs in bands, e.g.
/// `/* In 48 bands of rows; rings of rows: x 7, y 3. */`
static std::string getBandComment(const OperatorPlan &entry) {
  ComputeOpInterface op = entry.op;
  SmallVector<std::string> rings;
  auto addRing = [&](Value buffer, const std::string &name) {
    auto type = cast<BufferType>(getRowsSource(buffer).getType());
    if (type.getRows())
      rings.push_back(name + " " + std::to_string(type.getRows()));
  };
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    addRing(op.getActivation(i), getArgumentName(op, i));
  for (auto [i, dest] : llvm::enumerate(op.getDests()))
    addRing(dest, getDestName(op, i));
  std::string text = "/* In " + std::to_string(entry.numSteps) +
                     (entry.numSteps == 1 ? " band of rows" : " bands of rows");
  if (!rings.empty())
    text += "; rings of rows: " + llvm::join(rings, ", ");
  return text + ". */";
}

void SourceWriter::writeOperator(unsigned index, const KernelCall &call,
                                 unsigned &numShared) {
  const OperatorPlan &entry = plan.operators[index];
  std::string function = name + "_op_" + std::to_string(index);
  bool hasBands = entry.banding != Banding::None;

  file.text(getOperatorComment(plan, index));
  if (hasBands)
    file.text(getBandComment(entry));
  StringRef suffix = call.type;
  suffix.consume_front("stm32rt_");
  std::string descriptor = getDescriptor(
      call.type, call.descriptor, (function + "_" + suffix).str(), numShared);
  operatorDescriptors.push_back(descriptor);

  std::string publicFunction = getFunction ? getFunction(plan, index) : "";
  if (!publicFunction.empty())
    file.text(getOperatorPrototype(entry, publicFunction) + " {\n" +
              getCall(entry, call, descriptor, getOperands(entry), 2,
                      /*hasContext=*/false) +
              "  return 0;\n}");

  std::string head = "static void " + function + "(";
  SmallVector<std::string> parameters = {"const stm32rt_context *context"};
  if (hasBands)
    parameters.append({"uint32_t first", "uint32_t count"});
  std::string text =
      head + wrapItems(parameters, head.size(), head.size()) + ") {\n";
  // A kernel that knows no bands is called for one row after the other.
  bool hasLoop = entry.banding == Banding::Rows;
  if (hasLoop)
    text += "  for (uint32_t row = first; row < first + count; row++) {\n";
  unsigned indent = hasLoop ? 4 : 2;
  SmallVector<Operand> operands = getOperands(entry);
  text += getLocals(entry, operands, indent);
  if (publicFunction.empty())
    text += getCall(entry, call, descriptor, operands, indent,
                    /*hasContext=*/true);
  else
    text += getPublicCall(entry, publicFunction, indent);
  file.text(text + (hasLoop ? "  }\n}" : "}"));
}

LogicalResult SourceWriter::writeOperators(unsigned &numShared) {
  SmallVector<KernelCall> calls;
  for (const OperatorPlan &entry : plan.operators) {
    FailureOr<KernelCall> call = describeCall(entry);
    if (failed(call))
      return failure();
    calls.push_back(std::move(*call));
  }
  writeSection("Operators");
  writePrototypes(calls);
  for (auto [index, call] : llvm::enumerate(calls)) {
    if (index != 0)
      file.blank();
    writeOperator(index, call, numShared);
  }
  return success();
}
