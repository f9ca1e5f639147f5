/*===-- stm32rt_movement.h - Kernels that move values -----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Included by stm32rt_kernels.h, which has the conventions. Rules N50 .. N53 are
 * in docs/numerics/Movement.md.
 *
 * All offsets, strides and runs are bytes. Nothing here needs an alignment.
 */
#ifndef STM32RT_MOVEMENT_H
#define STM32RT_MOVEMENT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define STM32RT_COPY_LOOPS 6

/* Nested loops (N50), the outermost first; loops that are not needed come first
 * and have size 1. Iteration (i0, .., i5) copies one piece
 *
 *   from  x + x_offset + i0 * x_stride[0] + .. + i5 * x_stride[5]
 *   to    y + y_offset + i0 * y_stride[0] + .. + i5 * y_stride[5]
 *
 * Transposes, slices, tiles, reversals, parts of concatenations are all this. */
typedef struct stm32rt_copy {
  int32_t x_offset, y_offset;
  int32_t run;                      /* bytes of a piece: stm32rt_copy_runs   */
  int32_t size[STM32RT_COPY_LOOPS];
  int32_t x_stride[STM32RT_COPY_LOOPS], y_stride[STM32RT_COPY_LOOPS];
} stm32rt_copy;

/* Pieces of `run` bytes; of 8, 16, 32 or 64 bits, whatever `run` is. */
void stm32rt_copy_runs(const stm32rt_copy *d, const void *x, void *y);
void stm32rt_copy_8(const stm32rt_copy *d, const void *x, void *y);
void stm32rt_copy_16(const stm32rt_copy *d, const void *x, void *y);
void stm32rt_copy_32(const stm32rt_copy *d, const void *x, void *y);
void stm32rt_copy_64(const stm32rt_copy *d, const void *x, void *y);

/* Fills y, which is `count` values of 8, 16, 32 or 64 bits, with `value` (its
 * low word first), then copies runs of x into it (N51). */
typedef struct stm32rt_pad {
  int32_t count;
  uint32_t value[2];
  stm32rt_copy copy;
} stm32rt_pad;
void stm32rt_pad_8(const stm32rt_pad *d, const void *x, void *y);
void stm32rt_pad_16(const stm32rt_pad *d, const void *x, void *y);
void stm32rt_pad_32(const stm32rt_pad *d, const void *x, void *y);
void stm32rt_pad_64(const stm32rt_pad *d, const void *x, void *y);

/* Slices by indices of 32 or 64 bits (N52). x is [batches][outer][axis] runs,
 * the indices are [batches][indices], y is [batches][outer][indices] runs:
 *
 *   y[b][o][k] = x[b][o][index[b][k]]
 *
 * An index below 0 counts as 0, one above axis - 1 as axis - 1. */
typedef struct stm32rt_gather {
  int32_t batches, outer, axis, indices;
  int32_t run;
} stm32rt_gather;
void stm32rt_gather_i32(const stm32rt_gather *d, const void *x,
                        const void *index, void *y);
void stm32rt_gather_i64(const stm32rt_gather *d, const void *x,
                        const void *index, void *y);

/* Slices by `coordinates` indices each (N52): slice k of y is the run of x at
 * sum over j of index[k][j] * stride[j], each index limited to its `size`. */
typedef struct stm32rt_gather_nd {
  int32_t slices, coordinates;
  int32_t run;
  int32_t size[STM32RT_COPY_LOOPS], stride[STM32RT_COPY_LOOPS];
} stm32rt_gather_nd;
void stm32rt_gather_nd_i32(const stm32rt_gather_nd *d, const void *x,
                           const void *index, void *y);
void stm32rt_gather_nd_i64(const stm32rt_gather_nd *d, const void *x,
                           const void *index, void *y);

/* Bilinear interpolation (N53) of images [batches][height][width][channels]; the
 * constants, all of them aligned to 4 bytes, are
 *
 *   int32_t rows[y_height][2]         rows of x above and below
 *   W       row_weights[y_height]     of the second one
 *   int32_t columns[y_width][2]
 *   W       column_weights[y_width]
 *
 * W is int32_t in units of 1/1024 for s8 and s16, float for f32 and u8. The u8
 * kernel reads and writes int8_t that stand for uint8_t less 128. */
typedef struct stm32rt_resize {
  int32_t batches, channels;
  int32_t x_height, x_width, y_height, y_width;
} stm32rt_resize;
void stm32rt_resize_bilinear_s8(const stm32rt_resize *d, const void *x, void *y,
                                const void *constants, void *scratch);
void stm32rt_resize_bilinear_s16(const stm32rt_resize *d, const void *x,
                                 void *y, const void *constants, void *scratch);
void stm32rt_resize_bilinear_u8(const stm32rt_resize *d, const void *x, void *y,
                                const void *constants, void *scratch);
void stm32rt_resize_bilinear_f32(const stm32rt_resize *d, const void *x,
                                 void *y, const void *constants, void *scratch);

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_MOVEMENT_H */
