/*===-- stm32rt_cast.c - Numbers in another type, plain C ------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Rule N39. Integers lose their high bits; floats are cut towards zero and
 * saturate, NaN gives 0; all but 0 is true.
 */
#include "stm32rt_kernels.h"

#define KERNEL(FROM, IN, TO, OUT, EXPRESSION)                                  \
  void stm32rt_cast_##FROM##_##TO(const stm32rt_cast *d, const void *x,        \
                                  void *y) {                                   \
    const int32_t count = d->count;                                            \
    const IN *in = (const IN *)x;                                              \
    OUT *out = (OUT *)y;                                                       \
    for (int32_t i = 0; i < count; i++) {                                      \
      const IN v = in[i];                                                      \
      out[i] = (OUT)(EXPRESSION);                                              \
    }                                                                          \
  }

#define FROM_INTEGER(FROM, IN)                                                 \
  KERNEL(FROM, IN, b, uint8_t, v != 0)                                         \
  KERNEL(FROM, IN, s8, int8_t, v)                                              \
  KERNEL(FROM, IN, u8, uint8_t, v)                                             \
  KERNEL(FROM, IN, s16, int16_t, v)                                            \
  KERNEL(FROM, IN, s32, int32_t, v)                                            \
  KERNEL(FROM, IN, s64, int64_t, v)                                            \
  KERNEL(FROM, IN, f32, float, v)

FROM_INTEGER(b, uint8_t)
FROM_INTEGER(s8, int8_t)
FROM_INTEGER(u8, uint8_t)
FROM_INTEGER(s16, int16_t)
FROM_INTEGER(s32, int32_t)
FROM_INTEGER(s64, int64_t)

/* v towards zero in [low, high]; `high_float` is the next float above high. */
static inline int64_t whole(float v, int64_t low, int64_t high,
                            float high_float) {
  if (v != v)
    return 0;
  return v >= high_float ? high : v <= (float)low ? low : (int64_t)v;
}

KERNEL(f32, float, b, uint8_t, v != 0.0f)
KERNEL(f32, float, s8, int8_t, whole(v, INT8_MIN, INT8_MAX, 128.0f))
KERNEL(f32, float, u8, uint8_t, whole(v, 0, UINT8_MAX, 256.0f))
KERNEL(f32, float, s16, int16_t, whole(v, INT16_MIN, INT16_MAX, 32768.0f))
KERNEL(f32, float, s32, int32_t, whole(v, INT32_MIN, INT32_MAX, 2147483648.0f))
KERNEL(f32, float, s64, int64_t,
       whole(v, INT64_MIN, INT64_MAX, 9223372036854775808.0f))
KERNEL(f32, float, f32, float, v)
