//===- KernelRecordsTest.cpp - Records against the runtime --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/KernelRecords.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

#include <set>

using namespace mlir;
using namespace mlir::stm32;

/// The text of a file of the runtime, or "".
static std::string readRuntimeFile(llvm::StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(
      (llvm::Twine(STM32_RUNTIME_DIR) + "/" + path).str());
  return file ? (*file)->getBuffer().str() : "";
}

/// True if `text` has `void name(` outside of a declaration: its parameters are
/// followed by a body.
static bool defines(llvm::StringRef text, llvm::StringRef name) {
  std::string head = ("void " + name + "(").str();
  for (size_t at = text.find(head); at != llvm::StringRef::npos;
       at = text.find(head, at + 1)) {
    llvm::StringRef rest = text.substr(at);
    rest = rest.substr(rest.find(')') + 1).ltrim();
    if (rest.starts_with("{"))
      return true;
  }
  return false;
}

TEST(KernelRecords, NamesAreUnique) {
  std::set<std::string> names;
  for (const KernelRecord &record : getKernelRecords())
    EXPECT_TRUE(names.insert(record.name.str()).second) << record.name.str();
  EXPECT_FALSE(names.empty());
}

TEST(KernelRecords, SourcesDefineTheKernels) {
  MLIRContext context;
  context.loadDialect<STM32Dialect>();
  std::string header = readRuntimeFile("include/stm32rt_kernels.h");
  ASSERT_FALSE(header.empty());
  for (const KernelRecord &record : getKernelRecords()) {
    SCOPED_TRACE(record.name.str());
    auto op = RegisteredOperationName::lookup(record.op, &context);
    ASSERT_TRUE(op) << record.op.str() << " is no operation";
    EXPECT_TRUE(op->hasInterface<ComputeOpInterface>());

    std::string source = readRuntimeFile(("src/" + record.source).str());
    ASSERT_FALSE(source.empty()) << record.source.str() << " is missing";
    EXPECT_TRUE(defines(source, record.name));
    EXPECT_NE(header.find("void " + record.name.str() + "("),
              std::string::npos);
    // Operators with a window run band by band as well.
    std::string rows = record.name.str() + "_rows";
    EXPECT_EQ(defines(source, rows), op->hasInterface<WindowOpInterface>());
    EXPECT_EQ(header.find("void " + rows + "(") != std::string::npos,
              op->hasInterface<WindowOpInterface>());
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
  EXPECT_EQ(record->op, "stm32.add");
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
  EXPECT_EQ(lookupKernelRecord("my_add")->op, "stm32.add");
  EXPECT_EQ(getRegisteredSource("kernels/my_add.c"), "/* text */");
  // Without a text, the source is one of the runtime's own.
  record.name = "my_other_add";
  record.source = "kernels/my_other_add.c";
  registerKernelRecord(record);
  EXPECT_EQ(getRegisteredSource("kernels/my_other_add.c"), "");
}
