//===- KernelRecords.cpp - What the runtime's kernels can do --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/KernelRecords.h"

#include "KernelQueries.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace mlir::stm32;

namespace {
using namespace mlir::stm32::queries;
#define GET_KernelTable_DECL
#define GET_KernelTable_IMPL
#include "stm32/Target/Kernels.inc"

struct Registry {
  std::vector<KernelRecord> records{std::begin(KernelTable),
                                    std::end(KernelTable)};
  std::vector<std::pair<StringRef, StringRef>> sources;
};
} // namespace

static Registry &getRegistry() {
  static Registry registry;
  return registry;
}

StringRef stm32::stringifyIsa(Isa isa) {
  switch (isa) {
  case Isa::C:
    return "c";
  case Isa::DSP:
    return "dsp";
  case Isa::MVE:
    return "mve";
  }
  llvm_unreachable("unknown instruction set");
}

std::optional<Aim> stm32::symbolizeAim(StringRef name) {
  return llvm::StringSwitch<std::optional<Aim>>(name)
      .Case("time", AimTime)
      .Case("balanced", AimBalanced)
      .Case("ram", AimRam)
      .Case("flash", AimFlash)
      .Default(std::nullopt);
}

ArrayRef<KernelRecord> stm32::getKernelRecords() {
  return getRegistry().records;
}

void stm32::registerKernelRecord(const KernelRecord &record,
                                 StringRef sourceText) {
  getRegistry().records.push_back(record);
  if (!sourceText.empty())
    getRegistry().sources.emplace_back(record.source, sourceText);
}

void stm32::replaceKernelRecord(const KernelRecord &record) {
  for (KernelRecord &known : getRegistry().records)
    if (known.name == record.name) {
      known = record;
      return;
    }
  getRegistry().records.push_back(record);
}

const KernelRecord *stm32::lookupKernelRecord(StringRef name) {
  for (const KernelRecord &record : getKernelRecords())
    if (record.name == name)
      return &record;
  return nullptr;
}

bool stm32::canServe(const KernelRecord &record, ComputeOpInterface op) {
  return record.op == op->getName().getStringRef() && record.matches(op);
}

StringRef stm32::getRegisteredSource(StringRef source) {
  for (auto [name, text] : getRegistry().sources)
    if (name == source)
      return text;
  return {};
}
