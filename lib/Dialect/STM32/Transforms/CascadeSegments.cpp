//===- CascadeSegments.cpp - Memory of operators that run in bands --------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CascadeSegments.h"

#include "stm32/Target/KernelCosts.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::stm32;

/// Instructions of one call of a kernel for a band: the step, addresses, and
/// what a kernel sets up once a call. Measured on Cortex-M4 with plain C, DSP
/// and MVE kernels: 60 to 260.
static constexpr double kCallPrice = 150.0;
/// Places in a pool are rounded up to this.
static constexpr int64_t kAlignment = 16;
static constexpr int64_t kInfinity = std::numeric_limits<int64_t>::max();

static int64_t getBytes(Value value, int64_t rows = 0) {
  auto type = cast<ShapedType>(value.getType());
  int64_t elements = type.getNumElements();
  if (rows && rows < type.getDimSize(1))
    elements = elements / type.getDimSize(1) * rows;
  return llvm::alignTo(elements * getElementBytes(type.getElementType()),
                       kAlignment);
}

static const KernelRecord *getKernel(Operation *op) {
  auto compute = dyn_cast<ComputeOpInterface>(op);
  StringAttr name = compute ? compute.getKernelAttr() : StringAttr();
  return name ? lookupKernelRecord(name) : nullptr;
}

OperatorFacts::OperatorFacts(Operation *op)
    : op(op), kind(getRowKind(op)), kernel(getKernel(op)) {
  if (!kernel)
    return;
  if (kernel->accelerated)
    kind = RowKind::None;
  auto compute = cast<ComputeOpInterface>(op);
  scratch = llvm::alignTo(kernel->scratch(compute), kAlignment);
  rowsAtOnce = kernel->rowsAtOnce;
}

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

SegmentModel::SegmentModel(ModelOp model, bool streamsInput)
    : body(model.getBody().front()), concats(planConcats(model)) {
  for (Operation &op : body) {
    bool isOperator =
        isa<ComputeOpInterface, ConcatOp>(op) && !getViewOffset(&op);
    if (!isOperator)
      continue;
    indices[&op] = operators.size();
    operators.push_back(&op);
    if (const KernelRecord *kernel = getKernel(&op))
      instructions +=
          getCost(*kernel, cast<ComputeOpInterface>(op), kernel->isa);
  }
  for (Operation *op : operators) {
    facts.push_back(OperatorFacts(op));
    runsInBands.push_back(canRunInBands(facts.back()));
  }
  findStorages(model);
  if (streamsInput && body.getNumArguments() != 0) {
    stream = body.getArgument(0);
    for (Operation *user : stream.getUsers()) {
      int reader = indexOf(user);
      // Whoever is no operator of a cascade needs the whole input.
      bool canStream = reader >= 0 && user == operators[reader];
      lastStreamReader = std::max(lastStreamReader,
                                  canStream ? reader : int(operators.size()));
    }
  }
}

Value SegmentModel::getStorage(Value value) {
  while (true) {
    auto part = concats.placed.find(value);
    Operation *op = value.getDefiningOp();
    if (part != concats.placed.end())
      value = ConcatOp(part->second.concat).getResult();
    else if (op && getViewOffset(op))
      value = op->getOperand(0);
    else
      return value;
  }
}

void SegmentModel::findStorages(ModelOp model) {
  int end = operators.size();
  auto touch = [&](Value value, int step) {
    if (!isa<RankedTensorType>(value.getType()) ||
        isa_and_nonnull<ConstantOp, PackedOp>(value.getDefiningOp()))
      return;
    Value root = getStorage(value);
    Operation *op = root.getDefiningOp();
    auto [it, isNew] = storages.insert({root, Storage()});
    if (isNew) {
      // Memory of another pool, or of constants, is not what the search is for.
      bool counts = !op || !op->hasAttr(kPoolAttrName);
      it->second = {counts ? getBytes(root) : 0, step, step};
    }
    it->second.first = std::min(it->second.first, step);
    it->second.last = std::max(it->second.last, step);
  };
  for (Value argument : body.getArguments())
    touch(argument, -1);
  for (Operation &op : body) {
    int step = isa<OutputOp>(op) ? end : indexOf(&op);
    if (step < 0)
      continue;
    for (Value value : op.getOperands())
      touch(value, step);
    for (Value value : op.getResults())
      touch(value, step);
  }
}

/// True if a kernel was chosen for `op` that computes bands of rows.
bool SegmentModel::canRunInBands(const OperatorFacts &facts) {
  Operation *op = facts.op;
  RowKind kind = facts.kind;
  if (kind == RowKind::None || !facts.kernel || concats.fused.contains(op) ||
      op->getNumResults() != 1 || concats.placed.contains(op->getResult(0)))
    return false;
  auto compute = cast<ComputeOpInterface>(op);
  for (unsigned i = 0; i < compute.getNumActivations(); ++i) {
    Value value = compute.getActivation(i);
    // Rows of constants are not read one by one.
    if (isa_and_nonnull<ConstantOp, PackedOp>(value.getDefiningOp()) &&
        kind != RowKind::Elementwise)
      return false;
    if (isa_and_nonnull<ConstantOp, PackedOp>(value.getDefiningOp()) &&
        compute.getActivationType(i).getShape() ==
            compute.getOutputType().getShape())
      return false;
  }
  if (kind != RowKind::Window)
    return true;
  // Kernels say in their condition whether they take bands.
  op->setAttr("band", BandAttr::get(op->getContext(), 0, 1));
  bool can = canServe(*facts.kernel, compute);
  op->removeAttr("band");
  return can;
}

bool SegmentModel::canJoin(unsigned begin, unsigned end) {
  Operation *first = operators[begin];
  for (unsigned index = begin; index < end; ++index) {
    auto op = cast<ComputeOpInterface>(operators[index]);
    if (op->use_empty())
      return false;
    for (unsigned i = 0; i < op.getNumActivations(); ++i) {
      Operation *producer = op.getActivation(i).getDefiningOp();
      if (!producer || isa<ConstantOp, PackedOp>(producer))
        continue;
      auto it = indices.find(producer);
      bool isMember = it != indices.end() && it->second >= int(begin) &&
                      it->second < int(end);
      if (isMember ? facts[it->second].kind == RowKind::Collecting
                   : !producer->isBeforeInBlock(first))
        return false;
    }
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Segments
//===----------------------------------------------------------------------===//

/// The least distance from the result of `members`, the last one's, to `input`,
/// whose rows are read and written as Accesses.h says; nothing if the order is
/// not known.
static std::optional<int64_t> findDistance(ArrayRef<OperatorFacts> members,
                                           ArrayRef<CascadeStep> steps,
                                           Value input) {
  Value result = members.back().op->getResult(0);
  auto getRowBytes = [](Value value) {
    auto type = cast<ShapedType>(value.getType());
    return type.getNumElements() * getElementBytes(type.getElementType()) /
           type.getDimSize(1);
  };
  if (cast<ShapedType>(input.getType()).getRank() != 4)
    return std::nullopt;
  int64_t inputRow = getRowBytes(input), resultRow = getRowBytes(result);
  // How the members read the input; few do.
  SmallVector<SmallVector<RowMap, 1>> reads(members.size());
  for (auto [index, member] : llvm::enumerate(members)) {
    auto op = cast<ComputeOpInterface>(member.op);
    for (unsigned i = 0; i < op.getNumActivations(); ++i)
      if (op.getActivation(i) == input)
        reads[index].push_back(getRowMap(op, i));
  }
  int64_t lowest = kInfinity, distance = 0;
  for (const CascadeStep &step : llvm::reverse(steps)) {
    const OperatorFacts &member = members[step.index];
    bool writes =
        step.index + 1 == members.size() && member.kind != RowKind::Collecting;
    if (!writes && reads[step.index].empty())
      continue;
    bool isInOrder = !reads[step.index].empty() &&
                     member.kind == RowKind::Elementwise &&
                     inputRow >= resultRow;
    int64_t most = member.rowsAtOnce;
    for (int64_t end = step.first + step.count; end > step.first;) {
      int64_t row = step.first + (end - 1 - step.first) / most * most;
      for (const RowMap &map : reads[step.index])
        lowest = std::min(lowest, map.read(row, 1).begin * inputRow);
      // An elementwise operator reads its row before it writes it.
      int64_t later = isInOrder ? lowest + inputRow : lowest;
      if (writes && later < kInfinity)
        distance = std::max(distance, end * resultRow - later);
      end = row;
    }
  }
  return llvm::alignTo(distance, kAlignment);
}

/// Grouped convolutions go through one group after the other.
bool SegmentModel::goesByRows(unsigned index) const {
  auto conv = dyn_cast<Conv2DOp>(operators[index]);
  return facts[index].kind != RowKind::None && !(conv && conv.getGroups() > 1);
}

CascadeStep SegmentModel::getWholeStep(unsigned index) {
  return {0, 0, getNumRows(cast<ComputeOpInterface>(operators[index]))};
}

std::optional<int64_t> SegmentModel::findSaving(ArrayRef<OperatorFacts> members,
                                                ArrayRef<CascadeStep> steps,
                                                Value input) {
  Operation *last = members.back().op;
  auto upper = storages.find(input);
  // Views of a part are not worth the care.
  if (last->getNumResults() != 1 || getStorage(input) != input ||
      upper == storages.end())
    return std::nullopt;
  auto lower = storages.find(last->getResult(0));
  if (lower == storages.end())
    return std::nullopt;
  std::optional<int64_t> distance = findDistance(members, steps, input);
  if (!distance)
    return std::nullopt;
  int64_t bytes = upper->second.bytes, size = lower->second.bytes;
  return bytes + size - std::max(size, *distance + bytes);
}

SmallVector<std::pair<Value, int64_t>>
SegmentModel::listSavings(unsigned index) {
  SmallVector<std::pair<Value, int64_t>> savings;
  if (!goesByRows(index))
    return savings;
  for (Value operand : operators[index]->getOperands())
    if (std::optional<int64_t> saving =
            findSaving(facts[index], getWholeStep(index), operand))
      savings.push_back({operand, *saving});
  return savings;
}

int64_t SegmentModel::getSaving(unsigned begin, unsigned end,
                                ArrayRef<CascadeStep> steps, Value &input) {
  ArrayRef<OperatorFacts> members = ArrayRef(facts).slice(begin, end - begin);
  int64_t best = 0;
  for (const OperatorFacts &member : members) {
    for (Value operand : member.op->getOperands()) {
      auto storage = storages.find(operand);
      if (storage == storages.end() || storage->second.first >= int(begin) ||
          storage->second.last >= int(end))
        continue;
      int64_t saving = findSaving(members, steps, operand).value_or(0);
      if (saving > best) {
        best = saving;
        input = operand;
      }
    }
  }
  return best;
}

CascadeSegment SegmentModel::evaluateWhole(unsigned index) {
  int step = index;
  int64_t bytes = facts[index].scratch;
  Value input;
  if (goesByRows(index))
    bytes -= getSaving(index, index + 1, getWholeStep(index), input);
  for (auto &[value, storage] : storages)
    if (storage.first <= step && step <= storage.last)
      bytes += storage.bytes;
  return {index, index + 1, /*rows=*/0, bytes, /*price=*/0.0};
}

/// Bytes of the tensors that are alive through all of the segment and are not
/// in `lives`.
int64_t SegmentModel::getBase(unsigned begin, unsigned end,
                              const llvm::DenseMap<Value, Life> &lives) {
  int64_t base = 0;
  for (auto &[value, storage] : storages)
    if (storage.first < int(begin) && storage.last >= int(begin) &&
        !lives.contains(value))
      base += storage.bytes;
  return base;
}

CascadeSegment SegmentModel::evaluate(unsigned begin, unsigned end,
                                      int64_t rows) {
  SmallVector<ComputeOpInterface> members;
  for (unsigned index = begin; index < end; ++index)
    members.push_back(cast<ComputeOpInterface>(operators[index]));
  Value streamed = begin == 0 ? stream : Value();
  CascadeSchedule schedule = scheduleCascade(members, rows, streamed);

  llvm::DenseMap<Value, Life> lives;
  SmallVector<Life> groups(schedule.numGroups), sums(members.size());
  SmallVector<int64_t> scratch(members.size());
  for (auto [index, op] : llvm::enumerate(members)) {
    Value result = op->getResult(0);
    bool isSum = facts[begin + index].kind == RowKind::Collecting;
    bool escapes = llvm::any_of(op->getUsers(), [&](Operation *user) {
      int reader = indexOf(user);
      return reader < int(begin) || reader >= int(end);
    });
    int64_t bytes = getBytes(result, escapes ? 0 : schedule.rings[index]);
    if (op->hasAttr(kPoolAttrName))
      bytes = 0;
    unsigned group = schedule.groups[index];
    if (group != CascadeSchedule::kNoGroup)
      groups[group].bytes = std::max(groups[group].bytes, bytes);
    else
      lives[result].bytes = bytes;
    if (escapes)
      lives[result].last = schedule.steps.size();
    sums[index].bytes =
        isSum ? llvm::alignTo(getCollectedBytes(op), kAlignment) : 0;
    scratch[index] = isSum ? 0 : facts[begin + index].scratch;
  }
  auto touch = [&](Value value, int step) {
    int writer = value.getDefiningOp() ? indexOf(value.getDefiningOp()) : -1;
    if (writer >= int(begin) && writer < int(end)) {
      unsigned group = schedule.groups[writer - begin];
      (group != CascadeSchedule::kNoGroup ? groups[group] : lives[value])
          .touch(step);
      return;
    }
    // An input of the cascade dies with the last row that is read.
    Value root = getStorage(value);
    auto storage = storages.find(root);
    if (storage == storages.end() || storage->second.last >= int(end))
      return;
    Life &life = lives[root];
    life.bytes = root == streamed ? getBytes(root, schedule.streamRing)
                                  : storage->second.bytes;
    life.first = 0;
    life.touch(step);
  };
  for (auto [step, call] : llvm::enumerate(schedule.steps)) {
    if (call.index == members.size()) // rows of the streamed input
      continue;
    ComputeOpInterface op = members[call.index];
    for (unsigned i = 0; i < op.getNumActivations(); ++i)
      if (!isa_and_nonnull<ConstantOp, PackedOp>(
              op.getActivation(i).getDefiningOp()))
        touch(op.getActivation(i), step);
    touch(op->getResult(0), step);
    sums[call.index].touch(step);
  }

  // What begins and ends before each step.
  int numSteps = schedule.steps.size();
  SmallVector<int64_t> change(numSteps + 2, 0);
  auto add = [&](const Life &life) {
    if (life.last < 0 || life.bytes == 0)
      return;
    change[std::min(life.first, numSteps)] += life.bytes;
    change[std::min(life.last, numSteps) + 1] -= life.bytes;
  };
  Value overlapped;
  if (int64_t saving =
          streamed ? 0 : getSaving(begin, end, schedule.steps, overlapped)) {
    Life both = lives.lookup(members.back()->getResult(0));
    both.last = lives.lookup(overlapped).last;
    both.bytes = -saving;
    if (both.first <= both.last)
      add(both);
  }
  for (auto &[value, life] : lives)
    add(life);
  llvm::for_each(groups, add);
  llvm::for_each(sums, add);
  int64_t alive = getBase(begin, end, lives), peak = 0;
  for (auto [step, call] : llvm::enumerate(schedule.steps)) {
    alive += change[step];
    bool isCall = call.index < members.size();
    peak = std::max(peak, alive + (isCall ? scratch[call.index] : 0));
  }
  return {begin, end, rows, peak, kCallPrice * numSteps};
}

bool SegmentModel::mayCascade(unsigned begin, unsigned end) {
  // Who reads a stream is in the first cascade, with all others that do.
  bool isBroken = int(begin) <= lastStreamReader &&
                  (begin != 0 || int(end) <= lastStreamReader);
  // One operator alone may take its input row by row, too.
  bool isLong = end - begin > 1 || (begin == 0 && lastStreamReader == 0);
  return isLong && !isBroken && canJoin(begin, end);
}
