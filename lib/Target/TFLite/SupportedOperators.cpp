//===- SupportedOperators.cpp - What can be imported ----------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/TFLite/Import.h"

#include "OpImporter.h"

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

std::vector<SupportedOperator> stm32::getSupportedOperators() {
  std::vector<SupportedOperator> result;
  for (const OperatorRecord &record : getOperatorRecords()) {
    bool isCustom = record.code == BuiltinOperator_CUSTOM;
    SupportedOperator entry{isCustom ? record.customCode
                                     : EnumNameBuiltinOperator(record.code),
                            isCustom,
                            {},
                            record.notes};
    for (tflite::TensorType type : EnumValuesTensorType())
      if (record.types & getTypeBit(type))
        entry.types.push_back(getTypeName(type));
    result.push_back(std::move(entry));
  }
  return result;
}
