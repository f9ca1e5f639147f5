/*===-- insncount.c - QEMU plugin that counts executed instructions --------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 *   cc -shared -fPIC -O2 insncount.c -o insncount.so
 *   qemu-system-arm ... -plugin insncount.so,out=FILE[,profile=on]
 *
 * Counts the guest's instructions between calls of the guest function
 * `bench_mark`. FILE gets one line for each interval that a call ended:
 *
 *   interval 3 12345           number (0 is from reset to the first call) and
 *                              count
 *   at 3 10000124 600 599      with profile=on: interval, address (hex), count,
 *                              and how often another instruction came next than
 *                              the one behind it: taken branches
 *
 * The counts are exact and repeat. An instruction in an IT block counts whether
 * its condition held or not; so does an instruction of a predicated MVE loop.
 *
 * The header of QEMU's plugin API (version 1) is not packaged by Debian, so
 * what is used of it is declared here.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*===-- The part of the plugin API that is used
 * ----------------------------===*/

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info_t;
enum { CALLBACK_NO_REGISTERS = 0, INLINE_ADD_U64 = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id,
                                           void (*)(plugin_id,
                                                    struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *,
                                          void (*)(unsigned, void *), int,
                                          void *);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *,
                                            void (*)(unsigned, void *), int,
                                            void *);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, int,
                                                void *, uint64_t);
void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *),
                                    void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *,
                                                 size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *);

EXPORT int qemu_plugin_version = 1;

/*===-- Counters
 * -----------------------------------------------------------===*/

/* Code addresses with a counter of their own, in a hash table. */
#define SLOTS (1u << 20)

typedef struct counter {
  uint64_t count, at_mark; /* now, and when the interval began */
  uint64_t taken, taken_at_mark;
  uint32_t address;
  bool used;
} counter;

/* Instructions that QEMU translated together; only the last can branch. */
typedef struct block {
  uint64_t start, end; /* addresses; `end` is behind the last instruction */
  counter *last;
} block;

static FILE *out;
static bool profile;
static uint64_t total, total_at_mark;
static uint64_t interval;
static uint64_t mark_address = UINT64_MAX; /* of bench_mark, once seen */
static counter *counters;
static uint32_t *used_slots, used_count;
static const block *previous; /* that was executed last */

static counter *counter_of(uint32_t address) {
  uint32_t slot = (address >> 1) & (SLOTS - 1);
  for (uint32_t tries = 0; tries < SLOTS; ++tries) {
    counter *c = &counters[slot];
    if (!c->used) {
      c->used = true;
      c->address = address;
      used_slots[used_count++] = slot;
    }
    if (c->address == address)
      return c;
    slot = (slot + 1) & (SLOTS - 1);
  }
  fputs("insncount: more code than counters\n", stderr);
  exit(1);
}

static void on_mark(unsigned cpu, void *user) {
  (void)cpu;
  (void)user;
  fprintf(out, "interval %llu %llu\n", (unsigned long long)interval,
          (unsigned long long)(total - total_at_mark));
  for (uint32_t i = 0; i < used_count; ++i) {
    counter *c = &counters[used_slots[i]];
    if (c->count != c->at_mark)
      fprintf(out, "at %llu %x %llu %llu\n", (unsigned long long)interval,
              c->address, (unsigned long long)(c->count - c->at_mark),
              (unsigned long long)(c->taken - c->taken_at_mark));
    c->at_mark = c->count;
    c->taken_at_mark = c->taken;
  }
  total_at_mark = total;
  ++interval;
}

static void on_block(unsigned cpu, void *user) {
  const block *now = user;
  (void)cpu;
  if (previous && previous->end != now->start)
    ++previous->last->taken;
  previous = now;
}

static void watch_block(struct qemu_plugin_tb *translated, size_t count) {
  const struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(translated, 0);
  const struct qemu_plugin_insn *last =
      qemu_plugin_tb_get_insn(translated, count - 1);
  const uint64_t address = qemu_plugin_insn_vaddr(last);
  block *made = malloc(sizeof *made); /* lives as long as the program */
  if (!made) {
    fputs("insncount: out of memory\n", stderr);
    exit(1);
  }
  made->start = qemu_plugin_insn_vaddr(first);
  made->end = address + qemu_plugin_insn_size(last);
  made->last = counter_of((uint32_t)address);
  qemu_plugin_register_vcpu_tb_exec_cb(translated, on_block,
                                       CALLBACK_NO_REGISTERS, made);
}

static void on_translation(plugin_id id, struct qemu_plugin_tb *translated) {
  const size_t count = qemu_plugin_tb_n_insns(translated);
  (void)id;
  for (size_t i = 0; i < count; ++i) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(translated, i);
    const uint64_t address = qemu_plugin_insn_vaddr(insn);
    if (mark_address == UINT64_MAX) {
      const char *symbol = qemu_plugin_insn_symbol(insn);
      if (symbol && strcmp(symbol, "bench_mark") == 0)
        mark_address = address;
    }
    if (address == mark_address)
      qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark,
                                             CALLBACK_NO_REGISTERS, NULL);
    qemu_plugin_register_vcpu_insn_exec_inline(insn, INLINE_ADD_U64, &total, 1);
    if (profile)
      qemu_plugin_register_vcpu_insn_exec_inline(
          insn, INLINE_ADD_U64, &counter_of((uint32_t)address)->count, 1);
  }
  if (profile && count > 0)
    watch_block(translated, count);
}

static void at_end(plugin_id id, void *user) {
  (void)id;
  (void)user;
  if (fclose(out) != 0)
    fputs("insncount: the counts were not written\n", stderr);
}

EXPORT int qemu_plugin_install(plugin_id id, const struct qemu_info_t *info,
                               int argc, char **argv) {
  (void)info;
  for (int i = 0; i < argc; ++i) {
    if (strncmp(argv[i], "out=", 4) == 0)
      out = fopen(argv[i] + 4, "w");
    else if (strcmp(argv[i], "profile=on") == 0)
      profile = true;
  }
  if (!out) {
    fputs("insncount: out=FILE is missing or cannot be written\n", stderr);
    return 1;
  }
  if (profile) {
    counters = calloc(SLOTS, sizeof *counters);
    used_slots = calloc(SLOTS, sizeof *used_slots);
    if (!counters || !used_slots)
      return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
  qemu_plugin_register_atexit_cb(id, at_end, NULL);
  return 0;
}
