/*===-- stm32rt_detection_postprocess_f32.c - Boxes out of anchors ----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Suppression needs no sorting: the next detection is the best of the boxes
 *that are left, the first of them if several are equal. That is the order of a
 * stable sort by descending score, in n bytes of scratch.
 */
#include "stm32rt_kernels.h"

#include <string.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

typedef struct box_corners {
  float ymin, xmin, ymax, xmax;
} box_corners;

typedef struct detection {
  float score;
  int32_t box, class_index;
} detection;

/* One suppression: which boxes are left of those with these scores. */
typedef struct candidates {
  const float *scores;
  int32_t stride; /* from the score of one box to that of the next */
  const box_corners *corners;
  uint8_t *is_left;
  int32_t count;
  float iou_threshold;
} candidates;

/*===-- Decoding ----------------------------------------------------------===*/

/* e^v within two units in the last place of a double: 2^k * e^r with
 * |r| <= ln(2) / 2 and the Taylor series of e^r. What would be subnormal
 * is 0: in float32 it is 0 as well, however large the anchor. */
static double exponential(double v) {
  const double log2_e = 1.4426950408889634074;
  /* ln 2 in two parts, the first with zeros at its end: k * high is exact. */
  const double ln2_high = 6.93147180369123816490e-01;
  const double ln2_low = 1.90821492927058770002e-10;
  const double largest = 709.78, least = -708.0;
  if (v != v)
    return v;
  if (v < least)
    return 0.0;
  if (v > largest) {
    const uint64_t infinity = (uint64_t)0x7ff << 52;
    memcpy(&v, &infinity, sizeof v);
    return v;
  }
  const int32_t k = (int32_t)(v * log2_e + (v < 0.0 ? -0.5 : 0.5));
  const double r = (v - k * ln2_high) - k * ln2_low;
  double sum = 1.0;
  for (int32_t n = 14; n > 0; --n)
    sum = 1.0 + sum * r / n;
  /* 2^1024 is no double, so the last power is a factor of its own. */
  const uint64_t bits = (uint64_t)(k - 1 + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return sum * power * 2.0;
}

/* The middle along one axis and half of the extent, as float32. */
static float decode_middle(float encoded, float scale, float size, float at) {
  return (float)((double)encoded / (double)scale * (double)size + (double)at);
}
static float decode_half(float encoded, float scale, float size) {
  return (float)(0.5 * exponential((double)encoded / (double)scale) *
                 (double)size);
}

/* Decodes all boxes; 0 if one of them has no area. */
static int decode(const stm32rt_detection *d, const float *encoded,
                  const float *anchor, box_corners *corners) {
  int are_valid = 1;
  for (int32_t i = 0; i < d->boxes; ++i) {
    const float y =
        decode_middle(encoded[0], d->scale[0], anchor[2], anchor[0]);
    const float x =
        decode_middle(encoded[1], d->scale[1], anchor[3], anchor[1]);
    const float h = decode_half(encoded[2], d->scale[2], anchor[2]);
    const float w = decode_half(encoded[3], d->scale[3], anchor[3]);
    box_corners *c = &corners[i];
    c->ymin = y - h;
    c->xmin = x - w;
    c->ymax = y + h;
    c->xmax = x + w;
    if (c->ymin >= c->ymax || c->xmin >= c->xmax)
      are_valid = 0;
    encoded += d->box_stride;
    anchor += 4;
  }
  return are_valid;
}

/*===-- Suppression -------------------------------------------------------===*/

static float larger(float a, float b) { return a < b ? b : a; }
static float smaller(float a, float b) { return b < a ? b : a; }

static float area(const box_corners *c) {
  return (c->ymax - c->ymin) * (c->xmax - c->xmin);
}

/* Area of what two boxes share as a part of what they cover. */
static float overlap(const box_corners *a, const box_corners *b) {
  const float area_a = area(a), area_b = area(b);
  if (area_a <= 0.0f || area_b <= 0.0f)
    return 0.0f;
  const float height = smaller(a->ymax, b->ymax) - larger(a->ymin, b->ymin);
  const float width = smaller(a->xmax, b->xmax) - larger(a->xmin, b->xmin);
  const float shared = larger(height, 0.0f) * larger(width, 0.0f);
  return shared / (area_a + area_b - shared);
}

static void begin(candidates *all, float score_threshold) {
  for (int32_t i = 0; i < all->count; ++i)
    all->is_left[i] = all->scores[i * all->stride] >= score_threshold;
}

/* Takes the best box that is left, and away what overlaps it; -1: none. */
static int32_t take_best(const candidates *all) {
  int32_t best = -1;
  float best_score = 0.0f;
  for (int32_t i = 0; i < all->count; ++i) {
    const float score = all->scores[i * all->stride];
    if (all->is_left[i] && (best < 0 || score > best_score)) {
      best = i;
      best_score = score;
    }
  }
  if (best < 0)
    return -1;
  all->is_left[best] = 0;
  for (int32_t i = 0; i < all->count; ++i)
    if (all->is_left[i] &&
        overlap(&all->corners[best], &all->corners[i]) > all->iou_threshold)
      all->is_left[i] = 0;
  return best;
}

/*===-- The two ways ------------------------------------------------------===*/

/* Each box counts for its best class only, the first of equals. */
static int32_t detect_fast(const stm32rt_detection *d, candidates *all,
                           const float *scores, float *best, detection *found) {
  for (int32_t i = 0; i < d->boxes; ++i) {
    const float *row = scores + i * d->score_stride;
    best[i] = row[0];
    for (int32_t c = 1; c < d->classes; ++c)
      if (row[c] > best[i])
        best[i] = row[c];
  }
  all->scores = best;
  all->stride = 1;
  begin(all, d->score_threshold);
  int32_t count = 0;
  for (; count < d->max_detections; ++count) {
    const int32_t box = take_best(all);
    if (box < 0)
      break;
    const float *row = scores + box * d->score_stride;
    int32_t class_index = 0;
    while (class_index + 1 < d->classes && row[class_index] != best[box])
      ++class_index;
    found[count].score = best[box];
    found[count].box = box;
    found[count].class_index = class_index;
  }
  return count;
}

/* Puts `item` behind those that are at least as good; the last one goes if
 * there are too many. Returns how many there are. */
static int32_t insert(detection *found, int32_t count, int32_t most,
                      detection item) {
  if (count == most) {
    if (found[count - 1].score >= item.score)
      return count;
    --count;
  }
  int32_t at = count;
  for (; at > 0 && found[at - 1].score < item.score; --at)
    found[at] = found[at - 1];
  found[at] = item;
  return count + 1;
}

/* Each class is suppressed for itself; the best of all classes remain. */
static int32_t detect_regular(const stm32rt_detection *d, candidates *all,
                              const float *scores, detection *found) {
  int32_t count = 0;
  all->stride = d->score_stride;
  for (int32_t c = 0; c < d->classes; ++c) {
    all->scores = scores + c;
    begin(all, d->score_threshold);
    for (int32_t k = 0; k < d->detections_per_class; ++k) {
      detection item;
      item.box = take_best(all);
      if (item.box < 0)
        break;
      item.score = all->scores[item.box * all->stride];
      item.class_index = c;
      count = insert(found, count, d->max_detections, item);
    }
  }
  return count;
}

void stm32rt_detection_postprocess_f32(const stm32rt_detection *d,
                                       const void *encodings,
                                       const void *scores, const void *anchors,
                                       void *box, void *class_index,
                                       void *score, void *count,
                                       void *scratch) {
  box_corners *corners = (box_corners *)scratch;
  float *best = (float *)(corners + d->boxes);
  detection *found = (detection *)(void *)(best + d->boxes);
  candidates all;
  all.corners = corners;
  all.is_left = (uint8_t *)(found + d->max_detections);
  all.count = d->boxes;
  all.iou_threshold = d->iou_threshold;

  /* The background, where there is one, is class 0 of each row. */
  const float *first = (const float *)scores + (d->score_stride - d->classes);
  int32_t rows = 0;
  if (decode(d, (const float *)encodings, (const float *)anchors, corners))
    rows = d->detections_per_class ? detect_regular(d, &all, first, found)
                                   : detect_fast(d, &all, first, best, found);

  memset(box, 0, (size_t)d->rows * sizeof *corners);
  memset(class_index, 0, (size_t)d->rows * sizeof(float));
  memset(score, 0, (size_t)d->rows * sizeof(float));
  for (int32_t i = 0; i < rows; ++i) {
    ((box_corners *)box)[i] = corners[found[i].box];
    ((float *)class_index)[i] = (float)found[i].class_index;
    ((float *)score)[i] = found[i].score;
  }
  *(float *)count = (float)rows;
}
