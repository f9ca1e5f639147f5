//===- Bufferize.cpp - Give every activation and scratch a buffer ---------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Recurrent.h"
#include "stm32/Dialect/STM32/Transforms/CascadeSchedule.h"
#include "stm32/Dialect/STM32/Transforms/Passes.h"
#include "stm32/Dialect/STM32/Transforms/Views.h"
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
    if (pool.getStates())
      continue;
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
        isConstants ? builder.getUnitAttr() : UnitAttr(),
        /*states=*/UnitAttr());
    symbols.insert(pool);
    return pool;
  };
  if (!activations)
    activations = makePool("activations", part.getActivationMemory(), false);
  if (!constants)
    makePool("weights", part.getConstantMemory(), true);
  return activations;
}

/// A pool for the states of `model` alone: one that the module brings and no
/// other model uses, or a new one beside `activations`.
static PoolOp prepareStatesPool(ModelOp model, PoolOp activations) {
  auto module = model->getParentOfType<ModuleOp>();
  llvm::DenseSet<StringAttr> used;
  for (ModelOp other : module.getOps<ModelOp>())
    for (BufferOp buffer : other.getBody().getOps<BufferOp>())
      used.insert(buffer.getPoolAttr().getAttr());
  for (PoolOp pool : module.getOps<PoolOp>())
    if (pool.getStates() && !used.contains(pool.getSymNameAttr()))
      return pool;
  // It knows the names that are taken before there is one more.
  SymbolTable symbols(module);
  OpBuilder builder(model.getContext());
  builder.setInsertionPointAfter(activations);
  auto pool = PoolOp::create(
      builder, activations.getLoc(), builder.getStringAttr("states"),
      activations.getRegionAttr(), activations.getLimitAttr(),
      /*size=*/IntegerAttr(), activations.getAlignmentAttr(),
      /*constants=*/UnitAttr(), builder.getUnitAttr());
  symbols.insert(pool);
  return pool;
}

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

namespace {
/// Rewrites the body of one model.
class Bufferizer {
public:
  Bufferizer(ModelOp model, PoolOp defaultPool, const ConcatPlan &concats)
      : model(model), builder(model.getContext()), defaultPool(defaultPool),
        concats(concats) {}
  LogicalResult run();

private:
  LogicalResult convert(Operation *op);
  LogicalResult convertCascade(CascadeOp cascade);
  LogicalResult convertView(Operation *op, int64_t offset);
  LogicalResult convertConcat(ConcatOp concat);
  LogicalResult copyPart(ConcatOp concat, unsigned index);
  void convertState(StateOp state);
  LogicalResult convertRead(ReadOp read);
  LogicalResult convertAssign(AssignOp assign);
  LogicalResult convertCompute(ComputeOpInterface op, ArrayRef<Value> dests,
                               BandAttr band);
  /// A buffer for the value that `op` writes, in the pool that it asks for.
  Value makeBuffer(Operation *op, BufferType type);
  /// A buffer for a result; a part of another one if it is placed there.
  Value makeResult(Value result);
  /// A view of a block with the values of `constant`; null if it is not a
  /// dense array in channel-last order.
  Value viewConstant(Value constant);
  IntegerAttr nextTensor() { return builder.getI64IntegerAttr(numTensors++); }

  ModelOp model;
  OpBuilder builder;
  PoolOp defaultPool, statesPool;
  const ConcatPlan &concats;
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
                          /*scratch=*/UnitAttr(), /*initial=*/ElementsAttr());
}

Value Bufferizer::makeResult(Value result) {
  BufferType type = getBufferType(result.getType());
  auto part = concats.placed.find(result);
  if (part == concats.placed.end())
    return makeBuffer(result.getDefiningOp(), type);
  ConcatOp concat = part->second.concat;
  Value whole = concat.getResult();
  if (!values.contains(whole))
    values.map(whole, makeResult(whole));
  return ViewOp::create(builder, result.getLoc(), type, values.lookup(whole),
                        part->second.offset, nextTensor());
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
  // A bool is a byte in memory.
  if (elementType.isInteger(1)) {
    elementType = builder.getIntegerType(8);
    elements = cast<DenseIntElementsAttr>(elements).mapValues(
        elementType, [](const APInt &value) { return value.zext(8); });
  }
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

LogicalResult Bufferizer::convertCompute(ComputeOpInterface op,
                                         ArrayRef<Value> dests, BandAttr band) {
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
    bool isState =
        !isActivation && index < op.getNumActivations() + op.getNumStates();
    if (isActivation && !isa<BufferType>(value.getType()))
      value = viewConstant(value);
    if (!value)
      return op->emitOpError("needs a dense, channel-last array as its "
                             "constant activation ")
             << index;
    if (!isActivation && !isState && isa<BufferType>(value.getType()))
      return op->emitOpError("reads an activation as its constants");
    operands.push_back(value);
  }
  llvm::append_range(operands, dests);
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
                         builder.getUnitAttr(), /*initial=*/ElementsAttr()));
  }
  // The same operation with two more operands and no result. Destination and
  // scratch are the last two operand groups of every operator.
  NamedAttrList attributes(op->getAttrDictionary());
  StringRef segmentsName = "operandSegmentSizes";
  SmallVector<int32_t> segments(
      cast<DenseI32ArrayAttr>(attributes.get(segmentsName)).asArrayRef());
  segments[segments.size() - 2] = dests.size();
  segments[segments.size() - 1] = scratchBytes > 0;
  attributes.set(segmentsName, builder.getDenseI32ArrayAttr(segments));
  attributes.erase(kPoolAttrName);
  if (band)
    attributes.set("band", band);
  OperationState state(op.getLoc(), op->getName(), operands, TypeRange(),
                       attributes);
  auto call = cast<ComputeOpInterface>(builder.create(state));
  if (!canServe(*kernel, call))
    return op->emitOpError("cannot be computed in bands of rows by kernel '")
           << kernel->name << "'";
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

//===----------------------------------------------------------------------===//
// Views and concatenations
//===----------------------------------------------------------------------===//

LogicalResult Bufferizer::convertView(Operation *op, int64_t offset) {
  Value source = values.lookup(op->getOperand(0));
  values.map(op->getResult(0),
             ViewOp::create(builder, op->getLoc(),
                            getBufferType(op->getResult(0).getType()), source,
                            offset, nextTensor())
                 .getResult());
  return success();
}

/// The first kernel that can do `op`.
static StringAttr findKernel(ComputeOpInterface op) {
  for (const KernelRecord &record : getKernelRecords())
    if (record.isa == Isa::C && canServe(record, op))
      return StringAttr::get(op.getContext(), record.name);
  return {};
}

LogicalResult Bufferizer::copyPart(ConcatOp concat, unsigned index) {
  PartPlace place = getPartPlace(concat, index);
  Value part = concat.getInputs()[index];
  CopyLoops copy;
  copy.loops.push_back(
      {cast<ShapedType>(part.getType()).getNumElements(), 1, 1});
  auto fused = skipReshapes(part).getDefiningOp<StridedCopyOp>();
  if (fused && concats.fused.contains(fused)) {
    part = fused.getInput();
    copy = fused.getLoops();
  }
  Value source = values.lookup(part);
  if (!isa<BufferType>(source.getType()))
    source = viewConstant(source);
  if (!source || getLayout(part.getType()) != Layout::NHWC)
    return concat.emitOpError("needs a dense, channel-last tensor as its part ")
           << index;
  copy = *placeLoops(copy, place.run, place.pitch, place.offset);
  SmallVector<int64_t> sizes, strides, destStrides;
  for (const CopyLoop &loop : copy.loops) {
    sizes.push_back(loop.size);
    strides.push_back(loop.input);
    destStrides.push_back(loop.dest);
  }
  auto op = StridedCopyOp::create(
      builder, concat.getLoc(), /*result=*/Type(), source,
      values.lookup(concat.getResult()), /*scratch=*/Value(), copy.inputOffset,
      sizes, strides, copy.destOffset,
      builder.getDenseI64ArrayAttr(destStrides),
      builder.getStringAttr("CONCATENATION"), /*kernel=*/StringAttr());
  op.setKernelAttr(findKernel(cast<ComputeOpInterface>(op.getOperation())));
  return success();
}

LogicalResult Bufferizer::convertConcat(ConcatOp concat) {
  Value result = concat.getResult();
  if (getLayout(result.getType()) != Layout::NHWC)
    return concat.emitOpError("of planar tensors is not supported");
  if (!values.contains(result))
    values.map(result, makeResult(result));
  for (unsigned index = 0; index < concat.getInputs().size(); ++index) {
    // A part may be placed in another concatenation, or in another place here.
    auto placed = concats.placed.find(skipReshapes(concat.getInputs()[index]));
    Type element = concat.getType().getElementType();
    if (placed != concats.placed.end() && placed->second.concat == concat &&
        placed->second.offset ==
            getPartPlace(concat, index).offset * getElementBytes(element))
      continue;
    if (failed(copyPart(concat, index)))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// States
//===----------------------------------------------------------------------===//

void Bufferizer::convertState(StateOp state) {
  if (!statesPool)
    statesPool = prepareStatesPool(model, defaultPool);
  auto buffer = BufferOp::create(
      builder, state.getLoc(), state.getType(),
      FlatSymbolRefAttr::get(statesPool.getSymNameAttr()),
      /*offset=*/IntegerAttr(), /*storage_id=*/IntegerAttr(), nextTensor(),
      /*input=*/IntegerAttr(), /*scratch=*/UnitAttr(), state.getInitialAttr());
  values.map(state.getResult(), buffer.getResult());
}

/// True if `op`, an operator on tensors, may write to `state`.
static bool writesState(Operation *op, Value state) {
  return !isa<ReadOp>(op) && llvm::is_contained(op->getOperands(), state);
}

/// True if the model returns `value`, or an operation uses it that is not
/// before `end`; what only changes its shape counts as the value itself. `end`
/// is null for the end of the model.
static bool isUsedFrom(Value value, Operation *end, Block &body) {
  for (Operation *user : value.getUsers()) {
    Operation *ancestor = body.findAncestorOpInBlock(*user);
    if (isa<OutputOp>(ancestor))
      return true;
    if (end && !ancestor->isBeforeInBlock(end))
      return true;
    if (getViewOffset(ancestor) &&
        isUsedFrom(ancestor->getResult(0), end, body))
      return true;
  }
  return false;
}

LogicalResult Bufferizer::convertRead(ReadOp read) {
  Block &body = model.getBody().front();
  Operation *write = nullptr;
  for (Operation *user : read.getState().getUsers())
    if (writesState(user, read.getState()) && read->isBeforeInBlock(user) &&
        (!write || user->isBeforeInBlock(write)))
      write = user;
  BufferType type = getBufferType(read.getResult().getType());
  if (!isUsedFrom(read.getResult(), write, body)) {
    values.map(read.getResult(), ViewOp::create(builder, read.getLoc(), type,
                                                values.lookup(read.getState()),
                                                /*offset=*/0, nextTensor())
                                     .getResult());
    return success();
  }
  Value dest = makeBuffer(read, type);
  values.map(read.getResult(), dest);
  return convertCompute(cast<ComputeOpInterface>(read.getOperation()), dest,
                        BandAttr());
}

LogicalResult Bufferizer::convertAssign(AssignOp assign) {
  Value input = values.lookup(assign.getInput());
  if (!isa<BufferType>(input.getType()))
    input = viewConstant(input);
  if (!input)
    return assign.emitOpError("needs a dense, channel-last array as the "
                              "constant that it assigns");
  if (!assign.getKernelAttr())
    return assign.emitOpError("has no kernel; run --stm32-select-kernels "
                              "first");
  AssignOp::create(builder, assign.getLoc(), input,
                   values.lookup(assign.getDest()), /*scratch=*/Value(),
                   assign.getKernelAttr());
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
  if (auto state = dyn_cast<StateOp>(op)) {
    convertState(state);
    return success();
  }
  if (auto read = dyn_cast<ReadOp>(op))
    return convertRead(read);
  if (auto assign = dyn_cast<AssignOp>(op))
    return convertAssign(assign);
  if (auto concat = dyn_cast<ConcatOp>(op))
    return convertConcat(concat);
  if (isa<ReshapeOp>(op) && !getViewOffset(op))
    return op->emitOpError()
           << (isa<BufferType>(values.lookup(op->getOperand(0)).getType())
                   ? "of a planar tensor would move its values"
                   : "of a constant is not supported");
  if (std::optional<int64_t> offset = getViewOffset(op))
    return convertView(op, *offset);
  if (concats.fused.contains(op))
    return success();
  auto compute = dyn_cast<ComputeOpInterface>(op);
  if (!compute)
    return op->emitOpError("cannot be put on buffers");
  SmallVector<Value> dests;
  for (OpResult result : op->getResults()) {
    dests.push_back(makeResult(result));
    values.map(result, dests.back());
  }
  return convertCompute(compute, dests, BandAttr());
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
        /*scratch=*/UnitAttr(), /*initial=*/ElementsAttr());
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
      if (!model.isOnBuffers() &&
          failed(Bufferizer(model, *pool,
                            concatViews ? planConcats(model) : ConcatPlan())
                     .run()))
        return signalPassFailure();
  }
};
} // namespace
