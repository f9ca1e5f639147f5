//===- Problem.cpp - Buffers to place in one memory pool ------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Analysis/MemoryPlanner/Problem.h"

#include <algorithm>
#include <limits>
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

/// Checks that fixed buffers leave each other alone. Needs checkBuffer() and
/// the overflow check to have passed.
static std::string checkFixedOverlap(const std::vector<Buffer> &buffers) {
  std::vector<size_t> fixed;
  for (size_t i = 0; i < buffers.size(); ++i)
    if (buffers[i].fixedOffset && buffers[i].occupiesMemory())
      fixed.push_back(i);
  for (size_t x = 0; x < fixed.size(); ++x) {
    for (size_t y = x + 1; y < fixed.size(); ++y) {
      const Buffer &a = buffers[fixed[x]], &b = buffers[fixed[y]];
      if (a.isLiveWith(b) && *a.fixedOffset < *b.fixedOffset + b.footprint() &&
          *b.fixedOffset < *a.fixedOffset + a.footprint())
        return nameOf(fixed[x]) + " fixed at offset " +
               std::to_string(*a.fixedOffset) + " overlaps " +
               nameOf(fixed[y]) + " fixed at offset " +
               std::to_string(*b.fixedOffset);
    }
  }
  return "";
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
  return checkFixedOverlap(buffers);
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
  int64_t bound = computeMaxLive(problem).bytes;
  for (const Buffer &buffer : problem.buffers)
    if (buffer.fixedOffset && buffer.occupiesMemory())
      bound = std::max(bound, *buffer.fixedOffset + buffer.footprint());
  return bound;
}

} // namespace mlir::stm32::planner
