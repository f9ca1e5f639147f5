//===- JsonFile.h - JSON that users write -----------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DRIVER_JSONFILE_H
#define STM32_LIB_DRIVER_JSONFILE_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

#include <string>
#include <vector>

namespace mlir::stm32 {

llvm::Error makeJsonError(const llvm::Twine &message);

/// The value in the file at `path`; an error names line and column.
llvm::Expected<llvm::json::Value> readJsonFile(llvm::StringRef path);

/// Takes `value` if it is an integer of [least, most]; `what` begins the error.
llvm::Error checkJsonInteger(const llvm::json::Value &value, int64_t least,
                             int64_t most, const llvm::Twine &what,
                             int64_t &result);

/// Reads the entries of one object; each key that was asked for is known, and
/// what is left over in the end is an error. `where` begins each error.
class JsonEntry {
public:
  /// The entry that `value` is, which outlives it; anything but an object is an
  /// error at `where`.
  static llvm::Expected<JsonEntry> get(const llvm::json::Value &value,
                                       std::string where);

  llvm::Error fail(const llvm::Twine &message) const {
    return makeJsonError(where + ": " + message);
  }
  /// The value of `key`, or null.
  const llvm::json::Value *find(llvm::StringRef key) {
    known.insert(key);
    return object.get(key);
  }
  /// These leave `result` as it is if there is no such key.
  llvm::Error readString(llvm::StringRef key, std::string &result,
                         bool isRequired);
  llvm::Error readInteger(llvm::StringRef key, int64_t least, int64_t most,
                          int64_t &result);
  /// A list of texts.
  llvm::Error readStrings(llvm::StringRef key,
                          std::vector<std::string> &result);
  /// Null if there is none.
  llvm::Expected<const llvm::json::Array *> findArray(llvm::StringRef key);
  llvm::Error checkKeys() const;
  const std::string &getWhere() const { return where; }

private:
  JsonEntry(const llvm::json::Object &object, std::string where)
      : object(object), where(std::move(where)) {}

  const llvm::json::Object &object;
  std::string where;
  llvm::StringSet<> known;
};

} // namespace mlir::stm32

#endif // STM32_LIB_DRIVER_JSONFILE_H
