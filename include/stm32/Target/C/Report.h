//===- Report.h - report.json -----------------------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the generated files take and do, for tools. Sizes and offsets are bytes;
// `tensor` is a tensor_id, `first` and `last` are steps, half open: a step i with
// first <= i < last needs the buffer; step i is operator i if there is no table of
// steps. The keys are in docs/GeneratedCode.md.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_C_REPORT_H
#define STM32_TARGET_C_REPORT_H

#include "stm32/Target/C/ModelPlan.h"

namespace mlir::stm32 {

/// The report as text; `files` are the names of all files of the output.
std::string getReport(const ModelPlan &plan, StringRef target,
                      StringRef optimize, ArrayRef<std::string> files);

} // namespace mlir::stm32

#endif // STM32_TARGET_C_REPORT_H
