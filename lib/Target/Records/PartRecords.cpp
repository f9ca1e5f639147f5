//===- PartRecords.cpp - Parts and their memories -------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/PartRecords.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::stm32;

namespace {
// The rows as llvm-tblgen writes them: a part's memories are rows of their own.
struct PartRow {
  const char *name, *core;
  Isa isa;
  const char *cpu;
  bool hasFpu;
  uint16_t mhz;
  const char *document;
};
struct MemoryRow {
  const char *part, *name;
  uint32_t address, size;
  uint8_t priority, waitStates;
  bool isFlash, isCacheable, hasDma;
  const char *section;
};

#define GET_PartTable_DECL
#define GET_PartTable_IMPL
#define GET_MemoryTable_DECL
#define GET_MemoryTable_IMPL
#include "stm32/Target/Parts.inc"
} // namespace

static std::vector<PartRecord> makeParts() {
  std::vector<PartRecord> parts;
  for (const PartRow &row : PartTable) {
    PartRecord &part = parts.emplace_back(PartRecord{row.name,
                                                     row.core,
                                                     row.isa,
                                                     row.cpu,
                                                     row.hasFpu,
                                                     row.mhz,
                                                     row.document,
                                                     {}});
    for (const MemoryRow &memory : MemoryTable)
      if (part.name == memory.part)
        part.memories.push_back({memory.name, memory.address, memory.size,
                                 memory.priority, memory.waitStates,
                                 memory.isFlash, memory.isCacheable,
                                 memory.hasDma, memory.section});
    llvm::sort(part.memories, [](const auto &a, const auto &b) {
      auto key = [](const MemoryRecord &m) {
        // Priority 0 means that only the user may choose this memory.
        unsigned order = m.priority ? m.priority : 256;
        return std::make_tuple(m.isFlash, order, m.address);
      };
      return key(a) < key(b);
    });
  }
  llvm::sort(parts, [](const PartRecord &a, const PartRecord &b) {
    return a.name < b.name;
  });
  return parts;
}

const MemoryRecord &PartRecord::getActivationMemory() const {
  return memories.front();
}

const MemoryRecord &PartRecord::getConstantMemory() const {
  return memories.back();
}

ArrayRef<PartRecord> stm32::getPartRecords() {
  static const std::vector<PartRecord> parts = makeParts();
  return parts;
}

const PartRecord *stm32::lookupPartRecord(StringRef name) {
  const PartRecord *found = nullptr;
  for (const PartRecord &part : getPartRecords()) {
    if (part.name.equals_insensitive(name))
      return &part;
    // "stm32h743" has the nine characters of family and line.
    if (name.size() >= 9 && part.name.starts_with_insensitive(name)) {
      if (found)
        return nullptr;
      found = &part;
    }
  }
  return found;
}

std::string stm32::getUnknownPartMessage(StringRef name) {
  std::string message = ("unknown target '" + name + "'; known are ").str();
  llvm::interleave(
      getPartRecords(), [&](const PartRecord &part) { message += part.name; },
      [&] { message += ", "; });
  return message;
}

MemoryRegionOp stm32::makeRegion(OpBuilder &builder, Location loc,
                                 const MemoryRecord &memory) {
  auto number = [&](uint64_t value) {
    return value ? builder.getI64IntegerAttr(value) : IntegerAttr();
  };
  return MemoryRegionOp::create(
      builder, loc, builder.getStringAttr(memory.name), number(memory.address),
      number(memory.size),
      memory.waitStates ? number(1 + memory.waitStates) : IntegerAttr(),
      builder.getStringAttr(memory.section));
}
