//===- Descriptors.cpp - Descriptors of kernel calls ----------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function for each struct of stm32rt_kernels.h.
//
//===----------------------------------------------------------------------===//

#include "CFile.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Initialisers
//===----------------------------------------------------------------------===//

/// Attributes of 32 bits are signed, but their getters return uint32_t.
template <typename T> static std::string field(StringRef name, T attr) {
  using Value =
      std::conditional_t<std::is_same_v<T, uint32_t>, int32_t, int64_t>;
  int64_t value = static_cast<Value>(attr);
  return ("." + name + " = " + intLiteral(value)).str();
}

static std::string fieldArray(StringRef name, ArrayRef<int64_t> values) {
  SmallVector<std::string> items;
  for (int64_t value : values)
    items.push_back(intLiteral(value));
  return ("." + name + " = {" + wrapItems(items, 0, 0) + "}").str();
}

/// Braces around groups of fields, each group beginning a line.
static std::string braces(ArrayRef<SmallVector<std::string>> groups) {
  std::string text = "{\n";
  for (const SmallVector<std::string> &group : groups)
    text += "  " + wrapItems(group, 2, 2) + ",\n";
  return text + "}";
}

//===----------------------------------------------------------------------===//
// What kernels can do
//===----------------------------------------------------------------------===//

/// Kernels that take tensors as they lie in memory: one layout for all, and
/// channel last if `needsNHWC`.
static LogicalResult checkLayouts(ComputeOpInterface op, bool needsNHWC) {
  Layout expected =
      needsNHWC ? Layout::NHWC : stm32::getLayout(op.getOutputType());
  bool same = stm32::getLayout(op.getOutputType()) == expected;
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    same &= stm32::getLayout(op.getActivationType(i)) == expected;
  if (!same)
    return op.emitOpError("needs ")
           << (needsNHWC ? "channel-last buffers" : "buffers of one layout");
  return success();
}

static LogicalResult checkOneMultiplier(Operation *op, RequantAttr requant) {
  if (requant.isPerChannel())
    return op->emitOpError("needs one multiplier, got ")
           << requant.getMultiplier().size();
  return success();
}

static LogicalResult checkFolded(Operation *op, int32_t inputZeroPoint) {
  if (inputZeroPoint == 0)
    return success();
  InFlightDiagnostic diag = op->emitOpError("has the input zero point ")
                            << inputZeroPoint
                            << ", which must be folded into the bias";
  diag.attachNote() << "run --stm32-fold-zero-points first";
  return diag;
}

static LogicalResult checkScale(Operation *op, const APFloat &scale) {
  if (scale.isFiniteNonZero() && !scale.isNegative())
    return success();
  return op->emitOpError("needs a positive and finite scale");
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// The dimensions in memory, in elements: batch, row, pixel, channel.
static SmallVector<int64_t, 4> getStrides(BufferType type) {
  int64_t height = type.getHeldRows();
  int64_t width = type.getDimSize(2), channels = type.getDimSize(3);
  int64_t image = height * width * channels;
  if (type.getLayout() == Layout::Planar)
    return {image, width, 1, height * width};
  return {image, width * channels, channels, 1};
}

static std::string describeImage(StringRef name, BufferType type) {
  SmallVector<int64_t, 4> strides = getStrides(type);
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

/// The logical row in slot 0 of a ring once it holds `row` as its oldest row:
/// row r lies in slot r modulo rows.
static int64_t getFirstRow(int64_t row, int64_t rows) {
  return row / rows * rows;
}

static std::string describeBand(WindowOpInterface window, BufferType x,
                                BufferType y) {
  BandAttr band = window.getBandAttr();
  if (!band)
    return "";
  int64_t needed = window.getInputRows(band.getFirst(), band.getCount()).first;
  return braces(
      {{field("first", band.getFirst()), field("count", band.getCount())},
       {field("x_first", getFirstRow(needed, x.getHeldRows())),
        field("x_rows", x.getHeldRows())},
       {field("y_first", getFirstRow(band.getFirst(), y.getHeldRows())),
        field("y_rows", y.getHeldRows())}});
}

/// The scalars of a window that only some operators have.
struct WindowScalars {
  int32_t padValue, zeroPoint, min, max, quantStride;
};

static KernelCall describeWindow(ComputeOpInterface op, WindowScalars scalars,
                                 bool hasConstants) {
  auto window = cast<WindowOpInterface>(op.getOperation());
  auto x = cast<BufferType>(op.getActivationType(0));
  auto y = cast<BufferType>(op.getOutputType());
  KernelCall call;
  call.type = "stm32rt_window";
  call.descriptor =
      braces({{field("batches", y.getDimSize(0))},
              {describeImage("x", x)},
              {describeImage("y", y)},
              {field("kernel_h", window.getWindow()[0]),
               field("kernel_w", window.getWindow()[1]),
               field("stride_h", window.getStrides()[0]),
               field("stride_w", window.getStrides()[1])},
              {field("dilation_h", window.getDilations()[0]),
               field("dilation_w", window.getDilations()[1]),
               field("pad_top", window.getPadding()[0]),
               field("pad_left", window.getPadding()[2]),
               field("pad_value", scalars.padValue)},
              {field("y_zero_point", scalars.zeroPoint),
               field("y_min", scalars.min), field("y_max", scalars.max),
               field("quant_stride", scalars.quantStride)}});
  call.band = describeBand(window, x, y);
  call.hasConstants = hasConstants;
  return call;
}

template <typename OpTy> static FailureOr<KernelCall> describeConv(OpTy op) {
  if (failed(checkFolded(op, op.getInputZp())))
    return failure();
  RequantAttr requant = op.getRequant();
  return describeWindow(cast<ComputeOpInterface>(op.getOperation()),
                        {static_cast<int32_t>(op.getPadValue()),
                         requant.getZeroPoint(), requant.getMin(),
                         requant.getMax(), requant.isPerChannel()},
                        /*hasConstants=*/true);
}

template <typename OpTy> static FailureOr<KernelCall> describePool(OpTy op) {
  return describeWindow(cast<ComputeOpInterface>(op.getOperation()),
                        {0, 0, op.getClamp()[0], op.getClamp()[1], 0},
                        /*hasConstants=*/false);
}

//===----------------------------------------------------------------------===//
// Other operators
//===----------------------------------------------------------------------===//

static KernelCall makeCall(StringRef type,
                           ArrayRef<SmallVector<std::string>> groups) {
  return {type, braces(groups), "", /*hasConstants=*/false};
}

static ComputeOpInterface compute(Operation *op) {
  return cast<ComputeOpInterface>(op);
}

static FailureOr<KernelCall> describe(FullyConnectedOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/true)) ||
      failed(checkFolded(op, op.getInputZp())))
    return failure();
  RequantAttr requant = op.getRequant();
  KernelCall call = makeCall(
      "stm32rt_fully_connected",
      {{field("rows", op.getRows()), field("in_features", op.getInFeatures()),
        field("out_features", op.getOutFeatures())},
       {field("y_zero_point", requant.getZeroPoint()),
        field("y_min", requant.getMin()), field("y_max", requant.getMax()),
        field("quant_stride", requant.isPerChannel())}});
  call.hasConstants = true;
  return call;
}

static FailureOr<KernelCall> describe(AddOp op) {
  RequantAttr requant = op.getRequant();
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/false)) ||
      failed(checkOneMultiplier(op, requant)))
    return failure();
  return makeCall(
      "stm32rt_add",
      {{field("count", compute(op).getOutputType().getNumElements()),
        field("left_shift", op.getLeftShift())},
       {field("a_zero_point", op.getLhsZp()),
        field("a_multiplier", op.getLhsScale()[0]),
        field("a_shift", op.getLhsScale()[1])},
       {field("b_zero_point", op.getRhsZp()),
        field("b_multiplier", op.getRhsScale()[0]),
        field("b_shift", op.getRhsScale()[1])},
       {field("y_zero_point", requant.getZeroPoint()),
        field("y_multiplier", requant.getMultiplier()[0]),
        field("y_shift", requant.getShift()[0])},
       {field("y_min", requant.getMin()), field("y_max", requant.getMax())}});
}

static FailureOr<KernelCall> describe(RequantizeOp op) {
  RequantAttr requant = op.getRequant();
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/false)) ||
      failed(checkOneMultiplier(op, requant)))
    return failure();
  return makeCall(
      "stm32rt_requantize",
      {{field("count", compute(op).getOutputType().getNumElements())},
       {field("x_zero_point", op.getInputZp()),
        field("y_zero_point", requant.getZeroPoint()),
        field("multiplier", requant.getMultiplier()[0]),
        field("shift", requant.getShift()[0])},
       {field("y_min", requant.getMin()), field("y_max", requant.getMax())}});
}

template <typename OpTy> static FailureOr<KernelCall> describeScale(OpTy op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/false)) ||
      failed(checkScale(op, op.getScale())))
    return failure();
  return makeCall(
      "stm32rt_quantize",
      {{field("count", compute(op).getOutputType().getNumElements())},
       {".scale = " + floatLiteral(op.getScale().convertToFloat()),
        field("zero_point", op.getZeroPoint())}});
}

static FailureOr<KernelCall> describe(SoftmaxOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/true)))
    return failure();
  ShapedType type = compute(op).getOutputType();
  int64_t depth = type.getShape().empty() ? 1 : type.getShape().back();
  return makeCall(
      "stm32rt_softmax",
      {{field("rows", type.getNumElements() / depth), field("depth", depth)},
       {field("multiplier", op.getMultiplier()),
        field("left_shift", op.getLeftShift()),
        field("diff_min", op.getDiffMin())}});
}

static FailureOr<KernelCall> describe(PadOp op) {
  if (failed(checkLayouts(compute(op), /*needsNHWC=*/true)))
    return failure();
  ArrayRef<int64_t> shape = compute(op).getActivationType(0).getShape();
  if (shape.size() > 4)
    return op.emitOpError("has rank ")
           << shape.size() << ", at most 4 is possible";
  // The last dimensions come last; dimensions before the first have size 1.
  SmallVector<int64_t> size(4, 1), before(4, 0), after(4, 0);
  for (auto [i, dim] : llvm::enumerate(shape)) {
    size_t to = 4 - shape.size() + i;
    size[to] = dim;
    before[to] = op.getBefore()[i];
    after[to] = op.getAfter()[i];
  }
  return makeCall("stm32rt_pad",
                  {{fieldArray("size", size)},
                   {fieldArray("before", before), fieldArray("after", after)},
                   {field("value", op.getValue())}});
}

static FailureOr<KernelCall> describe(MeanOp op) {
  RequantAttr requant = op.getRequant();
  auto x = cast<BufferType>(compute(op).getActivationType(0));
  auto y = cast<BufferType>(compute(op).getOutputType());
  if (failed(checkOneMultiplier(op, requant)))
    return failure();
  if (y.getLayout() != Layout::NHWC)
    return op.emitOpError("needs a channel-last destination");
  ArrayRef<int64_t> shape = x.getShape();
  if (shape.size() > 4)
    return op.emitOpError("has rank ")
           << shape.size() << ", at most 4 is possible";

  SmallVector<int64_t, 4> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  if (shape.size() == 4)
    strides = getStrides(x);
  // Unused entries come first: size 1, stride 0.
  SmallVector<int64_t> keptSize, keptStride, reducedSize, reducedStride;
  for (auto [i, dim] : llvm::enumerate(shape)) {
    bool reduced = llvm::is_contained(op.getAxes(), static_cast<int64_t>(i));
    (reduced ? reducedSize : keptSize).push_back(dim);
    (reduced ? reducedStride : keptStride).push_back(strides[i]);
  }
  auto fill = [](SmallVector<int64_t> values, int64_t filler) {
    values.insert(values.begin(), 4 - values.size(), filler);
    return values;
  };
  return makeCall(
      "stm32rt_mean",
      {{fieldArray("kept_size", fill(keptSize, 1)),
        fieldArray("kept_stride", fill(keptStride, 0))},
       {fieldArray("reduced_size", fill(reducedSize, 1)),
        fieldArray("reduced_stride", fill(reducedStride, 0))},
       {field("x_zero_point", op.getInputZp()),
        field("y_zero_point", requant.getZeroPoint()),
        field("multiplier", requant.getMultiplier()[0]),
        field("shift", requant.getShift()[0])},
       {field("y_min", requant.getMin()), field("y_max", requant.getMax())}});
}

//===----------------------------------------------------------------------===//
// describeCall
//===----------------------------------------------------------------------===//

FailureOr<KernelCall> stm32::describeCall(const OperatorPlan &entry) {
  return llvm::TypeSwitch<Operation *, FailureOr<KernelCall>>(
             ComputeOpInterface(entry.op).getOperation())
      .Case<Conv2DOp, DepthwiseConv2DOp>(
          [](auto op) { return describeConv(op); })
      .Case<AveragePool2DOp, MaxPool2DOp>(
          [](auto op) { return describePool(op); })
      .Case<QuantizeOp, DequantizeOp>([](auto op) { return describeScale(op); })
      .Case<FullyConnectedOp, AddOp, RequantizeOp, SoftmaxOp, PadOp, MeanOp>(
          [](auto op) { return describe(op); })
      .Default([](Operation *op) -> FailureOr<KernelCall> {
        return op->emitOpError("has no descriptor in the runtime");
      });
}
