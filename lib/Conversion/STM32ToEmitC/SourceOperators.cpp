//===- SourceOperators.cpp - Functions of the operators of a model --------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SourceWriter.h"

#include "stm32/Dialect/STM32/IR/STM32Custom.h"

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
    std::string kernel = entry.function.str();
    if (!call.band.empty())
      kernel += "_rows";
    if (!seen.insert(kernel).second)
      continue;
    SmallVector<std::string> arguments = {("const " + call.type + " *d").str()};
    if (!call.band.empty())
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

std::string SourceWriter::getAddress(Value buffer) {
  if (PackedOp block = getConstantBlock(buffer))
    return "stm32rt_constant(context, " + std::to_string(*block.getOffset()) +
           ")";
  Place place = plan.getPlace(buffer);
  return "stm32rt_at(context, " + getPoolMacro(plan, place.pool) + ", " +
         std::to_string(place.offset) + ")";
}

void SourceWriter::writeOperator(unsigned index, const KernelCall &call,
                                 unsigned &numShared) {
  const OperatorPlan &entry = plan.operators[index];
  ComputeOpInterface op = entry.op;
  std::string function = name + "_op_" + std::to_string(index);

  file.text(getOperatorComment(plan, index));
  StringRef suffix = call.type;
  suffix.consume_front("stm32rt_");
  SmallVector<std::string> arguments = {
      "&" + getDescriptor(call.type, call.descriptor,
                          (function + "_" + suffix).str(), numShared)};
  if (!call.band.empty())
    arguments.push_back("&" + getDescriptor("stm32rt_band", call.band,
                                            function + "_band", numShared));

  std::string body =
      "static void " + function + "(const stm32rt_context *context) {\n";
  if (auto custom = dyn_cast<CustomOp>(op.getOperation()))
    return file.text(body +
                     getCustomCall(custom, arguments[0],
                                   [&](Value v) { return getAddress(v); }) +
                     "\n}");
  for (unsigned i = 0; i < op.getNumActivations(); ++i) {
    std::string argument = getArgumentName(op, i);
    body += "  const void *" + argument + " = " +
            getAddress(op.getActivation(i)) + ";\n";
    arguments.push_back(argument);
  }
  for (unsigned i = 0; i < op.getNumStates(); ++i) {
    std::string argument = "state_" + std::to_string(i);
    body += "  void *" + argument + " = " + getAddress(op.getState(i)) + ";\n";
    arguments.push_back(argument);
  }
  for (auto [i, dest] : llvm::enumerate(op.getDests())) {
    std::string argument = getDestName(op, i);
    body += "  void *" + argument + " = " + getAddress(dest) + ";\n";
    arguments.push_back(argument);
  }
  if (call.hasConstants) {
    body += "  const void *constants = stm32rt_constant(context, " +
            std::to_string(plan.blocks[*entry.constants].offset) + ");\n";
    arguments.push_back("constants");
  }
  if (call.hasConstants || call.hasScratch) {
    if (op.getScratch()) {
      body += "  void *scratch = " + getAddress(op.getScratch()) + ";\n";
      arguments.push_back("scratch");
    } else {
      arguments.push_back("NULL");
    }
  }
  std::string head = "  " + entry.function.str();
  head += call.band.empty() ? "(" : "_rows(";
  body += head + wrapItems(arguments, head.size(), head.size()) + ");\n}";
  file.text(body);
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
