//===- CascadeScheduleTest.cpp - Properties of band schedules -----------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random chains and graphs of operators are scheduled and the calls are
// simulated: each write puts the row's number into its slot of the ring, each
// read looks whether the row is still there.
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/CascadeSchedule.h"
#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"

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
      return MaxPool2DOp::create(
          builder, loc, type, input, /*dest=*/Value(),
          /*scratch=*/Value(), builder.getDenseI64ArrayAttr(window),
          builder.getDenseI64ArrayAttr(strides),
          builder.getDenseI64ArrayAttr(padding),
          builder.getDenseI32ArrayAttr({-128, 127}),
          /*float_clamp=*/DenseF32ArrayAttr(),
          /*zero_point=*/builder.getI32IntegerAttr(0), BandAttr(),
          /*input_band=*/BandAttr(), StringAttr());
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
  SmallVector<ComputeOpInterface> makeChain(int64_t inputHeight,
                                            ArrayRef<Stage> stages) {
    OpBuilder builder(&context);
    module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToEnd(module->getBody());
    auto makeType = [&](int64_t height) {
      return RankedTensorType::get({1, height, 1, 1}, builder.getI8Type());
    };
    Value value =
        makeConstant(builder, {1, inputHeight, 1, 1}, builder.getI8Type());
    SmallVector<ComputeOpInterface> chain;
    for (const Stage &stage : stages) {
      Operation *op =
          makeOperator(builder, makeType(stage.height), value, stage);
      value = op->getResult(0);
      chain.push_back(cast<ComputeOpInterface>(op));
    }
    EXPECT_TRUE(succeeded(verify(*module)));
    return chain;
  }

  /// Runs the calls and checks what they read and write. `whole` are results
  /// that must be complete at the end.
  static void simulate(ArrayRef<ComputeOpInterface> operators,
                       const CascadeSchedule &schedule,
                       ArrayRef<unsigned> whole) {
    size_t count = operators.size();
    ASSERT_EQ(schedule.rings.size(), count);
    ASSERT_EQ(schedule.groups.size(), count);
    auto find = [&](Value value) -> std::optional<size_t> {
      for (size_t i = 0; i < count; ++i)
        if (value.getDefiningOp() == ComputeOpInterface(operators[i]))
          return i;
      return std::nullopt;
    };
    // The rows that each ring holds; transient tensors that share their memory
    // may not find each other's rows.
    std::vector<std::vector<int64_t>> slots;
    std::vector<int64_t> next(count, 0);
    std::vector<size_t> owner(schedule.numGroups, count);
    for (size_t index = 0; index < count; ++index) {
      ASSERT_GE(schedule.rings[index], 1);
      slots.emplace_back(schedule.rings[index], -1);
    }
    for (const CascadeStep &step : schedule.steps) {
      ASSERT_LT(step.index, count);
      ASSERT_GE(step.count, 1);
      ComputeOpInterface op = operators[step.index];
      // Once and in order: rows may be left out, never repeated.
      ASSERT_GE(step.first, next[step.index]);
      ASSERT_LE(step.first + step.count, getNumRows(op));
      bool collects = getRowKind(op) == RowKind::Collecting;
      if (collects) {
        ASSERT_EQ(step.first, next[step.index]) << "a row is not collected";
      }
      next[step.index] = step.first + step.count;
      for (unsigned i = 0; i < op.getNumActivations(); ++i) {
        std::optional<size_t> producer = find(op.getActivation(i));
        if (!producer)
          continue;
        RowRange rows = getRowMap(op, i).read(step.first, step.count);
        auto &input = slots[*producer];
        ASSERT_LE(rows.end - rows.begin, int64_t(input.size()));
        for (int64_t row = rows.begin; row < rows.end; ++row)
          ASSERT_EQ(input[row % input.size()], row)
              << "operator " << step.index << " reads a row that is not there";
        unsigned group = schedule.groups[*producer];
        if (group != CascadeSchedule::kNoGroup && rows.begin < rows.end) {
          ASSERT_EQ(owner[group], *producer)
              << "operator " << step.index << " reads memory of another one";
        }
      }
      if (collects)
        continue;
      auto &output = slots[step.index];
      ASSERT_LE(step.count, int64_t(output.size()));
      for (int64_t row = step.first; row < step.first + step.count; ++row)
        output[row % output.size()] = row;
      unsigned group = schedule.groups[step.index];
      if (group == CascadeSchedule::kNoGroup)
        continue;
      if (owner[group] < count && owner[group] != step.index)
        slots[owner[group]].assign(slots[owner[group]].size(), -1);
      owner[group] = step.index;
    }
    for (unsigned index : whole) {
      ComputeOpInterface op = operators[index];
      ASSERT_EQ(next[index], getNumRows(op));
      if (getRowKind(op) == RowKind::Collecting)
        continue;
      ASSERT_EQ(schedule.rings[index], getNumRows(op));
      for (int64_t row = 0; row < getNumRows(op); ++row)
        ASSERT_EQ(slots[index][row], row);
    }
  }
  static void simulate(ArrayRef<ComputeOpInterface> chain,
                       const CascadeSchedule &schedule) {
    simulate(chain, schedule, static_cast<unsigned>(chain.size() - 1));
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

// Random operators on what came before: windows, sums of two tensors of one
// height, results that somebody else reads too, and a pool over the image.
TEST_F(CascadeScheduleTest, RandomGraphs) {
  std::minstd_rand random(3);
  auto pick = [&](int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  };
  for (int run = 0; run < 3000; ++run) {
    SCOPED_TRACE("run " + std::to_string(run));
    OpBuilder builder(&context);
    module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToEnd(module->getBody());
    Location loc = builder.getUnknownLoc();
    auto makeType = [&](int64_t height) {
      return RankedTensorType::get({1, height, 1, 1}, builder.getI8Type());
    };
    auto getHeight = [](Value value) {
      return cast<ShapedType>(value.getType()).getDimSize(1);
    };
    SmallVector<Value> tensors = {
        makeConstant(builder, {1, pick(2, 20), 1, 1}, builder.getI8Type())};
    SmallVector<ComputeOpInterface> operators;
    auto add = [&](Operation *op) {
      operators.push_back(cast<ComputeOpInterface>(op));
      if (getRowKind(op) != RowKind::Collecting)
        tensors.push_back(op->getResult(0));
    };
    for (int64_t i = pick(2, 7); i > 0; --i) {
      Value x = tensors[pick(std::max<int64_t>(0, int64_t(tensors.size()) - 3),
                             tensors.size() - 1)];
      Value y = tensors[pick(0, tensors.size() - 1)];
      int64_t height = getHeight(x);
      if (getHeight(y) == height && pick(0, 1)) {
        add(BinaryOp::create(
            builder, loc, makeType(height), BinaryFunction::Maximum, x, y,
            /*dest=*/Value(), /*scratch=*/Value(), /*left_shift=*/0,
            /*lhs_zp=*/0, /*lhs_scale=*/DenseI32ArrayAttr(), /*rhs_zp=*/0,
            /*rhs_scale=*/DenseI32ArrayAttr(), RequantAttr(),
            /*float_clamp=*/DenseF32ArrayAttr(), StringAttr()));
        continue;
      }
      Stage stage{pick(1, std::min<int64_t>(height, 4)), pick(1, 3), 0, 0, 0};
      stage.isConv = pick(0, 1);
      stage.top = pick(0, stage.window - 1);
      stage.bottom = pick(0, stage.window - 1);
      stage.height =
          (height + stage.top + stage.bottom - stage.window) / stage.stride + 1;
      while ((stage.height - 1) * stage.stride - stage.top >= height)
        --stage.height;
      add(makeOperator(builder, makeType(stage.height), x, stage));
    }
    Value last = tensors.back();
    if (getHeight(last) > 1 && operators.back()->getResult(0) == last &&
        pick(0, 2) == 0)
      add(AveragePool2DOp::create(
          builder, loc, makeType(1), last, /*dest=*/Value(),
          /*scratch=*/Value(),
          builder.getDenseI64ArrayAttr({getHeight(last), 1}),
          builder.getDenseI64ArrayAttr({1, 1}),
          builder.getDenseI64ArrayAttr({0, 0, 0, 0}),
          builder.getDenseI32ArrayAttr({-128, 127}),
          /*float_clamp=*/DenseF32ArrayAttr(),
          /*zero_point=*/builder.getI32IntegerAttr(0), BandAttr(), BandAttr(),
          StringAttr()));
    // What nobody reads is a result; some of the others are, too.
    SmallVector<Value> results;
    SmallVector<unsigned> whole;
    for (auto [index, op] : llvm::enumerate(operators)) {
      bool isLast = index + 1 == operators.size();
      if (ComputeOpInterface(op)->use_empty() || isLast || pick(0, 9) == 0) {
        whole.push_back(index);
        results.push_back(ComputeOpInterface(op)->getResult(0));
      }
    }
    OperationState state(loc, "test.users");
    state.addOperands(results);
    context.allowUnregisteredDialects();
    builder.create(state);
    ASSERT_TRUE(succeeded(verify(*module)));
    int64_t rows = pick(1, getNumRows(operators.back()) + 1);
    simulate(operators, scheduleCascade(operators, rows), whole);
    if (HasFatalFailure() || HasNonfatalFailure())
      return;
  }
}
