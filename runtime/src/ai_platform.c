/*===-- ai_platform.c - The ai_<name>_* functions over the runtime ----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * A handle is looked up among the instances of its family before it is used,
 * so a stale or foreign one is an error and never followed.
 */
#include "ai_platform.h"

#include <string.h>

/*===-- Errors and handles --------------------------------------------------===
 */

static ai_error make_error(ai_error_type type, ai_error_code code) {
  ai_error error;
  error.type = (unsigned int)type & 0xffu;
  error.code = (unsigned int)code & 0xffffffu;
  return error;
}

/* Only the first error counts: later ones follow from it. */
static void set_error(ai_platform_network *network, ai_error_type type,
                      ai_error_code code) {
  if (network->error.type == AI_ERROR_NONE)
    network->error = make_error(type, code);
}

static ai_platform_network *find_network(const ai_platform_family *family,
                                         ai_handle handle) {
  for (ai_u16 i = 0; i < family->instance_count; i++) {
    ai_platform_network *network = &family->instances[i];
    if (handle == (ai_handle)network)
      return network->family == family ? network : NULL;
  }
  return NULL;
}

/* The observer functions know no family; an instance in use names its own. */
static ai_platform_network *find_any_network(ai_handle handle) {
  if (handle == AI_HANDLE_NULL)
    return NULL;
  const ai_platform_network *network = (const ai_platform_network *)handle;
  return network->family == NULL ? NULL : find_network(network->family, handle);
}

static int is_initialised(const ai_platform_network *network) {
  return network->context.model != NULL;
}

/* 1 for the result of a function that runs or resets the network. */
static ai_bool is_done(ai_platform_network *network, stm32rt_status status) {
  if (status == STM32RT_OK)
    return 1;
  set_error(network, AI_ERROR_INVALID_STATE,
            status == STM32RT_ERROR_BUSY ? AI_ERROR_CODE_IN_USE
                                         : AI_ERROR_CODE_NETWORK);
  return 0;
}

/* Nothing of a running network may be changed; fails if it runs. */
static int is_idle(ai_platform_network *network) {
  if (network->context.running == 0)
    return 1;
  set_error(network, AI_ERROR_INVALID_STATE, AI_ERROR_CODE_IN_USE);
  return 0;
}

/*===-- Buffers -------------------------------------------------------------===
 */

/* Inputs, then outputs, of this instance. */
static ai_buffer *network_buffers(const ai_platform_network *network) {
  const ai_platform_family *family = network->family;
  const size_t count =
      (size_t)family->model->input_count + (size_t)family->model->output_count;
  return family->buffers + (size_t)(network - family->instances) * count;
}

/* Input `index` comes row by row, so that it has no place of its own. */
static int is_streamed(const stm32rt_model *model, ai_u16 index) {
  return model->stream != NULL && index == 0;
}

/* Describes inputs and outputs; their data are in the pools once bound. */
static void reset_buffers(const ai_platform_network *network) {
  const stm32rt_model *model = network->family->model;
  const stm32rt_context *context =
      is_initialised(network) ? &network->context : NULL;
  ai_buffer *buffer = network_buffers(network);
  for (ai_u16 i = 0; i < model->input_count; i++)
    *buffer++ = ai_platform_tensor_buffer(
        &model->tensors[model->inputs[i]],
        context != NULL && !is_streamed(model, i) ? stm32rt_input(context, i)
                                                  : NULL);
  for (ai_u16 i = 0; i < model->output_count; i++)
    *buffer++ = ai_platform_tensor_buffer(
        &model->tensors[model->outputs[i]],
        context != NULL ? stm32rt_output(context, i) : NULL);
}

/*===-- Observer ------------------------------------------------------------===
 */

/* Equal kinds have equal numbers. */
static ai_u16 kind_number(const char *kind) {
  ai_u32 hash = 2166136261u; /* FNV-1a */
  for (; *kind != '\0'; kind++)
    hash = (hash ^ (ai_u8)*kind) * 16777619u;
  return (ai_u16)(hash ^ (hash >> 16));
}

static void describe_node(const stm32rt_model *model, ai_u32 index,
                          ai_observer_node *node) {
  node->c_idx = (ai_u16)index;
  node->type = kind_number(model->operators[index].kind);
  node->id = model->operators[index].output;
  node->op = &model->operators[index];
}

/* Steps of a run that an observer sees: rows that come are none. */
static ai_u32 count_steps(const stm32rt_model *model) {
  if (model->step_count == 0)
    return model->operator_count;
  ai_u32 count = 0;
  for (ai_u32 i = 0; i < model->step_count; i++)
    count += model->steps[i].operator_index != STM32RT_RECEIVE;
  return count;
}

static void observe(const struct stm32rt_context *context,
                    uint32_t operator_index, int post, void *user) {
  ai_platform_network *network = (ai_platform_network *)user;
  const stm32rt_model *model = context->model;
  ai_u32 event = post ? AI_OBSERVER_POST_EVT : AI_OBSERVER_PRE_EVT;
  if (!post)
    network->observed++;
  const ai_u32 step = network->observed;
  const ai_u32 last = count_steps(model);
  if (post && step == last)
    network->observed = 0;
  if ((network->observer_flags & event) == 0)
    return;
  if (step == 1)
    event |= AI_OBSERVER_FIRST_EVT;
  if (step == last)
    event |= AI_OBSERVER_LAST_EVT;
  ai_observer_node node;
  describe_node(model, operator_index, &node);
  (void)network->observer(network->observer_cookie, event, &node);
}

/* An observer may come before or after `_init`. */
static void attach_observer(ai_platform_network *network) {
  network->observed = 0;
  if (is_initialised(network))
    (void)!stm32rt_set_observer(
        &network->context, network->observer != NULL ? observe : NULL, network);
}

ai_bool ai_platform_observer_register(ai_handle handle,
                                      ai_observer_node_cb callback,
                                      ai_handle cookie, ai_u32 flags) {
  ai_platform_network *network = find_any_network(handle);
  if (network == NULL)
    return 0;
  if (callback == NULL) {
    set_error(network, AI_ERROR_INVALID_PARAM, AI_ERROR_CODE_INVALID_PTR);
    return 0;
  }
  if (!is_idle(network))
    return 0;
  network->observer = callback;
  network->observer_cookie = cookie;
  network->observer_flags = flags;
  attach_observer(network);
  return 1;
}

ai_bool ai_platform_copier_set(ai_handle handle, const stm32rt_copier *copier) {
  ai_platform_network *network = find_any_network(handle);
  if (network == NULL)
    return 0;
  const stm32rt_status status = stm32rt_set_copier(&network->context, copier);
  if (status == STM32RT_ERROR_ARGUMENT) {
    set_error(network, AI_ERROR_INVALID_PARAM, AI_ERROR_CODE_INVALID_PTR);
    return 0;
  }
  return is_done(network, status);
}

ai_bool ai_platform_observer_unregister(ai_handle handle,
                                        ai_observer_node_cb callback,
                                        ai_handle cookie) {
  ai_platform_network *network = find_any_network(handle);
  if (network == NULL)
    return 0;
  if (callback == NULL || network->observer != callback ||
      network->observer_cookie != cookie) {
    set_error(network, AI_ERROR_INVALID_PARAM, AI_ERROR_CODE_NETWORK);
    return 0;
  }
  network->observer = NULL;
  network->observer_cookie = AI_HANDLE_NULL;
  network->observer_flags = AI_OBSERVER_NONE_EVT;
  attach_observer(network);
  return 1;
}

ai_bool ai_platform_observer_node_info(ai_handle handle,
                                       ai_observer_node *node) {
  ai_platform_network *network = find_any_network(handle);
  if (network == NULL)
    return 0;
  const stm32rt_model *model = network->family->model;
  if (node == NULL || node->c_idx >= model->operator_count) {
    set_error(network, AI_ERROR_INVALID_PARAM, AI_ERROR_CODE_OUT_OF_RANGE);
    return 0;
  }
  describe_node(model, node->c_idx, node);
  return 1;
}

/*===-- Creating ------------------------------------------------------------===
 */

ai_error ai_platform_create(const ai_platform_family *family, ai_handle *handle,
                            const ai_buffer *config) {
  (void)config;
  if (handle == NULL)
    return make_error(AI_ERROR_INVALID_HANDLE, AI_ERROR_CODE_INVALID_PTR);
  *handle = AI_HANDLE_NULL;
  for (ai_u16 i = 0; i < family->instance_count; i++) {
    ai_platform_network *network = &family->instances[i];
    if (network->family != NULL)
      continue;
    memset(network, 0, sizeof *network);
    network->family = family;
    reset_buffers(network);
    *handle = (ai_handle)network;
    return make_error(AI_ERROR_NONE, AI_ERROR_CODE_NONE);
  }
  return make_error(AI_ERROR_ALLOCATION_FAILED, AI_ERROR_CODE_NETWORK);
}

static void set_create_error(ai_platform_network *network,
                             stm32rt_status status) {
  switch (status) {
  case STM32RT_ERROR_VERSION:
    set_error(network, AI_ERROR_TOOL_PLATFORM_API_MISMATCH,
              AI_ERROR_CODE_NETWORK);
    break;
  case STM32RT_ERROR_POOL_COUNT:
  case STM32RT_ERROR_POOL_SIZE:
    set_error(network, AI_ERROR_INIT_FAILED, AI_ERROR_CODE_INVALID_SIZE);
    break;
  case STM32RT_ERROR_ARGUMENT:
  case STM32RT_ERROR_POOL_ALIGNMENT:
    set_error(network, AI_ERROR_INIT_FAILED, AI_ERROR_CODE_NETWORK_ACTIVATIONS);
    break;
  case STM32RT_ERROR_ACCELERATOR:
    set_error(network, AI_ERROR_INIT_FAILED, AI_ERROR_CODE_NETWORK);
    break;
  default: /* nothing that create says */
    break;
  }
}

static ai_bool init_network(ai_platform_network *network,
                            const ai_network_params *params) {
  const stm32rt_model *model = network->family->model;
  const void *weights =
      params->map_weights.size != 0 ? params->map_weights.buffer[0].data : NULL;
  const uintptr_t alignment = model->weights_alignment;
  if (alignment != 0 && ((uintptr_t)weights & (alignment - 1u)) != 0) {
    set_error(network, AI_ERROR_INIT_FAILED, AI_ERROR_CODE_NETWORK_WEIGHTS);
    return 0;
  }

  stm32rt_memory pools[STM32RT_MAX_POOLS];
  const ai_u16 count = params->map_activations.size;
  if (count > STM32RT_MAX_POOLS) {
    set_error(network, AI_ERROR_INIT_FAILED, AI_ERROR_CODE_INVALID_SIZE);
    return 0;
  }
  for (ai_u16 i = 0; i < count; i++) {
    pools[i].address = params->map_activations.buffer[i].data;
    pools[i].size = params->map_activations.buffer[i].size;
  }

  const stm32rt_status status =
      stm32rt_create(&network->context, model, pools, count, weights);
  /* Nothing is bound after a failure: the buffers must not point there. */
  reset_buffers(network);
  if (status != STM32RT_OK) {
    set_create_error(network, status);
    return 0;
  }
  attach_observer(network);
  return 1;
}

ai_bool ai_platform_init(const ai_platform_family *family, ai_handle handle,
                         const ai_network_params *params) {
  ai_platform_network *network = find_network(family, handle);
  if (network == NULL)
    return 0;
  if (params == NULL) {
    set_error(network, AI_ERROR_INIT_FAILED, AI_ERROR_CODE_NETWORK_PARAMS);
    return 0;
  }
  if (!is_idle(network))
    return 0;
  return init_network(network, params);
}

ai_error ai_platform_create_and_init(const ai_platform_family *family,
                                     ai_handle *handle,
                                     const ai_handle activations[],
                                     const ai_handle weights[]) {
  ai_error error = ai_platform_create(family, handle, NULL);
  if (error.type != AI_ERROR_NONE)
    return error;

  ai_network_params params;
  (void)ai_platform_params_get(family, &params);
  if (activations != NULL) {
    for (ai_u16 i = 0; i < params.map_activations.size; i++)
      params.map_activations.buffer[i].data = activations[i];
  }
  if (weights != NULL && params.map_weights.size != 0)
    params.map_weights.buffer[0].data = weights[0];

  if (!ai_platform_init(family, *handle, &params)) {
    error = ai_platform_get_error(family, *handle);
    /* No handle goes out, so the instance must not stay taken. */
    *handle = ai_platform_destroy(family, *handle);
  }
  return error;
}

ai_bool ai_platform_reset(const ai_platform_family *family, ai_handle handle) {
  ai_platform_network *network = find_network(family, handle);
  if (network == NULL)
    return 0;
  return is_done(network, stm32rt_reset(&network->context));
}

ai_handle ai_platform_destroy(const ai_platform_family *family,
                              ai_handle handle) {
  ai_platform_network *network = find_network(family, handle);
  if (network == NULL || !is_idle(network))
    return handle;
  memset(network, 0, sizeof *network);
  return AI_HANDLE_NULL;
}

/*===-- Asking --------------------------------------------------------------===
 */

ai_error ai_platform_get_error(const ai_platform_family *family,
                               ai_handle handle) {
  ai_platform_network *network = find_network(family, handle);
  if (network == NULL)
    return make_error(AI_ERROR_INVALID_HANDLE, AI_ERROR_CODE_NETWORK);
  const ai_error error = network->error;
  network->error = make_error(AI_ERROR_NONE, AI_ERROR_CODE_NONE);
  return error;
}

ai_bool ai_platform_get_report(const ai_platform_family *family,
                               ai_handle handle, ai_network_report *report) {
  ai_platform_network *network = find_network(family, handle);
  if (network == NULL)
    return 0;
  if (report == NULL) {
    set_error(network, AI_ERROR_INVALID_PARAM, AI_ERROR_CODE_INVALID_PTR);
    return 0;
  }
  const stm32rt_model *model = family->model;
  ai_platform_describe(family, report);
  report->inputs = network_buffers(network);
  report->outputs = report->inputs + model->input_count;
  if (is_initialised(network)) {
    for (ai_u16 i = 0; i < model->pool_count; i++)
      report->map_activations.buffer[i].data = network->context.pools[i];
  }
  return 1;
}

static ai_buffer *get_buffers(const ai_platform_family *family,
                              ai_handle handle, ai_u16 first, ai_u16 number,
                              ai_u16 *count) {
  const ai_platform_network *network = find_network(family, handle);
  if (count != NULL)
    *count = network != NULL ? number : 0;
  return network != NULL ? network_buffers(network) + first : NULL;
}

ai_buffer *ai_platform_inputs_get(const ai_platform_family *family,
                                  ai_handle handle, ai_u16 *count) {
  return get_buffers(family, handle, 0, family->model->input_count, count);
}

ai_buffer *ai_platform_outputs_get(const ai_platform_family *family,
                                   ai_handle handle, ai_u16 *count) {
  return get_buffers(family, handle, family->model->input_count,
                     family->model->output_count, count);
}

/*===-- Running -------------------------------------------------------------===
 */

/* Checks the user's buffers against those of the model. */
static int check_buffers(ai_platform_network *network, ai_error_type type,
                         const ai_buffer *user, const ai_buffer *own,
                         ai_u16 count) {
  if (user == NULL && count != 0) {
    set_error(network, type, AI_ERROR_CODE_INVALID_PTR);
    return 0;
  }
  for (ai_u16 i = 0; i < count; i++) {
    if (user[i].data == NULL) {
      set_error(network, type, AI_ERROR_CODE_INVALID_PTR);
      return 0;
    }
    if (user[i].size != own[i].size) {
      set_error(network, type, AI_ERROR_CODE_INVALID_SIZE);
      return 0;
    }
  }
  return 1;
}

/* The buffers of one run; `outputs` is NULL for `_forward`. */
typedef struct run_buffers {
  const ai_buffer *inputs;
  const ai_buffer *outputs;
} run_buffers;

static void *locate_data(void *user, int is_output, uint32_t index) {
  const run_buffers *buffers = (const run_buffers *)user;
  if (!is_output)
    return buffers->inputs[index].data;
  return buffers->outputs != NULL ? buffers->outputs[index].data : NULL;
}

static ai_i32 run(const ai_platform_family *family, ai_handle handle,
                  const ai_buffer *inputs, const ai_buffer *outputs,
                  int with_outputs) {
  ai_platform_network *network = find_network(family, handle);
  if (network == NULL)
    return 0;
  if (!is_initialised(network)) {
    set_error(network, AI_ERROR_INVALID_STATE, AI_ERROR_CODE_NETWORK);
    return 0;
  }
  const stm32rt_model *model = family->model;
  const ai_buffer *own = network_buffers(network);
  if (!check_buffers(network, AI_ERROR_INVALID_INPUT, inputs, own,
                     model->input_count))
    return 0;
  if (with_outputs &&
      !check_buffers(network, AI_ERROR_INVALID_OUTPUT, outputs,
                     own + model->input_count, model->output_count))
    return 0;
  run_buffers buffers = {inputs, outputs};
  return is_done(network,
                 stm32rt_run_with(&network->context, locate_data, &buffers));
}

ai_i32 ai_platform_run(const ai_platform_family *family, ai_handle handle,
                       const ai_buffer *inputs, ai_buffer *outputs) {
  return run(family, handle, inputs, outputs, 1);
}

ai_i32 ai_platform_forward(const ai_platform_family *family, ai_handle handle,
                           const ai_buffer *inputs) {
  return run(family, handle, inputs, NULL, 0);
}
