/*===-- stai.h - Types of the stai_<name>_* functions ----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * What firmware written for the client API of ST Edge AI needs: types, return
 * codes, flags and the functions of the runtime. Those of a model are in the
 * generated <name>.h; all their code is in stm32rt_stai.c, over stm32rt.h.
 *
 * Conventions
 *
 *   Ownership     The application owns everything, the context too; pointers
 *                 handed over are kept, arrays of pointers are copied.
 *   Alignment     A context to 8 bytes, activations and states as the macros
 *                 STAI_<NAME>_ACTIVATION_<i>_ALIGNMENT say.
 *   Reentrancy    Distinct contexts are independent if they do not share
 *                 activations or states. While one runs, it refuses all but
 *                 get functions: STAI_ERROR_NETWORK_STILL_RUNNING.
 *   Errors        Each function returns how it went itself; get_error has the
 *                 first error since init.
 *   NULL          is an error unless a comment allows it.
 */
#ifndef STAI_H
#define STAI_H

#include <stddef.h>
#include <stdint.h>

#define STAI_API_VERSION_MAJOR 1
#define STAI_API_VERSION_MINOR 0
#define STAI_API_VERSION_MICRO 0

#ifdef __cplusplus
#define STAI_API_DECLARE_BEGIN extern "C" {
#define STAI_API_DECLARE_END }
#else
#define STAI_API_DECLARE_BEGIN
#define STAI_API_DECLARE_END
#endif

#define STAI_API_ENTRY
#define STAI_PACK(...) __VA_ARGS__
#define STAI_UNUSED(name) (void)(name);

#if defined(__GNUC__)
#define STAI_ALIGNED(n) __attribute__((aligned(n)))
#elif defined(__cplusplus)
#define STAI_ALIGNED(n) alignas(n)
#else
#define STAI_ALIGNED(n) _Alignas(n)
#endif

STAI_API_DECLARE_BEGIN

/*===-- Return codes --------------------------------------------------------===
 */

typedef enum stai_return_code {
  STAI_SUCCESS = 0x000000,
  STAI_RUNNING_NO_WFE = 0x000010, /* these three: never, runs are synchronous */
  STAI_RUNNING_WFE = 0x000011,
  STAI_DONE = 0x000012,
  STAI_ERROR_GENERIC = 0x020000, /* this and larger ones are errors */
  STAI_ERROR_NETWORK_INVALID_API_ARGUMENTS = 0x020001,
  STAI_ERROR_NETWORK_INVALID_CONTEXT_HANDLE = 0x030000, /* NULL, no init     */
  STAI_ERROR_NETWORK_INVALID_CONTEXT_SIZE = 0x030001,   /* never             */
  STAI_ERROR_NETWORK_INVALID_CONTEXT_ALIGNMENT = 0x030002,
  STAI_ERROR_NETWORK_INVALID_INFO = 0x030010,
  STAI_ERROR_NETWORK_INVALID_RUN = 0x030020,
  STAI_ERROR_NETWORK_INVALID_RUNTIME = 0x030030, /* code of another runtime  */
  STAI_ERROR_NETWORK_INVALID_ACTIVATIONS_PTR = 0x040000,
  STAI_ERROR_NETWORK_INVALID_ACTIVATIONS_NUM = 0x040001,
  STAI_ERROR_NETWORK_INVALID_IN_PTR = 0x040010,
  STAI_ERROR_NETWORK_INVALID_IN_NUM = 0x040011,
  STAI_ERROR_NETWORK_INVALID_OUT_PTR = 0x040020,
  STAI_ERROR_NETWORK_INVALID_OUT_NUM = 0x040021,
  STAI_ERROR_NETWORK_INVALID_STATES_PTR = 0x040030,
  STAI_ERROR_NETWORK_INVALID_STATES_NUM = 0x040031,
  STAI_ERROR_NETWORK_INVALID_WEIGHTS_PTR = 0x040040,
  STAI_ERROR_NETWORK_INVALID_WEIGHTS_NUM = 0x040041,
  STAI_ERROR_NETWORK_INVALID_CALLBACK = 0x040050, /* never: NULL is none     */
  STAI_ERROR_NOT_IMPLEMENTED = 0x040060,
  STAI_ERROR_INVALID_BUFFER_ALIGNMENT = 0x040070,
  STAI_ERROR_NETWORK_STILL_RUNNING = 0x050000,
  STAI_ERROR_STAI_INIT_FAILED = 0x060000, /* these two: never                */
  STAI_ERROR_STAI_DEINIT_FAILED = 0x060001
} stai_return_code;

typedef enum stai_run_mode {
  STAI_MODE_SYNC = 0x01,
  STAI_MODE_ASYNC = 0x02 /* not implemented: the core itself computes */
} stai_run_mode;

/*===-- Formats -------------------------------------------------------------===
 */

/* What an element is: sign in bit 23, kind in bits 17 .. 20, bits of an element
 * in 7 .. 13, bits of a fraction (plus 64) in 0 .. 6. */
typedef enum stai_format_type {
  STAI_FORMAT_TYPE_NONE = 0x00,
  STAI_FORMAT_TYPE_FLOAT = 0x01,
  STAI_FORMAT_TYPE_Q = 0x02,
  STAI_FORMAT_TYPE_BOOL = 0x03
} stai_format_type;

typedef enum stai_format {
  STAI_FORMAT_NONE = 0x00000040,
  STAI_FORMAT_FLOAT32 = 0x00821040,
  STAI_FORMAT_FLOAT64 = 0x00822040,
  STAI_FORMAT_U1 = 0x000400c0,
  STAI_FORMAT_U8 = 0x00040440,
  STAI_FORMAT_U16 = 0x00040840,
  STAI_FORMAT_U32 = 0x00041040,
  STAI_FORMAT_U64 = 0x00042040,
  STAI_FORMAT_S1 = 0x008400c0,
  STAI_FORMAT_S8 = 0x00840440,
  STAI_FORMAT_S16 = 0x00840840,
  STAI_FORMAT_S32 = 0x00841040,
  STAI_FORMAT_S64 = 0x00842040,
  STAI_FORMAT_Q = 0x00840040,
  STAI_FORMAT_Q7 = 0x00840447,
  STAI_FORMAT_Q15 = 0x0084084f,
  STAI_FORMAT_UQ = 0x00040040,
  STAI_FORMAT_UQ7 = 0x00040447,
  STAI_FORMAT_UQ15 = 0x0004084f,
  STAI_FORMAT_BOOL = 0x00060440
} stai_format;

#define STAI_FORMAT_GET_TYPE(format)                                           \
  ((stai_format_type)(((uint32_t)(format) >> 17) & 0xfu))
#define STAI_FORMAT_GET_SIGN(format) (((uint32_t)(format) >> 23) & 0x1u)
#define STAI_FORMAT_GET_BITS(format) (((uint32_t)(format) >> 7) & 0x7fu)
#define STAI_FORMAT_GET_FBITS(format) ((int32_t)((uint32_t)(format)&0x7fu) - 64)
#define STAI_FORMAT_GET_IBITS(format)                                          \
  ((int32_t)STAI_FORMAT_GET_BITS(format) - STAI_FORMAT_GET_FBITS(format) -     \
   (int32_t)STAI_FORMAT_GET_SIGN(format))

/*===-- Flags ---------------------------------------------------------------===
 */

typedef int32_t stai_flags;

#define STAI_FLAG_NONE 0x0
#define STAI_FLAG_PREALLOCATED (0x1 << 0) /* it has memory already          */
#define STAI_FLAG_INDIRECT (0x1 << 1)
#define STAI_FLAG_REPLACEABLE (0x1 << 2) /* set another address if you like */
#define STAI_FLAG_OVERRIDE (0x1 << 3)    /* a run overwrites it            */
#define STAI_FLAG_CHANNEL_FIRST (0x1 << 6)
#define STAI_FLAG_CHANNEL_LAST (0x1 << 7)
#define STAI_FLAG_HAS_BATCH (0x1 << 8)

/* Of a network: what need not be set. */
#define STAI_FLAG_ACTIVATIONS (0x1 << 26)
#define STAI_FLAG_INPUTS (0x1 << 27)
#define STAI_FLAG_OUTPUTS (0x1 << 28)
#define STAI_FLAG_STATES (0x1 << 29)
#define STAI_FLAG_WEIGHTS (0x1 << 30)

/*===-- Contexts and descriptions -------------------------------------------===
 */

/* A context is an array of STAI_<NAME>_CONTEXT_SIZE of these. */
typedef uint8_t stai_network;
typedef uint8_t *stai_ptr;
typedef uint32_t stai_size; /* bytes, elements or a number */

#define STAI_NETWORK_CONTEXT_DECLARE(name, size)                               \
  STAI_ALIGNED(8) stai_network name[size] = {0};

#define STAI_DECLARE_LIST_OF(type, name)                                       \
  typedef struct name {                                                        \
    stai_size size;                                                            \
    type data;                                                                 \
  } name
STAI_DECLARE_LIST_OF(stai_ptr const *, stai_array_const_ptr);
STAI_DECLARE_LIST_OF(stai_ptr *, stai_array_ptr);
STAI_DECLARE_LIST_OF(const float *, stai_array_f32);
STAI_DECLARE_LIST_OF(const int8_t *, stai_array_s8);
STAI_DECLARE_LIST_OF(const uint8_t *, stai_array_u8);
STAI_DECLARE_LIST_OF(const int16_t *, stai_array_s16);
STAI_DECLARE_LIST_OF(const uint16_t *, stai_array_u16);
STAI_DECLARE_LIST_OF(const int32_t *, stai_array_s32);
STAI_DECLARE_LIST_OF(const uint32_t *, stai_array_u32);
typedef stai_array_s32 stai_shape; /* outermost dimension first */

typedef struct stai_version {
  uint8_t major, minor, micro, reserved;
} stai_version;

/* An input, an output, or memory (format STAI_FORMAT_U8, one dimension). Scale
 * and zero point have no entry where there is no quantisation:
 * real = scale * (q - zero point). */
typedef struct stai_tensor {
  stai_size size_bytes;
  stai_flags flags;
  stai_format format;
  stai_shape shape;
  stai_array_f32 scale;
  stai_array_s16 zeropoint;
  const char *name;
} stai_tensor;

/* The dates are "": equal sources give equal bytes. */
typedef struct stai_network_info {
  const char *model_signature; /* SHA-256 of the source model */
  const char *c_compile_datetime;
  const char *c_model_name;
  const char *c_model_datetime;
  uint32_t c_model_signature; /* first 32 bits of model_signature */
  stai_version runtime_version;
  stai_version tool_version;
  stai_version api_version;
  uint64_t n_macc;
  uint32_t n_nodes;
  stai_flags flags;
  uint16_t n_inputs, n_outputs, n_activations, n_weights, n_states;
  const stai_tensor *inputs;
  const stai_tensor *outputs;
  const stai_tensor *activations;
  const stai_tensor *weights;
  const stai_tensor *states;
} stai_network_info;

/*===-- Events --------------------------------------------------------------===
 */

typedef int32_t stai_event_type; /* see stai_events.h */
#define STAI_EVENT_NONE 0x00

typedef void (*stai_event_cb)(void *cb_cookie, const stai_event_type event_type,
                              const void *event_payload);

/*===-- The runtime ---------------------------------------------------------===
 */

typedef enum stai_compiler_id {
  STAI_COMPILER_ID_NONE = 0x00,
  STAI_COMPILER_ID_GCC = 0x01, /* and what defines __GNUC__ */
  STAI_COMPILER_ID_GHS = 0x10,
  STAI_COMPILER_ID_HIGHTECH = 0x20,
  STAI_COMPILER_ID_IAR = 0x30,
  STAI_COMPILER_ID_KEIL = 0x40,
  STAI_COMPILER_ID_KEIL_AC6 = 0x50
} stai_compiler_id;

typedef struct stai_runtime_info {
  stai_version api_version;
  stai_version runtime_version;
  stai_version tools_version;
  uint32_t runtime_build;
  stai_compiler_id compiler_id;
  const char *compiler_desc;
} stai_runtime_info;

/* There is nothing to prepare: both succeed, any number of times. */
STAI_API_ENTRY
stai_return_code stai_runtime_init(void);
STAI_API_ENTRY
stai_return_code stai_runtime_deinit(void);

STAI_API_ENTRY
stai_return_code stai_runtime_get_info(stai_runtime_info *info);

/* The runtime has no events of its own: STAI_ERROR_NOT_IMPLEMENTED unless `cb`
 * is NULL. */
STAI_API_ENTRY
stai_return_code stai_runtime_set_callback(const stai_event_cb cb,
                                           void *cb_cookie);

/* The format of these parts, of which `fbits` are behind the point. */
STAI_API_ENTRY
stai_format stai_init_format(const stai_format_type type, const int8_t sign,
                             const int32_t bits, const int32_t fbits);

STAI_API_DECLARE_END

#endif /* STAI_H */
