//===- Solver.cpp - Exact offset planning with a certificate --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Analysis/MemoryPlanner/Solver.h"

#include "Greedy.h"
#include "Instance.h"
#include "Search.h"

#include <algorithm>

namespace mlir::stm32::planner {

// Improvements of the greedy start. Cheap against the search, and often enough.
static constexpr int kGreedyRounds = 100;
// Nodes of the first run of each strategy.
static constexpr uint64_t kFirstBudget = 500;

const char *stringifyCertificate(Certificate certificate) {
  switch (certificate) {
  case Certificate::BoundReached:
    return "bound-reached";
  case Certificate::Optimal:
    return "optimal";
  case Certificate::Feasible:
    return "feasible";
  case Certificate::Infeasible:
    return "infeasible";
  case Certificate::Unknown:
    return "unknown";
  case Certificate::Invalid:
    return "invalid";
  }
  return "unknown";
}

namespace {
/// Closes in on the smallest peak from both sides: `lower` is what the search
/// has excluded, `best` what it has found.
class Planner {
public:
  Planner(const Problem &problem, const Options &options)
      : problem(problem), options(options), instance(problem) {}

  Plan run();

private:
  /// Whether the caller has no use for more work.
  bool isDone() const {
    return best.peak <= goal() ||
           (problem.capacity && lower > *problem.capacity);
  }
  int64_t goal() const {
    return std::max(lower, options.targetPeak.value_or(0));
  }
  void searchForBetter(Search &search);
  bool decide(Search &search, int64_t peak, unsigned strategy, uint64_t budget);
  Plan makePlan(uint64_t nodes) const;

  const Problem &problem;
  const Options &options;
  Instance instance;
  Placement best;
  int64_t bound = 0;
  int64_t lower = 0;
};
} // namespace

Plan Planner::run() {
  std::optional<Search::Clock::time_point> deadline;
  if (options.timeLimitMs > 0)
    deadline =
        Search::Clock::now() + std::chrono::milliseconds(options.timeLimitMs);
  bound = lower = computeLowerBound(problem);
  best = planGreedily(instance, goal(), kGreedyRounds);
  if (isDone())
    return makePlan(0);
  Search search(instance, deadline, options.workLimit);
  searchForBetter(search);
  return makePlan(search.nodes());
}

/// One question to the search; moves `lower` or `best`. Returns false if the
/// question stays open.
bool Planner::decide(Search &search, int64_t peak, unsigned strategy,
                     uint64_t budget) {
  switch (search.run(peak, strategy, budget)) {
  case Outcome::LimitHit:
    return false;
  case Outcome::Exhausted:
    lower = std::max({lower, peak + 1, search.nextPeak(peak)});
    return true;
  case Outcome::Solved: {
    Placement placement = search.placement();
    if (placement.peak < best.peak)
      best = std::move(placement);
    return true;
  }
  }
  return false;
}

void Planner::searchForBetter(Search &search) {
  uint64_t budget = kFirstBudget;
  auto remaining = [&] {
    uint64_t used = search.nodes();
    return used >= options.nodeLimit || search.isOver()
               ? 0
               : options.nodeLimit - used;
  };
  // Most problems have a plan at the bound, so half of the work asks for the
  // smallest peak that is not excluded. The other half looks for any progress
  // in the open range: halfway first, then closer to the best plan.
  int64_t upperPart = 2;
  for (unsigned strategy = 0; !isDone() && remaining() > 0; ++strategy) {
    decide(search, goal(), strategy, std::min(budget, remaining()));
    if (isDone() || remaining() == 0)
      return;
    int64_t middle = best.peak - 1 - (best.peak - 1 - goal()) / upperPart;
    if (middle > goal()) {
      bool decided =
          decide(search, middle, strategy, std::min(budget, remaining()));
      upperPart = decided ? 2 : std::min<int64_t>(upperPart * 2, 1 << 20);
    }
    // All strategies get the same budget before any gets more.
    if (strategy % 3 == 2)
      budget += budget / 2;
  }
}

Plan Planner::makePlan(uint64_t nodes) const {
  Plan plan;
  plan.nodes = nodes;
  plan.peak = best.peak;
  plan.lowerBound = std::min(lower, best.peak);
  for (const Buffer &buffer : problem.buffers)
    plan.offsets.push_back(buffer.fixedOffset.value_or(0));
  for (size_t i = 0; i < instance.items.size(); ++i)
    plan.offsets[instance.items[i].buffer] = best.offsets[i];

  if (problem.capacity && best.peak > *problem.capacity)
    plan.certificate = lower > *problem.capacity ? Certificate::Infeasible
                                                 : Certificate::Unknown;
  else if (best.peak <= bound)
    plan.certificate = Certificate::BoundReached;
  else if (best.peak <= lower)
    plan.certificate = Certificate::Optimal;
  else
    plan.certificate = Certificate::Feasible;
  return plan;
}

Plan solve(const Problem &problem, const Options &options) {
  if (!problem.check().empty())
    return Plan();
  return Planner(problem, options).run();
}

} // namespace mlir::stm32::planner
