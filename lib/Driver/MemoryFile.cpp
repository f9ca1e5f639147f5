//===- MemoryFile.cpp - The file of --memory ------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemoryFile.h"

#include "JsonFile.h"

#include "stm32/Dialect/STM32/IR/STM32Movement.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using llvm::Error;
using llvm::Expected;
using Kind = MemoryFile::Kind;
namespace json = llvm::json;

/// Addresses and sizes: microcontrollers have 32 bits.
static constexpr int64_t kMost = std::numeric_limits<uint32_t>::max();
static constexpr int64_t kMostCycles = 10000;

static std::string quoteNames(ArrayRef<std::string> names) {
  std::string text;
  for (const std::string &name : names)
    text += (text.empty() ? "'" : ", '") + name + "'";
  return text.empty() ? "none" : text;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// Bytes or an address: an integer, or a text such as "0xC0000000", which JSON
/// has no number for.
static Error readBytes(JsonEntry &entry, StringRef key, int64_t least,
                       std::optional<int64_t> &result) {
  const json::Value *value = entry.find(key);
  if (!value)
    return Error::success();
  std::optional<int64_t> number = value->getAsInteger();
  if (std::optional<StringRef> text = value->getAsString()) {
    int64_t parsed = 0;
    if (!text->getAsInteger(0, parsed))
      number = parsed;
  }
  if (!number || *number < least || *number > kMost)
    return entry.fail("\"" + key + "\" must be an integer from " +
                      llvm::Twine(least) + " to " + llvm::Twine(kMost) +
                      ", or such a text as \"0xC0000000\"");
  result = number;
  return Error::success();
}

static Error readRegion(JsonEntry &entry, MemoryFile::Region &region) {
  if (Error error = entry.readString("name", region.name, true))
    return error;
  if (Error error = readBytes(entry, "address", 0, region.address))
    return error;
  if (Error error = readBytes(entry, "size", 1, region.size))
    return error;
  if (const json::Value *value = entry.find("latency")) {
    region.latency = value->getAsInteger();
    if (!region.latency || *region.latency < 1 || *region.latency > kMostCycles)
      return entry.fail("\"latency\" must be an integer from 1 to " +
                        llvm::Twine(kMostCycles) + ", in cycles");
  }
  region.section = "." + region.name;
  if (Error error = entry.readString("section", region.section, false))
    return error;
  return entry.checkKeys();
}

static Error readPool(JsonEntry &entry, MemoryFile::Pool &pool) {
  if (Error error = entry.readString("name", pool.name, true))
    return error;
  if (Error error = entry.readString("region", pool.region, true))
    return error;
  std::string kind = "activations";
  if (Error error = entry.readString("kind", kind, false))
    return error;
  if (kind == "constants")
    pool.kind = Kind::Constants;
  else if (kind == "states")
    pool.kind = Kind::States;
  else if (kind != "activations")
    return entry.fail("unknown kind '" + kind +
                      "'; known are activations, constants, states");
  if (Error error = readBytes(entry, "usable_size", 1, pool.usableSize))
    return error;
  if (Error error = entry.readInteger("alignment", 4, 1 << 30, pool.alignment))
    return error;
  if (!llvm::isPowerOf2_64(pool.alignment))
    return entry.fail("alignment " + llvm::Twine(pool.alignment) +
                      " is not a power of two");
  if (Error error = entry.readString("stream", pool.stream, false))
    return error;
  if (!pool.stream.empty() && pool.kind != Kind::Constants)
    return entry.fail("\"stream\" goes with kind constants");
  return entry.checkKeys();
}

/// Reads each object of the list `key` with `read` into `items`.
template <typename Item>
static Error readItems(JsonEntry &file, StringRef key, StringRef what,
                       Error (*read)(JsonEntry &, Item &),
                       std::vector<Item> &items) {
  Expected<const json::Array *> list = file.findArray(key);
  if (!list)
    return list.takeError();
  llvm::StringSet<> names;
  for (const json::Value &value : *list ? **list : json::Array()) {
    std::string where = file.getWhere() + ": " + what.str() + " " +
                        std::to_string(items.size());
    Expected<JsonEntry> entryOr = JsonEntry::get(value, where);
    if (!entryOr)
      return entryOr.takeError();
    JsonEntry &entry = *entryOr;
    Item &item = items.emplace_back();
    if (Error error = read(entry, item))
      return error;
    if (!names.insert(item.name).second)
      return entry.fail("a second " + what + " '" + item.name + "'");
  }
  return Error::success();
}

static Error readPins(JsonEntry &file, MemoryFile &memory) {
  const json::Value *value = file.find("pin");
  if (!value)
    return Error::success();
  const json::Object *object = value->getAsObject();
  if (!object)
    return file.fail("\"pin\" must be an object");
  for (const auto &[key, pool] : *object) {
    std::optional<StringRef> name = pool.getAsString();
    StringRef what(key);
    if (!name)
      return file.fail("pin \"" + what + "\" must be the name of a pool");
    auto known =
        llvm::find_if(memory.pools, [&](const MemoryFile::Pool &candidate) {
          return candidate.name == *name;
        });
    if (known == memory.pools.end()) {
      std::vector<std::string> names;
      for (const MemoryFile::Pool &candidate : memory.pools)
        names.push_back(candidate.name);
      return file.fail("pin \"" + what + "\": unknown pool '" + *name +
                       "'; known are " + quoteNames(names));
    }
    Kind needed = what == "constants" ? Kind::Constants : Kind::Activations;
    if (known->kind != needed)
      return file.fail(
          "pin \"" + what + "\": pool '" + *name + "' is not of kind " +
          (needed == Kind::Constants ? "constants" : "activations"));
    memory.pins.push_back({what.str(), name->str()});
  }
  // Objects have no order: errors come in that of the names.
  llvm::sort(memory.pins,
             [](const auto &a, const auto &b) { return a.what < b.what; });
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

static MemoryFile::Region getRegion(const MemoryRecord &memory) {
  MemoryFile::Region region;
  region.name = memory.name.str();
  if (memory.address)
    region.address = memory.address;
  if (memory.size)
    region.size = memory.size;
  if (memory.waitStates)
    region.latency = 1 + memory.waitStates;
  region.section = memory.section.str();
  return region;
}

/// Keeps the regions that pools are in, of the file first, then of the part.
static Error findRegions(const JsonEntry &file, const PartRecord &part,
                         MemoryFile &memory) {
  std::vector<MemoryFile::Region> known = std::move(memory.regions);
  for (const MemoryRecord &record : part.memories)
    if (llvm::none_of(known, [&](const MemoryFile::Region &region) {
          return region.name == record.name;
        }))
      known.push_back(getRegion(record));
  memory.regions.clear();
  std::vector<std::string> names;
  for (const MemoryFile::Region &region : known)
    names.push_back(region.name);
  for (auto [index, pool] : llvm::enumerate(memory.pools)) {
    auto isOf = [&](const MemoryFile::Region &region) {
      return region.name == pool.region;
    };
    std::string where = "pool " + std::to_string(index);
    auto region = llvm::find_if(known, isOf);
    if (region == known.end())
      return file.fail(where + ": unknown region '" + pool.region +
                       "'; known are " + quoteNames(names));
    if (llvm::is_contained(names, pool.name))
      return file.fail(where + ": '" + pool.name +
                       "' is a region; give the pool another name");
    if (region->size && pool.usableSize.value_or(0) > *region->size)
      return file.fail(where + ": usable_size " +
                       llvm::Twine(*pool.usableSize) + " is more than the " +
                       llvm::Twine(*region->size) + " bytes of region '" +
                       region->name + "'");
    if (region->address && *region->address % pool.alignment)
      return file.fail(where + ": region '" + region->name + "' begins at 0x" +
                       llvm::utohexstr(*region->address) +
                       ", which is not aligned to " +
                       llvm::Twine(pool.alignment));
    if (llvm::none_of(memory.regions, isOf))
      memory.regions.push_back(*region);
  }
  return Error::success();
}

/// Constants stream into a pool of activations that is faster.
static Error checkStreams(const JsonEntry &file, const MemoryFile &memory) {
  auto getLatency = [&](const MemoryFile::Pool &pool) {
    auto region = llvm::find_if(memory.regions, [&](const auto &candidate) {
      return candidate.name == pool.region;
    });
    return region->latency.value_or(1);
  };
  for (auto [index, pool] : llvm::enumerate(memory.pools)) {
    if (pool.stream.empty())
      continue;
    std::string where =
        "pool " + std::to_string(index) + ": stream '" + pool.stream + "'";
    auto target = llvm::find_if(memory.pools, [&](const auto &candidate) {
      return candidate.name == pool.stream;
    });
    if (target == memory.pools.end() || target->kind != Kind::Activations)
      return file.fail(where + " is no pool of activations of this file");
    if (getLatency(*target) >= getLatency(pool))
      return file.fail(where + " is not faster: region '" + target->region +
                       "' has latency " + llvm::Twine(getLatency(*target)) +
                       ", '" + pool.region + "' has " +
                       llvm::Twine(getLatency(pool)) +
                       "; \"latency\" of a region says what an access takes");
  }
  return Error::success();
}

Expected<MemoryFile> stm32::readMemoryFile(StringRef path,
                                           const PartRecord &part) {
  Expected<json::Value> root = readJsonFile(path);
  if (!root)
    return root.takeError();
  std::string where = "'" + path.str() + "'";
  Expected<JsonEntry> fileOr = JsonEntry::get(*root, where);
  if (!fileOr)
    return fileOr.takeError();
  JsonEntry &file = *fileOr;
  MemoryFile memory;
  memory.path = path.str();
  if (Error error = readItems<MemoryFile::Region>(file, "regions", "region",
                                                  readRegion, memory.regions))
    return error;
  if (Error error = readItems<MemoryFile::Pool>(file, "pools", "pool", readPool,
                                                memory.pools))
    return error;
  if (memory.pools.empty())
    return file.fail("\"pools\" must name at least one pool");
  if (Error error = readPins(file, memory))
    return error;
  if (Error error = file.checkKeys())
    return error;
  if (Error error = findRegions(file, part, memory))
    return error;
  if (Error error = checkStreams(file, memory))
    return error;
  return memory;
}

//===----------------------------------------------------------------------===//
// Into the IR
//===----------------------------------------------------------------------===//

/// The input or output that `what` numbers after `prefix`; none if it is no
/// such text.
static std::optional<size_t> getNumber(StringRef what, StringRef prefix) {
  size_t number = 0;
  if (!what.consume_front(prefix) || what.getAsInteger(10, number))
    return std::nullopt;
  return number;
}

/// The value that a pin means; null if the model has none.
static Value findPinned(ModelOp model, StringRef what) {
  Block &body = model.getBody().front();
  OperandRange outputs = model.getOutputOp().getValues();
  if (std::optional<size_t> input = getNumber(what, "input:"))
    return *input < body.getNumArguments() ? body.getArgument(*input) : Value();
  if (std::optional<size_t> output = getNumber(what, "output:"))
    return *output < outputs.size() ? outputs[*output] : Value();
  for (auto [io, argument] :
       llvm::zip_equal(model.getInputs(), body.getArguments()))
    if (matchesTensorName(cast<IOAttr>(io).getName(), what))
      return argument;
  for (Operation &op : body)
    if (op.getNumResults() > 0 &&
        matchesTensorName(getTensorName(op.getLoc()), what))
      return op.getResult(0);
  for (auto [io, output] : llvm::zip_equal(model.getOutputs(), outputs))
    if (matchesTensorName(cast<IOAttr>(io).getName(), what))
      return output;
  return Value();
}

static Error addPin(const MemoryFile &file, const MemoryFile::Pin &pin,
                    ModelOp model) {
  std::string where = "'" + file.path + "': pin \"" + pin.what + "\"";
  Value value = findPinned(model, pin.what);
  if (!value)
    return makeJsonError(
        where + ": the model has no such tensor; one that was fused into its "
                "neighbour has no memory of its own, see \"tensors\" in "
                "report.json");
  // A reshape is the memory of what it reads.
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape->getOperand(0);
  auto pool = FlatSymbolRefAttr::get(model.getContext(), pin.pool);
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    size_t count = model.getInputs().size();
    SmallVector<Attribute> names(count,
                                 StringAttr::get(model.getContext(), ""));
    if (auto known = model->getAttrOfType<ArrayAttr>(kPoolAttrName))
      names.assign(known.begin(), known.end());
    names[argument.getArgNumber()] = pool.getAttr();
    model->setAttr(kPoolAttrName, ArrayAttr::get(model.getContext(), names));
    return Error::success();
  }
  Operation *op = value.getDefiningOp();
  if (!isa<ComputeOpInterface, ConcatOp>(op))
    return makeJsonError(where + ": a constant or a state has no place among "
                                 "the activations");
  op->setAttr(kPoolAttrName, pool);
  return Error::success();
}

Error stm32::addMemory(const MemoryFile &file, ModuleOp module, ModelOp model) {
  auto fail = [&](const llvm::Twine &message) {
    return makeJsonError("'" + file.path + "': " + message);
  };
  if (!module.getOps<PoolOp>().empty())
    return fail("the model declares its pools itself");
  auto builder = OpBuilder::atBlockBegin(module.getBody());
  auto number = [&](std::optional<int64_t> value) {
    return value ? builder.getI64IntegerAttr(*value) : IntegerAttr();
  };
  StringRef constants;
  for (const MemoryFile::Pin &pin : file.pins)
    if (pin.what == "constants")
      constants = pin.pool;
    else if (Error error = addPin(file, pin, model))
      return error;
  SymbolTable symbols(module);
  for (const MemoryFile::Region &region : file.regions) {
    if (symbols.lookup(region.name))
      return fail("region '" + region.name + "' has the name of the model");
    auto op = MemoryRegionOp::create(
        builder, module.getLoc(), builder.getStringAttr(region.name),
        number(region.address), number(region.size), number(region.latency),
        region.section.empty() ? StringAttr()
                               : builder.getStringAttr(region.section));
    symbols.insert(op);
  }
  for (const MemoryFile::Pool &pool : file.pools) {
    bool isConstants = pool.kind == Kind::Constants;
    if (isConstants && !constants.empty() && constants != pool.name)
      continue;
    if (symbols.lookup(pool.name))
      return fail("pool '" + pool.name + "' has the name of the model");
    symbols.insert(PoolOp::create(
        builder, module.getLoc(), builder.getStringAttr(pool.name),
        FlatSymbolRefAttr::get(builder.getContext(), pool.region),
        number(pool.usableSize), /*size=*/IntegerAttr(),
        builder.getI64IntegerAttr(pool.alignment),
        isConstants ? builder.getUnitAttr() : UnitAttr(),
        pool.kind == Kind::States ? builder.getUnitAttr() : UnitAttr(),
        pool.stream.empty()
            ? FlatSymbolRefAttr()
            : FlatSymbolRefAttr::get(builder.getContext(), pool.stream),
        /*owner=*/StringAttr()));
  }
  return Error::success();
}
