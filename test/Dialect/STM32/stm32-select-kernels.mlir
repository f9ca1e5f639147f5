// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-select-kernels))' | FileCheck %s --check-prefixes=CHECK,C
// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-select-kernels{target=stm32g0b1re optimize=time}))' | FileCheck %s --check-prefixes=CHECK,C
// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-select-kernels{target=STM32F407VG optimize=balanced}))' | FileCheck %s --check-prefixes=CHECK,DSP,FAST
// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-select-kernels{target=stm32f407vg optimize=ram}))' | FileCheck %s --check-prefixes=CHECK,DSP,SMALL
// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-select-kernels{target=stm32n657x0}))' | FileCheck %s --check-prefixes=CHECK,MVE
// RUN: not stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-select-kernels{target=z80}))' 2>&1 | FileCheck %s --check-prefix=PART
// RUN: not stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-select-kernels{optimize=all}))' 2>&1 | FileCheck %s --check-prefix=GOAL

// PART: error: unknown target 'z80'; known are generic-m0plus, {{.*}}, host, {{.*}}stm32f407vg, {{.*}}stm32u575zi{{$}}
// GOAL: error: unknown optimization 'all'; known are time, balanced, ram, flash

// The cheapest kernel that the core can run.
// CHECK-LABEL: stm32.model @convolutions
// C: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_s8"
// DSP: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_1x1_s8_dsp"
// MVE: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_1x1_s8_mve"
stm32.model @convolutions inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x8xi8>):
  %w = stm32.constant dense<1> : tensor<8x1x1x8xi8>
  %v = stm32.constant dense<1> : tensor<8x3x3x8xi8>
  %d = stm32.constant dense<1> : tensor<1x1x1x8xi8>
  %b = stm32.constant dense<1> : tensor<8xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x8xi8>, tensor<8x1x1x8xi8>, tensor<8xi32>) -> tensor<1x4x4x8xi8>
  // What is not pointwise: a window, a stride, padding, fewer pixels, a planar
  // tensor.
  // C-COUNT-5: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_s8"
  // DSP-COUNT-4: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_s8_dsp"
  // DSP: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_s8"
  // MVE-COUNT-4: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_s8_mve"
  // MVE: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_s8"
  %1 = stm32.conv_2d %0 weights(%v) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x4x4x8xi8>, tensor<8x3x3x8xi8>, tensor<8xi32>) -> tensor<1x4x4x8xi8>
  %2 = stm32.conv_2d %1 weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 4, 0, 0, 0>,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 2, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x8xi8>, tensor<8x1x1x8xi8>, tensor<8xi32>) -> tensor<1x4x4x8xi8>
  %3 = stm32.conv_2d %2 weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 1, 0>,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x8xi8>, tensor<8x1x1x8xi8>, tensor<8xi32>) -> tensor<1x4x4x8xi8>
  %4 = stm32.conv_2d %3 weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x8xi8>, tensor<8x1x1x8xi8>, tensor<8xi32>) -> tensor<1x3x4x8xi8>
  %5 = stm32.conv_2d %4 weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x3x4x8xi8>, tensor<8x1x1x8xi8>, tensor<8xi32>) -> tensor<1x3x4x8xi8, #stm32.layout<planar>>
  // CHECK: stm32.depthwise_conv_2d {{.*}}kernel = "stm32rt_depthwise_conv_2d_s8"
  %6 = stm32.depthwise_conv_2d %5 weights(%d) bias(%b) {
    dilations = array<i64: 1, 1>, input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1518500250], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x3x4x8xi8, #stm32.layout<planar>>, tensor<1x1x1x8xi8>, tensor<8xi32>) -> tensor<1x3x4x8xi8>
  stm32.output %6 : tensor<1x3x4x8xi8>
}

// A kernel that was chosen stays, though another is cheaper.
// CHECK-LABEL: stm32.model @chosen
// CHECK: stm32.conv_2d {{.*}}kernel = "stm32rt_conv_2d_s8"
stm32.model @chosen inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %w = stm32.constant dense<1> : tensor<2x1x1x2xi8>
  %b = stm32.constant dense<1> : tensor<2xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_s8"}
    : (tensor<1x4x4x2xi8>, tensor<2x1x1x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  stm32.output %0 : tensor<1x4x4x2xi8>
}

// The types choose among the kernels of one operator; operators in a cascade
// are served as well.
// CHECK-LABEL: stm32.model @others
// CHECK: stm32.quantize {{.*}}kernel = "stm32rt_quantize_f32_s8"
// CHECK: stm32.quantize {{.*}}kernel = "stm32rt_quantize_f32_u8"
// CHECK: stm32.requantize {{.*}}kernel = "stm32rt_requantize_s8_s8"
// CHECK: stm32.requantize {{.*}}kernel = "stm32rt_requantize_u8_s8"
// CHECK: stm32.binary add {{.*}}kernel = "stm32rt_add_s8{{_half|_dsp|_mve}}"
// CHECK: stm32.pad {{.*}}kernel = "stm32rt_pad_8"
// CHECK: stm32.cascade
// CHECK: stm32.max_pool_2d {{.*}}kernel = "stm32rt_max_pool_2d_s8"
// CHECK: stm32.average_pool_2d {{.*}}kernel = "stm32rt_average_pool_2d_s8{{(_mve)?}}"
// CHECK: stm32.reduce mean {{.*}}kernel = "stm32rt_reduce_sum_s8"
// CHECK: stm32.fully_connected {{.*}}kernel = "stm32rt_fully_connected_s8{{(_dsp|_mve)?}}"
// CHECK: stm32.softmax {{.*}}kernel = "stm32rt_softmax_s8"
// CHECK: stm32.requantize {{.*}}kernel = "stm32rt_requantize_s8_u8"
// CHECK: stm32.dequantize {{.*}}kernel = "stm32rt_dequantize_s8_f32"
// CHECK: stm32.dequantize {{.*}}kernel = "stm32rt_dequantize_u8_f32"
stm32.model @others inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>, #stm32.io<"z", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x1xf32>):
  %0 = stm32.quantize %x {scale = 0.5 : f32, zero_point = 0 : i32}
    : (tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xi8>
  %1 = stm32.quantize %x {scale = 0.5 : f32, zero_point = 0 : i32}
    : (tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xui8>
  %2 = stm32.requantize %0 {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x1xi8>) -> tensor<1x4x4x1xi8>
  %3 = stm32.requantize %1 {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x1xui8>) -> tensor<1x4x4x1xi8>
  %4 = stm32.binary add %2, %3 {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x1xi8>, tensor<1x4x4x1xi8>) -> tensor<1x4x4x1xi8>
  %5 = stm32.pad %4 {before = array<i64: 0, 1, 1, 0>,
    after = array<i64: 0, 1, 1, 0>, value = 0 : i32}
    : (tensor<1x4x4x1xi8>) -> tensor<1x6x6x1xi8>
  %6 = stm32.cascade %5 rows(1) : (tensor<1x6x6x1xi8>) -> tensor<1x6x6x1xi8> {
  ^bb0(%a: tensor<1x6x6x1xi8>):
    %p = stm32.max_pool_2d %a {clamp = array<i32: 0, 9>,
      padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
      window = array<i64: 3, 3>} : (tensor<1x6x6x1xi8>) -> tensor<1x6x6x1xi8>
    %q = stm32.average_pool_2d %p {clamp = array<i32: 0, 9>,
      padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
      window = array<i64: 3, 3>} : (tensor<1x6x6x1xi8>) -> tensor<1x6x6x1xi8>
    stm32.yield %q : tensor<1x6x6x1xi8>
  }
  %7 = stm32.reduce mean %6 {axes = array<i64: 1>, input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x6x6x1xi8>) -> tensor<1x6x1xi8>
  %w = stm32.constant dense<1> : tensor<2x6xi8>
  %b = stm32.constant dense<1> : tensor<2xi32>
  %8 = stm32.fully_connected %7 weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x6x1xi8>, tensor<2x6xi8>, tensor<2xi32>) -> tensor<1x2xi8>
  %9 = stm32.softmax %8 {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (tensor<1x2xi8>) -> tensor<1x2xi8>
  %10 = stm32.requantize %9 {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [0, 255]>}
    : (tensor<1x2xi8>) -> tensor<1x2xui8>
  %11 = stm32.dequantize %9 {scale = 0.5 : f32, zero_point = 0 : i32}
    : (tensor<1x2xi8>) -> tensor<1x2xf32>
  %12 = stm32.dequantize %10 {scale = 0.5 : f32, zero_point = 0 : i32}
    : (tensor<1x2xui8>) -> tensor<1x2xf32>
  stm32.output %11, %12 : tensor<1x2xf32>, tensor<1x2xf32>
}

// Kernels that pay with RAM and code serve the aims that their records name.
// CHECK-LABEL: stm32.model @aims
// C: stm32.depthwise_conv_2d {{.*}}kernel = "stm32rt_depthwise_conv_2d_s8{{(_quads)?}}"
// FAST: stm32.depthwise_conv_2d {{.*}}kernel = "stm32rt_depthwise_conv_2d_3x3_s8_dsp"
// SMALL: stm32.depthwise_conv_2d {{.*}}kernel = "stm32rt_depthwise_conv_2d_s8_dsp"
// MVE: stm32.depthwise_conv_2d {{.*}}kernel = "stm32rt_depthwise_conv_2d_s8_mve"
stm32.model @aims inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x16x16x8xi8>):
  %w = stm32.constant dense<1> : tensor<1x3x3x8xi8>
  %b = stm32.constant dense<1> : tensor<8xi32>
  %0 = stm32.depthwise_conv_2d %x weights(%w) bias(%b) {
    dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x16x16x8xi8>, tensor<1x3x3x8xi8>, tensor<8xi32>) -> tensor<1x16x16x8xi8>
  stm32.output %0 : tensor<1x16x16x8xi8>
}
