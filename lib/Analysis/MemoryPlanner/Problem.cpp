//===- Problem.cpp - Buffers to place in one memory pool ------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Analysis/MemoryPlanner/Problem.h"

#include "Instance.h"
#include "StackSaving.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

namespace mlir::stm32::planner {

// The solver adds up to three sums of the kind that check() bounds.
static constexpr int64_t kMaxBytes = std::numeric_limits<int64_t>::max() / 4;

int64_t Buffer::footprint() const {
  return (size + alignment - 1) / alignment * alignment;
}

static std::string nameOf(size_t index) {
  return "buffer " + std::to_string(index);
}

/// Checks what can be said of one buffer alone.
static std::string checkBuffer(const Buffer &buffer, size_t index) {
  if (buffer.size < 0)
    return nameOf(index) + " has negative size " + std::to_string(buffer.size);
  if (buffer.alignment <= 0 || (buffer.alignment & (buffer.alignment - 1)) != 0)
    return nameOf(index) + " has alignment " +
           std::to_string(buffer.alignment) + ", which is not a power of two";
  if (buffer.end < buffer.begin)
    return nameOf(index) + " ends at step " + std::to_string(buffer.end) +
           " before it begins at step " + std::to_string(buffer.begin);
  if (!buffer.fixedOffset)
    return "";
  if (*buffer.fixedOffset < 0)
    return nameOf(index) + " has negative fixed offset " +
           std::to_string(*buffer.fixedOffset);
  if (*buffer.fixedOffset % buffer.alignment != 0)
    return nameOf(index) + " has fixed offset " +
           std::to_string(*buffer.fixedOffset) +
           ", which is not a multiple of its alignment " +
           std::to_string(buffer.alignment);
  return "";
}

/// Checks the overlaps one by one.
static std::string checkOverlap(const std::vector<Buffer> &buffers,
                                const Overlap &overlap, size_t index) {
  std::string name = "overlap " + std::to_string(index);
  for (uint32_t buffer : {overlap.lower, overlap.upper})
    if (buffer >= buffers.size())
      return name + " names " + nameOf(buffer) + ", but there are only " +
             std::to_string(buffers.size()) + " buffers";
  if (overlap.lower == overlap.upper)
    return name + " is between " + nameOf(overlap.lower) + " and itself";
  int64_t footprint = buffers[overlap.lower].footprint();
  if (overlap.distance < 0 || overlap.distance > footprint)
    return name + " has distance " + std::to_string(overlap.distance) +
           ", which is not within the " + std::to_string(footprint) +
           " bytes of " + nameOf(overlap.lower);
  return "";
}

/// Checks that no two overlaps are of the same buffers.
static std::string checkRepetition(const std::vector<Overlap> &overlaps) {
  std::vector<size_t> order(overlaps.size());
  std::iota(order.begin(), order.end(), 0);
  auto key = [&](size_t i) {
    return std::tuple(overlaps[i].lower, overlaps[i].upper, i);
  };
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return key(a) < key(b); });
  for (size_t x = 1; x < order.size(); ++x) {
    const Overlap &a = overlaps[order[x - 1]], &b = overlaps[order[x]];
    if (a.lower == b.lower && a.upper == b.upper)
      return "overlap " + std::to_string(order[x]) + " repeats overlap " +
             std::to_string(order[x - 1]);
  }
  return "";
}

/// Checks that overlaps form no cycle: takes away buffers that have nothing
/// under them until none is left.
static std::string checkCycles(const Problem &problem) {
  std::vector<std::vector<uint32_t>> uppers(problem.buffers.size());
  std::vector<uint32_t> numLowers(problem.buffers.size(), 0);
  for (const Overlap &overlap : problem.overlaps) {
    uppers[overlap.lower].push_back(overlap.upper);
    ++numLowers[overlap.upper];
  }
  std::vector<uint32_t> ready;
  for (size_t i = 0; i < numLowers.size(); ++i)
    if (numLowers[i] == 0)
      ready.push_back(uint32_t(i));
  for (size_t x = 0; x < ready.size(); ++x)
    for (uint32_t upper : uppers[ready[x]])
      if (--numLowers[upper] == 0)
        ready.push_back(upper);
  for (size_t i = 0; i < numLowers.size(); ++i)
    if (numLowers[i] > 0)
      return "the overlaps of " + nameOf(i) + " lead to a cycle";
  return "";
}

/// Checks that fixed buffers leave each other alone. Needs the other checks to
/// have passed.
static std::string checkFixedOverlap(const Problem &problem) {
  const std::vector<Buffer> &buffers = problem.buffers;
  auto hasLeave = [&](size_t lower, size_t upper) {
    return std::any_of(problem.overlaps.begin(), problem.overlaps.end(),
                       [&](const Overlap &overlap) {
                         return overlap.lower == lower &&
                                overlap.upper == upper &&
                                *buffers[lower].fixedOffset +
                                        overlap.distance <=
                                    *buffers[upper].fixedOffset;
                       });
  };
  std::vector<size_t> fixed;
  for (size_t i = 0; i < buffers.size(); ++i)
    if (buffers[i].fixedOffset && buffers[i].occupiesMemory())
      fixed.push_back(i);
  for (size_t x = 0; x < fixed.size(); ++x) {
    for (size_t y = x + 1; y < fixed.size(); ++y) {
      const Buffer &a = buffers[fixed[x]], &b = buffers[fixed[y]];
      if (a.isLiveWith(b) && *a.fixedOffset < *b.fixedOffset + b.footprint() &&
          *b.fixedOffset < *a.fixedOffset + a.footprint() &&
          !hasLeave(fixed[x], fixed[y]) && !hasLeave(fixed[y], fixed[x]))
        return nameOf(fixed[x]) + " fixed at offset " +
               std::to_string(*a.fixedOffset) + " overlaps " +
               nameOf(fixed[y]) + " fixed at offset " +
               std::to_string(*b.fixedOffset);
    }
  }
  return "";
}

int64_t Problem::gapOf(const Overlap &overlap) const {
  int64_t alignment = std::min(buffers[overlap.lower].alignment,
                               buffers[overlap.upper].alignment);
  return (overlap.distance + alignment - 1) / alignment * alignment;
}

std::string Problem::check() const {
  if (capacity && *capacity < 0)
    return "capacity " + std::to_string(*capacity) + " is negative";
  if (buffers.size() > size_t(std::numeric_limits<int32_t>::max()))
    return std::to_string(buffers.size()) + " buffers are too many";

  // Every offset that the solver looks at is at most the sum of all sizes, each
  // with up to twice its alignment lost to rounding, on top of the highest
  // fixed end. The sum is built so that no step of it can overflow.
  int64_t total = 0, highestFixed = 0;
  auto add = [](int64_t &sum, int64_t value) {
    if (value > kMaxBytes - sum)
      return false;
    sum += value;
    return true;
  };
  for (size_t i = 0; i < buffers.size(); ++i) {
    const Buffer &buffer = buffers[i];
    std::string error = checkBuffer(buffer, i);
    if (!error.empty())
      return error;
    int64_t fixedEnd = buffer.fixedOffset.value_or(0);
    bool fits = add(total, buffer.size) && add(total, buffer.alignment) &&
                add(total, buffer.alignment) && add(fixedEnd, buffer.size) &&
                add(fixedEnd, buffer.alignment);
    highestFixed = std::max(highestFixed, buffer.fixedOffset ? fixedEnd : 0);
    if (!fits || highestFixed > kMaxBytes - total)
      return "the sizes up to " + nameOf(i) +
             " with their alignments are more than " +
             std::to_string(kMaxBytes) + " bytes";
  }
  for (size_t i = 0; i < overlaps.size(); ++i)
    if (std::string error = checkOverlap(buffers, overlaps[i], i);
        !error.empty())
      return error;
  if (std::string error = checkRepetition(overlaps); !error.empty())
    return error;
  if (std::string error = checkCycles(*this); !error.empty())
    return error;
  return checkFixedOverlap(*this);
}

MaxLive computeMaxLive(const Problem &problem) {
  // The live set only grows where a buffer begins, so the maximum is reached at
  // some begin. Deltas are sorted by step; at equal steps, ends come before
  // begins because intervals are half-open.
  std::vector<std::pair<int32_t, int64_t>> deltas;
  for (const Buffer &buffer : problem.buffers) {
    if (!buffer.occupiesMemory())
      continue;
    deltas.emplace_back(buffer.begin, buffer.footprint());
    deltas.emplace_back(buffer.end, -buffer.footprint());
  }
  std::sort(deltas.begin(), deltas.end());

  MaxLive result;
  int64_t live = 0;
  for (auto [step, delta] : deltas) {
    live += delta;
    if (live > result.bytes) {
      result.bytes = live;
      result.step = step;
    }
  }
  for (size_t i = 0; i < problem.buffers.size(); ++i) {
    const Buffer &buffer = problem.buffers[i];
    if (buffer.occupiesMemory() && buffer.begin <= result.step &&
        result.step < buffer.end)
      result.buffers.push_back(uint32_t(i));
  }
  return result;
}

int64_t computeLowerBound(const Problem &problem) {
  int64_t bound = 0;
  if (problem.overlaps.empty()) {
    bound = computeMaxLive(problem).bytes;
  } else {
    Instance instance(problem);
    StackSaving saving(instance);
    for (const std::vector<int32_t> &section : instance.sections) {
      saving.clear();
      int64_t sum = 0;
      for (int32_t i : section) {
        saving.add(i);
        sum += instance.items[i].size;
        bound = std::max(bound, instance.items[i].size);
      }
      bound = std::max(bound, sum - saving.bytes());
    }
  }
  for (const Buffer &buffer : problem.buffers)
    if (buffer.fixedOffset && buffer.occupiesMemory())
      bound = std::max(bound, *buffer.fixedOffset + buffer.footprint());
  return bound;
}

} // namespace mlir::stm32::planner
