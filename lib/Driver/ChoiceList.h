//===- ChoiceList.h - What a compilation could have chosen ------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DRIVER_CHOICELIST_H
#define STM32_LIB_DRIVER_CHOICELIST_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"
#include "stm32/Target/PartRecords.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/JSON.h"

#include <string>
#include <vector>

namespace mlir::stm32 {

/// The kernels that each operator of a model can have, and its cascades. Only
/// what a tuning file can name is listed: operators with a name of their own
/// that have not been given a kernel by somebody else.
class ChoiceList {
public:
  /// Takes the kernels from the model before one is chosen.
  void addKernels(ModelOp model, const PartRecord &part, Aim aim);
  /// Takes what was chosen from the model when it has its kernels and cascades.
  void addChosen(ModelOp model);
  /// The lists "operators" and "cascades" of an object that `json` writes.
  void write(llvm::json::OStream &json) const;

private:
  struct Kernel {
    std::string name;
    double cost; ///< instructions
  };
  struct Entry {
    std::string tensor, kind;
    std::string chosen;
    std::vector<Kernel> kernels; ///< the cheapest first
  };
  struct Cascade {
    std::string first, last;
    int64_t rows, mostRows;
  };
  /// By operation and tensor.
  llvm::MapVector<std::pair<StringRef, StringRef>, Entry> entries;
  std::vector<Cascade> cascades;
};

} // namespace mlir::stm32

#endif // STM32_LIB_DRIVER_CHOICELIST_H
