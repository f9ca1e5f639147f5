//===- ApiStai.cpp - The stai_<name>_* functions --------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The macros and functions that applications for ST Edge AI use, over
// runtime/api/stai. Sizes are those of the macros AI_<NAME>_*.
//
//===----------------------------------------------------------------------===//

#include "CFile.h"

#include "stm32rt.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <array>

using namespace mlir;
using namespace mlir::stm32;

/// The functions: name, parameters behind the context, arguments.
static constexpr std::array<std::array<const char *, 3>, 16> kFunctions = {{
    {"init", "", ""},
    {"deinit", "", ""},
    {"run", "const stai_run_mode mode", "mode"},
    {"get_info", "stai_network_info *info", "info"},
    {"get_error", "", ""},
    {"set_callback", "const stai_event_cb cb, void *cb_cookie",
     "cb, cb_cookie"},
    {"get_activations", "stai_ptr *activations, stai_size *n_activations",
     "activations, n_activations"},
    {"set_activations",
     "const stai_ptr *activations, const stai_size n_activations",
     "activations, n_activations"},
    {"get_weights", "stai_ptr *weights, stai_size *n_weights",
     "weights, n_weights"},
    {"set_weights", "const stai_ptr *weights, const stai_size n_weights",
     "weights, n_weights"},
    {"get_states", "stai_ptr *states, stai_size *n_states", "states, n_states"},
    {"set_states", "const stai_ptr *states, const stai_size n_states",
     "states, n_states"},
    {"get_inputs", "stai_ptr *inputs, stai_size *n_inputs", "inputs, n_inputs"},
    {"set_inputs", "const stai_ptr *inputs, const stai_size n_inputs",
     "inputs, n_inputs"},
    {"get_outputs", "stai_ptr *outputs, stai_size *n_outputs",
     "outputs, n_outputs"},
    {"set_outputs", "const stai_ptr *outputs, const stai_size n_outputs",
     "outputs, n_outputs"},
}};

static StringRef getFormat(Type elementType) {
  return llvm::StringSwitch<StringRef>(getTypeName(elementType))
      .Case("int8", "STAI_FORMAT_S8")
      .Case("uint8", "STAI_FORMAT_U8")
      .Case("bool", "STAI_FORMAT_BOOL")
      .Case("int16", "STAI_FORMAT_S16")
      .Case("int32", "STAI_FORMAT_S32")
      .Case("uint32", "STAI_FORMAT_U32")
      .Case("int64", "STAI_FORMAT_S64")
      .Case("uint64", "STAI_FORMAT_U64")
      .Case("complex64", "STAI_FORMAT_NONE")
      .Default("STAI_FORMAT_FLOAT32");
}

/// The pools of activations or of states, by index.
static SmallVector<unsigned> getPools(const ModelPlan &plan, bool states) {
  SmallVector<unsigned> pools;
  for (auto [index, pool] : llvm::enumerate(plan.pools))
    if (PoolOp(pool.op).getStates() == states)
      pools.push_back(index);
  return pools;
}

static bool isQuantised(const TensorPlan &tensor) {
  return !tensor.io.getScale().getValue().isZero();
}

//===----------------------------------------------------------------------===//
// <name>.h
//===----------------------------------------------------------------------===//

namespace {
/// Macros that begin with `prefix`.
class Macros {
public:
  Macros(std::string prefix) : prefix(std::move(prefix)) {}

  void define(const Twine &suffix, const Twine &value) {
    text += ("#define " + prefix + suffix + " " + value + "\n").str();
  }
  /// An initialiser of an array, with an item `prefix<singular>_<i>_<of>` each.
  void list(const Twine &suffix, StringRef singular, size_t count,
            StringRef of) {
    SmallVector<std::string> items = getItems(singular, count, of);
    // C has no empty initialiser.
    define(suffix, items.empty()
                       ? "{ 0 }"
                       : "{ \\\n  " + llvm::join(items, ", \\\n  ") + " \\\n}");
  }
  /// The sum of such items.
  void sum(const Twine &suffix, StringRef singular, size_t count,
           StringRef of) {
    SmallVector<std::string> items = getItems(singular, count, of);
    define(suffix, count == 0   ? "0"
                   : count == 1 ? items.front()
                                : "(" + llvm::join(items, " + \\\n  ") + ")");
  }
  std::string take() { return std::move(text); }

private:
  SmallVector<std::string> getItems(StringRef singular, size_t count,
                                    StringRef of) {
    SmallVector<std::string> items;
    for (size_t i = 1; i <= count; ++i)
      items.push_back((prefix + singular + "_" + Twine(i) + "_" + of).str());
    return items;
  }

  std::string prefix, text;
};
} // namespace

/// Macros of inputs (`kind` "IN") or outputs ("OUT").
static void defineTensors(Macros &macros, const ModelPlan &plan,
                          const std::string &kind, ArrayRef<unsigned> indices) {
  std::string name = makeMacroName(plan.identifier);
  macros.define(kind + "_NUM", "AI_" + name + "_" + kind + "_NUM");
  for (auto [number, index] : llvm::enumerate(indices)) {
    const TensorPlan &tensor = plan.tensors[index];
    std::string item = kind + "_" + std::to_string(number + 1);
    SmallVector<std::string> dims;
    for (int64_t dim : tensor.type.getShape())
      dims.push_back(std::to_string(dim));
    bool isStreamed = plan.stream && kind == "IN" && number == 0;
    Type element = tensor.type.getElementType();
    macros.define(item + "_NAME", quoteString(tensor.name));
    macros.define(item + "_FLAGS",
                  "(STAI_FLAG_" + kind + "PUTS | " +
                      (isStreamed ? "" : "STAI_FLAG_PREALLOCATED | ") +
                      "\\\n  STAI_FLAG_REPLACEABLE | STAI_FLAG_CHANNEL_LAST | "
                      "STAI_FLAG_HAS_BATCH)");
    macros.define(item + "_FORMAT", getFormat(element));
    macros.define(item + "_ALIGNMENT",
                  Twine(std::max<int64_t>(4, getElementBytes(element))));
    macros.define(item + "_RANK", Twine(dims.size()));
    macros.define(item + "_SHAPE", dims.empty()
                                       ? "{ 1 }"
                                       : "{ " + llvm::join(dims, ", ") + " }");
    SmallVector<StringRef> same = {"BATCH",   "HEIGHT", "WIDTH",
                                   "CHANNEL", "SIZE",   "SIZE_BYTES"};
    if (isQuantised(tensor))
      same.append({"SCALE", "ZERO_POINT"});
    for (StringRef what : same)
      macros.define(item + "_" + what, "AI_" + name + "_" + item + "_" + what);
  }
  macros.sum(kind + "_SIZE_BYTES", kind, indices.size(), "SIZE_BYTES");
  for (auto [plural, of] :
       {std::pair("ALIGNMENTS", "ALIGNMENT"), std::pair("NAMES", "NAME"),
        std::pair("FORMATS", "FORMAT"), std::pair("SIZES", "SIZE"),
        std::pair("SIZES_BYTES", "SIZE_BYTES")})
    macros.list(kind + "_" + plural, kind, indices.size(), of);
}

/// Macros of a kind of memory; one item is called `singular`, all `plural`.
static void defineMemory(Macros &macros, const std::string &singular,
                         const std::string &plural, const std::string &flags,
                         ArrayRef<std::pair<std::string, std::string>> items) {
  macros.define(plural + "_NUM", Twine(items.size()));
  for (auto [number, item] : llvm::enumerate(items)) {
    std::string prefix = singular + "_" + std::to_string(number + 1);
    macros.define(prefix + "_FLAGS", flags);
    macros.define(prefix + "_ALIGNMENT", item.second);
    macros.define(prefix + "_SIZE", item.first);
    macros.define(prefix + "_SIZE_BYTES", item.first);
  }
  macros.sum(plural + "_SIZE", singular, items.size(), "SIZE");
  macros.sum(plural + "_SIZE_BYTES", singular, items.size(), "SIZE_BYTES");
  macros.list(plural + "_ALIGNMENTS", singular, items.size(), "ALIGNMENT");
  macros.list(plural + "_SIZES", singular, items.size(), "SIZE");
}

static SmallVector<std::pair<std::string, std::string>>
getPoolItems(const ModelPlan &plan, bool states) {
  SmallVector<std::pair<std::string, std::string>> items;
  for (unsigned pool : getPools(plan, states)) {
    std::string macro = getPoolMacro(plan, pool);
    items.push_back({macro + "_SIZE", macro + "_ALIGN"});
  }
  return items;
}

/// 0x and the first `digits` of the signature.
static std::string getSignatureNumber(const ModelPlan &plan, size_t digits) {
  StringRef signature = plan.getSignature();
  return "0x" + (signature.empty() ? std::string("0")
                                   : signature.take_front(digits).str());
}

static std::string getMacros(const ModelPlan &plan) {
  std::string name = makeMacroName(plan.identifier);
  Macros macros("STAI_" + name + "_");
  macros.define("MODEL_NAME", "AI_" + name + "_MODEL_NAME");
  macros.define("ORIGIN_MODEL_NAME", "AI_" + name + "_MODEL_NAME");
  macros.define("MODEL_SIGNATURE", getSignatureNumber(plan, 16) + "u");
  macros.define("ORIGIN_MODEL_SIGNATURE", quoteString(plan.getSignature()));
  macros.define("NODES_NUM", "AI_" + name + "_N_NODES");
  macros.define("MACC_NUM", name + "_MACS");
  macros.define("CONTEXT_ALIGNMENT", "8");
  macros.define("CONTEXT_SIZE", "\\\n  STM32RT_STAI_CONTEXT_SIZE(AI_" + name +
                                    "_IN_NUM, AI_" + name + "_OUT_NUM)");
  std::string text =
      "/* As applications for ST Edge AI call it; see stai.h. */\n" +
      macros.take() + "\n/* What need not be set. */\n#ifdef AI_" + name +
      "_ALLOCATE_ACTIVATIONS\n#define STAI_" + name +
      "_POOL_FLAGS (STAI_FLAG_ACTIVATIONS | STAI_FLAG_STATES)\n#else\n"
      "#define STAI_" +
      name + "_POOL_FLAGS STAI_FLAG_NONE\n#endif\n";
  macros.define("FLAGS", "(STAI_" + name +
                             "_POOL_FLAGS | STAI_FLAG_WEIGHTS | \\\n  " +
                             (plan.stream ? "" : "STAI_FLAG_INPUTS | ") +
                             "STAI_FLAG_OUTPUTS)");
  text += macros.take() + "\n";
  defineTensors(macros, plan, "IN", plan.inputs);
  text += macros.take() + "\n";
  defineTensors(macros, plan, "OUT", plan.outputs);
  text += macros.take() + "\n";
  defineMemory(macros, "ACTIVATION", "ACTIVATIONS", "STAI_FLAG_ACTIVATIONS",
               getPoolItems(plan, /*states=*/false));
  defineMemory(macros, "STATE", "STATES", "STAI_FLAG_STATES",
               getPoolItems(plan, /*states=*/true));
  SmallVector<std::pair<std::string, std::string>> weights;
  if (!plan.blocks.empty())
    weights.push_back({"AI_" + name + "_DATA_WEIGHTS_SIZE",
                       "AI_" + name + "_DATA_WEIGHTS_ALIGNMENT"});
  defineMemory(macros, "WEIGHT", "WEIGHTS",
               "(STAI_FLAG_WEIGHTS | STAI_FLAG_PREALLOCATED | \\\n  "
               "STAI_FLAG_REPLACEABLE)",
               weights);
  return text + macros.take();
}

/// `head` and the parameters behind the context.
static std::string getPrototype(const ModelPlan &plan, StringRef function,
                                StringRef parameters) {
  SmallVector<std::string> items = {"stai_network *network"};
  SmallVector<StringRef> more;
  parameters.split(more, ", ", -1, /*KeepEmpty=*/false);
  for (StringRef parameter : more)
    items.push_back(parameter.str());
  std::string head =
      ("stai_return_code stai_" + plan.identifier + "_" + function + "(").str();
  return "STAI_API_ENTRY\n" + head + wrapItems(items, 4, head.size()) + ")";
}

void stm32::writeStaiHeader(CFile &file, const ModelPlan &plan) {
  // Sizes of the weights.
  file.include(plan.identifier + "_data.h");
  file.blank();
  file.text(StringRef(getMacros(plan)).rtrim('\n'));
  file.blank();
  std::string text = "/* What stai.h and docs/RuntimeAPI.md say. */\n";
  for (auto [function, parameters, arguments] : kFunctions)
    text += getPrototype(plan, function, parameters) + ";\n";
  file.text(text + "STAI_API_ENTRY\nstai_size stai_" + plan.identifier +
            "_get_context_size(void);");
}

//===----------------------------------------------------------------------===//
// <name>.c
//===----------------------------------------------------------------------===//

/// The table of inputs or outputs; their zero points are from `zeroPoint` on.
static void writeTensors(CFile &file, const ModelPlan &plan,
                         const std::string &kind, ArrayRef<unsigned> indices,
                         size_t zeroPoint) {
  const std::string &name = plan.identifier;
  std::string text = "{\n";
  for (auto [number, index] : llvm::enumerate(indices)) {
    std::string macro = "STAI_" + makeMacroName(name) + "_" +
                        makeMacroName(kind) + "_" + std::to_string(number + 1);
    std::string tensor = name + "_tensors[" + std::to_string(index) + "]";
    text += "  {.size_bytes = " + macro + "_SIZE_BYTES,\n   .flags = " + macro +
            "_FLAGS,\n   .format = " + macro + "_FORMAT,\n   .shape = {" +
            macro + "_RANK, " + tensor + ".shape},\n";
    if (isQuantised(plan.tensors[index]))
      text += "   .scale = {1, &" + tensor + ".scale},\n   .zeropoint = {1, &" +
              name + "_stai_zero_points[" + std::to_string(zeroPoint++) +
              "]},\n";
    text += "   .name = " + macro + "_NAME},\n";
  }
  file.constantArray("stai_tensor", name + "_stai_" + kind, indices.size(),
                     text + "}");
}

/// The table of a kind of memory; the sizes are from `first` on.
static void writeMemory(CFile &file, const ModelPlan &plan,
                        const std::string &kind, const std::string &singular,
                        size_t count, size_t first) {
  const std::string &name = plan.identifier;
  std::string text = "{\n";
  for (size_t i = 0; i < count; ++i) {
    std::string macro = "STAI_" + makeMacroName(name) + "_" + singular + "_" +
                        std::to_string(i + 1);
    text += "  {.size_bytes = " + macro + "_SIZE_BYTES, .flags = " + macro +
            "_FLAGS,\n   .format = STAI_FORMAT_U8, .shape = {1, &" + name +
            "_stai_sizes[" + std::to_string(first + i) + "]}},\n";
  }
  file.constantArray("stai_tensor", name + "_stai_" + kind, count, text + "}");
}

static std::string getVersion(StringRef text) {
  SmallVector<StringRef> parts;
  text.split(parts, '.');
  parts.resize(3, "0");
  return "{" + llvm::join(parts, ", ") + ", 0}";
}

void stm32::writeStaiSource(CFile &file, const ModelPlan &plan) {
  const std::string &name = plan.identifier;
  std::string macro = makeMacroName(name);
  file.blank();
  file.text("/* The functions of stai.h. */");
  SmallVector<std::string> zeroPoints, sizes;
  for (ArrayRef<unsigned> indices :
       {ArrayRef<unsigned>(plan.inputs), ArrayRef<unsigned>(plan.outputs)})
    for (unsigned index : indices)
      if (isQuantised(plan.tensors[index]))
        zeroPoints.push_back(intLiteral(plan.tensors[index].io.getZeroPoint()));
  if (!zeroPoints.empty())
    file.constantArray("int16_t", name + "_stai_zero_points", zeroPoints.size(),
                       "{\n  " + wrapItems(zeroPoints, 2, 2) + "}");
  if (!plan.inputs.empty())
    writeTensors(file, plan, "in", plan.inputs, 0);
  writeTensors(file, plan, "out", plan.outputs,
               llvm::count_if(plan.inputs, [&](unsigned index) {
                 return isQuantised(plan.tensors[index]);
               }));

  size_t activations = getPools(plan, false).size();
  size_t states = getPools(plan, true).size(), weights = !plan.blocks.empty();
  struct Kind {
    const char *name, *singular;
    size_t count;
  } kinds[] = {{"activations", "ACTIVATION", activations},
               {"states", "STATE", states},
               {"weights", "WEIGHT", weights}};
  for (const Kind &kind : kinds)
    for (size_t i = 1; i <= kind.count; ++i)
      sizes.push_back("STAI_" + macro + "_" + kind.singular + "_" +
                      std::to_string(i) + "_SIZE");
  if (!sizes.empty())
    file.constantArray("int32_t", name + "_stai_sizes", sizes.size(),
                       "{\n  " + wrapItems(sizes, 2, 2) + "}");
  size_t first = 0;
  for (const Kind &kind : kinds) {
    if (kind.count != 0)
      writeMemory(file, plan, kind.name, kind.singular, kind.count, first);
    first += kind.count;
  }

  auto table = [&](StringRef suffix, size_t count) {
    return count == 0 ? std::string("NULL") : (name + "_stai_" + suffix).str();
  };
  file.constant(
      "stm32rt_stai_model", name + "_stai",
      "{\n  .model = &" + name + "_model,\n  .activations = AI_" + macro +
          "_DATA_ACTIVATIONS_TABLE_GET(),\n  .info = {\n"
          "    .model_signature = STAI_" +
          macro +
          "_ORIGIN_MODEL_SIGNATURE,\n    .c_compile_datetime = \"\",\n"
          "    .c_model_name = STAI_" +
          macro +
          "_MODEL_NAME,\n    .c_model_datetime = \"\",\n"
          "    .c_model_signature = " +
          getSignatureNumber(plan, 8) +
          "u,\n    .runtime_version = {STM32RT_ABI_VERSION, 0, 0, 0},\n"
          "    .tool_version = " +
          getVersion(getToolVersion()) +
          ",\n    .api_version = {STAI_API_VERSION_MAJOR, "
          "STAI_API_VERSION_MINOR,\n      STAI_API_VERSION_MICRO, 0},\n"
          "    .n_macc = STAI_" +
          macro + "_MACC_NUM,\n    .n_nodes = STAI_" + macro +
          "_NODES_NUM,\n    .flags = STAI_" + macro +
          "_FLAGS,\n    .n_inputs = STAI_" + macro +
          "_IN_NUM,\n    .n_outputs = STAI_" + macro +
          "_OUT_NUM,\n    .n_activations = STAI_" + macro +
          "_ACTIVATIONS_NUM,\n    .n_weights = STAI_" + macro +
          "_WEIGHTS_NUM,\n    .n_states = STAI_" + macro +
          "_STATES_NUM,\n    .inputs = " + table("in", plan.inputs.size()) +
          ",\n    .outputs = " + table("out", plan.outputs.size()) +
          ",\n    .activations = " + table("activations", activations) +
          ",\n    .weights = " + table("weights", weights) +
          ",\n    .states = " + table("states", states) + "}}");

  for (auto [function, parameters, arguments] : kFunctions) {
    SmallVector<std::string> items = {"&" + name + "_stai", "network"};
    SmallVector<StringRef> more;
    StringRef(arguments).split(more, ", ", -1, /*KeepEmpty=*/false);
    for (StringRef argument : more)
      items.push_back(argument.str());
    std::string call = std::string("  return stm32rt_stai_") + function + "(";
    file.blank();
    file.text(getPrototype(plan, function, parameters) + " {\n" + call +
              wrapItems(items, call.size(), call.size()) + ");\n}");
  }
  file.blank();
  file.text("STAI_API_ENTRY\nstai_size stai_" + name +
            "_get_context_size(void) {\n  return (stai_size)STAI_" + macro +
            "_CONTEXT_SIZE;\n}");
}
