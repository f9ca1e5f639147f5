// Constants that operators read as activations: arguments, structs, values.
//
// RUN: stm32-opt --convert-stm32-to-emitc %s -o %t
// RUN: stm32-translate --mlir-to-c --stm32-file=net.c %t | FileCheck %s
// RUN: stm32-translate --mlir-to-c --stm32-file=net_data.c %t \
// RUN: | FileCheck %s --check-prefix=DATA

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
stm32.pool @weights in @ram size(64) align(16) constants

stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>])
    outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4xi8> loc("x")
  %s = stm32.buffer @activations offset(16) tensor(1) : !stm32.buffer<1x4xi8> loc("s")
  %y = stm32.buffer @activations offset(32) tensor(2) : !stm32.buffer<1x4xi8> loc("y")
  %q = stm32.buffer @activations offset(48) tensor(3) : !stm32.buffer<2x2xi8> loc("q")
  %z = stm32.buffer @activations offset(16) tensor(4) : !stm32.buffer<1x1xi8> loc("z")
  %k0 = stm32.packed ["values"] [dense<[-128, 0, 1, 127]> : tensor<4xi8>] offset(0) : tensor<4xi8>
  %k1 = stm32.packed ["values"] [dense<[-128, 0, 1, 127]> : tensor<4xi8>] offset(0) : tensor<4xi8>
  %k2 = stm32.packed ["values"] [dense<[0.1, -0.0, -3.40282347E+38, 1.40129846E-45]> : tensor<4xf32>] offset(32) : tensor<16xi8>
  %k3 = stm32.packed ["all"] [dense<5> : tensor<16xi8>] offset(48) : tensor<16xi8>
  %c0 = stm32.view %k0 : tensor<4xi8> to !stm32.buffer<1x4xi8>
  %c1 = stm32.view %k1 : tensor<4xi8> to !stm32.buffer<1x4xi8>
  %c2 = stm32.view %k2 : tensor<16xi8> to !stm32.buffer<2x2xf32>

// Both arguments are one block, named after the first.
// CHECK:      /* 0: ADD "s", 1x4, 1x4 -> 1x4 */
// CHECK:      static void net_op_0(const stm32rt_context *context) {
// CHECK-NEXT:   const void *a = stm32rt_constant(context, 0);
// CHECK-NEXT:   const void *b = stm32rt_constant(context, 0);
// CHECK-NEXT:   void *y = stm32rt_at(context, NET_POOL_ACTIVATIONS, 16);
// CHECK-NEXT:   stm32rt_add_s8(&net_op_0_binary, a, b, y);
  stm32.binary add %c0, %c1 into %s {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>, kernel = "stm32rt_add_s8",
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi8>) -> ()
// CHECK:        const void *a = stm32rt_at(context, NET_POOL_ACTIVATIONS, 0);
// CHECK-NEXT:   const void *b = stm32rt_constant(context, 0);
  stm32.binary add %x, %c1 into %y {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>, kernel = "stm32rt_add_s8",
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi8>) -> ()
// CHECK:      /* 2: QUANTIZE "q", 2x2 -> 2x2 */
// CHECK:        const void *x = stm32rt_constant(context, 32);
// CHECK-NEXT:   void *y = stm32rt_at(context, NET_POOL_ACTIVATIONS, 48);
  stm32.quantize %c2 into %q {scale = 0.5 : f32, zero_point = 0 : i32,
    kernel = "stm32rt_quantize_f32_s8"}
    : (!stm32.buffer<2x2xf32>, !stm32.buffer<2x2xi8>) -> ()
// An operator with weights has two blocks.
// CHECK:        const void *x = stm32rt_constant(context, 0);
// CHECK-NEXT:   void *y = stm32rt_at(context, NET_POOL_ACTIVATIONS, 16);
// CHECK-NEXT:   const void *constants = stm32rt_constant(context, 48);
// CHECK-NEXT:   stm32rt_fully_connected_s8(&net_op_3_fully_connected, x, y, constants, NULL);
  stm32.fully_connected %c0 packed(%k3) into %z {input_zp = 0 : i32,
    kernel = "stm32rt_fully_connected_s8",
    requant = #stm32.requant<[5], [38], zp = 3, clamp = [-128, 127]>}
    : (!stm32.buffer<1x4xi8>, tensor<16xi8>, !stm32.buffer<1x1xi8>) -> ()
// Constants are no tensors.
// CHECK:      net_tensors[5]
  stm32.output %y : !stm32.buffer<1x4xi8>

// DATA:      struct net_constants {
// DATA-NEXT:   /* 0: ADD "s", 1x4, 1x4 -> 1x4 */
// DATA-NEXT:   struct {
// DATA-NEXT:     int8_t values[4];
// DATA-NEXT:   } op_0_a;
// DATA-NEXT:   uint8_t padding_1[28];
// DATA-NEXT:   /* 2: QUANTIZE "q", 2x2 -> 2x2 */
// DATA-NEXT:   struct {
// DATA-NEXT:     float values[4];
// DATA-NEXT:   } op_2_x;
// DATA:        .op_0_a = {
// DATA-NEXT:     .values = {
// DATA-NEXT:       -128, 0, 1, 127,
// DATA-NEXT:     },
// DATA:        .op_2_x = {
// DATA-NEXT:     .values = {
// DATA-NEXT:       0x1.99999ap-4f, -0.0f, -0x1.fffffep127f,
// DATA-NEXT:       0x0.000002p-126f,
// DATA-NEXT:     },
}
