//===- MemoryFile.h - The file of --memory ----------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Pools in order of preference, regions that the part does not have, and what
// must lie where; described in docs/MemoryPlanning.md:
//
//   {"regions": [{"name": "sdram", "address": "0xC0000000", "size": 8388608}],
//    "pools": [{"name": "fast", "region": "dtcm", "usable_size": 49152},
//              {"name": "slow", "region": "sdram"}],
//    "pin": {"input:0": "slow"}}
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_DRIVER_MEMORYFILE_H
#define STM32_LIB_DRIVER_MEMORYFILE_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"
#include "stm32/Target/PartRecords.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace mlir::stm32 {

struct MemoryFile {
  /// Sizes and addresses in bytes.
  struct Region {
    std::string name;
    std::optional<int64_t> address, size;
    std::optional<int64_t> latency; ///< cycles of one access
    std::string section; ///< "." and the name if there is none
  };
  enum class Kind { Activations, Constants, States };
  struct Pool {
    std::string name, region;
    Kind kind = Kind::Activations;
    std::optional<int64_t> usableSize;
    int64_t alignment = 16;
    std::string stream; ///< pool that constants are copied into, or empty
  };
  struct Pin {
    std::string what, pool;
  };
  std::string path;
  std::vector<Region> regions; ///< those that pools are in
  std::vector<Pool> pools;
  std::vector<Pin> pins;
};

/// Reads the file at `path` for `part`. Errors say where and what is known.
llvm::Expected<MemoryFile> readMemoryFile(llvm::StringRef path,
                                          const PartRecord &part);

/// Declares the regions and pools of `file` in `module`, whose models are on
/// tensors, and puts the attributes of what is pinned on `model`.
llvm::Error addMemory(const MemoryFile &file, ModuleOp module, ModelOp model);

} // namespace mlir::stm32

#endif // STM32_LIB_DRIVER_MEMORYFILE_H
