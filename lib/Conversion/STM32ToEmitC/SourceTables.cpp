//===- SourceTables.cpp - Tables of a model -------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SourceWriter.h"

#include "llvm/ADT/StringExtras.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;

StringRef stm32::getTypeConstant(Type elementType) {
  StringRef type = getTypeName(elementType);
  return llvm::StringSwitch<StringRef>(type)
      .Case("int8", "STM32RT_INT8")
      .Case("uint8", "STM32RT_UINT8")
      .Case("int16", "STM32RT_INT16")
      .Case("int32", "STM32RT_INT32")
      .Case("int64", "STM32RT_INT64")
      .Case("bool", "STM32RT_BOOL")
      .Case("uint32", "STM32RT_UINT32")
      .Case("uint64", "STM32RT_UINT64")
      .Case("complex64", "STM32RT_COMPLEX64")
      .Default("STM32RT_FLOAT32");
}

/// The name that the tables have: that of an input or output as it is. Inside of
/// a network front ends join the names of what they fused, which may take more
/// flash than the code of the operator; the first one says where it was.
StringRef SourceWriter::getTableName(const TensorPlan &tensor) const {
  StringRef full = tensor.name;
  return fullNames || tensor.io ? full : full.split(';').first;
}

void SourceWriter::writeTensorTable() {
  std::string text = "{\n";
  for (auto [index, tensor] : llvm::enumerate(plan.tensors)) {
    SmallVector<std::string> dims;
    for (int64_t dim : tensor.type.getShape())
      dims.push_back(std::to_string(dim));
    if (dims.empty())
      dims.push_back("0");
    SmallVector<std::string> items = {
        (".type = " + getTypeConstant(tensor.type.getElementType())).str(),
        ".rank = " + std::to_string(tensor.type.getShape().size()),
        ".shape = {" + llvm::join(dims, ", ") + "}",
        ".pool = " + getPoolMacro(plan, tensor.place.pool),
        ".offset = " + std::to_string(tensor.place.offset),
        ".size = " + std::to_string(tensor.type.getBytes())};
    if (tensor.io && !tensor.io.getScale().getValue().isZero()) {
      items.push_back(
          ".scale = " +
          floatLiteral(tensor.io.getScale().getValue().convertToFloat()));
      items.push_back(".zero_point = " + intLiteral(tensor.io.getZeroPoint()));
    }
    text += "  /* " + std::to_string(index) +
            " */\n  {.name = " + quoteString(getTableName(tensor)) + ",\n   " +
            wrapItems(items, 3, 3) + "},\n";
  }
  file.constantArray("stm32rt_tensor", name + "_tensors", plan.tensors.size(),
                     text + "}");
}

/// The bytes of `value` as a target of little-endian order has them.
static SmallVector<uint8_t> getTargetBytes(DenseElementsAttr value) {
  SmallVector<uint8_t> bytes;
  int64_t width = getElementBytes(value.getElementType());
  auto append = [&](const APInt &element) {
    uint64_t bits = element.getZExtValue();
    for (int64_t i = 0; i < width; ++i)
      bytes.push_back(static_cast<uint8_t>(bits >> (8 * i)));
  };
  if (isa<FloatType>(value.getElementType()))
    for (const APFloat &element : value.getValues<APFloat>())
      append(element.bitcastToAPInt());
  else
    for (const APInt &element : value.getValues<APInt>())
      append(element);
  return bytes;
}

void SourceWriter::writeStateTable() {
  std::string text = "{\n";
  for (auto [index, state] : llvm::enumerate(plan.states)) {
    BufferOp op = state.op;
    SmallVector<uint8_t> bytes =
        getTargetBytes(cast<DenseElementsAttr>(*op.getInitial()));
    SmallVector<std::string> items = {
        ".pool = " + getPoolMacro(plan, state.place.pool),
        ".offset = " + std::to_string(state.place.offset),
        ".size = " + std::to_string(state.bytes)};
    if (llvm::all_equal(bytes)) {
      items.push_back(".fill = " + std::to_string(bytes.front()));
    } else {
      std::string array = name + "_state_" + std::to_string(index);
      SmallVector<std::string> values;
      for (uint8_t byte : bytes)
        values.push_back(std::to_string(byte));
      file.constantArray("uint8_t", array, bytes.size(),
                         "{\n  " + wrapItems(values, 2, 2) + "}");
      items.push_back(".initial = " + array);
    }
    text += "  {.name = " + quoteString(state.name) + ",\n   " +
            wrapItems(items, 3, 3) + "},\n";
  }
  file.constantArray("stm32rt_state", name + "_states", plan.states.size(),
                     text + "}");
}

void SourceWriter::writeOperatorTable() {
  std::string text = "{\n";
  for (auto [index, entry] : llvm::enumerate(plan.operators)) {
    ComputeOpInterface op = entry.op;
    // The table holds 32 bits; model->macs has the exact sum.
    uint64_t macs =
        std::min<uint64_t>(entry.macs, std::numeric_limits<uint32_t>::max());
    StringRef run = entry.banding == Banding::None ? ".run" : ".run_rows";
    SmallVector<std::string> items = {
        ".kind = " + quoteString(op.getKind()),
        ".kernel = " + quoteString(entry.function),
        ".macs = " + std::to_string(macs) + "u",
        ".output = " + std::to_string(entry.output),
        ".outputs = " + std::to_string(entry.numOutputs),
        (run + " = " + name + "_op_" + std::to_string(index)).str()};
    text += "  /* " + std::to_string(index) +
            " */\n  {.name = " + quoteString(getTableName(plan.tensors[entry.output])) +
            ",\n   " + wrapItems(items, 3, 3) + "},\n";
  }
  file.constantArray("stm32rt_operator", name + "_operators",
                     plan.operators.size(), text + "}");
}

void SourceWriter::writeStepTable() {
  SmallVector<std::string> items;
  for (const StepPlan &step : plan.steps)
    items.push_back("{" +
                    (step.operatorIndex == StepPlan::kReceive
                         ? std::string("STM32RT_RECEIVE")
                         : std::to_string(step.operatorIndex)) +
                    ", " + std::to_string(step.first) + ", " +
                    std::to_string(step.count) + "}");
  file.text("/* Operator, first row, rows. */");
  file.constantArray("stm32rt_step", name + "_steps", plan.steps.size(),
                     "{\n  " + wrapItems(items, 2, 2) + "}");
  if (!plan.stream)
    return;
  file.text("/* Input 0 comes row by row. */");
  file.constant("stm32rt_row_input", name + "_stream",
                "{.row_size = " + std::to_string(plan.stream->rowBytes) +
                    ", .rows = " + std::to_string(plan.stream->rows) +
                    ", .held = " + std::to_string(plan.stream->held) + "}");
}

void SourceWriter::writeTransferTable() {
  std::string text = "{\n";
  for (const TransferPlan &transfer : plan.transfers) {
    const ConstantBlock &block = plan.blocks[transfer.block];
    SmallVector<std::string> items = {
        ".source = " + std::to_string(block.offset),
        ".pool = " + getPoolMacro(plan, transfer.place.pool),
        ".offset = " + std::to_string(transfer.place.offset),
        ".size = " + std::to_string(block.bytes),
        ".start = " + std::to_string(transfer.start),
        ".use = " + std::to_string(transfer.use)};
    text += "  {" + wrapItems(items, 3, 3) + "},\n";
  }
  file.text(
      "/* Constants that are copied into a pool before they are used. */");
  file.constantArray("stm32rt_transfer", name + "_transfers",
                     plan.transfers.size(), text + "}");
}

void SourceWriter::writeAcceleratorTable() {
  std::string text = "{\n";
  for (auto [number, accelerator] : llvm::enumerate(plan.accelerators)) {
    std::string operators = name + "_accelerated_" + std::to_string(number),
                items = "{\n";
    for (unsigned index : accelerator.operators) {
      const OperatorPlan &entry = plan.operators[index];
      items += "  {.descriptor = &" + operatorDescriptors[index];
      if (entry.constants)
        items += ", .constants = " +
                 std::to_string(plan.blocks[*entry.constants].offset);
      items += ",\n   .operator_index = " + std::to_string(index) + "},\n";
    }
    file.constantArray("stm32rt_accelerated", operators,
                       accelerator.operators.size(), items + "}");
    const Accelerator &record = *accelerator.record;
    SmallVector<std::string> fields = {
        ".target_key = " + quoteString(record.targetKey),
        ".configure = " +
            (record.configure.empty() ? "NULL" : record.configure),
        ".operators = " + operators,
        ".operator_count = " + std::to_string(accelerator.operators.size()),
        ".pool = " + (accelerator.pool ? getPoolMacro(plan, *accelerator.pool)
                                       : std::string("STM32RT_NO_POOL"))};
    text += "  {" + wrapItems(fields, 3, 3) + "},\n";
  }
  file.constantArray("stm32rt_accelerator", name + "_accelerators",
                     plan.accelerators.size(), text + "}");
}

void SourceWriter::writeIndexTable(StringRef suffix,
                                   ArrayRef<unsigned> tensors) {
  SmallVector<std::string> items;
  for (unsigned tensor : tensors)
    items.push_back(std::to_string(tensor));
  file.constantArray("uint16_t", (name + "_" + suffix).str(), tensors.size(),
                     "{" + wrapItems(items, 2, 40) + "}");
}

void SourceWriter::writeTables() {
  writeSection("Tables");
  writeTensorTable();
  file.blank();
  if (!plan.inputs.empty())
    writeIndexTable("inputs", plan.inputs);
  writeIndexTable("outputs", plan.outputs);
  file.blank();

  std::string text = "{\n";
  for (auto [index, pool] : llvm::enumerate(plan.pools)) {
    std::string macro = getPoolMacro(plan, index);
    text +=
        "  {.name = " + quoteString(PoolOp(pool.op).getSymName()) +
        ", .region = " + quoteString(MemoryRegionOp(pool.region).getSymName()) +
        ",\n   .size = " + macro + "_SIZE,\n   .alignment = " + macro +
        "_ALIGN},\n";
  }
  file.constantArray("stm32rt_pool", name + "_pools", plan.pools.size(),
                     text + "}");
  if (!plan.states.empty()) {
    file.blank();
    writeStateTable();
  }
  if (plan.operators.empty())
    return;
  file.blank();
  writeOperatorTable();
  if (!plan.steps.empty()) {
    file.blank();
    writeStepTable();
  }
  if (!plan.transfers.empty()) {
    file.blank();
    writeTransferTable();
  }
  if (!customs.empty()) {
    file.blank();
    file.constantArray("stm32rt_custom *const", name + "_customs",
                       customs.size(),
                       "{\n  " + llvm::join(customs, ",\n  ") + "\n}");
  }
  if (!plan.accelerators.empty()) {
    file.blank();
    writeAcceleratorTable();
  }
}
