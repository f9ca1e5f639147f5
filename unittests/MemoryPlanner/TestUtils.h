//===- TestUtils.h - Problems for planner tests -----------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Generators and reference solutions. None of them uses the solver's code.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_UNITTESTS_MEMORYPLANNER_TESTUTILS_H
#define STM32_UNITTESTS_MEMORYPLANNER_TESTUTILS_H

#include "stm32/Analysis/MemoryPlanner/Problem.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace mlir::stm32::planner {

/// A random generator with the same sequence on every host.
class Random {
public:
  explicit Random(uint64_t seed) : state(seed * 2 + 1) {}

  /// A number in [low, high], both inclusive.
  int64_t in(int64_t low, int64_t high) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return low + int64_t((state >> 33) % uint64_t(high - low + 1));
  }
  bool chance(int percent) { return in(1, 100) <= percent; }

private:
  uint64_t state;
};

/// The bytes that buffer `upper` must start above buffer `lower` at least, if
/// it lies above it.
inline int64_t gapBetween(const Problem &problem, size_t lower, size_t upper) {
  for (const Overlap &overlap : problem.overlaps)
    if (overlap.lower == lower && overlap.upper == upper)
      return overlap.distance;
  return problem.buffers[lower].footprint();
}

/// Places the buffers in `order`, each at the lowest free aligned offset beside
/// the fixed ones, and returns the peak in bytes.
inline int64_t firstFitPeak(const Problem &problem,
                            const std::vector<size_t> &order) {
  const std::vector<Buffer> &buffers = problem.buffers;
  std::vector<int64_t> offsets(buffers.size(), -1);
  int64_t peak = 0;
  auto put = [&](size_t i, int64_t offset) {
    offsets[i] = offset;
    if (buffers[i].occupiesMemory())
      peak = std::max(peak, offset + buffers[i].footprint());
  };
  for (size_t i = 0; i < buffers.size(); ++i)
    if (buffers[i].fixedOffset)
      put(i, *buffers[i].fixedOffset);
  for (size_t i : order) {
    if (buffers[i].fixedOffset)
      continue;
    // Whatever is in the way moves the offset up behind it.
    int64_t offset = 0, alignment = buffers[i].alignment;
    for (size_t j = 0; j < buffers.size();) {
      int64_t end = offsets[j] + gapBetween(problem, j, i);
      if (offsets[j] < 0 || !buffers[i].isLiveWith(buffers[j]) ||
          end <= offset || offset + gapBetween(problem, i, j) <= offsets[j]) {
        ++j;
        continue;
      }
      offset = (end + alignment - 1) / alignment * alignment;
      j = 0;
    }
    put(i, offset);
  }
  return peak;
}

/// The peak of the usual greedy planner: largest buffer first.
inline int64_t greedyBySizePeak(const Problem &problem) {
  std::vector<size_t> order(problem.buffers.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    int64_t x = problem.buffers[a].size, y = problem.buffers[b].size;
    return x != y ? x > y : a < b;
  });
  return firstFitPeak(problem, order);
}

/// The smallest peak, by trying every order. First fit in the order of the
/// offsets of a best plan, lowers before uppers at the same offset, gives a
/// peak that is not higher, so no plan is missed.
inline int64_t bruteForcePeak(const Problem &problem) {
  std::vector<size_t> order(problem.buffers.size());
  std::iota(order.begin(), order.end(), 0);
  int64_t best = INT64_MAX;
  do {
    best = std::min(best, firstFitPeak(problem, order));
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

/// Whether some assignment of offsets keeps below `peak`, by trying all offsets
/// of all buffers. Only for tiny problems.
inline bool fitsBelow(const Problem &problem, int64_t peak,
                      std::vector<int64_t> offsets = {}) {
  size_t i = offsets.size();
  if (i == problem.buffers.size())
    return true;
  const Buffer &buffer = problem.buffers[i];
  for (int64_t at = 0; at + buffer.footprint() <= peak;
       at += buffer.alignment) {
    bool isFree = !buffer.fixedOffset || *buffer.fixedOffset == at;
    for (size_t j = 0; j < i && isFree; ++j)
      isFree = !buffer.isLiveWith(problem.buffers[j]) ||
               at + gapBetween(problem, i, j) <= offsets[j] ||
               offsets[j] + gapBetween(problem, j, i) <= at;
    if (!isFree)
      continue;
    offsets.push_back(at);
    if (fitsBelow(problem, peak, offsets))
      return true;
    offsets.pop_back();
  }
  return false;
}

/// Adds up to `count` random overlaps: of buffers that are alive together where
/// there are such, with distances in [0, footprint(lower)], often 0. Those that
/// check() would refuse are dropped.
inline void addOverlaps(Problem &problem, Random &random, int64_t count) {
  int64_t last = int64_t(problem.buffers.size()) - 1;
  for (int64_t tries = 0; tries < count; ++tries) {
    Overlap overlap;
    overlap.lower = uint32_t(random.in(0, last));
    overlap.upper = uint32_t(random.in(0, last));
    if (!random.chance(40))
      overlap.distance =
          random.in(0, problem.buffers[overlap.lower].footprint());
    problem.overlaps.push_back(overlap);
    if (!problem.check().empty())
      problem.overlaps.pop_back();
  }
}

/// Cuts the rectangle of `capacity` bytes (a multiple of 16) by `steps` steps
/// into about `count` buffers, then drops some of them.
///
///   capacity +-----+-----------+
///            |  0  |     1     |     The rectangle is a plan with a peak of
///            |     +-----+-----+     `capacity`. What is alive in the middle
///            +-----+  3  |  4  |     step is never dropped, so the max-live
///            |  2  |     |     |     bound is `capacity` too: that is the
///          0 +-----+-----+-----+     optimum.
///            0               steps
inline Problem cutRectangle(uint64_t seed, int64_t capacity, int32_t steps,
                            size_t count, int dropPercent) {
  struct Piece {
    int64_t low, high;
    int32_t begin, end;
    double area() const { return double(high - low) * (end - begin); }
  };
  constexpr int64_t unit = 16;
  Random random(seed);
  std::vector<Piece> pieces{{0, capacity, 0, steps}};
  for (size_t tries = 0; pieces.size() < count && tries < 20 * count; ++tries) {
    // The largest of three pieces: neither all alike nor a few giants.
    size_t pick = size_t(random.in(0, int64_t(pieces.size()) - 1));
    for (int other = 0; other < 2; ++other) {
      size_t next = size_t(random.in(0, int64_t(pieces.size()) - 1));
      if (pieces[next].area() > pieces[pick].area())
        pick = next;
    }
    Piece &piece = pieces[pick];
    Piece rest = piece;
    if (random.chance(50)) {
      if (piece.high - piece.low < 2 * unit)
        continue;
      int64_t units = (piece.high - piece.low) / unit;
      piece.high = rest.low = piece.low + random.in(1, units - 1) * unit;
    } else {
      if (piece.end - piece.begin < 2)
        continue;
      piece.end = rest.begin =
          int32_t(random.in(piece.begin + 1, piece.end - 1));
    }
    pieces.push_back(rest);
  }

  Problem problem;
  for (const Piece &piece : pieces) {
    bool isInMiddle = piece.begin <= steps / 2 && steps / 2 < piece.end;
    if (isInMiddle || !random.chance(dropPercent))
      problem.buffers.push_back(
          {piece.high - piece.low, unit, piece.begin, piece.end});
  }
  for (size_t i = problem.buffers.size(); i > 1; --i)
    std::swap(problem.buffers[i - 1],
              problem.buffers[size_t(random.in(0, int64_t(i) - 1))]);
  return problem;
}

/// The buffers of a network of `count` layers: most outputs die at the next
/// layer, some live on for a skip connection, some layers need scratch memory.
inline Problem layerChain(uint64_t seed, int32_t count) {
  Random random(seed);
  Problem problem;
  int64_t size = 64 * random.in(100, 1000);
  for (int32_t step = 0; int32_t(problem.buffers.size()) < count; ++step) {
    size = std::max<int64_t>(16, size * random.in(50, 125) / 100);
    int32_t uses = random.chance(25) ? int32_t(random.in(2, 6)) : 1;
    problem.buffers.push_back({size, 16, step, step + uses + 1});
    if (random.chance(20))
      problem.buffers.push_back({random.in(1, 4096), 16, step, step + 1});
  }
  return problem;
}

} // namespace mlir::stm32::planner

#endif // STM32_UNITTESTS_MEMORYPLANNER_TESTUTILS_H
