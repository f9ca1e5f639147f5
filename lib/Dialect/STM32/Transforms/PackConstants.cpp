//===- PackConstants.cpp - Lay out constants as kernels read them ---------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Window.h"
#include "stm32/Dialect/STM32/Transforms/Passes.h"
#include "stm32/Target/ConstantPacking.h"
#include "stm32/Target/KernelRecords.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"

#define DEBUG_TYPE "stm32-pack-constants"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32PACKCONSTANTS
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

static DenseElementsAttr makeArray(MLIRContext *context,
                                   ArrayRef<int32_t> values) {
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())},
                                    IntegerType::get(context, 32));
  return DenseElementsAttr::get(type, values);
}

static DenseElementsAttr makeArray(MLIRContext *context,
                                   ArrayRef<float> values) {
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())},
                                    Float32Type::get(context));
  return DenseElementsAttr::get(type, values);
}

/// Least and greatest sum of each output channel, which are dimension
/// `channelDim` of the integer `weights`; `input` is what `x` less its zero
/// point may be.
static SmallVector<std::pair<int64_t, int64_t>>
getSumRanges(DenseElementsAttr weights, DenseElementsAttr bias,
             int64_t weightsZp, std::pair<int64_t, int64_t> input,
             unsigned channelDim) {
  ArrayRef<int64_t> shape = weights.getType().getShape();
  int64_t channels = shape[channelDim], inner = 1;
  for (int64_t size : shape.drop_front(channelDim + 1))
    inner *= size;
  SmallVector<std::pair<int64_t, int64_t>> ranges(channels, {0, 0});
  if (bias.getElementType().isInteger())
    for (auto [range, value] : llvm::zip_equal(ranges, bias.getValues<APInt>()))
      range = {value.getSExtValue(), value.getSExtValue()};
  for (auto [index, value] : llvm::enumerate(weights.getValues<int8_t>())) {
    auto &[least, most] = ranges[index / inner % channels];
    int64_t weight = value - weightsZp;
    int64_t low = input.first * weight, high = input.second * weight;
    least += std::min(low, high);
    most += std::max(low, high);
  }
  return ranges;
}

/// Proves that no sum of `op` leaves its accumulator, nor its requantisation 32
/// bits. The output channels are dimension `channelDim` of the weights.
template <typename OpTy>
static LogicalResult checkSums(OpTy op, DenseElementsAttr weights,
                               DenseElementsAttr bias, unsigned channelDim) {
  SumKind kind = getSumKind(op);
  if (kind == SumKind::F32)
    return success();
  auto inputZp = static_cast<int32_t>(op.getInputZp());
  auto [low, high] = getIntegerRange(op.getActivationType(0).getElementType());
  std::pair<int64_t, int64_t> input(low - inputZp, high - inputZp);
  // Any zero point may be chosen as the operator runs.
  if (kind == SumKind::Hybrid)
    input = {-255, 255};
  RequantAttr requant = op.getRequantAttr();
  for (auto [channel, range] : llvm::enumerate(
           getSumRanges(weights, bias, static_cast<int32_t>(op.getWeightsZp()),
                        input, channelDim))) {
    int64_t limit = std::numeric_limits<int32_t>::max();
    int32_t shift = 31;
    if (requant) {
      size_t entry = requant.getEntry(channel);
      shift = requant.getShift()[entry];
      limit = getSumLimit(kind, requant.getMultiplier()[entry], shift);
    }
    int64_t bound = std::max(-range.first, range.second);
    if (bound > limit)
      return op.emitOpError("accumulator of channel ")
             << channel << " may reach " << bound << ", which does not fit in "
             << (kind == SumKind::S16 ? 48 : 32) << " bits with a shift of "
             << shift;
  }
  return success();
}

/// The record of the kernel that was chosen for `op`.
static FailureOr<const KernelRecord *> getKernel(ComputeOpInterface op) {
  const KernelRecord *record =
      op.getKernelAttr() ? lookupKernelRecord(op.getKernelAttr()) : nullptr;
  if (!record)
    return op->emitOpError("has no kernel; run --stm32-select-kernels first");
  if (!canServe(*record, op))
    return op->emitOpError("cannot use kernel '") << record->name << "'";
  return record;
}

/// A block of `values`, which `names` name.
static PackedOp makeBlock(Operation *op, ArrayRef<StringRef> names,
                          ArrayRef<Attribute> values, int64_t &bytes) {
  OpBuilder builder(op);
  int64_t size = 0;
  for (Attribute value : values) {
    auto elements = cast<DenseElementsAttr>(value);
    int64_t element = getElementBytes(elements.getElementType());
    size = llvm::alignTo(size, element) + elements.getNumElements() * element;
  }
  bytes += size;
  return PackedOp::create(
      builder, op->getLoc(),
      RankedTensorType::get({size}, builder.getIntegerType(8)),
      builder.getStrArrayAttr(names), builder.getArrayAttr(values),
      /*offset=*/IntegerAttr());
}

/// Replaces the constants of `op` by one block that has them as they are.
static LogicalResult packPlain(ComputeOpInterface op, int64_t &bytes) {
  if (op.getPackedConstants())
    return success();
  if (failed(getKernel(op)))
    return failure();
  SmallVector<StringRef> names;
  SmallVector<DenseElementsAttr> elements;
  MutableOperandRange constants = op.getConstantsMutable();
  for (auto [name, operand] :
       llvm::zip_equal(op.getConstantNames(), constants)) {
    DenseElementsAttr value;
    if (!matchPattern(operand.get(), m_Constant(&value)))
      return op->emitOpError() << name << " must be constant";
    names.push_back(name);
    elements.push_back(value);
  }
  if (failed(op.verifyConstantValues(elements)))
    return failure();
  SmallVector<Attribute> values(elements.begin(), elements.end());
  Value block = makeBlock(op, names, values, bytes);
  constants.clear();
  op.getPackedMutable().assign(block);
  return success();
}

template <typename OpTy> static void replaceConstants(OpTy op, Value block) {
  op.getWeightsMutable().clear();
  op.getBiasMutable().clear();
  op.getPackedMutable().assign(block);
}

/// Replaces weights and bias of `op` by one block: the bias, what makes outputs
/// of sums, the weights (stm32rt_window.h), or a stream of all that.
template <typename OpTy>
static LogicalResult pack(OpTy op, unsigned channelDim, int64_t &bytes) {
  if (op.getPacked())
    return success();
  FailureOr<const KernelRecord *> record =
      getKernel(cast<ComputeOpInterface>(op.getOperation()));
  if (failed(record))
    return failure();
  DenseElementsAttr weights, bias;
  if (!matchPattern(op.getWeights(), m_Constant(&weights)) ||
      !matchPattern(op.getBias(), m_Constant(&bias)))
    return op.emitOpError("weights and bias must be constant");
  if (failed(checkSums(op, weights, bias, channelDim)))
    return failure();

  MLIRContext *context = op.getContext();
  SmallVector<StringRef> names;
  SmallVector<Attribute> values;
  auto add = [&](StringRef name, Attribute value) {
    names.push_back(name);
    values.push_back(value);
  };
  SumKind kind = getSumKind(op);
  if (isStream((*record)->packing)) {
    add("stream",
        packStream((*record)->packing, weights, bias, op.getRequantAttr()));
    replaceConstants(op, makeBlock(op, names, values, bytes));
    return success();
  }
  add("bias", bias);
  if (RequantAttr requant = op.getRequantAttr()) {
    ArrayRef<int32_t> multiplier = requant.getMultiplier();
    ArrayRef<int32_t> shift = requant.getShift();
    if (hasDoubledMultipliers((*record)->packing)) {
      add("doubled",
          makeArray(context, llvm::map_to_vector(multiplier, [](int32_t m) {
                      return static_cast<int32_t>(static_cast<uint32_t>(m)
                                                  << 1);
                    })));
      add("shift_less_32",
          makeArray(context, llvm::map_to_vector(
                                 shift, [](int32_t s) { return s - 32; })));
    } else {
      add("multiplier", makeArray(context, multiplier));
      add("shift", makeArray(context, shift));
    }
  } else {
    add("limits", makeArray(context, op.getFloatClampAttr().asArrayRef()));
  }
  if (kind == SumKind::S8Offset || kind == SumKind::S8Once) {
    auto zeroPoint = static_cast<int32_t>(op.getWeightsZp());
    add("weights_zero_point", makeArray(context, ArrayRef(zeroPoint)));
  }
  if constexpr (!std::is_same_v<OpTy, TransposeConv2DOp>)
    if (kind == SumKind::Hybrid) {
      int32_t asymmetric = op.getAsymmetricInputs();
      add("asymmetric", makeArray(context, ArrayRef(asymmetric)));
      add("weights_scale",
          makeArray(context, op.getWeightScalesAttr().asArrayRef()));
    }
  add("weights", packWeights((*record)->packing, weights));
  replaceConstants(op, makeBlock(op, names, values, bytes));
  return success();
}

namespace {
struct PackConstantsPass
    : stm32::impl::STM32PackConstantsBase<PackConstantsPass> {
  void runOnOperation() override {
    int64_t bytes = 0;
    WalkResult result = getOperation().walk([&](Operation *op) -> WalkResult {
      if (auto conv = dyn_cast<Conv2DOp>(op))
        return pack(conv, /*channelDim=*/0, bytes);
      if (auto conv = dyn_cast<DepthwiseConv2DOp>(op))
        return pack(conv, /*channelDim=*/3, bytes);
      if (auto product = dyn_cast<FullyConnectedOp>(op))
        return pack(product, /*channelDim=*/0, bytes);
      if (auto conv = dyn_cast<TransposeConv2DOp>(op))
        return pack(conv, /*channelDim=*/0, bytes);
      if (auto compute = dyn_cast<ComputeOpInterface>(op);
          compute && !compute.getConstantNames().empty())
        return packPlain(compute, bytes);
      return WalkResult::advance();
    });
    numBytes += bytes;
    if (result.wasInterrupted())
      return signalPassFailure();
    // What was packed is no longer needed in its first form.
    getOperation().walk([](ConstantOp op) {
      if (op->use_empty())
        op.erase();
    });
  }
};
} // namespace
