/*===-- stm32rt_image.c - Checking and loading images ----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Every number of an image is taken to be wrong until it was checked: a checksum
 * finds damage, not a wrong tool. So offsets are compared without sums that could
 * wrap, and the descriptor is checked after it was relocated, when its pointers
 * are what everybody else will follow.
 */
#include "stm32rt_image.h"

#include "stm32rt_custom.h"

#include <string.h>

/*===-- The image ----------------------------------------------------------===*/

/* One step for each half of a byte: 64 bytes of table instead of 1024. */
static uint32_t crc32(const uint8_t *data, uint32_t size) {
  static const uint32_t table[16] = {
      0x00000000u, 0x1DB71064u, 0x3B6E20C8u, 0x26D930ACu,
      0x76DC4190u, 0x6B6B51F4u, 0x4DB26158u, 0x5005713Cu,
      0xEDB88320u, 0xF00F9344u, 0xD6D6A3E8u, 0xCB61B38Cu,
      0x9B64C2B0u, 0x86D3D2D4u, 0xA00AE278u, 0xBDBDF21Cu};
  uint32_t crc = 0xFFFFFFFFu;
  for (uint32_t i = 0; i < size; i++) {
    crc ^= data[i];
    crc = (crc >> 4) ^ table[crc & 15u];
    crc = (crc >> 4) ^ table[crc & 15u];
  }
  return ~crc;
}

static uint32_t read_word(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

/* Bytes of the bits for `tables_size` bytes of tables. */
static uint32_t bits_size(uint32_t tables_size) {
  return (tables_size / (uint32_t)sizeof(uintptr_t) + 31u) / 32u * 4u;
}

/* Where code and constants begin. */
static uint32_t code_offset(const stm32rt_image_header *header) {
  return (uint32_t)sizeof *header +
         header->pool_count * (uint32_t)sizeof(stm32rt_image_pool);
}

static int is_layout_valid(const stm32rt_image_header *header) {
  if (header->pool_count > STM32RT_MAX_POOLS || header->reserved != 0)
    return 0;
  /* The tables hold at least the descriptor, and words as the bits count them. */
  const uint32_t end = header->size - (uint32_t)sizeof(uint32_t);
  if (header->tables > end || header->tables < code_offset(header) ||
      header->tables % STM32RT_IMAGE_TABLES_ALIGN != 0)
    return 0;
  const uint32_t room = end - header->tables;
  if (header->tables_size > room ||
      header->tables_size < sizeof(stm32rt_model) ||
      header->tables_size % STM32RT_IMAGE_TABLES_ALIGN != 0 ||
      bits_size(header->tables_size) != room - header->tables_size)
    return 0;
  return header->model >= header->tables &&
         header->model - header->tables <=
             header->tables_size - sizeof(stm32rt_model) &&
         header->model % STM32RT_IMAGE_TABLES_ALIGN == 0;
}

stm32rt_status stm32rt_image_check(const void *image, uint32_t available) {
  static const uint8_t magic[8] = STM32RT_IMAGE_MAGIC;
  if (image == NULL)
    return STM32RT_ERROR_ARGUMENT;
  if (((uintptr_t)image & (sizeof(uint32_t) - 1u)) != 0)
    return STM32RT_ERROR_POOL_ALIGNMENT;
  const stm32rt_image_header *header = (const stm32rt_image_header *)image;
  if (available < sizeof *header)
    return STM32RT_ERROR_IMAGE_TRUNCATED;
  if (memcmp(header->magic, magic, sizeof magic) != 0)
    return STM32RT_ERROR_IMAGE_MAGIC;
  if (header->format != STM32RT_IMAGE_FORMAT)
    return STM32RT_ERROR_IMAGE_VERSION;
  if (header->size > available)
    return STM32RT_ERROR_IMAGE_TRUNCATED;
  if (header->size < sizeof *header + sizeof(uint32_t))
    return STM32RT_ERROR_IMAGE_MALFORMED;

  const uint8_t *bytes = (const uint8_t *)image;
  const uint32_t end = header->size - (uint32_t)sizeof(uint32_t);
  if (crc32(bytes, end) != read_word(bytes + end))
    return STM32RT_ERROR_IMAGE_CHECKSUM;
  if (header->abi_version != STM32RT_ABI_VERSION)
    return STM32RT_ERROR_IMAGE_VERSION;
  if ((header->machine & STM32RT_MACHINE_BASE) !=
          (STM32RT_MACHINE & STM32RT_MACHINE_BASE) ||
      (header->machine & ~STM32RT_MACHINE) != 0)
    return STM32RT_ERROR_IMAGE_MACHINE;
  if (!is_layout_valid(header) || header->alignment == 0 ||
      (header->alignment & (header->alignment - 1u)) != 0)
    return STM32RT_ERROR_IMAGE_MALFORMED;
  if (((uintptr_t)image & (header->alignment - 1u)) != 0)
    return STM32RT_ERROR_POOL_ALIGNMENT;
  return STM32RT_OK;
}

/*===-- The tables ---------------------------------------------------------===*/

/* Copies the tables and turns their offsets into addresses. */
static int relocate(const stm32rt_image_header *header, const uint8_t *image,
                    uint8_t *tables) {
  const uint8_t *bits = image + header->tables + header->tables_size;
  memcpy(tables, image + header->tables, header->tables_size);
  const uint32_t words = header->tables_size / (uint32_t)sizeof(uintptr_t);
  for (uint32_t i = 0; i < words; i++) {
    if ((bits[i / 8u] & (1u << i % 8u)) == 0)
      continue;
    uint8_t *at = tables + i * sizeof(uintptr_t);
    uintptr_t word;
    memcpy(&word, at, sizeof word);
    /* A function's offset is odd on Arm and stays so: that is the Thumb bit. */
    if (word < header->tables)
      word += (uintptr_t)image;
    else if (word - header->tables < header->tables_size)
      word = word - header->tables + (uintptr_t)tables;
    else
      return 0;
    memcpy(at, &word, sizeof word);
  }
  return 1;
}

/*===-- The descriptor -----------------------------------------------------===*/

/* Where the pointers of a descriptor may point to. */
typedef struct loaded {
  uintptr_t code_begin, code_end;    /* and constants                        */
  uintptr_t tables, tables_end;
  const stm32rt_model *model;
} loaded;

/* Bytes from `address` to the end of the part that it is in; 0: it is in none. */
static uintptr_t get_room(const loaded *l, uintptr_t address) {
  if (address >= l->code_begin && address < l->code_end)
    return l->code_end - address;
  if (address >= l->tables && address < l->tables_end)
    return l->tables_end - address;
  return 0;
}

static int is_array(const loaded *l, const void *first, uint32_t count,
                    size_t size, size_t alignment) {
  const uintptr_t address = (uintptr_t)first;
  return count == 0 ||
         (address % alignment == 0 && count <= get_room(l, address) / size);
}
#define IS_ARRAY(l, type, first, count)                                        \
  is_array((l), (first), (count), sizeof(type), _Alignof(type))

static int is_text(const loaded *l, const char *text) {
  for (uintptr_t room = get_room(l, (uintptr_t)text); room != 0; room--)
    if (*text++ == '\0')
      return 1;
  return 0;
}

static int is_function(const loaded *l, uintptr_t address) {
#ifdef __thumb__
  if ((address & 1u) == 0)
    return 0;
  address--;
#endif
  return address >= l->code_begin && address < l->code_end;
}

static int is_place(const stm32rt_model *m, uint32_t pool, uint32_t offset,
                    uint32_t size) {
  return pool < m->pool_count && offset <= m->pools[pool].size &&
         size <= m->pools[pool].size - offset;
}

static int are_arrays_valid(const loaded *l) {
  const stm32rt_model *m = l->model;
  return is_text(l, m->name) && is_text(l, m->tool_version) &&
         is_text(l, m->signature) &&
         IS_ARRAY(l, uint16_t, m->inputs, m->input_count) &&
         IS_ARRAY(l, uint16_t, m->outputs, m->output_count) &&
         IS_ARRAY(l, stm32rt_tensor, m->tensors, m->tensor_count) &&
         IS_ARRAY(l, stm32rt_pool, m->pools, m->pool_count) &&
         IS_ARRAY(l, stm32rt_state, m->states, m->state_count) &&
         IS_ARRAY(l, stm32rt_operator, m->operators, m->operator_count) &&
         IS_ARRAY(l, stm32rt_step, m->steps, m->step_count) &&
         IS_ARRAY(l, stm32rt_transfer, m->transfers, m->transfer_count) &&
         IS_ARRAY(l, stm32rt_accelerator, m->accelerators,
                  m->accelerator_count) &&
         IS_ARRAY(l, const struct stm32rt_custom *, m->customs,
                  m->custom_count) &&
         IS_ARRAY(l, stm32rt_row_input, m->stream, m->stream != NULL) &&
         IS_ARRAY(l, uint8_t, m->weights, m->weights_size);
}

static int are_tensors_valid(const loaded *l) {
  const stm32rt_model *m = l->model;
  for (uint32_t i = 0; i < m->tensor_count; i++) {
    const stm32rt_tensor *t = &m->tensors[i];
    if (!is_text(l, t->name) || t->rank > STM32RT_MAX_RANK ||
        !is_place(m, t->pool, t->offset, t->size))
      return 0;
  }
  for (uint32_t i = 0; i < m->input_count; i++)
    if (m->inputs[i] >= m->tensor_count)
      return 0;
  for (uint32_t i = 0; i < m->output_count; i++)
    if (m->outputs[i] >= m->tensor_count)
      return 0;
  return 1;
}

/* The pools, and what else has its place in them. */
static int are_pools_valid(const loaded *l) {
  const stm32rt_model *m = l->model;
  for (uint32_t i = 0; i < m->pool_count; i++)
    if (!is_text(l, m->pools[i].name) || !is_text(l, m->pools[i].region))
      return 0;
  for (uint32_t i = 0; i < m->state_count; i++) {
    const stm32rt_state *s = &m->states[i];
    if (!is_text(l, s->name) || !is_place(m, s->pool, s->offset, s->size) ||
        !IS_ARRAY(l, uint8_t, s->initial, s->initial != NULL ? s->size : 0u))
      return 0;
  }
  for (uint32_t i = 0; i < m->transfer_count; i++) {
    const stm32rt_transfer *t = &m->transfers[i];
    if (!is_place(m, t->pool, t->offset, t->size) ||
        t->source > m->weights_size || t->size > m->weights_size - t->source)
      return 0;
  }
  if (m->stream == NULL)
    return 1;
  if (m->input_count == 0 || m->stream->held == 0)
    return 0;
  const stm32rt_tensor *input = &m->tensors[m->inputs[0]];
  return m->stream->row_size <=
         (m->pools[input->pool].size - input->offset) / m->stream->held;
}

static int are_operators_valid(const loaded *l) {
  const stm32rt_model *m = l->model;
  for (uint32_t i = 0; i < m->operator_count; i++) {
    const stm32rt_operator *o = &m->operators[i];
    const uintptr_t run = o->run_rows != NULL ? (uintptr_t)o->run_rows
                                              : (uintptr_t)o->run;
    if (!is_text(l, o->name) || !is_text(l, o->kind) ||
        !is_text(l, o->kernel) || !is_function(l, run) ||
        o->output + (uint32_t)o->outputs > m->tensor_count)
      return 0;
  }
  for (uint32_t i = 0; i < m->step_count; i++) {
    const uint32_t index = m->steps[i].operator_index;
    if (index >= m->operator_count &&
        (index != STM32RT_RECEIVE || m->stream == NULL))
      return 0;
  }
  return 1;
}

static int are_accelerators_valid(const loaded *l) {
  const stm32rt_model *m = l->model;
  for (uint32_t i = 0; i < m->accelerator_count; i++) {
    const stm32rt_accelerator *a = &m->accelerators[i];
    const uintptr_t configure = (uintptr_t)a->configure;
    if (!is_text(l, a->target_key) ||
        (configure != 0 && !is_function(l, configure)) ||
        (a->pool >= m->pool_count && a->pool != STM32RT_NO_POOL) ||
        !IS_ARRAY(l, stm32rt_accelerated, a->operators, a->operator_count))
      return 0;
    for (uint32_t k = 0; k < a->operator_count; k++)
      if (get_room(l, (uintptr_t)a->operators[k].descriptor) == 0 ||
          a->operators[k].constants > m->weights_size ||
          a->operators[k].operator_index >= m->operator_count)
        return 0;
  }
  return 1;
}

static int is_custom_tensor_valid(const loaded *l,
                                  const stm32rt_custom_tensor *t) {
  if (t->channel_scales == NULL && t->channel_zero_points == NULL)
    return 1;
  const uint32_t channel = (uint32_t)t->channel_dimension;
  if (channel >= t->rank || t->rank > STM32RT_MAX_RANK ||
      t->shape[channel] < 0)
    return 0;
  const uint32_t count = (uint32_t)t->shape[channel];
  return IS_ARRAY(l, float, t->channel_scales,
                  t->channel_scales != NULL ? count : 0u) &&
         IS_ARRAY(l, int32_t, t->channel_zero_points,
                  t->channel_zero_points != NULL ? count : 0u);
}

static int are_customs_valid(const loaded *l) {
  for (uint32_t i = 0; i < l->model->custom_count; i++) {
    const stm32rt_custom *c = l->model->customs[i];
    if (!IS_ARRAY(l, stm32rt_custom, c, 1) || c->input_count < 0 ||
        c->output_count < 0 ||
        !IS_ARRAY(l, stm32rt_custom_tensor, c->inputs,
                  (uint32_t)c->input_count) ||
        !IS_ARRAY(l, stm32rt_custom_tensor, c->outputs,
                  (uint32_t)c->output_count) ||
        !IS_ARRAY(l, uint8_t, c->options, c->options_size))
      return 0;
    for (int32_t k = 0; k < c->input_count; k++)
      if (!is_custom_tensor_valid(l, &c->inputs[k]))
        return 0;
    for (int32_t k = 0; k < c->output_count; k++)
      if (!is_custom_tensor_valid(l, &c->outputs[k]))
        return 0;
  }
  return 1;
}

/*===-- Loading ------------------------------------------------------------===*/

stm32rt_status stm32rt_image_load(const void *image, uint32_t available,
                                  const stm32rt_memory *tables,
                                  const stm32rt_model **model) {
  if (model == NULL)
    return STM32RT_ERROR_ARGUMENT;
  *model = NULL;
  if (tables == NULL || tables->address == NULL)
    return STM32RT_ERROR_ARGUMENT;
  const stm32rt_status status = stm32rt_image_check(image, available);
  if (status != STM32RT_OK)
    return status;
  const stm32rt_image_header *header = (const stm32rt_image_header *)image;
  if (tables->size < header->tables_size)
    return STM32RT_ERROR_POOL_SIZE;
  if (((uintptr_t)tables->address & (STM32RT_IMAGE_TABLES_ALIGN - 1u)) != 0)
    return STM32RT_ERROR_POOL_ALIGNMENT;

  uint8_t *ram = (uint8_t *)tables->address;
  if (!relocate(header, (const uint8_t *)image, ram))
    return STM32RT_ERROR_IMAGE_MALFORMED;
  stm32rt_model *found =
      (stm32rt_model *)(void *)(ram + (header->model - header->tables));
  const uintptr_t base = (uintptr_t)image;
  const loaded l = {base + code_offset(header),
                    base + header->tables,
                    (uintptr_t)ram,
                    (uintptr_t)ram + header->tables_size,
                    found};
  if (found->abi_version != STM32RT_ABI_VERSION || !are_arrays_valid(&l) ||
      !are_tensors_valid(&l) || !are_pools_valid(&l) ||
      !are_operators_valid(&l) || !are_accelerators_valid(&l) ||
      !are_customs_valid(&l))
    return STM32RT_ERROR_IMAGE_MALFORMED;
  /* The handshake of linked models, which an image cannot take part in. */
  found->abi = &STM32RT_ABI_SYMBOL;
  *model = found;
  return STM32RT_OK;
}
