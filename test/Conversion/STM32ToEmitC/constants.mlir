// <name>_data.c: one struct with the plan's offsets, values, sections.
//
// RUN: stm32-opt --convert-stm32-to-emitc %s \
// RUN: | stm32-translate --mlir-to-c --stm32-file=net_data.c | FileCheck %s

stm32.memory_region @ram
stm32.memory_region @qspi {section = ".ext_flash"}
stm32.pool @activations in @ram size(4096) align(16)
stm32.pool @weights in @qspi size(160) align(16) constants

stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>])
    outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
// Blocks are written in the order of their offsets, not of their operators;
// equal blocks with one offset are one block; one that nobody uses is none.
  %k0 = stm32.packed ["bias", "multiplier", "shift", "weights", "int"] [
    dense<-2147483648> : tensor<3xi32>, dense<2147483647> : tensor<1xi32>,
    dense<38> : tensor<1xi32>, dense<[[-128, 0, 127]]> : tensor<1x3xi8>,
    dense<1> : tensor<6xi8>]
    offset(64) : tensor<29xi8>
  %k1 = stm32.packed ["bias", "weights"] [
    dense<[1, 2, 3, 4, 5, 6, 7]> : tensor<7xi32>,
    dense<[-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12, -13]> : tensor<13xi8>]
    offset(0) : tensor<41xi8>
  %k2 = stm32.packed ["bias", "weights"] [
    dense<[1, 2, 3, 4, 5, 6, 7]> : tensor<7xi32>,
    dense<[-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12, -13]> : tensor<13xi8>]
    offset(0) : tensor<41xi8>
  %k3 = stm32.packed ["table 1", "table.1", "special", "finite"] [
    dense<[[250]]> : tensor<1x1xui8>, dense<-5> : tensor<14xi16>,
    dense<[0x7F800000, 1.0, 0xFFC00001]> : tensor<3xf32>, dense<-0.0> : tensor<1xf32>]
    offset(112) : tensor<48xi8>
  %unused = stm32.packed ["a"] [dense<1> : tensor<16xi8>] offset(96) : tensor<16xi8>
  %b0 = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x3xi8> loc("x")
  %b1 = stm32.buffer @activations offset(16) tensor(1) : !stm32.buffer<1x3xi8> loc("a")
  %b2 = stm32.buffer @activations offset(32) tensor(2) : !stm32.buffer<1x3xi8> loc("b")
  %b3 = stm32.buffer @activations offset(48) tensor(3) : !stm32.buffer<1x3xi8> loc("c")
  %b4 = stm32.buffer @activations offset(64) tensor(4) : !stm32.buffer<1x3xi8> loc("d")

// CHECK:      #ifndef NET_WEIGHTS_SECTION
// CHECK-NEXT: #define NET_WEIGHTS_SECTION ".ext_flash"
// CHECK-NEXT: #endif
// CHECK-NEXT: #ifdef NET_WEIGHTS_SECTION
// CHECK-NEXT: #define NET_WEIGHTS_PLACE \
// CHECK-NEXT:   STM32RT_ALIGNED(AI_NET_DATA_WEIGHTS_ALIGNMENT) \
// CHECK-NEXT:   STM32RT_SECTION(NET_WEIGHTS_SECTION)
// CHECK:      struct net_constants {
// CHECK-NEXT:   /* 1: FULLY_CONNECTED "b", 1x3 -> 1x3, 9 MACs */
// CHECK-NEXT:   struct {
// CHECK-NEXT:     int32_t bias[7];
// CHECK-NEXT:     int8_t weights[13];
// CHECK-NEXT:   } op_1;
// CHECK-NEXT:   uint8_t padding_1[20];
// CHECK-NEXT:   /* 0: FULLY_CONNECTED "a", 1x3 -> 1x3, 9 MACs */
// CHECK-NEXT:   struct {
// CHECK-NEXT:     int32_t bias[3];
// CHECK-NEXT:     int32_t multiplier[1];
// CHECK-NEXT:     int32_t shift[1];
// CHECK-NEXT:     int8_t weights[3];
// CHECK-NEXT:     int8_t int_[6];
// CHECK-NEXT:   } op_0;
// CHECK-NEXT:   uint8_t padding_2[16];
// CHECK-NEXT:   /* 3: FULLY_CONNECTED "d", 1x3 -> 1x3, 9 MACs */
// CHECK-NEXT:   struct {
// CHECK-NEXT:     uint8_t table_1[1];
// CHECK-NEXT:     int16_t table_1_2[14];
// CHECK-NEXT:     union { uint32_t bits; float value; } special[3];
// CHECK-NEXT:     float finite[1];
// CHECK-NEXT:   } op_3;
// CHECK-NEXT: };
// CHECK:      _Static_assert(offsetof(struct net_constants, op_1.bias) == 0,
// CHECK-NEXT:                "op_1.bias is not where the memory plan has it");
// CHECK-NEXT: _Static_assert(offsetof(struct net_constants, op_1.weights) == 28,
// CHECK:      _Static_assert(offsetof(struct net_constants, op_0.weights) == 84,
// CHECK:      _Static_assert(offsetof(struct net_constants, op_3.table_1_2) == 114,
// CHECK:      _Static_assert(sizeof(struct net_constants) == 160,
// CHECK:      const struct net_constants net_constants
// CHECK-NEXT:     NET_WEIGHTS_PLACE = {
// CHECK-NEXT:   /* 1: FULLY_CONNECTED "b", 1x3 -> 1x3, 9 MACs */
// CHECK-NEXT:   .op_1 = {
// CHECK-NEXT:     .bias = {
// CHECK-NEXT:       1, 2, 3, 4, 5, 6,
// CHECK-NEXT:       7,
// CHECK-NEXT:     },
// CHECK-NEXT:     .weights = {
// CHECK-NEXT:       -1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12,
// CHECK-NEXT:       -13,
// CHECK-NEXT:     },
// CHECK-NEXT:   },
// CHECK-NEXT:   /* 0: FULLY_CONNECTED "a", 1x3 -> 1x3, 9 MACs */
// CHECK-NEXT:   .op_0 = {
// CHECK-NEXT:     .bias = {
// CHECK-NEXT:       INT32_MIN, INT32_MIN, INT32_MIN,
// CHECK:        .multiplier = {
// CHECK-NEXT:       2147483647,
// CHECK:        .op_3 = {
// CHECK-NEXT:     .table_1 = {
// CHECK-NEXT:       250,
// CHECK:          .table_1_2 = {
// CHECK-NEXT:       -5, -5, -5, -5, -5, -5,
// CHECK:          .special = {
// CHECK-NEXT:       {0x7f800000u}, {0x3f800000u}, {0xffc00001u},
// CHECK-NEXT:     },
// CHECK-NEXT:     .finite = {
// CHECK-NEXT:       -0.0f,
// CHECK:      return (ai_handle)(uintptr_t)&net_constants;
  stm32.fully_connected %b0 packed(%k0) into %b1 {input_zp = 0 : i32, kernel = "stm32rt_fully_connected_s8",
    requant = #stm32.requant<[5], [38], zp = 3, clamp = [-128, 127]>}
    : (!stm32.buffer<1x3xi8>, tensor<29xi8>, !stm32.buffer<1x3xi8>) -> ()
  stm32.fully_connected %b1 packed(%k1) into %b2 {input_zp = 0 : i32, kernel = "stm32rt_fully_connected_s8",
    requant = #stm32.requant<[5], [38], zp = 3, clamp = [-128, 127]>}
    : (!stm32.buffer<1x3xi8>, tensor<41xi8>, !stm32.buffer<1x3xi8>) -> ()
  stm32.fully_connected %b2 packed(%k2) into %b3 {input_zp = 0 : i32, kernel = "stm32rt_fully_connected_s8",
    requant = #stm32.requant<[5], [38], zp = 3, clamp = [-128, 127]>}
    : (!stm32.buffer<1x3xi8>, tensor<41xi8>, !stm32.buffer<1x3xi8>) -> ()
  stm32.fully_connected %b3 packed(%k3) into %b4 {input_zp = 0 : i32, kernel = "stm32rt_fully_connected_s8",
    requant = #stm32.requant<[5], [38], zp = 3, clamp = [-128, 127]>}
    : (!stm32.buffer<1x3xi8>, tensor<48xi8>, !stm32.buffer<1x3xi8>) -> ()
  stm32.output %b4 : !stm32.buffer<1x3xi8>
}
