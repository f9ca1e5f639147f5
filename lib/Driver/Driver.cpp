//===- Driver.cpp - From a model to a folder of C files -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Driver/Driver.h"

#include "Compilation.h"

#include "Group.h"
#include "RelocatableImage.h"
#include "UserFiles.h"

#include "stm32/Pipelines/Pipelines.h"
#include "stm32/Target/C/CNames.h"
#include "stm32/Target/C/LinkerFragment.h"
#include "stm32/Target/C/OutputFolder.h"
#include "stm32/Target/C/Report.h"
#include "stm32/Target/C/RuntimeFiles.h"
#include "stm32/Target/PartRecords.h"
#include "stm32/Target/TFLite/Import.h"

#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Options and input
//===----------------------------------------------------------------------===//

LogicalResult Compilation::checkOptions() {
  part = lookupPartRecord(options.target);
  if (!part)
    return fail(getUnknownPartMessage(options.target));
  if (options.names.size() > 1)
    return fail("1 model needs 1 name, " + llvm::Twine(options.names.size()) +
                " given");
  if (!getName().empty()) {
    std::string reason = explainBadModelName(getName());
    if (!reason.empty())
      return fail("name '" + getName() + "' " + reason);
  }
  if (!options.customOps.empty()) {
    auto read = readCustomOps(options.customOps);
    if (!read)
      return fail(llvm::toString(read.takeError()));
    bindings = std::move(*read);
  }
  for (const std::string &path : options.accelerators) {
    auto read = readAccelerator(path);
    if (!read)
      return fail(llvm::toString(read.takeError()));
    accelerators.push_back(*read);
  }
  if (!options.memory.empty()) {
    auto read = readMemoryFile(options.memory, *part);
    if (!read)
      return fail(llvm::toString(read.takeError()));
    memory = std::move(*read);
  }
  if (!options.tuning.empty()) {
    auto read = readTuning(options.tuning);
    if (!read)
      return fail(llvm::toString(read.takeError()));
    tuning = std::move(*read);
  }
  for (const std::string &api : options.apis)
    if (!llvm::is_contained(getRuntimeApis(), api))
      return fail("there is no API '" + api + "' for --api, use " +
                  llvm::join(getRuntimeApis(), " or ") +
                  "; ai and the core are always there");
  pipelineOptions.target = part->name.str();
  pipelineOptions.optimize = options.optimize;
  pipelineOptions.cascadeBudget = options.cascadeBudget;
  if (options.fit)
    pipelineOptions.targetPeak = getCapacity();
  pipelineOptions.streamInput = options.streamInput;
  pipelineOptions.keepConstantChannels = options.keepConstantChannels;
  pipelineOptions.fullNames = options.fullNames;
  pipelineOptions.apis = options.apis;
  return success();
}

int64_t Compilation::getCapacity() const {
  int64_t capacity = 0;
  for (const MemoryFile::Pool &pool :
       memory ? memory->pools : std::vector<MemoryFile::Pool>()) {
    if (pool.kind != MemoryFile::Kind::Activations)
      continue;
    auto region = llvm::find_if(memory->regions, [&](const auto &candidate) {
      return candidate.name == pool.region;
    });
    std::optional<int64_t> bytes =
        pool.usableSize ? pool.usableSize : region->size;
    if (!bytes)
      return 0;
    capacity += *bytes;
  }
  return capacity ? capacity : part->getActivationMemory().size;
}

LogicalResult Compilation::load() {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(getModel());
  if (std::error_code code = buffer.getError())
    return fail("cannot read '" + getModel() + "': " + code.message());
  StringRef bytes = (*buffer)->getBuffer();
  TimingScope scope = total.nest("Read the model");
  if (failed(checkModelOfTuning(bytes)))
    return failure();
  isTFLite = StringRef(getModel()).ends_with(".tflite") ||
             bytes.substr(4).starts_with("TFL3");
  if (isTFLite) {
    module = importTFLite(bytes, getModel(), &context, bindings);
    return success(module.get() != nullptr);
  }
  bool isBytecode = mlir::isBytecode((*buffer)->getMemBufferRef());
  sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  // Notes of other tools may stay in the file; checkDialects looks at the rest.
  context.allowUnregisteredDialects();
  module = parseSourceFile<ModuleOp>(sources, &context);
  context.allowUnregisteredDialects(false);
  if (!module && isBytecode)
    err << "stm32-compile: note: bytecode with operations of unknown dialects "
           "cannot be read; have the tool that wrote it write text, which "
           "shows "
           "them\n";
  return success(module && succeeded(checkDialects()));
}

/// Operations of dialects that are not known here were not made for TOSA.
LogicalResult Compilation::checkDialects() {
  llvm::SmallMapVector<StringRef, std::pair<Location, unsigned>, 4> unknown;
  module->walk([&](Operation *op) {
    if (op->isRegistered())
      return;
    StringRef name = op->getName().getStringRef();
    auto [entry, isNew] =
        unknown.try_emplace(name, std::pair(op->getLoc(), 0u));
    ++entry->second.second;
  });
  if (unknown.empty())
    return success();
  InFlightDiagnostic diag =
      emitError(UnknownLoc::get(&context))
      << "'" << getModel() << "' has operations of other dialects than "
      << "tosa; the tool that wrote it could not convert them. Give the "
         ".tflite "
         "model to stm32-compile, or replace these operators in the model";
  for (auto &[name, place] : unknown)
    diag.attachNote(place.first)
        << "'" << name << "'"
        << (place.second > 1 ? ", " + std::to_string(place.second) + " times"
                             : "");
  return diag;
}

//===----------------------------------------------------------------------===//
// Levels
//===----------------------------------------------------------------------===//

LogicalResult Compilation::runPipeline(StringRef name, BuildPipeline build,
                                       ModuleOp on) {
  TimingScope scope = total.nest(name);
  PassManager manager(&context);
  manager.enableTiming(scope);
  build(manager, pipelineOptions);
  return manager.run(on);
}

/// Keeps the IR for `--emit-mlir`. Names of tensors are locations, so those are
/// printed, but without the files and lines of an input in MLIR: equal models
/// give equal bytes wherever they lie.
void Compilation::keepLevel(unsigned level, ModuleOp on) {
  // An archive has the highest level in any case.
  if (!options.emitMlir && (options.emit != "mlf" || !levels.empty()))
    return;
  OwningOpRef<ModuleOp> copy(on.clone());
  AttrTypeReplacer replacer;
  replacer.addReplacement([](FileLineColRange loc) -> Attribute {
    return UnknownLoc::get(loc.getContext());
  });
  replacer.recursivelyReplaceElementsIn(*copy, /*replaceAttrs=*/false,
                                        /*replaceLocs=*/true);
  OutputFile file;
  file.name = ".L" + std::to_string(level) + ".mlir";
  llvm::raw_string_ostream os(file.text);
  copy->print(os, OpPrintingFlags().enableDebugInfo());
  os << "\n";
  levels.push_back(std::move(file));
}

/// Gives the only model its name in C.
LogicalResult Compilation::nameModel() {
  auto models = llvm::to_vector(module->getOps<ModelOp>());
  if (models.size() != 1)
    return fail("'" + getModel() + "' has " + llvm::Twine(models.size()) +
                " models, one is needed");
  ModelOp model = models.front();
  // "main" says nothing, and in C it is taken.
  std::string name = !getName().empty()             ? getName()
                     : model.getSymName() == "main" ? "network"
                                                    : model.getSymName().str();
  model.setSymName(name);
  return success();
}

/// Declares the pools of `--memory`.
LogicalResult Compilation::placeMemory() {
  if (!memory)
    return success();
  ModelOp model = *module->getOps<ModelOp>().begin();
  if (llvm::Error error = addMemory(*memory, *module, model))
    return fail(llvm::toString(std::move(error)));
  return success();
}

/// Gives operators to the accelerators.
LogicalResult Compilation::placeAccelerators() {
  ModelOp model = *module->getOps<ModelOp>().begin();
  if (llvm::Error error =
          assignAccelerators(accelerators, *part, *module, model))
    return fail(llvm::toString(std::move(error)));
  return success();
}

/// True if every buffer, pool and block of constants has its place.
static bool isPlanned(ModuleOp module) {
  bool planned = true;
  module.walk([&](Operation *op) {
    if (auto buffer = dyn_cast<BufferOp>(op))
      planned &= buffer.getOffset().has_value();
    else if (auto packed = dyn_cast<PackedOp>(op))
      planned &= packed.getOffset().has_value();
    else if (auto pool = dyn_cast<PoolOp>(op))
      planned &= pool.getSize().has_value();
  });
  return planned;
}

LogicalResult Compilation::lower() {
  bool hasFunctions = !module->getOps<func::FuncOp>().empty();
  auto models = module->getOps<ModelOp>();
  bool onBuffers =
      llvm::any_of(models, [](ModelOp model) { return model.isOnBuffers(); });
  if (!hasFunctions && models.empty())
    return fail("'" + getModel() + "' has neither a function nor a model");

  if (hasFunctions &&
      failed(runPipeline("Import", buildImportPipeline, *module)))
    return failure();
  if (hasFunctions)
    keepLevel(1, *module);
  if (!onBuffers) {
    if (failed(runPipeline("Graph", buildGraphPipeline, *module)) ||
        failed(nameModel()) || failed(placeMemory()) ||
        failed(placeAccelerators()) || failed(placeTuning()))
      return failure();
    keepLevel(2, *module);
    if (failed(runPipeline("Schedule", buildSchedulePipeline, *module)))
      return failure();
    keepLevel(3, *module);
    choices.addChosen(*module->getOps<ModelOp>().begin());
  } else if (failed(nameModel())) {
    return failure();
  } else if (memory) {
    return fail("'" + getModel() +
                "' is on buffers, which have their pools: --memory needs a "
                "model on tensors");
  } else if (tuning || options.listChoices) {
    return fail("'" + getModel() +
                "' is on buffers, which have their kernels: tuning needs a "
                "model on tensors");
  }
  if (options.listChoices)
    return success();
  if (!isPlanned(*module) || !onBuffers)
    if (failed(runPipeline("Memory", buildMemoryPipeline, *module))) {
      fits = false;
      return failure();
    }
  keepLevel(4, *module);
  return success();
}

//===----------------------------------------------------------------------===//
// Output
//===----------------------------------------------------------------------===//

LogicalResult Compilation::emit() {
  ModelOp model = *module->getOps<ModelOp>().begin();
  llvm::StringSet<> taken;
  FailureOr<ModelPlan> read = ModelPlan::get(model, taken);
  if (failed(read))
    return failure();
  plan = std::move(*read);

  // The plan and the report are about L4, so the conversion gets a copy.
  OwningOpRef<ModuleOp> converted(module->clone());
  if (failed(runPipeline("EmitC", buildEmitCPipeline, *converted)))
    return failure();
  keepLevel(5, *converted);
  TimingScope scope = total.nest("Write C");
  if (failed(translateToC(*converted, files)) ||
      failed(addRuntimeFiles(*plan, options.apis, files)))
    return failure();
  if (llvm::Error error =
          addCustomFiles(*plan, bindings, options.customOps, files))
    return fail(llvm::toString(std::move(error)));
  UserFiles userFiles(files);
  for (const AcceleratorPlan &accelerator : plan->accelerators)
    if (llvm::Error error = userFiles.add(
            accelerator.record->path, accelerator.record->targetKey,
            accelerator.record->header, accelerator.record->sources))
      return fail(llvm::toString(std::move(error)));
  return options.relocatable ? emitImage() : success();
}

LogicalResult Compilation::emitImage() {
  auto made =
      makeImage(*plan, files, {part, options.compiler, options.optimize});
  if (!made)
    return fail(llvm::toString(made.takeError()));
  image = std::move(*made);
  addLoaderFiles(files);
  return success();
}

std::string Compilation::getReportText() {
  SmallVector<std::string> names;
  for (const OutputFile &file : files)
    names.push_back(file.name);
  return getReport(*plan, part->name, options.optimize, names);
}

LibraryModel Compilation::getLibraryModel() {
  return {&*plan, getReportText(), levels};
}

void Compilation::addReport(SmallVectorImpl<OutputFile> &all,
                            const std::string &name) {
  all.push_back({name, getReportText()});
  if (!image.empty())
    all.push_back({plan->identifier + ".img", image});
  for (const OutputFile &file : levels)
    all.push_back({plan->identifier + file.name, file.text});
}

LogicalResult Compilation::write() {
  TimingScope scope = total.nest("Write files");
  bool isArchive = options.emit == "mlf";
  SmallVector<OutputFile> all(files);
  if (!isArchive)
    addReport(all, "report.json");
  if (std::string text = getLinkerFragment(plan->identifier, &*plan);
      !text.empty())
    all.push_back({plan->identifier + ".ld", std::move(text)});
  llvm::Error error = isArchive ? writeModelLibrary(options.folder, *part,
                                                    getLibraryModel(), all)
                                : writeOutputFolder(options.folder, all);
  if (error)
    return fail(llvm::toString(std::move(error)));
  if (!options.quiet)
    printSummary(files.size());
  return success();
}

void Compilation::printSummary(size_t numFiles) {
  const ModelPlan &plan = *this->plan;
  out << plan.identifier << " for " << part->name << ": "
      << plan.operators.size() << " operators, "
      << groupThousands(plan.getMacs()) << " MACs\n";
  out << "  RAM    " << groupThousands(plan.getActivationBytes()) << " bytes";
  for (auto [index, pool] : llvm::enumerate(plan.pools))
    out << (index == 0 ? ": " : ", ") << PoolOp(pool.op).getSymName() << " "
        << groupThousands(pool.size) << " in "
        << MemoryRegionOp(pool.region).getSymName();
  out << "\n  flash  "
      << groupThousands(plan.constantsPool ? plan.constantsPool->size : 0)
      << " bytes of constants\n";
  if (!image.empty())
    out << "  image  " << groupThousands(image.size()) << " bytes; "
        << groupThousands(getImageTablesSize(image))
        << " bytes of RAM for its tables\n";
  out << note;
  if (numFiles > 0)
    out << "  files  " << numFiles << " in " << options.folder << "\n";
}

LogicalResult Compilation::run() {
  if (failed(checkOptions()) || failed(load()) || failed(lower()))
    return failure();
  return options.listChoices ? success() : emit();
}

//===----------------------------------------------------------------------===//
// Interface
//===----------------------------------------------------------------------===//

std::unique_ptr<Compilation> stm32::compileModel(const CompileOptions &options,
                                                 raw_ostream &out,
                                                 raw_ostream &err) {
  if (!options.fit) {
    auto compilation = std::make_unique<Compilation>(options, out, err);
    if (failed(compilation->run()))
      return nullptr;
    return compilation;
  }
  // Percent of the instructions that bands of rows may cost; first none. The
  // cheapest bands that are said to fit come first, then those that need least:
  // the plan may need a little more than the search of bands has counted.
  static constexpr std::array<double, 5> budgets = {0, 5, 15, 50, 200};
  std::unique_ptr<Compilation> compilation;
  auto tryBudget = [&](double budget, bool isCheapest) {
    CompileOptions attempt = options;
    if (budget > 0) {
      attempt.optimize = "ram";
      attempt.cascadeBudget = budget;
    }
    attempt.fit = isCheapest;
    compilation =
        std::make_unique<Compilation>(attempt, out, err, /*keepErrors=*/true);
    if (failed(compilation->run()))
      return false;
    std::string text = "fits with --optimize " + options.optimize;
    if (budget > 0)
      text = "does not fit with --optimize " + options.optimize +
             "; fits with bands of rows (ram) for at most " +
             std::to_string(static_cast<int>(budget)) + " % more instructions";
    compilation->finishFit("  fit    " + text + "\n");
    return true;
  };
  for (double budget : budgets)
    for (bool isCheapest : {true, false}) {
      if (tryBudget(budget, isCheapest))
        return compilation;
      if (compilation->doesFit()) {
        err << compilation->getErrors();
        return nullptr;
      }
      if (budget == 0)
        break;
    }
  // What the last attempt says is about the least memory that there is.
  err << compilation->getErrors()
      << "stm32-compile: note: --fit tried --optimize " << options.optimize
      << ", then bands of rows for up to " << static_cast<int>(budgets.back())
      << " % more instructions; --stream-input may need less\n";
  return nullptr;
}

LogicalResult stm32::compile(const CompileOptions &options, raw_ostream &out,
                             raw_ostream &err) {
  auto fail = [&](const llvm::Twine &message) {
    err << "stm32-compile: error: " << message << "\n";
    return failure();
  };
  bool tunes = options.listChoices || !options.tuning.empty();
  if (tunes && options.models.size() > 1)
    return fail("tuning is of one model, " +
                llvm::Twine(options.models.size()) + " given");
  if (tunes && options.fit)
    return fail("--fit chooses on its own what takes less memory: compile for "
                "what it says that it takes, with --tuning and without --fit");
  if (options.models.size() > 1)
    return compileGroup(options, out, err);
  std::unique_ptr<Compilation> compilation = compileModel(options, out, err);
  if (compilation && options.listChoices) {
    compilation->printChoices();
    return success();
  }
  return success(compilation && succeeded(compilation->write()));
}
