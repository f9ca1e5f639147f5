// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-pack-constants))' --split-input-file --verify-diagnostics | FileCheck %s

// Bias, multipliers, shifts, weights: 8 + 8 + 8 + 8 bytes. The constants in
// their first form are gone.
// CHECK-LABEL: stm32.model @plain
// CHECK-NEXT: ^bb0(%[[X:.*]]: tensor<1x4x4x2xi8>):
// CHECK-NEXT: %[[P:.*]] = stm32.packed ["bias", "multiplier", "shift", "weights"]
// CHECK-SAME: [dense<[9, -9]> : tensor<2xi32>, dense<[7, 8]> : tensor<2xi32>, dense<[40, 41]> : tensor<2xi32>,
// CHECK-SAME: dense<{{.*}}1, 2{{.*}}3, 4{{.*}}5, 6{{.*}}7, 8{{.*}}> : tensor<2x2x1x2xi8>] : tensor<32xi8>
// CHECK-NEXT: %[[A:.*]] = stm32.conv_2d %[[X]] packed(%[[P]]) {
// CHECK-SAME: requant = #stm32.requant<[7, 8], [40, 41], zp = 0, clamp = [-128, 127]>
// CHECK-SAME: (tensor<1x4x4x2xi8>, tensor<32xi8>) -> tensor<1x3x4x2xi8>
// CHECK-NEXT: %[[Q:.*]] = stm32.packed
// CHECK-SAME: dense<{{.*}}> : tensor<1x1x1x2xi8>] : tensor<18xi8>
// CHECK-NEXT: %[[B:.*]] = stm32.depthwise_conv_2d %[[A]] packed(%[[Q]])
// CHECK-NEXT: %[[R:.*]] = stm32.packed
// CHECK-SAME: dense<{{.*}}> : tensor<2x24xi8>] : tensor<64xi8>
// CHECK-NEXT: stm32.fully_connected %[[B]] packed(%[[R]])
// CHECK-NEXT: stm32.output
stm32.model @plain inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %w = stm32.constant dense<[[[[1, 2]], [[3, 4]]], [[[5, 6]], [[7, 8]]]]> : tensor<2x2x1x2xi8>
  %d = stm32.constant dense<1> : tensor<1x1x1x2xi8>
  %f = stm32.constant dense<1> : tensor<2x24xi8>
  %b = stm32.constant dense<[9, -9]> : tensor<2xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7, 8], [40, 41], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 2, 1>,
    kernel = "stm32rt_conv_2d_s8"}
    : (tensor<1x4x4x2xi8>, tensor<2x2x1x2xi8>, tensor<2xi32>) -> tensor<1x3x4x2xi8>
  %1 = stm32.depthwise_conv_2d %0 weights(%d) bias(%b) {
    dilations = array<i64: 1, 1>, input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_depthwise_conv_2d_s8"}
    : (tensor<1x3x4x2xi8>, tensor<1x1x1x2xi8>, tensor<2xi32>) -> tensor<1x3x4x2xi8>
  %2 = stm32.fully_connected %1 weights(%f) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    kernel = "stm32rt_fully_connected_s8"}
    : (tensor<1x3x4x2xi8>, tensor<2x24xi8>, tensor<2xi32>) -> tensor<1x2xi8>
  stm32.output %2 : tensor<1x2xi8>
}

// -----

// A stream: the number of pairs of output channels p and q that are not fast, then
// for each pair biases, weights, doubled multipliers, shifts less 32. Four input
// channels in turn are the bytes q0 p0 q2 p2 q1 p1 q3 p3, 128 added to q, zeros
// where there is none: 3 channels out are 4, 5 in are 8. The word 0x038d018b is
// q0 = 11, p0 = 1, q2 = 13, p2 = 3.
// CHECK-LABEL: stm32.model @pairs
// CHECK: stm32.packed ["stream"] [dense<[2,
// CHECK-SAME: 1, 2, 59572619, 76415628, 8390031, 8388736, 14, 14, 8, 8,
// CHECK-SAME: 3, 0, 394270080, 411047552, 8395136, 8388736, 14, -2147483648, 8, 8]> : tensor<21xi32>]
// CHECK-SAME: : tensor<84xi8>
// A constant with another user stays.
// CHECK: stm32.constant dense<[1, 2, 3]>
// CHECK: stm32.reshape
stm32.model @pairs inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>, #stm32.io<"z", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x5xi8>):
  %w = stm32.constant dense<[[[[1, 2, 3, 4, 5]]], [[[11, 12, 13, 14, 15]]],
    [[[21, 22, 23, 24, 25]]]]> : tensor<3x1x1x5xi8>
  %b = stm32.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_1x1_s8_dsp"}
    : (tensor<1x4x4x5xi8>, tensor<3x1x1x5xi8>, tensor<3xi32>) -> tensor<1x4x4x3xi8>
  %1 = stm32.constant dense<[1, 2, 3]> : tensor<3xi8>
  %2 = stm32.reshape %1 : tensor<3xi8> -> tensor<1x3xi8>
  stm32.output %0, %2 : tensor<1x4x4x3xi8>, tensor<1x3xi8>
}

// -----

// The block of an operator in a cascade stands before it; what is packed
// already stays; a constant may feed several operators.
// CHECK-LABEL: stm32.model @cascade
// CHECK: stm32.cascade
// CHECK: stm32.packed {{.*}} : tensor<13xi8>
// CHECK-NEXT: stm32.conv_2d %{{.*}} packed(
// CHECK-NEXT: stm32.packed {{.*}} : tensor<13xi8>
// CHECK-NEXT: stm32.conv_2d %{{.*}} packed(
// CHECK-NEXT: stm32.yield
// CHECK: %[[P:.*]] = stm32.packed ["all"]
// CHECK-NEXT: stm32.fully_connected %{{.*}} packed(%[[P]])
stm32.model @cascade inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x1xi8>):
  %w = stm32.constant dense<1> : tensor<1x1x1x1xi8>
  %b = stm32.constant dense<1> : tensor<1xi32>
  %r = stm32.cascade %x rows(1) : (tensor<1x4x4x1xi8>) -> tensor<1x4x4x1xi8> {
  ^bb0(%a: tensor<1x4x4x1xi8>):
    %0 = stm32.conv_2d %a weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
      input_zp = 0 : i32, pad_value = 2 : i32, padding = array<i64: 0, 0, 0, 0>,
      requant = #stm32.requant<[7], [40], zp = -3, clamp = [-10, 127]>,
      strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
      kernel = "stm32rt_conv_2d_s8"}
      : (tensor<1x4x4x1xi8>, tensor<1x1x1x1xi8>, tensor<1xi32>) -> tensor<1x4x4x1xi8>
    %1 = stm32.conv_2d %0 weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
      input_zp = 0 : i32, pad_value = 3 : i32, padding = array<i64: 0, 0, 0, 0>,
      requant = #stm32.requant<[7], [40], zp = -3, clamp = [-10, 127]>,
      strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
      kernel = "stm32rt_conv_2d_s8"}
      : (tensor<1x4x4x1xi8>, tensor<1x1x1x1xi8>, tensor<1xi32>) -> tensor<1x4x4x1xi8>
    stm32.yield %1 : tensor<1x4x4x1xi8>
  }
  %p = stm32.packed ["all"] [dense<0> : tensor<28xi8>] : tensor<28xi8>
  %2 = stm32.fully_connected %r packed(%p) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x1xi8>, tensor<28xi8>) -> tensor<1x1xi8>
  stm32.output %2 : tensor<1x1xi8>
}

// -----

// The accumulators that just fit (rules N3, N4): 2^31 - 1 - 127 with input 127.
// CHECK-LABEL: stm32.model @limit
// CHECK: stm32.packed
stm32.model @limit inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1xi8>):
  %w = stm32.constant dense<1> : tensor<1x1xi8>
  %b = stm32.constant dense<2147483520> : tensor<1xi32>
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [31], zp = 0, clamp = [-128, 127]>,
    kernel = "stm32rt_fully_connected_s8"}
    : (tensor<1x1xi8>, tensor<1x1xi8>, tensor<1xi32>) -> tensor<1x1xi8>
  stm32.output %0 : tensor<1x1xi8>
}

// -----

stm32.model @over_limit inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1xi8>):
  %w = stm32.constant dense<[[1], [-1]]> : tensor<2x1xi8>
  %b = stm32.constant dense<2147483520> : tensor<2xi32>
  // expected-error @+1 {{accumulator of channel 1 may reach 2147483648, which does not fit in 32 bits with a shift of 31}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [31], zp = 0, clamp = [-128, 127]>,
    kernel = "stm32rt_fully_connected_s8"}
    : (tensor<1x1xi8>, tensor<2x1xi8>, tensor<2xi32>) -> tensor<1x2xi8>
  stm32.output %0 : tensor<1x2xi8>
}

// -----

// A shift of 20 makes the accumulator 2^11 times larger; channel 0 has a longer
// shift. Channels of a depthwise convolution are the last dimension.
stm32.model @small_shift inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %d = stm32.constant dense<[[[[127, 127]], [[127, 127]]]]> : tensor<1x2x1x2xi8>
  %b = stm32.constant dense<[0, 1016318]> : tensor<2xi32>
  // expected-error @+1 {{accumulator of channel 1 may reach 1048576, which does not fit in 32 bits with a shift of 20}}
  %0 = stm32.depthwise_conv_2d %x weights(%d) bias(%b) {
    dilations = array<i64: 1, 1>, input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7, 7], [31, 20], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 2, 1>,
    kernel = "stm32rt_depthwise_conv_2d_s8"}
    : (tensor<1x4x4x2xi8>, tensor<1x2x1x2xi8>, tensor<2xi32>) -> tensor<1x3x4x2xi8>
  stm32.output %0 : tensor<1x3x4x2xi8>
}

// -----

stm32.model @no_kernel inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1xi8>):
  %w = stm32.constant dense<1> : tensor<1x1xi8>
  %b = stm32.constant dense<1> : tensor<1xi32>
  // expected-error @+1 {{has no kernel; run --stm32-select-kernels first}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x1xi8>, tensor<1x1xi8>, tensor<1xi32>) -> tensor<1x1xi8>
  stm32.output %0 : tensor<1x1xi8>
}

// -----

// The packing of a kernel that cannot do the operator would be nonsense.
stm32.model @wrong_kernel inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1xi8>):
  %w = stm32.constant dense<1> : tensor<1x1xi8>
  %b = stm32.constant dense<1> : tensor<1xi32>
  // expected-error @+1 {{cannot use kernel 'stm32rt_conv_2d_1x1_s8_dsp'}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    kernel = "stm32rt_conv_2d_1x1_s8_dsp"}
    : (tensor<1x1xi8>, tensor<1x1xi8>, tensor<1xi32>) -> tensor<1x1xi8>
  stm32.output %0 : tensor<1x1xi8>
}

// -----

stm32.model @no_constants inputs([#stm32.io<"x", 1.0 : f32, 0>, #stm32.io<"w", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1xi8>, %w: tensor<1x1xi8>):
  %b = stm32.constant dense<1> : tensor<1xi32>
  // expected-error @+1 {{weights and bias must be constant}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    kernel = "stm32rt_fully_connected_s8"}
    : (tensor<1x1xi8>, tensor<1x1xi8>, tensor<1xi32>) -> tensor<1x1xi8>
  stm32.output %0 : tensor<1x1xi8>
}
