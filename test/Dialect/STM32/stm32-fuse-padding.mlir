// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-fuse-padding))' | FileCheck %s

// Padding is top, bottom, left, right; the convolution's own comes on top of
// the pad's. What is read outside becomes the pad's value; zero points stay.
// CHECK-LABEL: stm32.model @fused
// CHECK: ^bb0(%[[X:.*]]: tensor<1x4x4x2xi8>):
// CHECK-NOT: stm32.pad
// CHECK: stm32.conv_2d %[[X]] {{.*}}input_zp = 9 : i32, pad_value = -7 : i32, padding = array<i64: 1, 3, 2, 4>,
// CHECK: stm32.depthwise_conv_2d %[[X]] {{.*}}input_zp = 9 : i32, pad_value = -7 : i32, padding = array<i64: 2, 3, 2, 5>,
// CHECK: stm32.conv_2d %[[X]] {{.*}}pad_value = 5 : i32, padding = array<i64: 1, 1, 1, 1>,
// CHECK: stm32.output
stm32.model @fused inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"a", 1.0 : f32, 0>, #stm32.io<"b", 1.0 : f32, 0>, #stm32.io<"c", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %w = stm32.constant dense<1> : tensor<1x3x3x2xi8>
  %b = stm32.constant dense<1> : tensor<1xi32>
  %c = stm32.constant dense<1> : tensor<2xi32>
  %p = stm32.pad %x {before = array<i64: 0, 1, 2, 0>,
    after = array<i64: 0, 3, 4, 0>, value = -7 : i32}
    : (tensor<1x4x4x2xi8>) -> tensor<1x8x10x2xi8>
  // Without padding of its own, the convolution's pad value means nothing.
  %0 = stm32.conv_2d %p weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 9 : i32, pad_value = 9 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x10x2xi8>, tensor<1x3x3x2xi8>, tensor<1xi32>) -> tensor<1x6x8x1xi8>
  // The same value: both surround the image.
  %1 = stm32.depthwise_conv_2d %p weights(%w) bias(%c) {
    dilations = array<i64: 1, 1>, input_zp = 9 : i32, pad_value = -7 : i32,
    padding = array<i64: 1, 0, 0, 1>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x10x2xi8>, tensor<1x3x3x2xi8>, tensor<2xi32>) -> tensor<1x7x9x2xi8>
  // Each side has padding of its own or of the pad.
  %q = stm32.pad %x {before = array<i64: 0, 1, 0, 0>,
    after = array<i64: 0, 0, 1, 0>, value = 5 : i32}
    : (tensor<1x4x4x2xi8>) -> tensor<1x5x5x2xi8>
  %2 = stm32.conv_2d %q weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 5 : i32, padding = array<i64: 0, 1, 1, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x5x5x2xi8>, tensor<1x3x3x2xi8>, tensor<1xi32>) -> tensor<1x4x4x1xi8>
  stm32.output %0, %1, %2 : tensor<1x6x8x1xi8>, tensor<1x7x9x2xi8>, tensor<1x4x4x1xi8>
}

// A pad with other users stays for them.
// CHECK-LABEL: stm32.model @shared
// CHECK: ^bb0(%[[X:.*]]: tensor<1x4x4x2xi8>):
// CHECK: %[[P:.*]] = stm32.pad %[[X]]
// CHECK: stm32.conv_2d %[[X]] {{.*}}padding = array<i64: 1, 1, 1, 1>
// CHECK: stm32.max_pool_2d %[[P]] {{.*}}padding = array<i64: 0, 0, 0, 0>
// CHECK: stm32.average_pool_2d %[[P]] {{.*}}padding = array<i64: 0, 0, 0, 0>
stm32.model @shared inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"a", 1.0 : f32, 0>, #stm32.io<"b", 1.0 : f32, 0>, #stm32.io<"c", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %w = stm32.constant dense<1> : tensor<1x3x3x2xi8>
  %b = stm32.constant dense<1> : tensor<1xi32>
  %p = stm32.pad %x {before = array<i64: 0, 1, 1, 0>,
    after = array<i64: 0, 1, 1, 0>, value = -7 : i32}
    : (tensor<1x4x4x2xi8>) -> tensor<1x6x6x2xi8>
  %0 = stm32.conv_2d %p weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x6x6x2xi8>, tensor<1x3x3x2xi8>, tensor<1xi32>) -> tensor<1x4x4x1xi8>
  %1 = stm32.max_pool_2d %p {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>} : (tensor<1x6x6x2xi8>) -> tensor<1x4x4x2xi8>
  %2 = stm32.average_pool_2d %p {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>} : (tensor<1x6x6x2xi8>) -> tensor<1x4x4x2xi8>
  stm32.output %0, %1, %2 : tensor<1x4x4x1xi8>, tensor<1x4x4x2xi8>, tensor<1x4x4x2xi8>
}

// A padding of another value, a pad of channels or of images, a kernel that was
// chosen already: nothing is fused.
// CHECK-LABEL: stm32.model @not_fused
// CHECK: stm32.pad
// CHECK-NEXT: stm32.conv_2d {{.*}}pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 1>
// CHECK-NEXT: stm32.pad
// CHECK-NEXT: stm32.conv_2d {{.*}}pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>
// CHECK-NEXT: stm32.pad
// CHECK-NEXT: stm32.conv_2d {{.*}}pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>
// CHECK-NEXT: stm32.pad
// CHECK-NEXT: stm32.conv_2d {{.*}}pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>
stm32.model @not_fused inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"a", 1.0 : f32, 0>, #stm32.io<"b", 1.0 : f32, 0>, #stm32.io<"c", 1.0 : f32, 0>, #stm32.io<"d", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x1xi8>):
  %w = stm32.constant dense<1> : tensor<1x1x1x1xi8>
  %v = stm32.constant dense<1> : tensor<1x1x1x2xi8>
  %b = stm32.constant dense<1> : tensor<1xi32>
  %p = stm32.pad %x {before = array<i64: 0, 1, 1, 0>,
    after = array<i64: 0, 1, 1, 0>, value = -7 : i32}
    : (tensor<1x4x4x1xi8>) -> tensor<1x6x6x1xi8>
  %0 = stm32.conv_2d %p weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 1>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x6x6x1xi8>, tensor<1x1x1x1xi8>, tensor<1xi32>) -> tensor<1x6x7x1xi8>
  %q = stm32.pad %x {before = array<i64: 0, 0, 0, 0>,
    after = array<i64: 0, 1, 1, 1>, value = 0 : i32}
    : (tensor<1x4x4x1xi8>) -> tensor<1x5x5x2xi8>
  %1 = stm32.conv_2d %q weights(%v) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x5x5x2xi8>, tensor<1x1x1x2xi8>, tensor<1xi32>) -> tensor<1x5x5x1xi8>
  %r = stm32.pad %x {before = array<i64: 1, 0, 0, 0>,
    after = array<i64: 0, 1, 1, 0>, value = 0 : i32}
    : (tensor<1x4x4x1xi8>) -> tensor<2x5x5x1xi8>
  %2 = stm32.conv_2d %r weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<2x5x5x1xi8>, tensor<1x1x1x1xi8>, tensor<1xi32>) -> tensor<2x5x5x1xi8>
  %s = stm32.pad %x {before = array<i64: 0, 1, 1, 0>,
    after = array<i64: 0, 1, 1, 0>, value = 0 : i32}
    : (tensor<1x4x4x1xi8>) -> tensor<1x6x6x1xi8>
  %3 = stm32.conv_2d %s weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_1x1_s8_dsp"}
    : (tensor<1x6x6x1xi8>, tensor<1x1x1x1xi8>, tensor<1xi32>) -> tensor<1x6x6x1xi8>
  stm32.output %0, %1, %2, %3 : tensor<1x6x7x1xi8>, tensor<1x5x5x1xi8>, tensor<2x5x5x1xi8>, tensor<1x6x6x1xi8>
}

// The padded tensor is the weights, or both.
// CHECK-LABEL: stm32.model @weights
// CHECK: ^bb0(%[[X:.*]]: tensor<1x4x4x2xi8>):
// CHECK: %[[P:.*]] = stm32.pad %[[X]]
// CHECK: stm32.conv_2d %[[X]] weights(%[[P]]) {{.*}}padding = array<i64: 2, 2, 2, 2>
// CHECK: stm32.conv_2d %[[X]] weights(%[[P]]) {{.*}}padding = array<i64: 2, 1, 1, 1>
stm32.model @weights inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"a", 1.0 : f32, 0>, #stm32.io<"b", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %b = stm32.constant dense<1> : tensor<1xi32>
  %p = stm32.pad %x {before = array<i64: 0, 1, 1, 0>,
    after = array<i64: 0, 0, 0, 0>, value = 0 : i32}
    : (tensor<1x4x4x2xi8>) -> tensor<1x5x5x2xi8>
  %0 = stm32.conv_2d %x weights(%p) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 2, 2, 2, 2>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 5, 5>}
    : (tensor<1x4x4x2xi8>, tensor<1x5x5x2xi8>, tensor<1xi32>) -> tensor<1x4x4x1xi8>
  %1 = stm32.conv_2d %p weights(%p) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 1, 1, 0, 1>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 5, 5>}
    : (tensor<1x5x5x2xi8>, tensor<1x5x5x2xi8>, tensor<1xi32>) -> tensor<1x3x2x1xi8>
  stm32.output %0, %1 : tensor<1x4x4x1xi8>, tensor<1x3x2x1xi8>
}
