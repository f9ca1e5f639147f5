/*===-- data_test.c - Runs with data outside of the pools ------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "stm32rt.h"
#include "stm32rt_test.h"

/* a and b lie in pool 0; sum and difference follow. */
static void add(const stm32rt_context *context) {
  const uint8_t *a = (const uint8_t *)stm32rt_at(context, 0, 0);
  uint8_t *y = (uint8_t *)stm32rt_at(context, 0, 8);
  for (int i = 0; i < 4; i++)
    y[i] = (uint8_t)(a[i] + a[4 + i]);
}
static void subtract(const stm32rt_context *context) {
  const uint8_t *a = (const uint8_t *)stm32rt_at(context, 0, 0);
  uint8_t *y = (uint8_t *)stm32rt_at(context, 0, 12);
  for (int i = 0; i < 4; i++)
    y[i] = (uint8_t)(a[i] - a[4 + i]);
}
/* Of rows that come one by one. */
static void double_rows(const stm32rt_context *context, uint32_t first,
                        uint32_t count) {
  const uint8_t *ring = (const uint8_t *)stm32rt_at(context, 0, 0);
  uint8_t *y = (uint8_t *)stm32rt_at(context, 0, 8);
  for (uint32_t i = first; i < first + count; i++)
    y[i] = (uint8_t)(2 * ring[i % 2]);
}

static const stm32rt_tensor tensors[] = {
    {"a", STM32RT_UINT8, 1, 0, 0, 4, {4, 0, 0, 0, 0, 0}, 0.0f, 0},
    {"b", STM32RT_UINT8, 1, 0, 4, 4, {4, 0, 0, 0, 0, 0}, 0.0f, 0},
    {"sum", STM32RT_UINT8, 1, 0, 8, 4, {4, 0, 0, 0, 0, 0}, 0.0f, 0},
    {"difference", STM32RT_UINT8, 1, 0, 12, 4, {4, 0, 0, 0, 0, 0}, 0.0f, 0}};
static const stm32rt_pool pools[] = {{"a", "sram", 16, 4}};
static const stm32rt_operator operators[] = {
    {"sum", "ADD", "add", 0, 2, 1, add, NULL},
    {"difference", "SUB", "subtract", 0, 3, 1, subtract, NULL}};
static const uint16_t inputs[] = {0, 1}, outputs[] = {2, 3};
static const stm32rt_operator banded[] = {
    {"sum", "DOUBLE", "double_rows", 0, 2, 1, NULL, double_rows}};
static const stm32rt_step steps[] = {
    {STM32RT_RECEIVE, 0, 2}, {0, 0, 2}, {STM32RT_RECEIVE, 2, 2}, {0, 2, 2}};
static const stm32rt_row_input rows = {1, 4, 2};

static stm32rt_model make_model(int streamed) {
  stm32rt_model model;
  memset(&model, 0, sizeof model);
  model.abi = &STM32RT_ABI_SYMBOL;
  model.abi_version = STM32RT_ABI_VERSION;
  model.name = "data";
  model.input_count = streamed ? 1 : 2;
  model.output_count = streamed ? 1 : 2;
  model.tensor_count = 4;
  model.pool_count = 1;
  model.operator_count = streamed ? 1 : 2;
  model.inputs = inputs;
  model.outputs = outputs;
  model.tensors = tensors;
  model.pools = pools;
  model.operators = streamed ? banded : operators;
  if (streamed) {
    model.steps = steps;
    model.step_count = 4;
    model.stream = &rows;
  }
  return model;
}

static uint32_t memory[4];

static void create(stm32rt_context *context, const stm32rt_model *model) {
  const stm32rt_memory pool = {memory, sizeof memory};
  CHECK(stm32rt_create(context, model, &pool, 1, NULL) == STM32RT_OK);
}

/* Places of inputs 0 and 1, outputs 0 and 1. */
typedef struct places {
  uint8_t *data[4];
  uint32_t asked;
} places;

static void *locate(void *user, int is_output, uint32_t index) {
  places *p = (places *)user;
  p->asked++;
  return p->data[(is_output ? 2u : 0u) + index];
}

static void copying(void) {
  const stm32rt_model model = make_model(0);
  stm32rt_context c;
  create(&c, &model);
  uint8_t *own[4];
  for (uint32_t i = 0; i < 4; i++)
    own[i] = (uint8_t *)stm32rt_tensor_data(&c, i);
  uint8_t a[4] = {1, 2, 3, 4}, b[4] = {1, 1, 2, 2}, sum[5], difference[5];
  uint8_t *const other[4] = {a, b, sum, difference};
  /* Each tensor in its place, named as such or not, or elsewhere. */
  for (uint32_t where = 0; where < 81; where++) {
    places p = {{NULL, NULL, NULL, NULL}, 0};
    uint32_t rest = where;
    memset(memory, 0xEE, sizeof memory);
    memset(sum, 0xAA, sizeof sum);
    memset(difference, 0xAA, sizeof difference);
    for (uint32_t i = 0; i < 4; i++, rest /= 3) {
      p.data[i] = rest % 3 == 0 ? NULL : rest % 3 == 1 ? own[i] : other[i];
      if (i < 2 && rest % 3 != 2)
        memcpy(own[i], other[i], 4);
    }
    CHECK(stm32rt_run_with(&c, locate, &p) == STM32RT_OK);
    CHECK(p.asked == 4);
    const uint8_t *s = p.data[2] != NULL ? p.data[2] : own[2];
    const uint8_t *d = p.data[3] != NULL ? p.data[3] : own[3];
    CHECK(s[0] == 2 && s[1] == 3 && s[2] == 5 && s[3] == 6);
    CHECK(d[0] == 0 && d[1] == 1 && d[2] == 1 && d[3] == 2);
    CHECK(sum[4] == 0xAA && difference[4] == 0xAA);
  }
}

static void streaming(void) {
  const stm32rt_model model = make_model(1);
  stm32rt_context c;
  uint8_t image[4] = {1, 2, 3, 4}, y[4] = {0, 0, 0, 0};
  places p = {{image, NULL, y, NULL}, 0};
  create(&c, &model);
  CHECK(stm32rt_run_with(&c, locate, &p) == STM32RT_OK);
  CHECK(y[0] == 2 && y[1] == 4 && y[2] == 6 && y[3] == 8);
  /* Rows have no place where they could be already. */
  p.data[0] = NULL;
  CHECK(stm32rt_run_with(&c, locate, &p) == STM32RT_ERROR_ARGUMENT);
  CHECK(c.running == 0);
}

typedef struct again {
  stm32rt_context *context;
  places *wrong;
  uint32_t refused;
} again;

static void run_again(const stm32rt_context *context, uint32_t operator_index,
                      int post, void *user) {
  again *n = (again *)user;
  (void)context;
  (void)operator_index;
  (void)post;
  n->refused +=
      stm32rt_run_with(n->context, locate, n->wrong) == STM32RT_ERROR_BUSY;
}

/* A run that is refused has not touched the inputs of the one that goes on. */
static void refusing(void) {
  const stm32rt_model model = make_model(0);
  stm32rt_context c;
  uint8_t a[4] = {1, 2, 3, 4}, b[4] = {1, 1, 2, 2}, y[4], no[4] = {9, 9, 9, 9};
  places p = {{a, b, NULL, y}, 0}, wrong = {{no, no, no, no}, 0};
  again n = {&c, &wrong, 0};
  create(&c, &model);
  CHECK(stm32rt_set_observer(&c, run_again, &n) == STM32RT_OK);
  CHECK(stm32rt_run_with(&c, locate, &p) == STM32RT_OK);
  CHECK(n.refused == 4 && wrong.asked == 0);
  CHECK(y[0] == 0 && y[1] == 1 && y[2] == 1 && y[3] == 2);

  CHECK(stm32rt_run_with(NULL, locate, &p) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_run_with(&c, NULL, &p) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_create(&c, NULL, NULL, 0, NULL) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_run_with(&c, locate, &p) == STM32RT_ERROR_NOT_CREATED);
}

TEST_MAIN(argc, argv) {
#ifndef STM32RT_TEST_WRITE
  (void)argc;
  (void)argv;
#endif
  copying();
  streaming();
  refusing();
  return test_result("data_test");
}
