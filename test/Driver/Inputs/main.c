/* An application as docs/RuntimeAPI.md has it, then the errors of the API. */
#include "network.h"
#include "network_data.h"

#include <stdio.h>
#include <string.h>

AI_ALIGNED(32) static ai_u8 pool[AI_NETWORK_DATA_ACTIVATIONS_SIZE];
AI_ALIGNED(32) static ai_u8 other_pool[AI_NETWORK_DATA_ACTIVATIONS_SIZE + 1];
static ai_i8 image[AI_NETWORK_IN_1_SIZE];
static ai_i8 scores[AI_NETWORK_OUT_1_SIZE];
static ai_i8 other_scores[AI_NETWORK_OUT_1_SIZE];

static int failures;
static unsigned int pre_events, post_events, first_events, last_events;

#define CHECK(condition) check((condition) != 0, #condition, __LINE__)
static void check(int condition, const char *text, int line) {
  if (!condition) {
    printf("%d: %s\n", line, text);
    failures++;
  }
}

static int is_error(ai_error error, ai_error_type type, ai_error_code code) {
  return error.type == (unsigned int)type && error.code == (unsigned int)code;
}

static ai_u32 count_events(const ai_handle cookie, const ai_u32 flags,
                           const ai_observer_node *node) {
  CHECK(cookie == (ai_handle)pool);
  CHECK(node->c_idx < AI_NETWORK_N_NODES && node->op->kind != NULL);
  if (flags & AI_OBSERVER_PRE_EVT)
    pre_events++;
  if (flags & AI_OBSERVER_POST_EVT)
    post_events++;
  if (flags & AI_OBSERVER_FIRST_EVT)
    first_events++;
  if (flags & AI_OBSERVER_LAST_EVT)
    last_events++;
  return 0;
}

static void run_once(void) {
  ai_handle net = AI_HANDLE_NULL;
  const ai_handle acts[] = {pool};
  ai_error err = ai_network_create_and_init(&net, acts, NULL);
  CHECK(err.type == AI_ERROR_NONE && net != AI_HANDLE_NULL);
  ai_u16 n = 0;
  ai_buffer *in = ai_network_inputs_get(net, &n);
  CHECK(n == AI_NETWORK_IN_NUM && in != NULL);
  ai_buffer *out = ai_network_outputs_get(net, &n);
  CHECK(n == AI_NETWORK_OUT_NUM && out != NULL);

  /* Buffers describe the tensors as the macros do. */
  CHECK(in[0].format == AI_NETWORK_IN_1_FORMAT);
  CHECK(in[0].size == AI_NETWORK_IN_1_SIZE);
  CHECK(AI_BUFFER_BYTE_SIZE(in[0].size, in[0].format) ==
        AI_NETWORK_IN_1_SIZE_BYTES);
  CHECK(AI_BUFFER_N_BATCHES(in) == AI_NETWORK_IN_1_BATCH);
  CHECK(AI_BUFFER_HEIGHT(in) == AI_NETWORK_IN_1_HEIGHT);
  CHECK(AI_BUFFER_WIDTH(in) == AI_NETWORK_IN_1_WIDTH);
  CHECK(AI_BUFFER_CHANNELS(in) == AI_NETWORK_IN_1_CHANNEL);
  CHECK(AI_BUFFER_CHANNELS(out) == AI_NETWORK_OUT_1_CHANNEL);
  CHECK(AI_BUFFER_META_INFO_INTQ(in[0].meta_info) != NULL);
  CHECK(AI_BUFFER_META_INFO_INTQ_GET_ZEROPOINT(in[0].meta_info, 0) ==
        AI_NETWORK_IN_1_ZERO_POINT);
  const float scale = AI_BUFFER_META_INFO_INTQ_GET_SCALE(in[0].meta_info, 0);
  const float expected_scale = AI_NETWORK_IN_1_SCALE;
  CHECK(memcmp(&scale, &expected_scale, sizeof scale) == 0);

  /* Data of the application and data in the pool give the same. */
  for (unsigned int i = 0; i < AI_NETWORK_IN_1_SIZE; i++)
    image[i] = (ai_i8)((int)(i * 37u % 256u) - 128);
  memcpy(in[0].data, image, sizeof image);
  CHECK(ai_network_run(net, in, out) == 1);
  memcpy(other_scores, out[0].data, sizeof other_scores);
  memset(pool, 0, sizeof pool);
  in[0].data = AI_HANDLE_PTR(image);
  out[0].data = AI_HANDLE_PTR(scores);
  CHECK(ai_network_run(net, in, out) == 1);
  CHECK(memcmp(scores, other_scores, sizeof scores) == 0);
  memset(pool, 0, sizeof pool);
  CHECK(ai_network_forward(net, in) == 1);
  out[0].data = stm32rt_output(&((ai_platform_network *)net)->context, 0);
  CHECK(memcmp(out[0].data, other_scores, sizeof other_scores) == 0);

  ai_observer_node node = AI_STRUCT_INIT;
  CHECK(ai_platform_observer_node_info(net, &node) && node.op != NULL);
  node.c_idx = AI_NETWORK_N_NODES;
  CHECK(!ai_platform_observer_node_info(net, &node));
  CHECK(is_error(ai_network_get_error(net), AI_ERROR_INVALID_PARAM,
                 AI_ERROR_CODE_OUT_OF_RANGE));
  CHECK(ai_platform_observer_register(net, count_events, pool,
                                      AI_OBSERVER_PRE_EVT |
                                          AI_OBSERVER_POST_EVT));
  CHECK(ai_network_run(net, in, out) == 1);
  CHECK(pre_events == AI_NETWORK_N_NODES && post_events == pre_events);
  CHECK(first_events == 2 && last_events == 2);
  const stm32rt_copier nobody = {NULL, NULL, NULL};
  CHECK(ai_platform_copier_set(net, NULL));
  CHECK(!ai_platform_copier_set(net, &nobody));
  CHECK(is_error(ai_network_get_error(net), AI_ERROR_INVALID_PARAM,
                 AI_ERROR_CODE_INVALID_PTR));
  CHECK(!ai_platform_observer_unregister(net, count_events, NULL));
  CHECK(ai_network_get_error(net).type == AI_ERROR_INVALID_PARAM);
  CHECK(ai_platform_observer_unregister(net, count_events, pool));
  CHECK(ai_network_run(net, in, out) == 1);
  CHECK(pre_events == AI_NETWORK_N_NODES);

  ai_network_report report;
  CHECK(ai_network_get_report(net, &report));
  CHECK(strcmp(report.model_name, AI_NETWORK_MODEL_NAME) == 0);
  CHECK(report.n_macc == NETWORK_MACS && report.n_nodes == AI_NETWORK_N_NODES);
  CHECK(report.inputs == in && report.outputs == out);
  CHECK(report.map_activations.size == AI_NETWORK_DATA_ACTIVATIONS_COUNT);
  CHECK(report.map_activations.buffer[0].data == (ai_handle)pool);

  /* The model is found among those linked in. */
  const stm32rt_model *const models[] = {NULL, &network_model};
  CHECK(stm32rt_find_model(models, 2, "network") == &network_model);
  CHECK(ai_network_get_error(net).type == AI_ERROR_NONE);
  CHECK(ai_network_destroy(net) == AI_HANDLE_NULL);
  CHECK(ai_network_destroy(net) == net);
}

static void check_errors(void) {
  ai_handle net = AI_HANDLE_NULL, second = AI_HANDLE_NULL;
  const ai_handle misaligned[] = {other_pool + 1};
  const ai_handle none[] = {NULL};
  const ai_handle acts[] = {other_pool};
  CHECK(ai_network_create(NULL, NULL).type == AI_ERROR_INVALID_HANDLE);
  CHECK(is_error(ai_network_create_and_init(&net, misaligned, NULL),
                 AI_ERROR_INIT_FAILED, AI_ERROR_CODE_NETWORK_ACTIVATIONS));
  CHECK(net == AI_HANDLE_NULL);
  CHECK(ai_network_create_and_init(&net, none, NULL).type ==
        AI_ERROR_INIT_FAILED);
  CHECK(ai_network_create_and_init(&net, NULL, NULL).type ==
        AI_ERROR_INIT_FAILED);
  CHECK(is_error(ai_network_create_and_init(&net, acts, misaligned),
                 AI_ERROR_INIT_FAILED, AI_ERROR_CODE_NETWORK_WEIGHTS));

  /* As many instances as the macro says. */
  CHECK(ai_network_create(&net, AI_NETWORK_DATA_CONFIG).type == AI_ERROR_NONE);
  CHECK(ai_network_create(&second, NULL).type ==
        (AI_NETWORK_INSTANCES > 1 ? AI_ERROR_NONE
                                  : AI_ERROR_ALLOCATION_FAILED));
  CHECK((second == AI_HANDLE_NULL) == (AI_NETWORK_INSTANCES == 1));

  /* Not initialised yet; the first error stays until it is asked for. */
  ai_buffer *in = ai_network_inputs_get(net, NULL);
  ai_buffer *out = ai_network_outputs_get(net, NULL);
  CHECK(in[0].data == NULL && in[0].size == AI_NETWORK_IN_1_SIZE);
  CHECK(ai_network_run(net, in, out) == 0);
  CHECK(!ai_network_init(net, NULL));
  CHECK(ai_network_get_error(net).type == AI_ERROR_INVALID_STATE);
  CHECK(ai_network_get_error(net).type == AI_ERROR_NONE);

  ai_network_params params;
  CHECK(!ai_network_data_params_get(NULL));
  CHECK(ai_network_data_params_get(&params));
  CHECK(params.map_activations.size == 1);
  AI_BUFFER_ARRAY_ITEM_SET_ADDRESS(&params.map_activations, 0, other_pool);
  params.map_activations.buffer[0].size--;
  CHECK(!ai_network_init(net, &params));
  CHECK(is_error(ai_network_get_error(net), AI_ERROR_INIT_FAILED,
                 AI_ERROR_CODE_INVALID_SIZE));
  params.map_activations.buffer[0].size++;
  AI_BUFFER_ARRAY_ITEM_SET_ADDRESS(&params.map_weights, 0,
                                   ai_network_data_weights_get());
  CHECK(ai_network_init(net, &params));

  CHECK(ai_network_run(net, NULL, out) == 0);
  CHECK(is_error(ai_network_get_error(net), AI_ERROR_INVALID_INPUT,
                 AI_ERROR_CODE_INVALID_PTR));
  CHECK(ai_network_run(net, in, NULL) == 0);
  CHECK(ai_network_get_error(net).type == AI_ERROR_INVALID_OUTPUT);
  in[0].size--;
  ai_buffer wrong = in[0];
  in[0].size++;
  wrong.size = in[0].size - 1;
  CHECK(ai_network_run(net, &wrong, out) == 0);
  CHECK(is_error(ai_network_get_error(net), AI_ERROR_INVALID_INPUT,
                 AI_ERROR_CODE_INVALID_SIZE));

  /* The other instance gives the same from a pool of its own. */
  memcpy(in[0].data, image, sizeof image);
  CHECK(ai_network_run(net, in, out) == 1);
  CHECK(memcmp(out[0].data, other_scores, sizeof other_scores) == 0);

  /* Handles that are none. */
  CHECK(ai_network_run(AI_HANDLE_NULL, in, out) == 0);
  CHECK(ai_network_get_error(other_pool).type == AI_ERROR_INVALID_HANDLE);
  CHECK(ai_network_inputs_get(other_pool, NULL) == NULL);
  CHECK(ai_network_destroy(net) == AI_HANDLE_NULL);
  CHECK(!ai_platform_observer_register(net, count_events, pool, 0));
  CHECK(!ai_platform_copier_set(net, NULL));
}

int main(void) {
  run_once();
  check_errors();
  return failures != 0;
}
