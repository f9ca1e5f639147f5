//===- Bufferize.cpp - Give every activation and scratch a buffer ---------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bufferizer.h"

#include "stm32/Dialect/STM32/Transforms/Passes.h"

#include "mlir/IR/Matchers.h"

#define DEBUG_TYPE "stm32-bufferize"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32BUFFERIZE
#include "stm32/Dialect/STM32/Transforms/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

Value Bufferizer::makeBuffer(Location loc, BufferType type,
                             FlatSymbolRefAttr pool, IntegerAttr input) {
  auto buffer = BufferOp::create(
      builder, loc, type,
      pool ? pool : FlatSymbolRefAttr::get(defaultPool.getSymNameAttr()),
      /*offset=*/IntegerAttr(), /*storage_id=*/IntegerAttr(), nextTensor(),
      input, /*scratch=*/UnitAttr(), /*initial=*/ElementsAttr());
  if (pool)
    buffer->setAttr(kPoolAttrName, pool);
  return buffer;
}

Value Bufferizer::makeBuffer(Operation *op, BufferType type) {
  auto pool = op->getAttrOfType<FlatSymbolRefAttr>(kPoolAttrName);
  return makeBuffer(op->getLoc(), type, pool, /*input=*/IntegerAttr());
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

static BufferType getScratchType(MLIRContext *context, int64_t bytes) {
  return BufferType::get(context, {bytes}, IntegerType::get(context, 8),
                         Layout::NHWC, /*rows=*/0);
}

Value Bufferizer::getScratch(Location loc, int64_t bytes) {
  if (!cascadeScratch)
    return makeScratch(loc, bytes);
  auto type = getScratchType(builder.getContext(), bytes);
  if (type == cascadeScratch.getType())
    return cascadeScratch;
  Value &view = scratchViews[bytes];
  if (!view)
    view = ViewOp::create(builder, loc, type, cascadeScratch, /*offset=*/0,
                          /*tensor_id=*/IntegerAttr());
  return view;
}

Value Bufferizer::makeScratch(Location loc, int64_t bytes) {
  return BufferOp::create(
      builder, loc, getScratchType(builder.getContext(), bytes),
      FlatSymbolRefAttr::get(defaultPool.getSymNameAttr()),
      /*offset=*/IntegerAttr(), /*storage_id=*/IntegerAttr(),
      /*tensor_id=*/IntegerAttr(), /*input=*/IntegerAttr(),
      builder.getUnitAttr(), /*initial=*/ElementsAttr());
}

FailureOr<SmallVector<Value>>
Bufferizer::getActivations(ComputeOpInterface op) {
  SmallVector<Value> activations;
  for (unsigned index = 0; index < op.getNumActivations(); ++index) {
    Value value = values.lookup(op.getActivation(index));
    if (!isa<BufferType>(value.getType()))
      value = viewConstant(value);
    if (!value)
      return op->emitOpError("needs a dense, channel-last array as its "
                             "constant activation ")
             << index;
    activations.push_back(value);
  }
  return activations;
}

LogicalResult Bufferizer::makeCall(ComputeOpInterface op,
                                   ArrayRef<Value> activations,
                                   ArrayRef<Value> dests, NamedAttrList extra,
                                   Value scratch) {
  const KernelRecord *kernel =
      op.getKernelAttr() ? lookupKernelRecord(op.getKernelAttr()) : nullptr;
  if (!kernel)
    return op->emitOpError("has no kernel; run --stm32-select-kernels first");
  if (!canServe(*kernel, op))
    return op->emitOpError("cannot use kernel '") << kernel->name << "'";
  SmallVector<Value> operands(activations);
  for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
    if (index < activations.size())
      continue;
    Value value = values.lookup(operand);
    bool isState = index < activations.size() + op.getNumStates();
    if (!isState && isa<BufferType>(value.getType()))
      return op->emitOpError("reads an activation as its constants");
    operands.push_back(value);
  }
  llvm::append_range(operands, dests);
  if (!scratch) {
    int64_t bytes = kernel->scratch(op);
    if (bytes > std::numeric_limits<int32_t>::max())
      return op->emitOpError("needs ") << bytes << " bytes of scratch";
    if (bytes > 0)
      scratch = getScratch(op.getLoc(), bytes);
  }
  if (scratch)
    operands.push_back(scratch);
  // The same operation with two more operands and no result. Destination and
  // scratch are the last two operand groups of every operator.
  NamedAttrList attributes(op->getAttrDictionary());
  StringRef segmentsName = "operandSegmentSizes";
  SmallVector<int32_t> segments(
      cast<DenseI32ArrayAttr>(attributes.get(segmentsName)).asArrayRef());
  segments[segments.size() - 2] = dests.size();
  segments[segments.size() - 1] = scratch != nullptr;
  attributes.set(segmentsName, builder.getDenseI32ArrayAttr(segments));
  attributes.erase(kPoolAttrName);
  attributes.append(extra.getAttrs());
  OperationState state(op.getLoc(), op->getName(), operands, TypeRange(),
                       attributes);
  auto call = cast<ComputeOpInterface>(builder.create(state));
  if (!canServe(*kernel, call))
    return op->emitOpError("cannot be computed in bands of rows by kernel '")
           << kernel->name << "'";
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
  if (concats.fused.contains(op))
    return success();
  if (isa<ReshapeOp>(op) && !getViewOffset(op))
    return op->emitOpError()
           << (isa<BufferType>(values.lookup(op->getOperand(0)).getType())
                   ? "of a planar tensor would move its values"
                   : "of a constant is not supported");
  if (std::optional<int64_t> offset = getViewOffset(op))
    return convertView(op, *offset);
  auto compute = dyn_cast<ComputeOpInterface>(op);
  if (!compute)
    return op->emitOpError("cannot be put on buffers");
  SmallVector<Value> dests;
  for (OpResult result : op->getResults()) {
    dests.push_back(makeResult(result));
    values.map(result, dests.back());
  }
  FailureOr<SmallVector<Value>> activations = getActivations(compute);
  if (failed(activations))
    return failure();
  return makeCall(compute, *activations, dests);
}

Value Bufferizer::makeInput(BlockArgument argument, int64_t rows) {
  auto io = cast<IOAttr>(model.getInputs()[argument.getArgNumber()]);
  // A tensor's name is its location; a model from text has it only here.
  Location loc = argument.getLoc();
  if (getTensorName(loc).empty())
    loc = NameLoc::get(builder.getStringAttr(io.getName()), loc);
  // Ranks below 4 have no rows.
  bool isWhole =
      rows == 0 || rows >= cast<ShapedType>(argument.getType()).getDimSize(1);
  FlatSymbolRefAttr pool;
  if (auto names = model->getAttrOfType<ArrayAttr>(kPoolAttrName))
    if (auto name = cast<StringAttr>(names[argument.getArgNumber()]);
        !name.empty())
      pool = FlatSymbolRefAttr::get(name);
  return makeBuffer(loc, getBufferType(argument.getType(), isWhole ? 0 : rows),
                    pool, builder.getI64IntegerAttr(argument.getArgNumber()));
}

LogicalResult Bufferizer::run() {
  Block &body = model.getBody().front();
  SmallVector<Operation *> operations;
  for (Operation &op : body)
    operations.push_back(&op);
  builder.setInsertionPointToEnd(&body);
  for (BlockArgument argument : body.getArguments()) {
    // The cascade knows how many rows of a streamed input there are.
    bool isStreamed = llvm::any_of(argument.getUsers(), [&](Operation *user) {
      auto cascade = dyn_cast<CascadeOp>(user);
      return cascade && cascade.getStream() &&
             cascade.getInputs()[0] == argument;
    });
    if (!isStreamed)
      values.map(argument, makeInput(argument, /*rows=*/0));
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
  model->removeAttr(kPoolAttrName);
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
