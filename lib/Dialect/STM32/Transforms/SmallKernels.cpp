//===- SmallKernels.cpp - Kernels of little code for a whole model --------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel that one operator has costs the next one no code. So the kernels of a
// model are a set that is chosen as a whole: each operator takes the cheapest one
// of the set. From the set of the cheapest kernels of all, one kernel at a time is
// added, dropped or exchanged for another, whichever helps most, until nothing
// helps. What counts is bytes; instructions have a price in bytes.
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/KernelChoice.h"
#include "stm32/Target/KernelCode.h"
#include "stm32/Target/KernelCosts.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/MapVector.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;

/// Bytes that twice the instructions of the model must save to be worth it:
/// without a price a kernel ten times as slow would do for two bytes.
static constexpr double kBytesOfAllInstructions = 2048.0;

namespace {
class KernelSet {
public:
  KernelSet(ArrayRef<KernelChoices> operators, Isa core);
  /// The kernel of each operator.
  SmallVector<const KernelRecord *> choose();

private:
  struct Candidate {
    unsigned record; ///< index into `records`
    double cost;     ///< instructions
  };

  const Candidate *findBest(ArrayRef<Candidate> candidates,
                            const llvm::BitVector &set) const;
  double price(const llvm::BitVector &set) const;
  bool improve();

  SmallVector<const KernelRecord *> records;
  SmallVector<SmallVector<Candidate>> operators; ///< the cheapest first
  double leastInstructions = 0;
  llvm::BitVector chosen; ///< of `records`
};
} // namespace

KernelSet::KernelSet(ArrayRef<KernelChoices> choices, Isa core) {
  llvm::MapVector<const KernelRecord *, unsigned> numbers;
  for (const KernelChoices &entry : choices) {
    SmallVector<Candidate> &candidates = operators.emplace_back();
    for (const KernelRecord *record : entry.kernels) {
      unsigned number = numbers.insert({record, numbers.size()}).first->second;
      candidates.push_back({number, getCost(*record, entry.op, core)});
    }
    leastInstructions += candidates.front().cost;
  }
  for (auto &entry : numbers)
    records.push_back(entry.first);
  chosen.resize(records.size());
  for (ArrayRef<Candidate> candidates : operators)
    chosen.set(candidates.front().record);
}

/// The cheapest candidate that is in the set, or null.
const KernelSet::Candidate *
KernelSet::findBest(ArrayRef<Candidate> candidates,
                    const llvm::BitVector &set) const {
  const Candidate *best = llvm::find_if(
      candidates, [&](const Candidate &each) { return set.test(each.record); });
  return best == candidates.end() ? nullptr : best;
}

/// Bytes of the kernels and of the instructions, infinite if an operator would
/// be without a kernel.
double KernelSet::price(const llvm::BitVector &set) const {
  double instructions = 0;
  for (ArrayRef<Candidate> candidates : operators) {
    const Candidate *best = findBest(candidates, set);
    if (!best)
      return std::numeric_limits<double>::infinity();
    instructions += best->cost;
  }
  double bytes = 0;
  for (unsigned record : set.set_bits())
    bytes += getKernelCode(records[record]->name);
  if (leastInstructions > 0)
    bytes += kBytesOfAllInstructions * instructions / leastInstructions;
  return bytes;
}

/// Takes the change that helps most; false if none does.
bool KernelSet::improve() {
  llvm::BitVector best = chosen;
  double least = price(chosen);
  auto consider = [&](const llvm::BitVector &set) {
    double bytes = price(set);
    if (bytes >= least)
      return;
    least = bytes;
    best = set;
  };
  for (unsigned record = 0; record < records.size(); ++record) {
    llvm::BitVector set = chosen;
    consider(set.flip(record));
    if (chosen.test(record))
      continue;
    for (unsigned other : chosen.set_bits()) {
      set.reset(other);
      consider(set);
      set.set(other);
    }
  }
  bool better = best != chosen;
  chosen = best;
  return better;
}

SmallVector<const KernelRecord *> KernelSet::choose() {
  while (improve()) {
  }
  SmallVector<const KernelRecord *> kernels;
  for (ArrayRef<Candidate> candidates : operators)
    kernels.push_back(records[findBest(candidates, chosen)->record]);
  return kernels;
}

SmallVector<const KernelRecord *>
stm32::chooseSmallKernels(ArrayRef<KernelChoices> operators, Isa core) {
  return KernelSet(operators, core).choose();
}
