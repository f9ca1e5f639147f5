//===- CustomOps.cpp - The file of --custom-ops ---------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CustomOps.h"

#include "JsonFile.h"

#include "stm32/Dialect/STM32/IR/STM32Custom.h"
#include "stm32/Target/C/CNames.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

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

/// What stands behind #include or becomes a file of the output.
static Error checkFile(const JsonEntry &entry, StringRef path,
                       ArrayRef<StringRef> extensions) {
  StringRef name = llvm::sys::path::filename(path);
  bool isPlain = llvm::all_of(name, [](char c) {
    return llvm::isAlnum(c) || c == '_' || c == '-' || c == '.';
  });
  if (!isPlain ||
      !llvm::is_contained(extensions, llvm::sys::path::extension(name)))
    return entry.fail("\"" + path + "\" must be a file " +
                      llvm::join(extensions, " or ") +
                      " of letters, digits, '_', '-' and '.'");
  return Error::success();
}

/// A folder of a Model Library Format archive has this name.
static bool isTargetKey(StringRef key) {
  return key != "host" &&
         llvm::all_of(key, [](char c) { return llvm::isAlnum(c) || c == '-'; });
}

static Error readOutput(const json::Value &value, std::string where,
                        CustomBinding::Output &output) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return makeJsonError(where + " must be an object");
  JsonEntry entry(*object, where);
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
  Expected<const json::Array *> sources = entry.findArray("sources");
  if (!sources)
    return sources.takeError();
  for (const json::Value &value : *sources ? **sources : json::Array()) {
    std::optional<StringRef> path = value.getAsString();
    if (!path)
      return entry.fail("\"sources\" must be a list of texts");
    if (Error error = checkFile(entry, *path, {".c", ".S", ".h"}))
      return error;
    binding.sources.push_back(path->str());
  }
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
  const json::Object *object = value.getAsObject();
  if (!object)
    return makeJsonError(where + " must be an object");
  JsonEntry entry(*object, where);
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
  if (!binding.header.empty())
    if (Error error = checkFile(entry, binding.header, {".h"}))
      return error;
  if (Error error = entry.readString("target_key", binding.targetKey, false))
    return error;
  if (!isTargetKey(binding.targetKey))
    return entry.fail("\"target_key\" must be of letters, digits and '-', and "
                      "not \"host\"");
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
  llvm::StringSet<> functions, added, taken;
  for (const OperatorPlan &entry : plan.operators)
    if (isa<CustomOp>(ComputeOpInterface(entry.op).getOperation()))
      functions.insert(entry.function);
  for (const OutputFile &file : files)
    taken.insert(file.name);
  auto add = [&](StringRef relative, const std::string &targetKey) -> Error {
    llvm::SmallString<128> source(relative);
    if (!llvm::sys::path::is_absolute(source)) {
      source = llvm::sys::path::parent_path(path);
      llvm::sys::path::append(source, relative);
    }
    if (!added.insert(source).second)
      return Error::success();
    StringRef name = llvm::sys::path::filename(source);
    if (!taken.insert(name).second)
      return makeJsonError("two files of the output would be '" + name + "'");
    auto buffer = llvm::MemoryBuffer::getFile(source);
    if (std::error_code code = buffer.getError())
      return makeJsonError("cannot read '" + source + "': " + code.message());
    files.push_back({name.str(), (*buffer)->getBuffer().str(),
                     OutputFile::Kind::User, targetKey});
    return Error::success();
  };
  for (const CustomBinding &binding : bindings) {
    if (!functions.contains(binding.function))
      continue;
    if (!binding.header.empty())
      if (Error error = add(binding.header, binding.targetKey))
        return error;
    for (const std::string &source : binding.sources)
      if (Error error = add(source, binding.targetKey))
        return error;
  }
  return Error::success();
}
