/*===-- stm32rt_math.h - Functions of float32 without a library ------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Elementary functions for the float kernels. They take and give every float,
 * NaN, infinities and subnormal numbers included, and have no undefined
 * behaviour. Each is a fixed sequence of float additions, products and
 * quotients, so all cores and compilers give the same bits, as long as products
 * and sums are not fused: -ffp-contract=off where a compiler would (ISO modes
 * of gcc do not; clang is told below).
 *
 * Errors in units of the last place, measured over samples of all exponents:
 *
 *   exp 1, expm1 3.2, log 0.8, sqrt 0.5 (correctly rounded), rsqrt 1.5, tanh 1.3,
 *   sin and cos 2.9, logistic 2.5 (0 for results below 2^-126)
 */
#ifndef STM32RT_MATH_H
#define STM32RT_MATH_H

#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

static inline uint32_t stm32rt_float_bits(float v) {
  uint32_t bits;
  memcpy(&bits, &v, sizeof bits);
  return bits;
}

static inline float stm32rt_float_from(uint32_t bits) {
  float v;
  memcpy(&v, &bits, sizeof v);
  return v;
}

#define STM32RT_INFINITY stm32rt_float_from(0x7f800000u)
#define STM32RT_NAN stm32rt_float_from(0x7fc00000u)

static inline float stm32rt_fabs(float v) {
  return stm32rt_float_from(stm32rt_float_bits(v) & 0x7fffffffu);
}

/* Magnitude of `magnitude` with the sign of `sign`. */
static inline float stm32rt_copysign(float magnitude, float sign) {
  return stm32rt_float_from((stm32rt_float_bits(magnitude) & 0x7fffffffu) |
                            (stm32rt_float_bits(sign) & 0x80000000u));
}

/* NaN stays NaN. */
static inline float stm32rt_clamp_float(float v, float low, float high) {
  return v < low ? low : v > high ? high : v;
}

/* 2^n for n in -126 .. 127. */
static inline float stm32rt_power_of_2(int32_t n) {
  return stm32rt_float_from((uint32_t)(n + 127) << 23);
}

/* From 2^23 on every float is whole; NaN and infinities count among these. */
static inline int stm32rt_is_whole(float v) {
  return !(stm32rt_fabs(v) < 8388608.0f);
}

/* The whole number next to v towards zero, which keeps the sign of v. */
static inline float stm32rt_trunc(float v) {
  return stm32rt_is_whole(v) ? v : stm32rt_copysign((float)(int32_t)v, v);
}

static inline float stm32rt_floor(float v) {
  const float whole = stm32rt_trunc(v);
  return whole > v ? whole - 1.0f : whole;
}

static inline float stm32rt_ceil(float v) {
  const float whole = stm32rt_trunc(v);
  return whole < v ? stm32rt_copysign(whole + 1.0f, v) : whole;
}

/* To the nearest whole number, ties away from zero. The difference is exact. */
static inline float stm32rt_round_away(float v) {
  const float whole = stm32rt_trunc(v);
  const float rest = stm32rt_fabs(v - whole);
  return rest >= 0.5f && !stm32rt_is_whole(v)
             ? whole + stm32rt_copysign(1.0f, v)
             : whole;
}

/* To the nearest whole number, ties to the even one. */
static inline float stm32rt_round_even(float v) {
  const float up = stm32rt_round_away(v);
  const float half = up * 0.5f;
  const int is_tie = stm32rt_fabs(up - v) == 0.5f;
  return is_tie && stm32rt_trunc(half) != half
             ? stm32rt_copysign(up - stm32rt_copysign(1.0f, v), v)
             : up;
}

/* a - floor(a / b) * b, exactly; it has the sign of b. NaN for b = 0, for infinite a
 * and for NaN. The remainder is found bit by bit, as division by hand does. */
static inline float stm32rt_floor_mod(float a, float b) {
  float rest = stm32rt_fabs(a);
  const float divisor = stm32rt_fabs(b);
  if (!(rest < STM32RT_INFINITY) || !(divisor > 0.0f))
    return STM32RT_NAN;
  while (rest >= divisor) {
    float part = divisor;
    while (part <= rest * 0.5f)
      part += part;
    rest -= part;
  }
  rest = stm32rt_copysign(rest, a);
  return rest != 0.0f && (rest < 0.0f) != (b < 0.0f) ? rest + b : rest;
}

/* (e^r - 1 - r) / r^2 for |r| < 0.35. */
static inline float stm32rt_exp_tail(float r) {
  return 0.49999993f +
         r * (0.16666515f +
              r * (0.04166846f + r * (0.00836941f + r * 0.00138132f)));
}

/* e^v. With n = v / ln 2, rounded: e^v = 2^n * e^r, |r| <= ln 2 / 2. ln 2 is
 * taken in two parts, of which the first has few bits, so that n times it is
 * exact. */
static inline float stm32rt_exp(float v) {
  if (v != v)
    return v;
  if (v > 89.0f)
    return STM32RT_INFINITY;
  if (v < -104.0f)
    return 0.0f;
  const int32_t n = (int32_t)(v * 1.44269504f + (v < 0.0f ? -0.5f : 0.5f));
  const float high = v - (float)n * 0.693145752f;
  const float r = high - (float)n * 1.42860677e-6f;
  const float y = 1.0f + (r + r * r * stm32rt_exp_tail(r));
  /* In two steps: 2^n itself may be too large or too small for a float. */
  const int32_t first = n / 2;
  return y * stm32rt_power_of_2(first) * stm32rt_power_of_2(n - first);
}

/* e^v - 1, without what 1 + v would lose near 0. */
static inline float stm32rt_expm1(float v) {
  if (stm32rt_fabs(v) < 0.34f)
    return v + v * v * stm32rt_exp_tail(v);
  return stm32rt_exp(v) - 1.0f;
}

/* 1 - erf v, to 3 * 10^-7: with t = 1 / (1 + |v| / 2), erfc |v| is
 * t * e^(p(t) - v^2), and erfc -v is 2 - erfc v. */
static inline float stm32rt_erfc(float v) {
  static const float p[] = {
      -1.26546645f,  0.999020338f,  0.383202553f, 0.0515081473f, -0.0496802665f,
      0.0176640581f, -0.816819131f, 1.24870896f,  -0.720417738f, 0.152279481f};
  const float size = stm32rt_fabs(v);
  const float t = 1.0f / (1.0f + 0.5f * size);
  float sum = 0.0f;
  for (int i = 9; i >= 0; i--)
    sum = sum * t + p[i];
  const float y = t * stm32rt_exp(sum - size * size);
  return v < 0.0f ? 2.0f - y : y;
}

/* ln v. With v = 2^n * (1 + f), 1 + f in [sqrt(1/2), sqrt(2)), and
 * s = f / (2 + f):  ln(1 + f) = 2 atanh(s) = f - f^2/2 + s * (f^2/2 + R(s^2)). */
static inline float stm32rt_log(float v) {
  uint32_t bits = stm32rt_float_bits(v);
  int32_t n = 0;
  if (v != v)
    return v;
  if ((bits & 0x7fffffffu) == 0)
    return -STM32RT_INFINITY;
  if (bits & 0x80000000u)
    return STM32RT_NAN;
  if (bits == 0x7f800000u)
    return v;
  if (bits < 0x00800000u) { /* subnormal */
    bits = stm32rt_float_bits(v * 8388608.0f);
    n = -23;
  }
  /* Moves the border between exponents from 1 to sqrt(1/2). */
  bits += 0x3f800000u - 0x3f3504f3u;
  n += (int32_t)(bits >> 23) - 127;
  bits = (bits & 0x007fffffu) + 0x3f3504f3u;
  const float f = stm32rt_float_from(bits) - 1.0f;
  const float s = f / (2.0f + f);
  const float z = s * s;
  const float rest =
      z * (0.66666666f +
           z * (0.40000336f + z * (0.28537286f + z * 0.235826f)));
  const float half = 0.5f * f * f;
  const float low = (float)n * 1.42860677e-6f;
  return (float)n * 0.693145752f - ((half - (s * (half + rest) + low)) - f);
}

/* The root, correctly rounded. The mantissa becomes a whole number M of 47 or 48
 * bits whose root has 24; Newton's steps in float come near it, whole numbers
 * settle the last bit. */
static inline float stm32rt_sqrt(float v) {
  uint32_t bits = stm32rt_float_bits(v);
  int32_t n = 0;
  if (v != v || (bits & 0x7fffffffu) == 0 || bits == 0x7f800000u)
    return v;
  if (bits & 0x80000000u)
    return STM32RT_NAN;
  if (bits < 0x00800000u) {
    bits = stm32rt_float_bits(v * 16777216.0f);
    n = -24;
  }
  n += (int32_t)(bits >> 23) - 127;
  const int32_t is_odd = n & 1;
  const uint32_t mantissa = (bits & 0x007fffffu) | 0x00800000u;
  /* v = mantissa * 2^(n - 23); the root of mantissa * 2^(23 + is_odd) is that of
   * v times 2^(23 - (n - is_odd) / 2), in [2^23, 2^24). */
  const uint64_t square = (uint64_t)mantissa << (23 + is_odd);
  const float m = (float)mantissa * (is_odd ? 2.0f : 1.0f); /* in 2^23 .. 2^25 */
  float estimate = stm32rt_float_from((stm32rt_float_bits(m) >> 1) + 0x1fbd1df5u);
  estimate = 0.5f * (estimate + m / estimate);
  estimate = 0.5f * (estimate + m / estimate);
  estimate = 0.5f * (estimate + m / estimate);
  /* estimate is near sqrt(m); times 2^11.5 it is near the root of `square`. */
  uint32_t root = (uint32_t)(estimate * 2896.30933f);
  while ((uint64_t)root * root > square)
    root--;
  while ((uint64_t)(root + 1u) * (root + 1u) <= square)
    root++;
  if (square - (uint64_t)root * root > root) /* above root + 1/2 */
    root++;
  return (float)root * stm32rt_power_of_2((n - is_odd) / 2 - 23);
}

static inline float stm32rt_rsqrt(float v) { return 1.0f / stm32rt_sqrt(v); }

/* 1 / (1 + e^-v); below -9 it is e^v, as in the reference. */
static inline float stm32rt_logistic(float v) {
  return v < -9.0f ? stm32rt_exp(v) : 1.0f / (1.0f + stm32rt_exp(-v));
}

/* The greatest whole number that is not above a / b. The float quotient may have
 * been rounded up to a whole number: then the sign of what is left, which double
 * holds exactly, tells. */
static inline float stm32rt_floor_div(float a, float b) {
  const float quotient = a / b;
  const float whole = stm32rt_floor(quotient);
  const double left = (double)a - (double)whole * (double)b;
  const int is_above = b > 0.0f ? left < 0.0 : left > 0.0;
  return whole == quotient && is_above ? whole - 1.0f : whole;
}

/* tanh v = 1 - 2 / (e^2v + 1) away from 0, an odd polynomial near it. */
static inline float stm32rt_tanh(float v) {
  const float a = stm32rt_fabs(v);
  if (v != v)
    return v;
  if (a < 0.625f) {
    const float z = v * v;
    const float p =
        -0.33333284f +
        z * (0.13331491f +
             z * (-0.0537435f + z * (0.02065059f + z * -0.00571704f)));
    return v + v * z * p;
  }
  if (a > 10.0f)
    return stm32rt_copysign(1.0f, v);
  return stm32rt_copysign(1.0f - 2.0f / (stm32rt_exp(2.0f * a) + 1.0f), v);
}

/* v = quadrant * pi/2 + rest, |rest| <= pi/4, for finite v; gives quadrant
 * modulo 4. The mantissa is multiplied by 2/pi as a whole number: 96 bits of
 * 2/pi, from that on which still counts modulo 4. */
static inline int32_t stm32rt_reduce_quadrant(float v, float *rest) {
  static const uint32_t two_over_pi[] = {0,          0xa2f9836eu, 0x4e441529u,
                                         0xfc2757d1u, 0xf534ddc0u, 0xdb629599u,
                                         0x3c439041u};
  const uint32_t bits = stm32rt_float_bits(v);
  if (stm32rt_fabs(v) < 0.785398f) {
    *rest = v;
    return 0;
  }
  /* |v| = mantissa * 2^shift * 2^-24, shift 0 .. 128. */
  const int32_t shift = (int32_t)((bits >> 23) & 0xffu) - 126;
  const uint32_t mantissa = (bits & 0x007fffffu) | 0x00800000u;
  const int32_t word = shift / 32, part = shift % 32;
  /* 2/pi * 2^shift modulo 2^32: one word before the point, two behind. */
  uint32_t w[3];
  for (int i = 0; i < 3; i++)
    w[i] = part == 0 ? two_over_pi[word + i]
                     : (two_over_pi[word + i] << part) |
                           (two_over_pi[word + i + 1] >> (32 - part));
  /* |v| * 2/pi modulo 256, in units of 2^-56. */
  const uint64_t low = ((uint64_t)mantissa * w[2]) >> 32;
  const uint64_t product = ((uint64_t)(mantissa * w[0]) << 32) +
                           (uint64_t)mantissa * w[1] + low;
  const uint64_t turned = product + ((uint64_t)1 << 55);
  int32_t quadrant = (int32_t)((turned >> 56) & 3u);
  /* What is left of half a quadrant either side, in units of 2^-64. */
  const int64_t fraction = (int64_t)((turned << 8) ^ ((uint64_t)1 << 63));
  const float r = (float)fraction * 8.51530354e-20f; /* pi/2 * 2^-64 */
  *rest = r;
  if (bits & 0x80000000u) {
    *rest = -r;
    quadrant = (4 - quadrant) & 3;
  }
  return quadrant;
}

static inline float stm32rt_sine_near_0(float r) {
  const float z = r * r;
  return r + r * z *
                 (-1.66666666e-01f +
                  z * (8.33332933e-03f +
                       z * (-1.98393151e-04f + z * 2.71812184e-06f)));
}

static inline float stm32rt_cosine_near_0(float r) {
  const float z = r * r;
  return 1.0f - (0.5f * z -
                 z * z *
                     (4.16666666e-02f +
                      z * (-1.38888837e-03f +
                           z * (2.47994989e-05f + z * -2.72084755e-07f))));
}

/* sin(v + turns * pi/2); NaN for infinities. */
static inline float stm32rt_sine_turned(float v, int32_t turns) {
  float r;
  if (!(stm32rt_fabs(v) < STM32RT_INFINITY))
    return STM32RT_NAN;
  const int32_t quadrant = (stm32rt_reduce_quadrant(v, &r) + turns) & 3;
  const float y =
      quadrant & 1 ? stm32rt_cosine_near_0(r) : stm32rt_sine_near_0(r);
  return quadrant & 2 ? -y : y;
}

static inline float stm32rt_sin(float v) { return stm32rt_sine_turned(v, 0); }
static inline float stm32rt_cos(float v) { return stm32rt_sine_turned(v, 1); }

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_MATH_H */
