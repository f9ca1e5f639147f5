// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-remove-constant-channels{multiple=1},canonicalize))' --split-input-file | FileCheck %s
// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-remove-constant-channels,canonicalize))' --split-input-file | FileCheck %s --check-prefix=FOUR

// Channel 1 is 3 + 20 for every input, since its weights are 0; what it adds to
// the next sums, 23 - 3 times its weight, goes into the biases. Multipliers of
// the channels that are left stay theirs.
// CHECK-LABEL: stm32.model @zero_weights
// CHECK-DAG: %[[W:.*]] = stm32.constant dense<{{\[\[\[\[}}1, 2]]], {{\[\[\[}}3, 4]]]]> : tensor<2x1x1x2xi8>
// CHECK-DAG: %[[B:.*]] = stm32.constant dense<[10, 30]> : tensor<2xi32>
// CHECK-DAG: %[[V:.*]] = stm32.constant dense<{{\[\[\[\[}}5, 7]]], {{\[\[\[}}8, 10]]]]> : tensor<2x1x1x2xi8>
// CHECK-DAG: %[[C:.*]] = stm32.constant dense<[220, 380]> : tensor<2xi32>
// CHECK: %[[X:.*]] = stm32.conv_2d %{{.*}} weights(%[[W]]) bias(%[[B]]) {{.*}}requant = #stm32.requant<[1073741824, 1073741826], [31, 33], zp = 3, clamp = [-128, 127]>{{.*}} -> tensor<1x4x4x2xi8>
// CHECK: stm32.conv_2d %[[X]] weights(%[[V]]) bias(%[[C]]) {{.*}}input_zp = 3 : i32{{.*}} -> tensor<1x4x4x2xi8>
// Two channels that are left are not a multiple of four: all stay.
// FOUR-LABEL: stm32.model @zero_weights
// FOUR: stm32.conv_2d {{.*}} -> tensor<1x4x4x3xi8>
stm32.model @zero_weights inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %w = stm32.constant dense<[[[[1, 2]]], [[[0, 0]]], [[[3, 4]]]]> : tensor<3x1x1x2xi8>
  %b = stm32.constant dense<[10, 40, 30]> : tensor<3xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824, 1073741824, 1073741826], [31, 31, 33], zp = 3, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<3x1x1x2xi8>, tensor<3xi32>) -> tensor<1x4x4x3xi8>
  %v = stm32.constant dense<[[[[5, 6, 7]]], [[[8, 9, 10]]]]> : tensor<2x1x1x3xi8>
  %c = stm32.constant dense<[100, 200]> : tensor<2xi32>
  %1 = stm32.conv_2d %0 weights(%v) bias(%c) {dilations = array<i64: 1, 1>,
    input_zp = 3 : i32, pad_value = 3 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-10, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x3xi8>, tensor<2x1x1x3xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  stm32.output %1 : tensor<1x4x4x2xi8>
}

// -----

// Outputs are half of the sums, at most 126: [-128, 126], [372, 627] / 2 = 126,
// [0, 126], [249, 504] / 2 = [125, 126]. So channel 1 alone is constant.
// CHECK-LABEL: stm32.model @saturated
// CHECK-DAG: %[[V:.*]] = stm32.constant dense<{{\[\[}}1, 3, 4]]> : tensor<1x3xi8>
// CHECK-DAG: %[[C:.*]] = stm32.constant dense<252> : tensor<1xi32>
// CHECK: stm32.fully_connected {{.*}} -> tensor<1x3xi8>
stm32.model @saturated inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1xi8>):
  %w = stm32.constant dense<[[2], [2], [2], [1]]> : tensor<4x1xi8>
  %b = stm32.constant dense<[0, 1000, 256, 377]> : tensor<4xi32>
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 126]>}
    : (tensor<1x1xi8>, tensor<4x1xi8>, tensor<4xi32>) -> tensor<1x4xi8>
  %v = stm32.constant dense<[[1, 2, 3, 4]]> : tensor<1x4xi8>
  %c = stm32.constant dense<0> : tensor<1xi32>
  %1 = stm32.fully_connected %0 weights(%v) bias(%c) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-10, 127]>}
    : (tensor<1x4xi8>, tensor<1x4xi8>, tensor<1xi32>) -> tensor<1x1xi8>
  stm32.output %1 : tensor<1x1xi8>
}

// -----

// Where taps read padding, 5: channel 1 is always 5; channel 2 is 6, so it stays;
// channel 3 is 6 too, but its weights are 0 where taps may be outside.
// CHECK-LABEL: stm32.model @padding
// CHECK-DAG: stm32.constant dense<{{\[\[\[\[}}1, 3]], {{\[\[}}5, 7]], {{\[\[}}9, 11]]]]> : tensor<1x3x1x2xi8>
// 100 + (6 - 5) * 8
// CHECK-DAG: stm32.constant dense<108> : tensor<1xi32>
// CHECK: stm32.conv_2d {{.*}} -> tensor<1x2x2x2xi8>
stm32.model @padding inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x2x2x1xi8>):
  %w = stm32.constant dense<[[[[1]]], [[[0]]], [[[0]]], [[[0]]]]> : tensor<4x1x1x1xi8>
  %b = stm32.constant dense<[0, 5, 6, 6]> : tensor<4xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x2x2x1xi8>, tensor<4x1x1x1xi8>, tensor<4xi32>) -> tensor<1x2x2x4xi8>
  %v = stm32.constant dense<[[[[1, 2, 3, 0]], [[5, 6, 7, 8]], [[9, 10, 11, 0]]]]> : tensor<1x3x1x4xi8>
  %c = stm32.constant dense<100> : tensor<1xi32>
  %1 = stm32.conv_2d %0 weights(%v) bias(%c) {dilations = array<i64: 1, 1>,
    input_zp = 5 : i32, pad_value = 5 : i32,
    padding = array<i64: 1, 1, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 1>}
    : (tensor<1x2x2x4xi8>, tensor<1x3x1x4xi8>, tensor<1xi32>) -> tensor<1x2x2x1xi8>
  stm32.output %1 : tensor<1x2x2x1xi8>
}

// -----

// Channel 1 is saturated at all places; channel 2 is 9 before the depthwise
// convolution and 18, 27 and 18 behind it, as padding is 0; channel 3 is read by
// one tap alone, which is always inside, so it is 9 behind it, too. Channel 4
// varies before it and is multiplied by 0.
// CHECK-LABEL: stm32.model @depthwise
// CHECK-DAG: stm32.constant dense<1> : tensor<1x3x1x2xi8>
// CHECK-DAG: stm32.constant dense<{{\[\[\[\[}}1, 3]]]]> : tensor<1x1x1x2xi8>
// 2 * 127 + 4 * 9 + 5 * 40
// CHECK-DAG: stm32.constant dense<490> : tensor<1xi32>
// CHECK: stm32.conv_2d {{.*}} -> tensor<1x3x2x2xi8>
// CHECK: stm32.depthwise_conv_2d {{.*}} -> tensor<1x3x2x2xi8>
stm32.model @depthwise inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x3x2x1xi8>):
  %w = stm32.constant dense<[[[[1]]], [[[1]]], [[[0]]], [[[0]]], [[[2]]]]> : tensor<5x1x1x1xi8>
  %b = stm32.constant dense<[0, 0, 9, 9, 0]> : tensor<5xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x3x2x1xi8>, tensor<5x1x1x1xi8>, tensor<5xi32>) -> tensor<1x3x2x5xi8>
  %v = stm32.constant dense<[[[[1, 1, 1, 0, 0]], [[1, 1, 1, 1, 0]], [[1, 1, 1, 0, 0]]]]> : tensor<1x3x1x5xi8>
  %c = stm32.constant dense<[0, 511, 0, 0, 40]> : tensor<5xi32>
  %1 = stm32.depthwise_conv_2d %0 weights(%v) bias(%c) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 1>}
    : (tensor<1x3x2x5xi8>, tensor<1x3x1x5xi8>, tensor<5xi32>) -> tensor<1x3x2x5xi8>
  %u = stm32.constant dense<[[[[1, 2, 3, 4, 5]]]]> : tensor<1x1x1x5xi8>
  %d = stm32.constant dense<0> : tensor<1xi32>
  %2 = stm32.conv_2d %1 weights(%u) bias(%d) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x3x2x5xi8>, tensor<1x1x1x5xi8>, tensor<1xi32>) -> tensor<1x3x2x1xi8>
  stm32.output %2 : tensor<1x3x2x1xi8>
}

// -----

// One less in the bias of the depthwise convolution, and channel 1 is 126 where
// all its taps are -128 and inside.
// CHECK-LABEL: stm32.model @just_not_saturated
// CHECK: stm32.depthwise_conv_2d {{.*}} -> tensor<1x3x2x2xi8>
stm32.model @just_not_saturated inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x3x2x2xi8>):
  %w = stm32.constant dense<[[[[1, 0]]], [[[0, 1]]]]> : tensor<2x1x1x2xi8>
  %b = stm32.constant dense<0> : tensor<2xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x3x2x2xi8>, tensor<2x1x1x2xi8>, tensor<2xi32>) -> tensor<1x3x2x2xi8>
  %v = stm32.constant dense<1> : tensor<1x3x1x2xi8>
  %c = stm32.constant dense<[0, 510]> : tensor<2xi32>
  %1 = stm32.depthwise_conv_2d %0 weights(%v) bias(%c) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 1>}
    : (tensor<1x3x2x2xi8>, tensor<1x3x1x2xi8>, tensor<2xi32>) -> tensor<1x3x2x2xi8>
  %u = stm32.constant dense<1> : tensor<1x1x1x2xi8>
  %d = stm32.constant dense<0> : tensor<1xi32>
  %2 = stm32.conv_2d %1 weights(%u) bias(%d) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x3x2x2xi8>, tensor<1x1x1x2xi8>, tensor<1xi32>) -> tensor<1x3x2x1xi8>
  stm32.output %2 : tensor<1x3x2x1xi8>
}

// -----

// Nobody needs channel 0, though it varies: all its weights are 0.
// CHECK-LABEL: stm32.model @not_needed
// CHECK: %[[X:.*]] = stm32.fully_connected {{.*}} -> tensor<1x1xi8>
// CHECK: stm32.fully_connected %[[X]] {{.*}} (tensor<1x1xi8>, tensor<2x1xi8>, tensor<2xi32>) -> tensor<1x2xi8>
stm32.model @not_needed inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1xi8>):
  %w = stm32.constant dense<[[2], [3]]> : tensor<2x1xi8>
  %b = stm32.constant dense<[10, 20]> : tensor<2xi32>
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x1xi8>, tensor<2x1xi8>, tensor<2xi32>) -> tensor<1x2xi8>
  %v = stm32.constant dense<[[0, 1], [0, 2]]> : tensor<2x2xi8>
  %1 = stm32.fully_connected %0 weights(%v) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-10, 127]>}
    : (tensor<1x2xi8>, tensor<2x2xi8>, tensor<2xi32>) -> tensor<1x2xi8>
  stm32.output %1 : tensor<1x2xi8>
}

// -----

// Channel 1 is 5; the clamp of the pool makes it 4, the table 4 + 1, the product
// by 2 of the rescaling 10; four pixels of it are in the matrix product, which
// has four weights for each channel.
// CHECK-LABEL: stm32.model @single_channels
// CHECK-DAG: stm32.constant dense<{{\[\[}}1, 3, 5, 7]]> : tensor<1x4xi8>
// 100 + 10 * (2 + 4 + 6 + 8)
// CHECK-DAG: stm32.constant dense<300> : tensor<1xi32>
// CHECK: stm32.conv_2d {{.*}} -> tensor<1x4x4x1xi8>
// CHECK: stm32.max_pool_2d {{.*}} -> tensor<1x2x2x1xi8>
// CHECK: stm32.lookup {{.*}} -> tensor<1x2x2x1xi8>
// CHECK: stm32.requantize {{.*}} -> tensor<1x2x2x1xi8>
// CHECK: stm32.fully_connected {{.*}} (tensor<1x2x2x1xi8>, tensor<1x4xi8>, tensor<1xi32>)
stm32.model @single_channels inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x1xi8>):
  %w = stm32.constant dense<[[[[1]]], [[[0]]]]> : tensor<2x1x1x1xi8>
  %b = stm32.constant dense<[0, 5]> : tensor<2xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x1xi8>, tensor<2x1x1x1xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 4>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>} : (tensor<1x4x4x2xi8>) -> tensor<1x2x2x2xi8>
  %t = stm32.constant dense<"0x8182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F7F"> : tensor<256xi8>
  %2 = stm32.lookup %1 constants(%t) {function = "LOGISTIC"}
    : (tensor<1x2x2x2xi8>, tensor<256xi8>) -> tensor<1x2x2x2xi8>
  %3 = stm32.requantize %2 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [29], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x2x2x2xi8>) -> tensor<1x2x2x2xi8>
  %v = stm32.constant dense<[[1, 2, 3, 4, 5, 6, 7, 8]]> : tensor<1x8xi8>
  %c = stm32.constant dense<100> : tensor<1xi32>
  %4 = stm32.fully_connected %3 weights(%v) bias(%c) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-10, 127]>}
    : (tensor<1x2x2x2xi8>, tensor<1x8xi8>, tensor<1xi32>) -> tensor<1x1xi8>
  stm32.output %4 : tensor<1x1xi8>
}

// -----

// A mean over the rows and a reshape that makes longer ones: channel 1 is 5, its
// mean 5 - 1, and four of those are in each row.
// CHECK-LABEL: stm32.model @mean
// CHECK-DAG: %[[V:.*]] = stm32.constant dense<1> : tensor<2x4xi8>
// CHECK-DAG: %[[C:.*]] = stm32.constant dense<[16, 21]> : tensor<2xi32>
// CHECK: stm32.conv_2d {{.*}} -> tensor<1x4x4x1xi8>
// CHECK: stm32.reduce mean {{.*}} -> tensor<1x4x1xi8>
// CHECK: stm32.reshape %{{.*}} : tensor<1x4x1xi8> -> tensor<1x4xi8>
// CHECK: stm32.fully_connected %{{.*}} weights(%[[V]]) bias(%[[C]])
stm32.model @mean inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x1xi8>):
  %w = stm32.constant dense<[[[[1]]], [[[0]]]]> : tensor<2x1x1x1xi8>
  %b = stm32.constant dense<[0, 5]> : tensor<2xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x1xi8>, tensor<2x1x1x1xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  %1 = stm32.reduce mean %0 {axes = array<i64: 1>, input_zp = 1 : i32,
    requant = #stm32.requant<[1073741824], [32], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x2xi8>) -> tensor<1x4x2xi8>
  %2 = stm32.reshape %1 : tensor<1x4x2xi8> -> tensor<1x8xi8> loc("named")
  %v = stm32.constant dense<1> : tensor<2x8xi8>
  %3 = stm32.fully_connected %2 weights(%v) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-10, 127]>}
    : (tensor<1x8xi8>, tensor<2x8xi8>, tensor<2xi32>) -> tensor<1x2xi8>
  stm32.output %3 : tensor<1x2xi8>
}

// -----

// What is an output, what a concatenation reads, and what a convolution of groups
// reads stays; so does what one of two readers needs.
// CHECK-LABEL: stm32.model @needed
// CHECK-COUNT-3: stm32.conv_2d {{.*}} -> tensor<1x4x4x2xi8>
// CHECK: stm32.concat
stm32.model @needed inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>, #stm32.io<"z", 1.0 : f32, 0>, #stm32.io<"v", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %w = stm32.constant dense<0> : tensor<2x1x1x2xi8>
  %v = stm32.constant dense<1> : tensor<2x1x1x1xi8>
  %b = stm32.constant dense<[0, 5]> : tensor<2xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<2x1x1x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  %1 = stm32.conv_2d %0 weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<2x1x1x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  %2 = stm32.conv_2d %1 weights(%v) bias(%b) {groups = 2 : i32, dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<2x1x1x1xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  %3 = stm32.concat %0, %x {axis = 3 : i64}
    : tensor<1x4x4x2xi8>, tensor<1x4x4x2xi8> -> tensor<1x4x4x4xi8>
  stm32.output %0, %2, %3 : tensor<1x4x4x2xi8>, tensor<1x4x4x2xi8>, tensor<1x4x4x4xi8>
}
