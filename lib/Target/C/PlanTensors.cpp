//===- PlanTensors.cpp - Pools, tensors and states of a plan --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanBuilder.h"

#include "stm32rt.h"

#include "mlir/IR/BuiltinOps.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Pools and places
//===----------------------------------------------------------------------===//

/// The pool's name, unless a macro of a pool, their number or a struct would
/// have two meanings: POOL_A_SIZE is a size and not a pool "a_size".
static std::string getPoolName(PoolOp op) {
  StringRef name = op.getSymName();
  bool isMacro = name.equals_insensitive("count") || name == "constants";
  for (StringRef suffix :
       {"_size", "_align", "_section", "_available", "_address"})
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
  model->walk([&](ComputeOpInterface op) {
    if (const Accelerator *accelerator = getAccelerator(op))
      for (PoolOp pool : module.getOps<PoolOp>())
        if (pool.getOwner() == accelerator->targetKey)
          used.insert(pool);
  });
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
    } else if (auto rows = dyn_cast<RowsOp>(op);
               rows && !getConstantBlock(rows)) {
      Place place = plan.places.lookup(rows.getSource());
      place.offset += rows.getOffset();
      plan.places[rows] = place;
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
    value = getRowsSource(value);
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
    // The runtime writes and reads inputs and outputs as whole tensors, but for
    // rows that it receives.
    bool isReceived =
        llvm::any_of(Value(tensor.value).getUsers(),
                     [](Operation *user) { return isa<ReceiveOp>(user); });
    if (tensor.io && (tensor.type.getLayout() != Layout::NHWC ||
                      (tensor.type.getRows() && !isReceived)))
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
