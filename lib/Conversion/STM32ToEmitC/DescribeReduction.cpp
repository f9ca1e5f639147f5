//===- DescribeReduction.cpp - Descriptors of operators ------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DescriptorUtils.h"

#include "stm32/Dialect/STM32/IR/STM32Reduction.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

namespace {
/// A dimension of the input, or neighbours that one loop can walk over.
struct Loop {
  int64_t size, stride;
  bool isReduced;
};
} // namespace

/// Strides of a buffer in elements, in the order of its shape.
static SmallVector<int64_t> getElementStrides(BufferType type) {
  ArrayRef<int64_t> shape = type.getShape();
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  if (type.getLayout() == Layout::Planar)
    return {strides[0], shape[2], 1, shape[1] * shape[2]};
  return strides;
}

/// The loops over the input, as few as possible; dimensions of 1 need none.
static SmallVector<Loop> getLoops(ReduceOp op, BufferType x) {
  SmallVector<int64_t> strides = getElementStrides(x);
  SmallVector<Loop> loops;
  for (auto [dim, size] : llvm::enumerate(x.getShape())) {
    if (size == 1)
      continue;
    bool isReduced =
        llvm::is_contained(op.getAxes(), static_cast<int64_t>(dim));
    if (!loops.empty() && loops.back().isReduced == isReduced &&
        loops.back().stride == size * strides[dim])
      loops.back() = {loops.back().size * size, strides[dim], isReduced};
    else
      loops.push_back({size, strides[dim], isReduced});
  }
  return loops;
}

/// Loops of each kind in a descriptor: six dimensions merge to three of each.
static constexpr size_t kLoops = 3;

/// Adds the fields `<name>_size` and `<name>_stride`; unused entries come
/// first.
static LogicalResult addLoops(ReduceOp op, StringRef name, ArrayRef<Loop> loops,
                              bool isReduced,
                              SmallVectorImpl<SmallVector<std::string>> &to) {
  SmallVector<int64_t> sizes, strides;
  for (const Loop &loop : loops)
    if (loop.isReduced == isReduced) {
      sizes.push_back(loop.size);
      strides.push_back(loop.stride);
    }
  if (sizes.size() > kLoops)
    return op.emitOpError("has ") << sizes.size() << " " << name
                                  << " dimensions that do not merge, at "
                                  << "most " << kLoops << " are possible";
  sizes.insert(sizes.begin(), kLoops - sizes.size(), 1);
  strides.insert(strides.begin(), kLoops - strides.size(), 0);
  to.push_back({fieldArray((name + "_size").str(), sizes),
                fieldArray((name + "_stride").str(), strides)});
  return success();
}

static FailureOr<KernelCall> describe(ReduceOp op) {
  auto x = cast<BufferType>(compute(op).getActivationType(0));
  auto y = cast<BufferType>(compute(op).getOutputType());
  if (y.getLayout() != Layout::NHWC)
    return op.emitOpError("needs a channel-last destination");
  SmallVector<Loop> loops = getLoops(op, x);
  SmallVector<SmallVector<std::string>> groups;
  if (failed(addLoops(op, "kept", loops, /*isReduced=*/false, groups)) ||
      failed(addLoops(op, "reduced", loops, /*isReduced=*/true, groups)))
    return failure();
  groups.push_back({field("count", x.getNumElements() / y.getNumElements())});
  if (RequantAttr requant = op.getRequantAttr()) {
    if (failed(checkOneMultiplier(op, requant)))
      return failure();
    groups.push_back({field("x_zero_point", op.getInputZp()),
                      field("y_zero_point", requant.getZeroPoint()),
                      field("multiplier", requant.getMultiplier()[0]),
                      field("shift", requant.getShift()[0])});
    groups.push_back(
        {field("y_min", requant.getMin()), field("y_max", requant.getMax())});
  }
  if (op.getReduction() == Reduction::ArgMax ||
      op.getReduction() == Reduction::ArgMin)
    groups.push_back(
        {field("index_bytes", getElementBytes(y.getElementType()))});
  return makeCall("stm32rt_reduce", groups);
}

//===----------------------------------------------------------------------===//
// Normalisations of rows
//===----------------------------------------------------------------------===//

/// A descriptor that begins with the rows and their length; `fields` follow for
/// integers.
static FailureOr<KernelCall> describeRows(ComputeOpInterface op, StringRef type,
                                          SmallVector<std::string> fields) {
  if (failed(checkLayouts(op, /*needsNHWC=*/true)))
    return failure();
  ShapedType y = op.getOutputType();
  int64_t depth = y.getShape().back();
  SmallVector<SmallVector<std::string>> groups = {
      {field("rows", y.getNumElements() / depth), field("depth", depth)}};
  if (!fields.empty())
    groups.push_back(std::move(fields));
  return makeCall(type, groups);
}

static bool isFloat(ComputeOpInterface op) {
  return op.getOutputType().getElementType().isF32();
}

static FailureOr<KernelCall> describe(SoftmaxOp op) {
  if (std::optional<APFloat> beta = op.getBeta())
    return describeRows(compute(op), "stm32rt_softmax",
                        {".beta = " + floatLiteral(beta->convertToFloat())});
  return describeRows(compute(op), "stm32rt_softmax",
                      {field("multiplier", op.getMultiplier()),
                       field("left_shift", op.getLeftShift()),
                       field("diff_min", op.getDiffMin())});
}

static FailureOr<KernelCall> describe(LogSoftmaxOp op) {
  SmallVector<std::string> fields;
  if (!isFloat(compute(op)))
    fields = {field("multiplier", op.getMultiplier()),
              field("left_shift", op.getLeftShift()),
              field("diff_min", op.getDiffMin()),
              field("inverse_multiplier", op.getInverseMultiplier()),
              field("inverse_shift", op.getInverseShift())};
  return describeRows(compute(op), "stm32rt_log_softmax", std::move(fields));
}

static FailureOr<KernelCall> describe(L2NormalizeOp op) {
  SmallVector<std::string> fields;
  if (!isFloat(compute(op)))
    fields = {field("x_zero_point", op.getInputZp()),
              field("left_shift", op.getLeftShift())};
  return describeRows(compute(op), "stm32rt_l2_normalize", std::move(fields));
}

Description stm32::describeReduction(Operation *op) {
  return llvm::TypeSwitch<Operation *, Description>(op)
      .Case<ReduceOp, SoftmaxOp, LogSoftmaxOp, L2NormalizeOp>(
          [](auto op) { return describe(op); })
      .Default([](Operation *) { return std::nullopt; });
}
