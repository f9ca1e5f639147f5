/*===-- stm32rt_stai.c - The stai_<name>_* functions over the runtime ------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "stm32rt_stai.h"
#include "stai_events.h"

#include <string.h>

#define MAGIC 0x69617473u
#define MOST_BUFFERS 8u /* that an event shows */

/*===-- Contexts ------------------------------------------------------------===
 */

/* Only the first error counts: later ones follow from it. */
static stai_return_code set_error(stm32rt_stai_context *context,
                                  stai_return_code code) {
  if (context->error == STAI_SUCCESS)
    context->error = code;
  return code;
}

static stai_return_code check_address(const stai_network *network) {
  if (network == NULL)
    return STAI_ERROR_NETWORK_INVALID_CONTEXT_HANDLE;
  if (((uintptr_t)network & 7u) != 0)
    return STAI_ERROR_NETWORK_INVALID_CONTEXT_ALIGNMENT;
  return STAI_SUCCESS;
}

/* The context of `model` at that address, if there is one. */
static stai_return_code find_context(const stm32rt_stai_model *model,
                                     stai_network *network,
                                     stm32rt_stai_context **context) {
  const stai_return_code code = check_address(network);
  if (code != STAI_SUCCESS)
    return code;
  *context = (stm32rt_stai_context *)(void *)network;
  if ((*context)->magic != MAGIC || (*context)->model != model)
    return STAI_ERROR_NETWORK_INVALID_CONTEXT_HANDLE;
  return STAI_SUCCESS;
}

/* The same for what changes a context: not while it runs. */
static stai_return_code find_idle(const stm32rt_stai_model *model,
                                  stai_network *network,
                                  stm32rt_stai_context **context) {
  const stai_return_code code = find_context(model, network, context);
  if (code == STAI_SUCCESS && (*context)->core.running != 0)
    return set_error(*context, STAI_ERROR_NETWORK_STILL_RUNNING);
  return code;
}

static int is_bound(const stm32rt_stai_context *context) {
  return context->core.model != NULL;
}

/* Where the application has inputs, then outputs. */
static stai_ptr *get_places(stm32rt_stai_context *context) {
  return (stai_ptr *)(void *)(context + 1);
}

/*===-- Events --------------------------------------------------------------===
 */

static void observe(const stm32rt_context *core, uint32_t operator_index,
                    int post, void *user) {
  const stm32rt_stai_context *context = (const stm32rt_stai_context *)user;
  const stm32rt_operator *op = &core->model->operators[operator_index];
  stai_ptr buffers[MOST_BUFFERS];
  stai_size count = 0;
  for (; post != STM32RT_BEFORE && count < op->outputs && count < MOST_BUFFERS;
       count++)
    buffers[count] = (stai_ptr)stm32rt_tensor_data(core, op->output + count);
  const stai_event_node_start_stop event = {(int32_t)operator_index,
                                            {count, buffers}};
  context->callback(context->cookie,
                    post != STM32RT_BEFORE ? STAI_EVENT_NODE_STOP
                                           : STAI_EVENT_NODE_START,
                    &event);
}

/* A callback may come before or after the pools. */
static void attach_callback(stm32rt_stai_context *context) {
  if (is_bound(context))
    (void)!stm32rt_set_observer(
        &context->core, context->callback != NULL ? observe : NULL, context);
}

/*===-- Memory --------------------------------------------------------------===
 */

static int holds_states(const stm32rt_model *model, uint32_t pool) {
  for (uint32_t i = 0; i < model->state_count; i++)
    if (model->states[i].pool == pool)
      return 1;
  return 0;
}

/* The pools of a kind: activations (`states` 0) or states (1), and the codes.
 */
typedef struct kind {
  int states;
  stai_return_code bad_count, bad_pointer;
} kind;

static const kind activation_kind = {
    0, STAI_ERROR_NETWORK_INVALID_ACTIVATIONS_NUM,
    STAI_ERROR_NETWORK_INVALID_ACTIVATIONS_PTR};
static const kind state_kind = {1, STAI_ERROR_NETWORK_INVALID_STATES_NUM,
                                STAI_ERROR_NETWORK_INVALID_STATES_PTR};

/* Indices of the pools of a kind, in their order; how many there are. */
static stai_size list_pools(const stm32rt_model *model, int states,
                            uint32_t *indices) {
  stai_size count = 0;
  for (uint32_t i = 0; i < model->pool_count; i++)
    if (holds_states(model, i) == states)
      indices[count++] = i;
  return count;
}

/* The code for memory that is still missing. */
static stai_return_code find_missing(const stm32rt_stai_context *context) {
  const stm32rt_model *model = context->model->model;
  for (uint32_t i = 0; i < model->pool_count; i++)
    if (context->core.pools[i] == NULL && model->pools[i].size != 0)
      return holds_states(model, i) ? state_kind.bad_pointer
                                    : activation_kind.bad_pointer;
  if (context->core.weights == NULL && model->weights_size != 0)
    return STAI_ERROR_NETWORK_INVALID_WEIGHTS_PTR;
  return STAI_SUCCESS;
}

/* Creates the core's context once all memory is known. */
static stai_return_code bind(stm32rt_stai_context *context) {
  if (is_bound(context) || find_missing(context) != STAI_SUCCESS)
    return STAI_SUCCESS;
  const stm32rt_model *model = context->model->model;
  const uint8_t *weights = context->core.weights;
  stm32rt_memory pools[STM32RT_MAX_POOLS];
  for (uint32_t i = 0; i < model->pool_count; i++) {
    pools[i].address = context->core.pools[i];
    pools[i].size = model->pools[i].size;
  }
  /* The addresses have been checked: what is left is the version. */
  if (stm32rt_create(&context->core, model, pools, model->pool_count,
                     weights) != STM32RT_OK)
    return set_error(context, STAI_ERROR_NETWORK_INVALID_RUNTIME);
  attach_callback(context);
  return STAI_SUCCESS;
}

static int is_misaligned(const uint8_t *address, uint32_t alignment) {
  return alignment != 0 && ((uintptr_t)address & (alignment - 1u)) != 0;
}

/* Checks all addresses before it takes one. */
static stai_return_code set_pools(stm32rt_stai_context *context,
                                  const kind *which, const stai_ptr *addresses,
                                  stai_size count) {
  const stm32rt_model *model = context->model->model;
  uint32_t pools[STM32RT_MAX_POOLS];
  const stai_size wanted = list_pools(model, which->states, pools);
  if (addresses == NULL && wanted != 0)
    return set_error(context, STAI_ERROR_NETWORK_INVALID_API_ARGUMENTS);
  if (count != wanted)
    return set_error(context, which->bad_count);
  for (stai_size i = 0; i < count; i++) {
    if (addresses[i] == NULL)
      return set_error(context, which->bad_pointer);
    if (is_misaligned(addresses[i], model->pools[pools[i]].alignment))
      return set_error(context, STAI_ERROR_INVALID_BUFFER_ALIGNMENT);
  }
  for (stai_size i = 0; i < count; i++)
    context->core.pools[pools[i]] = addresses[i];
  return bind(context);
}

static stai_return_code get_pools(stm32rt_stai_context *context, int states,
                                  stai_ptr *addresses, stai_size *count) {
  uint32_t pools[STM32RT_MAX_POOLS];
  if (count == NULL)
    return set_error(context, STAI_ERROR_NETWORK_INVALID_API_ARGUMENTS);
  *count = list_pools(context->model->model, states, pools);
  for (stai_size i = 0; addresses != NULL && i < *count; i++)
    addresses[i] = context->core.pools[pools[i]];
  return STAI_SUCCESS;
}

stai_return_code stm32rt_stai_set_activations(const stm32rt_stai_model *model,
                                              stai_network *network,
                                              const stai_ptr *activations,
                                              stai_size count) {
  stm32rt_stai_context *context;
  stai_return_code code = find_idle(model, network, &context);
  if (code != STAI_SUCCESS)
    return code;
  code = set_pools(context, &activation_kind, activations, count);
  /* Inputs and outputs are in the new ones, until they are set again. */
  if (code == STAI_SUCCESS)
    memset(
        get_places(context), 0,
        STM32RT_STAI_CONTEXT_SIZE(model->info.n_inputs, model->info.n_outputs) -
            sizeof *context);
  return code;
}

stai_return_code stm32rt_stai_get_activations(const stm32rt_stai_model *model,
                                              stai_network *network,
                                              stai_ptr *activations,
                                              stai_size *count) {
  stm32rt_stai_context *context;
  const stai_return_code code = find_context(model, network, &context);
  return code != STAI_SUCCESS ? code
                              : get_pools(context, 0, activations, count);
}

stai_return_code stm32rt_stai_set_states(const stm32rt_stai_model *model,
                                         stai_network *network,
                                         const stai_ptr *states,
                                         stai_size count) {
  stm32rt_stai_context *context;
  stai_return_code code = find_idle(model, network, &context);
  if (code != STAI_SUCCESS)
    return code;
  code = set_pools(context, &state_kind, states, count);
  if (code == STAI_SUCCESS && is_bound(context) &&
      stm32rt_reset(&context->core) != STM32RT_OK)
    return set_error(context, STAI_ERROR_NETWORK_STILL_RUNNING);
  return code;
}

stai_return_code stm32rt_stai_get_states(const stm32rt_stai_model *model,
                                         stai_network *network,
                                         stai_ptr *states, stai_size *count) {
  stm32rt_stai_context *context;
  const stai_return_code code = find_context(model, network, &context);
  return code != STAI_SUCCESS ? code : get_pools(context, 1, states, count);
}

stai_return_code stm32rt_stai_set_weights(const stm32rt_stai_model *model,
                                          stai_network *network,
                                          const stai_ptr *weights,
                                          stai_size count) {
  stm32rt_stai_context *context;
  const stai_return_code code = find_idle(model, network, &context);
  if (code != STAI_SUCCESS)
    return code;
  if (weights == NULL && model->info.n_weights != 0)
    return set_error(context, STAI_ERROR_NETWORK_INVALID_API_ARGUMENTS);
  if (count != model->info.n_weights)
    return set_error(context, STAI_ERROR_NETWORK_INVALID_WEIGHTS_NUM);
  if (count == 0)
    return STAI_SUCCESS;
  if (weights[0] == NULL)
    return set_error(context, STAI_ERROR_NETWORK_INVALID_WEIGHTS_PTR);
  if (is_misaligned(weights[0], model->model->weights_alignment))
    return set_error(context, STAI_ERROR_INVALID_BUFFER_ALIGNMENT);
  context->core.weights = weights[0];
  return bind(context);
}

stai_return_code stm32rt_stai_get_weights(const stm32rt_stai_model *model,
                                          stai_network *network,
                                          stai_ptr *weights, stai_size *count) {
  stm32rt_stai_context *context;
  const stai_return_code code = find_context(model, network, &context);
  if (code != STAI_SUCCESS)
    return code;
  if (count == NULL)
    return set_error(context, STAI_ERROR_NETWORK_INVALID_API_ARGUMENTS);
  *count = model->info.n_weights;
  /* The API wants a pointer that may be written through; nothing does. */
  if (weights != NULL && *count != 0)
    weights[0] = (stai_ptr)(uintptr_t)context->core.weights;
  return STAI_SUCCESS;
}

/*===-- Inputs and outputs --------------------------------------------------===
 */

static int is_streamed(const stm32rt_model *model, int is_output,
                       stai_size index) {
  return model->stream != NULL && !is_output && index == 0;
}

static stai_return_code get_data(const stm32rt_stai_model *model,
                                 stai_network *network, int is_output,
                                 stai_ptr *addresses, stai_size *count) {
  stm32rt_stai_context *context;
  const stai_return_code code = find_context(model, network, &context);
  if (code != STAI_SUCCESS)
    return code;
  if (count == NULL)
    return set_error(context, STAI_ERROR_NETWORK_INVALID_API_ARGUMENTS);
  const stm32rt_model *m = model->model;
  const stai_ptr *places =
      get_places(context) + (is_output ? m->input_count : 0);
  *count = is_output ? m->output_count : m->input_count;
  for (stai_size i = 0; addresses != NULL && i < *count; i++) {
    addresses[i] = places[i];
    if (addresses[i] == NULL && is_bound(context) &&
        !is_streamed(m, is_output, i))
      addresses[i] = (stai_ptr)(is_output ? stm32rt_output(&context->core, i)
                                          : stm32rt_input(&context->core, i));
  }
  return STAI_SUCCESS;
}

static stai_return_code set_data(const stm32rt_stai_model *model,
                                 stai_network *network, int is_output,
                                 const stai_ptr *addresses, stai_size count) {
  stm32rt_stai_context *context;
  const stai_return_code code = find_idle(model, network, &context);
  if (code != STAI_SUCCESS)
    return code;
  const stm32rt_model *m = model->model;
  const stai_size wanted = is_output ? m->output_count : m->input_count;
  if (addresses == NULL && wanted != 0)
    return set_error(context, STAI_ERROR_NETWORK_INVALID_API_ARGUMENTS);
  if (count != wanted)
    return set_error(context, is_output ? STAI_ERROR_NETWORK_INVALID_OUT_NUM
                                        : STAI_ERROR_NETWORK_INVALID_IN_NUM);
  for (stai_size i = 0; i < count; i++)
    if (addresses[i] == NULL)
      return set_error(context, is_output ? STAI_ERROR_NETWORK_INVALID_OUT_PTR
                                          : STAI_ERROR_NETWORK_INVALID_IN_PTR);
  stai_ptr *places = get_places(context) + (is_output ? m->input_count : 0);
  for (stai_size i = 0; i < count; i++)
    places[i] = addresses[i];
  return STAI_SUCCESS;
}

stai_return_code stm32rt_stai_get_inputs(const stm32rt_stai_model *model,
                                         stai_network *network,
                                         stai_ptr *inputs, stai_size *count) {
  return get_data(model, network, 0, inputs, count);
}

stai_return_code stm32rt_stai_set_inputs(const stm32rt_stai_model *model,
                                         stai_network *network,
                                         const stai_ptr *inputs,
                                         stai_size count) {
  return set_data(model, network, 0, inputs, count);
}

stai_return_code stm32rt_stai_get_outputs(const stm32rt_stai_model *model,
                                          stai_network *network,
                                          stai_ptr *outputs, stai_size *count) {
  return get_data(model, network, 1, outputs, count);
}

stai_return_code stm32rt_stai_set_outputs(const stm32rt_stai_model *model,
                                          stai_network *network,
                                          const stai_ptr *outputs,
                                          stai_size count) {
  return set_data(model, network, 1, outputs, count);
}

/*===-- Life and runs -------------------------------------------------------===
 */

stai_return_code stm32rt_stai_init(const stm32rt_stai_model *model,
                                   stai_network *network) {
  stai_return_code code = check_address(network);
  if (code != STAI_SUCCESS)
    return code;
  stm32rt_stai_context *context;
  if (find_idle(model, network, &context) == STAI_ERROR_NETWORK_STILL_RUNNING)
    return STAI_ERROR_NETWORK_STILL_RUNNING;
  context = (stm32rt_stai_context *)(void *)network;
  memset(
      context, 0,
      STM32RT_STAI_CONTEXT_SIZE(model->info.n_inputs, model->info.n_outputs));
  context->magic = MAGIC;
  context->model = model;
  context->core.weights = (const uint8_t *)model->model->weights;
  for (uint32_t i = 0; i < model->model->pool_count; i++)
    context->core.pools[i] = (uint8_t *)model->activations[i];
  return bind(context);
}

stai_return_code stm32rt_stai_deinit(const stm32rt_stai_model *model,
                                     stai_network *network) {
  stm32rt_stai_context *context;
  const stai_return_code code = find_idle(model, network, &context);
  if (code == STAI_SUCCESS)
    context->magic = 0;
  return code;
}

static void *locate(void *user, int is_output, uint32_t index) {
  stm32rt_stai_context *context = (stm32rt_stai_context *)user;
  return get_places(
      context)[(is_output ? context->core.model->input_count : 0u) + index];
}

stai_return_code stm32rt_stai_run(const stm32rt_stai_model *model,
                                  stai_network *network, stai_run_mode mode) {
  stm32rt_stai_context *context;
  const stai_return_code code = find_context(model, network, &context);
  if (code != STAI_SUCCESS)
    return code;
  if (mode == STAI_MODE_ASYNC)
    return set_error(context, STAI_ERROR_NOT_IMPLEMENTED);
  if (mode != STAI_MODE_SYNC)
    return set_error(context, STAI_ERROR_NETWORK_INVALID_API_ARGUMENTS);
  const stai_return_code missing = find_missing(context);
  if (missing != STAI_SUCCESS)
    return set_error(context, missing);
  if (is_streamed(model->model, 0, 0) && get_places(context)[0] == NULL)
    return set_error(context, STAI_ERROR_NETWORK_INVALID_IN_PTR);
  switch (stm32rt_run_with(&context->core, locate, context)) {
  case STM32RT_OK:
    return STAI_SUCCESS;
  case STM32RT_ERROR_BUSY:
    return set_error(context, STAI_ERROR_NETWORK_STILL_RUNNING);
  default:
    return set_error(context, STAI_ERROR_NETWORK_INVALID_RUN);
  }
}

stai_return_code stm32rt_stai_get_info(const stm32rt_stai_model *model,
                                       stai_network *network,
                                       stai_network_info *info) {
  stm32rt_stai_context *context;
  const stai_return_code code = find_context(model, network, &context);
  if (code != STAI_SUCCESS)
    return code;
  if (info == NULL)
    return set_error(context, STAI_ERROR_NETWORK_INVALID_INFO);
  *info = model->info;
  return STAI_SUCCESS;
}

stai_return_code stm32rt_stai_get_error(const stm32rt_stai_model *model,
                                        stai_network *network) {
  stm32rt_stai_context *context;
  const stai_return_code code = find_context(model, network, &context);
  return code != STAI_SUCCESS ? code : context->error;
}

stai_return_code stm32rt_stai_set_callback(const stm32rt_stai_model *model,
                                           stai_network *network,
                                           stai_event_cb callback,
                                           void *cookie) {
  stm32rt_stai_context *context;
  const stai_return_code code = find_idle(model, network, &context);
  if (code != STAI_SUCCESS)
    return code;
  context->callback = callback;
  context->cookie = cookie;
  attach_callback(context);
  return STAI_SUCCESS;
}
