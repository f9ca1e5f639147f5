//===- CascadeSchedule.cpp - Order of the calls of a cascade --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/Transforms/CascadeSchedule.h"

using namespace mlir;
using namespace mlir::stm32;

CascadeSchedule stm32::scheduleCascade(ArrayRef<WindowOpInterface> chain,
                                       int64_t rows) {
  auto height = [&](unsigned index) {
    WindowOpInterface op = chain[index];
    return cast<ComputeOpInterface>(op.getOperation())
        .getOutputType()
        .getDimSize(1);
  };
  unsigned last = chain.size() - 1;
  CascadeSchedule schedule;
  schedule.rings.assign(chain.size(), 1);
  SmallVector<int64_t> done(chain.size(), 0);
  for (int64_t first = 0; first < height(last); first += rows) {
    // Rows [begin, end) of each output that this band needs, from the last
    // operator backwards; the calls are then made forwards.
    SmallVector<CascadeStep> band;
    int64_t begin = first, end = std::min(first + rows, height(last));
    for (unsigned index = last;; --index) {
      schedule.rings[index] = std::max(schedule.rings[index], end - begin);
      // A stride may leave rows out that nobody reads.
      int64_t start = std::max(done[index], begin);
      if (start >= end)
        break;
      band.push_back({index, start, end - start});
      done[index] = end;
      if (index == 0)
        break;
      WindowOpInterface op = chain[index];
      std::tie(begin, end) = op.getInputRows(start, end - start);
    }
    schedule.steps.append(band.rbegin(), band.rend());
  }
  schedule.rings[last] = height(last);
  return schedule;
}
