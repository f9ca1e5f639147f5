/*===-- stm32rt_image.h - Models that are loaded, not linked ---------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * An image is one file of `stm32-compile --relocatable`: code, constants and the
 * descriptor of one model. Firmware maps it from flash or external memory, or
 * reads it into a buffer, at any address, and loads it:
 *
 *   static STM32RT_ALIGNED(STM32RT_IMAGE_TABLES_ALIGN) uint8_t ram[4096];
 *   const stm32rt_memory tables = {ram, sizeof ram};
 *   const stm32rt_model *model;
 *   if (stm32rt_image_load(image, size, &tables, &model) != STM32RT_OK)
 *     fail();
 *
 * From then on `model` is a model as any other. The conventions of stm32rt.h hold
 * here too. The image is only read; code and constants stay where they are, so
 * they must stay there, and be executable, as long as the model is used. The
 * tables, which hold addresses, are copied to RAM.
 *
 * What is checked is that the image is complete and was made for this core and
 * this runtime. That says nothing about who made it: its code runs with all
 * rights of the firmware. See docs/LoadableModels.md.
 */
#ifndef STM32RT_IMAGE_H
#define STM32RT_IMAGE_H

#include "stm32rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* First bytes of an image, and the version of what follows here. */
#define STM32RT_IMAGE_MAGIC {'s', 't', 'm', '3', '2', 'r', 't', 0x1A}
#define STM32RT_IMAGE_FORMAT 1u

/* Alignment of the RAM for the tables, bytes. */
#define STM32RT_IMAGE_TABLES_ALIGN 8u

/* What code needs of its core: bytes of an address, instruction set, and a bit for
 * each extension. The image says what it was compiled for; the loader compares
 * that with what it was compiled for itself. */
#define STM32RT_MACHINE_ARM 0x100u
#define STM32RT_MACHINE_X86_64 0x200u
#define STM32RT_MACHINE_AARCH64 0x300u
#define STM32RT_MACHINE_BASE 0xFFFFu /* equal; the bits above must be there  */
#define STM32RT_MACHINE_V7M 0x10000u
#define STM32RT_MACHINE_V8M 0x20000u
#define STM32RT_MACHINE_DSP 0x40000u
#define STM32RT_MACHINE_FLOAT 0x80000u
#define STM32RT_MACHINE_DOUBLE 0x100000u
#define STM32RT_MACHINE_MVE 0x200000u
#define STM32RT_MACHINE_MVE_FLOAT 0x400000u

/* Of the code that is compiled here: STM32RT_MACHINE. */
#if defined(__arm__) || defined(__ICCARM__)
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB >= 2
#define STM32RT_HAS_V7M STM32RT_MACHINE_V7M
#else
#define STM32RT_HAS_V7M 0u
#endif
#if defined(__ARM_ARCH) && __ARM_ARCH >= 8
#define STM32RT_HAS_V8M STM32RT_MACHINE_V8M
#else
#define STM32RT_HAS_V8M 0u
#endif
#ifdef __ARM_FEATURE_DSP
#define STM32RT_HAS_DSP STM32RT_MACHINE_DSP
#else
#define STM32RT_HAS_DSP 0u
#endif
/* Bits of __ARM_FP and __ARM_FEATURE_MVE as the ACLE has them. */
#ifdef __ARM_FP
#define STM32RT_HAS_FP                                                         \
  (((__ARM_FP & 4) != 0 ? STM32RT_MACHINE_FLOAT : 0u) |                        \
   ((__ARM_FP & 8) != 0 ? STM32RT_MACHINE_DOUBLE : 0u))
#else
#define STM32RT_HAS_FP 0u
#endif
#ifdef __ARM_FEATURE_MVE
#define STM32RT_HAS_MVE                                                        \
  (((__ARM_FEATURE_MVE & 1) != 0 ? STM32RT_MACHINE_MVE : 0u) |                 \
   ((__ARM_FEATURE_MVE & 2) != 0 ? STM32RT_MACHINE_MVE_FLOAT : 0u))
#else
#define STM32RT_HAS_MVE 0u
#endif
#define STM32RT_MACHINE_SET                                                    \
  (STM32RT_MACHINE_ARM | STM32RT_HAS_V7M | STM32RT_HAS_V8M |                   \
   STM32RT_HAS_DSP | STM32RT_HAS_FP | STM32RT_HAS_MVE)
#elif defined(__x86_64__)
#define STM32RT_MACHINE_SET STM32RT_MACHINE_X86_64
#elif defined(__aarch64__)
#define STM32RT_MACHINE_SET STM32RT_MACHINE_AARCH64
#else
#define STM32RT_MACHINE_SET 0u
#endif
#define STM32RT_MACHINE ((uint32_t)sizeof(void *) | STM32RT_MACHINE_SET)

/* An image, at an address that is a multiple of `alignment`:
 *
 *   stm32rt_image_header
 *   stm32rt_image_pool [pool_count]
 *   code and constants                  up to `tables`
 *   tables                              `tables_size` bytes, whole words
 *   a bit for each word of the tables   in uint32_t, from the lowest bit on:
 *                                       1 if the word is an offset from the
 *                                       image's start that becomes an address
 *   CRC-32 of everything before         uint32_t
 *
 * All numbers are little-endian. */
typedef struct stm32rt_image_header {
  uint8_t magic[8];                  /* STM32RT_IMAGE_MAGIC                  */
  uint32_t format;                   /* STM32RT_IMAGE_FORMAT                 */
  uint32_t size;                     /* of the image, bytes                  */
  uint32_t abi_version;              /* STM32RT_ABI_VERSION                  */
  uint32_t machine;                  /* what its code needs                  */
  uint32_t alignment;                /* bytes, a power of two                */
  uint32_t tables;                   /* offset, bytes                        */
  uint32_t tables_size;              /* bytes: the RAM that loading takes    */
  uint32_t model;                    /* offset of the stm32rt_model          */
  uint32_t pool_count;
  uint32_t reserved;                 /* 0                                    */
  char name[32];                     /* of the model, cut if it is longer    */
} stm32rt_image_header;

/* A pool of the model, in its order, so that the need for memory can be read
 * before the image is loaded. */
typedef struct stm32rt_image_pool {
  uint32_t size;                     /* bytes                                */
  uint32_t alignment;                /* bytes, a power of two                */
  char name[24];                     /* cut if it is longer                  */
} stm32rt_image_pool;

/* Whether the `available` bytes at `image` begin with an image that this firmware
 * can load:
 *
 *   STM32RT_ERROR_POOL_ALIGNMENT   `image` is not aligned as the image needs
 *   STM32RT_ERROR_IMAGE_MAGIC      this is no image
 *   STM32RT_ERROR_IMAGE_TRUNCATED  it is longer than `available`
 *   STM32RT_ERROR_IMAGE_VERSION    of another format or ABI version
 *   STM32RT_ERROR_IMAGE_CHECKSUM   it was damaged
 *   STM32RT_ERROR_IMAGE_MACHINE    for another core than this code
 *   STM32RT_ERROR_IMAGE_MALFORMED  an offset in it is wrong
 *
 * Then its header, and the pools behind it, may be read. */
STM32RT_MUST_USE stm32rt_status stm32rt_image_check(const void *image,
                                                    uint32_t available);

/* Checks, copies the tables of the image to `tables`, which must be of the size
 * that the header says and aligned to STM32RT_IMAGE_TABLES_ALIGN, and makes
 * *model the descriptor there; NULL after an error. STM32RT_ERROR_POOL_SIZE and
 * _POOL_ALIGNMENT may mean these tables too. */
STM32RT_MUST_USE stm32rt_status
stm32rt_image_load(const void *image, uint32_t available,
                   const stm32rt_memory *tables, const stm32rt_model **model);

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_IMAGE_H */
