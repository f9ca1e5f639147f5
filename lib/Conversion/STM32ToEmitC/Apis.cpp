//===- Apis.cpp - Shapes of a model's functions, on request ---------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CFile.h"

#include <vector>

using namespace mlir;
using namespace mlir::stm32;

const ApiRecord *stm32::lookupApi(StringRef name) {
  static const std::vector<ApiRecord> records = {
      {"stai", "stm32rt_stai.h", writeStaiHeader, writeStaiSource, "runtime"},
      {"tvm", "stm32rt_tvm.h", writeTvmHeader, writeTvmSource, "",
       getTvmFunction, "tvmgen_"},
  };
  auto record = llvm::find_if(
      records, [&](const ApiRecord &entry) { return entry.name == name; });
  return record == records.end() ? nullptr : &*record;
}
