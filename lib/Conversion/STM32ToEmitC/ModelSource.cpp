//===- ModelSource.cpp - <name>.c -----------------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SourceWriter.h"

#include "stm32/Dialect/STM32/IR/STM32Custom.h"
#include "stm32rt.h"

// The symbol's name, after expansion of the macro.
#define STM32_STRING_OF(symbol) #symbol
#define STM32_NAME_OF(symbol) STM32_STRING_OF(symbol)

using namespace mlir;
using namespace mlir::stm32;

std::string stm32::getBanner(StringRef title) {
  std::string line = ("/*===-- " + title + " ").str();
  line.resize(std::max<size_t>(line.size(), 74), '-');
  return line + "===*/";
}

void SourceWriter::writeSection(StringRef title) {
  file.blank();
  file.text(getBanner(title));
  file.blank();
}

void SourceWriter::writeIncludes() {
  file.include(name + ".h");
  file.blank();
  file.include(name + "_data.h");
  file.include("stm32rt_kernels.h");
  if (llvm::any_of(plan.operators,
                   [](const OperatorPlan &entry) { return entry.hasBand(); }))
    file.include("stm32rt_window.h");
  llvm::StringSet<> headers;
  for (const OperatorPlan &entry : plan.operators)
    if (auto custom = dyn_cast<CustomOp>(entry.getOperation()))
      if (std::optional<StringRef> header = custom.getHeader();
          header && headers.insert(*header).second)
        file.include(*header);
  for (const AcceleratorPlan &accelerator : plan.accelerators)
    if (headers.insert(accelerator.record->header).second)
      file.include(accelerator.record->header);
  file.blank();
  file.text("#if STM32RT_ABI_VERSION != " + Twine(STM32RT_ABI_VERSION) +
            "\n#error \"" + name +
            ".c was generated for another version of the runtime\"\n#endif");
}

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

void SourceWriter::writeModel() {
  writeSection("Model");
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
      macro + "_N_NODES,\n  .step_count = " + count(plan.steps.size()) +
      ",\n  .accelerator_count = " + count(plan.accelerators.size()) +
      ",\n  .custom_count = " + count(customs.size()) +
      ",\n  .transfer_count = " + count(plan.transfers.size()) +
      ",\n"
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
      ",\n  .steps = " + (plan.steps.empty() ? "NULL" : name + "_steps") +
      ",\n  .transfers = " +
      (plan.transfers.empty() ? "NULL" : name + "_transfers") +
      ",\n  .accelerators = " +
      (plan.accelerators.empty() ? "NULL" : name + "_accelerators") +
      ",\n  .customs = " + (customs.empty() ? "NULL" : name + "_customs") +
      ",\n  .stream = " + (plan.stream ? "&" + name + "_stream" : "NULL") +
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
  writeSection("Functions, see " + name + ".h");
  std::string macro = makeMacroName(name), family = "&" + name + "_family";
  file.text("static ai_platform_network " + name + "_instances[AI_" + macro +
            "_INSTANCES];\nstatic ai_buffer " + name + "_buffers[AI_" + macro +
            "_INSTANCES *\n    (AI_" + macro + "_IN_NUM + AI_" + macro +
            "_OUT_NUM)];");
  file.constant("ai_platform_family", name + "_family",
                "{\n  .model = &" + name + "_model,\n  .instances = " + name +
                    "_instances,\n  .buffers = " + name +
                    "_buffers,\n  .activations = AI_" + macro +
                    "_DATA_ACTIVATIONS_TABLE_GET(),\n  .instance_count = AI_" +
                    macro + "_INSTANCES,\n}");

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
           {"ai_network_params *params"}, {family, "params"});
}

LogicalResult stm32::writeModelSource(CFile &file, const ModelPlan &plan,
                                      const FrontMatter &front,
                                      unsigned &numShared) {
  file.text(getFrontMatter(plan, front, plan.identifier + ".c",
                           "operators and descriptor of the model"));
  file.blank();
  SourceWriter writer(file, plan, front);
  writer.writeIncludes();
  if (failed(writer.writeOperators(numShared)))
    return failure();
  writer.writeTables();
  writer.writeModel();
  writer.writeFunctions();
  for (const std::string &api : front.apis)
    lookupApi(api)->writeSource(file, plan);
  return success();
}
