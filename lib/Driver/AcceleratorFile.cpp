//===- AcceleratorFile.cpp - The file of --accelerator --------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AcceleratorFile.h"

#include "JsonFile.h"
#include "UserFiles.h"

#include "stm32/Target/C/CNames.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using llvm::Error;
using llvm::Expected;
namespace json = llvm::json;

static constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static Error checkFunction(const JsonEntry &entry, StringRef key,
                           StringRef name) {
  std::string reason = explainBadFunctionName(name);
  return reason.empty()
             ? Error::success()
             : entry.fail("the " + key + " '" + name + "' " + reason);
}

/// Pairs such as [[3, 3], [1, 1]]: height and width.
static Error readPairs(JsonEntry &entry, StringRef key,
                       std::vector<AcceleratedKernel::Pair> &pairs) {
  Expected<const json::Array *> list = entry.findArray(key);
  if (!list)
    return list.takeError();
  for (const json::Value &value : *list ? **list : json::Array()) {
    std::string what = entry.getWhere() + ": each of \"" + key.str() + "\"";
    const json::Array *pair = value.getAsArray();
    if (!pair || pair->size() != 2)
      return makeJsonError(what + " must be a list [height, width]");
    AcceleratedKernel::Pair &read = pairs.emplace_back();
    if (Error error = checkJsonInteger((*pair)[0], 1, kMost,
                                       what + ": the height", read.first))
      return error;
    if (Error error = checkJsonInteger((*pair)[1], 1, kMost,
                                       what + ": the width", read.second))
      return error;
  }
  return Error::success();
}

static Error readKernel(const json::Value &value, const std::string &where,
                        AcceleratedKernel &kernel) {
  Expected<JsonEntry> entryOr = JsonEntry::get(value, where);
  if (!entryOr)
    return entryOr.takeError();
  JsonEntry &entry = *entryOr;
  if (Error error = entry.readString("function", kernel.function, true))
    return error;
  if (Error error = checkFunction(entry, "function", kernel.function))
    return error;
  if (Error error = entry.readString("like", kernel.like, true))
    return error;
  if (Error error = entry.readStrings("tensors", kernel.tensors))
    return error;
  if (Error error = readPairs(entry, "windows", kernel.windows))
    return error;
  if (Error error = readPairs(entry, "strides", kernel.strides))
    return error;
  if (Error error = entry.readInteger("min_macs", 0, kMost, kernel.minMacs))
    return error;
  return entry.checkKeys();
}

static Error readPool(JsonEntry &entry,
                      std::optional<Accelerator::Pool> &pool) {
  const json::Value *value = entry.find("pool");
  if (!value)
    return Error::success();
  std::string where = entry.getWhere() + ": \"pool\"";
  Expected<JsonEntry> innerOr = JsonEntry::get(*value, where);
  if (!innerOr)
    return innerOr.takeError();
  JsonEntry &inner = *innerOr;
  pool.emplace();
  if (!inner.find("size"))
    return inner.fail("\"size\" is missing");
  if (Error error = inner.readInteger("size", 1, kMost, pool->size))
    return error;
  if (Error error = inner.readInteger("alignment", 4, 1 << 20, pool->alignment))
    return error;
  if (!llvm::isPowerOf2_64(pool->alignment))
    return inner.fail("\"alignment\" must be a power of two");
  if (Error error = inner.readString("region", pool->region, false))
    return error;
  return inner.checkKeys();
}

static Error readBody(JsonEntry &file, Accelerator &result) {
  if (Error error = file.readString("target_key", result.targetKey, true))
    return error;
  if (Error error = checkTargetKey(file, result.targetKey))
    return error;
  if (Error error = file.readString("configure", result.configure, false))
    return error;
  if (!result.configure.empty())
    if (Error error = checkFunction(file, "configure", result.configure))
      return error;
  if (Error error = file.readString("header", result.header, true))
    return error;
  if (Error error = file.readStrings("sources", result.sources))
    return error;
  if (Error error = checkUserFiles(file, result.header, result.sources))
    return error;
  if (Error error = readPool(file, result.pool))
    return error;
  Expected<const json::Array *> kernels = file.findArray("kernels");
  if (!kernels)
    return kernels.takeError();
  if (!*kernels || (*kernels)->empty())
    return file.fail("\"kernels\" must name at least one function");
  for (auto [index, value] : llvm::enumerate(**kernels))
    if (Error error = readKernel(
            value, file.getWhere() + ": kernel " + std::to_string(index),
            result.kernels.emplace_back()))
      return error;
  return file.checkKeys();
}

Expected<const Accelerator *> stm32::readAccelerator(StringRef path) {
  // Records of kernels point to these.
  static std::vector<std::unique_ptr<Accelerator>> accelerators;
  Expected<json::Value> root = readJsonFile(path);
  if (!root)
    return root.takeError();
  std::string where = "'" + path.str() + "'";
  Expected<JsonEntry> fileOr = JsonEntry::get(*root, where);
  if (!fileOr)
    return fileOr.takeError();
  JsonEntry &file = *fileOr;
  auto result = std::make_unique<Accelerator>();
  if (Error error = readBody(file, *result))
    return error;
  result->path = path.str();
  if (std::string reason = registerAccelerator(*result); !reason.empty())
    return file.fail(reason);
  accelerators.push_back(std::move(result));
  return accelerators.back().get();
}

//===----------------------------------------------------------------------===//
// Into the IR
//===----------------------------------------------------------------------===//

/// A tensor that is named and not there, or "".
static std::string findUnknownTensor(const Accelerator &accelerator,
                                     ModelOp model) {
  for (const AcceleratedKernel &kernel : accelerator.kernels)
    for (const std::string &tensor : kernel.tensors)
      if (llvm::none_of(model.getBody().front(), [&](Operation &op) {
            return matchesTensorName(getTensorName(op.getLoc()), tensor);
          }))
        return tensor;
  return "";
}

/// The region of the accelerator's pool; made from the part if need be.
static Expected<FlatSymbolRefAttr> findRegion(const Accelerator &accelerator,
                                              const PartRecord &part,
                                              ModuleOp module) {
  std::string name = accelerator.pool->region;
  if (name.empty())
    name = part.getActivationMemory().name.str();
  MLIRContext *context = module.getContext();
  SymbolTable symbols(module);
  if (symbols.lookup<MemoryRegionOp>(name))
    return FlatSymbolRefAttr::get(context, name);
  auto memory = llvm::find_if(part.memories, [&](const MemoryRecord &record) {
    return record.name == name;
  });
  if (memory == part.memories.end())
    return makeJsonError("'" + accelerator.path + "': \"pool\": " + part.name +
                         " has no memory '" + name + "'");
  auto builder = OpBuilder::atBlockBegin(module.getBody());
  symbols.insert(makeRegion(builder, module.getLoc(), *memory));
  return FlatSymbolRefAttr::get(context, name);
}

static Error addPool(const Accelerator &accelerator, const PartRecord &part,
                     ModuleOp module) {
  Expected<FlatSymbolRefAttr> region = findRegion(accelerator, part, module);
  if (!region)
    return region.takeError();
  std::string name = accelerator.targetKey;
  llvm::replace(name, '-', '_');
  SymbolTable symbols(module);
  if (symbols.lookup(name))
    return makeJsonError("'" + accelerator.path + "': the pool '" + name +
                         "' has the name of something else");
  OpBuilder builder(module.getContext());
  builder.setInsertionPointAfter(symbols.lookup(region->getAttr()));
  symbols.insert(PoolOp::create(
      builder, module.getLoc(), builder.getStringAttr(name), *region,
      /*limit=*/IntegerAttr(),
      builder.getI64IntegerAttr(accelerator.pool->size),
      builder.getI64IntegerAttr(accelerator.pool->alignment),
      /*constants=*/UnitAttr(), /*states=*/UnitAttr(),
      /*stream=*/FlatSymbolRefAttr(),
      builder.getStringAttr(accelerator.targetKey)));
  return Error::success();
}

Error stm32::assignAccelerators(ArrayRef<const Accelerator *> accelerators,
                                const PartRecord &part, ModuleOp module,
                                ModelOp model) {
  llvm::DenseSet<const Accelerator *> used;
  for (const Accelerator *accelerator : accelerators)
    if (std::string tensor = findUnknownTensor(*accelerator, model);
        !tensor.empty())
      return makeJsonError(
          "'" + accelerator->path + "': tensor \"" + tensor +
          "\": the model has no operator that writes it, or it was fused into "
          "its neighbour; see \"operators\" in report.json");
  model->walk([&](ComputeOpInterface op) {
    for (const Accelerator *accelerator : accelerators) {
      const KernelRecord *record = findAcceleratedKernel(*accelerator, op);
      if (!record || op.getKernelAttr())
        continue;
      op.setKernelAttr(StringAttr::get(op.getContext(), record->name));
      used.insert(accelerator);
    }
  });
  for (const Accelerator *accelerator : accelerators)
    if (accelerator->pool && used.contains(accelerator))
      if (Error error = addPool(*accelerator, part, module))
        return error;
  return Error::success();
}
