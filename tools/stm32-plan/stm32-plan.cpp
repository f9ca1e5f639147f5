//===- stm32-plan.cpp - Plan memory from the command line -----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exit status: 0 if there is a plan within the capacity, or the plan to
// validate is right; 1 for wrong input or a wrong plan; 2 if there is no plan
// within the capacity, or none was found.
//
//===----------------------------------------------------------------------===//

#include "Files.h"

#include "stm32/Analysis/MemoryPlanner/Validator.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"

#include <chrono>
#include <limits>

namespace cl = llvm::cl;
using namespace mlir::stm32::planner;
using llvm::StringRef;

static cl::OptionCategory category("Options of stm32-plan");

static cl::opt<std::string> input(cl::Positional, cl::desc("FILE"),
                                  cl::cat(category));
static cl::opt<std::string>
    output("o", cl::value_desc("FILE"),
           cl::desc("Write the plan: JSON if the name ends in .json, else CSV; "
                    "- is standard output"),
           cl::cat(category));
static cl::opt<std::string>
    validated("validate", cl::value_desc("PLAN"),
              cl::desc("Check this plan of the problem instead of making one"),
              cl::cat(category));
static cl::opt<int64_t> capacity("capacity", cl::value_desc("BYTES"),
                                 cl::desc("Capacity of the pool"),
                                 cl::cat(category));
static cl::opt<double>
    timeLimit("time-limit", cl::value_desc("SECONDS"),
              cl::desc("Stop the search after this time. The plan may then "
                       "differ from run to run"),
              cl::cat(category));
static cl::opt<uint64_t> nodeLimit(
    "node-limit", cl::value_desc("N"),
    cl::desc("Stop the search after this many nodes (default: 200000, "
             "or none with --time-limit)"),
    cl::cat(category));

static int fail(const llvm::Twine &message) {
  llvm::errs() << "stm32-plan: error: " << message << "\n";
  return 1;
}

/// Reads a file with one of two readers: JSON starts with a brace.
template <typename T>
static llvm::Expected<T> read(StringRef file,
                              llvm::Expected<T> (*readCsv)(StringRef),
                              llvm::Expected<T> (*readJson)(StringRef)) {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(file, /*IsText=*/true);
  if (!buffer)
    return makeError("cannot read '" + file +
                     "': " + buffer.getError().message());
  StringRef text = (*buffer)->getBuffer();
  llvm::Expected<T> result =
      text.ltrim().starts_with("{") ? readJson(text) : readCsv(text);
  if (!result)
    return makeError("'" + file + "': " + llvm::toString(result.takeError()));
  return result;
}

static void printLine(llvm::raw_ostream &os, StringRef name,
                      const llvm::Twine &value) {
  os << llvm::left_justify(name, 13) << value << "\n";
}

static void printSummary(llvm::raw_ostream &os, const Plan &plan,
                         double seconds) {
  printLine(os, "buffers", llvm::Twine(plan.offsets.size()));
  printLine(os, "peak", llvm::Twine(plan.peak));
  printLine(os, "bound", llvm::Twine(plan.lowerBound));
  double gap = plan.lowerBound == 0
                   ? 0
                   : 100.0 * double(plan.peak - plan.lowerBound) /
                         double(plan.lowerBound);
  os << llvm::left_justify("gap", 13) << llvm::format("%.2f %%\n", gap);
  printLine(os, "certificate", stringifyCertificate(plan.certificate));
  printLine(os, "nodes", llvm::Twine(plan.nodes));
  os << llvm::left_justify("time", 13) << llvm::format("%.3f s\n", seconds);
}

/// Writes the plan. Returns the exit status.
static int write(const NamedProblem &named, const Plan &plan) {
  std::error_code error;
  llvm::raw_fd_ostream os(output, error, llvm::sys::fs::OF_Text);
  if (error)
    return fail("cannot write '" + output + "': " + error.message());
  if (StringRef(output).ends_with(".json"))
    writeJsonPlan(os, named, plan);
  else
    writeCsvPlan(os, named, plan);
  return 0;
}

static int solveFile(const NamedProblem &named) {
  Options options;
  // Who sets a limit wants no other.
  if (timeLimit.getNumOccurrences() || nodeLimit.getNumOccurrences())
    options.nodeLimit = options.workLimit =
        std::numeric_limits<uint64_t>::max();
  if (nodeLimit.getNumOccurrences())
    options.nodeLimit = nodeLimit;
  options.timeLimitMs = int64_t(timeLimit * 1000);
  auto start = std::chrono::steady_clock::now();
  Plan plan = solve(named.problem, options);
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  if (ValidationResult result = validate(named.problem, plan); !result.ok())
    return fail("the planner gave no valid plan: " + result.message);

  printSummary(output == "-" ? llvm::errs() : llvm::outs(), plan,
               seconds.count());
  if (!output.empty())
    if (int status = write(named, plan))
      return status;
  bool fits = plan.certificate != Certificate::Infeasible &&
              plan.certificate != Certificate::Unknown;
  return fits ? 0 : 2;
}

static int validateFile(const NamedProblem &named) {
  llvm::Expected<NamedPlan> file = read(validated, readCsvPlan, readJsonPlan);
  if (!file)
    return fail(llvm::toString(file.takeError()));
  llvm::StringMap<int64_t> offsetOf;
  for (auto [id, offset] : llvm::zip_equal(file->ids, file->offsets))
    offsetOf[id] = offset;
  Plan plan;
  for (auto [id, buffer] : llvm::zip_equal(named.ids, named.problem.buffers)) {
    auto known = offsetOf.find(id);
    if (known == offsetOf.end())
      return fail("'" + validated + "': buffer '" + id + "' is missing");
    plan.offsets.push_back(known->second);
    if (buffer.occupiesMemory())
      plan.peak = std::max(plan.peak, known->second + buffer.footprint());
    offsetOf.erase(known);
  }
  for (const std::string &id : file->ids)
    if (offsetOf.contains(id))
      return fail("'" + validated + "': buffer '" + id +
                  "' is not one of the problem");
  plan.peak = file->peak.value_or(plan.peak);
  plan.lowerBound = file->lowerBound.value_or(computeLowerBound(named.problem));
  plan.certificate = file->certificate.value_or(Certificate::Feasible);
  ValidationResult result = validate(named.problem, plan);
  if (result.ok()) {
    printLine(llvm::outs(), "valid", "peak " + llvm::Twine(plan.peak));
    return 0;
  }
  llvm::errs() << "stm32-plan: error: " << stringifyViolation(result.violation)
               << ": " << result.message << "\n";
  for (uint32_t index : result.buffers)
    if (named.ids[index] != std::to_string(index))
      llvm::errs() << "note: buffer " << index << " is '" << named.ids[index]
                   << "'\n";
  return 1;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(
      argc, argv,
      "Gives buffers offsets in one pool so that its peak is minimal\n");
  if (input.empty())
    return fail("no file given, see --help");
  if (timeLimit.getNumOccurrences() && !(timeLimit > 0 && timeLimit < 1e9))
    return fail("--time-limit must be above 0 seconds");
  llvm::Expected<NamedProblem> named =
      read(input, readCsvProblem, readJsonProblem);
  if (!named)
    return fail(llvm::toString(named.takeError()));
  if (capacity.getNumOccurrences())
    named->problem.capacity = capacity;
  if (std::string error = named->problem.check(); !error.empty())
    return fail("'" + input + "': " + error);
  return validated.empty() ? solveFile(*named) : validateFile(*named);
}
