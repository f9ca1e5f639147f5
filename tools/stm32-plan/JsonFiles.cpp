//===- JsonFiles.cpp - Problems and plans in JSON -------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Files.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"

#include <limits>

using namespace llvm;

namespace mlir::stm32::planner {

namespace {
/// An object of the file and where it is, such as "buffers[3]". Keeps the first
/// error; later reads do nothing.
class Reader {
public:
  Reader(const json::Object &object, std::string path, std::string &error)
      : object(object), path(std::move(path)), error(error) {}

  /// Refuses keys that are not listed.
  void allow(ArrayRef<StringRef> keys) {
    for (const auto &entry : object)
      if (!is_contained(keys, StringRef(entry.first)))
        fail(StringRef(entry.first),
             "is unknown; known are " + join(keys, ", "));
  }

  bool has(StringRef key) const { return object.get(key) != nullptr; }

  template <typename T> void readInteger(StringRef key, T &value) {
    const json::Value *found = find(key);
    if (!found)
      return;
    std::optional<int64_t> number = found->getAsInteger();
    if (!number || *number < int64_t(std::numeric_limits<T>::min()) ||
        *number > int64_t(std::numeric_limits<T>::max()))
      return fail(key,
                  "is not an integer of " + Twine(sizeof(T) * 8) + " bits");
    value = T(*number);
  }

  template <typename T>
  void readInteger(StringRef key, std::optional<T> &value) {
    if (has(key))
      readInteger(key, value.emplace());
  }

  void readOffset(StringRef key, int64_t &value) {
    readInteger(key, value);
    if (value > kMaxOffset)
      fail(key, "is above " + Twine(kMaxOffset));
  }

  /// Reads a string, or an integer as its decimal text.
  void readId(StringRef key, std::string &value) {
    const json::Value *found = find(key);
    if (!found)
      return;
    if (std::optional<StringRef> string = found->getAsString())
      value = string->str();
    else if (std::optional<int64_t> number = found->getAsInteger())
      value = std::to_string(*number);
    else
      fail(key, "is neither a string nor an integer");
  }

  /// Calls `read` with a reader for each object of an array.
  void forEach(StringRef key, function_ref<void(Reader &)> read) {
    const json::Value *found = find(key);
    if (!found)
      return;
    const json::Array *array = found->getAsArray();
    if (!array)
      return fail(key, "is not an array");
    for (size_t i = 0; i < array->size() && error.empty(); ++i) {
      std::string at = nameOf(key) + "[" + std::to_string(i) + "]";
      const json::Object *element = (*array)[i].getAsObject();
      if (!element) {
        error = at + " is not an object";
        return;
      }
      Reader reader(*element, at, error);
      read(reader);
    }
  }

  void fail(StringRef key, const Twine &message) {
    if (error.empty())
      error = (nameOf(key) + " " + message).str();
  }

private:
  std::string nameOf(StringRef key) const {
    return path.empty() ? key.str() : path + "." + key.str();
  }

  const json::Value *find(StringRef key) {
    if (!error.empty())
      return nullptr;
    const json::Value *value = object.get(key);
    if (!value)
      fail(key, "is missing");
    return value;
  }

  const json::Object &object;
  std::string path;
  std::string &error;
};
} // namespace

/// Parses the text of an object and calls `read` with it.
static Error readObject(StringRef text, function_ref<void(Reader &)> read) {
  Expected<json::Value> value = json::parse(text);
  if (!value)
    return value.takeError();
  const json::Object *object = value->getAsObject();
  if (!object)
    return makeError("the file is not a JSON object");
  std::string error;
  Reader reader(*object, "", error);
  read(reader);
  return error.empty() ? Error::success() : makeError(error);
}

static void readId(Reader &reader, std::vector<std::string> &ids,
                   StringMap<uint32_t> &indexOf) {
  std::string id;
  reader.readId("id", id);
  if (!indexOf.try_emplace(id, ids.size()).second)
    reader.fail("id", "'" + id + "' is that of another buffer too");
  ids.push_back(std::move(id));
}

Expected<NamedProblem> readJsonProblem(StringRef text) {
  NamedProblem result;
  Problem &problem = result.problem;
  StringMap<uint32_t> indexOf;
  Error error = readObject(text, [&](Reader &file) {
    // What a plan file says of its plan is no part of its problem.
    file.allow({"capacity", "alignment", "buffers", "overlaps", "peak",
                "lower_bound", "certificate", "nodes"});
    file.readInteger("capacity", problem.capacity);
    std::optional<int64_t> alignment;
    file.readInteger("alignment", alignment);
    file.forEach("buffers", [&](Reader &reader) {
      reader.allow({"id", "lower", "upper", "size", "alignment", "offset"});
      Buffer buffer;
      readId(reader, result.ids, indexOf);
      reader.readInteger("lower", buffer.begin);
      reader.readInteger("upper", buffer.end);
      reader.readInteger("size", buffer.size);
      buffer.alignment = alignment.value_or(1);
      if (reader.has("alignment"))
        reader.readInteger("alignment", buffer.alignment);
      if (reader.has("offset"))
        reader.readOffset("offset", buffer.fixedOffset.emplace());
      problem.buffers.push_back(buffer);
    });
    if (!file.has("overlaps"))
      return;
    file.forEach("overlaps", [&](Reader &reader) {
      reader.allow({"lower", "upper", "distance"});
      Overlap overlap;
      auto readBuffer = [&](StringRef key, uint32_t &index) {
        std::string id;
        reader.readId(key, id);
        auto known = indexOf.find(id);
        if (known == indexOf.end())
          return reader.fail(key, "names '" + id + "', which is no buffer");
        index = known->second;
      };
      readBuffer("lower", overlap.lower);
      readBuffer("upper", overlap.upper);
      reader.readInteger("distance", overlap.distance);
      problem.overlaps.push_back(overlap);
    });
  });
  if (error)
    return std::move(error);
  return result;
}

Expected<NamedPlan> readJsonPlan(StringRef text) {
  NamedPlan result;
  StringMap<uint32_t> indexOf;
  Error error = readObject(text, [&](Reader &file) {
    file.readInteger("peak", result.peak);
    file.readInteger("lower_bound", result.lowerBound);
    if (file.has("certificate")) {
      std::string name;
      file.readId("certificate", name);
      for (Certificate certificate :
           {Certificate::BoundReached, Certificate::Optimal,
            Certificate::Feasible, Certificate::Infeasible,
            Certificate::Unknown, Certificate::Invalid})
        if (name == stringifyCertificate(certificate))
          result.certificate = certificate;
      if (!result.certificate)
        file.fail("certificate", "'" + name + "' is unknown");
    }
    file.forEach("buffers", [&](Reader &reader) {
      readId(reader, result.ids, indexOf);
      reader.readOffset("offset", result.offsets.emplace_back());
    });
  });
  if (error)
    return std::move(error);
  return result;
}

void writeJsonPlan(raw_ostream &os, const NamedProblem &named,
                   const Plan &plan) {
  json::OStream json(os, 2);
  json.object([&] {
    if (named.problem.capacity)
      json.attribute("capacity", *named.problem.capacity);
    json.attribute("peak", plan.peak);
    json.attribute("lower_bound", plan.lowerBound);
    json.attribute("certificate", stringifyCertificate(plan.certificate));
    json.attribute("nodes", int64_t(plan.nodes));
    json.attributeArray("buffers", [&] {
      for (auto [id, buffer, offset] :
           zip_equal(named.ids, named.problem.buffers, plan.offsets))
        json.object([&, &id = id, &buffer = buffer, offset = offset] {
          json.attribute("id", id);
          json.attribute("lower", buffer.begin);
          json.attribute("upper", buffer.end);
          json.attribute("size", buffer.size);
          json.attribute("alignment", buffer.alignment);
          json.attribute("offset", offset);
        });
    });
    if (named.problem.overlaps.empty())
      return;
    json.attributeArray("overlaps", [&] {
      for (const Overlap &overlap : named.problem.overlaps)
        json.object([&] {
          json.attribute("lower", named.ids[overlap.lower]);
          json.attribute("upper", named.ids[overlap.upper]);
          json.attribute("distance", overlap.distance);
        });
    });
  });
  os << "\n";
}

} // namespace mlir::stm32::planner
