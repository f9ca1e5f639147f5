//===- DescribeMovement.cpp - Descriptors of operators -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DescriptorUtils.h"

#include "stm32/Dialect/STM32/IR/STM32Movement.h"
#include "stm32rt_movement.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::stm32;

static_assert(kMaxCopyLoops == STM32RT_COPY_LOOPS);

/// The fields of a stm32rt_copy, one line each.
static SmallVector<SmallVector<std::string>> getCopyFields(CopyPlan plan) {
  // Loops that are not needed come first.
  plan.loops.insert(plan.loops.begin(), kMaxCopyLoops - plan.loops.size(),
                    {1, 0, 0});
  SmallVector<int64_t> sizes, inputs, dests;
  for (const CopyLoop &loop : plan.loops) {
    sizes.push_back(loop.size);
    inputs.push_back(loop.input);
    dests.push_back(loop.dest);
  }
  return {{field("x_offset", plan.inputOffset),
           field("y_offset", plan.destOffset), field("run", plan.run)},
          {fieldArray("size", sizes)},
          {fieldArray("x_stride", inputs)},
          {fieldArray("y_stride", dests)}};
}

static FailureOr<KernelCall> describe(StridedCopyOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/true)))
    return failure();
  int64_t bytes = getElementBytes(compute(op).getOutputType().getElementType());
  return makeCall("stm32rt_copy",
                  getCopyFields(planCopy(op.getLoops(), bytes)));
}

static FailureOr<KernelCall> describe(PadOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/true)))
    return failure();
  auto y = cast<BufferType>(compute(op).getOutputType());
  int64_t bytes = getElementBytes(y.getElementType());
  // The kernel's name says of how many bits the values are that it fills with.
  int64_t unit = 0;
  if (op.getKernel()->rsplit('_').second.getAsInteger(10, unit) || unit < 8)
    return op.emitOpError("has a kernel without a descriptor");
  uint64_t bits = getPadBits(op);
  std::string copy;
  for (const SmallVector<std::string> &group :
       getCopyFields(planCopy(getPadLoops(op), bytes, /*onlyRuns=*/true)))
    copy += (copy.empty() ? "" : ",\n           ") + llvm::join(group, ", ");
  auto word = [](uint64_t bits) {
    return std::to_string(static_cast<uint32_t>(bits)) + "u";
  };
  return makeCall("stm32rt_pad",
                  {{field("count", y.getBytes() / (unit / 8)),
                    ".value = {" + word(bits) + ", " + word(bits >> 32) + "}"},
                   {".copy = {" + copy + "}"}});
}

static FailureOr<KernelCall> describe(GatherOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/true)))
    return failure();
  ShapedType type = compute(op).getActivationType(0);
  ArrayRef<int64_t> x = type.getShape();
  auto count = [](ArrayRef<int64_t> shape) {
    return ShapedType::getNumElements(shape);
  };
  size_t axis = op.getAxis(), batchDims = op.getBatchDims();
  ArrayRef<int64_t> indices = compute(op).getActivationType(1).getShape();
  return makeCall("stm32rt_gather",
                  {{field("batches", count(x.take_front(batchDims))),
                    field("outer", count(x.slice(batchDims, axis - batchDims))),
                    field("axis", x[axis]),
                    field("indices", count(indices.drop_front(batchDims)))},
                   {field("run", count(x.drop_front(axis + 1)) *
                                     getElementBytes(type.getElementType()))}});
}

static FailureOr<KernelCall> describe(GatherNDOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/true)))
    return failure();
  ShapedType type = compute(op).getActivationType(0);
  ShapedType indices = compute(op).getActivationType(1);
  int64_t coordinates = indices.getShape().back();
  SmallVector<int64_t> sizes(kMaxCopyLoops, 1), strides(kMaxCopyLoops, 0);
  int64_t stride = getElementBytes(type.getElementType());
  for (int64_t dim = type.getRank(); dim-- > 0;) {
    if (dim < coordinates) {
      sizes[dim] = type.getDimSize(dim);
      strides[dim] = stride;
    }
    stride *= type.getDimSize(dim);
  }
  int64_t run = coordinates ? strides[coordinates - 1] : stride;
  return makeCall("stm32rt_gather_nd",
                  {{field("slices", indices.getNumElements() /
                                        std::max<int64_t>(coordinates, 1)),
                    field("coordinates", coordinates), field("run", run)},
                   {fieldArray("size", sizes)},
                   {fieldArray("stride", strides)}});
}

static FailureOr<KernelCall> describe(ResizeBilinearOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/true)))
    return failure();
  ShapedType x = compute(op).getActivationType(0);
  ShapedType y = compute(op).getOutputType();
  return makeCall(
      "stm32rt_resize",
      {{field("batches", x.getDimSize(0)), field("channels", x.getDimSize(3))},
       {field("x_height", x.getDimSize(1)), field("x_width", x.getDimSize(2)),
        field("y_height", y.getDimSize(1)), field("y_width", y.getDimSize(2))}},
      /*hasConstants=*/true);
}

Description stm32::describeMovement(Operation *op) {
  return llvm::TypeSwitch<Operation *, Description>(op)
      .Case<StridedCopyOp, PadOp, GatherOp, GatherNDOp, ResizeBilinearOp>(
          [](auto op) { return describe(op); })
      .Default([](Operation *) { return std::nullopt; });
}
