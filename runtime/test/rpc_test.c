/*===-- rpc_test.c - The serial server: every answer, and a bad line -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "stm32rt_rpc.h"
#include "stm32rt_test.h"

/*===-- Two models ---===*/

/* y = x + 1, then z = y + state; the state counts the runs. */
static void add_one(const stm32rt_context *context) {
  const uint8_t *x = (const uint8_t *)stm32rt_tensor_data(context, 0);
  uint8_t *y = (uint8_t *)stm32rt_tensor_data(context, 1);
  for (int i = 0; i < 4; i++)
    y[i] = (uint8_t)(x[i] + 1);
}

static void add_state(const stm32rt_context *context) {
  const uint8_t *y = (const uint8_t *)stm32rt_at(context, 0, 4);
  uint8_t *z = (uint8_t *)stm32rt_at(context, 0, 8);
  uint8_t *state = (uint8_t *)stm32rt_at(context, 0, 12);
  for (int i = 0; i < 4; i++)
    z[i] = (uint8_t)(y[i] + *state);
  ++*state;
}

static void double_rows(const stm32rt_context *context, uint32_t first,
                        uint32_t count) {
  const uint8_t *ring = (const uint8_t *)stm32rt_at(context, 0, 0);
  uint8_t *z = (uint8_t *)stm32rt_at(context, 0, 8);
  for (uint32_t i = first; i < first + count; i++)
    z[i] = (uint8_t)(2 * ring[i % 2]);
}

static const stm32rt_tensor tensors[] = {
    {"x", STM32RT_UINT8, 1, 0, 0, 4, {4, 0, 0, 0, 0, 0}, 0.5f, -3},
    {"y", STM32RT_UINT8, 1, 0, 4, 4, {4, 0, 0, 0, 0, 0}, 1.0f, 0},
    {"z", STM32RT_UINT8, 1, 0, 8, 4, {4, 0, 0, 0, 0, 0}, 1.0f, 0}};
static const stm32rt_pool pools[] = {{"a", "sram", 16, 4}};
static const stm32rt_state states[] = {{"s", NULL, 12, 1, 0, 7}};
static const stm32rt_operator operators[] = {
    {"y", "ADD", "add_one", 0, 1, 1, add_one, NULL},
    {"z", "ADD", "add_state", 0, 2, 1, add_state, NULL}};
static const stm32rt_operator banded[] = {
    {"z", "DOUBLE", "double_rows", 0, 2, 1, NULL, double_rows}};
static const stm32rt_step steps[] = {
    {STM32RT_RECEIVE, 0, 2}, {0, 0, 2}, {STM32RT_RECEIVE, 2, 2}, {0, 2, 2}};
static const stm32rt_row_input rows = {1, 4, 2};
static const uint16_t inputs[] = {0}, outputs[] = {2};

#define COMMON                                                                 \
  .abi = &STM32RT_ABI_SYMBOL, .abi_version = STM32RT_ABI_VERSION,              \
  .tool_version = "0", .signature = "ab", .input_count = 1, .output_count = 1, \
  .tensor_count = 3, .pool_count = 1, .inputs = inputs, .outputs = outputs,    \
  .tensors = tensors, .pools = pools

static const stm32rt_model whole = {COMMON,
                                    .name = "whole",
                                    .operator_count = 2,
                                    .operators = operators,
                                    .states = states,
                                    .state_count = 1};
static const stm32rt_model streamed = {COMMON,
                                       .name = "streamed",
                                       .operator_count = 1,
                                       .operators = banded,
                                       .step_count = 4,
                                       .steps = steps,
                                       .stream = &rows};

static uint32_t draw(void) { return (uint32_t)(test_random() >> 20); }

/*===-- A line in memory ---===*/

typedef struct line {
  uint8_t to_server[4096], from_server[8192];
  uint32_t sent, taken, got, clock;
  int is_closed, is_broken;
} line;

static int32_t read_line(void *user, void *data, uint32_t size) {
  line *l = (line *)user;
  /* Sometimes one byte, as a UART gives them. */
  const uint32_t left = l->sent - l->taken;
  uint32_t count = left < size ? left : size;
  if (l->is_closed)
    return -1;
  if (count > 1 && draw() % 4u == 0)
    count = 1;
  memcpy(data, l->to_server + l->taken, count);
  l->taken += count;
  return (int32_t)count;
}

static int32_t write_line(void *user, const void *data, uint32_t size) {
  line *l = (line *)user;
  if (l->is_broken)
    return -1;
  CHECK(size <= sizeof l->from_server - l->got);
  memcpy(l->from_server + l->got, data, size);
  l->got += size;
  return 0;
}

static uint32_t read_clock(void *user) { return ((line *)user)->clock += 10; }

static line serial;
static const stm32rt_rpc_port port = {read_line, write_line, read_clock, 1000u,
                                      &serial};
static uint32_t memory_a[4], memory_b[4];
static stm32rt_context whole_context, streamed_context;
static stm32rt_context *const contexts[] = {&whole_context, &streamed_context};
static stm32rt_rpc_server server;

static void start(uint8_t *buffer, uint32_t size) {
  const stm32rt_memory a = {memory_a, 16}, b = {memory_b, 16};
  memset(&serial, 0, sizeof serial);
  CHECK(stm32rt_create(&whole_context, &whole, &a, 1, NULL) == STM32RT_OK);
  CHECK(stm32rt_create(&streamed_context, &streamed, &b, 1, NULL) ==
        STM32RT_OK);
  CHECK(stm32rt_rpc_open(&server, &port, contexts, 2, buffer, size) ==
        STM32RT_OK);
}

static void serve(void) {
  while (serial.taken < serial.sent)
    CHECK(stm32rt_rpc_poll(&server) == STM32RT_OK);
  serial.sent = serial.taken = 0;
}

/*===-- The other end: written apart from the server ---===*/

static uint32_t crc_of(const uint8_t *data, uint32_t size) {
  uint32_t crc = 0xFFFFFFFFu;
  for (uint32_t i = 0; i < 8u * size; i++) {
    const uint32_t bit = ((uint32_t)data[i / 8u] >> (i % 8u)) & 1u;
    const uint32_t out = (crc & 1u) ^ bit;
    crc = (crc >> 1) ^ (out != 0 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

/* The message on the line in `to`; returns its bytes with the zero. */
static uint32_t stuff(uint8_t *to, const uint8_t *message, uint32_t size) {
  uint32_t code_at = 0, at = 1;
  uint8_t code = 1;
  for (uint32_t i = 0; i < size; i++) {
    if (message[i] != 0) {
      to[at++] = message[i];
      code++;
    }
    if (message[i] == 0 || code == 255u) {
      to[code_at] = code;
      code_at = at++;
      code = 1;
    }
  }
  to[code_at] = code;
  to[at++] = 0;
  return at;
}

/* Puts a request on the line. */
static uint32_t put_request(uint8_t sequence, uint8_t command,
                            const uint8_t *payload, uint32_t size) {
  uint8_t message[1200];
  message[0] = sequence;
  message[1] = command;
  memcpy(message + 2, payload, size);
  const uint32_t crc = crc_of(message, size + 2u);
  for (uint32_t i = 0; i < 4; i++)
    message[size + 2u + i] = (uint8_t)(crc >> (8u * i));
  const uint32_t bytes =
      stuff(serial.to_server + serial.sent, message, size + 6u);
  serial.sent += bytes;
  return bytes;
}

/* Takes the next answer from the line: its bytes without checksum, 0 if there
 * is none. It must be right. */
static uint32_t take_answer(uint8_t *answer) {
  uint32_t size = 0, at = 0;
  if (serial.got == 0)
    return 0;
  while (serial.from_server[at] != 0) {
    const uint8_t code = serial.from_server[at++];
    for (uint8_t i = 1; i < code; i++) {
      CHECK(serial.from_server[at] != 0);
      answer[size++] = serial.from_server[at++];
    }
    if (code != 255u && serial.from_server[at] != 0)
      answer[size++] = 0;
  }
  at++;
  serial.got -= at;
  memmove(serial.from_server, serial.from_server + at, serial.got);
  CHECK(size >= 7);
  const uint32_t crc = crc_of(answer, size - 4u);
  for (uint32_t i = 0; i < 4; i++)
    CHECK(answer[size - 4u + i] == (uint8_t)(crc >> (8u * i)));
  return size - 4u;
}

static uint8_t answer[8192];
static uint8_t next_sequence;

/* Sends a request and returns how it ended; the answer's payload is behind
 * answer[3]. */
static uint8_t ask(uint8_t command, const uint8_t *payload, uint32_t size,
                   uint32_t *answered) {
  const uint8_t sequence = next_sequence++;
  (void)put_request(sequence, command, payload, size);
  serve();
  const uint32_t got = take_answer(answer);
  CHECK(got >= 3 && answer[0] == sequence && answer[1] == (command | 0x80u));
  CHECK(serial.got == 0);
  if (answered != NULL)
    *answered = got - 3u;
  return answer[2];
}

static uint32_t number(const uint8_t *data) {
  return data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 |
         (uint32_t)data[3] << 24;
}

static const uint8_t nonce[4] = {0, 1, 255, 0};

static void says_hello(void) {
  uint32_t size;
  CHECK(ask(STM32RT_RPC_HELLO, nonce, 4, &size) == STM32RT_RPC_DONE);
  CHECK(size == 20 && memcmp(answer + 3, nonce, 4) == 0);
  CHECK(answer[7] == STM32RT_RPC_VERSION && answer[9] == 2);
}

/*===-- Tests ---===*/

static void opening(void) {
  static uint8_t buffer[STM32RT_RPC_MIN_BUFFER];
  stm32rt_rpc_port bad = port;
  stm32rt_context none;
  stm32rt_context *list[1] = {&none};
  start(buffer, sizeof buffer);
  memset(&none, 0, sizeof none);
#define OPEN(s, p, c, n, b, z) stm32rt_rpc_open(s, p, c, n, b, z)
  CHECK(OPEN(NULL, &port, contexts, 2, buffer, 128) == STM32RT_ERROR_ARGUMENT);
  CHECK(OPEN(&server, NULL, contexts, 2, buffer, 128) ==
        STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_rpc_poll(&server) == STM32RT_ERROR_ARGUMENT);
  CHECK(OPEN(&server, &port, NULL, 2, buffer, 128) == STM32RT_ERROR_ARGUMENT);
  CHECK(OPEN(&server, &port, contexts, 2, NULL, 128) == STM32RT_ERROR_ARGUMENT);
  CHECK(OPEN(&server, &port, contexts, 2, buffer, 127) ==
        STM32RT_ERROR_ARGUMENT);
  CHECK(OPEN(&server, &port, contexts, 65536, buffer, 128) ==
        STM32RT_ERROR_ARGUMENT);
  CHECK(OPEN(&server, &port, list, 1, buffer, 128) ==
        STM32RT_ERROR_NOT_CREATED);
  list[0] = NULL;
  CHECK(OPEN(&server, &port, list, 1, buffer, 128) == STM32RT_ERROR_ARGUMENT);
  bad.read = NULL;
  CHECK(OPEN(&server, &bad, contexts, 2, buffer, 128) ==
        STM32RT_ERROR_ARGUMENT);
  CHECK(OPEN(&server, &port, NULL, 0, buffer, 128) == STM32RT_OK);
  CHECK(stm32rt_rpc_poll(NULL) == STM32RT_ERROR_ARGUMENT);
  serial.is_closed = 1;
  CHECK(stm32rt_rpc_poll(&server) == STM32RT_ERROR_ARGUMENT);
  serial.is_closed = 0;
  serial.is_broken = 1;
  (void)put_request(1, STM32RT_RPC_HELLO, nonce, 4);
  stm32rt_status status = STM32RT_OK;
  while (serial.taken < serial.sent && status == STM32RT_OK)
    status = stm32rt_rpc_poll(&server);
  CHECK(status == STM32RT_ERROR_ARGUMENT);
}

/* The description in pieces of the smallest buffer is that of a large one. */
static void describing(void) {
  static uint8_t small[STM32RT_RPC_MIN_BUFFER], large[4096];
  uint8_t whole_text[1000];
  uint32_t size, total;
  uint8_t request[6] = {0, 0, 0, 0, 0, 0};
  start(large, sizeof large);
  says_hello();
  CHECK(number(answer + 11) == 2048 && number(answer + 15) == 1 &&
        number(answer + 19) == 1000);
  CHECK(ask(STM32RT_RPC_DESCRIBE, request, 6, &size) == STM32RT_RPC_DONE);
  total = number(answer + 3);
  CHECK(total == size - 4u && total < sizeof whole_text);
  memcpy(whole_text, answer + 7, total);
  CHECK(memcmp(whole_text, "\5\0whole\1\0000\2\0ab", 14) == 0);

  start(small, sizeof small);
  for (uint32_t at = 0; at < total; at += size - 4u) {
    request[2] = (uint8_t)at;
    request[3] = (uint8_t)(at >> 8);
    CHECK(ask(STM32RT_RPC_DESCRIBE, request, 6, &size) == STM32RT_RPC_DONE);
    CHECK(number(answer + 3) == total && size > 4 && size <= 57);
    CHECK(memcmp(answer + 7, whole_text + at, size - 4u) == 0);
  }
  request[4] = 1;
  CHECK(ask(STM32RT_RPC_DESCRIBE, request, 6, &size) == STM32RT_RPC_DONE);
  CHECK(size == 4);
}

static void running(void) {
  static uint8_t buffer[512];
  static const uint8_t x[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 250, 0};
  static const uint8_t read_z[] = {0, 0, 2, 0, 0, 0, 0, 0, 4, 0, 0, 0};
  static const uint8_t read_part[] = {0, 0, 2, 0, 1, 0, 0, 0, 2, 0, 0, 0};
  static const uint8_t all[] = {0, 0, 0, 0, 0, 0, 255, 255, 255, 255};
  static const uint8_t first[] = {0, 0, 0, 0, 0, 0, 1, 0, 0, 0};
  static const uint8_t second[] = {0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
  static const uint8_t model[] = {0, 0};
  uint32_t size;
  start(buffer, sizeof buffer);
  CHECK(ask(STM32RT_RPC_WRITE, x, sizeof x, &size) == STM32RT_RPC_DONE);
  CHECK(size == 0 && memcmp(memory_a, "\1\2\372", 4) == 0);
  CHECK(ask(STM32RT_RPC_RUN, all, sizeof all, &size) == STM32RT_RPC_DONE);
  CHECK(size == 4 && number(answer + 3) == 10);
  CHECK(ask(STM32RT_RPC_READ, read_z, sizeof read_z, &size) ==
        STM32RT_RPC_DONE);
  CHECK(size == 4 && memcmp(answer + 3, "\11\12\2\10", 4) == 0);
  CHECK(ask(STM32RT_RPC_READ, read_part, 12, &size) == STM32RT_RPC_DONE);
  CHECK(size == 2 && memcmp(answer + 3, "\12\2", 2) == 0);
  /* The second run has another state; operators one by one are a run. */
  CHECK(ask(STM32RT_RPC_RUN, first, 10, &size) == STM32RT_RPC_DONE);
  CHECK(ask(STM32RT_RPC_RUN, second, 10, &size) == STM32RT_RPC_DONE);
  CHECK(ask(STM32RT_RPC_READ, read_z, sizeof read_z, &size) ==
        STM32RT_RPC_DONE);
  CHECK(memcmp(answer + 3, "\12\13\3\11", 4) == 0);
  CHECK(ask(STM32RT_RPC_RESET, model, 2, &size) == STM32RT_RPC_DONE);
  CHECK(ask(STM32RT_RPC_RUN, all, sizeof all, &size) == STM32RT_RPC_DONE);
  CHECK(ask(STM32RT_RPC_READ, read_z, sizeof read_z, &size) ==
        STM32RT_RPC_DONE);
  CHECK(memcmp(answer + 3, "\11\12\2\10", 4) == 0);
}

/* A request that comes again is answered again, and not done again. */
static void repeating(void) {
  static uint8_t buffer[512];
  static const uint8_t all[] = {0, 0, 0, 0, 0, 0, 255, 255, 255, 255};
  uint8_t other[64];
  start(buffer, sizeof buffer);
  for (int i = 0; i < 3; i++)
    (void)put_request(77, STM32RT_RPC_RUN, all, sizeof all);
  serve();
  const uint32_t size = take_answer(answer);
  CHECK(size == 7 && answer[0] == 77);
  for (int i = 0; i < 2; i++)
    CHECK(take_answer(other) == size && memcmp(other, answer, size) == 0);
  CHECK(take_answer(other) == 0);
  CHECK(((uint8_t *)memory_a)[12] == 8);
  (void)put_request(78, STM32RT_RPC_RUN, all, sizeof all);
  serve();
  CHECK(take_answer(answer) == size && ((uint8_t *)memory_a)[12] == 9);
}

static void pushing(void) {
  static uint8_t buffer[512];
  static const uint8_t begin[] = {1, 0, 1, 5, 6, 7}, more[] = {1, 0, 0, 8};
  static const uint8_t all[] = {1, 0, 0, 0, 0, 0, 255, 255, 255, 255};
  static const uint8_t one[] = {1, 0, 0, 0, 0, 0, 1, 0, 0, 0};
  static const uint8_t not_streamed[] = {0, 0, 1, 5};
  uint32_t size;
  start(buffer, sizeof buffer);
  CHECK(ask(STM32RT_RPC_PUSH, more, 4, NULL) == STM32RT_RPC_FAILED);
  CHECK(ask(STM32RT_RPC_PUSH, begin, 6, &size) == STM32RT_RPC_DONE);
  CHECK(size == 4 && number(answer + 3) == 10);
  CHECK(ask(STM32RT_RPC_PUSH, more, 4, NULL) == STM32RT_RPC_DONE);
  CHECK(memcmp((const uint8_t *)memory_b + 8, "\12\14\16\20", 4) == 0);
  CHECK(ask(STM32RT_RPC_PUSH, more, 4, NULL) == STM32RT_RPC_FAILED);
  CHECK(ask(STM32RT_RPC_PUSH, not_streamed, 4, NULL) == STM32RT_RPC_FAILED);
  CHECK(ask(STM32RT_RPC_RUN, all, 10, NULL) == STM32RT_RPC_FAILED);
  CHECK(ask(STM32RT_RPC_RUN, one, 10, NULL) == STM32RT_RPC_FAILED);
}

/* Each wrong request has its status, and a text. */
static void refusing(void) {
  static uint8_t buffer[512];
  static const struct {
    uint8_t command, status;
    uint8_t size;
    uint8_t payload[14];
  } wrong[] = {
      {0, STM32RT_RPC_NO_COMMAND, 0, {0}},
      {8, STM32RT_RPC_NO_COMMAND, 2, {0}},
      {127, STM32RT_RPC_NO_COMMAND, 0, {0}},
      {STM32RT_RPC_HELLO, STM32RT_RPC_MALFORMED, 3, {0}},
      {STM32RT_RPC_HELLO, STM32RT_RPC_MALFORMED, 5, {0}},
      {STM32RT_RPC_RESET, STM32RT_RPC_MALFORMED, 1, {0}},
      {STM32RT_RPC_RESET, STM32RT_RPC_MALFORMED, 3, {0}},
      {STM32RT_RPC_RESET, STM32RT_RPC_NO_INDEX, 2, {2}},
      {STM32RT_RPC_DESCRIBE, STM32RT_RPC_MALFORMED, 5, {0}},
      {STM32RT_RPC_DESCRIBE, STM32RT_RPC_NO_INDEX, 6, {0, 1}},
      {STM32RT_RPC_WRITE, STM32RT_RPC_MALFORMED, 7, {0}},
      {STM32RT_RPC_WRITE, STM32RT_RPC_NO_INDEX, 8, {0, 0, 3}},
      {STM32RT_RPC_WRITE, STM32RT_RPC_NO_RANGE, 13, {0}},
      {STM32RT_RPC_WRITE, STM32RT_RPC_NO_RANGE, 10, {0, 0, 0, 0, 3}},
      {STM32RT_RPC_WRITE, STM32RT_RPC_NO_RANGE, 8, {0, 0, 0, 0, 5}},
      {STM32RT_RPC_WRITE,
       STM32RT_RPC_NO_RANGE,
       9,
       {0, 0, 0, 0, 255, 255, 255, 255}},
      {STM32RT_RPC_READ, STM32RT_RPC_MALFORMED, 11, {0}},
      {STM32RT_RPC_READ, STM32RT_RPC_NO_INDEX, 12, {0, 0, 9}},
      {STM32RT_RPC_READ, STM32RT_RPC_NO_RANGE, 12, {0, 0, 0, 0, 0, 0, 0, 0, 5}},
      {STM32RT_RPC_READ,
       STM32RT_RPC_NO_RANGE,
       12,
       {0, 0, 0, 0, 0, 0, 0, 0, 255, 255}},
      {STM32RT_RPC_READ,
       STM32RT_RPC_NO_RANGE,
       12,
       {0, 0, 0, 0, 255, 255, 255, 255, 4}},
      {STM32RT_RPC_RUN, STM32RT_RPC_MALFORMED, 9, {0}},
      {STM32RT_RPC_RUN, STM32RT_RPC_NO_INDEX, 10, {0, 0, 3}},
      {STM32RT_RPC_RUN, STM32RT_RPC_NO_INDEX, 10, {0, 0, 1, 0, 0, 0, 2}},
      {STM32RT_RPC_RUN,
       STM32RT_RPC_NO_INDEX,
       10,
       {0, 0, 1, 0, 0, 0, 255, 255, 255, 255}},
      {STM32RT_RPC_PUSH, STM32RT_RPC_MALFORMED, 2, {1}},
  };
  start(buffer, sizeof buffer);
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    uint32_t size;
    CHECK(ask(wrong[i].command, wrong[i].payload, wrong[i].size, &size) ==
          wrong[i].status);
    CHECK(size > 10 && answer[3] >= 'a' && answer[3] <= 'z');
  }
  CHECK(((uint8_t *)memory_a)[12] == 7);
  /* What is an answer already gets none: two servers on one line are quiet. */
  (void)put_request(1, STM32RT_RPC_HELLO | 0x80u, nonce, 4);
  serve();
  CHECK(serial.got == 0);
}

/* Messages of every length that fits, with and without zeros, and of those that
 * do not fit. */
static void filling(void) {
  static uint8_t buffer[1200];
  uint8_t payload[1100];
  start(buffer, sizeof buffer);
  for (uint32_t size = 0; size < 700; size++) {
    for (uint32_t zeros = 0; zeros < 3; zeros++) {
      for (uint32_t i = 0; i < size; i++)
        payload[i] = zeros == 0 ? 0x55u : zeros == 1 ? 0 : (uint8_t)(i & 3u);
      (void)put_request(next_sequence++, 99, payload, size);
      serve();
      CHECK((take_answer(answer) != 0) == (size + 6u <= 600u));
    }
  }
  says_hello();
}

/* A damaged line: the server says nothing wrong, keeps its hands from memory
 * that is none of its own (the sanitizers see that), and is right again at
 * once. */
static void noise(unsigned long cases) {
  static uint8_t buffer[300];
  uint8_t payload[400];
  start(buffer, sizeof buffer);
  for (unsigned long k = 0; k < cases; k++) {
    const uint32_t how = draw() % 6u;
    const uint32_t size = draw() % (how == 0 ? 400u : 24u);
    for (uint32_t i = 0; i < size; i++)
      payload[i] = (uint8_t)(draw() % 3u == 0 ? draw() : 0);
    if (how == 0) { /* no message at all */
      memcpy(serial.to_server, payload, size);
      serial.sent = size;
    } else {
      const uint32_t bytes =
          put_request((uint8_t)draw(), (uint8_t)(draw() % 9u), payload, size);
      uint8_t *at = serial.to_server + draw() % bytes;
      if (how == 1) /* a bit */
        *at = (uint8_t)(*at ^ (1u << draw() % 8u));
      else if (how == 2) /* a byte too few */
        memmove(at, at + 1, (size_t)(serial.to_server + --serial.sent - at));
      else if (how == 3) { /* one too many */
        memmove(at + 1, at, (size_t)(serial.to_server + serial.sent++ - at));
        *at = (uint8_t)draw();
      } else if (how == 4) /* the beginning only */
        serial.sent = (uint32_t)(at - serial.to_server);
      /* else it is complete, and does what it says */
    }
    serve();
    serial.got = 0;
    if (how != 5 && draw() % 2u == 0) {
      serial.to_server[serial.sent++] = 0;
      serve();
      serial.got = 0;
    }
    if (how == 5 || draw() % 2u == 0) {
      serial.to_server[serial.sent++] = 0;
      serve();
      serial.got = 0;
      says_hello();
    }
  }
}

TEST_MAIN(argc, argv) {
  opening();
  describing();
  running();
  repeating();
  pushing();
  refusing();
  filling();
  noise(TEST_COUNT(argc, argv, 20000, 1000));
  return test_result("rpc");
}
