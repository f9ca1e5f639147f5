//===- KernelRecordsTest.cpp - Records against the runtime --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/KernelRecords.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/FileSystem.h"

#include <gtest/gtest.h>

#include <set>

using namespace mlir;
using namespace mlir::stm32;

/// True if the runtime, which is linked in whole, defines a function `name`.
static bool isDefined(llvm::StringRef name) {
  return llvm::sys::DynamicLibrary::SearchForAddressOfSymbol(name.str()) !=
         nullptr;
}

TEST(KernelRecords, NamesAreUnique) {
  std::set<std::string> names;
  for (const KernelRecord &record : getKernelRecords())
    EXPECT_TRUE(names.insert(record.name.str()).second) << record.name.str();
  EXPECT_FALSE(names.empty());
}

TEST(KernelRecords, TheRuntimeDefinesTheKernels) {
  MLIRContext context;
  context.loadDialect<STM32Dialect>();
  std::string message;
  ASSERT_FALSE(
      llvm::sys::DynamicLibrary::LoadLibraryPermanently(nullptr, &message))
      << message;
  EXPECT_FALSE(isDefined("stm32rt_no_such_kernel"));
  for (const KernelRecord &record : getKernelRecords()) {
    SCOPED_TRACE(record.name.str());
    auto op = RegisteredOperationName::lookup(record.op, &context);
    ASSERT_TRUE(op) << record.op.str() << " is no operation";
    EXPECT_TRUE(op->hasInterface<ComputeOpInterface>());
    EXPECT_TRUE(llvm::sys::fs::exists(llvm::Twine(STM32_RUNTIME_DIR) + "/src/" +
                                      record.source))
        << record.source.str();
    // Functions of the user have the name that their binding says.
    EXPECT_TRUE(isDefined(record.name) || record.op == "stm32.custom");
    // Operators with a window run band by band as well.
    // Operators with a window run band by band as well, where their records
    // take a band.
    bool refusesBands =
        record.name.contains("_grouped_") || record.name.ends_with("_f32_s8");
    EXPECT_TRUE(isDefined(record.name.str() + "_rows") || refusesBands ||
                !op->hasInterface<WindowOpInterface>());
  }
}

TEST(KernelRecords, EveryOperatorHasAKernelInPlainC) {
  MLIRContext context;
  context.loadDialect<STM32Dialect>();
  for (RegisteredOperationName op : context.getRegisteredOperationsByDialect(
           STM32Dialect::getDialectNamespace())) {
    if (!op.hasInterface<ComputeOpInterface>())
      continue;
    EXPECT_TRUE(llvm::any_of(getKernelRecords(),
                             [&](const KernelRecord &record) {
                               return record.isa == Isa::C &&
                                      record.op == op.getStringRef();
                             }))
        << op.getStringRef().str();
  }
}

TEST(KernelRecords, LookupByName) {
  const KernelRecord *record = lookupKernelRecord("stm32rt_add_s8");
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->op, "stm32.binary");
  EXPECT_EQ(lookupKernelRecord("stm32rt_add"), nullptr);
  EXPECT_EQ(lookupKernelRecord(""), nullptr);
}

TEST(KernelRecords, RegisteredRecordsJoinTheOthers) {
  size_t known = getKernelRecords().size();
  EXPECT_EQ(getRegisteredSource("kernels/my_add.c"), "");
  KernelRecord record = *lookupKernelRecord("stm32rt_add_s8");
  record.name = "my_add";
  record.source = "kernels/my_add.c";
  registerKernelRecord(record, "/* text */");
  ASSERT_EQ(getKernelRecords().size(), known + 1);
  ASSERT_NE(lookupKernelRecord("my_add"), nullptr);
  EXPECT_EQ(lookupKernelRecord("my_add")->op, "stm32.binary");
  EXPECT_EQ(getRegisteredSource("kernels/my_add.c"), "/* text */");
  // Without a text, the source is one of the runtime's own.
  record.name = "my_other_add";
  record.source = "kernels/my_other_add.c";
  registerKernelRecord(record);
  EXPECT_EQ(getRegisteredSource("kernels/my_other_add.c"), "");
}
