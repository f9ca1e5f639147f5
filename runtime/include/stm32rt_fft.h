/*===-- stm32rt_fft.h - Fourier transforms of one type ----------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * For kernels, once in a file, behind these macros:
 *
 *   STM32RT_FFT_VALUE     type of real and imaginary part
 *   STM32RT_FFT_WIDE      type of a product of two
 *   STM32RT_FFT_BITS      bits behind the point, 0 for floats
 *
 * Rules N96 and N97 of docs/numerics/Signal.md: a decimation in time of mixed
 * radix. In fixed point every stage divides by its radix before it adds, so that
 * results are those of the transform divided by its length; sums wrap.
 */
#include "stm32rt_kernels.h"
#include "stm32rt_requant.h"

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

typedef STM32RT_FFT_VALUE fft_value;
typedef STM32RT_FFT_WIDE fft_wide;

typedef struct fft_complex {
  fft_value re, im;
} fft_complex;

/*===-- Numbers -----------------------------------------------------------===*/

#if STM32RT_FFT_BITS == 0

STM32RT_INLINE fft_value fft_add(fft_value a, fft_value b) { return a + b; }
STM32RT_INLINE fft_value fft_sub(fft_value a, fft_value b) { return a - b; }
STM32RT_INLINE fft_value fft_round(fft_wide a) { return a; }
STM32RT_INLINE fft_value fft_divide(fft_value a, int32_t by) {
  (void)by;
  return a;
}
STM32RT_INLINE fft_value fft_half(fft_value a) { return a * 0.5f; }
STM32RT_INLINE fft_value fft_half_sum(fft_value a, fft_value b) {
  return (a + b) * 0.5f;
}
STM32RT_INLINE fft_value fft_half_difference(fft_value a, fft_value b) {
  return (a - b) * 0.5f;
}

#else

/* 32 bits that wrap. */
STM32RT_INLINE int32_t fft_sum(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a + (uint32_t)b);
}
STM32RT_INLINE int32_t fft_difference(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a - (uint32_t)b);
}
STM32RT_INLINE fft_value fft_add(fft_value a, fft_value b) {
  return (fft_value)fft_sum(a, b);
}
STM32RT_INLINE fft_value fft_sub(fft_value a, fft_value b) {
  return (fft_value)fft_difference(a, b);
}
STM32RT_INLINE fft_value fft_round(fft_wide a) {
  return (fft_value)((a + ((fft_wide)1 << (STM32RT_FFT_BITS - 1))) >>
                     STM32RT_FFT_BITS);
}
/* A product with the inverse, which is a constant. */
STM32RT_INLINE fft_value fft_divide(fft_value a, int32_t by) {
  const uint32_t one = ((uint32_t)1 << STM32RT_FFT_BITS) - 1;
  return fft_round((fft_wide)a * (fft_wide)(one / (uint32_t)by));
}
STM32RT_INLINE fft_value fft_half(fft_value a) { return (fft_value)(a >> 1); }
STM32RT_INLINE fft_value fft_half_sum(fft_value a, fft_value b) {
  return (fft_value)(fft_sum(a, b) >> 1);
}
STM32RT_INLINE fft_value fft_half_difference(fft_value a, fft_value b) {
  return (fft_value)(fft_difference(a, b) >> 1);
}

#endif

STM32RT_INLINE fft_value fft_scale(fft_value a, fft_value b) {
  return fft_round((fft_wide)a * b);
}

STM32RT_INLINE fft_complex fft_cadd(fft_complex a, fft_complex b) {
  const fft_complex sum = {fft_add(a.re, b.re), fft_add(a.im, b.im)};
  return sum;
}
STM32RT_INLINE fft_complex fft_csub(fft_complex a, fft_complex b) {
  const fft_complex sum = {fft_sub(a.re, b.re), fft_sub(a.im, b.im)};
  return sum;
}
STM32RT_INLINE fft_complex fft_cmul(fft_complex a, fft_complex b) {
  const fft_complex product = {
      fft_round((fft_wide)a.re * b.re - (fft_wide)a.im * b.im),
      fft_round((fft_wide)a.re * b.im + (fft_wide)a.im * b.re)};
  return product;
}
STM32RT_INLINE fft_complex fft_cdivide(fft_complex a, int32_t by) {
  const fft_complex quotient = {fft_divide(a.re, by), fft_divide(a.im, by)};
  return quotient;
}
STM32RT_INLINE fft_complex fft_conjugate(fft_complex a) {
  const fft_complex mirrored = {a.re, fft_sub(0, a.im)};
  return mirrored;
}
/* a + i b and a - i b. */
STM32RT_INLINE fft_complex fft_add_turned(fft_complex a, fft_complex b) {
  const fft_complex sum = {fft_sub(a.re, b.im), fft_add(a.im, b.re)};
  return sum;
}
STM32RT_INLINE fft_complex fft_sub_turned(fft_complex a, fft_complex b) {
  const fft_complex sum = {fft_add(a.re, b.im), fft_sub(a.im, b.re)};
  return sum;
}

/*===-- Butterflies -------------------------------------------------------===*/

/* `radix` numbers, each `m` behind the one before: the first one as it is, the
 * others turned by their twiddles, all divided by `radix`. `w` is the twiddle of
 * the first of them. */
STM32RT_INLINE void fft_load(const fft_complex *z, int32_t m,
                             const fft_complex *w, int32_t step, int32_t radix,
                             fft_complex *v) {
  v[0] = fft_cdivide(z[0], radix);
  for (int32_t q = 1; q < radix; q++)
    v[q] = fft_cmul(fft_cdivide(z[q * m], radix), w[q * step]);
}

STM32RT_INLINE void fft_butterfly_2(fft_complex *z, int32_t m,
                                    const fft_complex *w, int32_t step) {
  fft_complex v[2];
  fft_load(z, m, w, step, 2, v);
  z[0] = fft_cadd(v[0], v[1]);
  z[m] = fft_csub(v[0], v[1]);
}

/* `third` is the imaginary part of e^(-+2 pi i / 3). */
STM32RT_INLINE void fft_butterfly_3(fft_complex *z, int32_t m,
                                    const fft_complex *w, int32_t step,
                                    fft_value third) {
  fft_complex v[3];
  fft_load(z, m, w, step, 3, v);
  const fft_complex sum = fft_cadd(v[1], v[2]);
  const fft_complex difference = fft_csub(v[1], v[2]);
  const fft_complex half = {fft_half(sum.re), fft_half(sum.im)};
  const fft_complex middle = fft_csub(v[0], half);
  const fft_complex turned = {fft_scale(difference.re, third),
                              fft_scale(difference.im, third)};
  z[0] = fft_cadd(v[0], sum);
  z[m] = fft_add_turned(middle, turned);
  z[2 * m] = fft_sub_turned(middle, turned);
}

STM32RT_INLINE void fft_butterfly_4(fft_complex *z, int32_t m,
                                    const fft_complex *w, int32_t step,
                                    int inverse) {
  fft_complex v[4];
  fft_load(z, m, w, step, 4, v);
  const fft_complex even = fft_cadd(v[0], v[2]);
  const fft_complex even_difference = fft_csub(v[0], v[2]);
  const fft_complex odd = fft_cadd(v[1], v[3]);
  const fft_complex odd_difference = fft_csub(v[1], v[3]);
  const fft_complex up = fft_add_turned(even_difference, odd_difference);
  const fft_complex down = fft_sub_turned(even_difference, odd_difference);
  z[0] = fft_cadd(even, odd);
  z[2 * m] = fft_csub(even, odd);
  z[m] = inverse ? up : down;
  z[3 * m] = inverse ? down : up;
}

/* v + a * p + b * q. */
STM32RT_INLINE fft_complex fft_mix(fft_complex v, fft_complex p, fft_value a,
                                   fft_complex q, fft_value b) {
  const fft_complex mixed = {
      fft_add(fft_add(v.re, fft_scale(p.re, a)), fft_scale(q.re, b)),
      fft_add(fft_add(v.im, fft_scale(p.im, a)), fft_scale(q.im, b))};
  return mixed;
}

/* `fifth` is e^(-+2 pi i / 5), `fifths` its square. */
STM32RT_INLINE void fft_butterfly_5(fft_complex *z, int32_t m,
                                    const fft_complex *w, int32_t step,
                                    fft_complex fifth, fft_complex fifths) {
  fft_complex v[5];
  fft_load(z, m, w, step, 5, v);
  const fft_complex outer = fft_cadd(v[1], v[4]);
  const fft_complex outer_difference = fft_csub(v[1], v[4]);
  const fft_complex inner = fft_cadd(v[2], v[3]);
  const fft_complex inner_difference = fft_csub(v[2], v[3]);
  z[0] = fft_cadd(v[0], fft_cadd(outer, inner));

  const fft_complex none = {0, 0};
  const fft_complex one = fft_mix(v[0], outer, fifth.re, inner, fifths.re);
  const fft_complex one_turned =
      fft_mix(none, outer_difference, fifth.im, inner_difference, fifths.im);
  z[m] = fft_add_turned(one, one_turned);
  z[4 * m] = fft_sub_turned(one, one_turned);

  const fft_complex two = fft_mix(v[0], outer, fifths.re, inner, fifth.re);
  const fft_complex two_turned = {
      fft_sub(fft_scale(outer_difference.re, fifths.im),
              fft_scale(inner_difference.re, fifth.im)),
      fft_sub(fft_scale(outer_difference.im, fifths.im),
              fft_scale(inner_difference.im, fifth.im))};
  z[2 * m] = fft_add_turned(two, two_turned);
  z[3 * m] = fft_sub_turned(two, two_turned);
}

/*===-- Stages ------------------------------------------------------------===*/

/* The places of the numbers in the order that the first stage wants: a counter
 * with a digit for each stage, the last of which moves fastest. Its value counts
 * digits the other way round. */
typedef struct fft_order {
  int32_t stages, place;
  int32_t weight[STM32RT_FFT_STAGES];
  uint8_t digit[STM32RT_FFT_STAGES];
} fft_order;

STM32RT_INLINE fft_order fft_first(const uint8_t *radix) {
  fft_order order = {0, 0, {0}, {0}};
  for (int32_t weight = 1; radix[order.stages] != 0; order.stages++) {
    order.weight[order.stages] = weight;
    weight *= radix[order.stages];
  }
  return order;
}

STM32RT_INLINE void fft_next(fft_order *order, const uint8_t *radix) {
  for (int32_t s = order->stages; s-- > 0;) {
    order->place += order->weight[s];
    order->digit[s]++;
    if (order->digit[s] < radix[s])
      return;
    order->place -= order->weight[s] * radix[s];
    order->digit[s] = 0;
  }
}

/* All butterflies of one stage on blocks of radix * m numbers. */
STM32RT_INLINE void fft_stage(fft_complex *z, int32_t points, int32_t m,
                              int32_t radix, const fft_complex *twiddles,
                              int inverse) {
  const int32_t step = points / (m * radix);
  for (fft_complex *end = z + points; z < end; z += (radix - 1) * m) {
    const fft_complex *last = z + m, *w = twiddles;
    for (int32_t k = 0; z < last; z++, k++) {
      /* The twiddle of number q is q * k * step turns behind the first one. */
      switch (radix) {
      case 2:
        fft_butterfly_2(z, m, w, k * step);
        break;
      case 3:
        fft_butterfly_3(z, m, w, k * step, twiddles[step * m].im);
        break;
      case 4:
        fft_butterfly_4(z, m, w, k * step, inverse);
        break;
      default:
        fft_butterfly_5(z, m, w, k * step, twiddles[step * m],
                        twiddles[2 * step * m]);
        break;
      }
    }
  }
}

/* The complex transform of numbers that lie in the order of fft_order. */
static void fft_transform(fft_complex *z, int32_t points, const uint8_t *radix,
                          const fft_complex *twiddles, int inverse) {
  int32_t stages = 0;
  while (radix[stages] != 0)
    stages++;
  for (int32_t m = 1; stages-- > 0; m *= radix[stages])
    switch (radix[stages]) {
    case 2:
      fft_stage(z, points, m, 2, twiddles, inverse);
      break;
    case 3:
      fft_stage(z, points, m, 3, twiddles, inverse);
      break;
    case 4:
      fft_stage(z, points, m, 4, twiddles, inverse);
      break;
    default:
      fft_stage(z, points, m, 5, twiddles, inverse);
      break;
    }
}

/*===-- Real numbers ------------------------------------------------------===*/

/* Number `at` of a row, in which `used` values are there. */
STM32RT_INLINE fft_value fft_sample(const fft_value *x, int32_t used,
                                    int32_t at) {
  return at < used ? x[at] : 0;
}

/* The row x of d->points pairs of real numbers, of which `used` numbers are
 * there, to d->points + 1 complex numbers. */
STM32RT_INLINE void fft_forward(const stm32rt_fft *d, const fft_value *x,
                                int32_t used, fft_complex *z,
                                const fft_complex *twiddles) {
  const int32_t points = d->points;
  const fft_complex *split = twiddles + points;
  fft_order order = fft_first(d->radix);
  for (int32_t i = 0; i < points; i++, fft_next(&order, d->radix)) {
    z[i].re = fft_sample(x, used, 2 * order.place);
    z[i].im = fft_sample(x, used, 2 * order.place + 1);
  }
  fft_transform(z, points, d->radix, twiddles, 0);

  /* Even and odd samples were one complex number; here they are taken apart. */
  const fft_complex first = fft_cdivide(z[0], 2);
  z[0].re = fft_add(first.re, first.im);
  z[points].re = fft_sub(first.re, first.im);
  z[0].im = z[points].im = 0;
  for (int32_t k = 1; k <= points / 2; k++) {
    const fft_complex a = fft_cdivide(z[k], 2);
    const fft_complex b = fft_cdivide(fft_conjugate(z[points - k]), 2);
    const fft_complex even = fft_cadd(a, b);
    const fft_complex odd = fft_cmul(fft_csub(a, b), split[k - 1]);
    z[k].re = fft_half_sum(even.re, odd.re);
    z[k].im = fft_half_sum(even.im, odd.im);
    z[points - k].re = fft_half_difference(even.re, odd.re);
    z[points - k].im = fft_half_difference(odd.im, even.im);
  }
}

/* Complex number `k` whose inverse transform is the pairs of real numbers. */
STM32RT_INLINE fft_complex fft_joined(const fft_complex *x, int32_t points,
                                      int32_t k, const fft_complex *split) {
  if (k == 0) {
    const fft_complex first = {fft_add(x[0].re, x[points].re),
                               fft_sub(x[0].re, x[points].re)};
    return fft_cdivide(first, 2);
  }
  const int is_lower = 2 * k < points;
  const int32_t low = is_lower ? k : points - k;
  const fft_complex a = fft_cdivide(x[low], 2);
  const fft_complex b = fft_cdivide(fft_conjugate(x[points - low]), 2);
  const fft_complex even = fft_cadd(a, b);
  const fft_complex odd = fft_cmul(fft_csub(a, b), split[low - 1]);
  return is_lower ? fft_cadd(even, odd) : fft_conjugate(fft_csub(even, odd));
}

/* The way back, without the division by the length that floats need. */
STM32RT_INLINE void fft_backward(const stm32rt_fft *d, const fft_complex *x,
                                 fft_complex *z, const fft_complex *twiddles) {
  const int32_t points = d->points;
  fft_order order = fft_first(d->radix);
  for (int32_t i = 0; i < points; i++, fft_next(&order, d->radix))
    z[i] = fft_joined(x, points, order.place, twiddles + points);
  fft_transform(z, points, d->radix, twiddles, 1);
}

STM32RT_INLINE void fft_forward_rows(const stm32rt_fft *d, const void *x,
                                     void *y, const void *constants) {
  const fft_value *in = (const fft_value *)x;
  fft_complex *z = (fft_complex *)y;
  for (int32_t row = 0; row < d->rows; row++) {
    fft_forward(d, in, d->used, z, (const fft_complex *)constants);
    in += d->used;
    z += d->points + 1;
  }
}

STM32RT_INLINE void fft_backward_rows(const stm32rt_fft *d, const void *x,
                                      void *y, const void *constants) {
  const fft_complex *in = (const fft_complex *)x;
  fft_complex *z = (fft_complex *)y;
  for (int32_t row = 0; row < d->rows; row++) {
    fft_backward(d, in, z, (const fft_complex *)constants);
    in += d->points + 1;
    z += d->points;
  }
}
