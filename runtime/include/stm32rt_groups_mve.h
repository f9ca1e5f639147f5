/*===-- stm32rt_groups_mve.h - Loops of sums of products with MVE -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The two loops of stm32rt_convolve_mve.h, in assembly, each with its model. In
 * assembly, because VMLADAVA adds to registers of an even number only, of which
 * there are just the eight that the sums of a tile take: compilers move sums to
 * and fro, and keep in memory what these loops hold in the odd ones.
 *
 * A sum becomes an output by rule N3, of which `short end` leaves out what has
 * no effect if zero_point = min = -128 and max = 127:
 *
 *   tie     A negative value that is shifted right rounds half away from zero,
 * and VRSHL rounds half up: ties differ by one. Both are at most 0 then, so that
 * zero point and lower bound make -128 of either. bounds  are those of the
 * saturating VQMOVN.
 */
#ifndef STM32RT_GROUPS_MVE_H
#define STM32RT_GROUPS_MVE_H

#include "stm32rt_mve.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What four channels of many pixels have in common. The assembly knows where
 * each member is. */
typedef struct stm32rt_group {
  int32_t x_next; /* from behind the terms of a pixel to those two pixels on */
  int32_t zero_point;
  int32_t y_next; /* of y, for two pixels */
  const int8_t *y_end;
  const int8_t *weights;
  int32_t turns;  /* stm32rt_turns(blocks)                      */
  int32_t skip;   /* lanes before the first term                */
  int32_t blocks; /* of 16 terms, after the first               */
  int32_t bias[4], multiplier[4];
  int32_t right[4];    /* 31 - shift, <= 0                       */
  uint16_t offsets[8]; /* of y: 0, v, 1, v + 1, ..., v + 3       */
  int32_t min, max;
} stm32rt_group;

/* What eight channels after eight of one pixel have in common. */
typedef struct stm32rt_product {
  const int8_t *x;
  int32_t turns;
  const int32_t *bias;
  int32_t zero_point;
  int32_t group_size; /* bytes of the weights of four channels */
  const int8_t *y_end;
  int32_t skip, blocks;
  const int32_t *multiplier, *shift; /* of these channels, or 8 equal ones */
  int32_t min, max;
  uint16_t offsets[8]; /* of y: 0, 4, 1, 5, ...                  */
  int32_t step;        /* bytes of multipliers to the next eight */
} stm32rt_product;

/* For a loop of two blocks that starts at the second one if there is an odd
 * number of them: 2 * (times it is entered or repeated) + (odd). */
static inline int32_t stm32rt_turns(int32_t blocks) {
  return (blocks & 1) != 0 ? blocks + 2 : blocks;
}

#if STM32RT_HAS_MVE

#define STM32RT_AT(type, member, offset)                                       \
  _Static_assert(offsetof(type, member) == (offset), "known to the assembly")
STM32RT_AT(stm32rt_group, y_end, 12);
STM32RT_AT(stm32rt_group, weights, 16);
STM32RT_AT(stm32rt_group, skip, 24);
STM32RT_AT(stm32rt_group, bias, 32);
STM32RT_AT(stm32rt_group, right, 64);
STM32RT_AT(stm32rt_group, offsets, 80);
STM32RT_AT(stm32rt_group, min, 96);
STM32RT_AT(stm32rt_product, bias, 8);
STM32RT_AT(stm32rt_product, group_size, 16);
STM32RT_AT(stm32rt_product, skip, 24);
STM32RT_AT(stm32rt_product, multiplier, 32);
STM32RT_AT(stm32rt_product, min, 40);
STM32RT_AT(stm32rt_product, offsets, 48);
STM32RT_AT(stm32rt_product, step, 64);
#undef STM32RT_AT

/* 16 terms of the pixels in q0 and q1; a: of VMLADAV or VMLADAVA. */
#define STM32RT_BLOCK_2X4(a)                                                   \
  "vldrb.8 q2, [%[w]], #64\n\t"                                                \
  "vmladav" a ".s8 r0, q0, q2\n\t"                                             \
  "vldrb.8 q3, [%[w], #-48]\n\t"                                               \
  "vmladav" a ".s8 r8, q1, q2\n\t"                                             \
  "vmladav" a ".s8 r2, q0, q3\n\t"                                             \
  "vldrb.8 q2, [%[w], #-32]\n\t"                                               \
  "vmladav" a ".s8 r10, q1, q3\n\t"                                            \
  "vmladav" a ".s8 r4, q0, q2\n\t"                                             \
  "vldrb.8 q3, [%[w], #-16]\n\t"                                               \
  "vmladav" a ".s8 r12, q1, q2\n\t"                                            \
  "vmladav" a ".s8 r6, q0, q3\n\t"                                             \
  "vmladav" a ".s8 lr, q1, q3\n\t"

/* 16 terms of the pixel in q0 for the groups at w and z. */
#define STM32RT_BLOCK_1X8(a)                                                   \
  "vldrb.8 q1, [%[w]], #64\n\t"                                                \
  "vldrb.8 q2, [%[z]], #64\n\t"                                                \
  "vmladav" a ".s8 r0, q0, q1\n\t"                                             \
  "vldrb.8 q1, [%[w], #-48]\n\t"                                               \
  "vmladav" a ".s8 r8, q0, q2\n\t"                                             \
  "vldrb.8 q2, [%[z], #-48]\n\t"                                               \
  "vmladav" a ".s8 r2, q0, q1\n\t"                                             \
  "vldrb.8 q1, [%[w], #-32]\n\t"                                               \
  "vmladav" a ".s8 r10, q0, q2\n\t"                                            \
  "vldrb.8 q2, [%[z], #-32]\n\t"                                               \
  "vmladav" a ".s8 r4, q0, q1\n\t"                                             \
  "vldrb.8 q1, [%[w], #-16]\n\t"                                               \
  "vmladav" a ".s8 r12, q0, q2\n\t"                                            \
  "vldrb.8 q2, [%[z], #-16]\n\t"                                               \
  "vmladav" a ".s8 r6, q0, q1\n\t"                                             \
  "vmladav" a ".s8 lr, q0, q2\n\t"

#define STM32RT_LOAD_2 "vldrb.8 q0, [%[u]], #16\n\tvldrb.8 q1, [%[v]], #16\n\t"
#define STM32RT_LOAD_1 "vldrb.8 q0, [%[u]], #16\n\t"

/* The first block, whose lanes before the first term P0 leaves out, then two a
 * turn. n: turns. */
#define STM32RT_BLOCKS(predicated, load, block)                                \
  predicated block("") "lsrs %[n], %[n], #1\n\t"                               \
                       "beq 4f\n\t"                                            \
                       "bcs 3f\n"                                              \
                       "2:\n\t" load block("a") "3:\n\t" load block(           \
                           "a") "subs %[n], %[n], #1\n\t"                      \
                                "bgt 2b\n"                                     \
                                "4:\n\t"

/* q0, q1 from the sums. */
#define STM32RT_SUMS                                                           \
  "vmov q0[2], q0[0], r0, r4\n\t"                                              \
  "vmov q0[3], q0[1], r2, r6\n\t"                                              \
  "vmov q1[2], q1[0], r8, r12\n\t"                                             \
  "vmov q1[3], q1[1], r10, lr\n\t"

/* Less one where q is negative and shifts right; uses q2. */
#define STM32RT_TIE(q, right)                                                  \
  "vand q2, " q ", " right "\n\t"                                              \
  "vshr.s32 q2, q2, #31\n\t"                                                   \
  "vadd.i32 " q ", " q ", q2\n\t"

/* q2 = bytes 0, 2, ... of q0 and q1 in turn, with the zero point in r2. */
#define STM32RT_NARROW                                                         \
  "vqmovnb.s32 q2, q0\n\t"                                                     \
  "vqmovnt.s32 q2, q1\n\t"                                                     \
  "vqadd.s16 q2, q2, r2\n\t"                                                   \
  "vqmovnb.s16 q2, q2\n\t"
/* The bounds in r8 and r10; uses q3. */
#define STM32RT_CLAMP                                                          \
  "vdup.8 q3, r8\n\t"                                                          \
  "vmax.s8 q2, q2, q3\n\t"                                                     \
  "vdup.8 q3, r10\n\t"                                                         \
  "vmin.s8 q2, q2, q3\n\t"

/* The pixels at u and v, then those x_next on, up to y_end. `tie` and `clamp`
 * are empty for the short end. */
#define STM32RT_RUN_PAIRS(tie, clamp)                                          \
  const int8_t *w;                                                             \
  int32_t n;                                                                   \
  __asm__ volatile(                                                            \
      "ldr %[n], [%[g], #24]\n\t"                                              \
      "sub %[u], %[u], %[n]\n\t"                                               \
      "sub %[v], %[v], %[n]\n\t"                                               \
      "vctp.8 %[n]\n\t"                                                        \
      "vpnot\n\t"                                                              \
      "vldrw.32 q5, [%[g], #32]\n\t"                                           \
      "vldrw.32 q6, [%[g], #48]\n\t"                                           \
      "vldrw.32 q7, [%[g], #64]\n\t"                                           \
      "vldrw.32 q4, [%[g], #80]\n"                                             \
      "1:\n\t"                                                                 \
      "ldrd %[w], %[n], [%[g], #16]\n\t" STM32RT_BLOCKS(                       \
          "vpstt\n\t"                                                          \
          "vldrbt.8 q0, [%[u]], #16\n\t"                                       \
          "vldrbt.8 q1, [%[v]], #16\n\t",                                      \
          STM32RT_LOAD_2, STM32RT_BLOCK_2X4) STM32RT_SUMS                      \
      "ldm %[g], {r0, r2, r4, r6}\n\t"                                         \
      "vadd.i32 q0, q0, q5\n\t"                                                \
      "vadd.i32 q1, q1, q5\n\t"                                                \
      "add %[u], %[u], r0\n\t"                                                 \
      "vqrdmulh.s32 q0, q0, q6\n\t"                                            \
      "vqrdmulh.s32 q1, q1, q6\n\t"                                            \
      "add %[v], %[v], r0\n\t" tie "vrshl.s32 q0, q0, q7\n\t"                  \
      "vrshl.s32 q1, q1, q7\n\t" STM32RT_NARROW clamp                          \
      "vstrb.16 q2, [%[y], q4]\n\t"                                            \
      "add %[y], %[y], r4\n\t"                                                 \
      "cmp %[y], r6\n\t"                                                       \
      "bne 1b"                                                                 \
      : [u] "+r"(u), [v] "+r"(v), [y] "+r"(y), [w] "=&r"(w), [n] "=&r"(n)      \
      : [g] "r"(g)                                                             \
      : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2",    \
        "q3", "q4", "q5", "q6", "q7", "cc", "memory")

static STM32RT_NOINLINE void stm32rt_pairs_short(const stm32rt_group *g,
                                                 const int8_t *u,
                                                 const int8_t *v, int8_t *y) {
  STM32RT_RUN_PAIRS("", "");
}

static STM32RT_NOINLINE void stm32rt_pairs_any(const stm32rt_group *g,
                                               const int8_t *u, const int8_t *v,
                                               int8_t *y) {
  STM32RT_RUN_PAIRS(STM32RT_TIE("q0", "q7") STM32RT_TIE("q1", "q7"),
                    "ldrd r8, r10, [%[g], #96]\n\t" STM32RT_CLAMP);
}

/* Eight channels from the group at w on, then those after them, up to y_end.
 * `scale` loads q6 and q7 for q0 and scales both. */
#define STM32RT_RUN_PRODUCT(before, scale, clamp)                              \
  const int8_t *u;                                                             \
  const int8_t *z = w + p->group_size;                                         \
  int32_t n;                                                                   \
  __asm__ volatile(                                                            \
      "ldr %[u], [%[p]]\n\t"                                                   \
      "ldr %[n], [%[p], #24]\n\t"                                              \
      "sub %[u], %[u], %[n]\n\t"                                               \
      "str %[u], [%[p]]\n\t"                                                   \
      "vctp.8 %[n]\n\t"                                                        \
      "vpnot\n\t"                                                              \
      "vldrw.32 q4, [%[p], #48]\n\t" before "\n"                               \
      "1:\n\t"                                                                 \
      "ldrd %[u], %[n], [%[p]]\n\t" STM32RT_BLOCKS(                            \
          "vpst\n\t"                                                           \
          "vldrbt.8 q0, [%[u]], #16\n\t",                                      \
          STM32RT_LOAD_1, STM32RT_BLOCK_1X8) STM32RT_SUMS                      \
      "ldrd r0, r2, [%[p], #8]\n\t"                                            \
      "ldrd r4, r6, [%[p], #16]\n\t"                                           \
      "vldrw.32 q2, [r0], #32\n\t"                                             \
      "vldrw.32 q3, [r0, #-16]\n\t"                                            \
      "str r0, [%[p], #8]\n\t"                                                 \
      "vadd.i32 q0, q0, q2\n\t"                                                \
      "vadd.i32 q1, q1, q3\n\t"                                                \
      "mov %[w], %[z]\n\t"                                                     \
      "add %[z], %[z], r4\n\t" scale STM32RT_NARROW clamp                      \
      "vstrb.16 q2, [%[y], q4]\n\t"                                            \
      "adds %[y], %[y], #8\n\t"                                                \
      "cmp %[y], r6\n\t"                                                       \
      "bne 1b"                                                                 \
      : [u] "=&r"(u), [w] "+r"(w), [z] "+r"(z), [y] "+r"(y), [n] "=&r"(n)      \
      : [p] "r"(p)                                                             \
      : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2",    \
        "q3", "q4", "q5", "q6", "q7", "cc", "memory")

/* With equal multipliers, and the short end. */
static STM32RT_NOINLINE void stm32rt_product_short(stm32rt_product *p,
                                                   const int8_t *w, int8_t *y) {
  STM32RT_RUN_PRODUCT("ldrd r0, r2, [%[p], #32]\n\t"
                      "vldrw.32 q6, [r0]\n\t"
                      "vldrw.32 q7, [r2]\n\t"
                      "vmov.i32 q5, #31\n\t"
                      "vsub.i32 q7, q5, q7",
                      "vqrdmulh.s32 q0, q0, q6\n\t"
                      "vqrdmulh.s32 q1, q1, q6\n\t"
                      "vrshl.s32 q0, q0, q7\n\t"
                      "vrshl.s32 q1, q1, q7\n\t",
                      "");
}

static STM32RT_NOINLINE void stm32rt_product_any(stm32rt_product *p,
                                                 const int8_t *w, int8_t *y) {
  STM32RT_RUN_PRODUCT("vmov.i32 q5, #31",
                      "ldrd r8, r10, [%[p], #32]\n\t"
                      "ldr r12, [%[p], #64]\n\t"
                      "vldrw.32 q6, [r8]\n\t"
                      "vldrw.32 q7, [r8, #16]\n\t"
                      "vqrdmulh.s32 q0, q0, q6\n\t"
                      "vqrdmulh.s32 q1, q1, q7\n\t"
                      "vldrw.32 q6, [r10]\n\t"
                      "vldrw.32 q7, [r10, #16]\n\t"
                      "vsub.i32 q6, q5, q6\n\t"
                      "vsub.i32 q7, q5, q7\n\t"
                      "add r8, r8, r12\n\t"
                      "add r10, r10, r12\n\t"
                      "strd r8, r10, [%[p], #32]\n\t" STM32RT_TIE("q0", "q6")
                          STM32RT_TIE("q1", "q7") "vrshl.s32 q0, q0, q6\n\t"
                                                  "vrshl.s32 q1, q1, q7\n\t",
                      "ldrd r8, r10, [%[p], #40]\n\t" STM32RT_CLAMP);
}

#else /* the model */

/* Products of all terms of a pixel with one channel's weights, 64 bytes a
 * block. */
STM32RT_INLINE int32_t stm32rt_sum_terms(const int8_t *x, const int8_t *w,
                                         int32_t skip, int32_t blocks) {
  int32_t sum = 0;
  for (int32_t i = skip; i < 16; i++)
    sum += x[i - skip] * w[i];
  for (int32_t b = 1; b <= blocks; b++)
    sum = stm32rt_dot_s8x16(sum, stm32rt_load_s8x16(x + b * 16 - skip),
                            stm32rt_load_s8x16(w + b * 64));
  return sum;
}

/* Literal is_short: the short end. */
STM32RT_INLINE int8_t stm32rt_finish_sum(int32_t sum, int32_t multiplier,
                                         int32_t right, int32_t zero_point,
                                         int32_t min, int32_t max,
                                         int is_short) {
  const int32_t high = stm32rt_high_lane(sum, multiplier);
  if (is_short)
    return (int8_t)stm32rt_clamp(stm32rt_shift_lane(high, right) + zero_point,
                                 INT8_MIN, INT8_MAX);
  const int32_t v =
      stm32rt_shift_lane(high + (high < 0 && right < 0 ? -1 : 0), right);
  return (int8_t)stm32rt_clamp(v + zero_point, min, max);
}

STM32RT_INLINE void stm32rt_run_pairs(const stm32rt_group *g, const int8_t *u,
                                      const int8_t *v, int8_t *y,
                                      int is_short) {
  const int32_t x_next = g->x_next + 16 * (g->blocks + 1);
  for (; y != g->y_end; y += g->y_next, u += x_next, v += x_next) {
    int8_t out[8];
    for (int i = 0; i < 8; i++)
      out[i] = stm32rt_finish_sum(
          (int32_t)((uint32_t)stm32rt_sum_terms((i & 1) != 0 ? v : u,
                                                g->weights + i / 2 * 16,
                                                g->skip, g->blocks) +
                    (uint32_t)g->bias[i / 2]),
          g->multiplier[i / 2], g->right[i / 2], g->zero_point, g->min, g->max,
          is_short);
    for (int i = 0; i < 8; i++)
      y[g->offsets[i]] = out[i];
  }
}

static inline void stm32rt_pairs_short(const stm32rt_group *g, const int8_t *u,
                                       const int8_t *v, int8_t *y) {
  stm32rt_run_pairs(g, u, v, y, 1);
}
static inline void stm32rt_pairs_any(const stm32rt_group *g, const int8_t *u,
                                     const int8_t *v, int8_t *y) {
  stm32rt_run_pairs(g, u, v, y, 0);
}

STM32RT_INLINE void stm32rt_run_product(stm32rt_product *p, const int8_t *w,
                                        int8_t *y, int is_short) {
  for (; y != p->y_end; y += 8, w += 2 * p->group_size) {
    for (int i = 0; i < 8; i++) {
      const int32_t c = p->offsets[i];
      const int32_t sum = stm32rt_sum_terms(
          p->x, w + c / 4 * p->group_size + c % 4 * 16, p->skip, p->blocks);
      y[c] = stm32rt_finish_sum((int32_t)((uint32_t)sum + (uint32_t)p->bias[c]),
                                p->multiplier[c], 31 - p->shift[c],
                                p->zero_point, p->min, p->max, is_short);
    }
    p->bias += 8;
    p->multiplier += p->step / 4;
    p->shift += p->step / 4;
  }
}

static inline void stm32rt_product_short(stm32rt_product *p, const int8_t *w,
                                         int8_t *y) {
  stm32rt_run_product(p, w, y, 1);
}
static inline void stm32rt_product_any(stm32rt_product *p, const int8_t *w,
                                       int8_t *y) {
  stm32rt_run_product(p, w, y, 0);
}

#endif /* STM32RT_HAS_MVE */

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_GROUPS_MVE_H */
