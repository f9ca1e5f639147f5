// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-select-kernels{target=stm32f407vg}))' --split-input-file --verify-diagnostics

stm32.model @unknown inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<8xi8>):
  // expected-error @+1 {{names kernel 'nothing', which has no record}}
  %0 = stm32.softmax %x {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32, kernel = "nothing"} : (tensor<8xi8>) -> tensor<8xi8>
  stm32.output %0 : tensor<8xi8>
}

// -----

// A kernel of another operator.
stm32.model @other_operator inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<8xi8>):
  // expected-error @+1 {{cannot use kernel 'stm32rt_add_s8' on stm32f407vg}}
  %0 = stm32.softmax %x {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32, kernel = "stm32rt_add_s8"}
    : (tensor<8xi8>) -> tensor<8xi8>
  stm32.output %0 : tensor<8xi8>
}

// -----

// A kernel of another core.
stm32.model @other_core inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %w = stm32.constant dense<1> : tensor<2x1x1x2xi8>
  %b = stm32.constant dense<1> : tensor<2xi32>
  // expected-error @+1 {{cannot use kernel 'stm32rt_conv_2d_1x1_s8_mve' on stm32f407vg}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_1x1_s8_mve"}
    : (tensor<1x4x4x2xi8>, tensor<2x1x1x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  stm32.output %0 : tensor<1x4x4x2xi8>
}

// -----

stm32.model @zero_point inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x2xi8>):
  %w = stm32.constant dense<1> : tensor<2x2xi8>
  %b = stm32.constant dense<1> : tensor<2xi32>
  // expected-error @+1 {{has no kernel that can do it on stm32f407vg}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 1 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x2xi8>, tensor<2x2xi8>, tensor<2xi32>) -> tensor<1x2xi8>
  stm32.output %0 : tensor<1x2xi8>
}

// -----

// Rows of a planar tensor do not lie as a matrix product reads them.
stm32.model @planar inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x2x1x2xi8, #stm32.layout<planar>>):
  %w = stm32.constant dense<1> : tensor<2x4xi8>
  %b = stm32.constant dense<1> : tensor<2xi32>
  // expected-error @+1 {{has no kernel that can do it on stm32f407vg}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x2x1x2xi8, #stm32.layout<planar>>, tensor<2x4xi8>, tensor<2xi32>) -> tensor<1x2xi8>
  stm32.output %0 : tensor<1x2xi8>
}
