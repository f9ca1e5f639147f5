//===- Bufferize.cpp - Give every activation and scratch a buffer ---------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/CascadeSchedule.h"
#include "stm32/Dialect/STM32/Transforms/Passes.h"
#include "stm32/Target/PartRecords.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

#define DEBUG_TYPE "stm32-bufferize"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32BUFFERIZE
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

static BufferType getBufferType(Type type, int64_t rows = 0) {
  auto tensor = cast<RankedTensorType>(type);
  return BufferType::get(type.getContext(), tensor.getShape(),
                         tensor.getElementType(), getLayout(type), rows);
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

/// Bytes of a pool that takes all of `memory`: the module may know a size of
/// its own for the region.
static IntegerAttr getLimit(OpBuilder &builder, const MemoryRecord &memory,
                            Operation *region) {
  if (auto declared = dyn_cast<MemoryRegionOp>(region))
    if (IntegerAttr size = declared.getSizeAttr())
      return size;
  return memory.size ? builder.getI64IntegerAttr(memory.size) : IntegerAttr();
}

static MemoryRegionOp makeRegion(OpBuilder &builder, Location loc,
                                 const MemoryRecord &memory) {
  auto number = [&](uint64_t value) {
    return value ? builder.getI64IntegerAttr(value) : IntegerAttr();
  };
  return MemoryRegionOp::create(
      builder, loc, builder.getStringAttr(memory.name), number(memory.address),
      number(memory.size), builder.getStringAttr(memory.section));
}

/// Declares the part's first memories and a pool in each, where the module does
/// not bring its own; returns the default pool for activations.
static FailureOr<PoolOp> preparePools(ModuleOp module, const PartRecord &part) {
  PoolOp activations, constants;
  for (PoolOp pool : module.getOps<PoolOp>()) {
    PoolOp &place = pool.getConstants() ? constants : activations;
    if (!place)
      place = pool;
  }
  auto builder = OpBuilder::atBlockBegin(module.getBody());
  SymbolTable symbols(module);
  auto makePool = [&](StringRef name, const MemoryRecord &memory,
                      bool isConstants) {
    Operation *region = symbols.lookup(memory.name);
    if (!region) {
      region = makeRegion(builder, module.getLoc(), memory);
      symbols.insert(region);
    }
    builder.setInsertionPointAfter(region);
    auto pool = PoolOp::create(
        builder, module.getLoc(), builder.getStringAttr(name),
        FlatSymbolRefAttr::get(builder.getContext(), memory.name),
        getLimit(builder, memory, region), /*size=*/IntegerAttr(),
        builder.getI64IntegerAttr(16),
        isConstants ? builder.getUnitAttr() : UnitAttr());
    symbols.insert(pool);
    return pool;
  };
  if (!activations)
    activations = makePool("activations", part.getActivationMemory(), false);
  if (!constants)
    makePool("weights", part.getConstantMemory(), true);
  return activations;
}

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

namespace {
/// Rewrites the body of one model.
class Bufferizer {
public:
  Bufferizer(ModelOp model, PoolOp defaultPool)
      : model(model), builder(model.getContext()), defaultPool(defaultPool) {}
  LogicalResult run();

private:
  LogicalResult convert(Operation *op);
  LogicalResult convertCascade(CascadeOp cascade);
  LogicalResult convertCompute(ComputeOpInterface op, Value dest,
                               BandAttr band);
  /// A buffer for the value that `op` writes, in the pool that it asks for.
  Value makeBuffer(Operation *op, BufferType type);
  /// A view of a block with the values of `constant`; null if it is not a
  /// dense array in channel-last order.
  Value viewConstant(Value constant);
  IntegerAttr nextTensor() { return builder.getI64IntegerAttr(numTensors++); }

  ModelOp model;
  OpBuilder builder;
  PoolOp defaultPool;
  IRMapping values;
  DenseMap<Value, Value> constantViews;
  int64_t numTensors = 0;
};
} // namespace

Value Bufferizer::makeBuffer(Operation *op, BufferType type) {
  auto pool = op->getAttrOfType<FlatSymbolRefAttr>(kPoolAttrName);
  if (!pool)
    pool = FlatSymbolRefAttr::get(defaultPool.getSymNameAttr());
  return BufferOp::create(builder, op->getLoc(), type, pool,
                          /*offset=*/IntegerAttr(),
                          /*storage_id=*/IntegerAttr(), nextTensor(),
                          /*input=*/IntegerAttr(),
                          /*scratch=*/UnitAttr());
}

Value Bufferizer::viewConstant(Value constant) {
  if (Value known = constantViews.lookup(constant))
    return known;
  DenseElementsAttr elements;
  if (getLayout(constant.getType()) != Layout::NHWC ||
      !matchPattern(constant, m_Constant(&elements)))
    return Value();
  // Equal values are shared whatever their shape is.
  Type elementType = elements.getElementType();
  int64_t count = elements.getNumElements();
  Attribute array =
      elements.reshape(RankedTensorType::get({count}, elementType));
  auto block = PackedOp::create(
      builder, constant.getLoc(),
      RankedTensorType::get({count * getElementBytes(elementType)},
                            builder.getIntegerType(8)),
      builder.getStrArrayAttr({"values"}), builder.getArrayAttr({array}),
      /*offset=*/IntegerAttr());
  auto view = ViewOp::create(builder, constant.getLoc(),
                             getBufferType(constant.getType()), block,
                             /*offset=*/0, /*tensor_id=*/IntegerAttr());
  return constantViews[constant] = view;
}

LogicalResult Bufferizer::convertCompute(ComputeOpInterface op, Value dest,
                                         BandAttr band) {
  const KernelRecord *kernel =
      op.getKernelAttr() ? lookupKernelRecord(op.getKernelAttr()) : nullptr;
  if (!kernel)
    return op->emitOpError("has no kernel; run --stm32-select-kernels first");
  if (!canServe(*kernel, op))
    return op->emitOpError("cannot use kernel '") << kernel->name << "'";
  SmallVector<Value> operands;
  for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
    Value value = values.lookup(operand);
    bool isActivation = index < op.getNumActivations();
    if (isActivation && !isa<BufferType>(value.getType()))
      value = viewConstant(value);
    if (!value)
      return op->emitOpError("needs a dense, channel-last array as its "
                             "constant activation ")
             << index;
    if (!isActivation && isa<BufferType>(value.getType()))
      return op->emitOpError("reads an activation as its constants");
    operands.push_back(value);
  }
  operands.push_back(dest);
  int64_t scratchBytes = kernel->scratch(op);
  if (scratchBytes > std::numeric_limits<int32_t>::max())
    return op->emitOpError("needs ") << scratchBytes << " bytes of scratch";
  if (scratchBytes > 0) {
    auto type = BufferType::get(builder.getContext(), {scratchBytes},
                                builder.getI8Type(), Layout::NHWC, 0);
    operands.push_back(
        BufferOp::create(builder, op.getLoc(), type,
                         FlatSymbolRefAttr::get(defaultPool.getSymNameAttr()),
                         /*offset=*/IntegerAttr(), /*storage_id=*/IntegerAttr(),
                         /*tensor_id=*/IntegerAttr(), /*input=*/IntegerAttr(),
                         builder.getUnitAttr()));
  }
  // The same operation with two more operands and no result. Destination and
  // scratch are the last two operand groups of every operator.
  NamedAttrList attributes(op->getAttrDictionary());
  StringRef segmentsName = "operandSegmentSizes";
  SmallVector<int32_t> segments(
      cast<DenseI32ArrayAttr>(attributes.get(segmentsName)).asArrayRef());
  segments[segments.size() - 2] = 1;
  segments[segments.size() - 1] = scratchBytes > 0;
  attributes.set(segmentsName, builder.getDenseI32ArrayAttr(segments));
  attributes.erase(kPoolAttrName);
  if (band)
    attributes.set("band", band);
  OperationState state(op.getLoc(), op->getName(), operands, TypeRange(),
                       attributes);
  builder.create(state);
  return success();
}

LogicalResult Bufferizer::convertCascade(CascadeOp cascade) {
  Block &body = cascade.getBody().front();
  SmallVector<WindowOpInterface> chain;
  for (Operation &op : body.without_terminator()) {
    if (auto window = dyn_cast<WindowOpInterface>(op))
      chain.push_back(window);
    else
      builder.clone(op, values);
  }
  if (cast<ShapedType>(body.getArgument(0).getType()).getDimSize(0) != 1)
    return cascade.emitOpError("runs one image, not ")
           << cast<ShapedType>(body.getArgument(0).getType()).getDimSize(0);
  CascadeSchedule schedule = scheduleCascade(chain, cascade.getRows());
  values.map(body.getArgument(0), values.lookup(cascade.getInput()));
  for (auto [op, rows] : llvm::zip_equal(chain, schedule.rings)) {
    Type type = op->getResult(0).getType();
    bool isWhole = rows == cast<ShapedType>(type).getDimSize(1);
    values.map(op->getResult(0),
               makeBuffer(op, getBufferType(type, isWhole ? 0 : rows)));
  }
  for (const CascadeStep &step : schedule.steps) {
    auto op = cast<ComputeOpInterface>(chain[step.index].getOperation());
    auto band = BandAttr::get(builder.getContext(), step.first, step.count);
    if (failed(convertCompute(op, values.lookup(op->getResult(0)), band)))
      return failure();
  }
  values.map(cascade.getResult(),
             values.lookup(body.getTerminator()->getOperand(0)));
  return success();
}

LogicalResult Bufferizer::convert(Operation *op) {
  if (isa<ConstantOp, PackedOp, OutputOp>(op)) {
    for (Value operand : op->getOperands())
      if (!isa_and_nonnull<BufferType>(
              values.lookupOrDefault(operand).getType()))
        return op->emitOpError("returns a constant, which is not supported");
    builder.clone(*op, values);
    return success();
  }
  if (auto cascade = dyn_cast<CascadeOp>(op))
    return convertCascade(cascade);
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    Value source = values.lookup(reshape.getInput());
    if (!isa<BufferType>(source.getType()))
      return op->emitOpError("of a constant is not supported");
    if (getLayout(reshape.getInput().getType()) != Layout::NHWC ||
        getLayout(reshape.getType()) != Layout::NHWC)
      return op->emitOpError("of a planar tensor would move its values");
    values.map(reshape.getResult(),
               ViewOp::create(builder, op->getLoc(),
                              getBufferType(reshape.getType()), source,
                              /*offset=*/0, nextTensor())
                   .getResult());
    return success();
  }
  auto compute = dyn_cast<ComputeOpInterface>(op);
  if (!compute)
    return op->emitOpError("cannot be put on buffers");
  Value dest = makeBuffer(op, getBufferType(op->getResult(0).getType()));
  if (failed(convertCompute(compute, dest, BandAttr())))
    return failure();
  values.map(op->getResult(0), dest);
  return success();
}

LogicalResult Bufferizer::run() {
  Block &body = model.getBody().front();
  SmallVector<Operation *> operations;
  for (Operation &op : body)
    operations.push_back(&op);
  builder.setInsertionPointToEnd(&body);
  for (auto [argument, io] : llvm::zip_equal(
           body.getArguments(), model.getInputs().getAsRange<IOAttr>())) {
    // A tensor's name is its location; a model from text has it only here.
    Location loc = argument.getLoc();
    if (getTensorName(loc).empty())
      loc = NameLoc::get(builder.getStringAttr(io.getName()), loc);
    auto buffer = BufferOp::create(
        builder, loc, getBufferType(argument.getType()),
        FlatSymbolRefAttr::get(defaultPool.getSymNameAttr()),
        /*offset=*/IntegerAttr(), /*storage_id=*/IntegerAttr(), nextTensor(),
        builder.getI64IntegerAttr(argument.getArgNumber()),
        /*scratch=*/UnitAttr());
    values.map(argument, buffer.getResult());
  }
  for (Operation *op : operations)
    if (failed(convert(op)))
      return failure();
  for (Operation *op : llvm::reverse(operations))
    op->erase();
  // Those that became views are no longer needed in their first form.
  for (ConstantOp op : llvm::make_early_inc_range(body.getOps<ConstantOp>()))
    if (op->use_empty())
      op.erase();
  body.eraseArguments(0, body.getNumArguments());
  return success();
}

namespace {
struct BufferizePass : stm32::impl::STM32BufferizeBase<BufferizePass> {
  using STM32BufferizeBase::STM32BufferizeBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    const PartRecord *part = lookupPartRecord(target);
    if (!part) {
      module.emitError(getUnknownPartMessage(target));
      return signalPassFailure();
    }
    FailureOr<PoolOp> pool = preparePools(module, *part);
    if (failed(pool))
      return signalPassFailure();
    for (ModelOp model : module.getOps<ModelOp>())
      if (!model.isOnBuffers() && failed(Bufferizer(model, *pool).run()))
        return signalPassFailure();
  }
};
} // namespace
