//===- Lists.cpp - What the compiler knows, as lists ----------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Driver/Driver.h"

#include "stm32/Target/KernelRecords.h"
#include "stm32/Target/PartRecords.h"
#include "stm32/Target/TFLite/Import.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::stm32;

void stm32::listOperators(raw_ostream &out) {
  llvm::json::OStream json(out, /*IndentSize=*/1);
  json.array([&] {
    for (const SupportedOperator &entry : getSupportedOperators())
      json.object([&] {
        json.attribute("name", entry.name);
        json.attribute("custom", entry.isCustom);
        json.attributeArray("types", [&] {
          for (const std::string &type : entry.types)
            json.value(type);
        });
        json.attribute("notes", entry.notes);
      });
  });
  out << "\n";
}

void stm32::listKernels(raw_ostream &out) {
  llvm::json::OStream json(out, /*IndentSize=*/1);
  json.array([&] {
    for (const KernelRecord &record : getKernelRecords())
      json.object([&] {
        json.attribute("name", record.name);
        json.attribute("operation", record.op);
        json.attribute("source", record.source);
        json.attribute("isa", stringifyIsa(record.isa));
      });
  });
  out << "\n";
}

void stm32::listTargets(raw_ostream &out) {
  for (const PartRecord &part : getPartRecords()) {
    out << llvm::left_justify(part.name, 16) << " "
        << llvm::left_justify(part.cpu.empty() ? "-" : part.cpu, 16);
    SmallVector<std::string> memories;
    for (const MemoryRecord &memory : part.memories)
      memories.push_back(
          memory.name.str() +
          (memory.size ? " " + std::to_string(memory.size / 1024) + "K" : ""));
    out << " " << llvm::join(memories, ", ") << "\n";
  }
}

void stm32::listParts(raw_ostream &out) {
  llvm::json::OStream json(out, /*IndentSize=*/1);
  json.array([&] {
    for (const PartRecord &part : getPartRecords())
      json.object([&] {
        json.attribute("name", part.name);
        json.attribute("core", part.core);
        json.attribute("cpu", part.cpu);
        json.attribute("mhz", part.mhz);
        json.attributeArray("memories", [&] {
          for (const MemoryRecord &memory : part.memories)
            json.object([&] {
              json.attribute("name", memory.name);
              json.attribute("address", memory.address);
              json.attribute("size", memory.size);
              json.attribute("flash", memory.isFlash);
            });
        });
      });
  });
  out << "\n";
}
