//===- DescribeElementwise.cpp - Descriptors of operators ----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DescriptorUtils.h"

#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"

#include "llvm/ADT/TypeSwitch.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

/// STM32RT_BROADCAST_DIMS: outer dimensions that a descriptor has.
static constexpr unsigned kOuterDims = 5;

namespace {
/// One loop of a walk over broadcast tensors: its size and the step of each
/// activation, in elements.
struct BroadcastLoop {
  int64_t size;
  SmallVector<int64_t, 3> strides;
};
} // namespace

/// The fewest loops that walk over the activations of `op` in the order of the
/// output, outermost first; at least one. Dimensions are joined where every
/// activation goes on from one into the other, or repeats in both.
static SmallVector<BroadcastLoop> planBroadcast(ComputeOpInterface op) {
  ArrayRef<int64_t> output = op.getOutputType().getShape();
  unsigned count = op.getNumActivations();
  SmallVector<int64_t, 3> next(count, 1);
  SmallVector<BroadcastLoop> loops; // innermost first
  for (size_t i = 0; i < output.size(); ++i) {
    int64_t size = output[output.size() - 1 - i];
    BroadcastLoop loop{size, {}};
    for (unsigned k = 0; k < count; ++k) {
      ArrayRef<int64_t> shape = op.getActivationType(k).getShape();
      int64_t dim = i < shape.size() ? shape[shape.size() - 1 - i] : 1;
      loop.strides.push_back(dim == 1 ? 0 : next[k]);
      next[k] *= dim;
    }
    if (size == 1)
      continue;
    bool joins = !loops.empty();
    for (unsigned k = 0; joins && k < count; ++k)
      joins = loop.strides[k] == loops.back().strides[k] * loops.back().size;
    if (joins)
      loops.back().size *= size;
    else
      loops.push_back(loop);
  }
  if (loops.empty())
    loops.push_back({1, SmallVector<int64_t, 3>(count, 0)});
  std::reverse(loops.begin(), loops.end());
  return loops;
}

/// Strides of activation `index` in the outer loops, filled up in front.
static std::string
describeStrides(StringRef name, ArrayRef<BroadcastLoop> loops, unsigned index) {
  SmallVector<int64_t> strides(kOuterDims + 1 - loops.size(), 0);
  for (const BroadcastLoop &loop : loops.drop_back())
    strides.push_back(loop.strides[index]);
  return fieldArray(name, strides);
}

/// Fields of a stm32rt_broadcast of the activations `first` and `first` + 1.
static SmallVector<std::string> describeLoops(ArrayRef<BroadcastLoop> loops,
                                              unsigned first) {
  SmallVector<int64_t> sizes(kOuterDims + 1 - loops.size(), 1);
  for (const BroadcastLoop &loop : loops.drop_back())
    sizes.push_back(loop.size);
  return {field("run", loops.back().size),
          field("a_step", loops.back().strides[first]),
          field("b_step", loops.back().strides[first + 1]),
          fieldArray("size", sizes),
          describeStrides("a_stride", loops, first),
          describeStrides("b_stride", loops, first + 1)};
}

/// The field `shape`, for descriptors that have more.
static std::string describeShape(ArrayRef<BroadcastLoop> loops,
                                 unsigned first) {
  return ".shape = {" + wrapItems(describeLoops(loops, first), 12, 12) + "}";
}

/// Tensors of one shape may have any layout, as long as it is the same.
static LogicalResult checkBroadcastLayouts(ComputeOpInterface op) {
  bool sameShape = true;
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    sameShape &=
        op.getActivationType(i).getShape() == op.getOutputType().getShape();
  return checkLayouts(op, /*needsNHWC=*/!sameShape);
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// Multiplier and shift of an optional scale; those that change nothing if
/// there is none.
static SmallVector<std::string>
describeScale(StringRef side, int32_t zeroPoint,
              std::optional<ArrayRef<int32_t>> scale) {
  auto name = [&](StringRef text) { return (side + text).str(); };
  return {field(name("_zero_point"), zeroPoint),
          field(name("_multiplier"),
                scale ? (*scale)[0] : RequantAttr::kUnitMultiplier),
          field(name("_shift"), scale ? (*scale)[1] : RequantAttr::kUnitShift)};
}

/// A bound of float32; the greatest finite number if there is none.
static std::string describeBounds(std::optional<ArrayRef<float>> clamp) {
  constexpr float greatest = std::numeric_limits<float>::max();
  return ".y_min = " + floatLiteral(clamp ? (*clamp)[0] : -greatest) +
         ", .y_max = " + floatLiteral(clamp ? (*clamp)[1] : greatest);
}

static FailureOr<KernelCall> describe(LookupOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/false)))
    return failure();
  return makeCall(
      "stm32rt_lookup",
      {{field("count", compute(op).getOutputType().getNumElements())}},
      /*hasConstants=*/true);
}

static FailureOr<KernelCall> describe(BinaryOp op) {
  if (failed(checkBroadcastLayouts(compute(op))))
    return failure();
  SmallVector<BroadcastLoop> loops = planBroadcast(compute(op));
  BinaryFunction function = op.getFunction();
  bool isFloat = op.getActivationType(0).getElementType().isF32();
  bool hasClamp =
      isFloat &&
      (function == BinaryFunction::Add || function == BinaryFunction::Sub ||
       function == BinaryFunction::Mul || function == BinaryFunction::Div);
  if (hasClamp)
    return makeCall(
        "stm32rt_binary_f32",
        {{describeShape(loops, 0)}, {describeBounds(op.getFloatClamp())}});
  if (op.getFloatClamp())
    return op.emitOpError("has a clamp that its kernels do not apply");
  RequantAttr requant = op.getRequantAttr();
  if (!requant && !op.getRhsScale())
    return makeCall("stm32rt_broadcast", {describeLoops(loops, 0)});
  SmallVector<SmallVector<std::string>> groups = {
      {describeShape(loops, 0)},
      {field("left_shift", op.getLeftShift())},
      describeScale("a", op.getLhsZp(), op.getLhsScale()),
      describeScale("b", op.getRhsZp(), op.getRhsScale())};
  if (requant) {
    groups.push_back({field("y_zero_point", requant.getZeroPoint()),
                      field("y_multiplier", requant.getMultiplier()[0]),
                      field("y_shift", requant.getShift()[0])});
    groups.push_back(
        {field("y_min", requant.getMin()), field("y_max", requant.getMax())});
  }
  return makeCall("stm32rt_binary", groups);
}

static FailureOr<KernelCall> describe(SelectOp op) {
  if (failed(checkBroadcastLayouts(compute(op))))
    return failure();
  SmallVector<BroadcastLoop> loops = planBroadcast(compute(op));
  return makeCall("stm32rt_select", {{describeShape(loops, 1)},
                                     {field("c_step", loops.back().strides[0]),
                                      describeStrides("c_stride", loops, 0)}});
}

static FailureOr<KernelCall> describe(UnaryOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/false)))
    return failure();
  std::string count =
      field("count", compute(op).getOutputType().getNumElements());
  if (!op.getScale() && !op.getRequantAttr()) {
    if (op.getAlpha())
      return makeCall(
          "stm32rt_unary",
          {{count,
            ".alpha = " + floatLiteral(op.getAlpha()->convertToFloat())}});
    if (op.getFloatClamp())
      return makeCall("stm32rt_unary",
                      {{count, describeBounds(op.getFloatClamp())}});
    return makeCall("stm32rt_unary", {{count}});
  }
  SmallVector<SmallVector<std::string>> groups = {{count}};
  if (auto scale = op.getScale())
    groups.push_back(
        {field("multiplier", (*scale)[0]), field("shift", (*scale)[1])});
  if (RequantAttr requant = op.getRequantAttr())
    groups.push_back({field("y_multiplier", requant.getMultiplier()[0]),
                      field("y_shift", requant.getShift()[0]),
                      field("y_min", requant.getMin()),
                      field("y_max", requant.getMax())});
  return makeCall("stm32rt_unary_s16", groups);
}

static FailureOr<KernelCall> describe(CastOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/false)))
    return failure();
  return makeCall(
      "stm32rt_cast",
      {{field("count", compute(op).getOutputType().getNumElements())}});
}

Description stm32::describeElementwise(Operation *op) {
  return llvm::TypeSwitch<Operation *, Description>(op)
      .Case<LookupOp, BinaryOp, SelectOp, UnaryOp, CastOp>(
          [](auto op) { return describe(op); })
      .Default([](Operation *) { return std::nullopt; });
}
