// The functions, tables and descriptor of a model: <name>.c.
//
// RUN: stm32-opt --convert-stm32-to-emitc="target=stm32f407vg optimize=ram" \
// RUN:   --verify-roundtrip %s \
// RUN: | stm32-translate --mlir-to-c --stm32-file=net.c | FileCheck %s

stm32.memory_region @sram1 address(536870912) size(114688) {section = ".sram1"}
stm32.memory_region @flash address(134217728) size(1048576) {section = ".rodata"}
stm32.pool @activations in @sram1 size(2048) align(16)
stm32.pool @weights in @flash size(112) align(16) constants

// CHECK:      /* net.c - operators and descriptor of the model
// CHECK-NEXT:  *
// CHECK-NEXT:  * Made by stm32-compile {{[0-9.]+}}, not to be edited:
// CHECK-NEXT:  *   stm32-compile --target stm32f407vg --name net --optimize ram
// CHECK-NEXT:  * SHA-256 of the source model:
// CHECK-NEXT:  *   0123456789abcdef0123456789abcdef
// CHECK-NEXT:  *   0123456789abcdef0123456789abcdef
// CHECK-NEXT:  */
// CHECK-EMPTY:
// CHECK-NEXT: #include "net.h"
// CHECK:      #include "net_data.h"
// CHECK-NEXT: #include "stm32rt_kernels.h"
// CHECK:      #if STM32RT_ABI_VERSION != 6
stm32.model @net inputs([#stm32.io<"serving_default_x:0", 0.00390625 : f32, -128>])
    outputs([#stm32.io<"StatefulPartitionedCall:0", 0.1 : f32, 3>])
    attributes {signature = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"} {
  %k0 = stm32.packed ["bias", "multiplier", "shift", "weights"] [
    dense<[1, -2]> : tensor<2xi32>, dense<[1073741824, 5]> : tensor<2xi32>,
    dense<[38, 39]> : tensor<2xi32>, dense<1> : tensor<2x3x3x1xi8>]
    offset(0) : tensor<42xi8>
  %k1 = stm32.packed ["bias", "multiplier", "shift", "weights"] [
    dense<[1, 2]> : tensor<2xi32>, dense<5> : tensor<1xi32>,
    dense<38> : tensor<1xi32>, dense<3> : tensor<2x16xi8>]
    offset(64) : tensor<48xi8>
  %x = stm32.buffer @activations offset(0) storage(0) tensor(0) input(0) : !stm32.buffer<1x6x4x1xi8> loc("serving_default_x")
  %c = stm32.buffer @activations offset(64) storage(1) tensor(1) : !stm32.buffer<1x3x4x2xi8> loc("conv")
  %d = stm32.buffer @activations offset(128) storage(2) tensor(2) : !stm32.buffer<1x3x4x2xi8> loc("dw")
  %s = stm32.buffer @activations offset(1024) scratch : !stm32.buffer<256xi8>
  %p = stm32.buffer @activations offset(64) storage(1) tensor(3) : !stm32.buffer<1x1x2x2xi8> loc("max")
  %a = stm32.buffer @activations offset(160) storage(3) tensor(4) : !stm32.buffer<1x1x2x2xi8> loc("mean")
  %f = stm32.view %a tensor(5) : !stm32.buffer<1x1x2x2xi8> to !stm32.buffer<1x4xi8> loc("flat")
  %y = stm32.buffer @activations offset(512) storage(4) tensor(6) : !stm32.buffer<1x2xi8> loc("scores")

// CHECK:      /* 0: CONV_2D "conv", 1x6x4x1 -> 1x3x4x2, 216 MACs */
// CHECK-NEXT: static const stm32rt_window net_op_0_window = {
// CHECK-NEXT:   .batches = 1,
// CHECK-NEXT:   .x = {.height = 6, .width = 4, .channels = 1, .row_stride = 4,
// CHECK-NEXT:         .pixel_stride = 1, .channel_stride = 1},
// CHECK-NEXT:   .y = {.height = 3, .width = 4, .channels = 2, .row_stride = 8,
// CHECK-NEXT:         .pixel_stride = 2, .channel_stride = 1},
// CHECK-NEXT:   .kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 1,
// CHECK-NEXT:   .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 1,
// CHECK-NEXT:   .pad_value = -128,
// CHECK-NEXT:   .y_zero_point = -127, .y_min = -126, .y_max = 127, .quant_stride = 1,
// CHECK-NEXT: };
// CHECK-NEXT: static void net_op_0(const stm32rt_context *context) {
// CHECK-NEXT:   const void *x = stm32rt_at(context, NET_POOL_ACTIVATIONS, 0);
// CHECK-NEXT:   void *y = stm32rt_at(context, NET_POOL_ACTIVATIONS, 64);
// CHECK-NEXT:   const void *constants = stm32rt_constant(context, 0);
// CHECK-NEXT:   void *scratch = stm32rt_at(context, NET_POOL_ACTIVATIONS, 1024);
// CHECK-NEXT:   stm32rt_conv_2d_s8(&net_op_0_window, x, y, constants, scratch);
// CHECK-NEXT: }
  stm32.conv_2d %x packed(%k0) into %c scratch(%s) {
    dilations = array<i64: 1, 1>, input_zp = 0 : i32,
    kernel = "stm32rt_conv_2d_s8", pad_value = -128 : i32,
    padding = array<i64: 0, 1, 1, 1>,
    requant = #stm32.requant<[1073741824, 5], [38, 39], zp = -127, clamp = [-126, 127]>,
    strides = array<i64: 2, 1>, window = array<i64: 3, 3>}
    : (!stm32.buffer<1x6x4x1xi8>, tensor<42xi8>, !stm32.buffer<1x3x4x2xi8>, !stm32.buffer<256xi8>) -> ()

// A constant block may serve two operators. One multiplier for all channels.
// CHECK:      /* 1: DEPTHWISE_CONV_2D "dw", 1x3x4x2 -> 1x3x4x2, 216 MACs */
// CHECK:        .quant_stride = 0,
// CHECK:        const void *constants = stm32rt_constant(context, 64);
// CHECK-NEXT:   stm32rt_depthwise_conv_2d_s8(&net_op_1_window, x, y, constants, NULL);
  stm32.depthwise_conv_2d %c packed(%k1) into %d {
    dilations = array<i64: 1, 1>, input_zp = 0 : i32,
    kernel = "stm32rt_depthwise_conv_2d_s8", pad_value = -127 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[5], [38], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (!stm32.buffer<1x3x4x2xi8>, tensor<48xi8>, !stm32.buffer<1x3x4x2xi8>) -> ()

// CHECK:      /* 2: MAX_POOL_2D "max", 1x3x4x2 -> 1x1x2x2 */
// CHECK:        .kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2,
// CHECK-NEXT:   .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 0,
// CHECK-NEXT:   .pad_value = 0,
// CHECK-NEXT:   .y_zero_point = 0, .y_min = -5, .y_max = 6, .quant_stride = 0,
// CHECK:        const void *x = stm32rt_at(context, NET_POOL_ACTIVATIONS, 128);
// CHECK-NEXT:   void *y = stm32rt_at(context, NET_POOL_ACTIVATIONS, 64);
// CHECK-NEXT:   stm32rt_max_pool_2d_s8(&net_op_2_window, x, y);
  stm32.max_pool_2d %d into %p {clamp = array<i32: -5, 6>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 2, 2>, window = array<i64: 2, 2>}
    : (!stm32.buffer<1x3x4x2xi8>, !stm32.buffer<1x1x2x2xi8>) -> ()

// CHECK:      /* 3: AVERAGE_POOL_2D "mean", 1x1x2x2 -> 1x1x2x2 */
// CHECK:        stm32rt_average_pool_2d_s8(&net_op_3_window, x, y);
  stm32.average_pool_2d %p into %a {clamp = array<i32: -128, 127>,
    kernel = "stm32rt_average_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x1x2x2xi8>, !stm32.buffer<1x1x2x2xi8>) -> ()

// CHECK:      /* 4: FULLY_CONNECTED "scores", 1x4 -> 1x2, 8 MACs */
// CHECK-NEXT: static const stm32rt_fully_connected net_op_4_fully_connected = {
// CHECK-NEXT:   .rows = 1, .in_features = 4, .out_features = 2,
// CHECK-NEXT:   .y_zero_point = 3, .y_min = -128, .y_max = 127, .quant_stride = 0,
// CHECK-NEXT: };
// CHECK:        const void *x = stm32rt_at(context, NET_POOL_ACTIVATIONS, 160);
// CHECK:        const void *constants = stm32rt_constant(context, 64);
// CHECK-NEXT:   stm32rt_fully_connected_s8(&net_op_4_fully_connected, x, y, constants, NULL);
  stm32.fully_connected %f packed(%k1) into %y {input_zp = 0 : i32,
    kernel = "stm32rt_fully_connected_s8",
    requant = #stm32.requant<[5], [38], zp = 3, clamp = [-128, 127]>}
    : (!stm32.buffer<1x4xi8>, tensor<48xi8>, !stm32.buffer<1x2xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x2xi8>
}

// CHECK:      static const stm32rt_tensor net_tensors[7] = {
// CHECK-NEXT:   /* 0 */
// CHECK-NEXT:   {.name = "serving_default_x",
// CHECK-NEXT:    .type = STM32RT_INT8, .rank = 4, .shape = {1, 6, 4, 1},
// CHECK-NEXT:    .pool = NET_POOL_ACTIVATIONS, .offset = 0, .size = 24, .scale = 0x1p-8f,
// CHECK-NEXT:    .zero_point = -128},
// CHECK-NEXT:   /* 1 */
// CHECK-NEXT:   {.name = "conv",
// CHECK-NEXT:    .type = STM32RT_INT8, .rank = 4, .shape = {1, 3, 4, 2},
// CHECK-NEXT:    .pool = NET_POOL_ACTIVATIONS, .offset = 64, .size = 24},
// CHECK:        /* 5 */
// CHECK-NEXT:   {.name = "flat",
// CHECK-NEXT:    .type = STM32RT_INT8, .rank = 2, .shape = {1, 4},
// CHECK-NEXT:    .pool = NET_POOL_ACTIVATIONS, .offset = 160, .size = 4},
// CHECK-NEXT:   /* 6 */
// CHECK-NEXT:   {.name = "scores",
// CHECK:         .scale = 0x1.99999ap-4f, .zero_point = 3},
// CHECK-NEXT: };
// CHECK:      static const uint16_t net_inputs[1] = {0};
// CHECK-NEXT: static const uint16_t net_outputs[1] = {6};
// CHECK:      static const stm32rt_pool net_pools[1] = {
// CHECK-NEXT:   {.name = "activations", .region = "sram1",
// CHECK-NEXT:    .size = NET_POOL_ACTIVATIONS_SIZE,
// CHECK-NEXT:    .alignment = NET_POOL_ACTIVATIONS_ALIGN},
// CHECK-NEXT: };
// CHECK:      static const stm32rt_operator net_operators[5] = {
// CHECK-NEXT:   /* 0 */
// CHECK-NEXT:   {.name = "conv",
// CHECK-NEXT:    .kind = "CONV_2D", .kernel = "stm32rt_conv_2d_s8", .macs = 216u,
// CHECK-NEXT:    .output = 1, .outputs = 1, .run = net_op_0},
// CHECK:        /* 4 */
// CHECK-NEXT:   {.name = "scores",
// CHECK-NEXT:    .kind = "FULLY_CONNECTED", .kernel = "stm32rt_fully_connected_s8",
// CHECK-NEXT:    .macs = 8u, .output = 6, .outputs = 1, .run = net_op_4},
// CHECK-NEXT: };

// CHECK:      const stm32rt_model net_model = {
// CHECK-NEXT:   .abi = &stm32rt_abi_v6,
// CHECK-NEXT:   .abi_version = 6,
// CHECK-NEXT:   .name = AI_NET_MODEL_NAME,
// CHECK-NEXT:   .tool_version = "{{[0-9.]+}}",
// CHECK-NEXT:   .signature = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
// CHECK:        .tensor_count = 7,
// CHECK:        .weights = &net_constants,
// CHECK:      static const stm32rt_model *const net_entry STM32RT_SECTION(".nn_models") =
// CHECK-NEXT:     &net_model;

// CHECK:      static ai_platform_network net_instances[AI_NET_INSTANCES];
// CHECK:      ai_error ai_net_create(ai_handle *network, const ai_buffer *config) {
// CHECK-NEXT:   return ai_platform_create(&net_family, network, config);
// CHECK:      ai_bool ai_net_init(ai_handle network, const ai_network_params *params) {
// CHECK:      ai_error ai_net_create_and_init(ai_handle *network,
// CHECK:      ai_handle ai_net_destroy(ai_handle network) {
// CHECK:      ai_error ai_net_get_error(ai_handle network) {
// CHECK:      ai_bool ai_net_get_report(ai_handle network, ai_network_report *report) {
// CHECK:      ai_buffer *ai_net_inputs_get(ai_handle network, ai_u16 *count) {
// CHECK:      ai_buffer *ai_net_outputs_get(ai_handle network, ai_u16 *count) {
// CHECK:      ai_i32 ai_net_run(ai_handle network, const ai_buffer inputs[],
// CHECK:      ai_i32 ai_net_forward(ai_handle network, const ai_buffer inputs[]) {
// CHECK:      ai_bool ai_net_data_params_get(ai_network_params *params) {
