//===- ChoiceList.cpp - What a compilation could have chosen --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChoiceList.h"

#include "stm32/Dialect/STM32/IR/STM32Rows.h"
#include "stm32/Dialect/STM32/Transforms/KernelChoice.h"

using namespace mlir;
using namespace mlir::stm32;

/// The first of the names that a tensor has.
static StringRef getFirstName(Operation *op) {
  return getTensorName(op->getLoc()).split(';').first;
}

static std::pair<StringRef, StringRef> getKey(ComputeOpInterface op) {
  return {op->getName().getStringRef(), getFirstName(op)};
}

void ChoiceList::addKernels(ModelOp model, const PartRecord &part, Aim aim) {
  llvm::DenseMap<std::pair<StringRef, StringRef>, unsigned> uses;
  model->walk([&](ComputeOpInterface op) { ++uses[getKey(op)]; });
  model->walk([&](ComputeOpInterface op) {
    auto key = getKey(op);
    if (op.getKernelAttr() || key.second.empty() || uses[key] > 1)
      return;
    Entry &entry = entries[key];
    entry.tensor = key.second.str();
    entry.kind = op.getKind().str();
    for (const KernelRecord *record : listKernelChoices(op, part, aim))
      entry.kernels.push_back({record->name.str(), record->cost(op)});
  });
}

void ChoiceList::addChosen(ModelOp model) {
  model->walk([&](ComputeOpInterface op) {
    auto entry = entries.find(getKey(op));
    if (entry != entries.end())
      entry->second.chosen = op.getKernelAttr().getValue().str();
  });
  model->walk([&](CascadeOp cascade) {
    SmallVector<ComputeOpInterface> operators = cascade.getOperators();
    cascades.push_back({getFirstName(operators.front()).str(),
                        getFirstName(operators.back()).str(),
                        static_cast<int64_t>(cascade.getRows()),
                        getNumRows(operators.back())});
  });
}

void ChoiceList::write(llvm::json::OStream &json) const {
  auto text = [&](StringRef key, StringRef value) {
    json.attribute(key, llvm::json::fixUTF8(value));
  };
  json.attributeArray("operators", [&] {
    for (const auto &[key, entry] : entries)
      json.object([&] {
        text("operator", entry.tensor);
        text("kind", entry.kind);
        text("kernel", entry.chosen);
        json.attributeArray("choices", [&] {
          for (const Kernel &kernel : entry.kernels)
            json.object([&] {
              text("kernel", kernel.name);
              json.attribute("cost", std::llround(kernel.cost));
            });
        });
      });
  });
  json.attributeArray("cascades", [&] {
    for (const Cascade &cascade : cascades)
      json.object([&] {
        text("first", cascade.first);
        text("last", cascade.last);
        json.attribute("rows", cascade.rows);
        json.attribute("most_rows", cascade.mostRows);
      });
  });
}
