//===- ModelSource.cpp - <name>.c -----------------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operators, tables, the model's descriptor and the ai_<name>_* functions.
//
//===----------------------------------------------------------------------===//

#include "CFile.h"
#include "stm32/Dialect/STM32/IR/STM32Custom.h"
#include "stm32rt.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

#include <limits>

// The symbol's name, after expansion of the macro.
#define STM32_STRING_OF(symbol) #symbol
#define STM32_NAME_OF(symbol) STM32_STRING_OF(symbol)

using namespace mlir;
using namespace mlir::stm32;

namespace {
/// Writes the file of one model, section by section.
class SourceWriter {
public:
  SourceWriter(CFile &file, const ModelPlan &plan)
      : file(file), plan(plan), name(plan.identifier) {}

  void writeIncludes();
  LogicalResult writeOperators(unsigned &numShared);
  void writeTables();
  void writeModel();
  void writeFunctions();

private:
  void writePrototypes(ArrayRef<KernelCall> calls);
  /// Name of a constant with this type and value; a new one if there is none.
  std::string getDescriptor(StringRef type, const std::string &value,
                            const std::string &newName, unsigned &numShared);
  std::string getAddress(Value buffer);
  void writeOperator(unsigned index, const KernelCall &call,
                     unsigned &numShared);
  void writeTensorTable();
  void writeStateTable();
  void writeOperatorTable();
  void writeIndexTable(StringRef suffix, ArrayRef<unsigned> tensors);

  CFile &file;
  const ModelPlan &plan;
  const std::string name;
  llvm::StringMap<std::string> descriptors;
};
} // namespace

static Operation *getOperation(const OperatorPlan &entry) {
  return ComputeOpInterface(entry.op).getOperation();
}

static void writeSection(CFile &file, StringRef title) {
  std::string line = ("/*===-- " + title + " ").str();
  line.resize(std::max<size_t>(line.size(), 74), '-');
  file.blank();
  file.text(line + "===*/");
  file.blank();
}

void SourceWriter::writeIncludes() {
  file.include(name + ".h");
  file.blank();
  file.include(name + "_data.h");
  file.include("stm32rt_kernels.h");
  llvm::StringSet<> headers;
  for (const OperatorPlan &entry : plan.operators)
    if (auto custom = dyn_cast<CustomOp>(getOperation(entry)))
      if (std::optional<StringRef> header = custom.getHeader();
          header && headers.insert(*header).second)
        file.include(*header);
  file.blank();
  file.text("#if STM32RT_ABI_VERSION != " + Twine(STM32RT_ABI_VERSION) +
            "\n#error \"" + name +
            ".c was generated for another version of the runtime\"\n#endif");
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// Name of output `index` in the call of a kernel: "y", or "y0" and so on.
static std::string getDestName(ComputeOpInterface op, unsigned index) {
  return op.getNumOutputs() == 1 ? "y" : "y" + std::to_string(index);
}

/// Kernels of the runtime are declared in stm32rt_kernels.h; others, which
/// came with a record of their own, here.
void SourceWriter::writePrototypes(ArrayRef<KernelCall> calls) {
  llvm::StringSet<> seen;
  for (auto [entry, call] : llvm::zip_equal(plan.operators, calls)) {
    if (auto custom = dyn_cast<CustomOp>(getOperation(entry))) {
      if (!custom.getHeader() && seen.insert(entry.function).second)
        file.text(getCustomPrototype(custom));
      continue;
    }
    if (getRegisteredSource(entry.kernel->source).empty())
      continue;
    std::string kernel = entry.function.str();
    if (!call.band.empty())
      kernel += "_rows";
    if (!seen.insert(kernel).second)
      continue;
    SmallVector<std::string> arguments = {("const " + call.type + " *d").str()};
    if (!call.band.empty())
      arguments.push_back("const stm32rt_band *band");
    ComputeOpInterface op = entry.op;
    for (unsigned i = 0; i < op.getNumActivations(); ++i)
      arguments.push_back("const void *" + getArgumentName(op, i));
    for (unsigned i = 0; i < op.getNumStates(); ++i)
      arguments.push_back("void *state_" + std::to_string(i));
    for (unsigned i = 0; i < op.getNumOutputs(); ++i)
      arguments.push_back("void *" + getDestName(op, i));
    if (call.hasConstants)
      arguments.push_back("const void *constants");
    if (call.hasConstants || call.hasScratch)
      arguments.push_back("void *scratch");
    std::string head = "void " + kernel + "(";
    file.text(head + wrapItems(arguments, head.size(), head.size()) + ");");
  }
  if (!seen.empty())
    file.blank();
}

std::string SourceWriter::getDescriptor(StringRef type,
                                        const std::string &value,
                                        const std::string &newName,
                                        unsigned &numShared) {
  auto [it, isNew] = descriptors.try_emplace((type + value).str(), newName);
  if (isNew)
    file.constant(type, newName, value);
  else
    ++numShared;
  return it->second;
}

std::string SourceWriter::getAddress(Value buffer) {
  if (PackedOp block = getConstantBlock(buffer))
    return "stm32rt_constant(context, " + std::to_string(*block.getOffset()) +
           ")";
  Place place = plan.getPlace(buffer);
  return "stm32rt_at(context, " + getPoolMacro(plan, place.pool) + ", " +
         std::to_string(place.offset) + ")";
}

void SourceWriter::writeOperator(unsigned index, const KernelCall &call,
                                 unsigned &numShared) {
  const OperatorPlan &entry = plan.operators[index];
  ComputeOpInterface op = entry.op;
  std::string function = name + "_op_" + std::to_string(index);

  file.text(getOperatorComment(plan, index));
  StringRef suffix = call.type;
  suffix.consume_front("stm32rt_");
  SmallVector<std::string> arguments = {
      "&" + getDescriptor(call.type, call.descriptor,
                          (function + "_" + suffix).str(), numShared)};
  if (!call.band.empty())
    arguments.push_back("&" + getDescriptor("stm32rt_band", call.band,
                                            function + "_band", numShared));

  std::string body =
      "static void " + function + "(const stm32rt_context *context) {\n";
  if (auto custom = dyn_cast<CustomOp>(op.getOperation()))
    return file.text(body +
                     getCustomCall(custom, arguments[0],
                                   [&](Value v) { return getAddress(v); }) +
                     "\n}");
  for (unsigned i = 0; i < op.getNumActivations(); ++i) {
    std::string argument = getArgumentName(op, i);
    body += "  const void *" + argument + " = " +
            getAddress(op.getActivation(i)) + ";\n";
    arguments.push_back(argument);
  }
  for (unsigned i = 0; i < op.getNumStates(); ++i) {
    std::string argument = "state_" + std::to_string(i);
    body += "  void *" + argument + " = " + getAddress(op.getState(i)) + ";\n";
    arguments.push_back(argument);
  }
  for (auto [i, dest] : llvm::enumerate(op.getDests())) {
    std::string argument = getDestName(op, i);
    body += "  void *" + argument + " = " + getAddress(dest) + ";\n";
    arguments.push_back(argument);
  }
  if (call.hasConstants) {
    body += "  const void *constants = stm32rt_constant(context, " +
            std::to_string(plan.blocks[*entry.constants].offset) + ");\n";
    arguments.push_back("constants");
  }
  if (call.hasConstants || call.hasScratch) {
    if (op.getScratch()) {
      body += "  void *scratch = " + getAddress(op.getScratch()) + ";\n";
      arguments.push_back("scratch");
    } else {
      arguments.push_back("NULL");
    }
  }
  std::string head = "  " + entry.function.str();
  head += call.band.empty() ? "(" : "_rows(";
  body += head + wrapItems(arguments, head.size(), head.size()) + ");\n}";
  file.text(body);
}

LogicalResult SourceWriter::writeOperators(unsigned &numShared) {
  SmallVector<KernelCall> calls;
  for (const OperatorPlan &entry : plan.operators) {
    FailureOr<KernelCall> call = describeCall(entry);
    if (failed(call))
      return failure();
    calls.push_back(std::move(*call));
  }
  writeSection(file, "Operators");
  writePrototypes(calls);
  for (auto [index, call] : llvm::enumerate(calls)) {
    if (index != 0)
      file.blank();
    writeOperator(index, call, numShared);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

StringRef stm32::getTypeConstant(Type elementType) {
  StringRef type = getTypeName(elementType);
  return llvm::StringSwitch<StringRef>(type)
      .Case("int8", "STM32RT_INT8")
      .Case("uint8", "STM32RT_UINT8")
      .Case("int16", "STM32RT_INT16")
      .Case("int32", "STM32RT_INT32")
      .Case("int64", "STM32RT_INT64")
      .Case("bool", "STM32RT_BOOL")
      .Default("STM32RT_FLOAT32");
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
            " */\n  {.name = " + quoteString(tensor.name) + ",\n   " +
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
        std::min<uint64_t>(op.getMacs(), std::numeric_limits<uint32_t>::max());
    SmallVector<std::string> items = {
        ".kind = " + quoteString(op.getKind()),
        ".kernel = " + quoteString(entry.function),
        ".macs = " + std::to_string(macs) + "u",
        ".output = " + std::to_string(entry.output),
        ".outputs = " + std::to_string(entry.numOutputs),
        ".run = " + name + "_op_" + std::to_string(index)};
    text += "  /* " + std::to_string(index) +
            " */\n  {.name = " + quoteString(plan.tensors[entry.output].name) +
            ",\n   " + wrapItems(items, 3, 3) + "},\n";
  }
  file.constantArray("stm32rt_operator", name + "_operators",
                     plan.operators.size(), text + "}");
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
  writeSection(file, "Tables");
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
}

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

void SourceWriter::writeModel() {
  writeSection(file, "Model");
  std::string macro = makeMacroName(name);
  bool hasConstants = plan.constantsPool.has_value();
  auto count = [](size_t value) { return std::to_string(value); };
  std::string text =
      "{\n  .abi = &" STM32_NAME_OF(STM32RT_ABI_SYMBOL) ",\n"
                                                        "  .abi_version = " +
      count(STM32RT_ABI_VERSION) + ",\n  .name = AI_" + macro +
      "_MODEL_NAME,\n"
      "  .tool_version = " +
      quoteString(getToolVersion()) +
      ",\n  .signature = " + quoteString(plan.getSignature()) +
      ",\n  .input_count = AI_" + macro +
      "_IN_NUM,\n"
      "  .output_count = AI_" +
      macro +
      "_OUT_NUM,\n"
      "  .tensor_count = " +
      count(plan.tensors.size()) + ",\n  .pool_count = " + macro +
      "_POOL_COUNT,\n"
      "  .state_count = " +
      count(plan.states.size()) +
      ",\n"
      "  .operator_count = AI_" +
      macro +
      "_N_NODES,\n"
      "  .macs = " +
      macro +
      "_MACS,\n"
      "  .inputs = " +
      (plan.inputs.empty() ? "NULL" : name + "_inputs") +
      ",\n  .outputs = " + name +
      "_outputs,\n"
      "  .tensors = " +
      name +
      "_tensors,\n"
      "  .pools = " +
      name +
      "_pools,\n"
      "  .states = " +
      (plan.states.empty() ? "NULL" : name + "_states") +
      ",\n"
      "  .operators = " +
      (plan.operators.empty() ? "NULL" : name + "_operators") +
      ",\n  .weights = " +
      (hasConstants ? "&" + name + "_constants" : std::string("NULL")) +
      ",\n  .weights_size = AI_" + macro +
      "_DATA_WEIGHTS_SIZE,\n"
      "  .weights_alignment = AI_" +
      macro + "_DATA_WEIGHTS_ALIGNMENT,\n}";
  file.constant("stm32rt_model", name + "_model", text, /*isStatic=*/false);
  file.blank();
  file.text("/* The bounds of this section are those of the list of all models "
            "linked in. */\nstatic const stm32rt_model *const " +
            name + "_entry STM32RT_SECTION(\".nn_models\") =\n    &" + name +
            "_model;");
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

void SourceWriter::writeFunctions() {
  writeSection(file, "Functions, see " + name + ".h");
  std::string macro = makeMacroName(name), family = "&" + name + "_family";
  file.text("static ai_platform_network " + name + "_instances[AI_" + macro +
            "_INSTANCES];\nstatic ai_buffer " + name + "_buffers[AI_" + macro +
            "_INSTANCES *\n    (AI_" + macro + "_IN_NUM + AI_" + macro +
            "_OUT_NUM)];");
  file.constant("ai_platform_family", name + "_family",
                "{\n  .model = &" + name + "_model,\n  .instances = " + name +
                    "_instances,\n  .buffers = " + name +
                    "_buffers,\n  .instance_count = AI_" + macro +
                    "_INSTANCES,\n}");

  auto function = [&](StringRef result, StringRef suffix, StringRef callee,
                      ArrayRef<std::string> parameters,
                      ArrayRef<std::string> arguments) {
    std::string head = (result + "ai_" + name + "_" + suffix + "(").str();
    std::string call = ("  return ai_platform_" + callee + "(").str();
    file.blank();
    file.text("AI_API_ENTRY\n" + head +
              wrapItems(parameters, head.size(), head.size()) + ") {\n" + call +
              wrapItems(arguments, call.size(), call.size()) + ");\n}");
  };
  function("ai_error ", "create", "create",
           {"ai_handle *network", "const ai_buffer *config"},
           {family, "network", "config"});
  function("ai_bool ", "init", "init",
           {"ai_handle network", "const ai_network_params *params"},
           {family, "network", "params"});
  function("ai_error ", "create_and_init", "create_and_init",
           {"ai_handle *network", "const ai_handle activations[]",
            "const ai_handle weights[]"},
           {family, "network", "activations", "weights"});
  function("ai_handle ", "destroy", "destroy", {"ai_handle network"},
           {family, "network"});
  function("ai_error ", "get_error", "get_error", {"ai_handle network"},
           {family, "network"});
  function("ai_bool ", "get_report", "get_report",
           {"ai_handle network", "ai_network_report *report"},
           {family, "network", "report"});
  function("ai_buffer *", "inputs_get", "inputs_get",
           {"ai_handle network", "ai_u16 *count"},
           {family, "network", "count"});
  function("ai_buffer *", "outputs_get", "outputs_get",
           {"ai_handle network", "ai_u16 *count"},
           {family, "network", "count"});
  function(
      "ai_i32 ", "run", "run",
      {"ai_handle network", "const ai_buffer inputs[]", "ai_buffer outputs[]"},
      {family, "network", "inputs", "outputs"});
  function("ai_i32 ", "forward", "forward",
           {"ai_handle network", "const ai_buffer inputs[]"},
           {family, "network", "inputs"});
  if (!plan.states.empty())
    function("ai_bool ", "reset", "reset", {"ai_handle network"},
             {family, "network"});
  function("ai_bool ", "data_params_get", "params_get",
           {"ai_network_params *params"}, {"&" + name + "_model", "params"});
}

LogicalResult stm32::writeModelSource(CFile &file, const ModelPlan &plan,
                                      const FrontMatter &front,
                                      unsigned &numShared) {
  file.text(getFrontMatter(plan, front, plan.identifier + ".c",
                           "operators and descriptor of the model"));
  file.blank();
  SourceWriter writer(file, plan);
  writer.writeIncludes();
  if (failed(writer.writeOperators(numShared)))
    return failure();
  writer.writeTables();
  writer.writeModel();
  writer.writeFunctions();
  return success();
}
