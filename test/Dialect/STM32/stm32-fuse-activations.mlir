// RUN: stm32-opt %s --pass-pipeline='builtin.module(stm32.model(stm32-fuse-activations))' --mlir-print-debuginfo | FileCheck %s

// The clamp is narrowed, the rest of the requantisation stays; the tensor that
// remains has the name of the activation's.
// CHECK-LABEL: stm32.model @convolutions
// CHECK: ^bb0(%[[X:[a-z0-9]+]]:
// CHECK: %[[A:.*]] = stm32.conv_2d %[[X]] {{.*}}requant = #stm32.requant<[7], [40], zp = -3, clamp = [0, 6]>{{.*}} loc(#[[RELU6:.*]])
// CHECK-NEXT: %[[B:.*]] = stm32.depthwise_conv_2d %[[A]] {{.*}}clamp = [-3, 100]>
// CHECK-NEXT: %[[C:.*]] = stm32.fully_connected %[[B]] {{.*}}clamp = [5, 5]>
// CHECK-NEXT: %[[D:.*]] = stm32.average_pool_2d %[[C]] {clamp = array<i32: 5, 20>
// CHECK-NEXT: %[[E:.*]] = stm32.max_pool_2d %[[D]] {clamp = array<i32: -128, -128>
// CHECK-NEXT: stm32.output %[[E]]
stm32.model @convolutions inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %w = stm32.constant dense<1> : tensor<2x1x1x2xi8>
  %v = stm32.constant dense<1> : tensor<1x1x1x2xi8>
  %u = stm32.constant dense<1> : tensor<2x2xi8>
  %b = stm32.constant dense<1> : tensor<2xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-10, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<2x1x1x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8> loc("conv")
  // Two clamps, one after the other.
  %1 = stm32.requantize %0 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 127]>}
    : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8> loc("relu")
  %2 = stm32.requantize %1 {input_zp = 4 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 4, clamp = [-128, 6]>}
    : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8> loc("relu6")
  // The clamp of the convolution is the narrower one at one end.
  %3 = stm32.depthwise_conv_2d %2 weights(%v) bias(%b) {
    dilations = array<i64: 1, 1>, input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-3, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<1x1x1x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  %4 = stm32.requantize %3 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-5, 100]>}
    : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  // Ranges without a common value: the clamp after it gives its lower end.
  %5 = stm32.fully_connected %4 weights(%u) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = -3, clamp = [-3, 5]>}
    : (tensor<1x4x4x2xi8>, tensor<2x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  %6 = stm32.requantize %5 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [5, 100]>}
    : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  %7 = stm32.average_pool_2d %6 {clamp = array<i32: 5, 100>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>} : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  %8 = stm32.requantize %7 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 20]>}
    : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  %9 = stm32.max_pool_2d %8 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>} : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  %10 = stm32.requantize %9 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, -128]>}
    : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  stm32.output %10 : tensor<1x4x4x2xi8>
}

// CHECK-LABEL: stm32.model @others
// CHECK: stm32.binary add {{.*}}zp = 0, clamp = [1, 2]>
// CHECK-NEXT: stm32.reduce mean {{.*}}zp = 0, clamp = [3, 4]>
// CHECK-NEXT: stm32.requantize {{.*}}requant = #stm32.requant<[5], [33], zp = 0, clamp = [7, 8]>
// CHECK-NEXT: stm32.output
stm32.model @others inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x8xi8>):
  %0 = stm32.binary add %x, %x {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1073741824], [49], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = stm32.requantize %0 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [1, 2]>}
    : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %2 = stm32.reduce mean %1 {axes = array<i64: 1>, input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [34], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x8xi8>) -> tensor<1xi8>
  %3 = stm32.requantize %2 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [3, 4]>}
    : (tensor<1xi8>) -> tensor<1xi8>
  // A requantisation that scales takes in the clamp after it.
  %4 = stm32.requantize %3 {input_zp = 0 : i32,
    requant = #stm32.requant<[5], [33], zp = 0, clamp = [-128, 127]>}
    : (tensor<1xi8>) -> tensor<1xi8>
  %5 = stm32.requantize %4 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [7, 8]>}
    : (tensor<1xi8>) -> tensor<1xi8>
  stm32.output %5 : tensor<1xi8>
}

// An input, a tensor that others read, operators without a clamp, and
// requantisations that scale, move or change the type are left as they are.
// CHECK-LABEL: stm32.model @not_fused
// CHECK: stm32.requantize
// CHECK-NEXT: stm32.max_pool_2d {{.*}}clamp = array<i32: -128, 127>
// CHECK-NEXT: stm32.requantize
// CHECK-NEXT: stm32.binary add {{.*}}clamp = [-128, 127]>
// CHECK-NEXT: stm32.softmax
// CHECK-NEXT: stm32.requantize
// CHECK-NEXT: stm32.max_pool_2d {{.*}}clamp = array<i32: -128, 127>
// CHECK-NEXT: stm32.requantize {{.*}}zp = 1
// CHECK-NEXT: stm32.max_pool_2d {{.*}}clamp = array<i32: -128, 127>
// CHECK-NEXT: stm32.requantize {{.*}}[31]
// CHECK-NEXT: stm32.max_pool_2d {{.*}}clamp = array<i32: -128, 127>
// CHECK-NEXT: stm32.requantize {{.*}} -> tensor<1x1x1x8xui8>
// CHECK-NEXT: stm32.output
stm32.model @not_fused inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1x1x8xi8>):
  %0 = stm32.requantize %x {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 127]>}
    : (tensor<1x1x1x8xi8>) -> tensor<1x1x1x8xi8>
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>} : (tensor<1x1x1x8xi8>) -> tensor<1x1x1x8xi8>
  %2 = stm32.requantize %1 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 127]>}
    : (tensor<1x1x1x8xi8>) -> tensor<1x1x1x8xi8>
  %3 = stm32.binary add %1, %2 {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1073741824], [49], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x1x1x8xi8>, tensor<1x1x1x8xi8>) -> tensor<1x1x1x8xi8>
  %4 = stm32.softmax %3 {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (tensor<1x1x1x8xi8>) -> tensor<1x1x1x8xi8>
  %5 = stm32.requantize %4 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 127]>}
    : (tensor<1x1x1x8xi8>) -> tensor<1x1x1x8xi8>
  %6 = stm32.max_pool_2d %5 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>} : (tensor<1x1x1x8xi8>) -> tensor<1x1x1x8xi8>
  %7 = stm32.requantize %6 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 1, clamp = [0, 127]>}
    : (tensor<1x1x1x8xi8>) -> tensor<1x1x1x8xi8>
  %8 = stm32.max_pool_2d %7 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>} : (tensor<1x1x1x8xi8>) -> tensor<1x1x1x8xi8>
  %9 = stm32.requantize %8 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [0, 127]>}
    : (tensor<1x1x1x8xi8>) -> tensor<1x1x1x8xi8>
  %10 = stm32.max_pool_2d %9 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>} : (tensor<1x1x1x8xi8>) -> tensor<1x1x1x8xi8>
  %11 = stm32.requantize %10 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 127]>}
    : (tensor<1x1x1x8xi8>) -> tensor<1x1x1x8xui8>
  stm32.output %11 : tensor<1x1x1x8xui8>
}

// CHECK: #[[RELU6]] = loc("relu6")
