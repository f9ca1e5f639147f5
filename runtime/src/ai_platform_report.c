/*===-- ai_platform_report.c - What is known of a model without a run -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "ai_platform.h"

#include <string.h>

ai_bool ai_platform_params_get(const ai_platform_family *family,
                               ai_network_params *params) {
  const stm32rt_model *model = family->model;
  if (params == NULL)
    return 0;
  memset(params, 0, sizeof *params);
  params->map_activations.size = model->pool_count;
  for (ai_u16 i = 0; i < model->pool_count; i++)
    params->map_activations.buffer[i] =
        ai_platform_memory_buffer(model->pools[i].size,
                                  family->activations[i]);
  params->map_weights.size = model->weights_size != 0 ? 1 : 0;
  params->map_weights.buffer[0] =
      ai_platform_memory_buffer(model->weights_size, AI_HANDLE_NULL);
  return 1;
}

/* "1.22.333" */
static ai_platform_version parse_version(const char *text) {
  ai_u8 parts[3] = {0, 0, 0};
  for (int i = 0; *text != '\0' && i < 3; text++) {
    if (*text >= '0' && *text <= '9')
      parts[i] = (ai_u8)(parts[i] * 10 + (*text - '0'));
    else
      i++;
  }
  const ai_platform_version version = {parts[0], parts[1], parts[2], 0};
  return version;
}

/* Value of the first eight hexadecimal digits. */
static ai_signature parse_signature(const char *text) {
  ai_signature value = 0;
  for (int i = 0; i < 8 && text[i] != '\0'; i++) {
    const char c = text[i];
    const int digit = c >= 'a' ? c - 'a' + 10 : c - '0';
    value = (value << 4) | ((ai_u32)digit & 0xfu);
  }
  return value;
}

const char *ai_platform_runtime_get_revision(void) { return ""; }

ai_platform_version ai_platform_runtime_get_version(void) {
  const ai_platform_version version = {STM32RT_ABI_VERSION, 0, 0, 0};
  return version;
}

ai_platform_version ai_platform_api_get_version(void) {
  const ai_platform_version version = {
      AI_PLATFORM_API_MAJOR, AI_PLATFORM_API_MINOR, AI_PLATFORM_API_MICRO, 0};
  return version;
}

ai_platform_version ai_platform_interface_api_get_version(void) {
  return ai_platform_api_get_version();
}

void ai_platform_describe(const ai_platform_family *family,
                          ai_network_report *report) {
  const stm32rt_model *model = family->model;
  ai_network_params params;
  (void)ai_platform_params_get(family, &params);

  memset(report, 0, sizeof *report);
  report->model_name = model->name;
  report->model_signature = model->signature;
  report->model_datetime = "";
  report->compile_datetime = "";
  report->runtime_revision = ai_platform_runtime_get_revision();
  report->tool_revision = model->tool_version;
  report->runtime_version = ai_platform_runtime_get_version();
  report->tool_version = parse_version(model->tool_version);
  report->tool_api_version = ai_platform_api_get_version();
  report->api_version = ai_platform_api_get_version();
  report->interface_api_version = ai_platform_interface_api_get_version();
  report->n_macc = model->macs;
  report->n_inputs = model->input_count;
  report->n_outputs = model->output_count;
  report->map_weights = params.map_weights;
  report->map_activations = params.map_activations;
  report->n_nodes = model->operator_count;
  report->signature = parse_signature(model->signature);
}
