//===- ApiTvm.cpp - tvmgen_<name>_* ---------------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions of a model as TVM's C interface has them: run with structs of
// pointers, a function for each operator, and, on request of the firmware, a
// table of functions with packed arguments.
//
//===----------------------------------------------------------------------===//

#include "CFile.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::stm32;

namespace {
/// What the names of one model are.
struct Names {
  explicit Names(const ModelPlan &plan)
      : model(plan.identifier), module("tvmgen_" + plan.identifier),
        macro("TVMGEN_" + makeMacroName(plan.identifier)) {
    llvm::StringSet<> taken;
    // TVMGEN_<NAME>_WORKSPACE_SIZE is there already.
    taken.insert("workspace");
    for (unsigned index : plan.inputs)
      inputs.push_back(
          makeUniqueIdentifier(plan.tensors[index].name, "input", taken));
    for (unsigned index : plan.outputs)
      outputs.push_back(
          makeUniqueIdentifier(plan.tensors[index].name, "output", taken));
    for (const PoolPlan &pool : plan.pools)
      pools.push_back(pool.identifier);
  }

  std::string model, module, macro;
  SmallVector<std::string> inputs, outputs, pools; ///< fields of the structs
};
} // namespace

static std::string getStruct(const std::string &name,
                             ArrayRef<std::string> fields) {
  std::string text = "struct " + name + " {\n";
  for (const std::string &field : fields)
    text += "  void *" + field + ";\n";
  // C has no struct without members.
  if (fields.empty())
    text += "  void *none;\n";
  return text + "};\n";
}

std::string stm32::getTvmFunction(const ModelPlan &plan, unsigned index) {
  ComputeOpInterface op = plan.operators[index].op;
  std::string kind =
      StringRef(makeIdentifier(op.getKind(), "operator")).lower();
  return "tvmgen_" + plan.identifier + "_" + kind + "_" + std::to_string(index);
}

//===----------------------------------------------------------------------===//
// <name>.h
//===----------------------------------------------------------------------===//

static std::string getSizes(const ModelPlan &plan, const Names &names) {
  std::string text;
  auto define = [&](const std::string &name, int64_t size) {
    text += "#define " + names.macro + "_" + makeMacroName(name) + " " +
            std::to_string(size) + "\n";
  };
  auto tensors = [&](ArrayRef<unsigned> indices, ArrayRef<std::string> fields) {
    for (auto [index, field] : llvm::zip_equal(indices, fields)) {
      BufferType type = plan.tensors[index].type;
      // Of a streamed input the tensor holds only some rows.
      define(field + "_SIZE",
             type.getNumElements() * getElementBytes(type.getElementType()));
    }
  };
  tensors(plan.inputs, names.inputs);
  tensors(plan.outputs, names.outputs);
  define("WORKSPACE_SIZE", plan.getActivationBytes());
  for (const PoolPlan &pool : plan.pools)
    define(pool.identifier + "_WORKSPACE_POOL_SIZE", pool.size);
  return text;
}

/// `@` stands for tvmgen_<name>, `%` for TVMGEN_<NAME>, `$` for <name>.
static std::string substitute(StringRef text, const Names &names) {
  std::string result;
  for (char c : text.trim('\n')) {
    if (c == '@')
      result += names.module;
    else if (c == '%')
      result += names.macro;
    else if (c == '$')
      result += names.model;
    else
      result += c;
  }
  return result;
}

static constexpr StringLiteral kDeclarations = R"c(
/* Runs the model: 0, or -1 and TVMGetLastError. The pools are in $.c;
 * nothing is copied where a pointer is that of @_map_inputs. For pools of
 * the application's own, define %_WORKSPACE_POOLS for all files and
 * hand them over as the third argument; an address for each, of the size and
 * alignment that $.h says. */
int32_t @_run_in_pools(
    struct @_inputs *inputs, struct @_outputs *outputs,
    struct @_workspace_pools *workspace_pools);
#ifdef %_WORKSPACE_POOLS
static inline int32_t @_run(
    struct @_inputs *inputs, struct @_outputs *outputs,
    struct @_workspace_pools *workspace_pools) {
  return @_run_in_pools(inputs, outputs, workspace_pools);
}
#else
int32_t @_run(
    struct @_inputs *inputs, struct @_outputs *outputs);
#endif

/* Where inputs and outputs have their places in the pools; NULL: in those of
 * $.c. An input that comes row by row has none, and is NULL. */
struct @_inputs @_map_inputs(
    struct @_workspace_pools *workspace_pools);
struct @_outputs @_map_outputs(
    struct @_workspace_pools *workspace_pools);

/* Binds pools, NULL: those of $.c, for operators that are called one by one and
 * for TVMBackendAllocWorkspace. Gives states their first values; @_run
 * does both when it is given other pools than before. */
int32_t @_bind(struct @_workspace_pools *workspace_pools);

/* For functions by name, which $.c has if it is compiled with
 * %_FUNCTIONS. */
extern stm32rt_tvm_module @_module;

/* The operators, in the order in which they run. */
)c";

void stm32::writeTvmHeader(CFile &file, const ModelPlan &plan) {
  Names names(plan);
  file.text("/* As TVM's C interface has it. Bytes of inputs, outputs and "
            "pools. */\n" +
            StringRef(getSizes(plan, names)).rtrim('\n'));
  file.blank();
  file.text(getStruct(names.module + "_inputs", names.inputs) +
            getStruct(names.module + "_outputs", names.outputs) +
            StringRef(getStruct(names.module + "_workspace_pools", names.pools))
                .rtrim('\n'));
  file.blank();
  file.text(substitute(kDeclarations, names));
  for (auto [index, entry] : llvm::enumerate(plan.operators))
    file.text(getOperatorPrototype(entry, getTvmFunction(plan, index)) + ";");
}

//===----------------------------------------------------------------------===//
// <name>.c: the model
//===----------------------------------------------------------------------===//

static std::string getBuiltinPools(const ModelPlan &plan, const Names &names) {
  std::string text;
  SmallVector<std::string> addresses;
  for (auto [index, pool] : llvm::enumerate(plan.pools)) {
    if (pool.size == 0) {
      addresses.push_back("NULL");
      continue;
    }
    std::string object = names.model + "_workspace_" + pool.identifier;
    text +=
        "static struct " + names.model + "_" + pool.identifier + " " + object;
    if (MemoryRegionOp(pool.region).getSection())
      text +=
          "\n    STM32RT_SECTION(" + getPoolMacro(plan, index) + "_SECTION)";
    text += ";\n";
    addresses.push_back("&" + object);
  }
  return text + "static void *const " + names.model + "_workspace[] = {\n    " +
         wrapItems(addresses, 4, 4) + "};\n";
}

static constexpr StringLiteral kRun = R"c(
int32_t @_bind(struct @_workspace_pools *workspace_pools) {
  return stm32rt_tvm_bind(&@_module, $_pools_of(workspace_pools));
}

int32_t @_run_in_pools(
    struct @_inputs *inputs, struct @_outputs *outputs,
    struct @_workspace_pools *workspace_pools) {
  return stm32rt_tvm_run(&@_module, (void *const *)(const void *)inputs,
                         (void *const *)(const void *)outputs,
                         (void *const *)(const void *)workspace_pools);
}

#ifndef %_WORKSPACE_POOLS
int32_t @_run(
    struct @_inputs *inputs, struct @_outputs *outputs) {
  return stm32rt_tvm_run(&@_module, (void *const *)(const void *)inputs,
                         (void *const *)(const void *)outputs, $_workspace);
}
#endif
)c";

static std::string getMap(const Names &names, const std::string &what,
                          ArrayRef<std::string> fields) {
  SmallVector<std::string> items;
  for (unsigned i = 0; i < fields.size(); ++i)
    items.push_back("stm32rt_tvm_place(&" + names.model + "_model, " +
                    (what == "outputs" ? "1, " : "0, ") + std::to_string(i) +
                    ", pools)");
  if (items.empty())
    items.push_back("NULL");
  std::string type = "struct " + names.module + "_" + what;
  return type + " " + names.module + "_map_" + what + "(\n    struct " +
         names.module + "_workspace_pools *workspace_pools) {\n" +
         (fields.empty() ? "  (void)workspace_pools;\n"
                         : "  void *const *pools = " + names.model +
                               "_pools_of(workspace_pools);\n") +
         "  const " + type + " places = {\n      " +
         llvm::join(items, ",\n      ") + "};\n  return places;\n}\n";
}

//===----------------------------------------------------------------------===//
// <name>.c: packed functions
//===----------------------------------------------------------------------===//

/// Where the constants are that an operand points to, or nothing.
static std::optional<int64_t> getConstant(const ModelPlan &plan,
                                          const OperatorPlan &entry,
                                          const Operand &operand) {
  if (operand.kind == Operand::Constants) {
    if (FetchOp fetch = getFetch(entry.op))
      return fetch.getPacked().getOffset().value_or(0);
    return plan.blocks[*entry.constants].offset;
  }
  if (operand.kind == Operand::Activation)
    if (PackedOp block = getConstantBlock(getRowsSource(operand.buffer)))
      return block.getOffset().value_or(0);
  return std::nullopt;
}

static std::string getPackedHead(const std::string &name) {
  std::string head = "static int " + name + "(";
  return head +
         wrapItems({"TVMValue *args", "int *type_codes", "int num_args",
                    "TVMValue *out_ret_value", "int *out_ret_tcode",
                    "void *resource_handle"},
                   head.size(), head.size()) +
         ") {\n  (void)out_ret_value;\n  (void)out_ret_tcode;\n"
         "  (void)resource_handle;\n";
}

/// A packed function that calls the one of operator `index`.
static std::string getPacked(const ModelPlan &plan, const Names &names,
                             unsigned index, const std::string &name) {
  const OperatorPlan &entry = plan.operators[index];
  SmallVector<Operand> operands = getOperandsInOrder(entry);
  SmallVector<std::string> arguments;
  uint64_t optional = 0;
  for (auto [i, operand] : llvm::enumerate(operands)) {
    std::string pointer = "p[" + std::to_string(i) + "]";
    std::optional<int64_t> constant = getConstant(plan, entry, operand);
    // Of those behind, too many for the mask, a tensor has to be given.
    if (constant && i < 64) {
      optional |= uint64_t(1) << i;
      pointer = "stm32rt_tvm_or(" + pointer + ", &" + names.model +
                "_constants, " + std::to_string(*constant) + ")";
    }
    arguments.push_back(pointer);
  }
  std::string text = getPackedHead(name);
  size_t numPointers = operands.size();
  text +=
      "  void *p[" + std::to_string(std::max<size_t>(numPointers, 1)) + "];\n";
  std::string numbers = "NULL, 0";
  if (entry.hasBand()) {
    text += "  uint32_t n[2];\n";
    numbers = "n, 2";
    arguments.append({"n[0]", "n[1]"});
  }
  text += "  if (stm32rt_tvm_unpack(args, type_codes, num_args, p, " +
          std::to_string(numPointers) + ", " + "0x" +
          llvm::utohexstr(optional, true) + "u, " + numbers +
          ") != 0)\n    return -1;\n";
  std::string head = "  return " + getTvmFunction(plan, index) + "(";
  return text + head + "\n      " + wrapItems(arguments, 6, 6) + ");\n}\n\n";
}

static std::string getPackedRun(const Names &names, const std::string &name) {
  size_t inputs = names.inputs.size(), all = inputs + names.outputs.size();
  auto count = [](size_t value) { return std::to_string(value); };
  return getPackedHead(name) + "#ifdef " + names.macro +
         "_WORKSPACE_POOLS\n  void *p[" + count(all + names.pools.size()) +
         "];\n  void *const *pools = &p[" + count(all) +
         "];\n#else\n  void *p[" + count(all) +
         "];\n  void *const *pools = " + names.model +
         "_workspace;\n#endif\n"
         "  if (stm32rt_tvm_unpack(args, type_codes, num_args, p,\n"
         "                         (uint32_t)(sizeof p / sizeof p[0]), 0, "
         "NULL, 0) != 0)\n    return -1;\n"
         "  return stm32rt_tvm_run(&" +
         names.module + "_module, p, p + " + count(inputs) + ", pools);\n}\n\n";
}

/// The functions by name, and the table.
static std::string getFunctions(const ModelPlan &plan, const Names &names) {
  std::string text = "#ifdef " + names.macro + "_FUNCTIONS\n", table;
  for (unsigned i = 0; i < plan.operators.size(); ++i) {
    std::string name = names.model + "_packed_" + std::to_string(i);
    text += getPacked(plan, names, i, name);
    table += "  {\"" + getTvmFunction(plan, i) + "\", " + name + "},\n";
  }
  std::string run = names.model + "_packed_run";
  text += getPackedRun(names, run);
  table += "  {\"" + names.module + "_run\", " + run + "},\n";
  return text + "static const stm32rt_tvm_function " + names.model +
         "_functions[] = {\n" + table + "};\n#endif\n";
}

void stm32::writeTvmSource(CFile &file, const ModelPlan &plan) {
  Names names(plan);
  file.blank();
  file.text(getBanner("TVM's interface, see " + names.model + ".h"));
  file.blank();
  std::string poolsOf = "static void *const *" + names.model +
                        "_pools_of(\n    const struct " + names.module +
                        "_workspace_pools *pools) {\n  return ";
  std::string cast = "(void *const *)(const void *)pools";
  file.text("#ifndef " + names.macro + "_WORKSPACE_POOLS\n" +
            getBuiltinPools(plan, names) + poolsOf + "pools != NULL ? " + cast +
            "\n                       : " + names.model +
            "_workspace;\n}\n#else\n" + poolsOf + cast + ";\n}\n#endif");
  file.blank();
  file.text(getFunctions(plan, names));
  file.text("static stm32rt_context " + names.model + "_tvm_context;\n" +
            "stm32rt_tvm_module " + names.module + "_module = {\n  .model = &" +
            names.model + "_model,\n  .context = &" + names.model +
            "_tvm_context,\n#ifdef " + names.macro +
            "_FUNCTIONS\n  .functions = " + names.model +
            "_functions,\n  .function_count = " +
            std::to_string(plan.operators.size() + 1) + ",\n#endif\n};");
  file.blank();
  file.text(substitute(kRun, names));
  file.blank();
  file.text(getMap(names, "inputs", names.inputs));
  file.text(StringRef(getMap(names, "outputs", names.outputs)).rtrim('\n'));
}
