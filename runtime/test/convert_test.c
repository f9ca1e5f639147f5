/*===-- convert_test.c - Floats of the application, values of tensors -------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 */
#include "stm32rt.h"
#include "stm32rt_test.h"

static stm32rt_tensor make_tensor(stm32rt_type type, float scale,
                                  int32_t zero_point) {
  stm32rt_tensor tensor;
  memset(&tensor, 0, sizeof tensor);
  tensor.type = (uint8_t)type;
  tensor.scale = scale;
  tensor.zero_point = zero_point;
  return tensor;
}

static int32_t element(const stm32rt_tensor *tensor, const void *data,
                       uint32_t i) {
  switch (tensor->type) {
  case STM32RT_INT8:
    return ((const int8_t *)data)[i];
  case STM32RT_UINT8:
    return ((const uint8_t *)data)[i];
  default:
    return ((const int16_t *)data)[i];
  }
}

/* Every value of the type goes to float and comes back. */
static void round_trips(stm32rt_type type, int32_t min, int32_t max) {
  static const float scales[] = {1.0f, 0.5f, 0.0078125f, 0x1.23456p-5f, 3e-6f,
                                 1e20f};
  for (size_t s = 0; s < sizeof scales / sizeof scales[0]; s++) {
    const int32_t zero = min + (max - min) / 3;
    const stm32rt_tensor tensor = make_tensor(type, scales[s], zero);
    for (int32_t q = min; q <= max; q++) {
      int16_t in[1], out[1];
      float real;
      if (type == STM32RT_INT16)
        in[0] = (int16_t)q;
      else
        memset(in, (int)(q & 255), sizeof in);
      CHECK(stm32rt_to_float(&tensor, in, &real, 1) == STM32RT_OK);
      CHECK(real == scales[s] * (float)(q - zero));
      CHECK(stm32rt_from_float(&tensor, &real, out, 1) == STM32RT_OK);
      CHECK(element(&tensor, out, 0) == q);
    }
  }
}

static void rounds_and_limits(void) {
  static const float real[] = {0.25f,  -0.25f, 0.75f, -0.75f,    1e30f,
                               -1e30f, 63.9f,  -70.f, -64.2499f, 0.0f};
  static const int8_t expected[] = {1, -1, 2, -2, 127, -128, 127, -128, -128, 0};
  const stm32rt_tensor tensor = make_tensor(STM32RT_INT8, 0.5f, 0);
  int8_t q[10];
  CHECK(stm32rt_from_float(&tensor, real, q, 10) == STM32RT_OK);
  CHECK(memcmp(q, expected, sizeof q) == 0);

  /* No number: what stands for zero. */
  const stm32rt_tensor shifted = make_tensor(STM32RT_UINT8, 0.5f, 99);
  volatile float zero = 0.0f;
  const float nothing = zero / zero;
  uint8_t u;
  CHECK(stm32rt_from_float(&shifted, &nothing, &u, 1) == STM32RT_OK);
  CHECK(u == 99);
}

static void floats_stay(void) {
  const stm32rt_tensor tensor = make_tensor(STM32RT_FLOAT32, 0.0f, 0);
  const float in[3] = {1.5f, -0.0f, 3e38f};
  float out[3], back[3];
  CHECK(stm32rt_from_float(&tensor, in, out, 3) == STM32RT_OK);
  CHECK(memcmp(in, out, sizeof in) == 0);
  CHECK(stm32rt_to_float(&tensor, out, back, 3) == STM32RT_OK);
  CHECK(memcmp(in, back, sizeof in) == 0);
}

static void statuses(void) {
  const stm32rt_tensor good = make_tensor(STM32RT_INT8, 1.0f, 0);
  const stm32rt_tensor bare = make_tensor(STM32RT_INT8, 0.0f, 0);
  const stm32rt_tensor wide = make_tensor(STM32RT_INT32, 1.0f, 0);
  int32_t q[1] = {0};
  float real[1] = {0.0f};
  CHECK(stm32rt_from_float(NULL, real, q, 1) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_from_float(&good, NULL, q, 1) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_from_float(&good, real, NULL, 1) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_from_float(&good, NULL, NULL, 0) == STM32RT_OK);
  CHECK(stm32rt_from_float(&bare, real, q, 1) == STM32RT_ERROR_TYPE);
  CHECK(stm32rt_from_float(&wide, real, q, 1) == STM32RT_ERROR_TYPE);
  CHECK(stm32rt_to_float(NULL, q, real, 1) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_to_float(&good, NULL, real, 1) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_to_float(&good, q, NULL, 1) == STM32RT_ERROR_ARGUMENT);
  CHECK(stm32rt_to_float(&bare, q, real, 1) == STM32RT_ERROR_TYPE);
  CHECK(stm32rt_to_float(&wide, q, real, 1) == STM32RT_ERROR_TYPE);
}

TEST_MAIN(argc, argv) {
  (void)TEST_COUNT(argc, argv, 1ul, 1ul);
  round_trips(STM32RT_INT8, INT8_MIN, INT8_MAX);
  round_trips(STM32RT_UINT8, 0, UINT8_MAX);
  round_trips(STM32RT_INT16, INT16_MIN, INT16_MAX);
  rounds_and_limits();
  floats_stay();
  statuses();
  return test_result("convert_test");
}
