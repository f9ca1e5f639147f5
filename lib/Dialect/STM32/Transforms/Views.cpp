//===- Views.cpp - Which tensors share memory -----------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/Views.h"

#include "stm32/Dialect/STM32/IR/STM32Recurrent.h"

using namespace mlir;
using namespace mlir::stm32;

static bool isNHWC(Value value) {
  return getLayout(value.getType()) == Layout::NHWC;
}

std::optional<int64_t> stm32::getViewOffset(Operation *op) {
  if (!isa<ReshapeOp, StridedCopyOp>(op) || op->getNumResults() != 1 ||
      isa_and_nonnull<ConstantOp>(op->getOperand(0).getDefiningOp()) ||
      !isNHWC(op->getOperand(0)) || !isNHWC(op->getResult(0)))
    return std::nullopt;
  if (isa<ReshapeOp>(op))
    return 0;
  CopyLoops copy = cast<StridedCopyOp>(op).getLoops();
  copy.simplify();
  // A pool of its own is a copy that the user asks for.
  if (!copy.isRange() || op->hasAttr(kPoolAttrName))
    return std::nullopt;
  Type element = cast<ShapedType>(op->getResult(0).getType()).getElementType();
  return copy.inputOffset * getElementBytes(element);
}

Value stm32::skipReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>()) {
    if (!isNHWC(reshape.getInput()) || !isNHWC(value))
      break;
    value = reshape.getInput();
  }
  return value;
}

PartPlace stm32::getPartPlace(ConcatOp op, unsigned part) {
  auto shape = [](Value value) {
    return cast<ShapedType>(value.getType()).getShape();
  };
  size_t axis = op.getAxis();
  int64_t inner = ShapedType::getNumElements(shape(op).drop_front(axis + 1));
  int64_t offset = 0;
  for (Value before : op.getInputs().take_front(part))
    offset += shape(before)[axis] * inner;
  return {offset, shape(op.getInputs()[part])[axis] * inner,
          shape(op)[axis] * inner};
}

namespace {
/// The memory that is alive at each operation of a model.
class ConcatPlanner {
public:
  explicit ConcatPlanner(ModelOp model);
  void plan(ConcatOp op);

  ConcatPlan result;

private:
  void addLife(Value root, int first, int last, int64_t sign);
  /// The result that has the memory of `value`.
  static Value getRoot(Value value);
  static int64_t getBytes(Value value) {
    auto type = cast<ShapedType>(value.getType());
    return type.getNumElements() * getElementBytes(type.getElementType());
  }
  /// The operation after which nothing reads `value`.
  int getLastUse(Value value);
  bool mayPlace(Value root);

  Block &body;
  llvm::DenseMap<Operation *, int> steps;
  SmallVector<int64_t> alive; ///< bytes at each step
};
} // namespace

Value ConcatPlanner::getRoot(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!getViewOffset(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

int ConcatPlanner::getLastUse(Value value) {
  int last = -1;
  for (Operation *user : value.getUsers()) {
    Operation *ancestor = body.findAncestorOpInBlock(*user);
    last = std::max(last, steps.lookup(ancestor));
    if (getViewOffset(ancestor))
      last = std::max(last, getLastUse(ancestor->getResult(0)));
  }
  return last;
}

void ConcatPlanner::addLife(Value root, int first, int last, int64_t sign) {
  for (int step = first; step <= last; ++step)
    alive[step] += sign * getBytes(root);
}

ConcatPlanner::ConcatPlanner(ModelOp model) : body(model.getBody().front()) {
  for (Operation &op : body)
    steps[&op] = steps.size();
  alive.assign(steps.size(), 0);
  for (Value argument : body.getArguments())
    addLife(argument, 0, getLastUse(argument), 1);
  for (Operation &op : body)
    for (Value value : op.getResults())
      if (isa<RankedTensorType>(value.getType()) && getRoot(value) == value &&
          !isa<ConstantOp, PackedOp>(op))
        addLife(value, steps[&op], getLastUse(value), 1);
}

/// True if an operator of the model's block may write `root` into the result of
/// a concatenation.
bool ConcatPlanner::mayPlace(Value root) {
  Operation *op = root.getDefiningOp();
  if (!op || op->getBlock() != &body || op->getNumResults() != 1 ||
      result.placed.contains(root) || op->hasAttr(kPoolAttrName) ||
      !isNHWC(root) || isa<ReadOp>(op) || getViewOffset(op))
    return false;
  return isa<ComputeOpInterface, ConcatOp>(op);
}

/// True if one operation reads `value`, and it alone what it reshapes, down to
/// `root`.
static bool isReadOnce(Value value, Value root) {
  while (value.hasOneUse() && value != root)
    value = value.getDefiningOp()->getOperand(0);
  return value.hasOneUse();
}

void ConcatPlanner::plan(ConcatOp op) {
  int last = steps.lookup(op), first = last;
  SmallVector<std::pair<Value, ConcatPlan::Part>> parts;
  SmallVector<int64_t> bytes(alive);
  Type element = op.getType().getElementType();
  for (auto [index, input] : llvm::enumerate(op.getInputs())) {
    PartPlace place = getPartPlace(op, index);
    Value root = skipReshapes(input);
    if (place.run != cast<ShapedType>(input.getType()).getNumElements()) {
      // The part is not one range: a copy it must be, but only one.
      auto copy = root.getDefiningOp<StridedCopyOp>();
      if (copy && isReadOnce(input, root) && copy->getBlock() == &body &&
          !getViewOffset(copy) &&
          // What is read later may see another state.
          !getRoot(copy.getInput()).getDefiningOp<ReadOp>() &&
          isNHWC(copy.getInput()) && isNHWC(root) &&
          placeLoops(copy.getLoops(), place.run, place.pitch, place.offset)) {
        result.fused.insert(copy);
        for (Value value = input; value != root;
             value = value.getDefiningOp()->getOperand(0))
          result.fused.insert(value.getDefiningOp());
      }
      continue;
    }
    bool isTaken = llvm::any_of(
        parts, [&](const auto &part) { return part.first == root; });
    if (isTaken || !mayPlace(root))
      continue;
    parts.push_back({root, {op, place.offset * getElementBytes(element)}});
    first = std::min(first, steps.lookup(root.getDefiningOp()));
  }
  // The result is alive from its first part on, the parts are in it.
  int64_t peak = *llvm::max_element(alive);
  for (int step = first; step < last; ++step)
    alive[step] += getBytes(op);
  for (auto &[root, part] : parts)
    addLife(root, steps.lookup(root.getDefiningOp()), getLastUse(root), -1);
  if (parts.empty() || *llvm::max_element(alive) > peak) {
    alive = bytes;
    return;
  }
  for (auto &[root, part] : parts)
    result.placed.try_emplace(root, part);
}

ConcatPlan stm32::planConcats(ModelOp model) {
  ConcatPlanner planner(model);
  // Inner concatenations become parts of outer ones.
  for (ConcatOp op : model.getBody().getOps<ConcatOp>())
    planner.plan(op);
  return planner.result;
}
