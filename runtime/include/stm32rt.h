/*===-- stm32rt.h - The stm32-mlir runtime: models, contexts, running -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Conventions of every function in this file
 *
 *   Ownership     The caller owns everything: contexts, pools, model images.
 *                 Nothing here allocates; nothing is kept after the context.
 *   Alignment     A pool is aligned to what its stm32rt_pool says (create
 *                 checks it). A context needs the alignment of a pointer.
 *   Reentrancy    No mutable globals. Distinct contexts are independent if
 *                 they do not share a pool; one context is not reentrant.
 *   Interrupts    stm32rt_run is one long computation: it may be interrupted
 *                 at any point, by runs of other contexts too. A run of a
 *                 context that is already running, from its observer, an
 *                 interrupt or another task, is STM32RT_ERROR_BUSY. (On cores
 *                 without exclusive access, Cortex-M0 and M0+, tasks that a
 *                 scheduler interrupts within the check are not seen.)
 *   NULL          is an argument error unless a comment allows it.
 *   Status        0 is success, negative is an error. Results must be used.
 *
 * Firmware written for the `ai_<name>_*` functions needs only ai_platform.h
 * and the generated header; both stand on this file.
 */
#ifndef STM32RT_H
#define STM32RT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The layout of the structs below. Generated code names the symbol that
 * carries this number, so code and runtime of different layouts cannot link. */
#define STM32RT_ABI_VERSION 6
#define STM32RT_ABI_SYMBOL stm32rt_abi_v6

#define STM32RT_MAX_RANK 6
#define STM32RT_MAX_POOLS 8

#if defined(__GNUC__)
#define STM32RT_MUST_USE __attribute__((warn_unused_result))
#define STM32RT_ALIGNED(n) __attribute__((aligned(n)))
#define STM32RT_SECTION(name) __attribute__((section(name), used))
#else
#define STM32RT_MUST_USE
#define STM32RT_ALIGNED(n)
#define STM32RT_SECTION(name)
#endif

/* Does not compile unless `object`, a variable, has the bytes and the alignment
 * of `pool`, a macro NAME_POOL_P of a generated header. */
#ifdef __cplusplus
#define STM32RT_ASSERT(condition, text) static_assert(condition, text)
#else
#define STM32RT_ASSERT(condition, text) _Static_assert(condition, text)
#endif
#if defined(__GNUC__)
#define STM32RT_CHECK_POOL(pool, object)                                       \
  STM32RT_ASSERT(sizeof(object) >= (pool##_SIZE),                              \
                 #object " is too small for " #pool);                          \
  STM32RT_ASSERT(__alignof__(object) >= (pool##_ALIGN),                        \
                 #object " is not aligned as " #pool " must be")
#else
#define STM32RT_CHECK_POOL(pool, object)                                       \
  STM32RT_ASSERT(sizeof(object) >= (pool##_SIZE),                              \
                 #object " is too small for " #pool)
#endif

typedef enum stm32rt_status {
  STM32RT_OK = 0,
  STM32RT_ERROR_ARGUMENT = -1,       /* a pointer or an index is not valid   */
  STM32RT_ERROR_VERSION = -2,        /* model of another runtime version     */
  STM32RT_ERROR_POOL_COUNT = -3,     /* fewer or more pools than declared    */
  STM32RT_ERROR_POOL_SIZE = -4,      /* a pool is too small                  */
  STM32RT_ERROR_POOL_ALIGNMENT = -5, /* a pool address is not aligned enough */
  STM32RT_ERROR_NOT_CREATED = -6,    /* the context was never created        */
  STM32RT_ERROR_STREAM = -7,         /* an input that comes in rows, or none */
  STM32RT_ERROR_BUSY = -8,           /* the context is running               */
  STM32RT_ERROR_TYPE = -9,           /* elements of another type are needed  */
  STM32RT_ERROR_ACCELERATOR = -10,   /* an accelerator is not ready          */
  /* Of stm32rt_image.h.                                                     */
  STM32RT_ERROR_IMAGE_MAGIC = -11,     /* this is no image                   */
  STM32RT_ERROR_IMAGE_TRUNCATED = -12, /* a part of it is missing            */
  STM32RT_ERROR_IMAGE_VERSION = -13,   /* of another format or runtime       */
  STM32RT_ERROR_IMAGE_CHECKSUM = -14,  /* it was damaged                     */
  STM32RT_ERROR_IMAGE_MACHINE = -15,   /* for another core                   */
  STM32RT_ERROR_IMAGE_MALFORMED = -16  /* an offset in it is wrong           */
} stm32rt_status;

typedef enum stm32rt_type {
  STM32RT_INT8 = 1,
  STM32RT_UINT8 = 2,
  STM32RT_INT16 = 3,
  STM32RT_INT32 = 4,
  STM32RT_FLOAT32 = 5,
  STM32RT_BOOL = 6,                  /* one byte, 0 or 1                     */
  STM32RT_INT64 = 7,
  STM32RT_UINT32 = 8,
  STM32RT_UINT64 = 9,
  STM32RT_COMPLEX64 = 10             /* two floats: real, imaginary          */
} stm32rt_type;

/* One activation tensor and where it lives. real = scale * (q - zero_point);
 * scale 0 means that the tensor carries no quantisation. */
typedef struct stm32rt_tensor {
  const char *name;                  /* as in the source, or the first part  */
  uint8_t type;                      /* stm32rt_type                         */
  uint8_t rank;
  uint16_t pool;                     /* index into stm32rt_model.pools       */
  uint32_t offset;                   /* bytes from the start of the pool     */
  uint32_t size;                     /* bytes                                */
  int32_t shape[STM32RT_MAX_RANK];   /* outermost dimension first            */
  float scale;
  int32_t zero_point;
} stm32rt_tensor;

/* One contiguous range that the firmware hands over. */
typedef struct stm32rt_pool {
  const char *name;                  /* as in the memory plan                */
  const char *region;                /* memory region it is planned for      */
  uint32_t size;                     /* bytes                                */
  uint32_t alignment;                /* bytes, a power of two                */
} stm32rt_pool;

/* Memory that keeps its bytes from one run to the next, and what create and
 * reset put there. */
typedef struct stm32rt_state {
  const char *name;                  /* as in the source model               */
  const void *initial;               /* `size` bytes; NULL: `fill` in each   */
  uint32_t offset;                   /* bytes from the start of the pool     */
  uint32_t size;                     /* bytes                                */
  uint16_t pool;                     /* index into stm32rt_model.pools       */
  uint8_t fill;
} stm32rt_state;

struct stm32rt_context;

/* One operator: what it is and the function that runs it. An operator that runs
 * in bands of rows has `run_rows` and no `run`. */
typedef struct stm32rt_operator {
  const char *name;                  /* name of its result tensor            */
  const char *kind;                  /* e.g. "CONV_2D"                       */
  const char *kernel;                /* C function that does the work        */
  uint32_t macs;                     /* multiply-accumulates of one run      */
  uint16_t output;                   /* index into stm32rt_model.tensors     */
  uint16_t outputs;                  /* how many tensors it writes (1)       */
  void (*run)(const struct stm32rt_context *context);
  void (*run_rows)(const struct stm32rt_context *context, uint32_t first,
                   uint32_t count);
} stm32rt_operator;

/* One step of a model whose operators take turns: an operator computes its rows
 * [first, first + count), or all if it does not run in bands. */
typedef struct stm32rt_step {
  uint16_t operator_index;           /* into stm32rt_model.operators         */
  uint16_t first, count;             /* rows; 0 for an operator without bands */
} stm32rt_step;

/* In place of an operator's index: the rows of the streamed input must be there
 * before the run goes on. */
#define STM32RT_RECEIVE 0xFFFFu

/* An input that comes row by row: row r of its one image lies in slot r modulo
 * `held` from the tensor's address on, as long as somebody reads it. */
typedef struct stm32rt_row_input {
  uint32_t row_size;                 /* bytes                                */
  uint16_t rows;                     /* of the image                         */
  uint16_t held;
} stm32rt_row_input;

/* Constants of one operator that are copied into a pool before it reads them:
 * begun before step `start`, there before step `use`. Steps are those of
 * `stm32rt_model.steps`, or operators if there are none. */
typedef struct stm32rt_transfer {
  uint32_t source;                   /* bytes from the start of the constants */
  uint32_t offset;                   /* bytes from the start of the pool     */
  uint32_t size;                     /* bytes                                */
  uint32_t start, use;
  uint16_t pool;                     /* index into stm32rt_model.pools       */
} stm32rt_transfer;

/* What copies constants, such as a DMA controller. `start` begins a copy and may
 * return before it is done; copies may be begun while others go on, and must be
 * done in their order. `wait` returns when the copy to the address `to`, and all
 * begun before it, are done and the core sees their bytes. */
typedef struct stm32rt_copier {
  void (*start)(void *user, void *to, const void *from, uint32_t size);
  void (*wait)(void *user, const void *to);
  void *user;
} stm32rt_copier;

/* One operator that an accelerator runs. */
typedef struct stm32rt_accelerated {
  const void *descriptor;            /* first argument of its function       */
  uint32_t constants;                /* bytes from the start of the constants */
  uint16_t operator_index;           /* into stm32rt_model.operators         */
} stm32rt_accelerated;

/* Something beside the core that runs operators, see docs/Accelerators.md.
 * `configure`, NULL if there is none, is called by create once pools and
 * constants are bound; it may begin to send parameters in the background. What
 * it returns other than STM32RT_OK is what create returns. */
typedef struct stm32rt_accelerator {
  const char *target_key;            /* e.g. "accel-conv2d"                  */
  stm32rt_status (*configure)(const struct stm32rt_context *context,
                              const struct stm32rt_accelerator *accelerator);
  const stm32rt_accelerated *operators;
  uint16_t operator_count;
  uint16_t pool;                     /* its own, or STM32RT_NO_POOL          */
} stm32rt_accelerator;

#define STM32RT_NO_POOL 0xFFFFu

/* The model descriptor: const, self-describing, found in .nn_models. */
typedef struct stm32rt_model {
  const uint8_t *abi;                /* &STM32RT_ABI_SYMBOL                  */
  uint32_t abi_version;              /* STM32RT_ABI_VERSION of the generator */
  const char *name;
  const char *tool_version;          /* of stm32-compile                     */
  const char *signature;             /* SHA-256 of the source model, hex     */
  uint16_t input_count, output_count, tensor_count, pool_count, state_count;
  uint16_t accelerator_count, custom_count;
  uint32_t operator_count, step_count, transfer_count;
  uint64_t macs;
  const uint16_t *inputs, *outputs;  /* indices into tensors                 */
  const stm32rt_tensor *tensors;
  const stm32rt_pool *pools;         /* activation pools                     */
  const stm32rt_state *states;       /* what one run leaves for the next     */
  const stm32rt_operator *operators; /* in order of their first steps        */
  const stm32rt_step *steps;         /* NULL: each operator once, in order   */
  const stm32rt_transfer *transfers; /* in the order in which they begin    */
  const stm32rt_accelerator *accelerators;
  const struct stm32rt_custom *const *customs; /* for functions of the user  */
  const stm32rt_row_input *stream;   /* NULL, or input 0 comes row by row    */
  const void *weights;               /* default constants pool, in flash     */
  uint32_t weights_size, weights_alignment;
} stm32rt_model;

/* What `post` says to an observer. */
#define STM32RT_BEFORE 0             /* the operator begins                  */
#define STM32RT_DONE 1               /* all of its outputs are computed      */
#define STM32RT_STEP_DONE 2          /* some rows are; it will be back       */

/* Called before and after each operator. One that runs in bands is seen in each
 * of its steps: after the last one post is STM32RT_DONE, as for all others,
 * after the ones before STM32RT_STEP_DONE. */
typedef void (*stm32rt_observer)(const struct stm32rt_context *context,
                                 uint32_t operator_index, int post,
                                 void *user);

/* State of one instance. Private: read it through the functions below. */
typedef struct stm32rt_context {
  const stm32rt_model *model;
  uint8_t *pools[STM32RT_MAX_POOLS];
  const uint8_t *weights;
  stm32rt_observer observer;
  void *observer_user;
  const stm32rt_copier *copier;
  uint32_t running;                  /* 1 during a run                       */
} stm32rt_context;

/* Range of memory that the caller gives for one pool. */
typedef struct stm32rt_memory {
  void *address;
  uint32_t size;                     /* bytes                                */
} stm32rt_memory;

extern const uint8_t STM32RT_ABI_SYMBOL;

/* Binds `pools` (one for each of model->pools, same order) and, unless it is
 * NULL, another copy of the constants to `context`. Checks versions, number,
 * size and alignment of the pools, and resets the states. Once it returns
 * STM32RT_OK, run cannot fail. */
STM32RT_MUST_USE stm32rt_status
stm32rt_create(stm32rt_context *context, const stm32rt_model *model,
               const stm32rt_memory *pools, uint32_t pool_count,
               const void *weights);

/* Gives the states of the model their first values again, as create does: the
 * next run is as if it were the first one. Nothing for a model without states. */
STM32RT_MUST_USE stm32rt_status stm32rt_reset(stm32rt_context *context);

/* Runs every operator: reads the input tensors, writes the outputs. A model
 * whose input comes row by row is run by stm32rt_push_rows instead. */
STM32RT_MUST_USE stm32rt_status stm32rt_run(stm32rt_context *context);

/* Where the application has its data of input or output `index` (`is_output` 0,
 * 1); NULL: in the pools, or not of interest. */
typedef void *(*stm32rt_locate)(void *user, int is_output, uint32_t index);

/* The same with data outside of the pools: inputs are copied into their places
 * before, outputs out of theirs after the run. An input that comes row by row is
 * handed over from its data, all rows at once, and has to have some. */
STM32RT_MUST_USE stm32rt_status stm32rt_run_with(stm32rt_context *context,
                                                 stm32rt_locate locate,
                                                 void *user);

/* Runs step `index` alone: an operator, or some rows of one in a model whose
 * operators take turns. Constants that stream into a pool are there first. All
 * steps in their order are a run; for tools that measure or look between them.
 * STM32RT_ERROR_STREAM for a step that waits for rows. */
STM32RT_MUST_USE stm32rt_status stm32rt_run_step(stm32rt_context *context,
                                                 uint32_t index);

/* One run of a model whose first input comes row by row, such as the lines of a
 * camera: the input never exists as a whole. Owned by the caller, private. */
typedef struct stm32rt_stream {
  stm32rt_context *context;
  uint32_t step, row;                /* the next ones                        */
} stm32rt_stream;

/* Begins a run; other inputs must be in their places. STM32RT_ERROR_STREAM if the
 * input of the model does not come row by row. */
STM32RT_MUST_USE stm32rt_status
stm32rt_begin_stream(stm32rt_stream *stream, stm32rt_context *context);

/* Hands over the next `count` rows, one behind the other, and computes as far as
 * they allow. After the last row the outputs are complete. More rows than the
 * input has are STM32RT_ERROR_STREAM; then none of them was taken. */
STM32RT_MUST_USE stm32rt_status stm32rt_push_rows(stm32rt_stream *stream,
                                                  const void *rows,
                                                  uint32_t count);

/* `observer` may be NULL: none. */
STM32RT_MUST_USE stm32rt_status
stm32rt_set_observer(stm32rt_context *context, stm32rt_observer observer,
                     void *user);

/* Lets `copier`, which must live as long as the context, copy the constants that
 * the model streams into its pools; NULL: memcpy where they are begun. */
STM32RT_MUST_USE stm32rt_status
stm32rt_set_copier(stm32rt_context *context, const stm32rt_copier *copier);

/* Text for a status, never NULL; "" if STM32RT_NO_MESSAGES is defined. */
const char *stm32rt_status_text(stm32rt_status status);

/* The models linked in, one pointer each: section .nn_models. Its bounds are
 * symbols of the linker script; a program that does not ask needs none. */
extern const stm32rt_model *const stm32rt_models_start[];
extern const stm32rt_model *const stm32rt_models_end[];

/* The model at *position, which moves on behind it, or NULL at `end`:
 *
 *   const stm32rt_model *const *at = stm32rt_models_start;
 *   const stm32rt_model *model;
 *   while ((model = stm32rt_next_model(&at, stm32rt_models_end)) != NULL)
 *     ...
 */
const stm32rt_model *
stm32rt_next_model(const stm32rt_model *const **position,
                   const stm32rt_model *const *end);

/* The model of that name among `count` models from `first` (as from
 * stm32rt_models_start), or NULL. */
const stm32rt_model *stm32rt_find_model(const stm32rt_model *const *first,
                                        size_t count, const char *name);

/* Numbers of the application to `count` elements of `tensor` from `data` on, and
 * back: real = scale * (q - zero_point). To int8, uint8 and int16 they are
 * rounded to the nearest, halves away from zero, and limited to the range of the
 * type, as TFLite's QUANTIZE does; NaN becomes the zero point. float32 tensors
 * are copied. STM32RT_ERROR_TYPE for tensors without quantisation and for other
 * types. In stm32rt_convert.c. */
STM32RT_MUST_USE stm32rt_status
stm32rt_from_float(const stm32rt_tensor *tensor, const float *real, void *data,
                   uint32_t count);
STM32RT_MUST_USE stm32rt_status
stm32rt_to_float(const stm32rt_tensor *tensor, const void *data, float *real,
                 uint32_t count);

/* Address of tensor `index` (into model->tensors) of a created context. */
static inline void *stm32rt_tensor_data(const stm32rt_context *context,
                                        uint32_t index) {
  const stm32rt_tensor *t = &context->model->tensors[index];
  return context->pools[t->pool] + t->offset;
}

/* Address of input or output `index` of a created context. */
static inline void *stm32rt_input(const stm32rt_context *context,
                                  uint32_t index) {
  return stm32rt_tensor_data(context, context->model->inputs[index]);
}
static inline void *stm32rt_output(const stm32rt_context *context,
                                   uint32_t index) {
  return stm32rt_tensor_data(context, context->model->outputs[index]);
}

/* For generated code: a place in a pool, a place among the constants. */
static inline void *stm32rt_at(const stm32rt_context *context, uint32_t pool,
                               uint32_t offset) {
  return context->pools[pool] + offset;
}
static inline const void *stm32rt_constant(const stm32rt_context *context,
                                           uint32_t offset) {
  return context->weights + offset;
}

/* For generated code: offset of a row of `bytes` in a ring that holds `rows` of
 * them, or in a whole image (rows == 0). */
static inline uint32_t stm32rt_row_at(uint32_t row, uint32_t rows,
                                      uint32_t bytes) {
  return (rows != 0 ? row % rows : row) * bytes;
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_H */
