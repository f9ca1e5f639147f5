// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-fold-zero-points))' --split-input-file --verify-diagnostics | FileCheck %s

// The new bias is bias - input_zp * (sum of the channel's weights); what is read
// outside of the image stays.
// CHECK-LABEL: stm32.model @folded
// CHECK: ^bb0(%[[X:.*]]: tensor<1x4x4x2xi8>):
// CHECK: %[[W:.*]] = stm32.constant dense<{{\[\[\[\[}}1, 2], [3, 4]]], {{\[\[\[}}-5, 6], [7, -128]]]]> : tensor<2x1x2x2xi8>
// 100 - 3 * 10 and 200 - 3 * -120
// CHECK: %[[A:.*]] = stm32.constant dense<[70, 560]> : tensor<2xi32>
// CHECK: stm32.conv_2d %[[X]] weights(%[[W]]) bias(%[[A]]) {{.*}}input_zp = 0 : i32, pad_value = 3 : i32
// 1 + 2 * (1 + 2 + 3) for channel 0: channels are the last dimension
// CHECK: %[[B:.*]] = stm32.constant dense<[13, 26]> : tensor<2xi32>
// CHECK: stm32.depthwise_conv_2d %{{.*}} bias(%[[B]]) {{.*}}input_zp = 0 : i32, pad_value = -2 : i32
// 1 + 128 * (127 + 127), 2 + 128 * -256
// CHECK: %[[C:.*]] = stm32.constant dense<[32513, -32766]> : tensor<2xi32>
// CHECK: stm32.fully_connected %{{.*}} bias(%[[C]]) {input_zp = 0 : i32
stm32.model @folded inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>, #stm32.io<"z", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %w = stm32.constant dense<[[[[1, 2], [3, 4]]], [[[-5, 6], [7, -128]]]]> : tensor<2x1x2x2xi8>
  %b = stm32.constant dense<[100, 200]> : tensor<2xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 3 : i32, pad_value = 3 : i32, padding = array<i64: 0, 0, 0, 1>,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-10, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 2>}
    : (tensor<1x4x4x2xi8>, tensor<2x1x2x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  %v = stm32.constant dense<[[[[1, 3]], [[2, 4]], [[3, 5]]]]> : tensor<1x3x1x2xi8>
  %c = stm32.constant dense<[1, 2]> : tensor<2xi32>
  %1 = stm32.depthwise_conv_2d %0 weights(%v) bias(%c) {
    dilations = array<i64: 1, 1>, input_zp = -2 : i32, pad_value = -2 : i32,
    padding = array<i64: 1, 1, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-10, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 1>}
    : (tensor<1x4x4x2xi8>, tensor<1x3x1x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  %u = stm32.constant dense<[[127, 127], [-128, -128]]> : tensor<2x2xi8>
  %2 = stm32.fully_connected %1 weights(%u) bias(%c) {input_zp = -128 : i32,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-3, 5]>}
    : (tensor<1x4x4x2xi8>, tensor<2x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  stm32.output %0, %2 : tensor<1x4x4x2xi8>, tensor<1x4x4x2xi8>
}

// -----

// Zero points of 0 and packed constants are left alone; so are weights that are
// not constant, as long as there is nothing to fold.
// CHECK-LABEL: stm32.model @nothing_to_do
// CHECK: ^bb0(%{{.*}}: tensor<1x2xi8>, %[[W:.*]]: tensor<2x2xi8>):
// CHECK-NEXT: %[[B:.*]] = stm32.constant dense<5>
// CHECK-NEXT: %[[P:.*]] = stm32.packed
// CHECK-NEXT: stm32.fully_connected %{{.*}} weights(%[[W]]) bias(%[[B]])
// CHECK-NEXT: stm32.fully_connected %{{.*}} packed(%[[P]]) {input_zp = 9 : i32
stm32.model @nothing_to_do inputs([#stm32.io<"x", 1.0 : f32, 0>, #stm32.io<"w", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x2xi8>, %w: tensor<2x2xi8>):
  %b = stm32.constant dense<5> : tensor<2xi32>
  %p = stm32.packed ["all"] [dense<0> : tensor<20xi8>] : tensor<20xi8>
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-3, 5]>}
    : (tensor<1x2xi8>, tensor<2x2xi8>, tensor<2xi32>) -> tensor<1x2xi8>
  %1 = stm32.fully_connected %0 packed(%p) {input_zp = 9 : i32,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-3, 5]>}
    : (tensor<1x2xi8>, tensor<20xi8>) -> tensor<1x2xi8>
  stm32.output %1 : tensor<1x2xi8>
}

// -----

// Operators in a cascade are folded too. One constant that two operators read
// is folded for each with its own zero point.
// CHECK-LABEL: stm32.model @cascade
// CHECK: %[[OLD:.*]] = stm32.constant dense<1> : tensor<1xi32>
// CHECK: stm32.cascade
// CHECK: %[[A:.*]] = stm32.constant dense<-1> : tensor<1xi32>
// CHECK: stm32.conv_2d %{{.*}} bias(%[[A]])
// CHECK: %[[B:.*]] = stm32.constant dense<-2> : tensor<1xi32>
// CHECK: stm32.conv_2d %{{.*}} bias(%[[B]])
stm32.model @cascade inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x1xi8>):
  %w = stm32.constant dense<1> : tensor<1x1x1x1xi8>
  %b = stm32.constant dense<1> : tensor<1xi32>
  %r = stm32.cascade %x rows(1) : (tensor<1x4x4x1xi8>) -> tensor<1x4x4x1xi8> {
  ^bb0(%a: tensor<1x4x4x1xi8>):
    %0 = stm32.conv_2d %a weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
      input_zp = 2 : i32, pad_value = 2 : i32, padding = array<i64: 0, 0, 0, 0>,
      requant = #stm32.requant<[7], [40], zp = -3, clamp = [-10, 127]>,
      strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
      : (tensor<1x4x4x1xi8>, tensor<1x1x1x1xi8>, tensor<1xi32>) -> tensor<1x4x4x1xi8>
    %1 = stm32.conv_2d %0 weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
      input_zp = 3 : i32, pad_value = 3 : i32, padding = array<i64: 0, 0, 0, 0>,
      requant = #stm32.requant<[7], [40], zp = -3, clamp = [-10, 127]>,
      strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
      : (tensor<1x4x4x1xi8>, tensor<1x1x1x1xi8>, tensor<1xi32>) -> tensor<1x4x4x1xi8>
    stm32.yield %1 : tensor<1x4x4x1xi8>
  }
  stm32.output %r : tensor<1x4x4x1xi8>
}

// -----

stm32.model @no_constants inputs([#stm32.io<"x", 1.0 : f32, 0>, #stm32.io<"w", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x2xi8>, %w: tensor<2x2xi8>):
  %b = stm32.constant dense<5> : tensor<2xi32>
  // expected-error @+1 {{'stm32.fully_connected' op weights and bias must be constant}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 1 : i32,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-3, 5]>}
    : (tensor<1x2xi8>, tensor<2x2xi8>, tensor<2xi32>) -> tensor<1x2xi8>
  stm32.output %0 : tensor<1x2xi8>
}

// -----

// The largest bias that is left, and one more.
// CHECK-LABEL: stm32.model @limit
// CHECK: stm32.constant dense<[0, -2147483648]> : tensor<2xi32>
stm32.model @limit inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1xi8>):
  %w = stm32.constant dense<1> : tensor<2x1xi8>
  %b = stm32.constant dense<[1, -2147483647]> : tensor<2xi32>
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 1 : i32,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-3, 5]>}
    : (tensor<1x1xi8>, tensor<2x1xi8>, tensor<2xi32>) -> tensor<1x2xi8>
  stm32.output %0 : tensor<1x2xi8>
}

// -----

stm32.model @overflow inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1xi8>):
  %w = stm32.constant dense<1> : tensor<2x1xi8>
  %b = stm32.constant dense<[1, -2147483648]> : tensor<2xi32>
  // expected-error @+1 {{bias of channel 1 is -2147483649 with the zero point folded in, which does not fit in 32 bits}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 1 : i32,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-3, 5]>}
    : (tensor<1x1xi8>, tensor<2x1xi8>, tensor<2xi32>) -> tensor<1x2xi8>
  stm32.output %0 : tensor<1x2xi8>
}
