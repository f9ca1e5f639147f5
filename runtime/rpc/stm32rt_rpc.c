/*===-- stm32rt_rpc.c - Models of a board, run over a serial line ----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * A message on the line has no zero in it and ends with one (consistent
 * overhead byte stuffing): blocks of a length byte n and n - 1 bytes, where
 * between two blocks a zero is left out, unless n is 255. So a receiver that
 * lost bytes is right again after the next zero, whatever it saw before.
 */
#include "stm32rt_rpc.h"

#include <string.h>

/* Sequence number and command; the answer's status; the checksum. */
#define HEAD 2u
#define ANSWER_HEAD 3u
#define CHECKSUM 4u

/* Pieces in which the line is read and written; they are on the stack. */
#define READ_PIECE 32u
#define WRITE_PIECE 64u

/* CRC-32 as in Ethernet and zlib. */
static uint32_t checksum(const uint8_t *data, uint32_t size) {
  uint32_t crc = 0xFFFFFFFFu;
  for (uint32_t i = 0; i < size; i++) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; bit++)
      crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

/*===-- Numbers in messages: little end first ---===*/

static uint32_t get_number(const uint8_t *data, uint32_t size) {
  uint32_t value = 0;
  for (uint32_t i = 0; i < size; i++)
    value |= (uint32_t)data[i] << (8u * i);
  return value;
}

/* The numbers of a request, one after the other. */
typedef struct reader {
  const uint8_t *data;
  uint32_t size;
  int is_short; /* more was read than there is */
} reader;

static uint32_t take(reader *r, uint32_t size) {
  if (r->size < size) {
    r->is_short = 1;
    return 0;
  }
  const uint32_t value = get_number(r->data, size);
  r->data += size;
  r->size -= size;
  return value;
}

/* Writes what lies behind the first `skip` bytes and within `room`, and counts
 * all: so a long text can be sent in pieces, and needs no memory. */
typedef struct writer {
  uint8_t *data;
  uint32_t room, skip, count;
} writer;

static void put(writer *w, const void *data, uint32_t size) {
  const uint8_t *bytes = (const uint8_t *)data;
  for (uint32_t i = 0; i < size; i++, w->count++)
    if (w->count >= w->skip && w->count - w->skip < w->room)
      w->data[w->count - w->skip] = bytes[i];
}

static void put_number(writer *w, uint32_t value, uint32_t size) {
  for (uint32_t i = 0; i < size; i++) {
    const uint8_t byte = (uint8_t)(value >> (8u * i));
    put(w, &byte, 1);
  }
}

static void put_text(writer *w, const char *text) {
  const char *shown = text != NULL ? text : "";
  const size_t length = strlen(shown);
  const uint32_t sent = length < 0xFFFFu ? (uint32_t)length : 0xFFFFu;
  put_number(w, sent, 2);
  put(w, shown, sent);
}

static uint32_t written(const writer *w) {
  if (w->count <= w->skip)
    return 0;
  return w->count - w->skip < w->room ? w->count - w->skip : w->room;
}

/*===-- The description of a model ---===*/

static void describe_tensor(writer *w, const stm32rt_tensor *tensor) {
  uint32_t scale;
  memcpy(&scale, &tensor->scale, sizeof scale);
  put_text(w, tensor->name);
  put_number(w, tensor->type, 1);
  put_number(w, tensor->rank, 1);
  put_number(w, tensor->pool, 2);
  put_number(w, tensor->offset, 4);
  put_number(w, tensor->size, 4);
  for (uint32_t i = 0; i < tensor->rank && i < STM32RT_MAX_RANK; i++)
    put_number(w, (uint32_t)tensor->shape[i], 4);
  put_number(w, scale, 4);
  put_number(w, (uint32_t)tensor->zero_point, 4);
}

static void describe(writer *w, const stm32rt_model *model) {
  put_text(w, model->name);
  put_text(w, model->tool_version);
  put_text(w, model->signature);
  put_number(w, model->abi_version, 4);
  put_number(w, (uint32_t)model->macs, 4);
  put_number(w, (uint32_t)(model->macs >> 32), 4);
  put_number(w, model->weights_size, 4);
  put_number(w, model->stream != NULL ? model->stream->row_size : 0, 4);
  put_number(w, model->stream != NULL ? model->stream->rows : 0u, 4);
  put_number(w, model->input_count, 2);
  put_number(w, model->output_count, 2);
  put_number(w, model->pool_count, 2);
  put_number(w, model->tensor_count, 2);
  put_number(w, model->operator_count, 4);
  put_number(w, model->step_count, 4);
  for (uint32_t i = 0; i < model->input_count; i++)
    put_number(w, model->inputs[i], 2);
  for (uint32_t i = 0; i < model->output_count; i++)
    put_number(w, model->outputs[i], 2);
  for (uint32_t i = 0; i < model->pool_count; i++) {
    put_text(w, model->pools[i].name);
    put_text(w, model->pools[i].region);
    put_number(w, model->pools[i].size, 4);
    put_number(w, model->pools[i].alignment, 4);
  }
  for (uint32_t i = 0; i < model->tensor_count; i++)
    describe_tensor(w, &model->tensors[i]);
  for (uint32_t i = 0; i < model->operator_count; i++) {
    const stm32rt_operator *op = &model->operators[i];
    put_text(w, op->name);
    put_text(w, op->kind);
    put_text(w, op->kernel);
    put_number(w, op->macs, 4);
    put_number(w, op->output, 2);
    put_number(w, op->outputs, 2);
  }
  for (uint32_t i = 0; i < model->step_count; i++) {
    put_number(w, model->steps[i].operator_index, 2);
    put_number(w, model->steps[i].first, 2);
    put_number(w, model->steps[i].count, 2);
  }
}

/*===-- Commands ---===*/

/* A command reads its request and writes its answer; it returns how it ended.
 */
typedef struct call {
  stm32rt_rpc_server *server;
  stm32rt_context *context; /* of the model that it names, if it names one */
  reader request;
  writer answer;
} call;

static uint8_t fail(call *c, uint8_t status, const char *text) {
  c->answer.count = 0;
#ifdef STM32RT_NO_MESSAGES
  (void)text;
#else
  put(&c->answer, text, (uint32_t)strlen(text));
#endif
  return status;
}

static uint8_t refused(call *c, stm32rt_status status) {
  return fail(c, STM32RT_RPC_FAILED, stm32rt_status_text(status));
}

static uint8_t malformed(call *c) {
  return fail(c, STM32RT_RPC_MALFORMED,
              "the request has not the length that its command needs");
}

static int has_ended(const call *c) {
  return !c->request.is_short && c->request.size == 0;
}

static uint8_t hello(call *c) {
  const stm32rt_rpc_server *server = c->server;
  const uint32_t nonce = take(&c->request, 4);
  if (!has_ended(c))
    return malformed(c);
  put_number(&c->answer, nonce, 4);
  put_number(&c->answer, STM32RT_RPC_VERSION, 2);
  put_number(&c->answer, server->context_count, 2);
  put_number(&c->answer, server->room, 4);
  put_number(&c->answer, server->port->ticks != NULL, 4);
  put_number(&c->answer, server->port->ticks_per_second, 4);
  return STM32RT_RPC_DONE;
}

static uint8_t send_description(call *c) {
  const uint32_t offset = take(&c->request, 4);
  if (!has_ended(c))
    return malformed(c);
  writer piece = {c->answer.data + 4, c->answer.room - 4u, offset, 0};
  describe(&piece, c->context->model);
  put_number(&c->answer, piece.count, 4);
  c->answer.count += written(&piece);
  return STM32RT_RPC_DONE;
}

/* The bytes [offset, offset + size) of a tensor, or NULL: then it has failed.
 */
static uint8_t *find_bytes(call *c, uint32_t tensor, uint32_t offset,
                           uint32_t size, uint8_t *status) {
  const stm32rt_model *model = c->context->model;
  *status = STM32RT_RPC_DONE;
  if (tensor >= model->tensor_count) {
    *status = fail(c, STM32RT_RPC_NO_INDEX, "the model has no such tensor");
    return NULL;
  }
  const uint32_t bytes = model->tensors[tensor].size;
  if (offset > bytes || size > bytes - offset) {
    *status =
        fail(c, STM32RT_RPC_NO_RANGE, "the tensor has not that many bytes");
    return NULL;
  }
  return (uint8_t *)stm32rt_tensor_data(c->context, tensor) + offset;
}

static uint8_t write_tensor(call *c) {
  uint8_t status;
  const uint32_t tensor = take(&c->request, 2), offset = take(&c->request, 4);
  if (c->request.is_short)
    return malformed(c);
  uint8_t *to = find_bytes(c, tensor, offset, c->request.size, &status);
  if (to != NULL)
    memcpy(to, c->request.data, c->request.size);
  return status;
}

static uint8_t read_tensor(call *c) {
  uint8_t status;
  const uint32_t tensor = take(&c->request, 2), offset = take(&c->request, 4);
  const uint32_t size = take(&c->request, 4);
  if (!has_ended(c))
    return malformed(c);
  if (size > c->answer.room)
    return fail(c, STM32RT_RPC_NO_RANGE, "an answer has not that much room");
  const uint8_t *from = find_bytes(c, tensor, offset, size, &status);
  if (from != NULL)
    put(&c->answer, from, size);
  return status;
}

static uint8_t reset(call *c) {
  if (!has_ended(c))
    return malformed(c);
  const stm32rt_status status = stm32rt_reset(c->context);
  return status == STM32RT_OK ? STM32RT_RPC_DONE : refused(c, status);
}

static uint32_t read_ticks(const call *c) {
  const stm32rt_rpc_port *port = c->server->port;
  return port->ticks != NULL ? port->ticks(port->user) : 0;
}

static uint8_t run(call *c) {
  const stm32rt_model *model = c->context->model;
  const uint32_t first = take(&c->request, 4), count = take(&c->request, 4);
  if (!has_ended(c))
    return malformed(c);
  const uint32_t steps =
      model->step_count != 0 ? model->step_count : model->operator_count;
  const int is_all = first == 0 && count == 0xFFFFFFFFu;
  if (!is_all && (first > steps || count > steps - first))
    return fail(c, STM32RT_RPC_NO_INDEX, "the model has not that many steps");
  stm32rt_status status = STM32RT_OK;
  const uint32_t start = read_ticks(c);
  if (is_all)
    status = stm32rt_run(c->context);
  for (uint32_t i = 0; !is_all && i < count && status == STM32RT_OK; i++)
    status = stm32rt_run_step(c->context, first + i);
  const uint32_t ticks = read_ticks(c) - start;
  if (status != STM32RT_OK)
    return refused(c, status);
  put_number(&c->answer, ticks, 4);
  return STM32RT_RPC_DONE;
}

/* Rows go to one run at a time: that of the model whose run was begun last. */
static uint8_t push(call *c) {
  stm32rt_stream *stream = &c->server->stream;
  const stm32rt_row_input *input = c->context->model->stream;
  const uint32_t begins = take(&c->request, 1);
  if (c->request.is_short)
    return malformed(c);
  if (input == NULL || (begins == 0 && stream->context != c->context))
    return refused(c, STM32RT_ERROR_STREAM);
  if (c->request.size % input->row_size != 0)
    return fail(c, STM32RT_RPC_NO_RANGE, "these are not whole rows");
  stm32rt_status status = STM32RT_OK;
  const uint32_t start = read_ticks(c);
  if (begins != 0)
    status = stm32rt_begin_stream(stream, c->context);
  if (status == STM32RT_OK)
    status = stm32rt_push_rows(stream, c->request.data,
                               c->request.size / input->row_size);
  const uint32_t ticks = read_ticks(c) - start;
  if (status != STM32RT_OK)
    return refused(c, status);
  put_number(&c->answer, ticks, 4);
  return STM32RT_RPC_DONE;
}

static uint8_t dispatch(call *c, uint8_t command) {
  if (command == STM32RT_RPC_HELLO)
    return hello(c);
  if (command > STM32RT_RPC_PUSH || command == 0)
    return fail(c, STM32RT_RPC_NO_COMMAND, "the command is not known");
  const uint32_t model = take(&c->request, 2);
  if (c->request.is_short)
    return malformed(c);
  if (model >= c->server->context_count)
    return fail(c, STM32RT_RPC_NO_INDEX, "the firmware has no such model");
  c->context = c->server->contexts[model];
  switch (command) {
  case STM32RT_RPC_DESCRIBE:
    return send_description(c);
  case STM32RT_RPC_WRITE:
    return write_tensor(c);
  case STM32RT_RPC_READ:
    return read_tensor(c);
  case STM32RT_RPC_RESET:
    return reset(c);
  case STM32RT_RPC_RUN:
    return run(c);
  default:
    return push(c);
  }
}

/*===-- Messages ---===*/

/* Bytes on their way to the line. */
typedef struct sender {
  const stm32rt_rpc_port *port;
  uint32_t count;
  int has_failed;
  uint8_t bytes[WRITE_PIECE];
} sender;

static void flush(sender *s) {
  if (s->count != 0 && !s->has_failed)
    s->has_failed = s->port->write(s->port->user, s->bytes, s->count) != 0;
  s->count = 0;
}

static void send(sender *s, uint8_t byte) {
  if (s->count == WRITE_PIECE)
    flush(s);
  s->bytes[s->count++] = byte;
}

static stm32rt_status send_answer(const stm32rt_rpc_server *server) {
  const uint8_t *data = server->answer;
  sender s;
  s.port = server->port;
  s.count = 0;
  s.has_failed = 0;
  /* One more than there is: the last block's zero, which no receiver writes. */
  for (uint32_t at = 0; at <= server->answer_length;) {
    uint32_t count = 0;
    while (count < 254u && at + count < server->answer_length &&
           data[at + count] != 0)
      count++;
    send(&s, (uint8_t)(count + 1u));
    for (uint32_t i = 0; i < count; i++)
      send(&s, data[at + i]);
    at += count < 254u ? count + 1u : count;
  }
  send(&s, 0);
  flush(&s);
  return s.has_failed ? STM32RT_ERROR_ARGUMENT : STM32RT_OK;
}

/* A request is complete. One that comes again, because the answer was lost, is
 * not done again: a second run would change the states. */
static stm32rt_status serve(stm32rt_rpc_server *server) {
  const uint32_t length = server->length;
  if (length < HEAD + CHECKSUM)
    return STM32RT_OK;
  const uint8_t *request = server->request;
  const uint32_t size = length - CHECKSUM, crc = checksum(request, size);
  if (crc != get_number(request + size, CHECKSUM) ||
      (request[1] & STM32RT_RPC_ANSWER) != 0)
    return STM32RT_OK;
  if (server->answer_length != 0 && crc == server->answered)
    return send_answer(server);

  uint8_t *answer = server->answer;
  call c = {
      server,
      NULL,
      {request + HEAD, size - HEAD, 0},
      {answer + ANSWER_HEAD, server->room - ANSWER_HEAD - CHECKSUM, 0, 0}};
  answer[0] = request[0];
  answer[1] = (uint8_t)(request[1] | STM32RT_RPC_ANSWER);
  answer[2] = dispatch(&c, request[1]);
  const uint32_t end = ANSWER_HEAD + written(&c.answer);
  const uint32_t sum = checksum(answer, end);
  for (uint32_t i = 0; i < CHECKSUM; i++)
    answer[end + i] = (uint8_t)(sum >> (8u * i));
  server->answer_length = end + CHECKSUM;
  server->answered = crc;
  return send_answer(server);
}

static void append(stm32rt_rpc_server *server, uint8_t byte) {
  if (server->length == server->room)
    server->damaged = 1;
  else
    server->request[server->length++] = byte;
}

/* Takes one byte of the line. */
static stm32rt_status receive(stm32rt_rpc_server *server, uint8_t byte) {
  if (byte == 0) {
    stm32rt_status status = STM32RT_OK;
    if (!server->damaged && server->left == 0)
      status = serve(server);
    server->length = 0;
    server->left = server->zero = server->damaged = 0;
    return status;
  }
  if (server->left != 0) {
    append(server, byte);
    server->left--;
  } else {
    if (server->zero)
      append(server, 0);
    server->left = (uint8_t)(byte - 1u);
    server->zero = byte != 255u;
  }
  return STM32RT_OK;
}

stm32rt_status stm32rt_rpc_open(stm32rt_rpc_server *server,
                                const stm32rt_rpc_port *port,
                                stm32rt_context *const *contexts,
                                uint32_t count, void *buffer, uint32_t size) {
  if (server == NULL)
    return STM32RT_ERROR_ARGUMENT;
  memset(server, 0, sizeof *server);
  if (port == NULL || port->read == NULL || port->write == NULL ||
      buffer == NULL || size < STM32RT_RPC_MIN_BUFFER || count > 0xFFFFu ||
      (contexts == NULL && count != 0))
    return STM32RT_ERROR_ARGUMENT;
  for (uint32_t i = 0; i < count; i++) {
    if (contexts[i] == NULL)
      return STM32RT_ERROR_ARGUMENT;
    if (contexts[i]->model == NULL)
      return STM32RT_ERROR_NOT_CREATED;
  }
  server->contexts = contexts;
  server->context_count = count;
  server->room = size / 2u;
  server->request = (uint8_t *)buffer;
  server->answer = server->request + server->room;
  server->port = port;
  return STM32RT_OK;
}

stm32rt_status stm32rt_rpc_poll(stm32rt_rpc_server *server) {
  uint8_t piece[READ_PIECE];
  if (server == NULL || server->port == NULL)
    return STM32RT_ERROR_ARGUMENT;
  const int32_t got =
      server->port->read(server->port->user, piece, sizeof piece);
  if (got < 0 || got > (int32_t)sizeof piece)
    return STM32RT_ERROR_ARGUMENT;
  for (int32_t i = 0; i < got; i++)
    if (receive(server, piece[i]) != STM32RT_OK)
      return STM32RT_ERROR_ARGUMENT;
  return STM32RT_OK;
}
