// Kernels of little code for a model as a whole.
//
// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-select-kernels{target=stm32f407vg optimize=flash}))' | FileCheck %s --check-prefixes=CHECK,FLASH
// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-select-kernels{target=stm32f407vg optimize=balanced}))' | FileCheck %s --check-prefixes=CHECK,FAST
// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-select-kernels{target=stm32g0b1re optimize=flash}))' | FileCheck %s --check-prefixes=CHECK,PLAIN

// One kernel for both convolutions; few products are not worth the larger kernel.
// CHECK-LABEL: stm32.model @shared
// FLASH-COUNT-2: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_s8_dsp"
// FLASH: stm32.fully_connected {{.*}}kernel = "stm32rt_fully_connected_s8"
// FAST: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_1x1_s8_dsp"
// FAST: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_s8_dsp"
// FAST: stm32.fully_connected {{.*}}kernel = "stm32rt_fully_connected_s8_dsp"
// PLAIN-COUNT-2: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_s8"
// PLAIN: stm32.fully_connected {{.*}}kernel = "stm32rt_fully_connected_s8"
stm32.model @shared inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x8x8x32xi8>):
  %w = stm32.constant dense<1> : tensor<32x1x1x32xi8>
  %v = stm32.constant dense<1> : tensor<32x3x3x32xi8>
  %u = stm32.constant dense<1> : tensor<10x32xi8>
  %b = stm32.constant dense<1> : tensor<32xi32>
  %c = stm32.constant dense<1> : tensor<10xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x8x8x32xi8>, tensor<32x1x1x32xi8>, tensor<32xi32>) -> tensor<1x8x8x32xi8>
  %1 = stm32.conv_2d %0 weights(%v) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x32xi8>, tensor<32x3x3x32xi8>, tensor<32xi32>) -> tensor<1x8x8x32xi8>
  %2 = stm32.fully_connected %1 weights(%u) bias(%c) {input_zp = 0 : i32,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x8x8x32xi8>, tensor<10x32xi8>, tensor<10xi32>) -> tensor<1x8x8x10xi8>
  stm32.output %2 : tensor<1x8x8x10xi8>
}

// A kernel that is smaller but takes many times the instructions is not taken;
// of an operator that names its kernel the others can have it for nothing.
// CHECK-LABEL: stm32.model @price
// FLASH: stm32.fully_connected {{.*}}kernel = "stm32rt_fully_connected_s8_dsp"
// FAST: stm32.fully_connected {{.*}}kernel = "stm32rt_fully_connected_s8_dsp"
// PLAIN: stm32.fully_connected {{.*}}kernel = "stm32rt_fully_connected_s8"
// FLASH: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_s8"
// FLASH: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_s8"
stm32.model @price inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1x1x640xi8>):
  %u = stm32.constant dense<1> : tensor<640x640xi8>
  %c = stm32.constant dense<1> : tensor<640xi32>
  %v = stm32.constant dense<1> : tensor<4x3x3x640xi8>
  %w = stm32.constant dense<1> : tensor<4x1x1x4xi8>
  %b = stm32.constant dense<1> : tensor<4xi32>
  %0 = stm32.fully_connected %x weights(%u) bias(%c) {input_zp = 0 : i32,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x1x1x640xi8>, tensor<640x640xi8>, tensor<640xi32>) -> tensor<1x1x1x640xi8>
  %1 = stm32.conv_2d %0 weights(%v) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, kernel = "stm32rt_conv_2d_s8", pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x1x1x640xi8>, tensor<4x3x3x640xi8>, tensor<4xi32>) -> tensor<1x1x1x4xi8>
  %2 = stm32.conv_2d %1 weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x1x1x4xi8>, tensor<4x1x1x4xi8>, tensor<4xi32>) -> tensor<1x1x1x4xi8>
  stm32.output %2 : tensor<1x1x1x4xi8>
}
