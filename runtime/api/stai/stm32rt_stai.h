/*===-- stm32rt_stai.h - What the stai_<name>_* functions stand on ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * For generated code: each function of a model passes its arguments on to one
 * of these, with the model's record. Applications include <name>.h.
 */
#ifndef STM32RT_STAI_H
#define STM32RT_STAI_H

#include "stai.h"
#include "stai_debug.h"
#include "stm32rt.h"

STAI_API_DECLARE_BEGIN

/* What is known of a model. */
typedef struct stm32rt_stai_model {
  const stm32rt_model *model;
  void *const
      *activations; /* addresses of all pools that init binds, or NULL */
  stai_network_info info;
} stm32rt_stai_model;

/* One instance, private: the bytes of STAI_NETWORK_CONTEXT_DECLARE. Behind it
 * are the addresses of inputs and outputs, NULL for those in the pools. Until
 * all pools are known, `core` only holds the addresses of some. */
typedef struct stm32rt_stai_context {
  uint32_t magic;
  stai_return_code error; /* the first one */
  const stm32rt_stai_model *model;
  stai_event_cb callback;
  void *cookie;
  stm32rt_context core;
} stm32rt_stai_context;

#define STM32RT_STAI_CONTEXT_SIZE(inputs, outputs)                             \
  (sizeof(stm32rt_stai_context) + ((inputs) + (outputs)) * sizeof(stai_ptr))

stai_return_code stm32rt_stai_init(const stm32rt_stai_model *model,
                                   stai_network *network);
stai_return_code stm32rt_stai_deinit(const stm32rt_stai_model *model,
                                     stai_network *network);
stai_return_code stm32rt_stai_run(const stm32rt_stai_model *model,
                                  stai_network *network, stai_run_mode mode);
stai_return_code stm32rt_stai_get_info(const stm32rt_stai_model *model,
                                       stai_network *network,
                                       stai_network_info *info);
stai_return_code stm32rt_stai_get_error(const stm32rt_stai_model *model,
                                        stai_network *network);
stai_return_code stm32rt_stai_set_callback(const stm32rt_stai_model *model,
                                           stai_network *network,
                                           stai_event_cb callback,
                                           void *cookie);
stai_return_code stm32rt_stai_get_activations(const stm32rt_stai_model *model,
                                              stai_network *network,
                                              stai_ptr *activations,
                                              stai_size *count);
stai_return_code stm32rt_stai_set_activations(const stm32rt_stai_model *model,
                                              stai_network *network,
                                              const stai_ptr *activations,
                                              stai_size count);
stai_return_code stm32rt_stai_get_states(const stm32rt_stai_model *model,
                                         stai_network *network,
                                         stai_ptr *states, stai_size *count);
stai_return_code stm32rt_stai_set_states(const stm32rt_stai_model *model,
                                         stai_network *network,
                                         const stai_ptr *states,
                                         stai_size count);
stai_return_code stm32rt_stai_get_weights(const stm32rt_stai_model *model,
                                          stai_network *network,
                                          stai_ptr *weights, stai_size *count);
stai_return_code stm32rt_stai_set_weights(const stm32rt_stai_model *model,
                                          stai_network *network,
                                          const stai_ptr *weights,
                                          stai_size count);
stai_return_code stm32rt_stai_get_inputs(const stm32rt_stai_model *model,
                                         stai_network *network,
                                         stai_ptr *inputs, stai_size *count);
stai_return_code stm32rt_stai_set_inputs(const stm32rt_stai_model *model,
                                         stai_network *network,
                                         const stai_ptr *inputs,
                                         stai_size count);
stai_return_code stm32rt_stai_get_outputs(const stm32rt_stai_model *model,
                                          stai_network *network,
                                          stai_ptr *outputs, stai_size *count);
stai_return_code stm32rt_stai_set_outputs(const stm32rt_stai_model *model,
                                          stai_network *network,
                                          const stai_ptr *outputs,
                                          stai_size count);

STAI_API_DECLARE_END

#endif /* STM32RT_STAI_H */
