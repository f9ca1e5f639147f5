//===- Files.h - Problems and plans in CSV and JSON -------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// CSV has a line of column names, then a line for each buffer:
//
//   id,lower,upper,size[,offset][,alignment]
//
// `id` is any text without commas, `[lower, upper)` the half-open interval of
// steps, `size` and `alignment` are bytes. `offset` is a fixed offset in a
// problem, and the place in a plan; it may be empty in a problem.
//
// JSON has the same fields for each buffer, and more about the whole:
//
//   {"capacity": 64, "alignment": 16,
//    "buffers": [{"id": "in", "lower": 0, "upper": 2, "size": 32},
//                {"id": "out", "lower": 1, "upper": 3, "size": 32}],
//    "overlaps": [{"lower": "out", "upper": "in", "distance": 0}]}
//
// docs/MemoryPlanning.md documents all fields. A plan is written with the
// fields of its problem, so it can be read as one.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TOOLS_STM32_PLAN_FILES_H
#define STM32_TOOLS_STM32_PLAN_FILES_H

#include "stm32/Analysis/MemoryPlanner/Problem.h"
#include "stm32/Analysis/MemoryPlanner/Solver.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <string>
#include <vector>

namespace mlir::stm32::planner {

/// A problem whose buffers have names.
struct NamedProblem {
  /// One unique name for each buffer.
  std::vector<std::string> ids;
  Problem problem;
};

/// The claims of a plan file about named buffers, in the order of the file. CSV
/// holds offsets only.
struct NamedPlan {
  std::vector<std::string> ids;
  std::vector<int64_t> offsets;
  std::optional<int64_t> peak, lowerBound;
  std::optional<Certificate> certificate;
};

/// Each reads the text of a file. Errors name the line or field, not the file.
llvm::Expected<NamedProblem> readCsvProblem(llvm::StringRef text);
llvm::Expected<NamedProblem> readJsonProblem(llvm::StringRef text);
llvm::Expected<NamedPlan> readCsvPlan(llvm::StringRef text);
llvm::Expected<NamedPlan> readJsonPlan(llvm::StringRef text);

void writeCsvPlan(llvm::raw_ostream &os, const NamedProblem &named,
                  const Plan &plan);
void writeJsonPlan(llvm::raw_ostream &os, const NamedProblem &named,
                   const Plan &plan);

/// Offsets beyond this are refused, so that ends do not overflow.
inline constexpr int64_t kMaxOffset = int64_t(1) << 60;

inline llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

} // namespace mlir::stm32::planner

#endif // STM32_TOOLS_STM32_PLAN_FILES_H
