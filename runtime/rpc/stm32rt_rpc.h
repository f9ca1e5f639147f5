/*===-- stm32rt_rpc.h - Models of a board, run over a serial line ----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * A server for validation and measurements: a program on the other end of the
 * line lists the models of this firmware, writes and reads tensors, runs a
 * model or single operators of it, and times them. docs/SerialRpc.md has the
 * protocol; python/stm32_mlir/rpc.py is such a program.
 *
 *   static stm32rt_rpc_server server;
 *   static uint8_t buffer[1024];
 *   stm32rt_context *const contexts[] = {&network, &other};
 *   if (stm32rt_rpc_open(&server, &port, contexts, 2, buffer, sizeof buffer))
 *     fail();
 *   while (stm32rt_rpc_poll(&server) == STM32RT_OK)
 *     ;
 *
 * The conventions of stm32rt.h hold. Nothing is allocated, nothing is static: a
 * firmware may have servers on several lines, if they share no context. The
 * bytes of the line may be anything: what is no request gets no answer.
 */
#ifndef STM32RT_RPC_H
#define STM32RT_RPC_H

#include "stm32rt.h"

#ifdef __cplusplus
extern "C" {
#endif

#define STM32RT_RPC_VERSION 1
/* The smallest buffer; larger ones carry tensors in fewer pieces. */
#define STM32RT_RPC_MIN_BUFFER 128

/* The line. */
typedef struct stm32rt_rpc_port {
  /* Waits as long as it likes for a first byte and reads up to `size`: how many
   * came, 0 if none did, a negative number if the line is closed. */
  int32_t (*read)(void *user, void *data, uint32_t size);
  /* 0 if all bytes were written; something else closes the line. */
  int32_t (*write)(void *user, const void *data, uint32_t size);
  /* A counter that goes up and starts over behind 2^32 - 1, such as the core's
   * DWT->CYCCNT. NULL: nothing is timed. */
  uint32_t (*ticks)(void *user);
  uint32_t ticks_per_second; /* 0: not known */
  void *user;
} stm32rt_rpc_port;

/* Commands, and what they carry; docs/SerialRpc.md says more. */
enum {
  STM32RT_RPC_HELLO = 1,    /* versions, sizes, number of models        */
  STM32RT_RPC_DESCRIBE = 2, /* a piece of the description of a model    */
  STM32RT_RPC_WRITE = 3,    /* a piece of a tensor to the board         */
  STM32RT_RPC_READ = 4,     /* a piece of a tensor from the board       */
  STM32RT_RPC_RESET = 5,    /* first values to the states               */
  STM32RT_RPC_RUN = 6,      /* a model, or steps of it                  */
  STM32RT_RPC_PUSH = 7,     /* rows of an input that comes row by row   */
  STM32RT_RPC_ANSWER = 0x80 /* is added to the command of an answer     */
};

/* How a request ended; errors have a text. */
enum {
  STM32RT_RPC_DONE = 0,
  STM32RT_RPC_NO_COMMAND = 1, /* the command is not known                     */
  STM32RT_RPC_MALFORMED = 2,  /* a message of that command has another length */
  STM32RT_RPC_NO_INDEX = 3,   /* no such model, tensor or step                */
  STM32RT_RPC_NO_RANGE = 4,   /* bytes outside of a tensor or of a message    */
  STM32RT_RPC_FAILED = 5      /* the runtime refused; the text is its status  */
};

/* One line. Owned by the caller, private. */
typedef struct stm32rt_rpc_server {
  const stm32rt_rpc_port *port;
  stm32rt_context *const *contexts;
  uint32_t context_count;
  uint8_t *request, *answer; /* `room` bytes each                            */
  uint32_t room;
  uint32_t length;        /* of the request so far                        */
  uint8_t left;           /* bytes of its block that are to come          */
  uint8_t zero;           /* a zero stands between the block and the next */
  uint8_t damaged;        /* it is too long, or not what it should be     */
  uint32_t answer_length; /* 0: nothing was answered yet                  */
  uint32_t answered;      /* checksum of the request that was             */
  stm32rt_stream stream;  /* of the model whose rows come                 */
} stm32rt_rpc_server;

/* Prepares a server for the models of `contexts`, which were created. All of it
 * is kept: the port, the array and `size` bytes of `buffer`, at least
 * STM32RT_RPC_MIN_BUFFER, must live as long as the server. */
STM32RT_MUST_USE stm32rt_status
stm32rt_rpc_open(stm32rt_rpc_server *server, const stm32rt_rpc_port *port,
                 stm32rt_context *const *contexts, uint32_t count, void *buffer,
                 uint32_t size);

/* Reads once from the line and answers the requests that are complete; returns
 * after that, so other work may be done in between. STM32RT_ERROR_ARGUMENT when
 * the line is closed, or when the server was not opened. */
STM32RT_MUST_USE stm32rt_status stm32rt_rpc_poll(stm32rt_rpc_server *server);

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_RPC_H */
