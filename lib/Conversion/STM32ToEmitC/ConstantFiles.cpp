//===- ConstantFiles.cpp - <name>_data.c and <name>_data.h ----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All constants are one object of a struct type, so that their order and
// distances are those of the plan whatever compiler and linker do; assertions
// in the file check each offset.
//
//===----------------------------------------------------------------------===//

#include "CFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// Infinities and NaN have no constant in C.
static bool needsBits(DenseElementsAttr attr) {
  return attr.getElementType().isF32() &&
         llvm::any_of(attr.getValues<APFloat>(),
                      [](const APFloat &value) { return !value.isFinite(); });
}

/// The type of the elements: floats that need it are words that are read as
/// floats, which a union allows.
static std::string getCType(DenseElementsAttr attr) {
  Type elementType = attr.getElementType();
  if (needsBits(attr))
    return "union { uint32_t bits; float value; }";
  if (elementType.isF32())
    return "float";
  std::string prefix = elementType.isUnsignedInteger() ? "uint" : "int";
  return prefix + std::to_string(elementType.getIntOrFloatBitWidth()) + "_t";
}

/// The values in lines of up to 80 columns.
static std::string getValues(DenseElementsAttr attr) {
  Type type = attr.getElementType();
  // What fits in 80 columns at the largest width.
  const int64_t perLine = type.isF32() ? 3 : type.isInteger(8) ? 12 : 6;
  std::string text;
  text.reserve(attr.getNumElements() * 5);
  int64_t column = 0;
  auto append = [&](const std::string &literal) {
    text += column == 0 ? "\n      " : " ";
    text += literal;
    text += ',';
    column = (column + 1) % perLine;
  };
  if (type.isF32()) {
    bool asBits = needsBits(attr);
    for (const APFloat &value : attr.getValues<APFloat>())
      append(asBits ? "{0x" +
                          llvm::utohexstr(value.bitcastToAPInt().getZExtValue(),
                                          true) +
                          "u}"
                    : floatLiteral(value.convertToFloat()));
    return text;
  }
  for (const APInt &value : attr.getValues<APInt>())
    append(intLiteral(type.isUnsignedInteger()
                          ? static_cast<int64_t>(value.getZExtValue())
                          : value.getSExtValue()));
  return text;
}

//===----------------------------------------------------------------------===//
// <name>_data.c
//===----------------------------------------------------------------------===//

/// Bytes of padding that the plan has before block `index`.
static int64_t getPadding(const ModelPlan &plan, unsigned index) {
  int64_t end = 0;
  if (index > 0) {
    const ConstantBlock &previous = plan.blocks[index - 1];
    end = previous.offset + llvm::alignTo(previous.bytes, previous.alignment);
  }
  const ConstantBlock &block = plan.blocks[index];
  // The compiler pads up to the block's alignment by itself.
  return block.offset - llvm::alignTo(end, block.alignment) > 0
             ? block.offset - end
             : 0;
}

static void writeStruct(CFile &file, const ModelPlan &plan) {
  std::string name = plan.identifier;
  std::string text = "struct " + name + "_constants {\n";
  for (auto [index, block] : llvm::enumerate(plan.blocks)) {
    if (int64_t padding = getPadding(plan, index))
      text += "  uint8_t padding_" + std::to_string(index) + "[" +
              std::to_string(padding) + "];\n";
    text += getOperatorComment(plan, block.firstOperator, 2) + "\n  struct {\n";
    for (const ConstantField &field : block.fields)
      text += "    " + getCType(field.value) + " " + field.identifier + "[" +
              std::to_string(field.value.getNumElements()) + "];\n";
    text += "  } " + block.identifier + ";\n";
  }
  file.text(text + "};");
}

/// Bytes of the object of all constants, which may be fewer than the plan keeps
/// for it.
static int64_t getObjectBytes(const ModelPlan &plan) {
  int64_t alignment = 1;
  for (const ConstantBlock &block : plan.blocks)
    alignment = std::max(alignment, block.alignment);
  return llvm::alignTo(plan.blocks.back().offset + plan.blocks.back().bytes,
                       alignment);
}

static void writeAssertions(CFile &file, const ModelPlan &plan) {
  std::string type = "struct " + plan.identifier + "_constants", text;
  auto check = [&](const std::string &what, int64_t value,
                   const std::string &message) {
    text += "_Static_assert(" + what + " == " + std::to_string(value) +
            ",\n               \"" + message + "\");\n";
  };
  for (const ConstantBlock &block : plan.blocks) {
    for (const ConstantField &field : block.fields) {
      std::string member = block.identifier + "." + field.identifier;
      check("offsetof(" + type + ", " + member + ")",
            block.offset + field.offset,
            member + " is not where the memory plan has it");
    }
  }
  check("sizeof(" + type + ")", getObjectBytes(plan),
        "the size is not that of the memory plan");
  text.pop_back();
  file.text(text);
}

static void writeObject(CFile &file, const ModelPlan &plan) {
  std::string name = plan.identifier;
  std::string text = "const struct " + name + "_constants " + name +
                     "_constants\n    " + makeMacroName(name) +
                     "_WEIGHTS_PLACE = {\n";
  for (const ConstantBlock &block : plan.blocks) {
    text += getOperatorComment(plan, block.firstOperator, 2) + "\n  ." +
            block.identifier + " = {\n";
    for (const ConstantField &field : block.fields)
      text += "    ." + field.identifier + " = {" + getValues(field.value) +
              "\n    },\n";
    text += "  },\n";
  }
  file.text(text + "};");
}

/// The macro that says where the object lies.
static void writePlace(CFile &file, const ModelPlan &plan) {
  std::string name = makeMacroName(plan.identifier);
  std::string section = name + "_WEIGHTS_SECTION";
  std::string aligned =
      "STM32RT_ALIGNED(AI_" + name + "_DATA_WEIGHTS_ALIGNMENT)";
  std::string text = "/* Define " + section +
                     " as the name of a section to choose where the\n * "
                     "constants lie. */\n";
  StringRef planned =
      MemoryRegionOp(plan.constantsPool->region).getSection().value_or("");
  // Constants are in .rodata anyway.
  if (!planned.empty() && planned != ".rodata")
    text += "#ifndef " + section + "\n#define " + section + " " +
            quoteString(planned) + "\n#endif\n";
  text += "#ifdef " + section + "\n#define " + name + "_WEIGHTS_PLACE \\\n  " +
          aligned + " \\\n  STM32RT_SECTION(" + section + ")\n#else\n#define " +
          name + "_WEIGHTS_PLACE \\\n  " + aligned + "\n#endif";
  file.text(text);
}

/// The table of addresses that `kind` (activations or weights) have where the
/// application gives none. One more entry on both sides: applications count
/// from 1.
static std::string getAddressTable(const ModelPlan &plan, StringRef kind,
                                   ArrayRef<std::string> addresses) {
  SmallVector<std::string> items = {"AI_HANDLE_NULL"};
  llvm::append_range(items, addresses);
  items.push_back("AI_HANDLE_NULL");
  std::string head = ("ai_handle g_" + plan.identifier + "_" + kind +
                      "_table[" + llvm::Twine(items.size()) + "] = {\n  ")
                         .str();
  return head + wrapItems(items, 2, 2) + "};";
}

/// The pools that the file holds on request, and the tables of addresses.
static void writeAddresses(CFile &file, const ModelPlan &plan) {
  std::string name = plan.identifier, macro = makeMacroName(name);
  SmallVector<std::string> pools, none(plan.pools.size(), "AI_HANDLE_NULL");
  std::string text;
  for (auto [index, pool] : llvm::enumerate(plan.pools)) {
    if (pool.size == 0) {
      pools.push_back("AI_HANDLE_NULL");
      continue;
    }
    std::string object = name + "_" + pool.identifier;
    text += "static struct " + object + " " + object + "_memory";
    if (MemoryRegionOp(pool.region).getSection())
      text +=
          "\n    STM32RT_SECTION(" + getPoolMacro(plan, index) + "_SECTION)";
    text += ";\n";
    pools.push_back("AI_HANDLE_PTR(&" + object + "_memory)");
  }
  file.text("/* Define AI_" + macro +
            "_ALLOCATE_ACTIVATIONS for this file and it "
            "holds the pools of\n * activations itself. */\n#ifdef AI_" +
            macro + "_ALLOCATE_ACTIVATIONS\n" + text +
            getAddressTable(plan, "activations", pools) + "\n#else\n" +
            getAddressTable(plan, "activations", none) + "\n#endif");
  file.blank();
  SmallVector<std::string> weights;
  if (!plan.blocks.empty())
    weights.push_back("(ai_handle)(uintptr_t)&" + name + "_constants");
  file.text(getAddressTable(plan, "weights", weights));
  file.blank();
}

void stm32::writeDataSource(CFile &file, const ModelPlan &plan,
                            const FrontMatter &front) {
  std::string name = plan.identifier;
  file.text(
      getFrontMatter(plan, front, name + "_data.c", "constants of the model"));
  file.blank();
  file.include(name + ".h");
  file.include(name + "_data.h");
  file.blank();
  bool hasConstants = !plan.blocks.empty();
  if (hasConstants) {
    writePlace(file, plan);
    file.blank();
    writeStruct(file, plan);
    file.blank();
    writeAssertions(file, plan);
    file.blank();
    writeObject(file, plan);
    file.blank();
  }
  writeAddresses(file, plan);
  // The API wants a pointer that may be written through; nothing does.
  file.text("AI_API_ENTRY\nai_handle ai_" + name +
            "_data_weights_get(void) {\n  return " +
            (hasConstants ? "(ai_handle)(uintptr_t)&" + name + "_constants"
                          : std::string("AI_HANDLE_NULL")) +
            ";\n}");
}

//===----------------------------------------------------------------------===//
// <name>_data.h
//===----------------------------------------------------------------------===//

/// How applications hand addresses over: initialisers of an ai_network_params,
/// and the tables.
static std::string getAddressMacros(const ModelPlan &plan) {
  std::string name = plan.identifier;
  std::string data = "AI_" + makeMacroName(name) + "_DATA_";
  SmallVector<std::string> sizes, parameters, buffers;
  for (size_t i = 1; i <= plan.pools.size(); ++i) {
    sizes.push_back(data + "ACTIVATION_" + std::to_string(i) + "_SIZE");
    parameters.push_back("pool_" + std::to_string(i));
    buffers.push_back("AI_BUFFER_MEMORY_INIT(" + sizes.back() + ", " +
                      parameters.back() + ")");
  }
  bool hasConstants = !plan.blocks.empty();
  std::string text;
  if (hasConstants)
    text += "#define " + data + "WEIGHT_1_SIZE " + data +
            "WEIGHTS_SIZE\n#define " + data + "WEIGHTS_SIZES { " + data +
            "WEIGHTS_SIZE }\n";
  if (!sizes.empty())
    text += "#define " + data + "ACTIVATIONS_SIZES { \\\n  " +
            llvm::join(sizes, ", \\\n  ") + " \\\n}\n";
  text += "\n/* What AI_NETWORK_PARAMS_INIT takes. */\n#define " + data +
          "WEIGHTS(address) \\\n  { " + (hasConstants ? "1" : "0") +
          ", { AI_BUFFER_MEMORY_INIT(" + data + "WEIGHTS_SIZE, address) } }\n";
  if (!sizes.empty())
    text += "#define " + data + "ACTIVATIONS(" + llvm::join(parameters, ", ") +
            ") \\\n  { " + std::to_string(sizes.size()) + ", { \\\n    " +
            llvm::join(buffers, ", \\\n    ") + " } }\n";
  text +=
      "\n/* Addresses of the pools, in " + name +
      "_data.c: NULL, to be set from the application,\n * or those of pools "
      "in that file if it is compiled with\n * AI_" +
      makeMacroName(name) + "_ALLOCATE_ACTIVATIONS; and of the weights. */\n";
  for (auto [kind, count] :
       {std::pair<std::string, size_t>("activations", plan.pools.size()),
        std::pair<std::string, size_t>("weights", hasConstants)})
    text += "extern ai_handle g_" + name + "_" + kind + "_table[" +
            std::to_string(count + 2) + "];\n#define " + data +
            StringRef(kind).upper() + "_TABLE_GET() (&g_" + name + "_" + kind +
            "_table[1])\n";
  return text;
}

void stm32::writeDataHeader(CFile &file, const ModelPlan &plan,
                            const FrontMatter &front) {
  std::string name = plan.identifier, macro = makeMacroName(name);
  bool hasConstants = !plan.blocks.empty();
  file.text(getFrontMatter(plan, front, name + "_data.h",
                           "memory that the model needs"));
  file.blank();
  file.text("#ifndef " + macro + "_DATA_H\n#define " + macro + "_DATA_H");
  file.blank();
  file.include("ai_platform.h");
  file.blank();
  file.text("#ifdef __cplusplus\nextern \"C\" {\n#endif");
  file.blank();

  std::string text = "#define AI_" + macro +
                     "_DATA_CONFIG ((const ai_buffer *)0)\n\n"
                     "/* Activations: bytes of all pools, then of each. */\n";
  auto define = [&](const std::string &suffix, int64_t value) {
    text += "#define AI_" + macro + "_DATA_" + suffix + " " +
            std::to_string(value) + "\n";
  };
  define("ACTIVATIONS_SIZE", plan.getActivationBytes());
  define("ACTIVATIONS_COUNT", plan.pools.size());
  int64_t alignment = 1;
  for (const PoolPlan &pool : plan.pools)
    alignment = std::max(alignment, pool.alignment);
  define("ACTIVATIONS_ALIGNMENT", alignment);
  for (auto [index, pool] : llvm::enumerate(plan.pools)) {
    std::string prefix = "ACTIVATION_" + std::to_string(index + 1);
    define(prefix + "_SIZE", pool.size);
    define(prefix + "_ALIGNMENT", pool.alignment);
  }
  text += "\n/* Weights: bytes and alignment of all constants. */\n";
  define("WEIGHTS_SIZE", hasConstants ? getObjectBytes(plan) : 0);
  define("WEIGHTS_COUNT", hasConstants ? 1 : 0);
  define("WEIGHTS_ALIGNMENT", hasConstants ? plan.constantsPool->alignment : 1);
  text += getAddressMacros(plan);
  text.pop_back();
  file.text(text);
  file.blank();

  if (hasConstants) {
    file.text("/* The constants; their type is in " + name +
              "_data.c. */\nstruct " + name +
              "_constants;\nextern const struct " + name + "_constants " +
              name + "_constants;");
    file.blank();
  }
  file.text("/* Address of the weights in " + name +
            "_data.c; AI_HANDLE_NULL without any. */\n"
            "AI_API_ENTRY\nai_handle ai_" +
            name + "_data_weights_get(void);");
  file.blank();
  file.text(
      "/* Sizes of pools and weights, addresses of the table of pools. */\n"
      "AI_API_ENTRY\nai_bool ai_" +
      name + "_data_params_get(ai_network_params *params);");
  file.blank();
  file.text("#ifdef __cplusplus\n}\n#endif");
  file.blank();
  file.text("#endif /* " + macro + "_DATA_H */");
}
