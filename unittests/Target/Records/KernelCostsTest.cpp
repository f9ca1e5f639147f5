//===- KernelCostsTest.cpp ------------------------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/KernelCosts.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

#include <map>

using namespace mlir;
using namespace mlir::stm32;

namespace {

class KernelCostsTest : public ::testing::Test {
protected:
  KernelCostsTest() { context.loadDialect<STM32Dialect>(); }

  /// The sum of two tensors of that shape.
  ComputeOpInterface makeSum(const std::string &shape) {
    std::string type = "tensor<" + shape + "xf32>";
    module = parseSourceString<ModuleOp>(
        "stm32.model @m inputs([#stm32.io<\"x\", 1.0 : f32, 0>])\n"
        "    outputs([#stm32.io<\"y\", 1.0 : f32, 0>]) {\n"
        "^bb0(%x: " +
            type +
            "):\n"
            "  %0 = stm32.binary add %x, %x : (" +
            type + ", " + type + ") -> " + type +
            "\n  stm32.output %0 : " + type + "\n}",
        &context);
    ComputeOpInterface found;
    if (module)
      module->walk([&](ComputeOpInterface op) { found = op; });
    return found;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

TEST_F(KernelCostsTest, CountedKernelsCostWhatTheTableSays) {
  const KernelRecord *record = lookupKernelRecord("stm32rt_add_f32");
  ASSERT_NE(record, nullptr);
  ComputeOpInterface small = makeSum("1x4x4x8");
  ASSERT_TRUE(small);
  double costs[2][3];
  for (Isa isa : {Isa::C, Isa::DSP, Isa::MVE})
    costs[0][int(isa)] = getCost(*record, small, isa);
  ComputeOpInterface large = makeSum("1x40x40x8");
  for (Isa isa : {Isa::C, Isa::DSP, Isa::MVE})
    costs[1][int(isa)] = getCost(*record, large, isa);
  // Without an FPU a sum of floats takes more than a hundred instructions.
  EXPECT_GT(costs[1][0], 100 * 12800);
  EXPECT_LT(costs[1][1], 30 * 12800);
  for (int i = 0; i < 3; ++i) {
    EXPECT_GT(costs[0][i], 0);
    EXPECT_NEAR(costs[1][i] / costs[0][i], 100, 10);
  }
}

TEST_F(KernelCostsTest, OthersCostWhatTheirRecordsSay) {
  KernelRecord record = *lookupKernelRecord("stm32rt_add_f32");
  record.name = "my_add";
  record.cost = [](ComputeOpInterface) { return 7.0; };
  EXPECT_EQ(getCost(record, makeSum("2x3"), Isa::DSP), 7.0);
}

TEST_F(KernelCostsTest, FeaturesAreNamedAndNotZero) {
  std::map<std::string, double> found;
  for (auto [name, value] : getCostFeatures(makeSum("2x3x5")))
    EXPECT_TRUE(found.emplace(name.str(), value).second);
  EXPECT_EQ(found["Once"], 1);
  EXPECT_EQ(found["Elements"], 30);
  EXPECT_EQ(found["Runs"], 1);
  EXPECT_EQ(found.count("Macs"), 0u);
}

} // namespace
