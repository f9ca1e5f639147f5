//===- DescribeWindow.cpp - Descriptors of windows and products ----------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DescriptorUtils.h"

#include "stm32/Dialect/STM32/IR/STM32Window.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::stm32;

static LogicalResult checkFolded(Operation *op, int32_t inputZeroPoint) {
  if (inputZeroPoint == 0)
    return success();
  InFlightDiagnostic diag = op->emitOpError("has the input zero point ")
                            << inputZeroPoint
                            << ", which must be folded into the bias";
  diag.attachNote() << "run --stm32-fold-zero-points first";
  return diag;
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

SmallVector<int64_t, 4> stm32::getImageStrides(BufferType type) {
  int64_t height = type.getHeldRows();
  int64_t width = type.getDimSize(2), channels = type.getDimSize(3);
  int64_t image = height * width * channels;
  if (type.getLayout() == Layout::Planar)
    return {image, width, 1, height * width};
  return {image, width * channels, channels, 1};
}

static std::string describeImage(StringRef name, BufferType type) {
  SmallVector<int64_t, 4> strides = getImageStrides(type);
  SmallVector<std::string> items = {field("height", type.getDimSize(1)),
                                    field("width", type.getDimSize(2)),
                                    field("channels", type.getDimSize(3)),
                                    field("row_stride", strides[1]),
                                    field("pixel_stride", strides[2]),
                                    field("channel_stride", strides[3])};
  std::string head = ("." + name + " = {").str();
  unsigned column = 2 + head.size();
  return head + wrapItems(items, column, column) + "}";
}

/// The geometry of an operator that moves a window: convolutions, pools, and
/// transposed convolutions, which have no band and leave `padding` at its
/// start.
struct Geometry {
  ArrayRef<int64_t> window, strides, dilations;
  int64_t top, left;
};

/// The scalars of a window that only some operators have.
struct WindowScalars {
  int32_t padValue, zeroPoint, min, max, quantStride;
};

using Groups = SmallVector<SmallVector<std::string>>;

static Groups getWindowGroups(ComputeOpInterface op, const Geometry &geometry,
                              WindowScalars scalars) {
  auto x = cast<BufferType>(op.getActivationType(0));
  auto y = cast<BufferType>(op.getOutputType());
  return {{field("batches", y.getDimSize(0))},
          {describeImage("x", x)},
          {describeImage("y", y)},
          {field("kernel_h", geometry.window[0]),
           field("kernel_w", geometry.window[1]),
           field("stride_h", geometry.strides[0]),
           field("stride_w", geometry.strides[1])},
          {field("dilation_h", geometry.dilations[0]),
           field("dilation_w", geometry.dilations[1]),
           field("pad_top", geometry.top), field("pad_left", geometry.left),
           field("pad_value", scalars.padValue)},
          {field("y_zero_point", scalars.zeroPoint),
           field("y_min", scalars.min), field("y_max", scalars.max),
           field("quant_stride", scalars.quantStride)}};
}

/// What `requant` says; zeros for float32, whose limits are constants.
static WindowScalars getScalars(RequantAttr requant, int32_t padValue) {
  if (!requant)
    return {padValue, 0, 0, 0, 0};
  return {padValue, requant.getZeroPoint(), requant.getMin(), requant.getMax(),
          requant.isPerChannel()};
}

static KernelCall describeWindowOp(WindowOpInterface window,
                                   WindowScalars scalars, bool hasConstants) {
  auto op = cast<ComputeOpInterface>(window.getOperation());
  KernelCall call =
      makeCall("stm32rt_window",
               getWindowGroups(op,
                               {window.getWindow(), window.getStrides(),
                                window.getDilations(), window.getPadding()[0],
                                window.getPadding()[2]},
                               scalars),
               hasConstants);
  // What a call has collected waits there for the next one.
  call.hasScratch = op->hasAttr(kInputBandAttrName);
  return call;
}

template <typename OpTy> static FailureOr<KernelCall> describeConv(OpTy op) {
  if (failed(checkFolded(op, op.getInputZp())))
    return failure();
  WindowScalars scalars = getScalars(op.getRequantAttr(), op.getPadValue());
  if (auto scales = op.getWeightScalesAttr())
    scalars.quantStride = scales.size() > 1;
  KernelCall call =
      describeWindowOp(cast<WindowOpInterface>(op.getOperation()), scalars,
                       /*hasConstants=*/true);
  if (op.getGroups() != 1) {
    call.type = "stm32rt_grouped_window";
    call.window = ".window";
    call.descriptor = braces(
        {{".window = " + call.descriptor}, {field("groups", op.getGroups())}});
  }
  return call;
}

template <typename OpTy> static FailureOr<KernelCall> describePool(OpTy op) {
  auto window = cast<WindowOpInterface>(op.getOperation());
  if (std::optional<ArrayRef<int32_t>> clamp = op.getClamp())
    return describeWindowOp(window,
                            {0, static_cast<int32_t>(op.getZeroPoint()),
                             (*clamp)[0], (*clamp)[1], 0},
                            /*hasConstants=*/false);
  KernelCall call =
      describeWindowOp(window, {0, 0, 0, 0, 0}, /*hasConstants=*/false);
  ArrayRef<float> limits = *op.getFloatClamp();
  call.type = "stm32rt_pool_f32";
  call.window = ".window";
  call.descriptor = braces({{".window = " + call.descriptor},
                            {".limits = {" + floatLiteral(limits[0]) + ", " +
                             floatLiteral(limits[1]) + "}"}});
  return call;
}

static FailureOr<KernelCall> describe(TransposeConv2DOp op) {
  static constexpr int64_t kNoDilation[] = {1, 1};
  // The value that stands for nothing: x less it is multiplied.
  return makeCall(
      "stm32rt_window",
      getWindowGroups(compute(op),
                      {op.getWindow(), op.getStrides(), kNoDilation,
                       op.getPadding()[0], op.getPadding()[1]},
                      getScalars(op.getRequantAttr(), op.getInputZp())),
      /*hasConstants=*/true);
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

static FailureOr<KernelCall> describe(FullyConnectedOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/true)) ||
      failed(checkFolded(op, op.getInputZp())))
    return failure();
  WindowScalars scalars = getScalars(op.getRequantAttr(), /*padValue=*/0);
  if (auto scales = op.getWeightScalesAttr())
    scalars.quantStride = scales.size() > 1;
  return makeCall(
      "stm32rt_fully_connected",
      {{field("rows", op.getRows()), field("in_features", op.getInFeatures()),
        field("out_features", op.getOutFeatures())},
       {field("y_zero_point", scalars.zeroPoint), field("y_min", scalars.min),
        field("y_max", scalars.max),
        field("quant_stride", scalars.quantStride)}},
      /*hasConstants=*/true);
}

/// Elements from one matrix of `type` to the next along each leading dimension
/// of an output of `rank` dimensions; 0 where it is broadcast.
static SmallVector<int64_t> getBatchStrides(ShapedType type, int64_t leading) {
  SmallVector<int64_t> strides(leading, 0);
  int64_t rank = type.getRank();
  int64_t step = type.getShape()[rank - 1] * type.getShape()[rank - 2];
  for (int64_t dim = rank - 3, to = leading - 1; dim >= 0; --dim, --to) {
    if (type.getDimSize(dim) != 1)
      strides[to] = step;
    step *= type.getDimSize(dim);
  }
  return strides;
}

static FailureOr<KernelCall> describe(BatchMatmulOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/true)))
    return failure();
  constexpr int64_t leading = 3;
  ShapedType a = compute(op).getActivationType(0),
             b = compute(op).getActivationType(1);
  ArrayRef<int64_t> shape = compute(op).getOutputType().getShape();
  SmallVector<int64_t> batch(leading, 1);
  llvm::copy(shape.drop_back(2), batch.end() - (shape.size() - 2));
  int64_t rows = op.getRows(), columns = op.getColumns(), depth = op.getDepth();
  bool swapA = op.getTransposeLhs(), swapB = op.getTransposeRhs();
  Groups groups = {
      {fieldArray("batch", batch),
       fieldArray("a_batch", getBatchStrides(a, leading)),
       fieldArray("b_batch", getBatchStrides(b, leading))},
      {field("rows", rows), field("columns", columns), field("depth", depth)},
      {field("a_row", swapA ? 1 : depth), field("a_step", swapA ? rows : 1),
       field("b_column", swapB ? depth : 1),
       field("b_step", swapB ? 1 : columns)}};
  if (RequantAttr requant = op.getRequantAttr())
    groups.append(
        {{field("a_zero_point", op.getLhsZp()),
          field("b_zero_point", op.getRhsZp()),
          field("y_zero_point", requant.getZeroPoint())},
         {field("multiplier", requant.getMultiplier()[0]),
          field("shift", requant.getShift()[0]),
          field("y_min", requant.getMin()), field("y_max", requant.getMax())}});
  return makeCall("stm32rt_batch_matmul", groups);
}

Description stm32::describeWindow(Operation *op) {
  return llvm::TypeSwitch<Operation *, Description>(op)
      .Case<Conv2DOp, DepthwiseConv2DOp>(
          [](auto op) { return describeConv(op); })
      .Case<AveragePool2DOp, MaxPool2DOp>(
          [](auto op) { return describePool(op); })
      .Case<FullyConnectedOp, TransposeConv2DOp, BatchMatmulOp>(
          [](auto op) { return describe(op); })
      .Default([](Operation *) { return std::nullopt; });
}
