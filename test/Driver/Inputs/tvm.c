/* An application on TVM's C interface: the digits example, every function. */
#include "tvmgen_network.h"

#include "network_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      printf("line %d: not true: %s\n", __LINE__, #condition);                 \
      exit(1);                                                                 \
    }                                                                          \
  } while (0)

static int8_t image[TVMGEN_NETWORK_SERVING_DEFAULT_IMAGE_0_SIZE];
static int8_t expected[TVMGEN_NETWORK_STATEFULPARTITIONEDCALL_1_0_SIZE];
static int8_t scores[sizeof expected];

#ifdef TVMGEN_NETWORK_WORKSPACE_POOLS
static struct network_activations activations, others;
static struct tvmgen_network_workspace_pools own = {&activations};
static struct tvmgen_network_workspace_pools *const pools = &own;
#define RUN(in, out) tvmgen_network_run(in, out, pools)
#else
static struct tvmgen_network_workspace_pools *const pools = NULL;
#define RUN(in, out) tvmgen_network_run(in, out)
#endif

/* What the core computes. */
static void compute(void) {
  static struct network_activations memory;
  const stm32rt_memory pool = {&memory, sizeof memory};
  stm32rt_context context;
  for (size_t i = 0; i < sizeof image; i++)
    image[i] = (int8_t)(i * 37 % 251);
  CHECK(stm32rt_create(&context, &network_model, &pool, 1, NULL) == STM32RT_OK);
  memcpy(stm32rt_input(&context, 0), image, sizeof image);
  CHECK(stm32rt_run(&context) == STM32RT_OK);
  memcpy(expected, stm32rt_output(&context, 0), sizeof expected);
}

static int is_right(void) {
  const int same = memcmp(scores, expected, sizeof scores) == 0;
  memset(scores, 0, sizeof scores);
  return same;
}

static void runs(void) {
  struct tvmgen_network_inputs inputs = {image};
  struct tvmgen_network_outputs outputs = {scores};
  CHECK(RUN(&inputs, &outputs) == 0);
  CHECK(is_right());

  /* In the pools, without copies. */
  struct tvmgen_network_inputs in = tvmgen_network_map_inputs(pools);
  struct tvmgen_network_outputs out = tvmgen_network_map_outputs(pools);
  memcpy(in.serving_default_image_0, image, sizeof image);
  CHECK(RUN(&in, &out) == 0);
  memcpy(scores, out.StatefulPartitionedCall_1_0, sizeof scores);
  CHECK(is_right());
}

static void refuses(void) {
  struct tvmgen_network_inputs inputs = {NULL};
  struct tvmgen_network_outputs outputs = {scores};
  CHECK(RUN(&inputs, &outputs) == -1);
  CHECK(strcmp(TVMGetLastError(), "an input is NULL") == 0);
  inputs.serving_default_image_0 = image;
  outputs.StatefulPartitionedCall_1_0 = NULL;
  CHECK(RUN(&inputs, &outputs) == -1);
  CHECK(strcmp(TVMGetLastError(), "an output is NULL") == 0);
  CHECK(RUN(NULL, &outputs) == -1);
  CHECK(strstr(TVMGetLastError(), "NULL") != NULL);
  CHECK(tvmgen_network_run_in_pools(&inputs, &outputs, NULL) == -1);
#ifdef TVMGEN_NETWORK_WORKSPACE_POOLS
  struct tvmgen_network_workspace_pools bad = {activations.bytes + 1};
  outputs.StatefulPartitionedCall_1_0 = scores;
  CHECK(tvmgen_network_run(&inputs, &outputs, &bad) == -1);
  CHECK(strcmp(TVMGetLastError(),
               "an address is not aligned as the model needs") == 0);
  bad.activations = NULL;
  CHECK(tvmgen_network_run(&inputs, &outputs, &bad) == -1);
  CHECK(tvmgen_network_bind(NULL) == -1);
  CHECK(tvmgen_network_map_inputs(NULL).serving_default_image_0 == NULL);
  /* Others may be given at any time. */
  struct tvmgen_network_workspace_pools second = {&others};
  CHECK(tvmgen_network_run(&inputs, &outputs, &second) == 0);
  CHECK(is_right());
#endif
  char text[300];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  TVMAPISetLastError(text);
  CHECK(strlen(TVMGetLastError()) == STM32RT_TVM_ERROR_SIZE - 1);
  TVMAPISetLastError(NULL);
  CHECK(TVMGetLastError()[0] == '\0');
}

static void *alloc(int tensor, uint64_t size) {
  return TVMBackendAllocWorkspace(kDLExtDev, tensor, size, 0, 8);
}

/* Operators one by one, on the places that are planned for their tensors. */
static void steps(void) {
  CHECK(tvmgen_network_bind(pools) == 0);
  void *x = alloc(0, sizeof image);
  const int last = network_model.tensor_count - 1;
  CHECK(x == tvmgen_network_map_inputs(pools).serving_default_image_0);
  CHECK(alloc(0, sizeof image + 1) == NULL);
  CHECK(strcmp(TVMGetLastError(), "the tensor has not that many bytes") == 0);
  CHECK(alloc(-1, 1) == NULL && alloc(last + 1, 1) == NULL);
  CHECK(TVMBackendAllocWorkspace(kDLCPU, 0, 8, 0, 8) == NULL);
  CHECK(TVMBackendFreeWorkspace(kDLExtDev, 0, x) == 0);
  CHECK(alloc(last, sizeof scores) ==
        tvmgen_network_map_outputs(pools).StatefulPartitionedCall_1_0);
  memcpy(x, image, sizeof image);
  const uint8_t *weights = (const uint8_t *)&network_constants;
  const struct tvmgen_network_outputs out = tvmgen_network_map_outputs(pools);
  for (uint32_t i = 0; i < network_model.operator_count; i++)
    CHECK(stm32rt_run_step(tvmgen_network_module.context, i) == 0);
  memcpy(scores, out.StatefulPartitionedCall_1_0, sizeof scores);
  CHECK(is_right());
  /* The last one again, called as itself. */
  CHECK(tvmgen_network_softmax_7(alloc(last - 1, 10), scores) == 0);
  CHECK(is_right());
  /* The first one on memory of our own. */
  static int8_t y[512];
  CHECK(tvmgen_network_conv_2d_0(image, weights, y) == 0);
  CHECK(memcmp(y, y + 8, 8) != 0);
  CHECK(tvmgen_network_module.context->model == &network_model);
}

#ifdef TVMGEN_NETWORK_FUNCTIONS
static TVMFunctionHandle find(const char *name) {
  TVMFunctionHandle function = NULL;
  CHECK(TVMFuncGetGlobal(name, &function) == 0);
  return function;
}

/* By name, with packed arguments: tensors and pointers. */
static void packs(void) {
  TVMFunctionHandle function = scores;
  int64_t shape[4] = {1, 8, 8, 1};
  DLTensor tensor = {image - 3, {kDLCPU, 0}, 4, {kDLInt, 8, 1}, shape, NULL, 3};
  TVMValue values[3], result;
  int codes[3] = {kTVMDLTensorHandle, kTVMOpaqueHandle, kTVMOpaqueHandle};
  int count = 2, code = 77;
  CHECK(find("tvmgen_network_run") == NULL);
  CHECK(TVMModGetFunction(&tvmgen_network_module, "tvmgen_network_run", 0,
                          &function) == 0);
  stm32rt_tvm_register(&tvmgen_network_module);
  stm32rt_tvm_register(&tvmgen_network_module);
  CHECK(function != NULL && find("tvmgen_network_run") == function);
  CHECK(find("tvmgen_network_ru") == NULL && find("tvmgen_network_run_") == NULL);
  values[0].v_handle = &tensor;
  values[1].v_handle = scores;
#ifdef TVMGEN_NETWORK_WORKSPACE_POOLS
  values[2].v_handle = &activations;
  count = 3;
#endif
  CHECK(TVMFuncCall(function, values, codes, count, &result, &code) == 0);
  CHECK(code == kTVMNullptr && result.v_handle == NULL);
  CHECK(is_right());

  /* An operator; its own constants are used if none are given. */
  static int8_t logits[10];
  const int last = network_model.tensor_count - 1;
  function = find("tvmgen_network_fully_connected_6");
  CHECK(function != NULL);
  memcpy(logits, alloc(last - 1, 10), 10);
  for (uint32_t i = 0; i < 6; i++) {
    memcpy(alloc(0, sizeof image), image, i == 0 ? sizeof image : 0);
    CHECK(stm32rt_run_step(tvmgen_network_module.context, i) == 0);
  }
  values[0].v_handle = alloc(last - 2, 64);
  codes[0] = kTVMOpaqueHandle;
  codes[1] = kTVMNullptr;
  values[2].v_handle = logits;
  CHECK(TVMFuncCall(function, values, codes, 3, NULL, NULL) == 0);
  CHECK(tvmgen_network_softmax_7(logits, scores) == 0);
  CHECK(is_right());

  CHECK(TVMFuncCall(function, values, codes, 2, NULL, NULL) == -1);
  CHECK(strstr(TVMGetLastError(), "another number of arguments") != NULL);
  codes[0] = kTVMNullptr;
  CHECK(TVMFuncCall(function, values, codes, 3, NULL, NULL) == -1);
  CHECK(strcmp(TVMGetLastError(), "an argument is NULL") == 0);
  codes[0] = kDLFloat;
  CHECK(TVMFuncCall(function, values, codes, 3, NULL, NULL) == -1);
  CHECK(strstr(TVMGetLastError(), "neither a tensor nor a pointer") != NULL);
  codes[0] = kTVMDLTensorHandle;
  values[0].v_handle = NULL;
  CHECK(TVMFuncCall(function, values, codes, 3, NULL, NULL) == -1);
  CHECK(TVMFuncCall(function, NULL, codes, 3, NULL, NULL) == -1);
  CHECK(TVMFuncCall(NULL, values, codes, 3, NULL, NULL) == -1);
  CHECK(TVMFuncGetGlobal(NULL, &function) == -1);
  CHECK(TVMFuncGetGlobal("x", NULL) == -1);
  CHECK(TVMModGetFunction(NULL, "x", 0, &function) == -1);
  CHECK(TVMFuncFree(function) == 0 && TVMModFree(&tvmgen_network_module) == 0);
}
#endif

int main(void) {
  CHECK(alloc(0, 1) == NULL); /* nothing is bound */
  compute();
  runs();
  refuses();
  steps();
#ifdef TVMGEN_NETWORK_FUNCTIONS
  packs();
#else
  CHECK(tvmgen_network_module.function_count == 0);
#endif
  printf("done\n");
  return 0;
}
