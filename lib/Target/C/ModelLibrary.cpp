//===- ModelLibrary.cpp - Model Library Format ----------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/C/ModelLibrary.h"

#include "stm32/Target/C/CNames.h"
#include "stm32/Target/C/ParameterFile.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/TarWriter.h"

using namespace mlir;
using namespace mlir::stm32;
using llvm::Error;

/// Of the format, as TVM counts it.
static constexpr int64_t kFormatVersion = 7;
/// kDLCPU, the device of all code here.
static constexpr int64_t kDevice = 1;

namespace {
class MetadataWriter {
public:
  MetadataWriter(const PartRecord &part, ArrayRef<LibraryModel> models,
                 ArrayRef<OutputFile> files, raw_ostream &os)
      : part(part), models(models), files(files), json(os, /*IndentSize=*/2) {}
  void write();

private:
  void text(StringRef key, StringRef value) {
    json.attribute(key, llvm::json::fixUTF8(value));
  }
  void module(const ModelPlan &plan);
  void targets();
  void storage(const ModelPlan &plan);
  void functions(const ModelPlan &plan);
  void mainFunction(const ModelPlan &plan);
  void pools(const ModelPlan &plan);
  void dependencies();
  int64_t endpoints(StringRef key, const ModelPlan &plan,
                    ArrayRef<unsigned> indices);

  const PartRecord &part;
  ArrayRef<LibraryModel> models;
  ArrayRef<OutputFile> files;
  llvm::json::OStream json;
};
} // namespace

//===----------------------------------------------------------------------===//
// metadata.json
//===----------------------------------------------------------------------===//

/// The target as TVM writes it, then the devices that files are for.
void MetadataWriter::targets() {
  std::string target =
      part.cpu.empty()
          ? "c -keys=cpu"
          : ("c -keys=arm_cpu,cpu -mcpu=" + part.cpu + " -model=" + part.name)
                .str();
  llvm::SetVector<StringRef> keys;
  for (const OutputFile &file : files)
    if (!file.targetKey.empty())
      keys.insert(file.targetKey);
  json.attributeArray("target", [&] {
    json.value(target);
    for (StringRef key : keys)
      json.value(key);
  });
}

/// Buffers of one storage_id have one place.
void MetadataWriter::storage(const ModelPlan &plan) {
  llvm::DenseSet<uint64_t> seen;
  json.attributeArray("sids", [&] {
    for (BufferOp op : ModelOp(plan.op).getBody().getOps<BufferOp>()) {
      std::optional<uint64_t> id = op.getStorageId();
      if (!id || !seen.insert(*id).second)
        continue;
      json.object([&] {
        json.attribute("storage_id", *id);
        json.attribute("size_bytes", op.getType().getBytes());
        text("pool", op.getPool());
        json.attribute("offset", plan.getPlace(op).offset);
        for (unsigned index : plan.inputs) {
          auto input = plan.tensors[index].value.getDefiningOp<BufferOp>();
          if (input && input.getStorageId() == id) {
            text("input_binding", plan.tensors[index].io.getName());
            break;
          }
        }
      });
    }
  });
}

/// Returns the bytes of all of them. An object has no two equal keys.
int64_t MetadataWriter::endpoints(StringRef key, const ModelPlan &plan,
                                  ArrayRef<unsigned> indices) {
  int64_t bytes = 0;
  llvm::StringSet<> taken;
  json.attributeObject(key, [&] {
    for (auto [number, index] : llvm::enumerate(indices)) {
      const TensorPlan &tensor = plan.tensors[index];
      std::string name = llvm::json::fixUTF8(tensor.io.getName());
      if (name.empty() || !taken.insert(name).second)
        name += key.drop_back().str() + std::to_string(number);
      json.attributeObject(name, [&] {
        json.attribute("size", BufferType(tensor.type).getBytes());
        json.attribute("dtype", getTypeName(tensor.type.getElementType()));
      });
      bytes += BufferType(tensor.type).getBytes();
    }
  });
  return bytes;
}

void MetadataWriter::mainFunction(const ModelPlan &plan) {
  json.object([&] {
    json.attribute("device", kDevice);
    json.attribute("workspace_size_bytes", plan.getActivationBytes());
    json.attribute("constants_size_bytes",
                   plan.constantsPool ? plan.constantsPool->size : 0);
    int64_t bytes = endpoints("inputs", plan, plan.inputs) +
                    endpoints("outputs", plan, plan.outputs);
    json.attribute("io_size_bytes", bytes);
  });
}

void MetadataWriter::functions(const ModelPlan &plan) {
  json.attributeObject("functions", [&] {
    json.attributeArray("main", [&] { mainFunction(plan); });
    json.attributeArray("operator_functions", [&] {
      for (auto [index, entry] : llvm::enumerate(plan.operators)) {
        Value scratch = ComputeOpInterface(entry.op).getScratch();
        json.object([&] {
          text("function_name",
               plan.identifier + "_op_" + std::to_string(index));
          json.attributeArray("workspace", [&] {
            json.object([&] {
              json.attribute("device", kDevice);
              json.attribute(
                  "workspace_size_bytes",
                  scratch ? cast<BufferType>(scratch.getType()).getBytes() : 0);
            });
          });
        });
      }
    });
  });
}

void MetadataWriter::pools(const ModelPlan &plan) {
  json.attributeArray("pools", [&] {
    for (const PoolPlan &pool : plan.pools)
      json.object([&] {
        text("name", PoolOp(pool.op).getSymName());
        text("region", MemoryRegionOp(pool.region).getSymName());
        json.attribute("size_bytes", pool.size);
        json.attribute("alignment", pool.alignment);
        json.attribute("states", PoolOp(pool.op).getStates());
      });
  });
}

void MetadataWriter::dependencies() {
  json.attributeArray("external_dependencies", [&] {
    json.object([&] {
      json.attribute("short_name", "stm32rt");
      json.attribute("url", "./runtime");
      json.attribute("url_type", "mlf_path");
      json.attribute("version_spec", getToolVersion());
    });
  });
}

void MetadataWriter::module(const ModelPlan &plan) {
  json.attributeObject(plan.identifier, [&] {
    text("model_name", plan.identifier);
    // Equal models give equal bytes, so no archive knows when it was written.
    json.attribute("export_datetime", "1970-01-01 00:00:00Z");
    targets();
    json.attributeArray("executors", [&] { json.value("aot"); });
    json.attribute("style", "full-model");
    json.attributeObject("memory", [&] {
      storage(plan);
      functions(plan);
      pools(plan);
    });
    dependencies();
  });
}

void MetadataWriter::write() {
  json.object([&] {
    json.attribute("version", kFormatVersion);
    json.attributeObject("modules", [&] {
      for (const LibraryModel &model : models)
        module(*model.plan);
    });
  });
}

//===----------------------------------------------------------------------===//
// The archive
//===----------------------------------------------------------------------===//

static std::string getPlace(const OutputFile &file) {
  bool isRuntime = file.kind == OutputFile::Kind::Runtime;
  std::string device = file.targetKey.empty() ? "host" : file.targetKey;
  std::string folder = isRuntime ? "runtime" : "codegen/" + device;
  StringRef extension = llvm::sys::path::extension(file.name);
  if (extension == ".ld")
    return folder + "/" + file.name;
  return folder + (extension == ".h" ? "/include/" : "/src/") + file.name;
}

static void append(llvm::TarWriter &tar, const LibraryModel &model) {
  const std::string &name = model.plan->identifier;
  tar.append("executor-config/aot/" + name + ".json", model.report);
  tar.append("parameters/" + name + ".params", getParameterFile(*model.plan));
  for (auto [index, level] : llvm::enumerate(model.levels))
    tar.append("src/" + name + (index == 0 ? ".mlir" : level.name), level.text);
}

Error stm32::writeModelLibrary(StringRef path, const PartRecord &part,
                               ArrayRef<LibraryModel> models,
                               ArrayRef<OutputFile> files) {
  auto fail = [&](std::error_code code) {
    return llvm::createStringError(code, "cannot write '%s': %s",
                                   path.str().c_str(), code.message().c_str());
  };
  if (llvm::sys::fs::is_directory(path))
    return fail(std::make_error_code(std::errc::is_a_directory));
  SmallString<128> staging;
  if (std::error_code code =
          llvm::sys::fs::createUniqueFile(path + ".%%%%%%", staging))
    return fail(code);
  llvm::scope_exit removeStaging([&] { llvm::sys::fs::remove(staging); });
  auto tar = llvm::TarWriter::create(staging, ".");
  if (!tar)
    return tar.takeError();

  std::string metadata;
  llvm::raw_string_ostream os(metadata);
  MetadataWriter(part, models, files, os).write();
  os << "\n";
  (*tar)->append("metadata.json", metadata);
  for (const OutputFile &file : files)
    (*tar)->append(getPlace(file), file.text);
  for (const LibraryModel &model : models)
    append(**tar, model);
  tar->reset();
  if (std::error_code code = llvm::sys::fs::rename(staging, path))
    return fail(code);
  return Error::success();
}
