/*===-- main.c - Reads handwritten digits ----------------------------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Prints for each image of images.h the digit that the network reads and its
 * score in percent.
 */
#include "console.h"
#include "digits.h"
#include "digits_data.h"
#include "images.h"

static struct digits_activations activations;

/* The index of the largest score, the first one if several are equal. */
static int find_largest(const ai_i8 *scores) {
  int best = 0;
  for (int i = 1; i < AI_DIGITS_OUT_1_SIZE; ++i)
    if (scores[i] > scores[best])
      best = i;
  return best;
}

static void print_result(int image, int digit, int percent) {
  console_put("image ");
  console_number(image);
  console_put(": ");
  console_number(digit);
  console_put(", ");
  console_number(percent);
  console_put(" %");
  console_put(digit == digits_labels[image] ? "\n" : ", wrong\n");
}

int main(void) {
  ai_handle network = AI_HANDLE_NULL;
  const ai_handle pools[AI_DIGITS_DATA_ACTIVATIONS_COUNT] = {
      AI_HANDLE_PTR(&activations)};
  const ai_error error = ai_digits_create_and_init(&network, pools, NULL);
  if (error.type != AI_ERROR_NONE)
    return console_fail("ai_digits_create_and_init", "the pool was refused");

  ai_buffer *in = ai_digits_inputs_get(network, NULL);
  ai_buffer *out = ai_digits_outputs_get(network, NULL);
  int right = 0;
  for (int image = 0; image < DIGITS_IMAGES_COUNT; ++image) {
    /* A pixel is 0 (paper) to 16 (ink). */
    ai_i8 *pixels = (ai_i8 *)in[0].data;
    for (int i = 0; i < AI_DIGITS_IN_1_SIZE; ++i)
      pixels[i] = (ai_i8)(15 * digits_images[image][i] - 128);

    if (ai_digits_run(network, in, out) != 1)
      return console_fail("ai_digits_run", "the network did not run");

    /* A score is a probability of 0 (-128) to 255/256 (127). */
    const ai_i8 *scores = (const ai_i8 *)out[0].data;
    const int digit = find_largest(scores);
    print_result(image, digit, (scores[digit] + 128) * 100 / 256);
    right += digit == digits_labels[image];
  }
  console_number(right);
  console_put(" of ");
  console_number(DIGITS_IMAGES_COUNT);
  console_put(" are right\n");
  ai_digits_destroy(network);
  return 0;
}
