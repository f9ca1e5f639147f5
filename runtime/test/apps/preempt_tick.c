/*===-- preempt_tick.c - Networks that an interrupt preempts with others ---===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The main loop runs an int8 network (ai_) and a float one (stai_) by turns;
 *SysTick interrupts it after ever other times and runs both too, in contexts
 *and pools of its own. So each is interrupted within each of its operators,
 *with values in registers of the core and of the FPU. All results must be exact
 *(floats: those of a run that nothing interrupts), and the contexts of the main
 *loop must refuse to run from the interrupt.
 */
#include "app.h"
#include "network.h"
#include "network_data.h"
#include "network_vectors.h"
#include "waves.h"
#include "waves_vectors.h"

#include <string.h>

#define SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018u)

#define PREEMPTIONS 400u

AI_ALIGNED(32) static ai_u8 pool[AI_NETWORK_DATA_ACTIVATIONS_SIZE];
static struct network_activations tick_pool, step_pool;
static struct waves_activations waves_pool, tick_waves_pool;

static ai_handle net;
STAI_NETWORK_CONTEXT_DECLARE(waves, STAI_WAVES_CONTEXT_SIZE)
static stm32rt_context tick_net, tick_waves, step_net;

static uint8_t waves_wanted[WAVES_VECTORS][AI_WAVES_OUT_1_SIZE_BYTES];

/* Written by the interrupt. */
static volatile uint32_t preempted_net, preempted_waves, refused, ticks;
static uint32_t stepped; /* runs that went on over several interrupts */
/* What the main loop runs. */
static volatile int runs_net, runs_waves;

static int run(stm32rt_context *context, const uint8_t *input,
               const uint8_t *output) {
  const stm32rt_model *model = context->model;
  memcpy(stm32rt_input(context, 0), input,
         model->tensors[model->inputs[0]].size);
  if (stm32rt_run(context) != STM32RT_OK)
    return 0;
  return memcmp(stm32rt_output(context, 0), output,
                model->tensors[model->outputs[0]].size) == 0;
}

/* The next operator of a run that is in no hurry. */
static void run_one_step(void) {
  static uint32_t step, vector;
  if (step == 0)
    memcpy(stm32rt_input(&step_net, 0), network_in_1[vector],
           AI_NETWORK_IN_1_SIZE_BYTES);
  CHECK(stm32rt_run_step(&step_net, step) == STM32RT_OK);
  step++;
  if (step < network_model.operator_count)
    return;
  CHECK(memcmp(stm32rt_output(&step_net, 0), network_out_1[vector],
               AI_NETWORK_OUT_1_SIZE_BYTES) == 0);
  step = 0;
  vector = (vector + 1) % NETWORK_VECTORS;
  stepped++;
}

static void start_tick(uint32_t cycles) {
  SYST_RVR = cycles;
  SYST_CVR = 0;
  SYST_CSR = 7; /* enabled, with interrupt, the core's clock */
}

/* Neither network of the main loop may begin again while it runs. */
static void try_running_ones(void) {
  if (runs_net) {
    preempted_net++;
    if (((ai_platform_network *)net)->context.running != 0) {
      CHECK(ai_network_run(net, ai_network_inputs_get(net, NULL),
                           ai_network_outputs_get(net, NULL)) == 0);
      const ai_error err = ai_network_get_error(net);
      CHECK(err.type == AI_ERROR_INVALID_STATE);
      CHECK(err.code == AI_ERROR_CODE_IN_USE);
      refused++;
    }
  }
  if (runs_waves) {
    preempted_waves++;
    if (((stm32rt_stai_context *)(void *)waves)->core.running != 0) {
      CHECK(stai_waves_run(waves, STAI_MODE_SYNC) ==
            STAI_ERROR_NETWORK_STILL_RUNNING);
      CHECK(stai_waves_deinit(waves) == STAI_ERROR_NETWORK_STILL_RUNNING);
      refused++;
    }
  }
}

void SysTick_Handler(void);
void SysTick_Handler(void) {
  static uint32_t random = 12345;
  SYST_CSR = 0;
  try_running_ones();
  const uint32_t i = ticks % NETWORK_VECTORS, k = ticks % WAVES_VECTORS;
  if (ticks % 3u == 0)
    CHECK(run(&tick_net, network_in_1[i], network_out_1[i]));
  else if (ticks % 3u == 1)
    CHECK(run(&tick_waves, waves_in_1[k], waves_wanted[k]));
  else
    run_one_step();
  ticks++;
  random = random * 1664525u + 1013904223u;
  start_tick(200u + (random >> 8) % 20000u);
}

static void create(stm32rt_context *context, const stm32rt_model *model,
                   void *address, uint32_t size) {
  const stm32rt_memory memory = {address, size};
  CHECK(stm32rt_create(context, model, &memory, 1, NULL) == STM32RT_OK);
}

int main(void) {
  const ai_handle acts[] = {pool};
  CHECK(ai_network_create_and_init(&net, acts, NULL).type == AI_ERROR_NONE);
  create(&tick_net, &network_model, &tick_pool, sizeof tick_pool);
  create(&step_net, &network_model, &step_pool, sizeof step_pool);
  const stai_ptr waves_acts[] = {waves_pool.bytes};
  stai_ptr waves_in[1], waves_out[1];
  stai_size count;
  CHECK(stai_waves_init(waves) == STAI_SUCCESS);
  CHECK(stai_waves_set_activations(waves, waves_acts, 1) == STAI_SUCCESS);
  CHECK(stai_waves_get_inputs(waves, waves_in, &count) == STAI_SUCCESS);
  CHECK(stai_waves_get_outputs(waves, waves_out, &count) == STAI_SUCCESS);
  create(&tick_waves, &waves_model, &tick_waves_pool, sizeof tick_waves_pool);
  ai_buffer *in = ai_network_inputs_get(net, NULL);
  ai_buffer *out = ai_network_outputs_get(net, NULL);

  for (uint32_t k = 0; k < WAVES_VECTORS; k++) {
    memcpy(waves_in[0], waves_in_1[k], STAI_WAVES_IN_1_SIZE_BYTES);
    CHECK(stai_waves_run(waves, STAI_MODE_SYNC) == STAI_SUCCESS);
    memcpy(waves_wanted[k], waves_out[0], sizeof waves_wanted[k]);
  }

  start_tick(1000);
  for (uint32_t n = 0;
       preempted_net < PREEMPTIONS || preempted_waves < PREEMPTIONS; n++) {
    const uint32_t i = n % NETWORK_VECTORS, k = n % WAVES_VECTORS;
    memcpy(in[0].data, network_in_1[i], AI_NETWORK_IN_1_SIZE_BYTES);
    runs_net = 1;
    CHECK(ai_network_run(net, in, out) == 1);
    runs_net = 0;
    CHECK(memcmp(out[0].data, network_out_1[i], AI_NETWORK_OUT_1_SIZE_BYTES) ==
          0);
    memcpy(waves_in[0], waves_in_1[k], STAI_WAVES_IN_1_SIZE_BYTES);
    runs_waves = 1;
    CHECK(stai_waves_run(waves, STAI_MODE_SYNC) == STAI_SUCCESS);
    runs_waves = 0;
    CHECK(memcmp(waves_out[0], waves_wanted[k], sizeof waves_wanted[k]) == 0);
    if (app_result() != 0)
      break;
  }
  SYST_CSR = 0;
  app_log_number("preemptions of the int8 network", preempted_net);
  app_log_number("preemptions of the float network", preempted_waves);
  app_log_number("refused", refused);
  app_log_number("runs in steps", stepped);
  CHECK(refused > PREEMPTIONS);
  CHECK(stepped > 10);
  return app_result();
}
