/*===-- stm32rt_fully_connected_s8_dsp_wide.c - Matrix product, 16 bits ----===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Four outputs at a time, weights of 16 bits, multiples of four terms. A row of
 * x is expanded on the way, as there are no other rows that would gain by it:
 * 13 instructions for 16 products. Scratch: none.
 *
 * Constants are a stream as in stm32rt_convolve_dsp.h, but of four outputs:
 * int32_t, the number of quads that are not fast, then for each quad p, q, r, s,
 * with G = in_features / 4
 *
 *   int32_t bias[4]; int16_t weights[G][4][4]; int32_t doubled[4], shift[4];
 *
 * the weights of terms k to k + 3 in the order k, k + 2, k + 1, k + 3 for p, q, r
 * and s. Outputs that do not exist have weights of 0.
 */
#include "stm32rt_dsp.h"
#include "stm32rt_kernels.h"

/* The quads of a row. Assembly knows the offsets. */
typedef struct quads {
  const uint8_t *stream;   /* 0: of the first one */
  const int8_t *x;         /* 4 */
  int8_t *y;               /* 8: moved on */
  int32_t quads;           /* 12: more than none; counted down */
  int32_t half_zero_point; /* 16: see stm32rt_range */
  int32_t fours, ones;     /* 20, 24: 4 * fours + ones groups of four terms */
} quads;

#if STM32RT_HAS_DSP
/* Registers: r0 *s, r1 stream, r12 x, r8 to r11 sums, lr how often. */
/* clang-format off */
#define GROUP                                                                  \
  "ldr    r6, [r12], #4              \n\t"                                     \
  "ldm    r1!, {r2, r3, r4, r5}      \n\t"                                     \
  "sxtb16 r0, r6                     \n\t"                                     \
  "sxtb16 r6, r6, ror #8             \n\t"                                     \
  "smlad  r8, r2, r0, r8             \n\t"                                     \
  "smlad  r9, r4, r0, r9             \n\t"                                     \
  "smlad  r8, r3, r6, r8             \n\t"                                     \
  "smlad  r9, r5, r6, r9             \n\t"                                     \
  "ldm    r1!, {r2, r3, r4, r5}      \n\t"                                     \
  "smlad  r10, r2, r0, r10           \n\t"                                     \
  "smlad  r11, r4, r0, r11           \n\t"                                     \
  "smlad  r10, r3, r6, r10           \n\t"                                     \
  "smlad  r11, r5, r6, r11           \n\t"
/* Assembly, as compilers run out of registers. r7 may be the frame pointer. */
static STM32RT_NOINLINE void run_quads(quads *s) {
  quads *saved;
  register quads *r0 __asm__("r0") = s;
  __asm__ volatile(
      "   str    r0, %[saved]                              \n\t"
      "   ldr    r1, [r0, #0]      @ stream                \n\t"
      "1: ldm    r1!, {r8, r9, r10, r11} @ bias            \n\t"
      "   ldr    r12, [r0, #4]     @ x                     \n\t"
      "   ldr    lr, [r0, #20]     @ fours                 \n\t"
      "   cmp    lr, #0                                    \n\t"
      "   beq    3f                                        \n\t"
      "2:                                                  \n\t"
      "   .rept  4                                         \n\t"
      GROUP
      "   .endr                                            \n\t"
      "   subs   lr, lr, #1                                \n\t"
      "   bne    2b                                        \n\t"
      "   ldr    r0, %[saved]                              \n\t"
      "3: ldr    lr, [r0, #24]     @ ones                  \n\t"
      "   cmp    lr, #0                                    \n\t"
      "   beq    5f                                        \n\t"
      "4:                                                  \n\t"
      GROUP
      "   subs   lr, lr, #1                                \n\t"
      "   bne    4b                                        \n\t"
      "   ldr    r0, %[saved]                              \n\t"
      "5: ldm    r1!, {r2, r3, r4, r5} @ doubled           \n\t"
      "   ldr    r12, [r0, #16]    @ half_zero_point       \n\t"
      "   ldrd   r6, lr, [r1], #8  @ shift                 \n\t"
      STM32RT_FINISH_TWO("r8", "r9", "r2", "r3", "r6", "lr", "r12")
      "   ldrd   r6, lr, [r1], #8                          \n\t"
      STM32RT_FINISH_TWO("r10", "r11", "r4", "r5", "r6", "lr", "r12")
      "   ldrd   r2, r3, [r0, #8]  @ y, quads              \n\t"
      "   strb   r8, [r2], #1                              \n\t"
      "   strb   r9, [r2], #1                              \n\t"
      "   strb   r10, [r2], #1                             \n\t"
      "   strb   r11, [r2], #1                             \n\t"
      "   subs   r3, r3, #1                                \n\t"
      "   strd   r2, r3, [r0, #8]                          \n\t"
      "   bne    1b                                        \n\t"
      : "+r"(r0), [saved] "=m"(saved)
      :
      : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12",
        "lr", "cc", "memory");
}
/* clang-format on */
#endif

/* The output at `lane` of the quad at `stream` of a row, for any layer. */
static int8_t output_any(const uint8_t *stream, const int8_t *x, int32_t groups,
                         int32_t lane, const stm32rt_range *out) {
  const uint8_t *w = stream + 16 + 8 * lane;
  int32_t sum = (int32_t)stm32rt_get_word(stream, lane);
  for (int32_t n = groups; n > 0; n--) {
    const uint32_t v = stm32rt_load_word(x);
    sum = stm32rt_smlad(stm32rt_get_word(w, 0), stm32rt_sxtb16(v), sum);
    sum = stm32rt_smlad(stm32rt_get_word(w, 1), stm32rt_sxtb16_ror8(v), sum);
    x += 4;
    w += 32;
  }
  const uint8_t *const params = stream + 16 + 32 * groups;
  return (int8_t)stm32rt_output_doubled(
      out, sum, (int32_t)stm32rt_get_word(params, lane),
      (int32_t)stm32rt_get_word(params, 4 + lane));
}

void stm32rt_fully_connected_s8_dsp_wide(const stm32rt_fully_connected *d,
                                         const void *x, void *y,
                                         const void *constants, void *scratch) {
  (void)scratch;
  const stm32rt_range out =
      stm32rt_make_range(d->y_zero_point, d->y_min, d->y_max);
  const int32_t groups = d->in_features / 4, whole = d->out_features / 4;
  const int32_t quad_bytes = 48 + 32 * groups;
  const uint8_t *const stream = (const uint8_t *)constants + 4;
  const int is_int8 = d->y_min == INT8_MIN && d->y_max == INT8_MAX;
  const int fast = STM32RT_HAS_DSP && is_int8 && whole > 0;
  const int32_t slow = (int32_t)stm32rt_get_word(constants, 0);
  const int8_t *in = (const int8_t *)x;
  int8_t *to = (int8_t *)y;
  for (int32_t row = 0; row < d->rows; row++) {
#if STM32RT_HAS_DSP
    if (fast) {
      quads s = {stream,     in,        to, whole, out.half_zero_point,
                 groups / 4, groups % 4};
      run_quads(&s);
    }
#endif
    for (int32_t o = fast && slow == 0 ? 4 * whole : 0; o < d->out_features;
         o++) {
      const uint8_t *const quad = stream + o / 4 * quad_bytes;
      if (!fast || o >= 4 * whole ||
          !stm32rt_are_fast(quad + quad_bytes - 32, 4))
        to[o] = output_any(quad, in, groups, o % 4, &out);
    }
    in += d->in_features;
    to += d->out_features;
  }
}
