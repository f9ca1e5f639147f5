/*===-- stm32rt.c - Creating and running models ----------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Nothing here depends on a model or on a target.
 */
#include "stm32rt.h"

#include <string.h>

/* Address and value are the handshake: code generated for another layout names
 * another symbol and does not link. */
const uint8_t STM32RT_ABI_SYMBOL = STM32RT_ABI_VERSION;

static int is_aligned(const void *address, uint32_t alignment) {
  return alignment == 0 || ((uintptr_t)address & (alignment - 1u)) == 0;
}

static stm32rt_status check_pool(const stm32rt_pool *pool,
                                 const stm32rt_memory *memory) {
  if (memory->address == NULL && pool->size != 0)
    return STM32RT_ERROR_ARGUMENT;
  if (memory->size < pool->size)
    return STM32RT_ERROR_POOL_SIZE;
  if (!is_aligned(memory->address, pool->alignment))
    return STM32RT_ERROR_POOL_ALIGNMENT;
  return STM32RT_OK;
}

static void reset_states(const stm32rt_context *context) {
  const stm32rt_model *model = context->model;
  for (uint32_t i = 0; i < model->state_count; i++) {
    const stm32rt_state *state = &model->states[i];
    void *data = stm32rt_at(context, state->pool, state->offset);
    if (state->initial != NULL)
      memcpy(data, state->initial, state->size);
    else
      memset(data, state->fill, state->size);
  }
}

static stm32rt_status configure_accelerators(stm32rt_context *context) {
  const stm32rt_model *model = context->model;
  for (uint32_t i = 0; i < model->accelerator_count; i++) {
    const stm32rt_accelerator *accelerator = &model->accelerators[i];
    if (accelerator->configure == NULL)
      continue;
    const stm32rt_status status = accelerator->configure(context, accelerator);
    if (status != STM32RT_OK) {
      context->model = NULL;
      return status;
    }
  }
  return STM32RT_OK;
}

stm32rt_status stm32rt_create(stm32rt_context *context,
                              const stm32rt_model *model,
                              const stm32rt_memory *pools, uint32_t pool_count,
                              const void *weights) {
  if (context == NULL)
    return STM32RT_ERROR_ARGUMENT;
  /* A context of a failed create is one that run refuses. */
  memset(context, 0, sizeof *context);
  if (model == NULL)
    return STM32RT_ERROR_ARGUMENT;
  if (model->abi_version != STM32RT_ABI_VERSION ||
      model->abi != &STM32RT_ABI_SYMBOL)
    return STM32RT_ERROR_VERSION;
  if (pool_count != model->pool_count || pool_count > STM32RT_MAX_POOLS)
    return STM32RT_ERROR_POOL_COUNT;
  if (pools == NULL && pool_count != 0)
    return STM32RT_ERROR_ARGUMENT;
  for (uint32_t i = 0; i < pool_count; i++) {
    const stm32rt_status status = check_pool(&model->pools[i], &pools[i]);
    if (status != STM32RT_OK)
      return status;
  }

  const void *constants = weights != NULL ? weights : model->weights;
  if (constants == NULL && model->weights_size != 0)
    return STM32RT_ERROR_ARGUMENT;
  if (!is_aligned(constants, model->weights_alignment))
    return STM32RT_ERROR_POOL_ALIGNMENT;

  for (uint32_t i = 0; i < pool_count; i++)
    context->pools[i] = (uint8_t *)pools[i].address;
  context->weights = (const uint8_t *)constants;
  context->model = model;
  reset_states(context);
  return configure_accelerators(context);
}

/* True if the context was idle; it is running then. */
static int acquire(stm32rt_context *context) {
#if defined(__GCC_ATOMIC_INT_LOCK_FREE) && __GCC_ATOMIC_INT_LOCK_FREE == 2
  return __atomic_exchange_n(&context->running, 1u, __ATOMIC_ACQUIRE) == 0;
#else
  volatile uint32_t *running = &context->running;
  if (*running != 0)
    return 0;
  *running = 1;
  return 1;
#endif
}

static void release(stm32rt_context *context) {
#if defined(__GCC_ATOMIC_INT_LOCK_FREE) && __GCC_ATOMIC_INT_LOCK_FREE == 2
  __atomic_store_n(&context->running, 0u, __ATOMIC_RELEASE);
#else
  volatile uint32_t *running = &context->running;
  *running = 0;
#endif
}

stm32rt_status stm32rt_reset(stm32rt_context *context) {
  if (context == NULL)
    return STM32RT_ERROR_ARGUMENT;
  if (context->model == NULL)
    return STM32RT_ERROR_NOT_CREATED;
  if (!acquire(context))
    return STM32RT_ERROR_BUSY;
  reset_states(context);
  release(context);
  return STM32RT_OK;
}

static void observe(const stm32rt_context *context, uint32_t operator_index,
                    int post) {
  if (context->observer != NULL)
    context->observer(context, operator_index, post, context->observer_user);
}

/* Begins the copies that go on beside step `step`, and waits for those that it
 * needs. */
static void move_constants(const stm32rt_context *context, uint32_t step) {
  const stm32rt_model *model = context->model;
  const stm32rt_copier *copier = context->copier;
  for (uint32_t i = 0; i < model->transfer_count; i++) {
    const stm32rt_transfer *transfer = &model->transfers[i];
    if (transfer->start != step)
      continue;
    void *to = stm32rt_at(context, transfer->pool, transfer->offset);
    const void *from = stm32rt_constant(context, transfer->source);
    if (copier != NULL)
      copier->start(copier->user, to, from, transfer->size);
    else
      memcpy(to, from, transfer->size);
  }
  for (uint32_t i = 0; copier != NULL && i < model->transfer_count; i++) {
    const stm32rt_transfer *transfer = &model->transfers[i];
    if (transfer->use == step)
      copier->wait(copier->user,
                   stm32rt_at(context, transfer->pool, transfer->offset));
  }
}

/* What an observer is told after step `index`. */
static int step_result(const stm32rt_model *model, uint32_t index) {
  for (uint32_t i = index + 1; i < model->step_count; i++)
    if (model->steps[i].operator_index == model->steps[index].operator_index)
      return STM32RT_STEP_DONE;
  return STM32RT_DONE;
}

static void run_step(const stm32rt_context *context, uint32_t index) {
  const stm32rt_model *model = context->model;
  const stm32rt_step *step = &model->steps[index];
  const stm32rt_operator *op = &model->operators[step->operator_index];
  /* Found before the step begins: an observer may measure it. */
  const int result =
      context->observer != NULL ? step_result(model, index) : STM32RT_DONE;
  if (model->transfer_count != 0)
    move_constants(context, index);
  observe(context, step->operator_index, STM32RT_BEFORE);
  if (op->run_rows != NULL)
    op->run_rows(context, step->first, step->count);
  else
    op->run(context);
  observe(context, step->operator_index, result);
}

/* Runs steps from `index` on up to one that waits for rows; returns that one. */
static uint32_t run_steps(const stm32rt_context *context, uint32_t index) {
  const stm32rt_model *model = context->model;
  for (; index < model->step_count; index++) {
    if (model->steps[index].operator_index == STM32RT_RECEIVE)
      break;
    run_step(context, index);
  }
  return index;
}

static void run_operators(const stm32rt_context *context) {
  const stm32rt_model *model = context->model;
  const int moves = model->transfer_count != 0;
  for (uint32_t i = 0; i < model->operator_count; i++) {
    if (moves)
      move_constants(context, i);
    observe(context, i, STM32RT_BEFORE);
    model->operators[i].run(context);
    observe(context, i, STM32RT_DONE);
  }
}

static stm32rt_status check_context(const stm32rt_context *context) {
  if (context == NULL)
    return STM32RT_ERROR_ARGUMENT;
  return context->model != NULL ? STM32RT_OK : STM32RT_ERROR_NOT_CREATED;
}

/* All of a run whose inputs are in their places. */
static void run_acquired(const stm32rt_context *context) {
  if (context->model->step_count != 0)
    (void)run_steps(context, 0);
  else
    run_operators(context);
}

stm32rt_status stm32rt_run(stm32rt_context *context) {
  const stm32rt_status status = check_context(context);
  if (status != STM32RT_OK)
    return status;
  if (context->model->stream != NULL)
    return STM32RT_ERROR_STREAM;
  if (!acquire(context))
    return STM32RT_ERROR_BUSY;
  run_acquired(context);
  release(context);
  return STM32RT_OK;
}

/* Copies the constants that step `step` is the first to need: as late as can be,
 * so that no other step must have begun it. */
static void fetch_constants(const stm32rt_context *context, uint32_t step) {
  const stm32rt_copier *copier = context->copier;
  for (uint32_t i = 0; i < context->model->transfer_count; i++) {
    const stm32rt_transfer *transfer = &context->model->transfers[i];
    if (transfer->use != step)
      continue;
    void *to = stm32rt_at(context, transfer->pool, transfer->offset);
    const void *from = stm32rt_constant(context, transfer->source);
    if (copier != NULL) {
      copier->start(copier->user, to, from, transfer->size);
      copier->wait(copier->user, to);
    } else {
      memcpy(to, from, transfer->size);
    }
  }
}

stm32rt_status stm32rt_run_step(stm32rt_context *context, uint32_t index) {
  if (context == NULL)
    return STM32RT_ERROR_ARGUMENT;
  const stm32rt_model *model = context->model;
  if (model == NULL)
    return STM32RT_ERROR_NOT_CREATED;
  const int has_steps = model->step_count != 0;
  if (index >= (has_steps ? model->step_count : model->operator_count))
    return STM32RT_ERROR_ARGUMENT;
  stm32rt_step step = {(uint16_t)index, 0, 0};
  if (has_steps)
    step = model->steps[index];
  if (step.operator_index == STM32RT_RECEIVE)
    return STM32RT_ERROR_STREAM;

  const stm32rt_operator *op =
      &model->operators[has_steps ? step.operator_index : index];
  if (!acquire(context))
    return STM32RT_ERROR_BUSY;
  fetch_constants(context, index);
  if (op->run_rows != NULL)
    op->run_rows(context, step.first, step.count);
  else
    op->run(context);
  release(context);
  return STM32RT_OK;
}

stm32rt_status stm32rt_begin_stream(stm32rt_stream *stream,
                                    stm32rt_context *context) {
  if (stream == NULL)
    return STM32RT_ERROR_ARGUMENT;
  memset(stream, 0, sizeof *stream);
  if (context == NULL)
    return STM32RT_ERROR_ARGUMENT;
  if (context->model == NULL)
    return STM32RT_ERROR_NOT_CREATED;
  if (context->model->stream == NULL)
    return STM32RT_ERROR_STREAM;
  if (!acquire(context))
    return STM32RT_ERROR_BUSY;
  stream->context = context;
  stream->step = run_steps(context, 0);
  release(context);
  return STM32RT_OK;
}

/* Takes one row. Behind the last one that somebody reads, nobody waits. */
static void push_row(stm32rt_stream *stream, const uint8_t *row) {
  const stm32rt_context *context = stream->context;
  const stm32rt_row_input *input = context->model->stream;
  if (stream->step == context->model->step_count) {
    stream->row++;
    return;
  }
  const stm32rt_step *step = &context->model->steps[stream->step];
  uint8_t *ring = (uint8_t *)stm32rt_input(context, 0);
  memcpy(ring + stream->row % input->held * input->row_size, row,
         input->row_size);
  stream->row++;
  if (stream->row == (uint32_t)step->first + step->count)
    stream->step = run_steps(context, stream->step + 1u);
}

static void push_rows(stm32rt_stream *stream, const uint8_t *rows,
                      uint32_t count) {
  const uint32_t size = stream->context->model->stream->row_size;
  for (uint32_t i = 0; i < count; i++)
    push_row(stream, rows + i * size);
}

stm32rt_status stm32rt_push_rows(stm32rt_stream *stream, const void *rows,
                                 uint32_t count) {
  if (stream == NULL || (rows == NULL && count != 0))
    return STM32RT_ERROR_ARGUMENT;
  if (stream->context == NULL)
    return STM32RT_ERROR_NOT_CREATED;
  if (!acquire(stream->context))
    return STM32RT_ERROR_BUSY;
  const int fits = count <= stream->context->model->stream->rows - stream->row;
  if (fits)
    push_rows(stream, (const uint8_t *)rows, count);
  release(stream->context);
  return fits ? STM32RT_OK : STM32RT_ERROR_STREAM;
}

/* Copies between the places of inputs or outputs and where `locate` has them. */
static void exchange(const stm32rt_context *context, int is_output,
                     stm32rt_locate locate, void *user) {
  const stm32rt_model *model = context->model;
  const uint16_t *tensors = is_output ? model->outputs : model->inputs;
  const uint32_t count = is_output ? model->output_count : model->input_count;
  /* Rows are not copied as a whole. */
  for (uint32_t i = !is_output && model->stream != NULL; i < count; i++) {
    void *data = locate(user, is_output, i);
    void *place = stm32rt_tensor_data(context, tensors[i]);
    if (data == NULL || data == place)
      continue;
    memcpy(is_output ? data : place, is_output ? place : data,
           model->tensors[tensors[i]].size);
  }
}

stm32rt_status stm32rt_run_with(stm32rt_context *context, stm32rt_locate locate,
                                void *user) {
  const stm32rt_status status = check_context(context);
  if (status != STM32RT_OK)
    return status;
  const stm32rt_row_input *input = context->model->stream;
  const uint8_t *rows = NULL;
  if (locate == NULL)
    return STM32RT_ERROR_ARGUMENT;
  if (input != NULL) {
    rows = (const uint8_t *)locate(user, 0, 0);
    if (rows == NULL)
      return STM32RT_ERROR_ARGUMENT;
  }
  /* Before the first copy: the places are those of the run that goes on. */
  if (!acquire(context))
    return STM32RT_ERROR_BUSY;
  exchange(context, 0, locate, user);
  if (input != NULL) {
    stm32rt_stream stream = {context, run_steps(context, 0), 0};
    push_rows(&stream, rows, input->rows);
  } else {
    run_acquired(context);
  }
  exchange(context, 1, locate, user);
  release(context);
  return STM32RT_OK;
}

stm32rt_status stm32rt_set_observer(stm32rt_context *context,
                                    stm32rt_observer observer, void *user) {
  if (context == NULL)
    return STM32RT_ERROR_ARGUMENT;
  if (context->model == NULL)
    return STM32RT_ERROR_NOT_CREATED;
  context->observer = observer;
  context->observer_user = user;
  return STM32RT_OK;
}

stm32rt_status stm32rt_set_copier(stm32rt_context *context,
                                  const stm32rt_copier *copier) {
  if (context == NULL ||
      (copier != NULL && (copier->start == NULL || copier->wait == NULL)))
    return STM32RT_ERROR_ARGUMENT;
  if (context->model == NULL)
    return STM32RT_ERROR_NOT_CREATED;
  if (!acquire(context))
    return STM32RT_ERROR_BUSY;
  context->copier = copier;
  release(context);
  return STM32RT_OK;
}

const char *stm32rt_status_text(stm32rt_status status) {
#ifdef STM32RT_NO_MESSAGES
  (void)status;
  return "";
#else
  switch (status) {
  case STM32RT_OK:
    return "success";
  case STM32RT_ERROR_ARGUMENT:
    return "a pointer or an index is not valid";
  case STM32RT_ERROR_VERSION:
    return "the model was generated for another version of the runtime";
  case STM32RT_ERROR_POOL_COUNT:
    return "the number of pools is not what the model declares";
  case STM32RT_ERROR_POOL_SIZE:
    return "a pool is smaller than the model needs";
  case STM32RT_ERROR_POOL_ALIGNMENT:
    return "an address is not aligned as the model needs";
  case STM32RT_ERROR_NOT_CREATED:
    return "the context was not created";
  case STM32RT_ERROR_STREAM:
    return "the input comes row by row and this is not its way, or the reverse";
  case STM32RT_ERROR_BUSY:
    return "the context is already running";
  case STM32RT_ERROR_TYPE:
    return "the tensor has no quantisation, or its type is not for this";
  case STM32RT_ERROR_ACCELERATOR:
    return "an accelerator is not ready";
  case STM32RT_ERROR_IMAGE_MAGIC:
    return "this is no image of a model";
  case STM32RT_ERROR_IMAGE_TRUNCATED:
    return "the image is not complete";
  case STM32RT_ERROR_IMAGE_VERSION:
    return "the image is of another version of the format or the runtime";
  case STM32RT_ERROR_IMAGE_CHECKSUM:
    return "the image is damaged: its checksum differs";
  case STM32RT_ERROR_IMAGE_MACHINE:
    return "the image needs another core or extensions that are not there";
  case STM32RT_ERROR_IMAGE_MALFORMED:
    return "an offset in the image is wrong";
  }
  return "unknown status";
#endif
}

static int same_text(const char *a, const char *b) {
  while (*a != '\0' && *a == *b) {
    a++;
    b++;
  }
  return *a == *b;
}

const stm32rt_model *
stm32rt_next_model(const stm32rt_model *const **position,
                   const stm32rt_model *const *end) {
  /* A linker may leave gaps between the entries of a section. */
  while (*position != end) {
    const stm32rt_model *model = *(*position)++;
    if (model != NULL)
      return model;
  }
  return NULL;
}

const stm32rt_model *stm32rt_find_model(const stm32rt_model *const *first,
                                        size_t count, const char *name) {
  if (first == NULL || name == NULL)
    return NULL;
  const stm32rt_model *const *end = first + count;
  const stm32rt_model *model;
  do
    model = stm32rt_next_model(&first, end);
  while (model != NULL && !same_text(model->name, name));
  return model;
}
