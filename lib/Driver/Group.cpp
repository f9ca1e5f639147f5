//===- Group.cpp - Several models of one firmware -------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Group.h"

#include "Compilation.h"

#include "stm32/Target/C/CNames.h"
#include "stm32/Target/C/LinkerFragment.h"
#include "stm32/Target/C/OutputFolder.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

#include <map>

using namespace mlir;
using namespace mlir::stm32;
namespace json = llvm::json;

namespace {
/// A pool that models use one after the other.
struct SharedPool {
  MemoryRegionOp region;
  int64_t size = 0, alignment = 1;
};

/// What the pools of one region need together.
struct RegionUse {
  MemoryRegionOp region;
  int64_t own = 0;                       ///< constants and states of all models
  std::map<std::string, int64_t> shared; ///< bytes of pools
};

class Group {
public:
  Group(const CompileOptions &options, raw_ostream &out, raw_ostream &err)
      : options(options), out(out), err(err) {}
  LogicalResult run();

private:
  LogicalResult fail(const llvm::Twine &message) {
    err << "stm32-compile: error: " << message << "\n";
    return failure();
  }
  LogicalResult checkNames();
  LogicalResult compileAll();
  LogicalResult sharePools();
  LogicalResult checkRegions();
  LogicalResult addFiles();
  std::string getHeader();
  std::string getReport();

  const CompileOptions &options;
  raw_ostream &out, &err;
  std::vector<std::unique_ptr<Compilation>> members;
  std::map<std::string, SharedPool> pools;
  SmallVector<OutputFile> files;
};
} // namespace

LogicalResult Group::checkNames() {
  if (options.names.size() != options.models.size())
    return fail(llvm::Twine(options.models.size()) + " models need " +
                llvm::Twine(options.models.size()) + " names, " +
                llvm::Twine(options.names.size()) +
                " given: use --name a,b,...");
  std::string reason = explainBadModelName(options.group);
  if (!reason.empty())
    return fail("group '" + options.group + "' " + reason);
  // Their macros are in capitals.
  llvm::StringSet<> taken;
  taken.insert(StringRef(options.group).upper());
  for (const std::string &name : options.names)
    if (!taken.insert(StringRef(name).upper()).second)
      return fail("name '" + name +
                  "' is that of another model or of the group");
  return success();
}

LogicalResult Group::compileAll() {
  for (auto [model, name] : llvm::zip_equal(options.models, options.names)) {
    CompileOptions one = options;
    one.models = {model};
    one.names = {name};
    members.push_back(compileModel(one, out, err));
    if (!members.back())
      return failure();
  }
  return success();
}

LogicalResult Group::sharePools() {
  for (const auto &member : members)
    for (const PoolPlan &pool : member->getPlan().pools) {
      // A network's memory is its own.
      if (PoolOp(pool.op).isOfOneModel())
        continue;
      SharedPool &shared = pools[pool.identifier];
      MemoryRegionOp region = pool.region;
      if (shared.region && shared.region.getSymName() != region.getSymName())
        return fail("pool '" + pool.identifier + "' of model '" +
                    member->getPlan().identifier + "' is in region '" +
                    region.getSymName() + "', but another model has it in '" +
                    shared.region.getSymName() + "'");
      shared.region = region;
      shared.size = std::max<int64_t>(shared.size, pool.size);
      shared.alignment = std::max<int64_t>(shared.alignment, pool.alignment);
    }
  return success();
}

/// Each model fits alone; all of them must fit together.
LogicalResult Group::checkRegions() {
  llvm::MapVector<StringRef, RegionUse> uses;
  auto addOwn = [&](const PoolPlan &pool) {
    MemoryRegionOp region = pool.region;
    RegionUse &use = uses[region.getSymName()];
    use.region = region;
    use.own += llvm::alignTo(pool.size, pool.alignment);
  };
  for (const auto &member : members) {
    for (const PoolPlan &pool : member->getPlan().pools)
      if (PoolOp(pool.op).isOfOneModel())
        addOwn(pool);
    if (member->getPlan().constantsPool)
      addOwn(*member->getPlan().constantsPool);
  }
  for (auto &[name, pool] : pools) {
    RegionUse &use = uses[pool.region.getSymName()];
    use.region = pool.region;
    use.shared[name] = llvm::alignTo(pool.size, pool.alignment);
  }
  for (auto &[name, use] : uses) {
    int64_t needed = use.own;
    for (auto &[pool, bytes] : use.shared)
      needed += bytes;
    std::optional<uint64_t> size = use.region.getSize();
    if (size && needed > static_cast<int64_t>(*size))
      return fail("memory region '" + name + "' has " + llvm::Twine(*size) +
                  " bytes, but the models of group '" + options.group +
                  "' need " + llvm::Twine(needed) +
                  " together: " + llvm::Twine(use.own) +
                  " of constants and states, the rest for pools that they "
                  "share; another region (--memory) would help");
  }
  return success();
}

std::string Group::getHeader() {
  std::string macro = makeMacroName(options.group);
  std::string text = "/* " + options.group +
                     ".h: pools that several models use, one after the "
                     "other.\n *\n * Each is as large as the largest of them "
                     "needs; no two may run at once. States\n * are in pools "
                     "of the models' own, see their headers.\n */\n#ifndef " +
                     macro + "_H\n#define " + macro + "_H\n\n";
  for (const std::string &name : options.names)
    text += "#include \"" + name + ".h\"\n";
  for (auto &[name, pool] : pools) {
    std::string prefix = macro + "_POOL_" + makeMacroName(name);
    auto define = [&](StringRef suffix, const llvm::Twine &value) {
      text += ("#define " + prefix + suffix + " " + value + "\n").str();
    };
    text += "\n";
    define("_SIZE", llvm::Twine(pool.size));
    define("_ALIGN", llvm::Twine(pool.alignment));
    if (auto section = pool.region.getSection())
      define("_SECTION", quoteString(*section));
    if (pool.size > 0)
      text += "struct " + options.group + "_" + name +
              " {\n  STM32RT_ALIGNED(" + prefix + "_ALIGN)\n  uint8_t bytes[" +
              prefix + "_SIZE];\n};\n";
  }
  return text + "\n#endif /* " + macro + "_H */\n";
}

std::string Group::getReport() {
  std::string text;
  llvm::raw_string_ostream os(text);
  json::OStream stream(os, /*IndentSize=*/2);
  stream.object([&] {
    stream.attribute("tool_version", getToolVersion());
    stream.attribute("group", options.group);
    stream.attributeArray("models", [&] {
      for (const auto &member : members)
        stream.object([&] {
          const ModelPlan &plan = member->getPlan();
          stream.attribute("name", plan.identifier);
          stream.attribute("report", plan.identifier + ".report.json");
          stream.attribute("activations", plan.getActivationBytes());
          stream.attribute("states", plan.getStateBytes());
          stream.attribute("constants",
                           plan.constantsPool ? plan.constantsPool->size : 0);
        });
    });
    stream.attributeArray("pools", [&] {
      for (auto &[name, pool] : pools)
        stream.object([&] {
          stream.attribute("name", name);
          stream.attribute("region", pool.region.getSymName());
          stream.attribute("size", pool.size);
          stream.attribute("alignment", pool.alignment);
        });
    });
    stream.attributeArray("files", [&] {
      for (const OutputFile &file : files)
        stream.value(file.name);
    });
  });
  os << "\n";
  return text;
}

LogicalResult Group::addFiles() {
  llvm::StringMap<StringRef> known;
  for (const auto &member : members)
    for (const OutputFile &file : member->getFiles()) {
      auto [place, isNew] = known.try_emplace(file.name, file.text);
      if (isNew)
        files.push_back(file);
      else if (place->second != file.text)
        return fail("two models have different files '" + file.name +
                    "'; give the models other names");
    }
  files.push_back({options.group + ".h", getHeader()});
  if (known.contains(files.back().name))
    return fail("a model has a file '" + files.back().name +
                "'; give the group another name");
  return success();
}

LogicalResult Group::run() {
  if (failed(checkNames()) || failed(compileAll()) || failed(sharePools()) ||
      failed(checkRegions()) || failed(addFiles()))
    return failure();
  bool isArchive = options.emit == "mlf";
  SmallVector<OutputFile> all(files);
  if (!isArchive)
    all.push_back({"report.json", getReport()});
  SmallVector<const ModelPlan *> plans;
  SmallVector<LibraryModel> models;
  for (const auto &member : members) {
    plans.push_back(&member->getPlan());
    if (isArchive)
      models.push_back(member->getLibraryModel());
    else
      member->addReport(all, member->getPlan().identifier + ".report.json");
  }
  if (std::string text = getLinkerFragment(options.group, plans); !text.empty())
    all.push_back({options.group + ".ld", std::move(text)});
  llvm::Error error =
      isArchive ? writeModelLibrary(options.folder, members.front()->getPart(),
                                    models, all)
                : writeOutputFolder(options.folder, all);
  if (error)
    return fail(llvm::toString(std::move(error)));
  if (options.quiet)
    return success();
  for (const auto &member : members)
    member->printSummary(0);
  out << options.group << ":";
  for (auto &[name, pool] : pools)
    out << " " << name << " " << groupThousands(pool.size) << " in "
        << pool.region.getSymName() << ",";
  out << " " << files.size() << " files in " << options.folder << "\n";
  return success();
}

LogicalResult stm32::compileGroup(const CompileOptions &options,
                                  raw_ostream &out, raw_ostream &err) {
  return Group(options, out, err).run();
}
