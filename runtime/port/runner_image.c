/*===-- runner_image.c - The runner's model comes from an image ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Compile with -DRUNNER_TABLES=N, the tables_size of the image. With
 * -DRUNNER_IMAGE_FILE='"network.img"' the image lies in the program, beside the
 * code, and stays there; else it is read into a buffer.
 */
#include "runner_image.h"

#include "port.h"
#include "stm32rt_image.h"

static STM32RT_ALIGNED(STM32RT_IMAGE_TABLES_ALIGN) uint8_t
    tables[RUNNER_TABLES];

#ifdef RUNNER_IMAGE_FILE
__asm__(".pushsection .text.runner_image,\"ax\"\n"
        ".balign 32\n"
        "runner_image:\n"
        ".incbin \"" RUNNER_IMAGE_FILE "\"\n"
        "runner_image_end:\n"
        ".balign 4\n"
        ".popsection\n");
extern const uint8_t runner_image[], runner_image_end[];
#endif

stm32rt_status runner_load(const char *path, const stm32rt_model **model) {
  const stm32rt_memory memory = {tables, sizeof tables};
#ifdef RUNNER_IMAGE_FILE
  (void)path;
  return stm32rt_image_load(runner_image,
                            (uint32_t)(runner_image_end - runner_image),
                            &memory, model);
#else
  uint32_t size;
  const void *image = path != NULL ? port_load_code(path, &size) : NULL;
  if (image == NULL)
    return STM32RT_ERROR_ARGUMENT;
  return stm32rt_image_load(image, size, &memory, model);
#endif
}
