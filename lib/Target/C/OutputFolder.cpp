//===- OutputFolder.cpp - Writing all files or none -----------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/C/OutputFolder.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace mlir;
using namespace mlir::stm32;

static Error makeError(StringRef action, StringRef path, std::error_code code) {
  return createStringError(code, "cannot %s '%s': %s", action.str().c_str(),
                           path.str().c_str(), code.message().c_str());
}

static std::string join(StringRef folder, StringRef name) {
  SmallString<128> path(folder);
  sys::path::append(path, name);
  return path.str().str();
}

static Error writeFile(const std::string &path, StringRef text) {
  std::error_code code;
  raw_fd_ostream os(path, code, sys::fs::OF_None);
  if (code)
    return makeError("write", path, code);
  os << text;
  os.close();
  if (!os.has_error())
    return Error::success();
  code = os.error();
  os.clear_error();
  return makeError("write", path, code);
}

/// The folders above `folder` that are not there yet, the lowest first.
static SmallVector<std::string> getMissingFolders(StringRef folder) {
  SmallVector<std::string> missing;
  for (StringRef path = folder; !path.empty() && !sys::fs::exists(path);
       path = sys::path::parent_path(path))
    missing.push_back(path.str());
  return missing;
}

Error stm32::writeOutputFolder(StringRef folder, ArrayRef<OutputFile> files) {
  // A relative name of a unique folder would be one in the system's folder for
  // temporary files, which may be another file system.
  SmallString<128> absolute(folder);
  if (std::error_code code = sys::fs::make_absolute(absolute))
    return makeError("find", folder, code);
  // What an unsuccessful run made goes away again.
  SmallVector<std::string> missing = getMissingFolders(folder);
  scope_exit removeFolders([&] {
    for (const std::string &path : missing)
      sys::fs::remove(path);
  });
  if (std::error_code code = sys::fs::create_directories(
          folder, /*IgnoreExisting=*/true, sys::fs::all_all))
    return makeError("make folder", folder, code);
  if (!sys::fs::is_directory(folder))
    return makeError("make folder", folder,
                     std::make_error_code(std::errc::not_a_directory));

  // The staging folder is in the output folder: moving stays in one file
  // system, and a folder that cannot be written shows before anything changes.
  SmallString<128> staging;
  if (std::error_code code = sys::fs::createUniqueDirectory(
          join(absolute, ".stm32-compile"), staging))
    return makeError("write into", folder, code);
  scope_exit removeStaging([&] { sys::fs::remove_directories(staging); });

  for (const OutputFile &file : files) {
    if (sys::fs::is_directory(join(folder, file.name)))
      return makeError("write", join(folder, file.name),
                       std::make_error_code(std::errc::is_a_directory));
    if (Error error = writeFile(join(staging, file.name), file.text))
      return error;
  }
  for (const OutputFile &file : files) {
    std::string path = join(folder, file.name);
    if (std::error_code code = sys::fs::rename(join(staging, file.name), path))
      return makeError("write", path, code);
  }
  removeFolders.release();
  return Error::success();
}
