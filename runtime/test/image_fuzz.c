/*===-- image_fuzz.c - Loading images that were changed --------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * For libFuzzer. The seeds are images for the host; the changes keep the checksum
 * right, so they reach what is behind it, and most of them are made where the
 * loader looks: the header, the tables, their bits. The model of an image that is
 * accepted is read and created, not run.
 */
#include "image_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  (void)image_try(data, size);
  return 0;
}

static uint32_t state;

static uint32_t next(uint32_t limit) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % limit;
}

static uint32_t get32(const uint8_t *image, size_t at) {
  uint32_t value;
  memcpy(&value, image + at, sizeof value);
  return value;
}

/* A value near to one that means something in the image. */
static uint64_t interesting(const stm32rt_image_header *header) {
  const uint64_t around[] = {0,
                             header->size,
                             header->tables,
                             header->model,
                             (uint64_t)header->tables + header->tables_size,
                             header->tables_size,
                             (uint64_t)header->size - header->tables,
                             sizeof *header,
                             0xFFFFu,
                             0x7FFFFFFFu,
                             0xFFFFFFFFu,
                             UINT64_MAX};
  const uint64_t value = around[next(sizeof around / sizeof around[0])];
  return next(2) == 0 ? value : value + next(33) - 16u;
}

/* One change of `bytes` bytes in [begin, end). */
static void change(uint8_t *image, const stm32rt_image_header *header,
                   size_t begin, size_t end) {
  static const size_t widths[] = {1, 2, 4, 8};
  const size_t width = widths[next(4)];
  if (end < begin + width)
    return;
  const size_t at = begin + next((uint32_t)((end - begin) / width)) * width;
  uint64_t value = interesting(header);
  if (next(3) == 0) { /* what is there, a little more or less */
    memcpy(&value, image + at, width);
    value += next(17) - 8u;
  }
  memcpy(image + at, &value, width);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned int seed) {
  state = seed;
  stm32rt_image_header header;
  if (size < sizeof header + 4 || next(8) == 0) {
    size = LLVMFuzzerMutate(data, size, max_size);
  } else {
    memcpy(&header, data, sizeof header);
    const size_t end = size - 4;
    const size_t tables = header.tables < end ? header.tables : 0;
    for (uint32_t i = next(3) + 1; i != 0; i--)
      if (next(4) == 0)
        change(data, &header, 8, sizeof header);
      else
        change(data, &header, tables, end);
  }
  if (size < sizeof header + 4)
    return size;
  /* Mostly what is here is an image as far as the checksum tells. */
  if (next(16) != 0 && get32(data, 8) == STM32RT_IMAGE_FORMAT) {
    const uint32_t claimed = (uint32_t)size;
    memcpy(data + offsetof(stm32rt_image_header, size), &claimed, 4);
  }
  if (next(32) != 0)
    image_seal(data, size);
  return size;
}
