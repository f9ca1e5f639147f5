//===- Placement.cpp - Buffers to spread over several pools ---------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Depth first, the most accessed buffers first, each in its cheapest pool
// first: the first leaf is first fit, and a branch ends where the rest in its
// cheapest pools would not be cheaper than what was found. Where the limit ends
// that search, single moves and exchanges go on from the best placement.
//
//===----------------------------------------------------------------------===//

#include "stm32/Analysis/MemoryPlanner/Placement.h"

#include "stm32/Analysis/MemoryPlanner/Solver.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

using namespace mlir::stm32::planner;

namespace {
constexpr uint32_t kNowhere = std::numeric_limits<uint32_t>::max();

class Placer {
public:
  Placer(const PlacementProblem &problem, const PlacementOptions &options);
  Placement run();

private:
  int64_t getCost(uint32_t buffer, uint32_t pool) const {
    return problem.buffers[buffer].accesses * problem.pools[pool].price;
  }
  bool mayLieIn(uint32_t buffer, uint32_t pool) const {
    std::optional<uint32_t> pinned = problem.buffers[buffer].pinned;
    return !pinned || *pinned == pool;
  }
  int64_t getCost() const;
  int64_t getRoom(uint32_t pool) const;
  bool plan(uint32_t pool);
  bool move(uint32_t buffer, uint32_t pool);
  void search(size_t depth, int64_t cost);
  void keep(int64_t cost);
  bool improve();
  bool isOver() const { return plans >= options.planLimit; }

  const PlacementProblem &problem;
  const PlacementOptions &options;
  std::vector<uint32_t> order;    ///< buffers, the most accessed first
  std::vector<uint32_t> cheapest; ///< pools, the cheapest first
  std::vector<int64_t>
      leastAfter;              ///< least cost of order[i] and those behind it
  std::vector<uint32_t> where; ///< pool of each buffer, or kNowhere
  std::vector<int64_t> peaks;
  std::vector<uint32_t> best;
  std::vector<int64_t> bestPeaks;
  int64_t bestCost = std::numeric_limits<int64_t>::max();
  size_t deepest = 0; ///< place in `order` that no search came beyond
  uint64_t plans = 0;
};
} // namespace

Placer::Placer(const PlacementProblem &problem, const PlacementOptions &options)
    : problem(problem), options(options), order(problem.buffers.size()),
      cheapest(problem.pools.size()), leastAfter(problem.buffers.size() + 1, 0),
      where(problem.buffers.size(), kNowhere), peaks(problem.pools.size(), 0) {
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    auto getKey = [&](uint32_t index) {
      const PlacementBuffer &buffer = problem.buffers[index];
      return std::make_tuple(!buffer.pinned, -buffer.accesses, index);
    };
    return getKey(a) < getKey(b);
  });
  std::iota(cheapest.begin(), cheapest.end(), 0);
  std::sort(cheapest.begin(), cheapest.end(), [&](uint32_t a, uint32_t b) {
    return std::make_pair(problem.pools[a].price, a) <
           std::make_pair(problem.pools[b].price, b);
  });
  for (size_t i = order.size(); i-- > 0;) {
    uint32_t pool = problem.buffers[order[i]].pinned.value_or(cheapest[0]);
    leastAfter[i] = leastAfter[i + 1] + getCost(order[i], pool);
  }
}

int64_t Placer::getCost() const {
  int64_t cost = 0;
  for (uint32_t buffer = 0; buffer < where.size(); ++buffer)
    cost += getCost(buffer, where[buffer]);
  return cost;
}

/// Bytes that `pool` may take beside the other pools of its region.
int64_t Placer::getRoom(uint32_t pool) const {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const PlacementPool &own = problem.pools[pool];
  int64_t room = own.capacity.value_or(kMost);
  if (!problem.regions[own.region])
    return room;
  int64_t left = *problem.regions[own.region];
  for (uint32_t other = 0; other < peaks.size(); ++other) {
    int64_t alignment = problem.pools[other].alignment;
    if (other != pool && problem.pools[other].region == own.region)
      left -= (peaks[other] + alignment - 1) / alignment * alignment;
  }
  return std::min(room, left);
}

/// Plans the buffers of `pool` and keeps its peak; false if it has no room.
bool Placer::plan(uint32_t pool) {
  ++plans;
  Problem own;
  std::vector<uint32_t> indices(where.size(), kNowhere);
  for (uint32_t buffer = 0; buffer < where.size(); ++buffer) {
    if (where[buffer] != pool)
      continue;
    const PlacementBuffer &item = problem.buffers[buffer];
    indices[buffer] = uint32_t(own.buffers.size());
    own.buffers.push_back({item.size, problem.pools[pool].alignment, item.begin,
                           item.end, std::nullopt});
  }
  for (const Overlap &overlap : problem.overlaps)
    if (indices[overlap.lower] != kNowhere &&
        indices[overlap.upper] != kNowhere)
      own.overlaps.push_back(
          {indices[overlap.lower], indices[overlap.upper], overlap.distance});
  if (!own.check().empty())
    return false;
  int64_t room = getRoom(pool);
  if (computeLowerBound(own) > room)
    return false;
  // A good plan is soon found where there is one; a last byte is not worth the
  // search for each placement anew.
  Options limits;
  limits.nodeLimit = 2000;
  limits.workLimit = 20000000;
  limits.targetPeak = room;
  int64_t peak = solve(own, limits).peak;
  if (peak > room)
    return false;
  peaks[pool] = peak;
  return true;
}

/// Puts `buffer` into `pool`; false, with nothing changed, if it does not fit.
bool Placer::move(uint32_t buffer, uint32_t pool) {
  uint32_t before = where[buffer];
  int64_t peak = peaks[pool];
  where[buffer] = pool;
  if (plan(pool))
    return true;
  where[buffer] = before;
  peaks[pool] = peak;
  return false;
}

void Placer::keep(int64_t cost) {
  best = where;
  bestPeaks = peaks;
  bestCost = cost;
}

void Placer::search(size_t depth, int64_t cost) {
  deepest = std::max(deepest, depth);
  if (depth == order.size())
    return keep(cost);
  uint32_t buffer = order[depth];
  for (uint32_t pool : cheapest) {
    if (!mayLieIn(buffer, pool))
      continue;
    // Without a placement the search goes on, but not for ever.
    bool isEnough =
        isOver() && (!best.empty() || plans >= 4 * options.planLimit);
    int64_t sum = cost + getCost(buffer, pool);
    if (isEnough || sum + leastAfter[depth + 1] >= bestCost)
      return;
    int64_t peak = peaks[pool];
    if (!move(buffer, pool))
      continue;
    search(depth + 1, sum);
    where[buffer] = kNowhere;
    peaks[pool] = peak;
  }
}

/// Makes one move or one exchange of two buffers that costs less.
bool Placer::improve() {
  for (uint32_t buffer : order)
    for (uint32_t pool : cheapest) {
      uint32_t before = where[buffer];
      int64_t gain = getCost(buffer, before) - getCost(buffer, pool);
      if (isOver())
        return false;
      if (gain <= 0 || !mayLieIn(buffer, pool))
        continue;
      if (move(buffer, pool)) {
        plan(before);
        return true;
      }
      // Another one makes room: that of the fewest accesses first.
      for (size_t i = order.size(); i-- > 0 && !isOver();) {
        uint32_t other = order[i];
        int64_t loss = getCost(other, before) - getCost(other, pool);
        if (where[other] != pool || !mayLieIn(other, before) || loss >= gain)
          continue;
        std::vector<uint32_t> oldWhere = where;
        std::vector<int64_t> oldPeaks = peaks;
        where[other] = before;
        where[buffer] = pool;
        peaks[before] = peaks[pool] = 0; // both are planned anew
        if (plan(pool) && plan(before))
          return true;
        where = oldWhere;
        peaks = oldPeaks;
      }
    }
  return false;
}

Placement Placer::run() {
  search(0, 0);
  Placement result;
  result.lowerBound = leastAfter[0];
  if (best.empty()) {
    result.unplaced = order[std::min(deepest, order.size() - 1)];
    return result;
  }
  result.certificate = PlacementCertificate::Optimal;
  if (isOver()) {
    // The same again for what the search did not come to.
    where = best;
    peaks = bestPeaks;
    plans = 0;
    while (!isOver() && improve())
      ;
    // An exchange that the limit cut short is none.
    if (int64_t cost = getCost(); cost < bestCost)
      keep(cost);
    result.certificate = PlacementCertificate::Feasible;
  }
  if (bestCost == result.lowerBound)
    result.certificate = PlacementCertificate::Optimal;
  if (result.certificate == PlacementCertificate::Optimal)
    result.lowerBound = bestCost;
  result.pools = best;
  result.peaks = bestPeaks;
  result.cost = bestCost;
  return result;
}

Placement mlir::stm32::planner::place(const PlacementProblem &problem,
                                      const PlacementOptions &options) {
  if (problem.buffers.empty() || problem.pools.empty()) {
    Placement nothing;
    nothing.peaks.assign(problem.pools.size(), 0);
    nothing.certificate = problem.buffers.empty()
                              ? PlacementCertificate::Optimal
                              : PlacementCertificate::Infeasible;
    return nothing;
  }
  return Placer(problem, options).run();
}
