/*===-- preempt_threads.c - One network in several threads -----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Each thread has a context and a pool and runs on its own; all of them also
 *want one context more, which only one may have at a time.
 */
#include "app.h"
#include "network.h"
#include "network_vectors.h"

#include <pthread.h>
#include <string.h>

#define THREADS 3
#define ROUNDS 300

static struct network_activations pools[THREADS], shared_pool;
static stm32rt_context contexts[THREADS], shared;

typedef struct task {
  stm32rt_context *context;
  int wrong, done, busy;
  uint8_t scores[AI_NETWORK_OUT_1_SIZE_BYTES];
  int vector;
} task;

static int create(stm32rt_context *context, struct network_activations *pool) {
  const stm32rt_memory memory = {pool, sizeof *pool};
  return stm32rt_create(context, &network_model, &memory, 1, NULL) ==
         STM32RT_OK;
}

static void *locate(void *user, int is_output, uint32_t index) {
  task *t = (task *)user;
  (void)index;
  return is_output ? (void *)t->scores
                   : (void *)(uintptr_t)network_in_1[t->vector];
}

static void *run_task(void *argument) {
  task *t = (task *)argument;
  for (int n = 0; n < ROUNDS; n++) {
    t->vector = n % NETWORK_VECTORS;
    const uint8_t *wanted = network_out_1[t->vector];
    if (stm32rt_run_with(t->context, locate, t) != STM32RT_OK ||
        memcmp(t->scores, wanted, sizeof t->scores) != 0)
      t->wrong++;
    const stm32rt_status status = stm32rt_run_with(&shared, locate, t);
    if (status == STM32RT_OK) {
      t->done++;
      t->wrong += memcmp(t->scores, wanted, sizeof t->scores) != 0;
    } else {
      t->busy++;
      t->wrong += status != STM32RT_ERROR_BUSY;
    }
  }
  return NULL;
}

int main(void) {
  static task tasks[THREADS];
  pthread_t threads[THREADS];
  CHECK(create(&shared, &shared_pool));
  for (int i = 0; i < THREADS; i++) {
    CHECK(create(&contexts[i], &pools[i]));
    tasks[i].context = &contexts[i];
    CHECK(pthread_create(&threads[i], NULL, run_task, &tasks[i]) == 0);
  }
  int done = 0, busy = 0;
  for (int i = 0; i < THREADS; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(tasks[i].wrong == 0);
    done += tasks[i].done;
    busy += tasks[i].busy;
  }
  app_log_number("shared runs", (uint32_t)done);
  app_log_number("refused runs", (uint32_t)busy);
  CHECK(done > 0 && done + busy == THREADS * ROUNDS);
  return app_result();
}
