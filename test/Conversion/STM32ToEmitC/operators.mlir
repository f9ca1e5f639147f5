// Descriptors of the operators without constants.
//
// RUN: stm32-opt --convert-stm32-to-emitc %s \
// RUN: | stm32-translate --mlir-to-c --stm32-file=net.c | FileCheck %s

stm32.memory_region @ram
stm32.pool @activations in @ram size(4096) align(16)

stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>, #stm32.io<"u", 0.5 : f32, 128>])
    outputs([#stm32.io<"y", 0.00390625 : f32, -128>, #stm32.io<"f", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4x4x2xf32> loc("x")
  %u = stm32.buffer @activations offset(128) tensor(1) input(1) : !stm32.buffer<1x4x4x2xui8> loc("u")
  %q = stm32.buffer @activations offset(160) tensor(2) : !stm32.buffer<1x4x4x2xi8> loc("q")
  %r = stm32.buffer @activations offset(192) tensor(3) : !stm32.buffer<1x4x4x2xi8> loc("r")
  %a = stm32.buffer @activations offset(160) tensor(4) : !stm32.buffer<1x4x4x2xi8> loc("a")
  %p = stm32.buffer @activations offset(256) tensor(5) : !stm32.buffer<1x6x7x2xi8> loc("p")
  %m = stm32.buffer @activations offset(512) tensor(6) : !stm32.buffer<1x2xi8> loc("m")
  %s = stm32.buffer @activations offset(512) tensor(7) : !stm32.buffer<1x2xi8> loc("s")
  %f = stm32.buffer @activations offset(528) tensor(8) : !stm32.buffer<1x2xf32> loc("f")

// CHECK:      /* 0: QUANTIZE "q", 1x4x4x2 -> 1x4x4x2 */
// CHECK-NEXT: static const stm32rt_quantize net_op_0_quantize = {
// CHECK-NEXT:   .count = 32,
// CHECK-NEXT:   .scale = 0x1.99999ap-4f, .zero_point = -1,
// CHECK-NEXT: };
// CHECK:        stm32rt_quantize_f32_s8(&net_op_0_quantize, x, y);
  stm32.quantize %x into %q {scale = 0.1 : f32, zero_point = -1 : i32, kernel = "stm32rt_quantize_f32_s8"}
    : (!stm32.buffer<1x4x4x2xf32>, !stm32.buffer<1x4x4x2xi8>) -> ()

// CHECK:      /* 1: REQUANTIZE "r", 1x4x4x2 -> 1x4x4x2 */
// CHECK-NEXT: static const stm32rt_requantize net_op_1_requantize = {
// CHECK-NEXT:   .count = 32,
// CHECK-NEXT:   .x_zero_point = 128, .y_zero_point = 2, .multiplier = 1073741824,
// CHECK-NEXT:   .shift = 30,
// CHECK-NEXT:   .y_min = -128, .y_max = 127,
// CHECK-NEXT: };
// CHECK:        stm32rt_requantize_u8_s8(&net_op_1_requantize, x, y);
  stm32.requantize %u into %r {input_zp = 128 : i32, kernel = "stm32rt_requantize_u8_s8",
    requant = #stm32.requant<[1073741824], [30], zp = 2, clamp = [-128, 127]>}
    : (!stm32.buffer<1x4x4x2xui8>, !stm32.buffer<1x4x4x2xi8>) -> ()

// In place: the sum is where its first operand was.
// CHECK:      /* 2: ADD "a", 1x4x4x2, 1x4x4x2 -> 1x4x4x2 */
// CHECK-NEXT: static const stm32rt_binary net_op_2_binary = {
// CHECK-NEXT:   .shape = {.run = 32, .a_step = 1, .b_step = 1, .size = {1, 1, 1, 1, 1},
// CHECK-NEXT:             .a_stride = {0, 0, 0, 0, 0}, .b_stride = {0, 0, 0, 0, 0}},
// CHECK-NEXT:   .left_shift = 20,
// CHECK-NEXT:   .a_zero_point = -1, .a_multiplier = 1073741824, .a_shift = 31,
// CHECK-NEXT:   .b_zero_point = 2, .b_multiplier = 1073741825, .b_shift = 32,
// CHECK-NEXT:   .y_zero_point = 0, .y_multiplier = 1073741826, .y_shift = 49,
// CHECK-NEXT:   .y_min = 0, .y_max = 100,
// CHECK-NEXT: };
// CHECK-NEXT: static void net_op_2(const stm32rt_context *context) {
// CHECK-NEXT:   const void *a = stm32rt_at(context, NET_POOL_ACTIVATIONS, 160);
// CHECK-NEXT:   const void *b = stm32rt_at(context, NET_POOL_ACTIVATIONS, 192);
// CHECK-NEXT:   void *y = stm32rt_at(context, NET_POOL_ACTIVATIONS, 160);
// CHECK-NEXT:   stm32rt_add_s8(&net_op_2_binary, a, b, y);
// CHECK-NEXT: }
  stm32.binary add %q, %r into %a {left_shift = 20 : i32, lhs_zp = -1 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 2 : i32,
    rhs_scale = array<i32: 1073741825, 32>, kernel = "stm32rt_add_s8",
    requant = #stm32.requant<[1073741826], [49], zp = 0, clamp = [0, 100]>}
    : (!stm32.buffer<1x4x4x2xi8>, !stm32.buffer<1x4x4x2xi8>, !stm32.buffer<1x4x4x2xi8>) -> ()

// CHECK:      /* 3: PAD "p", 1x4x4x2 -> 1x6x7x2 */
// CHECK-NEXT: static const stm32rt_pad net_op_3_pad = {
// CHECK-NEXT:   .count = 84, .value = {4294967289u, 4294967295u},
// CHECK-NEXT:   .copy = {.x_offset = 0, .y_offset = 18, .run = 8,
// CHECK-NEXT:            .size = {1, 1, 1, 1, 1, 4},
// CHECK-NEXT:            .x_stride = {0, 0, 0, 0, 0, 8},
// CHECK-NEXT:            .y_stride = {0, 0, 0, 0, 0, 14}},
// CHECK-NEXT: };
// CHECK:        stm32rt_pad_8(&net_op_3_pad, x, y);
  stm32.pad %a into %p {before = array<i64: 0, 1, 2, 0>, after = array<i64: 0, 1, 1, 0>,
    value = -7 : i32, kernel = "stm32rt_pad_8"}
    : (!stm32.buffer<1x4x4x2xi8>, !stm32.buffer<1x6x7x2xi8>) -> ()

// CHECK:      /* 4: MEAN "m", 1x6x7x2 -> 1x2 */
// CHECK-NEXT: static const stm32rt_reduce net_op_4_reduce = {
// CHECK-NEXT:   .kept_size = {1, 1, 2}, .kept_stride = {0, 0, 1},
// CHECK-NEXT:   .reduced_size = {1, 1, 42}, .reduced_stride = {0, 0, 2},
// CHECK-NEXT:   .count = 42,
// CHECK-NEXT:   .x_zero_point = 0, .y_zero_point = -128, .multiplier = 1073741824,
// CHECK-NEXT:   .shift = 34,
// CHECK-NEXT:   .y_min = -128, .y_max = 127,
// CHECK-NEXT: };
// CHECK:        stm32rt_reduce_sum_s8(&net_op_4_reduce, x, y);
  stm32.reduce mean %p into %m {axes = array<i64: 1, 2>, input_zp = 0 : i32, kernel = "stm32rt_reduce_sum_s8",
    requant = #stm32.requant<[1073741824], [34], zp = -128, clamp = [-128, 127]>}
    : (!stm32.buffer<1x6x7x2xi8>, !stm32.buffer<1x2xi8>) -> ()

// CHECK:      /* 5: SOFTMAX "s", 1x2 -> 1x2 */
// CHECK-NEXT: static const stm32rt_softmax net_op_5_softmax = {
// CHECK-NEXT:   .rows = 1, .depth = 2,
// CHECK-NEXT:   .multiplier = 1073741824, .left_shift = 24, .diff_min = -124,
// CHECK-NEXT: };
// CHECK:        stm32rt_softmax_s8(&net_op_5_softmax, x, y);
  stm32.softmax %m into %s {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32, kernel = "stm32rt_softmax_s8"}
    : (!stm32.buffer<1x2xi8>, !stm32.buffer<1x2xi8>) -> ()

// CHECK:      /* 6: DEQUANTIZE "f", 1x2 -> 1x2 */
// CHECK-NEXT: static const stm32rt_quantize net_op_6_quantize = {
// CHECK:        stm32rt_dequantize_s8_f32(&net_op_6_quantize, x, y);
  stm32.dequantize %s into %f {scale = 0.00390625 : f32, zero_point = -128 : i32,
    kernel = "stm32rt_dequantize_s8_f32"}
    : (!stm32.buffer<1x2xi8>, !stm32.buffer<1x2xf32>) -> ()
  stm32.output %s, %f : !stm32.buffer<1x2xi8>, !stm32.buffer<1x2xf32>
}

// Types; no quantisation where the scale is 0.
// CHECK:      {.name = "x",
// CHECK-NEXT:  .type = STM32RT_FLOAT32, .rank = 4, .shape = {1, 4, 4, 2},
// CHECK-NEXT:  .pool = NET_POOL_ACTIVATIONS, .offset = 0, .size = 128},
// CHECK:      {.name = "u",
// CHECK-NEXT:  .type = STM32RT_UINT8, .rank = 4, .shape = {1, 4, 4, 2},
// CHECK-NEXT:  .pool = NET_POOL_ACTIVATIONS, .offset = 128, .size = 32, .scale = 0x1p-1f,
// CHECK-NEXT:  .zero_point = 128},
// CHECK:      static const uint16_t net_inputs[2] = {0, 1};
// CHECK-NEXT: static const uint16_t net_outputs[2] = {7, 8};
// CHECK:      .weights = NULL,
