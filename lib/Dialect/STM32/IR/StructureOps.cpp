//===- StructureOps.cpp - Models, memory, schedule ------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"
#include "stm32/Dialect/STM32/IR/STM32Rows.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// ModelOp
//===----------------------------------------------------------------------===//

OutputOp ModelOp::getOutputOp() {
  return cast<OutputOp>(getBody().front().getTerminator());
}

bool ModelOp::isOnBuffers() {
  return llvm::any_of(getBody().front(),
                      [](Operation &op) { return isa<BufferOp>(op); });
}

LogicalResult ModelOp::verifyRegions() {
  Block &body = getBody().front();
  if (body.empty() || !isa<OutputOp>(body.back()))
    return emitOpError("must end with stm32.output");
  size_t numInputs = body.getNumArguments();
  if (isOnBuffers()) {
    if (numInputs)
      return emitOpError("has buffers, so its inputs must be buffers too, but "
                         "its block has ")
             << numInputs << " arguments";
    SmallVector<bool> seen(getInputs().size(), false);
    for (BufferOp buffer : body.getOps<BufferOp>()) {
      std::optional<uint64_t> index = buffer.getInput();
      if (!index)
        continue;
      if (*index >= seen.size() || seen[*index])
        return buffer.emitOpError("input index ")
               << *index << " is out of range or used twice";
      seen[*index] = true;
    }
    numInputs = llvm::count(seen, true);
  }
  if (numInputs != getInputs().size())
    return emitOpError("describes ")
           << getInputs().size() << " inputs but has " << numInputs;
  if (getOutputOp().getValues().size() != getOutputs().size())
    return emitOpError("describes ")
           << getOutputs().size() << " outputs but stm32.output has "
           << getOutputOp().getValues().size();
  for (Type type : body.getArgumentTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape())
      return emitOpError("input of type ")
             << type << " is not a tensor of static shape";
    auto emit = [&] { return emitOpError("input of type ") << type << ": "; };
    if (failed(stm32::detail::verifyStorage(emit, tensor.getShape(),
                                            tensor.getElementType())))
      return failure();
  }
  for (Value value : getOutputOp().getValues()) {
    Type type = value.getType();
    if (isOnBuffers() ? !isa<BufferType>(type) : !isa<RankedTensorType>(type))
      return emitOpError("output of type ")
             << type << " is not a "
             << (isOnBuffers() ? "buffer" : "tensor of known rank");
    if (auto buffer = dyn_cast<BufferType>(type); buffer && buffer.getRows())
      return emitOpError("output of type ") << type << " holds only some rows";
    if (getConstantBlock(value))
      return emitOpError("output of type ") << type << " is a constant";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

int64_t PackedOp::getBytes() {
  int64_t bytes = 0;
  for (auto value : getValues().getAsRange<DenseElementsAttr>()) {
    int64_t element = getElementBytes(value.getElementType());
    bytes = llvm::alignTo(bytes, element) + element * value.getNumElements();
  }
  return bytes;
}

LogicalResult PackedOp::verify() {
  if (getFields().size() != getValues().size())
    return emitOpError("names ") << getFields().size() << " fields for "
                                 << getValues().size() << " values";
  for (Attribute value : getValues()) {
    auto elements = dyn_cast<DenseElementsAttr>(value);
    Type element = elements ? elements.getElementType() : Type();
    if (!elements || !(element.isF32() ||
                       (element.isInteger() &&
                        llvm::is_contained({8, 16, 32, 64},
                                           element.getIntOrFloatBitWidth()))))
      return emitOpError("value ")
             << value << " is not a dense array of 8, 16, 32 or 64-bit integers"
             << " or of float32";
    auto emit = [&] { return emitOpError("value: "); };
    if (failed(stm32::detail::verifyStorage(emit, elements.getType().getShape(),
                                            elements.getElementType())))
      return failure();
  }
  auto emit = [&] { return emitOpError("result: "); };
  if (failed(stm32::detail::verifyStorage(emit, getType().getShape(),
                                          getType().getElementType())))
    return failure();
  if (getType().getNumElements() != getBytes())
    return emitOpError("holds ") << getBytes() << " bytes but its type has "
                                 << getType().getNumElements();
  return success();
}

//===----------------------------------------------------------------------===//
// States
//===----------------------------------------------------------------------===//

/// Checks the value that a state of type `type` has before the first run.
static LogicalResult verifyInitial(Operation *op, ElementsAttr initial,
                                   BufferType type) {
  auto value = dyn_cast<DenseElementsAttr>(initial);
  if (!value || value.getType().getShape() != type.getShape() ||
      value.getElementType() != type.getElementType())
    return op->emitOpError("needs a dense initial value of its shape and "
                           "element type, got ")
           << initial.getType() << " for " << type;
  if (type.getLayout() != Layout::NHWC || type.getRows())
    return op->emitOpError("of type ") << type << " must be whole and channel "
                                       << "last, as it keeps its bytes";
  return success();
}

LogicalResult StateOp::verify() {
  return verifyInitial(*this, getInitial(), getType());
}

//===----------------------------------------------------------------------===//
// CascadeOp
//===----------------------------------------------------------------------===//

SmallVector<ComputeOpInterface> CascadeOp::getOperators() {
  return llvm::to_vector(getBody().front().getOps<ComputeOpInterface>());
}

/// Checks one operator of a cascade.
static LogicalResult verifyMember(Operation &op, CascadeOp cascade) {
  RowKind kind = getRowKind(&op);
  if (kind == RowKind::None)
    return op.emitOpError(
        "cannot be computed in bands of rows, so it cannot be "
        "part of a cascade");
  Block &body = cascade.getBody().front();
  auto compute = cast<ComputeOpInterface>(op);
  for (unsigned i = 0; i < compute.getNumActivations(); ++i) {
    Value value = compute.getActivation(i);
    if (value.getParentBlock() != &body &&
        !isa_and_nonnull<ConstantOp, PackedOp>(value.getDefiningOp()))
      return op.emitOpError("reads activation ")
             << i << " from outside of its cascade, of which it is no input";
  }
  for (Value result : op.getResults()) {
    if (result.use_empty())
      return op.emitOpError("in a cascade has a result that nobody uses");
    if (kind == RowKind::Collecting &&
        !llvm::all_of(result.getUsers(),
                      [](Operation *user) { return isa<YieldOp>(user); }))
      return op.emitOpError("is complete after the last row only, so that no "
                            "other operator of its cascade can read it");
  }
  return success();
}

LogicalResult CascadeOp::verifyRegions() {
  Block &body = getBody().front();
  if (body.getArgumentTypes() != getInputs().getTypes())
    return emitOpError("must have block arguments of its inputs' types");
  auto yield = dyn_cast<YieldOp>(body.back());
  if (!yield || yield.getValues().getTypes() != getOutputs().getTypes())
    return emitOpError("must end with stm32.yield of its results' types");
  if (getOutputs().empty())
    return emitOpError("has no result");
  for (Operation &op : body.without_terminator())
    if (!isa<ConstantOp, PackedOp>(op) && failed(verifyMember(op, *this)))
      return failure();
  for (Value value : yield.getValues())
    if (!isa_and_nonnull<ComputeOpInterface>(value.getDefiningOp()) ||
        value.getParentBlock() != &body)
      return emitOpError("must yield results of its operators");
  if (!getStream())
    return success();
  if (getInputs().empty() || !isa<BlockArgument>(getInputs()[0]) ||
      !isa<ModelOp>(getInputs()[0].getParentBlock()->getParentOp()) ||
      !getInputs()[0].hasOneUse())
    return emitOpError("streams its first input, which must be an input of the "
                       "model that nothing else reads");
  auto type = cast<ShapedType>(getInputs()[0].getType());
  if (type.getRank() != 4 || type.getDimSize(0) != 1 ||
      getLayout(type) != Layout::NHWC)
    return emitOpError("streams ")
           << type << ", which is not one channel-last image of rank 4";
  return success();
}

LogicalResult ReceiveOp::verify() {
  BufferType type = getDest().getType();
  int64_t end = getFirst() + getCount();
  if (type.getRank() != 4 || end > type.getDimSize(1) ||
      static_cast<int64_t>(getCount()) > type.getHeldRows())
    return emitOpError("[")
           << getFirst() << ", " << end << ") is not a range of rows that "
           << type << " can hold";
  if (BufferOp buffer = getRootBuffer(getDest()); buffer && !buffer.getInput())
    return emitOpError("receives rows of what is no input");
  return success();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

LogicalResult MemoryRegionOp::verify() {
  if (getSize() && *getSize() == 0)
    return emitOpError("size must be positive");
  return success();
}

LogicalResult PoolOp::verify() {
  auto alignment = static_cast<int64_t>(getAlignment());
  if (alignment < 4 || alignment > (1 << 30) || !llvm::isPowerOf2_64(alignment))
    return emitOpError("alignment ")
           << alignment << " is not a power of two of 4 .. 2^30";
  if (getSize() && getLimit() && *getSize() > *getLimit())
    return emitOpError("needs ") << *getSize() << " bytes of " << *getLimit();
  if (getConstants() && getStates())
    return emitOpError("holds either constants or states");
  if (getOwner() && (getConstants() || getStates() || !getSize()))
    return emitOpError("of an accelerator needs a size and holds neither "
                       "constants nor states");
  return success();
}

LogicalResult PoolOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (!symbols.lookupNearestSymbolFrom<MemoryRegionOp>(*this, getRegionAttr()))
    return emitOpError("is in ")
           << getRegionAttr() << ", which is no stm32.memory_region";
  if (!getStream())
    return success();
  auto target = symbols.lookupNearestSymbolFrom<PoolOp>(*this, getStreamAttr());
  if (!getConstants() || !target || !target.isForActivations())
    return emitOpError("streams into ")
           << getStreamAttr()
           << ": only constants can, into a pool of activations";
  return success();
}

std::optional<int64_t> PoolOp::getCapacity() {
  std::optional<int64_t> capacity = getLimit();
  auto region = SymbolTable::lookupNearestSymbolFrom<MemoryRegionOp>(
      *this, getRegionAttr());
  if (region && region.getSize()) {
    auto size = static_cast<int64_t>(*region.getSize());
    capacity = std::min(capacity.value_or(size), size);
  }
  return capacity;
}

LogicalResult BufferOp::verify() {
  if (getScratch() && (getInput() || getTensorId()))
    return emitOpError("scratch is neither a tensor nor an input");
  if (!getInitial())
    return success();
  if (getScratch() || getInput())
    return emitOpError("with an initial value is neither scratch nor an input");
  return verifyInitial(*this, *getInitial(), getType());
}

LogicalResult BufferOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // Pools stand in the module, outside of the model, which is isolated.
  Operation *module = (*this)->getParentOfType<ModuleOp>();
  auto pool =
      module ? symbols.lookupSymbolIn<PoolOp>(module, getPoolAttr()) : PoolOp();
  if (!pool)
    return emitOpError("is in ") << getPoolAttr() << ", which is no stm32.pool";
  if (pool.getConstants())
    return emitOpError("is in ") << getPoolAttr() << ", which holds constants";
  if (pool.getStates() != getInitial().has_value())
    return emitOpError() << (getInitial() ? "with" : "without")
                         << " an initial value is in " << getPoolAttr()
                         << (getInitial() ? ", which is not for states"
                                          : ", which is for states");
  if (getOffset() && *getOffset() % pool.getAlignment())
    return emitOpError("offset ")
           << *getOffset() << " is not a multiple of the alignment "
           << pool.getAlignment() << " of its pool";
  if (pool.getSize() && getOffset() &&
      *getOffset() + getType().getBytes() > *pool.getSize()) {
    InFlightDiagnostic diag = emitOpError("ends at byte ")
                              << *getOffset() + getType().getBytes()
                              << " of pool " << getPoolAttr() << ", which has "
                              << *pool.getSize() << " bytes";
    diag.attachNote(pool.getLoc()) << "pool declared here";
    return diag;
  }
  return success();
}

Value stm32::getRowsSource(Value buffer) {
  auto rows = buffer.getDefiningOp<RowsOp>();
  return rows ? Value(rows.getSource()) : buffer;
}

PackedOp FetchOp::getPacked() { return getBlock().getDefiningOp<PackedOp>(); }

LogicalResult FetchOp::verify() {
  if (!getPacked())
    return emitOpError("of a tensor that is not a stm32.packed");
  if (!getDest().getDefiningOp<BufferOp>())
    return emitOpError("needs a whole stm32.buffer as its destination");
  int64_t bytes = getPacked().getBytes();
  if (getDest().getType().getBytes() != bytes ||
      getType() != getBlock().getType())
    return emitOpError("of ")
           << bytes << " bytes into " << getDest().getType().getBytes();
  return success();
}

PackedOp stm32::getPackedBlock(Value constants) {
  if (auto fetch = constants.getDefiningOp<FetchOp>())
    return fetch.getPacked();
  return constants.getDefiningOp<PackedOp>();
}

FetchOp stm32::getFetch(ComputeOpInterface op) {
  Value constants = op.getPackedConstants();
  return constants ? constants.getDefiningOp<FetchOp>() : FetchOp();
}

BufferOp stm32::getRootBuffer(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (auto fetch = dyn_cast<FetchOp>(op)) {
      value = fetch.getDest();
      continue;
    }
    if (!isa<ViewOp, RowsOp>(op))
      return dyn_cast<BufferOp>(op);
    value = op->getOperand(0);
  }
  return {};
}

PackedOp stm32::getConstantBlock(Value buffer) {
  auto view = getRowsSource(buffer).getDefiningOp<ViewOp>();
  return view ? view.getSource().getDefiningOp<PackedOp>() : PackedOp();
}

/// Checks a view of a tensor: of all of a constant.
static LogicalResult verifyConstantView(ViewOp view) {
  auto block = view.getSource().getDefiningOp<PackedOp>();
  if (!block)
    return view.emitOpError("of a tensor that is not a stm32.packed");
  if (view.getOffset() || view.getTensorId())
    return view.emitOpError("of a constant has neither offset nor number");
  BufferType result = view.getType();
  auto values = block.getValues().getAsRange<DenseElementsAttr>();
  // A bool is a byte in memory.
  Type element = result.getElementType();
  if (element.isInteger(1))
    element = IntegerType::get(view.getContext(), 8);
  if (block.getValues().size() != 1 ||
      (*values.begin()).getElementType() != element ||
      block.getBytes() != result.getBytes() || result.getRows())
    return view.emitOpError("needs a block of one array with the ")
           << result.getNumElements() << " elements of " << result;
  return success();
}

LogicalResult ViewOp::verify() {
  auto source = dyn_cast<BufferType>(getSource().getType());
  if (!source)
    return verifyConstantView(*this);
  if (getConstantBlock(getSource()))
    return emitOpError("of a view of a constant is not possible");
  BufferType result = getType();
  if (source.getRows())
    return emitOpError("of a ring of rows is not possible");
  int64_t element = getElementBytes(result.getElementType());
  if (getOffset() % element)
    return emitOpError("offset ") << getOffset() << " is not a multiple of the "
                                  << element << " bytes of an element";
  if (getOffset() + result.getBytes() >
      static_cast<uint64_t>(source.getBytes()))
    return emitOpError("of ") << result.getBytes() << " bytes at offset "
                              << getOffset() << " does not fit the "
                              << source.getBytes() << " bytes of its source";
  return success();
}

int64_t RowsOp::getOffset() {
  BufferType source = getSource().getType();
  int64_t row = source.getBytes() / source.getHeldRows();
  return static_cast<int64_t>(getFirst()) % source.getHeldRows() * row;
}

LogicalResult RowsOp::verify() {
  BufferType source = getSource().getType(), result = getType();
  if (source.getRank() != 4 || source.getDimSize(0) != 1 ||
      source.getLayout() != Layout::NHWC)
    return emitOpError("source ")
           << source << " is not one channel-last image of rank 4";
  int64_t first = getFirst(), count = getCount(), held = source.getHeldRows();
  if (count > source.getDimSize(1) || first > source.getDimSize(1) - count)
    return emitOpError("[")
           << first << ", " << first + count << ") exceeds the "
           << source.getDimSize(1) << " rows of " << source;
  if (first % held + count > held)
    return emitOpError("[")
           << first << ", " << first + count << ") of a ring of " << held
           << " rows do not lie one behind the other";
  SmallVector<int64_t> shape(source.getShape());
  shape[1] = count;
  if (result != BufferType::get(getContext(), shape, source.getElementType(),
                                Layout::NHWC, /*rows=*/0))
    return emitOpError("of ") << count << " rows of " << source
                              << " cannot have the type " << result;
  return success();
}

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32StructureOps.cpp.inc"
