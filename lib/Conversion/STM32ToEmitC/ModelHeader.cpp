//===- ModelHeader.cpp - <name>.h -----------------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sizes as macros and the declarations of the model's functions.
//
//===----------------------------------------------------------------------===//

#include "CFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace mlir::stm32;

static std::string define(const std::string &name, const std::string &value) {
  return "#define " + name + " " + value + "\n";
}

static std::string define(const std::string &name, uint64_t value) {
  return define(name, std::to_string(value));
}

/// Batch, height, width and channels as ai_platform_buffer.c's set_shape has
/// them.
static std::array<int64_t, 4> getFourDimensions(ArrayRef<int64_t> shape) {
  std::array<int64_t, 4> dims = {1, 1, 1, 1};
  size_t rank = shape.size();
  for (size_t i = 0; i < rank; ++i) {
    size_t fromEnd = rank - 1 - i;
    size_t axis = 0;
    if (fromEnd == 0)
      axis = 3;
    else if (fromEnd == 1 && rank >= 3)
      axis = rank == 3 ? 1 : 2;
    else if (fromEnd == 2 && rank > 3)
      axis = 1;
    dims[axis] *= shape[i];
  }
  return dims;
}

static StringRef getFormat(Type elementType) {
  return llvm::StringSwitch<StringRef>(getTypeName(elementType))
      .Case("int8", "AI_BUFFER_FORMAT_S8")
      .Cases({"uint8", "bool"}, "AI_BUFFER_FORMAT_U8")
      .Case("int64", "AI_BUFFER_FORMAT_S64")
      .Case("int16", "AI_BUFFER_FORMAT_S16")
      .Case("int32", "AI_BUFFER_FORMAT_S32")
      .Case("uint32", "AI_BUFFER_FORMAT_U32")
      .Case("uint64", "AI_BUFFER_FORMAT_U64")
      .Case("complex64", "AI_BUFFER_FORMAT_NONE")
      .Default("AI_BUFFER_FORMAT_FLOAT");
}

/// Macros of the inputs (`kind` is "IN") or outputs ("OUT").
static std::string getTensorMacros(const ModelPlan &plan, StringRef kind,
                                   ArrayRef<unsigned> indices) {
  std::string base =
      ("AI_" + makeMacroName(plan.identifier) + "_" + kind).str();
  std::string text = define(base + "_NUM", indices.size());
  SmallVector<std::string> sizes, bytes, buffers;
  for (auto [number, index] : llvm::enumerate(indices)) {
    const TensorPlan &tensor = plan.tensors[index];
    std::string macro = base + "_" + std::to_string(number + 1);
    std::array<int64_t, 4> dims = getFourDimensions(tensor.type.getShape());
    text += "\n/* \"" + commentText(tensor.io.getName()) + "\", " +
            getTypeName(tensor.type.getElementType()).str() + " " +
            getShapeText(tensor.type.getShape()) + " */\n";
    text += define(macro + "_FORMAT",
                   getFormat(tensor.type.getElementType()).str());
    text += define(macro + "_BATCH", dims[0]);
    text += define(macro + "_HEIGHT", dims[1]);
    text += define(macro + "_WIDTH", dims[2]);
    text += define(macro + "_CHANNEL", dims[3]);
    text += define(macro + "_SIZE", tensor.type.getNumElements());
    // Of a streamed input the tensor holds only some rows.
    text += define(macro + "_SIZE_BYTES",
                   tensor.type.getNumElements() *
                       getElementBytes(tensor.type.getElementType()));
    if (!tensor.io.getScale().getValue().isZero()) {
      text += define(
          macro + "_SCALE",
          floatLiteral(tensor.io.getScale().getValue().convertToFloat()));
      text += define(macro + "_ZERO_POINT",
                     "(" + intLiteral(tensor.io.getZeroPoint()) + ")");
    }
    sizes.push_back(macro + "_SIZE");
    bytes.push_back(macro + "_SIZE_BYTES");
    buffers.push_back(
        "AI_BUFFER_INIT(AI_FLAG_NONE, " + macro +
        "_FORMAT, \\\n    AI_BUFFER_SHAPE_INIT(AI_SHAPE_BCWH, 4, " + macro +
        "_BATCH, \\\n      " + macro + "_HEIGHT, " + macro + "_WIDTH, " +
        macro + "_CHANNEL), \\\n    " + macro + "_SIZE, NULL, NULL)");
  }
  if (indices.empty())
    return text;
  // Initialisers of arrays with an element for each tensor.
  auto list = [&](const std::string &name, ArrayRef<std::string> items) {
    text += "#define " + name + " { \\\n  " + llvm::join(items, ", \\\n  ") +
            " \\\n}\n";
  };
  text += "\n";
  list(base + "_SIZE", sizes);
  list(base + "_SIZE_BYTES", bytes);
  list(base, buffers);
  return text;
}

/// What the firmware may say about the memory of a pool is checked here, and a
/// type of which an object is such a memory.
static std::string getPoolChecks(const ModelPlan &plan, const PoolPlan &pool,
                                 const std::string &macro) {
  std::string size = std::to_string(pool.size);
  std::string alignment = std::to_string(pool.alignment);
  std::string text =
      "#if defined(" + macro + "_AVAILABLE) && \\\n    " + macro +
      "_AVAILABLE + 0 < " + size + "\n#error \"" + macro +
      "_AVAILABLE is less than the " + size + " bytes of the pool\"\n#endif\n" +
      "#if defined(" + macro + "_ADDRESS) && \\\n    " + macro + "_ADDRESS % " +
      alignment + " != 0\n#error \"" + macro +
      "_ADDRESS is not a multiple of " + alignment + "\"\n#endif\n";
  // C has no array of no bytes.
  if (pool.size > 0)
    text += "struct " + plan.identifier + "_" + pool.identifier +
            " {\n  STM32RT_ALIGNED(" + macro + "_ALIGN)\n  uint8_t bytes[" +
            macro + "_SIZE];\n};\n";
  return text;
}

static std::string getPoolMacros(const ModelPlan &plan) {
  std::string name = makeMacroName(plan.identifier);
  std::string text =
      "/* Pools of activations: index in " + plan.identifier +
      "_model.pools, bytes, alignment and the\n * section of the memory that "
      "each is planned for; a type of that size and\n * alignment. If "
      "_AVAILABLE "
      "(bytes) or _ADDRESS is defined, it is checked. */\n" +
      define(name + "_POOL_COUNT", plan.pools.size());
  for (auto [index, pool] : llvm::enumerate(plan.pools)) {
    std::string macro = getPoolMacro(plan, index);
    if (PoolOp(pool.op).getStates())
      text += "\n/* The network's memory from one run to the next: nobody else "
              "may write here\n * between two runs, and no other network or "
              "instance may share it. */\n";
    if (auto owner = PoolOp(pool.op).getOwner())
      text += "\n/* The memory of " + commentText(*owner) + " alone. */\n";
    text += define(macro, index) + define(macro + "_SIZE", pool.size) +
            define(macro + "_ALIGN", pool.alignment);
    if (auto section = MemoryRegionOp(pool.region).getSection())
      text += define(macro + "_SECTION", quoteString(*section));
    text += getPoolChecks(plan, pool, macro);
  }
  text.pop_back();
  return text;
}

/// A list of all tensors with their places, to be used with a macro of the
/// firmware's own.
static std::string getTensorTable(const ModelPlan &plan) {
  std::string name = makeMacroName(plan.identifier);
  std::string text =
      "/* Where each tensor lies: X(tensor_id, pool_id, offset, size, "
      "storage_id), sizes\n * in bytes. Tensors of one storage_id have one "
      "place; "
      "which are alive when is in\n * report.json. */\n#define " +
      name + "_TENSORS(X)";
  for (const TensorPlan &tensor : plan.tensors) {
    BufferOp buffer = getRootBuffer(tensor.value);
    BufferType type = tensor.type;
    text += " \\\n  X(" + std::to_string(tensor.id) + ", " +
            getPoolMacro(plan, tensor.place.pool) + ", " +
            std::to_string(tensor.place.offset) + ", " +
            std::to_string(type.getBytes()) + ", " +
            std::to_string(buffer.getStorageId().value_or(0)) + ")";
  }
  return text;
}

/// The declaration for models that have states.
static constexpr StringLiteral kResetDeclaration = R"c(
/* Forgets all earlier runs, as `_init` does. */
AI_API_ENTRY
ai_bool ai_@_reset(ai_handle network);
)c";

static constexpr StringLiteral kEndDeclarations = R"c(
#ifdef __cplusplus
}
#endif
)c";

/// Declarations; `@` stands for the model's name, `%` for it in capitals.
static constexpr StringLiteral kStreamComment =
    "/* Input 1 comes row by row and has no place in the pools. */\n";

static constexpr StringLiteral kStreamDeclarations = R"c(
/* One run, the rows of input 1 as they come: begin, then hand over one or more
 * rows at a time, %_STREAM_ROWS in all; after the last one the outputs are
 * complete. ai_@_run does all of this for an image that exists as a whole. */
static inline stm32rt_status @_begin_stream(stm32rt_stream *stream,
                                            stm32rt_context *context) {
  return stm32rt_begin_stream(stream, context);
}
static inline stm32rt_status @_push_rows(stm32rt_stream *stream,
                                         const void *rows, uint32_t count) {
  return stm32rt_push_rows(stream, rows, count);
}
)c";

static constexpr StringLiteral kDeclarations = R"c(
/* Instances that `_create` can hand out; each takes some 100 bytes of RAM. */
#ifndef AI_%_INSTANCES
#define AI_%_INSTANCES 1
#endif

/* The model's descriptor, for the functions of stm32rt.h. */
extern const stm32rt_model @_model;

/* Takes a free instance; `config` is not used and may be NULL. */
AI_API_ENTRY
ai_error ai_@_create(ai_handle *network, const ai_buffer *config);

/* Binds activations and weights, see ai_@_data_params_get. */
AI_API_ENTRY
ai_bool ai_@_init(ai_handle network, const ai_network_params *params);

/* Both in one: an address for each pool of activations in `activations`, or NULL
 * for those of AI_%_DATA_ACTIVATIONS_TABLE_GET(); the weights in @_data.c are
 * used if `weights` is NULL. */
AI_API_ENTRY
ai_error ai_@_create_and_init(ai_handle *network,
    const ai_handle activations[], const ai_handle weights[]);

/* Gives the instance back: AI_HANDLE_NULL, or `network` if it is not one. */
AI_API_ENTRY
ai_handle ai_@_destroy(ai_handle network);

/* The first error since the last call. */
AI_API_ENTRY
ai_error ai_@_get_error(ai_handle network);

AI_API_ENTRY
ai_bool ai_@_get_report(ai_handle network, ai_network_report *report);

/* The instance's inputs and outputs; `count` may be NULL. After `_init`, data
 * points into the pools: fill or read there, or set data to other memory. */
AI_API_ENTRY
ai_buffer *ai_@_inputs_get(ai_handle network, ai_u16 *count);
AI_API_ENTRY
ai_buffer *ai_@_outputs_get(ai_handle network, ai_u16 *count);

/* Runs the network once: the number of batches done, 1, or 0 after an error.
 * Data outside of the pools are copied in and out. */
AI_API_ENTRY
ai_i32 ai_@_run(ai_handle network, const ai_buffer inputs[],
    ai_buffer outputs[]);

/* The same; outputs stay in the pools. */
AI_API_ENTRY
ai_i32 ai_@_forward(ai_handle network, const ai_buffer inputs[]);
)c";

static std::string substitute(StringRef text, StringRef name) {
  std::string result;
  for (char c : text.trim('\n')) {
    if (c == '@')
      result += name;
    else if (c == '%')
      result += makeMacroName(name);
    else
      result += c;
  }
  return result;
}

void stm32::writeModelHeader(CFile &file, const ModelPlan &plan,
                             const FrontMatter &front) {
  std::string name = plan.identifier, macro = makeMacroName(name);
  file.text(getFrontMatter(plan, front, name + ".h",
                           "sizes and functions of the model"));
  file.blank();
  file.text("#ifndef " + macro + "_H\n#define " + macro + "_H");
  file.blank();
  file.include("ai_platform.h");
  for (const std::string &api : front.apis)
    file.include(lookupApi(api)->header);
  file.blank();
  file.text("#ifdef __cplusplus\nextern \"C\" {\n#endif");
  file.blank();
  file.text(define("AI_" + macro + "_MODEL_NAME",
                   quoteString(ModelOp(plan.op).getSymName())) +
            define("AI_" + macro + "_N_NODES", plan.operators.size()) +
            "#define " + macro + "_MACS " + std::to_string(plan.getMacs()) +
            "u");
  file.blank();
  file.text(StringRef(getTensorMacros(plan, "IN", plan.inputs)).rtrim('\n'));
  file.blank();
  file.text(StringRef(getTensorMacros(plan, "OUT", plan.outputs)).rtrim('\n'));
  file.blank();
  file.text(
      (plan.stream ? std::string(kStreamComment)
                   : "/* Inputs and outputs have places of their own in the "
                     "pools. */\n") +
      define("AI_" + macro + "_INPUTS_IN_ACTIVATIONS", plan.stream ? 0 : 1) +
      "#define AI_" + macro + "_OUTPUTS_IN_ACTIVATIONS 1");
  file.blank();
  file.text(getPoolMacros(plan));
  file.blank();
  file.text(getTensorTable(plan));
  file.blank();
  file.text(substitute(kDeclarations, name));
  file.blank();
  if (!plan.states.empty()) {
    file.text(substitute(kResetDeclaration, name));
    file.blank();
  }
  if (plan.stream) {
    file.text(define(macro + "_STREAM_ROWS", plan.stream->rows) + "#define " +
              macro + "_STREAM_ROW_SIZE " +
              std::to_string(plan.stream->rowBytes));
    file.text(substitute(kStreamDeclarations, name));
    file.blank();
  }
  for (const std::string &api : front.apis) {
    lookupApi(api)->writeHeader(file, plan);
    file.blank();
  }
  file.text(substitute(kEndDeclarations, name));
  file.blank();
  file.text("#endif /* " + macro + "_H */");
}
