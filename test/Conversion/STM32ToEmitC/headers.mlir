// <name>.h and <name>_data.h: macros, pools in several memories, functions.
//
// RUN: stm32-opt --convert-stm32-to-emitc %s -o %t
// RUN: stm32-translate --mlir-to-c --stm32-file=net.h %t | FileCheck %s
// RUN: stm32-translate --mlir-to-c --stm32-file=net_data.h %t \
// RUN: | FileCheck %s --check-prefix=DATA
// RUN: stm32-translate --mlir-to-c --stm32-file=net.c %t \
// RUN: | FileCheck %s --check-prefix=SOURCE

// Pools keep the module's order; one without use and the section of a memory
// without one are left out.
stm32.memory_region @dtcm address(536870912) size(65536) {section = ".dtcm"}
stm32.memory_region @sdram
stm32.memory_region @qspi {section = ".ext_flash"}
stm32.pool @fast in @dtcm size(64) align(32)
stm32.pool @unused in @dtcm limit(1024) align(16)
stm32.pool @big in @sdram size(1000) align(16)
stm32.pool @weights in @qspi size(36) align(16) constants

// CHECK:      #ifndef NET_H
// CHECK-NEXT: #define NET_H
// CHECK:      #include "ai_platform.h"
// CHECK:      extern "C" {
// CHECK:      #define AI_NET_MODEL_NAME "net"
// CHECK-NEXT: #define AI_NET_N_NODES 2
// CHECK-NEXT: #define NET_MACS 64u
// CHECK:      #define AI_NET_IN_NUM 2
// CHECK:      /* "x:0", int8 1x2x3x4 */
// CHECK-NEXT: #define AI_NET_IN_1_FORMAT AI_BUFFER_FORMAT_S8
// CHECK-NEXT: #define AI_NET_IN_1_BATCH 1
// CHECK-NEXT: #define AI_NET_IN_1_HEIGHT 2
// CHECK-NEXT: #define AI_NET_IN_1_WIDTH 3
// CHECK-NEXT: #define AI_NET_IN_1_CHANNEL 4
// CHECK-NEXT: #define AI_NET_IN_1_SIZE 24
// CHECK-NEXT: #define AI_NET_IN_1_SIZE_BYTES 24
// CHECK-NEXT: #define AI_NET_IN_1_SCALE 0x1p-1f
// CHECK-NEXT: #define AI_NET_IN_1_ZERO_POINT (-3)
// CHECK:      /* "z", float32 1x3x4 */
// CHECK-NEXT: #define AI_NET_IN_2_FORMAT AI_BUFFER_FORMAT_FLOAT
// CHECK-NEXT: #define AI_NET_IN_2_BATCH 1
// CHECK-NEXT: #define AI_NET_IN_2_HEIGHT 3
// CHECK-NEXT: #define AI_NET_IN_2_WIDTH 1
// CHECK-NEXT: #define AI_NET_IN_2_CHANNEL 4
// CHECK-NEXT: #define AI_NET_IN_2_SIZE 12
// CHECK-NEXT: #define AI_NET_IN_2_SIZE_BYTES 48
// CHECK-NOT:  AI_NET_IN_2_SCALE
// CHECK:      #define AI_NET_OUT_NUM 2
// CHECK:      /* "y", int8 2x8 */
// CHECK:      #define AI_NET_OUT_1_BATCH 2
// CHECK-NEXT: #define AI_NET_OUT_1_HEIGHT 1
// CHECK-NEXT: #define AI_NET_OUT_1_WIDTH 1
// CHECK-NEXT: #define AI_NET_OUT_1_CHANNEL 8
// CHECK:      #define AI_NET_INPUTS_IN_ACTIVATIONS 1
// CHECK-NEXT: #define AI_NET_OUTPUTS_IN_ACTIVATIONS 1
// CHECK:      #define NET_POOL_COUNT 2
// CHECK-NEXT: #define NET_POOL_FAST 0
// CHECK-NEXT: #define NET_POOL_FAST_SIZE 64
// CHECK-NEXT: #define NET_POOL_FAST_ALIGN 32
// CHECK-NEXT: #define NET_POOL_FAST_SECTION ".dtcm"
// CHECK:      struct net_fast {
// CHECK-NEXT:   STM32RT_ALIGNED(NET_POOL_FAST_ALIGN)
// CHECK-NEXT:   uint8_t bytes[NET_POOL_FAST_SIZE];
// CHECK-NEXT: };
// CHECK-NEXT: #define NET_POOL_BIG 1
// CHECK-NEXT: #define NET_POOL_BIG_SIZE 1000
// CHECK-NEXT: #define NET_POOL_BIG_ALIGN 16
// CHECK-NOT:  _SECTION
// CHECK:      #define NET_TENSORS(X) \
// CHECK-NEXT:   X(0, NET_POOL_{{[A-Z]+}}, {{[0-9]+}}, {{[0-9]+}}, {{[0-9]+}})
// CHECK:      #ifndef AI_NET_INSTANCES
// CHECK-NEXT: #define AI_NET_INSTANCES 1
// CHECK:      extern const stm32rt_model net_model;
// CHECK:      ai_error ai_net_create(ai_handle *network, const ai_buffer *config);
// CHECK:      ai_error ai_net_get_error(ai_handle network);
// CHECK:      #endif /* NET_H */

// DATA:      #define AI_NET_DATA_CONFIG ((const ai_buffer *)0)
// DATA:      #define AI_NET_DATA_ACTIVATIONS_SIZE 1064
// DATA-NEXT: #define AI_NET_DATA_ACTIVATIONS_COUNT 2
// DATA-NEXT: #define AI_NET_DATA_ACTIVATIONS_ALIGNMENT 32
// DATA-NEXT: #define AI_NET_DATA_ACTIVATION_1_SIZE 64
// DATA-NEXT: #define AI_NET_DATA_ACTIVATION_1_ALIGNMENT 32
// DATA-NEXT: #define AI_NET_DATA_ACTIVATION_2_SIZE 1000
// DATA-NEXT: #define AI_NET_DATA_ACTIVATION_2_ALIGNMENT 16
// DATA:      #define AI_NET_DATA_WEIGHTS_SIZE 36
// DATA-NEXT: #define AI_NET_DATA_WEIGHTS_COUNT 1
// DATA-NEXT: #define AI_NET_DATA_WEIGHTS_ALIGNMENT 16
// DATA:      extern const struct net_constants net_constants;
// DATA:      ai_handle ai_net_data_weights_get(void);
// DATA:      ai_bool ai_net_data_params_get(ai_network_params *params);

// SOURCE:      const void *x = stm32rt_at(context, NET_POOL_BIG, 16);
// SOURCE-NEXT: void *y = stm32rt_at(context, NET_POOL_FAST, 32);
// SOURCE:      const void *a = stm32rt_at(context, NET_POOL_FAST, 32);
// SOURCE-NEXT: const void *b = stm32rt_at(context, NET_POOL_FAST, 32);
// SOURCE-NEXT: void *y = stm32rt_at(context, NET_POOL_BIG, 48);
// SOURCE:      static const stm32rt_pool net_pools[2] = {
// SOURCE-NEXT:   {.name = "fast", .region = "dtcm",
// SOURCE:        {.name = "big", .region = "sdram",
stm32.model @net
    inputs([#stm32.io<"x:0", 0.5 : f32, -3>, #stm32.io<"z", 0.0 : f32, 0>])
    outputs([#stm32.io<"y", 0.5 : f32, 0>, #stm32.io<"z", 0.0 : f32, 0>]) {
  %k = stm32.packed ["bias", "multiplier", "shift", "weights"] [
    dense<0> : tensor<1xi32>, dense<5> : tensor<1xi32>,
    dense<38> : tensor<1xi32>, dense<1> : tensor<24xi8>]
    offset(0) : tensor<36xi8>
  %x = stm32.buffer @big offset(16) tensor(0) input(0) : !stm32.buffer<1x2x3x4xi8> loc("x")
  %z = stm32.buffer @big offset(512) tensor(1) input(1) : !stm32.buffer<1x3x4xf32> loc("z")
  %c = stm32.buffer @fast offset(32) tensor(2) : !stm32.buffer<1x4x4x1xi8> loc("c")
  %v = stm32.view %c tensor(3) : !stm32.buffer<1x4x4x1xi8> to !stm32.buffer<2x8xi8> loc("v")
  %y = stm32.buffer @big offset(48) tensor(4) : !stm32.buffer<2x8xi8> loc("y")
  stm32.conv_2d %x packed(%k) into %c {
    dilations = array<i64: 1, 1>, input_zp = 0 : i32,
    kernel = "stm32rt_conv_2d_s8", pad_value = -3 : i32,
    padding = array<i64: 1, 1, 1, 0>,
    requant = #stm32.requant<[5], [38], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x2x3x4xi8>, tensor<36xi8>, !stm32.buffer<1x4x4x1xi8>) -> ()
  stm32.binary add %v, %v into %y {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>, kernel = "stm32rt_add_s8",
    requant = #stm32.requant<[1073741824], [49], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<2x8xi8>, !stm32.buffer<2x8xi8>, !stm32.buffer<2x8xi8>) -> ()
  stm32.output %y, %z : !stm32.buffer<2x8xi8>, !stm32.buffer<1x3x4xf32>
}
