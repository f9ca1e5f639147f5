//===- CustomOps.cpp - The file of --custom-ops ---------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CustomOps.h"

#include "JsonFile.h"
#include "UserFiles.h"

#include "stm32/Dialect/STM32/IR/STM32Custom.h"
#include "stm32/Target/C/CNames.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using llvm::Error;
using llvm::Expected;
namespace json = llvm::json;

//===----------------------------------------------------------------------===//
// Parts of a binding
//===----------------------------------------------------------------------===//

static constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

static Error readOutput(const json::Value &value, std::string where,
                        CustomBinding::Output &output) {
  Expected<JsonEntry> entryOr = JsonEntry::get(value, where);
  if (!entryOr)
    return entryOr.takeError();
  JsonEntry &entry = *entryOr;
  if (Error error = entry.readString("type", output.type, false))
    return error;
  Expected<const json::Array *> shape = entry.findArray("shape");
  if (!shape)
    return shape.takeError();
  if (*shape) {
    output.shape.emplace();
    for (const json::Value &dim : **shape) {
      int64_t size = 0;
      if (Error error =
              checkJsonInteger(dim, 1, kMost, where + ": each dimension", size))
        return error;
      output.shape->push_back(size);
    }
  }
  return entry.checkKeys();
}

static Error readLists(JsonEntry &entry, CustomBinding &binding) {
  if (Error error = entry.readStrings("sources", binding.sources))
    return error;
  if (Error error = checkUserFiles(entry, binding.header, binding.sources))
    return error;
  Expected<const json::Array *> options = entry.findArray("options");
  if (!options)
    return options.takeError();
  if (*options) {
    binding.options.emplace();
    for (const json::Value &value : **options) {
      int64_t byte = 0;
      if (Error error = checkJsonInteger(
              value, 0, 255, entry.getWhere() + ": each of \"options\"", byte))
        return error;
      binding.options->push_back(static_cast<uint8_t>(byte));
    }
  }
  Expected<const json::Array *> outputs = entry.findArray("outputs");
  if (!outputs)
    return outputs.takeError();
  for (const json::Value &value : *outputs ? **outputs : json::Array()) {
    std::string where =
        entry.getWhere() + ": output " + std::to_string(binding.outputs.size());
    if (Error error = readOutput(value, where, binding.outputs.emplace_back()))
      return error;
  }
  return Error::success();
}

static Error readBinding(const json::Value &value, const std::string &where,
                         CustomBinding &binding) {
  Expected<JsonEntry> entryOr = JsonEntry::get(value, where);
  if (!entryOr)
    return entryOr.takeError();
  JsonEntry &entry = *entryOr;
  if (Error error = entry.readString("operator", binding.operatorName, false))
    return error;
  if (Error error = entry.readString("tensor", binding.tensorName, false))
    return error;
  if (binding.operatorName.empty() == binding.tensorName.empty())
    return entry.fail("needs either \"operator\" or \"tensor\"");
  if (Error error = entry.readString("function", binding.function, true))
    return error;
  if (std::string reason = explainBadFunctionName(binding.function);
      !reason.empty())
    return entry.fail("the function '" + binding.function + "' " + reason);
  if (Error error = entry.readString("header", binding.header, false))
    return error;
  if (Error error = entry.readString("target_key", binding.targetKey, false))
    return error;
  if (Error error = checkTargetKey(entry, binding.targetKey))
    return error;
  if (Error error = entry.readInteger("scratch", 0, kMost, binding.scratch))
    return error;
  if (Error error = readLists(entry, binding))
    return error;
  return entry.checkKeys();
}

//===----------------------------------------------------------------------===//
// Interface
//===----------------------------------------------------------------------===//

Expected<std::vector<CustomBinding>> stm32::readCustomOps(StringRef path) {
  Expected<json::Value> root = readJsonFile(path);
  if (!root)
    return root.takeError();
  std::string file = "'" + path.str() + "'";
  const json::Array *list = root->getAsArray();
  if (!list)
    return makeJsonError(file + " must be a list of bindings");
  std::vector<CustomBinding> bindings;
  llvm::StringSet<> seen;
  for (const json::Value &value : *list) {
    std::string where = file + ": binding " + std::to_string(bindings.size());
    CustomBinding &binding = bindings.emplace_back();
    if (Error error = readBinding(value, where, binding))
      return error;
    bool isTensor = binding.operatorName.empty();
    if (!seen.insert((isTensor ? "tensor " : "operator ") +
                     (isTensor ? binding.tensorName : binding.operatorName))
             .second)
      return makeJsonError(where + " is a second one of the same " +
                           (isTensor ? "tensor" : "operator"));
  }
  return bindings;
}

Error stm32::addCustomFiles(const ModelPlan &plan,
                            ArrayRef<CustomBinding> bindings, StringRef path,
                            SmallVectorImpl<OutputFile> &files) {
  llvm::StringSet<> functions;
  for (const OperatorPlan &entry : plan.operators)
    if (isa<CustomOp>(ComputeOpInterface(entry.op).getOperation()))
      functions.insert(entry.function);
  UserFiles userFiles(files);
  for (const CustomBinding &binding : bindings) {
    if (!functions.contains(binding.function))
      continue;
    if (Error error = userFiles.add(path, binding.targetKey, binding.header,
                                    binding.sources))
      return error;
  }
  return Error::success();
}
