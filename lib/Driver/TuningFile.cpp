//===- TuningFile.cpp - The file of --tuning ------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TuningFile.h"

#include "Compilation.h"
#include "JsonFile.h"

#include "stm32/Dialect/STM32/Transforms/KernelChoice.h"
#include "stm32/Target/C/CNames.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using llvm::Error;
using llvm::Expected;
namespace json = llvm::json;

static constexpr llvm::StringLiteral kAdvice =
    "; run stm32-mlir tune again, or compile without --tuning";

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static Error readChoice(const json::Value &value, const std::string &where,
                        TuningFile::Choice &choice) {
  Expected<JsonEntry> entry = JsonEntry::get(value, where);
  if (!entry)
    return entry.takeError();
  if (Error error = entry->readString("operator", choice.tensor, true))
    return error;
  if (Error error = entry->readString("kernel", choice.kernel, true))
    return error;
  return entry->checkKeys();
}

static Error readCascade(const json::Value &value, const std::string &where,
                         TuningFile::Cascade &cascade) {
  Expected<JsonEntry> entry = JsonEntry::get(value, where);
  if (!entry)
    return entry.takeError();
  if (Error error = entry->readString("first", cascade.first, true))
    return error;
  if (Error error = entry->readString("last", cascade.last, true))
    return error;
  if (!entry->find("rows"))
    return entry->fail("\"rows\" is missing");
  if (Error error = entry->readInteger(
          "rows", 1, std::numeric_limits<int32_t>::max(), cascade.rows))
    return error;
  return entry->checkKeys();
}

static Error readBody(JsonEntry &file, TuningFile &result) {
  // The other keys may mean something else in another version.
  int64_t version = 0;
  if (!file.find("version"))
    return file.fail("\"version\" is missing");
  if (Error error = file.readInteger(
          "version", 1, std::numeric_limits<int32_t>::max(), version))
    return error;
  if (version != 1)
    return file.fail("version " + llvm::Twine(version) +
                     " is not known here, only 1");
  for (auto [key, text] : {std::pair("model", &result.model),
                           {"target", &result.target},
                           {"optimize", &result.optimize}})
    if (Error error = file.readString(key, *text, true))
      return error;
  Expected<const json::Array *> choices = file.findArray("choices");
  if (!choices)
    return choices.takeError();
  for (auto [index, value] :
       llvm::enumerate(*choices ? **choices : json::Array()))
    if (Error error = readChoice(
            value, file.getWhere() + ": choice " + std::to_string(index),
            result.choices.emplace_back()))
      return error;
  Expected<const json::Array *> cascades = file.findArray("cascades");
  if (!cascades)
    return cascades.takeError();
  if (*cascades)
    result.cascades.emplace();
  for (auto [index, value] :
       llvm::enumerate(*cascades ? **cascades : json::Array()))
    if (Error error = readCascade(
            value, file.getWhere() + ": cascade " + std::to_string(index),
            result.cascades->emplace_back()))
      return error;
  // The tuner's own.
  for (StringRef key : {"options", "instructions", "measurements"})
    file.find(key);
  return file.checkKeys();
}

Expected<TuningFile> stm32::readTuning(StringRef path) {
  Expected<json::Value> root = readJsonFile(path);
  if (!root)
    return root.takeError();
  Expected<JsonEntry> file = JsonEntry::get(*root, "'" + path.str() + "'");
  if (!file)
    return file.takeError();
  TuningFile result;
  result.path = path.str();
  if (Error error = readBody(*file, result))
    return error;
  return result;
}

//===----------------------------------------------------------------------===//
// Does it fit?
//===----------------------------------------------------------------------===//

Error stm32::checkTuning(const TuningFile &file, StringRef digest,
                         const PartRecord &part, StringRef optimize) {
  std::string where = "'" + file.path + "': ";
  if (file.model != digest)
    return makeJsonError(where + "is of another model, with SHA-256 " +
                         StringRef(file.model).take_front(12) + "... and not " +
                         digest.take_front(12) + "..." + kAdvice);
  const PartRecord *tuned = lookupPartRecord(file.target);
  if (!tuned)
    return makeJsonError(where + getUnknownPartMessage(file.target));
  if (tuned->core != part.core)
    return makeJsonError(where + "was measured on " + tuned->name + ", and " +
                         part.name + " has another core" + kAdvice);
  if (file.optimize != optimize)
    return makeJsonError(where + "was measured with --optimize " +
                         file.optimize + ", not " + optimize + kAdvice);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Into the IR
//===----------------------------------------------------------------------===//

static Error applyChoice(const TuningFile::Choice &choice,
                         const std::string &where, const PartRecord &part,
                         Aim aim, ModelOp model) {
  const KernelRecord *record = lookupKernelRecord(choice.kernel);
  if (!record)
    return makeJsonError(where + "there is no kernel '" + choice.kernel +
                         "', see stm32-compile --list-kernels" + kAdvice);
  // Tensors of an operator and of what prepares its input may share a name.
  SmallVector<ComputeOpInterface> found;
  bool isOfOtherKind = false;
  model->walk([&](ComputeOpInterface op) {
    if (!matchesTensorName(getTensorName(op->getLoc()), choice.tensor))
      return;
    if (op->getName().getStringRef() == record->op)
      found.push_back(op);
    else
      isOfOtherKind = true;
  });
  std::string what = "operator '" + choice.tensor + "'";
  if (found.empty() && !isOfOtherKind)
    return makeJsonError(where + "the model has no " + what +
                         ", see \"operators\" in report.json" + kAdvice);
  if (found.size() > 1)
    return makeJsonError(where + "the model has " + llvm::Twine(found.size()) +
                         " operators '" + choice.tensor +
                         "', of which none can be chosen");
  if (found.empty() ||
      !llvm::is_contained(listKernelChoices(found.front(), part, aim), record))
    return makeJsonError(where + "kernel '" + choice.kernel + "' cannot do " +
                         what + " on " + part.name + kAdvice);
  ComputeOpInterface op = found.front();
  if (StringAttr has = op.getKernelAttr())
    return makeJsonError(where + what + " has the kernel '" + has.getValue() +
                         "' already");
  op.setKernelAttr(StringAttr::get(op.getContext(), record->name));
  return Error::success();
}

Error stm32::applyTuning(const TuningFile &file, const PartRecord &part,
                         ModelOp model) {
  for (auto [index, choice] : llvm::enumerate(file.choices))
    if (Error error = applyChoice(choice,
                                  "'" + file.path + "': choice " +
                                      std::to_string(index) + ": ",
                                  part, *symbolizeAim(file.optimize), model))
      return error;
  if (!file.cascades)
    return Error::success();
  Builder builder(model.getContext());
  SmallVector<Attribute> cascades;
  for (const TuningFile::Cascade &cascade : *file.cascades)
    cascades.push_back(CascadeAttr::get(
        model.getContext(), builder.getStringAttr(cascade.first),
        builder.getStringAttr(cascade.last), cascade.rows));
  model->setAttr(kCascadesAttrName, builder.getArrayAttr(cascades));
  return Error::success();
}

//===----------------------------------------------------------------------===//
// In a compilation
//===----------------------------------------------------------------------===//

LogicalResult Compilation::checkModelOfTuning(StringRef bytes) {
  if (!tuning && !options.listChoices)
    return success();
  digest = llvm::toHex(llvm::SHA256::hash(llvm::arrayRefFromStringRef(bytes)),
                       /*LowerCase=*/true);
  if (!tuning)
    return success();
  if (Error error = checkTuning(*tuning, digest, *part, options.optimize))
    return fail(llvm::toString(std::move(error)));
  return success();
}

/// Makes the choices of `--tuning`.
LogicalResult Compilation::placeTuning() {
  ModelOp model = *module->getOps<ModelOp>().begin();
  if (options.listChoices)
    choices.addKernels(model, *part, *symbolizeAim(options.optimize));
  if (!tuning)
    return success();
  if (tuning->cascades && options.optimize != "ram" && !options.streamInput)
    return fail("'" + tuning->path +
                "': bands of rows are made with --optimize ram or "
                "--stream-input only");
  if (llvm::Error error = applyTuning(*tuning, *part, model))
    return fail(llvm::toString(std::move(error)));
  return success();
}

void Compilation::printChoices() {
  llvm::json::OStream json(out, /*IndentSize=*/1);
  json.object([&] {
    json.attribute("tool_version", getToolVersion());
    json.attribute("model", digest);
    json.attribute("target", part->name);
    json.attribute("optimize", options.optimize);
    choices.write(json);
  });
  out << "\n";
}
