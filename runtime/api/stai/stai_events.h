/*===-- stai_events.h - What a callback of stai_<name>_set_callback is told -===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#ifndef STAI_EVENTS_H
#define STAI_EVENTS_H

#include "stai.h"

#define STAI_EVENT_NODE_START 0x01 /* an operator begins */
#define STAI_EVENT_NODE_STOP 0x02  /* it has ended */

/* The payload of both; `node_id` is the index of the operator. STOP has the
 * addresses of its outputs (of many, the first 8), START has none. An operator
 * that runs in bands of rows has both events in each of its steps. */
typedef struct stai_event_node_start_stop {
  int32_t node_id;
  stai_array_const_ptr buffers;
} stai_event_node_start_stop;

#endif /* STAI_EVENTS_H */
