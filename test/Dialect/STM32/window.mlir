// RUN: stm32-opt %s --verify-roundtrip | FileCheck %s

// Convolutions, products and pools of other types than int8.

// CHECK-LABEL: stm32.model @types
stm32.model @types inputs([#stm32.io<"s", 0.5 : f32, 0>, #stm32.io<"f", 0.0 : f32, 0>])
    outputs([#stm32.io<"y", 0.5 : f32, 0>, #stm32.io<"z", 0.0 : f32, 0>, #stm32.io<"h", 0.0 : f32, 0>]) {
^bb0(%s: tensor<1x4x4x2xi16>, %f: tensor<1x4x4x2xf32>):
  %w = stm32.constant dense<1> : tensor<3x2x2x2xi8>
  %b = stm32.constant dense<1> : tensor<3xi64>
  // CHECK: stm32.conv_2d {{.*}} single = true>
  %0 = stm32.conv_2d %s weights(%w) bias(%b) {
    dilations = array<i64: 1, 1>, input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 1, 0, 1>,
    requant = #stm32.requant<[20000], [20], zp = 0, clamp = [-32768, 32767], single = true>,
    strides = array<i64: 1, 1>, window = array<i64: 2, 2>}
    : (tensor<1x4x4x2xi16>, tensor<3x2x2x2xi8>, tensor<3xi64>) -> tensor<1x4x4x3xi16>
  // CHECK: stm32.max_pool_2d {{.*}} tensor<1x2x2x3xi16>
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: 0, 32767>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>} : (tensor<1x4x4x3xi16>) -> tensor<1x2x2x3xi16>
  %fw = stm32.constant dense<1.0> : tensor<3x3x3x2xf32>
  %fb = stm32.constant dense<1.0> : tensor<3xf32>
  // CHECK: stm32.transpose_conv_2d {{.*}}float_clamp = array<f32: 0.000000e+00, 6.000000e+00>
  %2 = stm32.transpose_conv_2d %f weights(%fw) bias(%fb) {
    float_clamp = array<f32: 0.0, 6.0>, input_zp = 0 : i32,
    padding = array<i64: 0, 1>, strides = array<i64: 2, 2>,
    window = array<i64: 3, 3>}
    : (tensor<1x4x4x2xf32>, tensor<3x3x3x2xf32>, tensor<3xf32>) -> tensor<1x9x8x3xf32>
  %hw = stm32.constant dense<1> : tensor<3x32xi8>
  // CHECK: stm32.fully_connected {{.*}}asymmetric_inputs{{.*}}weight_scales
  %3 = stm32.fully_connected %f weights(%hw) bias(%fb) {asymmetric_inputs,
    float_clamp = array<f32: -1.0, 1.0>, input_zp = 0 : i32,
    weight_scales = array<f32: 0.5>}
    : (tensor<1x4x4x2xf32>, tensor<3x32xi8>, tensor<3xf32>) -> tensor<1x3xf32>
  stm32.output %1, %2, %3 : tensor<1x2x2x3xi16>, tensor<1x9x8x3xf32>, tensor<1x3xf32>
}
