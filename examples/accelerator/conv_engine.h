/*===-- conv_engine.h - Convolutions on the simulated engine ----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * What a model that was compiled with `--accelerator conv_engine.json` calls.
 */
#ifndef CONV_ENGINE_H
#define CONV_ENGINE_H

#include "stm32rt_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Hands its pool to the engine as local memory, checks that it can do each of
 * the layers (NHWC, one image, one output channel at least fits), and begins to
 * send the parameters of the first one. STM32RT_ERROR_ACCELERATOR if not. */
stm32rt_status
conv_engine_configure(const stm32rt_context *context,
                      const stm32rt_accelerator *accelerator);

/* As stm32rt_conv_2d_s8, with the same constants; scratch is not used. */
void conv_engine_run(const stm32rt_window *d, const void *x, void *y,
                     const void *constants, void *scratch);

#ifdef __cplusplus
}
#endif

#endif /* CONV_ENGINE_H */
