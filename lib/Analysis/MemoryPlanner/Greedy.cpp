//===- Greedy.cpp - Good plans in little time -----------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Greedy.h"

#include <algorithm>
#include <utility>

namespace mlir::stm32::planner {

Placement placeInOrder(const Instance &instance,
                       const std::vector<int32_t> &order) {
  Placement result;
  result.offsets.assign(instance.items.size(), -1);
  for (size_t i = 0; i < instance.items.size(); ++i) {
    const Item &item = instance.items[i];
    if (!item.isFixed)
      continue;
    result.offsets[i] = item.fixedOffset;
    result.peak = std::max(result.peak, item.fixedOffset + item.size);
  }
  std::vector<Obstacle> taken;
  for (int32_t i : order) {
    const Item &item = instance.items[i];
    taken = instance.obstacles[i];
    for (int32_t n : instance.neighbours[i])
      if (result.offsets[n] >= 0)
        taken.push_back(instance.obstacleOf(i, n, result.offsets[n]));
    std::sort(
        taken.begin(), taken.end(),
        [](const Obstacle &a, const Obstacle &b) { return a.below < b.below; });
    int64_t offset = clearOf(taken, 0, item.alignment);
    result.offsets[i] = offset;
    result.peak = std::max(result.peak, offset + item.size);
  }
  return result;
}

/// The start orders: most demanding items first, in several senses.
static std::vector<std::vector<int32_t>> startOrders(const Instance &instance) {
  std::vector<int32_t> byTime;
  for (size_t i = 0; i < instance.items.size(); ++i)
    if (!instance.items[i].isFixed)
      byTime.push_back(int32_t(i));
  // Ties are broken by time and then by index: the order must not depend on the
  // sort of the standard library.
  auto isEarlier = [&](int32_t a, int32_t b) {
    const Item &x = instance.items[a], &y = instance.items[b];
    return x.firstSection != y.firstSection ? x.firstSection < y.firstSection
                                            : a < b;
  };
  std::sort(byTime.begin(), byTime.end(), isEarlier);

  // The load of an item is the fullest section that it is alive in.
  std::vector<int64_t> sectionLoad(instance.sections.size(), 0);
  for (size_t s = 0; s < instance.sections.size(); ++s)
    for (int32_t i : instance.sections[s])
      sectionLoad[s] += instance.items[i].size;
  std::vector<int64_t> load(instance.items.size(), 0);
  for (size_t i = 0; i < instance.items.size(); ++i)
    load[i] = *std::max_element(
        sectionLoad.begin() + instance.items[i].firstSection,
        sectionLoad.begin() + instance.items[i].lastSection + 1);

  std::vector<std::vector<int32_t>> orders;
  auto addOrder = [&](auto key) {
    orders.push_back(byTime);
    std::sort(orders.back().begin(), orders.back().end(),
              [&](int32_t a, int32_t b) {
                return key(a) != key(b) ? key(a) > key(b) : isEarlier(a, b);
              });
  };
  const std::vector<Item> &items = instance.items;
  addOrder([&](int32_t i) { return items[i].size; });
  addOrder(
      [&](int32_t i) { return std::pair(items[i].span(), items[i].size); });
  addOrder([&](int32_t i) { return double(items[i].size) * items[i].span(); });
  addOrder([&](int32_t i) { return std::pair(load[i], items[i].size); });
  orders.push_back(byTime);
  // An output that is placed first can lie under its input.
  if (instance.hasOverlaps)
    orders.emplace_back(byTime.rbegin(), byTime.rend());
  return orders;
}

Placement planGreedily(const Instance &instance, int64_t goal, int rounds) {
  Placement best;
  std::vector<int32_t> order;
  for (const std::vector<int32_t> &candidate : startOrders(instance)) {
    Placement placement = placeInOrder(instance, candidate);
    if (order.empty() || placement.peak < best.peak) {
      best = std::move(placement);
      order = candidate;
    }
    if (best.peak <= goal)
      return best;
  }

  // An item that sticks out above the goal was placed too late: move it some
  // places ahead and try again. Orders that are not worse are kept, so that the
  // walk can cross plateaus.
  Placement current = best;
  uint64_t random = 0x9e3779b97f4a7c15;
  for (int round = 0; round < rounds; ++round) {
    std::vector<int32_t> next;
    next.reserve(order.size());
    for (int32_t i : order) {
      next.push_back(i);
      bool sticksOut = current.offsets[i] + instance.items[i].size >=
                       std::max(goal + 1, current.peak - current.peak / 64);
      if (!sticksOut)
        continue;
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      size_t place = random % next.size();
      std::rotate(next.begin() + place, next.end() - 1, next.end());
    }
    Placement placement = placeInOrder(instance, next);
    if (placement.peak > current.peak)
      continue;
    order = std::move(next);
    current = std::move(placement);
    if (current.peak < best.peak)
      best = current;
    if (best.peak <= goal)
      break;
  }
  return best;
}

} // namespace mlir::stm32::planner
