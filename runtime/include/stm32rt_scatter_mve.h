/*===-- stm32rt_scatter_mve.h - Bytes of many pixels to places of channels --===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Loops that turn pixels to strips of bytes, one strip for each channel, with a
 * model of each. In assembly, so that offsets stay in their registers:
 * compilers load them again after each store of bytes, which might be anything.
 *
 * Some change the predicate P0, which no compiler lets assembly declare: a vector
 * loop of the caller must not hold one across them.
 */
#ifndef STM32RT_SCATTER_MVE_H
#define STM32RT_SCATTER_MVE_H

#include "stm32rt_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

#if STM32RT_HAS_MVE

/* For `count` > 0 times: the 16 bytes at p, then those step further on, to the
 * offsets `low` and `high` of to, then to_step further on. */
STM32RT_INLINE void stm32rt_scatter_each_s8x16(int8_t *to, int32_t to_step,
                                               stm32rt_u16x8 low,
                                               stm32rt_u16x8 high,
                                               const int8_t *p, int32_t step,
                                               int32_t count) {
  __asm__ volatile("dls lr, %[n]\n"
                   "1:\n\t"
                   "vldrb.s16 q0, [%[p]]\n\t"
                   "vldrb.s16 q1, [%[p], #8]\n\t"
                   "add %[p], %[p], %[step]\n\t"
                   "vstrb.16 q0, [%[to], %q[low]]\n\t"
                   "vstrb.16 q1, [%[to], %q[high]]\n\t"
                   "add %[to], %[to], %[to_step]\n\t"
                   "le lr, 1b"
                   : [p] "+l"(p), [to] "+r"(to)
                   : [n] "r"(count), [step] "r"(step), [to_step] "r"(to_step),
                     [low] "w"(low), [high] "w"(high)
                   : "lr", "q0", "q1", "memory");
}

/* The same of n bytes, 9 .. 15; stores something for the others. */
STM32RT_INLINE void
stm32rt_scatter_each_part_s8x16(int8_t *to, int32_t to_step, stm32rt_u16x8 low,
                                stm32rt_u16x8 high, const int8_t *p,
                                int32_t step, int32_t count, int32_t n) {
  __asm__ volatile("vctp.16 %[high_n]\n\t"
                   "dls lr, %[n]\n"
                   "1:\n\t"
                   "vldrb.s16 q0, [%[p]]\n\t"
                   "vpst\n\t"
                   "vldrbt.s16 q1, [%[p], #8]\n\t"
                   "add %[p], %[p], %[step]\n\t"
                   "vstrb.16 q0, [%[to], %q[low]]\n\t"
                   "vstrb.16 q1, [%[to], %q[high]]\n\t"
                   "add %[to], %[to], %[to_step]\n\t"
                   "le lr, 1b"
                   : [p] "+l"(p), [to] "+r"(to)
                   : [n] "r"(count), [step] "r"(step), [to_step] "r"(to_step),
                     [low] "w"(low), [high] "w"(high), [high_n] "r"(n - 8)
                   : "lr", "q0", "q1", "cc", "memory");
}

/* The same of 1 .. 8 bytes. */
STM32RT_INLINE void stm32rt_scatter_each_s8x8(int8_t *to, int32_t to_step,
                                              stm32rt_u16x8 offsets,
                                              const int8_t *p, int32_t step,
                                              int32_t count, int32_t n) {
  __asm__ volatile("vctp.16 %[low_n]\n\t"
                   "dls lr, %[n]\n"
                   "1:\n\t"
                   "vpst\n\t"
                   "vldrbt.s16 q0, [%[p]]\n\t"
                   "add %[p], %[p], %[step]\n\t"
                   "vstrb.16 q0, [%[to], %q[low]]\n\t"
                   "add %[to], %[to], %[to_step]\n\t"
                   "le lr, 1b"
                   : [p] "+l"(p), [to] "+r"(to)
                   : [n] "r"(count), [step] "r"(step), [to_step] "r"(to_step),
                     [low] "w"(offsets), [low_n] "r"(n)
                   : "lr", "q0", "cc", "memory");
}

#else /* the model */

STM32RT_INLINE void stm32rt_scatter_each_s8x8(int8_t *to, int32_t to_step,
                                              stm32rt_u16x8 offsets,
                                              const int8_t *p, int32_t step,
                                              int32_t count, int32_t n) {
  for (int32_t i = 0; i < count; i++)
    stm32rt_scatter_s8x8(to + i * to_step, offsets,
                         stm32rt_load_part_s8x8(p + i * step, n));
}

STM32RT_INLINE void
stm32rt_scatter_each_part_s8x16(int8_t *to, int32_t to_step, stm32rt_u16x8 low,
                                stm32rt_u16x8 high, const int8_t *p,
                                int32_t step, int32_t count, int32_t n) {
  stm32rt_scatter_each_s8x8(to, to_step, low, p, step, count, 8);
  stm32rt_scatter_each_s8x8(to, to_step, high, p + 8, step, count, n - 8);
}

STM32RT_INLINE void stm32rt_scatter_each_s8x16(int8_t *to, int32_t to_step,
                                               stm32rt_u16x8 low,
                                               stm32rt_u16x8 high,
                                               const int8_t *p, int32_t step,
                                               int32_t count) {
  stm32rt_scatter_each_part_s8x16(to, to_step, low, high, p, step, count, 16);
}

#endif /* STM32RT_HAS_MVE */

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_SCATTER_MVE_H */
