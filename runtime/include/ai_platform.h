/*===-- ai_platform.h - The ai_<name>_* functions over the runtime ----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Types and accessors that firmware written for `ai_<name>_create`, `_init`,
 * `_run` and so on needs. The functions themselves are in the generated
 * <name>.h; all their code is in ai_platform*.c, over stm32rt.h.
 *
 * Conventions
 *
 *   Ownership     A handle belongs to the model: <name>.c holds a static array
 *                 of AI_<NAME>_INSTANCES of them (1 unless defined otherwise),
 *                 `_create` takes one, `_destroy` gives it back. Activations,
 *                 weights and user data belong to the application.
 *   Alignment     Each pool as AI_<NAME>_DATA_ACTIVATION_<i>_ALIGNMENT says.
 *   Reentrancy    Distinct handles are independent if they do not share a
 *                 pool. `_create` and `_destroy` of one model must not run at
 *                 the same time. While a handle runs, `_run`, `_init`, `_reset`
 *                 and `_destroy` of it fail (AI_ERROR_CODE_IN_USE), from an
 *                 observer, an interrupt or another task.
 *   Errors        A function that fails says so by its result; the reason is
 *                 the first error since the last `_get_error`, which clears
 *                 it. `_create` and `_create_and_init` return the reason.
 *   NULL          is an error unless a comment allows it.
 */
#ifndef AI_PLATFORM_H
#define AI_PLATFORM_H

#include "stm32rt.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AI_PLATFORM_API_MAJOR 1
#define AI_PLATFORM_API_MINOR 0
#define AI_PLATFORM_API_MICRO 0

#define AI_API_ENTRY
#define AI_INTERFACE_TYPE
#define AI_DEPRECATED
#ifdef __cplusplus
#define AI_API_DECLARE_BEGIN extern "C" {
#define AI_API_DECLARE_END }
#define AI_STRUCT_INIT                                                         \
  {}
#else
#define AI_API_DECLARE_BEGIN
#define AI_API_DECLARE_END
#define AI_STRUCT_INIT                                                         \
  { 0 }
#endif

#define AI_PACK(...) __VA_ARGS__
#define AI_UNUSED(name) (void)(name);
#define AI_STATIC static
#define AI_DECLARE_STATIC static inline

#if defined(__GNUC__)
#define AI_ALIGNED(n) __attribute__((aligned(n)))
#elif defined(__cplusplus)
#define AI_ALIGNED(n) alignas(n)
#else
#define AI_ALIGNED(n) _Alignas(n)
#endif

/*===-- Scalars -------------------------------------------------------------===
 */

typedef uint8_t ai_u8;
typedef int8_t ai_i8;
typedef uint16_t ai_u16;
typedef int16_t ai_i16;
typedef uint32_t ai_u32;
typedef int32_t ai_i32;
typedef uint64_t ai_u64;
typedef int64_t ai_i64;
typedef float ai_float;
typedef double ai_double;
typedef char ai_char;
typedef int ai_int;
typedef uint8_t ai_bool; /* 1: success */
typedef uint32_t ai_size;
typedef uint32_t ai_flags;
typedef uint32_t ai_signature;
typedef uint64_t ai_macc;
typedef void *ai_handle;

#define AI_HANDLE_NULL ((ai_handle)0)
#define AI_HANDLE_PTR(pointer) ((ai_handle)(pointer))

#define AI_FLAG_NONE 0u

/*===-- Errors --------------------------------------------------------------===
 */

typedef struct ai_error {
  unsigned int type : 8;  /* ai_error_type */
  unsigned int code : 24; /* ai_error_code */
} ai_error;

typedef enum ai_error_type {
  AI_ERROR_NONE = 0x00,
  AI_ERROR_TOOL_PLATFORM_API_MISMATCH = 0x01, /* code of another runtime     */
  AI_ERROR_INVALID_HANDLE = 0x10,             /* no created network          */
  AI_ERROR_INVALID_STATE = 0x11,              /* not initialised yet         */
  AI_ERROR_INVALID_INPUT = 0x12,
  AI_ERROR_INVALID_OUTPUT = 0x13,
  AI_ERROR_INVALID_PARAM = 0x14,
  AI_ERROR_INIT_FAILED = 0x30,
  AI_ERROR_ALLOCATION_FAILED = 0x31           /* every instance is in use    */
} ai_error_type;

typedef enum ai_error_code {
  AI_ERROR_CODE_NONE = 0x0000,
  AI_ERROR_CODE_NETWORK = 0x0010,
  AI_ERROR_CODE_NETWORK_PARAMS = 0x0011,
  AI_ERROR_CODE_NETWORK_WEIGHTS = 0x0012,     /* missing or misaligned       */
  AI_ERROR_CODE_NETWORK_ACTIVATIONS = 0x0013, /* missing or misaligned       */
  AI_ERROR_CODE_INVALID_PTR = 0x0017,
  AI_ERROR_CODE_INVALID_SIZE = 0x0018,
  AI_ERROR_CODE_OUT_OF_RANGE = 0x0020,
  AI_ERROR_CODE_IN_USE = 0x0040               /* it is running               */
} ai_error_code;

/*===-- Buffers -------------------------------------------------------------===
 */

/* What an element is: kind in bits 16 .. 23, sign in bit 8, bits below. */
typedef uint32_t ai_buffer_format;

#define AI_BUFFER_FMT_TYPE_NONE 0x0u
#define AI_BUFFER_FMT_TYPE_FLOAT 0x1u
#define AI_BUFFER_FMT_TYPE_Q 0x2u

#define AI_BUFFER_FMT_GET_TYPE(format) (((format) >> 16) & 0xffu)
#define AI_BUFFER_FMT_GET_SIGN(format) (((format) >> 8) & 0x1u)
#define AI_BUFFER_FMT_GET_BITS(format) ((format) & 0xffu)
#define AI_BUFFER_FMT_GET_FBITS(format) ((ai_int)((format) & 0u)) /* none */
#define AI_BUFFER_FMT_OBJ(format) ((ai_buffer_format)(format))

#define AI_BUFFER_FORMAT_NONE 0x00000000u
#define AI_BUFFER_FORMAT_FLOAT 0x00010120u
#define AI_BUFFER_FORMAT_U8 0x00020008u
#define AI_BUFFER_FORMAT_U32 0x00020020u
#define AI_BUFFER_FORMAT_U64 0x00020040u
#define AI_BUFFER_FORMAT_S8 0x00020108u
#define AI_BUFFER_FORMAT_S16 0x00020110u
#define AI_BUFFER_FORMAT_S32 0x00020120u
#define AI_BUFFER_FORMAT_S64 0x00020140u

/* Every shape has four dimensions. A tensor of lower rank is [c], [n, c] or
 * [n, h, c]; of a higher rank the leading dimensions are multiplied. */
#define AI_SHAPE_BATCH 0
#define AI_SHAPE_HEIGHT 1
#define AI_SHAPE_WIDTH 2
#define AI_SHAPE_CHANNEL 3
#define AI_SHAPE_MAX_DIMENSION 4

typedef uint32_t ai_shape_dimension;

typedef struct ai_buffer_shape {
  ai_u32 size; /* dimensions: 4 */
  ai_shape_dimension data[AI_SHAPE_MAX_DIMENSION];
} ai_buffer_shape;

/* Name and quantisation of a tensor: the descriptor of the model itself. */
typedef stm32rt_tensor ai_buffer_meta_info;

typedef struct ai_buffer {
  ai_buffer_format format;
  ai_handle data;
  const ai_buffer_meta_info *meta_info; /* NULL: a pool or the weights */
  ai_size size;                         /* elements */
  ai_buffer_shape shape;
  ai_u16 n_batches; /* 1: older applications set it, nothing reads it */
} ai_buffer;

/* Initialisers of a buffer and of its shape, in the order batch, height, width,
 * channels; `flags` and the shape's `type` and `rank` are there for
 * applications that write them. */
#define AI_SHAPE_BCWH 0x01
#define AI_BUFFER_SHAPE_INIT(type, rank, ...)                                  \
  {                                                                            \
    AI_SHAPE_MAX_DIMENSION, { __VA_ARGS__ }                                    \
  }
#define AI_BUFFER_INIT(flags, format, shape, size, meta_info, data)            \
  { format, AI_HANDLE_PTR(data), meta_info, size, AI_PACK(shape), 1 }
#define AI_BUFFER_MEMORY_INIT(bytes, address)                                  \
  AI_BUFFER_INIT(AI_FLAG_NONE, AI_BUFFER_FORMAT_U8,                            \
                 AI_BUFFER_SHAPE_INIT(AI_SHAPE_BCWH, 4, 1, 1, 1, bytes),       \
                 bytes, NULL, address)

#define AI_BUFFER_FORMAT(buffer) ((buffer)->format)
#define AI_BUFFER_DATA(buffer, type) ((type *)((buffer)->data))
#define AI_BUFFER_META_INFO(buffer) ((buffer)->meta_info)
#define AI_BUFFER_SIZE(buffer) ((buffer)->size)
#define AI_BUFFER_BYTE_SIZE(count, format)                                     \
  ((ai_size)(count) * (AI_BUFFER_FMT_GET_BITS(format) / 8u))
#define AI_BUFFER_SHAPE_SIZE(buffer) ((buffer)->shape.size)
#define AI_BUFFER_SHAPE_ELEM(buffer, index) ((buffer)->shape.data[index])
#define AI_BUFFER_N_BATCHES(buffer) AI_BUFFER_SHAPE_ELEM(buffer, AI_SHAPE_BATCH)
#define AI_BUFFER_HEIGHT(buffer) AI_BUFFER_SHAPE_ELEM(buffer, AI_SHAPE_HEIGHT)
#define AI_BUFFER_WIDTH(buffer) AI_BUFFER_SHAPE_ELEM(buffer, AI_SHAPE_WIDTH)
#define AI_BUFFER_CHANNELS(buffer)                                             \
  AI_BUFFER_SHAPE_ELEM(buffer, AI_SHAPE_CHANNEL)

/* Quantisation, from a buffer's meta_info: real = scale * (q - zero point).
 * `index` is there for per-channel lists; activations have one entry. */
static inline const ai_buffer_meta_info *
ai_buffer_intq(const ai_buffer_meta_info *meta_info) {
  const int quantised = meta_info != NULL && meta_info->scale > 0.0f;
  return quantised ? meta_info : NULL;
}
static inline ai_float ai_buffer_scale(const ai_buffer_meta_info *meta_info,
                                       ai_u32 index) {
  (void)index;
  return ai_buffer_intq(meta_info) != NULL ? meta_info->scale : 0.0f;
}
static inline ai_i32 ai_buffer_zero_point(const ai_buffer_meta_info *meta_info,
                                          ai_u32 index) {
  (void)index;
  return ai_buffer_intq(meta_info) != NULL ? meta_info->zero_point : 0;
}

#define AI_BUFFER_META_INFO_INTQ(meta_info) ai_buffer_intq(meta_info)
#define AI_BUFFER_META_INFO_INTQ_GET_SIZE(meta_info)                           \
  (ai_buffer_intq(meta_info) != NULL ? 1u : 0u)
#define AI_BUFFER_META_INFO_INTQ_GET_SCALE(meta_info, index)                   \
  ai_buffer_scale(meta_info, index)
#define AI_BUFFER_META_INFO_INTQ_GET_ZEROPOINT(meta_info, index)               \
  ai_buffer_zero_point(meta_info, index)

/*===-- Parameters and report -----------------------------------------------===
 */

/* One buffer for each pool of activations, in the order of the model. */
typedef struct ai_activations_array {
  ai_u16 size;
  ai_buffer buffer[STM32RT_MAX_POOLS];
} ai_activations_array;

/* `size` is 0 for a model without constants. */
typedef struct ai_weights_array {
  ai_u16 size;
  ai_buffer buffer[1];
} ai_weights_array;

#define AI_BUFFER_ARRAY_SIZE(array) ((array)->size)
#define AI_BUFFER_ARRAY_ITEM(array, index) (&(array)->buffer[index])
#define AI_BUFFER_ARRAY_ITEM_SET_ADDRESS(array, index, address)                \
  ((void)((array)->buffer[index].data = AI_HANDLE_PTR(address)))

/* What `_init` binds: `_data_params_get` fills it in, the application then sets
 * the address of each pool. Weights without address: those in <name>_data.c. */
typedef struct ai_network_params {
  ai_weights_array map_weights;
  ai_activations_array map_activations;
} ai_network_params;

/* Its initialiser, of AI_<NAME>_DATA_WEIGHTS(address) and
 * AI_<NAME>_DATA_ACTIVATIONS(address of each pool). */
#define AI_NETWORK_PARAMS_INIT(weights, activations)                           \
  { weights, activations }

typedef struct ai_platform_version {
  ai_u8 major, minor, micro, reserved;
} ai_platform_version;

/* The dates are "": equal sources give equal bytes. */
typedef struct ai_network_report {
  const char *model_name;
  const char *model_signature; /* SHA-256 of the source model */
  const char *model_datetime;
  const char *compile_datetime;
  const char *runtime_revision;
  const char *tool_revision;
  ai_platform_version runtime_version;
  ai_platform_version tool_version;
  ai_platform_version tool_api_version;
  ai_platform_version api_version;
  ai_platform_version interface_api_version;
  ai_macc n_macc;
  ai_u16 n_inputs;
  ai_u16 n_outputs;
  ai_buffer *inputs;
  ai_buffer *outputs;
  ai_weights_array map_weights;
  ai_activations_array map_activations;
  ai_u32 n_nodes;
  ai_signature signature; /* first 32 bits of model_signature */
} ai_network_report;

/* As in a report, without a network. */
AI_API_ENTRY
const char *ai_platform_runtime_get_revision(void);
AI_API_ENTRY
ai_platform_version ai_platform_runtime_get_version(void);
AI_API_ENTRY
ai_platform_version ai_platform_api_get_version(void);
AI_API_ENTRY
ai_platform_version ai_platform_interface_api_get_version(void);

/*===-- Observer ------------------------------------------------------------===
 */

#define AI_OBSERVER_NONE_EVT 0x000u
#define AI_OBSERVER_PRE_EVT 0x002u   /* before an operator */
#define AI_OBSERVER_POST_EVT 0x004u  /* after it */
#define AI_OBSERVER_FIRST_EVT 0x100u /* set beside it for the first operator */
#define AI_OBSERVER_LAST_EVT 0x200u  /* and for the last */

typedef struct ai_observer_node {
  ai_u16 c_idx;               /* index of the operator */
  ai_u16 type;                /* a number for its kind, see op->kind */
  ai_u16 id;                  /* index of the tensor that it writes */
  const stm32rt_operator *op; /* name, kind, kernel, MACs */
} ai_observer_node;

/* `flags`: the event. The result is not used: return 0. */
typedef ai_u32 (*ai_observer_node_cb)(const ai_handle cookie,
                                      const ai_u32 flags,
                                      const ai_observer_node *node);

/* Calls `callback` for the events in `flags` (PRE, POST) of every operator; one
 * callback for each network. An operator that runs in bands of rows has these
 * events in each of its steps. FIRST and LAST are set beside the events of the
 * first and the last step of a run. */
AI_API_ENTRY
ai_bool ai_platform_observer_register(ai_handle network,
                                      ai_observer_node_cb callback,
                                      ai_handle cookie, ai_u32 flags);

/* Lets `copier` copy the constants that the network streams into its pools, see
 * stm32rt_set_copier; NULL: memcpy. After `_init`, which forgets it. */
AI_API_ENTRY
ai_bool ai_platform_copier_set(ai_handle network, const stm32rt_copier *copier);

/* Only with the callback and the cookie that were registered. */
AI_API_ENTRY
ai_bool ai_platform_observer_unregister(ai_handle network,
                                        ai_observer_node_cb callback,
                                        ai_handle cookie);

/* Fills in the operator node->c_idx. */
AI_API_ENTRY
ai_bool ai_platform_observer_node_info(ai_handle network,
                                       ai_observer_node *node);

/*===-- For generated code --------------------------------------------------===
 *
 * The functions ai_<name>_* pass their arguments on to these, with the model's
 * family: its descriptor and its instances.
 */

struct ai_platform_family;

/* One instance, private: the handle points here. */
typedef struct ai_platform_network {
  const struct ai_platform_family *family; /* NULL: free */
  stm32rt_context context;                 /* created by `_init` */
  ai_error error;
  ai_observer_node_cb observer;
  ai_handle observer_cookie;
  ai_u32 observer_flags;
  ai_u32 observed; /* steps of this run that have begun */
} ai_platform_network;

typedef struct ai_platform_family {
  const stm32rt_model *model;
  ai_platform_network *instances;
  ai_buffer *buffers; /* inputs and outputs of each instance */
  const ai_handle *activations; /* addresses of pools if none are given */
  ai_u16 instance_count;
} ai_platform_family;

ai_error ai_platform_create(const ai_platform_family *family,
                            ai_handle *network, const ai_buffer *config);
ai_bool ai_platform_init(const ai_platform_family *family, ai_handle network,
                         const ai_network_params *params);
ai_error ai_platform_create_and_init(const ai_platform_family *family,
                                     ai_handle *network,
                                     const ai_handle activations[],
                                     const ai_handle weights[]);
ai_bool ai_platform_reset(const ai_platform_family *family, ai_handle network);
ai_handle ai_platform_destroy(const ai_platform_family *family,
                              ai_handle network);
ai_error ai_platform_get_error(const ai_platform_family *family,
                               ai_handle network);
ai_bool ai_platform_get_report(const ai_platform_family *family,
                               ai_handle network, ai_network_report *report);
ai_buffer *ai_platform_inputs_get(const ai_platform_family *family,
                                  ai_handle network, ai_u16 *count);
ai_buffer *ai_platform_outputs_get(const ai_platform_family *family,
                                   ai_handle network, ai_u16 *count);
ai_i32 ai_platform_run(const ai_platform_family *family, ai_handle network,
                       const ai_buffer *inputs, ai_buffer *outputs);
ai_i32 ai_platform_forward(const ai_platform_family *family, ai_handle network,
                           const ai_buffer *inputs);
ai_bool ai_platform_params_get(const ai_platform_family *family,
                               ai_network_params *params);

/* Between the files of the runtime: all of a report that the model alone tells;
 * a tensor with its data there; `size` bytes there. */
void ai_platform_describe(const ai_platform_family *family,
                          ai_network_report *report);
ai_buffer ai_platform_tensor_buffer(const stm32rt_tensor *tensor, void *data);
ai_buffer ai_platform_memory_buffer(ai_u32 size, ai_handle data);

#ifdef __cplusplus
}
#endif

#endif /* AI_PLATFORM_H */
