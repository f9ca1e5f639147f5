//===- PlanConstants.cpp - Constants of a plan ----------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanBuilder.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::stm32;

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
        findBlock(getPackedBlock(value), index, identifier);
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

/// What is fetched for nobody is left out.
LogicalResult PlanBuilder::readTransfers() {
  for (auto &[fetch, steps] : fetches) {
    if (!steps.second)
      continue;
    FetchOp op = fetch;
    auto *block = llvm::find_if(plan.blocks, [&](const ConstantBlock &entry) {
      return entry.offset == int64_t(op.getPacked().getOffset().value_or(0));
    });
    plan.transfers.push_back({op, unsigned(block - plan.blocks.begin()),
                              plan.getPlace(op.getDest()), steps.first,
                              *steps.second});
  }
  // Of those that begin together, the first to be used is the first to begin.
  auto getKey = [](const TransferPlan &transfer) {
    return std::make_tuple(transfer.start, transfer.use, transfer.block);
  };
  llvm::sort(plan.transfers, [&](const auto &a, const auto &b) {
    return getKey(a) < getKey(b);
  });
  return success();
}
