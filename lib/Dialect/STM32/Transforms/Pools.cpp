//===- Pools.cpp - Pools that a model needs -------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pools.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::stm32;

/// Bytes of a pool that takes all of `memory`: the module may know a size of
/// its own for the region.
static IntegerAttr getLimit(OpBuilder &builder, const MemoryRecord &memory,
                            Operation *region) {
  if (auto declared = dyn_cast<MemoryRegionOp>(region))
    if (IntegerAttr size = declared.getSizeAttr())
      return size;
  return memory.size ? builder.getI64IntegerAttr(memory.size) : IntegerAttr();
}

FailureOr<PoolOp> stm32::preparePools(ModuleOp module, const PartRecord &part) {
  PoolOp activations, constants;
  for (PoolOp pool : module.getOps<PoolOp>()) {
    if (!pool.getConstants() && !pool.isForActivations())
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
        /*states=*/UnitAttr(), /*stream=*/FlatSymbolRefAttr(),
        /*owner=*/StringAttr());
    symbols.insert(pool);
    return pool;
  };
  if (!activations)
    activations = makePool("activations", part.getActivationMemory(), false);
  if (!constants)
    makePool("weights", part.getConstantMemory(), true);
  return activations;
}

PoolOp stm32::prepareStatesPool(ModelOp model, PoolOp activations) {
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
  // What activations may use at most says nothing about states.
  auto pool = PoolOp::create(
      builder, activations.getLoc(), builder.getStringAttr("states"),
      activations.getRegionAttr(), /*limit=*/IntegerAttr(),
      /*size=*/IntegerAttr(), activations.getAlignmentAttr(),
      /*constants=*/UnitAttr(), builder.getUnitAttr(),
      /*stream=*/FlatSymbolRefAttr(), /*owner=*/StringAttr());
  symbols.insert(pool);
  return pool;
}
