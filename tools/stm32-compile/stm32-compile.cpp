//===- stm32-compile.cpp - From a model to a folder of C files ------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Driver/Driver.h"
#include "stm32/Target/C/CNames.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

namespace cl = llvm::cl;

static cl::OptionCategory category("Options of stm32-compile");

static cl::list<std::string> models(cl::Positional, cl::desc("MODEL..."),
                                    cl::cat(category));
static cl::opt<std::string>
    folder("o", cl::value_desc("DIR"),
           cl::desc("Folder of the output, or the file with --emit mlf"),
           cl::cat(category));
static cl::opt<std::string>
    emit("emit", cl::value_desc("FORMAT"), cl::init("c"),
         cl::desc("What -o names: c, a folder of C files (default), or mlf, an "
                  "archive in Model Library Format"),
         cl::cat(category));
static cl::opt<std::string>
    target("target", cl::value_desc("PART"),
           cl::desc("Part that the model runs on, see --list-targets"),
           cl::cat(category));
static cl::list<std::string>
    names("name", cl::value_desc("NAME"), cl::CommaSeparated,
          cl::desc("Name of the model in C (default: network); of several, one "
                   "for each"),
          cl::cat(category));
static cl::opt<std::string>
    group("group", cl::value_desc("NAME"), cl::init("models"),
          cl::desc("Name of several models together (default: models)"),
          cl::cat(category));
static cl::opt<std::string>
    optimize("optimize", cl::value_desc("AIM"), cl::init("balanced"),
             cl::desc("What matters most: time, balanced (default), ram or "
                      "flash"),
             cl::cat(category));
static cl::opt<std::string>
    customOps("custom-ops", cl::value_desc("FILE"),
              cl::desc("JSON file that binds operators to C functions of "
                       "yours, see docs/CustomOperators.md"),
              cl::cat(category));
static cl::list<std::string>
    accelerators("accelerator", cl::value_desc("FILE"),
                 cl::desc("JSON file of an accelerator that takes operators "
                          "over, see docs/Accelerators.md"),
                 cl::cat(category));
static cl::opt<std::string>
    memory("memory", cl::value_desc("FILE"),
           cl::desc("JSON file of memory pools in order of preference, see "
                    "docs/MemoryPlanning.md"),
           cl::cat(category));
static cl::opt<std::string>
    tuning("tuning", cl::value_desc("FILE"),
           cl::desc("JSON file of choices that stm32-mlir tune has measured, "
                    "see docs/Tuning.md"),
           cl::cat(category));
static cl::list<std::string>
    apis("api", cl::value_desc("API"), cl::CommaSeparated,
         cl::desc("Further shapes of the model's functions, see "
                  "docs/RuntimeAPI.md"),
         cl::cat(category));
static cl::opt<bool>
    streamInput("stream-input",
                cl::desc("The first input comes row by row, as the lines of a "
                         "camera: see <name>_push_rows in the header"),
                cl::cat(category));
static cl::opt<bool> fullNames(
    "full-names",
    cl::desc("Keep names inside of the network as they are, also where a front "
             "end joined many: by default the first one stands for them"),
    cl::cat(category));
static cl::opt<bool> keepConstantChannels(
    "keep-constant-channels",
    cl::desc("Compute channels that never vary, too, so that each tensor has "
             "the shape of the source: docs/ConstantChannels.md"),
    cl::cat(category));
static cl::opt<bool>
    timing("timing",
           cl::desc("Print how long each step and pass took, to the standard "
                    "error stream"),
           cl::cat(category));
static cl::opt<bool>
    fit("fit",
        cl::desc("If the model does not fit the memory, try what needs less at "
                 "the cost of instructions"),
        cl::cat(category));
static cl::opt<bool> relocatable(
    "relocatable",
    cl::desc("Write <name>.img too, which firmware can load without "
             "being linked again, see docs/LoadableModels.md"),
    cl::cat(category));
static cl::opt<std::string>
    compiler("cc", cl::value_desc("PROGRAM"),
             cl::desc("C compiler for --relocatable (default: "
                      "arm-none-eabi-gcc, gcc for the host)"),
             cl::cat(category));
static cl::opt<bool> emitMlir("emit-mlir",
                              cl::desc("Write the IR of each level too"),
                              cl::cat(category));
static cl::opt<bool> quiet("quiet", cl::desc("Print no summary"),
                           cl::cat(category));
static cl::opt<bool> listTargets("list-targets",
                                 cl::desc("List the parts and stop"),
                                 cl::cat(category));

static cl::opt<bool>
    listParts("list-parts",
              cl::desc("List the parts and their memories, as JSON, and stop"),
              cl::cat(category));

static cl::opt<bool>
    listOperators("list-operators",
                  cl::desc("List the operators of .tflite models that can be "
                           "compiled, as JSON, and stop"),
                  cl::cat(category));

static cl::opt<bool>
    listKernels("list-kernels",
                cl::desc("List the runtime's kernels, as JSON, and stop"),
                cl::cat(category));

static cl::opt<bool>
    listChoices("list-choices",
                cl::desc("List the kernels that each operator of MODEL can "
                         "have, and its bands, as JSON, and stop"),
                cl::cat(category));

static int fail(const llvm::Twine &message) {
  llvm::errs() << "stm32-compile: error: " << message << "\n";
  return 1;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter([](llvm::raw_ostream &os) {
    os << "stm32-compile " << mlir::stm32::getToolVersion() << "\n";
  });
  cl::ParseCommandLineOptions(
      argc, argv,
      "Compiles a quantised network (.tflite, or MLIR of any level) to C\n");
  if (listTargets) {
    mlir::stm32::listTargets(llvm::outs());
    return 0;
  }
  if (listParts) {
    mlir::stm32::listParts(llvm::outs());
    return 0;
  }
  if (listOperators) {
    mlir::stm32::listOperators(llvm::outs());
    return 0;
  }
  if (listKernels) {
    mlir::stm32::listKernels(llvm::outs());
    return 0;
  }
  if (models.empty())
    return fail("no model given, see --help");
  if (folder.empty() && !listChoices)
    return fail("no folder for the output given, use -o DIR");
  if (emit != "c" && emit != "mlf")
    return fail("cannot emit '" + emit + "', use c or mlf");
  if (target.empty())
    return fail("no part given, use --target PART, see --list-targets");
  if (optimize != "time" && optimize != "balanced" && optimize != "ram" &&
      optimize != "flash")
    return fail("cannot optimize for '" + optimize +
                "', use time, balanced, ram or flash");
  if (!compiler.empty() && !relocatable)
    return fail("--cc names the compiler of an image, use it with "
                "--relocatable");
  if (relocatable && emit == "mlf")
    return fail("an archive has no place for an image, use --relocatable "
                "without --emit mlf");

  mlir::stm32::CompileOptions options;
  options.models = {models.begin(), models.end()};
  options.folder = folder;
  options.emit = emit;
  options.target = target;
  options.names = {names.begin(), names.end()};
  options.group = group;
  options.optimize = optimize;
  options.customOps = customOps;
  options.accelerators = {accelerators.begin(), accelerators.end()};
  options.memory = memory;
  options.tuning = tuning;
  options.listChoices = listChoices;
  options.apis = {apis.begin(), apis.end()};
  options.streamInput = streamInput;
  options.keepConstantChannels = keepConstantChannels;
  options.fullNames = fullNames;
  options.fit = fit;
  options.relocatable = relocatable;
  options.compiler = compiler;
  options.emitMlir = emitMlir;
  options.timing = timing;
  options.quiet = quiet;
  return mlir::succeeded(
             mlir::stm32::compile(options, llvm::outs(), llvm::errs()))
             ? 0
             : 1;
}
