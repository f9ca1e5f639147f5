//===- UserFiles.cpp - C files of the user --------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "UserFiles.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::stm32;
using llvm::Error;

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

Error stm32::checkUserFiles(const JsonEntry &entry, StringRef header,
                            ArrayRef<std::string> sources) {
  if (!header.empty())
    if (Error error = checkFile(entry, header, {".h"}))
      return error;
  for (const std::string &source : sources)
    if (Error error = checkFile(entry, source, {".c", ".S", ".h"}))
      return error;
  return Error::success();
}

Error stm32::checkTargetKey(const JsonEntry &entry, StringRef key) {
  bool isGood = key != "host" && llvm::all_of(key, [](char c) {
                  return llvm::isAlnum(c) || c == '-';
                });
  return isGood ? Error::success()
                : entry.fail("\"target_key\" must be of letters, digits and "
                             "'-', and not \"host\"");
}

UserFiles::UserFiles(SmallVectorImpl<OutputFile> &files) : files(files) {
  for (const OutputFile &file : files)
    taken.insert(file.name);
}

Error UserFiles::addOne(StringRef path, const std::string &targetKey,
                        StringRef relative) {
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
}

Error UserFiles::add(StringRef path, const std::string &targetKey,
                     StringRef header, ArrayRef<std::string> sources) {
  if (!header.empty())
    if (Error error = addOne(path, targetKey, header))
      return error;
  for (const std::string &source : sources)
    if (Error error = addOne(path, targetKey, source))
      return error;
  return Error::success();
}
