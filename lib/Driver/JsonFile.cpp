//===- JsonFile.cpp - JSON that users write -------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "JsonFile.h"

#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace mlir::stm32;
using llvm::Error;
using llvm::Expected;
namespace json = llvm::json;

Error stm32::makeJsonError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

Expected<json::Value> stm32::readJsonFile(StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (std::error_code code = buffer.getError())
    return makeJsonError("cannot read '" + path + "': " + code.message());
  Expected<json::Value> root = json::parse((*buffer)->getBuffer());
  if (!root)
    return makeJsonError("'" + path +
                         "' is not JSON: " + llvm::toString(root.takeError()));
  return root;
}

Expected<JsonEntry> JsonEntry::get(const json::Value &value,
                                   std::string where) {
  if (const json::Object *object = value.getAsObject())
    return JsonEntry(*object, std::move(where));
  return makeJsonError(where + " must be an object");
}

Error JsonEntry::readString(StringRef key, std::string &result,
                            bool isRequired) {
  const json::Value *value = find(key);
  if (!value)
    return isRequired ? fail("\"" + key + "\" is missing") : Error::success();
  std::optional<StringRef> text = value->getAsString();
  if (!text || text->empty())
    return fail("\"" + key + "\" must be a text that is not empty");
  result = text->str();
  return Error::success();
}

Error stm32::checkJsonInteger(const json::Value &value, int64_t least,
                              int64_t most, const llvm::Twine &what,
                              int64_t &result) {
  std::optional<int64_t> number = value.getAsInteger();
  if (!number || *number < least || *number > most)
    return makeJsonError(what + " must be an integer from " +
                         llvm::Twine(least) + " to " + llvm::Twine(most));
  result = *number;
  return Error::success();
}

Error JsonEntry::readInteger(StringRef key, int64_t least, int64_t most,
                             int64_t &result) {
  const json::Value *value = find(key);
  if (!value)
    return Error::success();
  return checkJsonInteger(*value, least, most, where + ": \"" + key + "\"",
                          result);
}

Expected<const json::Array *> JsonEntry::findArray(StringRef key) {
  const json::Value *value = find(key);
  if (!value)
    return nullptr;
  if (const json::Array *array = value->getAsArray())
    return array;
  return fail("\"" + key + "\" must be a list");
}

Error JsonEntry::readStrings(StringRef key, std::vector<std::string> &result) {
  Expected<const json::Array *> list = findArray(key);
  if (!list)
    return list.takeError();
  for (const json::Value &value : *list ? **list : json::Array()) {
    std::optional<StringRef> text = value.getAsString();
    if (!text)
      return fail("\"" + key + "\" must be a list of texts");
    result.push_back(text->str());
  }
  return Error::success();
}

Error JsonEntry::checkKeys() const {
  for (const auto &[key, value] : object)
    if (!known.contains(StringRef(key)))
      return fail("unknown key \"" + StringRef(key) + "\"");
  return Error::success();
}
