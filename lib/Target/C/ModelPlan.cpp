//===- ModelPlan.cpp - A planned model, checked and numbered --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The checks are here and not in the dialect's verifier: until the plan is
// complete, a buffer without an offset is right.
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/C/ModelPlan.h"

#include "stm32/Dialect/STM32/IR/STM32Custom.h"
#include "stm32/Target/C/CNames.h"
#include "stm32rt.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;

/// Adds what to do to an error about something that is not planned yet.
static InFlightDiagnostic unplanned(InFlightDiagnostic diag) {
  diag.attachNote() << "run --stm32-memory-pipeline first";
  return diag;
}

namespace {
/// Fills a plan from a model, one part after the other.
class PlanBuilder {
public:
  PlanBuilder(ModelOp model, llvm::StringSet<> &taken) : model(model) {
    plan.op = model;
    plan.identifier = makeUniqueIdentifier(model.getSymName(), "model", taken);
  }
  FailureOr<ModelPlan> build();

private:
  FailureOr<PoolPlan> readPool(PoolOp op);
  LogicalResult readPools();
  LogicalResult readPlaces();
  LogicalResult readTensors();
  LogicalResult readInputsAndOutputs();
  LogicalResult readStates();
  LogicalResult readOperators();
  LogicalResult readOperator(ComputeOpInterface op);
  LogicalResult readConstants();
  LogicalResult readConstants(OperatorPlan &entry, unsigned index);
  FailureOr<unsigned> findBlock(PackedOp packed, unsigned index,
                                const std::string &identifier);
  LogicalResult checkConstants();
  /// Index of the tensor that `value` is, or is a view of.
  FailureOr<unsigned> findTensor(Value value, Operation *user);

  ModelOp model;
  ModelPlan plan;
  llvm::DenseMap<Operation *, unsigned> poolIndices;
  llvm::DenseMap<Value, unsigned> tensorIndices;
  llvm::StringSet<> poolIdentifiers;
};
} // namespace

//===----------------------------------------------------------------------===//
// Pools and places
//===----------------------------------------------------------------------===//

/// The pool's name, unless a macro of a pool or their number would have two
/// meanings: POOL_A_SIZE is a size and not a pool "a_size".
static std::string getPoolName(PoolOp op) {
  StringRef name = op.getSymName();
  bool isMacro = name.equals_insensitive("count");
  for (StringRef suffix : {"_size", "_align", "_section"})
    isMacro |= name.ends_with_insensitive(suffix);
  return isMacro ? (name + "_pool").str() : name.str();
}

FailureOr<PoolPlan> PlanBuilder::readPool(PoolOp op) {
  if (!op.getSize())
    return unplanned(op.emitOpError("has no size")), failure();
  if (*op.getSize() > std::numeric_limits<int32_t>::max())
    return op.emitOpError("of ") << *op.getSize() << " bytes is too large";
  PoolPlan pool;
  pool.op = op;
  pool.region = SymbolTable::lookupNearestSymbolFrom<MemoryRegionOp>(
      op, op.getRegionAttr());
  pool.identifier =
      makeUniqueIdentifier(getPoolName(op), "pool", poolIdentifiers);
  pool.size = *op.getSize();
  pool.alignment = op.getAlignment();
  return pool;
}

LogicalResult PlanBuilder::readPools() {
  auto module = model->getParentOfType<ModuleOp>();
  if (!module)
    return model.emitOpError("is not in a module, so it has no pools");
  // A pool that only another model of the module uses is none of this one's.
  llvm::DenseSet<Operation *> used;
  for (BufferOp buffer : model.getBody().getOps<BufferOp>())
    used.insert(SymbolTable::lookupSymbolIn(module, buffer.getPoolAttr()));
  bool hasConstants = !model.getBody().getOps<PackedOp>().empty();

  for (PoolOp op : module.getOps<PoolOp>()) {
    if (op.getConstants() ? !hasConstants : !used.contains(op))
      continue;
    FailureOr<PoolPlan> pool = readPool(op);
    if (failed(pool))
      return failure();
    if (!op.getConstants()) {
      poolIndices[op] = plan.pools.size();
      plan.pools.push_back(*pool);
    } else if (!plan.constantsPool) {
      plan.constantsPool = *pool;
    } else {
      InFlightDiagnostic diag =
          op.emitOpError("is a second pool for constants");
      diag.attachNote(plan.constantsPool->op.getLoc()) << "first one here";
      return diag;
    }
  }
  if (plan.pools.size() > STM32RT_MAX_POOLS)
    return model.emitOpError("uses ")
           << plan.pools.size() << " pools, the runtime has "
           << STM32RT_MAX_POOLS;
  if (hasConstants && !plan.constantsPool)
    return unplanned(
        model.emitOpError("has constants but no pool for constants"));
  return success();
}

LogicalResult PlanBuilder::readPlaces() {
  auto module = model->getParentOfType<ModuleOp>();
  for (Operation &op : model.getBody().front()) {
    if (auto buffer = dyn_cast<BufferOp>(op)) {
      if (!buffer.getOffset())
        return unplanned(buffer.emitOpError("has no offset"));
      Operation *pool =
          SymbolTable::lookupSymbolIn(module, buffer.getPoolAttr());
      plan.places[buffer] = {poolIndices.lookup(pool),
                             static_cast<int64_t>(*buffer.getOffset())};
    } else if (auto view = dyn_cast<ViewOp>(op);
               view && !getConstantBlock(view)) {
      Place place = plan.places.lookup(view.getSource());
      place.offset += view.getOffset();
      plan.places[view] = place;
    }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

static std::optional<uint64_t> getTensorId(Operation *op) {
  if (auto buffer = dyn_cast<BufferOp>(op))
    return buffer.getTensorId();
  if (auto view = dyn_cast<ViewOp>(op))
    return view.getTensorId();
  return std::nullopt;
}

LogicalResult PlanBuilder::readTensors() {
  for (Operation &op : model.getBody().front()) {
    if (!isa<BufferOp, ViewOp>(op))
      continue;
    std::optional<uint64_t> id = getTensorId(&op);
    if (!id) {
      auto buffer = dyn_cast<BufferOp>(op);
      if (buffer && !buffer.getScratch())
        return unplanned(buffer.emitOpError("has no tensor number"));
      continue;
    }
    Value value = op.getResult(0);
    auto type = cast<BufferType>(value.getType());
    if (type.getShape().size() > STM32RT_MAX_RANK)
      return op.emitOpError("has rank ")
             << type.getShape().size() << ", the runtime has "
             << STM32RT_MAX_RANK;
    if (getTypeName(type.getElementType()).empty())
      return op.emitOpError("has elements of type ")
             << type.getElementType() << ", which the runtime does not know";
    plan.tensors.push_back({value, static_cast<int64_t>(*id),
                            getTensorName(op.getLoc()).str(), type,
                            plan.getPlace(value), IOAttr()});
  }
  llvm::sort(plan.tensors, [](const TensorPlan &a, const TensorPlan &b) {
    return a.id < b.id;
  });
  if (plan.tensors.size() > std::numeric_limits<uint16_t>::max())
    return model.emitOpError("has ")
           << plan.tensors.size() << " tensors, the runtime counts to "
           << std::numeric_limits<uint16_t>::max();
  for (unsigned i = 0; i < plan.tensors.size(); ++i) {
    TensorPlan &tensor = plan.tensors[i];
    if (i > 0 && plan.tensors[i - 1].id == tensor.id) {
      InFlightDiagnostic diag = tensor.value.getDefiningOp()->emitOpError(
                                    "is a second place of tensor ")
                                << tensor.id;
      diag.attachNote(plan.tensors[i - 1].value.getLoc()) << "first one here";
      return diag;
    }
    tensorIndices[tensor.value] = i;
  }
  return success();
}

FailureOr<unsigned> PlanBuilder::findTensor(Value value, Operation *user) {
  while (true) {
    auto it = tensorIndices.find(value);
    if (it != tensorIndices.end())
      return it->second;
    auto view = value.getDefiningOp<ViewOp>();
    if (!view)
      return user->emitOpError("uses a buffer that is not a tensor");
    value = view.getSource();
  }
}

LogicalResult PlanBuilder::readInputsAndOutputs() {
  plan.inputs.resize(model.getInputs().size());
  for (BufferOp buffer : model.getBody().getOps<BufferOp>()) {
    if (!buffer.getInput())
      continue;
    unsigned tensor = tensorIndices.lookup(buffer);
    plan.inputs[*buffer.getInput()] = tensor;
    plan.tensors[tensor].io =
        cast<IOAttr>(model.getInputs()[*buffer.getInput()]);
  }
  OutputOp output = model.getOutputOp();
  if (output.getValues().empty())
    return model.emitOpError("has no output");
  for (auto [value, attr] :
       llvm::zip_equal(output.getValues(), model.getOutputs())) {
    FailureOr<unsigned> tensor = findTensor(value, output);
    if (failed(tensor))
      return failure();
    plan.outputs.push_back(*tensor);
    plan.tensors[*tensor].io = cast<IOAttr>(attr);
  }
  for (TensorPlan &tensor : plan.tensors) {
    // The runtime writes and reads inputs and outputs as whole tensors.
    if (tensor.io && (tensor.type.getLayout() != Layout::NHWC ||
                      tensor.type.getBytes() !=
                          tensor.type.getNumElements() *
                              getElementBytes(tensor.type.getElementType())))
      return tensor.value.getDefiningOp()->emitOpError(
          "is an input or output, so it must be whole and channel last");
    if (tensor.io && !tensor.io.getScale().getValue().isFinite())
      return model.emitOpError("has the scale ")
             << tensor.io.getScale() << ", which is not finite";
    if (tensor.name.empty())
      tensor.name = tensor.io ? tensor.io.getName().str()
                              : "tensor_" + std::to_string(tensor.id);
  }
  return success();
}

LogicalResult PlanBuilder::readStates() {
  for (BufferOp buffer : model.getBody().getOps<BufferOp>()) {
    if (!buffer.getInitial())
      continue;
    const TensorPlan &tensor = plan.tensors[tensorIndices.lookup(buffer)];
    plan.states.push_back(
        {buffer, tensor.name, tensor.place, buffer.getType().getBytes()});
  }
  if (plan.states.size() > std::numeric_limits<uint16_t>::max())
    return model.emitOpError("has ")
           << plan.states.size() << " states, the runtime counts to "
           << std::numeric_limits<uint16_t>::max();
  return success();
}

//===----------------------------------------------------------------------===//
// Operators and constants
//===----------------------------------------------------------------------===//

LogicalResult PlanBuilder::readOperator(ComputeOpInterface op) {
  if (!op.getDest())
    return unplanned(op.emitOpError("has no destination buffer"));
  if (!op.getKernelAttr())
    return unplanned(op.emitOpError("has no kernel"));
  OperatorPlan entry;
  entry.op = op;
  entry.kernel = lookupKernelRecord(op.getKernelAttr().getValue());
  if (!entry.kernel)
    return op.emitOpError("has the kernel ")
           << op.getKernelAttr() << ", of which there is no record";
  entry.function = entry.kernel->name;
  if (auto custom = dyn_cast<CustomOp>(op.getOperation())) {
    entry.function = custom.getFunction();
    std::string reason = explainBadFunctionName(entry.function);
    if (!reason.empty())
      return op.emitOpError("function '") << entry.function << "' " << reason;
  }
  for (unsigned i = 0; i < op.getNumActivations(); ++i) {
    if (getConstantBlock(op.getActivation(i)))
      continue;
    FailureOr<unsigned> input = findTensor(op.getActivation(i), op);
    if (failed(input))
      return failure();
    entry.inputs.push_back(*input);
  }
  entry.numOutputs = op.getNumOutputs();
  for (auto [i, dest] : llvm::enumerate(op.getDests())) {
    FailureOr<unsigned> output = findTensor(dest, op);
    if (failed(output))
      return failure();
    if (i == 0)
      entry.output = *output;
    else if (*output != entry.output + i)
      return op.emitOpError("needs outputs whose numbers follow each other");
  }
  plan.operators.push_back(std::move(entry));
  return success();
}

LogicalResult PlanBuilder::readOperators() {
  for (Operation &op : model.getBody().front()) {
    if (auto compute = dyn_cast<ComputeOpInterface>(op)) {
      if (failed(readOperator(compute)))
        return failure();
    } else if (!isa<BufferOp, ViewOp, PackedOp, OutputOp>(op)) {
      return unplanned(op.emitOpError("is not an operator on buffers"));
    }
  }
  return success();
}

/// Index of the block of `packed`; a new one with this name if operator `index`
/// is the first to use it.
FailureOr<unsigned> PlanBuilder::findBlock(PackedOp packed, unsigned index,
                                           const std::string &identifier) {
  if (!packed.getOffset())
    return unplanned(packed.emitOpError("has no offset")), failure();
  // The planner stores equal blocks once: they have one offset.
  for (auto [i, block] : llvm::enumerate(plan.blocks))
    if (block.op == packed ||
        (block.offset == static_cast<int64_t>(*packed.getOffset()) &&
         block.op.getValuesAttr() == packed.getValuesAttr() &&
         block.op.getFieldsAttr() == packed.getFieldsAttr()))
      return static_cast<unsigned>(i);

  ConstantBlock block;
  block.op = packed;
  block.identifier = identifier;
  block.firstOperator = index;
  block.offset = *packed.getOffset();
  block.bytes = packed.getBytes();
  block.alignment = 1;
  int64_t offset = 0;
  llvm::StringSet<> taken;
  for (auto [name, attr] :
       llvm::zip_equal(packed.getFields().getAsRange<StringAttr>(),
                       packed.getValues().getAsRange<DenseElementsAttr>())) {
    int64_t element = getElementBytes(attr.getElementType());
    offset = llvm::alignTo(offset, element);
    block.fields.push_back(
        {makeUniqueIdentifier(name.getValue(), "values", taken), attr, offset});
    block.alignment = std::max(block.alignment, element);
    offset += element * attr.getNumElements();
  }
  plan.blocks.push_back(std::move(block));
  return static_cast<unsigned>(plan.blocks.size() - 1);
}

LogicalResult PlanBuilder::readConstants(OperatorPlan &entry, unsigned index) {
  std::string identifier = "op_" + std::to_string(index);
  if (Value value = entry.op.getPackedConstants()) {
    FailureOr<unsigned> block =
        findBlock(value.getDefiningOp<PackedOp>(), index, identifier);
    if (failed(block))
      return failure();
    entry.constants = *block;
  } else if (entry.op.hasConstants()) {
    return unplanned(entry.op.emitOpError("has no packed constants"));
  }
  for (unsigned i = 0; i < entry.op.getNumActivations(); ++i) {
    PackedOp packed = getConstantBlock(entry.op.getActivation(i));
    if (!packed)
      continue;
    std::string suffix = "_" + getArgumentName(entry.op, i);
    FailureOr<unsigned> block = findBlock(packed, index, identifier + suffix);
    if (failed(block))
      return failure();
    if (!llvm::is_contained(entry.constantInputs, *block))
      entry.constantInputs.push_back(*block);
  }
  return success();
}

LogicalResult PlanBuilder::readConstants() {
  for (auto [index, entry] : llvm::enumerate(plan.operators))
    if (failed(readConstants(entry, index)))
      return failure();
  return checkConstants();
}

/// Sorts the blocks by offset and checks that a struct of C can hold them.
LogicalResult PlanBuilder::checkConstants() {
  SmallVector<unsigned> order(
      llvm::to_vector(llvm::seq<unsigned>(0, plan.blocks.size())));
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return std::make_pair(plan.blocks[a].offset, a) <
           std::make_pair(plan.blocks[b].offset, b);
  });
  SmallVector<unsigned> position(order.size());
  SmallVector<ConstantBlock> sorted;
  for (auto [to, from] : llvm::enumerate(order)) {
    position[from] = to;
    sorted.push_back(std::move(plan.blocks[from]));
  }
  plan.blocks = std::move(sorted);
  for (OperatorPlan &entry : plan.operators) {
    if (entry.constants)
      entry.constants = position[*entry.constants];
    for (unsigned &block : entry.constantInputs)
      block = position[block];
  }

  int64_t end = 0;
  for (ConstantBlock &block : plan.blocks) {
    if (block.offset % block.alignment)
      return block.op.emitOpError("offset ")
             << block.offset << " is not a multiple of " << block.alignment;
    if (block.offset < end)
      return block.op.emitOpError("offset ")
             << block.offset << " is inside of the block before it, which ends "
             << "at byte " << end;
    // A struct's size is a multiple of its alignment.
    end = block.offset + llvm::alignTo(block.bytes, block.alignment);
    if (block.offset + block.bytes > plan.constantsPool->size)
      return block.op.emitOpError("ends at byte ")
             << block.offset + block.bytes << " of a pool of "
             << plan.constantsPool->size << " bytes";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// ModelPlan
//===----------------------------------------------------------------------===//

FailureOr<ModelPlan> PlanBuilder::build() {
  if (!model.isOnBuffers())
    return unplanned(model.emitOpError("is not on buffers")), failure();
  if (failed(readPools()) || failed(readPlaces()) || failed(readTensors()) ||
      failed(readInputsAndOutputs()) || failed(readStates()) ||
      failed(readOperators()) || failed(readConstants()))
    return failure();
  return std::move(plan);
}

FailureOr<ModelPlan> ModelPlan::get(ModelOp model, llvm::StringSet<> &taken) {
  return PlanBuilder(model, taken).build();
}

uint64_t ModelPlan::getMacs() const {
  uint64_t macs = 0;
  for (const OperatorPlan &entry : operators)
    macs += ComputeOpInterface(entry.op).getMacs();
  return macs;
}

int64_t ModelPlan::getActivationBytes() const {
  int64_t bytes = 0;
  for (const PoolPlan &pool : pools)
    bytes += pool.size;
  return bytes;
}

int64_t ModelPlan::getStateBytes() const {
  int64_t bytes = 0;
  for (const StatePlan &state : states)
    bytes += state.bytes;
  return bytes;
}

int64_t ModelPlan::getConstantBytes(const OperatorPlan &entry) const {
  int64_t bytes = entry.constants ? blocks[*entry.constants].bytes : 0;
  for (unsigned block : entry.constantInputs)
    bytes += blocks[block].bytes;
  return bytes;
}

StringRef ModelPlan::getSignature() const {
  return ModelOp(op).getSignature().value_or("");
}

std::string stm32::getArgumentName(ComputeOpInterface op, unsigned index) {
  constexpr unsigned numLetters = 20; // up to "t": x and y are taken
  if (op.getNumActivations() == 1)
    return "x";
  if (index < numLetters)
    return std::string(1, static_cast<char>('a' + index));
  return "a" + std::to_string(index);
}

StringRef stm32::getTypeName(Type elementType) {
  if (elementType.isF32())
    return "float32";
  if (elementType.isSignlessInteger(1))
    return "bool";
  if (elementType.isSignlessInteger(64))
    return "int64";
  if (elementType.isUnsignedInteger(8))
    return "uint8";
  if (elementType.isSignlessInteger(8))
    return "int8";
  if (elementType.isSignlessInteger(16))
    return "int16";
  if (elementType.isSignlessInteger(32))
    return "int32";
  return "";
}
