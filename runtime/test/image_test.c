/*===-- image_test.c - Loading images: every status ------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The image is made here, byte by byte, as the header says it must be; real ones
 * are run by python/tests/test_image.py. After each change the checksum is made
 * right again, unless it is what is tested.
 */
#include "image_walk.h"
#include "stm32rt_test.h"

typedef struct sample_tables {
  stm32rt_model model;
  stm32rt_tensor tensors[2];
  stm32rt_pool pools[2];
  stm32rt_state states[1];
  stm32rt_operator operators[2];
  stm32rt_transfer transfers[1];
  stm32rt_accelerator accelerators[1];
  stm32rt_accelerated accelerated[1];
  const stm32rt_custom *customs[1];
  stm32rt_custom custom;
  stm32rt_custom_tensor custom_tensors[2];
  stm32rt_step steps[4];
  stm32rt_row_input stream;
  uint16_t inputs[2], outputs[2];
} sample_tables;

enum {
  WORD = sizeof(uintptr_t),
  TABLES_SIZE = (sizeof(sample_tables) + 7) / 8 * 8,
  TEXT = sizeof(stm32rt_image_header) + 2 * sizeof(stm32rt_image_pool),
  CONSTANTS = TEXT + 16,
  CODE = CONSTANTS + 16,
  TABLES = CODE + 16,
  BITS = TABLES + TABLES_SIZE,
  SIZE = BITS + (TABLES_SIZE / WORD + 31) / 32 * 4 + 4
};
#define FIELD(member) (TABLES + offsetof(sample_tables, member))
#define HEADER(member) offsetof(stm32rt_image_header, member)

static uint8_t sample[SIZE];

static void put32(uint8_t *image, size_t at, uint32_t value) {
  memcpy(image + at, &value, sizeof value);
}

/* The pointer at `at` shall point to `to`; both are offsets in the image. */
static void point(size_t at, uintptr_t to) {
  const size_t index = (at - TABLES) / WORD;
  memcpy(sample + at, &to, sizeof to);
  sample[BITS + index / 8] |= (uint8_t)(1u << index % 8);
}

static sample_tables make_tables(void) {
  sample_tables t;
  memset(&t, 0, sizeof t);
  t.model.abi_version = STM32RT_ABI_VERSION;
  t.model.input_count = t.model.output_count = 1;
  t.model.tensor_count = t.model.pool_count = 2;
  t.model.operator_count = 2;
  t.model.state_count = 1;
  t.model.transfer_count = 1;
  t.model.step_count = 4;
  t.model.accelerator_count = 1;
  t.model.custom_count = 1;
  t.model.weights_size = 16;
  t.model.weights_alignment = 4;
  t.tensors[0].size = 24;
  t.tensors[0].pool = 0;
  t.tensors[1].offset = 24;
  t.tensors[1].size = 8;
  t.pools[0].size = 32;
  t.pools[0].alignment = 8;
  t.pools[1].size = 20;
  t.pools[1].alignment = 4;
  t.states[0].pool = 1;
  t.states[0].offset = 4;
  t.states[0].size = 16;
  t.operators[0].output = 1;
  t.operators[0].outputs = 1;
  t.operators[1].output = 1;
  t.operators[1].outputs = 1;
  t.transfers[0].source = 12;
  t.transfers[0].offset = 16;
  t.transfers[0].size = 4;
  t.transfers[0].pool = 1;
  t.accelerators[0].operator_count = 1;
  t.accelerators[0].pool = STM32RT_NO_POOL;
  t.accelerated[0].constants = 16;
  t.accelerated[0].operator_index = 1;
  t.custom.input_count = 1;
  t.custom.output_count = 1;
  t.custom.options_size = 4;
  t.custom_tensors[0].rank = 2;
  t.custom_tensors[0].shape[1] = 4;
  t.custom_tensors[0].channel_dimension = 1;
  t.steps[0].operator_index = STM32RT_RECEIVE;
  t.steps[0].count = 1;
  t.steps[2].operator_index = 1;
  t.stream.row_size = 12;
  t.stream.rows = 4;
  t.stream.held = 2;
  t.outputs[0] = 1;
  return t;
}

static void make_sample(void) {
  static const uint8_t magic[8] = STM32RT_IMAGE_MAGIC;
  const sample_tables tables = make_tables();
  memcpy(sample, magic, sizeof magic);
  put32(sample, HEADER(format), STM32RT_IMAGE_FORMAT);
  put32(sample, HEADER(size), SIZE);
  put32(sample, HEADER(abi_version), STM32RT_ABI_VERSION);
  put32(sample, HEADER(machine), STM32RT_MACHINE);
  put32(sample, HEADER(alignment), 16);
  put32(sample, HEADER(tables), TABLES);
  put32(sample, HEADER(tables_size), TABLES_SIZE);
  put32(sample, HEADER(model), FIELD(model));
  put32(sample, HEADER(pool_count), 2);
  memcpy(sample + TEXT, "text\0rest of it.", 16);
  for (uint8_t i = 0; i < 16; i++)
    sample[CONSTANTS + i] = (uint8_t)(100 + i);
  memcpy(sample + TABLES, &tables, sizeof tables);

  point(FIELD(model.name), TEXT);
  point(FIELD(model.tool_version), TEXT + 4);
  point(FIELD(model.signature), TEXT);
  point(FIELD(model.inputs), FIELD(inputs));
  point(FIELD(model.outputs), FIELD(outputs));
  point(FIELD(model.tensors), FIELD(tensors));
  point(FIELD(model.pools), FIELD(pools));
  point(FIELD(model.states), FIELD(states));
  point(FIELD(model.operators), FIELD(operators));
  point(FIELD(model.steps), FIELD(steps));
  point(FIELD(model.transfers), FIELD(transfers));
  point(FIELD(model.accelerators), FIELD(accelerators));
  point(FIELD(accelerators[0].target_key), TEXT);
  point(FIELD(accelerators[0].operators), FIELD(accelerated));
  point(FIELD(accelerated[0].descriptor), CODE - 4);
  point(FIELD(model.customs), FIELD(customs));
  point(FIELD(customs[0]), FIELD(custom));
  point(FIELD(custom.inputs), FIELD(custom_tensors));
  point(FIELD(custom.outputs), FIELD(custom_tensors[1]));
  point(FIELD(custom.options), CONSTANTS);
  point(FIELD(custom_tensors[0].channel_scales), CONSTANTS);
  point(FIELD(custom_tensors[0].channel_zero_points), CONSTANTS);
  point(FIELD(model.stream), FIELD(stream));
  point(FIELD(model.weights), CONSTANTS);
  for (size_t i = 0; i < 2; i++) {
    point(FIELD(tensors) + i * sizeof(stm32rt_tensor) +
              offsetof(stm32rt_tensor, name),
          TEXT);
    point(FIELD(pools) + i * sizeof(stm32rt_pool) +
              offsetof(stm32rt_pool, name),
          TEXT);
    point(FIELD(pools) + i * sizeof(stm32rt_pool) +
              offsetof(stm32rt_pool, region),
          TEXT);
    const size_t op = FIELD(operators) + i * sizeof(stm32rt_operator);
    point(op + offsetof(stm32rt_operator, name), TEXT);
    point(op + offsetof(stm32rt_operator, kind), TEXT);
    point(op + offsetof(stm32rt_operator, kernel), TEXT);
    point(op + (i == 0 ? offsetof(stm32rt_operator, run)
                       : offsetof(stm32rt_operator, run_rows)),
          CODE);
  }
  point(FIELD(states[0].name), TEXT);
  point(FIELD(states[0].initial), CONSTANTS);
  image_seal(sample, SIZE);
}

/* The status of the image with `bytes` bytes of `value` at `at`. */
static stm32rt_status change(size_t at, uint64_t value, size_t bytes) {
  uint8_t image[SIZE];
  memcpy(image, sample, SIZE);
  memcpy(image + at, &value, bytes);
  image_seal(image, SIZE);
  return image_try(image, SIZE);
}
static stm32rt_status change16(size_t at, uint32_t value) {
  return change(at, value, 2);
}
static stm32rt_status change32(size_t at, uint32_t value) {
  return change(at, value, 4);
}
static stm32rt_status change_pointer(size_t at, uintptr_t value) {
  return change(at, value, WORD);
}

static void test_load(void) {
  STM32RT_ALIGNED(16) uint8_t image[SIZE];
  STM32RT_ALIGNED(8) uint8_t ram[TABLES_SIZE];
  const stm32rt_memory tables = {ram, sizeof ram};
  const stm32rt_model *model;
  memcpy(image, sample, SIZE);
  CHECK(stm32rt_image_check(image, SIZE) == STM32RT_OK);
  CHECK(stm32rt_image_load(image, SIZE + 100, &tables, &model) == STM32RT_OK);
  CHECK(memcmp(image, sample, SIZE) == 0);
  CHECK(model->abi == &STM32RT_ABI_SYMBOL);
  CHECK(strcmp(model->name, "text") == 0);
  /* Tables point into the copy of the tables, all else stays in place. */
  CHECK((const uint8_t *)model->tensors ==
        ram + offsetof(sample_tables, tensors));
  CHECK(model->weights == image + CONSTANTS);
  CHECK((uintptr_t)model->operators[0].run == (uintptr_t)image + CODE);
  CHECK(model->operators[0].run_rows == NULL);
  CHECK((uintptr_t)model->operators[1].run_rows == (uintptr_t)image + CODE);

  uint64_t a[4], b[3];
  const stm32rt_memory pools[] = {{a, sizeof a}, {b, sizeof b}};
  stm32rt_context context;
  CHECK(stm32rt_create(&context, model, pools, 2, NULL) == STM32RT_OK);
  CHECK(memcmp((const uint8_t *)b + 4, image + CONSTANTS, 16) == 0);
}

static void test_arguments(void) {
  STM32RT_ALIGNED(32) uint8_t image[SIZE + 32];
  STM32RT_ALIGNED(8) uint8_t ram[TABLES_SIZE + 8];
  const stm32rt_memory tables = {ram, TABLES_SIZE};
  const stm32rt_memory none = {NULL, TABLES_SIZE};
  const stm32rt_memory small = {ram, TABLES_SIZE - 1};
  const stm32rt_memory odd = {ram + 4, TABLES_SIZE};
  const stm32rt_model *model = (const stm32rt_model *)(void *)ram;
  memcpy(image, sample, SIZE);
  CHECK(stm32rt_image_check(NULL, SIZE) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_image_load(NULL, SIZE, &tables, &model) ==
        STM32RT_ERROR_ARGUMENT);
  CHECK(model == NULL);
  CHECK(stm32rt_image_load(image, SIZE, &tables, NULL) ==
        STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_image_load(image, SIZE, NULL, &model) ==
        STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_image_load(image, SIZE, &none, &model) ==
        STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_image_load(image, SIZE, &small, &model) ==
        STM32RT_ERROR_POOL_SIZE);
  CHECK(stm32rt_image_load(image, SIZE, &odd, &model) ==
        STM32RT_ERROR_POOL_ALIGNMENT);
  memmove(image + 8, sample, SIZE);
  CHECK(stm32rt_image_check(image + 8, SIZE) == STM32RT_ERROR_POOL_ALIGNMENT);
  memmove(image + 1, sample, SIZE);
  CHECK(stm32rt_image_check(image + 1, SIZE) == STM32RT_ERROR_POOL_ALIGNMENT);
}

static void test_damage(void) {
  STM32RT_ALIGNED(16) uint8_t image[SIZE];
  /* Each length, and each byte changed. */
  for (uint32_t size = 0; size < SIZE; size++)
    CHECK(image_try(sample, size) == STM32RT_ERROR_IMAGE_TRUNCATED);
  for (uint32_t at = 0; at < SIZE; at++) {
    memcpy(image, sample, SIZE);
    image[at] ^= 0x10;
    const stm32rt_status status = image_try(image, SIZE);
    if (at < HEADER(format))
      CHECK(status == STM32RT_ERROR_IMAGE_MAGIC);
    else if (at < HEADER(size))
      CHECK(status == STM32RT_ERROR_IMAGE_VERSION);
    else
      CHECK(status == STM32RT_ERROR_IMAGE_CHECKSUM ||
            (at < HEADER(abi_version) &&
             status == STM32RT_ERROR_IMAGE_TRUNCATED));
  }
  CHECK(change32(HEADER(size), 0) == STM32RT_ERROR_IMAGE_MALFORMED);
  CHECK(change32(HEADER(size), 83) == STM32RT_ERROR_IMAGE_MALFORMED);
}

static void test_versions(void) {
  CHECK(change32(HEADER(format), 2) == STM32RT_ERROR_IMAGE_VERSION);
  CHECK(change32(HEADER(abi_version), STM32RT_ABI_VERSION + 1) ==
        STM32RT_ERROR_IMAGE_VERSION);
  CHECK(change32(HEADER(machine), STM32RT_MACHINE ^ 12u) ==
        STM32RT_ERROR_IMAGE_MACHINE);
  CHECK(change32(HEADER(machine), STM32RT_MACHINE ^ 0x700u) ==
        STM32RT_ERROR_IMAGE_MACHINE);
  /* An extension that the loader was not compiled for. */
  CHECK(change32(HEADER(machine), STM32RT_MACHINE | 0x80000000u) ==
        STM32RT_ERROR_IMAGE_MACHINE);
}

static void test_layout(void) {
  static const struct {
    size_t at;
    uint32_t value;
  } wrong[] = {{HEADER(alignment), 0},
               {HEADER(alignment), 24},
               {HEADER(reserved), 1},
               {HEADER(pool_count), STM32RT_MAX_POOLS + 1},
               {HEADER(pool_count), 5}, /* reaches into the tables */
               {HEADER(pool_count), 0xFFFFFFFFu},
               {HEADER(tables), 0},
               {HEADER(tables), TABLES + 4},
               {HEADER(tables), TABLES + 8},
               {HEADER(tables), 0xFFFFFFF8u},
               {HEADER(tables_size), 0},
               {HEADER(tables_size), TABLES_SIZE + 4},
               {HEADER(tables_size), TABLES_SIZE - 8},
               {HEADER(tables_size), TABLES_SIZE + 8},
               {HEADER(tables_size), 0xFFFFFFF8u},
               {HEADER(model), TABLES - 8},
               {HEADER(model), TABLES + 4},
               {HEADER(model), BITS - 8},
               {HEADER(model), 0xFFFFFFF8u}};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    CHECK(change32(wrong[i].at, wrong[i].value) ==
          STM32RT_ERROR_IMAGE_MALFORMED);
  CHECK(change32(HEADER(alignment), 64) == STM32RT_OK);
  CHECK(change32(HEADER(alignment), 0x80000000u) ==
        STM32RT_ERROR_POOL_ALIGNMENT);
}

#define MALFORMED(call) CHECK((call) == STM32RT_ERROR_IMAGE_MALFORMED)

static void test_pointers(void) {
  static const size_t pointers[] = {
      FIELD(model.name),        FIELD(model.tool_version),
      FIELD(model.signature),   FIELD(model.inputs),
      FIELD(model.outputs),     FIELD(model.tensors),
      FIELD(model.pools),       FIELD(model.states),
      FIELD(model.operators),   FIELD(model.steps),
      FIELD(model.transfers),   FIELD(model.weights),
      FIELD(tensors[1].name),   FIELD(pools[1].name),
      FIELD(pools[1].region),   FIELD(states[0].name),
      FIELD(operators[0].name), FIELD(operators[0].kind),
      FIELD(operators[0].run),  FIELD(operators[1].kernel),
      FIELD(operators[1].run_rows),
      FIELD(model.accelerators), FIELD(accelerators[0].target_key),
      FIELD(accelerators[0].operators), FIELD(accelerated[0].descriptor),
      FIELD(model.customs), FIELD(customs[0]), FIELD(custom.inputs),
      FIELD(custom.outputs), FIELD(custom.options)};
  for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++) {
    MALFORMED(change_pointer(pointers[i], 0));        /* the header */
    MALFORMED(change_pointer(pointers[i], TEXT - 1)); /* the pools */
    MALFORMED(change_pointer(pointers[i], BITS));     /* behind the tables */
    MALFORMED(change_pointer(pointers[i], UINTPTR_MAX));
    /* Without its bit it is no address in the image. */
    const size_t index = (pointers[i] - TABLES) / WORD;
    const size_t byte = BITS + index / 8;
    MALFORMED(change(byte, sample[byte] & ~(1u << index % 8), 1));
  }
  /* Of what may be NULL, the pointer to it. */
  MALFORMED(change_pointer(FIELD(states[0].initial), TEXT - 1));
  MALFORMED(change_pointer(FIELD(model.stream), TEXT - 1));
  MALFORMED(
      change_pointer(FIELD(custom_tensors[0].channel_scales), TEXT - 1));
  MALFORMED(
      change_pointer(FIELD(custom_tensors[0].channel_zero_points), TEXT - 1));
  /* Too near to the end, not aligned, without an end. */
  MALFORMED(change_pointer(FIELD(model.tensors), FIELD(tensors[1])));
  MALFORMED(change_pointer(FIELD(model.tensors), FIELD(tensors) - 2));
  MALFORMED(change_pointer(FIELD(model.inputs), FIELD(inputs) + 1));
  MALFORMED(change_pointer(FIELD(model.weights), CODE + 1));
  MALFORMED(change_pointer(FIELD(states[0].initial), CODE + 1));
  MALFORMED(change_pointer(FIELD(operators[0].run), FIELD(tensors)));
  {
    uint8_t image[SIZE];
    memcpy(image, sample, SIZE);
    memset(image + TEXT, 'x', TABLES - TEXT);
    image_seal(image, SIZE);
    MALFORMED(image_try(image, SIZE));
  }
}

static void test_numbers(void) {
  MALFORMED(change32(FIELD(model.abi_version), STM32RT_ABI_VERSION + 1));
  MALFORMED(change32(FIELD(model.operator_count), 0x40000000u));
  MALFORMED(change32(FIELD(model.step_count), 0xFFFFFFFFu));
  MALFORMED(change32(FIELD(model.weights_size), 0xFFFFFFFFu));
  MALFORMED(change16(FIELD(model.tensor_count), 1));
  MALFORMED(change16(FIELD(model.tensor_count), 0xFFFF));
  MALFORMED(change16(FIELD(model.pool_count), 1));
  MALFORMED(change16(FIELD(model.input_count), 0)); /* one is streamed */
  MALFORMED(change16(FIELD(inputs), 2));
  MALFORMED(change16(FIELD(outputs), 2));
  MALFORMED(change16(FIELD(tensors[0].pool), 2));
  MALFORMED(change32(FIELD(tensors[1].offset), 25));
  MALFORMED(change32(FIELD(tensors[1].offset), 0xFFFFFFFFu));
  MALFORMED(change32(FIELD(tensors[1].size), 0xFFFFFFF0u));
  MALFORMED(change(FIELD(tensors[0].rank), STM32RT_MAX_RANK + 1, 1));
  MALFORMED(change32(FIELD(pools[0].size), 31));
  MALFORMED(change16(FIELD(states[0].pool), 2));
  MALFORMED(change32(FIELD(states[0].size), 17));
  MALFORMED(change32(FIELD(transfers[0].source), 13));
  MALFORMED(change32(FIELD(transfers[0].source), 0xFFFFFFFFu));
  MALFORMED(change32(FIELD(transfers[0].offset), 17));
  MALFORMED(change32(FIELD(transfers[0].size), 5));
  MALFORMED(change16(FIELD(transfers[0].pool), 9));
  MALFORMED(change16(FIELD(operators[0].output), 2));
  MALFORMED(change16(FIELD(operators[0].outputs), 2));
  MALFORMED(change16(FIELD(operators[0].outputs), 0xFFFF));
  MALFORMED(change16(FIELD(steps[1].operator_index), 2));
  MALFORMED(change16(FIELD(model.accelerator_count), 0xFFFF));
  MALFORMED(change16(FIELD(accelerators[0].operator_count), 0xFFFF));
  MALFORMED(change16(FIELD(accelerators[0].pool), 2));
  MALFORMED(change_pointer(FIELD(accelerators[0].configure), CODE));
  MALFORMED(change32(FIELD(accelerated[0].constants), 17));
  MALFORMED(change16(FIELD(accelerated[0].operator_index), 2));
  MALFORMED(change16(FIELD(model.custom_count), 0xFFFF));
  MALFORMED(change32(FIELD(custom.input_count), 0xFFFFFFFFu));
  MALFORMED(change32(FIELD(custom.output_count), 0x10000u));
  MALFORMED(change32(FIELD(custom.output_count), 0xFFFFFFFFu));
  MALFORMED(change32(FIELD(custom.options_size), 0x10000u));
  MALFORMED(change32(FIELD(custom_tensors[0].channel_dimension), 2));
  MALFORMED(change(FIELD(custom_tensors[0].rank), STM32RT_MAX_RANK + 1, 1));
  MALFORMED(change32(FIELD(custom_tensors[0].shape[1]), 0x10000u));
  MALFORMED(change32(FIELD(custom_tensors[0].shape[1]), 0xFFFFFFFFu));
  MALFORMED(change16(FIELD(stream.held), 0));
  MALFORMED(change16(FIELD(stream.held), 3));
  MALFORMED(change32(FIELD(stream.row_size), 17));
  CHECK(change32(FIELD(stream.row_size), 16) == STM32RT_OK);
  CHECK(change32(FIELD(tensors[1].size), 7) == STM32RT_OK);
}

/* Random words; whatever is accepted must be fit to be read. */
static uint32_t test_changes(unsigned long cases) {
  uint32_t accepted = 0;
  for (unsigned long i = 0; i < cases; i++) {
    uint8_t image[SIZE];
    memcpy(image, sample, SIZE);
    for (uint32_t k = 0; k < 3; k++) {
      const uint32_t at = (uint32_t)(test_random() % (SIZE - 8));
      const uint32_t value = (uint32_t)test_random() >> 8;
      put32(image, at, value % 3 == 0   ? value % SIZE
                       : value % 3 == 1 ? 1u << value % 32
                                        : value << 8);
    }
    image_seal(image, SIZE);
    accepted += image_try(image, SIZE) == STM32RT_OK;
  }
  return accepted;
}

static void test_texts(void) {
  for (int status = STM32RT_ERROR_IMAGE_MALFORMED;
       status <= STM32RT_ERROR_IMAGE_MAGIC; status++)
    CHECK(strcmp(stm32rt_status_text((stm32rt_status)status),
                 stm32rt_status_text((stm32rt_status)-99)) != 0);
}

TEST_MAIN(argc, argv) {
  make_sample();
  CHECK(image_try(sample, SIZE) == STM32RT_OK);
  test_load();
  test_arguments();
  test_damage();
  test_versions();
  test_layout();
  test_pointers();
  test_numbers();
  test_texts();
  const unsigned long cases = TEST_COUNT(argc, argv, 100000, 1000);
  const uint32_t accepted = test_changes(cases);
  CHECK(accepted > 0 && accepted < cases);
  return test_result("image");
}
