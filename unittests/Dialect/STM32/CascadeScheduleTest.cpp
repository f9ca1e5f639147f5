//===- CascadeScheduleTest.cpp - Properties of band schedules -----------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random chains of window operators are scheduled and the calls are simulated:
// each write puts the row's number into its slot of the ring, each read looks
// whether the row is still there.
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/CascadeSchedule.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"

#include <gtest/gtest.h>

#include <random>

using namespace mlir;
using namespace mlir::stm32;

namespace {
/// One window operator, in rows: a max pool, or a convolution, whose windows
/// may lie in the padding.
struct Stage {
  int64_t window, stride, top, bottom, height;
  bool isConv = false;
};

class CascadeScheduleTest : public testing::Test {
protected:
  CascadeScheduleTest() { context.loadDialect<STM32Dialect>(); }

  Value makeConstant(OpBuilder &builder, ArrayRef<int64_t> shape,
                     Type element) {
    auto type = RankedTensorType::get(shape, element);
    return ConstantOp::create(
        builder, builder.getUnknownLoc(), type,
        DenseElementsAttr::get(type, builder.getIntegerAttr(element, 0)));
  }

  Operation *makeOperator(OpBuilder &builder, Type type, Value input,
                          const Stage &stage) {
    Location loc = builder.getUnknownLoc();
    int64_t window[] = {stage.window, 1}, strides[] = {stage.stride, 1};
    int64_t padding[] = {stage.top, stage.bottom, 0, 0};
    if (!stage.isConv)
      return MaxPool2DOp::create(builder, loc, type, input, /*dest=*/Value(),
                                 /*scratch=*/Value(),
                                 builder.getDenseI64ArrayAttr(window),
                                 builder.getDenseI64ArrayAttr(strides),
                                 builder.getDenseI64ArrayAttr(padding),
                                 builder.getDenseI32ArrayAttr({-128, 127}),
                                 /*float_clamp=*/DenseF32ArrayAttr(),
                                 /*zero_point=*/builder.getI32IntegerAttr(0),
                                 BandAttr(), StringAttr());
    auto requant = RequantAttr::get(&context, {1}, {31}, 0, -128, 127);
    return Conv2DOp::create(
        builder, loc, type, input,
        makeConstant(builder, {1, stage.window, 1, 1}, builder.getI8Type()),
        makeConstant(builder, {1}, builder.getI32Type()), /*packed=*/Value(),
        /*dest=*/Value(), /*scratch=*/Value(), window, strides,
        /*dilations=*/ArrayRef<int64_t>{1, 1}, padding, /*input_zp=*/0,
        /*weights_zp=*/0, /*pad_value=*/0, /*groups=*/1, requant,
        /*float_clamp=*/DenseF32ArrayAttr(),
        /*weight_scales=*/DenseF32ArrayAttr(), /*asymmetric_inputs=*/false,
        BandAttr(), StringAttr());
  }

  /// A chain of operators of width 1.
  SmallVector<WindowOpInterface> makeChain(int64_t inputHeight,
                                           ArrayRef<Stage> stages) {
    OpBuilder builder(&context);
    module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToEnd(module->getBody());
    auto makeType = [&](int64_t height) {
      return RankedTensorType::get({1, height, 1, 1}, builder.getI8Type());
    };
    Value value =
        makeConstant(builder, {1, inputHeight, 1, 1}, builder.getI8Type());
    SmallVector<WindowOpInterface> chain;
    for (const Stage &stage : stages) {
      Operation *op =
          makeOperator(builder, makeType(stage.height), value, stage);
      value = op->getResult(0);
      chain.push_back(cast<WindowOpInterface>(op));
    }
    EXPECT_TRUE(succeeded(verify(*module)));
    return chain;
  }

  /// Runs the calls and checks what they read and write.
  static void simulate(ArrayRef<WindowOpInterface> chain,
                       const CascadeSchedule &schedule) {
    ASSERT_EQ(schedule.rings.size(), chain.size());
    auto getHeight = [&](unsigned index) {
      WindowOpInterface op = chain[index];
      return cast<ComputeOpInterface>(op.getOperation())
          .getOutputType()
          .getDimSize(1);
    };
    std::vector<std::vector<int64_t>> slots;
    std::vector<int64_t> next(chain.size(), 0);
    for (size_t index = 0; index < chain.size(); ++index) {
      ASSERT_GE(schedule.rings[index], 1);
      ASSERT_LE(schedule.rings[index], getHeight(index));
      slots.emplace_back(schedule.rings[index], -1);
    }
    for (const CascadeStep &step : schedule.steps) {
      ASSERT_LT(step.index, chain.size());
      ASSERT_GE(step.count, 1);
      // Once and in order: rows may be left out, never repeated.
      ASSERT_GE(step.first, next[step.index]);
      ASSERT_LE(step.first + step.count, getHeight(step.index));
      ASSERT_LE(step.count, schedule.rings[step.index]);
      next[step.index] = step.first + step.count;
      if (step.index > 0) {
        WindowOpInterface op = chain[step.index];
        auto [begin, end] = op.getInputRows(step.first, step.count);
        auto &input = slots[step.index - 1];
        ASSERT_LE(end - begin, int64_t(input.size()));
        for (int64_t row = begin; row < end; ++row)
          ASSERT_EQ(input[row % input.size()], row)
              << "operator " << step.index << " reads a row that is not there";
      }
      auto &output = slots[step.index];
      for (int64_t row = step.first; row < step.first + step.count; ++row)
        output[row % output.size()] = row;
    }
    // The last output is whole, and each of its rows was computed.
    size_t last = chain.size() - 1;
    ASSERT_EQ(schedule.rings[last], getHeight(last));
    for (int64_t row = 0; row < getHeight(last); ++row)
      ASSERT_EQ(slots[last][row], row);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};
} // namespace

TEST_F(CascadeScheduleTest, OneOperator) {
  auto chain = makeChain(5, {{1, 1, 0, 0, 5}});
  CascadeSchedule schedule = scheduleCascade(chain, 2);
  simulate(chain, schedule);
  ASSERT_EQ(schedule.steps.size(), 3u);
  EXPECT_EQ(schedule.steps[2].first, 4);
  EXPECT_EQ(schedule.steps[2].count, 1);
}

TEST_F(CascadeScheduleTest, RingHoldsTheHalo) {
  auto chain = makeChain(8, {{3, 1, 1, 1, 8}, {3, 1, 1, 1, 8}});
  CascadeSchedule schedule = scheduleCascade(chain, 1);
  simulate(chain, schedule);
  EXPECT_EQ(schedule.rings[0], 3);
}

TEST_F(CascadeScheduleTest, RowsThatNobodyReadsAreNotComputed) {
  auto chain = makeChain(9, {{1, 1, 0, 0, 9}, {1, 4, 0, 0, 3}});
  CascadeSchedule schedule = scheduleCascade(chain, 1);
  simulate(chain, schedule);
  EXPECT_EQ(schedule.rings[0], 1);
  int64_t computed = 0;
  for (const CascadeStep &step : schedule.steps)
    if (step.index == 0)
      computed += step.count;
  EXPECT_EQ(computed, 3);
}

TEST_F(CascadeScheduleTest, RandomChains) {
  std::minstd_rand random(2);
  auto pick = [&](int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  };
  for (int run = 0; run < 3000; ++run) {
    SCOPED_TRACE("run " + std::to_string(run));
    int64_t inputHeight = pick(1, 24), height = inputHeight;
    SmallVector<Stage> stages;
    for (int64_t i = pick(1, 5); i > 0; --i) {
      Stage stage;
      stage.window = pick(1, std::min<int64_t>(height, 5));
      stage.stride = pick(1, 4);
      stage.isConv = pick(0, 1);
      int64_t mostPadding = stage.isConv ? 7 : stage.window - 1;
      stage.top = pick(0, mostPadding);
      stage.bottom = pick(0, mostPadding);
      stage.height =
          (height + stage.top + stage.bottom - stage.window) / stage.stride + 1;
      // Each window of a pool must hold a value; trailing rows may be left out.
      while (!stage.isConv &&
             (stage.height - 1) * stage.stride - stage.top >= height)
        --stage.height;
      if (stage.height > 1)
        stage.height -= pick(0, 1);
      height = stage.height;
      stages.push_back(stage);
    }
    auto chain = makeChain(inputHeight, stages);
    simulate(chain, scheduleCascade(chain, pick(1, height + 2)));
    if (HasFatalFailure() || HasNonfatalFailure())
      return;
  }
}
