//===- Validator.cpp - Independent check of a plan ------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Analysis/MemoryPlanner/Validator.h"

#include <algorithm>

namespace mlir::stm32::planner {

static std::string str(int64_t value) { return std::to_string(value); }

const char *stringifyViolation(Violation violation) {
  switch (violation) {
  case Violation::None:
    return "none";
  case Violation::InvalidProblem:
    return "invalid-problem";
  case Violation::OffsetCount:
    return "offset-count";
  case Violation::NegativeOffset:
    return "negative-offset";
  case Violation::Misaligned:
    return "misaligned";
  case Violation::FixedOffsetMoved:
    return "fixed-offset-moved";
  case Violation::BeyondPeak:
    return "beyond-peak";
  case Violation::Overlap:
    return "overlap";
  case Violation::OverlapDistance:
    return "overlap-distance";
  case Violation::PeakNotReached:
    return "peak-not-reached";
  case Violation::PeakBelowBound:
    return "peak-below-bound";
  case Violation::PeakOverCapacity:
    return "peak-over-capacity";
  case Violation::WrongCertificate:
    return "wrong-certificate";
  }
  return "unknown";
}

/// Checks the place of one buffer. Moves `top` up to the end of the buffer.
static ValidationResult checkPlace(const Problem &problem, const Plan &plan,
                                   uint32_t index, int64_t &top) {
  const Buffer &buffer = problem.buffers[index];
  int64_t offset = plan.offsets[index];
  std::string what = "buffer " + str(index) + " at offset " + str(offset);
  if (offset < 0)
    return {Violation::NegativeOffset, {index}, what + " is below 0"};
  if (offset % buffer.alignment != 0)
    return {Violation::Misaligned,
            {index},
            what + " is not aligned to " + str(buffer.alignment)};
  if (buffer.fixedOffset && offset != *buffer.fixedOffset)
    return {Violation::FixedOffsetMoved,
            {index},
            what + " must be at " + str(*buffer.fixedOffset)};
  if (!buffer.occupiesMemory())
    return {};
  // Written so that an absurd offset or peak cannot overflow.
  if (offset > plan.peak || plan.peak - offset < buffer.footprint())
    return {Violation::BeyondPeak,
            {index},
            what + " with " + str(buffer.footprint()) +
                " bytes ends above the peak " + str(plan.peak)};
  top = std::max(top, offset + buffer.footprint());
  return {};
}

/// Checks that two buffers do not share bytes at a common step, unless an
/// overlap gives leave.
static ValidationResult checkPair(const Problem &problem, const Plan &plan,
                                  uint32_t i, uint32_t j) {
  const Buffer &a = problem.buffers[i], &b = problem.buffers[j];
  int64_t aBegin = plan.offsets[i], aEnd = aBegin + a.footprint();
  int64_t bBegin = plan.offsets[j], bEnd = bBegin + b.footprint();
  if (!a.isLiveWith(b) || aEnd <= bBegin || bEnd <= aBegin)
    return {};
  std::string message =
      "buffer " + str(i) + " at [" + str(aBegin) + ", " + str(aEnd) +
      ") overlaps buffer " + str(j) + " at [" + str(bBegin) + ", " + str(bEnd) +
      "), both alive at step " + str(std::max(a.begin, b.begin));
  Violation violation = Violation::Overlap;
  for (const Overlap &overlap : problem.overlaps) {
    bool isUp = overlap.lower == i && overlap.upper == j;
    bool isDown = overlap.lower == j && overlap.upper == i;
    if (!isUp && !isDown)
      continue;
    int64_t distance = isUp ? bBegin - aBegin : aBegin - bBegin;
    if (distance >= overlap.distance)
      return {};
    if (distance < 0)
      continue;
    violation = Violation::OverlapDistance;
    message += "; buffer " + str(overlap.upper) + " must start at least " +
               str(overlap.distance) + " bytes above buffer " +
               str(overlap.lower);
  }
  return {violation, {i, j}, message};
}

/// Bytes that are needed at a step at least: what is alive, less the smaller of
/// two bounds of what overlaps can save. StackSaving.h proves them.
static int64_t boundAt(const Problem &problem, int32_t step) {
  int64_t live = 0, savedByUppers = 0, savedByLowers = 0;
  auto isLive = [&](uint32_t i) {
    const Buffer &buffer = problem.buffers[i];
    return buffer.occupiesMemory() && buffer.begin <= step && step < buffer.end;
  };
  for (uint32_t i = 0; i < problem.buffers.size(); ++i) {
    if (!isLive(i))
      continue;
    live += problem.buffers[i].footprint();
    int64_t longest = 0, sum = 0, room = 0;
    for (const Overlap &overlap : problem.overlaps) {
      if (!isLive(overlap.lower) || !isLive(overlap.upper))
        continue;
      const Buffer &lower = problem.buffers[overlap.lower];
      const Buffer &upper = problem.buffers[overlap.upper];
      int64_t inside = lower.footprint() - problem.gapOf(overlap);
      int64_t shared = std::min(inside, upper.footprint());
      if (overlap.upper == i)
        longest = std::max(longest, shared);
      if (overlap.lower == i) {
        sum += shared;
        room = std::max(room, inside);
      }
    }
    savedByUppers += longest;
    savedByLowers += std::min(sum, room);
  }
  return live - std::min(savedByUppers, savedByLowers);
}

/// The bound at each step at which a buffer begins. Single buffers and fixed
/// ends bound the peak too.
static int64_t boundOf(const Problem &problem) {
  int64_t bound = 0;
  for (const Buffer &buffer : problem.buffers) {
    bound = std::max(bound, boundAt(problem, buffer.begin));
    if (buffer.occupiesMemory())
      bound =
          std::max(bound, buffer.fixedOffset.value_or(0) + buffer.footprint());
  }
  return bound;
}

/// Checks that peak, lower bound, capacity and certificate agree.
static ValidationResult checkClaims(const Problem &problem, const Plan &plan,
                                    int64_t top) {
  std::string peak = "peak " + str(plan.peak);
  if (top != plan.peak)
    return {Violation::PeakNotReached,
            {},
            peak + " is above the highest end " + str(top)};
  if (plan.peak < plan.lowerBound)
    return {Violation::PeakBelowBound,
            {},
            peak + " is below the lower bound " + str(plan.lowerBound)};

  bool overCapacity = problem.capacity && plan.peak > *problem.capacity;
  bool claimsOver = plan.certificate == Certificate::Infeasible ||
                    plan.certificate == Certificate::Unknown;
  if (overCapacity && !claimsOver)
    return {Violation::PeakOverCapacity,
            {},
            peak + " is over the capacity " + str(*problem.capacity)};

  bool boundOverCapacity =
      problem.capacity && plan.lowerBound > *problem.capacity;
  bool tight = plan.peak == plan.lowerBound;
  bool claimsTight = plan.certificate == Certificate::BoundReached ||
                     plan.certificate == Certificate::Optimal;
  bool claimsBound = plan.certificate == Certificate::BoundReached;
  if (plan.certificate == Certificate::Invalid || (claimsTight && !tight) ||
      (claimsBound && plan.peak != boundOf(problem)) ||
      (claimsOver && !overCapacity) ||
      (plan.certificate == Certificate::Infeasible && !boundOverCapacity))
    return {Violation::WrongCertificate,
            {},
            std::string("certificate '") +
                stringifyCertificate(plan.certificate) + "' does not match " +
                peak + " and lower bound " + str(plan.lowerBound)};
  return {};
}

ValidationResult validate(const Problem &problem, const Plan &plan) {
  if (std::string error = problem.check(); !error.empty())
    return {Violation::InvalidProblem, {}, error};
  if (plan.offsets.size() != problem.buffers.size())
    return {Violation::OffsetCount,
            {},
            str(int64_t(plan.offsets.size())) + " offsets for " +
                str(int64_t(problem.buffers.size())) + " buffers"};

  int64_t top = 0;
  uint32_t count = uint32_t(problem.buffers.size());
  for (uint32_t i = 0; i < count; ++i)
    if (auto result = checkPlace(problem, plan, i, top); !result.ok())
      return result;
  for (uint32_t i = 0; i < count; ++i)
    for (uint32_t j = i + 1; j < count; ++j)
      if (auto result = checkPair(problem, plan, i, j); !result.ok())
        return result;
  return checkClaims(problem, plan, top);
}

} // namespace mlir::stm32::planner
