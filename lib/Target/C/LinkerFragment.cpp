//===- LinkerFragment.cpp - <name>.ld -------------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/C/LinkerFragment.h"

#include "stm32/Target/C/CNames.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::stm32;

namespace {
/// One section of the output.
struct Placement {
  MemoryRegionOp region;
  bool hasConstants = false;
};
} // namespace

/// Only names that mean the same in a linker script and in C.
static bool isPlainSection(StringRef section) {
  return section.starts_with(".") && llvm::all_of(section, [](char c) {
           return llvm::isAlnum(c) || c == '_' || c == '.';
         });
}

static std::string getHex(uint64_t value) {
  return "0x" + llvm::utohexstr(value, /*LowerCase=*/false, /*Width=*/8);
}

static std::string getSection(StringRef name, const Placement &placement) {
  MemoryRegionOp region = placement.region;
  std::string text = ("  " + name).str();
  // Constants are loaded; other bytes have no value before the first run.
  text += placement.hasConstants ? " :\n" : " (NOLOAD) :\n";
  text += ("  {\n    *(" + name + " " + name + ".*)\n  } > " +
           makeMacroName(region.getSymName()) + "\n")
              .str();
  if (!region.getAddress() || !region.getSize())
    return text;
  uint64_t begin = *region.getAddress(), end = begin + *region.getSize();
  text += ("  ASSERT(SIZEOF(" + name + ") == 0 || (ADDR(" + name +
           ") >= " + getHex(begin) + " &&\n         ADDR(" + name +
           ") + SIZEOF(" + name + ") <= " + getHex(end) + "),\n         \"" +
           name + " is not in the memory " + region.getSymName() + ", " +
           getHex(begin) + " to " + getHex(end) + "\")\n")
              .str();
  return text;
}

std::string stm32::getLinkerFragment(StringRef name,
                                     ArrayRef<const ModelPlan *> plans) {
  llvm::MapVector<StringRef, Placement> sections;
  auto add = [&](const PoolPlan &pool, bool isConstants) {
    MemoryRegionOp region = pool.region;
    StringRef section = region.getSection().value_or("");
    // The firmware's own script has .rodata.
    if (!isPlainSection(section) || section == ".rodata")
      return;
    Placement &placement = sections[section];
    if (!placement.region)
      placement.region = region;
    placement.hasConstants |= isConstants;
  };
  for (const ModelPlan *plan : plans) {
    for (const PoolPlan &pool : plan->pools)
      add(pool, /*isConstants=*/false);
    if (plan->constantsPool)
      add(*plan->constantsPool, /*isConstants=*/true);
  }
  if (sections.empty())
    return "";

  std::string text =
      "/* " + name.str() +
      ".ld: sections of the memories that what is here is planned "
      "for.\n *\n * For INCLUDE, or a second -T. The script's "
      "MEMORY, or REGION_ALIAS, names them:\n";
  for (auto &[section, placement] : sections) {
    MemoryRegionOp region = placement.region;
    text += " *   " + makeMacroName(region.getSymName());
    if (region.getSize())
      text += " : ORIGIN = " + getHex(region.getAddress().value_or(0)) +
              ", LENGTH = " + std::to_string(*region.getSize());
    text += "\n";
  }
  text += " */\nSECTIONS\n{\n";
  for (auto &[section, placement] : sections)
    text += getSection(section, placement);
  return text + "}\n";
}
