/*===-- stm32rt_real.h - Between real numbers and quantised values ----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * One value at a time, for the kernels of QUANTIZE and DEQUANTIZE and for the
 * helpers of applications: rules N13 and N15 of docs/Numerics.md, without the
 * mathematics library.
 */
#ifndef STM32RT_REAL_H
#define STM32RT_REAL_H

#include "stm32rt_requant.h"

#ifdef __cplusplus
extern "C" {
#endif

/* round(v), half away from zero; beyond +-2^17, which every zero point
 * saturates, any number of that sign; 0 for NaN. v and its integer part are
 * exact in float at this size, and so is their difference. */
static inline int32_t stm32rt_rounded(float v) {
  const int32_t limit = (int32_t)1 << 17;
  if (v >= (float)limit)
    return limit;
  if (v <= (float)-limit)
    return -limit;
  if (v != v)
    return 0;
  const int32_t whole = (int32_t)v;
  const float rest = v - (float)whole;
  return whole + (rest >= 0.5f) - (rest <= -0.5f);
}

/* The value of at most 16 bits that stands for `real`. The division is a true
 * one: multiplying by the inverse gives other bytes. */
static inline int32_t stm32rt_quantized(float real, float scale,
                                        int32_t zero_point, int32_t min,
                                        int32_t max) {
  return stm32rt_clamp(stm32rt_rounded(real / scale) + zero_point, min, max);
}

/* The difference is exact in float below 2^24, so that there is one rounding:
 * that of the product. */
static inline float stm32rt_real(int32_t q, float scale, int32_t zero_point) {
  return scale * (float)(q - zero_point);
}

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_REAL_H */
