//===- CascadeSchedule.cpp - Order of the calls of a cascade --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/CascadeSchedule.h"

#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace mlir::stm32;

namespace {
/// Steps [begin, end) at which a result holds rows that are still needed.
struct Interval {
  int64_t begin, end;
};

/// Another stage, and the rows of the result between them that its rows, or
/// those of this one, read.
struct Link {
  unsigned stage;
  RowMap rows;
};

/// One operator, or the streamed input, while the schedule is made.
struct Stage {
  ComputeOpInterface op; ///< null for the input
  int64_t numRows;
  /// An operator outside of the cascade uses the result.
  bool escapes = false;
  bool collects = false;
  SmallVector<Link> readers;   ///< operators that read the result
  SmallVector<Link> producers; ///< operators whose results it reads
  /// Rows computed so far.
  int64_t done = 0;
  SmallVector<Interval> lives;
  /// The last of its lives goes on.
  bool isAlive = false;
};

class Scheduler {
public:
  Scheduler(ArrayRef<ComputeOpInterface> operators, int64_t rows, Value stream);
  CascadeSchedule run();

private:
  int64_t getOldestNeeded(const Stage &stage);
  void ensure(unsigned index, int64_t end);
  void call(unsigned index, int64_t first, int64_t count);
  void updateLife(Stage &stage, int64_t step);
  void groupResults();

  SmallVector<Stage> stages;
  int64_t rows;
  CascadeSchedule schedule;
};
} // namespace

Scheduler::Scheduler(ArrayRef<ComputeOpInterface> operators, int64_t rows,
                     Value stream)
    : rows(rows) {
  llvm::DenseMap<Operation *, unsigned> indices;
  for (auto [index, op] : llvm::enumerate(operators)) {
    indices[op] = index;
    Stage stage;
    stage.op = op;
    stage.numRows = getNumRows(op);
    stage.collects = getRowKind(op) == RowKind::Collecting;
    stages.push_back(stage);
  }
  auto addUses = [&](unsigned index, Value value) {
    for (OpOperand &use : value.getUses()) {
      auto reader = indices.find(use.getOwner());
      if (reader == indices.end()) {
        stages[index].escapes = true;
        continue;
      }
      RowMap rows =
          getRowMap(stages[reader->second].op, use.getOperandNumber());
      stages[index].readers.push_back({reader->second, rows});
      stages[reader->second].producers.push_back({index, rows});
    }
  };
  for (unsigned index = 0; index < operators.size(); ++index)
    addUses(index, stages[index].op->getResult(0));
  stages.back().escapes = true;
  if (stream) {
    Stage input;
    input.numRows = cast<ShapedType>(stream.getType()).getDimSize(1);
    stages.push_back(input);
    addUses(operators.size(), stream);
  }
  schedule.rings.assign(stages.size(), 1);
}

/// The first row of the result that somebody still reads; `numRows` if nobody
/// does.
int64_t Scheduler::getOldestNeeded(const Stage &stage) {
  int64_t oldest = stage.numRows;
  for (const Link &link : stage.readers) {
    const Stage &reader = stages[link.stage];
    if (reader.done < reader.numRows)
      oldest = std::min(oldest, link.rows.read(reader.done, 1).begin);
  }
  return oldest;
}

/// Runs operator `index` for rows [first, first + count), of which its inputs
/// are there.
void Scheduler::call(unsigned index, int64_t first, int64_t count) {
  Stage &stage = stages[index];
  int64_t step = schedule.steps.size();
  schedule.steps.push_back({index, first, count});
  // The oldest row is one that is needed before its readers go on.
  if (!stage.collects && !stage.escapes)
    schedule.rings[index] =
        std::max(schedule.rings[index],
                 first + count - std::min(first, getOldestNeeded(stage)));
  stage.done = first + count;
  if (!stage.isAlive)
    stage.lives.push_back({step, step + 1});
  stage.isAlive = true;
  // What it has read may have been the last that was needed of a result.
  updateLife(stage, step);
  for (const Link &producer : stage.producers)
    updateLife(stages[producer.stage], step);
}

/// Ends the life of a result, if nobody needs a row of it after `step`.
void Scheduler::updateLife(Stage &stage, int64_t step) {
  if (!stage.isAlive)
    return;
  stage.lives.back().end = step + 1;
  stage.isAlive = getOldestNeeded(stage) < stage.done;
}

/// Sees to it that operator `index` has computed its rows before `end`.
void Scheduler::ensure(unsigned index, int64_t end) {
  Stage &stage = stages[index];
  while (stage.done < end) {
    // Rows that a stride leaves out are not computed, unless somebody else sees
    // the whole result.
    int64_t first = stage.done;
    if (!stage.escapes && stage.op)
      first = std::max(first, std::min(end - 1, getOldestNeeded(stage)));
    int64_t count = std::min(rows, end - first);
    for (const Link &producer : stage.producers)
      ensure(producer.stage, producer.rows.read(first, count).end);
    call(index, first, count);
    // What collects rows takes them at once.
    for (const Link &reader : stage.readers)
      if (stages[reader.stage].collects)
        call(reader.stage, first, count);
  }
}

/// Puts results that never hold needed rows at the same time into one memory.
void Scheduler::groupResults() {
  schedule.groups.assign(stages.size(), CascadeSchedule::kNoGroup);
  SmallVector<SmallVector<Interval>> busy;
  auto meets = [](ArrayRef<Interval> a, ArrayRef<Interval> b) {
    for (size_t i = 0, k = 0; i < a.size() && k < b.size();) {
      if (a[i].begin < b[k].end && b[k].begin < a[i].end)
        return true;
      if (a[i].end < b[k].end)
        ++i;
      else
        ++k;
    }
    return false;
  };
  for (auto [index, stage] : llvm::enumerate(stages)) {
    if (stage.escapes || stage.collects || !stage.op)
      continue;
    const SmallVector<Interval> &lives = stage.lives;
    auto *group = llvm::find_if(busy, [&](const SmallVector<Interval> &other) {
      return !meets(lives, other);
    });
    schedule.groups[index] = group - busy.begin();
    if (group == busy.end()) {
      busy.push_back(lives);
      continue;
    }
    SmallVector<Interval> merged;
    std::merge(group->begin(), group->end(), lives.begin(), lives.end(),
               std::back_inserter(merged),
               [](Interval a, Interval b) { return a.begin < b.begin; });
    *group = std::move(merged);
  }
  schedule.numGroups = busy.size();
}

CascadeSchedule Scheduler::run() {
  for (unsigned index = stages.size(); index-- > 0;) {
    Stage &stage = stages[index];
    // Results of others than the last operator follow from what it needs, but
    // for the rows that it does not need.
    if (stage.escapes && !(stage.collects && !stage.producers.empty()))
      ensure(index, stage.numRows);
    else if (stage.collects)
      ensure(stage.producers.front().stage, stage.numRows);
    if (stage.escapes && !stage.collects)
      schedule.rings[index] = stage.numRows;
  }
  groupResults();
  if (!stages.back().op) {
    schedule.streamRing = schedule.rings.pop_back_val();
    schedule.groups.pop_back();
  }
  return std::move(schedule);
}

CascadeSchedule stm32::scheduleCascade(ArrayRef<ComputeOpInterface> operators,
                                       int64_t rows, Value stream) {
  return Scheduler(operators, rows, stream).run();
}
