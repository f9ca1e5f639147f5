//===- PoolProblem.cpp - Buffers of a pool as a planner problem -----------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PoolProblem.h"

using namespace mlir;
using namespace mlir::stm32;

Liveness::Liveness(ModelOp model) {
  Block &body = model.getBody().front();
  for (Operation &op : body) {
    if (auto buffer = dyn_cast<BufferOp>(op))
      lives.insert({buffer, Life()});
    if (!isa<ComputeOpInterface, ReceiveOp, FetchOp>(op))
      continue;
    for (Value operand : op.getOperands())
      if (BufferOp buffer = getRootBuffer(operand))
        lives[buffer].touch(steps.size());
    // Rows arrive between two steps, for the next one, and so do constants
    // begin to.
    if (isa<ComputeOpInterface>(op))
      steps.push_back(&op);
  }
  // A model without operators still has its inputs at step 0.
  int32_t lastStep = std::max<int32_t>(steps.size(), 1) - 1;
  for (Value output : model.getOutputOp().getValues())
    if (BufferOp buffer = getRootBuffer(output))
      lives[buffer].touch(lastStep);
  // What nobody touches must lie in the pool all the same.
  for (auto &[buffer, life] : lives) {
    if (buffer.getInput() || buffer.getInitial() || life.end == 0)
      life.touch(0);
    if (buffer.getInitial())
      life.touch(lastStep);
  }
}

std::vector<planner::Overlap>
stm32::numberOverlaps(ArrayRef<BufferOp> buffers,
                      ArrayRef<BufferOverlap> overlaps) {
  llvm::DenseMap<Operation *, uint32_t> indices;
  for (auto [index, buffer] : llvm::enumerate(buffers))
    indices[buffer] = index;
  std::vector<planner::Overlap> numbered;
  for (BufferOverlap overlap : overlaps) {
    auto lower = indices.find(overlap.lower),
         upper = indices.find(overlap.upper);
    if (lower != indices.end() && upper != indices.end())
      numbered.push_back({lower->second, upper->second, overlap.distance});
  }
  return numbered;
}

planner::Problem stm32::makeProblem(ArrayRef<BufferOp> buffers,
                                    const Liveness &liveness,
                                    ArrayRef<BufferOverlap> overlaps,
                                    int64_t alignment) {
  planner::Problem problem;
  for (BufferOp buffer : buffers) {
    Life life = liveness.lives.lookup(buffer);
    problem.buffers.push_back({buffer.getType().getBytes(), alignment,
                               life.begin, life.end, std::nullopt});
  }
  problem.overlaps = numberOverlaps(buffers, overlaps);
  return problem;
}

planner::Plan stm32::solveBriefly(const planner::Problem &problem) {
  planner::Options options;
  options.nodeLimit = 8000;
  options.workLimit = 100000000;
  return planner::solve(problem, options);
}

void stm32::notePeak(InFlightDiagnostic &diag, Location loc,
                     const planner::Problem &problem,
                     ArrayRef<BufferOp> buffers, const Liveness &liveness) {
  // Inputs that are outputs have no operator.
  if (liveness.steps.empty())
    return;
  planner::MaxLive peak = planner::computeMaxLive(problem);
  Operation *op = liveness.steps[peak.step];
  // A location that is only a name says nothing that the text does not say.
  bool hasFile = op->getLoc()->findInstanceOf<FileLineColLoc>() != nullptr;
  Diagnostic &note = diag.attachNote(hasFile ? op->getLoc() : loc);
  note << cast<ComputeOpInterface>(op).getKind() << " '"
       << getShortName(op->getLoc()) << "' is the operator that needs most: ";
  llvm::interleave(
      peak.buffers,
      [&](uint32_t index) {
        BufferOp buffer = buffers[index];
        note << (buffer.getScratch() ? StringRef("scratch")
                                     : getShortName(buffer.getLoc()))
             << " (" << buffer.getType().getBytes() << " bytes)";
      },
      [&] { note << ", "; });
  diag.attachNote(loc)
      << "--optimize ram, another region (--memory), a part with more RAM, a "
         "smaller input or fewer channels at this operator would help";
}
