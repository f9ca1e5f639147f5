//===- PartRecordsTest.cpp - Parts and their memories -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/PartRecords.h"

#include <gtest/gtest.h>

#include <set>

using namespace mlir::stm32;

TEST(PartRecords, AreSortedAndUnique) {
  for (size_t i = 1; i < getPartRecords().size(); ++i)
    EXPECT_LT(getPartRecords()[i - 1].name, getPartRecords()[i].name);
}

TEST(PartRecords, EveryPartHasRamAndFlash) {
  for (const PartRecord &part : getPartRecords()) {
    SCOPED_TRACE(part.name.str());
    EXPECT_FALSE(part.document.empty());
    EXPECT_FALSE(part.core.empty());
    // The host alone has no -mcpu.
    EXPECT_EQ(part.cpu.empty(), part.name == "host");
    ASSERT_FALSE(part.memories.empty());
    EXPECT_FALSE(part.getActivationMemory().isFlash);
    EXPECT_TRUE(part.getConstantMemory().isFlash);
    // What the compiler chooses must be meant for it, and come first.
    EXPECT_EQ(part.getActivationMemory().priority, 1u);
  }
}

TEST(PartRecords, MemoriesHaveNamesAndSections) {
  for (const PartRecord &part : getPartRecords()) {
    SCOPED_TRACE(part.name.str());
    std::set<std::string> names;
    for (const MemoryRecord &memory : part.memories) {
      EXPECT_TRUE(names.insert(memory.name.str()).second) << memory.name.str();
      EXPECT_TRUE(memory.section.starts_with(".")) << memory.name.str();
    }
  }
}

TEST(PartRecords, NoTwoMemoriesOverlap) {
  for (const PartRecord &part : getPartRecords())
    for (const MemoryRecord &a : part.memories) {
      EXPECT_LE(a.address + a.size, uint64_t(1) << 32)
          << part.name.str() << " " << a.name.str();
      for (const MemoryRecord &b : part.memories) {
        bool isApart =
            a.address + a.size <= b.address || b.address + b.size <= a.address;
        EXPECT_TRUE(&a == &b || a.size == 0 || b.size == 0 || isApart)
            << part.name.str() << ": " << a.name.str() << " and "
            << b.name.str();
      }
    }
}

TEST(PartRecords, MemoriesAreInTheOrderOfTheirPriority) {
  for (const PartRecord &part : getPartRecords())
    for (size_t i = 1; i < part.memories.size(); ++i) {
      const MemoryRecord &a = part.memories[i - 1], &b = part.memories[i];
      EXPECT_LE(a.isFlash, b.isFlash) << part.name.str();
      // 0 is never chosen, so it is last.
      if (a.isFlash == b.isFlash && b.priority != 0) {
        EXPECT_NE(a.priority, 0u) << part.name.str();
        EXPECT_LE(a.priority, b.priority) << part.name.str();
      }
    }
}

TEST(PartRecords, LookupByFullName) {
  for (const PartRecord &part : getPartRecords()) {
    EXPECT_EQ(lookupPartRecord(part.name), &part);
    EXPECT_EQ(lookupPartRecord(part.name.upper()), &part);
  }
}

TEST(PartRecords, LookupByFamilyAndLine) {
  ASSERT_NE(lookupPartRecord("stm32h743"), nullptr);
  EXPECT_EQ(lookupPartRecord("stm32h743")->name, "stm32h743zi");
  EXPECT_EQ(lookupPartRecord("STM32H743Z"), lookupPartRecord("stm32h743zi"));
  // Too short, too long, unknown.
  EXPECT_EQ(lookupPartRecord("stm32h74"), nullptr);
  EXPECT_EQ(lookupPartRecord("stm32h743zi2"), nullptr);
  EXPECT_EQ(lookupPartRecord("stm32h999"), nullptr);
  EXPECT_EQ(lookupPartRecord(""), nullptr);
  // A prefix that several parts have.
  EXPECT_EQ(lookupPartRecord("generic-m"), nullptr);
}

TEST(PartRecords, UnknownPartMessageNamesAllParts) {
  std::string message = getUnknownPartMessage("z80");
  EXPECT_EQ(message.rfind("unknown target 'z80'; known are ", 0), 0u)
      << message;
  for (const PartRecord &part : getPartRecords())
    EXPECT_NE(message.find(part.name.str()), std::string::npos);
}
