/*===-- stai_errors.c - Each wrong use has its return code -----------------
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "app.h"
#include "network.h"
#include "network_vectors.h"

#include <string.h>

STAI_NETWORK_CONTEXT_DECLARE(context, STAI_NETWORK_CONTEXT_SIZE)
STAI_NETWORK_CONTEXT_DECLARE(fresh, STAI_NETWORK_CONTEXT_SIZE)
STAI_ALIGNED(32) static uint8_t pool[STAI_NETWORK_ACTIVATION_1_SIZE_BYTES + 1];

#define HANDLE STAI_ERROR_NETWORK_INVALID_CONTEXT_HANDLE
#define ALIGNMENT STAI_ERROR_NETWORK_INVALID_CONTEXT_ALIGNMENT
#define ARGUMENTS STAI_ERROR_NETWORK_INVALID_API_ARGUMENTS

/* All functions with a context that is none. */
static void check_handle(stai_network *none, stai_return_code code) {
  const stai_ptr list[] = {pool};
  stai_ptr got[1];
  stai_size count;
  stai_network_info info;
  CHECK(stai_network_deinit(none) == code);
  CHECK(stai_network_run(none, STAI_MODE_SYNC) == code);
  CHECK(stai_network_get_info(none, &info) == code);
  CHECK(stai_network_get_error(none) == code);
  CHECK(stai_network_set_callback(none, NULL, NULL) == code);
  CHECK(stai_network_get_activations(none, got, &count) == code);
  CHECK(stai_network_set_activations(none, list, 1) == code);
  CHECK(stai_network_get_weights(none, got, &count) == code);
  CHECK(stai_network_set_weights(none, list, 1) == code);
  CHECK(stai_network_get_states(none, got, &count) == code);
  CHECK(stai_network_set_states(none, NULL, 0) == code);
  CHECK(stai_network_get_inputs(none, got, &count) == code);
  CHECK(stai_network_set_inputs(none, list, 1) == code);
  CHECK(stai_network_get_outputs(none, got, &count) == code);
  CHECK(stai_network_set_outputs(none, list, 1) == code);
}

static void check_lists(void) {
  const stai_ptr none[] = {NULL, NULL}, odd[] = {pool + 1, pool + 1};
  stai_ptr got[1];
  stai_size count = 77;
  CHECK(stai_network_get_activations(context, NULL, NULL) == ARGUMENTS);
  CHECK(stai_network_get_weights(context, got, NULL) == ARGUMENTS);
  CHECK(stai_network_get_states(context, got, NULL) == ARGUMENTS);
  CHECK(stai_network_get_inputs(context, got, NULL) == ARGUMENTS);
  CHECK(stai_network_get_outputs(context, got, NULL) == ARGUMENTS);
  /* Only the number is asked for. */
  CHECK(stai_network_get_activations(context, NULL, &count) == STAI_SUCCESS);
  CHECK(count == 1);
  CHECK(stai_network_get_states(context, NULL, &count) == STAI_SUCCESS);
  CHECK(count == 0);
  CHECK(stai_network_get_weights(context, NULL, &count) == STAI_SUCCESS);
  CHECK(count == 1);
  CHECK(stai_network_get_inputs(context, NULL, &count) == STAI_SUCCESS);
  CHECK(count == 1);
  CHECK(stai_network_get_outputs(context, NULL, &count) == STAI_SUCCESS);
  CHECK(count == 1);
  /* Nothing is bound yet. */
  CHECK(stai_network_get_inputs(context, got, &count) == STAI_SUCCESS);
  CHECK(got[0] == NULL);
  CHECK(stai_network_get_activations(context, got, &count) == STAI_SUCCESS);
  CHECK(got[0] == NULL);

  CHECK(stai_network_set_activations(context, NULL, 1) == ARGUMENTS);
  CHECK(stai_network_set_activations(context, none, 0) ==
        STAI_ERROR_NETWORK_INVALID_ACTIVATIONS_NUM);
  CHECK(stai_network_set_activations(context, none, 2) ==
        STAI_ERROR_NETWORK_INVALID_ACTIVATIONS_NUM);
  CHECK(stai_network_set_activations(context, none, 1) ==
        STAI_ERROR_NETWORK_INVALID_ACTIVATIONS_PTR);
  CHECK(stai_network_set_activations(context, odd, 1) ==
        STAI_ERROR_INVALID_BUFFER_ALIGNMENT);
  CHECK(stai_network_set_weights(context, NULL, 1) == ARGUMENTS);
  CHECK(stai_network_set_weights(context, none, 2) ==
        STAI_ERROR_NETWORK_INVALID_WEIGHTS_NUM);
  CHECK(stai_network_set_weights(context, none, 1) ==
        STAI_ERROR_NETWORK_INVALID_WEIGHTS_PTR);
  CHECK(stai_network_set_weights(context, odd, 1) ==
        STAI_ERROR_INVALID_BUFFER_ALIGNMENT);
  CHECK(stai_network_set_states(context, none, 1) ==
        STAI_ERROR_NETWORK_INVALID_STATES_NUM);
  CHECK(stai_network_set_states(context, NULL, 0) == STAI_SUCCESS);
  CHECK(stai_network_set_inputs(context, NULL, 1) == ARGUMENTS);
  CHECK(stai_network_set_inputs(context, none, 2) ==
        STAI_ERROR_NETWORK_INVALID_IN_NUM);
  CHECK(stai_network_set_inputs(context, none, 1) ==
        STAI_ERROR_NETWORK_INVALID_IN_PTR);
  CHECK(stai_network_set_outputs(context, NULL, 1) == ARGUMENTS);
  CHECK(stai_network_set_outputs(context, none, 0) ==
        STAI_ERROR_NETWORK_INVALID_OUT_NUM);
  CHECK(stai_network_set_outputs(context, none, 1) ==
        STAI_ERROR_NETWORK_INVALID_OUT_PTR);
}

static void check_runtime(void) {
  stai_runtime_info info;
  CHECK(stai_runtime_init() == STAI_SUCCESS);
  CHECK(stai_runtime_get_info(NULL) == ARGUMENTS);
  CHECK(stai_runtime_get_info(&info) == STAI_SUCCESS);
  CHECK(info.api_version.major == STAI_API_VERSION_MAJOR);
  CHECK(info.compiler_id == STAI_COMPILER_ID_GCC &&
        info.compiler_desc[0] != '\0');
  CHECK(stai_runtime_set_callback(NULL, NULL) == STAI_SUCCESS);
  CHECK(stai_runtime_deinit() == STAI_SUCCESS);
  CHECK(stai_init_format(STAI_FORMAT_TYPE_Q, 1, 8, 0) == STAI_FORMAT_S8);
  CHECK(stai_init_format(STAI_FORMAT_TYPE_Q, 0, 16, 15) == STAI_FORMAT_UQ15);
  CHECK(stai_init_format(STAI_FORMAT_TYPE_FLOAT, 1, 32, 0) ==
        STAI_FORMAT_FLOAT32);
  CHECK(STAI_FORMAT_GET_IBITS(STAI_FORMAT_Q7) == 0);
  CHECK(STAI_FORMAT_GET_FBITS(STAI_FORMAT_Q15) == 15);
  CHECK(strcmp(stai_get_return_code_name(STAI_SUCCESS), "SUCCESS") == 0);
  CHECK(strcmp(stai_get_return_code_name((stai_return_code)1), "unknown") == 0);
  CHECK(strcmp(stai_get_format_name(STAI_FORMAT_U8), "FORMAT_U8") == 0);
  CHECK(strcmp(stai_get_format_type_name(STAI_FORMAT_TYPE_Q),
               "FORMAT_TYPE_Q") == 0);
}

static void on_event(void *cb_cookie, const stai_event_type event_type,
                     const void *event_payload) {
  STAI_UNUSED(cb_cookie)
  STAI_UNUSED(event_type)
  STAI_UNUSED(event_payload)
}

int main(void) {
  const stai_ptr acts[] = {pool};
  check_runtime();
  CHECK(stai_runtime_set_callback(on_event, NULL) ==
        STAI_ERROR_NOT_IMPLEMENTED);
  CHECK(stai_network_init(NULL) == HANDLE);
  CHECK(stai_network_init(context + 1) == ALIGNMENT);
  check_handle(NULL, HANDLE);
  check_handle(context + 1, ALIGNMENT);
  check_handle(fresh, HANDLE);

  CHECK(stai_network_init(context) == STAI_SUCCESS);
  CHECK(stai_network_get_error(context) == STAI_SUCCESS);
  CHECK(stai_network_run(context, STAI_MODE_SYNC) ==
        STAI_ERROR_NETWORK_INVALID_ACTIVATIONS_PTR);
  CHECK(stai_network_get_info(context, NULL) ==
        STAI_ERROR_NETWORK_INVALID_INFO);
  check_lists();
  CHECK(stai_network_set_activations(context, acts, 1) == STAI_SUCCESS);
  CHECK(stai_network_run(context, STAI_MODE_ASYNC) ==
        STAI_ERROR_NOT_IMPLEMENTED);
  CHECK(stai_network_run(context, (stai_run_mode)3) == ARGUMENTS);
  CHECK(stai_network_run(context, STAI_MODE_SYNC) == STAI_SUCCESS);
  /* The first one stays. */
  CHECK(stai_network_get_error(context) ==
        STAI_ERROR_NETWORK_INVALID_ACTIVATIONS_PTR);
  CHECK(stai_network_deinit(context) == STAI_SUCCESS);
  check_handle(context, HANDLE);
  return app_result();
}
