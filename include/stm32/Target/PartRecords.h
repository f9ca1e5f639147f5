//===- PartRecords.h - Parts and their memories -----------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The records of Parts.td: what the compiler knows about a microcontroller.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_PARTRECORDS_H
#define STM32_TARGET_PARTRECORDS_H

#include "stm32/Target/KernelRecords.h"

namespace mlir::stm32 {

/// One memory of a part. Sizes in bytes.
struct MemoryRecord {
  llvm::StringRef name;
  uint64_t address;
  uint64_t size;     ///< 0: no limit
  unsigned priority; ///< for activations, 1 is tried first, 0 never
  unsigned waitStates;
  bool isFlash, isCacheable, hasDma;
  llvm::StringRef section;
};

struct PartRecord {
  llvm::StringRef name;
  llvm::StringRef core; ///< e.g. "m4"
  Isa isa;              ///< best instruction set of its kernels
  llvm::StringRef cpu;  ///< as in -mcpu=, "" for the host
  bool hasFpu;
  unsigned mhz;             ///< highest clock, 0 if unknown
  llvm::StringRef document; ///< where the record is from
  /// RAM by priority, then address; then flash.
  llvm::SmallVector<MemoryRecord> memories;

  /// The RAM that activations go to first.
  const MemoryRecord &getActivationMemory() const;
  /// The memory that constants are in.
  const MemoryRecord &getConstantMemory() const;
};

/// All parts, sorted by name.
llvm::ArrayRef<PartRecord> getPartRecords();

/// The part of that name, or null. Case does not matter, and the family and
/// line are enough where only one part has them ("stm32h743").
const PartRecord *lookupPartRecord(llvm::StringRef name);

/// Declares a memory of a part.
MemoryRegionOp makeRegion(OpBuilder &builder, Location loc,
                          const MemoryRecord &memory);

/// "unknown target 'x'; known are a, b, c".
std::string getUnknownPartMessage(llvm::StringRef name);

} // namespace mlir::stm32

#endif // STM32_TARGET_PARTRECORDS_H
