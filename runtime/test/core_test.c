/*===-- core_test.c - The core API: every status, running, observing -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "stm32rt.h"
#include "stm32rt_test.h"

static const uint32_t constants[4] = {1, 2, 3, 4};

/* y = x + 1, then z = y + constant, byte by byte. */
static void add_one(const stm32rt_context *context) {
  const uint8_t *x = (const uint8_t *)stm32rt_tensor_data(context, 0);
  uint8_t *y = (uint8_t *)stm32rt_tensor_data(context, 1);
  for (int i = 0; i < 4; i++)
    y[i] = (uint8_t)(x[i] + 1);
}

static void add_constant(const stm32rt_context *context) {
  const uint8_t *y = (const uint8_t *)stm32rt_at(context, 0, 4);
  uint8_t *z = (uint8_t *)stm32rt_at(context, 1, 0);
  const uint32_t *c = (const uint32_t *)stm32rt_constant(context, 4);
  for (int i = 0; i < 4; i++)
    z[i] = (uint8_t)(y[i] + *c);
}

static const stm32rt_tensor tensors[] = {
    {"x", STM32RT_UINT8, 1, 0, 0, 4, {4, 0, 0, 0, 0, 0}, 1.0f, 0},
    {"y", STM32RT_UINT8, 1, 0, 4, 4, {4, 0, 0, 0, 0, 0}, 1.0f, 0},
    {"z", STM32RT_UINT8, 1, 1, 0, 4, {4, 0, 0, 0, 0, 0}, 1.0f, 0}};
static const stm32rt_pool pools[] = {{"a", "sram", 8, 8}, {"b", "dtcm", 4, 4}};
static const stm32rt_operator operators[] = {
    {"y", "ADD", "add_one", 0, 1, 1, add_one, NULL},
    {"z", "ADD", "add_constant", 0, 2, 1, add_constant, NULL}};
static const uint16_t inputs[] = {0}, outputs[] = {2};

static const stm32rt_model model = {
    .abi = &STM32RT_ABI_SYMBOL,
    .abi_version = STM32RT_ABI_VERSION,
    .name = "sum",
    .tool_version = "0",
    .signature = "",
    .input_count = 1,
    .output_count = 1,
    .tensor_count = 3,
    .pool_count = 2,
    .operator_count = 2,
    .inputs = inputs,
    .outputs = outputs,
    .tensors = tensors,
    .pools = pools,
    .operators = operators,
    .weights = constants,
    .weights_size = sizeof constants,
    .weights_alignment = 4};

static uint64_t memory_a[2], memory_b[2];

typedef struct events {
  uint32_t count;
  uint32_t seen[16];
} events;

static void observe(const stm32rt_context *context, uint32_t operator_index,
                    int post, void *user) {
  events *e = (events *)user;
  (void)context;
  if (e->count < 16)
    e->seen[e->count] = operator_index * 10 + (uint32_t)post;
  e->count++;
}

static stm32rt_status create(stm32rt_context *context, const stm32rt_model *m,
                             void *a, uint32_t size, uint32_t count) {
  const stm32rt_memory memory[9] = {{a, size}, {memory_b, 4}};
  return stm32rt_create(context, m, memory, count, NULL);
}

static void statuses(void) {
  uint8_t *const a = (uint8_t *)memory_a;
  stm32rt_context c;
  CHECK(create(&c, &model, a, 8, 2) == STM32RT_OK);
  CHECK(create(NULL, &model, a, 8, 2) == STM32RT_ERROR_ARGUMENT);
  CHECK(create(&c, NULL, a, 8, 2) == STM32RT_ERROR_ARGUMENT);
  CHECK(create(&c, &model, NULL, 8, 2) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_create(&c, &model, NULL, 2, NULL) == STM32RT_ERROR_ARGUMENT);
  CHECK(create(&c, &model, a, 8, 1) == STM32RT_ERROR_POOL_COUNT);
  CHECK(create(&c, &model, a, 8, 3) == STM32RT_ERROR_POOL_COUNT);
  CHECK(create(&c, &model, a, 7, 2) == STM32RT_ERROR_POOL_SIZE);
  CHECK(create(&c, &model, a + 4, 8, 2) == STM32RT_ERROR_POOL_ALIGNMENT);

  stm32rt_model other = model;
  other.abi_version = STM32RT_ABI_VERSION + 1;
  CHECK(create(&c, &other, a, 8, 2) == STM32RT_ERROR_VERSION);
  CHECK(c.model == NULL);
  other = model;
  other.abi = (const uint8_t *)constants;
  CHECK(create(&c, &other, a, 8, 2) == STM32RT_ERROR_VERSION);
  other = model;
  other.pool_count = STM32RT_MAX_POOLS + 1;
  CHECK(create(&c, &other, a, 8, 9) == STM32RT_ERROR_POOL_COUNT);
  other = model;
  other.weights = NULL;
  CHECK(create(&c, &other, a, 8, 2) == STM32RT_ERROR_ARGUMENT);
  other = model;
  other.weights = (const uint8_t *)constants + 1;
  CHECK(create(&c, &other, a, 8, 2) == STM32RT_ERROR_POOL_ALIGNMENT);

  CHECK(stm32rt_run(NULL) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_run(&c) == STM32RT_ERROR_NOT_CREATED);
  CHECK(stm32rt_run_step(NULL, 0) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_run_step(&c, 0) == STM32RT_ERROR_NOT_CREATED);
  CHECK(stm32rt_set_observer(NULL, NULL, NULL) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_set_observer(&c, NULL, NULL) == STM32RT_ERROR_NOT_CREATED);
}

/* States take their first values from create and from reset, and run leaves
 * them alone. */
static void states(void) {
  static const uint8_t initial[2] = {7, 9};
  static const stm32rt_state table[2] = {{"s", initial, 2, 2, 1, 0},
                                         {"t", NULL, 1, 1, 1, 0x80}};
  const stm32rt_memory memory[2] = {{memory_a, 16}, {memory_b, 16}};
  stm32rt_model other = model;
  stm32rt_context c;
  uint8_t *const b = (uint8_t *)memory_b;
  other.states = table;
  other.state_count = 2;
  memset(b, 1, 4);
  CHECK(stm32rt_create(&c, &other, memory, 2, NULL) == STM32RT_OK);
  CHECK(b[0] == 1 && b[1] == 0x80 && b[2] == 7 && b[3] == 9);
  memset(b, 2, 4);
  CHECK(stm32rt_reset(&c) == STM32RT_OK);
  CHECK(b[0] == 2 && b[1] == 0x80 && b[2] == 7 && b[3] == 9);
  CHECK(stm32rt_reset(NULL) == STM32RT_ERROR_ARGUMENT);
  memset(&c, 0, sizeof c);
  CHECK(stm32rt_reset(&c) == STM32RT_ERROR_NOT_CREATED);
}

static void running(void) {
  static const uint32_t others[4] = {0, 100, 0, 0};
  static const uint8_t x[4] = {0, 1, 2, 255};
  const stm32rt_memory memory[2] = {{memory_a, 16}, {memory_b, 16}};
  stm32rt_context c;
  events e = {0, {0}};

  CHECK(create(&c, &model, memory_a, 8, 2) == STM32RT_OK);
  memcpy(stm32rt_input(&c, 0), x, 4);
  CHECK(stm32rt_run(&c) == STM32RT_OK);
  const uint8_t *z = (const uint8_t *)stm32rt_output(&c, 0);
  CHECK(z == (const uint8_t *)memory_b);
  CHECK(z[0] == 3 && z[1] == 4 && z[2] == 5 && z[3] == 2);

  CHECK(stm32rt_set_observer(&c, observe, &e) == STM32RT_OK);
  CHECK(stm32rt_run(&c) == STM32RT_OK);
  CHECK(e.count == 4);
  for (uint32_t i = 0; i < 4; i++)
    CHECK(e.seen[i] == i / 2 * 10 + i % 2);
  CHECK(stm32rt_set_observer(&c, NULL, NULL) == STM32RT_OK);
  CHECK(stm32rt_run(&c) == STM32RT_OK);
  CHECK(e.count == 4);

  memset(memory_b, 0, 4);
  CHECK(stm32rt_run_step(&c, 1) == STM32RT_OK);
  CHECK(z[0] == 3 && z[1] == 4 && z[2] == 5 && z[3] == 2);
  CHECK(stm32rt_run_step(&c, 2) == STM32RT_ERROR_ARGUMENT);

  /* Other constants than the model's own. */
  CHECK(stm32rt_create(&c, &model, memory, 2, others) == STM32RT_OK);
  CHECK(stm32rt_run(&c) == STM32RT_OK);
  CHECK(z[0] == 101);
}

/* y = 2 * x for bytes [first, first + count), through a ring of two bytes. */
static void double_rows(const stm32rt_context *context, uint32_t first,
                        uint32_t count) {
  const uint8_t *x = (const uint8_t *)stm32rt_at(context, 0, 0);
  uint8_t *ring = (uint8_t *)stm32rt_at(context, 0, 4);
  for (uint32_t i = first; i < first + count; i++)
    ring[stm32rt_row_at(i, 2, 1)] = (uint8_t)(2 * x[stm32rt_row_at(i, 0, 1)]);
}

static void copy_rows(const stm32rt_context *context, uint32_t first,
                      uint32_t count) {
  const uint8_t *ring = (const uint8_t *)stm32rt_at(context, 0, 4);
  uint8_t *z = (uint8_t *)stm32rt_at(context, 1, 0);
  for (uint32_t i = first; i < first + count; i++)
    z[i] = ring[i % 2];
}

/* z[3] += z[0], to see that it comes last. */
static void finish(const stm32rt_context *context) {
  uint8_t *z = (uint8_t *)stm32rt_at(context, 1, 0);
  z[3] = (uint8_t)(z[3] + z[0]);
}

/* Operators take turns; the observer knows when each of them is done. */
static void stepping(void) {
  static const stm32rt_operator banded[] = {
      {"y", "DOUBLE", "double_rows", 0, 1, 1, NULL, double_rows},
      {"z", "COPY", "copy_rows", 0, 2, 1, NULL, copy_rows},
      {"z", "ADD", "finish", 0, 2, 1, finish, NULL}};
  static const stm32rt_step steps[] = {{0, 0, 2}, {1, 0, 1}, {1, 1, 1},
                                       {0, 2, 2}, {1, 2, 2}, {2, 0, 0}};
  static const uint32_t seen[12] = {0, 2, 10, 12, 10, 12, 0, 1, 10, 11, 20, 21};
  static const uint8_t x[4] = {1, 2, 3, 4};
  stm32rt_model other = model;
  stm32rt_context c;
  events e = {0, {0}};
  other.operators = banded;
  other.operator_count = 3;
  other.steps = steps;
  other.step_count = 6;
  CHECK(create(&c, &other, memory_a, 8, 2) == STM32RT_OK);
  memcpy(stm32rt_input(&c, 0), x, 4);
  CHECK(stm32rt_run(&c) == STM32RT_OK);
  const uint8_t *z = (const uint8_t *)stm32rt_output(&c, 0);
  CHECK(z[0] == 2 && z[1] == 4 && z[2] == 6 && z[3] == 10);

  CHECK(stm32rt_set_observer(&c, observe, &e) == STM32RT_OK);
  CHECK(stm32rt_run(&c) == STM32RT_OK);
  CHECK(e.count == 12);
  for (uint32_t i = 0; i < 12; i++)
    CHECK(e.seen[i] == seen[i]);

  /* One by one they are a run. */
  memset(memory_b, 0, 4);
  for (uint32_t i = 0; i < 6; i++)
    CHECK(stm32rt_run_step(&c, i) == STM32RT_OK);
  CHECK(z[0] == 2 && z[1] == 4 && z[2] == 6 && z[3] == 10);
  CHECK(stm32rt_run_step(&c, 6) == STM32RT_ERROR_ARGUMENT);
  CHECK(e.count == 12);
  /* Hundreds of them must cost few bytes of flash. */
  CHECK(sizeof(stm32rt_step) <= 8);
}

/* Doubles rows [first, first + count) of a ring of two rows of one byte. */
static void double_ring(const stm32rt_context *context, uint32_t first,
                        uint32_t count) {
  const uint8_t *ring = (const uint8_t *)stm32rt_at(context, 0, 0);
  uint8_t *z = (uint8_t *)stm32rt_at(context, 1, 0);
  for (uint32_t i = first; i < first + count; i++)
    z[i] = (uint8_t)(2 * ring[i % 2]);
}

/* Rows come one by one or in groups; nobody reads the last of the four. */
static stm32rt_model streaming_model(void) {
  static const stm32rt_operator banded[] = {
      {"z", "DOUBLE", "double_ring", 0, 2, 1, NULL, double_ring}};
  static const stm32rt_step steps[] = {{STM32RT_RECEIVE, 0, 2},
                                       {0, 0, 2},
                                       {STM32RT_RECEIVE, 2, 1},
                                       {0, 2, 1}};
  static const stm32rt_row_input input = {1, 4, 2};
  stm32rt_model other = model;
  other.operators = banded;
  other.operator_count = 1;
  other.steps = steps;
  other.step_count = 4;
  other.stream = &input;
  return other;
}

static void streaming(void) {
  static const uint8_t x[5] = {1, 2, 3, 4, 5};
  const stm32rt_model other = streaming_model();
  stm32rt_context c;
  stm32rt_stream s;
  CHECK(create(&c, &other, memory_a, 8, 2) == STM32RT_OK);
  const uint8_t *z = (const uint8_t *)stm32rt_output(&c, 0);
  for (uint32_t group = 1; group <= 4; group++) {
    memset(memory_b, 0, 4);
    CHECK(stm32rt_begin_stream(&s, &c) == STM32RT_OK);
    for (uint32_t row = 0; row < 4; row += group)
      CHECK(stm32rt_push_rows(&s, x + row, 4 - row < group ? 4 - row : group) ==
            STM32RT_OK);
    CHECK(z[0] == 2 && z[1] == 4 && z[2] == 6 && z[3] == 0);
    CHECK(stm32rt_push_rows(&s, x, 0) == STM32RT_OK);
    CHECK(stm32rt_push_rows(&s, x, 1) == STM32RT_ERROR_STREAM);
  }
  /* Too many at once: none of them is taken. */
  CHECK(stm32rt_begin_stream(&s, &c) == STM32RT_OK);
  CHECK(stm32rt_push_rows(&s, x, 5) == STM32RT_ERROR_STREAM);
  CHECK(stm32rt_push_rows(&s, x, 4) == STM32RT_OK);

  CHECK(stm32rt_run(&c) == STM32RT_ERROR_STREAM);
  CHECK(stm32rt_run_step(&c, 0) == STM32RT_ERROR_STREAM);
  CHECK(stm32rt_push_rows(NULL, x, 1) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_push_rows(&s, NULL, 1) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_begin_stream(NULL, &c) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_begin_stream(&s, NULL) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_push_rows(&s, x, 1) == STM32RT_ERROR_NOT_CREATED);
  CHECK(create(&c, &model, memory_a, 8, 2) == STM32RT_OK);
  CHECK(stm32rt_begin_stream(&s, &c) == STM32RT_ERROR_STREAM);
  CHECK(create(&c, &model, memory_a, 7, 2) == STM32RT_ERROR_POOL_SIZE);
  CHECK(stm32rt_begin_stream(&s, &c) == STM32RT_ERROR_NOT_CREATED);
}

/* What the functions say during a run, from its observer. */
typedef struct nested {
  stm32rt_context *context;
  stm32rt_stream *stream;
  stm32rt_status run, reset, copier, begin, push, step;
} nested;

static void run_again(const stm32rt_context *context, uint32_t operator_index,
                      int post, void *user) {
  nested *n = (nested *)user;
  (void)context;
  (void)operator_index;
  if (post != STM32RT_DONE)
    return;
  n->run = stm32rt_run(n->context);
  n->reset = stm32rt_reset(n->context);
  n->step = stm32rt_run_step(n->context, 0);
  n->copier = stm32rt_set_copier(n->context, NULL);
  if (n->stream != NULL) {
    static const uint8_t row[1] = {0};
    stm32rt_stream other;
    n->begin = stm32rt_begin_stream(&other, n->context);
    n->push = stm32rt_push_rows(n->stream, row, 1);
  }
}

static void run_other(const stm32rt_context *context, uint32_t operator_index,
                      int post, void *user) {
  (void)context;
  (void)operator_index;
  (void)post;
  CHECK(stm32rt_run((stm32rt_context *)user) == STM32RT_OK);
}

/* A context runs once at a time; another one may run in between. */
static void nesting(void) {
  stm32rt_context c, d;
  nested n = {&c, NULL, STM32RT_OK, STM32RT_OK, STM32RT_OK, STM32RT_OK,
              STM32RT_OK, STM32RT_OK};
  CHECK(create(&c, &model, memory_a, 8, 2) == STM32RT_OK);
  CHECK(stm32rt_set_observer(&c, run_again, &n) == STM32RT_OK);
  uint8_t *x = (uint8_t *)stm32rt_input(&c, 0);
  const uint8_t *z = (const uint8_t *)stm32rt_output(&c, 0);
  x[0] = 10;
  CHECK(stm32rt_run(&c) == STM32RT_OK);
  CHECK(z[0] == 13);
  CHECK(n.run == STM32RT_ERROR_BUSY && n.reset == STM32RT_ERROR_BUSY);
  CHECK(n.step == STM32RT_ERROR_BUSY);
  CHECK(n.copier == STM32RT_ERROR_BUSY);
  CHECK(stm32rt_reset(&c) == STM32RT_OK);

  uint64_t other_a[1];
  uint8_t other_b[4];
  const stm32rt_memory memory[2] = {{other_a, 8}, {other_b, 4}};
  CHECK(stm32rt_create(&d, &model, memory, 2, NULL) == STM32RT_OK);
  CHECK(stm32rt_set_observer(&c, run_other, &d) == STM32RT_OK);
  ((uint8_t *)stm32rt_input(&d, 0))[0] = 20;
  x[0] = 30;
  CHECK(stm32rt_run(&c) == STM32RT_OK);
  CHECK(z[0] == 33 && other_b[0] == 23);

  static uint8_t rows[4];
  stm32rt_stream s;
  const stm32rt_model m = streaming_model();
  CHECK(create(&c, &m, memory_a, 8, 2) == STM32RT_OK);
  CHECK(stm32rt_set_observer(&c, run_again, &n) == STM32RT_OK);
  n.stream = &s;
  CHECK(stm32rt_begin_stream(&s, &c) == STM32RT_OK);
  CHECK(stm32rt_push_rows(&s, rows, 4) == STM32RT_OK);
  CHECK(n.begin == STM32RT_ERROR_BUSY && n.push == STM32RT_ERROR_BUSY);
}

static int configured;
static stm32rt_status configure(const stm32rt_context *context,
                                const stm32rt_accelerator *accelerator) {
  CHECK(context->model != NULL && context->pools[0] != NULL);
  configured++;
  return accelerator->pool == STM32RT_NO_POOL ? STM32RT_ERROR_ACCELERATOR
                                              : STM32RT_OK;
}

/* Create asks each accelerator, and is undone by the first that is not ready. */
static void accelerating(void) {
  stm32rt_accelerator engines[3] = {{"none", NULL, NULL, 0, 0},
                                    {"ready", configure, NULL, 0, 0},
                                    {"late", configure, NULL, 0, 1}};
  stm32rt_model other = model;
  stm32rt_context c;
  other.accelerators = engines;
  other.accelerator_count = 3;
  CHECK(create(&c, &other, memory_a, 8, 2) == STM32RT_OK && configured == 2);
  engines[1].pool = STM32RT_NO_POOL;
  CHECK(create(&c, &other, memory_a, 8, 2) == STM32RT_ERROR_ACCELERATOR);
  CHECK(configured == 3);
  CHECK(stm32rt_run(&c) == STM32RT_ERROR_NOT_CREATED);
}

static void finding(void) {
  const stm32rt_model *const models[] = {NULL, &model};
  const stm32rt_model *const *at = models;
  CHECK(stm32rt_next_model(&at, models + 2) == &model);
  CHECK(stm32rt_next_model(&at, models + 2) == NULL);
  at = models;
  CHECK(stm32rt_next_model(&at, models + 1) == NULL);
  CHECK(stm32rt_find_model(models, 2, "sum") == &model);
  CHECK(stm32rt_find_model(models, 2, "su") == NULL);
  CHECK(stm32rt_find_model(models, 2, "sums") == NULL);
  CHECK(stm32rt_find_model(models, 1, "sum") == NULL);
  CHECK(stm32rt_find_model(NULL, 2, "sum") == NULL);
  CHECK(stm32rt_find_model(models, 2, NULL) == NULL);
}

/* z = y + constant, from the copy in pool a behind y. */
static void add_copied(const stm32rt_context *context) {
  const uint8_t *y = (const uint8_t *)stm32rt_at(context, 0, 4);
  uint8_t *z = (uint8_t *)stm32rt_at(context, 1, 0);
  uint32_t c;
  memcpy(&c, stm32rt_at(context, 0, 8), sizeof c);
  for (int i = 0; i < 4; i++)
    z[i] = (uint8_t)(y[i] + c);
}

/* A copier that copies as late as it may. */
typedef struct late_copy {
  void *to;
  const void *from;
  uint32_t size, starts, waits;
} late_copy;

static void late_start(void *user, void *to, const void *from, uint32_t size) {
  late_copy *copy = (late_copy *)user;
  copy->to = to;
  copy->from = from;
  copy->size = size;
  copy->starts++;
}

static void late_wait(void *user, const void *to) {
  late_copy *copy = (late_copy *)user;
  CHECK(copy->to == to);
  memcpy(copy->to, copy->from, copy->size);
  copy->waits++;
}

static void copying(void) {
  static const stm32rt_operator copied[] = {
      {"y", "ADD", "add_one", 0, 1, 1, add_one, NULL},
      {"z", "ADD", "add_copied", 0, 2, 1, add_copied, NULL}};
  static const stm32rt_pool larger[] = {{"a", "sram", 12, 4},
                                        {"b", "dtcm", 4, 4}};
  static const stm32rt_transfer transfers[] = {
      {.source = 4, .offset = 8, .size = 4, .start = 0, .use = 1, .pool = 0}};
  stm32rt_model other = model;
  other.operators = copied;
  other.pools = larger;
  other.transfers = transfers;
  other.transfer_count = 1;
  late_copy copy = {NULL, NULL, 0, 0, 0};
  const stm32rt_copier late = {late_start, late_wait, &copy};
  const stm32rt_copier half = {late_start, NULL, &copy};
  stm32rt_context c;
  memset(&c, 0, sizeof c);
  CHECK(stm32rt_set_copier(NULL, &late) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_set_copier(&c, &late) == STM32RT_ERROR_NOT_CREATED);
  CHECK(create(&c, &other, memory_a, 12, 2) == STM32RT_OK);
  CHECK(stm32rt_set_copier(&c, &half) == STM32RT_ERROR_ARGUMENT);
  for (int pass = 0; pass < 3; pass++) {
    memset(memory_a, 0, sizeof memory_a);
    memcpy(stm32rt_input(&c, 0), "\1\2\3\4", 4);
    CHECK(stm32rt_set_copier(&c, pass == 1 ? &late : NULL) == STM32RT_OK);
    CHECK(stm32rt_run(&c) == STM32RT_OK);
    CHECK(memcmp(stm32rt_output(&c, 0), "\4\5\6\7", 4) == 0);
  }
  CHECK(copy.starts == 1 && copy.waits == 1);

  /* A step alone brings its constants along. */
  for (int pass = 0; pass < 2; pass++) {
    memcpy((uint8_t *)memory_a + 4, "\1\2\3\4\0\0\0\0", 8);
    CHECK(stm32rt_set_copier(&c, pass == 1 ? &late : NULL) == STM32RT_OK);
    CHECK(stm32rt_run_step(&c, 1) == STM32RT_OK);
    CHECK(memcmp(stm32rt_output(&c, 0), "\3\4\5\6", 4) == 0);
  }
  CHECK(copy.starts == 2 && copy.waits == 2);
}

static void texts(void) {
  for (int i = 0; i <= -STM32RT_ERROR_IMAGE_MALFORMED; i++) {
    const char *text = stm32rt_status_text((stm32rt_status)-i);
    CHECK(text != NULL && text[0] != '\0');
    for (int j = 0; j < i; j++)
      CHECK(strcmp(text, stm32rt_status_text((stm32rt_status)-j)) != 0);
  }
  CHECK(strcmp(stm32rt_status_text((stm32rt_status)-77), "unknown status") ==
        0);
}

TEST_MAIN(argc, argv) {
#ifndef STM32RT_TEST_WRITE
  (void)argc;
  (void)argv;
#endif
  statuses();
  states();
  running();
  stepping();
  streaming();
  nesting();
  accelerating();
  finding();
  copying();
  texts();
  return test_result("core_test");
}
