//===- Report.cpp - report.json -------------------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Written as a stream, so the keys stand in the order in which a reader wants
// them and not in alphabetical order.
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/C/Report.h"

#include "stm32/Target/C/CNames.h"
#include "stm32/Target/KernelCosts.h"
#include "stm32/Target/PartRecords.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::stm32;

namespace {
/// Steps [first, last) need a buffer.
struct Life {
  int64_t first = 0, last = 0;
};

class ReportWriter {
public:
  ReportWriter(const ModelPlan &plan, raw_ostream &os)
      : plan(plan), json(os, /*IndentSize=*/2) {}
  void write(StringRef target, StringRef optimize, ArrayRef<std::string> files);

private:
  void text(StringRef key, StringRef value) {
    json.attribute(key, llvm::json::fixUTF8(value));
  }
  void type(BufferType type);
  void place(Place place);
  void endpoints(StringRef key, ArrayRef<unsigned> indices);
  void pools();
  void buffer(BufferOp op, const llvm::DenseMap<Value, Life> &lives);
  void memory();
  void operators();
  void tensors();
  llvm::DenseMap<Value, Life> findLives();
  int64_t countSteps(unsigned index);
  int64_t countOverlaps();

  const ModelPlan &plan;
  llvm::json::OStream json;
  Isa core = Isa::C;
};
} // namespace

//===----------------------------------------------------------------------===//
// Lives
//===----------------------------------------------------------------------===//

/// Steps before step `index` of the plan, without those that receive rows.
int64_t ReportWriter::countSteps(unsigned index) {
  if (plan.steps.empty())
    return index;
  return llvm::count_if(ArrayRef(plan.steps).take_front(index),
                        [](const StepPlan &step) {
                          return step.operatorIndex != StepPlan::kReceive;
                        });
}

llvm::DenseMap<Value, Life> ReportWriter::findLives() {
  llvm::DenseMap<Value, Life> lives;
  llvm::DenseSet<Value> seen;
  auto use = [&](Value value, int64_t first, int64_t last) {
    Value buffer = getRootBuffer(value);
    Life &life = lives[buffer];
    bool isNew = seen.insert(buffer).second;
    life.first = isNew ? first : std::min(life.first, first);
    life.last = std::max(life.last, last);
  };
  for (unsigned index : plan.inputs)
    use(plan.tensors[index].value, 0, 0);
  SmallVector<unsigned> order = plan.getOrder();
  for (auto [step, index] : llvm::enumerate(order))
    for (Value operand : plan.operators[index].getOperation()->getOperands())
      if (getRootBuffer(operand))
        use(operand, step, step + 1);
  for (const TransferPlan &transfer : plan.transfers)
    use(FetchOp(transfer.op).getDest(), countSteps(transfer.start),
        countSteps(transfer.use));
  int64_t end = order.size();
  for (const StatePlan &state : plan.states)
    use(BufferOp(state.op), 0, end);
  for (unsigned index : plan.outputs)
    use(plan.tensors[index].value, end, end);
  return lives;
}

/// Buffers that share bytes with one that is alive at the same time.
int64_t ReportWriter::countOverlaps() {
  llvm::DenseMap<Value, Life> lives = findLives();
  auto buffers = llvm::to_vector(ModelOp(plan.op).getBody().getOps<BufferOp>());
  auto meet = [&](BufferOp a, BufferOp b) {
    Life lifeA = lives.lookup(a), lifeB = lives.lookup(b);
    int64_t beginA = *a.getOffset(), beginB = *b.getOffset();
    return a.getPool() == b.getPool() && lifeA.first < lifeB.last &&
           lifeB.first < lifeA.last &&
           beginA < beginB + b.getType().getBytes() &&
           beginB < beginA + a.getType().getBytes();
  };
  int64_t count = 0;
  for (size_t i = 0; i < buffers.size(); ++i)
    count += llvm::any_of(ArrayRef(buffers).take_front(i), [&](BufferOp other) {
      return meet(buffers[i], other);
    });
  return count;
}

//===----------------------------------------------------------------------===//
// Parts of the report
//===----------------------------------------------------------------------===//

void ReportWriter::type(BufferType type) {
  json.attribute("type", getTypeName(type.getElementType()));
  json.attributeArray("shape", [&] {
    for (int64_t dim : type.getShape())
      json.value(dim);
  });
}

void ReportWriter::place(Place place) {
  text("pool", PoolOp(plan.pools[place.pool].op).getSymName());
  json.attribute("offset", place.offset);
}

void ReportWriter::endpoints(StringRef key, ArrayRef<unsigned> indices) {
  json.attributeArray(key, [&] {
    for (unsigned index : indices) {
      const TensorPlan &tensor = plan.tensors[index];
      json.object([&] {
        text("name", tensor.io.getName());
        type(tensor.type);
        json.attribute("scale", tensor.io.getScale().getValueAsDouble());
        json.attribute("zero_point", tensor.io.getZeroPoint());
        json.attribute("tensor", tensor.id);
        place(tensor.place);
        json.attribute("size", BufferType(tensor.type).getBytes());
        if (tensor.type.getLayout() != Layout::NHWC)
          text("layout", stringifyLayout(tensor.type.getLayout()));
      });
    }
  });
}

void ReportWriter::buffer(BufferOp op,
                          const llvm::DenseMap<Value, Life> &lives) {
  Life life = lives.lookup(op);
  std::string name = getTensorName(op.getLoc()).str();
  for (const TensorPlan &tensor : plan.tensors)
    if (tensor.value == op.getResult())
      name = tensor.name;
  if (op.getScratch() && life.last > life.first) {
    unsigned user = plan.getOrder()[life.first];
    name = plan.tensors[plan.operators[user].output].name;
  }
  json.object([&] {
    auto number = [&](StringRef key, std::optional<uint64_t> value) {
      json.attribute(key, value ? llvm::json::Value(*value)
                                : llvm::json::Value(nullptr));
    };
    number("tensor", op.getTensorId());
    number("storage", op.getStorageId());
    text("name", name);
    json.attribute("offset", static_cast<int64_t>(*op.getOffset()));
    json.attribute("size", op.getType().getBytes());
    json.attribute("first", life.first);
    json.attribute("last", life.last);
    json.attribute("scratch", op.getScratch());
  });
}

void ReportWriter::pools() {
  llvm::DenseMap<Value, Life> lives = findLives();
  json.attributeArray("pools", [&] {
    for (const PoolPlan &pool : plan.pools) {
      PoolOp op = pool.op;
      MemoryRegionOp region = pool.region;
      json.object([&] {
        text("name", op.getSymName());
        text("region", region.getSymName());
        json.attribute("size", pool.size);
        json.attribute("alignment", pool.alignment);
        if (op.getStates())
          json.attribute("states", true);
        if (auto owner = op.getOwner())
          text("owner", *owner);
        std::optional<uint64_t> limit =
            op.getLimit() ? op.getLimit() : region.getSize();
        json.attribute("limit", limit ? llvm::json::Value(*limit)
                                      : llvm::json::Value(nullptr));
        if (auto bound = op->getAttrOfType<IntegerAttr>("stm32.lower_bound"))
          json.attribute("lower_bound", bound.getInt());
        if (auto certificate =
                op->getAttrOfType<StringAttr>("stm32.certificate"))
          text("certificate", certificate.getValue());
        json.attributeArray("buffers", [&] {
          for (BufferOp item : ModelOp(plan.op).getBody().getOps<BufferOp>())
            if (item.getPoolAttr().getAttr() == op.getSymNameAttr())
              buffer(item, lives);
        });
      });
    }
  });
}

void ReportWriter::memory() {
  // Bytes that tensors alone reach to, pool by pool.
  SmallVector<int64_t> ends(plan.pools.size(), 0);
  for (BufferOp op : ModelOp(plan.op).getBody().getOps<BufferOp>()) {
    Place place = plan.getPlace(op);
    if (!op.getScratch())
      ends[place.pool] =
          std::max(ends[place.pool], place.offset + op.getType().getBytes());
  }
  int64_t tensors = 0, lowerBound = 0;
  for (int64_t end : ends)
    tensors += end;
  bool hasBounds = !plan.pools.empty();
  llvm::SetVector<StringRef> certificates;
  for (const PoolPlan &pool : plan.pools) {
    PoolOp op = pool.op;
    auto bound = op->getAttrOfType<IntegerAttr>("stm32.lower_bound");
    auto certificate = op->getAttrOfType<StringAttr>("stm32.certificate");
    hasBounds &= bound && certificate;
    if (!hasBounds)
      break;
    lowerBound += bound.getInt();
    certificates.insert(certificate.getValue());
  }
  json.attributeObject("memory", [&] {
    json.attribute("activations", plan.getActivationBytes());
    json.attribute("tensors", tensors);
    json.attribute("scratch", plan.getActivationBytes() - tensors);
    if (!plan.states.empty())
      json.attribute("states", plan.getStateBytes());
    if (hasBounds) {
      json.attribute("lower_bound", lowerBound);
      text("certificate", llvm::join(certificates, ", "));
    }
    json.attribute("overlaps", countOverlaps());
    auto moved = ModelOp(plan.op)->getAttrOfType<IntegerAttr>(kMovedAttrName);
    json.attribute("moved_operators", moved ? moved.getInt() : 0);
    json.attribute(
        "operators_in_bands",
        llvm::count_if(plan.operators, [](const OperatorPlan &entry) {
          return entry.banding != Banding::None;
        }));
  });
}

void ReportWriter::operators() {
  json.attributeArray("operators", [&] {
    int64_t index = 0;
    for (const OperatorPlan &entry : plan.operators) {
      ComputeOpInterface op = entry.op;
      Value scratch = op.getScratch();
      json.object([&] {
        json.attribute("index", index++);
        text("name", plan.tensors[entry.output].name);
        text("kind", op.getKind());
        text("kernel", entry.function);
        json.attribute("macs", entry.macs);
        if (const Accelerator *accelerator = getAccelerator(op))
          text("target_key", accelerator->targetKey);
        // What the choice of kernels went by.
        const KernelRecord *record = lookupKernelRecord(op.getKernelAttr());
        json.attribute("cost", record ? llvm::json::Value(std::llround(
                                            getCost(*record, op, core)))
                                      : llvm::json::Value(nullptr));
        json.attributeObject("cost_features", [&] {
          for (auto [name, value] : getCostFeatures(op))
            json.attribute(name, value);
        });
        json.attributeArray("inputs", [&] {
          for (unsigned input : entry.inputs)
            json.value(plan.tensors[input].id);
        });
        json.attribute("output", plan.tensors[entry.output].id);
        if (entry.numOutputs > 1)
          json.attributeArray("outputs", [&] {
            for (unsigned i = 0; i < entry.numOutputs; ++i)
              json.value(plan.tensors[entry.output + i].id);
          });
        json.attribute("scratch",
                       scratch ? cast<BufferType>(scratch.getType()).getBytes()
                               : 0);
        json.attribute("constants", plan.getConstantBytes(entry));
        if (entry.banding != Banding::None)
          json.attribute("bands", entry.numSteps);
      });
    }
  });
  if (!plan.transfers.empty())
    json.attributeArray("transfers", [&] {
      for (const TransferPlan &transfer : plan.transfers)
        json.object([&] {
          json.attribute("constants", plan.blocks[transfer.block].offset);
          json.attribute("size", plan.blocks[transfer.block].bytes);
          place(transfer.place);
          json.attribute("start", countSteps(transfer.start));
          json.attribute("use", countSteps(transfer.use));
        });
    });
  if (plan.steps.empty())
    return;
  json.attributeArray("steps", [&] {
    for (const StepPlan &step : plan.steps) {
      if (step.operatorIndex == StepPlan::kReceive)
        continue;
      json.object([&] {
        json.attribute("operator", step.operatorIndex);
        json.attribute("first", step.first);
        json.attribute("count", step.count);
      });
    }
  });
  if (plan.stream)
    json.attributeObject("stream", [&] {
      json.attribute("rows", plan.stream->rows);
      json.attribute("row_size", plan.stream->rowBytes);
      json.attribute("held", plan.stream->held);
    });
}

void ReportWriter::tensors() {
  json.attributeArray("tensors", [&] {
    for (const TensorPlan &tensor : plan.tensors)
      json.object([&] {
        json.attribute("id", tensor.id);
        text("name", tensor.name);
        type(tensor.type);
        place(tensor.place);
        json.attribute("size", BufferType(tensor.type).getBytes());
        if (tensor.type.getLayout() != Layout::NHWC)
          text("layout", stringifyLayout(tensor.type.getLayout()));
      });
  });
}

void ReportWriter::write(StringRef target, StringRef optimize,
                         ArrayRef<std::string> files) {
  if (const PartRecord *part = lookupPartRecord(target))
    core = part->isa;
  json.object([&] {
    json.attribute("tool_version", getToolVersion());
    text("name", plan.identifier);
    text("target", target);
    text("optimize", optimize);
    text("signature", plan.getSignature());
    json.attribute("macs", plan.getMacs());
    endpoints("inputs", plan.inputs);
    endpoints("outputs", plan.outputs);
    pools();
    json.attributeObject("constants", [&] {
      bool has = plan.constantsPool.has_value();
      json.attribute("size", has ? plan.constantsPool->size : 0);
      json.attribute("alignment", has ? plan.constantsPool->alignment : 1);
    });
    memory();
    operators();
    tensors();
    json.attributeArray("files", [&] {
      for (const std::string &file : files)
        json.value(file);
    });
  });
}

std::string stm32::getReport(const ModelPlan &plan, StringRef target,
                             StringRef optimize, ArrayRef<std::string> files) {
  std::string text;
  llvm::raw_string_ostream os(text);
  ReportWriter(plan, os).write(target, optimize, files);
  os << "\n";
  return text;
}
