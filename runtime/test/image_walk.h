/*===-- image_walk.h - Loads an image and reads all that it says -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Image, tables and pools are blocks of exactly their size, so that a sanitizer
 * sees the first byte behind them. The model is created but not run: its code is
 * nothing that a check can judge.
 */
#ifndef STM32RT_IMAGE_WALK_H
#define STM32RT_IMAGE_WALK_H

#include "stm32rt_custom.h"
#include "stm32rt_image.h"

#include <stdlib.h>
#include <string.h>

/* The checksum of an image, bit by bit. */
static inline uint32_t image_checksum(const uint8_t *data, size_t size) {
  uint32_t crc = 0xFFFFFFFFu;
  for (size_t i = 0; i < size; i++) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; bit++)
      crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

/* Makes the checksum of an image of `size` bytes right. */
static inline void image_seal(uint8_t *image, size_t size) {
  const uint32_t checksum = image_checksum(image, size - 4);
  memcpy(image + size - 4, &checksum, 4);
}

/* A block of `size` bytes at a multiple of 64, and what to free. */
static inline uint8_t *image_block(size_t size, void **block) {
  *block = malloc(size + 63);
  if (*block == NULL)
    abort();
  return (uint8_t *)*block + (64u - ((uintptr_t)*block & 63u)) % 64u;
}

/* Reads each byte that the descriptor refers to; the sum is something to keep. */
static inline uint32_t image_read(const void *data, size_t size) {
  uint32_t sum = 0;
  const uint8_t *bytes = (const uint8_t *)data;
  for (size_t i = 0; i < size; i++)
    sum = sum * 31u + bytes[i];
  return sum;
}

static inline uint32_t image_text(const char *text) {
  return image_read(text, strlen(text));
}

static inline uint32_t image_walk(const stm32rt_model *m) {
  uint32_t sum = image_text(m->name) + image_text(m->tool_version) +
                 image_text(m->signature) +
                 image_read(m->weights, m->weights_size) +
                 image_read(m->steps, m->step_count * sizeof *m->steps);
  for (uint32_t i = 0; i < m->tensor_count; i++)
    sum += image_text(m->tensors[i].name);
  for (uint32_t i = 0; i < m->operator_count; i++)
    sum += image_text(m->operators[i].name) +
           image_text(m->operators[i].kind) +
           image_text(m->operators[i].kernel);
  for (uint32_t i = 0; i < m->pool_count; i++)
    sum += image_text(m->pools[i].name) + image_text(m->pools[i].region);

  int has_code = 0; /* that create would call */
  for (uint32_t i = 0; i < m->accelerator_count; i++) {
    has_code |= m->accelerators[i].configure != NULL;
    sum += image_text(m->accelerators[i].target_key) +
           image_read(m->accelerators[i].operators,
                      m->accelerators[i].operator_count *
                          sizeof(stm32rt_accelerated));
  }
  for (uint32_t i = 0; i < m->custom_count; i++) {
    const stm32rt_custom *c = m->customs[i];
    sum += image_read(c->options, c->options_size) +
           image_read(c->outputs,
                      (size_t)c->output_count * sizeof *c->outputs);
    for (int32_t k = 0; k < c->input_count; k++)
      if (c->inputs[k].channel_scales != NULL)
        sum += image_read(c->inputs[k].channel_scales,
                          4u * (size_t)c->inputs[k]
                                   .shape[c->inputs[k].channel_dimension]);
  }

  stm32rt_memory pools[STM32RT_MAX_POOLS] = {{NULL, 0}};
  void *blocks[STM32RT_MAX_POOLS] = {NULL};
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < m->pool_count; i++)
    bytes += m->pools[i].size;
  if (bytes > 1u << 24 || has_code)
    return sum; /* no pools of that size here */
  for (uint32_t i = 0; i < m->pool_count; i++) {
    pools[i].size = m->pools[i].size;
    pools[i].address = image_block(pools[i].size, &blocks[i]);
  }
  stm32rt_context context;
  if (stm32rt_create(&context, m, pools, m->pool_count, NULL) == STM32RT_OK) {
    for (uint32_t i = 0; i < m->tensor_count; i++)
      memset(stm32rt_tensor_data(&context, i), 0, m->tensors[i].size);
    for (uint32_t i = 0; i < m->input_count; i++)
      sum += *(const uint8_t *)stm32rt_input(&context, i);
    for (uint32_t i = 0; i < m->transfer_count; i++)
      memcpy(stm32rt_at(&context, m->transfers[i].pool, m->transfers[i].offset),
             stm32rt_constant(&context, m->transfers[i].source),
             m->transfers[i].size);
  }
  for (uint32_t i = 0; i < m->pool_count; i++)
    free(blocks[i]);
  return sum;
}

/* What loading a copy of the image says; everything is read if it succeeds. */
static inline stm32rt_status image_try(const uint8_t *image, size_t size) {
  void *block, *ram_block;
  uint8_t *copy = image_block(size, &block);
  memcpy(copy, image, size);
  uint32_t tables_size = 0;
  if (size >= sizeof(stm32rt_image_header))
    memcpy(&tables_size, copy + offsetof(stm32rt_image_header, tables_size), 4);
  if (tables_size > size)
    tables_size = 8; /* cannot be right */
  const stm32rt_memory tables = {image_block(tables_size, &ram_block),
                                 tables_size};
  const stm32rt_model *model;
  const stm32rt_status status =
      stm32rt_image_load(copy, (uint32_t)size, &tables, &model);
  if ((model != NULL) != (status == STM32RT_OK))
    abort();
  if (model != NULL) {
    static volatile uint32_t sink;
    sink = sink + image_walk(model);
  }
  free(ram_block);
  free(block);
  return status;
}

#endif /* STM32RT_IMAGE_WALK_H */
