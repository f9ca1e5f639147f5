//===- CsvFiles.cpp - Problems and plans in CSV ---------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Files.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

#include <limits>

using namespace llvm;

namespace mlir::stm32::planner {

namespace {
constexpr StringRef kColumns[] = {"id",   "lower",  "upper",
                                  "size", "offset", "alignment"};

/// The lines of a table with named columns.
struct Table {
  /// For each line its number in the file, and its cells by column name.
  std::vector<std::pair<size_t, StringMap<StringRef>>> lines;
  StringMap<size_t> columns;
};
} // namespace

static Error errorAt(size_t line, const Twine &message) {
  return makeError("line " + Twine(line) + ": " + message);
}

static Expected<Table> readTable(StringRef text, ArrayRef<StringRef> required) {
  Table table;
  SmallVector<StringRef> names;
  size_t number = 0;
  while (!text.empty()) {
    StringRef line;
    std::tie(line, text) = text.split('\n');
    ++number;
    line = line.trim();
    if (line.empty())
      continue;
    SmallVector<StringRef> cells;
    line.split(cells, ',');
    for (StringRef &cell : cells)
      cell = cell.trim();
    if (names.empty()) {
      names = cells;
      for (StringRef name : names) {
        if (!is_contained(kColumns, name))
          return errorAt(number, "unknown column '" + name + "'; known are " +
                                     join(ArrayRef(kColumns), ", "));
        if (!table.columns.try_emplace(name, table.columns.size()).second)
          return errorAt(number, "column '" + name + "' is there twice");
      }
      for (StringRef name : required)
        if (!table.columns.contains(name))
          return errorAt(number, "column '" + name + "' is missing");
      continue;
    }
    if (cells.size() != names.size())
      return errorAt(number, Twine(cells.size()) + " cells for " +
                                 Twine(names.size()) + " columns");
    auto &[at, cellOf] = table.lines.emplace_back();
    at = number;
    for (auto [name, cell] : zip_equal(names, cells))
      cellOf[name] = cell;
  }
  if (names.empty())
    return makeError("no line with column names, such as "
                     "'id,lower,upper,size'");
  StringMap<size_t> lineOf;
  for (auto &[at, cellOf] : table.lines)
    if (auto [known, isNew] = lineOf.try_emplace(cellOf["id"], at); !isNew)
      return errorAt(at, "id '" + cellOf["id"] + "' is that of line " +
                             Twine(known->second) + " too");
  return table;
}

template <typename T>
static Error readNumber(size_t line, StringMap<StringRef> &cellOf,
                        StringRef column, T &value) {
  StringRef cell = cellOf[column];
  if (cell.getAsInteger(10, value))
    return errorAt(line, "column '" + column + "': '" + cell +
                             "' is not an integer of " + Twine(sizeof(T) * 8) +
                             " bits");
  return Error::success();
}

static Error readOffset(size_t line, StringMap<StringRef> &cellOf,
                        int64_t &value) {
  if (Error error = readNumber(line, cellOf, "offset", value))
    return error;
  if (value > kMaxOffset)
    return errorAt(line,
                   "offset " + Twine(value) + " is above " + Twine(kMaxOffset));
  return Error::success();
}

Expected<NamedProblem> readCsvProblem(StringRef text) {
  Expected<Table> table = readTable(text, {"id", "lower", "upper", "size"});
  if (!table)
    return table.takeError();
  NamedProblem result;
  for (auto &[line, cellOf] : table->lines) {
    Buffer buffer;
    Error error = Error::success();
    auto read = [&, line = line, &cellOf = cellOf](StringRef column,
                                                   auto &value) {
      if (!error)
        error = readNumber(line, cellOf, column, value);
    };
    read("lower", buffer.begin);
    read("upper", buffer.end);
    read("size", buffer.size);
    if (table->columns.contains("alignment"))
      read("alignment", buffer.alignment);
    if (error)
      return std::move(error);
    if (table->columns.contains("offset") && !cellOf["offset"].empty())
      if ((error = readOffset(line, cellOf, buffer.fixedOffset.emplace())))
        return std::move(error);
    result.ids.push_back(cellOf["id"].str());
    result.problem.buffers.push_back(buffer);
  }
  return result;
}

Expected<NamedPlan> readCsvPlan(StringRef text) {
  Expected<Table> table = readTable(text, {"id", "offset"});
  if (!table)
    return table.takeError();
  NamedPlan result;
  for (auto &[line, cellOf] : table->lines) {
    if (Error error = readOffset(line, cellOf, result.offsets.emplace_back()))
      return std::move(error);
    result.ids.push_back(cellOf["id"].str());
  }
  return result;
}

void writeCsvPlan(raw_ostream &os, const NamedProblem &named,
                  const Plan &plan) {
  bool isAligned = any_of(named.problem.buffers, [](const Buffer &buffer) {
    return buffer.alignment != 1;
  });
  os << "id,lower,upper,size,offset" << (isAligned ? ",alignment" : "") << "\n";
  for (auto [id, buffer, offset] :
       zip_equal(named.ids, named.problem.buffers, plan.offsets)) {
    os << id << "," << buffer.begin << "," << buffer.end << "," << buffer.size
       << "," << offset;
    if (isAligned)
      os << "," << buffer.alignment;
    os << "\n";
  }
}

} // namespace mlir::stm32::planner
