//===- RuntimeFiles.cpp - The runtime inside of the compiler --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/C/RuntimeFiles.h"

#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::stm32;

static const RuntimeFile kRuntimeFiles[] = {
#include "RuntimeFiles.inc"
};

ArrayRef<RuntimeFile> stm32::getRuntimeFiles() { return kRuntimeFiles; }

/// Text of a kernel's source, given relative to runtime/src, or "".
static StringRef findSource(StringRef source) {
  StringRef registered = getRegisteredSource(source);
  if (!registered.empty())
    return registered;
  for (const RuntimeFile &file : kRuntimeFiles) {
    StringRef path = file.path;
    if (path.consume_front("src/") && path == source)
      return file.text;
  }
  return {};
}

/// The API that a file below runtime/api belongs to, or "".
static StringRef getApi(StringRef path) {
  return path.consume_front("api/") ? path.split('/').first : StringRef();
}

SmallVector<std::string> stm32::getRuntimeApis() {
  SmallVector<std::string> apis;
  for (const RuntimeFile &file : kRuntimeFiles)
    if (StringRef api = getApi(file.path);
        !api.empty() && !llvm::is_contained(apis, api))
      apis.push_back(api.str());
  return apis;
}

LogicalResult stm32::addRuntimeFiles(const ModelPlan &plan,
                                     ArrayRef<std::string> apis,
                                     SmallVectorImpl<OutputFile> &files) {
  llvm::StringSet<> seen;
  for (const OutputFile &file : files)
    seen.insert(file.name);
  auto add = [&](StringRef path, StringRef text) {
    StringRef name = llvm::sys::path::filename(path);
    if (!seen.insert(name).second)
      return failure();
    files.push_back({name.str(), text.str(), OutputFile::Kind::Runtime});
    return success();
  };

  ModelOp model = plan.op;
  for (const RuntimeFile &file : kRuntimeFiles) {
    // Sources of kernels lie in folders below src.
    bool isCommon = file.path.starts_with("src/") && file.path.count('/') == 1;
    StringRef api = getApi(file.path);
    bool isWanted = isCommon || file.path.ends_with(".h");
    if (!api.empty())
      isWanted = llvm::is_contained(apis, api);
    else if (file.path.starts_with("image/"))
      isWanted = false;
    if (!isWanted)
      continue;
    if (failed(add(file.path, file.text)))
      return model.emitError("two files of the output would be '")
             << llvm::sys::path::filename(file.path) << "'";
  }
  llvm::StringSet<> sources;
  for (const OperatorPlan &entry : plan.operators) {
    StringRef source = entry.kernel->source;
    // A function of the user comes from elsewhere.
    if (source.empty() || !sources.insert(source).second)
      continue;
    StringRef text = findSource(source);
    ComputeOpInterface op = entry.op;
    if (text.empty())
      return op.emitOpError("has the kernel '")
             << entry.kernel->name << "', whose source '" << source
             << "' is not there";
    if (failed(add(source, text)))
      return op.emitOpError("has a kernel from '")
             << source << "', but the output has another file of that name";
  }
  return success();
}

void stm32::addLoaderFiles(SmallVectorImpl<OutputFile> &files) {
  for (const RuntimeFile &file : kRuntimeFiles)
    if (file.path.starts_with("image/") && file.path.count('/') == 1)
      files.push_back(
          {llvm::sys::path::filename(file.path).str(), file.text.str()});
}
