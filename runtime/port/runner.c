/*===-- runner.c - Runs one generated model on vectors from a file ---------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 *   runner [--dump FILE] [--stats FILE] [--steps N] [--bench] [--image FILE]
 *          INPUT OUTPUT
 *
 * INPUT holds the vectors one behind the other, each the bytes of all inputs of
 * the model in their order, `steps` times. A new context is made for each
 * vector; the steps of a vector share it. OUTPUT gets the bytes of all outputs
 * for each step.
 *
 *   --dump FILE   after each operator, the bytes of each tensor that it wrote,
 *                 behind three uint32_t: operator, tensor, bytes; after the
 *                 last step of one that runs in bands of rows
 *   --stats FILE  lines "key value": context (bytes), stack (bytes of the
 *                 first run), vectors, and for each counted interval
 *                 "interval name"
 *   --bench       calls bench_mark before and after: nothing ("overhead"),
 *                 stm32rt_create ("create"), each stm32rt_run ("run"); then, in
 *                 one more run of the first vector with an observer, an
 *                 operator that does nothing and each step (all "layer")
 *
 * Compile with
 *   -DMODEL=net_model -DMODEL_HEADER='"net.h"'
 *   -D'POOLS(X)=X(NET_POOL_A) X(NET_POOL_B)'
 * where NET_POOL_A_SIZE and NET_POOL_A_ALIGN are macros of the header and the
 * pools are in the order of the model. With -DRUNNER_SECTIONS each is in the
 * section NET_POOL_A_SECTION. With -DRUNNER_LATE_COPIES constants that stream into
 * a pool are copied as late as the runtime allows, and their places are
 * overwritten when a copy begins. With -DRUNNER_IMAGE the model is not linked
 * in: it is loaded with runner_image.c, from --image or from the program itself.
 *
 * Each pool and the context are filled with a pattern before create, another
 * one for each vector, so a read of a byte that nobody wrote shows.
 *
 * Exit status: 0 done, 1 the runtime reported an error or wrote past a pool,
 * 2 wrong arguments or files.
 */
#include "port.h"
#include "stm32rt.h"

#include MODEL_HEADER

#ifdef RUNNER_IMAGE
#include "runner_image.h"
static const stm32rt_model *loaded;
#undef MODEL
#define MODEL (*loaded)
#endif

#include <string.h>

/* Bytes behind each pool that must keep their pattern. On the host the address
 * sanitizer sees more without them. */
#ifndef RUNNER_GUARD
#define RUNNER_GUARD 64
#endif

/* With RUNNER_SECTIONS each pool lies in the section of its memory. */
#ifdef RUNNER_SECTIONS
#define POOL_ARRAY(pool)                                                       \
  static STM32RT_ALIGNED(pool##_ALIGN) STM32RT_SECTION(pool##_SECTION)         \
      uint8_t pool##_memory[pool##_SIZE + RUNNER_GUARD];
#else
#define POOL_ARRAY(pool)                                                       \
  static STM32RT_ALIGNED(pool##_ALIGN)                                         \
      uint8_t pool##_memory[pool##_SIZE + RUNNER_GUARD];
#endif
#define POOL_ENTRY(pool) {pool##_memory, pool##_SIZE},

POOLS(POOL_ARRAY)

static const stm32rt_memory pools[] = {POOLS(POOL_ENTRY)};
#define POOL_COUNT ((uint32_t)(sizeof pools / sizeof pools[0]))

static stm32rt_context context;

typedef struct options {
  const char *input, *output, *dump, *stats, *image;
  uint32_t steps;
  int bench;
} options;

typedef struct session {
  options arguments;
  int input, output, dump, stats; /* file handles, -1: none */
  uint32_t vectors, stack;
  stm32rt_status status; /* of the last call of the runtime */
  int write_failed;
} session;

/*===-- Text
 * ---------------------------------------------------------------===*/

/* Decimal digits of `value` in `buffer` of at least 11 bytes. */
static const char *decimal(uint32_t value, char *buffer) {
  char *end = buffer + 10;
  *end = '\0';
  do {
    *--end = (char)('0' + value % 10u);
    value /= 10u;
  } while (value);
  return end;
}

static uint32_t parse_decimal(const char *text) {
  uint32_t value = 0;
  for (; *text >= '0' && *text <= '9'; ++text)
    value = value * 10u + (uint32_t)(*text - '0');
  return value;
}

static int fail(int code, const char *what, const char *detail) {
  port_print("runner: ");
  port_print(what);
  port_print(detail);
  port_print("\n");
  return code;
}

static void put(session *s, int handle, const void *data, uint32_t size) {
  if (handle >= 0 && port_write(handle, data, size) != 0)
    s->write_failed = 1;
}

static void put_text(session *s, const char *text) {
  put(s, s->stats, text, (uint32_t)strlen(text));
}

static void put_stat(session *s, const char *key, uint32_t value) {
  char buffer[11];
  put_text(s, key);
  put_text(s, " ");
  put_text(s, decimal(value, buffer));
  put_text(s, "\n");
}

/*===-- Memory
 * -------------------------------------------------------------===*/

static void poison(uint32_t vector) {
  const uint8_t pattern = (vector & 1u) ? 0x5Au : 0xA5u;
  for (uint32_t i = 0; i < POOL_COUNT; ++i)
    memset(pools[i].address, pattern, pools[i].size + RUNNER_GUARD);
  memset(&context, pattern, sizeof context);
}

/* True if the bytes behind each pool are as poison left them. */
static int guards_intact(uint32_t vector) {
  const uint8_t pattern = (vector & 1u) ? 0x5Au : 0xA5u;
  for (uint32_t i = 0; i < POOL_COUNT; ++i) {
    const uint8_t *guard = (const uint8_t *)pools[i].address + pools[i].size;
    for (uint32_t k = 0; k < RUNNER_GUARD; ++k)
      if (guard[k] != pattern)
        return 0;
  }
  return 1;
}

/*===-- Observers
 * ----------------------------------------------------------===*/

static void dump_operator(const stm32rt_context *c, uint32_t index, int post,
                          void *user) {
  session *s = (session *)user;
  const stm32rt_operator *op = &c->model->operators[index];
  if (post != STM32RT_DONE)
    return;
  for (uint32_t k = 0; k < op->outputs; ++k) {
    const uint32_t tensor = op->output + k;
    const uint32_t size = c->model->tensors[tensor].size;
    const uint32_t header[3] = {index, tensor, size};
    put(s, s->dump, header, sizeof header);
    put(s, s->dump, stm32rt_tensor_data(c, tensor), size);
  }
}

static void mark_operator(const stm32rt_context *c, uint32_t index, int post,
                          void *user) {
  (void)c;
  (void)index;
  bench_mark();
  if (post)
    put_text((session *)user, "interval layer\n");
}

/*===-- Running
 * ------------------------------------------------------------===*/

/* Rows of a streamed input on their way from the file to the model. */
static uint8_t lines[8192];
static uint32_t pending;

static int read_lines(session *s, uint32_t count) {
  const uint32_t size = MODEL.stream->row_size * count;
  const int32_t got = size <= sizeof lines ? port_read(s->input, lines, size) : -1;
  if (got == 0)
    return 0;
  pending = count;
  return got > 0 && (uint32_t)got == size ? 1 : -1;
}

/* Hands over rows as a camera may, sometimes one and sometimes more. */
static stm32rt_status push_all(session *s) {
  const stm32rt_row_input *input = MODEL.stream;
  stm32rt_stream stream;
  stm32rt_status status = stm32rt_begin_stream(&stream, &context);
  for (uint32_t row = 0, next = 1; status == STM32RT_OK; next = next % 3 + 1) {
    status = stm32rt_push_rows(&stream, lines, pending);
    row += pending;
    const uint32_t left = input->rows - row;
    const uint32_t most = (uint32_t)sizeof lines / input->row_size;
    const uint32_t count = next < left ? next : left;
    if (left == 0)
      break;
    if (read_lines(s, count < most ? count : most) != 1)
      return STM32RT_ERROR_ARGUMENT;
  }
  return status;
}

/* 1 if a step's inputs were read, 0 at the end of the file, -1 on an error. */
static int read_inputs(session *s) {
  const stm32rt_model *model = &MODEL;
  /* Of several inputs the file holds the streamed one first. */
  if (model->stream != NULL)
    return model->input_count == 1 ? read_lines(s, 1) : -1;
  for (uint32_t i = 0; i < model->input_count; ++i) {
    const uint32_t size = model->tensors[model->inputs[i]].size;
    const int32_t got = port_read(s->input, stm32rt_input(&context, i), size);
    if (got == 0 && i == 0)
      return 0;
    if (got < 0 || (uint32_t)got != size)
      return -1;
  }
  return 1;
}

static void run_model(void *user) {
  session *s = (session *)user;
  s->status = MODEL.stream != NULL ? push_all(s) : stm32rt_run(&context);
}

/* Runs the model on the inputs in place and writes the outputs. */
static int run_step(session *s) {
  const stm32rt_model *model = &MODEL;
  if (s->arguments.bench) {
    bench_mark();
    run_model(s);
    bench_mark();
    put_text(s, "interval run\n");
  } else if (s->dump < 0 && s->stats >= 0 && s->vectors == 0) {
    s->stack = port_stack_used(run_model, s);
  } else {
    run_model(s);
  }
  if (s->status != STM32RT_OK)
    return fail(1, "stm32rt_run: ", stm32rt_status_text(s->status));
  for (uint32_t i = 0; i < model->output_count; ++i)
    put(s, s->output, stm32rt_output(&context, i),
        model->tensors[model->outputs[i]].size);
  return 0;
}

#ifdef RUNNER_LATE_COPIES
/* Copies that were begun, the oldest first. */
static struct {
  void *to;
  const void *from;
  uint32_t size;
} copies[16];
static uint32_t copy_count;

static void late_start(void *user, void *to, const void *from, uint32_t size) {
  (void)user;
  if (copy_count == sizeof copies / sizeof copies[0])
    return; /* the results will tell */
  memset(to, 0xA5, size);
  copies[copy_count].to = to;
  copies[copy_count].from = from;
  copies[copy_count].size = size;
  copy_count++;
}

static void late_wait(void *user, const void *to) {
  (void)user;
  uint32_t done = 0;
  do {
    if (done == copy_count)
      return;
    memcpy(copies[done].to, copies[done].from, copies[done].size);
  } while (copies[done++].to != to);
  copy_count -= done;
  memmove(copies, copies + done, copy_count * sizeof copies[0]);
}

static const stm32rt_copier late_copier = {late_start, late_wait, NULL};
#endif

static int create(session *s) {
  poison(s->vectors);
  if (s->arguments.bench && s->vectors == 0) {
    bench_mark();
    s->status = stm32rt_create(&context, &MODEL, pools, POOL_COUNT, NULL);
    bench_mark();
    put_text(s, "interval create\n");
  } else {
    s->status = stm32rt_create(&context, &MODEL, pools, POOL_COUNT, NULL);
  }
#ifdef RUNNER_LATE_COPIES
  if (s->status == STM32RT_OK)
    s->status = stm32rt_set_copier(&context, &late_copier);
#endif
  if (s->status == STM32RT_OK && s->dump >= 0)
    s->status = stm32rt_set_observer(&context, dump_operator, s);
  if (s->status != STM32RT_OK)
    return fail(1, "stm32rt_create: ", stm32rt_status_text(s->status));
  return 0;
}

static int run_vectors(session *s) {
  for (;; ++s->vectors) {
    int code = create(s);
    if (code != 0)
      return code;
    for (uint32_t step = 0; step < s->arguments.steps; ++step) {
      const int got = read_inputs(s);
      if (got == 0 && step == 0)
        return 0;
      if (got <= 0)
        return fail(2, "the last vector is not complete: ", s->arguments.input);
      code = run_step(s);
      if (code != 0)
        return code;
    }
    if (!guards_intact(s->vectors))
      return fail(1, "the model wrote past the end of a pool: ", MODEL.name);
  }
}

/* Counts each step on the first vector: kernels may branch on data. */
static int count_layers(session *s) {
  /* volatile: the calls are made as the runtime makes them. */
  stm32rt_observer volatile observer = mark_operator;
  s->status = stm32rt_create(&context, &MODEL, pools, POOL_COUNT, NULL);
  if (s->status == STM32RT_OK)
    s->status = stm32rt_set_observer(&context, mark_operator, s);
  if (s->status != STM32RT_OK)
    return fail(1, "stm32rt_set_observer: ", stm32rt_status_text(s->status));
  (void)port_close(s->input);
  s->input = port_open(s->arguments.input, PORT_READ);
  if (s->input < 0 || read_inputs(s) != 1)
    return fail(2, "cannot read again ", s->arguments.input);
  observer(&context, 0, 0, s);
  observer(&context, 0, 1, s);
  run_model(s);
  if (s->status != STM32RT_OK)
    return fail(1, "stm32rt_run: ", stm32rt_status_text(s->status));
  return 0;
}

/*===-- Main
 * ---------------------------------------------------------------===*/

static int parse(int argc, char **argv, options *o) {
  int positional = 0;
  for (int i = 1; i < argc; ++i) {
    if (strcmp(argv[i], "--bench") == 0)
      o->bench = 1;
    else if (strcmp(argv[i], "--dump") == 0 && i + 1 < argc)
      o->dump = argv[++i];
    else if (strcmp(argv[i], "--stats") == 0 && i + 1 < argc)
      o->stats = argv[++i];
    else if (strcmp(argv[i], "--image") == 0 && i + 1 < argc)
      o->image = argv[++i];
    else if (strcmp(argv[i], "--steps") == 0 && i + 1 < argc)
      o->steps = parse_decimal(argv[++i]);
    else if (argv[i][0] == '-' || positional == 2)
      return -1;
    else if (positional++ == 0)
      o->input = argv[i];
    else
      o->output = argv[i];
  }
  return positional == 2 && o->steps > 0 ? 0 : -1;
}

static int open_files(session *s) {
  const options *o = &s->arguments;
  s->input = port_open(o->input, PORT_READ);
  if (s->input < 0)
    return fail(2, "cannot read ", o->input);
  s->output = port_open(o->output, PORT_WRITE);
  if (s->output < 0)
    return fail(2, "cannot write ", o->output);
  s->dump = o->dump ? port_open(o->dump, PORT_WRITE) : -1;
  if (o->dump && s->dump < 0)
    return fail(2, "cannot write ", o->dump);
  s->stats = o->stats ? port_open(o->stats, PORT_WRITE) : -1;
  if (o->stats && s->stats < 0)
    return fail(2, "cannot write ", o->stats);
  return 0;
}

static void close_files(session *s) {
  const int written[3] = {s->output, s->dump, s->stats};
  if (s->input >= 0)
    (void)port_close(s->input);
  for (int i = 0; i < 3; ++i)
    if (written[i] >= 0 && port_close(written[i]) != 0)
      s->write_failed = 1;
}

int main(int argc, char **argv) {
  static session s;
  s.arguments.steps = 1;
  s.input = s.output = s.dump = s.stats = -1;
  if (parse(argc, argv, &s.arguments) != 0)
    return fail(2, "usage: [--dump FILE] [--stats FILE] [--steps N] [--bench] ",
                "INPUT OUTPUT");
#ifdef RUNNER_IMAGE
  s.status = runner_load(s.arguments.image, &loaded);
  if (s.status != STM32RT_OK)
    return fail(1, "stm32rt_image_load: ", stm32rt_status_text(s.status));
#endif
  int code = open_files(&s);
  if (code == 0) {
    put_stat(&s, "context", (uint32_t)sizeof context);
    if (s.arguments.bench) {
      bench_mark();
      bench_mark();
      put_text(&s, "interval overhead\n");
    }
    code = run_vectors(&s);
  }
  if (code == 0) {
    put_stat(&s, "vectors", s.vectors);
    put_stat(&s, "stack", s.stack);
    if (s.arguments.bench)
      code = count_layers(&s);
  }
  close_files(&s);
  if (code == 0 && s.write_failed)
    code = fail(2, "a result was not written: ", s.arguments.output);
  return code;
}
