/* Observes a model whose operators run in bands of rows, through both APIs. */
#include "net.h"
#include "net_data.h"
#include "stm32rt.h"

#include <stdio.h>

AI_ALIGNED(32) static ai_u8 pool[AI_NET_DATA_ACTIVATIONS_SIZE];

/* The bits of FIRST and LAST, the index and P or p after or before a step. */
static ai_u32 print_event(const ai_handle cookie, const ai_u32 flags,
                          const ai_observer_node *node) {
  (void)cookie;
  printf(" %c%u%s%s", flags & AI_OBSERVER_POST_EVT ? 'P' : 'p',
         (unsigned)node->c_idx, flags & AI_OBSERVER_FIRST_EVT ? "F" : "",
         flags & AI_OBSERVER_LAST_EVT ? "L" : "");
  return 0;
}

static void print_step(const stm32rt_context *context, uint32_t operator_index,
                       int post, void *user) {
  (void)context;
  (void)user;
  printf(" %u:%d", (unsigned)operator_index, post);
}

static int run_ai(void) {
  ai_handle net = AI_HANDLE_NULL;
  const ai_handle pools[] = {pool};
  if (ai_net_create_and_init(&net, pools, NULL).type != AI_ERROR_NONE)
    return 1;
  ai_buffer *in = ai_net_inputs_get(net, NULL);
  ai_buffer *out = ai_net_outputs_get(net, NULL);
  static const ai_i8 x[4] = {1, -7, -8, -9};
  for (int i = 0; i < 4; i++)
    ((ai_i8 *)in[0].data)[i] = x[i];
  if (!ai_platform_observer_register(
          net, print_event, NULL, AI_OBSERVER_PRE_EVT | AI_OBSERVER_POST_EVT))
    return 1;
  printf("ai:");
  if (ai_net_run(net, in, out) != 1)
    return 1;
  printf("\nresult:");
  for (int i = 0; i < 4; i++)
    printf(" %d", ((ai_i8 *)out[0].data)[i]);
  return 0;
}

static int run_core(void) {
  static stm32rt_context context;
  const stm32rt_memory memory[] = {{pool, sizeof pool}};
  if (stm32rt_create(&context, &net_model, memory, 1, NULL) != STM32RT_OK ||
      stm32rt_set_observer(&context, print_step, NULL) != STM32RT_OK)
    return 1;
  printf("\ncore:");
  const stm32rt_status status = stm32rt_run(&context);
  printf("\n");
  return status != STM32RT_OK;
}

int main(void) { return run_ai() != 0 || run_core() != 0; }
