/*===-- runner_image.h - The runner's model comes from an image ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#ifndef STM32RT_RUNNER_IMAGE_H
#define STM32RT_RUNNER_IMAGE_H

#include "stm32rt.h"

/* Loads the image in the file `path`, or the one that lies in the program; what
 * its tables take in RAM is RUNNER_TABLES bytes. */
STM32RT_MUST_USE stm32rt_status runner_load(const char *path,
                                            const stm32rt_model **model);

#endif /* STM32RT_RUNNER_IMAGE_H */
